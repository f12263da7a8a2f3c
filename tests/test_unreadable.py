"""Where another user may not read, or a file is damaged, each command says so in one line."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.command_line import Run, read_json, run_here
from tests.conftest import Warehouse

NOBODY = 65534
READING = (["status"], ["sql", "select 1"], ["as-of"], ["diff", "current", "current"], ["dashboard", "--path"])


@contextmanager
def somebody_else() -> Iterator[None]:
    """Root may read everything, so root becomes nobody; anybody else has taken the rights from himself."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@pytest.fixture(scope="module")
def imported(warehouse: Warehouse) -> None:
    """What a command imports is imported before it becomes nobody's."""
    for words in (*READING, ["check"]):
        run_here(warehouse, *words)


@pytest.fixture
def own(warehouse: Warehouse, imported: None, tmp_path: Path) -> Iterator[Warehouse]:
    """A copy to take the rights from."""
    data, seeds = tmp_path / "data", tmp_path / "seeds"
    release = data / "releases" / warehouse.manifest["build_id"]
    shutil.copytree(warehouse.data / "current", release)
    (data / "current").symlink_to(release.relative_to(data))
    shutil.copytree(warehouse.seeds, seeds)
    own = Warehouse(data, seeds)
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(folder.stat().st_mode | 0o055)
    yield own
    for path in (data, seeds, *tmp_path.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755)


def assert_one_line(run: Run, path: Path) -> None:
    assert (run.exit_code, run.stdout) == (1, b""), run
    assert run.stderr == f"No permission to read ({path}). Its owner can grant it.\n"


@pytest.mark.parametrize("hidden", ["data", "release"])
def test_a_folder_that_may_not_be_read_is_named(own: Warehouse, hidden: str) -> None:
    (own.data if hidden == "data" else (own.data / "current").resolve()).chmod(0)
    with somebody_else():
        for words in READING:
            run = run_here(own, *words)
            assert (run.exit_code, run.stdout, len(run.stderr.splitlines())) == (1, b"", 1), run
            assert run.stderr.startswith(f"No permission to read ({own.data}")
            assert run.stderr.endswith("Its owner can grant it.\n")


def test_a_database_that_may_not_be_read_is_named(own: Warehouse) -> None:
    database = (own.data / "current" / "warehouse.duckdb").resolve()
    database.chmod(0)
    with somebody_else():
        for words in (["sql", "select 1"], ["as-of"], ["diff", "current", "current"]):
            assert_one_line(run_here(own, *words), database)


def test_seeds_that_may_not_be_read_are_named(own: Warehouse) -> None:
    (own.seeds / "pledges.csv").chmod(0)
    with somebody_else():
        check, status = run_here(own, "check"), run_here(own, "status", "--json")
    told = (
        "seeds/pledges.csv, line 1, column -: found 'permission denied'; expected a file that can be read, of at most"
    )
    assert check.exit_code == 1
    assert check.text.startswith(told)
    assert len(check.text.splitlines()) == len(check.stderr.splitlines()) == 1
    assert (status.exit_code, status.stderr) == (0, "")
    assert read_json(status.text)["inputs_changed"] is True


@pytest.mark.parametrize("words", [["sql", "select 1"], ["as-of"], ["diff", "current", "current"]])
def test_a_database_that_is_none_is_one_line(own: Warehouse, words: list[str]) -> None:
    database = (own.data / "current" / "warehouse.duckdb").resolve()
    database.chmod(0o644)
    database.write_text("Dear Sir or Madam")
    run = run_here(own, *words)
    assert (run.exit_code, run.stdout, len(run.stderr.splitlines())) == (1, b"", 1), run


@pytest.mark.parametrize("content", [b"", b"garbage" * 1000, None], ids=["empty", "garbage", "a folder"])
def test_status_survives_a_damaged_history(own: Warehouse, content: bytes | None) -> None:
    history = own.data / "dagster" / "history" / "runs.db"
    history.parent.mkdir(parents=True)
    history.mkdir() if content is None else history.write_bytes(content)
    run = run_here(own, "status")
    assert (run.exit_code, run.stderr) == (0, "")
    (line,) = [line for line in run.text.splitlines() if line.startswith("last failure")]
    told = "Dagster's history cannot be read; the next refresh begins a new one"
    assert line == f"last failure  {told}"
    assert read_json(run_here(own, "status", "--json").text)["last_failure"]["message"] == told


@pytest.mark.parametrize("content", ["", "{", "[]", "{}"])
def test_status_survives_a_damaged_manifest(own: Warehouse, content: str) -> None:
    (own.data / "current" / "manifest.json").write_text(content)
    run = run_here(own, "status")
    assert (run.exit_code, run.stderr) == (0, "")
    assert run.text.startswith("release       not to be read, see below\n")
    assert "\ndamage        manifest.json is damaged: `warehouse refresh` builds anew\n" in run.text


@pytest.mark.parametrize("name", ["with blank", "Zölle & Zusagen", "a+b;c"])
def test_a_data_folder_may_have_any_name(warehouse: Warehouse, tmp_path: Path, name: str) -> None:
    data = tmp_path / name
    shutil.copytree(warehouse.data, data, symlinks=True)
    named = Warehouse(data)
    for words in READING:
        run = run_here(named, *words)
        assert (run.exit_code, run.stderr) == (0, ""), run
    assert read_json(run_here(named, "status", "--json").text)["last_failure"] is None


@pytest.mark.parametrize("name", ["who?mode=rw", "100%41", "a#b", "o'clock"])
def test_a_path_that_the_engines_would_misread_is_refused(tmp_path: Path, name: str) -> None:
    for words in (*READING, ["refresh"]):
        run = run_here(Warehouse(tmp_path / name), *words)
        assert (run.exit_code, run.stdout, len(run.stderr.splitlines())) == (2, b"", 1), run
        assert run.stderr.startswith("WAREHOUSE_DATA_DIR: found '")
