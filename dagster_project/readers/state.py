"""The state of the world, a partner or a deal on a day, from what was known on a day: sections of rows.

Belongs here: which questions make up a state, and the macro of the published file that answers each. Does not belong
here: formulas (the macros hold them), printing (`commands/as_of.py`).
"""

import datetime as dt
import difflib
import re
from dataclasses import dataclass
from typing import Any

import duckdb

from dagster_project.readers.names import UnknownName, partner_code

Row = dict[str, Any]


class UnknownSubject(LookupError):
    """A partner or a deal that the release does not have, or a day that it cannot know."""


@dataclass(frozen=True)
class Asked:
    """What is asked: the state on `valid_on`, as known on `known_on`. Neither partner nor deal: the world."""

    known_on: dt.date
    valid_on: dt.date
    partner: str | None = None
    deal: str | None = None


@dataclass(frozen=True)
class Section:
    """One question: `sql` may use $known_on, $valid_on, $partner and $deal. `of`: the subjects that it is asked of."""

    name: str
    title: str
    sql: str
    of: tuple[str, ...] = ("world", "partner", "deal")


# the partner itself, the bloc that it is in on the day, and every partner
PARTIES = """(
    $partner is null or {column} in (
        select party_iso3 from intermediate.int_partner_parties as parties
        where parties.partner_iso3 = $partner
            and parties.valid_from <= $valid_on and $valid_on < parties.valid_to
        union all
        select $partner
    )
)"""
# a deal speaks of its own rows alone
ABOUT = f"(($deal is null and {PARTIES}) or {{deal_column}} = $deal)"


def _about(alias: str) -> str:
    return ABOUT.format(column=f"{alias}.partner_iso3", deal_column=f"{alias}.deal_id")


def _parties(alias: str) -> str:
    return PARTIES.format(column=f"{alias}.partner_iso3")


KNOWN = "{0}.known_from <= $known_on and $known_on < {0}.known_to"

