"""The page of a release: closed, small, equal to the published tables, and harmless whatever a seed holds."""

import datetime as dt
import html.parser
import json
import re
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest

from dagster_project.readers.dashboard.page import embedded
from dagster_project.settings import PROJECT_ROOT
from tests.conftest import AS_OF_DATE, Warehouse
from tests.planted import JAVASCRIPT_URL, SCRIPT, planted_page


class Elements(html.parser.HTMLParser):
    """Every element of a page with its attributes, and the text of its scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "script":
            self.scripts[-1] += data


@pytest.fixture(scope="module")
def page_file(warehouse: Warehouse) -> Path:
    return warehouse.data / "current" / "dashboard" / "index.html"


@pytest.fixture(scope="module")
def elements(page_file: Path) -> Elements:
    return Elements(page_file.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def data(elements: Elements) -> dict[str, Any]:
    return json.loads(elements.scripts[0])


def lines(data: dict[str, Any], name: str, partner: str, known: str) -> list[list[Any]]:
    """The lines of a data set that stand for a partner on a day, as texts or as [text, number] with their extras."""
    return [
        [[data["cells"][place] for place in cells], *rest]
        for owner, start, end, cells, *rest in data["lines"][name]
        if owner == partner and start <= known < end
    ]


def number(cell: Any) -> float | None:
    return cell[1] if isinstance(cell, list) and len(cell) == 3 else None


def test_the_manifest_names_the_page(warehouse: Warehouse, page_file: Path) -> None:
    assert warehouse.data / "current" / warehouse.manifest["page"] == page_file
    assert page_file.exists()


def test_the_page_is_at_most_four_megabytes(page_file: Path) -> None:
    """A hundred and sixty partners with the days of their rates are most of it."""
    assert page_file.stat().st_size <= 4 * 2**20


def test_the_page_loads_nothing_and_its_policy_would_not_let_it(elements: Elements) -> None:
    loading = {"src", "srcset", "poster", "action", "formaction", "background"}
    assert [(tag, name) for tag, attributes in elements.found for name in loading & attributes.keys()] == []
    links = [attributes["href"] for tag, attributes in elements.found if tag == "link"]
    assert links == ["data:,"]
    policy = next(a["content"] for t, a in elements.found if a.get("http-equiv") == "Content-Security-Policy") or ""
    assert policy.startswith("default-src 'none'")
    assert len(re.findall(r"'sha256-[A-Za-z0-9+/]{43}='", policy)) == 2
    assert "unsafe-eval" not in policy
    assert not re.search(r"https?:", policy)


def test_no_machine_path_stands_in_the_page(page_file: Path, warehouse: Warehouse) -> None:
    text = page_file.read_text(encoding="utf-8")
    assert str(PROJECT_ROOT) not in text
    assert str(warehouse.data) not in text


@pytest.mark.parametrize(
    ("valid_on", "expected"), [("2025-06-01", 25.0), ("2025-11-15", 25.0), ("2025-12-05", 15.0), (AS_OF_DATE, 15.0)]
)
def test_what_korean_cars_paid_on_a_day_as_known_then_is_what_the_macro_says(
    data, connection, valid_on, expected
) -> None:
    (shown,) = [
        number(cells[3])
        for cells, _, extra in lines(data, "rates", "KOR", valid_on)
        if extra[0] == "passenger-cars" and extra[2] == 1
    ]
    rows = connection.execute(
        "select total_rate_pct from total_rates_as_of($day, $day)"
        " where partner_iso3 = 'KOR' and scope_id = 'passenger-cars'",
        {"day": dt.date.fromisoformat(valid_on)},
    ).fetchall()
    assert rows == [(shown,)]
    assert shown == expected


def test_as_known_today_korean_cars_pay_15_from_1_november_2025(data: dict[str, Any]) -> None:
    today = [
        (start, end, number(data["cells"][cells[3]]))
        for partner, start, end, cells, _, extra in data["lines"]["rates"]
        if partner == "KOR" and extra[0] == "passenger-cars" and extra[2] == 0
    ]
    (rate,) = [rate for start, end, rate in today if start <= "2025-11-15" < end]
    assert rate == 15.0
    assert [rate for start, end, rate in today if start <= "2025-06-01" < end] == [25.0]


def test_every_rate_shown_for_the_day_of_the_build_equals_the_published_table(data, connection) -> None:
    expected = {
        (partner, scope, tier): None if total is None else float(total)
        for partner, scope, tier, total in connection.sql(
            f"""select partner_iso3, scope_id, quota_tier, total_rate_pct from metrics.metric_total_rates
            where valid_from <= date '{AS_OF_DATE}' and date '{AS_OF_DATE}' < valid_to"""
        ).fetchall()
    }
    compared = 0
    for partner, start, end, cells, _, (scope, tier, is_then, _) in data["lines"]["rates"]:
        if is_then and start <= AS_OF_DATE < end:
            assert number(data["cells"][cells[3]]) == expected[partner, scope, tier], (partner, scope, tier)
            compared += 1
    assert compared > 500


def test_the_largest_pledges_of_today_are_those_of_the_scorecards(data, connection) -> None:
    cards = connection.sql(
        """select partner_iso3, largest_pledge_usd, share_of_gdp_pct
        from metrics.metric_deal_scorecards where largest_pledge_usd is not null
        qualify row_number() over (partition by partner_iso3 order by largest_pledge_usd desc) = 1"""
    ).fetchall()
    assert len(cards) > 10
    for partner, *card in cards:
        ((cells, _, _),) = lines(data, "promises", partner, AS_OF_DATE)
        shown = [number(cell) for cell in cells]
        assert shown == [None if value is None else float(value) for value in card], partner


@pytest.mark.parametrize(
    ("known", "expected"),
    [(AS_OF_DATE, "metrics.metric_pledge_burdens"), ("2025-10-27", "pledge_burdens_as_of('2025-10-27')")],
)
def test_burdens_are_those_of_the_table_or_of_the_macro(data, connection, known, expected) -> None:
    shown = sorted(number(cells[3]) or 0 for cells, _ in lines(data, "burdens", "KOR", known))
    published = connection.sql(
        f"""select coalesce(share_of_gdp_pct, share_of_reserves_pct, per_capita_usd, exports_to_us_years) as size
        from {expected} where partner_iso3 = 'KOR' and missing_reason is null order by 1"""
    ).fetchall()
    assert shown == [float(size) for (size,) in published]
    assert len(shown) > 3


def test_the_demand_of_350_is_shown_as_20_43_per_cent_of_the_world_banks_gdp_of_2023(data: dict[str, Any]) -> None:
    burdens = [cells for cells, _ in lines(data, "burdens", "KOR", "2025-10-27") if cells[2] == "demanded"]
    sizes = {cells[5]: cells[3][0] for cells in burdens if "GDP" in cells[5]}
    assert sizes["GDP of 2023, World Bank, published 21 Oct 2024"] == "20.43 % of GDP"


@pytest.mark.parametrize("name", ["pledges", "claims", "events", "next_dates", "delivery", "concessions"])
def test_as_many_rows_stand_today_as_in_the_table(data, connection, name: str) -> None:
    known = f"known_from <= date '{AS_OF_DATE}' and date '{AS_OF_DATE}' < known_to"
    counts = {
        "pledges": f"select count(*) from marts.fct_pledges where {known}",
        "claims": "select count(distinct claim_id) from metrics.metric_claim_checks",
        "events": f"select count(*) from marts.fct_deal_events where {known}",
        "next_dates": "select count(*) from metrics.metric_upcoming_dates",
        "delivery": "select count(*) from metrics.metric_pledge_delivery",
        "concessions": f"select count(*) from marts.fct_concessions where {known}",
    }
    shown = sum(1 for _, start, end, *_ in data["lines"][name] if start <= AS_OF_DATE < end)
    assert connection.sql(counts[name]).fetchall() == [(shown,)]


@pytest.mark.parametrize("known", ["2025-02-04", "2025-04-10", "2025-07-09", "2025-12-31", "2026-06-08", "2026-06-30"])
def test_what_falls_due_on_any_day_is_what_the_macro_says_of_it(data, connection, known: str) -> None:
    expected = sorted(
        str(due or "9999")
        for (due,) in connection.execute(f"select due_date from upcoming_dates_as_of(date '{known}')").fetchall()
    )
    shown = sorted(
        data["cells"][cells[0]][1] for _, start, end, cells, *_ in data["lines"]["next_dates"] if start <= known < end
    )
    assert shown == expected
    assert len(shown) > 3


def test_every_line_names_a_source(data: dict[str, Any]) -> None:
    """But those that say what was not reported, what the page found in its own lines, and what we looked through."""
    bare = {name for name, found in data["lines"].items() for line in found if not data["references"][line[4]]}
    assert bare == {"deliveries", "findings", "reviews"}


def test_json_in_the_page_cannot_end_its_element_or_its_line() -> None:
    text = embedded({"a": "</script><!-- & \u2028\u2029"})
    assert not set("<>&\u2028\u2029") & set(text)
    assert json.loads(text) == {"a": "</script><!-- & \u2028\u2029"}


@pytest.fixture
def poisoned(warehouse: Warehouse, tmp_path: Path) -> Path:
    return planted_page(warehouse.database, tmp_path)


def test_what_a_seed_plants_stays_text(poisoned: Path, elements: Elements) -> None:
    text = poisoned.read_text(encoding="utf-8")
    found = Elements(text)
    assert "alert('planted')" in text
    assert SCRIPT not in text
    assert len(found.scripts) == len(elements.scripts) == 3
    assert [name for _, attributes in found.found for name in attributes if name.startswith("on")] == []
    planted = json.loads(found.scripts[0])
    assert dict(planted["partners"])["KOR"] == SCRIPT
    assert {source[4] for source in planted["sources"]} == {""}
    assert JAVASCRIPT_URL not in text


def test_the_command_names_the_page(warehouse: Warehouse, page_file: Path) -> None:
    run = warehouse.run("dashboard", "--path")
    assert run.returncode == 0, run.stderr
    # as somebody in the project would type it
    assert PROJECT_ROOT / run.stdout.strip() == page_file.resolve()


def test_the_command_says_what_to_do_without_a_release(tmp_path: Path) -> None:
    run = Warehouse(tmp_path).run("dashboard")
    assert run.returncode == 1
    assert "warehouse refresh" in run.stderr


def test_a_built_wheel_holds_the_template_the_styles_and_the_program(tmp_path: Path) -> None:
    import subprocess
    import sys

    source = tmp_path / "source"
    shutil.copytree(
        PROJECT_ROOT / "dagster_project", source / "dagster_project", ignore=shutil.ignore_patterns("__pycache__")
    )
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(PROJECT_ROOT / name, source)
    wheel = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*wheel, "--wheel-dir", str(tmp_path), str(source)], check=True, capture_output=True)
    (built,) = tmp_path.glob("*.whl")
    folder = "dagster_project/readers/dashboard/"
    wanted = {folder + name for name in ("templates/index.html.j2", "static/page.css", "static/page.js")}
    assert wanted <= set(zipfile.ZipFile(built).namelist())
