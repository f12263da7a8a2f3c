"""Lists of products: what `warehouse check` refuses in them, and how a list is compared with the text of the law.

Belongs here: rules across `lists`, `list_versions`, `product_lists`, `list_differences` and a text, on tiny seeds.
Does not belong here: reading codes off a line (`test_law_text.py`), the real lists (`tests/outside`).
"""

from dataclasses import dataclass
from pathlib import Path

import pytest

from dagster_project.seeds.list_rules import compare_with_texts, list_problems
from dagster_project.seeds.reading import SeedTable, read_seeds
from dagster_project.seeds.rules import check_seeds
from tests.tiny_seeds import ROWS, write_rows

Row = dict[str, str]
Seeds = dict[str, list[Row]]

LISTED = ROWS["product_lists"][0]
STATE = ROWS["list_versions"][0]
SOURCE = ROWS["sources"][0]
TRUCKS = {"list_id": "trucks", "list_name": "Trucks", "list_role": "covers"}
TRUCKS_LISTED = STATE | {"assertion_id": "trucks-listed", "list_id": "trucks"}


def listed(code: str, state: str = "cars-listed", **cells: str) -> Row:
    return LISTED | {"list_version": state, "code": code} | cells


@dataclass(frozen=True)
class Fault:
    """Rows added to the tiny seeds, and where the one problem must be said to stand."""

    added: Seeds
    file: str
    line: int
    column: str
    found: str
    expected: str
    remedy: str


FAULTS = {
    "a state that is not there": Fault(
        {"product_lists": [listed("87033101", "cars-liste")]},
        "product_lists.csv", 3, "list_version", "'cars-liste'", "an assertion_id of list_versions.csv",
        "Did you mean 'cars-listed'? Mend the spelling, or add the state of the list first.",
    ),
    "a difference of a state that is not there": Fault(
        {"list_differences": [{"list_version": "lorries", "code": "87033101", "side": "text", "reason": "A mention"}]},
        "list_differences.csv", 2, "list_version", "'lorries'", "an assertion_id of list_versions.csv",
        "Mend the spelling, or add the state of the list first.",
    ),
    "a list that is not there": Fault(
        {"product_lists": [listed("passenger-car")]},
        "product_lists.csv", 3, "code", "'passenger-car'", "a code, or a list_id that stands in lists.csv",
        "Did you mean 'passenger-cars'? Mend the spelling, or add the row to lists.csv first.",
    ),
    "a list within itself": Fault(
        {"product_lists": [listed("passenger-cars")]},
        "product_lists.csv", 3, "code", "'passenger-cars'", "lists that end in codes",
        "Break the loop: passenger-cars would stand within itself.",
    ),
    "a code that an exclusion cancels whole": Fault(
        {"product_lists": [listed("870323", role="exclude")]},
        "product_lists.csv", 2, "code", "'87032301'", "a code that no exclusion of the same state cancels whole",
        "Remove one of the two lines.",
    ),
    "a code that is put in and taken out": Fault(
        {"product_lists": [listed("87032301", role="exclude")]},
        "product_lists.csv", 2, "code", "'87032301'", "a code that no exclusion of the same state cancels whole",
        "Remove one of the two lines.",
    ),
    "a code twice": Fault(
        {"product_lists": [listed("87032301", named_article="true")]},
        "product_lists.csv", 3, "code", "'87032301'", "a code once in a state of a list", "Remove the second line.",
    ),
    "a state without a code": Fault(
        {"lists": [TRUCKS], "list_versions": [TRUCKS_LISTED]},
        "list_versions.csv", 3, "assertion_id", "'trucks-listed'", "a state with codes in product_lists.csv",
        "Add its codes; a list that ended has valid_to, and no empty state.",
    ),
    "two states for the same days": Fault(
        {
            "list_versions": [STATE | {"assertion_id": "listed-again", "valid_from": "2025-06-01"}],
            "product_lists": [listed("87033101", "listed-again")],
        },
        "list_versions.csv", 3, "known_from", "'2025-03-26'",
        "one assertion for a key, day and known date, but cars-listed (line 2) says the same days",
        "Narrow the days, or set is_preferred to false on one of them.",
    ),
}  # fmt: skip
FINE: dict[str, Seeds] = {
    "a later state, known later": {
        "list_versions": [STATE | {"assertion_id": "listed-later", "known_from": "2025-05-01"}],
        "product_lists": [listed("87033101", "listed-later")],
    },
    "a code under a condition beside the bare code": {"product_lists": [listed("87032301", condition_id="korus")]},
    "an exclusion of part of a code": {"product_lists": [listed("8703230140", role="exclude")]},
    "an exclusion in another state": {
        "lists": [TRUCKS],
        "list_versions": [TRUCKS_LISTED],
        "product_lists": [listed("8704", "trucks-listed"), listed("870323", "trucks-listed", role="exclude")],
    },
    "another list": {
        "lists": [TRUCKS],
        "list_versions": [TRUCKS_LISTED],
        "product_lists": [listed("passenger-cars", "trucks-listed")],
    },
    "a retraction of a state, which has no codes": {
        "list_versions": [
            STATE | {"assertion_id": "gone", "action": "retract", "corrects": "cars-listed", "known_from": "2025-05-01"}
        ],
    },
}


