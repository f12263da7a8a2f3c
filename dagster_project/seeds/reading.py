"""Read one seed at the door: text in, typed rows and named problems out.

Belongs here: typing, and the rules of one file's schema in words. Does not belong here: the file as text
(`files.py`), rules across files (`rules.py`, `plausibility.py`). Nothing is lost: a row that fails stands in
`SeedTable.rejected` with the reason and its text, and the good rows go on.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import dataframely as dy
import polars as pl

from dagster_project.seeds.files import Door, Record, read_records
from dagster_project.seeds.problems import Guesses, Problem, plainly
from dagster_project.seeds.row_rules import CELL_RULES, ROW_RULES
from dagster_project.seeds.schemas import MAY_BE_EMPTY, SEEDS, Cited

REJECTED_SCHEMA = {
    "file": pl.String,
    "line": pl.Int64,
    "column_name": pl.String,
    "found": pl.String,
    "expected": pl.String,
    "remedy": pl.String,
    "raw_row": pl.String,
}


@dataclass(frozen=True)
class SeedTable:
    """The typed good rows of one seed (`line` = line in the file) and what was turned away.

    `text` has every row whose cells could be told apart, good or not, as text: references are looked up in it, so that
    one bad cell is one problem. `is_whole` is false where lines were not read: what is missing then proves nothing.
    `sha256` is that of the bytes that were read, or empty where there were none.
    """

    rows: pl.DataFrame
    problems: list[Problem]
    rejected: pl.DataFrame
    text: pl.DataFrame
    is_whole: bool
    sha256: str


@cache
def lined(schema: type[dy.Schema]) -> type[dy.Schema]:
    """The schema with the line number beside its columns, so that a failure can be traced to its line."""
    return type(f"Lined{schema.__name__}", (schema,), {"line": dy.Int64(), "__module__": schema.__module__})


def polars_types(schema: type[dy.Schema]) -> dict[str, pl.DataType]:
    return {name: column.dtype for name, column in schema.columns().items()}


def column_order(schema: type[dy.Schema]) -> list[str]:
    """Keys and own columns first, then dates, then provenance: the order of the raw tables."""
    names = schema.column_names()
    provenance = [name for name in Cited.column_names() if name in names and name != "note"]
    log = ["confidence", "known_from", "recorded_on", "action", "corrects", "is_preferred", "note"]
    dates = [name for name in ("valid_from", "valid_to") if name in names]
    tail = dates + [name for name in provenance + log if name in names]
    head = [name for name in names if name not in tail]
    return (["assertion_id"] if "assertion_id" in names else []) + [n for n in head if n != "assertion_id"] + tail


def read_seed(path: Path) -> SeedTable:
    """Read `path` against the schema of its stem. Never raises for what is in the file, or in its place."""
    schema = SEEDS[path.stem]
    door = Door(path.name, may_be_empty=path.stem in MAY_BE_EMPTY)
    records = read_records(path, column_order(schema), door)
    typed, unread = _typed(records, schema, door)
    good = _checked(typed, unread, records, schema, door)
    rejected = pl.DataFrame(
        [(p.file, p.line, p.column, p.found, p.expected, p.remedy, raw)
         for p, raw in zip(door.problems, door.raw, strict=True)],
        schema=REJECTED_SCHEMA, orient="row",
    )  # fmt: skip
    return SeedTable(
        good, door.problems, rejected, _as_text({**records, **door.torn}, schema), door.is_whole, door.sha256
    )


def read_seeds(folder: Path) -> dict[str, SeedTable]:
    """Every seed of the project, in the order of `SEEDS`."""
    return {name: read_seed(folder / f"{name}.csv") for name in SEEDS}


def _as_text(records: dict[int, Record], schema: type[dy.Schema]) -> pl.DataFrame:
    columns = [pl.Series("line", list(records), dtype=pl.Int64)]
    columns += [
        pl.Series(name, [record[name] or None for record in records.values()], dtype=pl.String)
        for name in column_order(schema)
    ]
    return pl.DataFrame(columns).sort("line")


def _typed(
    records: dict[int, Record], schema: type[dy.Schema], door: Door
) -> tuple[pl.DataFrame, set[tuple[int, str]]]:
    """All rows as their columns' types, and the cells (line, column) that do not read as such and are empty there."""
    text = _as_text(records, schema)
    types = polars_types(schema)
    # one pass over the file: a column at a time, the engine's own start takes most of a check
    typed = text.select("line", *(cell_values(name, dtype) for name, dtype in types.items()))
    unread = {(problem.line, problem.column) for problem in door.problems}
    empty, was_empty = typed.null_count().row(0, named=True), text.null_count().row(0, named=True)
    for name in (name for name in types if empty[name] > was_empty[name]):
        expected, remedy = _form(types[name])
        for index in (text[name].is_not_null() & typed[name].is_null()).arg_true():
            line = text["line"][index]
            if (line, name) not in unread:
                unread.add((line, name))
                door.refuse(line, name, text[name][index], expected, remedy, ",".join(records[line].values()))
    return typed, unread


