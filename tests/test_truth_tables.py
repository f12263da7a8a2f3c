"""dbt's unit tests, which a refresh leaves out: the truth tables of formulas and of the log."""

import shutil
import subprocess
import sys
from pathlib import Path

from dagster_project.settings import PROJECT_ROOT
from tests.conftest import Warehouse


def test_every_truth_table_holds(warehouse: Warehouse, tmp_path: Path) -> None:
    # dbt reads the types of columns from the models' relations, in a file that it may write to
    database = tmp_path / "warehouse.duckdb"
    shutil.copyfile(warehouse.database, database)
    project = str(PROJECT_ROOT / "dbt")
    run = subprocess.run(
        [
            sys.executable, "-m", "dbt.cli.main", "--no-use-colors", "test", "--select", "test_type:unit",
            "--project-dir", project, "--profiles-dir", project,
        ],
        env=warehouse.env
        | {
            "WAREHOUSE_BUILD_DB": str(database),
            "DBT_TARGET_PATH": str(tmp_path / "target"),
            "DBT_LOG_PATH": str(tmp_path / "logs"),
            "DO_NOT_TRACK": "1",
        },
        capture_output=True,
        text=True,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr
    assert "Completed successfully" in run.stdout
