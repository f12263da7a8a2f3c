"""The parts of a table of the page: cells with words and units, columns, lines with their days and sources.

Belongs here: what every table is made of. Does not belong here: which tables there are (`tables.py`).
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from dagster_project.readers.dashboard.questions import OPEN_END, Facts, Row

Reference = tuple[str, str | None]


class Cell(NamedTuple):
    """What is read, what it is sorted by, and whether that, rather than the words, goes into a CSV file."""

    text: str
    sort: float | str | None = None
    is_raw: bool = False


class Line(NamedTuple):
    """One row of a table, with the days on which it stands and the sources that it rests on."""

    partner: str
    shown_from: dt.date
    shown_to: dt.date
    cells: list[Cell]
    references: list[Reference]
    extra: list[Any]


@dataclass(frozen=True)
class Column:
    """`name` is the column's name in a CSV file: that of the published table where the cell is one of its values."""

    label: str
    name: str
    cell: Callable[[Row], Cell]
    is_number: bool = False


@dataclass(frozen=True)
class Dataset:
    columns: list[Column]
    lines: list[Line] = field(default_factory=list)


def words(slug: str | None) -> str:
    return (slug or "").replace("_", " ").replace("-", " ")


def day_text(day: dt.date) -> str:
    return f"{day.day} {day:%b %Y}"


def day(value: dt.date | None, open_end: str = "") -> Cell:
    if value is None:
        return Cell("")
    return (
        Cell(open_end or "open", "9999", False) if value == OPEN_END else Cell(day_text(value), value.isoformat(), True)
    )


def figure(value: Any, wording: Callable[[Any], str]) -> Cell:
    return Cell("") if value is None else Cell(wording(value), plain(value), True)


def dataset(
    columns: list[Column],
    rows: Iterable[Row],
    references: Callable[[Row], list[Reference]] = lambda row: [(row["source_id"], row["source_locator"])],
    extra: Callable[[Row], list[Any]] = lambda row: [],
) -> Dataset:
    lines = [
        Line(
            row["partner_iso3"],
            row["shown_from"],
            row["shown_to"],
            [column.cell(row) for column in columns],
            references(row),
            extra(row),
        )
        for row in rows
    ]
    return Dataset(columns, lines)


def plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def texts(label: str, name: str, wording: Callable[[Any], str] = str) -> Column:
    return Column(label, name, lambda row: Cell("" if row[name] is None else wording(row[name])))


def figures(label: str, name: str, wording: Callable[[Any], str]) -> Column:
    return Column(label, name, lambda row: figure(row[name], wording), is_number=True)


def days(label: str, name: str) -> Column:
    return Column(label, name, lambda row: day(row[name]))


def partner_names(facts: Facts) -> dict[str, str]:
    return {"USA": "United States"} | {row["partner_iso3"]: row["partner_name"] for row in facts.partners}
