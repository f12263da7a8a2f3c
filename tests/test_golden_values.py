"""Figures of each metric on the real seeds, worked out by hand from what the documents state.

Belongs here: one or two figures a metric, arithmetic shown. Does not belong here: edge cases (dbt's unit tests),
what was known when (`test_known_when.py`).
"""

import datetime as dt
from decimal import Decimal
from math import ceil

import pytest

from tests.assertion_log import rows
from tests.conftest import AS_OF_DATE, Warehouse

BN = 10**9
# billions of dollars: World Bank 2023 in the vintage of October 2024, Bank of Korea 2024
KOREA_WORLD_BANK, KOREA_BANK_OF_KOREA = Decimal("1712.792854"), Decimal("1868")
JAPAN_WORLD_BANK = Decimal("4212.945160")


@pytest.mark.parametrize(
    ("pledge", "provider", "period", "share"),
    [
        ("kor-investment-demand", "world-bank", "2023", 100 * 350 / KOREA_WORLD_BANK),
        ("kor-investment-demand", "bank-of-korea", "2024", 100 * 350 / KOREA_BANK_OF_KOREA),
        ("jpn-investment", "world-bank", "2023", 100 * 550 / JAPAN_WORLD_BANK),
    ],
)
def test_the_share_of_gdp_of_a_pledge(connection, pledge: str, provider: str, period: str, share: Decimal) -> None:
    ((found,),) = connection.execute(
        "select share_of_gdp_pct from metrics.metric_pledge_burdens where pledge_id = ? and denominator_provider = ?"
        " and denominator_period = ? and burden_indicator = 'gdp_nominal' and not denominator_is_projection",
        [pledge, provider, period],
    ).fetchall()
    assert found == pytest.approx(share, abs=Decimal("0.000001"))


def test_the_shares_that_the_readme_names(connection) -> None:
    assert round(100 * 350 / KOREA_WORLD_BANK, 2) == Decimal("20.43")
    assert round(100 * 350 / KOREA_BANK_OF_KOREA, 2) == Decimal("18.74")
    assert round(100 * 550 / JAPAN_WORLD_BANK, 2) == Decimal("13.06")


def test_the_cash_of_korea_takes_ten_years_under_its_cap_and_60_bn_can_be_paid_through_2028(connection) -> None:
    schedule = connection.sql(
        "select year, min_years, most_paid_by_year_end_usd from metrics.metric_pledge_schedules"
        " where pledge_id = 'kor-investment-cash' order by year"
    ).fetchall()
    assert ceil(200 / 20) == 10
    assert schedule == [(2026 + n, 10, 20 * BN * (n + 1)) for n in range(10)]
    assert {year: paid for year, _, paid in schedule}[2028] == 3 * 20 * BN == 60 * BN


def test_the_first_japanese_tranche_counts_once_and_its_parts_lie_in_it(connection) -> None:
    assert Decimal("33.3") + Decimal("2.1") + Decimal("0.6") == 36
    ((candidate, allocated, share, left, disbursed),) = connection.sql(
        "select candidate_usd, allocated_usd, allocated_share_pct, to_be_allocated_usd, disbursed_usd"
        " from metrics.metric_pledge_delivery where pledge_id = 'jpn-investment' and is_latest"
    ).fetchall()
    assert (candidate, allocated, left) == ((332 + 40) * BN, 36 * BN, (550 - 36) * BN)
    assert disbursed is None, "no payment was reported, which is not a report of none"
    assert share == round(Decimal(100 * 36) / 550, 6)


def test_the_saving_on_japanese_cars_is_imports_times_the_cut(warehouse: Warehouse, connection) -> None:
    (flow,) = [row for row in rows(warehouse.seeds, "trade_flows") if row["flow_id"] == "jpn-passenger-cars-2024"]
    # 27.5 without the deal, 15 with it: an eighth of the imports of 2024
    saving = Decimal(flow["imports_usd"]) * (Decimal("27.5") - 15) / 100
    assert connection.sql(
        "select rate_no_deal_pct, total_rate_pct, cut_pp, saving_usd_per_year, pledge_to_saving_years"
        " from metrics.metric_duty_savings where partner_iso3 = 'JPN' and scope_id = 'passenger-cars'"
    ).fetchall() == [(Decimal("27.5"), 15, Decimal("12.5"), round(saving), round(550 * BN / saving, 2))]


