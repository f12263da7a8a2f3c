"""`warehouse line`, as a shell sees it: what was read by hand in the schedule's cells and the law's notes."""

from decimal import Decimal
from typing import Any

import pytest

from tests.command_line import read_json, run_here
from tests.conftest import Warehouse


def line(warehouse: Warehouse, *arguments: str) -> dict[str, Any]:
    run = run_here(warehouse, "line", *arguments, "--format", "json")
    assert (run.exit_code, run.stderr) == (0, "")
    return read_json(run.text)


def base(answer: dict[str, Any]) -> dict[str, Decimal]:
    return {row["base_column"]: Decimal(str(row["base_rate_pct"])) for row in answer["base"]}


def lists(answer: dict[str, Any]) -> dict[str, str]:
    return {row["list_id"]: row["known_from"] for row in answer["lists"]}


def test_korean_light_trucks_pay_twenty_five_as_others_do(warehouse: Warehouse) -> None:
    """The special cell has two groups: `Free (A+,AU,…) 25% (KR)`."""
    duties = base(line(warehouse, "8704.21.01"))
    assert (duties["general"], duties["korus"], duties["usmca"]) == (25, 25, 0)
    # of preferences that no longer run nothing is left
    assert "gsp" not in duties


def test_russian_aluminium_has_a_base_of_its_own(warehouse: Warehouse) -> None:
    answer = line(warehouse, "7601.10.60")
    (own,) = [row for row in answer["base"] if row["partner_iso3"]]
    assert (own["partner_iso3"], own["base_column"], own["base_rate_pct"], own["list_id"]) == (
        "RUS", "chapter-99", 70, "russia-70",
    )  # fmt: skip
    assert base(answer)["general"] == 0


def test_small_cars_are_on_no_list_of_note_33_b(warehouse: Warehouse) -> None:
    assert not {"passenger-cars", "light-trucks"} & set(lists(line(warehouse, "8703.21.01")))
    assert "passenger-cars" in lists(line(warehouse, "8703.23.01"))


@pytest.mark.parametrize(
    ("code", "of", "on", "before", "from_then_on"),
    [
        ("8517.13.00", "reciprocal-annex-ii", "2025-04-05", "2025-04-10", "2025-04-11"),
        ("0901.11.00", "reciprocal-annex-ii", "2025-11-13", "2025-11-13", "2025-11-14"),
        ("8711.50.00", "canada-338-vehicles-list", "2026-09-15", "2026-09-07", "2026-09-08"),
    ],
)
def test_a_list_is_known_from_the_day_of_its_text_and_holds_from_its_own_day(
    warehouse: Warehouse, code: str, of: str, on: str, before: str, from_then_on: str
) -> None:
    def state(day: str) -> dict[str, Any] | None:
        found = line(warehouse, code, "--on", on, "--known", day)["lists"]
        return next((row for row in found if row["list_id"] == of), None)

    then, now = state(before), state(from_then_on)
    assert now is not None
    assert now["known_from"] == from_then_on
    assert then is None or then["assertion_id"] != now["assertion_id"]


def test_a_shorter_code_stands_for_all_lines_under_it(warehouse: Warehouse) -> None:
    answer = line(warehouse, "8703.23")
    assert {row["line_code"][:6] for row in answer["lines"]} == {"870323"}
    assert line(warehouse, "870323")["lines"] == answer["lines"]
    assert len(answer["lines"]) > 1
    (cars,) = [row for row in answer["lists"] if row["list_id"] == "passenger-cars"]
    assert cars["line_count"] == len(answer["lines"])


def test_what_came_and_went_stands_with_its_day(warehouse: Warehouse) -> None:
    changes = {
        (row["change_date"], row["change"], row["list_id"]) for row in line(warehouse, "0901.11.00.15")["changes"]
    }
    assert ("2025-11-13", "on", "reciprocal-annex-ii") in changes
    # the list of 2025-04-05 had no coffee
    assert not {day for day, _, of in changes if of == "reciprocal-annex-ii"} - {"2025-11-13"}


def test_a_code_that_no_schedule_prints_is_told_with_what_is_near(warehouse: Warehouse) -> None:
    run = run_here(warehouse, "line", "8703.21.99")
    assert (run.exit_code, run.text) == (2, "")
    assert run.stderr == (
        "No schedule at hand prints 8703.21.99 by what was known on 2026-11-23. Near it: 8703.21.01.\n"
    )
