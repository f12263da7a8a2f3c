"""Every command with every partner, deal, day and format: done, on the right stream, and the whole answer in shape.

Here each two values of a command's arguments stand together at least once, but that a partner or a deal comes with one
pair of day and format alone; `tests/e2e/test_every_combination.py` runs all there are.
"""

import os
import subprocess
import sys
from itertools import cycle
from pathlib import Path

import pytest

from dagster_project.commands.console import BUSY
from dagster_project.release.lock import refresh_lock
from dagster_project.settings import PROJECT_ROOT
from tests.command_cases import DAYS, Words, World, cases, make_world
from tests.command_line import assert_refused, commands, read_json, run_here
from tests.conftest import Warehouse
from tests.pairs import all_combinations, all_pairs


@pytest.fixture(scope="module")
def world(warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(warehouse, tmp_path_factory.mktemp("world"), DAYS)


def test_every_command_has_a_case(world: World) -> None:
    assert sorted(case.command for case in cases(world, DAYS)) == sorted(commands())


def test_every_two_values_of_the_arguments_go_together(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    ran: dict[str, int] = {}
    for case in cases(world, DAYS):
        dimensions = dict(case.dimensions)
        # so many that each takes its turn with one pair of the others
        many = {name: dimensions.pop(name) for name in ("subject", "query") if name in dimensions}
        combinations: list[dict[str, Words]] = list(all_pairs(dimensions)) if dimensions else []
        for name, values in many.items():
            turns = max(len(values), len(combinations))
            combinations = [
                {**one, name: value} for one, value, _ in zip(cycle(combinations), cycle(values), range(turns))
            ]
        for combination in combinations:
            case.run(world, {name: combination[name] for name in case.dimensions})
        ran[case.command] = len(combinations)
    with capsys.disabled():
        print(f"\n{sum(ran.values())} combinations of arguments ran: {ran}")


def test_wrong_usage_of_every_command_is_said_in_one_line(world: World) -> None:
    for case in cases(world, DAYS):
        case.refuse(world)


def test_what_is_no_command_or_option_is_one_line_too_and_no_command_at_all_is_the_help() -> None:
    nowhere = Warehouse(Path("/nowhere"))
    for words, said in (
        ("nonsense", "No such command 'nonsense'. See `warehouse --help`."),
        ("--nonsense", "No such option: --nonsense. See `warehouse --help`."),
        ("publish nonsense", "No such command 'nonsense'. See `warehouse publish --help`."),
        ("publish postgres --x", "No such option: --x. See `warehouse publish postgres --help`."),
        ("sql --outptu x", "No such option: --outptu (Possible options: --output). See `warehouse sql --help`."),
        ("refresh --accept", "Option '--accept' requires an argument. See `warehouse refresh --help`."),
    ):
        run = run_here(nowhere, *words.split())
        assert (run.exit_code, run.stdout, run.stderr) == (2, b"", f"Wrong usage: {said}\n")
    for words in ([], ["publish"]):
        run = run_here(nowhere, *words)
        assert (run.exit_code, run.stderr) == (2, "")
        assert run.text.rstrip() == run_here(nowhere, *words, "--help").text.rstrip()


def test_every_command_explains_itself() -> None:
    empty = Warehouse(Path("/nowhere"))
    for words in ([], *(command.split() for command in commands())):
        run = run_here(empty, *words, "--help")
        assert (run.exit_code, run.stderr) == (0, "")
        assert "Usage: " in run.text
        assert "--help" in run.text
    assert run_here(empty, "--version").text == "warehouse 0.1.0\n"


def test_every_command_without_a_release_says_how_to_make_one(tmp_path: Path) -> None:
    empty = Warehouse(tmp_path / "data")
    for words in (["sql", "select 1"], ["as-of"], ["as-of", "2025-01-01", "--partner", "JPN"], ["dashboard"]):
        remedy = f"No release in {tmp_path / 'data'} yet. Build one with `warehouse refresh`."
        assert_refused(run_here(empty, *words), 1, remedy)
    assert_refused(run_here(empty, "diff", "current", "previous"), 2, "none yet: `warehouse refresh` builds one")


def test_a_refresh_says_that_nothing_changed_or_who_is_at_work(warehouse: Warehouse) -> None:
    """A changed input would build for a minute; the lock turns that into a refusal."""
    with refresh_lock(warehouse.data / "refresh.lock", "a test"):
        told = run_here(warehouse, "refresh")
        answer = read_json(run_here(warehouse, "refresh", "--json").text)
        busy = run_here(warehouse, "refresh", "--full")
    assert (told.exit_code, told.stderr) == (0, "")
    assert told.text.startswith(f"Nothing changed since release {warehouse.manifest['build_id']}")
    assert (answer["status"], answer["build_id"]) == ("unchanged", warehouse.manifest["build_id"])
    assert_refused(busy, BUSY, f"Another refresh is running: process {os.getpid()} (a test)")


def test_pairs_hold_every_two_values_in_few_combinations() -> None:
    dimensions = {"a": [1, 2, 3], "b": [1, 2, 3], "c": [1, 2], "d": [1, 2]}
    found = list(all_pairs(dimensions))
    assert len(found) < len(list(all_combinations(dimensions))) / 3
    for one in dimensions:
        for two in dimensions:
            if one < two:
                pairs = {(combination[one], combination[two]) for combination in found}
                assert pairs == {(i, j) for i in dimensions[one] for j in dimensions[two]}


def test_the_module_is_the_same_program(warehouse: Warehouse) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "dagster_project", "status", "--json"],
        env=warehouse.env, cwd=PROJECT_ROOT, capture_output=True, check=False,
    )  # fmt: skip
    assert (run.returncode, run.stderr) == (0, b"")
    assert read_json(run.stdout.decode())["release"] == warehouse.manifest["build_id"]
