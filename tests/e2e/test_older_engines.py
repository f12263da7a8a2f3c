"""The published file in the engines that BI tools bundle: it opens, its tables count right, its macros answer."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Warehouse

pytestmark = pytest.mark.e2e
READ = """
import json, sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
# 1.2 shows one to whoever waits two seconds
connection.execute("set enable_progress_bar = false")
tables = [(s, t) for s, t, *_ in connection.execute("select * from meta.tables").fetchall()]
counts = {f"{s}.{t}": connection.execute(f"select count(*) from {s}.{t}").fetchone()[0] for s, t in tables}
day = "date '2025-12-05'"
macros = dict(connection.execute(
    "select function_name, len(parameters) from duckdb_functions()"
    " where function_type = 'table_macro' and not internal"
).fetchall())
asked = {
    name: connection.execute(f"select count(*) from {name}({', '.join([day] * n)})").fetchone()[0]
    for name, n in macros.items()
}
print(json.dumps({"version": duckdb.__version__, "counts": counts, "macros": asked}))
"""


@pytest.mark.parametrize("series", ["1.2", "1.4", "1.5"])
def test_an_older_engine_reads_every_table_and_every_macro(series: str, warehouse: Warehouse, tmp_path: Path) -> None:
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    install = ["-m", "pip", "install", "--quiet", "--no-input", "--only-binary", ":all:", f"duckdb=={series}.*"]
    subprocess.run([str(python), *install], check=True)

    def read(interpreter: str) -> dict:
        run = subprocess.run(
            [interpreter, "-c", READ, str(warehouse.database)], capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, run.stderr
        return json.loads(run.stdout)

    old, new = read(str(python)), read(sys.executable)
    assert old["version"].startswith(series)
    assert old["counts"] == {f"{t['schema']}.{t['name']}": t["rows"] for t in warehouse.manifest["tables"]}
    assert old["macros"] == new["macros"]
    assert len(old["macros"]) >= 13
    assert [name for name, rows in old["macros"].items() if not rows] == []
