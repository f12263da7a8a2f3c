"""The columns of every seed file: the one place that says what a fact row must look like.

Belongs here: names, types, allowed words and bounds of single columns, and which rules hold within one row.
Does not belong here: those rules in words (`row_rules.py`), rules across rows or files (`rules.py`,
`plausibility.py`) and anything computed (dbt).

Each schema describes one CSV in `seeds/`; `SEEDS` maps the file's stem to it. Dates are ISO days, amounts are
in billions of the stated currency (`_bn`), rates in per cent (`_pct`, 0-100 and above), shares 0-1.
"""

import datetime as dt

import dataframely as dy
import polars as pl

from dagster_project.seeds.row_rules import (
    CLAIM_UNITS,
    COUNTED_IN,
    LARGEST_PLEDGE_BN,
    NEAR,
    PER_USD,
    REACH_BACK,
    dollars_at_most,
    not_before,
    period_end,
    stated_again_in_the_note,
    usual_rate,
    within,
)

SLUG = r"^[a-z0-9]+(?:[-.][a-z0-9]+)*$"
MONTH = r"\d{4}-(?:0[1-9]|1[0-2])"
SCOPE_PREFIXES = r"^(?:\d\d){1,5}(?: (?:\d\d){1,5})*$"
PREFIX_FORM = "codes of the tariff schedule of 2 to 10 digits, parted by a blank"
EARLIEST, LATEST = dt.date(1930, 1, 1), dt.date(2060, 1, 1)
# the first day of the first administration whose duties stand in the seeds: nothing in the log is older
LOG_BEGINS = dt.date(2017, 1, 20)


def slug(**options) -> dy.String:
    form = "a slug: lower-case letters, digits, hyphens"
    return dy.String(regex=SLUG, max_length=120, metadata={"form": form}, **options)


def party(**options) -> dy.String:
    """ISO 3166-1 alpha-3 code, `EUU` for the European Union, `ALL` for every partner."""
    form = "a party code of three capitals (JPN, EUU, ALL)"
    return dy.String(regex=r"^[A-Z]{3}$", metadata={"form": form}, **options)


def abroad(**options) -> dy.String:
    """A party that faces the United States, or `ALL` of them."""
    return party(check={"is_abroad": lambda code: code != "USA"}, **options)


def one_abroad(**options) -> dy.String:
    """One party that faces the United States: not `ALL`."""
    return party(check={"is_one_abroad": lambda code: ~code.is_in(["USA", "ALL"])}, **options)


def currency(**options) -> dy.String:
    return dy.String(regex=r"^[A-Z]{3}$", metadata={"form": "a currency code of three capitals"}, **options)


def of_form(pattern: str, form: str, **options) -> dy.String:
    """Text of a pattern; `form` says in words what the pattern wants."""
    return dy.String(regex=pattern, metadata={"form": form}, **options)


def day(**options) -> dy.Date:
    return dy.Date(min=EARLIEST, max=LATEST, **options)


def log_day(**options) -> dy.Date:
    """A day of the time that the log covers."""
    return dy.Date(min=LOG_BEGINS, max=LATEST, **options)


def words(*allowed: str, **options) -> dy.String:
    return dy.String(regex=rf"^(?:{'|'.join(allowed)})$", metadata={"words": allowed}, **options)


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
    known_from = log_day()
    recorded_on = log_day()
    action = words("assert", "retract")
    corrects = slug(nullable=True)
    is_preferred = dy.Bool()

    @dy.rule()
    def retraction_names_what_it_retracts(cls) -> pl.Expr:
        return (pl.col("action") == "assert") | pl.col("corrects").is_not_null()

    @dy.rule()
    def recorded_once_known(cls) -> pl.Expr:
        return not_before("recorded_on", "known_from")


class Period(dy.Schema):
    """Valid time, half-open: `valid_to` is the first day on which it no longer holds."""

    valid_from = day(nullable=True)
    valid_to = day(nullable=True)

    @dy.rule()
    def valid_to_is_after_valid_from(cls) -> pl.Expr:
        return pl.col("valid_to").is_null() | (pl.col("valid_to") > pl.col("valid_from"))


