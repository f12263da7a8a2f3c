"""From a finished build to a published release: what the build says of itself, the export, and the switch of `current`.

Belongs here: folders, `meta`, Parquet, the manifest, the symlink. Does not belong here: anything about trade, the page
(`dashboard/`).
"""

import datetime as dt
import json
import os
import shutil
from importlib.metadata import version
from pathlib import Path

import duckdb

from dagster_project.fingerprint import fingerprint, inputs
from dagster_project.settings import HASHED_SCHEMAS, KEPT_RELEASES, MODELS, PUBLIC_SCHEMAS, Settings

STORAGE: dict[str, str | bool | int | float | list[str]] = {"storage_compatibility_version": "v1.2.0"}
# where the page lies in a release
PAGE = Path("dashboard", "index.html")
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
    _point(settings.building, settings.builds / build_id)
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


def publish(settings: Settings) -> dict:
    """Export, seal and switch. Returns the manifest. Raises `IncompleteBuild` where the file is not fit."""
    build = settings.building.resolve()
    database = build / "warehouse.duckdb"
    if (build / "warehouse.duckdb.wal").exists():
        raise IncompleteBuild("the build is still open: a write-ahead log lies beside it")
    if not (build / PAGE).exists():
        raise IncompleteBuild("the build has no page")
    shutil.copyfile(settings.dbt_manifest, build / MODELS)
    manifest = _export(database, build)
    (build / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    database.chmod(0o444)
    settings.releases.mkdir(parents=True, exist_ok=True)
    release = settings.releases / build.name
    build.rename(release)
    _point(settings.current, release)
    settings.building.unlink(missing_ok=True)
    _prune(settings)
    return manifest


def release_manifest(settings: Settings) -> dict | None:
    """What the current release says of itself, or nothing where there is none."""
    path = settings.current / "manifest.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def _comment(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    for thing, text in META.items():
        name, _, column = thing.partition(".")
        if name == table:
            kind = "column" if column else "table"
            connection.execute(f"comment on {kind} meta.{thing} is '{text}'")


def _export(database: Path, build: Path) -> dict:
    with duckdb.connect(str(database), read_only=True) as connection:
        described = connection.execute("select build_id, fingerprint, as_of_date, built_at from meta.build").fetchall()
        if len(described) != 1 or described[0][0] != build.name:
            raise IncompleteBuild("meta.build does not describe this build")
        build_id, build_fingerprint, as_of_date, built_at = described[0]
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
        "database": "warehouse.duckdb",
        "page": PAGE.as_posix(),
        "tables": [
            {"schema": schema, "name": name, "rows": rows, "content_hash": content}
            for schema, name, rows, content in tables
        ],
    }


def _point(link: Path, target: Path) -> None:
    """Replace a symlink in one step: a reader sees the old target or the new one."""
    fresh = link.with_name(f".{link.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(os.path.relpath(target, link.parent))
    fresh.replace(link)


def _prune(settings: Settings) -> None:
    current = settings.current.resolve()
    newest_first = sorted((path for path in settings.releases.iterdir() if path.is_dir()), reverse=True)
    for release in newest_first[KEPT_RELEASES:]:
        if release != current:
            shutil.rmtree(release)
