"""Read one seed file at the door: text in, typed rows and named problems out.

Belongs here: the CSV dialect (UTF-8, LF, no byte-order mark, quotes that close), typing, and the rules of one file's
schema. Does not belong here: rules across files (`seed_rules.py`). Nothing is lost: a row that fails stands in
`SeedTable.rejected` with the reason and its text, and the good rows go on.
"""

import csv
import hashlib
import io
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

import dataframely as dy
import polars as pl

from dagster_project.schemas import ROW_RULES, SEEDS, Cited

REJECTED_SCHEMA = {
    "file": pl.String,
    "line": pl.Int64,
    "column_name": pl.String,
    "found": pl.String,
    "expected": pl.String,
    "remedy": pl.String,
    "raw_row": pl.String,
}
BOM = b"\xef\xbb\xbf"
NAMED_PATTERNS = {
    r"^[a-z0-9]+(?:[-.][a-z0-9]+)*$": "a slug: lower-case letters, digits, hyphens",
    r"^(?:[A-Z]{3})$": "a party code of three capitals (JPN, EUU, ALL)",
    r"^[A-Z]{3}$": "a currency code of three capitals",
    r"^https?://\S+$": "an http(s) address",
}


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong with a seed: where it stands, what was found and expected, and how to mend it."""

    file: str
    line: int
    column: str
    found: str
    expected: str
    remedy: str

    def __str__(self) -> str:
        return (
            f"seeds/{self.file}, line {self.line}, column {self.column}: found {self.found}; "
            f"expected {self.expected}. {self.remedy}"
        )


@dataclass(frozen=True)
class SeedTable:
    """The typed good rows of one seed (`line` = line in the file) and what was turned away.

    `sha256` is that of the bytes that were read, or empty where there were none.
    """

    rows: pl.DataFrame
    problems: list[Problem]
    rejected: pl.DataFrame
    sha256: str = ""


class _Door:
    """Collects the problems of one file together with the text of the row that each belongs to."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.raw: list[str] = []
        self.sha256 = ""

    def refuse(self, line: int, column: str, found: object, expected: str, remedy: str, raw: str = "") -> None:
        if isinstance(found, Decimal):
            found = f"{found.normalize():f}"
        shown = "nothing" if found is None or found == "" else f"'{str(found)[:80]}'"
        self.problems.append(Problem(self.file, line, column, shown, expected, remedy))
        self.raw.append(raw)

    def table(self, rows: pl.DataFrame) -> SeedTable:
        rejected = pl.DataFrame(
            [(p.file, p.line, p.column, p.found, p.expected, p.remedy, raw)
             for p, raw in zip(self.problems, self.raw, strict=True)],
            schema=REJECTED_SCHEMA,
            orient="row",
        )  # fmt: skip
        return SeedTable(rows, self.problems, rejected, self.sha256)


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
    """Read `path` against the schema of its stem. Never raises for what is in the file."""
    schema = SEEDS[path.stem]
    door = _Door(path.name)
    records = _records(path, schema, door)
    typed = _typed(records, schema, door)
    return door.table(_checked(typed, records, schema, door))


def read_seeds(folder: Path) -> dict[str, SeedTable]:
    """Every seed of the project, in the order of `SEEDS`."""
    return {name: read_seed(folder / f"{name}.csv") for name in SEEDS}


def _records(path: Path, schema: type[dy.Schema], door: _Door) -> dict[int, dict[str, str]]:
    """The file's rows as text by line number; problems of the file itself go to the door."""
    if not path.exists():
        door.refuse(1, "-", None, "a file", f"Create {path.name} with the header: {','.join(column_order(schema))}.")
        return {}
    data = path.read_bytes()
    door.sha256 = hashlib.sha256(data).hexdigest()
    if data.startswith(BOM):
        door.refuse(1, "-", "a byte-order mark", "UTF-8 without a byte-order mark", "Save as plain UTF-8.")
        data = data.removeprefix(BOM)
    if b"\r" in data:
        line = data[: data.index(b"\r")].count(b"\n") + 1
        door.refuse(line, "-", "a carriage return", "lines ended by LF alone", "Save with Unix line ends.")
    try:
        content = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        door.refuse(line, "-", f"byte 0x{data[error.start]:02x}", "UTF-8 text", "Save the file as UTF-8.")
        content = data.decode("utf-8", errors="replace")
    reader = csv.reader(io.StringIO(content, newline=""), strict=True)
    header: list[str] | None = None
    records: dict[int, dict[str, str]] = {}
    previous_line = 0
    try:
        for cells in reader:
            line, previous_line = previous_line + 1, reader.line_num
            if header is None:
                header = cells
                if not _header_fits(header, schema, door):
                    return {}
            elif len(cells) != len(header):
                door.refuse(
                    line, "-", f"{len(cells)} cells", f"{len(header)} cells as in the header",
                    "Quote cells that contain a comma, and fill every column.", ",".join(cells),
                )  # fmt: skip
            elif stray := [cell for cell in cells if '"' in cell and _quoted(cell) not in content]:
                door.refuse(
                    line, header[cells.index(stray[0])], stray[0], "quotes that open and close around a whole cell",
                    f"Write the cell as {_quoted(stray[0])}, or remove the quote.", ",".join(cells),
                )  # fmt: skip
            else:
                records[line] = dict(zip(header, cells, strict=True))
    except csv.Error as error:
        door.refuse(
            previous_line + 1, "-", str(error), "quotes that open and close around a whole cell",
            'Double a quote inside a quoted cell ("") and close every quoted cell; rows below were not read.',
        )  # fmt: skip
    if header is None:
        door.refuse(1, "-", None, "a header line", f"Start the file with: {','.join(column_order(schema))}.")
    return records


