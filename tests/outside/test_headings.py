"""Headings of Chapter 99 that rates cite: printed with that rate, in schedules or, after the last, as others quote.

The schedules at hand end with June 2026; what revisions 13 to 20 print is quoted by a public repository.
"""

import polars as pl
import pytest

from dagster_project.seeds.reading import read_seeds
from dagster_project.seeds.rules import SNAPSHOTS
from dagster_project.seeds.schedule_rules import headings_of, rates_of
from dagster_project.settings import PROJECT_ROOT
from tests.outside import SHARED, needs

LATER = SHARED / "data" / "tariffs" / "product_lists" / "later_2026"
SEEDS = PROJECT_ROOT / "seeds"
pytestmark = needs(LATER)

# quoted nowhere: Brazil's, of revision 12, stands in the notice itself, and those of cranes and chassis in note 31
NOT_QUOTED = {"9903.05.01", "9903.91.12", "9903.91.14"}


@pytest.fixture(scope="module")
def rates() -> pl.DataFrame:
    """Rates in force that cite headings, one row a heading."""
    log = read_seeds(SEEDS)["tariff_rates"].rows
    corrected = log["corrects"].drop_nulls()
    cited = log.filter(
        pl.col("rate_status") == "in_force",
        pl.col("action") == "assert",
        ~pl.col("assertion_id").is_in(corrected.implode()),
    ).with_columns(heading=pl.col("source_locator").map_elements(headings_of, return_dtype=pl.List(pl.String)))
    return cited.explode("heading").drop_nulls("heading")


def test_headings_of_later_revisions_have_the_rate_that_cites_them(rates: pl.DataFrame) -> None:
    newest = pl.read_parquet(SEEDS / SNAPSHOTS / "chapter_99_headings.parquet")["valid_from"].max()
    quoted = {
        row["heading"]: rates_of(row["general"])
        for row in pl.read_csv(LATER / "ch99_headings_2026_rev13_20.csv", infer_schema=False).iter_rows(named=True)
    }
    later = rates.filter(pl.col("valid_from") > newest)
    unlike = {
        (row["assertion_id"], row["heading"]): (row["rate_pct"], quoted[row["heading"]])
        for row in later.iter_rows(named=True)
        if row["heading"] in quoted and row["rate_pct"] not in quoted[row["heading"]]
    }
    assert unlike == {}
    assert {row["heading"] for row in later.iter_rows(named=True)} - quoted.keys() == NOT_QUOTED
    assert len(later) >= 80
