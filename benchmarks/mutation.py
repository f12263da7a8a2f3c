"""How many small faults the quick tests notice: mutants of the formulas (SQL) and of the door (Python), and a score.

A mutant is one operator changed (`<` to `<=`, `and` to `or`, `max` to `min`, …) in a copy of the project. It is killed
where a test of its part fails: dbt's unit tests for SQL, the named files of pytest for Python. One that does not even
run proves nothing about the tests and counts for nothing. The same seed picks the same mutants of the same text.
Survivors are listed: some change nothing that could be seen, the others are tests to write.
"""

import argparse
import io
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import tokenize
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from dagster_project.settings import PROJECT_ROOT, Settings

KILLED, SURVIVED, BROKEN = "killed", "survived", "does not run"
# pattern -> what stands in its place
SQL_OPERATORS = {
    r" <= ": " < ", r" < ": " <= ", r" >= ": " > ", r" > ": " >= ", r" = ": " <> ", r" <> ": " = ",
    r"\band\b": "or", r"\bor\b": "and", r" \+ ": " - ", r" - ": " + ", r" \* ": " / ", r" / ": " * ",
    r"\bmax\(": "min(", r"\bmin\(": "max(", r"\bgreatest\(": "least(", r"\bleast\(": "greatest(",
    r"\bis not null\b": "is null", r"\bis null\b": "is not null", r"\bnot exists\b": "exists", r" desc\b": "",
    r"\binner join\b": "left join", r"\bleft join\b": "inner join", r"\bthen 1\b": "then 0", r"\belse 0\b": "else 1",
    r"\btrue\b": "false", r"\bfalse\b": "true", r"\blag\(": "lead(", r"\bdistinct\b": "",
}  # fmt: skip
PYTHON_OPERATORS = {
    "<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==", "and": "or", "or": "and", "not": "",
    "+": "-", "-": "+", "True": "False", "False": "True", "0": "1", "1": "2", "min": "max", "max": "min",
    "any": "all", "all": "any", "&": "|", "|": "&", "~": "",
}  # fmt: skip
# the files that are mutated, and the tests that have to notice
SQL_FILES = ("dbt/macros/*.sql", "dbt/models/intermediate/*.sql", "dbt/models/metrics/*.sql")
DOOR_TESTS = ("tests/test_door.py", "tests/test_curator.py", "tests/test_citations.py")
PYTHON_FILES = {
    "dagster_project/seeds/reading.py": DOOR_TESTS,
    "dagster_project/seeds/rules.py": DOOR_TESTS,
    "dagster_project/seeds/citations.py": ("tests/test_citations.py",),
    "dagster_project/release/lock.py": ("tests/test_lock.py",),
    "dagster_project/safe_export.py": ("tests/test_safe_export.py",),
}
NOT_CODE = re.compile(r"\{#.*?#\}|--[^\n]*|'[^'\n]*'", re.DOTALL)


@dataclass(frozen=True)
class Mutant:
    """One change in one file: `old` at `start` becomes `new`."""

    file: str
    start: int
    old: str
    new: str

    def apply(self, text: str) -> str:
        return text[: self.start] + self.new + text[self.start + len(self.old) :]

    def shown(self, text: str) -> str:
        line = text.count("\n", 0, self.start) + 1
        return (
            f"{self.file}:{line}: {self.old.strip()!r} to {self.new.strip()!r}: {text.splitlines()[line - 1].strip()}"
        )


def main() -> None:
    arguments = argparse.ArgumentParser(description="How many small faults the quick tests notice.")
    arguments.add_argument("--sql", type=int, default=60, help="how many mutants of SQL")
    arguments.add_argument("--python", type=int, default=60, help="how many mutants of Python")
    arguments.add_argument("--seed", type=int, default=1)
    asked = arguments.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        # every worker is a process with a copy of the project that it may spoil
        ProcessPoolExecutor(os.cpu_count(), get_context("spawn"), _take_a_copy, (folder,)) as workers,
    ):
        for kind, mutants, judge, count in (
            ("SQL", list(sql_mutants()), judge_sql, asked.sql),
            ("Python", list(python_mutants()), judge_python, asked.python),
        ):
            picked = random.Random(asked.seed).sample(mutants, min(count, len(mutants)))
            report(kind, len(mutants), list(zip(picked, workers.map(judge, picked), strict=True)))


