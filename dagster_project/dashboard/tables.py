"""The facts as cells with words and units, ready to be picked by day: what stands in each table of the page.

Belongs here: columns, their wording, which sources a row rests on. Does not belong here: SQL (`questions.py`), HTML.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from dagster_project.dashboard.questions import EVERY_PARTNER, OPEN_END, Facts, Row
from dagster_project.wording import dollars, number, paid, percent, pledged, rate

Reference = tuple[str, str | None]

PROVIDERS = {
    "world-bank": "World Bank",
    "imf-weo": "IMF World Economic Outlook",
    "us-census": "US Census Bureau",
    "cia-factbook": "CIA World Factbook",
    "kita": "Korea International Trade Association",
    "bank-of-korea": "Bank of Korea",
    "ministry-of-finance-japan": "Ministry of Finance, Japan",
}
DENOMINATORS = {
    "gdp_nominal": "GDP",
    "population": "population",
    "fx_reserves": "foreign exchange reserves",
    "exports_to_us": "a year's goods trade to the US",
}
SIZE_UNITS = {
    "share_of_gdp_pct": "per cent of GDP",
    "share_of_reserves_pct": "per cent of reserves",
    "per_capita_usd": "dollars a head",
    "exports_to_us_years": "years of trade",
}
UNIT_NAMES = {"percent": "per cent", "pp": "percentage points", "USD_bn": "$bn"}
VERDICTS = {"not_checkable": "cannot be checked"}
UNITS: dict[str, Callable[[Any], str]] = {
    "percent": percent,
    "pp": lambda value: f"{number(value)} percentage points",
    "USD_bn": lambda value: f"${number(value)} bn",
}
QUALIFIERS = {"about": "about ", "at_least": "at least ", "up_to": "up to "}


class Cell(NamedTuple):
    """What is read, what it is sorted by, and whether that, rather than the words, goes into a CSV file."""

    text: str
    sort: float | str | None = None
    is_raw: bool = False


class Line(NamedTuple):
    """One row of a table, with the days on which it stands and the sources that it rests on."""

    partner: str
    shown_from: dt.date
    shown_to: dt.date
    cells: list[Cell]
    references: list[Reference]
    extra: list[Any]


@dataclass(frozen=True)
class Column:
    """`name` is the column's name in a CSV file: that of the published table where the cell is one of its values."""

    label: str
    name: str
    cell: Callable[[Row], Cell]
    is_number: bool = False


@dataclass(frozen=True)
class Dataset:
    columns: list[Column]
    lines: list[Line] = field(default_factory=list)


def words(slug: str | None) -> str:
    return (slug or "").replace("_", " ").replace("-", " ")


def day_text(day: dt.date) -> str:
    return f"{day.day} {day:%b %Y}"


def day(value: dt.date | None, open_end: str = "") -> Cell:
    if value is None:
        return Cell("")
    return (
        Cell(open_end or "open", "9999", False) if value == OPEN_END else Cell(day_text(value), value.isoformat(), True)
    )


def figure(value: Any, wording: Callable[[Any], str]) -> Cell:
    return Cell("") if value is None else Cell(wording(value), _plain(value), True)


def provider(slug: str | None) -> str:
    return PROVIDERS.get(slug or "", words(slug))


def datasets(facts: Facts) -> dict[str, Dataset]:
    """Every table of the page by its name, with all its lines on all days."""
    return {
        "rates": _rates(facts),
        "largest_pledges": _dataset(LARGEST_PLEDGE, facts.largest_pledges),
        "largest_shares": _dataset(LARGEST_SHARE, facts.largest_pledges, _of_largest_share),
        "largest_delivery": _dataset(
            LARGEST_DELIVERY, [row for row in facts.largest_pledges if row["progress_date"]], _of_steps(facts)
        ),
        "last_events": _dataset(LAST_EVENT, facts.last_events),
        "pledges": _dataset(_pledge_columns(facts), facts.pledges),
        "burdens": _dataset(BURDEN, _headline_first(facts.burdens), _with_denominator),
        "delivery": _dataset(DELIVERY, facts.delivery, _of_steps(facts), extra=lambda row: [bool(row["is_latest"])]),
        "steps": _dataset(STEP, facts.steps),
        "claims": _dataset(CLAIM, _claims(facts.claims)),
        "readings": _dataset(READING, facts.claims, _with_reading),
        "events": _dataset(_event_columns(facts), facts.events),
        "next_dates": _dataset(_date_columns(facts), sorted(facts.next_dates, key=_due)),
        "concessions": _dataset(CONCESSION, facts.concessions),
        "clauses": _dataset(CLAUSE, facts.clauses),
    }