@pytest.mark.parametrize(
    ("scope", "partner", "steps"),
    [
        ("passenger-cars", "JPN", (Decimal("27.5"), 15, Decimal("12.5"))),
        ("passenger-cars", "KOR", (25, 15, 10)),
        # the base of light trucks is 25: 25 + 25 before, and a floor of 15 adds nothing to 25
        ("light-trucks", "JPN", (50, 25, 25)),
    ],
)
def test_the_cut_of_a_deal(connection, scope: str, partner: str, steps: tuple) -> None:
    assert connection.execute(
        "select rate_before_pct, rate_after_pct, cut_pp from metrics.metric_tariff_cuts"
        " where partner_iso3 = ? and scope_id = ? and cut_pp > 0",
        [partner, scope],
    ).fetchall() == [steps]


def test_without_the_deal_goods_would_pay_what_they_paid_before_it(connection) -> None:
    """Japanese cars 2.5 + 25, Korean 0 + 25; China's cars have no deal row, so that both rates are one."""
    found = connection.execute(
        "select partner_iso3, total_rate_pct, rate_no_deal_pct from metrics.metric_total_rates"
        " where scope_id = 'passenger-cars' and partner_iso3 in ('JPN', 'KOR')"
        " and valid_from <= $day and $day < valid_to order by 1",
        {"day": AS_OF_DATE},
    ).fetchall()
    assert found == [("JPN", 15, Decimal("27.5")), ("KOR", 15, 25)]


def test_roughly_a_fifth_of_the_economy_holds_on_some_denominators(warehouse: Warehouse, connection) -> None:
    """About 20 means 19 to 21."""
    readings = dict(
        connection.sql(
            "select reading_id, reading_verdict from metrics.metric_claim_checks"
            " where claim_id = 'article-kor-share-of-economy'"
        ).fetchall()
    )
    assert readings["kor-gdp-nominal-2023-world-bank"] == "supported"
    assert readings["kor-gdp-nominal-2024-bank-of-korea"] == "contradicted"
    verdicts = connection.sql(
        "select distinct claim_verdict, lowest_value, highest_value from metrics.metric_claim_checks"
        " where claim_id = 'article-kor-share-of-economy'"
    ).fetchall()
    # 350 over the largest and the smallest figure known on 27 October 2025
    gdps = [
        Decimal(row["value"])
        for row in rows(warehouse.seeds, "macro_indicators")
        if (row["partner_iso3"], row["indicator"], row["unit"]) == ("KOR", "gdp_nominal", "USD_bn")
        and row["known_from"] <= "2025-10-27"
        and row["is_preferred"] == "true"
    ]
    assert len(gdps) == len(readings)
    assert verdicts == [
        (
            "supported_by_some_readings",
            pytest.approx(350 * 100 / max(gdps), abs=Decimal("0.000001")),
            pytest.approx(350 * 100 / min(gdps), abs=Decimal("0.000001")),
        )
    ]


def test_korean_exports_at_25_holds_for_cars_and_not_for_general_goods_which_already_paid_15(connection) -> None:
    readings = connection.sql(
        "select reading_id, computed_value, reading_verdict from metrics.metric_claim_checks"
        " where claim_id = 'article-kor-exports-before' order by 1"
    ).fetchall()
    assert readings == [
        ("auto-parts-none", 25, "supported"),
        ("general-goods-none", 15, "contradicted"),
        ("passenger-cars-none", 25, "supported"),
    ]


def test_at_least_twelve_claims_are_checked(connection) -> None:
    ((checked,),) = connection.sql(
        "select count(distinct claim_id) from metrics.metric_claim_checks where claim_verdict <> 'not_checkable'"
    ).fetchall()
    assert checked >= 12