def cell_values(name: str, dtype: pl.DataType) -> pl.Expr:
    """The cells of a column of text as the type's values; null where a cell does not read as one."""
    cells = pl.col(name)
    if dtype == pl.Date:
        iso = pl.when(cells.str.contains(r"^\d{4}-\d{2}-\d{2}$")).then(cells)
        return iso.str.to_date("%Y-%m-%d", strict=False).alias(name)
    if dtype == pl.Boolean:
        return cells.replace_strict({"true": True, "false": False}, default=None, return_dtype=pl.Boolean)
    if isinstance(dtype, pl.Decimal):
        # a longer fraction would be rounded without a word by the cast
        fits = cells.str.contains(rf"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]{{1,{max(dtype.scale, 1)}}})?$")
        return pl.when(fits).then(cells).cast(dtype, strict=False).alias(name)
    return cells


def _form(dtype: pl.DataType) -> tuple[str, str]:
    """What a cell of the type looks like, and how to mend one that does not."""
    if dtype == pl.Date:
        return "a day of the calendar as YYYY-MM-DD", "Write the day as YYYY-MM-DD."
    if dtype == pl.Boolean:
        return "true or false", "Write true or false."
    if isinstance(dtype, pl.Decimal):
        return (
            f"a plain number of at most {dtype.precision - dtype.scale} digits and {dtype.scale} decimals",
            "Write digits with a decimal point, without thousands marks, leading zeros or exponent; check the unit.",
        )
    return "text", "Write text."


def _checked(
    typed: pl.DataFrame,
    unread: set[tuple[int, str]],
    records: dict[int, Record],
    schema: type[dy.Schema],
    door: Door,
) -> pl.DataFrame:
    """The rows that keep the schema's rules. What follows only from an unread cell is not told."""
    good, failure = lined(schema).filter(typed)
    if len(failure):
        explain = _Explanations(schema)
        lines_unread = {line for line, _ in unread}
        # details() carries the failing rows in order, then one column per rule
        details = failure.details()
        rules = [c for c in details.columns if c not in typed.columns]
        for row in details.iter_rows(named=True):
            line = row["line"]
            for rule in (rule for rule in rules if row[rule] == "invalid"):
                concerns_row = "|" not in rule and rule != "primary_key"
                if (line, rule.split("|")[0]) in unread or (concerns_row and line in lines_unread):
                    continue
                column, found, expected, remedy = explain(rule, row)
                door.refuse(line, column, found, expected, remedy, ",".join(records[line].values()))
    turned_away = pl.Series(sorted(door.refused), dtype=pl.Int64)
    good = good.filter(~pl.col("line").is_in(turned_away.implode()))
    return good.select("line", *column_order(schema)).sort("line")


class _Explanations:
    """A failed rule of a schema in words, for the rows of one file."""

    def __init__(self, schema: type[dy.Schema]) -> None:
        self.columns = schema.columns()
        self.key = schema.primary_key()
        self.guesses = Guesses()

    def __call__(self, rule: str, row: dict[str, Any]) -> tuple[str, object, str, str]:
        """Column, found value, expectation and remedy."""
        if rule == "primary_key":
            found = " + ".join(str(row[c]) for c in self.key)
            return self.key[0], found, "a key that no other row has", "Give the row an id of its own."
        if "|" not in rule:
            column, expected, remedy = ROW_RULES[rule]
            return column, row[column], expected, remedy
        name, check = rule.split("|")
        about = self.columns[name].metadata or {}
        if check == "nullability":
            return name, None, "a value", "Fill the cell: this column may not be empty."
        if check == "regex" and "words" in about:
            guess = self.guesses.did_you_mean(row[name], about["words"], name)
            return name, row[name], f"one of {', '.join(about['words'])}", f"{guess}Use one of these words."
        if check == "regex":
            return name, row[name], about["form"], "Mend the spelling."
        if check.startswith("check__"):
            expected, remedy = CELL_RULES[check.removeprefix("check__")]
            return name, row[name], expected, remedy
        bound = plainly(getattr(self.columns[name], check))
        return name, row[name], BOUNDS[check].format(bound), "Mend the value, or its unit."


BOUNDS = {
    "min": "at least {}",
    "max": "at most {}",
    "min_exclusive": "more than {}",
    "max_exclusive": "less than {}",
    "min_length": "at least {} character",
    "max_length": "at most {} characters",
}
