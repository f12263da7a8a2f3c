"""The lists of Section 301 beside what says the same elsewhere: footnotes of the schedule, a second annex, transcripts.

Belongs here: readings that share nothing with the project's own reader of the notes. Does not belong here: each list
beside its note (`test_lists_and_texts.py`).
"""

import csv
import gzip
import json
import re
from collections import defaultdict
from functools import lru_cache

import polars as pl
import pytest

from dagster_project.seeds.reading import read_seed
from dagster_project.settings import PROJECT_ROOT
from tests.outside import DOCUMENTS, SHARED, needs

SCHEDULES = SHARED / "data" / "hts"
WITNESSES = SHARED / "data" / "tariffs" / "product_lists" / "later_2026"


@lru_cache
def footnotes(release: str) -> dict[str, set[str]]:
    """Of each heading of Chapter 99 the codes whose footnote names it: the schedule's own word on its lists."""
    with gzip.open(SCHEDULES / f"hts_{release}.json.gz") as file:
        rows = json.load(file)
    named = defaultdict(set)
    for row in rows:
        for note in row.get("footnotes") or []:
            for heading in re.findall(r"9903\.\d\d\.\d\d", note["value"]):
                named[heading].add((row.get("htsno") or "").replace(".", ""))
    return named


def eight(codes: set[str]) -> set[str]:
    """Subheadings of chapters 1 to 97: in chapter 98 a footnote tells how the duty is reckoned."""
    return {code[:8] for code in codes if not code.startswith("98")}


@lru_cache
def seed(name: str) -> pl.DataFrame:
    return read_seed(PROJECT_ROOT / "seeds" / f"{name}.csv").rows


def members(state: str) -> list[dict]:
    return seed("product_lists").filter(list_version=state).to_dicts()


def put_in(state: str) -> set[str]:
    return {row["code"] for row in members(state) if row["role"] == "include" and row["code"][0].isdigit()}


@needs(SCHEDULES)
@pytest.mark.parametrize(
    ("release", "headings", "state", "count"),
    [
        ("2025_basic", ["9903.88.01"], "china-list-1-2018-07", 856),
        ("2025_basic", ["9903.88.02"], "china-list-2-2018-08", 283),
        ("2025_basic", ["9903.88.03", "9903.88.04"], "china-list-3-2018-09", 5917),
        ("2025_basic", ["9903.88.21"], "china-sets-list-3-2018-09", 13),
        ("2025_basic", ["9903.88.25"], "china-sets-list-4a-2019-09", 26),
        ("2025_basic", ["9903.91.01"], "china-four-year-review-25-2024-09", 350),
        ("2025_basic", ["9903.91.02"], "china-four-year-review-50-2024-09", 2),
        ("2025_basic", ["9903.91.03"], "china-four-year-review-100-2024-09", 10),
        ("2025_rev_32", ["9903.91.05"], "china-four-year-review-semiconductors-2025-01", 19),
        ("2026_basic", ["9903.91.05"], "china-four-year-review-semiconductors-2026-01", 18),
        ("2026_basic", ["9903.91.06"], "china-four-year-review-2026-25-2026-01", 5),
        ("2026_basic", ["9903.91.07"], "china-four-year-review-2026-50-2026-01", 1),
        ("2026_basic", ["9903.91.08"], "china-four-year-review-2026-100-2026-01", 1),
        ("2026_basic", ["9903.91.11"], "china-four-year-review-tungsten-2025-01", 3),
    ],
)
def test_a_list_of_china_has_the_subheadings_whose_footnotes_name_its_heading(
    release: str, headings: list[str], state: str, count: int
) -> None:
    named = eight(set().union(*(footnotes(release)[heading] for heading in headings)))
    assert len(named) == count
    assert eight(put_in(state)) == named


@needs(SCHEDULES)
def test_list_4a_of_2025_has_the_subheadings_whose_footnotes_name_it() -> None:
    """Yoghurt of 0403.20.50 stands in US note 20(s)(i) without a footnote at its line."""
    whole, parts = put_in("china-list-4a-subheadings-2019-09"), put_in("china-list-4a-2025-01")
    assert (whole | parts) - {"04032050"} == eight(footnotes("2025_basic")["9903.88.15"])
    assert len(whole) == 2958
    assert parts == {"49019900", "63079098", "85076000", "85176200", "94016960", "94017100"}


@needs(SCHEDULES)
def test_exclusions_name_the_numbers_of_the_footnotes_and_beside_them_numbers_of_the_past() -> None:
    state = "china-exclusions-9903.88.69-2025-11"
    listed, named = put_in(state), footnotes("2025_basic")["9903.88.69"]
    past = set(seed("list_differences").filter(list_version=state, side="schedule")["code"])
    assert (len(listed), len(named), len(past)) == (160, 141, 19)
    assert listed - past == named
    assert put_in("china-exclusions-9903.88.70-2025-11") == footnotes("2025_basic")["9903.88.70"]


@needs(DOCUMENTS)
def test_brazils_exemptions_are_those_of_the_notice_read_from_its_other_annex() -> None:
    """Annex I has the note with its lists, Annex II a table of the same goods with the limits of each in a column."""
    text = (DOCUMENTS / "law" / "brazil-301-final-action-frn-7-15-2026-final.txt").read_text(encoding="utf-8")
    table = text[text.rindex("ANNEX II\n") :]
    row = re.compile(r"^ {0,4}(\d{4}\.\d\d\.\d\d(?:\.?\d\d)?)(?: .*?)?(?: {2,}(Aircraft|Pharma|Ex))? *$", re.MULTILINE)
    told = {(code.replace(".", ""), limit) for code, limit in row.findall(table)}
    limits = {"civil-aircraft": "Aircraft", "pharmaceutical-use": "Pharma"}
    ours = {
        (one["code"], "Ex" if one["named_article"] else limits.get(one["condition_id"], ""))
        for one in members("s301-brazil-exempt-2026-07")
    }
    assert len(told) == 864 + 705 + 546 + 11
    assert ours == told


@needs(WITNESSES)
def test_country_lists_of_the_duty_on_forced_labour_are_those_of_another_transcript() -> None:
    """Both are transcripts by others: the text of US note 52(j) is not at hand."""
    census = {
        "4120": "gbr", "4419": "che", "5570": "mys", "5550": "khm", "2050": "gtm", "2110": "slv", "3570": "arg",
        "5380": "bgd", "5830": "twn", "5600": "idn", "3310": "ecu", "5110": "jor", "4010": "euu",
    }  # fmt: skip
    told = defaultdict(set)
    with (WITNESSES / "s301fl_final_country_exemptions.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            for country in {"4010"} if row["countries"].startswith("4010;") else row["countries"].split(";"):
                told[census.get(country)].add(row["hts_code"])
    textiles = put_in("forced-labour-textiles-2026-07")
    assert len(textiles) == 1737
    for country in census.values():
        own = put_in(f"forced-labour-exempt-{country}-2026-07")
        assert own | (textiles if country in ("gtm", "slv", "jor") else set()) == told[country], country
