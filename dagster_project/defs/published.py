"""metrics -> published: a build that passed its checks becomes the release that readers see."""

import dataclasses
from collections.abc import Iterable, Iterator

import dagster as dg

from dagster_project.defs.failures import failed
from dagster_project.release import PAGE, publish
from dagster_project.settings import PUBLIC_SCHEMAS, Settings

RELEASE = dg.AssetKey(["published", "release"])
COPY = dg.AssetKey(["published", "postgres"])


def published_specs(settings: Settings, models: Iterable[dg.AssetSpec]) -> list[dg.AssetSpec]:
    """The release and, where WAREHOUSE_POSTGRES_DSN is set, its copy."""
    shared = {"group_name": "published", "owners": ["team:modelling"]}
    release = dg.AssetSpec(
        RELEASE,
        deps=[model.key for model in models if model.key.path[0] in (*PUBLIC_SCHEMAS, "main")],
        kinds={"duckdb", "parquet", "html"},
        description="An immutable release: DuckDB file, Parquet per public table, page, manifest. "
        "`current` is the newest.",
        **shared,
    )
    copy = dg.AssetSpec(
        COPY,
        deps=[RELEASE],
        kinds={"postgres"},
        description="The release copied into PostgreSQL in one transaction.",
        **shared,
    )
    return [release, copy] if settings.postgres_dsn else [release]


def make_release(settings: Settings) -> Iterator[dg.AssetMaterialization]:
    # takes a second to load, which only a run that gets this far should pay
    from dagster_project.dashboard.page import write_page

    write_page(settings.build_database, settings.building / PAGE)
    manifest = publish(settings)
    yield dg.AssetMaterialization(
        RELEASE,
        metadata={
            "build_id": manifest["build_id"],
            "path": dg.MetadataValue.path(str(settings.releases / manifest["build_id"])),
            "tables": len(manifest["tables"]),
            "rows": sum(table["rows"] for table in manifest["tables"]),
        },
    )


def copy_release(settings: Settings) -> Iterator[dg.AssetMaterialization]:
    """Raises where the copy fails; the release that it is a copy of is current all the same."""
    from dagster_project.postgres import PostgresError, copy_current

    try:
        copied = copy_current(settings)
    except PostgresError as error:
        raise failed([str(error)]) from None
    yield dg.AssetMaterialization(COPY, metadata=dataclasses.asdict(copied))
