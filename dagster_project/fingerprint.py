"""What a build depends on, as hashes: same fingerprint, same tables. Imports nothing heavy, to be asked first."""

import hashlib
import json
from pathlib import Path

from dagster_project.settings import PROJECT_ROOT, Settings


def inputs(settings: Settings) -> dict[str, str]:
    """SHA-256 of each input of a build, by the name it has in `meta.build`."""
    return {
        "as_of_date": settings.as_of_date.isoformat(),
        "seeds_hash": _hash_files(settings.seeds, ("*.csv",)),
        "landing_hash": _hash_names(settings.landing),
        "dbt_hash": _hash_files(settings.dbt_project, ("*.sql", "*.yml", "*.md")),
        "code_hash": _hash_files(PROJECT_ROOT / "dagster_project", ("*.py", "*.j2", "*.js", "*.css")),
        "lock_hash": _hash_files(PROJECT_ROOT, ("requirements.lock",), recurse=False),
    }


def fingerprint(settings: Settings) -> str:
    return hashlib.sha256(json.dumps(inputs(settings), sort_keys=True).encode()).hexdigest()


def released_fingerprint(settings: Settings) -> str | None:
    """The fingerprint of the current release, or nothing where there is none that can be read."""
    try:
        return json.loads((settings.current / "manifest.json").read_text(encoding="utf-8"))["fingerprint"]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def is_unchanged(settings: Settings) -> bool:
    return settings.current_database.exists() and fingerprint(settings) == released_fingerprint(settings)


def _hash_files(folder: Path, patterns: tuple[str, ...], recurse: bool = True) -> str:
    digest = hashlib.sha256()
    found = {path for pattern in patterns for path in (folder.rglob(pattern) if recurse else folder.glob(pattern))}
    for path in sorted(found):
        digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _hash_names(folder: Path) -> str:
    """Landed files are named by their content, so the names say it all."""
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    return hashlib.sha256("\n".join(names).encode()).hexdigest()
