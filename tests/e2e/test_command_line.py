"""DuckDB's own command line reads the published file as docs/connecting.md says."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Warehouse

pytestmark = pytest.mark.e2e
QUESTION = (
    "select total_rate_pct::integer from total_rates_as_of(date '2025-11-15', date '{known_on}')"
    " where partner_iso3 = 'KOR' and scope_id = 'passenger-cars'"
)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    environment = tmp_path_factory.mktemp("duckdb-cli")
    subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    install = ["-m", "pip", "install", "--quiet", "--no-input", "--only-binary", ":all:", "duckdb-cli"]
    subprocess.run([str(environment / "bin" / "python"), *install], check=True)
    return environment / "bin" / "duckdb"


@pytest.mark.parametrize(("known_on", "rate"), [("2025-11-20", "25"), ("2025-12-05", "15")])
def test_the_command_line_answers_as_of_a_day(program: Path, warehouse: Warehouse, known_on: str, rate: str) -> None:
    arguments = ["-readonly", "-noheader", "-csv", str(warehouse.database), QUESTION.format(known_on=known_on)]
    run = subprocess.run([str(program), *arguments], capture_output=True, text=True, check=False)
    assert (run.stdout.strip(), run.stderr) == (rate, "")


def test_the_command_line_cannot_write(program: Path, warehouse: Warehouse) -> None:
    arguments = ["-readonly", str(warehouse.database), "delete from marts.dim_partners"]
    run = subprocess.run([str(program), *arguments], capture_output=True, text=True, check=False)
    assert run.returncode != 0
    assert "read-only" in run.stderr
