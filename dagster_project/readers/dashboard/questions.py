"""What the page asks of the published tables and macros: rows, each with the days of knowledge on which it stands.

Belongs here: SQL, and which partners, goods and days are asked for. Does not belong here: wording (`tables.py`), or any
arithmetic: a figure is a column of a table or of a macro, picked and never worked out.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import duckdb

from dagster_project.readers.dashboard.headline_questions import CAR_SUPPLIERS, NEWEST, PROMISES, REVIEWS

Row = dict[str, Any]

FIRST_DAY = dt.date(2025, 1, 1)
OPEN_END = dt.date(9999, 12, 31)
EVERY_PARTNER = "ALL"
# in reading order; goods that only one partner's measures set apart are asked of that partner alone
GOODS = (
    "general-goods",
    "passenger-cars",
    "light-trucks",
    "auto-parts",
    "medium-heavy-trucks",
    "steel",
    "aluminium",
    "copper",
    "softwood-lumber",
    "upholstered-furniture",
    "patented-pharmaceuticals",
    "generic-pharmaceuticals",
    "semiconductors",
    "civil-aircraft",
)
OWN_GOODS = {
    "CAN": ("non-usmca-goods", "usmca-goods"),
    "CHN": ("china-list-1", "china-list-2", "china-list-3", "china-list-4a"),
    "MEX": ("non-usmca-goods", "usmca-goods"),
}

PARTNERS = """
    select partner_iso3, partner_name
    from dim_partners
    where partner_iso3 <> 'ALL'
        and partner_iso3 in (
            select partner_iso3 from fct_tariff_rates where is_in_force
            union
            select partner_iso3 from fct_pledges
            union
            select partner_iso3 from dim_deals
        )
    order by partner_name
"""

# the days on which an answer can change: something becomes known, starts, ends or happens
KNOWLEDGE_DAYS = """
    select known_from as day from fct_assertions
    union
    select event_date as day from fct_deal_events
    union
    select progress_date as day from fct_pledge_progress
"""
# a rate that has begun falls due when it ends, and a date is ahead until it comes: that of a horizon is its last day
DUE_DAYS = f"""
    {KNOWLEDGE_DAYS}
    union
    select unnest([valid_from, valid_to]) as day from fct_tariff_rates
    union
    select due_date as day from fct_deal_clauses
    union
    select horizon_to as day from fct_pledges
"""
# what goods paid: on each day by what was known on that same day, and by what is known today
RATES = """
    select partner_iso3, scope_id, quota_tier, base_preference, base_rate_pct, additional_rate_pct, floor_rate_pct,
        ceiling_rate_pct, stated_total_pct, total_rate_pct, rate_no_deal_pct, missing_reason, rate_parts, assertion_ids,
        greatest(valid_from, $first_day) as shown_from, valid_to as shown_to
    from {table}
    where valid_to > $first_day and valid_from <= $last_day
        and list_contains($asked, partner_iso3 || ' ' || scope_id)
    order by partner_iso3, scope_id, quota_tier, valid_from
"""
RATES_KNOWN_THEN = RATES.format(table="metric_contemporary_rates")
RATES_KNOWN_TODAY = RATES.format(table="metric_total_rates")

LAST_EVENTS = """
    select events.partner_iso3, events.event_id, events.event_date, events.event_type, events.event_name,
        events.source_id, events.source_locator, events.confidence, sources.publisher_class
    from fct_deal_events as events
    inner join dim_sources as sources on events.source_id = sources.source_id
    where events.known_from <= days.day and days.day < events.known_to and events.event_date <= days.day
        and events.event_type <> 'scheduled' and events.deal_id is not null
    qualify row_number() over (
        partition by events.partner_iso3 order by events.event_date desc, events.event_id desc
    ) = 1
"""
BURDENS = """
    select burdens.partner_iso3, burdens.pledge_id, burdens.pledge_name, burdens.row_role, burdens.pledge_type,
        burdens.pledge_status, burdens.amount_usd, burdens.amount_period, burdens.burden_indicator,
        providers.provider_name, burdens.denominator_period, burdens.denominator_vintage,
        burdens.denominator_is_projection, burdens.denominator_value, burdens.share_of_gdp_pct, burdens.per_capita_usd,
        burdens.share_of_reserves_pct, burdens.exports_to_us_years, burdens.is_headline, burdens.source_id,
        burdens.denominator_source_id
    from pledge_burdens_as_of(days.day) as burdens
    inner join dim_providers as providers on burdens.denominator_provider = providers.provider
    where burdens.missing_reason is null
"""
DELIVERY = """
    select partner_iso3, pledge_id, pledge_name, pledge_type, pledge_status, progress_date, amount_usd, candidate_usd,
        allocated_usd, committed_usd, disbursed_usd, claimed_usd, allocated_share_pct, disbursed_share_pct,
        to_be_allocated_usd, is_latest
    from pledge_delivery_as_of(days.day)
