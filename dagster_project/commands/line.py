"""`warehouse line`: a code of the tariff schedule on a day: base duties, lists, what changed when.

Belongs here: the command's arguments and how each section reads on a terminal. Does not belong here: the questions
themselves (`readers/line.py`).
"""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from dagster_project.commands.console import WRONG_USAGE, load_settings, stop
from dagster_project.commands.reading import open_release
from dagster_project.commands.sections import Told, cell, day, refuse_parquet_on_a_screen, released, tell
from dagster_project.commands.tables import Format
from dagster_project.readers.line import Row, UnknownCode, UnknownDay, dotted, understood
from dagster_project.readers.line import line as ask
from dagster_project.wording import percent, until


def line(
    code: Annotated[str, typer.Argument(metavar="CODE", help="4 to 10 digits, with or without dots: 8703.23.01.")],
    on: Annotated[str | None, typer.Option(help="The day on which the goods enter, YYYY-MM-DD. Else --known.")] = None,
    known: Annotated[
        str | None, typer.Option(help="The day on which it was known, YYYY-MM-DD. Else the release's.")
    ] = None,
    format: Annotated[Format, typer.Option("--format", "-f", help="How to print the sections.")] = Format.table,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A file in place of the screen.")] = None,
) -> None:
    """Say what the schedule and the law have about a line: its base duties, the lists it is on, what changed when.

    A shorter code stands for all lines under it. Which duties follow from a list depends on partner and condition.
    """
    valid_on = day("--on", on) if on is not None else None
    known_on = day("--known", known) if known is not None else None
    refuse_parquet_on_a_screen(format, output)
    settings = load_settings()
    with open_release(settings) as connection:
        try:
            asked = understood(connection, code, valid_on, known_on)
            found = ask(connection, asked)
        except (UnknownCode, UnknownDay) as error:
            stop(str(error), WRONG_USAGE)
    count = len(found.lines)
    told = [
        Told("lines", "In the schedule", found.lines, LINES),
        Told("base", "Base duty, by preference", found.base, BASE),
        Told("lists", "Lists of the law that it is on", found.lists, lists_shown(count)),
        Told("changes", "What changed when", found.changes, changes_shown(count)),
    ]
    head = {"release": released(settings), **vars(asked)}
    title = f"{dotted(asked.code)} on {asked.valid_on}, as known on {asked.known_on}"
    tell(title, head, told, format, output)


def _of_lines(row: Row, count: int) -> str:
    return "" if row["line_count"] == count else f"{row['line_count']} of {count} lines"


def _duty(row: Row) -> str:
    """The figure where the cell is one; else the cell's own words."""
    return percent(row["base_rate_pct"]) if row["base_rate_pct"] is not None else row["base_text"] or ""


LINES: dict[str, Callable[[Row], str]] = {
    "line": lambda row: dotted(row["line_code"]),
    "description": cell("line_text"),
    "kind": cell("base_kind", lambda kind: kind.replace("_", " ")),
    "general": cell("general_text"),
    "special": cell("special_text"),
    "column 2": cell("column_2_text"),
    "printed": lambda row: f"{row['valid_from']}{until(row['valid_to'])}",
}
BASE: dict[str, Callable[[Row], str]] = {
    "rate line": lambda row: dotted(row["rate_code"]),
    "preference": lambda row: row["base_column"].replace("-", " "),
    "name": cell("preference_name"),
    "goods of": cell("partner_iso3"),
    "duty": _duty,
    "the cell's words": cell("base_text"),
}


def lists_shown(count: int) -> dict[str, Callable[[Row], str]]:
    return {
        "list": cell("list_id"),
        "programme": cell("programme_id"),
        "does": lambda row: row["list_role"] + (", a named article" if row["named_article"] else ""),
        "on condition": cell("condition_id"),
        "part": lambda row: _of_lines(row, count),
        "text": cell("law_note"),
        "since": lambda row: f"{row['valid_from'] or 'always'}{until(row['valid_to'])}",
        "known since": cell("known_from"),
        "source": lambda row: (
            f"{row['source']}, {row['source_locator']}"
            + ("" if row["confidence"] == "high" else f" ({row['confidence']} confidence)")
        ),
    }


def changes_shown(count: int) -> dict[str, Callable[[Row], str]]:
    return {
        "day": cell("change_date"),
        "what": lambda row: row["change"] + (f" {row['list_id']}" if row["list_id"] else ""),
        "part": lambda row: _of_lines(row, count),
    }
