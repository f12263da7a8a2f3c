"""From a run's first file to a sealed build: what the build says of itself, the export, the manifest.

Belongs here: `meta.build` and `meta.tables`, Parquet, what is in the manifest, and the last steps that a sealed build
takes. Does not belong here: anything about trade, the page (`readers/dashboard/`), the moves between folders
(`shelf.py`).
"""

import datetime as dt
import shutil
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import duckdb

from dagster_project.release import durable, shelf
from dagster_project.release.changes import changes_since
from dagster_project.release.descriptor import DESCRIPTOR, describe
from dagster_project.release.fingerprint import fingerprint, inputs
from dagster_project.release.manifest import damage, read_manifest, seal
from dagster_project.settings import HASHED_SCHEMAS, MODELS, PUBLIC_SCHEMAS, Settings

STORAGE: dict[str, str | bool | int | float | list[str]] = {"storage_compatibility_version": "v1.2.0"}
# where the page lies in a release
PAGE = Path("dashboard", "index.html")
# what differs from the release before, in words
CHANGES = "changes.md"
# what the tables and columns of `meta` are, for readers of the file
META = {
    "build": "Which build this is, and the hash of each input.",
    "build.build_id": "Names the build and its release: when it began (UTC) and how its fingerprint starts.",
    "build.built_at": "When the build began, UTC.",
    "build.code_version": "Version of the project.",
    "build.fingerprint": "Hash of all inputs: the same fingerprint, the same tables.",
    "build.as_of_date": 'The day that "today" means in this build.',
    "build.seeds_hash": "Hash of the seeds.",
    "build.landing_hash": "Hash of the landed payloads.",
    "build.dbt_hash": "Hash of the models, tests and descriptions.",
    "build.code_hash": "Hash of the programs.",
    "build.lock_hash": "Hash of the locked dependencies.",
    "tables": "Rows and content of each table.",
    "tables.table_schema": "Schema of the table.",
    "tables.table_name": "Name of the table.",
    "tables.row_count": "Rows.",
    "tables.content_hash": "Sum over row hashes: the order of rows does not matter, duplicates count.",
}


class IncompleteBuild(RuntimeError):
    """The build must not be published."""


def open_build(settings: Settings) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(settings.build_database), config=STORAGE)


def discard_builds(settings: Settings) -> None:
    """Remove what unfinished runs left behind. Only for whoever holds the lock."""
    if settings.builds.exists():
        shutil.rmtree(settings.builds)


def discard_interrupted_build(settings: Settings) -> None:
    """Remove the build of a run that is ending, while its threads may still be writing into it."""
    for _ in range(10):
        shutil.rmtree(settings.builds, ignore_errors=True)
        settings.building.unlink(missing_ok=True)
        if not settings.builds.exists():
            return


def start_build(settings: Settings) -> str:
    """Make a new file for this run and point `building` at its folder. `meta.build` says which build it is.

    The inputs are hashed before they are read: one that changes while the run works makes the next refresh build again.
    """
    discard_builds(settings)
    hashes, build_fingerprint, now = inputs(settings), fingerprint(settings), dt.datetime.now(dt.UTC)
    build_id = f"{now:%Y%m%dT%H%M%SZ}-{build_fingerprint[:8]}"
    (settings.builds / build_id).mkdir(parents=True)
    durable.point(settings.building, settings.builds / build_id)
    with open_build(settings) as connection:
        connection.execute("create schema meta")
        connection.execute(
            """
            create table meta.build as
            select ? as build_id, cast(? as timestamp) as built_at, ? as code_version, ? as fingerprint,
                cast(? as date) as as_of_date, ? as seeds_hash, ? as landing_hash, ? as dbt_hash, ? as code_hash,
                ? as lock_hash
            """,
            [
                build_id,
                now.replace(tzinfo=None, microsecond=0),
                version("trade-deal-warehouse"),
                build_fingerprint,
                *hashes.values(),
            ],
        )
        _comment(connection, "build")
    return build_id


def describe_tables(settings: Settings) -> None:
    """Write `meta.tables`: what each table of the finished build holds."""
    with open_build(settings) as connection:
        tables = connection.execute(
            """
            select table_schema, table_name from information_schema.tables
            where table_type = 'BASE TABLE' and table_schema in (select unnest(?))
            order by table_schema, table_name
            """,
            [list(HASHED_SCHEMAS)],
        ).fetchall()
        counts = " union all ".join(
            f"select '{schema}' as table_schema, '{name}' as table_name, count(*) as row_count,"
            f" cast(coalesce(sum(cast(hash(t) as hugeint)), 0) as varchar) as content_hash from {schema}.{name} as t"
            for schema, name in tables
        )
        connection.execute(f"create or replace table meta.tables as {counts}")
        _comment(connection, "tables")


