"""Rules within one row of a seed: the bounds that they use, how they are computed, and what a curator is told.

Belongs here: what is plausible, with the reason for each bound. Does not belong here: which schema has which rule
(`schemas.py`).
"""

import datetime as dt

import polars as pl

# a year and a day: further back than any notice has reached (55 days) or may be expected to
REACH_BACK = dt.timedelta(days=366)
# what goes beyond is a plan: the longest notice of a first day that is not entered as `scheduled` was 46 days
NEAR = dt.timedelta(days=92)
# units of a currency per dollar between which every rate of 2000-2026 lies, with room: finds rates turned upside down
PER_USD = {
    "AED": (3, 4), "AUD": (0.9, 2.2), "BRL": (1.5, 10), "CAD": (0.9, 1.8), "CHF": (0.6, 1.9), "CNY": (5, 9),
    "EUR": (0.6, 1.3), "GBP": (0.4, 1), "IDR": (7000, 25000), "INR": (35, 130), "JPY": (70, 220), "KRW": (850, 2000),
    "MXN": (8, 30), "MYR": (2.5, 6), "QAR": (3, 4), "SAR": (3, 4), "SGD": (1, 2), "THB": (25, 50), "TWD": (25, 40),
    "VND": (13000, 35000),
}  # fmt: skip
LARGEST_PLEDGE_BN = 2000  # in dollars; the largest so far is 1,400
# what an indicator may be counted in, and between which values one partner's lies
COUNTED_IN: dict[str, tuple[float, float]] = {
    "gdp_nominal USD_bn": (0.01, 50_000), "gdp_nominal EUR_bn": (0.01, 50_000),
    "gdp_nominal JPY_trn": (100, 2_000), "gdp_nominal KRW_trn": (300, 10_000),
    "gdp_per_capita USD": (100, 500_000),
    "population persons": (500, 2_000_000_000),
    "fx_reserves USD_bn": (0.001, 6_000),
    "goods_exports_to_us USD_bn": (0, 1_500), "goods_exports_to_us EUR_bn": (0, 1_500),
    "goods_exports_to_us JPY_trn": (0, 100), "goods_exports_to_us KRW_trn": (0, 1_000),
    "us_goods_imports_from USD_bn": (0, 1_500),
    "auto_exports_to_us USD_bn": (0, 500), "auto_exports_to_us EUR_bn": (0, 500),
    "auto_exports_to_us JPY_trn": (0, 50), "auto_exports_to_us KRW_trn": (0, 500),
    "auto_share_of_exports_to_us percent": (0, 100),
    "us_fdi_inflow USD_bn": (0, 1_500),
}  # fmt: skip
CLAIM_UNITS = {
    "share_of_gdp_pct": "percent", "share_of_reserves_pct": "percent", "per_capita_usd": "USD",
    "exports_to_us_years": "years", "rate_pct": "percent", "cut_pp": "pp", "gap_pp": "pp",
    "pledge_amount_usd_bn": "USD_bn", "delivered_usd_bn": "USD_bn",
}  # fmt: skip


def not_before(later: str, earlier: str, within: dt.timedelta = dt.timedelta(0)) -> pl.Expr:
    """`later` is no earlier than `earlier`, but for `within`. Holds where either is unknown."""
    return (pl.col(later) >= pl.col(earlier) - within).fill_null(True)


def stated_again_in_the_note(column: str) -> pl.Expr:
    """The note has the same figure: how a curator says that an unusual one is meant."""
    figure = pl.col(column).cast(pl.String).str.strip_chars_end("0").str.strip_chars_end(".")
    return pl.col("note").fill_null("").str.contains(figure, literal=True)


def usual_rate() -> pl.Expr:
    """0, or from 1 to 100 per cent: 0.15 is 15 as a share, 249 a slip, unless the note has the figure again."""
    rate = pl.col("rate_pct")
    return rate.is_null() | (rate == 0) | rate.is_between(1, 100) | stated_again_in_the_note("rate_pct")


