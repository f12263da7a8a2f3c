"""A thousand mutations of the seeds at the door: no traceback, no hang, each problem on one line, verdicts that agree.

Belongs here: mutations by chance, with a fixed seed, mostly of the tiny seeds and some of the real ones. What is let in
is counted by kind and printed. Does not belong here: the nonsense that must be refused (`test_plausibility.py`).
"""

import csv
import io
import os
import random
import signal
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dagster_project.seeds.problems import Problem, listed
from dagster_project.seeds.reading import SeedTable, read_seed, read_seeds
from dagster_project.seeds.rules import check_seeds, check_tables
from dagster_project.seeds.schemas import MAY_BE_EMPTY, SEEDS
from dagster_project.settings import PROJECT_ROOT
from tests.tiny_seeds import write_tiny_seeds

pytestmark = pytest.mark.e2e

MUTATIONS, REAL = 1000, 100
SEED = 20261124
# a check of the real seeds takes half a second of the processor; the rest is for a machine that does other things
LONGEST_SECONDS = 60

UNSEEN = [
    "\0",
    "\x1b[31m",
    "\n",
    "\r",
    "\t",
    "\x7f",
    "\x85",
    "\u202e",
    "\u200b",
    "\ufeff",
    "\u2028",
    "\ue000",
    "\U000e0041",
]
ODD = [
    "", " ", "''", '"', '""', ",", "NULL", "nan", "inf", "-1", "0", "1e9", "1_000", "1,5", "0x10", "٣", "Ⅷ", "½",
    "=1+1", "true", "TRUE", "9" * 30, "0." + "3" * 30, "x" * 2000, "é", "日本", "🙂", "../../etc/passwd", "{}",
    "'; drop table x; --", "2025-02-30", "0000-00-00", "9999-12-31", "1931-01-01", "2025-1-1", "20250101",
    "ALL", "USA", "JPN", "XXX",
]  # fmt: skip

Rows = list[list[str]]
Mutate = Callable[[random.Random, bytes], bytes]


def rows_of(data: bytes) -> Rows:
    return list(csv.reader(io.StringIO(data.decode("utf-8"), newline="")))


def bytes_of(rows: Rows) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode("utf-8")


def on_cell(change: Callable[[random.Random, str], str]) -> Mutate:
    """A mutation of one cell, below the header."""

    def mutate(chance: random.Random, data: bytes) -> bytes:
        rows = rows_of(data)
        row = chance.choice(rows[1:])
        filled = [index for index, cell in enumerate(row) if cell]
        column = chance.choice(filled)
        row[column] = change(chance, row[column])
        return bytes_of(rows)

    return mutate


def on_cells_like(pattern: Callable[[str], bool], change: Callable[[random.Random, str], str]) -> Mutate:
    """A mutation of one cell of a form, wherever one stands."""

    def mutate(chance: random.Random, data: bytes) -> bytes:
        rows = rows_of(data)
        places = [(r, c) for r, row in enumerate(rows) if r for c, cell in enumerate(row) if pattern(cell)]
        if places:
            r, c = chance.choice(places)
            rows[r][c] = change(chance, rows[r][c])
        return bytes_of(rows)

    return mutate


def on_rows(change: Callable[[random.Random, Rows], None]) -> Mutate:
    def mutate(chance: random.Random, data: bytes) -> bytes:
        rows = rows_of(data)
        change(chance, rows)
        return bytes_of(rows)

    return mutate


def is_day(cell: str) -> bool:
    return len(cell) == 10 and cell[4] == "-" and cell[7] == "-"


def is_number(cell: str) -> bool:
    return cell.replace(".", "", 1).isdigit()


def is_id(cell: str) -> bool:
    return "-" in cell and cell.islower() and " " not in cell


def insert(chance: random.Random, text: str, what: str) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] + what + text[at:]


def misspell(chance: random.Random, text: str) -> str:
    at = chance.randrange(len(text))
    return chance.choice(
        [
            text[:at] + text[at + 1 :],
            text[:at] + chance.choice("abcxyz-") + text[at + 1 :],
            text.upper(),
            text + text[at],
        ]
    )


def swap_cells(chance: random.Random, rows: Rows) -> None:
    row = chance.choice(rows[1:])
    one, other = chance.sample(range(len(row)), 2)
    row[one], row[other] = row[other], row[one]


