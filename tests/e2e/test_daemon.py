"""The scheduler by itself: a changed seed becomes a new release while readers read."""

import os
import shutil
import signal
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
