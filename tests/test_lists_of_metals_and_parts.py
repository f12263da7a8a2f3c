"""The lists of Sections 232, 201 and 338: what the law says of goods that were once read wrongly, on both clocks.

Belongs here: codes whose place was looked up in the law's text by hand. Does not belong here: the comparison of whole
lists with their texts (`warehouse check`), the rules of lists (`list_rules.py`).
"""

import datetime as dt
from functools import lru_cache
from pathlib import Path

import polars as pl
import pytest

from dagster_project.seeds.list_rules import IS_CODE, compare_with_texts
from dagster_project.seeds.reading import SeedTable, read_seeds
from dagster_project.settings import PROJECT_ROOT

DOCUMENTS = PROJECT_ROOT.parent / "shared" / "documents"
BEER, EMPTY_CANS, SMALL_CAR, BULLDOZERS = "22030000", "76129010", "87032101", "84291100"
LATER = dt.date(2026, 11, 1)


@lru_cache
def tables() -> dict[str, SeedTable]:
    return read_seeds(Path(PROJECT_ROOT / "seeds"))


def state(list_id: str, day: str, known: dt.date = LATER) -> str | None:
    """The state that held on the day, as known on another: the one that was known last."""
    on = dt.date.fromisoformat(day)
    states = tables()["list_versions"].rows
    held = (
        states.filter(~pl.col("assertion_id").is_in(states["corrects"].drop_nulls().implode()))
        .filter(pl.col("list_id") == list_id, pl.col("valid_from") <= on, pl.col("known_from") <= known)
        .filter(pl.col("valid_to").is_null() | (pl.col("valid_to") > on))
        .sort("known_from")
    )
    return str(held["assertion_id"][-1]) if held.height else None


def codes(list_id: str, day: str, known: dt.date = LATER) -> set[str]:
    """The codes of a list, those of the lists that it names among them."""
    members = tables()["product_lists"].rows.filter(pl.col("list_version") == (state(list_id, day, known) or ""))
    put_in, out = members.filter(pl.col("role") == "include"), members.filter(pl.col("role") == "exclude")
    found = set(put_in.filter(IS_CODE)["code"])
    for named in put_in.filter(~IS_CODE)["code"]:
        found |= codes(named, day, known)
    for named in out.filter(~IS_CODE)["code"]:
        found -= codes(named, day, known)
    return {code for code in found if not code.startswith(tuple(out.filter(IS_CODE)["code"]) or ("-",))}


def test_the_lists_against_canada_grew_on_15_september_2026_and_that_was_known_a_week_before() -> None:
    before, after = dt.date(2026, 9, 7), dt.date(2026, 9, 8)
    for list_id, july, september in (
        ("canada-338-alcohol-list", 63, 101), ("canada-338-vehicles-list", 439, 513), ("canada-338-dairy-list", 52, 52),
    ):  # fmt: skip
        assert len(codes(list_id, "2026-09-14", after)) == july
        assert len(codes(list_id, "2026-09-15", before)) == july
        assert len(codes(list_id, "2026-09-15", after)) == september
    assert codes("canada-338-ban-alcohol", "2026-09-29", before) == set()
    assert BEER in codes("canada-338-ban-alcohol", "2026-09-29", after)


def test_a_small_car_is_no_passenger_vehicle_but_a_derivative_of_steel_since_august_2025() -> None:
    assert SMALL_CAR not in codes("passenger-cars", "2026-01-01") | codes("auto-parts", "2026-01-01")
    assert SMALL_CAR not in codes("steel-derivatives", "2025-08-17")
    assert SMALL_CAR in codes("steel-derivatives", "2025-08-18")
    assert SMALL_CAR in codes("metal-derivatives", "2026-04-06")
    assert SMALL_CAR in codes("metal-intensive-equipment", "2026-06-08") - codes("metal-derivatives", "2026-06-08")


def test_the_derivatives_of_2025_came_in_steps() -> None:
    assert codes("aluminium-derivatives", "2025-03-12", dt.date(2025, 3, 2)) == codes(
        "aluminium-derivatives-first", "2025-03-12"
    )
    assert len(codes("aluminium-derivatives", "2025-03-12", dt.date(2025, 3, 3))) == 6 + 19 + 104
    assert BEER not in codes("aluminium-derivatives", "2025-04-03")
    assert {BEER, EMPTY_CANS} <= codes("aluminium-derivatives", "2025-04-04")
    assert "84181000" not in codes("steel-derivatives", "2025-06-22")
    assert "84181000" in codes("steel-derivatives", "2025-06-23")
    assert "04029968" in codes("steel-derivatives", "2025-08-18") & codes("aluminium-derivatives", "2025-08-18")


def test_milk_left_the_derivatives_in_april_2026_and_the_annexes_took_their_place() -> None:
    assert "04029968" in codes("metals-annex-ii-steel", "2026-04-06") & codes("metals-annex-ii-aluminium", "2026-04-06")
    assert "04029968" not in codes("steel-derivatives", "2026-04-06") | codes("aluminium-derivatives", "2026-04-06")


def test_no_computer_and_no_bare_heading_of_machines_is_a_derivative_of_metal() -> None:
    """The annexes mention headings within descriptions; a public list took them for members."""
    listed = codes("metal-derivatives", "2026-04-06") | codes("metal-intensive-equipment", "2026-04-06")
    assert not {code for code in listed if len(code) == 4}
    assert not {code for code in listed if code.startswith("8471")}


def test_parts_with_little_metal_are_free_outside_the_chapters_of_the_metals() -> None:
    free = codes("metals-little-metal", "2026-04-06")
    assert BULLDOZERS in free
    assert not {code for code in free if code[:2] in ("72", "73", "74", "76")}


def test_bulldozers_moved_to_a_list_of_their_own_in_june_2026() -> None:
    assert BULLDOZERS in codes("metal-derivatives", "2026-06-07")
    assert BULLDOZERS not in codes("metal-derivatives", "2026-06-08")
    assert len(codes("mobile-industrial-equipment", "2026-06-08")) == 28


def test_the_copper_of_2025_is_that_of_two_annexes_of_2026() -> None:
    later = codes("copper", "2026-04-06") | codes("metals-annex-i-b-copper", "2026-04-06")
    assert codes("copper", "2025-08-01") == later
    assert len(later) == 80


def test_computers_are_on_the_list_of_car_parts_for_use_in_cars_alone() -> None:
    row = tables()["product_lists"].rows.filter(
        pl.col("list_version") == state("auto-parts", "2026-01-01"), pl.col("code") == "8471"
    )
    assert row["condition_id"].to_list() == ["vehicle-part"]


@pytest.mark.skipif(not DOCUMENTS.exists(), reason="the texts are not here")
def test_thirty_lists_are_what_their_texts_say() -> None:
    ours = {
        row["assertion_id"]
        for row in tables()["list_versions"].rows.join(
            tables()["lists"].rows.select("list_id", "programme_id"), on="list_id"
        ).iter_rows(named=True)
        if (row["programme_id"] or "").startswith(("s232", "s201", "s338"))
    }  # fmt: skip
    compared = [one for one in compare_with_texts(tables(), DOCUMENTS) if one.list_version in ours]
    assert len(compared) >= 30
    assert not [(one.list_version, one.unexplained) for one in compared if one.unexplained or one.needless]
