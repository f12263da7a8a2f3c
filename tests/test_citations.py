"""Citations: a locator that the text lacks and a figure that it does not state are found."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dagster_project.citations import has_figure, missing_part

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
