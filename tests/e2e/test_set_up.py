"""The set-up of an environment: one at a time, told while it works, taken up again where it failed."""

import fcntl
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from dagster_project.settings import PROJECT_ROOT

pytestmark = pytest.mark.e2e

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
