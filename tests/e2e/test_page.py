"""The page in a real Chromium, from disk: it renders, its controls work by keyboard, and nothing in it runs or leaks.

`page.mjs` is the reader: it opens a page, uses it, and prints what it saw. `make e2e` installs what it needs.
"""

import csv
import io
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import AS_OF_DATE, Warehouse
from tests.planted import FORMULA, planted_page

pytestmark = pytest.mark.e2e
READER = Path(__file__).with_name("page.mjs")


def read(page: Path, scheme: str) -> dict[str, Any]:
    run = subprocess.run(["node", str(READER), str(page), scheme], capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.fixture(scope="module", params=["light", "dark"])
def seen(request: pytest.FixtureRequest, warehouse: Warehouse) -> dict[str, Any]:
    return read(warehouse.data / "current" / "dashboard" / "index.html", request.param) | {"scheme": request.param}


@pytest.fixture(scope="module")
def planted(warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return read(planted_page(warehouse.database, tmp_path_factory.mktemp("planted")), "light")


def rows(download: dict[str, str]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(download["text"].removeprefix("\ufeff"))))


def test_the_page_renders_without_an_error_on_the_console(seen: dict[str, Any]) -> None:
    assert seen["console"] == []
    assert seen["marks"] > 5
    assert seen["chart_label"].startswith("Line chart of the duty on Passenger cars of South Korea")
    assert "15 %" in seen["chart_label"]


def test_both_pictures_are_drawn_under_what_was_found(seen: dict[str, Any]) -> None:
    promises, cars = seen["pictures"]
    assert "partners have promised money or purchases" in promises["title"]
    assert cars["title"].startswith("Deals lower the duty on cars: European Union")
    assert "United Kingdom (first 100,000): 10 % (27.5 % without the deal)" in cars["label"]
    assert "European Union: investment: $600 bn" in promises["label"]
    assert all(picture["marks"] > 10 for picture in seen["pictures"])


def test_where_nothing_is_known_a_sentence_stands_in_place_of_headings(seen: dict[str, Any]) -> None:
    assert seen["empty"] == {"text": "No pledge known on this day.", "has_headings": False}


def test_the_page_asks_for_nothing_but_itself(seen: dict[str, Any]) -> None:
    assert {address.rsplit("/", 1)[1] for address in seen["requests"]} == {"index.html"}
    assert {address.split(":")[0] for address in seen["requests"]} == {"file"}


def test_light_and_dark_differ(seen: dict[str, Any]) -> None:
    expected = {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 24, 29)"}
    assert seen["ground"] == expected[seen["scheme"]]


def test_the_day_asked_for_changes_what_korean_cars_pay(seen: dict[str, Any]) -> None:
    assert seen["cars_today"][:2] == ["Passenger cars", "15 %"]
    assert seen["cars_then"][:2] == ["Passenger cars", "25 %"]
    assert seen["glance_then"][2] == "25 %"
    assert seen["said"] == "Showing what was known on 20 Nov 2025."


def test_the_arrow_leads_to_the_next_day_on_which_something_changed(seen: dict[str, Any], connection) -> None:
    (day,) = connection.sql(
        """select min(known_from) from marts.fct_assertions where known_from > date '2025-11-20'"""
    ).fetchall()[0]
    assert "2025-11-20" < seen["next_day"] <= day.isoformat()


def test_a_partner_can_be_chosen_and_stands_in_the_address(seen: dict[str, Any]) -> None:
    assert seen["partner"] == "Japan"
    assert "partner=JPN" in seen["address"]
    assert "known=2025-11-" in seen["address"]
    assert seen["delivery_marks"] > 5


def test_a_name_in_the_first_table_opens_its_partner_by_keyboard(seen: dict[str, Any]) -> None:
    assert seen["opened"] == {"partner": "South Korea", "focus": "detail"}


def test_the_goods_chosen_change_the_table_of_both_clocks(seen: dict[str, Any]) -> None:
    assert any(row.startswith("then") and "50" in row for row in seen["history"])
    assert any(row.startswith("today") and "25" in row for row in seen["history"])


def test_a_table_is_sorted_by_keyboard_upwards_and_then_downwards(seen: dict[str, Any]) -> None:
    up, down = seen["sorting"]
    assert (up["aria"], down["aria"]) == ("ascending", "descending")
    known_up = [value for value in up["values"] if value is not None]
    assert known_up[0] < known_up[-1]
    assert up["values"][0] == min(known_up)
    assert down["values"][0] == max(known_up)
    assert sorted(known_up) == sorted(value for value in down["values"] if value is not None)


def test_a_csv_file_holds_the_table_in_its_order_with_numbers_as_numbers(seen: dict[str, Any], connection) -> None:
    assert seen["glance_csv"]["name"] == f"trade-deals-partners-{AS_OF_DATE}.csv"
    found = {row["partner"]: row for row in rows(seen["glance_csv"])}
    rates = dict(
        connection.sql(
            """select partners.partner_name, scorecards.car_rate_pct from metrics.metric_deal_scorecards as scorecards
            inner join marts.dim_partners as partners using (partner_iso3)"""
        ).fetchall()
    )
    assert len(rates) > 20
    # either side of a quota pays its own rate: words, not one number
    assert rates.pop("United Kingdom") is not None
    assert found["United Kingdom"]["car_rate_pct"] == ""
    assert found["United Kingdom"]["car_rate_pct_in_words"].endswith("; 27.5 % over the quota")
    assert {name: float(found[name]["car_rate_pct"]) for name in rates} == {n: float(r) for n, r in rates.items()}
    assert float(found["Japan"]["largest_pledge_usd"]) == 550e9
    assert found["Japan"]["source_urls"].startswith("http")
    assert [row["partner_iso3"] for row in rows(seen["pledges_csv"])] == ["JPN"] * len(rows(seen["pledges_csv"]))


def test_axe_finds_nothing_serious(seen: dict[str, Any]) -> None:
    grave = [
        (width, v) for width, found in seen["axe"].items() for v in found if v["impact"] in ("serious", "critical")
    ]
    assert grave == []


def test_no_width_needs_scrolling_sideways(seen: dict[str, Any]) -> None:
    assert seen["overflow"] == {"1280": 0, "768": 0, "390": 0}


def test_what_a_seed_plants_runs_nowhere(planted: dict[str, Any]) -> None:
    assert planted["dialogs"] == []
    assert planted["handlers"] == 0
    assert planted["console"] == []
    assert planted["links"] == ["file:"]


def test_a_formula_in_a_seed_is_text_in_the_csv_file(planted: dict[str, Any]) -> None:
    pledges = rows(planted["pledges_csv"])
    assert pledges
    assert {row["pledge"] for row in pledges} <= {f"'{FORMULA}", f"of which: {FORMULA}"}
