"""The scheduler by itself: a changed seed becomes a new release while readers read."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from dagster_project.settings import PROJECT_ROOT
from tests.conftest import Warehouse

pytestmark = pytest.mark.e2e


def test_the_daemon_publishes_a_changed_seed_by_itself_while_a_reader_reads_on(tmp_path: Path) -> None:
    seeds = Path(shutil.copytree(PROJECT_ROOT / "seeds", tmp_path / "seeds"))
    own = Warehouse(
        tmp_path / "data", seeds, {"WAREHOUSE_CRON": "* * * * *", "DAGSTER_HOME": str(tmp_path / "data" / "dagster")}
    )
    assert own.run("refresh").returncode == 0
    before = own.manifest["build_id"]
    log = (tmp_path / "daemon.log").open("w+")
    daemon = subprocess.Popen(
        [str(Path(sys.executable).parent / "dagster-daemon"), "run", "-m", "dagster_project.definitions"],
        env=own.env,
        cwd=PROJECT_ROOT,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        partners = seeds / "partners.csv"
        text = partners.read_text()
        assert "Japan," in text
        partners.write_text(text.replace("Japan,", "JAPAN,", 1))
        reads, deadline = 0, time.monotonic() + 240
        while own.manifest["build_id"] == before:
            assert daemon.poll() is None, _tail(log)
            assert time.monotonic() < deadline, _tail(log)
            reads += _read(own)
            time.sleep(0.05)
        assert _names(own) == [("JAPAN",)]
    finally:
        os.killpg(daemon.pid, signal.SIGTERM)
        daemon.wait(timeout=60)
        log.close()
    assert reads > 100


def _read(own: Warehouse) -> int:
    """One look by a reader: any error fails the test."""
    with duckdb.connect(str(own.database), read_only=True) as connection:
        ((rows,),) = connection.sql("select count(*) from marts.fct_tariff_rates").fetchall()
    assert rows > 0
    return 1


def _names(own: Warehouse) -> list[tuple]:
    with duckdb.connect(str(own.database.resolve()), read_only=True) as connection:
        return connection.sql("select partner_name from marts.dim_partners where partner_iso3 = 'JPN'").fetchall()


def _tail(log) -> str:
    log.seek(0)
    return log.read()[-3000:]


@pytest.mark.parametrize("victim", ["the command", "what it started"])
def test_whatever_is_killed_of_warehouse_dev_nothing_of_it_lives_on(tmp_path: Path, victim: str) -> None:
    own = Warehouse(tmp_path / "data")
    log = (tmp_path / "dev.log").open("w+")
    command = subprocess.Popen(
        [sys.executable, "-m", "dagster_project", "dev", "--port", str(_free_port())],
        env=own.env,
        cwd=PROJECT_ROOT,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    deadline = time.monotonic() + 240
    dagster = None
    # the interface, the scheduler, and what loads the definitions for them
    while dagster is None or len(_of_session(dagster)) < 5:
        assert command.poll() is None, _tail(log)
        assert time.monotonic() < deadline, _tail(log)
        time.sleep(0.2)
        children = Path(f"/proc/{command.pid}/task/{command.pid}/children").read_text().split()
        dagster = next((int(child) for child in children if _of_session(int(child))), None)
    os.kill(command.pid if victim == "the command" else dagster, signal.SIGKILL)
    assert command.wait(timeout=60) == (-signal.SIGKILL if victim == "the command" else 1)
    while left := _of_session(dagster):
        assert time.monotonic() < deadline, (left, _tail(log))
        time.sleep(0.2)
    log.close()


def _of_session(leader: int) -> list[int]:
    """The processes of a session that still run."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, session, *_ = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(session) == leader and state != "Z":
            found.append(int(stat.parent.name))
    return found


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
