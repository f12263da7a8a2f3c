"""The questions in the documentation: each SQL block and the Markdown table that follows it as its answer.

`python -m tests.documented_answers WAREHOUSE.duckdb PAGE...` writes the answers of a warehouse into the pages: for a
warehouse of the test's day (`WAREHOUSE_AS_OF_DATE`), after the facts have changed.
"""

import datetime as dt
import re
import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

# the block, blank lines, and the table if one follows
BLOCK = re.compile(r"```sql\n(?P<sql>.*?)```\n\n?(?P<table>(?:\|[^\n]*\n)*)", re.DOTALL)
# one statement on the command line, and the next table in the text
COMMAND = re.compile(r'warehouse sql "(?P<sql>[^"]*)"\n```\n(?:(?!```|\|)[^\n]*\n)*(?P<table>(?:\|[^\n]*\n)*)')
# a statement with its answer as a comment at the end of its first line
REMARK = re.compile(r"^(?P<first>select [^\n]*?) +-- (?P<answer>.*)\n(?P<rest>[^;]*);", re.MULTILINE)


@dataclass(frozen=True)
class Question:
    """A statement and the table printed under it, empty where the page gives no answer, with its place in the page."""

    sql: str
    table: str
    place: tuple[int, int]


def questions(page: str) -> list[Question]:
    found = [m for pattern in (COMMAND, BLOCK) for m in pattern.finditer(page)]
    return [Question(m["sql"], m["table"], m.span("table")) for m in sorted(found, key=lambda m: m.start())]


def remarks(sql: str) -> list[tuple[str, str]]:
    """Statements and the single values that comments promise for them."""
    return [(f"{m['first']} {m['rest']}", m["answer"]) for m in REMARK.finditer(sql)]


def answer(connection: duckdb.DuckDBPyConnection, sql: str) -> str:
    """The rows of a query as a Markdown table. Nothing is an empty cell; numbers stand without trailing zeros."""
    cursor = connection.execute(sql)
    columns = [column[0] for column in cursor.description or []]
    lines = [columns, ["---"] * len(columns), *([cell(value) for value in row] for row in cursor.fetchall())]
    return "".join(f"| {' | '.join(line)} |\n".replace("|  |", "| |").replace("|  |", "| |") for line in lines)


def cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case Decimal() | float():
            plain = f"{Decimal(str(value)):f}"
            return plain.rstrip("0").rstrip(".") if "." in plain else plain
        case dt.date():
            return value.isoformat()
        case _:
            return str(value).replace("|", "\\|")


def rewrite(page: str, connection: duckdb.DuckDBPyConnection) -> str:
    """The page with the answers that this warehouse gives in place of those that it had."""
    for question in reversed(questions(page)):
        if question.table:
            start, end = question.place
            page = page[:start] + answer(connection, question.sql) + page[end:]
    return page


if __name__ == "__main__":
    with duckdb.connect(sys.argv[1], read_only=True) as warehouse:
        for path in map(Path, sys.argv[2:]):
            path.write_text(rewrite(path.read_text(encoding="utf-8"), warehouse), encoding="utf-8")
