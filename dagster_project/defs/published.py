"""metrics -> published: a build that passed its checks becomes the release that readers see."""

import dagster as dg

from dagster_project.defs.transform import transform
from dagster_project.release import PAGE, describe_tables, publish
from dagster_project.resources import Refresh, refuse_partial_runs
from dagster_project.settings import PUBLIC_SCHEMAS

public_tables = [key for key in transform.keys if key.path[0] in (*PUBLIC_SCHEMAS, "main")]


@dg.asset(
    key=["published", "release"],
    deps=public_tables,
    group_name="published",
    owners=["team:modelling"],
    kinds={"duckdb", "parquet", "html"},
    description="An immutable release: DuckDB file, Parquet per public table, page, manifest. `current` is the newest.",
)
def release(context: dg.AssetExecutionContext, refresh: Refresh) -> dg.MaterializeResult:
    refuse_partial_runs(context)
    # takes a second to load, which only a run that gets this far should pay
    from dagster_project.dashboard.page import write_page

    describe_tables(refresh.settings)
    write_page(refresh.settings.build_database, refresh.settings.building / PAGE)
    manifest = publish(refresh.settings)
    return dg.MaterializeResult(
        metadata={
            "build_id": manifest["build_id"],
            "path": dg.MetadataValue.path(str(refresh.settings.releases / manifest["build_id"])),
            "tables": len(manifest["tables"]),
            "rows": sum(table["rows"] for table in manifest["tables"]),
        }
    )
