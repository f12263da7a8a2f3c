"""`warehouse as-of`, as a shell sees it: a partner, a deal or the world on a day, from what was known then."""

import csv
import io
import json

import pytest

from tests.conftest import Warehouse


def state(warehouse: Warehouse, *arguments: str) -> dict:
    run = warehouse.run("as-of", *arguments, "--format", "json")
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


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
    run = warehouse.run("as-of", "2015-01-01")
    assert run.returncode == 0
    title, *lines = run.stdout.splitlines()
    assert title == "The world, as known on 2015-01-01"
    sections = [line for line in lines if line and not line.startswith(" ")]
    assert lines.count("  nothing known") == len(sections) == 8


def test_the_table_says_for_which_day_the_rates_are(warehouse: Warehouse) -> None:
    run = warehouse.run("as-of", "2025-12-05", "--valid", "2025-11-15", "--partner", "KOR")
    assert run.stdout.splitlines()[0] == "KOR, as known on 2025-12-05, for goods entering on 2025-11-15"


def test_csv_holds_the_sections_as_cells(warehouse: Warehouse) -> None:
    run = warehouse.run("as-of", "2025-11-20", "--deal", "us-japan-2025", "-f", "csv")
    header, *cells = csv.reader(io.StringIO(run.stdout))
    assert header == ["section", "row", "column", "value"]
    assert ["deals", "1", "deal_id", "us-japan-2025"] in cells


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["2025-13-01"], "DATE: '2025-13-01' is no day of the calendar; write it as YYYY-MM-DD."),
        (["20251120"], "DATE: '20251120' is no day of the calendar; write it as YYYY-MM-DD."),
        (["2025-11-20", "--valid", "soon"], "--valid: 'soon' is no day of the calendar"),
        (["2025-11-20", "--partner", "South Korea"], "Give a code of three letters such as KOR"),
        (["2025-11-20", "--deal", "us-japan"], "No deal 'us-japan'. Known deals: us-japan-2025"),
        (["2025-11-20", "--deal", "us-japan-2025", "--partner", "JPN"], "Give --partner or --deal, not both"),
        (["2099-01-01"], "2099-01-01 is later than the release"),
        ([], "Missing argument 'DATE'"),
        (["2025-11-20", "--format", "xml"], "'xml' is not one of 'table', 'csv', 'json'"),
    ],
)
def test_a_question_that_cannot_be_answered_is_wrong_usage(
    warehouse: Warehouse, arguments: list[str], said: str
) -> None:
    run = warehouse.run("as-of", *arguments)
    assert (run.returncode, run.stdout) == (2, "")
    assert said in " ".join(run.stderr.replace("│", " ").split())
