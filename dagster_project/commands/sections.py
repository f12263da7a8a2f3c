"""An answer that is several tables under titles, printed in every format. Shared by the commands that answer so.

Belongs here: how sections of rows become text, Markdown, JSON, CSV and Parquet. Does not belong here: which questions
are asked (`readers/`), how one table is set (`tables.py`).
"""

import datetime as dt
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dagster_project.commands.console import WRONG_USAGE, as_json, stop
from dagster_project.commands.tables import (
    Format,
    markdown,
    opened,
    plain_value,
    show,
    table,
    write_csv,
    write_parquet,
)
from dagster_project.release.build import release_manifest
from dagster_project.settings import Settings

Row = dict[str, Any]
NOTHING = "nothing known"
# sections differ in their columns, so that one table of cells holds them all
CELLS = ["section", "row", "column", "value"]


@dataclass(frozen=True)
class Told:
    """A section: its rows, and what a terminal has room for. JSON has every column of the rows."""

    name: str
    title: str
    rows: list[Row]
    shown: dict[str, Callable[[Row], str]]


def cell(name: str, wording: Callable[[Any], str] = str) -> Callable[[Row], str]:
    """A cell in words, empty where nothing is known."""
    return lambda row: "" if row[name] is None else wording(row[name])


def day(name: str, value: str) -> dt.date:
    """A day as somebody typed it. Stops where it is none."""
    try:
        return dt.datetime.strptime(value, "%Y-%m-%d").date()
    except ValueError:
        stop(f"{name}: '{value}' is no day of the calendar; write it as YYYY-MM-DD.", WRONG_USAGE)


def released(settings: Settings) -> str | None:
    """The release that answers."""
    return (release_manifest(settings) or {}).get("build_id")


def refuse_parquet_on_a_screen(format: Format, output: Path | None) -> None:
    if format is Format.parquet and output is None and sys.stdout.isatty():
        stop("Parquet is not for a screen: give --output FILE.", WRONG_USAGE)


def tell(title: str, head: Row, sections: Sequence[Told], format: Format, output: Path | None) -> None:
    """Print the sections under `title`. JSON has `head` before them; CSV and Parquet have a row for each cell."""
    with opened(output, format) as file:
        if format is Format.json:
            rows = {section.name: section.rows for section in sections}
            file.write(as_json(plain_value(head | rows)) + "\n")
        elif format is Format.csv:
            write_csv(file, CELLS, _cells(sections))
        elif format is Format.parquet:
            write_parquet(file, _cell_table(sections))
        elif format is Format.md:
            file.write(_in_markdown(title, sections))
        elif output is None:
            show(_as_text(title, sections))
        else:
            file.write(_as_text(title, sections))


def _cells(sections: Sequence[Told]) -> Iterator[list[Any]]:
    for section in sections:
        for index, row in enumerate(section.rows, start=1):
            for column, value in row.items():
                if value is not None:
                    plain = plain_value(value)
                    yield [section.name, index, column, "; ".join(plain) if isinstance(plain, list) else plain]


def _cell_table(sections: Sequence[Told]) -> Any:
    import pyarrow as pa

    cells = list(_cells(sections))
    section, row, column, value = zip(*cells, strict=True) if cells else ([], [], [], [])
    values = pa.array(map(str, value), pa.string())
    return pa.table(
        [pa.array(section, pa.string()), pa.array(row, pa.int32()), pa.array(column, pa.string()), values], CELLS
    )


def _as_text(title: str, sections: Sequence[Told]) -> str:
    parts = [
        f"\n{section.title}\n" + (table(*_shown(section)) if section.rows else f"  {NOTHING}\n") for section in sections
    ]
    return f"{title}\n{''.join(parts)}"


def _in_markdown(title: str, sections: Sequence[Told]) -> str:
    parts = [
        f"\n## {section.title}\n\n" + (markdown(*_shown(section)) if section.rows else f"{NOTHING}\n")
        for section in sections
    ]
    return f"# {title}\n{''.join(parts)}"


def _shown(section: Told) -> tuple[list[str], list[list[str]]]:
    return list(section.shown), [[show_cell(row) for show_cell in section.shown.values()] for row in section.rows]
