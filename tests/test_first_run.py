"""What a newcomer sees: a first question, answered. The set-up itself: `e2e/test_set_up.py`."""

import re

from dagster_project.settings import PROJECT_ROOT
from tests.command_line import read_table, run_here
from tests.conftest import Warehouse


def test_the_first_question_has_an_answer_that_fits_on_a_small_terminal(warehouse: Warehouse) -> None:
    makefile = (PROJECT_ROOT / "Makefile").read_text(encoding="utf-8")
    (question,) = re.findall(r"^QUESTION := ((?:.*\\\n)*.*)$", makefile, re.MULTILINE)
    run = run_here(warehouse, "sql", re.sub(r"\s*\\\n\s*", " ", question))
    assert (run.exit_code, run.stderr) == (0, "")
    *lines, _ = run.text.splitlines()
    headings, rows = read_table(lines)
    assert len(headings) <= 6
    assert rows >= 3
    assert max(map(len, lines)) <= 80


def test_what_the_readme_and_the_makefile_say_of_the_command_is_where_it_is() -> None:
    """Bare `warehouse` is not found before the environment is on the path."""
    readme = (PROJECT_ROOT / "README.md").read_text(encoding="utf-8")
    assert ". .venv/bin/activate" in readme
