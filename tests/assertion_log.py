"""What holds on a day, as known on a day, worked out from the log of assertions in the slowest and plainest way.

Belongs here: the second path that tests compare the warehouse with. It reads the CSV files itself and shares no code
with the project. Does not belong here: anything about totals or metrics.
"""

import csv
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

NEVER = dt.date(9999, 12, 31)
ALWAYS = dt.date(1, 1, 1)
# of a rate: partner, scope, programme, quota tier, whether in force; of a base duty: partner, scope, preference
Key = tuple[str | bool, ...]
Row = TypeVar("Row", "Assertion", "Ending")


@dataclass(frozen=True)
class Assertion:
    """A row of tariff_rates.csv or base_rates.csv, as far as the clocks care."""

    assertion_id: str
    key: Key
    known_from: dt.date
    valid_from: dt.date = ALWAYS
    valid_to: dt.date = NEVER
    action: str = "assert"
    corrects: str | None = None
    is_preferred: bool = True
    authority: str = ""
    instrument_id: str | None = None
    deal_id: str | None = None
    row: dict[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Ending:
    """A row of measure_endings.csv."""

    assertion_id: str
    known_from: dt.date
    ends_on: dt.date
    partner_iso3: str
    authority: str | None = None
    programme_id: str | None = None
    instrument_id: str | None = None
    action: str = "assert"
    corrects: str | None = None
    is_preferred: bool = True

    def names(self, rate: Assertion) -> bool:
        """Whether it ends this rate: one in force that was asserted by then."""
        partner, _, programme, _, in_force = rate.key
        return (
            bool(in_force)
            and rate.known_from <= self.known_from
            and self.partner_iso3 in ("ALL", partner)
            and (
                self.authority == rate.authority
                or self.programme_id == programme
                or (self.instrument_id is not None and self.instrument_id == rate.instrument_id)
            )
        )


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def day(text: str, empty: dt.date) -> dt.date:
    return dt.date.fromisoformat(text) if text else empty


def read_rates(folder: Path) -> list[Assertion]:
    authorities = {row["programme_id"]: row["authority"] for row in rows(folder, "programmes")}
    return [
        Assertion(
            row["assertion_id"],
            (
                row["partner_iso3"],
                row["scope_id"],
                row["programme_id"],
                row["quota_tier"],
                row["rate_status"] == "in_force",
            ),
            day(row["known_from"], NEVER),
            day(row["valid_from"], ALWAYS),
            day(row["valid_to"], NEVER),
            row["action"],
            row["corrects"] or None,
            row["is_preferred"] == "true",
            authorities[row["programme_id"]],
            row["instrument_id"] or None,
            row["deal_id"] or None,
            row,
        )
        for row in rows(folder, "tariff_rates")
    ]


def read_base_rates(folder: Path) -> list[Assertion]:
    return [
        Assertion(
            row["assertion_id"],
            (row["partner_iso3"], row["scope_id"], row["preference"]),
            day(row["known_from"], NEVER),
            day(row["valid_from"], ALWAYS),
            day(row["valid_to"], NEVER),
            row["action"],
            row["corrects"] or None,
            row["is_preferred"] == "true",
            row=row,
        )
        for row in rows(folder, "base_rates")
    ]


def read_endings(folder: Path) -> list[Ending]:
    return [
        Ending(
            row["assertion_id"],
            day(row["known_from"], NEVER),
            day(row["ends_on"], NEVER),
            row["partner_iso3"],
            row["authority"] or None,
            row["programme_id"] or None,
            row["instrument_id"] or None,
            row["action"],
            row["corrects"] or None,
            row["is_preferred"] == "true",
        )
        for row in rows(folder, "measure_endings")
    ]


def known_rows(log: Iterable[Row], known_on: dt.date) -> list[Row]:
    """Rows that stand on a day of knowledge: said by then, not replaced by a correction, not withdrawn by then.

    A row that names one of the same action corrects it, whatever day it was known from; a retraction that names an
    assertion withdraws what that was corrected to.
    """
    by_id = {row.assertion_id: row for row in log}
    corrected_by = {
        row.corrects: row.assertion_id
        for row in by_id.values()
        if row.corrects and row.action == by_id[row.corrects].action
    }
    withdrawn = set()
    for row in by_id.values():
        if row.action == "retract" and row.assertion_id not in corrected_by and row.known_from <= known_on:
            target = row
            while target.action == "retract":
                target = by_id[str(target.corrects)]
            while target.assertion_id in corrected_by:
                target = by_id[corrected_by[target.assertion_id]]
            withdrawn.add(target.assertion_id)
    return [
        row
        for row in by_id.values()
        if row.action == "assert"
        and row.is_preferred
        and row.known_from <= known_on
        and row.assertion_id not in corrected_by
        and row.assertion_id not in withdrawn
    ]


def holds(
    log: Sequence[Assertion], endings: Sequence[Ending], key: Key, valid_on: dt.date, known_on: dt.date
) -> Assertion | None:
    """What holds for one key."""
    return holding(log, endings, valid_on, known_on).get(key)


def holding(
    log: Sequence[Assertion], endings: Sequence[Ending], valid_on: dt.date, known_on: dt.date
) -> dict[Key, Assertion]:
    """What holds for every key. Of the rows of a key that cover the day the one known last, unless it was ended."""
    last: dict[Key, Assertion] = {}
    for row in sorted(known_rows(log, known_on), key=lambda row: row.known_from):
        if row.valid_from <= valid_on < row.valid_to:
            last[row.key] = row
    ended_by = [row for row in known_rows(endings, known_on) if row.ends_on <= valid_on]
    return {key: row for key, row in last.items() if not any(ending.names(row) for ending in ended_by)}


def change_points(log: Iterable[Assertion], endings: Iterable[Ending]) -> tuple[list[dt.date], list[dt.date]]:
    """Every day of the world and every day of knowledge on which what holds may change."""
    log, endings = list(log), list(endings)
    valid = {point for row in log for point in (row.valid_from, row.valid_to)} | {row.ends_on for row in endings}
    known = {row.known_from for row in log} | {row.known_from for row in endings}
    return sorted(valid - {NEVER}), sorted(known)
