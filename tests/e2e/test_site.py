"""`make docs` builds the whole site from a release: its search works from disk, and nothing is fetched from elsewhere.

`site.mjs` is the reader: a real Chromium, without a server.
"""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from dagster_project.settings import PROJECT_ROOT
from tests.conftest import Warehouse

pytestmark = pytest.mark.e2e
FETCHED = re.compile(r"""<(?:script|link|img|iframe)[^>]*(?:src|href)=["']?(?:https?:)?//""")


@pytest.fixture(scope="module")
def site(warehouse: Warehouse) -> Path:
    built = subprocess.run(
        ["make", "docs"], cwd=PROJECT_ROOT, env=warehouse.env, capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return warehouse.data / "site"


def test_the_site_holds_every_page_of_the_documentation_the_tables_and_dbts_catalogue(site: Path) -> None:
    pages = {f"docs/{page.stem}.html" for page in (PROJECT_ROOT / "docs").glob("*.md")}
    expected = pages | {"index.html", "tables.html", "catalogue.html", "seeds/index.html"}
    assert expected <= {str(page.relative_to(site)) for page in site.rglob("*.html")}
    assert "metric_total_rates" in (site / "catalogue.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def seen(site: Path) -> dict[str, Any]:
    reader = Path(__file__).with_name("site.mjs")
    run = subprocess.run(
        ["node", str(reader), str(site), "share of reserves"], capture_output=True, text=True, timeout=120
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_a_search_from_disk_finds_the_table_that_has_the_words(seen: dict[str, Any]) -> None:
    assert "tables.html" in {found.split("#")[0] for found in seen["found"]}
    assert "reserves" in seen["opened"]
    assert seen["console"] == []


def test_the_catalogue_opens_a_model_from_disk_with_the_descriptions_of_its_columns(
    seen: dict[str, Any], connection
) -> None:
    described = connection.execute(
        "select comment from duckdb_columns() where table_name = 'metric_pledge_burdens' and comment is not null"
    ).fetchall()
    assert described
    assert [text for (text,) in described if text not in seen["catalogue"]] == []


def test_a_reader_of_the_site_asks_nobody_for_anything(seen: dict[str, Any]) -> None:
    assert [address for address in seen["requests"] if not address.startswith(("file:", "data:", "blob:"))] == []


def test_nothing_in_the_site_is_fetched_from_elsewhere(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert FETCHED.search('<script src="https://example.org/x.js">')
    assert [page.name for page in pages if FETCHED.search(page.read_text(encoding="utf-8"))] == []