def charted_pct(row: Row) -> Decimal | None:
    """The published figure that a line of the chart follows: the total, else the part of it that is known."""
    for name in ("total_rate_pct", "stated_total_pct", "floor_rate_pct", "ceiling_rate_pct", "additional_rate_pct"):
        if row[name] is not None:
            return row[name]
    return None


def _dataset(
    columns: list[Column],
    rows: Iterable[Row],
    references: Callable[[Row], list[Reference]] = lambda row: [(row["source_id"], row["source_locator"])],
    extra: Callable[[Row], list[Any]] = lambda row: [],
) -> Dataset:
    lines = [
        Line(
            row["partner_iso3"],
            row["shown_from"],
            row["shown_to"],
            [column.cell(row) for column in columns],
            references(row),
            extra(row),
        )
        for row in rows
    ]
    return Dataset(columns, lines)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _text(label: str, name: str, wording: Callable[[Any], str] = str) -> Column:
    return Column(label, name, lambda row: Cell("" if row[name] is None else wording(row[name])))


def _figure(label: str, name: str, wording: Callable[[Any], str]) -> Column:
    return Column(label, name, lambda row: figure(row[name], wording), is_number=True)


def _day(label: str, name: str) -> Column:
    return Column(label, name, lambda row: day(row[name]))


# -- rates


def _rates(facts: Facts) -> Dataset:
    """What goods paid, twice: as known on each day itself, and as known on the day of the build."""
    columns = [
        Column("Goods", "scope", lambda row: Cell(facts.goods[row["scope_id"]], _order(facts, row))),
        Column(
            "Quota", "quota_tier", lambda row: Cell("" if row["quota_tier"] == "none" else words(row["quota_tier"]))
        ),
        Column("Known", "known", lambda row: Cell("then" if row["is_then"] else "today")),
        Column("Pays", "total_rate_pct", _paid, is_number=True),
        Column("Base duty", "base_rate_pct", _base, is_number=True),
        _figure("Without the deal", "rate_no_deal_pct", percent),
        Column("Made up of, beside the base", "rate_parts", lambda row: Cell(_parts(facts, row))),
        Column("From", "from", lambda row: day(row["shown_from"])),
        Column("Until the day before", "to", lambda row: day(row["shown_to"])),
    ]
    then = [row | {"is_then": True} for row in facts.rates]
    today = [row | {"is_then": False} for row in facts.rates_today]
    return _dataset(
        columns,
        sorted(
            then + today,
            key=lambda row: (row["partner_iso3"], _order(facts, row), row["quota_tier"], row["shown_from"]),
        ),
        lambda row: _rate_references(facts, row),
        lambda row: [row["scope_id"], row["quota_tier"], int(row["is_then"]), _plain(charted_pct(row))],
    )


def _order(facts: Facts, row: Row) -> int:
    return list(facts.goods).index(row["scope_id"])


def _paid(row: Row) -> Cell:
    return Cell(paid(row), _plain(charted_pct(row)), row["total_rate_pct"] is not None)


def _base(row: Row) -> Cell:
    return Cell("differs by product") if row["base_rate_pct"] is None else figure(row["base_rate_pct"], percent)


def _parts(facts: Facts, row: Row) -> str:
    asserted = [facts.rate_assertions[name] for name in (row["assertion_ids"] or "").split()]
    return "; ".join(f"{rate(part)} ({part['programme_name']})" for part in asserted) or "no measure"


