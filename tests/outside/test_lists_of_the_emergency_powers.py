"""The lists of the reciprocal duty, the floors, Brazil's order and Section 122, beside other places that print them.

Belongs here: texts and counts that the comparison with note 2 does not use. Does not belong here: that comparison
itself (`test_lists_and_texts.py`).
"""

import csv
import re
from datetime import date
from pathlib import Path

import pytest

from dagster_project.seeds.list_rules import ListStates
from dagster_project.seeds.reading import read_seeds
from dagster_project.settings import PROJECT_ROOT
from tests.outside import DOCUMENTS, SHARED, needs

pytestmark = needs(DOCUMENTS)
ROW = re.compile(r"^\s{0,3}(\d{4}\.\d\d\.\d\d(?:\.?\d\d)?)(?=\s|$)(.*)$")
PRODUCT_LISTS = SHARED / "data" / "tariffs" / "product_lists"


@pytest.fixture(scope="module")
def states() -> ListStates:
    return ListStates(read_seeds(PROJECT_ROOT / "seeds"))


def codes(states: ListStates, list_id: str, day: date, known: date = date(2026, 11, 1)) -> set[str]:
    state = states.state_of(list_id, day, known)
    return set(states.codes(state)) if state else set()


def rows_of_a_table(name: str) -> list[tuple[str, str]]:
    """Code and mark of each row of an annex that is a table: the mark stands at the end of the code's own line."""
    (path,) = Path(DOCUMENTS).rglob(name)
    found = [ROW.match(line) for line in path.read_text(encoding="utf-8", errors="replace").split("\n")]
    return [
        (
            match[1].replace(".", ""),
            (re.search(r"(Addition \(Ex\)|Addition|Aircraft|Ex)$", match[2].rstrip()) or [""])[0],
        )
        for match in found
        if match
    ]


def test_section_122_spares_what_the_table_of_its_proclamation_has(states: ListStates) -> None:
    rows = rows_of_a_table("s122-annex-2.txt")
    of = {mark: {code for code, its_mark in rows if its_mark == mark} for mark in ("", "Aircraft", "Ex")}
    assert {mark: len(found) for mark, found in of.items()} == {"": 1098, "Aircraft": 546, "Ex": 11}
    day = date(2026, 2, 24)
    assert codes(states, "s122-exempt", day) == of[""]
    assert codes(states, "s122-civil-aircraft", day) == of["Aircraft"]
    assert codes(states, "s122-particular-articles", day) == of["Ex"]
    assert codes(states, "s122-exempt", date(2026, 7, 24)) == set()


def test_brazil_is_spared_what_the_table_of_november_has_and_before_it_what_that_does_not_add(
    states: ListStates,
) -> None:
    rows = rows_of_a_table("brazil-eo-nov2025-annexes.txt")
    of = {
        mark: {code for code, its_mark in rows if its_mark == mark}
        for mark in ("", "Addition", "Aircraft", "Addition (Ex)")
    }
    # the second annex prints the additions again, six in a row: its first column is among the unmarked rows here
    before, added = of[""] - of["Addition"], of["Addition"]
    assert (len(before), len(added), len(of["Aircraft"]), len(of["Addition (Ex)"])) == (129, 238, 565, 11)
    assert codes(states, "brazil-order-exempt", date(2025, 8, 6)) == before
    assert codes(states, "brazil-order-exempt", date(2025, 11, 13)) == before | added
    assert codes(states, "brazil-order-exempt", date(2025, 11, 13), date(2025, 11, 19)) == before
    assert codes(states, "civil-aircraft-brazil", date(2025, 8, 6)) == of["Aircraft"]
    assert codes(states, "brazil-order-particular-articles", date(2025, 11, 13)) == of["Addition (Ex)"]


