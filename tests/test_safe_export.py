"""No cell of an export runs as a formula, and no link leads anywhere but to the web."""

import csv
import io
from decimal import Decimal

import pytest

from dagster_project.safe_export import csv_cell, is_web_link


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])  # noqa: RUF001
def test_text_that_starts_a_formula_is_held_back_by_an_apostrophe(start):
    assert csv_cell(start + "cmd|' /C calc'!A0") == "'" + start + "cmd|' /C calc'!A0"


@pytest.mark.parametrize("value", [-15, -0.5, Decimal("-2.50"), None, True, "15 = 15", "Japan", "", " =1+1"])
def test_numbers_and_plain_text_stay_as_they_are(value):
    assert csv_cell(value) is value


def test_the_sql_command_writes_a_table_that_a_spreadsheet_can_open_without_harm(warehouse):
    query = """select '=1+1' as "@name", -15 as rate_pct, cast(-2.5 as decimal(9, 2)) as gap_pp"""
    result = warehouse.run("sql", query, "--format", "csv")
    assert result.returncode == 0, result.stderr
    assert list(csv.reader(io.StringIO(result.stdout))) == [
        ["'@name", "rate_pct", "gap_pp"],
        ["'=1+1", "-15", "-2.50"],
    ]


@pytest.mark.parametrize(
    "address", ["https://www.federalregister.gov/d/2025-1", "http://example.org", "HTTPS://EXAMPLE.ORG/a"]
)
def test_web_addresses_are_links(address):
    assert is_web_link(address)


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "java\nscript:alert(1)",
        "JAVASCRIPT://example.org/%0aalert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//example.org/no-scheme",
        "https://",
        "https://example.org/a b",
        " https://example.org",
        "http://[broken",
        "",
    ],
)
def test_anything_else_is_not(address):
    assert not is_web_link(address)
