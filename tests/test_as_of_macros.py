"""The as-of macros of the published file: today they equal the tables, on an earlier day nothing later shows."""

import datetime as dt
from collections import Counter

import duckdb

from tests.conftest import AS_OF_DATE

OPEN_END = "date '9999-12-31'"
KNOWN = "known_from <= {0} and {0} < known_to"
# macros that are asked of a day of the world give that day as the interval; facts do not say when they will change
TABLES = {
    "total_rates_as_of": (
        "select * replace ({0} as valid_from, {0} + 1 as valid_to) from metrics.metric_total_rates"
        " where valid_from <= {0} and {0} < valid_to"
    ),
    "total_rates_known_on": "from metrics.metric_total_rates",
    "competitor_gaps_as_of": (
        "select * replace ({0} as valid_on, {0} + 1 as valid_to) from metrics.metric_competitor_gaps"
        " where valid_on <= {0} and {0} < valid_to"
    ),
    "tariff_rates_as_of": (
        f"select * replace ({OPEN_END} as known_to) from marts.fct_tariff_rates"
        f" where {KNOWN} and valid_from <= {{0}} and {{0}} < valid_to"
    ),
    "pledges_as_of": f"select * replace ({OPEN_END} as known_to) from marts.fct_pledges where {KNOWN}",
}


def macros(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Every table macro of the published file, and how many days it is asked."""
    found = connection.sql(
        "select function_name, len(parameters) from duckdb_functions()"
        " where function_type = 'table_macro' and not internal order by 1"
    )
    return dict(found.fetchall())


Rows = Counter[tuple]


def answer(connection: duckdb.DuckDBPyConnection, question: str, *days: dt.date) -> tuple[list[str], Rows]:
    """The columns, and each row with how often it is there. Days stand in the question as {0} and {1}."""
    cursor = connection.execute(question.format(*(f"date '{day}'" for day in days)))
    return [column[0] for column in cursor.description or []], Counter(cursor.fetchall())


def asked(name: str, days: int) -> str:
    return f"from {name}({', '.join(f'{{{number}}}' for number in range(days))})"


def test_the_macros_that_readers_are_promised_are_there(connection) -> None:
    promised = {
        "tariff_rates_as_of": 2,
        "total_rates_as_of": 2,
        "competitor_gaps_as_of": 2,
        "pledges_as_of": 1,
        "pledge_standings_as_of": 1,
        "pledge_burdens_as_of": 1,
        "deal_scorecards_as_of": 1,
        "claim_checks_as_of": 1,
    }
    assert promised.items() <= macros(connection).items()


def test_every_macro_asked_of_today_equals_its_table_row_for_row(connection) -> None:
    today = dt.date.fromisoformat(AS_OF_DATE)
    compared = {}
    for name, days in macros(connection).items():
        table = TABLES.get(name, f"from metrics.metric_{name.removesuffix('_as_of')}")
        names, found = answer(connection, asked(name, days), today, today)
        expected_names, expected = answer(connection, table, today)
        assert names == expected_names, name
        assert (found - expected, expected - found) == (Counter(), Counter()), name
        compared[name] = len(found)
    assert len(compared) >= 13
    assert [name for name, rows in compared.items() if rows == 0] == [], "an empty table proves nothing"


def test_contemporary_rates_are_on_any_day_what_the_macro_says_of_the_day_as_known_on_it(connection) -> None:
    names = [column for column, *_ in connection.execute("describe metrics.metric_contemporary_rates").fetchall()]
    said = ", ".join(name for name in names if name not in ("known_on", "valid_from", "valid_to"))
    changes = [
        day
        for (day,) in connection.execute(
            "select distinct valid_from from metrics.metric_contemporary_rates"
            " where valid_from > '2025-01-01' order by valid_from"
        ).fetchall()
    ]
    assert len(changes) > 40
    # some days of change are the first day of the new answer, some the last of the old
    for day in [*changes[::6], *(change - dt.timedelta(days=1) for change in changes[3::6])]:
        _, expected = answer(connection, f"select {said} from total_rates_as_of({{0}}, {{0}})", day)
        held = f"select {said} from metrics.metric_contemporary_rates where valid_from <= {{0}} and {{0}} < valid_to"
        _, found = answer(connection, held, day)
        assert (found - expected, expected - found) == (Counter(), Counter()), day
