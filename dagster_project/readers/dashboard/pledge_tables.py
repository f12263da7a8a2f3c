"""The tables on pledges: what was promised, what it weighs, what became of it.

Does not belong here: SQL (`questions.py`).
"""

from collections.abc import Callable

from dagster_project.readers.dashboard.cells import (
    Cell,
    Column,
    Reference,
    day_text,
    days,
    figure,
    figures,
    partner_names,
    plain,
    texts,
    words,
)
from dagster_project.readers.dashboard.questions import Facts, Row
from dagster_project.wording import amount, dollars, number, percent, pledged

DENOMINATORS = {
    "gdp_nominal": "GDP",
    "population": "population",
    "fx_reserves": "foreign exchange reserves",
    "exports_to_us": "a year's goods trade to the US",
}
KINDS = {
    "investment_cash": "investment, money paid in",
    "investment_financed": "investment by loans, guarantees and equity",
    "investment_private": "investment by companies",
    "investment_mixed": "investment, kinds not split",
    "economic_exchange": "trade and investment in one figure",
}
WRITTEN_IN = {
    "binding": "a binding text",
    "memorandum": "a memorandum",
    "statement": "a statement",
    "order_text": "a US order",
    "commercial": "commercial contracts or notices",
    "none": "no text",
}
SIZE_UNITS = {
    "share_of_gdp_pct": "per cent of GDP",
    "share_of_reserves_pct": "per cent of reserves",
    "per_capita_usd": "dollars a head",
    "exports_to_us_years": "years of trade",
}


def kind(pledge_type: str) -> str:
    return KINDS.get(pledge_type, words(pledge_type))


def reported(label: str, name: str) -> Column:
    """An amount of a stage of delivery: no report is not a report of nothing."""
    return Column(
        label,
        name,
        lambda row: Cell("none reported") if row[name] is None else figure(row[name], dollars),
        is_number=True,
    )


def _size(row: Row) -> Cell:
    """A pledge against its denominator, in the unit of the denominator."""
    if row["share_of_gdp_pct"] is not None:
        return Cell(f"{percent(row['share_of_gdp_pct'])} of GDP", plain(row["share_of_gdp_pct"]), True)
    if row["share_of_reserves_pct"] is not None:
        return Cell(f"{percent(row['share_of_reserves_pct'])} of reserves", plain(row["share_of_reserves_pct"]), True)
    if row["per_capita_usd"] is not None:
        return Cell(f"${number(row['per_capita_usd'])} a head", plain(row["per_capita_usd"]), True)
    if row["exports_to_us_years"] is not None:
        years = number(row["exports_to_us_years"])
        return Cell(f"{years} year{'' if years == '1' else 's'}", plain(row["exports_to_us_years"]), True)
    return Cell("")


def _size_unit(row: Row) -> str:
    return next((unit for name, unit in SIZE_UNITS.items() if row[name] is not None), "")


def _denominator(row: Row) -> Cell:
    what = DENOMINATORS.get(row["burden_indicator"], words(row["burden_indicator"]))
    guess = ", a projection" if row["denominator_is_projection"] else ""
    vintage = f", published {day_text(row['denominator_vintage'])}" if row["denominator_vintage"] else ""
    return Cell(f"{what} of {row['denominator_period']}, {row['provider_name']}{vintage}{guess}")


def _denominator_value(row: Row) -> Cell:
    value = row["denominator_value"]
    if row["burden_indicator"] == "population":
        return figure(value, lambda people: f"{number(people / 10**6)} m people")
    return figure(value, dollars)


def headline_first(rows: list[Row]) -> list[Row]:
    return sorted(
        rows,
        key=lambda row: (
            row["partner_iso3"],
            not row["is_headline"],
            -(row["amount_usd"] or 0),
            row["pledge_id"],
            row["burden_indicator"],
            row["denominator_period"],
        ),
    )


def with_denominator(row: Row) -> list[Reference]:
    return [(row["source_id"], None), (row["denominator_source_id"], None)]


