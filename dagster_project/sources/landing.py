"""The landing: payloads as they were received, named by their content, and a log of every time that one came.

`landing/{source}/{dataset}/fetched_date=YYYY-MM-DD/{sha256[:16]}.{kind}.gz`, and `landing/fetch_log.jsonl`, to which
lines are added and nothing else. The bytes are on the disk before anything looks into them. A payload that fails the
checks of its shape is kept and logged as rejected, and what was landed before stays current; one whose content is
there already is logged and not stored again.

Belongs here: storing, logging, and which payloads count. Does not belong here: what is in them (the module of their
source). Imports nothing heavy, since the fingerprint asks it before Polars is loaded.
"""

import datetime as dt
import gzip
import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

LOG = "fetch_log.jsonl"
NEW, UNCHANGED, RESTATED, REJECTED = "new", "unchanged", "restated", "rejected"
FIT = (NEW, UNCHANGED, RESTATED)


class UnfitPayload(ValueError):
    """The payload is not what it was said to be: the message says what was expected and what there is."""


@dataclass(frozen=True)
class Entry:
    """One line of the log. `said` is what whoever brought the payload says of it, as the days of a release.

    `name` tells which one of its dataset it is, where one replaces another: a release. `content_hash` is that of what
    the payload says, without what differs from one download to the next; `outcome` is `restated` where the content was
    there under that name and something else is said of it.
    """

    fetched_at: str
    source: str
    dataset: str
    name: str
    request: str
    said: Mapping[str, str]
    bytes: int
    sha256: str
    content_hash: str
    parser_version: str
    outcome: str
    reason: str
    path: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What a later payload replaces: that of its name, or of a dataset without names the same content alone."""
        return self.source, self.dataset, self.name or self.content_hash


def land(
    landing: Path,
    source: str,
    dataset: str,
    name: str,
    request: str,
    said: Mapping[str, str],
    content: bytes,
    kind: str,
    check: Callable[[bytes], str],
    parser_version: str,
) -> Entry:
    """Store the payload, check it, log it. `check` gives the content's hash, or raises `UnfitPayload`."""
    now = dt.datetime.now(dt.UTC)
    sha256 = hashlib.sha256(content).hexdigest()
    path = Path(source, dataset, f"fetched_date={now:%Y-%m-%d}", f"{sha256[:16]}.{kind}.gz")
    before = [entry for entry in read_log(landing) if (entry.source, entry.dataset) == (source, dataset)]
    held = [entry for entry in before if entry.sha256 == sha256 and (landing / entry.path).is_file()]
    if held:
        path = Path(held[-1].path)
    else:
        _store(landing / path, content)
    reason = content_hash = ""
    outcome = NEW
    try:
        content_hash = check(content)
    except UnfitPayload as error:
        outcome, reason = REJECTED, str(error)
    else:
        same = [entry for entry in before if entry.outcome in FIT and entry.content_hash == content_hash]
        stored = [entry for entry in same if (landing / entry.path).is_file() and Path(entry.path) != path]
        if stored:
            (landing / path).unlink()
            path = Path(stored[-1].path)
        current = [entry for entry in before if entry.outcome in FIT and entry.name == name and (name or entry in same)]
        if current and current[-1].content_hash == content_hash:
            outcome = UNCHANGED if dict(current[-1].said) == dict(said) else RESTATED
    entry = Entry(
        f"{now:%Y-%m-%dT%H:%M:%SZ}",
        source,
        dataset,
        name,
        request,
        dict(said),
        len(content),
        sha256,
        content_hash,
        parser_version,
        outcome,
        reason,
        path.as_posix(),
    )
    _log(landing / LOG, entry)
    return entry


def read_log(landing: Path) -> list[Entry]:
    """Every line that is whole, oldest first: a power cut may have torn the last one."""
    try:
        lines = (landing / LOG).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    entries = []
    for line in lines:
        try:
            entries.append(Entry(**json.loads(line)))
        except (ValueError, TypeError):
            continue
    return entries


def counting(landing: Path) -> list[Entry]:
    """The payloads that count: fit, still there, and the latest of each key, in the order in which they last came.

    One that came again counts as the newest: what a source says last is what it says.
    """
    latest: dict[tuple[str, str, str], Entry] = {}
    for entry in read_log(landing):
        if entry.outcome in FIT and (landing / entry.path).is_file():
            latest.pop(entry.key, None)
            latest[entry.key] = entry
    return list(latest.values())


def payload(landing: Path, entry: Entry) -> bytes:
    """The bytes as they were received. Raises `UnfitPayload` where the stored file holds something else."""
    try:
        content = gzip.decompress((landing / entry.path).read_bytes())
    except (OSError, EOFError) as error:
        raise UnfitPayload(f"{entry.path}: the landed file cannot be read ({error})") from error
    if hashlib.sha256(content).hexdigest()[:16] != Path(entry.path).name.split(".")[0]:
        raise UnfitPayload(f"{entry.path}: the landed file is not what was received")
    return content


def _store(path: Path, content: bytes) -> None:
    """In one step and to the disk, its folders too; the same bytes whenever it is packed."""
    made = [folder for folder in (path.parent, *path.parent.parents) if not folder.exists()]
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with fresh.open("wb") as file:
        file.write(gzip.compress(content, mtime=0))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    for folder in (path.parent, *(folder.parent for folder in made)):
        _sync_folder(folder)


def _log(path: Path, entry: Entry) -> None:
    """One write at the end of the file, on a line of its own even after a torn one."""
    line = json.dumps(asdict(entry), ensure_ascii=False) + "\n"
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        size = os.fstat(descriptor).st_size
        torn = size and os.pread(descriptor, 1, size - 1) != b"\n"
        os.write(descriptor, (("\n" if torn else "") + line).encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
