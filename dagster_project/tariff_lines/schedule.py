"""A release of the tariff schedule, as its publisher gives it, becomes lines, headings and rates.

Belongs here: reading records and their cells; pure functions. Does not belong here: which release holds when
(`releases.py`), files (`sources`), what goods pay (dbt).

A *line* is a code under which goods are entered: ten digits, or the eight digits of a watch that has no statistical
ten (chapter 91) and of what chapter 98 leaves undivided. A release prints a rate once, on the eight digits or, where
these are not divided, on the ten; the lines below leave their cells blank. They inherit by *indent*, as the schedule is
read on paper: the prefix finds the same record for every line of the releases seen, but the indent also reaches a
rate that stands on a row without a code. The general and the special cell go together, since a blank special cell
beside a general rate says that there is no preference; column 2 is looked for on its own, because a line may restate
that cell alone (9006.59.15.20).

Chapter 98 is a kind of its own: its cells may say `Free` of goods that pay elsewhere, on a part of their value.
Chapter 99 has headings, which put duties on goods of other chapters, and no lines.
"""

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

import polars as pl

FREE, AD_VALOREM, SPECIFIC, COMPOUND, BY_REFERENCE, OTHER, CHAPTER_98 = KINDS = (
    "free",
    "ad_valorem",
    "specific",
    "compound",
    "by_reference",
    "other",
    "chapter_98",
)
PERCENT = pl.Decimal(9, 4)
LINE_COLUMNS = {
    "code": pl.String,
    "rate_code": pl.String,
    "general_text": pl.String,
    "special_text": pl.String,
    "column_2_text": pl.String,
    "description": pl.String,
}
HEADING_COLUMNS = {"heading": pl.String, "general_text": pl.String, "special_text": pl.String}

_TAG = re.compile(r"<[^<>]*>")
# column 2 has thirds (`33 1/3%`), and once a stroke after the sign (`37% /`)
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)(?: ([12])/([23]))?\s*%(?:\s*/)?")
_MONEY = re.compile(r"[¢$]\s*\d|\d\s*[¢$]|\bcents?\b", re.IGNORECASE)
_REFERENCE = re.compile(r"^(see\b|the (duty|rate)\b.*\b(applicable|provided)\b)", re.IGNORECASE)
_SYMBOL = re.compile(r"[A-Z]{1,2}(?![A-Za-z])[+*]?")
# a parenthesis that holds symbols and nothing else: others are part of a rate's wording
_GROUP = re.compile(r"\(((?:\s*[A-Z]{1,2}(?![A-Za-z])[+*]?[\s,.]*)+)\)")
_CODE = re.compile(r"^\d{4}(\.\d{2}){0,3}$")

Record = Mapping[str, Any]


class Rate(NamedTuple):
    """What one cell, or one group of a special cell, asks for. `pct` is known for free and ad valorem alone.

    Specific is money a quantity, compound is money and a percentage, by reference is the rate of something else.
    """

    kind: str
    pct: Decimal | None
    text: str


class Preference(NamedTuple):
    """One symbol of a special cell with what entry under it pays."""

    symbol: str
    rate: Rate


def clean(text: str | None) -> str:
    """A cell without tags (there since revision 14 of 2026) and with single spaces, so that equal cells are equal."""
    if not text:
        return ""
    if "<" in text:
        text = _TAG.sub("", text)
    if "&" in text:
        text = html.unescape(text)
    return " ".join(text.split())


@cache
def rate(text: str) -> Rate | None:
    """The rate that a clean cell states; nothing for an empty one."""
    if not text:
        return None
    if text.rstrip(".").lower() == "free":
        return Rate(FREE, Decimal(0), text)
    if found := _PERCENT.fullmatch(text):
        return Rate(AD_VALOREM, _percentage(found), text)
    if _REFERENCE.match(text):
        return Rate(BY_REFERENCE, None, text)
    if _MONEY.search(text):
        return Rate(COMPOUND if "%" in text else SPECIFIC, None, text)
    # also two percentages, each of a part of the value: `3.9% on the movement + 5.3% on the battery`
    return Rate(OTHER, None, text)


