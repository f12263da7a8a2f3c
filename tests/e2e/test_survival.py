"""What a refresh survives: being killed at any moment, and a full disk. Readers see a whole release throughout."""

import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.conftest import Warehouse

pytestmark = pytest.mark.e2e
KILLS = 10


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


def test_killed_at_ten_random_moments_current_stays_whole_and_the_next_refresh_succeeds_at_once(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    own = Warehouse(tmp_path / "data")
    began = time.monotonic()
    assert own.run("refresh").returncode == 0
    whole_run = time.monotonic() - began
    moments = random.Random()
    for kill in range(KILLS):
        # one moment from each tenth of the run, so that every step is hit
        after = whole_run * (kill + moments.random()) / KILLS
        process = own.start("refresh", "--full")
        time.sleep(after)
        os.kill(process.pid, signal.SIGKILL)
        # closing the pipes would wait for ever if a child of the run outlived it
        process.communicate(timeout=10)
        assert_current_is_whole(own)
    before = own.manifest["build_id"]
    run = own.run("refresh", "--full")
    assert run.returncode == 0, run.stderr
    assert assert_current_is_whole(own) != before
    # no run is left that still says it is running
    assert own.run("status", "--json", check=True).stdout.count('"running": null') == 1
    assert own.manifest["tables"] == warehouse.manifest["tables"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 128 MB of its own, room for two releases. Mounting one needs root."""
    if os.geteuid() != 0:
        pytest.skip("mounting a small file system to fill needs root")
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=128m", "tmpfs", str(folder)], check=True)
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("left_mb", [0, 24])
def test_a_full_disk_is_one_line_current_stays_and_with_room_again_the_next_refresh_succeeds(
    small_disk: Path, left_mb: int
) -> None:
    own = Warehouse(small_disk / "data")
    assert own.run("refresh").returncode == 0
    before = own.manifest["build_id"]
    filler = small_disk / "filler"
    with filler.open("wb") as file:
        file.write(b"\0" * max(shutil.disk_usage(small_disk).free - left_mb * 2**20, 0))

    run = own.run("refresh", "--full")

    assert run.returncode == 1
    assert run.stderr.splitlines()[0].startswith("No space left on the disk")
    assert run.stderr.splitlines()[1:] == [f"`current` is unchanged: {before}."]
    assert assert_current_is_whole(own) == before
    filler.unlink()
    assert own.run("refresh", "--full").returncode == 0
    assert assert_current_is_whole(own) != before


def test_a_read_only_folder_is_one_line_and_readers_still_read(small_disk: Path) -> None:
    own = Warehouse(small_disk / "data")
    assert own.run("refresh").returncode == 0
    before = own.manifest["build_id"]
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    run = own.run("refresh", "--full")
    assert run.returncode == 1
    assert "No permission to write" in run.stderr.splitlines()[0]
    assert "Traceback" not in run.stderr
    assert assert_current_is_whole(own) == before
    for command in (["status"], ["sql", "from dim_partners"], ["refresh"]):
        assert own.run(*command).returncode == 0