def steps_until(facts: Facts, row: Row) -> list[Row]:
    """The steps that a state of delivery rests on: those reported until its day. None where nothing was."""
    return [
        step
        for step in facts.steps
        if step["pledge_id"] == row["pledge_id"]
        and row["progress_date"] is not None
        # a step without a day counts from the day on which it became known
        and (step["progress_date"] or step["known_from"]) <= row["progress_date"]
    ]


def of_steps(facts: Facts) -> Callable[[Row], list[Reference]]:
    """The sources of those steps."""
    return lambda row: list(
        dict.fromkeys((step["source_id"], step["source_locator"]) for step in steps_until(facts, row))
    )


def _change(row: Row) -> str:
    if row["change_pct"] is None:
        return row["baseline"] or ""
    return f"{'+' if row['change_pct'] > 0 else ''}{percent(row['change_pct'])} over {row['baseline'] or 'before'}"


def pledge_columns(facts: Facts) -> list[Column]:
    names = partner_names(facts)
    return [
        Column(
            "Pledge",
            "pledge",
            lambda row: Cell(("of which: " if row["row_role"] == "leg" else "") + row["pledge_name"]),
        ),
        Column(
            "Amount",
            "amount_usd",
            lambda row: Cell(pledged(row), plain(row["amount_usd"]), row["amount_usd"] is not None),
            is_number=True,
        ),
        Column(
            "Covers",
            "amount_period",
            lambda row: Cell(
                {"total": "in all", "per_year": "each year"}.get(row["amount_period"], words(row["amount_period"]))
            ),
        ),
        texts("Kind", "pledge_type", kind),
        texts("Stands as", "pledge_status", words),
        texts("Said by", "asserted_by", lambda code: names.get(code) or code),
        texts("Written in", "bindingness", lambda text: WRITTEN_IN.get(text, words(text))),
        Column(
            "Most in a year",
            "annual_cap_usd",
            lambda row: figure(row["annual_cap_usd"], lambda cap: f"{dollars(cap)} a {row['annual_cap_year']} year"),
            True,
        ),
        Column("Change over", "baseline", lambda row: Cell(_change(row))),
        Column(
            "Ends before",
            "horizon_to",
            lambda row: (
                Cell("")
                if row["horizon_to"] is None
                else Cell(
                    day_text(row["horizon_to"]) + (f" ({words(row['horizon_kind'])})" if row["horizon_kind"] else ""),
                    row["horizon_to"].isoformat(),
                    True,
                )
            ),
        ),
        days("Known since", "known_from"),
        texts("Confidence", "confidence"),
    ]


BURDEN = [
    Column(
        "Pledge", "pledge", lambda row: Cell(("of which: " if row["row_role"] == "leg" else "") + row["pledge_name"])
    ),
    Column(
        "Amount",
        "amount_usd",
        lambda row: figure(row["amount_usd"], lambda value: amount({"bound": None} | row, dollars(value))),
        is_number=True,
    ),
    texts("Stands as", "pledge_status", words),
    Column("Size", "size", _size, is_number=True),
    Column("Unit", "unit", lambda row: Cell(_size_unit(row))),
    Column("Measured against", "denominator", _denominator),
    Column("Which is", "denominator_value", _denominator_value, is_number=True),
    Column("Headline figure", "is_headline", lambda row: Cell("yes" if row["is_headline"] else "")),
]
DELIVERY = [
    texts("Pledge", "pledge_name"),
    texts("Stands as", "pledge_status", words),
    days("Reported by", "progress_date"),
    figures("Amount promised", "amount_usd", dollars),
    reported("Candidate projects", "candidate_usd"),
    reported("Assigned to projects", "allocated_usd"),
    reported("Under contract", "committed_usd"),
    reported("Paid", "disbursed_usd"),
    reported("Claimed by the parties", "claimed_usd"),
    figures("Assigned share", "allocated_share_pct", percent),
    figures("Paid share", "disbursed_share_pct", percent),
    figures("Still to be assigned", "to_be_allocated_usd", dollars),
]
STEP = [
    texts("Step", "progress_name"),
    days("Day", "progress_date"),
    texts("Pledge", "pledge_name"),
    texts("Kind", "progress_type", words),
    figures("Amount", "amount_usd", dollars),
    days("Known since", "known_from"),
]
