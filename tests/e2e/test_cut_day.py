"""What was known when: a warehouse built from seeds cut at a day answers as the whole one does of that day."""

import csv
import datetime as dt
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest

from dagster_project.settings import PROJECT_ROOT
from tests.conftest import Warehouse
from tests.test_as_of_macros import answer, asked, macros

pytestmark = pytest.mark.e2e

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
    # what says more of a row of the log goes with it
    for log, name, column in (
        ("list_versions", "product_lists", "list_version"),
        ("list_versions", "list_differences", "list_version"),
        ("tariff_rates", "heading_differences", "rate_assertion_id"),
    ):
        with (folder / f"{log}.csv").open(newline="", encoding="utf-8") as file:
            there = {row["assertion_id"] for row in csv.DictReader(file)}
        with (folder / f"{name}.csv").open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            header, of_those = list(reader.fieldnames or []), [row for row in reader if row[column] in there]
        _write(folder / f"{name}.csv", header, of_those)
    (folder / "snapshots").symlink_to(PROJECT_ROOT / "seeds" / "snapshots")
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
    """Each macro gives of a day what the warehouse gives that was built from what was known by then.

    But for countries that joined the partners later, for whom it now has what was known of every partner's goods.
    """
    leaks = {}
    with duckdb.connect(str(of_that_day.database.resolve()), read_only=True) as then:
        covered = "select distinct partner_iso3 from intermediate.int_partner_parties"
        joined = {*connection.execute(covered).fetchall()} - {*then.execute(covered).fetchall()}
        for name, days in macros(connection).items():
            for valid_on in (CUT_DAY, dt.date(2025, 6, 1), dt.date(2026, 6, 1)) if days == 2 else (CUT_DAY,):
                question = asked(name, days)
                on = (valid_on, CUT_DAY) if days == 2 else (CUT_DAY,)
                _, now = answer(connection, question, *on)
                found = Counter(
                    {
                        row: count
                        for row, count in now.items()
                        if not {(cell,) for cell in row if isinstance(cell, str)} & joined
                    }
                )
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
