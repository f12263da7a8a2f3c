"""What a curator can get wrong in the log: `warehouse check` names each mistake with file, line, column and remedy.

Belongs here: rules about assertions, pledges and citations. Does not belong here: files and cells that cannot be read
(`test_door.py`), how a text is searched (`test_citations.py`).
"""

import csv
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from dagster_project.seeds.reading import column_order
from dagster_project.seeds.row_rules import ROW_RULES
from dagster_project.seeds.rules import check_seeds
from dagster_project.seeds.schemas import SEEDS
from dagster_project.settings import PROJECT_ROOT
from tests.conftest import Warehouse
from tests.tiny_seeds import LOGGED, ROWS, write_rows

Row = dict[str, str]

RATE = ROWS["tariff_rates"][0]
ORDER = (
    "Sec. 1. Scope. Cars pay 25 percent, later 15 percent. Sec. 2. An investment of $350 billion, $200 billion in cash."
)
PLEDGE = {
    "assertion_id": "whole-350", "pledge_id": "whole", "partner_iso3": "KOR", "pledge_name": "Investment",
    "row_role": "whole", "asserted_by": "KOR", "pledge_type": "investment_mixed", "amount_bn": "350",
    "currency_code": "USD", "amount_period": "total", "bindingness": "statement", "pledge_status": "agreed",
} | LOGGED  # fmt: skip
LEG = PLEDGE | {
    "assertion_id": "leg-200", "pledge_id": "leg", "parent_pledge_id": "whole", "row_role": "leg", "amount_bn": "200",
}  # fmt: skip
PROCLAIMED, LATER = "2025-03-26", "2025-06-01"


@dataclass(frozen=True)
class Mistake:
    """Rows added to the tiny seeds, and where the mistake must be said to stand: in the last of them."""

    file: str
    rows: list[Row]
    column: str
    found: str
    expected: str
    remedy: str


def rate(assertion_id: str, **cells: str) -> Row:
    return RATE | {"assertion_id": assertion_id} | cells