"""
CLAIMS = """
    select partner_iso3, claim_id, claimed_by, claimed_date, claim_summary, qualifier, unit, stated_value, reading_id,
        reading, computed_value, difference, tolerance, reading_verdict, claim_verdict, claim_verdict_today,
        true_since, is_still_true, lowest_value, highest_value, lowest_value_today, highest_value_today, reading_count,
        supporting_count, source_id, source_locator, reading_source_id
    from claim_checks_as_of(days.day)
"""
NEXT_DATES = """
    select partner_iso3, due_date, due_type, thing_id, due_summary, source_id, source_locator
    from upcoming_dates_as_of(days.day)
"""

# these carry the days of knowledge themselves
PLEDGES = """
    select partner_iso3, pledge_id, coalesce(parent_pledge_id, pledge_id) as whole_id, pledge_name, row_role,
        asserted_by, pledge_type, amount_usd, amount_period, bound, quantity, quantity_unit, change_pct, baseline,
        annual_cap_usd, annual_cap_year, horizon_to, horizon_kind, bindingness, pledge_status, source_id,
        source_locator, confidence, known_from, known_to
    from fct_pledges
    order by partner_iso3, max(amount_usd) over (partition by whole_id) desc nulls last, whole_id, row_role desc,
        amount_usd desc nulls last, pledge_id
"""
STEPS = """
    select pledges.partner_iso3, progress.pledge_id, pledges.pledge_name, progress.progress_name,
        progress.progress_date, progress.progress_type, progress.amount_usd,
        progress.source_id, progress.source_locator, progress.confidence, sources.publisher_class,
        progress.known_from, progress.known_to
    from fct_pledge_progress as progress
    inner join dim_sources as sources on progress.source_id = sources.source_id
    inner join (select distinct on (pledge_id) pledge_id, partner_iso3, pledge_name from fct_pledges) as pledges
        on progress.pledge_id = pledges.pledge_id
    order by progress.progress_date nulls first, progress.progress_id
"""
EVENTS = """
    select partner_iso3, event_date, event_type, event_name, event_summary, source_id, source_locator, confidence,
        known_from, known_to
    from fct_deal_events
    order by event_date desc, event_id desc
"""
CONCESSIONS = """
    select partner_iso3, concession_type, concession_summary, source_id, source_locator, confidence, known_from,
        known_to
    from fct_concessions
    order by concession_type, concession_id
"""
CLAUSES = """
    select deals.partner_iso3, clauses.clause_type, clauses.trigger_summary, clauses.reference_summary,
        clauses.clause_state, clauses.due_date, clauses.source_id, clauses.source_locator, clauses.confidence,
        clauses.known_from, clauses.known_to
    from fct_deal_clauses as clauses
    inner join dim_deals as deals on clauses.deal_id = deals.deal_id
    order by clauses.clause_id
"""
SOURCES = "select source_id, title, publisher, publisher_class, published_date, url from dim_sources order by source_id"
# what an assertion of a rate says by itself, to name the parts of a total and their sources
RATE_ASSERTIONS = """
    select rates.assertion_id, programmes.programme_name, rates.rate_basis, rates.rate_pct, rates.quota_volume,
        rates.quota_unit, rates.source_id, rates.source_locator, rates.confidence, sources.publisher_class,
        min(rates.valid_from) as valid_from
    from fct_tariff_rates as rates
    inner join dim_programmes as programmes on rates.programme_id = programmes.programme_id
    inner join dim_sources as sources on rates.source_id = sources.source_id
    group by all
"""
BASE_SOURCES = """
    select distinct on (partner_iso3, scope_id, preference) partner_iso3, scope_id, preference, source_id,
        source_locator
    from fct_base_rates
