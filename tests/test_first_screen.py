"""The first screen of the page: each headline is what the published tables say, whole, dated, and marked where weak."""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagster_project.readers.dashboard.headline_words import money, said, share
from dagster_project.readers.dashboard.spans import standing_together
from tests.conftest import AS_OF_DATE, Warehouse
from tests.test_page import Elements, lines, number

DAYS = ["2025-06-01", "2025-10-27", "2025-12-05", AS_OF_DATE]
# of whoever promised no sum, those that name a quantity
PROMISED = """
    from pledges_as_of(cast(? as date))
    where row_role = 'whole' and deal_id is not null
        and pledge_status not in ('demanded', 'expected', 'lapsed', 'superseded')
        and (amount_usd is not null and amount_period = 'total' or amount_usd is null and quantity is not null)
"""
PLEDGED = """
    from pledges_as_of(cast(? as date))
    where row_role = 'whole' and amount_usd is not null and deal_id is not null
"""


@pytest.fixture(scope="module")
def data(warehouse: Warehouse) -> dict[str, Any]:
    page = Path(warehouse.data, "current", "dashboard", "index.html").read_text(encoding="utf-8")
    return json.loads(Elements(page).scripts[0])


def text(cell: Any) -> str:
    return cell if isinstance(cell, str) else cell[0]


def headline(data: dict[str, Any], name: str, partner: str, known: str = AS_OF_DATE) -> list[str]:
    """The words of a partner's one line; nothing where none stands."""
    found = [[text(cell) for cell in cells] for cells, *_ in lines(data, name, partner, known)]
    assert len(found) <= 1
    return found[0] if found else []


def rate(connection, partner: str, scope: str, column: str = "total_rate_pct", tier: str = "none") -> str:
    """One published figure of the day of the build, as it is written."""
    ((value,),) = connection.execute(
        f"""select {column} from metrics.metric_total_rates where partner_iso3 = ? and scope_id = ? and quota_tier = ?
        and valid_from <= date '{AS_OF_DATE}' and date '{AS_OF_DATE}' < valid_to""",
        [partner, scope, tier],
    ).fetchall()
    return f"{float(value):g} %"


def test_british_cars_show_both_sides_of_the_quota(data, connection) -> None:
    ((volume, unit),) = connection.execute(
        f"""select distinct quota_volume, quota_unit from tariff_rates_as_of(date '{AS_OF_DATE}', date '{AS_OF_DATE}')
        where partner_iso3 = 'GBR' and scope_id = 'passenger-cars' and quota_tier = 'in_quota' and is_in_force"""
    ).fetchall()
    within = rate(connection, "GBR", "passenger-cars", tier="in_quota")
    over = rate(connection, "GBR", "passenger-cars", tier="over_quota")
    without = rate(connection, "GBR", "passenger-cars", "rate_no_deal_pct", "over_quota")
    pays = f"{within} for the first {volume:,.0f} {unit}; {over} over the quota"
    assert headline(data, "car_rates", "GBR") == [pays, without]
    assert pays == "10 % for the first 100,000 vehicles a year; 27.5 % over the quota"


def test_british_general_goods_and_pledges_are_those_of_the_tables(data, connection) -> None:
    added = rate(connection, "GBR", "general-goods", "additional_rate_pct")
    assert headline(data, "general_rates", "GBR") == [f"the base duty + {added}"]
    assert connection.execute(f"select count(*) {PLEDGED} and partner_iso3 = 'GBR'", [AS_OF_DATE]).fetchall() == [(0,)]
    for name in ("promises", "expectations", "deliveries"):
        assert headline(data, name, "GBR") == []


