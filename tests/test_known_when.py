"""What was known when: the days and figures that the project exists for, and both clocks at every point of change.

Belongs here: rates on real seeds. Does not belong here: made-up logs (`test_assertion_log.py`), macros against tables
(`test_as_of_macros.py`), metrics (`test_golden_values.py`).
"""

import datetime as dt
from decimal import Decimal

import pytest

from tests.assertion_log import ALWAYS, change_points, holding, read_base_rates, read_endings, read_rates
from tests.compiled_models import CompiledModels
from tests.conftest import AS_OF_DATE, Warehouse
from tests.plain_totals import PlainTotals, Total

FIRST, LAST = dt.date(2025, 1, 1), dt.date(2026, 10, 31)
TODAY = AS_OF_DATE

# A total is the base, and what Section 232 adds to it: 25, or under a floor of 15 what lacks to 15.
# Japan's base is 2.5, Korea's 0 by its trade agreement.
JAPAN_BEFORE, JAPAN_AFTER = Decimal("2.5") + 25, Decimal("2.5") + (15 - Decimal("2.5"))
KOREA_BEFORE, KOREA_AFTER = Decimal(0) + 25, Decimal(0) + (15 - 0)


@pytest.mark.parametrize(
    ("valid_on", "known_on", "own", "rival", "gap"),
    [
        ("2025-08-15", TODAY, KOREA_BEFORE, JAPAN_BEFORE, Decimal("-2.5")),
        ("2025-10-27", TODAY, KOREA_BEFORE, JAPAN_AFTER, Decimal(10)),
        ("2025-11-15", "2025-11-20", KOREA_BEFORE, JAPAN_AFTER, Decimal(10)),
        ("2025-11-15", "2025-12-05", KOREA_AFTER, JAPAN_AFTER, Decimal(0)),
    ],
)
def test_the_gap_between_korean_and_japanese_cars(
    connection, valid_on: str, known_on: str, own: Decimal, rival: Decimal, gap: Decimal
) -> None:
    found = connection.execute(
        "select own_rate_pct, rival_rate_pct, gap_pp from competitor_gaps_as_of(?::date, ?::date)"
        " where partner_iso3 = 'KOR' and rival_iso3 = 'JPN' and scope_id = 'passenger-cars'",
        [valid_on, known_on],
    ).fetchall()
    assert own - rival == gap
    assert found == [(own, rival, gap)]


def rate_in_force(connection, partner: str, scope: str, valid_on: str, known_on: str) -> list[tuple]:
    return connection.execute(
        "select rate_basis, rate_pct from tariff_rates_as_of(?::date, ?::date)"
        " where partner_iso3 = ? and scope_id = ? and is_in_force",
        [valid_on, known_on, partner, scope],
    ).fetchall()


def test_the_japanese_general_rate_was_added_to_the_base_until_the_order_of_4_september_made_it_a_floor(
    connection,
) -> None:
    goods = ("JPN", "general-goods", "2025-09-01")
    assert rate_in_force(connection, *goods, "2025-09-03") == [("additional", 15)]
    assert rate_in_force(connection, *goods, "2025-09-05") == [("floor_incl_base", 15)]


def test_a_later_assertion_does_not_erase_the_past(connection) -> None:
    (cars,) = connection.execute(
        "select total_rate_pct from total_rates_as_of(date '2025-06-01', ?::date)"
        " where partner_iso3 = 'KOR' and scope_id = 'passenger-cars'",
        [TODAY],
    ).fetchall()
    assert cars == (KOREA_BEFORE,)
    assert rate_in_force(connection, "KOR", "general-goods", "2025-09-01", TODAY) == [("additional", 15)]