SECTIONS = (
    Section(
        "deals",
        "Deals",
        f"""
        select scorecards.deal_id, scorecards.partner_iso3, scorecards.deal_status, scorecards.car_rate_before_pct,
            scorecards.car_rate_after_pct, scorecards.car_rate_pct, scorecards.car_rate_no_deal_pct,
            scorecards.general_additional_rate_pct, scorecards.general_floor_rate_pct, scorecards.largest_pledge_id,
            scorecards.largest_pledge_usd, scorecards.share_of_gdp_pct, scorecards.allocated_usd,
            scorecards.disbursed_usd, scorecards.concession_count, scorecards.last_event_date,
            scorecards.last_event_name
        from deal_scorecards_as_of($known_on) as scorecards
        where {_about("scorecards")}
        order by scorecards.deal_id
        """,
    ),
    Section(
        "total_rates",
        "What goods pay (scopes that pay alike stand together)",
        """
        select rates.partner_iso3, rates.quota_tier, rates.base_rate_pct, rates.additional_rate_pct,
            rates.floor_rate_pct, rates.ceiling_rate_pct, rates.stated_total_pct, rates.total_rate_pct,
            rates.rate_no_deal_pct, rates.missing_reason, rates.rate_parts,
            list(rates.scope_id order by rates.scope_id) as scopes
        from total_rates_as_of($valid_on, $known_on) as rates
        where rates.partner_iso3 = $partner
            and (rates.rate_parts is not null or rates.total_rate_pct is not null)
        group by all
        order by count(*) desc, rates.total_rate_pct desc nulls last, scopes
        """,
        of=("partner", "deal"),
    ),
    Section(
        "rates_in_force",
        "Rates in force, as their instruments state them",
        """
        select rates.partner_iso3, rates.scope_id, rates.programme_id, rates.rate_basis, rates.rate_pct,
            rates.quota_tier, rates.valid_from, rates.valid_to, asserted.known_from, rates.instrument_id,
            rates.assertion_id, rates.source_id, rates.source_locator
        from tariff_rates_as_of($valid_on, $known_on) as rates
        inner join fct_assertions as asserted on rates.assertion_id = asserted.assertion_id
        where rates.is_in_force
        order by rates.partner_iso3 <> 'ALL', rates.partner_iso3, rates.scope_id, rates.programme_id, rates.quota_tier
        """,
        of=("world",),
    ),
    Section(
        "threats_and_plans",
        "Threats and plans that no rate in force has overtaken",
        f"""
        select rates.partner_iso3, rates.scope_id, rates.programme_id, rates.rate_status, rates.rate_basis,
            rates.rate_pct, rates.valid_from as planned_from, asserted.known_from, rates.assertion_id, rates.source_id
        from fct_tariff_rates as rates
        inner join fct_assertions as asserted on rates.assertion_id = asserted.assertion_id
        where not rates.is_in_force
            and rates.rate_status <> 'lapsed'
            and {KNOWN.format("rates")}
            and $valid_on < rates.valid_to
            and {_about("rates")}
            and not exists (
                select 1
                from fct_tariff_rates as later
                inner join fct_assertions as made on later.assertion_id = made.assertion_id
                where later.is_in_force
                    and later.partner_iso3 = rates.partner_iso3
                    and later.scope_id = rates.scope_id
                    and later.programme_id = rates.programme_id
                    and made.known_from between asserted.known_from and $known_on
            )
        order by asserted.known_from desc, rates.assertion_id
        """,
    ),
    Section(
        "pledges",
        "Pledges and what they weigh",
        f"""
        with burdens as (
            select pledge_id, max(share_of_gdp_pct) as share_of_gdp_pct,
                max(case when share_of_gdp_pct is not null then denominator_provider || ' ' || denominator_period end)
                    as gdp_denominator,
                max(per_capita_usd) as per_capita_usd, max(share_of_reserves_pct) as share_of_reserves_pct,
                max(exports_to_us_years) as exports_to_us_years
            from pledge_burdens_as_of($known_on)
            where is_headline
            group by pledge_id
        )

        select pledges.pledge_id, pledges.pledge_name, pledges.partner_iso3, pledges.row_role, pledges.pledge_type,
            pledges.pledge_status, pledges.bound, pledges.amount_usd, pledges.amount_period, pledges.quantity,
            pledges.quantity_unit, burdens.share_of_gdp_pct, burdens.gdp_denominator, burdens.per_capita_usd,
            burdens.share_of_reserves_pct, burdens.exports_to_us_years, pledges.known_from, pledges.assertion_id,
            pledges.source_id, pledges.source_locator
        from pledges_as_of($known_on) as pledges
        left join burdens on pledges.pledge_id = burdens.pledge_id
        where {_about("pledges")}
        order by pledges.partner_iso3, coalesce(pledges.parent_pledge_id, pledges.pledge_id), pledges.row_role desc,
            pledges.amount_usd desc nulls last, pledges.pledge_id
        """,
    ),
    Section(
        "delivery",
        "Delivered so far",
        f"""
        select delivery.pledge_id, delivery.partner_iso3, delivery.progress_date, delivery.amount_usd,
            delivery.allocated_usd, delivery.committed_usd, delivery.disbursed_usd, delivery.allocated_share_pct,
            delivery.disbursed_share_pct, delivery.to_be_allocated_usd
        from pledge_delivery_as_of($known_on) as delivery
        inner join pledges_as_of($known_on) as pledges on delivery.pledge_id = pledges.pledge_id
        where delivery.is_latest and {_about("pledges")}
        order by delivery.pledge_id
        """,
    ),
    Section(
        "gaps",
        "Against rivals, where the rates differ (percentage points)",
        """
        select gaps.rival_iso3, gaps.scope_id, gaps.own_rate_pct, gaps.rival_rate_pct, gaps.gap_pp
        from competitor_gaps_as_of($valid_on, $known_on) as gaps
        where gaps.partner_iso3 = $partner and gaps.gap_pp <> 0
        order by gaps.scope_id, gaps.gap_pp desc, gaps.rival_iso3
        """,
        of=("partner",),
    ),
    Section(
        "claims",
        "Figures that were stated, checked against what was known then and what is known now",
        f"""
        select distinct checks.claimed_date, checks.claimed_by, checks.claim_summary, checks.qualifier,
            checks.stated_value, checks.unit, checks.lowest_value, checks.highest_value, checks.claim_verdict,
            checks.claim_verdict_today, checks.true_since, checks.is_still_true, checks.claim_id
        from claim_checks_as_of($known_on) as checks
        where {_parties("checks")}
        order by checks.claimed_date desc, checks.claim_id
        """,
        of=("world", "partner"),
    ),
    Section(
        "last_events",
        "Last events (at most ten)",
        f"""
        select events.event_date, events.event_type, events.partner_iso3, events.event_name, events.known_from,
            events.event_id, events.source_id
        from fct_deal_events as events
        where {KNOWN.format("events")}
            and events.event_date <= $valid_on
            and {_about("events")}
        order by events.event_date desc, events.event_id desc
        limit 10
        """,
    ),
    Section(
        "next_dates",
        "Next due dates (at most ten; clauses that wait for a trigger stand last)",
        f"""
        select dates.due_date, dates.due_type, dates.partner_iso3, dates.due_summary, dates.thing_id, dates.source_id
        from upcoming_dates_as_of($known_on) as dates
        where (dates.due_date > $valid_on or dates.due_date is null) and {_about("dates")}
        order by dates.due_date nulls last, dates.thing_id, dates.due_type
        limit 10
        """,
    ),
)