"""


@dataclass(frozen=True)
class Facts:
    """All that the page shows.

    `goods` are those that it shows, `names` those of every scope and programme. Rows of `rates` to `clauses` stand from
    `shown_from` until the day before `shown_to`: days of knowledge, except in `rates_today`, where they are days of the
    world.
    """

    build: Row
    partners: list[Row]
    goods: dict[str, str]
    names: dict[str, str]
    parent_goods: dict[str, str | None]
    sources: list[Row]
    rate_assertions: dict[str, Row]
    base_sources: dict[tuple[str, str, str], Row]
    own_car_rates: set[str]
    rates: list[Row]
    rates_today: list[Row]
    promises: list[Row]
    newest: list[Row]
    reviews: list[Row]
    car_suppliers: list[str]
    last_events: list[Row]
    pledges: list[Row]
    burdens: list[Row]
    delivery: list[Row]
    steps: list[Row]
    claims: list[Row]
    events: list[Row]
    next_dates: list[Row]
    concessions: list[Row]
    clauses: list[Row]


def read_facts(connection: duckdb.DuckDBPyConnection) -> Facts:
    """Everything that the page shows, from an open warehouse."""
    connection.execute("set search_path = 'main,marts,metrics'")
    build = _rows(connection, "select * from meta.build")[0]
    last_day = build["as_of_date"]
    partners = _rows(connection, PARTNERS)
    codes = [partner["partner_iso3"] for partner in partners]
    scopes = _rows(connection, "select scope_id, scope_name, parent_scope_id from dim_product_scopes")
    names = {scope["scope_id"]: scope["scope_name"] for scope in scopes}
    asked = [f"{code} {scope}" for code in codes for scope in (*GOODS, *OWN_GOODS.get(code, ()))]
    rates_asked = {"asked": asked, "first_day": FIRST_DAY, "last_day": last_day}
    shown_goods = dict.fromkeys((*GOODS, *(scope for scopes in OWN_GOODS.values() for scope in scopes)))
    days = _days(connection, KNOWLEDGE_DAYS, last_day)
    return Facts(
        build=build,
        partners=partners,
        goods={scope: names[scope] for scope in shown_goods if scope in names},
        names=names | {row["programme_id"]: row["programme_name"] for row in _rows(connection, "from dim_programmes")},
        parent_goods={scope["scope_id"]: scope["parent_scope_id"] for scope in scopes},
        sources=_rows(connection, SOURCES),
        rate_assertions={row["assertion_id"]: row for row in _rows(connection, RATE_ASSERTIONS)},
        base_sources={
            (row["partner_iso3"], row["scope_id"], row["preference"]): row for row in _rows(connection, BASE_SOURCES)
        },
        own_car_rates={
            row["partner_iso3"]
            for row in _rows(connection, "from fct_tariff_rates where is_in_force and scope_id = 'passenger-cars'")
        },
        rates=_rows(connection, RATES_KNOWN_THEN, rates_asked),
        rates_today=_rows(connection, RATES_KNOWN_TODAY, rates_asked),
        promises=_spans(connection, PROMISES, days),
        newest=_spans(connection, NEWEST, days),
        reviews=[
            row | {"shown_from": row["reviewed_through"], "shown_to": OPEN_END} for row in _rows(connection, REVIEWS)
        ],
        car_suppliers=[row["partner_iso3"] for row in _rows(connection, CAR_SUPPLIERS)],
        last_events=_spans(connection, LAST_EVENTS, days),
        pledges=_known(connection, PLEDGES),
        burdens=_spans(connection, BURDENS, days),
        delivery=_spans(connection, DELIVERY, days),
        steps=_known(connection, STEPS),
        claims=_spans(connection, CLAIMS, days),
        events=_known(connection, EVENTS),
        next_dates=_spans(connection, NEXT_DATES, _days(connection, DUE_DAYS, last_day)),
        concessions=_known(connection, CONCESSIONS),
        clauses=_known(connection, CLAUSES),
    )


def _rows(connection: duckdb.DuckDBPyConnection, sql: str, values: Row | None = None) -> list[Row]:
    cursor = connection.execute(sql, values) if values else connection.execute(sql)
    columns = [column[0] for column in cursor.description or []]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def _days(connection: duckdb.DuckDBPyConnection, sql: str, last_day: dt.date) -> list[dt.date]:
    """The first day and each later one on which something changes, up to the day of the build."""
    found = {row["day"] for row in _rows(connection, sql)} - {None}
    return [FIRST_DAY, *sorted(day for day in found if FIRST_DAY < day <= last_day)]


def _spans(connection: duckdb.DuckDBPyConnection, question: str, days: list[dt.date]) -> list[Row]:
    """The answers to a question that names `days.day`, each with the days on which it was the answer.

    One query for all days: the engine works them out together, in a quarter of the time of one query a day.
    """
    sql = f"select days.day, answer.* from (select unnest($days) as day) as days, lateral ({question}) as answer"
    cursor = connection.execute(f"{sql} order by all", {"days": days})
    columns = [column[0] for column in cursor.description or []][1:]
    places = {day: place for place, day in enumerate(days)}
    ends = [*days[1:], OPEN_END]
    runs: dict[tuple[Any, ...], list[list[int]]] = {}
    for day, *answer in cursor.fetchall():
        place, found = places[day], runs.setdefault(tuple(answer), [])
        if found and found[-1][1] == place - 1:
            found[-1][1] = place
        elif not found or found[-1][1] != place:
            found.append([place, place])
    return [
        dict(zip(columns, answer, strict=True)) | {"shown_from": days[first], "shown_to": ends[last]}
        for answer, found in runs.items()
        for first, last in found
    ]


def _known(connection: duckdb.DuckDBPyConnection, sql: str) -> list[Row]:
    return [row | {"shown_from": row["known_from"], "shown_to": row["known_to"]} for row in _rows(connection, sql)]
