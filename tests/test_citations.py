"""Citations: a locator that the text lacks and a figure that it does not state are found."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dagster_project.seeds.citations import citation_problems, has_figure, missing_part
from dagster_project.seeds.reading import read_seeds
from dagster_project.settings import PROJECT_ROOT

DOCUMENTS = PROJECT_ROOT.parent / "shared" / "documents"

TEXT = """---
title: 99 bottles
---
Sec. 1. Background. Goods pay <b>fifteen</b> percent, once 25 percent.

Sec. 2. Terms. (a) An investment of $350 billion. (b) Purchases of 1.5 trillion won and 200 million more.
"""


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "order.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.mark.parametrize("figure", ["15", "25", "350", "1500", "0.2", "1.5"])
def test_a_figure_that_the_text_states_is_found_in_words_digits_and_scales(figure: str, document: Path) -> None:
    assert has_figure(Decimal(figure), document)


@pytest.mark.parametrize("figure", ["35", "99", "2.5", "3500"])
def test_a_figure_that_the_text_does_not_state_is_not_found(figure: str, document: Path) -> None:
    assert not has_figure(Decimal(figure), document)


def test_the_figures_of_a_text_are_those_and_no_others(document: Path) -> None:
    """Each number of the text, and each with the unit that stands beside it: nothing scaled that has no unit."""
    tenths = {Decimal(tenth) / 10 for tenth in range(40_000)}
    assert {float(figure) for figure in tenths if has_figure(figure, document)} == {
        0.2, 1, 1.5, 2, 15, 25, 200, 350, 1500,
    }  # fmt: skip
    assert not has_figure(Decimal(350_000), document)


def test_a_figure_at_the_end_of_a_line_of_dots_is_found(tmp_path: Path) -> None:
    path = tmp_path / "schedule.txt"
    path.write_text("If entered through February 6, 2023 ...........14.75%\nversion 3.14.75\n", encoding="utf-8")
    assert has_figure(Decimal("14.75"), path)
    assert not has_figure(Decimal(75), path)


def test_front_matter_is_left_out_and_rules_within_the_text_are_not(tmp_path: Path) -> None:
    for name, text, read, left_out in (
        ("ruled", "---\ntitle: 7\n---\nPays 25.\n\n---\n\nOr 35.\n\n---\n\nOr 45.", (25, 35, 45), (7,)),
        ("plain", "Pays 25.\n---\ntitle: 7\n---\nOr 35.", (7, 25, 35), ()),
    ):
        path = tmp_path / f"{name}.txt"
        path.write_text(text, encoding="utf-8")
        assert all(has_figure(Decimal(figure), path) for figure in read)
        assert not any(has_figure(Decimal(figure), path) for figure in left_out)


def test_a_section_that_the_text_lacks_is_named(document: Path) -> None:
    assert missing_part("section 2", document) is None
    assert missing_part("section 1 and section 7", document) == "section 7"


@settings(max_examples=50, deadline=None)
@given(figure=st.decimals(min_value=0, max_value=99999, places=2), unit=st.sampled_from(["percent", "billion", "%"]))
def test_any_figure_written_in_a_text_is_found_with_or_without_its_trailing_zeros(
    figure: Decimal, unit: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("cited") / "text.txt"
    path.write_text(f"It is {figure:,} {unit} of it.", encoding="utf-8")
    assert has_figure(figure, path)
    assert has_figure(figure.normalize(), path)


@pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="the cited texts are not at hand: ../shared/documents")
def test_what_the_seeds_cite_stands_in_the_texts_that_are_at_hand() -> None:
    assert list(citation_problems(read_seeds(PROJECT_ROOT / "seeds"), DOCUMENTS)) == []
