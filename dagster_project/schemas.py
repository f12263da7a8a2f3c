"""The columns of every seed file: the one place that says what a fact row must look like.

Belongs here: names, types, allowed words and bounds of single columns, and rules within one row.
Does not belong here: rules across rows or files (`seed_rules.py`) and anything computed (dbt).

Each schema describes one CSV in `seeds/`; `SEEDS` maps the file's stem to it. Dates are ISO days, amounts are
in billions of the stated currency (`_bn`), rates in per cent (`_pct`, 0-100 and above), shares 0-1.
"""

import datetime as dt

import dataframely as dy
import polars as pl

SLUG = r"^[a-z0-9]+(?:[-.][a-z0-9]+)*$"
PARTY = r"^(?:[A-Z]{3})$"
SCOPE_PREFIXES = r"^(?:\d{2,10})(?: \d{2,10})*$"
EARLIEST, LATEST = dt.date(1930, 1, 1), dt.date(2100, 1, 1)


def slug(**options) -> dy.String:
    return dy.String(regex=SLUG, max_length=120, **options)


def party(**options) -> dy.String:
    """ISO 3166-1 alpha-3 code, `EUU` for the European Union, `ALL` for every partner."""
    return dy.String(regex=PARTY, **options)


def day(**options) -> dy.Date:
    return dy.Date(min=EARLIEST, max=LATEST, **options)


def words(*allowed: str, **options) -> dy.String:
    return dy.String(regex=rf"^(?:{'|'.join(allowed)})$", **options)


def text(**options) -> dy.String:
    return dy.String(min_length=1, max_length=1000, **options)


def money(**options) -> dy.Decimal:
    """Billions of a currency, or an observation in its unit, to six decimals."""
    return dy.Decimal(24, 6, **options)


def percent(**options) -> dy.Decimal:
    return dy.Decimal(12, 6, **options)


class Cited(dy.Schema):
    """A row that states a fact and says where it is written."""

    source_id = slug()
    source_locator = text()
    note = text(nullable=True)


class Assertion(Cited):
    """A row of the log: what was asserted, known since when, and whether it replaces another row."""

    assertion_id = slug(primary_key=True)
    confidence = words("high", "medium", "low")
    known_from = day()
    recorded_on = day()
    action = words("assert", "retract")
    corrects = slug(nullable=True)
    is_preferred = dy.Bool()

    @dy.rule()
    def retraction_names_what_it_retracts(cls) -> pl.Expr:
        return (pl.col("action") == "assert") | pl.col("corrects").is_not_null()


class Period(dy.Schema):
    """Valid time, half-open: `valid_to` is the first day on which it no longer holds."""

    valid_from = day(nullable=True)
    valid_to = day(nullable=True)

    @dy.rule()
    def valid_to_is_after_valid_from(cls) -> pl.Expr:
        return pl.col("valid_to").is_null() | (pl.col("valid_to") > pl.col("valid_from"))


class Sources(dy.Schema):
    source_id = slug(primary_key=True)
    title = text()
    publisher = text()
    publisher_class = words("official", "statistics", "press", "research")
    published_date = day(nullable=True)
    accessed_date = day()
    url = dy.String(nullable=True, regex=r"^https?://\S+$")
    licence = text()
    text_file = dy.String(nullable=True, regex=r"^[\w.\-]+$")


class Partners(dy.Schema):
    partner_iso3 = party(primary_key=True)
    partner_name = text()
    census_code = dy.String(nullable=True, regex=r"^\d{4}$")
    currency_code = dy.String(nullable=True, regex=r"^[A-Z]{3}$")
    is_bloc = dy.Bool()


class PartnerMembers(Period):
    bloc_iso3 = party(primary_key=True)
    partner_iso3 = party(primary_key=True)


class Officials(Cited):
    official_id = slug(primary_key=True)
    official_name = text()
    role = text(primary_key=True)
    partner_iso3 = party()
    role_from = day(nullable=True)
    role_to = day(nullable=True)


