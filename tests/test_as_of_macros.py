"""The as-of macros of the published file: today they equal the tables, on an earlier day nothing later shows."""

import csv
import datetime as dt
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest

from dagster_project.settings import PROJECT_ROOT
from tests.conftest import AS_OF_DATE, Warehouse

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


CUT_DAY = dt.date(2025, 11, 20)


def write_cut_seeds(folder: Path) -> Path:
    """The project's seeds without what became known after the day. What is no assertion has no such day and stays."""
    folder.mkdir()
    dropped: set[str] = set()
    for path in sorted((PROJECT_ROOT / "seeds").glob("*.csv")):
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            written, header = list(reader), reader.fieldnames or []
        kept = [row for row in written if row.get("known_from", "") <= CUT_DAY.isoformat()]
        dropped |= {row["assertion_id"] for row in written if row not in kept}
        # the door wants a row in every file: one that takes part in no answer
        _write(folder / path.name, header, kept or [row | {"is_preferred": "false"} for row in written[:1]])
    with (folder / "disagreements.csv").open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        both = [row for row in reader if not {row["assertion_a_id"], row["assertion_b_id"]} & dropped]
        header = reader.fieldnames or []
    _write(folder / "disagreements.csv", header, both)
    assert dropped, "a cut that drops nothing proves nothing"
    return folder


def _write(path: Path, header: Sequence[str], kept: list[dict[str, str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(kept)


@pytest.fixture(scope="module")
def of_that_day(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The warehouse that could have been built on the day."""
    root = tmp_path_factory.mktemp("cut")
    as_of = {"WAREHOUSE_AS_OF_DATE": CUT_DAY.isoformat()}
    # in a folder whose name a careless quotation would break
    cut = Warehouse(root / "data of the day, así", write_cut_seeds(root / "seeds"), extra=as_of)
    run = cut.run("refresh")
    assert run.returncode == 0, run.stdout + run.stderr
    return cut


def test_nothing_that_became_known_later_leaks_into_the_answers_of_an_earlier_day(
    of_that_day: Warehouse, connection
) -> None:
    """Each macro gives of a day what the warehouse gives that was built from what was known by then."""
    leaks = {}
    with duckdb.connect(str(of_that_day.database.resolve()), read_only=True) as then:
        for name, days in macros(connection).items():
            for valid_on in (CUT_DAY, dt.date(2025, 6, 1), dt.date(2026, 6, 1)) if days == 2 else (CUT_DAY,):
                question = asked(name, days)
                on = (valid_on, CUT_DAY) if days == 2 else (CUT_DAY,)
                _, found = answer(connection, question, *on)
                _, expected = answer(then, question, *on)
                assert expected, f"{name} says nothing of {on}"
                if found != expected:
                    leaks[name, *on] = {"now": list(found - expected)[:3], "then": list(expected - found)[:3]}
    assert leaks == {}


@pytest.mark.parametrize("about", [[], ["--partner", "KOR"], ["--partner", "CHE"], ["--deal", "us-japan-2025"]])
def test_the_command_too_says_of_an_earlier_day_what_could_be_said_on_it(
    warehouse: Warehouse, of_that_day: Warehouse, about: list[str]
) -> None:
    now, then = (
        json.loads(built.run("as-of", CUT_DAY.isoformat(), *about, "--format", "json", check=True).stdout)
        for built in (warehouse, of_that_day)
    )
    assert now.pop("release") != then.pop("release")
    assert now == then
