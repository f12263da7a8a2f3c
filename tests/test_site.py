"""The page of the site that lists the tables: all of them, described, with a query that gives rows."""

import duckdb
import pytest

from dagster_project.commands.site import tables_page
from tests.documented_answers import answer, questions
from tests.manifest import Node


@pytest.fixture
def page(connection: duckdb.DuckDBPyConnection) -> str:
    return tables_page(connection)


def test_the_page_has_every_public_table_and_every_macro_once(
    page: str, public: dict[str, Node], connection: duckdb.DuckDBPyConnection
) -> None:
    macros = connection.sql(
        "select function_name from duckdb_functions() where function_type = 'table_macro' and not internal"
    ).fetchall()
    sections = [line.removeprefix("### ") for line in page.splitlines() if line.startswith("### ")]
    assert len(macros) > 10
    assert sorted(sections) == sorted([*public, *(name for (name,) in macros)])


def test_every_column_stands_there_with_its_meaning(page: str, public: dict[str, Node]) -> None:
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    assert len(rows) == sum(len(model["columns"]) for model in public.values())
    assert [row for row in rows if row.split(" | ")[2].strip(" |") == ""] == []


def test_every_sample_query_gives_rows(page: str, connection: duckdb.DuckDBPyConnection) -> None:
    samples = questions(page)
    assert len(samples) == page.count("\n### ")
    empty = [sample.sql for sample in samples if answer(connection, sample.sql).count("\n") < 3]
    assert empty == []
