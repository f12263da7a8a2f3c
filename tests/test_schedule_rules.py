"""Codes of lists and headings that rates cite, looked up in the schedules that were printed."""

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from dagster_project.seeds.rules import SNAPSHOTS, check_seeds
from dagster_project.seeds.schedule_rules import headings_of, rates_of
from tests.tiny_seeds import ROWS, write_rows, write_tiny_seeds

OPEN = dt.date(9999, 12, 31)
RATE, STATE = ROWS["tariff_rates"][0], ROWS["list_versions"][0]["assertion_id"]
HEADING = {"heading": "99039401", "general_text": "The duty provided in the applicable subheading + 25%"}


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    """Tiny seeds, whose car is printed, and whose rate of 25 from 2025-04-03 cites a heading that is."""
    folder = write_tiny_seeds(tmp_path / "seeds")
    (folder / SNAPSHOTS).mkdir()
    print_schedule(folder, ["8703230110"], [HEADING | {"valid_from": dt.date(2025, 4, 3), "valid_to": OPEN}])
    write_rows(folder, "tariff_rates", [RATE | {"source_locator": "heading 9903.94.01"}])
    return folder


def print_schedule(seeds: Path, codes: list[str], headings: list[dict]) -> None:
    pl.DataFrame({"code": codes}).write_parquet(seeds / SNAPSHOTS / "tariff_lines.parquet")
    pl.DataFrame(headings).write_parquet(seeds / SNAPSHOTS / "chapter_99_headings.parquet")


def said(seeds: Path) -> list[str]:
    return [str(problem) for problem in check_seeds(seeds)]


def test_what_is_printed_passes_and_without_a_schedule_nothing_is_judged(seeds: Path) -> None:
    assert said(seeds) == []
    for file in (seeds / SNAPSHOTS).iterdir():
        file.unlink()
    write_rows(seeds, "tariff_rates", [RATE | {"source_locator": "heading 9903.94.99"}])
    assert said(seeds) == []


def test_a_code_that_no_schedule_prints_is_refused_unless_told_and_telling_must_be_needed(seeds: Path) -> None:
    listed = ROWS["product_lists"]
    write_rows(seeds, "product_lists", [*listed, listed[0] | {"code": "87032499"}])
    assert said(seeds) == [
        "seeds/product_lists.csv, line 3, column code: found '87032499'; expected a code that some schedule in "
        "seeds/snapshots prints. Mend the code, or say why in list_differences.csv (side schedule)."
    ]
    told = [{"list_version": STATE, "code": "87032499", "side": "schedule", "reason": "Older than those at hand."}]
    write_rows(seeds, "list_differences", told)
    assert said(seeds) == []
    write_rows(seeds, "product_lists", listed)
    assert said(seeds) == [
        "seeds/list_differences.csv, line 2, column code: found '87032499'; expected a code of that state that no "
        "schedule prints. Remove the line: nothing is left to explain."
    ]


@pytest.mark.parametrize(
    ("heading", "printed"),
    [
        ("another heading", {"heading": "99039402"}),
        ("another rate", {"general_text": "The duty provided in the applicable subheading + 27.5%"}),
        ("printed before the rate held", {"valid_from": dt.date(2025, 1, 1), "valid_to": dt.date(2025, 4, 3)}),
    ],
)
def test_a_heading_is_printed_with_the_rate_while_it_holds_or_the_reason_is_told(
    seeds: Path, heading: str, printed: dict
) -> None:
    later = HEADING | {"heading": "99030101", "valid_from": dt.date(2026, 1, 1), "valid_to": OPEN}
    print_schedule(
        seeds,
        ["8703230110"],
        [HEADING | {"valid_from": dt.date(2025, 4, 3), "valid_to": OPEN} | printed, later],
    )
    assert said(seeds) == [
        "seeds/tariff_rates.csv, line 2, column source_locator: found '9903.94.01'; expected a heading that a schedule "
        "in seeds/snapshots prints with that rate while the rate holds. Mend the heading or the rate, or say why in "
        "heading_differences.csv."
    ]
    told = [{"rate_assertion_id": RATE["assertion_id"], "heading": "9903.94.01", "reason": "Printed late."}]
    write_rows(seeds, "heading_differences", told)
    assert said(seeds) == []
    print_schedule(seeds, ["8703230110"], [HEADING | {"valid_from": dt.date(2025, 4, 3), "valid_to": OPEN}])
    assert said(seeds) == [
        "seeds/heading_differences.csv, line 2, column heading: found '9903.94.01'; expected a heading cited by that "
        "rate in force that no schedule prints with it. Remove the line: nothing is left to explain."
    ]


def test_a_rate_younger_than_the_newest_schedule_is_judged_by_none(seeds: Path) -> None:
    before = {"heading": "99030101", "general_text": "10%", "valid_from": dt.date(2025, 4, 1), "valid_to": OPEN}
    print_schedule(seeds, ["8703230110"], [before])
    assert said(seeds) == []


def test_headings_and_rates_are_read_off_locators_and_cells() -> None:
    assert headings_of("9903.94.40 and 9903.94.41, US note 33(k)") == ["9903.94.40", "9903.94.41"]
    assert headings_of("heading 9903.94.4100, note 9903") == []
    assert [sorted(map(str, rates_of(text))) for text in ("+ 12.5%", "15 percent", "The duty provided", None)] == [
        ["12.5"], ["15"], ["0"], ["0"],
    ]  # fmt: skip