def write(seeds: Path, added: Seeds) -> Path:
    for name, rows in added.items():
        write_rows(seeds, name, [*ROWS.get(name, []), *rows])
    return seeds


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_of_a_list_is_the_one_problem_told_with_its_place_and_remedy(fault: Fault, tiny_seeds: Path) -> None:
    problems = check_seeds(write(tiny_seeds, fault.added))
    assert [(p.file, p.line, p.column, p.found, p.expected, p.remedy) for p in problems] == [
        (fault.file, fault.line, fault.column, fault.found, fault.expected, fault.remedy)
    ]


@pytest.mark.parametrize("added", FINE.values(), ids=FINE.keys())
def test_what_is_no_fault_is_let_in(added: Seeds, tiny_seeds: Path) -> None:
    assert check_seeds(write(tiny_seeds, added)) == []


def test_lists_that_stand_within_each_other_are_each_told(tiny_seeds: Path) -> None:
    added = {
        "lists": [TRUCKS],
        "list_versions": [TRUCKS_LISTED],
        "product_lists": [listed("trucks"), listed("passenger-cars", "trucks-listed")],
    }
    loops = [
        (p.line, p.found) for p in check_seeds(write(tiny_seeds, added)) if p.expected == "lists that end in codes"
    ]
    assert loops == [(3, "'trucks'"), (4, "'passenger-cars'")]


def test_a_file_that_was_not_read_to_its_end_proves_nothing(tiny_seeds: Path) -> None:
    """A state whose codes stand below a torn quote is not called empty; the torn file is told."""
    path = tiny_seeds / "product_lists.csv"
    path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + '\n"cars-listed,87032301,include,,false\n')
    assert {problem.file for problem in check_seeds(tiny_seeds)} == {"product_lists.csv"}


TEXT = """(b) Heading 9903.94.01 applies to goods of the following provisions:
   8703.23.01   8703.24.01
                Harmonized Tariff Schedule      99 - III - 346
   8703.31.01
(c) Nothing else, nor any goods of 8704.21.01.
"""
WHOLE = ["87032401", "87033101"]  # beside 8703.23.01, which the tiny seeds have


@dataclass
class WithText:
    """The tiny seeds with a text whose lines 2 to 4 have the list."""

    seeds: Path
    documents: Path

    def tables(self, codes: list[str], *explained: tuple[str, str]) -> dict[str, SeedTable]:
        write_rows(self.seeds, "product_lists", [LISTED, *map(listed, codes)])
        write_rows(
            self.seeds, "list_differences",
            [
                {"list_version": "cars-listed", "code": code, "side": side, "reason": "Read"}
                for side, code in explained
            ],
        )  # fmt: skip
        return read_seeds(self.seeds)

    def problems(self, codes: list[str], *explained: tuple[str, str]) -> list[tuple[int, str, str, str]]:
        told = list_problems(self.tables(codes, *explained), self.documents)
        return [(p.line, p.column, p.expected, p.remedy) for p in told]


