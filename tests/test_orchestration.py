"""Dagster's side: loading it has no effect, what dbt found is told, any selection makes the whole, the schedule."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from dagster_project.definitions import defs
from dagster_project.defs import build as build_module
from dagster_project.defs.dbt_project import run_dbt
from dagster_project.defs.landed import LANDED
from dagster_project.defs.schedules import daily_refresh
from dagster_project.release.build import open_build
from dagster_project.release.lock import refresh_lock
from dagster_project.seeds.schemas import SEEDS
from dagster_project.settings import PROJECT_ROOT, Settings
from tests.conftest import AS_OF_DATE, Warehouse

ONE_ROW_PER_DEAL = "unique_dim_deals_deal_id"


@pytest.fixture
def settings(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Those of the warehouse of this test run, whose dbt project is already parsed, in the environment too."""
    for name in [name for name in os.environ if name.startswith(("WAREHOUSE_", "DAGSTER_", "DBT_"))]:
        monkeypatch.delenv(name)
    for name, value in warehouse.env.items():
        if name.startswith("WAREHOUSE_"):
            monkeypatch.setenv(name, value)
    return Settings.from_env()


# refuses to open a file for writing, to make a folder, and to look up a variable of the project's
IMPORT_WATCHED = """
import os, sys
def watch(event, args):
    if event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+"):
        raise SystemExit(f"writes {args[0]}")
    if event in ("os.mkdir", "os.rename", "os.remove", "os.symlink", "socket.connect", "sqlite3.connect"):
        raise SystemExit(f"{event} {args}")
class Watched(type(os.environ)):
    def __getitem__(self, key):
        if key.startswith(("WAREHOUSE_", "DAGSTER_HOME")):
            raise SystemExit(f"reads {key}")
        return super().__getitem__(key)
sys.dont_write_bytecode = True
os.environ.__class__ = Watched
sys.addaudithook(watch)
import dagster_project.definitions
print(sorted(name for name in vars(dagster_project.definitions) if name == "defs"))
"""


def test_importing_the_definitions_writes_nothing_and_reads_no_setting() -> None:
    run = subprocess.run(
        [sys.executable, "-c", IMPORT_WATCHED], env={}, cwd=PROJECT_ROOT, capture_output=True, text=True
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "['defs']\n", "")


def test_only_the_command_that_runs_the_job_reads_the_definitions() -> None:
    readers = {
        path.relative_to(PROJECT_ROOT).as_posix()
        for path in (PROJECT_ROOT / "dagster_project").rglob("*.py")
        if "import defs\n" in path.read_text(encoding="utf-8")
    }
    assert readers == {"dagster_project/commands/run_job.py"}