def understood(
    connection: duckdb.DuckDBPyConnection,
    partner: str | None,
    deal: str | None,
    known_on: dt.date | None,
    valid_on: dt.date | None,
) -> Asked:
    """What is asked, of what somebody typed: a partner by code or name; without a day, the day of the release.

    Raises `UnknownSubject`.
    """
    (as_of_date,) = connection.execute("select as_of_date from meta.build").fetchall()[0]
    known: dt.date = known_on or as_of_date
    if known > as_of_date:
        raise UnknownSubject(f"{known} is later than the release, which knows what was known on {as_of_date}.")
    if deal and deal not in (
        deals := [row[0] for row in connection.execute("select deal_id from dim_deals").fetchall()]
    ):
        raise UnknownSubject(f"No deal '{deal}'. {_nearest(deal, sorted(deals))}")
    if partner:
        names = dict(connection.execute("select partner_iso3, partner_name from dim_partners").fetchall())
        try:
            partner = partner_code(partner, names)
        except UnknownName as error:
            raise UnknownSubject(str(error)) from error
    return Asked(known, valid_on or known, partner or None, deal or None)


def state(connection: duckdb.DuckDBPyConnection, asked: Asked) -> dict[Section, list[Row]]:
    """The sections that are asked of the subject, in reading order. The connection finds tables by their bare names."""
    values: Row = {"known_on": asked.known_on, "valid_on": asked.valid_on, "partner": asked.partner, "deal": asked.deal}
    if asked.deal:
        found = connection.execute("select partner_iso3 from dim_deals where deal_id = ?", [asked.deal]).fetchall()
        values["partner"] = found[0][0]
    subject = "deal" if asked.deal else "partner" if asked.partner else "world"
    return {section: _rows(connection, section.sql, values) for section in SECTIONS if subject in section.of}


def _nearest(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, n=3, cutoff=0.4) or known
    return f"Known deals: {', '.join(near)}." if near else "The release has no deals."


def _rows(connection: duckdb.DuckDBPyConnection, sql: str, values: Row) -> list[Row]:
    used = {name: values[name] for name in set(re.findall(r"\$(\w+)", sql))}
    cursor = connection.execute(sql, used)
    columns = [column[0] for column in cursor.description or []]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