class ProductScopes(dy.Schema):
    scope_id = slug(primary_key=True)
    scope_name = text()
    sector = slug()
    hs_prefixes = dy.String(nullable=True, regex=SCOPE_PREFIXES)
    excluded_prefixes = dy.String(nullable=True, regex=SCOPE_PREFIXES)
    parent_scope_id = slug(nullable=True)
    condition = text(nullable=True)
    note = text(nullable=True)


class Programmes(Cited):
    programme_id = slug(primary_key=True)
    programme_name = text()
    authority = words("IEEPA", "S232", "S122", "S301", "S338", "S201")
    stacking_class = words("section-232", "displaced-by-232", "cumulative")


class Instruments(dy.Schema):
    instrument_id = slug(primary_key=True)
    instrument_type = words(
        "executive_order", "proclamation", "federal_register_notice", "agreement", "memorandum",
        "joint_statement", "fact_sheet", "letter", "statute", "court_ruling", "agency_notice",
        "tariff_schedule",
    )  # fmt: skip
    title = text()
    citation = text(nullable=True)
    signed_date = day(nullable=True)
    published_date = day(nullable=True)
    effective_date = day(nullable=True)
    source_id = slug()


class TariffRates(Assertion, Period):
    rate_id = slug()
    partner_iso3 = party()
    scope_id = slug()
    programme_id = slug()
    rate_basis = words("additional", "floor_incl_base", "ceiling_total", "total", "exempt")
    rate_pct = percent(nullable=True, min=0, max=250)
    rate_status = words(
        "in_force", "scheduled", "agreed", "announced", "proposed", "demanded", "threatened", "suspended", "lapsed",
    )  # fmt: skip
    quota_tier = words("none", "in_quota", "over_quota")
    quota_volume = dy.Decimal(18, 2, nullable=True, min=0)
    quota_unit = text(nullable=True)
    instrument_id = slug(nullable=True)
    deal_id = slug(nullable=True)

    @dy.rule()
    def rate_is_given_unless_withdrawn(cls) -> pl.Expr:
        return (pl.col("action") == "retract") | pl.col("rate_pct").is_not_null()

    @dy.rule()
    def exempt_means_zero(cls) -> pl.Expr:
        return (pl.col("rate_basis") != "exempt") | (pl.col("rate_pct") == 0)

    @dy.rule()
    def in_force_has_an_instrument(cls) -> pl.Expr:
        return (pl.col("rate_status") != "in_force") | pl.col("instrument_id").is_not_null()

    @dy.rule()
    def in_force_has_a_first_day(cls) -> pl.Expr:
        return (pl.col("rate_status") != "in_force") | pl.col("valid_from").is_not_null()


class BaseRates(Assertion, Period):
    base_rate_id = slug()
    partner_iso3 = party()
    scope_id = slug()
    preference = words("mfn", "column-2", "korus", "usmca", "ukedp", "fta")
    rate_pct = percent(nullable=True, min=0, max=250)
    is_uniform = dy.Bool()

    @dy.rule()
    def uniform_base_has_a_rate(cls) -> pl.Expr:
        return ~pl.col("is_uniform") | pl.col("rate_pct").is_not_null()


class MeasureEndings(Assertion):
    ending_id = slug()
    authority = words("IEEPA", "S232", "S122", "S301", "S338", "S201", nullable=True)
    programme_id = slug(nullable=True)
    instrument_id = slug(nullable=True)
    partner_iso3 = party()
    ends_on = day()
    reason = text()

    @dy.rule()
    def ends_one_authority_programme_or_instrument(cls) -> pl.Expr:
        ended = ["authority", "programme_id", "instrument_id"]
        return pl.sum_horizontal(pl.col(c).is_not_null() for c in ended) == 1


