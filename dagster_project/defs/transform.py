"""raw -> staging -> marts -> metrics: the dbt project as assets, run in this process.

In-process because a subprocess costs as much again and outlives a killed run (measured: 7 s against 12 s).
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import cache
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import dagster as dg
from croniter import croniter
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtProject, dbt_assets

from dagster_project.parsed_project import drop_damaged, vouched
from dagster_project.resources import Refresh, refuse_partial_runs
from dagster_project.settings import PUBLIC_SCHEMAS, Settings

LAYERS = ("staging", "intermediate", "marts", "metrics")


class Layers(DagsterDbtTranslator):
    """Asset key = schema/table and group = the layer, as the flow has them."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        return dg.AssetKey([dbt_resource_props["schema"], dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        return next((layer for layer in LAYERS if layer in dbt_resource_props["fqn"]), None)

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:
        return ["team:modelling"]

    def get_asset_spec(self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None) -> dg.AssetSpec:
        spec = super().get_asset_spec(manifest, unique_id, project)
        is_public = spec.key.path[0] in PUBLIC_SCHEMAS
        return spec.replace_attributes(freshness_policy=_freshness()) if is_public else spec


@cache
def _freshness() -> dg.FreshnessPolicy:
    """Stale when older than the schedule's longest pause, or than a day where it runs more often, and two hours more.

    Not a deadline at the schedule's own time: a run that starts then would always be late. Made once, because making
    one for each of the models and checks costs seconds.
    """
    settings = Settings.from_env()
    ticks = list(islice(croniter(settings.cron, ret_type=datetime).all_next(), 50))
    longest_pause = max(later - earlier for earlier, later in pairwise(ticks))
    return dg.FreshnessPolicy.time_window(fail_window=max(longest_pause, timedelta(days=1)) + timedelta(hours=2))


def dbt_manifest(settings: Settings) -> Path:
    """The path of a manifest that fits the models as they stand; parses them only where they have changed."""
    digest = hashlib.sha256()
    for path in sorted(settings.dbt_project.rglob("*")):
        if path.suffix in {".sql", ".yml", ".md"}:
            digest.update(str(path).encode() + path.read_bytes())
    manifest, stamp = settings.dbt_target / "manifest.json", settings.dbt_target / "manifest.sha256"
    drop_damaged(settings.dbt_target)
    if not manifest.exists() or not stamp.exists() or stamp.read_text() != digest.hexdigest():
        settings.dbt_target.mkdir(parents=True, exist_ok=True)
        # a disk that fills here leaves half a manifest, which no stamp may vouch for
        stamp.unlink(missing_ok=True)
        run_dbt(settings, ["parse"])
        stamp.write_text(digest.hexdigest())
    return manifest


def run_dbt(settings: Settings, arguments: list[str]) -> list[Any]:
    """Run dbt in this process and return its results. Raises `dg.Failure` with the first errors where it fails."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    settings.export()
    project = str(settings.dbt_project)
    paths = ["--project-dir", project, "--profiles-dir", project, "--target", "build"]
    quiet = ["--no-use-colors", "--log-level", "none", "--log-level-file", "info"]
    variables = ["--vars", json.dumps({"as_of_date": settings.as_of_date.isoformat()})]
    try:
        with vouched(settings.dbt_target):
            outcome = dbtRunner().invoke([*quiet, *arguments, *paths, *variables])
    finally:
        # dbt leaves its connection open, and an open build cannot be published
        DuckDBConnectionManager.close_all_connections()
    results = list(getattr(outcome.result, "results", None) or [])
    if not outcome.success:
        bad = [f"{r.node.name}: {(r.message or r.status).strip()}" for r in results if r.status in ("error", "fail")]
        raise dg.Failure("dbt failed. " + (" | ".join(bad[:5]) or str(outcome.exception)), allow_retries=False)
    return results


_settings = Settings.from_env()
_settings.export()
translator = Layers(settings=DagsterDbtTranslatorSettings(enable_source_tests_as_checks=True))


@dbt_assets(manifest=dbt_manifest(_settings), dagster_dbt_translator=translator, name="transform")
def transform(
    context: dg.AssetExecutionContext, refresh: Refresh
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    refuse_partial_runs(context)
    # the manifest that Dagster reads is the parser's alone: a build writes none
    results = run_dbt(refresh.settings, ["build", "--no-write-json", "--exclude-resource-type", "unit_test"])
    known_checks = {(key.asset_key, key.name) for key in context.selected_asset_check_keys}
    for result in results:
        node = result.node
        if node.resource_type == "model":
            yield dg.MaterializeResult(
                asset_key=[node.schema, node.name], metadata={"seconds": round(result.execution_time, 3)}
            )
        elif node.resource_type == "test":
            for asset_key, name in known_checks:
                if name == node.name:
                    yield dg.AssetCheckResult(
                        asset_key=asset_key,
                        check_name=name,
                        passed=result.status == "pass",
                        metadata={"failing_rows": result.failures or 0},
                    )
