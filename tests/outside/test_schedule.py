"""The tariff schedule and the imports, read from what was downloaded, come to what another program made of them.

The counts and the values are those of a prototype that was thrown away: it shared no line with this project.
"""

import gzip
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from dagster_project.settings import PROJECT_ROOT
from dagster_project.sources import census, usitc
from dagster_project.tariff_lines.releases import unfold
from dagster_project.tariff_lines.schedule import headings, lines
from dagster_project.tariff_lines.tables import tariff_lines
from tests.outside import SHARED, needs

DATA = SHARED / "data"
SCHEDULES, FLOWS = DATA / "hts", DATA / "trade" / "us_imports_2024_hs10_by_country.parquet"
SNAPSHOTS = PROJECT_ROOT / "seeds" / "snapshots"
pytestmark = needs(DATA)
# lines of ten digits below chapter 98 of the basic edition of 2025; imports of 2024 in bn USD, chapter 98 as printed
LINES = {"ad_valorem": 10_228, "free": 7_205, "specific": 1_446, "compound": 448, "by_reference": 269, "other": 17}
VALUES = {
    "ad_valorem": 1_149.5,
    "free": 1_730.1,
    "specific": 280.4,
    "compound": 18.3,
    "by_reference": 4.8,
    "other": 1.3,
    None: 24.6,
}


def records(name: str) -> list[dict[str, Any]]:
    return json.loads(gzip.decompress((SCHEDULES / name).read_bytes()))


@pytest.fixture(scope="module")
def schedule() -> usitc.Schedule:
    return usitc.read_schedule(SNAPSHOTS, Path("/nowhere"))


@pytest.fixture(scope="module")
def basic(schedule: usitc.Schedule) -> pl.DataFrame:
    """The basic edition of 2025 as the raw table has it."""
    said = tariff_lines(schedule.lines, schedule.descriptions)
    return said.filter(pl.col("first_release") == "2025 basic")


def below_98(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(pl.col("chapter") < "98", pl.col("code").str.len_chars() == 10)


def billions(rows: pl.DataFrame) -> float:
    return round(int(rows["imports_usd"].sum()) / 1e9, 1)


def test_the_lines_of_each_kind_are_as_many_as_were_counted(basic: pl.DataFrame) -> None:
    assert dict(below_98(basic).group_by("general_kind").len().iter_rows()) == LINES
    assert basic.filter(pl.col("code").str.len_chars() == 10).height == 19_731


def test_no_general_rate_changed_and_the_codes_that_came_and_went_are_as_many(schedule: usitc.Schedule) -> None:
    ((_, first), *_, (_, last)) = unfold(schedule.lines, schedule.releases)
    ten = [frame.filter(pl.col("code").str.len_chars() == 10, pl.col("code") < "98") for frame in (first, last)]
    both = ten[0].join(ten[1], on="code", suffix="_later")
    assert (ten[0].height - both.height, ten[1].height - both.height) == (98, 223)
    assert both.filter(pl.col("general_text") != pl.col("general_text_later")).height == 0


@pytest.mark.parametrize("name", ["hts_2025_basic", "hts_2025_rev_23", "hts_2026_rev_10"])
def test_the_snapshot_says_what_the_downloaded_release_says(schedule: usitc.Schedule, name: str) -> None:
    read = records(f"{name}.json.gz")
    release = name.removeprefix("hts_").replace("_rev_", " rev ").replace("_", " ")
    for found, expected, key in (
        (schedule.lines, lines(read).drop("description"), "code"),
        (schedule.headings, headings(read), "heading"),
    ):
        said = {one.release: frame for one, frame in unfold(found, schedule.releases)}[release]
        assert said.sort(key).equals(expected.sort(key))


def test_single_cells_are_as_they_are_printed(basic: pl.DataFrame) -> None:
    """Read by eye in the payload."""
    said = {row["code"]: row for row in basic.iter_rows(named=True)}
    assert (said["8704210100"]["general_text"], said["8704210100"]["column_2_text"]) == ("25%", "25%")
    assert said["9006591520"]["column_2_text"] == "20%"
    assert said["8704221120"]["rate_code"] == "87042211"
    assert said["91011140"]["general_kind"] == "compound"


def test_the_value_of_imports_is_conserved_and_falls_on_the_kinds_as_was_measured(basic: pl.DataFrame) -> None:
    flows = census.read_imports(SNAPSHOTS, Path("/nowhere")).flows
    assert (flows.height, flows["imports_usd"].sum()) == (206_612, 3_208_820_074_369)
    raw = pl.read_parquet(FLOWS)
    assert raw.filter(pl.col("cty_code") != "4359")["con_val_2024_usd"].sum() == 3_208_820_074_369
    assert raw.filter(pl.col("cty_code") != "4359")["cal_dut_2024_usd"].sum() == flows["duties_usd"].sum()
    codes = flows.group_by("hs10").agg(pl.col("imports_usd").sum())
    own = basic.select("code", kind="general_kind", text="general_text")
    parents = basic.group_by("hts8").agg(pl.col("general_kind").first(), pl.col("general_text").first())
    found = (
        codes.join(own, left_on="hs10", right_on="code", how="left")
        .with_columns(hts8=pl.col("hs10").str.head(8))
        .join(parents, on="hts8", how="left")
    )
    missing = found.filter(pl.col("kind").is_null())
    assert (missing.height, billions(missing)) == (291, 70.8)
    left = missing.filter(pl.col("general_kind").is_null())
    is_low_value = pl.col("hs10") == "9999950000"
    assert (billions(left.filter(is_low_value)), billions(left.filter(~is_low_value))) == (24.2, 0.3)
    by_kind = (
        found.with_columns(
            kind=pl.coalesce("kind", "general_kind"), text=pl.coalesce("text", "general_text").fill_null("")
        )
        # the prototype took the cells of chapter 98 as they are printed: free, or the duty of a part of the value
        .with_columns(
            kind=pl.when(pl.col("kind").ne_missing("chapter_98"))
            .then("kind")
            .otherwise(
                pl.when(pl.col("text").str.starts_with("Free")).then(pl.lit("free")).otherwise(pl.lit("by_reference"))
            )
        )
        .group_by("kind")
        .agg(pl.col("imports_usd").sum())
    )
    values = dict(by_kind.iter_rows())
    assert {kind: round(value / 1e9, 1) for kind, value in values.items()} == VALUES
    assert sum(values.values()) == 3_208_820_074_369
