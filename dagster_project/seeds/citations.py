"""Look up what a seed row cites in the text that it cites, where that text is at hand.

Belongs here: does the locator exist in the document, does the figure stand in it. The texts themselves are not part of
the project; a row whose document is absent is not judged.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from dagster_project.seeds.reading import Problem, SeedTable
from dagster_project.tariff_lines.law_text import law_text

# file -> the columns whose figure must stand in the cited text
FIGURES = {
    "tariff_rates": "rate_pct",
    "pledges": "amount_bn",
    "pledge_progress": "amount_bn",
    "claims": "stated_value",
}
# tables of the schedule lead to a figure by dots; what stands before a number is looked at behind its first digit, so
# that the search leaps from digit to digit
NUMBER = re.compile(
    r"(\d(?:(?<![\w.]\d)|(?<=\.\.\d)|(?<=USD\d))[\d,]*(?:\.\d+)?)(?:[\s-]*(trillion|billion|million))?", re.IGNORECASE
)
NUMBERED_PART = re.compile(r"\b(section|clause|paragraph|article|heading|note)s?\s+(\d+(?:\.\d+)*)", re.IGNORECASE)
SCALE = {"trillion": Decimal(1000), "billion": Decimal(1), "million": Decimal("0.001")}
WORDS = {
    word: Decimal(value)
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split()
    )
} | {"twenty": Decimal(20), "twenty-five": Decimal(25), "fifty": Decimal(50)}


def citation_problems(tables: dict[str, SeedTable], documents: Path | None) -> Iterator[Problem]:
    """Rows whose locator or figure the cited document does not have."""
    if documents is None:
        return
    texts = {
        source["source_id"]: path
        for source in tables["sources"].rows.iter_rows(named=True)
        if (path := stored_text(documents, source["text_file"]))
    }
    for name, table in tables.items():
        if "source_locator" not in table.rows.columns:
            continue
        for row in table.rows.iter_rows(named=True):
            path = texts.get(row["source_id"])
            if path is None:
                continue
            missing = missing_part(row["source_locator"], path)
            if missing:
                yield Problem(
                    f"{name}.csv", row["line"], "source_locator", f"'{row['source_locator']}'",
                    f"a place that the cited document has, which lacks {missing}",
                    "Read the document; mend the locator.",
                )  # fmt: skip
            figure = row.get(FIGURES.get(name, ""))
            if figure and row["action"] == "assert" and not has_figure(figure, path):
                yield Problem(
                    f"{name}.csv", row["line"], FIGURES[name], f"'{figure.normalize():f}'",
                    "a figure that the cited document contains",
                    "Cite the document that states it, or mend the figure.",
                )  # fmt: skip


def missing_part(locator: str, path: Path) -> str | None:
    """The first numbered part named by the locator that the document does not have."""
    for kind, number in NUMBERED_PART.findall(locator):
        if not _has_part(kind.lower(), number, path):
            return f"{kind.lower()} {number}"
    return None


def has_figure(figure: Decimal, path: Path) -> bool:
    return figure.normalize() in _figures(path)


def stored_text(documents: Path, text_file: str | None) -> Path | None:
    """Where the text of a source lies, if it is at hand."""
    return _stored_texts(documents).get(text_file) if text_file else None


@lru_cache(maxsize=8)
def _stored_texts(documents: Path) -> dict[str, Path]:
    return {path.name: path for path in sorted(documents.rglob("*")) if path.is_file()}


@lru_cache(maxsize=256)
def _text(path: Path) -> str:
    """The document without front matter and markup, white space folded within paragraphs."""
    raw = law_text(path)
    body = raw.split("---", 2)[2] if raw.startswith("---") else raw
    return re.sub(r"\\([()$.])", r"\1", re.sub(r"<[^>]+>", "", body.replace("\u00a0", " ")))


@lru_cache(maxsize=256)
def _figures(path: Path) -> frozenset[Decimal]:
    found = set()
    # a chapter of the schedule repeats its few thousand numbers ten times
    for digits, scale in set(NUMBER.findall(_text(path))):
        value = Decimal(digits.replace(",", ""))
        found.add(value.normalize())
        if scale:
            found.add((value * SCALE[scale.lower()]).normalize())
    lowered = _text(path).lower()
    # a pattern that begins with a letter is found by leaps; one that begins with a boundary, letter by letter
    spelt = {word for word in WORDS if re.search(rf"{word}(?<!\w{word})(?!\w)", lowered)}
    return frozenset(found | {WORDS[word].normalize() for word in spelt})


@lru_cache(maxsize=4096)
def _has_part(kind: str, number: str, path: Path) -> bool:
    text = _text(path)
    if kind == "paragraph":
        # numbered paragraphs of an order, or the running paragraphs of an article after its title
        lines = [line for line in text.splitlines() if line.strip()]
        return f"({number})" in text or int(number.split(".")[0]) < len(lines)
    if kind in ("heading", "note"):
        return re.search(rf"{re.escape(number)}(?<!\d{re.escape(number)})", text) is not None
    part = number.split(".")[0]
    pattern = rf"\b(?:sec(?:tion|\.)?s?|article)\s*{part}\b|\({part}\)|^\s*{part}\s*[.\\)]"
    return re.search(pattern, text, re.IGNORECASE | re.MULTILINE) is not None
