"""metrics -> published: a build that passed its checks becomes the release that readers see.

Belongs here: the release and the papers that it ships with as assets, their checks, and what is told when somebody
accepts what was held back. Does not belong here: what is in them (`release/`).
"""

import dataclasses
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import dagster as dg

from dagster_project.defs.failures import failed
from dagster_project.release.build import CHANGES, PAGE, hold_back, publish, seal_build, unequal_files
from dagster_project.release.descriptor import DESCRIPTOR
from dagster_project.release.gate import GATE_CHECKS, HEADLINES_CHECK, ROWS_CHECK, surprises
from dagster_project.release.newest_facts import describe_freshness
from dagster_project.release.shelf import Release, failed_checks, held_back, last_whole, reasons
from dagster_project.settings import PUBLIC_SCHEMAS, Settings

RELEASE = dg.AssetKey(["published", "release"])
COPY = dg.AssetKey(["published", "postgres"])
WHAT_CHANGED = dg.AssetKey(["published", "changes"])
DATA_PACKAGE = dg.AssetKey(["published", "datapackage"])
# lines of changes.md that Dagster's interface shows
SHOWN = 100
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
    """The release, what it says of itself, and, where WAREHOUSE_POSTGRES_DSN is set, its copy."""
    shared: dict[str, Any] = {"group_name": "published", "owners": ["team:modelling"]}
    public = [model.key for model in models if model.key.path[0] in (*PUBLIC_SCHEMAS, "main")]
    release = dg.AssetSpec(
        RELEASE,
        deps=[*public, WHAT_CHANGED, DATA_PACKAGE],
        kinds={"duckdb", "parquet", "html"},
        description="An immutable release: DuckDB file, Parquet per public table, page, manifest. "
        "`current` is the newest.",
        **shared,
    )
    changes = dg.AssetSpec(
        WHAT_CHANGED,
        deps=public,
        kinds={"markdown"},
        description=f"`{CHANGES}`: what the build says otherwise than the release before, in words.",
        **shared,
    )
    package = dg.AssetSpec(
        DATA_PACKAGE,
        deps=public,
        kinds={"json"},
        description=f"`{DESCRIPTOR}`: files, columns, keys, sources and licence, as Data Package 2.0 has them.",
        **shared,
    )
    copy = dg.AssetSpec(
        COPY,
        deps=[RELEASE],
        kinds={"postgres"},
        description="The release copied into PostgreSQL in one transaction.",
        **shared,
    )
    return [changes, package, release, copy] if settings.postgres_dsn else [changes, package, release]


def make_release(settings: Settings) -> Iterator[dg.AssetMaterialization | dg.AssetCheckEvaluation]:
    """Seal the build and publish it. Raises where its files or the gate say no, after the checks are recorded.

    What changed is told of a build that is held back too: it is what whoever accepts it should read.
    """
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
    for name, why in found.items():
        yield dg.AssetCheckEvaluation(
            asset_key=RELEASE,
            check_name=name,
            passed=not why,
            blocking=True,
            description="; ".join(why[:5]) or None,
            metadata={
                "build_id": build.name,
                "compared_with": before.build_id if before else "nothing: there is no whole release",
                "found": len(why),
                "first": dg.MetadataValue.md("\n".join(f"- {reason}" for reason in why[:50])),
            },
        )
    if broken := found[FILES_CHECK]:
        raise failed(["The build is not what it says: " + "; ".join(broken)])
    if before and (surprising := found[ROWS_CHECK] + found[HEADLINES_CHECK]):
        hold_back(settings, {name: found[name] for name in GATE_CHECKS}, before.build_id)
        yield from _papers(settings.held / build.name, manifest)
        raise failed([held_back(build.name, surprising)])
    publish(settings)
    release = settings.releases / manifest["build_id"]
    yield from _papers(release, manifest)
    yield _released(release, manifest)


def accepted(release: Release) -> Iterator[dg.AssetMaterialization | dg.AssetCheckEvaluation]:
    """What is told when somebody publishes a build that was held back: it is made, and what held it back only warns."""
    why, manifest = reasons(release), release.manifest or {}
    for name in failed_checks(release):
        yield dg.AssetCheckEvaluation(
            asset_key=RELEASE,
            check_name=name,
            passed=False,
            severity=dg.AssetCheckSeverity.WARN,
            blocking=False,
            description=f"Accepted as it is: {'; '.join(why[:5])}",
            metadata={"build_id": release.build_id, "found": len(why)},
        )
    yield from _papers(release.folder, manifest)
    yield _released(release.folder, manifest)


def _released(release: Path, manifest: dict) -> dg.AssetMaterialization:
    return dg.AssetMaterialization(
        RELEASE,
        metadata={
            "build_id": manifest["build_id"],
            "path": dg.MetadataValue.path(str(release)),
            "changes": dg.MetadataValue.path(str(release / manifest["changes"])),
            "tables": len(manifest["tables"]),
            "rows": sum(table["rows"] for table in manifest["tables"]),
        },
    )


def _papers(folder: Path, manifest: dict) -> Iterator[dg.AssetMaterialization]:
    """What changed and the data package, where they lie now."""
    hashes = {file["path"]: file["sha256"] for file in manifest["files"]}
    lines = (folder / CHANGES).read_text(encoding="utf-8").splitlines()
    package = json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))
    tables = [resource for resource in package["resources"] if "schema" in resource]
    told: dict[dg.AssetKey, tuple[str, dict[str, Any]]] = {
        WHAT_CHANGED: (
            CHANGES,
            {
                "changes": sum(line.startswith("- ") for line in lines),
                "in_words": dg.MetadataValue.md("\n".join(lines[:SHOWN])),
            },
        ),
        DATA_PACKAGE: (
            DESCRIPTOR,
            {
                "resources": len(package["resources"]),
                "columns": sum(len(table["schema"]["fields"]) for table in tables),
                "sources": len(package.get("sources", [])),
                "changes": dg.MetadataValue.path(str(folder / CHANGES)),
            },
        ),
    }
    for key, (name, says) in told.items():
        yield dg.AssetMaterialization(
            key,
            metadata={
                "build_id": manifest["build_id"],
                "path": dg.MetadataValue.path(str(folder / name)),
                "sha256": hashes[name],
            }
            | says,
            tags={"dagster/data_version": hashes[name]},
        )


def copy_release(settings: Settings) -> Iterator[dg.AssetMaterialization]:
    """Raises where the copy fails; the release that it is a copy of is current all the same."""
    from dagster_project.readers.postgres import PostgresError, copy_current

    try:
        copied = copy_current(settings)
    except PostgresError as error:
        raise failed([str(error)]) from None
    yield dg.AssetMaterialization(COPY, metadata=dataclasses.asdict(copied))