def _rate_references(facts: Facts, row: Row) -> list[Reference]:
    asserted = [facts.rate_assertions[name] for name in (row["assertion_ids"] or "").split()]
    found: list[Reference] = [(part["source_id"], part["source_locator"]) for part in asserted]
    scope: str | None = row["scope_id"]
    while scope:
        for partner in (row["partner_iso3"], EVERY_PARTNER):
            if base := facts.base_sources.get((partner, scope, row["base_preference"] or "")):
                return list(dict.fromkeys([*found, (base["source_id"], base["source_locator"])]))
        scope = facts.parent_goods.get(scope)
    return list(dict.fromkeys(found))


# -- pledges


def _size(row: Row) -> Cell:
    """A pledge against its denominator, in the unit of the denominator."""
    if row["share_of_gdp_pct"] is not None:
        return Cell(f"{percent(row['share_of_gdp_pct'])} of GDP", _plain(row["share_of_gdp_pct"]), True)
    if row["share_of_reserves_pct"] is not None:
        return Cell(f"{percent(row['share_of_reserves_pct'])} of reserves", _plain(row["share_of_reserves_pct"]), True)
    if row["per_capita_usd"] is not None:
        return Cell(f"${number(row['per_capita_usd'])} a head", _plain(row["per_capita_usd"]), True)
    if row["exports_to_us_years"] is not None:
        return Cell(f"{number(row['exports_to_us_years'])} years", _plain(row["exports_to_us_years"]), True)
    return Cell("")


def _size_unit(row: Row) -> str:
    return next((unit for name, unit in SIZE_UNITS.items() if row[name] is not None), "")


def _denominator(row: Row) -> Cell:
    what = DENOMINATORS.get(row["burden_indicator"], words(row["burden_indicator"]))
    guess = ", a projection" if row["denominator_is_projection"] else ""
    vintage = f", published {day_text(row['denominator_vintage'])}" if row["denominator_vintage"] else ""
    return Cell(f"{what} of {row['denominator_period']}, {provider(row['denominator_provider'])}{vintage}{guess}")


def _denominator_value(row: Row) -> Cell:
    value = row["denominator_value"]
    if row["burden_indicator"] == "population":
        return figure(value, lambda people: f"{number(people / 10**6)} m people")
    return figure(value, dollars)


def _headline_first(rows: list[Row]) -> list[Row]:
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


def _with_denominator(row: Row) -> list[Reference]:
    return [(row["source_id"], None), (row["denominator_source_id"], None)]


def _of_largest_share(row: Row) -> list[Reference]:
    return [(row["source_id"], row["source_locator"]), (row["denominator_source_id"], None)]


def _of_steps(facts: Facts) -> Callable[[Row], list[Reference]]:
    """A state of delivery rests on the steps reported until then."""

    def references(row: Row) -> list[Reference]:
        return list(
            dict.fromkeys(
                (step["source_id"], step["source_locator"])
                for step in facts.steps
                if step["pledge_id"] == row["pledge_id"]
                and step["progress_date"] is not None
                and step["progress_date"] <= row["progress_date"]
            )
        )

    return references


def _change(row: Row) -> str:
    if row["change_pct"] is None:
        return row["baseline"] or ""
    return f"{'+' if row['change_pct'] > 0 else ''}{percent(row['change_pct'])} over {row['baseline'] or 'before'}"


LARGEST_PLEDGE = [
    Column(
        "Largest pledge", "pledge_amount_usd", lambda row: Cell(pledged(row), _plain(row["amount_usd"]), True), True
    ),
    Column(
        "Which is",
        "pledge",
        lambda row: Cell(f"{row['pledge_name']} ({words(row['pledge_type'])}, {words(row['pledge_status'])})"),
    ),
]
LARGEST_SHARE = [
    Column("Share of GDP", "share_of_gdp_pct", lambda row: figure(row["share_of_gdp_pct"], _of_gdp(row)), True)
]
LARGEST_DELIVERY = [
    _figure("Assigned to projects", "allocated_usd", dollars),
    _figure("Paid", "disbursed_usd", dollars),
]


