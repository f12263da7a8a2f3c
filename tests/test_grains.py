"""What identifies a row is declared once, in the model's .yml, and whoever compares or publishes reads it there."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dagster_project.defs.landed import LANDED
from dagster_project.release.differences import NEWS
from dagster_project.release.keys import grains, grains_beside, keys
from dagster_project.seeds.schemas import SEEDS
from dagster_project.settings import PUBLIC_SCHEMAS
from tests.conftest import Warehouse
from tests.manifest import Node


@pytest.fixture(scope="module")
def declared(manifest: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], tuple]:
    path = tmp_path_factory.mktemp("manifest") / "models.json"
    path.write_text(json.dumps(manifest))
    return grains(path)


def test_every_public_model_declares_one_grain(manifest: dict[str, Any], public: dict[str, Node]) -> None:
    declared = [key.table for key in keys(manifest["nodes"].values()) if key.refers_to is None]
    assert sorted(declared) == sorted((model["schema"], name) for name, model in public.items())


def test_raw_tables_have_the_grain_of_their_schemas(declared: dict) -> None:
    raw = {table: list(grain) for (schema, table), grain in declared.items() if schema == "raw" and table not in LANDED}
    assert raw == {name: list(schema.grain) or schema.primary_key() for name, schema in SEEDS.items()}


def test_the_grains_that_are_declared_are_those_of_the_release(warehouse: Warehouse, declared: dict) -> None:
    found = grains_beside(warehouse.database)
    assert found == declared
    with duckdb.connect(str(warehouse.database), read_only=True) as connection:
        for (schema, table), grain in found.items():
            counted = f"select count(*), count(distinct ({', '.join(grain)},)) from {schema}.{table}"
            rows, things = connection.execute(counted).fetchall()[0]
            assert rows == things, f"{schema}.{table}"


def test_what_identifies_news_identifies_one_row(warehouse: Warehouse) -> None:
    with duckdb.connect(str(warehouse.database), read_only=True) as connection:
        for table, news in NEWS.items():
            if news.key:
                key = ", ".join(news.key)
                twice = f"select {key} from metrics.{table} where {news.where} group by all having count(*) > 1"
                assert connection.execute(twice).fetchall() == [], table


def test_a_timeline_s_grain_ends_with_its_first_day(declared: dict) -> None:
    starts = {table: declared["metrics", table][-1] for table, news in NEWS.items() if news.ends}
    assert starts == {"metric_total_rates": "valid_from", "metric_competitor_gaps": "valid_on"}


def test_a_file_without_its_release_is_compared_by_the_grains_of_the_project(tmp_path: Path) -> None:
    parsed = tmp_path / "manifest.json"
    source = {"schema": "raw", "name": "things", "config": {"meta": {"grain": ["thing_id"]}}}
    parsed.write_text(json.dumps({"sources": {"source.things": source}, "nodes": {}}))
    loose = tmp_path / "loose" / "warehouse.duckdb"
    assert grains_beside(loose, loose, parsed=parsed) == {("raw", "things"): ("thing_id",)}
    assert grains_beside(loose, loose) == {}


def test_semantic_entities_are_the_grain(manifest: dict[str, Any], declared: dict) -> None:
    """One column that identifies a row is the primary entity; of several, those that are keys elsewhere are foreign."""
    alone = {grain[0] for (schema, _), grain in declared.items() if schema in PUBLIC_SCHEMAS and len(grain) == 1}
    for model in manifest["semantic_models"].values():
        grain = declared[model["node_relation"]["schema_name"], model["node_relation"]["alias"]]
        entities = {entity["expr"]: entity["type"] for entity in model["entities"]}
        primary = [column for column, kind in entities.items() if kind == "primary"]
        assert primary == (list(grain) if len(grain) == 1 else []), model["name"]
        if len(grain) > 1:
            assert model["primary_entity"], model["name"]
            shared = {column for column in grain if column in alone}
            assert shared <= {column for column, kind in entities.items() if kind == "foreign"}, model["name"]
