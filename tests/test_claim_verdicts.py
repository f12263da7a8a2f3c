"""The two verdicts on a stated figure, worked out again day by day in Python.

Rates come from `total_rates_known_on`, which shares no table with the checks; amounts from the seed files. Does not
belong here: edge cases (dbt's unit tests).
"""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from tests.assertion_log import rows
from tests.conftest import AS_OF_DATE, Warehouse

Readings = Callable[[dt.date], list[Decimal]]
DAY = dt.timedelta(days=1)
TODAY = dt.date.fromisoformat(AS_OF_DATE)
UNNAMED_GOODS = ["passenger-cars", "auto-parts", "general-goods"]


def supports(claim: dict[str, Any], value: Decimal) -> bool:
    stated = claim["stated_value"].normalize()
    rounding = Decimal(1).scaleb(min(stated.as_tuple().exponent, 0)) / 2
    return {
        "exactly": abs(value - stated) <= rounding,
        "about": abs(value - stated) <= abs(stated) / 20,
        "at_least": value >= stated - rounding,
        "up_to": value <= stated + rounding,
    }[claim["qualifier"]]


def verdict(claim: dict[str, Any], values: list[Decimal]) -> str:
    found = {supports(claim, value) for value in values}
    words = {frozenset({True}): "supported", frozenset({False}): "contradicted", frozenset(): "not_checkable"}
    return words.get(frozenset(found), "supported_by_some_readings")


def true_days(claim: dict[str, Any], readings: Readings, first: dt.date, last: dt.date) -> list[dt.date]:
    days = (first + DAY * n for n in range((last - first).days + 1))
    return [day for day in days if any(supports(claim, value) for value in readings(day))]


def checked(connection: duckdb.DuckDBPyConnection, metric: str, known_on: dt.date) -> list[dict[str, Any]]:
    """Each claim of the kind with its verdicts, once."""
    cursor = connection.execute(
        """
        select distinct claims.*, checks.claim_verdict, checks.claim_verdict_today, checks.true_since,
            checks.is_still_true
        from claim_checks_as_of($known_on) as checks
        inner join marts.fct_claims as claims using (claim_id)
        where claims.known_from <= $known_on and $known_on < claims.known_to and claims.claim_metric = $metric
        """,
        {"known_on": known_on, "metric": metric},
    )
    columns = [column[0] for column in cursor.description or []]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def rate_readings(connection: duckdb.DuckDBPyConnection, claim: dict[str, Any], known_on: dt.date) -> Readings:
    spans = connection.execute(
        "select valid_from, valid_to, coalesce(total_rate_pct, floor_rate_pct, additional_rate_pct)"
        " from total_rates_known_on(?) where partner_iso3 = ? and list_contains(?, scope_id)",
        [known_on, claim["partner_iso3"], [claim["scope_id"]] if claim["scope_id"] else UNNAMED_GOODS],
    ).fetchall()
    return lambda day: [rate for start, end, rate in spans if start <= day < end]


@pytest.mark.parametrize("known_on", [TODAY, dt.date(2025, 9, 30), dt.date(2025, 11, 20)])
def test_the_verdicts_on_rates(connection, known_on: dt.date) -> None:
    claims = checked(connection, "rate_pct", known_on)
    assert len(claims) >= 5
    for claim in claims:
        read_on = claim["valid_on"] or claim["claimed_date"]
        then = verdict(claim, rate_readings(connection, claim, claim["claimed_date"])(read_on))
        now = rate_readings(connection, claim, known_on)
        true = true_days(claim, now, read_on, max(read_on, known_on))
        today = verdict(claim, now(read_on))
        expected = "came_true" if true and "supported" not in today else today
        found = [claim[name] for name in ("claim_verdict", "claim_verdict_today", "true_since", "is_still_true")]
        assert found == [then, expected, min(true, default=None), max(read_on, known_on) in true], claim["claim_id"]


def test_the_verdicts_on_amounts(warehouse: Warehouse, connection) -> None:
    written = rows(warehouse.seeds, "pledges")
    assert all(row["action"] == "assert" for row in written), "a retraction withdraws from its day on: read it here too"
    corrected = {row["corrects"] for row in written}
    log = [
        row
        for row in written
        if row["is_preferred"] == "true" and row["amount_bn"] and row["assertion_id"] not in corrected
    ]

    def standing(claim: dict[str, Any], day: dt.date) -> list[dict[str, str]]:
        known = [row for row in log if row["pledge_id"] == claim["pledge_id"] and row["known_from"] <= str(day)]
        return [max(known, key=lambda row: row["known_from"])] if known else []

    def verdict_on(claim: dict[str, Any], day: dt.date) -> str:
        read = standing(claim, day)
        if read and read[0]["source_id"] == claim["source_id"]:
            return "restates_its_source"
        return verdict(claim, [Decimal(row["amount_bn"]) for row in read])

    claims = checked(connection, "pledge_amount_usd_bn", TODAY)
    assert len(claims) >= 12
    for claim in claims:
        days = [claim["claimed_date"] + DAY * n for n in range((TODAY - claim["claimed_date"]).days + 1)]
        true = [day for day in days if verdict_on(claim, day) == "supported"]
        found = [claim[name] for name in ("claim_verdict", "claim_verdict_today", "true_since", "is_still_true")]
        expected = [verdict_on(claim, days[0]), verdict_on(claim, TODAY), min(true, default=None), TODAY in true]
        assert found == expected, claim["claim_id"]


def test_what_was_promised_and_came_true_is_not_held_against_the_speaker(connection) -> None:
    """European cars: by a notice of 25 September back to 1 August. Philippine goods: by an order of 31 July."""
    found = connection.sql(
        "select distinct claim_id, claim_verdict, claim_verdict_today, true_since from metrics.metric_claim_checks"
        " where claim_id in ('eu-cars-15', 'che-15', 'phl-19', 'sau-600', 'trump-jpn-650') order by 1"
    ).fetchall()
    assert found == [
        ("che-15", "contradicted", "supported", dt.date(2025, 11, 14)),
        ("eu-cars-15", "contradicted", "supported", dt.date(2025, 8, 1)),
        ("phl-19", "contradicted", "supported", dt.date(2025, 8, 7)),
        ("sau-600", "restates_its_source", "restates_its_source", None),
        ("trump-jpn-650", "contradicted", "contradicted", None),
    ]