@pytest.fixture
def with_text(tiny_seeds: Path, tmp_path: Path) -> WithText:
    documents = tmp_path / "documents"
    (documents / "law").mkdir(parents=True)
    (documents / "law" / "note.txt").write_text(TEXT, encoding="utf-8")
    write_rows(tiny_seeds, "sources", [SOURCE | {"text_file": "note.txt"}])
    state = STATE | {"text_source_id": "proclamation", "text_lines": "2-4"}
    write_rows(tiny_seeds, "list_versions", [state])
    return WithText(tiny_seeds, documents)


def test_a_list_that_has_the_codes_of_its_text_is_equal_to_it(with_text: WithText) -> None:
    (compared,) = compare_with_texts(with_text.tables(WHOLE), with_text.documents)
    assert (compared.list_version, compared.line) == ("cars-listed", 2)
    assert compared.in_list == compared.in_text == {"87032301", "87032401", "87033101"}
    assert compared.unexplained == compared.needless == []
    assert with_text.problems(WHOLE) == []


MEND = "Mend the list, or say why in list_differences.csv."


def test_a_code_on_one_side_alone_is_named_with_its_side(with_text: WithText) -> None:
    assert with_text.problems(["87032401", "87042101"]) == [
        (
            2, "text_lines",
            "the codes of the text (3) and of the list (3) to be the same, but 87042101 stands in the list, and not in"
            " its text",
            MEND,
        ),
        (
            2, "text_lines",
            "the codes of the text (3) and of the list (3) to be the same, but 87033101 stands in its text, and not in"
            " the list",
            MEND,
        ),
    ]  # fmt: skip


def test_a_code_on_one_side_alone_is_let_in_where_it_is_explained(with_text: WithText) -> None:
    assert with_text.problems(["87032401", "87042101"], ("list", "87042101"), ("text", "87033101")) == []


def test_an_explanation_on_the_wrong_side_explains_nothing(with_text: WithText) -> None:
    told = [expected for _, _, expected, _ in with_text.problems(["87032401"], ("list", "87033101"))]
    assert told == [
        "the codes of the text (3) and of the list (2) to be the same, but 87033101 stands in its text, and not in"
        " the list",
        "87033101 alone on the side of the list, as list_differences.csv says",
    ]


@pytest.mark.parametrize("side", ["text", "list"])
def test_an_explanation_of_what_both_sides_have_is_needless(side: str, with_text: WithText) -> None:
    assert with_text.problems(WHOLE, (side, "87033101")) == [
        (
            2, "text_lines", f"87033101 alone on the side of the {side}, as list_differences.csv says",
            "Remove the explanation: nothing is left to explain.",
        )
    ]  # fmt: skip


def test_a_code_of_no_schedule_is_no_question_between_list_and_text(with_text: WithText) -> None:
    assert with_text.problems(WHOLE, ("schedule", "87033101")) == []


@pytest.mark.parametrize(
    ("put_in", "taken_out"),
    [(["87032401"], "87033101"), (WHOLE, "8703310140")],
    ids=["on its lines, as an exception", "elsewhere"],
)
def test_what_a_list_takes_out_may_stand_on_its_lines_or_not(
    put_in: list[str], taken_out: str, with_text: WithText
) -> None:
    rows = [LISTED, *map(listed, put_in), listed(taken_out, role="exclude")]
    write_rows(with_text.seeds, "product_lists", rows)
    (compared,) = compare_with_texts(read_seeds(with_text.seeds), with_text.documents)
    assert compared.in_list == compared.in_text == {"87032301", "87032401", "87033101"}


def test_a_list_whose_text_is_not_at_hand_is_not_compared(with_text: WithText, tmp_path: Path) -> None:
    tables = with_text.tables(["87042101"])
    assert compare_with_texts(tables, tmp_path / "elsewhere") == []
    assert list(list_problems(tables, None)) == []