class Money(dy.Schema):
    """Rules of an amount (`amount_bn`, `currency_code`, `fx_per_usd`): what it is in dollars is known and possible."""

    @dy.rule()
    def foreign_money_has_a_rate(cls) -> pl.Expr:
        foreign = pl.col("amount_bn").is_not_null() & (pl.col("currency_code") != "USD")
        return ~foreign | pl.col("fx_per_usd").is_not_null()

    @dy.rule()
    def dollars_need_no_rate(cls) -> pl.Expr:
        return pl.col("fx_per_usd").is_null() | (pl.col("currency_code") != "USD").fill_null(False)

    @dy.rule()
    def rate_of_exchange_has_been_seen(cls) -> pl.Expr:
        return within("fx_per_usd", pl.col("currency_code"), PER_USD)

    @dy.rule()
    def amount_is_of_this_world(cls) -> pl.Expr:
        return dollars_at_most(LARGEST_PLEDGE_BN)


class Sources(dy.Schema):
    source_id = slug(primary_key=True)
    title = text()
    publisher = text()
    publisher_class = words("official", "statistics", "press", "research")
    published_date = day(nullable=True)
    accessed_date = log_day()
    url = of_form(r"^https?://\S+$", "an http(s) address", nullable=True)
    licence = text()
    text_file = of_form(r"^[\w.\-]+$", "the name of a file", nullable=True)

    @dy.rule()
    def read_once_published(cls) -> pl.Expr:
        return not_before("accessed_date", "published_date")


class Providers(dy.Schema):
    """Who measures. `provider_rank` says who speaks first of those that cover the same latest period: the lowest."""

    provider = slug(primary_key=True)
    provider_name = text()
    provider_rank = dy.Decimal(2, 0, min=1, max=9)
    publishes = text()


class Partners(dy.Schema):
    partner_iso3 = party(primary_key=True)
    partner_name = text()
    census_code = of_form(r"^[0-9]{4}$", "the four digits of the Census Bureau's code", nullable=True)
    currency_code = currency(nullable=True)
    is_bloc = dy.Bool()

    @dy.rule()
    def name_is_its_own(cls) -> pl.Expr:
        return pl.col("partner_name").str.to_lowercase().is_unique()

    @dy.rule()
    def census_code_is_its_own(cls) -> pl.Expr:
        return pl.col("census_code").is_null() | pl.col("census_code").is_unique()


class PartnerMembers(Period):
    bloc_iso3 = one_abroad(primary_key=True)
    partner_iso3 = one_abroad(primary_key=True)


class Officials(Cited):
    official_id = slug(primary_key=True)
    official_name = text()
    role = text(primary_key=True)
    partner_iso3 = party()
    role_from = day(nullable=True)
    role_to = day(nullable=True)

    @dy.rule()
    def role_to_is_after_role_from(cls) -> pl.Expr:
        return (pl.col("role_to") > pl.col("role_from")).fill_null(True)


class ProductScopes(dy.Schema):
    scope_id = slug(primary_key=True)
    scope_name = text()
    sector = slug()
    hs_prefixes = of_form(SCOPE_PREFIXES, PREFIX_FORM, nullable=True)
    excluded_prefixes = of_form(SCOPE_PREFIXES, PREFIX_FORM, nullable=True)
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

    @dy.rule()
    def published_once_signed(cls) -> pl.Expr:
        return not_before("published_date", "signed_date")

    @dy.rule()
    def effective_about_when_signed(cls) -> pl.Expr:
        first = pl.coalesce("signed_date", "published_date")
        return (pl.col("effective_date") >= first - REACH_BACK).fill_null(True)