def _of_gdp(row: Row) -> Callable[[Any], str]:
    named = f"{row['denominator_period']}, {provider(row['denominator_provider'])}"
    return lambda share: f"{percent(share)} of GDP of {named}"


def _pledge_columns(facts: Facts) -> list[Column]:
    names = _names(facts)
    return [
        Column(
            "Pledge",
            "pledge",
            lambda row: Cell(("of which: " if row["row_role"] == "leg" else "") + row["pledge_name"]),
        ),
        Column(
            "Amount",
            "amount_usd",
            lambda row: Cell(pledged(row), _plain(row["amount_usd"]), row["amount_usd"] is not None),
            is_number=True,
        ),
        Column(
            "Covers",
            "amount_period",
            lambda row: Cell(
                {"total": "in all", "per_year": "each year"}.get(row["amount_period"], words(row["amount_period"]))
            ),
        ),
        _text("Kind", "pledge_type", words),
        _text("Stands as", "pledge_status", words),
        _text("Said by", "asserted_by", lambda code: names.get(code) or code),
        _text("Held by", "bindingness", words),
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
                    f"{day_text(row['horizon_to'])} ({words(row['horizon_kind'])})", row["horizon_to"].isoformat(), True
                )
            ),
        ),
        _day("Known since", "known_from"),
        _text("Confidence", "confidence"),
    ]


BURDEN = [
    Column(
        "Pledge", "pledge", lambda row: Cell(("of which: " if row["row_role"] == "leg" else "") + row["pledge_name"])
    ),
    _figure("Amount", "amount_usd", dollars),
    _text("Stands as", "pledge_status", words),
    Column("Size", "size", _size, is_number=True),
    Column("Unit", "unit", lambda row: Cell(_size_unit(row))),
    Column("Measured against", "denominator", _denominator),
    Column("Which is", "denominator_value", _denominator_value, is_number=True),
    Column("Quote first", "is_headline", lambda row: Cell("yes" if row["is_headline"] else "")),
]
DELIVERY = [
    _text("Pledge", "pledge_name"),
    _day("Reported by", "progress_date"),
    _figure("Pledged", "amount_usd", dollars),
    _figure("Candidate projects", "candidate_usd", dollars),
    _figure("Assigned to projects", "allocated_usd", dollars),
    _figure("Under contract", "committed_usd", dollars),
    _figure("Paid", "disbursed_usd", dollars),
    _figure("Claimed by the parties", "claimed_usd", dollars),
    _figure("Assigned share", "allocated_share_pct", percent),
    _figure("Paid share", "disbursed_share_pct", percent),
    _figure("Still to be assigned", "to_be_allocated_usd", dollars),
]
STEP = [
    _text("Step", "progress_name"),
    _day("Day", "progress_date"),
    _text("Pledge", "pledge_name"),
    _text("Kind", "progress_type", words),
    _figure("Amount", "amount_usd", dollars),
    _day("Known since", "known_from"),
]

# -- claims


def _claims(rows: list[Row]) -> list[Row]:
    """One row a claim: all readings of one carry the same verdict and range."""
    return list({(row["claim_id"], row["shown_from"], row["claim_verdict"]): row for row in rows}.values())


def _with_reading(row: Row) -> list[Reference]:
    found: list[Reference] = [(row["source_id"], row["source_locator"])]
    return [*found, (row["reading_source_id"], None)] if row["reading_source_id"] else found


def _in_unit(name: str) -> Callable[[Row], Cell]:
    return lambda row: figure(row[name], UNITS.get(row["unit"], number))


def _difference(row: Row) -> Cell:
    """Between two percentages it is percentage points."""
    unit = "pp" if row["unit"] == "percent" else row["unit"]
    return figure(row["difference"], UNITS.get(unit, number))


