"""Codes are told from everything else on the lines of a text of the law, however the page was set.

Belongs here: `law_text.py` on made lines, each as some stored text has one. Does not belong here: the comparison of
lists (`test_list_rules.py`), real texts (`tests/outside`).
"""

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagster_project.tariff_lines.law_text import codes_of, codes_on, law_text, line_ranges

LINES = {
    "eight digits": ("   8703.23.01  8703.24.01", {"87032301", "87032401"}),
    "six digits": ("of subheading 9401.61", {"940161"}),
    "ten digits, with two points": ("(1) 8483.50.9040", {"8483509040"}),
    "ten digits, with three": ("9403.40.90.60", {"9403409060"}),
    "a comma in place of a point": ("7217,10.90", {"72171090"}),
    "in brackets, before a full stop": ("(classifiable in subheading 0805.90.01).", {"08059001"}),
    "a heading alone": ("   8471   8473.30.11", {"8471", "84733011"}),
    "a heading within a sentence": ("goods of heading 8471, other than computers", set()),
    "a year alone": ("   2026", set()),
    "the head of a page": ("Harmonized Tariff Schedule of the United States Revision 6 (2026)", set()),
    "the number of a page": ("99 - III - 346", set()),
    "a page number between Roman ones": ("XXII", set()),
    "a heading of chapter 99": ("Heading 9903.94.01 applies", set()),
    "a chapter that is none": ("0012.34.56", set()),
    "an odd byte between two codes": ("8703.23.01\ufffd8703.24.01", {"87032301", "87032401"}),
    "a price": ("valued over $1,234.56 each", set()),
    "a measure of many digits": ("not over 12345.67 mm", set()),
    "a citation": ("83 Fed. Reg. 40823 (August 16, 2018)", set()),
    "a CAS number": ("Pigment yellow 13 (CAS No. 5102-83-0)", set()),
    "nothing": ("", set()),
}


@pytest.mark.parametrize(("line", "codes"), LINES.values(), ids=LINES.keys())
def test_the_codes_on_a_line_are_those_and_no_others(line: str, codes: set[str]) -> None:
    assert codes_of(line) == codes


PAGE = """(b) The following provisions:
   8703.23.01   8703.24.01
   Harmonized Tariff Schedule of the United States Revision 6 (2026)
   XXII
   99 - III - 346
U.S. Notes (con.)
   8703.31.01   8471
(c) Goods of 8704.21.01.
"""


@pytest.mark.parametrize(
    ("ranges", "codes"),
    [
        ("2-7", {"87032301", "87032401", "87033101", "8471"}),
        ("2-2 7-7", {"87032301", "87032401", "87033101", "8471"}),
        ("3-6", set()),
        ("8-99", {"87042101"}),
    ],
)
@pytest.mark.parametrize("name", ["note.txt", "note.txt.gz"])
def test_a_list_goes_on_over_the_head_of_a_page_and_ends_with_its_lines(
    name: str, ranges: str, codes: set[str], tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(PAGE.encode()) if name.endswith(".gz") else PAGE.encode())
    assert codes_on(path, line_ranges(ranges)) == codes


def test_lines_end_at_line_feeds_alone(tmp_path: Path) -> None:
    """A form feed stands inside a line, as `sed -n` and an editor count."""
    path = tmp_path / "note.txt"
    path.write_text("a\f8703.23.01\u2028\n8703.24.01\n", encoding="utf-8")
    assert codes_on(path, [(1, 1)]) == {"87032301"}
    assert codes_on(path, [(2, 2)]) == {"87032401"}


def test_bytes_that_are_no_text_stand_between_codes_and_hide_none(tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_bytes(b"8703.23.01\x968703.24.01")
    assert "\ufffd" in law_text(path)
    assert codes_on(path, [(1, 1)]) == {"87032301", "87032401"}


CHAPTERS = st.integers(1, 98).filter(lambda chapter: chapter != 77)
CODES = st.tuples(CHAPTERS, st.lists(st.integers(0, 99), min_size=2, max_size=4)).map(
    lambda parts: "".join(f"{part:02}" for part in (parts[0], *parts[1]))
)
BETWEEN = st.sampled_from(["  ", "\t", "; ", ", ", " and ", " or subheading ", "\ufffd", " (", ") "])
HEADS = st.sampled_from(["", "99 - III - 346", "XXII", "U.S. Notes (con.)", "Heading 9903.88.01 [not in effect]"])


def printed(code: str, comma: bool, points: int) -> str:
    """As a text writes it: a point, or once a comma, after the heading; the last two of ten digits with or without."""
    parts = [code[:4], *(code[at : at + 2] for at in range(4, len(code), 2))]
    if len(code) == 10 and points == 2:
        parts[2:] = ["".join(parts[2:])]
    return parts[0] + (",."[not comma]) + ".".join(parts[1:])


@given(
    st.lists(st.tuples(CODES, st.booleans(), st.sampled_from([2, 3]), BETWEEN), max_size=12),
    st.lists(HEADS, max_size=3),
)
def test_whatever_codes_stand_on_whatever_lines_are_read_back(
    written: list[tuple[str, bool, int, str]], heads: list[str]
) -> None:
    line = "".join(printed(code, comma, points) + between for code, comma, points, between in written)
    read = frozenset().union(*map(codes_of, [line, *heads]))
    assert read == {code for code, *_ in written}
