"""The two pictures above the first table, as rows to draw, and the sentences over and under them.

Belongs here: what a bar or a point stands for and what is written beside it. Does not belong here: marks and scales
(`charts.py`), SQL (`headline_questions.py`). No figure is worked out: titles count partners and quote figures.
"""

from typing import Any

from dagster_project.readers.dashboard.cells import Cell, Column, Dataset, dataset, day_text, plain, words
from dagster_project.readers.dashboard.headline_rates import CARS, tier_words
from dagster_project.readers.dashboard.headline_words import money, share, weakness
from dagster_project.readers.dashboard.questions import EVERY_PARTNER, Facts, Row
from dagster_project.readers.dashboard.rate_tables import asserted_parts, rate_references
from dagster_project.readers.dashboard.spans import standing_together
from dagster_project.wording import amount, paid, percent

# what a reader would call a pledge in a word
SHORT_KINDS = {"purchase": "purchases", "credit_guarantee": "guarantees", "economic_exchange": "trade and investment"}
TOPICS = {
    "tariff_rates": "a rate",
    "pledges": "a pledge",
    "pledge_progress": "a step of delivery",
    "deal_events": "a step of a deal",
}


def promise_bars(facts: Facts) -> Dataset:
    """A bar a pledge of a sum: label, words, whether it is only expected, and billions promised, assigned and paid."""
    names = _names(facts)
    sums = (row for row in facts.promises if row["amount_usd"] is not None and row["counts_as"] != "demand")
    spans = standing_together(sums)
    bars = [
        row | {"is_one_of_several": len(span["rows"]) > 1} | {day: span[day] for day in ("shown_from", "shown_to")}
        for span in spans
        for row in span["rows"]
    ]
    return dataset([], bars, extra=lambda row: _bar(names, row))


def car_points(facts: Facts) -> Dataset:
    """A row for each of the largest suppliers of cars and side of a quota: label, words, now, without the deal."""
    names, places = _names(facts), {partner: place for place, partner in enumerate(facts.car_suppliers)}
    rows = [row for row in facts.rates if row["scope_id"] == CARS and row["partner_iso3"] in places]
    return dataset(
        [],
        rows,
        lambda row: rate_references(facts, row),
        lambda row: [
            _car_label(facts, names, row),
            _car_words(row) + _mark(asserted_parts(facts, row)),
            plain(row["total_rate_pct"]),
            plain(row["rate_no_deal_pct"]),
        ],
    )


def findings(facts: Facts) -> Dataset:
    """The sentence over each picture, and the line that says how new the newest facts are."""
    names = _names(facts)
    cars = [row for row in facts.rates if row["scope_id"] == CARS and row["partner_iso3"] in facts.car_suppliers]
    delivered = [row for row in facts.delivery if row["is_latest"]]
    everything = [
        *(row | {"topic": "promises"} for row in facts.promises if row["counts_as"] == "promise"),
        *(row | {"topic": "delivery"} for row in delivered),
        *(row | {"topic": "cars"} for row in cars),
        *(row | {"topic": "newest"} for row in facts.newest),
        *(row | {"topic": "review"} for row in facts.reviews if row["review_topic"] == "delivery"),
    ]
    spans = standing_together(
        row | {"partner_iso3": EVERY_PARTNER, "whose": row.get("partner_iso3")} for row in everything
    )
    return dataset(
        [
            Column("Promises", "promises", lambda span: Cell(_promises_found(names, span))),
            Column("Cars", "cars", lambda span: Cell(_cars_found(facts, names, span))),
            Column("Newest facts", "newest", lambda span: Cell(_newest(names, span))),
        ],
        spans,
        lambda span: [],
    )


def _names(facts: Facts) -> dict[str, str]:
    return {row["partner_iso3"]: row["partner_name"] for row in facts.partners}


def _mark(rows: list[Row]) -> str:
    return " †" if weakness(rows) else ""


