"""Dagster's history as this project keeps it: quick to write, bounded, and begun anew where it is damaged.

Belongs here: the storage that `dagster.yaml` names, so that the command line, the scheduler and the interface share it,
and what becomes of old and of damaged history. Does not belong here: what a refresh does. A release is complete without
its history, which is why nothing here waits for the disk: on a slow one, two thirds of a refresh were spent on waiting
for some 500 events, each a connection and a commit of its own.
"""

import fcntl
import logging
import os
import shutil
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import sqlalchemy as sa
import sqlalchemy.event
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME
from dagster._core.storage.runs import SqliteRunStorage
from dagster._core.storage.schedules import SqliteScheduleStorage
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from dagster._serdes import ConfigurableClassData

# each leaves about 2 MB; daily, a month can be looked at
KEPT_RUNS = 30
ENDED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]
# SQLite's own files beside a database
BESIDE = ("", "-wal", "-shm", "-journal")
BUSY_SECONDS = 30
# what may be damaged by itself, and the databases in it
PARTS = {"history": ("runs.db", "runs/index.db"), "schedules": ("schedules.db",), "dagster.yaml": ()}


class History(DagsterSqliteStorage):
    """Dagster's SQLite storage with connections that stay open and do not wait for the disk."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        for part in put_damaged_aside(Path(base_dir)):
            logging.getLogger(__name__).warning(aside_message(part))
        # Dagster writes what is planned, some 200 events, in one go where it is told how many may go together
        os.environ.setdefault("DAGSTER_EVENT_BATCH_SIZE", "1000")
        # past Dagster's own, which would open each file a second time
        super(DagsterSqliteStorage, self).__init__()
        self.base_dir, self._inst_data = base_dir, inst_data
        self._run_storage = Runs.from_local(str(Path(base_dir, "history")))
        self._event_log_storage = Events(str(Path(base_dir, "history", "runs")))
        self._schedule_storage = Schedules.from_local(str(Path(base_dir, "schedules")))

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData, config_value: Any) -> "History":
        """What Dagster makes from `dagster.yaml`."""
        return cls(config_value["base_dir"], inst_data)


class Connections:
    """Connections to one SQLite file, kept open between uses and opened anew where the file has been replaced."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._path = Path(sa.make_url(address).database or "")
        self._file: int | None = None
        self._engine: sa.Engine | None = None

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        if self._engine is None or self._file != _inode(self._path):
            self.close()
            self._engine = sa.create_engine(self._address, connect_args={"timeout": BUSY_SECONDS})
            sqlalchemy.event.listen(self._engine, "connect", _without_waiting)
        with self._engine.begin() as connection:
            # known only once the connection has made it
            self._file = self._file or _inode(self._path)
            yield connection

    def close(self) -> None:
        if self._engine is not None:
            self._engine.dispose()
        self._engine = self._file = None


