"""The tariff schedule: what a cell says, which cell a line inherits, from when to when a line stands as it does."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dagster_project.tariff_lines.releases import NAME, Release, fold, in_order, unfold
from dagster_project.tariff_lines.schedule import clean, headings, lines, preferences, rate, undotted
from dagster_project.tariff_lines.tables import line_preferences, tariff_lines
from dagster_project.wording import OPEN_END

SYMBOLS = ("A", "A*", "A+", "AU", "B", "C", "D", "E", "E*", "IL", "JP", "K", "KR", "P+", "R", "S", "S+", "SG")
RATES = ("Free", "25%", "3.25%", "2.2¢/kg", "7.3¢/kg + 0.9%", "See 9822.04.25", "See 9823.05.01-9823.05.06")


@pytest.mark.parametrize(
    ("text", "kind", "pct"),
    [
        ("Free", "free", "0"),
        ("6.25%", "ad_valorem", "6.25"),
        ("100%", "ad_valorem", "100"),
        ("33 1/3%", "ad_valorem", "33.3333"),
        ("37% /", "ad_valorem", "37"),
        ("1.5¢/liter", "specific", None),
        ("$1.61 each", "specific", None),
        ("3.1¢/liter + 22.1¢/pf. liter on ethyl alcohol content", "specific", None),
        ("$1.035/kg + 13.6%", "compound", None),
        ("40¢ each + 8.5% on the case + 14% on the strap, band or bracelet", "compound", None),
        ("The rate applicable to the article of which it is a part or accessory", "by_reference", None),
        ("The duty rate provided in such subheading", "by_reference", None),
        ("See additional U.S. note 1", "by_reference", None),
        ("3.9% on the movement + 5.3% on the battery", "other", None),
        ("2.5% on the value of the lead content", "other", None),
        ("Free, under bond, as prescribed in U.S. note 1", "other", None),
    ],
)
def test_a_cell_is_read_as_what_it_is(text: str, kind: str, pct: str | None) -> None:
    found = rate(text)
    assert found is not None
    assert (found.kind, found.pct, found.text) == (kind, Decimal(pct) if pct else None, text)


def test_an_empty_cell_states_no_rate() -> None:
    assert rate("") is None


def test_tags_entities_and_breaks_are_no_part_of_a_cell() -> None:
    assert clean("<p>Free \n(A,<b>AU</b>)</p>") == "Free (A,AU)"
    assert clean("2.2&cent;/kg") == "2.2¢/kg"
    assert clean(None) == clean(" \n") == ""


def test_light_trucks_are_free_for_some_and_pay_25_under_korus() -> None:
    found = {
        one.symbol: one.rate for one in preferences("Free (A+,AU,B,BH,CL,CO,D,E,IL,JO,MA,OM,P,PA,PE,S,SG)25% (KR)")
    }
    assert len(found) == 18
    assert found["KR"].pct == 25
    assert {one.kind for symbol, one in found.items() if symbol != "KR"} == {"free"}


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        # as they are printed: a comma that is missing, a stop for one, a group within its own opening
        ("Free (A*,AU,E IL,JO)", ["A*", "AU", "E", "IL", "JO"]),
        ("Free (MA,.OM, P ,PA)", ["MA", "OM", "P", "PA"]),
        ("Free (AU) See 9919.04.50, 9919.04.67 (PA (PA)", ["AU", "PA"]),
        ("A duty upon the value of the repairs (see U.S. note 3 of this subchapter) (S)", ["S"]),
        ("", []),
        ("Free", []),
    ],
)
def test_slips_of_print_lose_no_symbol(text: str, symbols: list[str]) -> None:
    assert [one.symbol for one in preferences(text)] == symbols


@given(
    st.lists(
        st.tuples(st.sampled_from(RATES), st.lists(st.sampled_from(SYMBOLS), min_size=1, unique=True)),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from([",", ", ", " ,"]),
    st.sampled_from(["", " ", "\n"]),
)
def test_every_group_of_a_cell_keeps_its_own_rate(
    groups: list[tuple[str, list[str]]], between: str, before: str
) -> None:
    printed = " ".join(f"{stated}{before}({between.join(symbols)})" for stated, symbols in groups)
    expected: dict[str, str] = {}
    for stated, symbols in groups:
        for symbol in symbols:
            expected.setdefault(symbol, stated)
    assert {one.symbol: one.rate.text for one in preferences(clean(printed))} == expected


def record(
    code: str, indent: int, general: str = "", special: str = "", other: str = "", says: str = ""
) -> dict[str, Any]:
    return {
        "htsno": code,
        "indent": str(indent),
        "description": says or f"row {code}",
        "general": general,
        "special": special,
        "other": other,
    }


def test_a_line_inherits_from_the_row_that_it_stands_under() -> None:
    found = lines(
        [
            record("0101", 0, says="Horses:"),
            record("0101.21", 1, says="Pure:"),
            record("0101.21.05", 2, "4.5%", "Free (KR)", "20%", "Old"),
            record("", 3, says="For sport:"),
            record("0101.21.05.10", 4, says="Males"),
            record("0101.21.05.20", 3),
            record("0101.29.00", 2, "Free", "", "15%"),
            record("0101.29.00.10", 3),
            record("0101.30.00.00", 2, "6.8%"),
        ]
    )
    assert found.select("code", "rate_code", "general_text", "special_text", "column_2_text").rows() == [
        ("0101210510", "01012105", "4.5%", "Free (KR)", "20%"),
        ("0101210520", "01012105", "4.5%", "Free (KR)", "20%"),
        # a blank special cell beside a general rate says that there is no preference
        ("0101290010", "01012900", "Free", "", "15%"),
        ("0101300000", "0101300000", "6.8%", "", ""),
    ]
    assert found["description"][0] == "Horses: Pure: Old: For sport: Males"


def test_a_line_may_restate_column_2_alone() -> None:
    found = lines([record("9006.59.15", 0, "Free", "", "20%"), record("9006.59.15.20", 1, other="45%")])
    assert found.select("rate_code", "general_text", "column_2_text").rows() == [("90065915", "Free", "45%")]


def test_eight_digits_are_a_line_only_where_nothing_stands_below() -> None:
    found = lines(
        [
            record("9101.11.40", 0, "51¢ each"),
            record("9101.11.80", 0, "87¢ each"),
            record("9101.11.80.10", 1),
            record("9903.01.24", 0, "The duty provided in the applicable subheading + 10%"),
        ]
    )
    assert found["code"].to_list() == ["91011140", "9101118010"]


def test_chapter_99_has_headings_and_no_lines() -> None:
    records = [record("9903", 0), record("9903.01.24", 1, "+ 10%", "+ 10%"), record("8703.21.01.10", 0, "2.5%")]
    assert headings(records).rows() == [("99030124", "+ 10%", "+ 10%")]
    assert undotted("9903.01.24") == "99030124"
    assert undotted("Chapter 99") == undotted(None) == ""


def day(number: int) -> dt.date:
    return dt.date(2025, 1, 1) + dt.timedelta(days=number)


def release(name: str, legal: int, public: int | None = None) -> Release:
    return Release(name, day(legal), None if public is None else day(public), "")


def frame(*rows: tuple[str, str]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"code": pl.String, "general_text": pl.String}, orient="row")


def test_a_line_that_changes_goes_and_comes_back_has_a_row_for_each_stretch() -> None:
    found = fold(
        [
            (release("2025 basic", 0), frame(("a", "1%"), ("b", "2%"))),
            (release("2025 rev 1", 10, 12), frame(("a", "1%"))),
            (release("2025 rev 2", 20, 19), frame(("a", "5%"), ("b", "2%"))),
        ],
        "code",
    )
    assert found.rows() == [
        ("a", "1%", day(0), day(20), day(0), day(19), "2025 basic", "2025 rev 1"),
        ("a", "5%", day(20), OPEN_END, day(19), None, "2025 rev 2", "2025 rev 2"),
        ("b", "2%", day(0), day(10), day(0), day(12), "2025 basic", "2025 basic"),
        ("b", "2%", day(20), OPEN_END, day(19), None, "2025 rev 2", "2025 rev 2"),
    ]


def test_a_release_for_an_earlier_day_than_its_forerunner_s_holds_from_that_one_s() -> None:
    ordered = in_order([release("2026 rev 9", 5), release("2025 rev 32", 0), release("2026 rev 8", 8)])
    assert [(one.release, one.legal_day) for one in ordered] == [
        ("2025 rev 32", day(0)),
        ("2026 rev 8", day(8)),
        ("2026 rev 9", day(8)),
    ]
    found = fold([(one, frame(("a", one.release))) for one in ordered], "code")
    assert found["general_text"].to_list() == ["2025 rev 32", "2026 rev 9"]


def test_revisions_are_ordered_by_number_and_nothing_else_is_a_release() -> None:
    names = ["2025 basic", "2025 rev 2", "2025 rev 10", "2026 basic"]
    assert [one.release for one in in_order([release(name, 0) for name in sorted(names)])] == names
    assert not any(NAME.match(name) for name in ("2025", "rev 3", "2025 rev 0", "2025 rev 3 ", "1999 basic"))
    with pytest.raises(ValueError, match="is no release's name"):
        _ = release("latest", 0).place


def by_day(found: pl.DataFrame, on: dt.date) -> set[tuple[str, str]]:
    held = found.filter(pl.col("valid_from") <= on, pl.col("valid_to") > on)
    return set(held.select("code", "general_text").iter_rows())


@settings(max_examples=60)
@given(
    st.lists(st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["1%", "2%", "Free"])), min_size=1, max_size=6),
    st.data(),
)
def test_what_is_folded_unfolds_to_the_same_and_says_on_each_day_what_its_release_says(
    said: Sequence[dict[str, str]], data: st.DataObject
) -> None:
    starts = data.draw(st.lists(st.integers(0, 500), min_size=len(said), max_size=len(said), unique=True).map(sorted))
    releases = [
        (release(f"2025 rev {number + 1}", start), frame(*texts.items()))
        for number, (start, texts) in enumerate(zip(starts, said, strict=True))
    ]
    found = fold(releases, "code")
    for (one, texts), start, (_, again) in zip(
        said_with(releases), starts, unfold(found, [one for one, _ in releases]), strict=True
    ):
        assert dict(again.iter_rows()) == texts, one
        assert by_day(found, day(start)) == set(texts.items())
    assert found.select("code", "valid_from").is_unique().all()


def said_with(releases: Sequence[tuple[Release, pl.DataFrame]]) -> list[tuple[Release, dict[str, str]]]:
    return [(one, dict(texts.iter_rows())) for one, texts in releases]


def folded(*releases: tuple[Release, list[dict[str, Any]]]) -> pl.DataFrame:
    return fold([(one, lines(records).drop("description")) for one, records in releases], "code")


NO_WORDS = pl.DataFrame(schema={"code": pl.String, "description": pl.String})


def test_chapter_98_is_a_kind_of_its_own_and_never_free() -> None:
    found = tariff_lines(folded((release("2025 basic", 0), [record("9802.00.40", 0, "Free", "", "Free")])), NO_WORDS)
    assert found.select("general_kind", "general_pct", "general_text", "column_2_kind", "column_2_pct").rows() == [
        ("chapter_98", None, "Free", "chapter_98", None)
    ]


def test_a_rate_s_preference_goes_on_while_lines_below_it_come_and_go() -> None:
    top = record("0101.21.05", 0, "4.5%", "Free (S) 2% (KR)")
    first, second = record("0101.21.05.10", 1), record("0101.21.05.20", 1)
    found = line_preferences(
        folded(
            (release("2025 basic", 0), [top, first]),
            (release("2025 rev 1", 10), [top, first, second]),
            (release("2025 rev 2", 20), [top, second]),
            (release("2025 rev 3", 30), [record("0101.21.05", 0, "4.5%", "Free (S)"), second]),
        )
    )
    assert found.select("rate_code", "symbol", "pct", "valid_from", "valid_to", "known_from").rows() == [
        ("01012105", "KR", Decimal(2), day(0), day(30), day(0)),
        ("01012105", "S", Decimal(0), day(0), OPEN_END, day(0)),
    ]