def _quoted(cell: str) -> str:
    """How a cell that holds a quote must stand in the file."""
    return '"' + cell.replace('"', '""') + '"'


def _header_fits(header: list[str], schema: type[dy.Schema], door: _Door) -> bool:
    expected = schema.column_names()
    for name in expected:
        if name not in header:
            door.refuse(1, name, None, f"a column named {name}", "Add the column (cells may be empty where allowed).")
    for name in header:
        if name not in expected:
            door.refuse(1, name or "-", name, "only the columns of the schema", "Remove or rename the column.")
    for name in {name for name in header if header.count(name) > 1}:
        door.refuse(1, name, name, "each column once", "Remove the second column of that name.")
    return sorted(header) == sorted(expected)


def _typed(records: dict[int, dict[str, str]], schema: type[dy.Schema], door: _Door) -> pl.DataFrame:
    """Rows whose cells all read as their column's type. A cell that does not read refuses its row."""
    types = polars_types(schema)
    lines = pl.Series("line", list(records), dtype=pl.Int64)
    readable = pl.repeat(True, len(lines), eager=True)
    columns = [lines]
    for name in column_order(schema):
        original = pl.Series(name, [row[name] or None for row in records.values()], dtype=pl.String)
        values, expected, remedy = read_cells(original, types[name])
        unread = original.is_not_null() & values.is_null()
        readable &= ~unread
        for index in unread.arg_true():
            raw = ",".join(records[lines[index]].values())
            door.refuse(lines[index], name, original[index], expected, remedy, raw)
        columns.append(values.alias(name))
    return pl.DataFrame(columns).filter(readable)


def read_cells(cells: pl.Series, dtype: pl.DataType) -> tuple[pl.Series, str, str]:
    if dtype == pl.Date:
        is_iso = cells.str.contains(r"^\d{4}-\d{2}-\d{2}$")
        return (
            cells.set(~is_iso.fill_null(False), None).str.to_date("%Y-%m-%d", strict=False),
            "a day of the calendar as YYYY-MM-DD", "Write the day as YYYY-MM-DD.",
        )  # fmt: skip
    if dtype == pl.Boolean:
        values = cells.replace_strict({"true": True, "false": False}, default=None, return_dtype=pl.Boolean)
        return values, "true or false", "Write true or false."
    if isinstance(dtype, pl.Decimal):
        # a longer fraction would be rounded without a word by the cast
        fits = cells.str.contains(rf"^-?\d+(?:\.\d{{1,{max(dtype.scale, 1)}}})?$")
        return (
            cells.set(~fits.fill_null(False), None).cast(dtype, strict=False),
            f"a plain number of at most {dtype.precision - dtype.scale} digits and {dtype.scale} decimals",
            "Write digits with a decimal point, without thousands marks or exponent; check the unit.",
        )  # fmt: skip
    return cells, "text", "Write text."


def _checked(
    typed: pl.DataFrame, records: dict[int, dict[str, str]], schema: type[dy.Schema], door: _Door
) -> pl.DataFrame:
    good, failure = lined(schema).filter(typed)
    if len(failure):
        # details() carries the failing rows in order, then one column per rule
        details = failure.details()
        rules = [c for c in details.columns if c not in typed.columns]
        for row in details.iter_rows(named=True):
            raw = ",".join(records[row["line"]].values())
            for rule in rules:
                if row[rule] == "invalid":
                    column, found, expected, remedy = _explain(rule, row, schema)
                    door.refuse(row["line"], column, found, expected, remedy, raw)
    return good.select("line", *column_order(schema)).sort("line")


def _explain(rule: str, row: dict, schema: type[dy.Schema]) -> tuple[str, object, str, str]:
    """Column, found value, expectation and remedy of a failed schema rule."""
    if rule == "primary_key":
        key = schema.primary_key()
        return (
            key[0],
            " + ".join(str(row[c]) for c in key),
            "a key that no other row has",
            "Give the row an id of its own.",
        )
    if "|" not in rule:
        column, expected, remedy = ROW_RULES[rule]
        return column, row[column], expected, remedy
    name, check = rule.split("|")
    column = schema.columns()[name]
    if check == "nullability":
        return name, None, "a value", "Fill the cell: this column may not be empty."
    if check == "regex":
        pattern = str(getattr(column, "regex", ""))
        allowed = pattern.removeprefix("^(?:").removesuffix(")$").split("|")
        if pattern in NAMED_PATTERNS:
            return name, row[name], NAMED_PATTERNS[pattern], "Mend the spelling."
        if all(word.replace("-", "").replace("_", "").isalnum() for word in allowed):
            return name, row[name], f"one of {', '.join(allowed)}", "Use one of these words."
        return name, row[name], f"text of the form {pattern}", "Mend the spelling."
    bound = getattr(column, check, None)
    return name, row[name], f"{check.replace('_', ' ')} {bound}", "Mend the value, or its unit."
