"""Rules that hold across rows and files of the seeds: references, the log of assertions, pledges and their legs.

Belongs here: what no single row can show. Does not belong here: single columns (`schemas.py`), the reading of files
(`reading.py`), what cannot be true (`plausibility.py`), the cited texts (`citations.py`), or rules about derived tables
(dbt tests).
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl

from dagster_project.seeds.citations import citation_problems
from dagster_project.seeds.list_rules import list_problems
from dagster_project.seeds.plausibility import implausible, latest_today
from dagster_project.seeds.problems import Guesses, Problem, plainly, shown
from dagster_project.seeds.reading import SeedTable, read_seeds
from dagster_project.seeds.schedule_rules import schedule_problems
from dagster_project.seeds.schemas import LOGS, SEEDS, identifier, log_key

Tables = dict[str, SeedTable]
# in the folder of the seeds
SNAPSHOTS = "snapshots"


def check_seeds(folder: Path, documents: Path | None = None, today: dt.date | None = None) -> list[Problem]:
    """Every problem of the seeds in `folder`, in the order of file and line. Empty means: fit to build.

    `documents` is a folder with the cited texts; where a text is present, locators and figures are looked up in it.
    `today` is the last day on which something can have happened, and not the day of a build.
    """
    return check_tables(read_seeds(folder), documents, today, folder / SNAPSHOTS)


def check_tables(
    tables: Tables, documents: Path | None = None, today: dt.date | None = None, snapshots: Path | None = None
) -> list[Problem]:
    """The same for seeds that are already read. What only follows from another problem is not told.

    `snapshots` is the folder with the schedules in which codes and headings are looked up.
    """
    at_the_door = [problem for table in tables.values() for problem in table.problems]
    across = [
        *_dangling_references(tables),
        *(problem for problem in _broken_corrections(tables) if not _is_of_a_row_turned_away(problem, tables)),
        *_contradictions(tables),
        *_loops(tables),
        *_oversized_legs(tables),
        *implausible({name: _without_replaced(table) for name, table in tables.items()}, today or latest_today()),
    ]
    cause_first = {f"{name}.csv": 0 for name, table in tables.items() if not table.is_whole}
    looked_up = [
        *list_problems(tables, documents),
        *schedule_problems(tables, snapshots),
        *citation_problems(tables, documents),
    ]
    problems = {*at_the_door, *across, *looked_up}
    return sorted(problems, key=lambda problem: (cause_first.get(problem.file, 1), *vars(problem).values()))


def _dangling_references(tables: Tables) -> Iterator[Problem]:
    """Ids that stand nowhere, in rows good or not; a file that was not read to its end proves nothing."""
    guesses = Guesses()
    for name, table in tables.items():
        told = {(problem.line, problem.column) for problem in table.problems}
        for column, declared in SEEDS[name].columns().items():
            target_file = (declared.metadata or {})["ref"]
            if target_file is None or not tables[target_file].is_whole:
                continue
            target = identifier(target_file)
            known = tables[target_file].text[target].drop_nulls().unique()
            missing = table.text.filter(pl.col(column).is_not_null() & ~pl.col(column).is_in(known.implode()))
            for line, value in missing.select("line", column).iter_rows():
                if (line, column) in told:
                    continue
                guess = guesses.did_you_mean(value, known, f"{name}.{column}")
                yield Problem(
                    f"{name}.csv", line, column, shown(value), f"a {target} that stands in {target_file}.csv",
                    f"{guess}Mend the spelling, or add the row to {target_file}.csv first.",
                )  # fmt: skip


def _is_of_a_row_turned_away(problem: Problem, tables: Tables) -> bool:
    """Whether the assertion that a row corrects is there, but was itself turned away, or stands where nobody read."""
    table = tables[problem.file.removesuffix(".csv")]
    if problem.column != "corrects" or not table.problems:
        return False
    corrected = table.rows.filter(pl.col("line") == problem.line)["corrects"]
    is_good = table.rows["assertion_id"].is_in(corrected.implode()).any()
    is_there = table.text["assertion_id"].is_in(corrected.implode()).any()
    return not is_good and (is_there or not table.is_whole)


def _broken_corrections(tables: Tables) -> Iterator[Problem]:
    for name in LOGS:
        by_id = {row["assertion_id"]: row for row in tables[name].rows.iter_rows(named=True)}
        misplaced = list(_misplaced_corrections(name, by_id))
        # which row a retraction reaches is a question only where each correction has its place
        yield from misplaced or _withdrawn_too_early(name, by_id)


def _misplaced_corrections(name: str, by_id: dict[str, dict]) -> Iterator[Problem]:
    thing = LOGS[name].thing
    mended_by = _mended_by(by_id)
    for row in by_id.values():
        if row["corrects"] is None:
            continue

        def wrong(expected: str, remedy: str, row: dict = row) -> Problem:
            return Problem(f"{name}.csv", row["line"], "corrects", f"'{row['corrects']}'", expected, remedy)

        target = by_id.get(row["corrects"])
        if target is None:
            yield wrong(f"an assertion_id of {name}.csv", "Name the assertion that this row corrects or retracts.")
        elif _returns_to_itself(row["assertion_id"], by_id):
            yield wrong("a chain of corrections that ends", "Let each row correct an older one only.")
        elif row["action"] == "assert" and target["action"] == "retract":
            yield wrong(
                "a row that asserts something, not a retraction",
                "To take a retraction back, assert it anew, without `corrects`, from the day of the retraction.",
            )
        elif target[thing] != row[thing]:
            yield wrong(f"an assertion about the same {thing}", "Correct it with a row about the same thing.")
        elif row["action"] == target["action"] and (first := mended_by[target["assertion_id"]]) is not row:
            yield wrong(
                f"a row that no other corrects, but {first['assertion_id']} (line {first['line']}) does",
                f"Correct {first['assertion_id']} in its place.",
            )


def _mended_by(by_id: dict[str, dict]) -> dict[str, dict]:
    """The row that replaces each corrected one. Like corrects like: a retraction of an assertion withdraws it."""
    mended_by: dict[str, dict] = {}
    for row in by_id.values():
        if row["corrects"] in by_id and row["action"] == by_id[row["corrects"]]["action"]:
            mended_by.setdefault(row["corrects"], row)
    return mended_by


def _withdrawn_too_early(name: str, by_id: dict[str, dict]) -> Iterator[Problem]:
    mended_by = _mended_by(by_id)
    for row in by_id.values():
        if row["action"] == "assert" or row["assertion_id"] in mended_by:
            continue
        withdrawn = row
        while withdrawn["action"] == "retract":
            withdrawn = by_id[withdrawn["corrects"]]
        while withdrawn["assertion_id"] in mended_by:
            withdrawn = mended_by[withdrawn["assertion_id"]]
        if row["known_from"] < withdrawn["known_from"]:
            yield Problem(
                f"{name}.csv", row["line"], "known_from", f"'{row['known_from']}'",
                f"a day on or after {withdrawn['known_from']}, when {withdrawn['assertion_id']} became known",
                "An assertion cannot be withdrawn before it was made: correct whichever day is wrong.",
            )  # fmt: skip


def _returns_to_itself(start: str, by_id: dict[str, dict]) -> bool:
    seen, current = {start}, by_id[start]["corrects"]
    while current in by_id and by_id[current]["corrects"] is not None:
        if current in seen:
            return True
        seen.add(current)
        current = by_id[current]["corrects"]
    return current in seen


def standing(rows: pl.DataFrame) -> pl.DataFrame:
    """Assertions that take part in answers: preferred, and not replaced by a correction."""
    return _not_replaced(rows).filter(pl.col("is_preferred"), pl.col("action") == "assert")


def _not_replaced(rows: pl.DataFrame) -> pl.DataFrame:
    """Without the rows that a correction replaced: they stay as they were written, so no rule asks to mend them."""
    actions = rows.select(corrects="assertion_id", action_of_target="action")
    replaced = rows.join(actions, on="corrects").filter(pl.col("action") == pl.col("action_of_target"))["corrects"]
    return rows.filter(~pl.col("assertion_id").is_in(replaced.implode()))


def _without_replaced(table: SeedTable) -> SeedTable:
    return replace(table, rows=_not_replaced(table.rows)) if "corrects" in table.rows.columns else table


def _contradictions(tables: Tables) -> Iterator[Problem]:
    for name, schema in LOGS.items():
        key = log_key(schema)
        rows = standing(tables[name].rows)
        if "is_in_force" in key:
            rows = rows.with_columns(is_in_force=pl.col("rate_status") == "in_force")
        if "valid_from" not in rows.columns:
            rows = rows.with_columns(valid_from=pl.lit(None, pl.Date), valid_to=pl.lit(None, pl.Date))
        at_once = [*key, "known_from"]
        spans = rows.filter(pl.len().over(at_once) > 1).select(
            "line", "assertion_id", *at_once,
            start=pl.col("valid_from").fill_null(pl.date(1, 1, 1)),
            end=pl.col("valid_to").fill_null(pl.date(9999, 12, 31)),
        ).sort(*at_once, "start", "line")  # fmt: skip
        # one pass, since pairs would be a million where a thousand rows say the same
        before: dict | None = None
        for row in spans.iter_rows(named=True):
            if before is None or any(row[column] != before[column] for column in at_once):
                before = row
                continue
            if row["start"] < before["end"]:
                other, told = sorted((row, before), key=lambda span: span["line"])
                yield Problem(
                    f"{name}.csv", told["line"], "known_from", shown(told["known_from"]),
                    f"one assertion for a key, day and known date, but {plainly(other['assertion_id'])} (line "
                    f"{other['line']}) says the same days",
                    "Narrow the days, or set is_preferred to false on one of them.",
                )  # fmt: skip
            before = max(row, before, key=lambda span: span["end"])


def _loops(tables: Tables) -> Iterator[Problem]:
    """Scopes, pledges and steps that lie inside themselves, over however many parents."""
    for name, child, parent in (
        ("product_scopes", "scope_id", "parent_scope_id"),
        ("pledges", "pledge_id", "parent_pledge_id"),
        ("pledge_progress", "progress_id", "parent_progress_id"),
    ):
        edges = tables[name].rows.select("line", child, parent).drop_nulls()
        # a thing has a parent in each of its assertions
        parents: dict[str, set[str]] = {}
        for _, below, above in edges.iter_rows():
            parents.setdefault(below, set()).add(above)
        above_of = {start: _all_above(start, parents) for start in parents}
        for line, below, above in edges.iter_rows():
            if below in above_of.get(above, ()):
                yield Problem(
                    f"{name}.csv", line, parent, shown(above), "parents that end at the top",
                    "Break the loop: a thing cannot stand under itself.",
                )  # fmt: skip


def _all_above(start: str, parents: dict[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        new = parents.get(waiting.pop(), set()) - seen
        seen |= new
        waiting += new
    return seen


def _oversized_legs(tables: Tables) -> Iterator[Problem]:
    rows = standing(tables["pledges"].rows).filter(pl.col("amount_bn").is_not_null())
    legs = rows.filter(pl.col("row_role") == "leg")
    # news may change either side: a leg is wrong only if no whole known by its day, or later, has room for it
    pairs = legs.join(
        rows, left_on=["parent_pledge_id", "currency_code", "amount_period"],
        right_on=["pledge_id", "currency_code", "amount_period"], suffix="_whole",
    ).group_by("line", "amount_bn").agg(pl.col("amount_bn_whole").max())  # fmt: skip
    for line, leg, whole in pairs.filter(pl.col("amount_bn") > pl.col("amount_bn_whole")).iter_rows():
        yield Problem(
            "pledges.csv", line, "amount_bn", f"'{leg.normalize():f}'", f"at most the whole's {whole.normalize():f}",
            "Mend the leg's or the whole's amount, or its unit (billions).",
        )  # fmt: skip
