"""A list may name another, and take codes out; a state is known from a day on; codes are read from lines of a text."""

from datetime import date
from pathlib import Path

import pytest

from dagster_project.seeds.list_rules import ListStates, compare_with_texts
from dagster_project.seeds.reading import read_seeds
from dagster_project.settings import PROJECT_ROOT
from dagster_project.tariff_lines.law_text import codes_of
from tests.tiny_seeds import LOGGED, write_rows, write_tiny_seeds


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        ("   0201.10.05  0201.10.10", {"02011005", "02011010"}),
        ("8505.11.0070 and 8473.30", {"8505110070", "847330"}),
        (" 05080000        cut to shape; powder and waste thereof", {"05080000"}),
        ("   8471", {"8471"}),
        ("heading 8471 of the schedule", set()),
        ("Annotated for 2026", set()),
        ("message 67834313 of customs", set()),
        ("67834313# is no row of a table", set()),
        ("As provided in heading 9903.01.32", set()),
    ],
)
def test_codes_are_told_from_everything_else_on_a_line(line: str, codes: set[str]) -> None:
    assert codes_of(line) == codes


def state(name: str, list_id: str, valid_from: str, known_from: str, **cells: str) -> dict[str, str]:
    return (
        {"assertion_id": name, "list_id": list_id, "law_note": "note 1", "valid_from": valid_from}
        | LOGGED
        | {"known_from": known_from}
        | cells
    )


def member(list_version: str, code: str, role: str = "include") -> dict[str, str]:
    return {"list_version": list_version, "code": code, "role": role, "named_article": "false"}


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    """All aircraft, the same without drones, and all aircraft as a later text has them from the first day on."""
    folder = write_tiny_seeds(tmp_path / "seeds")
    write_rows(folder, "lists", [
        {"list_id": name, "list_name": name, "list_role": "exempts"} for name in ("aircraft", "aircraft-without-drones")
    ])  # fmt: skip
    write_rows(folder, "list_versions", [
        state("first", "aircraft", "2025-04-05", "2025-04-02"),
        state("wider", "aircraft", "2025-04-05", "2025-04-11"),
        state("ended", "aircraft-without-drones", "2025-04-10", "2025-04-10", valid_to="2025-06-01",
              text_source_id="proclamation", text_lines="2-2"),
    ])  # fmt: skip
    write_rows(folder, "product_lists", [
        member("first", "88021000"), member("wider", "88021000"), member("wider", "88061000"),
        member("wider", "88062100"), member("ended", "aircraft"), member("ended", "8806", "exclude"),
    ])  # fmt: skip
    return folder


def test_a_list_within_a_list_brings_its_codes_and_an_exclusion_takes_out_what_begins_with_it(seeds: Path) -> None:
    states = ListStates(read_seeds(seeds))
    assert states.codes("wider") == {"88021000", "88061000", "88062100"}
    assert states.codes("ended") == {"88021000"}


def test_the_state_of_a_day_is_the_one_known_last_among_those_that_cover_it(seeds: Path) -> None:
    states = ListStates(read_seeds(seeds))
    for list_id, day, known, expected in (
        ("aircraft", "2025-04-05", "2025-04-01", None),
        ("aircraft", "2025-04-05", "2025-04-10", "first"),
        ("aircraft", "2025-04-05", "2025-04-11", "wider"),
        ("aircraft", "2025-04-04", "2026-01-01", None),
        ("aircraft-without-drones", "2025-05-31", "2026-01-01", "ended"),
        ("aircraft-without-drones", "2025-06-01", "2026-01-01", None),
    ):
        assert states.state_of(list_id, date.fromisoformat(day), date.fromisoformat(known)) == expected, (list_id, day)


def test_a_list_that_names_another_is_compared_with_its_text_by_all_its_codes(seeds: Path, tmp_path: Path) -> None:
    write_rows(seeds, "sources", [
        {
            "source_id": "proclamation", "title": "Aircraft", "publisher": "A government",
            "publisher_class": "official", "published_date": "2025-03-26", "accessed_date": "2025-11-01",
            "licence": "public domain", "text_file": "note.txt",
        }
    ])  # fmt: skip
    for text, unexplained in (
        ("(a) without drones:\n8802.10.00\n8802.20.00", []),
        ("(a) without drones:\n8802.10.00 8802.20.00\n", [("text", "88022000")]),
        ("(a) without drones:\n\n8802.10.00", [("list", "88021000")]),
    ):
        documents = tmp_path / f"documents-{len(text)}-{len(unexplained)}"
        documents.mkdir()
        (documents / "note.txt").write_text(text, encoding="utf-8")
        (compared,) = compare_with_texts(read_seeds(seeds), documents)
        assert compared.unexplained == unexplained


def test_phones_are_free_from_the_fifth_of_april_since_the_eleventh_and_coffee_since_the_fourteenth() -> None:
    """From the memorandum and the order: each reaches back behind the day on which it was signed."""
    states = ListStates(read_seeds(PROJECT_ROOT / "seeds"))

    def is_on(code: str, day: str, known: str) -> bool:
        found = states.state_of("reciprocal-annex-ii", date.fromisoformat(day), date.fromisoformat(known))
        return found is not None and code in states.codes(found)

    for code, first, told in (("85171300", "2025-04-05", "2025-04-11"), ("09011100", "2025-11-13", "2025-11-14")):
        assert is_on(code, first, told)
        assert not is_on(code, first, date.fromordinal(date.fromisoformat(told).toordinal() - 1).isoformat())
        assert not is_on(code, date.fromordinal(date.fromisoformat(first).toordinal() - 1).isoformat(), "2026-11-01")
    for code, last in (("74081130", "2025-07-31"), ("44071100", "2025-10-13"), ("28183000", "2025-09-07")):
        after = date.fromordinal(date.fromisoformat(last).toordinal() + 1).isoformat()
        assert is_on(code, last, "2026-11-01")
        assert not is_on(code, after, "2026-11-01")