def seal_build(settings: Settings, before: Path | None) -> dict:
    """Export, tell what changed since the database `before`, and list every file. Returns the manifest.

    Raises `IncompleteBuild` where the build is not fit to become a release.
    """
    build = settings.building.resolve()
    database = build / "warehouse.duckdb"
    if (build / "warehouse.duckdb.wal").exists():
        raise IncompleteBuild("the build is still open: a write-ahead log lies beside it")
    if not (build / PAGE).exists():
        raise IncompleteBuild("the build has no page")
    shutil.copyfile(settings.dbt_manifest, build / MODELS)
    sequence = shelf.next_sequence(settings)
    says = _export(database, build) | {"sequence": sequence}
    (build / CHANGES).write_text(changes_since(before, database, is_first=sequence == 1), encoding="utf-8")
    with duckdb.connect(str(database), read_only=True) as connection:
        described = describe(connection, build, build / MODELS)
    (build / DESCRIPTOR).write_text(described, encoding="utf-8")
    database.chmod(0o444)
    return seal(build, says)


def unequal_files(build: Path) -> list[str]:
    """What a sealed build does not hold as its manifest says: its files, and the rows of every Parquet file."""
    if broken := damage(build):
        return broken
    said = {
        f"{table['schema']}.{table['name']}.parquet": table["rows"]
        for table in (read_manifest(build) or {})["tables"]
        if table["schema"] in PUBLIC_SCHEMAS
    }
    with duckdb.connect() as connection:
        found = connection.execute(
            "select parse_filename(file_name), num_rows from parquet_file_metadata($files)",
            {"files": [str(path) for path in sorted((build / "parquet").iterdir())]},
        ).fetchall()
    held = dict(found)
    return [
        f"parquet/{name} has {held.get(name, 0):,} of {rows:,} rows"
        for name, rows in said.items()
        if held.get(name) != rows
    ]


def publish(settings: Settings) -> None:
    """Make the sealed build the release that readers see."""
    shelf.put_on(settings, settings.building.resolve())
    settings.building.unlink(missing_ok=True)


def hold_back(settings: Settings, found: Mapping[str, list[str]], compared_with: str) -> None:
    """Keep the sealed build for whoever accepts it; `current` stays as it is."""
    shelf.hold(settings, settings.building.resolve(), found, compared_with)
    settings.building.unlink(missing_ok=True)


def release_manifest(settings: Settings) -> dict | None:
    """What the current release says of itself, or nothing where there is none that can be read."""
    return read_manifest(settings.current)


def _comment(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    for thing, text in META.items():
        name, _, column = thing.partition(".")
        if name == table:
            kind = "column" if column else "table"
            connection.execute(f"comment on {kind} meta.{thing} is '{text}'")


def _export(database: Path, build: Path) -> dict:
    with duckdb.connect(str(database), read_only=True) as connection:
        described = connection.execute(
            """
            select build_id, fingerprint, as_of_date, built_at,
                {
                    'as_of_date': as_of_date::varchar, 'seeds_hash': seeds_hash, 'landing_hash': landing_hash,
                    'dbt_hash': dbt_hash, 'code_hash': code_hash, 'lock_hash': lock_hash
                }
            from meta.build
            """
        ).fetchall()
        if len(described) != 1 or described[0][0] != build.name:
            raise IncompleteBuild("meta.build does not describe this build")
        build_id, build_fingerprint, as_of_date, built_at, hashes = described[0]
        tables = connection.execute(
            "select table_schema, table_name, row_count, content_hash from meta.tables"
        ).fetchall()
        public = [(schema, name) for schema, name, _, _ in tables if schema in PUBLIC_SCHEMAS]
        if not public:
            raise IncompleteBuild("the build has no public table")
        (build / "parquet").mkdir(exist_ok=True)
        for schema, name in public:
            target = build / "parquet" / f"{schema}.{name}.parquet"
            connection.sql(f"from {schema}.{name}").write_parquet(str(target), compression="zstd")
    return {
        "build_id": build_id,
        "fingerprint": build_fingerprint,
        "as_of_date": as_of_date.isoformat(),
        "built_at": f"{built_at.isoformat()}Z",
        "inputs": hashes,
        "database": "warehouse.duckdb",
        "page": PAGE.as_posix(),
        "changes": CHANGES,
        "datapackage": DESCRIPTOR,
        "tables": [
            {"schema": schema, "name": name, "rows": rows, "content_hash": content}
            for schema, name, rows, content in tables
        ],
    }
