"""A log that was rewritten: a refresh refuses it, publishes it for a reason, and every later release says so."""

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from tests.conftest import Warehouse

pytestmark = pytest.mark.e2e


def test_a_rewritten_log_is_refused_or_published_with_its_reason_for_good(warehouse: Warehouse, tmp_path: Path) -> None:
    seeds = Path(shutil.copytree(warehouse.seeds, tmp_path / "seeds"))
    release = tmp_path / "data" / "releases" / warehouse.manifest["build_id"]
    shutil.copytree(warehouse.data / "current", release)
    (tmp_path / "data" / "current").symlink_to(f"releases/{release.name}")
    own = Warehouse(tmp_path / "data", seeds)
    flows = seeds / "trade_flows.csv"
    lines = flows.read_text(encoding="utf-8").splitlines(keepends=True)
    flows.write_text("".join(lines[:-1]), encoding="utf-8")
    gone = lines[-1].partition(",")[0]

    refused = own.run("refresh", "--json")
    assert refused.returncode == 1
    answer = json.loads(refused.stdout)
    assert [problem["found"] for problem in answer["problems"]] == ["nothing"]
    assert answer["problems"][0]["expected"] == f"'{gone}', as in release {release.name}"
    assert answer["current_build_id"] == release.name

    allowed = own.run("refresh", "--allow-rewrite", "Entered twice.")
    assert allowed.returncode == 0, allowed.stderr
    first = own.manifest["build_id"]
    again = own.run("refresh", "--full")
    assert again.returncode == 0, again.stderr
    assert own.manifest["build_id"] != first
    with duckdb.connect(str(own.database), read_only=True) as connection:
        assert connection.execute("from meta.rewrites").fetchall() == [
            (first, "trade_flows", gone, "assertion_id", gone, None, f"release {release.name}", "Entered twice.")
        ]
