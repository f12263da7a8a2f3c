"""The list of faults to plant in the SQL stays true to the code: each names one place, and a truth table that is there.

Does not belong here: planting them, which takes dbt a run each.
"""

import tomllib

import pytest

from dagster_project.settings import PROJECT_ROOT

LIST = PROJECT_ROOT / "tests" / "mutation" / "sql_mutants.toml"
MUTANTS = tomllib.loads(LIST.read_text(encoding="utf-8"))["mutant"]


@pytest.mark.parametrize("mutant", MUTANTS, ids=[f"{n}-{mutant['killed_by']}" for n, mutant in enumerate(MUTANTS)])
def test_a_fault_has_one_place_to_be_planted_and_a_truth_table_against_it(mutant: dict[str, str]) -> None:
    assert (PROJECT_ROOT / mutant["file"]).read_text(encoding="utf-8").count(mutant["old"]) == 1
    assert mutant["old"] != mutant["new"]
    models = (PROJECT_ROOT / "dbt" / "models").rglob("*.yml")
    assert any(f"  - name: {mutant['killed_by']}\n" in path.read_text(encoding="utf-8") for path in models)