class Runs(SqliteRunStorage):
    """Which runs there were, in `runs.db`."""

    def __init__(self, conn_string: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(conn_string, inst_data)
        self._kept = Connections(conn_string)

    @contextmanager
    def connect(self) -> Iterator[sa.Connection]:
        with self._kept.transaction() as connection:
            yield connection

    def dispose(self) -> None:
        self._kept.close()


class Schedules(SqliteScheduleStorage):
    """What the schedule and the sensor did, in `schedules.db`."""

    def __init__(self, conn_string: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(conn_string, inst_data)
        self._kept = Connections(conn_string)

    @contextmanager
    def connect(self) -> Iterator[sa.Connection]:
        with self._kept.transaction() as connection:
            yield connection

    def dispose(self) -> None:
        self._kept.close()


class Events(SqliteEventLogStorage):
    """What happened in each run, a file a run, and what concerns assets once more in `index.db`."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._kept: dict[str, Connections] = {}
        self._in_use: dict[str, sa.Connection] = {}
        self._tables: set[str] = set()
        self._one_at_a_time = threading.RLock()
        super().__init__(base_dir, inst_data)

    def run_connection(self, run_id: str | None = None) -> AbstractContextManager[sa.Connection]:
        return self._shard(run_id or INDEX_SHARD_NAME)

    def index_connection(self) -> AbstractContextManager[sa.Connection]:
        return self._shard(INDEX_SHARD_NAME)

    def store_event_batch(self, events: Sequence[dg.EventLogEntry]) -> None:
        """All of them in one transaction a file."""
        with self.run_connection(events[0].run_id), self.index_connection():
            super().store_event_batch(events)

    def has_table(self, table_name: str) -> bool:
        # asked for each event that has tags
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def _has_asset_key_index_cols_on_connection(self, conn: sa.Connection) -> bool:
        # asked for each event of an asset, and a quarter of its cost: no history is older than these columns
        return True

    def delete_events(self, run_id: str) -> None:
        """The run's file and its rows in the index, those of its checks among them, which Dagster would leave."""
        with self.index_connection() as connection:
            self.delete_events_for_run(connection, run_id)
            connection.execute(AssetCheckExecutionsTable.delete().where(AssetCheckExecutionsTable.c.run_id == run_id))
        with self._one_at_a_time:
            if kept := self._kept.pop(run_id, None):
                kept.close()
            _remove(Path(self.path_for_shard(run_id)))

    def dispose(self) -> None:
        super().dispose()
        for kept in self._kept.values():
            kept.close()
        self._kept.clear()

    @contextmanager
    def _shard(self, name: str) -> Iterator[sa.Connection]:
        with self._one_at_a_time:
            if name in self._in_use:
                yield self._in_use[name]
                return
            if name not in self._kept:
                self._open(name)
            with self._kept[name].transaction() as connection:
                self._in_use[name] = connection
                try:
                    yield connection
                finally:
                    del self._in_use[name]

    def _open(self, name: str) -> None:
        """Open one run's file beside the index, not those of all runs that somebody has looked at."""
        if name != INDEX_SHARD_NAME:
            for other in self._kept.keys() - {INDEX_SHARD_NAME}:
                self._kept.pop(other).close()
            path = Path(self.path_for_shard(name))
            if not _is_sound(path):
                _remove(path)
        # makes the tables
        with super().run_connection(name):
            self._kept[name] = Connections(self.conn_string_for_shard(name))


def prune(instance: dg.DagsterInstance) -> None:
    """Forget all runs that have ended but the newest `KEPT_RUNS`."""
    for run_id in instance.get_run_ids(dg.RunsFilter(statuses=ENDED))[KEPT_RUNS:]:
        instance.delete_run(run_id)


def put_damaged_aside(home: Path) -> list[Path]:
    """Rename the parts of the history that cannot be read, so that new ones are begun. Returns their new names.

    One of each is kept to look at. A part is a whole folder, because the rows of one file in it name rows of another.
    """
    if home.exists() and not home.is_dir():
        return [_renamed(home)]
    if not home.exists() or all(_is_sound_part(home, part) for part in PARTS):
        return []
    # two that start at once must not put each other's new files aside
    with (home / "damaged.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return [_renamed(home / part) for part in PARTS if not _is_sound_part(home, part)]


def aside_message(aside: Path) -> str:
    return f"Dagster's history could not be read: it lies in {aside} now, and a new one is begun."


def _is_sound_part(home: Path, part: str) -> bool:
    if part == "dagster.yaml":
        return not (home / part).is_dir()
    folders = {(home / part / file).parent for file in PARTS[part]} | {home / part}
    if any(folder.exists() and not folder.is_dir() for folder in sorted(folders)):
        return False
    return all(_is_sound(home / part / file) for file in PARTS[part])


def _is_sound(database: Path) -> bool:
    """True for one that is not there yet, and for one that cannot be opened for reasons other than what it holds."""
    if not database.exists():
        return True
    if not database.is_file():
        return False
    try:
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)) as connection:
            return connection.execute("pragma quick_check(1)").fetchone() == ("ok",)
    except sqlite3.OperationalError:
        return True
    except sqlite3.DatabaseError:
        return False


def _renamed(part: Path) -> Path:
    target = part.with_name(f"{part.name}.damaged")
    if target.is_dir():
        shutil.rmtree(target)
    return part.replace(target)


def _remove(database: Path) -> None:
    for ending in BESIDE:
        database.with_name(database.name + ending).unlink(missing_ok=True)


def _inode(path: Path) -> int | None:
    return path.stat().st_ino if path.exists() else None


def _without_waiting(connection: sqlite3.Connection, _record: Any) -> None:
    connection.execute("pragma synchronous = off")