MISTAKES = {
    "correcting what does not exist": Mistake(
        "tariff_rates",
        [rate("mended", corrects="cars-35")],
        "corrects",
        "'cars-35'",
        "an assertion_id of tariff_rates.csv",
        "Name the assertion that this row corrects or retracts.",
    ),
    "retracting what does not exist": Mistake(
        "tariff_rates",
        [rate("withdrawn", corrects="cars-35", action="retract", known_from=LATER)],
        "corrects",
        "'cars-35'",
        "an assertion_id of tariff_rates.csv",
        "Name the assertion that this row corrects or retracts.",
    ),
    "a retraction that names nothing": Mistake(
        "tariff_rates",
        [rate("withdrawn", action="retract", known_from=LATER)],
        "corrects",
        "nothing",
        "the assertion that the row retracts",
        "Write its assertion_id.",
    ),
    "a retraction before the assertion": Mistake(
        "tariff_rates",
        [rate("late", known_from=LATER), rate("withdrawn", corrects="late", action="retract")],
        "known_from",
        f"'{PROCLAIMED}'",
        f"a day on or after {LATER}",
        "An assertion cannot be withdrawn before it was made",
    ),
    "a correction of another thing": Mistake(
        "tariff_rates",
        [rate("mended", rate_id="trucks", corrects="cars-25")],
        "corrects",
        "'cars-25'",
        "an assertion about the same rate_id",
        "Correct it with a row about the same thing.",
    ),
    "an assertion that corrects a retraction": Mistake(
        "tariff_rates",
        [
            rate("withdrawn", corrects="cars-25", action="retract", known_from=LATER),
            rate("held-after-all", corrects="withdrawn", known_from=LATER),
        ],
        "corrects",
        "'withdrawn'",
        "a row that asserts something, not a retraction",
        "assert it anew, without `corrects`, from the day of the retraction",
    ),
    "withdrawn before the day to which its known day was mended": Mistake(
        "tariff_rates",
        [
            rate("mended", corrects="cars-25", known_from=LATER),
            rate("withdrawn", corrects="cars-25", action="retract", known_from="2025-05-31"),
        ],
        "known_from",
        "'2025-05-31'",
        f"a day on or after {LATER}, when mended became known",
        "correct whichever day is wrong",
    ),
    "a retraction whose own day is mended to one too early": Mistake(
        "tariff_rates",
        [
            rate("withdrawn", corrects="cars-25", action="retract", known_from=LATER),
            rate("withdrawn-earlier", corrects="withdrawn", action="retract", known_from="2025-03-25"),
        ],
        "known_from",
        "'2025-03-25'",
        f"a day on or after {PROCLAIMED}, when cars-25 became known",
        "correct whichever day is wrong",
    ),
    "corrections in a circle": Mistake(
        "tariff_rates",
        [rate("one", corrects="two"), rate("two", corrects="one")],
        "corrects",
        "'one'",
        "a chain of corrections that ends",
        "Let each row correct an older one only.",
    ),
    "a row that corrects itself": Mistake(
        "tariff_rates",
        [rate("one", corrects="one")],
        "corrects",
        "'one'",
        "a chain of corrections that ends",
        "Let each row correct an older one only.",
    ),
    "two assertions of one key known on one day for the same days": Mistake(
        "tariff_rates",
        [rate("cars-15", rate_pct="15", valid_from="2025-08-01")],
        "known_from",
        f"'{PROCLAIMED}'",
        "but cars-25 (line 2) says the same days",
        "Narrow the days, or set is_preferred to false on one of them.",
    ),
    "two corrections of one row": Mistake(
        "tariff_rates",
        [rate("mended", corrects="cars-25"), rate("mended-too", corrects="cars-25", known_from=LATER)],
        "corrects",
        "'cars-25'",
        "a row that no other corrects, but mended (line 3) does",
        "Correct mended in its place.",
    ),
    "known before source and instrument": Mistake(
        "tariff_rates",
        [rate("early", known_from="2025-03-25")],
        "known_from",
        "'2025-03-25'",
        f"a day on or after {PROCLAIMED}, the day of its instrument",
        "Cite the earlier text, or mend the date.",
    ),
    "an end before the first day": Mistake(
        "tariff_rates",
        [rate("short", known_from=LATER, valid_to="2025-04-02")],
        "valid_to",
        "'2025-04-02'",
        "a day after valid_from",
        "the first day on which it no longer holds",
    ),
    "an end on the first day": Mistake(
        "tariff_rates",
        [rate("short", known_from=LATER, valid_to=RATE["valid_from"])],
        "valid_to",
        f"'{RATE['valid_from']}'",
        "a day after valid_from",
        "the first day on which it no longer holds",
    ),
    "a rate in force without an instrument": Mistake(
        "tariff_rates",
        [rate("lawless", known_from=LATER, instrument_id="")],
        "instrument_id",
        "nothing",
        "the legal instrument of a rate in force",
        "add it to instruments.csv",
    ),
    "a rate in force without a first day": Mistake(
        "tariff_rates",
        [rate("some-day", known_from=LATER, valid_from="")],
        "valid_from",
        "nothing",
        "the first day of a rate in force",
        "a plan without a date is not in force",
    ),
    "a rate without a figure": Mistake(
        "tariff_rates",
        [rate("empty", known_from=LATER, rate_pct="")],
        "rate_pct",
        "nothing",
        "a rate in per cent",
        "Write the rate",
    ),
    "an exemption that costs something": Mistake(
        "tariff_rates",
        [rate("free", known_from=LATER, rate_basis="exempt")],
        "rate_pct",
        "'25'",
        "0 for an exemption",
        "Write 0, or another rate_basis.",
    ),
    "a leg larger than its whole": Mistake(
        "pledges",
        [PLEDGE, LEG | {"amount_bn": "400"}],
        "amount_bn",
        "'400'",
        "at most the whole's 350",
        "Mend the leg's or the whole's amount, or its unit (billions).",
    ),
    "a leg without its whole": Mistake(
        "pledges",
        [LEG | {"parent_pledge_id": ""}],
        "parent_pledge_id",
        "nothing",
        "the whole that a leg is part of",
        "Write the pledge_id of the whole",
    ),
    "a pledge under itself": Mistake(
        "pledges",
        [PLEDGE, LEG | {"parent_pledge_id": "leg"}],
        "parent_pledge_id",
        "'leg'",
        "parents that end at the top",
        "Break the loop",
    ),
    "an amount without a currency": Mistake(
        "pledges",
        [PLEDGE | {"currency_code": ""}],
        "currency_code",
        "nothing",
        "a currency and a period beside an amount",
        "Fill currency_code and amount_period",
    ),
    "foreign money without a rate of exchange": Mistake(
        "pledges",
        [PLEDGE | {"currency_code": "KRW"}],
        "fx_per_usd",
        "nothing",
        "units of the currency per dollar",
        "Write the rate of exchange",
    ),
    "a step of delivery in foreign money without a rate of exchange": Mistake(
        "pledge_progress",
        [
            LOGGED
            | {
                "assertion_id": "step", "progress_id": "step", "pledge_id": "whole", "progress_date": "2025-08-01",
                "progress_type": "disbursed", "progress_name": "A payment", "amount_bn": "33.3",
                "currency_code": "JPY", "is_cumulative": "false",
            }
        ],
        "fx_per_usd",
        "nothing",
        "units of the currency per dollar",
        "Write the rate of exchange",
    ),
    "a horizon that ends before it begins": Mistake(
        "pledges",
        [PLEDGE | {"horizon_from": "2026-01-01", "horizon_to": "2025-01-01"}],
        "horizon_to",
        "'2025-01-01'",
        "a day after horizon_from",
        "the first day after the horizon",
    ),
    "an ending of two things at once": Mistake(
        "measure_endings",
        [
            LOGGED
            | {
                "assertion_id": "end", "ending_id": "end", "authority": "S232", "programme_id": "s232-autos",
                "partner_iso3": "ALL", "ends_on": "2026-01-01", "reason": "An order ended it",
            }
        ],
        "authority",
        "'S232'",
        "one of authority, programme_id and instrument_id",
        "Fill one of them only",
    ),
    "a base duty of one figure without the figure": Mistake(
        "base_rates",
        [
            LOGGED
            | {
                "assertion_id": "base", "base_rate_id": "base", "partner_iso3": "ALL", "scope_id": "passenger-cars",
                "preference": "mfn", "is_uniform": "true",
            }
        ],
        "rate_pct",
        "nothing",
        "the duty, where one figure holds across the scope",
        "Write the rate, or is_uniform = false.",
    ),
    "a section that the document lacks": Mistake(
        "tariff_rates",
        [rate("cited", known_from=LATER, source_locator="section 7")],
        "source_locator",
        "'section 7'",
        "which lacks section 7",
        "Read the document; mend the locator.",
    ),
    "a figure that the document does not state": Mistake(
        "tariff_rates",
        [rate("figured", known_from=LATER, rate_pct="35", source_locator="section 1")],
        "rate_pct",
        "'35'",
        "a figure that the cited document contains",
        "Cite the document that states it, or mend the figure.",
    ),
    "an amount that the document does not state": Mistake(
        "pledges",
        [PLEDGE | {"amount_bn": "351", "source_locator": "section 2"}],
        "amount_bn",
        "'351'",
        "a figure that the cited document contains",
        "Cite the document that states it, or mend the figure.",
    ),
    "a review of days after the looking": Mistake(
        "reviews",
        [
            {
                "partner_iso3": "KOR", "review_topic": "delivery", "reviewed_through": "2026-11-25",
                "reviewed_on": "2026-11-24", "reviewed_sources": "Two newspapers",
            }
        ],
        "reviewed_through",
        "'2026-11-25'",
        "a day on or before reviewed_on",
        "Write the last day that the sources looked at cover.",
    ),
}  # fmt: skip


