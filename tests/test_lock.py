"""One refresh at a time: the lock names its holder, ends with it, and is not disturbed by whoever looks."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from dagster_project.release.lock import LockHeld, lock_holder, refresh_lock
from dagster_project.settings import PROJECT_ROOT

HOLD = """
import sys, time
from pathlib import Path
from dagster_project.release.lock import refresh_lock
with refresh_lock(Path(sys.argv[1]), "a test"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "refresh.lock")],
        cwd=PROJECT_ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()


def test_the_second_taker_is_told_who_holds_it(holder, tmp_path: Path) -> None:
    with (
        pytest.raises(LockHeld, match=rf"process {holder.pid} \(a test\), since 20"),
        refresh_lock(tmp_path / "refresh.lock", "me"),
    ):
        pytest.fail("the lock was taken twice")
    assert f"process {holder.pid}" in (lock_holder(tmp_path / "refresh.lock") or "")


def test_a_killed_holder_leaves_the_lock_free(holder, tmp_path: Path) -> None:
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    assert lock_holder(tmp_path / "refresh.lock") is None
    with refresh_lock(tmp_path / "refresh.lock", "me"):
        assert f"process {os.getpid()} (me)" in (lock_holder(tmp_path / "refresh.lock") or "")
    assert lock_holder(tmp_path / "refresh.lock") is None


def test_an_onlooker_does_not_keep_a_refresh_from_starting(tmp_path: Path) -> None:
    path = tmp_path / "refresh.lock"
    path.touch()
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            lock_holder(path)

    onlookers = [threading.Thread(target=look) for _ in range(2)]
    for thread in onlookers:
        thread.start()
    try:
        for _ in range(50):
            with refresh_lock(path, "me"):
                pass
    finally:
        done.set()
        for thread in onlookers:
            thread.join()


def test_no_lock_file_means_no_holder_and_none_is_made(tmp_path: Path) -> None:
    assert lock_holder(tmp_path / "refresh.lock") is None
    assert not (tmp_path / "refresh.lock").exists()
