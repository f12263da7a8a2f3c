"""Dagster's history as this project keeps it: quick to write and bounded.

Belongs here: the storage that `dagster.yaml` names, so that the command line, the scheduler and the interface share it,
and what becomes of old history. Does not belong here: damaged history (`damaged_history.py`), what a refresh does. A
release is complete without its history, which is why nothing here waits for the disk: on a slow one, two thirds of a
refresh were spent on waiting for some 500 events, each a connection and a commit of its own.

Dagster lets a `dagster.yaml` name a storage of one's own, but has no public name for those to derive from, and no
setting for their connections. Private here, and read again when the pinned minor version of Dagster moves
(`tests/test_history.py` goes through all of it): the four storages and `ConfigurableClassData`, imported from where
Dagster's documentation of `dagster.yaml` names them; of the event log's, the one file a run beside `index.db`, and
`_has_asset_key_index_cols_on_connection`, which saves a quarter of the cost of an asset's event.
"""

import logging
import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import sqlalchemy as sa
import sqlalchemy.event
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.runs import SqliteRunStorage
from dagster._core.storage.schedules import SqliteScheduleStorage
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from dagster._serdes import ConfigurableClassData

from dagster_project.defs.damaged_history import BUSY_SECONDS, aside_message, is_sound, put_damaged_aside, remove

# each leaves about 2 MB; daily, a month can be looked at
KEPT_RUNS = 30
ENDED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]
# the events of all runs that concern assets, beside the files of single runs
INDEX = "index"


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


class KeptOpen:
    """What the storages of runs and of schedules share: one file, with connections that stay open."""

    def __init__(self, conn_string: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(conn_string, inst_data)  # pyright: ignore[reportCallIssue]
        self._kept = Connections(conn_string)

    @contextmanager
    def connect(self) -> Iterator[sa.Connection]:
        with self._kept.transaction() as connection:
            yield connection

    def dispose(self) -> None:
        self._kept.close()


class Runs(KeptOpen, SqliteRunStorage):
    """Which runs there were, in `runs.db`."""


class Schedules(KeptOpen, SqliteScheduleStorage):
    """What the schedule and the sensor did, in `schedules.db`."""


class Events(SqliteEventLogStorage):
    """What happened in each run, a file a run, and what concerns assets once more in `index.db`."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._kept: dict[str, Connections] = {}
        self._in_use: dict[str, sa.Connection] = {}
        self._tables: set[str] = set()
        self._one_at_a_time = threading.RLock()
        super().__init__(base_dir, inst_data)

    def run_connection(self, run_id: str | None = None) -> AbstractContextManager[sa.Connection]:
        # what is told outside a run is of the run "", and has a file of its own as well
        return self._shard(INDEX if run_id is None else run_id)

    def index_connection(self) -> AbstractContextManager[sa.Connection]:
        return self._shard(INDEX)

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
            connection.execute(sa.text("delete from asset_check_executions where run_id = :run"), {"run": run_id})
        with self._one_at_a_time:
            if kept := self._kept.pop(run_id, None):
                kept.close()
            remove(Path(self.path_for_shard(run_id)))

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
        """Open one run's file beside the index, not those of all runs that somebody has looked at.

        One that is damaged is removed first and begun anew.
        """
        if name != INDEX:
            for other in self._kept.keys() - {INDEX}:
                self._kept.pop(other).close()
            path = Path(self.path_for_shard(name))
            if not is_sound(path):
                remove(path)
        # makes the tables
        with super().run_connection(name):
            self._kept[name] = Connections(self.conn_string_for_shard(name))


def prune(instance: dg.DagsterInstance) -> None:
    """Forget all runs that have ended but the newest `KEPT_RUNS`."""
    for run_id in instance.get_run_ids(dg.RunsFilter(statuses=ENDED))[KEPT_RUNS:]:
        instance.delete_run(run_id)


def _inode(path: Path) -> int | None:
    return path.stat().st_ino if path.exists() else None


def _without_waiting(connection: sqlite3.Connection, _record: Any) -> None:
    connection.execute("pragma synchronous = off")
