"""The codes that stand on given lines of a text of the law.

Belongs here: reading a stored text as it was taken from a PDF or a page, and telling codes from everything else on its
lines. Does not belong here: which lines have which list (`seeds/list_versions.csv`), comparing (`seeds/list_rules.py`).

The texts are set in columns; page headers stand between the lines of one list; a dash is at times a single odd byte;
once a comma stands in place of a dot (7217,10.90). Four digits alone are a heading only on a line without words, where
they are members of a list (8471 in US note 33(g)); within a sentence they are a mention, as a year would be.
Annexes that are tables write codes without dots at the start of a row: eight or ten digits are a code there alone.
"""

import gzip
import re
from functools import lru_cache
from pathlib import Path

_CODE = re.compile(r"(?<![\d.,])(\d{4})[.,](\d{2})(?:[.,](\d{2})(?:[.,]?(\d{2}))?)?(?!\d)")
_BARE_CODE = re.compile(r"^\s*(\d{8}|\d{10})(?!\S)", re.MULTILINE)
_HEADING = re.compile(r"(?<![\d.,])(\d{4})(?![\d.,]?\d)")
_WORDLESS_LINE = re.compile(r"^[^A-Za-z\n]+$", re.MULTILINE)
_YEARS = range(2010, 2100)


@lru_cache(maxsize=64)
def law_text(path: Path) -> str:
    """The whole stored text; gzip is undone, and bytes that are no UTF-8 are replaced."""
    content = path.read_bytes()
    return (gzip.decompress(content) if path.suffix == ".gz" else content).decode("utf-8", errors="replace")


@lru_cache(maxsize=64)
def _lines(path: Path) -> list[str]:
    return law_text(path).split("\n")


def line_ranges(written: str) -> list[tuple[int, int]]:
    """`120-180 190-200` as pairs of first and last line, counted from 1."""
    return [(int(first), int(last)) for first, last in (part.split("-") for part in written.split())]


def codes_on(path: Path, ranges: list[tuple[int, int]]) -> frozenset[str]:
    """The codes on the lines, without dots, of 4, 6, 8 or 10 digits. Chapter 99, where duties stand, is no goods."""
    lines = _lines(path)
    return frozenset().union(*(codes_of("\n".join(lines[first - 1 : last])) for first, last in ranges), frozenset())


def codes_of(text: str) -> frozenset[str]:
    """The codes on a line, or on several."""
    found = {"".join(parts) for parts in _CODE.findall(text)}
    found |= set(_BARE_CODE.findall(text))
    for line in _WORDLESS_LINE.findall(text):
        found |= {code for code in _HEADING.findall(line) if int(code) not in _YEARS}
    return frozenset(code for code in found if not code.startswith(("99", "00")))
