"""What dbt keeps of the parsed project between runs, and whether it still is what dbt wrote.

dbt trusts these files. One that a full disk cut short, or in which a byte turned, breaks every refresh or, worse,
builds something else; parsing anew costs five seconds.
"""

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dagster_project.release.durable import write_text

FILES = ("manifest.json", "partial_parse.msgpack")
STAMP = "written.json"


@contextmanager
def vouched(target: Path) -> Iterator[None]:
    """Run dbt in the block: it finds nothing there that it did not write, and what it leaves is vouched for."""
    drop_damaged(target)
    try:
        yield
    finally:
        if target.is_dir():
            write_text(target / STAMP, json.dumps(_hashes(target)))


def drop_damaged(target: Path) -> None:
    """Remove what is no longer as dbt wrote it, so that it is parsed anew. After a killed run that is all of it."""
    try:
        written = dict(json.loads((target / STAMP).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        written = {}
    for name, found in _hashes(target).items():
        if written.get(name) != found or (target / name).is_dir():
            path = target / name
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _hashes(target: Path) -> dict[str, str]:
    there = [target / name for name in FILES if (target / name).exists()]
    return {
        path.name: "not a file" if path.is_dir() else hashlib.sha256(path.read_bytes()).hexdigest() for path in there
    }