class Deals(Cited):
    deal_id = slug(primary_key=True)
    deal_name = text()
    partner_iso3 = party()


class DealEvents(Assertion):
    event_id = slug()
    deal_id = slug(nullable=True)
    partner_iso3 = party()
    event_date = day(nullable=True)
    event_type = words(
        "claimed", "threatened", "announced", "proposed", "agreed", "signed", "gazetted", "in_force", "scheduled",
        "amended", "legislated", "suspended", "stalled", "superseded", "expired", "struck_down", "refund_ordered",
        "retaliation", "meeting",
    )  # fmt: skip
    event_name = text()
    event_summary = text(nullable=True)
    instrument_id = slug(nullable=True)
    official_id = slug(nullable=True)


class DealClauses(Assertion):
    clause_id = slug()
    deal_id = slug()
    clause_type = words(
        "no_less_favourable", "retroactive_on_trigger", "snap_back", "profit_split", "adjustment", "review",
    )  # fmt: skip
    scope_id = slug(nullable=True)
    trigger_summary = text()
    reference_summary = text()
    clause_state = words("waiting", "triggered", "lapsed", "operating")
    due_date = day(nullable=True)


class Concessions(Assertion):
    concession_id = slug()
    deal_id = slug()
    partner_iso3 = party()
    concession_type = words(
        "market_access", "tariff_cut", "standards", "purchases_policy", "digital", "labour_environment",
        "export_controls", "security", "monetary", "taxation", "other",
    )  # fmt: skip
    scope_id = slug(nullable=True)
    concession_summary = text()


class SectorRoles(Assertion):
    """What a sector is in a deal: where the stakes, the sensitivities and the rivals are."""

    sector_role_id = slug()
    deal_id = slug()
    partner_iso3 = party()
    scope_id = slug(nullable=True)
    sector = slug()
    sector_role = words("key", "sensitive", "rival", "investment_priority")
    rival_iso3 = party(nullable=True)


class Pledges(Assertion):
    pledge_id = slug()
    parent_pledge_id = slug(nullable=True)
    deal_id = slug(nullable=True)
    partner_iso3 = party()
    pledge_name = text()
    row_role = words("whole", "leg")
    asserted_by = party()
    pledge_type = words(
        "investment_cash", "investment_financed", "investment_private", "investment_mixed", "credit_guarantee",
        "purchase", "economic_exchange",
    )  # fmt: skip
    amount_bn = money(nullable=True, min=0, max=100_000)
    currency_code = dy.String(nullable=True, regex=r"^[A-Z]{3}$")
    amount_period = words("total", "per_year", "increment", nullable=True)
    bound = words("exactly", "about", "at_least", "up_to", nullable=True)
    quantity = dy.Decimal(18, 3, nullable=True, min=0)
    quantity_unit = text(nullable=True)
    change_pct = percent(nullable=True)
    baseline = text(nullable=True)
    annual_cap_bn = money(nullable=True, min=0)
    annual_cap_year = words("calendar", "contract", nullable=True)
    fx_per_usd = dy.Decimal(18, 6, nullable=True, min_exclusive=0)
    fx_source_id = slug(nullable=True)
    horizon_from = day(nullable=True)
    horizon_to = day(nullable=True)
    horizon_kind = words("payment", "selection", "purchase", nullable=True)
    is_upfront = dy.Bool(nullable=True)
    sectors = text(nullable=True)
    bindingness = words("binding", "memorandum", "statement", "order_text", "commercial", "none")
    pledge_status = words(
        "demanded", "expected", "announced", "agreed", "signed", "legislated", "ordered", "lapsed", "superseded",
    )  # fmt: skip
    overlap_key = slug(nullable=True)

    @dy.rule()
    def amount_has_currency_and_period(cls) -> pl.Expr:
        stated = pl.col("amount_bn").is_not_null()
        return ~stated | (pl.col("currency_code").is_not_null() & pl.col("amount_period").is_not_null())

    @dy.rule()
    def leg_names_its_whole(cls) -> pl.Expr:
        return (pl.col("row_role") == "whole") | pl.col("parent_pledge_id").is_not_null()

    @dy.rule()
    def foreign_money_has_a_rate(cls) -> pl.Expr:
        foreign = pl.col("amount_bn").is_not_null() & (pl.col("currency_code") != "USD")
        return ~foreign | pl.col("fx_per_usd").is_not_null()

    @dy.rule()
    def horizon_to_is_after_horizon_from(cls) -> pl.Expr:
        return pl.col("horizon_to").is_null() | (pl.col("horizon_to") > pl.col("horizon_from"))


