"""What a release says of itself in `manifest.json`, and whether it still is what it says.

Belongs here: the seal, the list of files with their hashes, the comparison. Does not belong here: which release is
meant (`shelf.py`). Imports nothing heavy: an unchanged refresh asks here first.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from dagster_project.release.durable import write_text

NAME = "manifest.json"


def seal(folder: Path, says: dict[str, Any]) -> dict[str, Any]:
    """Write the manifest: what `says` says, every file of the folder with size and hash, and a seal on all that."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / NAME)
    listed = [
        {"path": path.relative_to(folder).as_posix(), "bytes": path.stat().st_size, "sha256": _sha256(path)}
        for path in files
    ]
    manifest = says | {"files": listed}
    manifest["seal"] = _seal_of(manifest)
    write_text(folder / NAME, json.dumps(manifest, indent=2) + "\n")
    return manifest


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of a release, whole or not; nothing where none can be read as one."""
    try:
        manifest = json.loads((folder / NAME).read_text(encoding="utf-8"))
        return (
            manifest
            if {"build_id", "fingerprint", "as_of_date", "built_at", "database", "tables"} <= set(manifest)
            else None
        )
    except (OSError, ValueError, TypeError):
        return None


def damage(folder: Path) -> list[str]:
    """What is no longer as it was published, a phrase each; nothing where the release is whole.

    Reads every byte: 29 MB take 0.04 s of CPU, and sizes and times alone would miss a flipped bit.
    """
    manifest = read_manifest(folder)
    if manifest is None:
        return [f"{NAME} is {'damaged' if (folder / NAME).exists() else 'missing'}"]
    if "seal" not in manifest:
        # made before releases listed their files
        return [] if (folder / manifest["database"]).is_file() else [f"{manifest['database']} is missing"]
    if manifest["seal"] != _seal_of(manifest):
        return [f"{NAME} is damaged"]
    found = [phrase for file in manifest["files"] if (phrase := _differs(folder / file["path"], file))]
    # a reader would take it for changes not yet in the file
    log = f"{manifest['database']}.wal"
    return [*found, f"{log} lies beside the database"] if (folder / log).exists() else found


def _differs(path: Path, listed: dict[str, Any]) -> str | None:
    name = listed["path"]
    try:
        if not path.is_file():
            return f"{name} is missing"
        if (size := path.stat().st_size) != listed["bytes"]:
            return f"{name} has {size:,} of {listed['bytes']:,} bytes"
        return None if _sha256(path) == listed["sha256"] else f"{name} is damaged"
    except OSError as error:
        return f"{name} cannot be read ({error.strerror})"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _seal_of(manifest: dict[str, Any]) -> str:
    said = {name: value for name, value in manifest.items() if name != "seal"}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
