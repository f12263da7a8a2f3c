"""Files that outlast a power cut: what is written reaches the disk before anything points at it.

Belongs here: writing, moving and pointing, each with its fsync. Does not belong here: what the files are. A rename
alone promises an order to running programs, not to the disk: after a cut the new name may stand for an empty file.
"""

import os
from pathlib import Path


def write_text(path: Path, text: str) -> None:
    """Replace a file in one step: after a cut it holds the old text or the new one."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(text, encoding="utf-8")
    sync(fresh)
    fresh.replace(path)
    sync(path.parent)


def sync_tree(folder: Path) -> None:
    """Every file below the folder, then the folders that name them, then the folder itself."""
    for parent, _, names in os.walk(folder, topdown=False):
        for name in names:
            sync(Path(parent, name))
        sync(Path(parent))


def move(source: Path, target: Path) -> None:
    """Rename, on the disk as well. What lies in `source` must have been synced."""
    source.rename(target)
    sync(target.parent)
    if source.parent != target.parent:
        sync(source.parent)


def point(link: Path, target: Path) -> None:
    """Replace a symlink in one step: a reader sees the old target or the new one, after a cut too."""
    fresh = link.with_name(f".{link.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(os.path.relpath(target, link.parent))
    fresh.replace(link)
    sync(link.parent)


def sync(path: Path) -> None:
    """Wait until the file, or the names in the folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