def test_the_swiss_lists_are_those_of_the_notice_that_reached_back(states: ListStates) -> None:
    (path,) = Path(DOCUMENTS).rglob("2025-23316.txt")
    text = path.read_text(encoding="utf-8", errors="replace")
    annex = "\n".join(text.split("\n")[2753:3111])
    assert "Switzerland" in annex
    found = {code.replace(".", "") for code in re.findall(r"(?<![\d.])\d{4}\.\d\d\.\d\d(?!\d)", annex)}
    found = {code for code in found if not code.startswith("99")}
    day = date(2025, 11, 14)
    lists = [codes(states, f"{name}", day) for name in (
        "swiss-floor-exempt", "civil-aircraft-switzerland", "swiss-floor-generic-drugs",
    )]  # fmt: skip
    assert [len(one) for one in lists] == [321, 553, 807]
    assert set().union(*lists) == found
    assert codes(states, "swiss-floor-exempt", day, date(2025, 12, 16)) == set()


def test_annex_ii_holds_each_line_on_the_days_on_which_a_reader_of_every_revision_saw_it(states: ListStates) -> None:
    """The one line that the law writes with ten digits stands there with eight."""
    with (PRODUCT_LISTS / "annex_ii_first_appearance.csv").open(encoding="utf-8") as file:
        seen = list(csv.DictReader(file))

    def until(row: dict[str, str]) -> str:
        return "9999" if row["end_effective_date"] == "NA" else row["end_effective_date"]

    def since(row: dict[str, str]) -> str:
        return "2025-04-05" if row["first_effective_date"] == "NA" else row["first_effective_date"]

    for day, count in (
        ("2025-04-05", 1048), ("2025-07-31", 1048), ("2025-08-01", 972), ("2025-09-07", 972), ("2025-09-08", 1003),
        ("2025-10-13", 1003), ("2025-10-14", 845), ("2025-11-12", 845), ("2025-11-13", 1082), ("2026-02-23", 1082),
    ):  # fmt: skip
        ours = codes(states, "reciprocal-annex-ii", date.fromisoformat(day))
        theirs = {row["prefix"] for row in seen if since(row) <= day <= until(row)}
        assert len(ours) == count, day
        assert {code[:8] if code == "8505110070" else code for code in ours} == theirs, day


def test_what_the_order_of_september_put_in_and_took_out_is_what_a_customs_broker_repeats(states: ListStates) -> None:
    """Typed from the broker's message of 9 September 2025; the order's own annex is not at hand."""
    came = """
        2504.10.10 2604.00.00 2609.00.00 2612.20.00 2613.90.00 2825.40.00 2833.24.00 2903.51.10 2924.29.01 2924.29.03
        2924.29.23 2924.29.26 2924.29.28 2924.29.33 2924.29.57 2924.29.80 2926.90.50 2933.29.05 2933.29.60 4703.11.00
        4703.21.00 4703.29.00 7108.11.00 7108.12.50 7108.13.10 7108.13.55 7108.13.70 7108.20.00 7115.90.05 7115.90.30
        7202.60.00 7501.10.00 7502.10.00 7502.20.00 7503.00.00 7504.00.00 7903.90.30 8505.11.0070 8541.41.00
    """
    left = "2818.30.00 3824.99.93 3907.29.00 3907.30.00 3907.61.00 3907.69.00 3907.99.50 3910.00.00"
    before, after = (codes(states, "reciprocal-annex-ii", date(2025, 9, day)) for day in (7, 8))
    assert after - before == set(came.replace(".", "").split())
    assert before - after == set(left.replace(".", "").split())


def test_copper_left_annex_ii_line_by_line_as_it_came_under_its_own_duty(states: ListStates) -> None:
    """The eighty lines that customs lists for the duty on copper, without the four of insulated wire."""
    with (PRODUCT_LISTS / "s232_copper_products.csv").open(encoding="utf-8") as file:
        copper = {row["hts10"][:8] for row in csv.DictReader(file)}
    before, after = (codes(states, "reciprocal-annex-ii", day) for day in (date(2025, 7, 31), date(2025, 8, 1)))
    assert before - after == {code for code in copper if code.startswith("74")}
    assert len(before - after) == 76
    assert not after - before
