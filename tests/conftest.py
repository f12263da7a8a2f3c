"""One warehouse for the whole test run, built by the real command from the repository's seeds.

Belongs here: the shared warehouse, how tests start the command, the tiny seeds that door tests break. Under xdist the
first worker builds and the others wait for it.
"""

import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pytest

from dagster_project.settings import PROJECT_ROOT
from tests.tiny_seeds import write_tiny_seeds

pytest_plugins = ["tests.manifest"]

# a fixed day: a test run that passes midnight must not see its inputs change
AS_OF_DATE = "2026-11-23"
COMMAND = [sys.executable, "-m", "dagster_project"]


@dataclass(frozen=True)
class Warehouse:
    """A data folder and its seeds, and the command pointed at them."""

    data: Path
    seeds: Path = PROJECT_ROOT / "seeds"
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def env(self) -> dict[str, str]:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("WAREHOUSE_", "DAGSTER_", "DBT_"))}
        own = {"WAREHOUSE_DATA_DIR": str(self.data), "WAREHOUSE_SEEDS_DIR": str(self.seeds)}
        return inherited | own | {"WAREHOUSE_AS_OF_DATE": AS_OF_DATE} | self.extra

    @property
    def database(self) -> Path:
        return self.data / "current" / "warehouse.duckdb"

    @property
    def manifest(self) -> dict:
        return json.loads((self.data / "current" / "manifest.json").read_text(encoding="utf-8"))

    def run(self, *arguments: str, **options) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *arguments], env=self.env, cwd=PROJECT_ROOT, capture_output=True, text=True, **options
        )

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*COMMAND, *arguments],
            env=self.env,
            cwd=PROJECT_ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


@pytest.fixture(scope="session")
def warehouse(pytestconfig: pytest.Config) -> Warehouse:
    """The warehouse of this test run. Tests read it; those that change something build their own.

    It is kept with pytest's cache, and built again when its inputs changed.
    """
    folder = pytestconfig.cache.mkdir("warehouse")
    built = Warehouse(folder / "data")
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        status = json.loads(built.run("status", "--json", check=True).stdout)
        if status["inputs_changed"] or status["damage"] or len(list(built.data.glob("releases/*"))) != 1:
            # a first release; but what dbt has parsed is as good as new
            for path in built.data.glob("*"):
                if path.name != "dbt":
                    shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
            run = built.run("refresh")
            assert run.returncode == 0, run.stdout + run.stderr
    return built


@pytest.fixture
def connection(warehouse: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(warehouse.database), read_only=True) as opened:
        yield opened


@pytest.fixture
def tiny_seeds(tmp_path: Path) -> Path:
    """Seeds of a few made-up rows, for tests that break them."""
    return write_tiny_seeds(tmp_path / "seeds")