def _stated(row: Row) -> Cell:
    said = QUALIFIERS.get(row["qualifier"], "")
    return figure(row["stated_value"], lambda value: said + UNITS.get(row["unit"], number)(value))


def _range(row: Row) -> Cell:
    if row["lowest_value"] is None:
        return Cell("")
    wording = UNITS.get(row["unit"], number)
    ends = dict.fromkeys(wording(row[name]) for name in ("lowest_value", "highest_value"))
    return Cell(" to ".join(ends), _plain(row["lowest_value"]))


def _verdict(verdict: str) -> str:
    return VERDICTS.get(verdict, words(verdict))


CLAIM = [
    _text("Claim", "claim_summary"),
    _text("Said by", "claimed_by"),
    _day("On", "claimed_date"),
    Column("Stated", "stated_value", _stated, is_number=True),
    _text("Unit", "unit", lambda unit: UNIT_NAMES.get(unit, words(unit))),
    Column("Computed", "computed_range", _range, is_number=True),
    _text("Verdict", "claim_verdict", _verdict),
    Column(
        "Readings", "reading_count", lambda row: Cell(f"{row['supporting_count']} of {row['reading_count']} support it")
    ),
]
READING = [
    _text("Claim", "claim_summary"),
    _text("Read as", "reading", lambda reading: reading.replace("_", " ")),
    Column("Stated", "stated_value", _stated, is_number=True),
    Column("Computed", "computed_value", _in_unit("computed_value"), is_number=True),
    Column("Difference", "difference", _difference, is_number=True),
    _text("Unit", "unit", lambda unit: UNIT_NAMES.get(unit, words(unit))),
    _text("Verdict", "reading_verdict", _verdict),
]

# -- events, dates, promises other than money

LAST_EVENT = [
    Column(
        "Latest step",
        "last_event",
        lambda row: Cell(f"{day_text(row['event_date'])}: {row['event_name']}", row["event_date"].isoformat()),
    ),
]
CONCESSION = [
    _text("Kind", "concession_type", words),
    _text("What the partner gives", "concession_summary"),
    _day("Known since", "known_from"),
    _text("Confidence", "confidence"),
]
CLAUSE = [
    _text("Kind", "clause_type", words),
    _text("When", "trigger_summary"),
    _text("What", "reference_summary"),
    _text("State", "clause_state", words),
    _day("Due", "due_date"),
    _day("Known since", "known_from"),
]


def _names(facts: Facts) -> dict[str, str]:
    return {"USA": "United States"} | {row["partner_iso3"]: row["partner_name"] for row in facts.partners}


def _concerns(facts: Facts) -> Column:
    names = _names(facts)
    return Column("Concerns", "partner_iso3", lambda row: Cell(names.get(row["partner_iso3"], "every partner")))


def _event_columns(facts: Facts) -> list[Column]:
    return [
        _day("Day", "event_date"),
        _text("Kind", "event_type", words),
        _text("Event", "event_name"),
        _text("In short", "event_summary"),
        _concerns(facts),
        _day("Known since", "known_from"),
        _text("Confidence", "confidence"),
    ]


def _date_columns(facts: Facts) -> list[Column]:
    return [
        Column(
            "Due", "due_date", lambda row: day(row["due_date"]) if row["due_date"] else Cell("on its trigger", "9999")
        ),
        _text("Kind", "due_type", words),
        Column("What", "due_summary", lambda row: Cell(_due_words(facts, row))),
        _concerns(facts),
    ]


def _due_words(facts: Facts, row: Row) -> str:
    """The summary; that of a rate names programme and goods by their ids, and here by their names."""
    if not row["due_type"].startswith("rate_"):
        return row["due_summary"]
    return re.sub(
        r"[a-z0-9]+(?:[-_][a-z0-9]+)*", lambda found: facts.names.get(found[0], words(found[0])), row["due_summary"]
    )


def _due(row: Row) -> tuple[dt.date, str]:
    return row["due_date"] or OPEN_END, row["thing_id"]