class TariffRates(Assertion, Period):
    rate_id = slug()
    partner_iso3 = abroad()
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
    valid_from = log_day(nullable=True)
    valid_to = log_day(nullable=True)

    @dy.rule()
    def usual_rate_or_stated_twice(cls) -> pl.Expr:
        return usual_rate()

    @dy.rule()
    def quota_volume_belongs_to_a_tier(cls) -> pl.Expr:
        stated = pl.col("quota_volume").is_not_null()
        return ~stated | ((pl.col("quota_tier") != "none") & pl.col("quota_unit").is_not_null())

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
    partner_iso3 = abroad()
    scope_id = slug()
    preference = words("mfn", "column-2", "korus", "usmca", "ukedp", "fta")
    rate_pct = percent(nullable=True, min=0, max=250)
    is_uniform = dy.Bool()

    @dy.rule()
    def usual_rate_or_stated_twice(cls) -> pl.Expr:
        return usual_rate()

    @dy.rule()
    def uniform_base_has_a_rate(cls) -> pl.Expr:
        return ~pl.col("is_uniform") | pl.col("rate_pct").is_not_null()


class MeasureEndings(Assertion):
    ending_id = slug()
    authority = words("IEEPA", "S232", "S122", "S301", "S338", "S201", nullable=True)
    programme_id = slug(nullable=True)
    instrument_id = slug(nullable=True)
    partner_iso3 = abroad()
    ends_on = log_day()
    reason = text()

    @dy.rule()
    def ending_does_not_reach_far_back(cls) -> pl.Expr:
        return not_before("ends_on", "known_from", within=REACH_BACK)

    @dy.rule()
    def ends_one_authority_programme_or_instrument(cls) -> pl.Expr:
        ended = ["authority", "programme_id", "instrument_id"]
        return pl.sum_horizontal(pl.col(c).is_not_null() for c in ended) == 1


class Deals(Cited):
    deal_id = slug(primary_key=True)
    deal_name = text()
    partner_iso3 = one_abroad()


class DealEvents(Assertion):
    event_id = slug()
    deal_id = slug(nullable=True)
    partner_iso3 = abroad()
    event_date = log_day(nullable=True)
    event_type = words(
        "claimed", "threatened", "announced", "proposed", "agreed", "signed", "gazetted", "in_force", "scheduled",
        "amended", "legislated", "suspended", "stalled", "superseded", "expired", "struck_down", "refund_ordered",
        "retaliation", "meeting",
    )  # fmt: skip
    event_name = text()
    event_summary = text(nullable=True)
    instrument_id = slug(nullable=True)
    official_id = slug(nullable=True)

    @dy.rule()
    def far_ahead_is_scheduled(cls) -> pl.Expr:
        return (pl.col("event_type") == "scheduled") | not_before("known_from", "event_date", within=NEAR)


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
    due_date = log_day(nullable=True)


class Concessions(Assertion):
    concession_id = slug()
    deal_id = slug()
    partner_iso3 = one_abroad()
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
    partner_iso3 = one_abroad()
    scope_id = slug(nullable=True)
    sector = slug()
    sector_role = words("key", "sensitive", "rival", "investment_priority")
    rival_iso3 = one_abroad(nullable=True)

    @dy.rule()
    def nobody_rivals_itself(cls) -> pl.Expr:
        return pl.col("rival_iso3") != pl.col("partner_iso3")

    @dy.rule()
    def rival_role_names_the_rival(cls) -> pl.Expr:
        return (pl.col("sector_role") == "rival") == pl.col("rival_iso3").is_not_null()