def test_the_european_unions_expected_and_claimed_amounts_stand_as_such(data, connection) -> None:
    expected = connection.execute(
        f"select amount_usd {PLEDGED} and partner_iso3 = 'EUU' and pledge_status = 'expected' order by 1 desc",
        [AS_OF_DATE],
    ).fetchall()
    assert [amount / 10**9 for (amount,) in expected] == [750, 600]
    (cell,) = headline(data, "expectations", "EUU")
    assert [part.split(":")[0] for part in cell.split("; ")] == ["about $750 bn", "$600 bn"]
    assert cell.count(", expected)") == 2
    claimed = connection.execute(
        """select pledges.amount_usd / 1e9, round(sum(progress.amount_usd) / 1e9)
        from marts.fct_pledge_progress as progress
        inner join marts.fct_pledges as pledges
            on progress.pledge_id = pledges.pledge_id and pledges.known_to = '9999-12-31'
        where partner_iso3 = 'EUU' and progress_type = 'claimed' and progress.known_to = '9999-12-31'
        group by all order by 1 desc"""
    ).fetchall()
    assert claimed == [(750, 200), (600, 174)]
    assert headline(data, "deliveries", "EUU")[2] == "; ".join(f"${c:g} bn of ${p:g} bn" for p, c in claimed)
    made, of_gdp = headline(data, "promises", "EUU")
    assert made.startswith("at least $40 bn: ")
    assert "750" not in made
    assert of_gdp == "0.22 % (2023, World Bank)"
    assert headline(data, "general_rates", "EUU") == [
        f"at least {rate(connection, 'EUU', 'general-goods', 'floor_rate_pct')}"
    ]


def test_chinese_general_goods_show_the_duties_of_section_301(data, connection) -> None:
    (cell,) = headline(data, "general_rates", "CHN")
    parts = {part.rsplit(" (", 1)[-1].rstrip(")"): part for part in cell.split("; ")}
    for number_of_list in ("1", "2", "3", "4a"):
        added = rate(connection, "CHN", f"china-list-{number_of_list}", "additional_rate_pct")
        (found,) = [part for names, part in parts.items() if f"list {number_of_list.upper()}" in names]
        assert found.startswith(f"the base duty + {added} (Section 301 list ")
    assert cell.endswith(f"; the base duty + {rate(connection, 'CHN', 'general-goods', 'additional_rate_pct')}")
    (norway,) = headline(data, "general_rates", "NOR")
    assert norway != cell
    cars = rate(connection, "CHN", "passenger-cars")
    assert headline(data, "car_rates", "CHN") == [cars, rate(connection, "CHN", "passenger-cars", "rate_no_deal_pct")]


def test_chinese_pledges_are_quantities_and_stand_as_such(data, connection) -> None:
    expected = connection.execute(
        f"select pledge_name, quantity, quantity_unit {PROMISED} and partner_iso3 = 'CHN' order by pledge_id",
        [AS_OF_DATE],
    ).fetchall()
    cell, of_gdp = headline(data, "promises", "CHN")
    assert sorted(part.split(" (")[0] for part in cell.split("; ")) == sorted(
        f"{float(quantity):g} {unit}: {name}" for name, quantity, unit in expected
    )
    assert (len(expected), of_gdp) == (2, "")


def test_taiwan_shows_both_pledges_of_the_same_size(data, connection) -> None:
    largest = connection.execute(
        f"""select pledge_name, amount_usd {PLEDGED} and partner_iso3 = 'TWN' and amount_period = 'total'
        qualify amount_usd = max(amount_usd) over () order by pledge_name""",
        [AS_OF_DATE],
    ).fetchall()
    cell, of_gdp = headline(data, "promises", "TWN")
    shown = sorted(part.split(": ")[1].split(" (")[0] for part in cell.split("; "))
    assert shown == [name for name, _ in largest]
    assert len(largest) == 2
    assert cell.count(f"at least ${largest[0][1] / 10**9:g} bn: ") == 2
    assert of_gdp == "33 % (2023, IMF World Economic Outlook)"


@pytest.mark.parametrize("known", DAYS)
def test_the_largest_promise_of_every_partner_on_a_day_is_that_of_the_macro(data, connection, known: str) -> None:
    expected = dict(
        connection.execute(
            f"""select partner_iso3, max(amount_usd)::double {PLEDGED} and amount_period = 'total'
            and pledge_status not in ('demanded', 'expected', 'lapsed', 'superseded') group by partner_iso3""",
            [known],
        ).fetchall()
    )
    partners = [code for code, _ in data["partners"]]
    found = {code: number(cells[0]) for code in partners for cells, *_ in lines(data, "promises", code, known)}
    shown = {code: amount for code, amount in found.items() if amount is not None}
    assert shown == expected
    assert len(shown) >= 3