def _bar(names: dict[str, str], row: Row) -> list[Any]:
    kind = SHORT_KINDS.get(row["pledge_type"], "investment")
    name = names[row["partner_iso3"]]
    parts = [
        f"{share(row['share_of_gdp_pct'])} of GDP" if row["share_of_gdp_pct"] is not None else "",
        words(row["pledge_status"]),
        f"{money(row['allocated_usd'])} assigned" if row["allocated_usd"] is not None else "",
        f"{money(row['disbursed_usd'])} paid" if row["disbursed_usd"] is not None else "",
        f"{money(row['claimed_usd'])} claimed" if row["claimed_usd"] is not None else "",
    ]
    return [
        f"{name}: {kind}" if row["is_one_of_several"] else name,
        f"{amount(row, money(row['amount_usd']))} · {' · '.join(filter(None, parts))}{_mark([row])}",
        int(row["counts_as"] != "promise"),
        *(None if row[name] is None else plain(row[name]) for name in ("amount_usd", "allocated_usd", "disbursed_usd")),
    ]


def _car_label(facts: Facts, names: dict[str, str], row: Row) -> str:
    tier = tier_words(facts, row).removeprefix("for the ").removesuffix(" vehicles a year")
    return f"{names[row['partner_iso3']]}{f' ({tier})' if tier else ''}"


def _car_words(row: Row) -> str:
    is_cut = None not in (row["total_rate_pct"], row["rate_no_deal_pct"]) and _is_lower(row)
    if is_cut:
        return f"{paid(row)} ({percent(row['rate_no_deal_pct'])} without the deal)"
    return paid(row) if row["total_rate_pct"] is not None else f"no one rate: {paid(row)}"


def _is_lower(row: Row) -> bool:
    return row["total_rate_pct"] < row["rate_no_deal_pct"]


def _promises_found(names: dict[str, str], span: Row) -> str:
    promised = {row["whose"] for row in span["rows"] if row["topic"] == "promises"}
    if not promised:
        return "No partner is known to have promised a sum"
    count = "1 partner has" if len(promised) == 1 else f"{len(promised)} partners have"
    assigned, paid_out = (_reported(names, span, stage) or "nothing" for stage in ("allocated_usd", "disbursed_usd"))
    is_due = any(row["topic"] == "review" and row["open_findings"] for row in span["rows"])
    so_far = "; as far as entered," if is_due else ":"
    return f"{count} promised money or purchases{so_far} {assigned} is assigned to projects, {paid_out} is paid"


def _reported(names: dict[str, str], span: Row, stage: str) -> str:
    rows = [row for row in span["rows"] if row["topic"] == "delivery" and row[stage] is not None]
    return " and ".join(f"{money(row[stage])} ({names[row['whose']]})" for row in rows)


def _cars_found(facts: Facts, names: dict[str, str], span: Row) -> str:
    cars = [row | {"partner_iso3": row["whose"]} for row in span["rows"] if row["topic"] == "cars"]
    known = [row for row in cars if None not in (row["total_rate_pct"], row["rate_no_deal_pct"])]
    lower = [row for row in known if _is_lower(row)]
    lower.sort(key=lambda row: facts.car_suppliers.index(row["partner_iso3"]))
    if not lower:
        return "No deal lowers the duty on cars of the largest suppliers"
    return f"Deals lower the duty on cars: {_listed([_car_label(facts, names, row) for row in lower])}"


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _newest(names: dict[str, str], span: Row) -> str:
    days = {row["seed"]: day_text(row["newest_date"]) for row in span["rows"] if row["topic"] == "newest"}
    found = "Newest facts: " + ", ".join(f"{name} of {days[seed]}" for seed, name in TOPICS.items() if seed in days)
    due = [names[row["whose"]] for row in span["rows"] if row["topic"] == "review" and row["open_findings"]]
    return f"{found}. Found on delivery, not entered yet: {_listed(due)}" if due else found
