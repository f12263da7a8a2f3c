"""Rows on the way to a reader: as a table on a terminal, as JSON values. Shared by the commands that print rows.

Does not belong here: which rows.
"""

import datetime as dt
import sys
from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any


class Format(StrEnum):
    table = "table"
    csv = "csv"
    json = "json"


def plain_value(value: Any) -> Any:
    """A value as JSON has it; days and times as ISO text."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [plain_value(item) for item in value]
    if isinstance(value, dict):
        return {key: plain_value(item) for key, item in value.items()}
    return value


def print_table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """The rows under their columns; numbers stand right."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    # a terminal folds long cells; a pipe or a file gets each row on one line, however wide
    console = Console() if sys.stdout.isatty() else Console(width=1_000_000, color_system=None)
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for index, column in enumerate(columns):
        numeric = any(isinstance(row[index], int | float | Decimal) for row in rows[:100])
        table.add_column(Text(column), justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text("" if value is None else str(value)) for value in row))
    console.print(table)
