"""The first table: what each partner's goods pay, what it promised, what was only expected of it, what became of it.

One line holds all that stands for a partner on a day, so that no part of an answer hides another: both sides of a
quota, pledges of the same size, the goods that a general rate leaves out. Its `extra` says why not to lean on it.

Belongs here: the words of these cells. Does not belong here: SQL (`headline_questions.py`), pictures (`pictures.py`).
"""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from dagster_project.dashboard.cells import Cell, Column, Dataset, Reference, dataset, day_text, plain, words
from dagster_project.dashboard.pledge_tables import kind, provider, steps_until
from dagster_project.dashboard.questions import Facts, Row
from dagster_project.dashboard.rate_tables import asserted_parts, charted_pct, rate_references
from dagster_project.dashboard.spans import standing_together
from dagster_project.wording import amount, dollars, number, paid, percent, pledged

# goods that make up, or stand beside, a partner's general goods: a rate of "general goods" alone would mislead
GENERAL_GOODS = {
    "CAN": ("non-usmca-goods", "usmca-goods"),
    "CHN": ("general-goods", "china-list-1", "china-list-2", "china-list-3", "china-list-4a"),
    "MEX": ("non-usmca-goods", "usmca-goods"),
}
CARS = "passenger-cars"


def said(value: Any, digits: int) -> Decimal:
    """A figure as one would say it: 261 for 260.67, 4.1 for 4.087; what stands before the point is never cut."""
    exact = Decimal(value)
    return round(exact, max(0, digits - 1 - exact.adjusted())) if exact else exact


def money(value: Any) -> str:
    """Dollars to three digits, in the unit in which they are said."""
    unit = 10**9 if abs(value) >= 10**9 else 10**6 if abs(value) >= 10**6 else 1
    return dollars(said(Decimal(value) / unit, 3) * unit)


def share(value: Any) -> str:
    return f"{number(said(value, 2))} %"


def weakness(rows: Iterable[Row]) -> str:
    """Why a reader should not lean on what rests on these rows: confidence that is not high, or no official text."""
    found = list(rows)
    unsure = sorted({row["confidence"] for row in found} - {"high"})
    classes = sorted({row["publisher_class"] for row in found} & {"press", "research"})
    return "; ".join([*(f"{word} confidence" for word in unsure), *(f"rests on {word}" for word in classes)])


# -- what goods pay


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


# -- what was promised, expected, done


def promises(facts: Facts) -> Dataset:
    """The largest pledge that was made, or each of those that are as large."""

    def promised(span: Row) -> Cell:
        largest = span["rows"][0]["amount_usd"]
        return Cell("; ".join(map(_promise, span["rows"])), plain(largest), largest is not None)

    def references(span: Row) -> list[Reference]:
        made = [(row["source_id"], row["source_locator"]) for row in span["rows"]]
        of_gdp = span["rows"][0]["denominator_source_id"]
        return list(dict.fromkeys([*made, *([(of_gdp, None)] if of_gdp else [])]))

    return dataset(
        [
            Column("Largest promise", "largest_pledge_usd", promised, True),
            Column("Against a year's GDP", "share_of_gdp_pct", lambda span: _of_gdp(span["rows"][0]), True),
        ],
        standing_together(by_size(row for row in facts.promises if row["counts_as"] == "promise")),
        references,
        lambda span: [weakness(span["rows"])],
    )


def expectations(facts: Facts) -> Dataset:
    """What was only expected or demanded of a partner: no promise, and never added to one."""

    def expected(span: Row) -> Cell:
        rows = span["rows"]
        is_sum = len(rows) == 1 and rows[0]["amount_usd"] is not None
        return Cell("; ".join(map(_promise, rows)), plain(rows[0]["amount_usd"]), is_sum)

    return dataset(
        [Column("Only expected or demanded", "expected_usd", expected, True)],
        standing_together(by_size(row for row in facts.promises if row["counts_as"] != "promise")),
        lambda span: list(dict.fromkeys((row["source_id"], row["source_locator"]) for row in span["rows"])),
        lambda span: [weakness(span["rows"])],
    )


