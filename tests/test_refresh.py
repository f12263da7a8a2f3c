"""A refresh from outside: when it does nothing and when it refuses. That it repeats itself: `e2e/test_rebuilt.py`."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

from dagster_project.settings import PROJECT_ROOT
from tests.conftest import Warehouse
from tests.releases import published_in


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
    data.mkdir()
    release = published_in(data, warehouse)
    shutil.copytree(warehouse.data / "dbt", data / "dbt")
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