def add(folder: Path, file: str, rows: list[Row]) -> int:
    """Append rows to a seed. Returns the line of the last."""
    path = folder / f"{file}.csv"
    with path.open("a", newline="", encoding="utf-8") as opened:
        csv.DictWriter(opened, column_order(SEEDS[file]), lineterminator="\n").writerows(rows)
    return len(path.read_text(encoding="utf-8").splitlines())


@pytest.fixture
def documents(tmp_path: Path, tiny_seeds: Path) -> Path:
    """The text that the tiny seeds cite, at hand."""
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "order.txt").write_text(ORDER, encoding="utf-8")
    sources = tiny_seeds / "sources.csv"
    with sources.open(newline="", encoding="utf-8") as file:
        cited = [row | {"text_file": "order.txt"} for row in csv.DictReader(file)]
    sources.write_text(",".join(column_order(SEEDS["sources"])) + "\n", encoding="utf-8")
    add(tiny_seeds, "sources", cited)
    return folder


def test_rows_that_keep_the_rules_are_fit_to_build(tiny_seeds: Path, documents: Path) -> None:
    add(tiny_seeds, "tariff_rates", [
        rate("news", rate_pct="15", valid_from="2025-08-01", known_from="2025-07-31", source_locator="section 1"),
        rate("mended", corrects="cars-25", valid_to="2026-01-01"),
        rate("withdrawn", corrects="news", action="retract", known_from="2025-09-01"),
        rate("known-later", corrects="mended", valid_to="2026-01-01", known_from="2025-03-27"),
        rate("withdrawn-earlier", corrects="withdrawn", action="retract", known_from="2025-08-30"),
        rate("second-hand", rate_pct="15", is_preferred="false"),
    ])  # fmt: skip
    add(tiny_seeds, "pledges", [PLEDGE | {"source_locator": "section 2"}, LEG])
    assert check_seeds(tiny_seeds, documents) == []