def swap_days(chance: random.Random, rows: Rows) -> None:
    row = chance.choice(rows[1:])
    days = [index for index, cell in enumerate(row) if is_day(cell)]
    if len(days) > 1:
        one, other = chance.sample(days, 2)
        row[one], row[other] = row[other], row[one]


def swap_rows_cell(chance: random.Random, rows: Rows) -> None:
    one, other = chance.choice(rows[1:]), chance.choice(rows[1:])
    column = chance.randrange(len(one))
    one[column], other[column] = other[column], one[column]


def drop_column(chance: random.Random, rows: Rows) -> None:
    column = chance.randrange(len(rows[0]))
    for row in rows:
        del row[column]


def swap_columns(chance: random.Random, rows: Rows) -> None:
    one, other = chance.sample(range(len(rows[0])), 2)
    for row in rows[chance.choice([0, 1]) :]:
        row[one], row[other] = row[other], row[one]


def rename_column(chance: random.Random, rows: Rows) -> None:
    column = chance.randrange(len(rows[0]))
    rows[0][column] = chance.choice([misspell(chance, rows[0][column]), "", "x", rows[0][column - 1]])


def repeat_row(chance: random.Random, rows: Rows) -> None:
    rows += [chance.choice(rows[1:])] * chance.choice([1, 2, 300])


def drop_row(chance: random.Random, rows: Rows) -> None:
    del rows[chance.randrange(1, len(rows))]


def drop_rows(_: random.Random, rows: Rows) -> None:
    del rows[1:]


def splice_bytes(chance: random.Random, data: bytes) -> bytes:
    spoiled = bytearray(data)
    for _ in range(chance.choice([1, 3, 20])):
        at = chance.randrange(len(spoiled))
        if chance.random() < 0.5:
            spoiled[at] = chance.randrange(256)
        else:
            spoiled[at:at] = chance.randbytes(chance.choice([1, 4]))
    return bytes(spoiled)


def reencode(chance: random.Random, data: bytes) -> bytes:
    text = data.decode("utf-8")
    encoding = chance.choice(["utf-16", "utf-16-le", "utf-32", "latin-1", "utf-8-sig", "cp1252", "utf-7"])
    return (text.replace("a", "é", 3)).encode(encoding, errors="replace")


MUTATE: dict[str, Mutate] = {
    "bytes": splice_bytes,
    "a file cut off": lambda chance, data: data[: chance.randrange(len(data))],
    "encodings": reencode,
    "line ends": lambda chance, data: data.replace(b"\n", chance.choice([b"\r\n", b"\r", b"\n\n"])),
    "quotes": on_cell(lambda chance, cell: insert(chance, cell, chance.choice(['"', '""', '",', "'"]))),
    "odd cells": on_cell(lambda chance, cell: chance.choice(ODD)),
    "empty cells": on_cell(lambda chance, cell: ""),
    "unseen characters": on_cell(lambda chance, cell: insert(chance, cell, chance.choice(UNSEEN))),
    "numbers scaled": on_cells_like(
        is_number,
        lambda chance, cell: chance.choice([cell + "000", cell + "0", "0." + cell.replace(".", ""), "-" + cell]),
    ),
    "days moved": on_cells_like(
        is_day, lambda chance, cell: f"{int(cell[:4]) + chance.choice([-94, -1, 1, 10, 974]):04d}{cell[4:]}"
    ),
    "days swapped": on_rows(swap_days),
    "ids misspelt": on_cells_like(is_id, misspell),
    "cells swapped in a row": on_rows(swap_cells),
    "cells swapped between rows": on_rows(swap_rows_cell),
    "columns dropped": on_rows(drop_column),
    "columns swapped": on_rows(swap_columns),
    "columns renamed": on_rows(rename_column),
    "rows repeated": on_rows(repeat_row),
    "rows dropped": on_rows(drop_row),
    "rows all dropped": on_rows(drop_rows),
}


def not_a_file(chance: random.Random, path: Path) -> None:
    path.unlink()
    put = chance.choice(
        [os.mkfifo, os.mkdir, lambda p: p.symlink_to("/dev/zero"), lambda p: p.symlink_to(p.name), None]
    )
    if put:
        put(path)


