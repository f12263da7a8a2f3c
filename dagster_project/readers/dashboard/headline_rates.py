"""The first table: what each partner's goods pay.

One line holds all that stands for a partner on a day, so that no part of an answer hides another: both sides of a
quota, the lists that a general rate leaves out. Its `extra` says why not to lean on it.

Belongs here: the words of these cells. Does not belong here: pledges (`headline_pledges.py`), pictures (`pictures.py`).
"""

from collections.abc import Callable, Iterable
from typing import Any

from dagster_project.readers.dashboard.cells import Cell, Column, Dataset, Reference, dataset, plain
from dagster_project.readers.dashboard.headline_words import weakness
from dagster_project.readers.dashboard.questions import Facts, Row
from dagster_project.readers.dashboard.rate_tables import asserted_parts, charted_pct, rate_references
from dagster_project.readers.dashboard.spans import standing_together
from dagster_project.wording import number, paid, percent

# goods that make up, or stand beside, a partner's general goods: a rate of "general goods" alone would mislead
GENERAL_GOODS = {
    "CAN": ("non-usmca-goods", "usmca-goods"),
    "CHN": ("general-goods", "china-list-1", "china-list-2", "china-list-3", "china-list-4a"),
    "MEX": ("non-usmca-goods", "usmca-goods"),
}
CARS = "passenger-cars"


def general_rates(facts: Facts) -> Dataset:
    """What goods pay that no narrower group takes out, beside the lists that set a partner's goods apart."""
    rows = (r for r in facts.rates if r["scope_id"] in GENERAL_GOODS.get(r["partner_iso3"], ("general-goods",)))
    return _rates(facts, [("General goods pay", "general_goods_rate_pct", lambda span: _general(facts, span))], rows)


def car_rates(facts: Facts) -> Dataset:
    """What cars pay, on both sides of a quota."""

    def without(row: Row) -> str:
        return percent(row["rate_no_deal_pct"])

    return _rates(
        facts,
        [
            ("Cars pay", "car_rate_pct", lambda span: _by_tier(facts, span, paid, charted_pct)),
            (
                "Cars without the deal",
                "car_rate_no_deal_pct",
                lambda span: _by_tier(facts, span, without, lambda row: row["rate_no_deal_pct"]),
            ),
        ],
        (row for row in facts.rates if row["scope_id"] == CARS),
    )


def tier_words(facts: Facts, row: Row) -> str:
    """Which side of a quota: "for the first 100,000 vehicles a year"; nothing where there is none."""
    if row["quota_tier"] == "none":
        return ""
    volumes = [part for part in asserted_parts(facts, row) if part["quota_volume"] is not None]
    if row["quota_tier"] == "in_quota" and volumes:
        return f"for the first {number(volumes[0]['quota_volume'])} {volumes[0]['quota_unit']}"
    return "within the quota" if row["quota_tier"] == "in_quota" else "over the quota"


def _general(facts: Facts, span: Row) -> Cell:
    """Groups that pay the same stand together, each under its name unless it is general goods alone."""
    groups: dict[str, list[Row]] = {}
    for row in span["rows"]:
        groups.setdefault(paid(row), []).append(row)
    named = [
        pays if [row["scope_id"] for row in rows] == ["general-goods"] else f"{pays} ({_goods(facts, rows)})"
        for pays, rows in groups.items()
    ]
    first = span["rows"][0]
    return Cell("; ".join(named), plain(charted_pct(first)), len(span["rows"]) == 1 and _is_whole(first))


def _goods(facts: Facts, rows: list[Row]) -> str:
    """Names that begin alike are said once: Section 301 list 1, list 2."""
    names = [facts.goods[row["scope_id"]] for row in rows]
    stem = names[0].rsplit(" list ", 1)[0]
    return ", ".join([names[0], *(name.removeprefix(f"{stem} ") for name in names[1:])])


def _by_tier(facts: Facts, span: Row, wording: Callable[[Row], str], value: Callable[[Row], Any]) -> Cell:
    """One figure where both sides of a quota have the same."""
    rows, texts = span["rows"], {wording(row) for row in span["rows"]}
    if len(texts) == 1:
        return Cell(texts.pop(), plain(value(rows[0])), value(rows[0]) is not None and _is_whole(rows[0]))
    return Cell("; ".join(f"{wording(row)} {tier_words(facts, row)}" for row in rows), plain(value(rows[0])))


def _is_whole(row: Row) -> bool:
    return row["total_rate_pct"] is not None


def _rates(facts: Facts, columns: list[tuple[str, str, Callable[[Row], Cell]]], rows: Iterable[Row]) -> Dataset:
    def references(span: Row) -> list[Reference]:
        return list(dict.fromkeys(found for row in span["rows"] for found in rate_references(facts, row)))

    def weak(span: Row) -> list[Any]:
        return [weakness(part for row in span["rows"] for part in asserted_parts(facts, row))]

    return dataset([Column(*column, is_number=True) for column in columns], standing_together(rows), references, weak)
