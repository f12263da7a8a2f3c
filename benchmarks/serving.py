"""What readers see while releases change: errors, torn reads, and how long a read takes.

Eight processes read without a pause of more than a tenth of a second, half of them the file `current`, half the copy in
PostgreSQL, while the warehouse is refreshed and copied again and again. A read takes the build and the rows of every
public table; it is torn where they are not those that the build itself states. Every release has other rows.
Everything happens in a temporary folder, on a PostgreSQL server of the program's own.

    make bench-serving            (ROUNDS=5 for a shorter look)
"""

import csv
import multiprocessing
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import psycopg  # pyright: ignore[reportMissingImports]

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from dagster_project.settings import PROJECT_ROOT
from tests.e2e.postgres_server import PostgresServer

READERS_OF_EACH = 4
PAUSE = 0.1
WAREHOUSE = [sys.executable, "-m", "dagster_project"]
STATED = "select table_schema, table_name, row_count from meta.tables where table_schema in ('marts', 'metrics')"


@dataclass
class Seen:
    """What one reader saw: seconds of each read, the builds it met, what went wrong."""

    what: str
    seconds: list[float] = field(default_factory=list)
    builds: set[str] = field(default_factory=set)
    torn: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def read_whole(ask: Callable[[str], list[tuple]], seen: Seen) -> None:
    """One read over all public tables, as `ask` answers it."""
    ((build_id,),) = ask("select build_id from meta.build")
    for schema, table, stated in ask(STATED):
        ((counted,),) = ask(f"select count(*) from {schema}.{table}")
        if counted != stated:
            seen.torn.append(f"{build_id}: {schema}.{table} has {counted} rows, the build states {stated}")
    seen.builds.add(build_id)


def read_file(database: str, seen: Seen) -> None:
    with duckdb.connect(str(Path(database).resolve()), read_only=True) as connection:
        read_whole(lambda question: connection.execute(question).fetchall(), seen)


def read_copy(dsn: str, seen: Seen) -> None:
    with psycopg.connect(dsn) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        read_whole(lambda question: connection.execute(question.encode()).fetchall(), seen)


def keep_reading(what: str, where: str, stop, results) -> None:
    seen = Seen(what)
    read = read_file if what == "file" else read_copy
    while not stop.is_set():
        began = time.perf_counter()
        try:
            read(where, seen)
            seen.seconds.append(time.perf_counter() - began)
        except Exception as error:
            seen.errors.append(f"{type(error).__name__}: {error}")
        time.sleep(PAUSE)
    results.put(seen)


def refresh(env: dict[str, str], seeds: Path, told_again: int) -> None:
    """A release in which so many trade flows of the seeds are told a second time, and its copy: the log only grows."""
    with (PROJECT_ROOT / "seeds" / "trade_flows.csv").open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        rows = list(reader)
    with (seeds / "trade_flows.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, reader.fieldnames or [], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        for row in rows[:told_again]:
            again = {"assertion_id": f"{row['assertion_id']}-again", "known_from": row["recorded_on"]}
            writer.writerow(row | again)
    done = subprocess.run([*WAREHOUSE, "refresh", "--full"], env=env, cwd=PROJECT_ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"the refresh failed:\n{done.stdout}{done.stderr}")


def main(rounds: int) -> None:
    processes = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder, PostgresServer() as server:
        seeds = Path(shutil.copytree(PROJECT_ROOT / "seeds", Path(folder) / "seeds"))
        env = os.environ | {
            "WAREHOUSE_DATA_DIR": f"{folder}/data",
            "WAREHOUSE_SEEDS_DIR": str(seeds),
            "WAREHOUSE_POSTGRES_DSN": server.dsn,
        }
        refresh(env, seeds, told_again=0)
        stop, results = processes.Event(), processes.Queue()
        places = {"file": f"{folder}/data/current/warehouse.duckdb", "PostgreSQL": server.dsn}
        readers = [
            # a daemon ends with this program, also where a refresh fails
            processes.Process(target=keep_reading, args=(what, where, stop, results), daemon=True)
            for what, where in places.items()
            for _ in range(READERS_OF_EACH)
        ]
        for reader in readers:
            reader.start()
        for number in range(1, rounds + 1):
            refresh(env, seeds, told_again=number)
        stop.set()
        seen = [results.get(timeout=120) for _ in readers]
        for reader in readers:
            reader.join()
    report(seen, rounds)


def report(seen: list[Seen], rounds: int) -> None:
    print(f"{rounds} refreshes, each with its copy, under {len(seen)} readers on {os.cpu_count()} cores")
    print(f"{'':<12}{'reads':>8}{'errors':>8}{'torn':>8}{'builds':>8}{'p50 ms':>9}{'p95 ms':>9}")
    for what in dict.fromkeys(reader.what for reader in seen):
        of_kind = [reader for reader in seen if reader.what == what]
        seconds = [second for reader in of_kind for second in reader.seconds]
        cuts = statistics.quantiles(seconds, n=20)
        errors, torn = (sum(len(getattr(reader, name)) for reader in of_kind) for name in ("errors", "torn"))
        builds = len(set.union(*(reader.builds for reader in of_kind)))
        print(
            f"{what:<12}{len(seconds):>8}{errors:>8}{torn:>8}{builds:>8}{cuts[9] * 1000:>9.0f}{cuts[18] * 1000:>9.0f}"
        )
    for line in sorted({line for reader in seen for line in reader.errors + reader.torn})[:10]:
        print(line)
    if any(reader.errors or reader.torn for reader in seen):
        raise SystemExit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
