"""The `warehouse` command run in this process, and the readers of what it prints.

Belongs here: running it, and one strict reader for each format. Does not belong here: which commands, which answers.
A command in its own process costs a second and a half, one here a twentieth.
"""

import csv
import io
import json
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow.parquet as pq
import typer
from typer.core import TyperGroup

from dagster_project.cli import app
from tests.conftest import Warehouse

Rows = list[dict[str, Any]]
OURS = ("WAREHOUSE_", "DAGSTER_", "DBT_")


@dataclass(frozen=True)
class Run:
    """What a command did: its exit code and what it wrote on each stream."""

    arguments: tuple[str, ...]
    exit_code: int
    stdout: bytes
    stderr: str

    @property
    def text(self) -> str:
        return self.stdout.decode("utf-8")


def run_here(warehouse: Warehouse, *arguments: str, stdin: bytes = b"") -> Run:
    """Run the command on the warehouse. What would end in a traceback is raised."""
    before, streams = dict(os.environ), (sys.stdin, sys.stdout, sys.stderr)
    read, out, err = io.BytesIO(stdin), io.BytesIO(), io.BytesIO()
    own = [io.TextIOWrapper(stream, "utf-8") for stream in (read, out, err)]
    for name in [name for name in before if name.startswith(OURS)]:
        del os.environ[name]
    os.environ |= {name: value for name, value in warehouse.env.items() if name.startswith(OURS)}
    sys.stdin, sys.stdout, sys.stderr = own
    try:
        app(arguments, prog_name="warehouse")
        code = None
    except SystemExit as ended:
        code = ended.code
    finally:
        sys.stdin, sys.stdout, sys.stderr = streams
        os.environ.clear()
        os.environ |= before
    assert isinstance(code, int), (arguments, code)
    for stream in own[1:]:
        stream.flush()
    return Run(arguments, code, out.getvalue(), err.getvalue().decode("utf-8"))


def commands() -> list[str]:
    """Every command that the program has, with the group that it is in."""

    def below(group: TyperGroup, path: str) -> Iterator[str]:
        for name, command in group.commands.items():
            if isinstance(command, TyperGroup):
                yield from below(command, f"{path}{name} ")
            else:
                yield f"{path}{name}"

    root = typer.main.get_command(app)
    assert isinstance(root, TyperGroup)
    return list(below(root, ""))


def read_json(text: str) -> Any:
    """JSON as RFC 8259 has it: no NaN, no infinity, no name twice in an object."""

    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is no JSON")

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len({name for name, _ in pairs}) == len(pairs), f"a name stands twice: {pairs}"
        return dict(pairs)

    assert text.endswith("\n")
    return json.loads(text, parse_constant=refuse, object_pairs_hook=once)


def read_csv(text: str) -> tuple[list[str], list[list[str]]]:
    header, *rows = csv.reader(io.StringIO(text), strict=True)
    assert [row for row in rows if len(row) != len(header)] == []
    return header, rows


def read_parquet(content: bytes) -> tuple[list[str], Rows]:
    table = pq.read_table(io.BytesIO(content))
    return table.schema.names, table.to_pylist()


def read_markdown(lines: list[str]) -> tuple[list[str], list[list[str]]]:
    """A table, and nothing else: each row has as many cells as its header."""
    rows = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    assert all(line.startswith("| ") and line.endswith(" |") for line in lines), lines
    header, rule, *body = rows
    assert set(rule) == {"---"}
    assert {len(row) for row in rows} == {len(header)}
    return header, body


def read_table(lines: list[str]) -> tuple[list[str], int]:
    """The headings and the number of rows of a table as it is printed where no terminal is.

    The rule under the headings says where each column stands: nothing may be written outside, and between.
    """
    # a wide character takes two places
    headings, rule, *rows = (re.sub("[\u2e80-\uffdc]", "xx", line) for line in lines)
    spans = [match.span() for match in re.finditer("─+", rule)]
    assert re.sub("─+", "x", rule) == "  ".join("x" * len(spans))
    outside = [i for i in range(max(map(len, lines))) if not any(start <= i < end for start, end in spans)]
    for line in (headings, *rows):
        assert [line[i] for i in outside if i < len(line) and line[i] != " "] == [], line
    return [headings[start:end].strip() for start, end in spans], len(rows)


def assert_refused(run: Run, exit_code: int, said: str) -> None:
    """The command said why on stderr, in one line, and answered nothing."""
    assert (run.exit_code, run.stdout) == (exit_code, b""), run
    assert said in run.stderr, run
    assert run.stderr.endswith("\n")
    assert len(run.stderr.splitlines()) == 1, run
