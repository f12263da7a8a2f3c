"""What a build depends on, as hashes: same fingerprint, same tables. Imports nothing heavy, to be asked first."""

import hashlib
import json
from pathlib import Path

from dagster_project.release.shelf import current, current_damage, rolled_back_from
from dagster_project.settings import PROJECT_ROOT, Settings
from dagster_project.sources.landing import LOG, REJECTED, counting, read_log


def inputs(settings: Settings) -> dict[str, str]:
    """SHA-256 of each input of a build, by the name it has in `meta.build`."""
    return {
        "as_of_date": settings.as_of_date.isoformat(),
        "seeds_hash": _hash_files(settings.seeds, ("*.csv", "*.parquet")),
        "landing_hash": _hash_landing(settings.landing),
        "dbt_hash": _hash_files(settings.dbt_project, ("*.sql", "*.yml", "*.md")),
        "code_hash": _hash_files(PROJECT_ROOT / "dagster_project", ("*.py", "*.j2", "*.js", "*.css")),
        "lock_hash": _hash_files(PROJECT_ROOT, ("requirements.lock",), recurse=False),
    }


def fingerprint(settings: Settings) -> str:
    return hashlib.sha256(json.dumps(inputs(settings), sort_keys=True).encode()).hexdigest()


def is_unchanged(settings: Settings) -> bool:
    """A refresh would only make again what readers see, and that is whole; or what was rolled back from."""
    return bool(stands(settings)) and not current_damage(settings)


def stands(settings: Settings) -> str | None:
    """Why a refresh has nothing to build, in a sentence; nothing where an input changed.

    After a rollback a new day alone builds nothing: it would bring back the release that the operator left.
    """
    now = current(settings)
    if now is None or now.manifest is None:
        return None
    if now.manifest["fingerprint"] == fingerprint(settings):
        return f"Nothing changed since release {now.build_id} (as of {now.manifest['as_of_date']})."
    left = rolled_back_from(settings)
    read_now = _without_day(inputs(settings)) if left else {}
    for release in left:
        if release.manifest and _without_day(release.manifest.get("inputs", {})) == read_now:
            return (
                f"Rolled back to release {now.build_id} (as of {now.manifest['as_of_date']}), and nothing but the day "
                f"changed since release {release.build_id}, which was left."
            )
    return None


def _without_day(hashes: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in hashes.items() if name != "as_of_date"}


def _hash_files(folder: Path, patterns: tuple[str, ...], recurse: bool = True) -> str:
    digest = hashlib.sha256()
    found = {path for pattern in patterns for path in (folder.rglob(pattern) if recurse else folder.glob(pattern))}
    for path in sorted(found):
        digest.update(str(path.relative_to(folder)).encode() + b"\0" + _content(path) + b"\0")
    return digest.hexdigest()


def _content(path: Path) -> bytes:
    """What a file holds, or that it cannot be read, or is a pipe or a device: the door says what is wrong with it."""
    try:
        return path.read_bytes() if path.is_file() else b"no regular file"
    except OSError as error:
        return f"unreadable: {error.errno}".encode()


def _hash_landing(folder: Path) -> str:
    """Landed files are named by their content, so the names say it all, beside what was said of those that count.

    What was rejected, and the log of every time that something came, are read by no build.
    """
    rejected = {entry.path for entry in read_log(folder) if entry.outcome == REJECTED}
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("[!.]*") if path.is_file()}
    said = [f"{entry.path} {entry.name} {json.dumps(dict(entry.said), sort_keys=True)}" for entry in counting(folder)]
    return hashlib.sha256("\n".join([*sorted(names - rejected - {LOG}), *said]).encode()).hexdigest()