class Pledges(Assertion, Money):
    pledge_id = slug()
    parent_pledge_id = slug(nullable=True)
    deal_id = slug(nullable=True)
    partner_iso3 = one_abroad()
    pledge_name = text()
    row_role = words("whole", "leg")
    asserted_by = party()
    pledge_type = words(
        "investment_cash", "investment_financed", "investment_private", "investment_mixed", "credit_guarantee",
        "purchase", "economic_exchange",
    )  # fmt: skip
    amount_bn = money(nullable=True, min_exclusive=0)
    currency_code = currency(nullable=True)
    amount_period = words("total", "per_year", "increment", nullable=True)
    bound = words("exactly", "about", "at_least", "up_to", nullable=True)
    quantity = dy.Decimal(18, 3, nullable=True, min_exclusive=0)
    quantity_unit = text(nullable=True)
    change_pct = percent(nullable=True)
    baseline = text(nullable=True)
    annual_cap_bn = money(nullable=True, min_exclusive=0)
    annual_cap_year = words("calendar", "contract", nullable=True)
    fx_per_usd = dy.Decimal(18, 6, nullable=True, min_exclusive=0)
    fx_source_id = slug(nullable=True)
    horizon_from = log_day(nullable=True)
    horizon_to = log_day(nullable=True)
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
    def whole_is_part_of_nothing(cls) -> pl.Expr:
        return (pl.col("row_role") == "leg") | pl.col("parent_pledge_id").is_null()

    @dy.rule()
    def rate_of_exchange_has_a_source(cls) -> pl.Expr:
        return pl.col("fx_per_usd").is_null() | pl.col("fx_source_id").is_not_null()

    @dy.rule()
    def annual_cap_is_within_the_total(cls) -> pl.Expr:
        total = pl.col("amount_period") == "total"
        return ~total.fill_null(False) | (pl.col("annual_cap_bn") <= pl.col("amount_bn")).fill_null(True)

    @dy.rule()
    def horizon_to_is_after_horizon_from(cls) -> pl.Expr:
        return pl.col("horizon_to").is_null() | (pl.col("horizon_to") > pl.col("horizon_from"))


class PledgeComponents(Assertion):
    component_id = slug()
    pledge_id = slug()
    component = words("equity", "loan", "guarantee")
    share_min = dy.Decimal(9, 6, nullable=True, min=0, max=1)
    share_max = dy.Decimal(9, 6, nullable=True, min=0, max=1)

    @dy.rule()
    def share_min_is_at_most_share_max(cls) -> pl.Expr:
        return pl.col("share_min") <= pl.col("share_max")


class PledgeProgress(Assertion, Money):
    progress_id = slug()
    pledge_id = slug()
    parent_progress_id = slug(nullable=True)
    progress_date = log_day(nullable=True)
    progress_type = words("candidate", "allocated", "committed", "disbursed", "claimed")
    progress_name = text()
    amount_bn = money(nullable=True, min=0)
    currency_code = currency(nullable=True)
    fx_per_usd = dy.Decimal(18, 6, nullable=True, min_exclusive=0)
    is_cumulative = dy.Bool()

    @dy.rule()
    def amount_has_a_currency(cls) -> pl.Expr:
        return pl.col("amount_bn").is_null() | pl.col("currency_code").is_not_null()

    @dy.rule()
    def told_once_done(cls) -> pl.Expr:
        return not_before("known_from", "progress_date")


class MacroIndicators(Assertion):
    observation_id = slug()
    partner_iso3 = party(check={"is_one": lambda code: code != "ALL"})
    indicator = words(
        "gdp_nominal", "gdp_per_capita", "population", "fx_reserves", "goods_exports_to_us", "us_goods_imports_from",
        "auto_exports_to_us", "auto_share_of_exports_to_us", "us_fdi_inflow",
    )  # fmt: skip
    period = of_form(rf"^(?:\d{{4}}|{MONTH}(?:/{MONTH})?)$", "a year, a month, or two months (2024-01/2024-08)")
    value = money(min=0)
    unit = words("USD_bn", "USD", "JPY_trn", "KRW_trn", "EUR_bn", "persons", "percent")
    provider = slug()
    is_projection = dy.Bool()
    derived_from = text(nullable=True)

    @dy.rule()
    def unit_fits_the_indicator(cls) -> pl.Expr:
        return (pl.col("indicator") + " " + pl.col("unit")).is_in(list(COUNTED_IN))

    @dy.rule()
    def value_is_of_this_world(cls) -> pl.Expr:
        return within("value", pl.col("indicator") + " " + pl.col("unit"), COUNTED_IN)

    @dy.rule()
    def measured_once_over(cls) -> pl.Expr:
        return pl.col("is_projection") | (period_end() < pl.col("known_from")).fill_null(True)

    @dy.rule()
    def period_is_near(cls) -> pl.Expr:
        years = pl.col("period").str.slice(0, 4).cast(pl.Int32, strict=False) - pl.col("known_from").dt.year()
        # the IMF looks six years ahead, and calls a year or two that are over estimates
        return pl.when(pl.col("is_projection")).then(years.is_between(-2, 6)).otherwise(years >= -60).fill_null(True)