@pytest.mark.parametrize("known", DAYS)
def test_what_cars_pay_in_the_picture_is_what_the_table_says_of_that_day(data, connection, known: str) -> None:
    expected = connection.execute(
        """select partner_iso3, total_rate_pct::double, rate_no_deal_pct::double from metrics.metric_contemporary_rates
        where scope_id = 'passenger-cars' and valid_from <= cast($day as date) and cast($day as date) < valid_to
        and list_contains($partners, partner_iso3) order by all""",
        {"day": known, "partners": data["car_suppliers"]},
    ).fetchall()
    shown = sorted(
        (
            (partner, *line[0][2:])
            for partner in data["car_suppliers"]
            for _, _, *line in lines(data, "car_points", partner, known)
        ),
        key=str,
    )
    assert shown == sorted(expected, key=str)
    assert len(shown) >= 10


def test_a_cell_is_marked_where_its_source_is_weak(data, connection) -> None:
    weak = {
        code
        for (code,) in connection.execute(
            """select distinct pledges.partner_iso3
            from pledges_as_of(cast($day as date)) as pledges
            inner join marts.dim_sources as sources using (source_id)
            where row_role = 'whole' and deal_id is not null and (amount_period = 'total' or amount_usd is null)
                and (amount_usd is not null or quantity is not null) and pledge_status not in ('demanded', 'expected')
            qualify coalesce(amount_usd, 0) = max(coalesce(amount_usd, 0)) over (partition by pledges.partner_iso3)
                and (confidence <> 'high' or publisher_class in ('press', 'research'))""",
            {"day": AS_OF_DATE},
        ).fetchall()
    }
    partners = [code for code, _ in data["partners"]]
    marks = {code: extra[0] for code in partners for _, _, extra in lines(data, "promises", code, AS_OF_DATE)}
    assert {code for code, mark in marks.items() if mark} == weak
    assert "TWN" in weak
    assert "JPN" not in weak
    assert marks["TWN"] == "medium confidence; rests on press"


def test_none_reported_says_when_somebody_last_looked(data, connection) -> None:
    reviewed = dict(
        connection.execute(
            """select partner_iso3, strftime(reviewed_through, '%-d %b %Y') from marts.dim_reviews
            where review_topic = 'delivery' and open_findings is null"""
        ).fetchall()
    )
    assert headline(data, "deliveries", "TWN")[:2] == [f"none reported by {reviewed['TWN']}"] * 2
    assert headline(data, "deliveries", "TWN", "2026-10-09")[:2] == ["none reported by then"] * 2
    assert headline(data, "deliveries", "AUS")[0] == "none reported, nobody has looked"
    # the one payment on record, of a pledge that is not the largest
    assert headline(data, "deliveries", "AUS")[1].startswith("$1 bn of $1 bn: ")
    *_, looked = headline(data, "deliveries", "KOR")
    assert "KOR" not in reviewed
    assert "found, not yet entered: " in looked


def test_each_part_of_a_rate_has_its_own_first_day_and_a_base_above_the_floor_is_said(data, connection) -> None:
    places = {name: place for place, name in enumerate(data["views"]["rates"]["names"])}
    shown = {
        extra[0]: text(cells[data["views"]["rates"]["places"][places["rate_parts"]]])
        for cells, _, extra in lines(data, "rates", "KOR", AS_OF_DATE)
        if extra[2] == 1
    }
    ((began,),) = connection.execute(
        f"""select strftime(valid_from, '%-d %b %Y') from tariff_rates_as_of(date '{AS_OF_DATE}', date '{AS_OF_DATE}')
        where partner_iso3 = 'KOR' and scope_id = 'general-goods' and programme_id = 's301-forced-labour'
            and is_in_force"""
    ).fetchall()
    assert f" since {began} (Section 301, forced labour)" in shown["general-goods"]
    assert shown["light-trucks"].endswith("; the base duty is higher, so nothing is added to it")
    assert "the base duty is higher" not in shown["passenger-cars"]


