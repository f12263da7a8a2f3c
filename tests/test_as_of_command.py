"""`warehouse as-of`, as a shell sees it: a partner, a deal or the world on a day, from what was known then."""

import json

from tests.command_line import run_here
from tests.conftest import Warehouse


def state(warehouse: Warehouse, *arguments: str) -> dict:
    run = run_here(warehouse, "as-of", *arguments, "--format", "json")
    assert (run.exit_code, run.stderr) == (0, "")
    return json.loads(run.text)


def car_rate(answer: dict) -> float:
    (rate,) = [row["total_rate_pct"] for row in answer["total_rates"] if "passenger-cars" in row["scopes"]]
    return rate


def test_one_day_of_the_world_reads_otherwise_on_two_days_of_knowledge(warehouse: Warehouse) -> None:
    """The notice of 4 December reached back to 1 November."""
    before = state(warehouse, "2025-11-20", "--valid", "2025-11-15", "--partner", "KOR")
    after = state(warehouse, "2025-12-05", "--valid", "2025-11-15", "--partner", "kor")
    assert (car_rate(before), car_rate(after)) == (25, 15)
    assert (before["known_on"], before["valid_on"], before["partner_iso3"]) == ("2025-11-20", "2025-11-15", "KOR")
    assert before["release"] == warehouse.manifest["build_id"]


def test_without_a_day_of_its_own_the_rates_are_those_of_the_day_of_knowledge(warehouse: Warehouse) -> None:
    assert state(warehouse, "2025-11-20")["valid_on"] == "2025-11-20"


def test_a_plan_is_a_plan_until_the_notice(warehouse: Warehouse) -> None:
    def plans(day: str) -> set[str]:
        return {row["scope_id"] for row in state(warehouse, day, "--partner", "KOR")["threats_and_plans"]}

    assert "passenger-cars" in plans("2025-11-20")
    assert "passenger-cars" not in plans("2025-12-05")


def test_a_deal_speaks_of_its_own_pledges_alone(warehouse: Warehouse) -> None:
    answer = state(warehouse, "2025-11-20", "--deal", "us-japan-2025")
    assert [row["deal_id"] for row in answer["deals"]] == ["us-japan-2025"]
    assert {row["partner_iso3"] for row in answer["pledges"]} == {"JPN"}
    assert "gaps" not in answer


def test_before_the_first_fact_nothing_is_known(warehouse: Warehouse) -> None:
    run = run_here(warehouse, "as-of", "2015-01-01")
    assert (run.exit_code, run.stderr) == (0, "")
    title, *lines = run.text.splitlines()
    assert title == "The world, as known on 2015-01-01"
    sections = [line for line in lines if line and not line.startswith(" ")]
    assert lines.count("  nothing known") == len(sections) == 8


def test_the_table_says_for_which_day_the_rates_are(warehouse: Warehouse) -> None:
    run = run_here(warehouse, "as-of", "2025-12-05", "--valid", "2025-11-15", "--partner", "KOR")
    assert (run.exit_code, run.stderr) == (0, "")
    title, _, heading, *_ = run.text.splitlines()
    assert (title, heading) == ("KOR, as known on 2025-12-05, for goods entering on 2025-11-15", "Deals")
    # Korea's cars in the row of their own group: 15 on 15 November by the notice of 4 December
    (cars,) = [line for line in run.text.splitlines() if line.startswith("electric-cars, passenger-cars")]
    assert cars.split()[2:6] == ["0", "%", "15", "%"]


def test_without_a_day_it_is_the_day_of_the_release(warehouse: Warehouse) -> None:
    assert state(warehouse, "--partner", "KOR")["known_on"] == warehouse.manifest["as_of_date"]


def test_a_partner_is_found_by_its_name(warehouse: Warehouse) -> None:
    assert state(warehouse, "2025-11-20", "--partner", "korea")["partner_iso3"] == "KOR"