@contextmanager
def watchdog(seconds: int) -> Iterator[None]:
    """Whatever hangs, in Python, is interrupted and fails with its place."""

    def bark(*_: object) -> None:
        raise TimeoutError(f"longer than {seconds} s")

    before = signal.signal(signal.SIGALRM, bark)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def judge(problems: list[Problem], spoiled: SeedTable, name: str, original: dict[str, SeedTable]) -> None:
    """What holds of every verdict, whatever was mutated."""
    for line in listed(problems):
        assert len(line.splitlines()) == 1
        assert not [char for char in line if unicodedata.category(char) in ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp")]
    assert [str(p) for p in problems if not (p.found and p.expected and p.remedy.endswith("."))] == []
    assert {problem.file for problem in problems} <= {f"{seed}.csv" for seed in SEEDS}
    assert all(problem in problems for problem in spoiled.problems), "what the door refused is told"
    assert spoiled.problems or not len(spoiled.rejected)
    good, rejected = set(spoiled.rows["line"]), set(spoiled.rejected.filter(spoiled.rejected["raw_row"] != "")["line"])
    assert good.isdisjoint(rejected), "a row is good or rejected"
    if not problems:
        assert spoiled.is_whole
        assert not spoiled.rows.is_empty()
        assert spoiled.rows.schema == original[name].rows.schema


def test_a_thousand_mutations_are_refused_in_one_line_each_or_let_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny, real = write_tiny_seeds(tmp_path / "tiny"), PROJECT_ROOT / "seeds"
    originals = {folder: read_seeds(folder) for folder in (tiny, real)}
    assert all(check_tables(tables) == [] for tables in originals.values())
    chance = random.Random(SEED)
    kinds = [*MUTATE, "what is no file"]
    refused: Counter[str] = Counter()
    let_in: Counter[str] = Counter()
    for number in range(MUTATIONS):
        kind = kinds[number % len(kinds)]
        folder = real if number % (MUTATIONS // REAL) == 0 else tiny
        path, name, mutated = tmp_path / str(number), "", b""
        path.mkdir()
        for _ in range(100):
            # not every file has a number, or two rows to swap
            name = chance.choice([seed for seed in SEEDS if seed not in MAY_BE_EMPTY])
            original = (folder / f"{name}.csv").read_bytes()
            mutated = MUTATE[kind](chance, original) if kind in MUTATE else b""
            if not is_the_same(original, mutated):
                break
        path /= f"{name}.csv"
        path.write_bytes(mutated)
        if kind not in MUTATE:
            not_a_file(chance, path)
        try:
            with watchdog(LONGEST_SECONDS):
                spoiled = read_seed(path)
                problems = check_tables(originals[folder] | {name: spoiled})
            judge(problems, spoiled, name, originals[folder])
        except Exception as error:
            error.add_note(f"mutation {number} ({kind}) of {folder.name}/{name}.csv, left in {path}")
            raise
        (refused if problems else let_in)[kind] += 1
    with capsys.disabled():
        print(f"\n{MUTATIONS} mutations of the seeds, of which {REAL} of the real ones")
        print(f"{'':28}{'refused':>8}{'let in':>8}")
        for kind in kinds:
            print(f"{kind:28}{refused[kind]:8}{let_in[kind]:8}")
        print(f"{'in all':28}{refused.total():8}{let_in.total():8}")
    assert refused.total() + let_in.total() == MUTATIONS
    for kind in ("unseen characters", "columns dropped", "columns renamed", "rows all dropped", "what is no file"):
        assert let_in[kind] == 0, kind


def is_the_same(original: bytes, mutated: bytes) -> bool:
    """Whether a mutation left the facts as they were: the same cells, whatever their quotes."""
    try:
        return b"\r" not in mutated and rows_of(original) == rows_of(mutated)
    except (UnicodeDecodeError, csv.Error):
        return False


def test_a_whole_folder_is_checked_as_its_files_are(tmp_path: Path) -> None:
    """The fuzzer reads the mutated file alone: what it finds is what the check of the whole folder finds."""
    chance = random.Random(SEED)
    folder = write_tiny_seeds(tmp_path / "tiny")
    original = read_seeds(folder)
    for kind in MUTATE:
        name = chance.choice([seed for seed in SEEDS if seed not in MAY_BE_EMPTY])
        path = folder / f"{name}.csv"
        before = path.read_bytes()
        path.write_bytes(MUTATE[kind](chance, before))
        assert check_seeds(folder) == check_tables(original | {name: read_seed(path)}), kind
        path.write_bytes(before)