def test_the_finding_counts_partners_and_quotes_what_was_reported(data, connection) -> None:
    ((partners,),) = connection.execute(f"select count(distinct partner_iso3) {PROMISED}", [AS_OF_DATE]).fetchall()
    assigned = connection.execute(
        """select partner_iso3, allocated_usd / 1e9 from metrics.metric_pledge_delivery
        where is_latest and allocated_usd is not null"""
    ).fetchall()
    promised, cars, newest = headline(data, "findings", "ALL")
    assert promised.startswith(f"{partners} partners have promised money or purchases; as far as entered, ")
    assert assigned == [("JPN", 36.0)]
    assert promised.endswith("$36 bn (Japan) is assigned to projects, $1 bn (Australia) is paid")
    assert cars == (
        "Deals lower the duty on cars: European Union, Japan, South Korea and United Kingdom (first 100,000)"
    )
    ((day,),) = connection.execute(
        f"""select strftime(max(known_from), '%-d %b %Y') from marts.fct_assertions
        where seed = 'tariff_rates' and is_preferred and known_from <= date '{AS_OF_DATE}'"""
    ).fetchall()
    assert newest.startswith(f"Newest facts: a rate of {day}, ")
    assert headline(data, "findings", "ALL", "2025-01-02")[0] == "No partner is known to have promised a sum"


def test_a_claim_has_two_verdicts_and_the_day_since_when_it_is_true(data, connection) -> None:
    expected = connection.sql(
        """select distinct claim_id, claim_summary, claim_verdict, claim_verdict_today, true_since
        from metrics.metric_claim_checks
        where claim_verdict = 'contradicted' and claim_verdict_today <> 'contradicted'"""
    ).fetchall()
    assert len(expected) >= 3
    view = data["views"]["claims"]
    places = [view["places"][view["names"].index(n)] for n in ("claim_summary", "claim_verdict", "claim_verdict_today")]
    since = view["places"][view["names"].index("true_since")]
    shown = [
        [*(text(cells[place]) for place in places), cells[since][1] if isinstance(cells[since], list) else ""]
        for _, start, end, packed, *_ in data["lines"]["claims"]
        if start <= AS_OF_DATE < end
        for cells in [[data["cells"][place] for place in packed]]
    ]
    for _, summary, then, today, day in expected:
        assert [summary, then, today.replace("_", " "), day.isoformat() if day else ""] in shown


def test_no_cell_holds_empty_brackets_and_no_table_two_columns_of_one_name(data) -> None:
    assert [cell for cell in data["cells"] if "()" in text(cell)] == []
    for view in [*data["views"].values(), data["glance_view"]]:
        assert len(set(view["names"])) == len(view["names"])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("260.669287", "261 %"),
        ("4.08733", "4.1 %"),
        ("0.217991", "0.22 %"),
        ("12.77792", "13 %"),
        ("100", "100 %"),
        ("0", "0 %"),
    ],
)
def test_a_share_is_written_as_one_would_say_it(value: str, expected: str) -> None:
    assert share(Decimal(value)) == expected


@pytest.mark.parametrize(
    ("dollars", "expected"),
    [
        (174_109_666_478, "$174 bn"),
        (84_800_000_000, "$84.8 bn"),
        (1_400_000_000_000, "$1,400 bn"),
        (33_456_789, "$33.5 m"),
    ],
)
def test_money_is_written_to_three_digits(dollars: int, expected: str) -> None:
    assert money(Decimal(dollars)) == expected


@given(st.decimals(min_value=0, max_value=10**6, places=6), st.integers(1, 4))
def test_rounding_stays_within_half_a_unit_of_the_last_digit_said(value: Decimal, digits: int) -> None:
    places = max(0, digits - 1 - value.adjusted()) if value else 0
    assert abs(said(value, digits) - value) <= Decimal(1).scaleb(-places) / 2


span = st.tuples(st.sampled_from("AB"), st.integers(0, 9), st.integers(1, 5))


@given(st.lists(span, max_size=8), st.integers(0, 14))
def test_on_every_day_a_span_holds_exactly_the_rows_that_stand(drawn: list[tuple[str, int, int]], offset: int) -> None:
    first = dt.date(2025, 1, 1)
    rows = [
        {
            "partner_iso3": partner, "place": place,
            "shown_from": first + dt.timedelta(start), "shown_to": first + dt.timedelta(start + length),
        }
        for place, (partner, start, length) in enumerate(drawn)
    ]  # fmt: skip
    day = first + dt.timedelta(offset)
    spans = [found for found in standing_together(rows) if found["shown_from"] <= day < found["shown_to"]]
    for partner in "AB":
        expected = [r for r in rows if r["partner_iso3"] == partner and r["shown_from"] <= day < r["shown_to"]]
        assert [found["rows"] for found in spans if found["partner_iso3"] == partner] == (
            [expected] if expected else []
        )