def test_assertions_that_follow_one_another_do_not_contradict_whichever_comes_first(tiny_seeds: Path) -> None:
    for early, late in (("2026-01-01", "2026-07-01"), ("2026-07-01", "2026-01-01")):
        ends = {"2026-01-01": "2026-07-01", "2026-07-01": "2027-01-01"}
        write_rows(tiny_seeds, "tariff_rates", [
            rate("one", valid_from=early, valid_to=ends[early]), rate("two", valid_from=late, valid_to=ends[late]),
            rate("cars-25", valid_from="2025-04-03", valid_to="2025-05-01"),
        ])  # fmt: skip
        assert check_seeds(tiny_seeds) == []


def test_a_threat_does_not_contradict_the_law_but_another_threat_does(tiny_seeds: Path) -> None:
    threat = {"rate_status": "threatened", "instrument_id": ""}
    add(tiny_seeds, "tariff_rates", [rate("threat", **threat)])
    assert check_seeds(tiny_seeds) == []
    add(tiny_seeds, "tariff_rates", [rate("demand", **threat | {"rate_status": "demanded"})])
    assert [(p.line, p.column) for p in check_seeds(tiny_seeds)] == [(4, "known_from")]


def test_a_loop_is_found_through_every_assertion_of_a_thing_and_told_where_it_is_closed(tiny_seeds: Path) -> None:
    """A leg stands under its whole, later under itself, then under its whole again; others stand under it."""
    later = {"known_from": LATER}
    rows = [
        PLEDGE, LEG, LEG | later | {"assertion_id": "leg-under-itself", "parent_pledge_id": "leg"},
        LEG | {"assertion_id": "leg-again", "known_from": "2025-07-01"},
        PLEDGE | later | {"assertion_id": "top", "pledge_id": "top"},
        LEG | {"assertion_id": "below", "pledge_id": "below", "parent_pledge_id": "leg"},
    ]  # fmt: skip
    first = add(tiny_seeds, "pledges", rows) - len(rows) + 1
    told = [p for p in check_seeds(tiny_seeds) if p.expected == "parents that end at the top"]
    assert [(p.line, p.column, p.found) for p in told] == [(first + 2, "parent_pledge_id", "'leg'")]
    circle = [
        LEG | {"assertion_id": name, "pledge_id": name, "parent_pledge_id": parent, "known_from": known}
        for name, parent, known in (("a", "b", PROCLAIMED), ("b", "c", PROCLAIMED), ("c", "a", PROCLAIMED))
    ]
    write_rows(tiny_seeds, "pledges", [*ROWS["pledges"], *circle, circle[0] | later | {
        "assertion_id": "a-mended", "parent_pledge_id": "jpn-fund"}])  # fmt: skip
    told = [p for p in check_seeds(tiny_seeds) if p.expected == "parents that end at the top"]
    assert [p.line for p in told] == [3, 4, 5]


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_named_with_file_line_column_and_remedy(
    mistake: Mistake, tiny_seeds: Path, documents: Path
) -> None:
    line = add(tiny_seeds, mistake.file, mistake.rows)
    problems = check_seeds(tiny_seeds, documents)
    assert [
        problem
        for problem in problems
        if (problem.file, problem.line, problem.column) == (f"{mistake.file}.csv", line, mistake.column)
        and mistake.found in str(problem)
        and mistake.expected in problem.expected
        and mistake.remedy in problem.remedy
    ], "\n".join(map(str, problems))
    assert {problem.file for problem in problems} == {f"{mistake.file}.csv"}


