"""The worked examples of CONTRIBUTING.md, done one after the other on a copy of the project, and refreshed once."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from dagster_project.settings import PROJECT_ROOT
from tests.conftest import COMMAND, Warehouse
from tests.documented_answers import answer, questions

pytestmark = pytest.mark.e2e

TEXT = (PROJECT_ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
STEPS = re.findall(r"^```(diff|sh)\n(.+?)^```$", TEXT, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def changed(warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database that the changed copy builds."""
    copy, data = tmp_path_factory.mktemp("copy"), tmp_path_factory.mktemp("data")
    for name in ("dagster_project", "dbt", "seeds"):
        shutil.copytree(PROJECT_ROOT / name, copy / name)
    for name in ("pyproject.toml", "requirements.lock"):
        shutil.copy(PROJECT_ROOT / name, copy)
    environment = Warehouse(data, copy / "seeds").env
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    for kind, text in STEPS:
        command = ["patch", "--strip=1", "--no-backup-if-mismatch"] if kind == "diff" else ["sh", "-e"]
        done = subprocess.run(command, input=text, cwd=copy, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, (text, done.stdout, done.stderr)
    run = subprocess.run([*COMMAND, "refresh"], cwd=copy, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    return data / "current" / "warehouse.duckdb"


def test_there_are_examples() -> None:
    assert {kind for kind, _ in STEPS} == {"diff", "sh"}
    assert questions(TEXT)


def test_every_example_gives_the_answer_that_stands_below_it(changed: Path) -> None:
    with duckdb.connect(str(changed), read_only=True) as connection:
        for question in questions(TEXT):
            assert answer(connection, question.sql) == question.table
