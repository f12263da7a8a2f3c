"""The log of assertions only grows: what it says now beside what it said in the last release and in git.

Belongs here: finding what was edited, deleted or restructured, and who allowed it. Does not belong here: how an earlier
state is read (`log_past.py`), whether a row is right (`schemas.py`, `rules.py`), what a release changed in the
answers (`differences.py`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

import duckdb
import polars as pl

from dagster_project.seeds.log_past import MIGRATIONS, NoPast, Past, past_commit, past_release
from dagster_project.seeds.problems import Problem
from dagster_project.seeds.reading import SeedTable, cell_values
from dagster_project.settings import Settings

# where a fact stands in its source, how sure we are, what we remark: mended in place. All else is what was asserted.
FREE = ("source_locator", "confidence", "note")
# seeds of another warehouse would be told row by row
TOLD_OF_A_FILE = 20
LISTED = "or list it in seeds/migrations.csv as {kind}, with the reason"
# what happened to the log -> the kind of migration that allows it, and how to mend it
KINDS = {
    "edited": (
        "rewritten_row",
        "An assertion is not edited: put the cell back and add a row that corrects {id} (see seeds/README.md)",
    ),
    "deleted": (
        "rewritten_row",
        "An assertion is not deleted: put the row back; to withdraw it, add a row with action = retract that names it",
    ),
    "added": ("added_column", "Take the column away"),
    "dropped": ("dropped_column", "Bring the column back"),
    "retired": ("retired_file", "Bring the file back"),
}
REWRITES = {
    "build_id": "The build in which the log was first so.",
    "file": "The file of the log, without .csv.",
    "assertion_id": "The row; null where a column or the whole file came or went.",
    "column_name": "The column; assertion_id where a row was deleted, null where a file was.",
    "was": "What stood there.",
    "now": "What stands there now; null for an empty cell, a deleted row, a column or a file that went.",
    "compared_with": "Where it stood before: a release, a commit.",
    "reason": "Why, as given with --allow-rewrite or in seeds/migrations.csv.",
}


@dataclass(frozen=True)
class Rewrite:
    """Something that does not happen to a log that only grows. Without a reason it is refused."""

    what: str
    file: str
    line: int
    column: str | None
    assertion_id: str | None
    was: str | None
    now: str | None
    compared_with: str = ""
    reason: str | None = None

    def problem(self) -> Problem:
        kind, remedy = KINDS[self.what]
        remedy = f"{remedy.format(id=self.assertion_id)}, {LISTED.format(kind=kind)}."
        expected = f"{_quoted(self.was)}, as in {self.compared_with}"
        if self.what == "added":
            expected = f"the columns of {self.compared_with}"
        return Problem(f"{self.file}.csv", self.line, self.column or "-", _quoted(self.now), expected, remedy)

    def __str__(self) -> str:
        where = f"seeds/{self.file}.csv, line {self.line}, column {self.column or '-'}"
        return f"{where}: {self.what}, {_quoted(self.was)} to {_quoted(self.now)}: {self.reason}"


@dataclass(frozen=True)
class History:
    """What came of the comparison: with what it was made, what was left out and why, and what was found."""

    compared_with: list[str]
    left_out: list[str]
    rewrites: list[Rewrite]
    kept: list[tuple]

    @property
    def allowed(self) -> list[Rewrite]:
        return [one for one in self.rewrites if one.reason]

    @property
    def refused(self) -> list[Problem]:
        told: list[Problem] = []
        for file in sorted({one.file for one in self.rewrites}):
            problems = sorted(one.problem() for one in self.rewrites if one.file == file and not one.reason)
            told += problems[:TOLD_OF_A_FILE]
            if more := problems[TOLD_OF_A_FILE:]:
                found, remedy = (
                    f"this and {len(more) - 1} more",
                    "Put the file back; other seeds need a data folder of their own.",
                )
                told.append(replace(more[0], found=found, remedy=remedy))
        return told


def compare(
    tables: dict[str, SeedTable], settings: Settings, since: str | None = None, reason: str | None = None
) -> History:
    """The log against the current release and against git's HEAD, or the revision `since`.

    A `reason` allows whatever is found. Raises `NoPast` where `since` is given and cannot be read.
    """
    pasts, left_out = [], []
    for find in (lambda: past_release(settings.current_database), lambda: past_commit(settings.seeds, since or "HEAD")):
        try:
            pasts.append(find())
        except NoPast as error:
            if since and str(error).startswith("git"):
                raise
            left_out.append(str(error))
    found: dict[Rewrite, Rewrite] = {}
    for past in pasts:
        for one in _rewrites(tables, past):
            same = replace(one, compared_with="", reason=None, line=one.line if one.what == "edited" else 0)
            names = f"{found[same].compared_with} and {past.name}" if same in found else past.name
            allowed = one.reason or reason if same not in found else found[same].reason and (one.reason or reason)
            found[same] = replace(one, compared_with=names, reason=allowed)
    kept = [row for past in pasts for row in past.rewrites]
    return History([past.name for past in pasts], left_out, list(found.values()), kept)


def keep_rewrites(connection: duckdb.DuckDBPyConnection, history: History) -> None:
    """Write `meta.rewrites` of the build under way: what earlier releases kept, and what was allowed now."""
    connection.execute(f"create table meta.rewrites ({', '.join(f'{name} varchar' for name in REWRITES)})")
    connection.execute("comment on table meta.rewrites is 'One row per cell of the log that was rewritten, and why.'")
    for name, text in REWRITES.items():
        connection.execute(f"comment on column meta.rewrites.{name} is '{text}'")
    (build_id,) = connection.execute("select build_id from meta.build").fetchall()[0]
    rows, known = list(history.kept), {row[1:6] for row in history.kept}
    for one in history.allowed:
        cell = (one.file, one.assertion_id, one.column, one.was, one.now)
        if cell not in known:
            rows.append((build_id, *cell, one.compared_with, one.reason))
    if rows:
        connection.executemany(f"insert into meta.rewrites values ({', '.join('?' * len(REWRITES))})", rows)


def _rewrites(tables: dict[str, SeedTable], past: Past) -> Iterator[Rewrite]:
    listed = list(tables[MIGRATIONS].rows.iter_rows(named=True))
    for name, rows in past.logs.items():
        for one in _changes(name, tables.get(name), rows, listed):
            kind, _ = KINDS[one.what]
            reasons = [
                row["reason"]
                for row in listed
                if (row["kind"], row["file"]) == (kind, name)
                and (row["column_name"] is None or row["column_name"] == one.column)
                and (row["rewritten_id"] is None or row["rewritten_id"] == one.assertion_id)
                # a row is rewritten once by one migration: one that the past knew allows no more
                and (kind != "rewritten_row" or row["migration_id"] not in past.migrations)
            ]
            yield replace(one, compared_with=past.name, reason=reasons[0] if reasons else None)


def _changes(name: str, now: SeedTable | None, rows: pl.DataFrame, listed: list[dict]) -> Iterator[Rewrite]:
    if now is None:
        yield Rewrite("retired", name, 1, None, None, name, None)
        return
    for row in listed:
        if (row["kind"], row["file"]) == ("renamed_column", name) and row["column_name"] in rows.columns:
            rows = rows.rename({row["column_name"]: row["renamed_to"]})
    for column in now.rows.columns:
        if column not in rows.columns:
            yield Rewrite("added", name, 1, column, None, None, column)
    for column in rows.columns:
        if column not in now.rows.columns:
            yield Rewrite("dropped", name, 1, column, None, column, None)
    if "assertion_id" not in now.rows.columns:
        # it is a log no more, which is told: no row has a name to be known by
        return
    yield from _edited(name, now.rows, rows)
    there = set(now.text["assertion_id"])
    # a row that the door turned away is in the file all the same, and of lines that nobody read nobody knows
    if now.is_whole:
        for line, gone in rows.select("line", "assertion_id").iter_rows():
            if gone not in there:
                yield Rewrite("deleted", name, line, "assertion_id", gone, gone, None)


def _edited(name: str, now: pl.DataFrame, rows: pl.DataFrame) -> Iterator[Rewrite]:
    frozen = [column for column in now.columns if column in rows.columns and column not in (*FREE, "line")]
    types = {column: now[column].dtype for column in frozen}
    unlike = [column for column in frozen if rows[column].dtype != types[column]]
    before = rows.select(pl.col(frozen)).cast(dict.fromkeys(unlike, pl.String))
    before = before.with_columns(cell_values(column, types[column]) for column in unlike).unique("assertion_id")
    both = now.join(before, on="assertion_id", suffix=" before")
    cells = [column for column in frozen if column != "assertion_id"]
    changed = {column: pl.col(column).ne_missing(pl.col(f"{column} before")) for column in cells}
    edited = both.select(differs.any().alias(column) for column, differs in changed.items()).row(0, named=True)
    for column in (column for column in cells if edited[column]):
        rewritten = both.filter(changed[column]).select("line", "assertion_id", column, f"{column} before")
        for line, row_id, is_now, was in rewritten.iter_rows():
            yield Rewrite("edited", name, line, column, row_id, _text(was), _text(is_now))


def _text(value: object) -> str | None:
    """A cell as it stands in the file."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return None if value is None else str(value)


def _quoted(value: str | None) -> str:
    return "nothing" if value is None else f"'{value}'"
