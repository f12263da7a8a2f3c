"""The warehouse is a function of seeds, landing and day: made again from nothing it is the same, row for row."""

import json
import shutil
import time

import pytest

from dagster_project.release.lock import lock_holder
from tests.conftest import Warehouse

pytestmark = pytest.mark.e2e


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
