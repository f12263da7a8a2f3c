"""What a newcomer sees: one set-up at a time of an environment, told while it works; a first question, answered."""

import fcntl
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from dagster_project.settings import PROJECT_ROOT
from tests.command_line import read_table, run_here
from tests.conftest import Warehouse

SET_UP = [sys.executable, "-I", str(PROJECT_ROOT / "dagster_project" / "environment.py")]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A project whose lock file names nothing, so that a set-up needs no network."""
    (tmp_path / "empty.lock").write_text("# nothing to install\n")
    return tmp_path


def start(checkout: Path, lock: str = "empty.lock") -> subprocess.Popen[str]:
    # uv, where there is one, says nothing of what it does
    env = os.environ | {"PATH": "/usr/bin:/bin"}
    return subprocess.Popen(
        [*SET_UP, ".venv", lock], cwd=checkout, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_of_two_set_ups_at_once_the_second_waits_and_finds_it_done(checkout: Path) -> None:
    (checkout / ".venv").mkdir()
    with (checkout / ".venv" / ".set-up.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        both = [start(checkout), start(checkout)]
        said = [run.stderr.readline() for run in both if run.stderr]
        assert said == ["Another set-up of .venv is at work; waiting for it.\n"] * 2
    answers = [run.communicate() for run in both]
    assert [run.returncode for run in both] == [0, 0]
    worked = [err for _, err in answers if err]
    assert len(worked) == 1, answers
    assert worked[0].startswith("Setting up .venv, this once: 0 packages from empty.lock")
    assert re.search(r"\n\.venv is ready after \d+ s\.\n$", worked[0])
    assert (checkout / ".venv" / "bin" / "python").exists()
    again = start(checkout)
    assert (again.communicate(), again.returncode) == (("", ""), 0)


def test_a_set_up_that_fails_shows_why_and_is_taken_up_again(checkout: Path) -> None:
    (checkout / "bad.lock").write_text(
        f"nowhere @ file:///nowhere/nowhere-1.0-py3-none-any.whl --hash=sha256:{'0' * 64}\n"
    )
    run = start(checkout, "bad.lock")
    _, err = run.communicate()
    assert run.returncode == 1
    assert "ERROR: " in err
    assert err.endswith(".venv is not set up: pip says above what is missing. The next try goes on from here.\n")
    assert not (checkout / ".venv" / ".ready").exists()
    again = start(checkout)
    again.communicate()
    assert again.returncode == 0


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
