"""The dbt project as Dagster sees it: its models as assets, its tests as their checks, and how dbt is run.

Belongs here: parsing, what the parsed project says. Does not belong here: what comes of a build (`transform.py`).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtProject, dbt_assets

from dagster_project.defs.failures import failed
from dagster_project.defs.parsed_project import drop_damaged, vouched
from dagster_project.defs.staleness import release_window
from dagster_project.settings import PUBLIC_SCHEMAS, Settings

LAYERS = ("staging", "intermediate", "marts", "metrics")


class Layers(DagsterDbtTranslator):
    """Asset key = schema/table and group = the layer, as the flow has them."""

    def __init__(self, cron: str) -> None:
        super().__init__(DagsterDbtTranslatorSettings(enable_source_tests_as_checks=True))
        self.freshness = freshness(cron)

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        return dg.AssetKey([dbt_resource_props["schema"], dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        return next((layer for layer in LAYERS if layer in dbt_resource_props["fqn"]), None)

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:
        return ["team:modelling"]

    def get_asset_spec(self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None) -> dg.AssetSpec:
        spec = super().get_asset_spec(manifest, unique_id, project)
        is_public = spec.key.path[0] in PUBLIC_SCHEMAS
        return spec.replace_attributes(freshness_policy=self.freshness) if is_public else spec

    def get_asset_check_spec(
        self, asset_spec: dg.AssetSpec, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> dg.AssetCheckSpec | None:
        """A test that reads several models belongs to the last of them; dbt itself attaches it to none."""
        test = manifest["nodes"][unique_id]
        models = [manifest["nodes"][parent] for parent in test["depends_on"]["nodes"] if parent in manifest["nodes"]]
        if test.get("attached_node") or not models:
            return super().get_asset_check_spec(asset_spec, manifest, unique_id, project)
        last = max(models, key=lambda model: (LAYERS.index(model["schema"]), model["name"]))
        if self.get_asset_key(last) != asset_spec.key:
            return None
        others = [self.get_asset_key(model) for model in models if model is not last]
        blocks = test["config"]["severity"].lower() == "error"
        return dg.AssetCheckSpec(test["name"], asset=asset_spec.key, additional_deps=others, blocking=blocks)


@dataclass(frozen=True)
class Models:
    """dbt's models as assets, and its tests as their checks."""

    specs: list[dg.AssetSpec]
    check_specs: list[dg.AssetCheckSpec]


def dbt_models(settings: Settings) -> Models:
    """The models as they stand. Parses them only where they have changed."""
    return _models(dbt_manifest(settings), project_hash(settings), settings.cron)


@cache
def _models(manifest: Path, _: str, cron: str) -> Models:
    """One reading of a manifest, by the hash of the project that it fits: it takes a second."""

    @dbt_assets(manifest=manifest, dagster_dbt_translator=Layers(cron))
    def models():
        """Never run: `make_models` builds them, here they are only described."""

    return Models(list(models.specs), list(models.check_specs))


@cache
def freshness(cron: str) -> dg.FreshnessPolicy:
    """Made once, because making one for each of the models and checks costs seconds."""
    return dg.FreshnessPolicy.time_window(fail_window=release_window(cron))


def project_hash(settings: Settings) -> str:
    digest = hashlib.sha256()
    for path in sorted(settings.dbt_project.rglob("*")):
        if path.suffix in {".sql", ".yml", ".md"}:
            digest.update(str(path).encode() + path.read_bytes())
    return digest.hexdigest()


def dbt_manifest(settings: Settings) -> Path:
    """The path of a manifest that fits the models as they stand; parses them only where they have changed."""
    digest = project_hash(settings)
    manifest, stamp = settings.dbt_target / "manifest.json", settings.dbt_target / "manifest.sha256"
    drop_damaged(settings.dbt_target)
    if not manifest.exists() or not stamp.exists() or stamp.read_text() != digest:
        settings.dbt_target.mkdir(parents=True, exist_ok=True)
        # a disk that fills here leaves half a manifest, which no stamp may vouch for
        stamp.unlink(missing_ok=True)
        outcome = run_dbt(settings, ["parse"])
        if not outcome.success:
            raise failed([f"The dbt project does not parse: {one_line(outcome.exception)}"])
        stamp.write_text(digest)
    return manifest


def run_dbt(settings: Settings, arguments: list[str]) -> Any:
    """Run dbt in this process, well or not, and return its `dbtRunnerResult`.

    A subprocess costs as much again and outlives a killed run (measured: 7 s against 12 s).
    """
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    settings.export()
    project = str(settings.dbt_project)
    paths = ["--project-dir", project, "--profiles-dir", project, "--target", "build"]
    quiet = ["--no-use-colors", "--log-level", "none", "--log-level-file", "info"]
    try:
        with vouched(settings.dbt_target):
            return dbtRunner().invoke([*quiet, *arguments, *paths])
    finally:
        # dbt leaves its connection open, and an open build cannot be published
        DuckDBConnectionManager.close_all_connections()


def one_line(message: object) -> str:
    """A message of dbt's on one line that ends in a full stop."""
    return " ".join(str(message).split()).rstrip(".") + "."
