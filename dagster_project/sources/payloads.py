"""A file that somebody downloaded, as bytes and as text: gzip undone, bombs and pages of errors refused.

Belongs here: what can be wrong with a payload whatever it is about. Does not belong here: its shape (the module of its
source), keeping it (`landing.py`).
"""

import json
import zlib
from pathlib import Path
from typing import Any

from dagster_project.sources.landing import UnfitPayload

# twenty times the whole schedule; a year of the largest chapter by month and partner stays below it
LARGEST = 256 * 2**20
GZIP, PARQUET = b"\x1f\x8b", b"PAR1"


def read_file(path: Path) -> bytes:
    """The bytes of a regular file, out of gzip where it is one. Raises `UnfitPayload` where there are none to keep."""
    if not path.exists():
        raise UnfitPayload("expected a file, found none of that name")
    if not path.is_file():
        raise UnfitPayload("expected a regular file, found a folder, a pipe or a device")
    if path.stat().st_size > LARGEST:
        raise UnfitPayload(f"expected at most {LARGEST >> 20} MB, found {path.stat().st_size >> 20} MB")
    content = path.read_bytes()
    return _unpacked(content) if content.startswith(GZIP) else content


def _unpacked(content: bytes) -> bytes:
    """Out of gzip, member by member, stopping before more comes out than a payload may have."""
    parts: list[bytes] = []
    room = LARGEST
    while content:
        unpacker = zlib.decompressobj(wbits=31)
        try:
            part = unpacker.decompress(content, room + 1)
        except zlib.error as error:
            raise UnfitPayload("expected a whole gzip file, found a damaged one") from error
        room -= len(part)
        if room < 0:
            raise UnfitPayload(f"expected at most {LARGEST >> 20} MB, found more when unpacked")
        if not unpacker.eof:
            raise UnfitPayload("expected a whole gzip file, found one that breaks off")
        parts.append(part)
        # zeros may pad the end
        content = unpacker.unused_data.lstrip(b"\0")
    return b"".join(parts)


def kind_of(content: bytes) -> str:
    """`json`, `parquet` or `csv`, by how the content begins."""
    start = content[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    if content.startswith(PARQUET):
        return "parquet"
    return "json" if start[:1] in (b"[", b"{") else "csv"


def text_of(content: bytes) -> str:
    """UTF-8, without a byte-order mark. A page of HTML is what many servers answer, with 200, in place of data."""
    if not content.strip():
        raise UnfitPayload("expected data, found an empty file")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnfitPayload(f"expected UTF-8, found another encoding (byte {error.start:,})") from error
    if text.lstrip()[:1] == "<":
        raise UnfitPayload("expected data, found a page of HTML or XML")
    return text


def json_of(content: bytes) -> Any:
    text = text_of(content)
    try:
        return json.loads(text)
    except RecursionError as error:
        raise UnfitPayload("expected JSON, found brackets within brackets without end") from error
    except ValueError as error:
        text = text.strip()
        breaks_off = text[0] in "[{" and text[-1] not in "]}"
        found = "a file that breaks off" if breaks_off else "something else"
        raise UnfitPayload(f"expected JSON, found {found} (character {getattr(error, 'pos', 0) + 1:,})") from error
