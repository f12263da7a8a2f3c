"""All combinations of the arguments of every command: what `tests/test_every_command.py` takes in pairs."""

import time

import pytest

from tests.command_cases import MORE_DAYS, cases, make_world
from tests.conftest import Warehouse
from tests.pairs import all_combinations

pytestmark = pytest.mark.e2e


def test_all_combinations_of_arguments_are_answered_in_shape(
    warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    world = make_world(warehouse, tmp_path_factory.mktemp("world"), MORE_DAYS, thorough=True)
    began, ran = time.process_time(), 0
    for case in cases(world, MORE_DAYS):
        # the format by default is the table
        dimensions = {name: [v for v in values if v or name != "format"] for name, values in case.dimensions.items()}
        for combination in all_combinations(dimensions) if dimensions else ():
            case.run(world, combination)
            ran += 1
    assert ran > 2_000
    with capsys.disabled():
        print(f"\n{ran:,} combinations of arguments ran, {time.process_time() - began:.0f} s of processor time")
