"""`warehouse diff`: news between two releases, said in words, and as JSON."""

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Warehouse
from tests.releases import published_in


def add(path: Path, like: str, **cells: str) -> None:
    """Append the row of an assertion again, with other cells."""
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        (row,) = [row for row in reader if row["assertion_id"] == like]
        header = reader.fieldnames or []
    with path.open("a", newline="", encoding="utf-8") as file:
        csv.DictWriter(file, header, lineterminator="\n").writerow(row | cells)


@pytest.fixture(scope="module")
def later(warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The release after this one, of the same seeds and four rows more: news that the gate lets pass.

    A changed rate, a retraction, a correction, a new pledge.
    """
    root = tmp_path_factory.mktemp("later")
    seeds = root / "seeds"
    shutil.copytree(warehouse.seeds, seeds)
    add(
        seeds / "tariff_rates.csv", "kor-passenger-cars-s232-floor", assertion_id="kor-passenger-cars-s232-news",
        rate_basis="additional", rate_pct="25", deal_id="", valid_from="2026-11-10", known_from="2026-11-09",
    )  # fmt: skip
    add(
        seeds / "pledge_progress.csv", "jpn-reactors", assertion_id="jpn-reactors-withdrawn", action="retract",
        corrects="jpn-reactors", known_from="2026-11-15",
    )  # fmt: skip
    add(
        seeds / "macro_indicators.csv", "kor-gdp-nominal-2023-world-bank", value="1750",
        assertion_id="kor-gdp-nominal-2023-world-bank-mended", corrects="kor-gdp-nominal-2023-world-bank",
    )  # fmt: skip
    add(
        seeds / "pledges.csv", "jpn-investment-2025-09", assertion_id="jpn-test-2026-11", pledge_id="jpn-test",
        pledge_name="Japanese test investment", amount_bn="12.5", deal_id="", known_from="2026-11-12",
    )  # fmt: skip
    (root / "data").mkdir()
    published_in(root / "data", warehouse)
    # parsed already: a copy, since a run writes there
    shutil.copytree(warehouse.data / "dbt", root / "data" / "dbt")
    built = Warehouse(root / "data", seeds)
    run = built.run("refresh")
    assert run.returncode == 0, run.stdout + run.stderr
    return built


@pytest.fixture(scope="module")
def changes(warehouse: Warehouse, later: Warehouse) -> list[dict]:
    run = warehouse.run("diff", "current", str(later.database), "--format", "json")
    assert run.returncode == 0, run.stderr
    answer = json.loads(run.stdout)
    assert answer["a"]["build_id"] == warehouse.manifest["build_id"]
    assert answer["b"]["build_id"] == later.manifest["build_id"]
    return answer["changes"]


@pytest.fixture(scope="module")
def told(changes: list[dict]) -> Callable[[str], list[tuple[str, str]]]:
    def told(table: str) -> list[tuple[str, str]]:
        return [(change["kind"], change["words"]) for change in changes if change["table"] == table]

    return told


def test_a_changed_rate_is_told_with_what_it_was_and_since_when(told) -> None:
    ((kind, words),) = told("tariff_rates")
    assert kind == "new"
    assert words.startswith(
        "15 % including the base duty → 25 % on top of the base duty from 2026-11-10, known since 2026-11-09 ("
    )


def test_what_the_rate_moved_is_told_in_the_metrics(told, changes: list[dict]) -> None:
    """Korea's base is 0: 15 under the floor becomes 0 + 25. Japanese cars pay 15."""
    assert ("changed", "15 % → 25 % in all from 2026-11-10") in told("metric_total_rates")
    assert {change["partner"] for change in changes if change["table"] == "metric_total_rates"} == {"South Korea"}
    rivals = [
        change for change in changes
        if change["table"] == "metric_competitor_gaps"
        and change["key"]["scope_id"] == "passenger-cars"
        and {change["key"]["partner_iso3"], change["key"]["rival_iso3"]} == {"JPN", "KOR"}
    ]  # fmt: skip
    assert [change["words"] for change in rivals] == ["gap to South Korea 0 → -10 percentage points from 2026-11-10"]


def test_a_retraction_is_told_as_one_with_what_fell_away(told) -> None:
    ((kind, words),) = told("pledge_progress")
    assert kind == "retracted"
    assert words.startswith(
        "retracted: jpn-investment: Small modular reactors in Tennessee and Alabama, candidate 2026-03-19 40.0 bn USD,"
        " from 2026-11-15 ("
    )
    # 332 bn of energy projects and 40 bn of reactors were candidates
    (moved,) = [words for _, words in told("metric_pledge_delivery") if words.startswith("jpn-investment")]
    assert "candidate_usd $372 bn → $332 bn" in moved


def test_a_correction_is_told_as_one_with_both_values(told) -> None:
    ((kind, words),) = told("macro_indicators")
    assert kind == "corrected"
    assert words.startswith("assertion corrected: world-bank gdp_nominal 2023 1712.79")
    assert "→ world-bank gdp_nominal 2023 1750.0 USD_bn, known since 2024-10-21 (" in words


def test_a_new_pledge_is_told_with_its_amount(told) -> None:
    ((kind, words),) = told("pledges")
    assert kind == "new"
    assert words.startswith("new pledge: Japanese test investment, $12.5 bn, signed, known since 2026-11-12 (")


def test_nothing_else_changed_in_the_facts(changes: list[dict]) -> None:
    facts = {change["table"] for change in changes if change["schema"] == "raw"}
    assert facts == {"tariff_rates", "pledge_progress", "macro_indicators", "pledges"}


def test_the_text_names_both_releases_and_says_facts_before_metrics(warehouse: Warehouse, later: Warehouse) -> None:
    run = warehouse.run("diff", "current", str(later.database))
    assert run.returncode == 0
    first, *lines = run.stdout.splitlines()
    assert first.startswith(f"{warehouse.manifest['build_id']} (as of {warehouse.manifest['as_of_date']}) → ")
    assert lines.index("Facts") < lines.index("  tariff rates") < lines.index("Metrics") < lines.index("  total rates")
    (news,) = [line for line in lines if "new pledge" in line]
    assert news.startswith("    Japan: new pledge: Japanese test investment, $12.5 bn")
    assert run.stderr == ""


def test_a_release_carries_the_same_lines_as_its_changes(warehouse: Warehouse, later: Warehouse) -> None:
    told = (later.data / "current" / "changes.md").read_text(encoding="utf-8").splitlines()
    printed = warehouse.run("diff", "current", str(later.database)).stdout.splitlines()
    assert told[:3] == ["# Changes", "", printed[0]]
    assert [line.removeprefix("- ") for line in told if line.startswith("- ")] == [
        line.strip() for line in printed[1:] if line.startswith("    ")
    ]
    assert [line for line in told if line.startswith("## ")] == ["## Facts", "## Metrics"]


def test_the_first_release_has_nothing_before_it(warehouse: Warehouse) -> None:
    assert (warehouse.data / "current" / "changes.md").read_text() == "# Changes\n\nFirst release.\n"


def test_read_backwards_the_rows_are_gone(warehouse: Warehouse, later: Warehouse) -> None:
    run = warehouse.run("diff", str(later.database), "current", "--format", "json")
    assert (run.returncode, run.stderr) == (0, "")
    gone = [change for change in json.loads(run.stdout)["changes"] if change["table"] == "pledges"]
    assert [(change["kind"], change["words"].split(":")[0]) for change in gone] == [("gone", "taken out of the log")]


def test_a_release_does_not_differ_from_itself(warehouse: Warehouse) -> None:
    run = warehouse.run("diff", "current", warehouse.manifest["build_id"])
    assert run.returncode == 0
    assert run.stdout.splitlines()[1:] == ["Nothing changed, neither in facts nor in metrics."]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["current", "previous"], "No release 'previous'. Releases: {build_id}."),
        (["current", "19990101"], "No release '19990101'. Releases: {build_id}."),
        (["current", "nowhere.duckdb"], "No file nowhere.duckdb."),
        (["current"], "Wrong usage: Missing argument 'B'. See `warehouse diff --help`."),
        (
            ["current", "current", "--format", "xml"],
            "Wrong usage: Invalid value for '--format' / '-f': 'xml' is not one of 'text', 'md', 'json'."
            " See `warehouse diff --help`.",
        ),
    ],
)
def test_a_release_that_is_not_there_is_wrong_usage(warehouse: Warehouse, arguments: list[str], said: str) -> None:
    run = warehouse.run("diff", *arguments)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == said.format(build_id=warehouse.manifest["build_id"]) + "\n"


def test_a_file_that_is_no_warehouse_is_one_line(warehouse: Warehouse, tmp_path: Path) -> None:
    (tmp_path / "letter.duckdb").write_text("Dear Sir or Madam")
    run = warehouse.run("diff", "current", str(tmp_path / "letter.duckdb"))
    assert (run.returncode, run.stdout, len(run.stderr.splitlines())) == (1, "", 1)
    assert run.stderr.startswith("Cannot compare ")
