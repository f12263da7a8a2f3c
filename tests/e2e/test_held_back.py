"""A refresh through the gate, as a shell sees it: held back with the reason, accepted, rolled back, healed."""

import csv
import json
import os
import shutil
from pathlib import Path

import pytest

from tests.conftest import Warehouse
from tests.releases import published_in

pytestmark = pytest.mark.e2e


def add_rate(seeds: Path, rate_pct: str) -> None:
    """Korean cars pay another rate, by an assertion of the log's own kind."""
    path = seeds / "tariff_rates.csv"
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        (row,) = [row for row in reader if row["assertion_id"] == "kor-passenger-cars-s232-floor"]
        header = reader.fieldnames or []
    news = {
        "assertion_id": "kor-passenger-cars-s232-news", "rate_pct": rate_pct, "deal_id": "",
        "valid_from": "2026-11-10", "known_from": "2026-11-09", "recorded_on": "2026-11-23",
        # the door asks of so unusual a rate that the note repeats it
        "note": f"{rate_pct} per cent, made up.",
    }  # fmt: skip
    with path.open("a", newline="", encoding="utf-8") as file:
        csv.DictWriter(file, header, lineterminator="\n").writerow(row | news)


@pytest.fixture(scope="module")
def own(warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The warehouse's release in a data folder of its own, and seeds in which Korean cars pay 150 %."""
    root = tmp_path_factory.mktemp("held")
    shutil.copytree(warehouse.seeds, root / "seeds")
    add_rate(root / "seeds", "150")
    (root / "data").mkdir()
    published_in(root / "data", warehouse)
    # parsed already: a copy, since a run writes there
    shutil.copytree(warehouse.data / "dbt", root / "data" / "dbt")
    return Warehouse(root / "data", root / "seeds")


@pytest.fixture(scope="module")
def first(warehouse: Warehouse) -> str:
    return warehouse.manifest["build_id"]


@pytest.fixture(scope="module")
def held(own: Warehouse) -> dict:
    """What a refresh answers, and the build that it held back."""
    run = own.run("refresh", "--json")
    assert run.returncode == 1, run.stdout + run.stderr
    (build,) = own.data.joinpath("held").iterdir()
    return json.loads(run.stdout) | {"build": build.name}


def test_a_planted_jump_is_held_back_with_the_reason_and_the_command_that_accepts_it(
    own: Warehouse, held: dict, first: str
) -> None:
    assert (held["status"], held["current_build_id"]) == ("held", first)
    (error,) = held["errors"]
    assert error.startswith(f"Build {held['build']} is held back: KOR ")
    assert "KOR passenger-cars: 15 % → 150 %, more than a factor of two" in error
    assert error.endswith(f". `warehouse refresh --accept {held['build']}` publishes it as it is.")
    assert own.manifest["build_id"] == first
    assert not list((own.data / "builds").iterdir())
    assert not (own.data / "building").is_symlink()


def test_what_is_held_back_tells_what_changed(own: Warehouse, held: dict, first: str) -> None:
    told = (own.data / "held" / held["build"] / "changes.md").read_text(encoding="utf-8")
    assert told.startswith(
        f"# Changes\n\n{first} (as of 2026-11-23) → {held['build']} (as of 2026-11-23)\n\n## Facts\n"
    )
    assert "15 % including the base duty → 150 % including the base duty from 2026-11-10" in told
    assert "\n## Metrics\n" in told


def test_a_second_refresh_says_so_again_at_once_and_status_too(own: Warehouse, held: dict) -> None:
    run = own.run("refresh")
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.splitlines()[0] == held["errors"][0]
    assert [path.name for path in (own.data / "held").iterdir()] == [held["build"]]
    assert json.loads(own.run("status", "--json").stdout)["held_back"] == [held["build"]]


def test_dagster_has_the_red_check_of_the_run_and_the_green_ones(own: Warehouse, held: dict) -> None:
    import sqlite3

    (history,) = [path for path in (own.data / "dagster" / "history" / "runs").glob("*.db") if path.stem != "index"]
    with sqlite3.connect(history) as connection:
        events = connection.execute(
            "select event from event_logs where dagster_event_type = 'ASSET_CHECK_EVALUATION'"
        ).fetchall()
    evaluated = [json.loads(event)["dagster_event"]["event_specific_data"] for (event,) in events]
    told = {one["check_name"]: one["success" if "success" in one else "passed"] for one in evaluated}
    assert {name: told[name] for name in told if name.startswith(("files_", "nothing_public", "no_headline"))} == {
        "files_equal_their_manifest": True,
        "nothing_public_lost_rows": True,
        "no_headline_jumped": False,
    }


def test_accepted_it_is_current_rolled_back_it_is_not_and_no_refresh_brings_it_back(
    own: Warehouse, held: dict, first: str
) -> None:
    run = own.run("refresh", "--accept", held["build"], "--json")
    assert (run.returncode, run.stderr) == (0, "")
    assert json.loads(run.stdout)["build_id"] == own.manifest["build_id"] == held["build"]
    assert "Nothing changed since" in own.run("refresh").stdout

    assert own.run("rollback").stdout.startswith(f"Release {first} is current, was {held['build']}: ")
    again = own.run("refresh")
    assert again.returncode == 0, again.stderr
    assert again.stdout.startswith(
        f"Rolled back to release {first} (as of 2026-11-23), and nothing but the day changed"
    )
    assert own.manifest["build_id"] == first


def test_real_news_passes_and_heals_what_was_damaged_meanwhile(own: Warehouse, held: dict, first: str) -> None:
    """Half a database, noise for dbt's parsed project; and Korean cars pay 25 % after all, less than twice 15."""
    own.run("rollback", first)
    shutil.copyfile(Path("seeds", "tariff_rates.csv"), own.seeds / "tariff_rates.csv")
    add_rate(own.seeds, "25")
    # not the file that hard links share with the warehouse of this test run
    content = own.database.read_bytes()
    own.database.unlink()
    own.database.write_bytes(content[: len(content) // 2])
    for name in ("manifest.json", "partial_parse.msgpack"):
        path = own.data / "dbt" / "target" / name
        path.write_bytes(os.urandom(1000))
    run = own.run("refresh", "--json")
    assert run.returncode == 0, run.stdout + run.stderr
    answer = json.loads(run.stdout)
    assert answer["build_id"] == own.manifest["build_id"] not in (first, held["build"])
    size = f"{len(content) // 2:,} of {len(content):,} bytes"
    assert answer["damaged"] == [f"warehouse.duckdb has {size}"]
    assert run.stderr == f"The current release is damaged and will be built again: warehouse.duckdb has {size}.\n"
    assert own.run("status", "--json").returncode == 0
