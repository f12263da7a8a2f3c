"""One refresh at a time, whoever started it: a file lock that the kernel releases when its holder dies."""

import datetime as dt
import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


class LockHeld(RuntimeError):
    """Another refresh is running; the message says whose."""


@contextmanager
def refresh_lock(path: Path, started_by: str) -> Iterator[None]:
    """Hold the lock for the block. Raises `LockHeld`, naming the holder, where it is taken."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # opened without truncation: a loser must still be able to read who holds it
    with path.open("a+", encoding="utf-8") as file:
        if not _taken(file):
            raise LockHeld(f"another refresh is running: {_holder(path)}")
        file.truncate(0)
        holder = {
            "started_by": started_by,
            "process": os.getpid(),
            "since": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        }
        file.write(json.dumps(holder))
        file.flush()
        yield


def lock_holder(path: Path) -> str | None:
    """Who holds the lock, or nothing where it is free."""
    if not path.exists():
        return None
    with path.open(encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _holder(path)
    return None


def _taken(file: TextIO) -> bool:
    """Try for half a second: somebody who only looks (`lock_holder`) has the file for an instant."""
    for _ in range(10):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            time.sleep(0.05)
    return False


def _holder(path: Path) -> str:
    try:
        holder = json.loads(path.read_text(encoding="utf-8"))
        return f"process {holder['process']} ({holder['started_by']}), since {holder['since']}"
    except (OSError, ValueError, KeyError):
        return "a process that has not yet said which"