class PledgeComponents(Assertion):
    component_id = slug()
    pledge_id = slug()
    component = words("equity", "loan", "guarantee")
    share_min = dy.Decimal(9, 6, nullable=True, min=0, max=1)
    share_max = dy.Decimal(9, 6, nullable=True, min=0, max=1)


class PledgeProgress(Assertion):
    progress_id = slug()
    pledge_id = slug()
    parent_progress_id = slug(nullable=True)
    progress_date = day(nullable=True)
    progress_type = words("candidate", "allocated", "committed", "disbursed", "claimed")
    progress_name = text()
    amount_bn = money(nullable=True, min=0)
    currency_code = dy.String(nullable=True, regex=r"^[A-Z]{3}$")
    fx_per_usd = dy.Decimal(18, 6, nullable=True, min_exclusive=0)
    is_cumulative = dy.Bool()

    @dy.rule()
    def foreign_step_has_a_rate(cls) -> pl.Expr:
        foreign = pl.col("amount_bn").is_not_null() & pl.col("currency_code").ne_missing("USD")
        return ~foreign | pl.col("fx_per_usd").is_not_null()


class MacroIndicators(Assertion):
    observation_id = slug()
    partner_iso3 = party()
    indicator = words(
        "gdp_nominal", "gdp_per_capita", "population", "fx_reserves", "goods_exports_to_us", "us_goods_imports_from",
        "auto_exports_to_us", "auto_share_of_exports_to_us", "us_fdi_inflow",
    )  # fmt: skip
    period = dy.String(regex=r"^\d{4}(?:-\d{2})?(?:/\d{4}-\d{2})?$")
    value = money(min=0)
    unit = words("USD_bn", "USD", "JPY_trn", "KRW_trn", "EUR_bn", "persons", "percent")
    provider = slug()
    is_projection = dy.Bool()
    derived_from = text(nullable=True)


class TradeFlows(Assertion):
    flow_id = slug()
    partner_iso3 = party()
    scope_id = slug()
    period = dy.String(regex=r"^\d{4}$")
    imports_usd = dy.Decimal(18, 0, min=0)
    duties_usd = dy.Decimal(18, 0, nullable=True, min=0)
    provider = slug()


class Claims(Assertion):
    claim_id = slug()
    claimed_by = text()
    claimed_date = day()
    partner_iso3 = party()
    scope_id = slug(nullable=True)
    pledge_id = slug(nullable=True)
    claim_metric = words(
        "share_of_gdp_pct", "share_of_reserves_pct", "per_capita_usd", "exports_to_us_years", "rate_pct", "cut_pp",
        "gap_pp", "pledge_amount_usd_bn", "delivered_usd_bn", "other",
    )  # fmt: skip
    rival_iso3 = party(nullable=True)
    valid_on = day(nullable=True)
    stated_value = money(nullable=True)
    unit = words("percent", "USD_bn", "USD", "years", "pp", "none")
    qualifier = words("exactly", "about", "at_least", "up_to")
    claim_summary = text()


class Disagreements(dy.Schema):
    disagreement_id = slug(primary_key=True)
    topic = text()
    value_a = text()
    source_a_id = slug()
    assertion_a_id = slug(nullable=True)
    value_b = text()
    source_b_id = slug()
    assertion_b_id = slug(nullable=True)
    preferred = words("a", "b", "both", "neither")
    reason = text()


