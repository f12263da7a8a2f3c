"""What a refresh costs against its parts: median wall time and peak memory of three runs each, and their ratios.

Measured: `warehouse refresh --full`; a bare `dbt build` of the same models and tests; the same compiled SQL in one
DuckDB connection; an unchanged refresh. Everything happens in a temporary data folder.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from dagster_project.settings import PROJECT_ROOT, Settings

REPEATS = 3
WAREHOUSE = [sys.executable, "-m", "dagster_project"]
DBT = [str(Path(sys.executable).parent / "dbt")]
RUN_SQL = [sys.executable, str(Path(__file__).resolve()), "--statements"]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["WAREHOUSE_DATA_DIR"] = folder
        os.environ.setdefault("WAREHOUSE_AS_OF_DATE", Settings.from_env().as_of_date.isoformat())
        settings = Settings.from_env()
        run([*WAREHOUSE, "refresh"])
        scratch = Path(folder) / "scratch" / "warehouse.duckdb"
        prepare = copy_of(settings, scratch)
        project = ["--project-dir", str(settings.dbt_project), "--profiles-dir", str(settings.dbt_project)]
        build = ["build", "--exclude-resource-type", "unit_test", *project]
        dbt_env = {
            "WAREHOUSE_BUILD_DB": str(scratch),
            "DBT_TARGET_PATH": str(scratch.parent / "target"),
            "DBT_LOG_PATH": str(scratch.parent / "logs"),
        }
        prepare()
        # warm: dbt parses the project once, as the first refresh did
        run([*DBT, *build], dbt_env)
        results = {
            "refresh --full": measure([*WAREHOUSE, "refresh", "--full"]),
            "dbt build": measure([*DBT, *build], dbt_env, prepare),
            "bare SQL": measure([*RUN_SQL, str(scratch), str(scratch.parent / "target")], {}, prepare),
            "refresh, unchanged": measure([*WAREHOUSE, "refresh"]),
        }
    report(results)


def copy_of(settings: Settings, scratch: Path) -> Callable[[], None]:
    """A writable copy of the release with its raw tables alone, made anew before each measurement."""

    def prepare() -> None:
        scratch.parent.mkdir(exist_ok=True)
        scratch.unlink(missing_ok=True)
        shutil.copyfile(settings.current_database, scratch)
        with duckdb.connect(str(scratch)) as connection:
            for schema in ("metrics", "marts", "intermediate", "staging"):
                connection.execute(f"drop schema if exists {schema} cascade")

    return prepare


def run(command: list[str], extra: dict[str, str] | None = None) -> None:
    """Run it once. One that fails ends the benchmark with what it printed."""
    done = subprocess.run(command, env=os.environ | (extra or {}), cwd=PROJECT_ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"failed: {' '.join(command)}\n{done.stdout}{done.stderr}")


def measure(command: list[str], extra: dict[str, str] | None = None, prepare: Callable[[], None] | None = None):
    """Median seconds and greatest peak memory in MB over the repeats."""
    seconds, peaks = [], []
    for _ in range(REPEATS):
        if prepare:
            prepare()
        began = time.perf_counter()
        process = subprocess.Popen(
            command,
            env=os.environ | (extra or {}),
            cwd=PROJECT_ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        # wait4 gives the peak of this child alone; RUSAGE_CHILDREN would give the greatest of all so far
        _, status, usage = os.wait4(process.pid, 0)
        seconds.append(time.perf_counter() - began)
        peaks.append(usage.ru_maxrss / 1024)
        if os.waitstatus_to_exitcode(status) != 0:
            if prepare:
                prepare()
            run(command, extra)
    return statistics.median(seconds), max(peaks)


def run_statements(database: str, target: str) -> None:
    """Execute what dbt compiled, models and tests, in dbt's order, in one connection."""
    manifest = json.loads((Path(target) / "manifest.json").read_text(encoding="utf-8"))
    ran = json.loads((Path(target) / "run_results.json").read_text(encoding="utf-8"))["results"]
    with duckdb.connect(database) as connection:
        name = connection.sql("select current_database()").fetchall()[0][0]
        for result in ran:
            if result["unique_id"] not in manifest["nodes"]:
                continue  # an exposure
            node = manifest["nodes"][result["unique_id"]]
            compiled = result["compiled_code"]
            kind = node["config"]["materialized"]
            if node["resource_type"] == "test":
                connection.execute(compiled).fetchall()
            elif kind in ("table", "view"):
                connection.execute(f"create schema if not exists {node['schema']}")
                connection.execute(f"create {kind} {name}.{node['schema']}.{node['alias']} as {compiled}")


def report(results: dict[str, tuple[float, float]]) -> None:
    against = list(results)[1:3]
    versions = f"Python {sys.version.split()[0]}, DuckDB {duckdb.__version__}"
    print(f"median of {REPEATS} runs, {os.cpu_count()} cores, {versions}")
    print(f"{'':<20}{'seconds':>9}{'peak MB':>9}" + "".join(f"{'/ ' + name:>14}" for name in against))
    for name, (seconds, peak) in results.items():
        ratios = "".join(f"{seconds / results[other][0]:>13.2f}x" for other in against)
        print(f"{name:<20}{seconds:>9.2f}{peak:>9.0f}{ratios}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--statements"]:
        run_statements(*sys.argv[2:])
    else:
        main()
