"""A warehouse whose texts try to run: script tags, attribute break-outs, addresses that are programs, formulas."""

import shutil
from pathlib import Path

import duckdb

from dagster_project.readers.dashboard.page import write_page

SCRIPT = "<script>alert('planted')</script><img src=x onerror=alert('planted')>"
ATTRIBUTE = "\"' onmouseover=\"alert('planted')"
JAVASCRIPT_URL = "javascript:alert(document.title)"
FORMULA = "=cmd|'/C calc'!A0"


def planted_page(database: Path, folder: Path) -> Path:
    """The page of a copy of the warehouse with these texts in its names, titles and addresses."""
    copy = folder / "warehouse.duckdb"
    shutil.copy(database, copy)
    copy.chmod(0o644)
    with duckdb.connect(str(copy)) as connection:
        for table, column, text in (
            ("dim_sources", "title", SCRIPT),
            ("dim_sources", "publisher", ATTRIBUTE),
            ("dim_sources", "url", JAVASCRIPT_URL),
            ("dim_partners", "partner_name", SCRIPT),
            ("fct_deal_events", "event_name", SCRIPT),
            ("fct_pledges", "pledge_name", FORMULA),
            ("fct_concessions", "concession_summary", ATTRIBUTE),
        ):
            connection.execute(f"update marts.{table} set {column} = $1", [text])
    write_page(copy, folder / "index.html")
    return folder / "index.html"
