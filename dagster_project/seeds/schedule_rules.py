"""Codes and headings that facts name, looked up in the schedules that were printed.

Belongs here: does a code of a list exist, does a heading that a rate cites stand with that rate. Does not belong here:
reading a schedule (`tariff_lines`), comparing a list with its text (`list_rules.py`). Where no schedule lies in
`seeds/snapshots/` nothing is judged.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import polars as pl

from dagster_project.seeds.problems import Problem, shown
from dagster_project.seeds.reading import SeedTable

Tables = dict[str, SeedTable]
HEADING = re.compile(r"(?<![\d.])99\d\d\.\d\d\.\d\d(?![\d.]*\d)")
RATE = re.compile(r"(\d+(?:\.\d+)?)\s*(?:%|percent)")
OPEN_START, OPEN_END = pl.date(1, 1, 1), pl.date(9999, 12, 31)


def schedule_problems(tables: Tables, snapshots: Path | None) -> Iterator[Problem]:
    """Codes that no schedule prints, and headings that none prints with the rate that cites them, unless explained."""
    if snapshots is None:
        return
    lines, headings = snapshots / "tariff_lines.parquet", snapshots / "chapter_99_headings.parquet"
    if lines.is_file():
        yield from _unprinted_codes(tables, pl.scan_parquet(lines).select("code").collect()["code"])
    if headings.is_file():
        yield from _unlike_their_headings(tables, pl.read_parquet(headings))


def _unprinted_codes(tables: Tables, printed: pl.Series) -> Iterator[Problem]:
    prefixes = pl.concat([printed.str.slice(0, length).unique() for length in (2, 4, 6, 8, 10)])
    explained = tables["list_differences"].rows.filter(pl.col("side") == "schedule").select("list_version", "code")
    unknown = tables["product_lists"].rows.filter(
        pl.col("code").str.contains(r"^\d"), ~pl.col("code").is_in(prefixes.implode())
    )
    for line, code in (
        unknown.join(explained, on=["list_version", "code"], how="anti").select("line", "code").iter_rows()
    ):
        yield Problem(
            "product_lists.csv", line, "code", shown(code), "a code that some schedule in seeds/snapshots prints",
            "Mend the code, or say why in list_differences.csv (side schedule).",
        )  # fmt: skip
    known = unknown.select("list_version", "code").unique()
    needless = (
        tables["list_differences"]
        .rows.filter(pl.col("side") == "schedule")
        .join(known, on=["list_version", "code"], how="anti")
    )
    for line, code in needless.select("line", "code").iter_rows():
        yield Problem(
            "list_differences.csv", line, "code", shown(code), "a code of that state that no schedule prints",
            "Remove the line: nothing is left to explain.",
        )  # fmt: skip


def headings_of(text: str | None) -> list[str]:
    """The headings of Chapter 99 that a locator names, as they are printed."""
    return HEADING.findall(text or "")


def rates_of(text: str | None) -> set[Decimal]:
    """The percentages that a heading's cell states; 0 where it states none: the duty of the subheading, or free."""
    return {Decimal(figure) for figure in RATE.findall(text or "")} or {Decimal(0)}


def _unlike_their_headings(tables: Tables, printed: pl.DataFrame) -> Iterator[Problem]:
    by_heading: dict[str, list[dict]] = {}
    for row in printed.iter_rows(named=True):
        by_heading.setdefault(row["heading"], []).append(row)
    explained = {
        (row["rate_assertion_id"], row["heading"]) for row in tables["heading_differences"].rows.iter_rows(named=True)
    }
    # what began after the newest schedule that lies there is judged by none
    newest = printed["valid_from"].max()
    rates = tables["tariff_rates"].rows.filter(
        pl.col("valid_from") <= newest,
        pl.col("rate_status") == "in_force",
        pl.col("action") == "assert",
        pl.col("source_locator").str.contains(r"99\d\d\."),
    )
    found = {
        (row["assertion_id"], heading): _is_printed(row, by_heading.get(heading.replace(".", ""), []))
        for row in rates.iter_rows(named=True)
        for heading in headings_of(row["source_locator"])
    }
    line_of = dict(rates.select("assertion_id", "line").iter_rows())
    for (assertion, heading), is_printed in found.items():
        if is_printed or (assertion, heading) in explained:
            continue
        yield Problem(
            "tariff_rates.csv", line_of[assertion], "source_locator", shown(heading),
            "a heading that a schedule in seeds/snapshots prints with that rate while the rate holds",
            "Mend the heading or the rate, or say why in heading_differences.csv.",
        )  # fmt: skip
    for row in tables["heading_differences"].rows.iter_rows(named=True):
        if found.get((row["rate_assertion_id"], row["heading"]), True):
            yield Problem(
                "heading_differences.csv", row["line"], "heading", shown(row["heading"]),
                "a heading cited by that rate in force that no schedule prints with it",
                "Remove the line: nothing is left to explain.",
            )  # fmt: skip


def _is_printed(rate: dict, printed: list[dict]) -> bool:
    """Whether a printing of the heading with the rate's figure overlaps the days on which the rate holds."""
    return any(
        rate["rate_pct"] in rates_of(row["general_text"])
        and (rate["valid_to"] is None or row["valid_from"] < rate["valid_to"])
        and (row["valid_to"] is None or rate["valid_from"] is None or rate["valid_from"] < row["valid_to"])
        for row in printed
    )
