"""metrics -> published: a build that passed its checks becomes the release that readers see."""

import dataclasses
from collections.abc import Iterable, Iterator

import dagster as dg

from dagster_project.defs.failures import failed
from dagster_project.release.build import PAGE, hold_back, publish, seal_build, unequal_files
from dagster_project.release.gate import HEADLINES_CHECK, ROWS_CHECK, surprises
from dagster_project.release.newest_facts import describe_freshness
from dagster_project.release.shelf import held_back, last_whole
from dagster_project.settings import PUBLIC_SCHEMAS, Settings

RELEASE = dg.AssetKey(["published", "release"])
COPY = dg.AssetKey(["published", "postgres"])
FILES_CHECK = "files_equal_their_manifest"
RELEASE_CHECK_SPECS = [
    dg.AssetCheckSpec(name, asset=RELEASE, blocking=True, description=description)
    for name, description in {
        FILES_CHECK: "Every file has the size and hash that the manifest states, every Parquet file its rows.",
        ROWS_CHECK: "No public table lost more than 5 % of its rows without a retraction or an ending.",
        HEADLINES_CHECK: "No headline moved by more than a factor of two, or without news of its partner or programme.",
    }.items()
]


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


def make_release(settings: Settings) -> Iterator[dg.AssetMaterialization | dg.AssetCheckEvaluation]:
    """Seal the build and publish it. Raises where its files or the gate say no, after the checks are recorded."""
    # takes a second to load, which only a run that gets this far should pay
    from dagster_project.readers.dashboard.page import write_page

    describe_freshness(settings)
    write_page(settings.build_database, settings.building / PAGE, settings.cache)
    before = last_whole(settings)
    manifest = seal_build(settings, before and before.folder / "warehouse.duckdb")
    build = settings.building.resolve()
    found = {FILES_CHECK: unequal_files(build), ROWS_CHECK: [], HEADLINES_CHECK: []}
    if before:
        found |= surprises(before.folder / "warehouse.duckdb", build / "warehouse.duckdb")
    for name, reasons in found.items():
        yield dg.AssetCheckEvaluation(
            asset_key=RELEASE,
            check_name=name,
            passed=not reasons,
            blocking=True,
            description="; ".join(reasons[:5]) or None,
            metadata={
                "build_id": build.name,
                "compared_with": before.build_id if before else "nothing: there is no whole release",
                "found": len(reasons),
                "first": dg.MetadataValue.md("\n".join(f"- {reason}" for reason in reasons[:50])),
            },
        )
    if broken := found[FILES_CHECK]:
        raise failed(["The build is not what it says: " + "; ".join(broken)])
    if before and (reasons := found[ROWS_CHECK] + found[HEADLINES_CHECK]):
        hold_back(settings, reasons, before.build_id)
        raise failed([held_back(build.name, reasons)])
    publish(settings)
    release = settings.releases / manifest["build_id"]
    yield dg.AssetMaterialization(
        RELEASE,
        metadata={
            "build_id": manifest["build_id"],
            "path": dg.MetadataValue.path(str(release)),
            "changes": dg.MetadataValue.path(str(release / manifest["changes"])),
            "tables": len(manifest["tables"]),
            "rows": sum(table["rows"] for table in manifest["tables"]),
        },
    )


def copy_release(settings: Settings) -> Iterator[dg.AssetMaterialization]:
    """Raises where the copy fails; the release that it is a copy of is current all the same."""
    from dagster_project.readers.postgres import PostgresError, copy_current

    try:
        copied = copy_current(settings)
    except PostgresError as error:
        raise failed([str(error)]) from None
    yield dg.AssetMaterialization(COPY, metadata=dataclasses.asdict(copied))
