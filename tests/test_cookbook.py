"""Every query in the documentation runs, and gives the answer that is printed under it."""

import duckdb
import pytest

from dagster_project.settings import PROJECT_ROOT
from tests.documented_answers import Question, answer, questions, remarks

PAGES = ["README.md", "docs/cookbook.md", "docs/data-sources.md", "docs/methodology.md", "docs/connecting.md"]
ASKED = [
    pytest.param(question, id=f"{page}-{number}")
    for page in PAGES
    for number, question in enumerate(questions((PROJECT_ROOT / page).read_text(encoding="utf-8")), start=1)
]


@pytest.mark.parametrize("question", ASKED)
def test_a_query_of_the_documentation_gives_the_answer_under_it(
    question: Question, connection: duckdb.DuckDBPyConnection
) -> None:
    for statement, promised in remarks(question.sql):
        ((value,),) = connection.execute(statement).fetchall()
        assert value == pytest.approx(float(promised))
    given = answer(connection, question.sql)
    assert given.count("\n") > 2, "no rows"
    if question.table:
        assert given == question.table


def test_the_cookbook_answers_a_dozen_questions() -> None:
    page = (PROJECT_ROOT / "docs/cookbook.md").read_text(encoding="utf-8")
    assert page.count("\n## ") >= 12
    assert all(question.table for question in questions(page))


def test_the_readme_gives_its_one_answer() -> None:
    first = questions((PROJECT_ROOT / "README.md").read_text(encoding="utf-8"))[0]
    assert "kor-investment-demand" in first.sql
    assert first.table
