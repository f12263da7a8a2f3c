"""The Python of docs/connecting.md runs as it stands there, in a folder where `data/` is the warehouse's."""

import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from dagster_project.settings import PROJECT_ROOT
from tests.conftest import Warehouse

BLOCKS = re.findall(
    r"```python\n(.*?)```", (PROJECT_ROOT / "docs/connecting.md").read_text(encoding="utf-8"), re.DOTALL
)


@pytest.mark.parametrize("block", BLOCKS, ids=["duckdb", "polars"])
def test_the_python_of_the_page_runs(block: str, warehouse: Warehouse, tmp_path: Path) -> None:
    (tmp_path / "data").symlink_to(warehouse.data)
    run = subprocess.run([sys.executable, "-c", block], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


def test_an_open_connection_keeps_its_release_until_it_attaches_anew(tmp_path: Path) -> None:
    for release in ("first", "second"):
        (tmp_path / release).mkdir()
        with duckdb.connect(str(tmp_path / release / "warehouse.duckdb")) as made:
            made.execute("create table build as select ? as build_id", [release])
    current = tmp_path / "current"
    current.symlink_to("first")
    file = str(current / "warehouse.duckdb")

    with duckdb.connect(file, read_only=True) as opened, duckdb.connect() as session:
        session.execute(f"attach '{file}' as warehouse (read_only)")
        (tmp_path / "next").symlink_to("second")
        (tmp_path / "next").replace(current)

        assert opened.sql("from build").fetchall() == session.sql("from warehouse.build").fetchall() == [("first",)]
        session.execute(f"attach or replace '{file}' as warehouse (read_only)")
        assert session.sql("from warehouse.build").fetchall() == [("second",)]
    with duckdb.connect(file, read_only=True) as anew:
        assert anew.sql("from build").fetchall() == [("second",)]