class Reviews(dy.Schema):
    """Up to which day somebody looked for news of a partner, and where: about our looking, not about the world."""

    partner_iso3 = party(primary_key=True)
    review_topic = words("rates", "pledges", "delivery", "events", "claims", primary_key=True)
    reviewed_through = day()
    reviewed_on = day()
    reviewed_sources = text()
    open_findings = text(nullable=True)

    @dy.rule()
    def reviewed_through_is_no_later_than_reviewed_on(cls) -> pl.Expr:
        return pl.col("reviewed_through") <= pl.col("reviewed_on")


SEEDS: dict[str, type[dy.Schema]] = {
    "sources": Sources,
    "partners": Partners,
    "partner_members": PartnerMembers,
    "officials": Officials,
    "product_scopes": ProductScopes,
    "programmes": Programmes,
    "instruments": Instruments,
    "tariff_rates": TariffRates,
    "base_rates": BaseRates,
    "measure_endings": MeasureEndings,
    "deals": Deals,
    "deal_events": DealEvents,
    "deal_clauses": DealClauses,
    "concessions": Concessions,
    "sector_roles": SectorRoles,
    "pledges": Pledges,
    "pledge_components": PledgeComponents,
    "pledge_progress": PledgeProgress,
    "macro_indicators": MacroIndicators,
    "trade_flows": TradeFlows,
    "claims": Claims,
    "disagreements": Disagreements,
    "reviews": Reviews,
}

# rules within a row -> the column to mend, what it should hold, and how to mend it
ROW_RULES = {
    "retraction_names_what_it_retracts": (
        "corrects", "the assertion that the row retracts", "Write its assertion_id.",
    ),
    "valid_to_is_after_valid_from": (
        "valid_to", "a day after valid_from", "Write the first day on which it no longer holds.",
    ),
    "rate_is_given_unless_withdrawn": ("rate_pct", "a rate in per cent", "Write the rate; 0 where the source says so."),
    "exempt_means_zero": ("rate_pct", "0 for an exemption", "Write 0, or another rate_basis."),
    "in_force_has_an_instrument": (
        "instrument_id", "the legal instrument of a rate in force",
        "Name the instrument (add it to instruments.csv first), or write another rate_status.",
    ),
    "in_force_has_a_first_day": (
        "valid_from", "the first day of a rate in force",
        "Write the day, or another rate_status: a plan without a date is not in force.",
    ),
    "uniform_base_has_a_rate": (
        "rate_pct", "the duty, where one figure holds across the scope", "Write the rate, or is_uniform = false.",
    ),
    "ends_one_authority_programme_or_instrument": (
        "authority", "one of authority, programme_id and instrument_id", "Fill one of them only, in a row for each.",
    ),
    "amount_has_currency_and_period": (
        "currency_code", "a currency and a period beside an amount", "Fill currency_code and amount_period.",
    ),
    "leg_names_its_whole": (
        "parent_pledge_id", "the whole that a leg is part of", "Write the pledge_id of the whole, or row_role = whole.",
    ),
    "foreign_money_has_a_rate": (
        "fx_per_usd", "units of the currency per dollar", "Write the rate of exchange, and fx_source_id.",
    ),
    "foreign_step_has_a_rate": (
        "fx_per_usd", "units of the currency per dollar, of an amount that is not in USD",
        "Write the rate of exchange, or currency_code = USD.",
    ),
    "horizon_to_is_after_horizon_from": (
        "horizon_to", "a day after horizon_from", "Write the first day after the horizon.",
    ),
    "reviewed_through_is_no_later_than_reviewed_on": (
        "reviewed_through", "a day on or before reviewed_on", "Write the last day that the sources looked at cover.",
    ),
}  # fmt: skip