def test_a_row_that_was_corrected_is_asked_for_nothing_more(tiny_seeds: Path) -> None:
    add(tiny_seeds, "tariff_rates", [rate("early", known_from="2025-03-25", valid_to="2025-06-01", rate_id="early")])
    assert [problem.line for problem in check_seeds(tiny_seeds)] == [3]
    add(tiny_seeds, "tariff_rates", [
        rate("cars-25-later", corrects="cars-25", valid_from="2025-06-01"),
        rate("early-mended", corrects="early", valid_to="2025-06-01", rate_id="early"),
    ])  # fmt: skip
    assert check_seeds(tiny_seeds) == []


def test_every_rule_within_a_row_names_a_column_and_a_remedy() -> None:
    rules = {rule for schema in SEEDS.values() for rule in schema._validation_rules(with_cast=False)}
    of_rows = {rule for rule in rules if "|" not in rule and rule != "primary_key"}
    assert of_rows == ROW_RULES.keys()
    columns = {column for schema in SEEDS.values() for column in schema.column_names()}
    assert {column for column, _, _ in ROW_RULES.values()} <= columns


def test_the_command_looks_figures_up_where_the_texts_are_at_hand(
    tiny_seeds: Path, documents: Path, tmp_path: Path
) -> None:
    mistake = MISTAKES["a figure that the document does not state"]
    line = add(tiny_seeds, mistake.file, mistake.rows)
    run = Warehouse(tmp_path / "data", tiny_seeds, {"WAREHOUSE_DOCUMENTS_DIR": str(documents)}).run("check")
    assert run.returncode == 1
    assert f"seeds/tariff_rates.csv, line {line}, column rate_pct: found '35'; expected a figure" in run.stdout
    without = Warehouse(tmp_path / "data", tiny_seeds).run("check")
    assert without.returncode == 0, without.stdout


def test_the_worked_examples_of_the_readme_are_fit_to_build_one_after_the_other(tmp_path: Path) -> None:
    folder = tmp_path / "seeds"
    shutil.copytree(PROJECT_ROOT / "seeds", folder)
    readme = (folder / "README.md").read_text(encoding="utf-8")
    examples = re.findall(r"^```csv\n(.+?)^```$", readme, re.MULTILINE | re.DOTALL)
    indicators = folder / "macro_indicators.csv"
    header, added = examples[0].splitlines()
    assert header == indicators.read_text(encoding="utf-8").splitlines()[0]
    for example in [added + "\n", *examples[1:]]:
        with indicators.open("a", encoding="utf-8") as file:
            file.write(example)
        assert check_seeds(folder) == []
    *_, new, corrected, retracted = csv.DictReader(indicators.open(newline="", encoding="utf-8"))
    assert [row["action"] for row in (new, corrected, retracted)] == ["assert", "assert", "retract"]
    assert corrected["corrects"] == retracted["corrects"] == new["assertion_id"]
