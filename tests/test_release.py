"""A release: complete, sealed, described; readers see the old one or the new one and never less."""

import json
import stat
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from dagster_project.release.build import IncompleteBuild, describe_tables, open_build, publish, seal_build, start_build
from dagster_project.settings import KEPT_RELEASES, Settings
from tests.conftest import Warehouse
from tests.releases import release, write_stubs


@pytest.fixture
def settings(tmp_path: Path, tiny_seeds: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("WAREHOUSE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("WAREHOUSE_SEEDS_DIR", str(tiny_seeds))
    return Settings.from_env()


def test_the_file_is_read_only_and_current_is_a_relative_link_to_it(warehouse: Warehouse) -> None:
    assert stat.S_IMODE(warehouse.database.stat().st_mode) == 0o444
    assert (warehouse.data / "current").readlink() == Path("releases") / warehouse.manifest["build_id"]
    assert sorted(path.name for path in (warehouse.data / "current").iterdir()) == [
        "changes.md", "dashboard", "datapackage.json", "manifest.json", "models.json", "parquet", "warehouse.duckdb",
    ]  # fmt: skip


def test_nothing_is_left_building_after_a_release(warehouse: Warehouse) -> None:
    assert not (warehouse.data / "building").is_symlink()
    assert list((warehouse.data / "builds").iterdir()) == []


def test_the_manifest_says_what_meta_tables_says(warehouse: Warehouse, connection) -> None:
    in_manifest = {(t["schema"], t["name"]): (t["rows"], t["content_hash"]) for t in warehouse.manifest["tables"]}
    in_file = {
        (schema, name): (rows, content) for schema, name, rows, content in connection.sql("from meta.tables").fetchall()
    }
    assert in_manifest == in_file
    assert connection.sql("select build_id from meta.build").fetchall() == [(warehouse.manifest["build_id"],)]


def test_meta_tables_counts_what_the_tables_hold(connection) -> None:
    for schema, name, rows, _ in connection.sql("from meta.tables").fetchall():
        assert connection.sql(f"select count(*) from {schema}.{name}").fetchall() == [(rows,)]


def test_each_public_table_is_a_parquet_file_of_as_many_rows(warehouse: Warehouse, connection) -> None:
    folder = warehouse.data / "current" / "parquet"
    public = [t for t in warehouse.manifest["tables"] if t["schema"] in ("marts", "metrics")]
    assert public
    assert {path.name for path in folder.iterdir()} == {f"{t['schema']}.{t['name']}.parquet" for t in public}
    for table in public:
        file = folder / f"{table['schema']}.{table['name']}.parquet"
        assert connection.sql(f"select count(*) from '{file}'").fetchall() == [(table["rows"],)]


def test_the_newest_three_releases_stay(settings: Settings) -> None:
    built = [release(settings, rows) for rows in range(1, KEPT_RELEASES + 3)]
    assert sorted(path.name for path in settings.releases.iterdir()) == built[-3:]
    assert settings.current.resolve().name == built[-1]


def test_a_reader_keeps_its_release_while_the_next_one_is_published(settings: Settings) -> None:
    release(settings, 1)
    with duckdb.connect(str(settings.current_database.resolve()), read_only=True) as reader:
        for rows in range(2, 7):
            release(settings, rows)
        assert reader.sql("select count(*) from marts.dim_things").fetchall() == [(1,)]
    with duckdb.connect(str(settings.current_database), read_only=True) as reader:
        assert reader.sql("select count(*) from marts.dim_things").fetchall() == [(6,)]


def test_a_build_that_is_still_open_is_not_published(settings: Settings) -> None:
    first = release(settings, 1)
    start_build(settings)
    with open_build(settings) as connection:
        connection.execute("create schema marts; create table marts.dim_things as select 1 as thing")
    (settings.building / "warehouse.duckdb.wal").touch()
    with pytest.raises(IncompleteBuild, match="still open"):
        seal_build(settings, None)
    assert settings.current.resolve().name == first


def test_a_build_without_public_tables_is_not_published(settings: Settings) -> None:
    start_build(settings)
    with open_build(settings) as connection:
        connection.execute("create schema raw; create table raw.partners as select 1 as partner")
    describe_tables(settings)
    write_stubs(settings)
    with pytest.raises(IncompleteBuild, match="no public table"):
        seal_build(settings, None)
    assert not settings.current.exists()


def test_a_build_without_its_page_is_not_published(settings: Settings) -> None:
    first = release(settings, 1)
    start_build(settings)
    with open_build(settings) as connection:
        connection.execute("create schema marts; create table marts.dim_things as select 1 as thing")
    describe_tables(settings)
    with pytest.raises(IncompleteBuild, match="no page"):
        seal_build(settings, None)
    assert settings.current.resolve().name == first


def test_an_input_that_changes_during_the_build_makes_the_next_refresh_build_again(settings: Settings) -> None:
    from dagster_project.release.fingerprint import is_unchanged

    start_build(settings)
    with open_build(settings) as connection:
        connection.execute("create schema marts; create table marts.dim_things as select 1 as thing")
    assert not is_unchanged(settings)
    partners = settings.seeds / "partners.csv"
    original = partners.read_text()
    partners.write_text(original.replace("Japan", "Nippon"))
    describe_tables(settings)
    write_stubs(settings)
    seal_build(settings, None)
    publish(settings)
    assert not is_unchanged(settings)
    partners.write_text(original)
    assert is_unchanged(settings)


def test_the_content_hash_ignores_the_order_of_rows_and_counts_duplicates(settings: Settings) -> None:
    def hash_of(values: str) -> str:
        start_build(settings)
        with open_build(settings) as connection:
            connection.execute(f"create schema marts; create table marts.dim_things as from (values {values}) t(a, b)")
        describe_tables(settings)
        with open_build(settings) as connection:
            return connection.sql("select content_hash from meta.tables").fetchall()[0][0]

    assert hash_of("(1, 'x'), (2, 'y')") == hash_of("(2, 'y'), (1, 'x')")
    assert hash_of("(1, 'x'), (2, 'y')") != hash_of("(1, 'y'), (2, 'x')")
    assert hash_of("(1, 'x'), (1, 'x')") != hash_of("(2, 'y'), (2, 'y')")
    assert hash_of("(1, 'x')") != hash_of("(1, 'x'), (1, 'x')")


def test_a_day_of_its_own_stands_in_the_manifest(settings: Settings) -> None:
    import datetime as dt

    release(replace(settings, fixed_as_of_date=dt.date(2025, 8, 1)), 1)
    assert json.loads((settings.current / "manifest.json").read_text())["as_of_date"] == "2025-08-01"
