"""The first table: what each partner promised, what was only expected of it, what became of that.

One line holds all that stands for a partner on a day: promises of the same size, each expectation. Its `extra` says why
not to lean on it.

Belongs here: the words of these cells. Does not belong here: which pledges there are (`headline_questions.py`), rates
(`headline_rates.py`), pictures (`pictures.py`).
"""

from collections.abc import Callable, Iterable

from dagster_project.readers.dashboard.cells import Cell, Column, Dataset, Reference, dataset, day_text, plain, words
from dagster_project.readers.dashboard.headline_words import money, share, weakness
from dagster_project.readers.dashboard.pledge_tables import kind, steps_until
from dagster_project.readers.dashboard.questions import Facts, Row
from dagster_project.readers.dashboard.spans import standing_together
from dagster_project.wording import amount, pledged


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
    """What was reported of a partner's pledges, these and smaller ones, and when somebody last looked."""
    reviews = [row for row in facts.reviews if row["review_topic"] == "delivery"]
    looked_at = {row["partner_iso3"] for row in reviews}
    reports = sorted((row for row in facts.delivery if row["is_latest"]), key=lambda row: -(row["amount_usd"] or 0))

    def steps(span: Row) -> list[Row]:
        return [step for row in _reports(span) for step in steps_until(facts, row)]

    return dataset(
        [
            Column("Assigned to projects", "allocated_usd", _stage("allocated_usd", looked_at), True),
            Column("Paid", "disbursed_usd", _stage("disbursed_usd", looked_at), True),
            Column("Claimed to be done", "claimed_usd", lambda span: _reported(span, "claimed_usd"), True),
            Column("News last looked for", "reviewed_through", lambda span: _looked(span, looked_at)),
        ],
        [span for span in standing_together([*facts.promises, *reports, *reviews]) if _pledges(span)],
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
    named = f"{row['denominator_period']}, {row['provider_name']}"
    return Cell(f"{share(row['share_of_gdp_pct'])} ({named})", plain(row["share_of_gdp_pct"]), True)


def _pledges(span: Row) -> list[Row]:
    return [row for row in span["rows"] if "counts_as" in row]


def _reports(span: Row) -> list[Row]:
    return [row for row in span["rows"] if "is_latest" in row]


def _review(span: Row) -> Row | None:
    return next((row for row in span["rows"] if "review_topic" in row), None)


def _reported(span: Row, stage: str) -> Cell:
    """Each amount reported of a stage beside its pledge; the name of a pledge that the other cells do not hold."""
    found = [row for row in _reports(span) if row[stage] is not None]
    named = {row["pledge_id"] for row in _pledges(span)}
    texts = [
        money(row[stage])
        + (f" of {money(row['amount_usd'])}" if row["amount_usd"] is not None else "")
        + ("" if row["pledge_id"] in named else f": {row['pledge_name']}")
        for row in found
    ]
    return Cell("; ".join(texts), plain(found[0][stage]) if found else None, len(found) == 1)


def _stage(name: str, looked_at: set[str]) -> Callable[[Row], Cell]:
    """What was reported of a stage; else until when nothing was: no report is not a report of nothing."""

    def cell(span: Row) -> Cell:
        if (reported := _reported(span, name)).text:
            return reported
        if span["partner_iso3"] not in looked_at:
            return Cell("none reported, nobody has looked")
        if (review := _review(span)) is None:
            return Cell("none reported by then")
        if review["open_findings"]:
            return Cell("none entered, reports wait")
        return Cell(f"none reported by {day_text(review['reviewed_through'])}")

    return cell


def _looked(span: Row, looked_at: set[str]) -> Cell:
    review = _review(span)
    if review is None:
        return Cell("" if span["partner_iso3"] in looked_at else "never")
    day = day_text(review["reviewed_through"])
    waits = f"; found, not yet entered: {review['open_findings']}" if review["open_findings"] else ""
    return Cell(f"{day}{waits}", review["reviewed_through"].isoformat())
