"""What a refresh survives: being killed or told to end at any moment, and a full disk. Readers see a whole release."""

import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from dagster_project.release.lock import lock_holder
from tests.conftest import Warehouse
from tests.releases import published_in

pytestmark = pytest.mark.e2e
ENDS = 30


def assert_current_is_whole(warehouse: Warehouse) -> str:
    """Open the current release as a reader does and compare it with its manifest. Returns the build id."""
    tables = warehouse.manifest["tables"]
    with duckdb.connect(str(warehouse.database), read_only=True) as connection:
        for table in tables:
            counted = connection.sql(f"select count(*) from {table['schema']}.{table['name']}").fetchall()
            assert counted == [(table["rows"],)], table
        ((build_id,),) = connection.sql("select build_id from meta.build").fetchall()
    assert build_id == warehouse.manifest["build_id"]
    assert not list((warehouse.data / "current").resolve().glob("*.wal"))
    return build_id


def test_ended_at_thirty_moments_current_stays_whole_nothing_is_left_and_the_next_refresh_succeeds_at_once(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    own = Warehouse(tmp_path / "data", extra={"TMPDIR": str(tmp_path / "tmp")})
    (tmp_path / "tmp").mkdir()
    # the release and the parsed project of the shared warehouse: the first run is not what is tested
    shutil.copytree(warehouse.data, own.data, symlinks=True)
    began = time.monotonic()
    run = own.run("refresh", "--full")
    whole_run = time.monotonic() - began
    assert run.returncode == 0, run.stderr
    moments = random.Random(9)
    for end in range(ENDS):
        number = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)[end % 3]
        before, builds_before = own.manifest["build_id"], builds(own)
        process = own.start("refresh", "--full")
        wait_until_it_heeds_signals(process)
        # one moment from each thirtieth of the run, so that every step is hit
        time.sleep(whole_run * (end + moments.random()) / ENDS)
        process.send_signal(number)
        # closing the pipes would wait for ever if a child of the run outlived it
        _, err = process.communicate(timeout=30)
        after = assert_current_is_whole(own)
        if process.returncode != 0:
            assert_told(process.returncode, number, err, before, after)
        assert lock_holder(own.data / "refresh.lock") is None
        if number != signal.SIGKILL:
            # what a run before it was killed in is for the next one that gets as far as the lock
            assert builds(own) <= builds_before
            assert list((tmp_path / "tmp").iterdir()) == []
    before = own.manifest["build_id"]
    run = own.run("refresh", "--full")
    assert run.returncode == 0, run.stderr
    assert assert_current_is_whole(own) != before
    # no run is left that still says it is running
    assert json.loads(own.run("status", "--json", check=True).stdout)["running"] is None
    with closing(sqlite3.connect(own.data / "dagster" / "history" / "runs.db")) as history:
        assert {status for (status,) in history.execute("select status from runs")} <= {"SUCCESS", "FAILURE"}
    assert own.manifest["tables"] == warehouse.manifest["tables"]


def builds(own: Warehouse) -> set[str]:
    return {path.name for path in (own.data / "builds").glob("*")}


def wait_until_it_heeds_signals(process: subprocess.Popen[str]) -> None:
    """Python itself takes a moment to start, in which no program can say anything."""
    while process.poll() is None:
        caught = re.search(r"SigCgt:\s*(\w+)", Path(f"/proc/{process.pid}/status").read_text())
        if caught and int(caught[1], 16) >> (signal.SIGTERM - 1) & 1:
            return
        time.sleep(0.005)


def assert_told(code: int, number: signal.Signals, err: str, before: str, after: str) -> None:
    """A killed run says nothing; one that is told to end says so in its last line, and what became of `current`."""
    if number == signal.SIGKILL:
        assert code == -number
        return
    assert code == 128 + number
    steps, last = err.splitlines()[:-1], err.splitlines()[-1]
    assert all(re.fullmatch(r"[\w :,]+: \d+\.\d s", step) for step in steps), err
    stands = f"`current` is unchanged: {before}." if after == before else f"Release {after} is current."
    # before a refresh has begun there is no more to say
    assert last in (f"Interrupted. {stands}", "Interrupted."), err


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 MB of its own, room for two releases. Mounting one needs root."""
    if os.geteuid() != 0:
        pytest.skip("mounting a small file system to fill needs root")
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256m", "tmpfs", str(folder)], check=True)
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("left_mb", [0, 24])
def test_a_full_disk_is_one_line_current_stays_and_with_room_again_the_next_refresh_succeeds(
    warehouse: Warehouse, small_disk: Path, left_mb: int
) -> None:
    own = Warehouse(small_disk / "data")
    shutil.copytree(warehouse.data, own.data, symlinks=True)
    before = own.manifest["build_id"]
    filler = small_disk / "filler"
    with filler.open("wb") as file:
        file.write(b"\0" * max(shutil.disk_usage(small_disk).free - left_mb * 2**20, 0))

    run = own.run("refresh", "--full")

    assert run.returncode == 1
    *steps, cause, stands = run.stderr.splitlines()
    assert all(re.fullmatch(r"[\w :,]+: \d+\.\d s", step) for step in steps), run.stderr
    assert cause.startswith("No space left on the disk")
    assert stands == f"`current` is unchanged: {before}."
    assert assert_current_is_whole(own) == before
    filler.unlink()
    assert own.run("refresh", "--full").returncode == 0
    assert assert_current_is_whole(own) != before


@pytest.mark.parametrize("left", [0, 30, 55])
def test_a_disk_that_takes_no_file_more_is_one_line_and_current_stays(
    warehouse: Warehouse, small_disk: Path, left: int
) -> None:
    """Room there is, but every file needs an inode. 30 are used up by Dagster's history and dbt, 55 by the release."""
    release = published_in(small_disk / "data", warehouse)
    used = sum(1 for _ in small_disk.rglob("*")) + 1
    subprocess.run(["mount", "-o", f"remount,nr_inodes={used + left}", str(small_disk)], check=True)
    run = Warehouse(small_disk / "data").run("refresh", "--full")
    assert (run.returncode, run.stdout) == (1, "")
    *steps, first, second = run.stderr.splitlines()
    assert all(re.fullmatch(r"[\w :,]+: \d+\.\d s", step) for step in steps), run.stderr
    assert re.fullmatch(r"No space left on the disk \(.+\): no bytes or no inodes\. Free some, .+\.", first), first
    assert second == f"`current` is unchanged: {release.name}."
    assert assert_current_is_whole(Warehouse(small_disk / "data")) == release.name


def test_a_read_only_folder_is_one_line_and_readers_still_read(warehouse: Warehouse, small_disk: Path) -> None:
    own = Warehouse(small_disk / "data")
    shutil.copytree(warehouse.data, own.data, symlinks=True)
    before = own.manifest["build_id"]
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    run = own.run("refresh", "--full")
    assert run.returncode == 1
    *steps, cause, stands = run.stderr.splitlines()
    assert all(re.fullmatch(r"[\w :,]+: \d+\.\d s", step) for step in steps), run.stderr
    assert "No permission to write" in cause
    assert stands == f"`current` is unchanged: {before}."
    assert assert_current_is_whole(own) == before
    for command in (["status"], ["sql", "from dim_partners"], ["refresh"]):
        assert own.run(*command).returncode == 0