def _percentage(found: re.Match[str]) -> Decimal:
    """The figure as it is printed; a third is cut to the places that a percentage has here."""
    fraction = Decimal(found[2]) / Decimal(found[3]) if found[2] else Decimal(0)
    return Decimal(found[1]) + fraction.quantize(Decimal("0.0001")) if fraction else Decimal(found[1])


@cache
def preferences(text: str) -> tuple[Preference, ...]:
    """`Free (A+,AU) 25% (KR)` as one preference a symbol. A symbol printed twice keeps what is printed first."""
    found: dict[str, Preference] = {}
    start = 0
    for group in _GROUP.finditer(text):
        stated = rate(text[start : group.start()].strip(" ,;"))
        start = group.end()
        for symbol in _SYMBOL.findall(group[1]):
            if stated:
                found.setdefault(symbol, Preference(symbol, stated))
    return tuple(found.values())


def undotted(written: object) -> str:
    """`8704.21.01.00` as `8704210100`; nothing for a row that has no code."""
    text = str(written or "").strip()
    return text.replace(".", "") if _CODE.match(text) else ""


def lines(records: Sequence[Record]) -> pl.DataFrame:
    """Every line of chapters 1 to 98 with the cells that hold for it, and the code on which its rate stands."""
    found: list[tuple[str, ...]] = []
    # of each record that the current one stands under: indent, and the rates and words that hold below it
    above: list[tuple[int, tuple[str, str, str], str, str]] = []
    nothing = ("", "", "")
    for place, record in enumerate(records):
        indent = _indent(record)
        while above and above[-1][0] >= indent:
            above.pop()
        _, rates, column_2, words = above[-1] if above else (-1, nothing, "", "")
        code = undotted(record["htsno"])
        if general := clean(record["general"]):
            rates = (code, general, clean(record["special"]))
        column_2 = clean(record["other"]) or column_2
        own = clean(record["description"]).rstrip(":").rstrip()
        words = f"{words}: {own}" if words else own
        above.append((indent, rates, column_2, words))
        is_leaf = len(code) == 10 or (len(code) == 8 and _indent_after(records, place) <= indent)
        if is_leaf and code < "99":
            found.append((code, rates[0] or code, rates[1], rates[2], column_2, words))
    return pl.DataFrame(found, schema=LINE_COLUMNS, orient="row")


def headings(records: Iterable[Record]) -> pl.DataFrame:
    """The headings of chapter 99 that state a rate, of eight digits or ten, with the texts of columns 1."""
    found = [
        (code, general, clean(record["special"]))
        for record in records
        if (code := undotted(record["htsno"])).startswith("99")
        and len(code) >= 8
        and ((general := clean(record["general"])) or clean(record["special"]))
    ]
    return pl.DataFrame(found, schema=HEADING_COLUMNS, orient="row")


def _indent(record: Record) -> int:
    return int(record["indent"] or 0)


def _indent_after(records: Sequence[Record], place: int) -> int:
    return _indent(records[place + 1]) if place + 1 < len(records) else -1


def rates_of(texts: Iterable[str]) -> pl.DataFrame:
    """Each distinct text of a column with its kind and its percentage, to join to the lines that print it."""
    stated = [(text, read.kind, read.pct) for text in sorted(set(texts)) if (read := rate(text))]
    return pl.DataFrame(stated, schema={"text": pl.String, "kind": pl.String, "pct": PERCENT}, orient="row")


def preferences_of(texts: Iterable[str]) -> pl.DataFrame:
    """Each distinct special text with one row a symbol."""
    stated = [
        (text, one.symbol, one.rate.kind, one.rate.pct, one.rate.text)
        for text in sorted(set(texts))
        for one in preferences(text)
    ]
    schema = {"special_text": pl.String, "symbol": pl.String, "kind": pl.String, "pct": PERCENT, "text": pl.String}
    return pl.DataFrame(stated, schema=schema, orient="row")
