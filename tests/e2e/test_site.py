"""`make docs` builds the whole site from a release, and nothing in its pages is fetched from elsewhere."""

import re
import subprocess
from pathlib import Path

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


def test_nothing_in_the_site_is_fetched_from_elsewhere(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert FETCHED.search('<script src="https://example.org/x.js">')
    assert [page.name for page in pages if FETCHED.search(page.read_text(encoding="utf-8"))] == []
