"""`datapackage.json` by the standard's own validator: the descriptor, the files, the rows, the keys."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import duckdb
import pytest
from frictionless import Package, Schema
from frictionless.resources import FileResource, TableResource

from dagster_project.release.build import describe_tables, open_build, seal_build, start_build
from dagster_project.settings import PUBLIC_SCHEMAS, Settings
from tests.conftest import Warehouse
from tests.releases import write_stubs

# rows of a table that the validator reads: all of most tables, the first of the six large ones
MOST_ROWS = 1500

Resource = dict[str, Any]


@pytest.fixture(scope="module")
def folder(warehouse: Warehouse) -> Path:
    return (warehouse.data / "current").resolve()


@pytest.fixture(scope="module")
def package(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))


def tables(package: dict[str, Any]) -> list[Resource]:
    return [resource for resource in package["resources"] if resource.get("type") == "table"]


def table(package: dict[str, Any], name: str) -> Resource:
    (found,) = [resource for resource in tables(package) if resource["name"] == name]
    return deepcopy(found)


def ask(query: str) -> tuple[list[str], list[tuple]]:
    """Names of the columns, and the rows."""
    with duckdb.connect() as connection:
        found = connection.execute(query)
        return [name for name, *_ in found.description or []], found.fetchall()


def wrong_files(resources: list[Resource], folder: Path) -> list[tuple[str, str]]:
    """What the validator says of each file's size and hash."""
    found = []
    for one in resources:
        file = FileResource(
            name=one["name"], path=one["path"], basepath=str(folder), bytes=one["bytes"], hash=one["hash"]
        )
        found += [(one["name"], kind) for (kind,) in file.validate().flatten(["type"])]
    return found


def wrong_rows(one: Resource, folder: Path) -> list[list[Any]]:
    """What it says of the rows of a Parquet file: it would read those with pandas alone, so they are handed over."""
    names, found = ask(f"from '{folder / one['path']}' limit {MOST_ROWS}")
    rows = [names, *map(list, found)]
    # the keys of other tables are looked up below
    schema = {name: value for name, value in one["schema"].items() if name != "foreignKeys"}
    report = TableResource(data=rows, schema=Schema.from_descriptor(schema)).validate()
    return report.flatten(["type", "fieldName"])


def test_it_is_a_data_package(package: dict[str, Any]) -> None:
    assert Package.validate_descriptor(package).flatten(["type", "note"]) == []
    planted = deepcopy(package)
    planted["resources"][1]["schema"]["fields"][0]["type"] = "varchar"
    said = [["field-error", 'field type "varchar" is not supported']]
    assert Package.validate_descriptor(planted).flatten(["type", "note"]) == said


def test_it_says_which_build_it_is_and_whose(package: dict[str, Any], warehouse: Warehouse, connection) -> None:
    assert (package["version"], package["created"]) == (warehouse.manifest["build_id"], warehouse.manifest["built_at"])
    assert package["licenses"] == [{"name": "MIT", "title": "MIT licence"}]
    sources = connection.sql("select title, url, publisher, licence from marts.dim_sources order by source_id")
    said = [tuple(one.get(name) for name in ("title", "path", "publisher", "licence")) for one in package["sources"]]
    assert said == sources.fetchall()


def test_every_public_table_and_the_database_is_a_resource_and_the_manifest_holds_its_hash(
    package: dict[str, Any], warehouse: Warehouse
) -> None:
    public = {(one["schema"], one["name"]) for one in warehouse.manifest["tables"] if one["schema"] in PUBLIC_SCHEMAS}
    assert {one["name"] for one in package["resources"]} == {f"{schema}.{name}" for schema, name in public} | {
        "warehouse"
    }
    listed = {file["path"]: (file["bytes"], f"sha256:{file['sha256']}") for file in warehouse.manifest["files"]}
    assert {one["path"]: (one["bytes"], one["hash"]) for one in package["resources"]} == {
        path: listed[path] for path in listed if path.endswith((".parquet", ".duckdb"))
    }
    assert {"changes.md", "datapackage.json"} <= set(listed)