def report(kind: str, possible: int, judged: list[tuple[Mutant, str]]) -> None:
    counts = Counter(verdict for _, verdict in judged)
    ran = counts[KILLED] + counts[SURVIVED]
    print(f"{kind}: {counts[KILLED]} of {ran} mutants killed ({100 * counts[KILLED] / max(ran, 1):.0f} %);", end=" ")
    print(f"{len(judged)} of {possible:,} tried, {counts[BROKEN]} did not run")
    for mutant, verdict in judged:
        if verdict == SURVIVED:
            print(f"  survived: {mutant.shown(text_of(mutant.file))}")


def text_of(file: str) -> str:
    return (PROJECT_ROOT / file).read_text(encoding="utf-8")


def sql_mutants() -> Iterator[Mutant]:
    for path in sorted(path for pattern in SQL_FILES for path in PROJECT_ROOT.glob(pattern)):
        file = str(path.relative_to(PROJECT_ROOT))
        # blanks in place of comments and texts, so that places stay
        code = NOT_CODE.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text_of(file))
        for pattern, new in SQL_OPERATORS.items():
            yield from (Mutant(file, found.start(), found[0], new) for found in re.finditer(pattern, code))


def python_mutants() -> Iterator[Mutant]:
    for file in PYTHON_FILES:
        text = text_of(file)
        starts = [0, *(found.end() for found in re.finditer("\n", text))]
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type in (tokenize.OP, tokenize.NAME, tokenize.NUMBER) and token.string in PYTHON_OPERATORS:
                start = starts[token.start[0] - 1] + token.start[1]
                yield Mutant(file, start, token.string, PYTHON_OPERATORS[token.string])


# in the workers
_copy: Path


def _take_a_copy(folder: str) -> None:
    global _copy
    _copy = Path(tempfile.mkdtemp(dir=folder))
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT_ROOT, check=True, capture_output=True, text=True)
    for file in listed.stdout.split("\0"):
        if file and (PROJECT_ROOT / file).is_file():
            (_copy / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT_ROOT / file, _copy / file)
    shutil.copyfile(Settings.from_env().current_database, _copy / "warehouse.duckdb")
    if (verdict := _unit_tests()) != SURVIVED:
        raise SystemExit(f"the unit tests fail without any mutant: {verdict}")


def _spoiled(mutant: Mutant, judge) -> str:
    path = _copy / mutant.file
    text = path.read_text(encoding="utf-8")
    path.write_text(mutant.apply(text), encoding="utf-8")
    try:
        return judge()
    finally:
        path.write_text(text, encoding="utf-8")


def judge_sql(mutant: Mutant) -> str:
    """By dbt's unit tests. A mutant that no engine takes proves nothing."""
    return _spoiled(mutant, _unit_tests)


def _unit_tests() -> str:
    done = subprocess.run(
        [sys.executable, "-m", "dbt.cli.main", "--no-use-colors", "test", "--select", "test_type:unit",
         "--project-dir", "dbt", "--profiles-dir", "dbt"],
        cwd=_copy,
        env=os.environ
        | {
            "WAREHOUSE_BUILD_DB": str(_copy / "warehouse.duckdb"),
            "DBT_TARGET_PATH": str(_copy / "target"),
            "DBT_LOG_PATH": str(_copy / "logs"),
            "DO_NOT_TRACK": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    if done.returncode == 0:
        return SURVIVED
    summary = re.search(r"PASS=(\d+) WARN=\d+ ERROR=(\d+)", done.stdout)
    told = re.findall(r"(Binder|Parser|Catalog|Conversion|Compilation) Error", done.stdout)
    return BROKEN if summary is None or told else KILLED


def judge_python(mutant: Mutant) -> str:
    """By the tests of its file, that of the mutants which can be compiled."""

    def tests() -> str:
        compiled = subprocess.run([sys.executable, "-m", "py_compile", mutant.file], cwd=_copy, capture_output=True)
        if compiled.returncode:
            return BROKEN
        pytest = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *PYTHON_FILES[mutant.file]]
        done = subprocess.run(pytest, cwd=_copy, env=os.environ | {"PYTHONPATH": str(_copy)}, capture_output=True)
        return SURVIVED if done.returncode == 0 else KILLED

    return _spoiled(mutant, tests)


if __name__ == "__main__":
    main()