def test_dagsters_own_check_of_the_definitions_passes(warehouse: Warehouse, tmp_path: Path) -> None:
    run = subprocess.run(
        [str(Path(sys.executable).parent / "dg"), "check", "defs"],
        env=warehouse.env | {"DAGSTER_HOME": str(warehouse.data / "dagster"), "DG_CLI_CONFIG": str(tmp_path / "none")},
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "All definitions loaded successfully." in run.stdout


def test_every_seed_raw_table_model_and_the_release_is_an_asset_and_every_dbt_test_a_check(
    settings: Settings, manifest: dict
) -> None:
    graph = defs().resolve_asset_graph()
    by_layer = {
        layer: {key.path[-1] for key in graph.get_all_asset_keys() if key.path[0] == layer}
        for layer in {key.path[0] for key in graph.get_all_asset_keys()}
    }
    nodes = manifest["nodes"].values()
    models = {(node["schema"], node["name"]) for node in nodes if node["resource_type"] == "model"}
    seeds = set(SEEDS)
    assert by_layer.pop("seeds") == seeds
    assert by_layer.pop("raw") == seeds | {"rejected_rows", *LANDED}
    assert by_layer.pop("meta") == {"build"}
    assert by_layer.pop("published") == {"release", "changes", "datapackage"}
    assert {(layer, name) for layer, names in by_layer.items() for name in names} == models
    tests = {node["name"] for node in nodes if node["resource_type"] == "test"}
    checks = {key.name for key in graph.asset_check_keys if key.asset_key.path[0] != "published"}
    assert checks == tests | {"seeds_are_fit"}


def test_the_copy_in_postgresql_is_an_asset_where_a_database_is_named(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAREHOUSE_POSTGRES_DSN", "postgresql://nobody@127.0.0.1:1/none")
    assert dg.AssetKey(["published", "postgres"]) in defs().resolve_asset_graph().materializable_asset_keys


def fresh_data(warehouse: Warehouse, folder: Path) -> Path:
    """A data folder with a release that is current and the parsed project, so that a run need not parse."""
    release = folder / "releases" / warehouse.manifest["build_id"]
    shutil.copytree(warehouse.data / "current", release)
    (folder / "current").symlink_to(f"releases/{release.name}")
    shutil.copytree(warehouse.data / "dbt", folder / "dbt")
    return folder


@pytest.fixture(scope="module")
def planted(
    warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, dg.ExecuteInProcessResult, dg.DagsterInstance]]:
    """A run that somebody started at one asset's button. Behind the door a deal is written twice."""
    root = tmp_path_factory.mktemp("planted")
    data = fresh_data(warehouse, root / "data")
    (root / "history").mkdir()
    made = build_module.make_raw

    def make_raw_and_plant(settings: Settings, allow_rewrite: str | None) -> Iterator:
        yield from made(settings, allow_rewrite)
        with open_build(settings) as connection:
            connection.execute("insert into raw.deals from raw.deals where deal_id = 'us-japan-2025'")

    with pytest.MonkeyPatch.context() as patch, dg.DagsterInstance.local_temp(str(root / "history")) as instance:
        for name, value in Warehouse(data).env.items():
            if name.startswith("WAREHOUSE_"):
                patch.setenv(name, value)
        patch.delenv("DAGSTER_HOME", raising=False)
        patch.setattr(build_module, "make_raw", make_raw_and_plant)
        result = (
            defs()
            .resolve_implicit_global_asset_job_def()
            .execute_in_process(
                instance=instance, asset_selection=[dg.AssetKey(["staging", "stg_pledges"])], raise_on_error=False
            )
        )
        yield data, result, instance


def evaluations(result: dg.ExecuteInProcessResult) -> dict[str, dg.AssetCheckEvaluation]:
    return {found.check_name: found for found in result.get_asset_check_evaluations()}


def test_a_failing_dbt_test_is_a_failed_check_that_shows_its_rows(planted) -> None:
    _, result, _ = planted
    assert not result.success
    found = evaluations(result)[ONE_ROW_PER_DEAL]
    assert (found.passed, found.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert found.asset_key == dg.AssetKey(["marts", "dim_deals"])
    assert found.description == "1 row(s) fail."
    assert found.metadata["failing_rows"].value == 1
    rows = "| unique_field | n_records |\n| --- | --- |\n| us-japan-2025 | 2 |"
    assert found.metadata["rows"].value == rows
    assert "having count(*) > 1" in str(found.metadata["query"].value)


def test_a_test_that_was_skipped_has_not_passed(planted) -> None:
    _, result, _ = planted
    unbuilt = dg.AssetKey(["metrics", "metric_deal_scorecards"])
    skipped = [found for found in evaluations(result).values() if found.asset_key == unbuilt]
    assert len(skipped) > 1
    assert {(found.passed, found.severity, found.description) for found in skipped} == {
        (False, dg.AssetCheckSeverity.WARN, "Not run: what it reads was not built, or failed a check before it.")
    }


def test_what_was_built_is_recorded_with_its_rows_and_what_was_not_is_not(planted) -> None:
    _, result, instance = planted
    made = {
        event.asset_key.to_user_string(): event.materialization
        for event in result.all_events
        if event.is_step_materialization
    }
    partners = len((PROJECT_ROOT / "seeds" / "partners.csv").read_text(encoding="utf-8").splitlines()) - 1
    assert made["marts/dim_partners"].metadata["dagster/row_count"].value == partners
    assert "metrics/metric_deal_scorecards" not in made
    assert "published/release" not in made
    assert instance.get_latest_materialization_event(dg.AssetKey(["metrics", "metric_deal_scorecards"])) is None


def test_one_assets_button_makes_the_whole(planted) -> None:
    _, result, _ = planted
    made = {event.asset_key.path[0] for event in result.all_events if event.is_step_materialization}
    assert made >= {"meta", "raw", "staging", "intermediate", "marts"}


def test_a_seed_file_is_observed_with_its_hash_as_data_version(planted) -> None:
    import hashlib

    _, _, instance = planted
    seed = PROJECT_ROOT / "seeds" / "tariff_rates.csv"
    observed = instance.get_latest_data_version_record(dg.AssetKey(["seeds", "tariff_rates"]))
    assert observed is not None
    assert observed.asset_observation is not None
    version = (observed.asset_observation.tags or {})["dagster/data_version"]
    assert version == hashlib.sha256(seed.read_bytes()).hexdigest()


def test_the_run_fails_with_the_check_in_words_and_nothing_is_published(planted, warehouse: Warehouse) -> None:
    from dagster_project.defs.failures import reasons

    data, result, _ = planted
    assert (data / "current").readlink().name == warehouse.manifest["build_id"]
    assert [path.name for path in (data / "releases").iterdir()] == [warehouse.manifest["build_id"]]
    assert reasons(result.all_events) == [f"Check {ONE_ROW_PER_DEAL} of marts.dim_deals failed: 1 row(s) fail."]


def test_a_new_day_does_not_make_dbt_parse_anew(planted, monkeypatch: pytest.MonkeyPatch) -> None:
    data, _, _ = planted
    log = data / "dbt" / "logs" / "dbt.log"
    before = log.read_text()
    assert "Unable to do partial parsing" in before
    monkeypatch.setenv("WAREHOUSE_DATA_DIR", str(data))
    monkeypatch.setenv("WAREHOUSE_AS_OF_DATE", "2026-11-24")
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    assert run_dbt(Settings.from_env(), ["parse"]).success
    said = log.read_text().removeprefix(before)
    assert "Running with dbt" in said
    assert "Unable to do partial parsing" not in said


def tick(settings: Settings):
    return daily_refresh(settings).evaluate_tick(dg.build_schedule_context(instance=dg.DagsterInstance.ephemeral()))


def test_the_schedule_skips_with_a_reason_when_nothing_changed(settings: Settings) -> None:
    data = tick(settings)
    assert not data.run_requests
    assert data.skip_message == "Nothing changed since the current release."


def test_the_schedule_skips_with_the_holders_name_when_a_refresh_runs(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAREHOUSE_DATA_DIR", str(tmp_path))
    with refresh_lock(tmp_path / "refresh.lock", "a test"):
        data = tick(settings)
    assert not data.run_requests
    assert data.skip_message is not None
    assert data.skip_message.startswith("Another refresh is running: process ")
    assert "(a test)" in data.skip_message


def test_the_schedule_runs_when_an_input_changed(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert AS_OF_DATE != "2025-08-01"
    monkeypatch.setenv("WAREHOUSE_AS_OF_DATE", "2025-08-01")
    assert len(tick(settings).run_requests or []) == 1


def test_the_schedule_and_the_alerts_run_from_the_first_start(settings: Settings) -> None:
    repository = defs().get_repository_def()
    assert repository.get_schedule_def("daily_refresh").default_status == dg.DefaultScheduleStatus.RUNNING
    assert repository.get_sensor_def("tell_of_trouble").default_status == dg.DefaultSensorStatus.RUNNING


def test_every_job_runs_in_one_process(settings: Settings) -> None:
    jobs = (defs().resolve_job_def("refresh"), defs().resolve_implicit_global_asset_job_def())
    assert {job.executor_def.name for job in jobs} == {"in_process"}


def test_a_public_table_goes_stale_when_the_release_does(settings: Settings) -> None:
    from dagster_project.defs.staleness import release_window

    graph = defs().resolve_asset_graph()
    policies = {graph.get(key).freshness_policy for key in graph.get_all_asset_keys() if key.path[0] == "metrics"}
    assert policies == {dg.FreshnessPolicy.time_window(fail_window=release_window(settings.cron))}


def test_events_of_a_run_are_few(warehouse: Warehouse) -> None:
    """Each is written to disk on its own. Plans and results are two thirds; an output of each would be 200 more."""
    import sqlite3

    (run,) = [path for path in (warehouse.data / "dagster" / "history" / "runs").glob("*.db") if path.stem != "index"]
    with sqlite3.connect(f"file:{run}?mode=ro", uri=True) as connection:
        kinds = dict(connection.execute("select dagster_event_type, count(*) from event_logs group by 1").fetchall())
        said = connection.execute("select event from event_logs where dagster_event_type is null").fetchall()
    assert "STEP_OUTPUT" not in kinds
    assert kinds["ASSET_MATERIALIZATION"] == kinds["ASSET_MATERIALIZATION_PLANNED"]
    assert kinds["ASSET_CHECK_EVALUATION"] == kinds["ASSET_CHECK_EVALUATION_PLANNED"]
    assert [json.loads(event)["user_message"] for (event,) in said] == [
        "raw: seeds as tables",
        "transform: staging, marts, metrics",
        "published: the release",
    ]
