"""The tables on stated figures: each claim, and each way in which it could be read.

Does not belong here: SQL (`questions.py`).
"""

from collections.abc import Callable
from typing import Any

from dagster_project.readers.dashboard.cells import Cell, Column, Reference, days, figure, plain, texts, words
from dagster_project.readers.dashboard.questions import Row
from dagster_project.wording import BOUND, number, percent

UNIT_NAMES = {"percent": "per cent", "pp": "percentage points", "USD_bn": "$bn"}
VERDICTS = {"not_checkable": "cannot be checked", "restates_its_source": "no reading but its own document"}
UNITS: dict[str, Callable[[Any], str]] = {
    "percent": percent,
    "pp": lambda value: f"{number(value)} percentage points",
    "USD_bn": lambda value: f"${number(value)} bn",
}


def one_a_claim(rows: list[Row]) -> list[Row]:
    """One row a claim: all readings of one carry the same verdicts and range."""
    verdicts = ("claim_id", "shown_from", "claim_verdict", "claim_verdict_today")
    return list({tuple(row[name] for name in verdicts): row for row in rows}.values())


def with_reading(row: Row) -> list[Reference]:
    found: list[Reference] = [(row["source_id"], row["source_locator"])]
    return [*found, (row["reading_source_id"], None)] if row["reading_source_id"] else found


def _in_unit(name: str) -> Callable[[Row], Cell]:
    return lambda row: figure(row[name], UNITS.get(row["unit"], number))


def _difference(row: Row) -> Cell:
    """Between two percentages it is percentage points."""
    unit = "pp" if row["unit"] == "percent" else row["unit"]
    return figure(row["difference"], UNITS.get(unit, number))


def _stated(row: Row) -> Cell:
    said = BOUND.get(row["qualifier"], "")
    return figure(row["stated_value"], lambda value: said + UNITS.get(row["unit"], number)(value))


def _range(lowest: str, highest: str) -> Callable[[Row], Cell]:
    def cell(row: Row) -> Cell:
        if row[lowest] is None:
            return Cell("")
        wording = UNITS.get(row["unit"], number)
        return Cell(" to ".join(dict.fromkeys(wording(row[name]) for name in (lowest, highest))), plain(row[lowest]))

    return cell


def _verdict(verdict: str) -> str:
    return VERDICTS.get(verdict, words(verdict))


CLAIM = [
    texts("Claim", "claim_summary"),
    texts("Said by", "claimed_by"),
    days("On", "claimed_date"),
    Column("Stated", "stated_value", _stated, is_number=True),
    texts("Unit", "unit", lambda unit: UNIT_NAMES.get(unit, words(unit))),
    Column("Computed then", "computed_range", _range("lowest_value", "highest_value"), is_number=True),
    texts("By what was known then", "claim_verdict", _verdict),
    Column(
        "Computed on the day asked",
        "computed_range_today",
        _range("lowest_value_today", "highest_value_today"),
        is_number=True,
    ),
    texts("By what is known on the day asked", "claim_verdict_today", _verdict),
    days("True since", "true_since"),
    Column(
        "Readings", "reading_count", lambda row: Cell(f"{row['supporting_count']} of {row['reading_count']} support it")
    ),
]
READING = [
    texts("Claim", "claim_summary"),
    texts("Read as", "reading", lambda reading: reading.replace("_", " ")),
    Column("Stated", "stated_value", _stated, is_number=True),
    Column("Computed", "computed_value", _in_unit("computed_value"), is_number=True),
    Column("Difference", "difference", _difference, is_number=True),
    texts("Unit", "unit", lambda unit: UNIT_NAMES.get(unit, words(unit))),
    texts("Verdict", "reading_verdict", _verdict),
]
