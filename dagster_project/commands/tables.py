"""Rows on the way to a reader: as a table on a terminal or in Markdown, as CSV, JSON or Parquet. Shared by the commands
that print rows.

Does not belong here: which rows.
"""

import csv
import datetime as dt
import io
import math
import os
import pydoc
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import IO, Any

import typer

from dagster_project.commands.console import as_json, plain, stop
from dagster_project.safe_export import csv_row

# between two columns of a table
GAP = "  "
# a column of text is folded to no less, else the table is laid on its side
LEAST_WIDTH = 14


class Format(StrEnum):
    table = "table"
    md = "md"
    csv = "csv"
    json = "json"
    parquet = "parquet"


@contextmanager
def opened(output: Path | None, format: Format) -> Iterator[IO[Any]]:
    """The file to write to, in UTF-8, else stdout; bytes for Parquet, text for all else."""
    if output is None:
        yield sys.stdout.buffer if format is Format.parquet else sys.stdout
        return
    with output.open("wb") if format is Format.parquet else output.open("w", encoding="utf-8", newline="") as file:
        yield file


def plain_value(value: Any) -> Any:
    """A value as JSON has it: days and times as ISO text, null for NaN and infinity, which JSON has not."""
    if isinstance(value, Decimal):
        if not value.is_finite():
            return None
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [plain_value(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain_value(item) for key, item in value.items()}
    return value if isinstance(value, str | int | bool | None) else str(value)


def told_apart(columns: Sequence[str]) -> list[str]:
    """The names, with `_1`, `_2` after those that stood before: JSON and Parquet have each name once."""
    names: list[str] = []
    for column in columns:
        numbered = (f"{column}_{number}" for number in range(1, len(columns) + 1))
        names.append(column if column not in names else next(name for name in numbered if name not in names))
    return names


def write_csv(file: IO[str], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """The rows as CSV in which a spreadsheet runs nothing."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(csv_row(columns))
    writer.writerows(csv_row(map(_flat, row)) for row in rows)


def write_json(file: IO[str], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """The rows as one array of objects, a line each."""
    names = told_apart(columns)
    file.write("[")
    for index, row in enumerate(rows):
        file.write((",\n" if index else "") + as_json(dict(zip(names, map(plain_value, row), strict=True))))
    file.write("]\n")


def write_markdown(file: IO[str], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """The rows as a Markdown table."""
    for row in (columns, ["---"] * len(columns), *rows):
        file.write("| " + " | ".join(_on_one_line(value).replace("|", "\\|") for value in row) + " |\n")


def markdown(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """The rows as the text of a Markdown table."""
    text = io.StringIO()
    write_markdown(text, columns, rows)
    return text.getvalue()


def write_parquet(file: IO[bytes], table: Any) -> None:
    """An Arrow table, or a reader of batches, as one Parquet file. Stops where Parquet has no type for a column."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([f.with_name(n) for f, n in zip(table.schema, told_apart(table.schema.names), strict=True)])
    try:
        with pq.ParquetWriter(file, schema, compression="zstd") as writer:
            batches = table.to_batches() if isinstance(table, pa.Table) else table
            for batch in batches:
                writer.write_batch(pa.RecordBatch.from_arrays(batch.columns, schema=schema))
    except pa.ArrowNotImplementedError as error:
        stop(f"Parquet cannot hold a column of this answer; cast it to varchar. ({plain(str(error))})")


def table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """The rows under their columns; numbers stand right. Lines end in a line break.

    A terminal folds long cells, and gets rows that would not fit laid on their side: a line for each column. A pipe or
    a file gets each row on one line, however wide.
    """
    room = terminal_width()
    numeric = [any(isinstance(row[i], int | float | Decimal) for row in rows[:100]) for i in range(len(columns))]
    cells = [[_on_one_line(value) for value in row] for row in (columns, *rows)]
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    if room and sum(widths) + len(GAP) * (len(widths) - 1) > room:
        narrowest = [
            width if right else min(width, max(LEAST_WIDTH, _width(name)))
            for width, right, name in zip(widths, numeric, cells[0], strict=True)
        ]
        spare = room - sum(narrowest) - len(GAP) * (len(widths) - 1)
        if spare < 0:
            return _on_their_side(cells, room)
        widths = _widened(narrowest, widths, spare)
    lines: list[str] = []
    for index, row in enumerate(cells):
        folded = [_folded(cell, width) for cell, width in zip(row, widths, strict=True)]
        for part in range(max(map(len, folded), default=0)):
            texts = [cell[part] if part < len(cell) else "" for cell in folded]
            lines.append(
                GAP.join(_padded(t, w, r) for t, w, r in zip(texts, widths, numeric, strict=True)).rstrip() + "\n"
            )
        if index == 0:
            lines.append(GAP.join(_rule() * width for width in widths) + "\n")
    return "".join(lines)


def terminal_width() -> int | None:
    """Columns of the terminal that stdout is, nothing where it is none."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def show(text: str) -> None:
    """Print the text; on a terminal with fewer lines, through the reader's pager."""
    if sys.stdout.isatty() and text.count("\n") >= shutil.get_terminal_size().lines:
        # `less` leaves the text on the screen when it is left, and is left where the text fits
        os.environ.setdefault("LESS", "FRX")
        pydoc.pager(text)
    else:
        typer.echo(text, nl=False)


def _flat(value: Any) -> Any:
    """A list or a struct as JSON, which reads back; all else as it is."""
    return as_json(plain_value(value)) if isinstance(value, list | tuple | dict) else value


def _on_one_line(value: Any) -> str:
    """A cell as a reader has it: nothing for null, no zeros that say nothing, nothing that would move the cursor."""
    if isinstance(value, Decimal) and value.is_finite():
        plain = f"{value:f}"
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    text = "" if value is None else str(_flat(value))
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _rule() -> str:
    return "─" if "utf" in (sys.stdout.encoding or "").lower() else "-"


def _width(text: str) -> int:
    """Columns of a terminal that the text takes: two for a wide character, none for an accent of its own."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _padded(text: str, width: int, right: bool) -> str:
    blanks = " " * (width - _width(text))
    return blanks + text if right else text + blanks


def _widened(narrowest: list[int], widest: list[int], spare: int) -> list[int]:
    """Share the spare columns, one by one, among those that have use for them."""
    widths = list(narrowest)
    while spare and any(width < most for width, most in zip(widths, widest, strict=True)):
        for index, most in enumerate(widest):
            if spare and widths[index] < most:
                widths[index] += 1
                spare -= 1
    return widths


def _folded(text: str, width: int) -> list[str]:
    """The text in pieces of the width, broken at blanks where there are any."""
    if _width(text) <= width:
        return [text]
    lines, line = [], ""
    for word in text.split(" "):
        if line and _width(line) + 1 + _width(word) <= width:
            line += f" {word}"
            continue
        if line:
            lines.append(line)
        line = word
        while _width(line) > width:
            cut = next(n for n in range(len(line), 0, -1) if _width(line[:n]) <= width or n == 1)
            lines.append(line[:cut])
            line = line[cut:]
    return [*lines, line]


def _on_their_side(cells: list[list[str]], room: int) -> str:
    """Each row as a block of lines: a column and its value. Columns without a value are left out."""
    names, *rows = cells
    left = max(map(_width, names))
    lines: list[str] = []
    for number, row in enumerate(rows, start=1):
        lines.append(f"{_rule() * 2} {number} {_rule() * max(0, min(room, 60) - 4 - len(str(number)))}\n")
        for name, cell in zip(names, row, strict=True):
            for part, text in enumerate(_folded(cell, max(20, room - left - len(GAP))) if cell else []):
                lines.append(f"{_padded('' if part else name, left, False)}{GAP}{text}\n")
    return "".join(lines)
