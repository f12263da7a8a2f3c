"""Dagster's history where it cannot be read: it is put aside whole, and a new one is begun.

Belongs here: what is sound, and the move. Does not belong here: how a sound history is written (`history.py`).
"""

import fcntl
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

BUSY_SECONDS = 30
# SQLite's own files beside a database
BESIDE = ("", "-wal", "-shm", "-journal")
# what may be damaged by itself, and the databases in it
PARTS = {"history": ("runs.db", "runs/index.db"), "schedules": ("schedules.db",), "dagster.yaml": ()}


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
    return all(is_sound(home / part / file) for file in PARTS[part])


def is_sound(database: Path) -> bool:
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


def remove(database: Path) -> None:
    for ending in BESIDE:
        database.with_name(database.name + ending).unlink(missing_ok=True)