def within(value: str, key: pl.Expr, bounds: dict[str, tuple[float, float]]) -> pl.Expr:
    """The value lies between the bounds of its key; one without bounds is not judged."""
    lowest, highest = (
        key.replace_strict(
            list(bounds), [float(pair[side]) for pair in bounds.values()], default=None, return_dtype=pl.Float64
        )
        for side in (0, 1)
    )
    return pl.col(value).cast(pl.Float64).is_between(lowest, highest).fill_null(True)


def dollars_at_most(billions: int) -> pl.Expr:
    return pl.col("amount_bn").cast(pl.Float64) / pl.col("fx_per_usd").cast(pl.Float64).fill_null(1) <= billions


def period_end() -> pl.Expr:
    """The last day of a period: a year, a month, or the second of two months."""
    month = pl.col("period").str.slice(-7)
    last = pl.when(pl.col("period").str.len_chars() == 4).then(pl.col("period") + "-12").otherwise(month)
    return (last + "-01").str.to_date("%Y-%m-%d", strict=False).dt.month_end()


# checks of single cells -> what the cell should hold, and how to mend it
CELL_RULES = {
    "is_abroad": ("a partner of the United States", "Write whom the United States faces; USA is not its own partner."),
    "is_one_abroad": (
        "one partner of the United States", "Write the partner that the row is about: neither USA nor ALL.",
    ),
    "is_one": ("one country or bloc", "Write a row for each: an observation is never of ALL."),
}  # fmt: skip
# rules within a row -> the column to mend, what it should hold, and how to mend it
ROW_RULES = {
    "recorded_once_known": (
        "recorded_on", "a day on or after known_from", "Mend the days; perhaps the two are swapped.",
    ),
    "read_once_published": (
        "accessed_date", "a day on or after published_date", "Mend the days; perhaps the two are swapped.",
    ),
    "name_is_its_own": ("partner_name", "a name that no other partner has", "Mend the name, or the code beside it."),
    "census_code_is_its_own": (
        "census_code", "a code that no other partner has", "Mend the code of the Census Bureau's statistics.",
    ),
    "role_to_is_after_role_from": ("role_to", "a day after role_from", "Write the first day out of the role."),
    "published_once_signed": (
        "published_date", "a day on or after signed_date", "Mend the days; perhaps the two are swapped.",
    ),
    "effective_about_when_signed": (
        "effective_date", "a day at most a year before it was signed", "Mend the day: none reaches back further.",
    ),
    "usual_rate_or_stated_twice": (
        "rate_pct", "a rate in per cent: 0, or from 1 to 100",
        "Write 15 for 15 per cent; where so small or large a rate is meant, write its figure in `note` as well.",
    ),
    "quota_volume_belongs_to_a_tier": (
        "quota_volume", "a volume with its unit, of a rate in or over a quota", "Fill quota_tier and quota_unit.",
    ),
    "ending_does_not_reach_far_back": (
        "ends_on", "a day at most a year before known_from",
        "Mend the day: duties stay valid for the days on which they were collected.",
    ),
    "far_ahead_is_scheduled": (
        "event_date", "a day at most three months after known_from", "Mend the days, or write event_type = scheduled.",
    ),
    "nobody_rivals_itself": ("rival_iso3", "another partner than partner_iso3", "Name the rival, or leave it empty."),
    "rival_role_names_the_rival": (
        "rival_iso3", "a rival where sector_role = rival, and only there", "Name the rival, or mend sector_role.",
    ),
    "whole_is_part_of_nothing": (
        "parent_pledge_id", "nothing beside a whole", "Empty the cell, or write row_role = leg.",
    ),
    "dollars_need_no_rate": (
        "fx_per_usd", "a rate of exchange beside foreign money alone", "Empty the cell, or mend currency_code.",
    ),
    "rate_of_exchange_has_been_seen": (
        "fx_per_usd", "units of the currency per dollar, within what has been seen since 2000",
        "Turn the rate round if it is dollars per unit; else mend it, or the bounds in PER_USD.",
    ),
    "rate_of_exchange_has_a_source": (
        "fx_source_id", "the source of the rate of exchange", "Write the source_id.",
    ),
    "amount_is_of_this_world": (
        "amount_bn", f"at most {LARGEST_PLEDGE_BN:,} bn dollars; the largest pledge so far is 1,400",
        "Mend the amount, or its unit (billions).",
    ),
    "annual_cap_is_within_the_total": ("annual_cap_bn", "at most the amount in all", "Mend the cap or the amount."),
    "amount_has_a_currency": ("currency_code", "a currency beside an amount", "Fill currency_code."),
    "share_min_is_at_most_share_max": ("share_min", "at most share_max", "Mend the shares; perhaps they are swapped."),
    "told_once_done": (
        "progress_date", "a day on or before known_from", "Mend the days: what is only planned is no progress.",
    ),
    "unit_fits_the_indicator": ("unit", "a unit that this indicator is counted in", "Mend the unit, or the indicator."),
    "value_is_of_this_world": (
        "value", "a figure that a country can have, in this unit", "Mend the value, or its unit.",
    ),
    "measured_once_over": (
        "period", "a period that was over when the figure became known",
        "Mend the period or known_from, or write is_projection = true where there is such a column.",
    ),
    "period_is_near": (
        "period", "at most two years before known_from and six after for a projection, sixty before for a measurement",
        "Mend the period.",
    ),
    "duties_are_less_than_imports": ("duties_usd", "at most imports_usd", "Mend the amounts; both are whole dollars."),
    "known_once_claimed": (
        "known_from", "a day on or after claimed_date", "Mend the days: a claim is not known before it is made.",
    ),
    "stated_value_is_of_this_world": (
        "stated_value", f"0 or more; of a rate 0 or 1 to 100, of money in all at most {LARGEST_PLEDGE_BN:,} bn dollars",
        "Mend the value or its unit; where so odd a rate was stated, write its figure in `note` as well.",
    ),
    "unit_fits_the_metric": ("unit", "the unit that this claim_metric is stated in", "Mend the unit, or the metric."),
    "retraction_names_what_it_retracts": (
        "corrects", "the assertion that the row retracts", "Write its assertion_id.",
    ),
    "valid_to_is_after_valid_from": (
        "valid_to", "a day after valid_from", "Write the first day on which it no longer holds.",
    ),
    "retired_scope_has_a_successor": (
        "successor_scope_id", "the scope to ask for in place of a retired one, and only there",
        "Name the successor, or mend scope_kind.",
    ),
    "condition_is_met_or_not": (
        "condition_is_met", "true or false beside a condition, and only there", "Fill condition_is_met.",
    ),
    "text_is_told_with_its_lines": (
        "text_lines", "a source with a stored text, and its lines", "Fill text_source_id and text_lines, or neither.",
    ),
    "taken_out_without_a_condition": (
        "role", "an exclusion of whole lines, without a condition",
        "Exclude the whole code, or put the condition on the codes that are included.",
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
    "horizon_to_is_after_horizon_from": (
        "horizon_to", "a day after horizon_from", "Write the first day after the horizon.",
    ),
    "migration_of_a_column_names_it": ("column_name", "the column that came, went or was renamed", "Write its name."),
    "renaming_names_the_new_column": (
        "renamed_to", "the new name, of a renamed column alone", "Write it, or leave the cell empty.",
    ),
    "rewriting_names_the_row": (
        "rewritten_id", "the assertion_id, of a rewritten row alone", "Write it, or leave the cell empty.",
    ),
    "reviewed_through_is_no_later_than_reviewed_on": (
        "reviewed_through", "a day on or before reviewed_on", "Write the last day that the sources looked at cover.",
    ),
}  # fmt: skip
