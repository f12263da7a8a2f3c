"""A refresh from outside: what it publishes, when it does nothing, when it refuses, and that it repeats itself."""

import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dagster_project.release.lock import lock_holder
from dagster_project.settings import PROJECT_ROOT
from tests.conftest import Warehouse


@pytest.fixture(scope="module")
def rebuilt(warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> tuple[Warehouse, dict[str, dict]]:
    """The same inputs in a data folder that holds landing alone, and what other commands answered meanwhile."""
    other = Warehouse(tmp_path_factory.mktemp("rebuilt") / "data")
    if (warehouse.data / "landing").exists():
        shutil.copytree(warehouse.data / "landing", other.data / "landing")
    first = other.start("refresh", "--json")
    deadline = time.monotonic() + 60
    while lock_holder(other.data / "refresh.lock") is None:
        assert first.poll() is None, first.communicate()
        assert time.monotonic() < deadline, "the refresh did not take the lock"
        time.sleep(0.1)
    second, status = other.run("refresh", "--full"), other.run("status", "--json")
    out, err = first.communicate(timeout=120)
    return other, {
        "first": {"code": first.returncode, "out": out, "err": err, "process": first.pid},
        "second": {"code": second.returncode, "out": second.stdout, "err": second.stderr},
        "status": json.loads(status.stdout),
    }


def test_the_same_inputs_give_the_same_content_after_everything_but_landing_is_deleted(warehouse, rebuilt) -> None:
    other, _ = rebuilt
    assert other.manifest["tables"] == warehouse.manifest["tables"]
    assert other.manifest["build_id"] != warehouse.manifest["build_id"]


def test_json_is_the_only_thing_on_stdout_and_names_the_release(rebuilt) -> None:
    other, said = rebuilt
    assert said["first"]["code"] == 0
    summary = json.loads(said["first"]["out"])
    assert said["first"]["err"] == ""
    assert summary["status"] == "released"
    assert summary["build_id"] == other.manifest["build_id"]
    assert summary["rows"] == sum(table["rows"] for table in other.manifest["tables"])
    assert summary["checks"] > 0


def test_a_second_refresh_at_the_same_time_exits_75_and_names_the_holder(rebuilt) -> None:
    _, said = rebuilt
    assert said["second"]["code"] == 75
    assert f"process {said['first']['process']} (warehouse refresh), since 20" in said["second"]["err"]


def test_status_names_the_holder_while_a_refresh_runs(rebuilt) -> None:
    _, said = rebuilt
    assert f"process {said['first']['process']}" in said["status"]["running"]
    assert said["status"]["release"] is None


def test_an_unchanged_refresh_says_so_without_importing_dagster_dbt_or_polars(warehouse) -> None:
    program = (
        "import sys, typer, dagster_project.cli as cli\n"
        "try:\n    cli.app(['refresh'])\n"
        "except SystemExit as end:\n    assert end.code in (0, None), end.code\n"
        "heavy = {'dagster', 'dbt', 'polars'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    before = (warehouse.data / "current").readlink()
    run = subprocess.run(
        [sys.executable, "-c", program], env=warehouse.env, cwd=PROJECT_ROOT, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith(f"Nothing changed since release {warehouse.manifest['build_id']}")
    assert (warehouse.data / "current").readlink() == before


def test_an_unchanged_refresh_answers_in_json_too(warehouse) -> None:
    answer = json.loads(warehouse.run("refresh", "--json", check=True).stdout)
    assert (answer["status"], answer["build_id"]) == ("unchanged", warehouse.manifest["build_id"])


def test_a_changed_day_is_a_changed_input(warehouse) -> None:
    later = Warehouse(warehouse.data, extra={"WAREHOUSE_AS_OF_DATE": "2026-11-24"})
    assert json.loads(later.run("status", "--json", check=True).stdout)["inputs_changed"] is True
    assert json.loads(warehouse.run("status", "--json", check=True).stdout)["inputs_changed"] is False


def test_unfit_seeds_fail_the_refresh_with_every_problem_and_leave_current_as_it_was(
    warehouse: Warehouse, tiny_seeds: Path, tmp_path: Path
) -> None:
    for file, old, new in (
        ("tariff_rates.csv", "2025-04-03", "2025-02-30"),
        ("partners.csv", "Japan,,JPY,false", "Japan,,JPY,perhaps"),
    ):
        path = tiny_seeds / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))
    data = tmp_path / "data"
    release = data / "releases" / warehouse.manifest["build_id"]
    shutil.copytree(warehouse.data / "current", release)
    (data / "current").symlink_to(f"releases/{release.name}")
    spoiled = Warehouse(data, tiny_seeds)

    run = spoiled.run("refresh")

    assert run.returncode == 1
    assert "seeds/tariff_rates.csv, line 2, column valid_from: found '2025-02-30'" in run.stderr
    assert "seeds/partners.csv, line 3, column is_bloc: found 'perhaps'" in run.stderr
    assert f"`current` is unchanged: {release.name}." in run.stderr
    # what took long is told as soon as it is done, where no terminal shows a spinner
    assert re.fullmatch(r"loading Dagster and dbt: \d+\.\d s", run.stderr.splitlines()[0])
    assert "Traceback" not in run.stderr
    assert [path.name for path in (data / "releases").iterdir()] == [release.name]
    failure = json.loads(spoiled.run("status", "--json", check=True).stdout)["last_failure"]
    assert "seeds_are_fit" in failure["message"]


def test_a_data_folder_that_cannot_be_made_is_one_line_and_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    run = Warehouse(tmp_path / "file" / "data").run("refresh")
    assert run.returncode == 1
    assert "Traceback" not in run.stderr
    assert str(tmp_path / "file") in run.stderr.splitlines()[0]
