"""The lists of products equal the texts of the law that have them, code by code, or a file says why not.

The counts are those that a simple reading of the texts gives, made without this project's reader.
"""

import re
from pathlib import Path

import pytest

from dagster_project.seeds.list_rules import Comparison, compare_with_texts
from dagster_project.seeds.reading import read_seeds
from dagster_project.settings import PROJECT_ROOT
from dagster_project.tariff_lines.law_text import law_text
from tests.outside import DOCUMENTS, needs

pytestmark = needs(DOCUMENTS)


@pytest.fixture(scope="module")
def compared() -> list[Comparison]:
    return compare_with_texts(read_seeds(PROJECT_ROOT / "seeds"), DOCUMENTS)


def test_every_list_with_a_text_at_hand_has_its_codes_or_says_why_not(compared: list[Comparison]) -> None:
    assert {one.list_version: one.unexplained for one in compared if one.unexplained} == {}
    assert {one.list_version: one.needless for one in compared if one.needless} == {}


def test_at_least_forty_lists_are_compared(compared: list[Comparison]) -> None:
    assert len({one.list_version for one in compared}) >= 40


def test_an_explanation_is_the_exception(compared: list[Comparison]) -> None:
    """A list most of whose codes are explained away is not compared.

    A heading of four digits is read in lists alone, and is explained where it stands in a sentence.
    """
    for one in compared:
        told = {code for _, code in one.explained if len(code) == 4}
        sides = (one.in_list - told, one.in_text - told)
        both, longer = len(sides[0] & sides[1]), max(map(len, sides))
        assert both >= min(0.9 * longer, longer - 8), f"{one.list_version}: {both} of {list(map(len, sides))}"


def test_note_33_b_names_seventeen_provisions_read_by_another_route() -> None:
    """By a pattern of its own over the paragraph that the note's letters bound."""
    (path,) = Path(DOCUMENTS).rglob("chapter99_2026_rev_6.txt.gz")
    text = law_text(path)
    begin = text.index(
        "9903.94.50, 9903.94.51, 9903.94.60, 9903.94.61, and certain entries under 9903.94.31, apply to all"
    )
    paragraph = text[begin : text.index("(c) Heading 9903.94.02 applies to", begin)]
    found = {code.replace(".", "") for code in re.findall(r"\b87\d\d\.\d\d\.\d\d\b", paragraph)}
    tables = read_seeds(PROJECT_ROOT / "seeds")
    states = tables["list_versions"].rows
    of = {
        name: set(
            tables["product_lists"]
            .rows.join(states.select(list_version="assertion_id", list_id="list_id"), on="list_version")
            .filter(list_id=name)["code"]
        )
        for name in ("passenger-cars", "light-trucks")
    }
    assert len(found) == 17
    assert of["passenger-cars"] | of["light-trucks"] == found
    assert not {code for code in found if code.startswith(("870310", "870321"))}
