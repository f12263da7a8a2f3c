"""What a refresh costs against its parts: medians of five runs each of wall time and CPU time, and their ratios.

Measured: `warehouse refresh --full`; the refresh of a new day; a bare `dbt build` of the same models and tests; the
same compiled SQL in one DuckDB connection; an unchanged refresh; what a run adds to Dagster's history, and the seconds
of it. Everything happens in a temporary data folder. The runs take turns, so that all see the same machine.
"""

import datetime as dt
import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from dagster_project.settings import PROJECT_ROOT, Settings

REPEATS = 5
WAREHOUSE = [sys.executable, "-m", "dagster_project"]
DBT = [str(Path(sys.executable).parent / "dbt")]
RUN_SQL = [sys.executable, str(Path(__file__).resolve()), "--statements"]
TIMED_HISTORY = [sys.executable, str(Path(__file__).resolve()), "--timed-history"]
FULL, NEW_DAY, BARE_DBT, BARE_SQL, UNCHANGED = (
    "refresh --full",
    "refresh, new day",
    "dbt build",
    "bare SQL",
    "refresh, unchanged",
)


@dataclass
class Measured:
    """One command: how it is started the n-th time, and what that took."""

    command: list[str]
    environment: Callable[[int], Mapping[str, str]] = lambda _: {}
    prepare: Callable[[], None] = lambda: None
    seconds: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)
    peaks_mb: list[float] = field(default_factory=list)

    def measure(self, turn: int) -> None:
        environment = self.environment(turn)
        self.prepare()
        began = time.perf_counter()
        process = subprocess.Popen(
            self.command,
            env=os.environ | environment,
            cwd=PROJECT_ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        # wait4 tells of this child alone; RUSAGE_CHILDREN would tell of all so far
        _, status, usage = os.wait4(process.pid, 0)
        self.seconds.append(time.perf_counter() - began)
        self.cpu_seconds.append(usage.ru_utime + usage.ru_stime)
        self.peaks_mb.append(usage.ru_maxrss / 1024)
        if os.waitstatus_to_exitcode(status) != 0:
            self.prepare()
            run(self.command, environment)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["WAREHOUSE_DATA_DIR"] = folder
        last_day = Settings.from_env().as_of_date
        # one day for each new one, and the one that they follow
        days = [(last_day - dt.timedelta(days=before)).isoformat() for before in range(REPEATS, -1, -1)]
        os.environ["WAREHOUSE_AS_OF_DATE"] = days[0]
        settings = Settings.from_env()
        run([*WAREHOUSE, "refresh"])
        scratch = Path(folder) / "scratch" / "warehouse.duckdb"
        prepare = copy_of(settings, scratch)
        project = ["--project-dir", str(settings.dbt_project), "--profiles-dir", str(settings.dbt_project)]
        build = [*DBT, "build", "--exclude-resource-type", "unit_test", *project]
        dbt_env = {
            "WAREHOUSE_BUILD_DB": str(scratch),
            "DBT_TARGET_PATH": str(scratch.parent / "target"),
            "DBT_LOG_PATH": str(scratch.parent / "logs"),
        }
        prepare()
        # warm: dbt parses the project once, as the first refresh did
        run(build, dbt_env)

        def on(turn: int) -> Mapping[str, str]:
            return {"WAREHOUSE_AS_OF_DATE": days[turn]}

        results = {
            NEW_DAY: Measured([*WAREHOUSE, "refresh"], lambda turn: on(turn + 1)),
            FULL: Measured([*WAREHOUSE, "refresh", "--full"], lambda turn: on(turn + 1)),
            UNCHANGED: Measured([*WAREHOUSE, "refresh"], lambda turn: on(turn + 1)),
            BARE_DBT: Measured(build, lambda _: dbt_env, prepare),
            BARE_SQL: Measured([*RUN_SQL, str(scratch), str(scratch.parent / "target")], prepare=prepare),
        }
        for turn in range(REPEATS):
            for measured in results.values():
                measured.measure(turn)
        report(results)
        report_history(settings, run(TIMED_HISTORY, on(REPEATS)))


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


def run(command: list[str], extra: Mapping[str, str] | None = None) -> str:
    """Run it once and return what it printed. One that fails ends the benchmark with that."""
    done = subprocess.run(command, env=os.environ | (extra or {}), cwd=PROJECT_ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"failed: {' '.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout


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


def run_with_timed_history() -> None:
    """A full refresh in this process; the last line printed is the seconds that Dagster's events took to store."""
    from dagster_project.cli import app
    from dagster_project.defs.history import Events

    spent = 0.0
    store = Events.store_event

    def timed(self: Events, event: Any) -> None:
        nonlocal spent
        began = time.perf_counter()
        store(self, event)
        spent += time.perf_counter() - began

    Events.store_event = timed
    app(["refresh", "--full"], standalone_mode=False)
    print(f"{spent:.2f}")


def report(results: dict[str, Measured]) -> None:
    seconds = {name: statistics.median(measured.seconds) for name, measured in results.items()}
    versions = f"Python {sys.version.split()[0]}, DuckDB {duckdb.__version__}"
    print(f"median of {REPEATS} runs, {os.cpu_count()} cores, {versions}")
    heads = ("seconds", "CPU s", "peak MB")
    print(f"{'':<20}" + "".join(f"{head:>9}" for head in heads) + f"{'/ ' + BARE_DBT:>14}{'/ ' + BARE_SQL:>14}")
    for name, measured in results.items():
        ratios = "".join(f"{seconds[name] / seconds[other]:>13.2f}x" for other in (BARE_DBT, BARE_SQL))
        cpu, peak = statistics.median(measured.cpu_seconds), max(measured.peaks_mb)
        print(f"{name:<20}{seconds[name]:>9.2f}{cpu:>9.2f}{peak:>9.0f}{ratios}")
    for name in (FULL, NEW_DAY):
        print(f"{name} takes {seconds[name] - seconds[BARE_DBT]:.1f} s more than {BARE_DBT}")


def report_history(settings: Settings, printed: str) -> None:
    """What the newest run wrote, and how long that took."""
    history = settings.dagster_home / "history"
    with closing(sqlite3.connect(history / "runs.db")) as runs:
        ((run_id,),) = runs.execute("select run_id from runs order by id desc limit 1").fetchall()
    own = history / "runs" / f"{run_id}.db"
    with closing(sqlite3.connect(own)) as events:
        ((count,),) = events.execute("select count(*) from event_logs").fetchall()
    megabytes = own.stat().st_size / 1e6
    print(
        f"history of a run: {count} events, {megabytes:.1f} MB in its own file, {printed.split()[-1]} s to store them"
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--statements"]:
        run_statements(*sys.argv[2:])
    elif sys.argv[1:2] == ["--timed-history"]:
        run_with_timed_history()
    else:
        main()
