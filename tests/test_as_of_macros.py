"""The as-of macros of the published file: today they equal the tables, on an earlier day nothing later shows."""

import datetime as dt
import re
from collections import Counter

import duckdb

from tests.conftest import AS_OF_DATE
from tests.manifest import Node, columns_of

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


def test_every_metric_has_its_as_of_form_and_no_macro_is_there_but_those_and_the_models_that_are_macros(
    connection: duckdb.DuckDBPyConnection, models: dict[str, Node]
) -> None:
    forms = {
        model["config"]["as_of"]
        if isinstance(model["config"]["as_of"], str)
        else f"{name.removeprefix('metric_')}_as_of"
        for name, model in models.items()
        if model["schema"] == "metrics" and model["config"]["as_of"]
    }
    written = {name for name, model in models.items() if model["config"]["materialized"] == "table_macro"}
    assert forms & written == set()
    assert set(macros(connection)) == forms | written
    without = [n for n, m in models.items() if m["schema"] == "metrics" and not m["config"]["as_of"]]
    assert without == ["metric_competitor_gaps"], "it asks two days, as competitor_gaps_as_of"


def test_no_as_of_macro_reads_today_or_a_table_of_today(connection: duckdb.DuckDBPyConnection) -> None:
    definitions = connection.sql(
        "select function_name, macro_definition from duckdb_functions()"
        " where function_type = 'table_macro' and not internal"
    ).fetchall()
    assert len(definitions) == len(macros(connection))
    assert [name for name, text in definitions if re.search(r"\b(meta\W+build|metric_\w+)\b", text)] == []


def test_every_macro_says_in_the_file_what_it_answers_and_what_it_is_asked(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    told = connection.sql(
        "select function_name, parameters, comment from duckdb_functions()"
        " where function_type = 'table_macro' and not internal"
    ).fetchall()
    wrong = [
        name
        for name, parameters, comment in told
        if not comment.startswith("One row per ") or not comment.endswith(f" Arguments: {', '.join(parameters)}.")
    ]
    assert wrong == []


def test_arguments_of_macros_are_never_named_like_a_column(
    connection: duckdb.DuckDBPyConnection, public: dict[str, Node]
) -> None:
    columns = {column for _, column, _ in columns_of(public)}
    parameters = {
        parameter
        for (named,) in connection.sql(
            "select parameters from duckdb_functions() where function_type = 'table_macro' and not internal"
        ).fetchall()
        for parameter in named
    }
    assert parameters == {"query_valid_on", "query_known_on"}
    assert columns & parameters == set()


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