def deliveries(facts: Facts) -> Dataset:
    """What is known to have become of these pledges, and when somebody last looked."""
    reviews = [row for row in facts.reviews if row["review_topic"] == "delivery"]
    looked_at = {row["partner_iso3"] for row in reviews}

    def steps(span: Row) -> list[Row]:
        return [step for row in _pledges(span) for step in steps_until(facts, row)]

    spans = [span for span in standing_together([*by_size(facts.promises), *reviews]) if _pledges(span)]
    return dataset(
        [
            Column("Assigned to projects", "allocated_usd", _stage("allocated_usd", looked_at), True),
            Column("Paid", "disbursed_usd", _stage("disbursed_usd", looked_at), True),
            Column("Claimed to be done", "claimed_usd", _claimed, True),
            Column("News last looked for", "reviewed_through", lambda span: _looked(span, looked_at)),
        ],
        spans,
        lambda span: list(dict.fromkeys((step["source_id"], step["source_locator"]) for step in steps(span))),
        lambda span: [weakness(steps(span))],
    )


def by_size(rows: Iterable[Row]) -> list[Row]:
    """The largest first, and of equal ones that which is named first."""
    return sorted(rows, key=lambda row: (-(row["amount_usd"] or 0), not row["is_headline_of_partner"]))


def _promise(row: Row) -> str:
    said_of = f"{kind(row['pledge_type'])}, {words(row['pledge_status'])}"
    return f"{_size(row)}: {row['pledge_name']} ({said_of})"


def _size(row: Row) -> str:
    return pledged(row) if row["amount_usd"] is None else amount(row, money(row["amount_usd"]))


def _of_gdp(row: Row) -> Cell:
    if row["share_of_gdp_pct"] is None:
        return Cell("")
    named = f"{row['denominator_period']}, {provider(row['denominator_provider'])}"
    return Cell(f"{share(row['share_of_gdp_pct'])} ({named})", plain(row["share_of_gdp_pct"]), True)


def _pledges(span: Row) -> list[Row]:
    return [row for row in span["rows"] if "pledge_id" in row]


def _review(span: Row) -> Row | None:
    return next((row for row in span["rows"] if "review_topic" in row), None)


def _stage(name: str, looked_at: set[str]) -> Callable[[Row], Cell]:
    """What was reported of a stage; else until when nothing was: no report is not a report of nothing."""

    def cell(span: Row) -> Cell:
        if found := [row for row in _pledges(span) if row[name] is not None]:
            text = "; ".join(f"{money(row[name])} of {_size(row)}" for row in found)
            return Cell(text, plain(found[0][name]), len(found) == 1)
        if span["partner_iso3"] not in looked_at:
            return Cell("none reported, nobody has looked")
        if (review := _review(span)) is None:
            return Cell("none reported by then")
        if review["open_findings"]:
            return Cell("none entered, reports wait")
        return Cell(f"none reported by {day_text(review['reviewed_through'])}")

    return cell


def _claimed(span: Row) -> Cell:
    """What the parties say was done, which nobody else has reported."""
    found = [row for row in _pledges(span) if row["claimed_usd"] is not None]
    text = "; ".join(f"{money(row['claimed_usd'])} of {_size(row)}" for row in found)
    return Cell(text, plain(found[0]["claimed_usd"]) if found else None)


def _looked(span: Row, looked_at: set[str]) -> Cell:
    review = _review(span)
    if review is None:
        return Cell("" if span["partner_iso3"] in looked_at else "never")
    day = day_text(review["reviewed_through"])
    waits = f"; found, not yet entered: {review['open_findings']}" if review["open_findings"] else ""
    return Cell(f"{day}{waits}", review["reviewed_through"].isoformat())