def test_a_scorecard_puts_the_japanese_deal_on_one_line(connection) -> None:
    assert connection.sql(
        "select car_rate_before_pct, car_rate_after_pct, car_cut_pp, car_rate_no_deal_pct, car_cut_date,"
        " investment_financed_usd, largest_pledge_id, allocated_usd, disbursed_usd"
        " from metrics.metric_deal_scorecards where deal_id = 'us-japan-2025'"
    ).fetchall() == [
        (
            Decimal("27.5"), 15, Decimal("12.5"), Decimal("27.5"), dt.date(2025, 9, 16), 550 * BN, "jpn-investment",
            36 * BN, None,
        )
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("deal", "sums"),
    [
        ("us-switzerland-liechtenstein-2025", {"investment_private_usd": 200 * BN + 3 * BN // 10}),
        # 250 bn of investment; the company's own 165 bn lies in it
        ("us-taiwan-2026", {"investment_private_usd": 250 * BN, "credit_guarantee_usd": 250 * BN}),
        ("us-india-2026", {}),
    ],
)
def test_investments_guarantees_and_purchases_stand_apart(connection, deal: str, sums: dict[str, int]) -> None:
    cursor = connection.execute("from metrics.metric_deal_scorecards where deal_id = ?", [deal])
    row = dict(zip([column[0] for column in cursor.description], cursor.fetchone(), strict=True))
    types = ["cash", "financed", "private", "mixed"]
    found = {name: row[name] for name in (*(f"investment_{kind}_usd" for kind in types), "credit_guarantee_usd")}
    assert {name: value for name, value in found.items() if value} == sums


def test_what_is_expected_and_claimed_of_the_european_union_stands_in_columns_of_its_own(connection) -> None:
    """The joint statement expects both sums; the Commission claims 154 bn euros at 0.8845 a dollar, and 200."""
    ((largest, *sums),) = connection.sql(
        "select largest_pledge_id, expected_investment_private_usd, expected_purchase_usd, investment_private_usd,"
        " claimed_investment_private_usd, claimed_purchase_usd"
        " from metrics.metric_deal_scorecards where deal_id = 'us-eu-2025'"
    ).fetchall()
    assert (largest, sums) == ("eu-chips", [600 * BN, 750 * BN, None, round(154 * BN / Decimal("0.8845")), 200 * BN])


def test_korea_was_asked_for_350_bn_and_promised_350_bn(connection) -> None:
    assert connection.sql(
        "select demanded_investment_cash_usd, largest_pledge_id, largest_pledge_usd"
        " from metrics.metric_deal_scorecards where deal_id = 'us-korea-2025'"
    ).fetchall() == [(350 * BN, "kor-investment", 350 * BN)]


def test_the_equal_pledges_of_taiwan_are_both_seen_and_everybody_names_the_investment(connection) -> None:
    assert connection.sql(
        "select largest_pledge_id, largest_pledge_count from metrics.metric_deal_scorecards"
        " where deal_id = 'us-taiwan-2026'"
    ).fetchall() == [("twn-investment", 2)]
    assert connection.sql(
        "select pledge_id from metrics.metric_pledge_standings where partner_iso3 = 'TWN' and is_largest_of_partner"
        " order by 1"
    ).fetchall() == [("twn-guarantees",), ("twn-investment",)]
    assert connection.sql(
        "select distinct pledge_id from metrics.metric_duty_savings where partner_iso3 = 'TWN'"
    ).fetchall() == [("twn-investment",)]


def test_the_one_payment_on_record_is_in_the_delivery_and_in_the_scorecard(connection) -> None:
    """Australia's first billion for submarines, paid since February 2025; the sheet of 20 October 2025 names no day."""
    assert connection.sql(
        "select progress_date, is_dated, disbursed_usd, disbursed_share_pct from metrics.metric_pledge_delivery"
        " where pledge_id = 'aus-submarines-first'"
    ).fetchall() == [(dt.date(2025, 10, 20), False, BN, 100)]
    assert connection.sql(
        "select disbursed_investment_cash_usd from metrics.metric_deal_scorecards where deal_id = 'us-australia-2025'"
    ).fetchall() == [(BN,)]


def test_every_deal_has_a_scorecard(connection) -> None:
    assert (
        connection.sql(
            "select deal_id from marts.dim_deals except select deal_id from metrics.metric_deal_scorecards"
        ).fetchall()
        == []
    )


def test_every_pledge_with_an_amount_has_its_burdens_or_the_reason_why_not(connection) -> None:
    missing = connection.sql(
        f"""
        select pledge_id, burden_indicator
        from marts.fct_pledges
        cross join (select unnest(['gdp_nominal', 'population', 'fx_reserves', 'exports_to_us']) as burden_indicator)
        where amount_usd is not null and known_from <= date '{AS_OF_DATE}' and date '{AS_OF_DATE}' < known_to
        except
        select pledge_id, burden_indicator from metrics.metric_pledge_burdens
        """
    ).fetchall()
    assert missing == []
    assert connection.sql(
        "select distinct missing_reason is null, denominator_assertion_id is null from metrics.metric_pledge_burdens"
        " order by 1"
    ).fetchall() == [(False, True), (True, False)]


def test_events_that_lie_ahead_are_those_of_the_seeds(warehouse: Warehouse, connection) -> None:
    log = rows(warehouse.seeds, "deal_events")
    replaced = {row["corrects"] for row in log}
    ahead = {
        (row["event_date"], row["event_id"])
        for row in log
        if row["event_date"] > AS_OF_DATE
        and row["known_from"] <= AS_OF_DATE
        and row["action"] == "assert"
        and row["is_preferred"] == "true"
        and row["assertion_id"] not in replaced
    }
    found = connection.sql(
        "select due_date, thing_id from metrics.metric_upcoming_dates where due_type = 'event_scheduled'"
    ).fetchall()
    assert {(day.isoformat(), thing) for day, thing in found} == ahead != set()
