"""A column of a seed is declared once: what dbt, the file and its readers say of it is made from the schema."""

import re
import shutil
from pathlib import Path

import duckdb
import pytest

from dagster_project import wording
from dagster_project.readers.dashboard import pledge_tables
from dagster_project.seeds.describe import MODELS, described
from dagster_project.seeds.schemas import SEEDS, mart_of
from dagster_project.seeds.vocabulary import description
from tests.conftest import Warehouse

IN_SEEDS = {name for schema in SEEDS.values() for name in schema.column_names()}


def own() -> list[str]:
    return re.findall(r"{% docs (\w+) %}", (MODELS / "columns.md").read_text(encoding="utf-8"))


def differing(models: Path) -> list[str]:
    return [path.name for path, text in described(models).items() if path.read_text(encoding="utf-8") != text]


def test_what_dbt_says_of_seed_columns_is_what_the_schemas_say() -> None:
    assert differing(MODELS) == [], "make columns"


def test_only_columns_that_dbt_derives_are_described_in_columns_md() -> None:
    """An open end has a day in the marts, and a rectangle's first known day is not always its row's."""
    assert IN_SEEDS & set(own()) == {"known_from", "valid_to"}


def test_every_description_in_columns_md_is_used() -> None:
    models = "".join(path.read_text(encoding="utf-8") for path in MODELS.rglob("*.yml"))
    assert [name for name in own() if f'doc("{name}")' not in models] == []


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return shutil.copytree(MODELS, tmp_path / "models")


@pytest.mark.parametrize(
    ("column", "follows"), [("bound", "amount_period"), ("pledge_id", "assertion_id"), ("note", "recorded_on")]
)
def test_a_new_column_of_a_seed_comes_into_its_mart_at_its_place(models: Path, column: str, follows: str) -> None:
    path = models / "marts" / "fct_pledges.yml"
    whole = path.read_text(encoding="utf-8")
    without = re.sub(rf"(?m)^      - name: {column}\n(?:        .*\n)+", "", whole)
    assert without != whole
    assert f"- name: {follows}\n" in without
    path.write_text(without, encoding="utf-8")
    assert described(models)[path] == whole


def test_what_the_schema_does_not_say_is_rewritten_and_what_dbt_derives_stays(models: Path) -> None:
    path = models / "marts" / "fct_pledges.yml"
    whole = path.read_text(encoding="utf-8")
    edited = whole.replace("'The pledge in a line.'", "'Typed by hand.'").replace("decimal(12,6)", "varchar")
    path.write_text(edited, encoding="utf-8")
    assert described(models)[path] == whole
    path.write_text(whole.replace("decimal(24,0)", "decimal(30,0)"), encoding="utf-8")
    assert described(models)[path].count("decimal(30,0)") == 2


def test_readers_see_the_allowed_words_of_every_enumerated_column(warehouse: Warehouse) -> None:
    with duckdb.connect(str(warehouse.database), read_only=True) as connection:
        found = connection.execute(
            "select table_name, column_name, comment from duckdb_columns() where schema_name = 'marts'"
        ).fetchall()
    comments = {(table, column): comment for table, column, comment in found}
    renamed = {("disagreements", "preferred"): "preferred_side", ("product_lists", "role"): "member_role"}
    shown = 0
    for seed, schema in SEEDS.items():
        for name, column in schema.columns().items():
            if "words" not in (column.metadata or {}) or mart_of(seed) is None:
                continue
            comment = comments.get((mart_of(seed), renamed.get((seed, name), name)))
            if comment is None:
                # what was done with a row of the log shows in the whole log alone
                assert name == "action"
                comment = comments["fct_assertions", name]
            assert comment == description(column)
            assert all(word in comment for word in (column.metadata or {})["words"])
            shown += 1
    assert shown > 40


@pytest.mark.parametrize(
    ("labels", "seed", "column"),
    [
        (pledge_tables.KINDS, "pledges", "pledge_type"),
        (pledge_tables.WRITTEN_IN, "pledges", "bindingness"),
        (wording.BOUND, "pledges", "bound"),
        (wording.BOUND, "claims", "qualifier"),
        (wording.PERIOD, "pledges", "amount_period"),
        (wording.BASIS, "tariff_rates", "rate_basis"),
    ],
)
def test_the_page_words_only_what_the_schema_allows(labels: dict[str, str], seed: str, column: str) -> None:
    allowed = (SEEDS[seed].columns()[column].metadata or {})["words"]
    assert set(labels) <= set(allowed)