def test_every_file_has_its_size_and_hash_and_a_wrong_one_is_seen(package: dict[str, Any], folder: Path) -> None:
    assert wrong_files(package["resources"], folder) == []
    planted = table(package, "marts.dim_deals")
    assert wrong_files([planted | {"hash": f"sha256:{'0' * 64}"}], folder) == [("marts.dim_deals", "hash-count")]
    assert wrong_files([planted | {"bytes": 1}], folder) == [("marts.dim_deals", "byte-count")]


def test_the_rows_of_every_table_are_as_described(package: dict[str, Any], folder: Path) -> None:
    assert {one["name"]: found for one in tables(package) if (found := wrong_rows(one, folder))} == {}


@pytest.mark.parametrize(
    ("column", "change", "said"),
    [
        ("deal_name", {"type": "integer"}, "type-error"),
        ("deal_name", {"constraints": {"enum": ["a", "b"]}}, "constraint-error"),
        ("note", {"constraints": {"required": True}}, "constraint-error"),
    ],
)
def test_a_wrong_column_is_seen(
    package: dict[str, Any], folder: Path, column: str, change: dict[str, Any], said: str
) -> None:
    planted = table(package, "marts.dim_deals")
    (field,) = [one for one in planted["schema"]["fields"] if one["name"] == column]
    field.update(change)
    assert {tuple(found) for found in wrong_rows(planted, folder)} == {(said, column)}


def test_a_key_that_repeats_is_seen(package: dict[str, Any], folder: Path) -> None:
    planted = table(package, "marts.fct_claims")
    planted["schema"]["primaryKey"] = ["partner_iso3"]
    assert {kind for kind, _ in wrong_rows(planted, folder)} == {"primary-key"}


def test_columns_are_those_of_the_file_in_their_order_and_all_described(package: dict[str, Any], folder: Path) -> None:
    for one in tables(package):
        fields = one["schema"]["fields"]
        names, _ = ask(f"from '{folder / one['path']}' limit 0")
        assert [field["name"] for field in fields] == names
        assert [field["name"] for field in fields if not field["description"]] == []


def test_allowed_words_at_the_end_of_a_description_are_the_columns_enumeration(
    tmp_path: Path, tiny_seeds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAREHOUSE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("WAREHOUSE_SEEDS_DIR", str(tiny_seeds))
    settings = Settings.from_env()
    start_build(settings)
    with open_build(settings) as connection:
        connection.execute("create schema marts; create table marts.dim_things (kind varchar, colour varchar)")
        connection.execute("comment on column marts.dim_things.kind is 'Kind. One of: whole (all, of it), leg.'")
        connection.execute("comment on column marts.dim_things.colour is 'One of its colours: red.'")
    describe_tables(settings)
    write_stubs(settings)
    seal_build(settings, None)
    (_, things) = json.loads((settings.building / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    said = {field["name"]: field.get("constraints") for field in things["schema"]["fields"]}
    assert said == {"kind": {"enum": ["whole", "leg"]}, "colour": None}


def test_every_table_has_a_key_and_every_reference_is_found(package: dict[str, Any], folder: Path) -> None:
    by_name = {one["name"]: one for one in tables(package)}
    references = 0
    for one in by_name.values():
        schema = one["schema"]
        assert "primaryKey" in schema or "uniqueKeys" in schema, one["name"]
        for key in schema.get("foreignKeys", []):
            (own,), (field,) = key["fields"], key["reference"]["fields"]
            other = by_name[key["reference"]["resource"]]
            _, dangling = ask(
                f"select {own} from '{folder / one['path']}' where {own} is not null"
                f" except select {field} from '{folder / other['path']}'"
            )
            assert dangling == [], (one["name"], key)
            references += 1
    assert references > 50