def test_one_row_ends_every_rate_of_the_emergency_powers(warehouse: Warehouse, connection) -> None:
    """Without the row of measure_endings.csv each would go on as it stood on the day before."""
    question = (
        "select partner_iso3, scope_id, programme_id, quota_tier, rate_pct from {0} as rates"
        " inner join marts.dim_programmes as programmes using (programme_id)"
        " where programmes.authority = 'IEEPA' and rates.is_in_force"
        " and rates.valid_from <= date '{1}' and date '{1}' < rates.valid_to and rates.known_to = date '9999-12-31'"
        " order by all"
    )
    day_before = connection.execute(question.format("marts.fct_tariff_rates", "2026-02-23")).fetchall()
    assert connection.execute(question.format("marts.fct_tariff_rates", "2026-03-01")).fetchall() == []
    partners = {partner for partner, *_ in day_before}
    assert {"ALL", "JPN", "KOR", "EUU", "CHN", "BRA", "CAN", "MEX"} <= partners
    with CompiledModels(warehouse) as models:
        models.copy("staging.stg_tariff_rates")
        models.copy("marts.dim_programmes")
        models.copy("marts.fct_measure_endings", "ending_id <> 'ieepa-duties-end'")
        models.build("intermediate.int_tariff_rate_assertions", "intermediate.int_tariff_rate_rectangles")
        models.connection.execute(
            "create view rates as from intermediate.int_tariff_rate_rectangles where scenario = 'actual'"
        )
        back = models.connection.execute(question.format("rates", "2026-03-01")).fetchall()
    assert back == day_before


def test_section_122_counts_150_days_both_ends_included(connection) -> None:
    lives = connection.sql(
        "select distinct valid_from, valid_to from marts.fct_tariff_rates where programme_id = 's122' and is_in_force"
    ).fetchall()
    first_day, last_day = dt.date(2026, 2, 24), dt.date(2026, 7, 23)
    # February 24 to 28, March, April, May, June, July 1 to 23
    assert 5 + 31 + 30 + 31 + 30 + 23 == (last_day - first_day).days + 1 == 150
    assert lives == [(first_day, last_day + dt.timedelta(days=1))]


def test_at_every_point_of_change_of_both_clocks_each_key_has_what_its_log_says_and_once(
    warehouse: Warehouse, connection
) -> None:
    """Between two neighbouring points nothing changes, so that the corners stand for every day."""
    for table, log, endings, key in (
        (
            "marts.fct_tariff_rates",
            read_rates(warehouse.seeds),
            read_endings(warehouse.seeds),
            "partner_iso3, scope_id, programme_id, quota_tier, is_in_force",
        ),
        ("marts.fct_base_rates", read_base_rates(warehouse.seeds), [], "partner_iso3, scope_id, preference"),
    ):
        valid_days, known_days = change_points(log, endings)
        valid_days = [FIRST, *(day for day in valid_days if FIRST < day <= LAST)]
        known_days = [FIRST, *(day for day in known_days if FIRST < day <= LAST)]
        rectangles = connection.sql(
            f"select assertion_id, valid_from, valid_to, known_from, known_to, {key} from {table}"
        ).fetchall()
        for known_on in known_days:
            known = [row for row in rectangles if row[3] <= known_on < row[4]]
            for valid_on in valid_days:
                found = sorted((row[5:], row[0]) for row in known if (row[1] or ALWAYS) <= valid_on < row[2])
                expected = sorted(
                    (key, row.assertion_id) for key, row in holding(log, endings, valid_on, known_on).items()
                )
                assert found == expected, f"{table} on {valid_on} as known on {known_on}"


def test_no_goods_have_two_rates_of_a_programme_or_a_hole_in_its_life_whatever_the_day_of_knowledge(
    connection,
) -> None:
    """The nearest rate of a programme is one; from its first day to its last some rate of it holds."""
    connection.execute(
        """
        create temp table bearing as
        select partner_iso3, scope_id, programme_id, quota_tier, scope_distance, party_closeness, is_tier_own,
            greatest(valid_from, $first) as valid_from, least(valid_to, $last + 1) as valid_to, known_from, known_to
        from intermediate.int_rate_candidates
        where scenario = 'actual' and valid_from <= $last and valid_to > $first
        """,
        {"first": FIRST, "last": LAST},
    )
    connection.execute(
        "create temp table knowledge as select known_from as known_on from bearing where known_from <= $last"
        " union select known_to from bearing where known_to <= $last",
        {"last": LAST},
    )
    goods = "known_on, partner_iso3, scope_id, programme_id, quota_tier"
    known = "from bearing inner join knowledge on known_from <= known_on and known_on < known_to"
    twice = connection.sql(
        f"""
        select {goods}, valid_from
        from (
            select *, lead(valid_from) over (
                partition by {goods}, scope_distance, party_closeness, is_tier_own order by valid_from
            ) as next_from
            {known}
        )
        where next_from < valid_to
        """
    ).fetchall()
    holes = connection.sql(
        f"""
        select {goods}, covered_to, valid_from
        from (
            select *, max(valid_to) over (
                partition by {goods} order by valid_from, valid_to rows between unbounded preceding and 1 preceding
            ) as covered_to
            {known}
        )
        where valid_from > covered_to
        """
    ).fetchall()
    assert connection.sql("select count(*) > 1000 from bearing").fetchall() == [(True,)]
    assert (twice, holes) == ([], [])