class TradeFlows(Assertion):
    flow_id = slug()
    partner_iso3 = one_abroad()
    scope_id = slug()
    period = of_form(r"^[0-9]{4}$", "a year")
    # more than all goods that the United States imports from any one partner in a year
    imports_usd = dy.Decimal(18, 0, min=0, max=1_500_000_000_000)
    duties_usd = dy.Decimal(18, 0, nullable=True, min=0)
    provider = slug()

    @dy.rule()
    def duties_are_less_than_imports(cls) -> pl.Expr:
        return pl.col("duties_usd") <= pl.col("imports_usd")

    @dy.rule()
    def measured_once_over(cls) -> pl.Expr:
        return (period_end() < pl.col("known_from")).fill_null(True)


class Claims(Assertion):
    claim_id = slug()
    claimed_by = text()
    claimed_date = log_day()
    partner_iso3 = abroad()
    scope_id = slug(nullable=True)
    pledge_id = slug(nullable=True)
    claim_metric = words(
        "share_of_gdp_pct", "share_of_reserves_pct", "per_capita_usd", "exports_to_us_years", "rate_pct", "cut_pp",
        "gap_pp", "pledge_amount_usd_bn", "delivered_usd_bn", "other",
    )  # fmt: skip
    rival_iso3 = one_abroad(nullable=True)
    valid_on = log_day(nullable=True)
    stated_value = money(nullable=True)
    unit = words("percent", "USD_bn", "USD", "years", "pp", "none")
    qualifier = words("exactly", "about", "at_least", "up_to")
    claim_summary = text()

    @dy.rule()
    def stated_value_is_of_this_world(cls) -> pl.Expr:
        metric, value = pl.col("claim_metric"), pl.col("stated_value")
        rates = metric.is_in(["rate_pct", "cut_pp", "gap_pp"])
        usual = (value == 0) | value.is_between(1, 100) | stated_again_in_the_note("stated_value")
        money = metric.is_in(["pledge_amount_usd_bn", "delivered_usd_bn"])
        return (value >= 0) & (~rates | usual) & (~money | (value <= LARGEST_PLEDGE_BN))

    @dy.rule()
    def known_once_claimed(cls) -> pl.Expr:
        return not_before("known_from", "claimed_date")

    @dy.rule()
    def nobody_rivals_itself(cls) -> pl.Expr:
        return pl.col("rival_iso3") != pl.col("partner_iso3")

    @dy.rule()
    def unit_fits_the_metric(cls) -> pl.Expr:
        metric = pl.col("claim_metric")
        return (pl.col("unit") == metric.replace_strict(CLAIM_UNITS, default=None, return_dtype=pl.String)).fill_null(
            True
        )


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


class Migrations(dy.Schema):
    """A change of the log that its rules forbid, done once and for a reason."""

    migration_id = slug(primary_key=True)
    recorded_on = day()
    kind = words("added_column", "dropped_column", "renamed_column", "retired_file", "rewritten_row")
    file = of_form(r"^[a-z_]+$", "a file of seeds/, without .csv")
    column_name = of_form(r"^[a-z0-9_]+$", "the name of a column", nullable=True)
    renamed_to = of_form(r"^[a-z0-9_]+$", "the name of a column", nullable=True)
    rewritten_id = slug(nullable=True)
    reason = text()

    @dy.rule()
    def migration_of_a_column_names_it(cls) -> pl.Expr:
        return ~pl.col("kind").str.ends_with("_column") | pl.col("column_name").is_not_null()

    @dy.rule()
    def renaming_names_the_new_column(cls) -> pl.Expr:
        return (pl.col("kind") == "renamed_column") == pl.col("renamed_to").is_not_null()

    @dy.rule()
    def rewriting_names_the_row(cls) -> pl.Expr:
        return (pl.col("kind") == "rewritten_row") == pl.col("rewritten_id").is_not_null()


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
    "providers": Providers,
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
    "migrations": Migrations,
    "reviews": Reviews,
}
# of which there may be none yet
MAY_BE_EMPTY = frozenset({"migrations"})