TWO_PROGRAMMES = {
    # China: 20 on fentanyl and 125 in answer to its answer; 10 after Geneva; fentanyl halved from 10 November
    ("CHN", "2025-05-01"): {"ieepa-fentanyl-china": 20, "ieepa-reciprocal": 125},
    ("CHN", "2025-06-01"): {"ieepa-fentanyl-china": 20, "ieepa-reciprocal": 10},
    ("CHN", "2025-12-01"): {"ieepa-fentanyl-china": 10, "ieepa-reciprocal": 10},
    # India: 25 from 7 August, 25 more on its Russian oil from 27 August until 7 February
    ("IND", "2025-08-26"): {"ieepa-reciprocal": 25},
    ("IND", "2025-08-27"): {"ieepa-reciprocal": 25, "ieepa-russia-oil": 25},
    ("IND", "2026-02-07"): {"ieepa-reciprocal": 25},
    # Brazil: the baseline of 10, and 40 more from 6 August
    ("BRA", "2025-08-05"): {"ieepa-reciprocal": 10},
    ("BRA", "2025-08-06"): {"ieepa-reciprocal": 10, "ieepa-brazil": 40},
    ("BRA", "2026-02-24"): {},
}


@pytest.mark.parametrize(("partner", "valid_on"), TWO_PROGRAMMES)
def test_two_programmes_of_one_authority_hold_at_once_and_add_up(connection, partner: str, valid_on: str) -> None:
    expected = TWO_PROGRAMMES[partner, valid_on]
    (found,) = connection.execute(
        "select additional_rate_pct, rate_parts from total_rates_as_of(?::date, ?::date)"
        " where partner_iso3 = ? and scope_id = 'general-goods'",
        [valid_on, TODAY, partner],
    ).fetchall()
    emergency = [part for part in (found[1] or "").split(" + ") if part.startswith("ieepa-")]
    assert emergency == [f"{name} additional {rate:.1f} (adds {rate:.1f})" for name, rate in sorted(expected.items())]
    if expected:
        assert found[0] == sum(expected.values())


CORNERS = [
    ("2025-03-10", "2025-03-10"),
    ("2025-05-01", "2025-05-02"),
    ("2025-08-10", "2025-08-10"),
    ("2025-09-01", "2025-09-03"),
    ("2025-09-01", "2025-09-05"),
    ("2025-11-15", "2025-11-20"),
    ("2025-11-15", "2025-12-05"),
    ("2026-03-01", TODAY),
    ("2026-08-01", TODAY),
    ("2026-10-31", "2026-10-31"),
]


@pytest.fixture(scope="module")
def plain_totals(warehouse: Warehouse) -> PlainTotals:
    return PlainTotals(warehouse.seeds)


@pytest.mark.parametrize(("valid_on", "known_on"), CORNERS)
def test_total_rates_of_all_goods_are_what_a_plain_reading_of_the_seeds_gives(
    connection, plain_totals: PlainTotals, valid_on: str, known_on: str
) -> None:
    found = {
        (partner, scope, tier): Total(total, no_deal)
        for partner, scope, tier, total, no_deal in connection.execute(
            "select partner_iso3, scope_id, quota_tier, total_rate_pct, rate_no_deal_pct"
            " from total_rates_as_of(?::date, ?::date)",
            [valid_on, known_on],
        ).fetchall()
    }
    expected = plain_totals.at(dt.date.fromisoformat(valid_on), dt.date.fromisoformat(known_on))
    assert len(found) > 1000
    assert {goods: found.get(goods) for goods in expected | found if found.get(goods) != expected.get(goods)} == {}
