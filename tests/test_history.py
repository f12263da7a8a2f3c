"""Dagster's history: what is written of a run, how much of it stays, and that damage to it stops nothing."""

import datetime as dt
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from dagster_project.defs import damaged_history, history
from dagster_project.defs.resources import PROCESS, REFRESH_JOB, STARTED_BY, fail_abandoned_runs
from dagster_project.settings import INSTANCE, Settings
from tests.conftest import Warehouse

ENDED_PROCESS = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True)


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A history with a run that was abandoned and one that ended well: making one anew costs a second."""
    data = tmp_path_factory.mktemp("used")
    with pytest.MonkeyPatch.context() as patch:
        set_up(data, patch)
        with dg.DagsterInstance.get() as instance:
            instance.create_run_for_job(thing_job(), status=dg.DagsterRunStatus.STARTED)
            run_once(instance)
    return data


@pytest.fixture
def home(used: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, which is Dagster's home for the test."""
    shutil.copytree(used, tmp_path / "data")
    return set_up(tmp_path / "data", monkeypatch)


def set_up(data: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the commands do before they load Dagster; undone after the test."""
    monkeypatch.setenv("WAREHOUSE_DATA_DIR", str(data))
    for variable in ("DAGSTER_HOME", "DBT_TARGET_PATH", "DBT_LOG_PATH", "DBT_PROFILES_DIR", "WAREHOUSE_BUILD_DB"):
        monkeypatch.setenv(variable, "")
    Settings.from_env().export()
    return data / "dagster"


@dg.asset(check_specs=[dg.AssetCheckSpec("is_fit", asset="thing")])
def thing() -> dg.MaterializeResult:
    return dg.MaterializeResult(check_results=[dg.AssetCheckResult(passed=True, check_name="is_fit")])


def thing_job() -> dg.JobDefinition:
    return dg.Definitions(assets=[thing], jobs=[dg.define_asset_job(REFRESH_JOB)]).resolve_job_def(REFRESH_JOB)


def run_once(instance: dg.DagsterInstance) -> str:
    result = thing_job().execute_in_process(instance=instance)
    assert result.success
    return result.run_id


def rows(database: Path, query: str) -> list[tuple]:
    connection = sqlite3.connect(database)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_no_connection_waits_for_the_disk_and_each_file_is_opened_once(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    told = history._without_waiting

    def remember(connection: sqlite3.Connection, record: object) -> None:
        told(connection, record)
        ((waits,),) = connection.execute("pragma synchronous").fetchall()
        ((_, _, path),) = connection.execute("pragma database_list").fetchall()
        assert waits == 0
        opened.append(str(Path(path).relative_to(home)))

    monkeypatch.setattr(history, "_without_waiting", remember)
    with dg.DagsterInstance.get() as instance:
        assert isinstance(instance.event_log_storage, history.Events)
        run_id = run_once(instance)
    assert sorted(opened) == sorted(["history/runs.db", f"history/runs/{run_id}.db", "history/runs/index.db"])


def test_old_runs_go_with_their_files_and_rows_and_the_newest_and_those_under_way_stay(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "KEPT_RUNS", 2)
    with dg.DagsterInstance.get() as instance:
        ((under_way,),) = [instance.get_run_ids(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]))]
        made = [run_once(instance) for _ in range(3)]
        history.prune(instance)
        assert instance.get_run_ids() == [*made[:0:-1], under_way]
        assert len(instance.all_logs(made[-1])) == 15
        events = instance.fetch_materializations(dg.AssetKey("thing"), limit=10).records
        assert [event.run_id for event in events] == made[:0:-1]
    folder = home / "history" / "runs"
    assert {path.stem for path in folder.glob("*.db")} == {*made[1:], under_way, "index"}
    assert [path.name for path in folder.iterdir() if path.suffix != ".db"] == []
    for table in ("event_logs", "asset_check_executions"):
        assert {run for (run,) in rows(folder / "index.db", f"select run_id from {table}")} == {*made[1:], under_way}


def test_what_is_told_outside_a_run_is_told_once(home: Path) -> None:
    thing_key = dg.AssetKey("thing")
    with dg.DagsterInstance.get() as instance:
        before = len(instance.fetch_materializations(thing_key, limit=10).records)
        instance.report_runless_asset_event(dg.AssetMaterialization(thing_key))
        instance.report_runless_asset_event(
            dg.AssetCheckEvaluation(asset_key=thing_key, check_name="is_fit", passed=True)
        )
        assert len(instance.fetch_materializations(thing_key, limit=10).records) == before + 1
        checked = instance.get_event_records(dg.EventRecordsFilter(dg.DagsterEventType.ASSET_CHECK_EVALUATION))
        assert sorted(record.event_log_entry.run_id == "" for record in checked) == [False, True]


def test_only_runs_that_are_dead_are_marked_as_failed(home: Path) -> None:
    dead, alive = ENDED_PROCESS.stdout.strip(), str(os.getppid())
    status = dg.DagsterRunStatus
    with dg.DagsterInstance.get() as instance:
        ours = instance.create_run_for_job(thing_job(), status=status.STARTED)
        expected = {}
        for case, tags, before, after in (
            ("killed at work", {STARTED_BY: "warehouse refresh", PROCESS: dead}, status.STARTED, status.FAILURE),
            (
                "killed while loading",
                {STARTED_BY: "warehouse refresh", PROCESS: dead},
                status.NOT_STARTED,
                status.FAILURE,
            ),
            ("of before processes were noted", {STARTED_BY: "warehouse refresh"}, status.NOT_STARTED, status.FAILURE),
            (
                "waits for our lock",
                {STARTED_BY: "warehouse refresh", PROCESS: alive},
                status.NOT_STARTED,
                status.NOT_STARTED,
            ),
            ("just made by the schedule", {"dagster/schedule_name": "daily"}, status.NOT_STARTED, status.NOT_STARTED),
        ):
            run = instance.create_run_for_job(thing_job(), tags=tags, status=before)
            expected[run.run_id] = (case, after)
        fail_abandoned_runs(instance, ours)
        found = {run.run_id: run.status for run in instance.get_runs()}
        assert found.pop(ours.run_id) == status.STARTED
        assert {run_id: (case, found[run_id]) for run_id, (case, _) in expected.items()} == expected


DAMAGE = {
    "runs.db is garbage": lambda home: (home / "history/runs.db").write_bytes(b"garbage" * 1000),
    "runs.db is cut short": lambda home: os.truncate(home / "history/runs.db", 10_000),
    "runs.db is a folder": lambda home: replaced_by_folder(home / "history/runs.db"),
    "index.db is garbage": lambda home: (home / "history/runs/index.db").write_bytes(b"garbage" * 1000),
    "the history is a file": lambda home: replaced_by_file(home / "history"),
    "the runs are a file": lambda home: replaced_by_file(home / "history/runs"),
    "schedules.db is garbage": lambda home: (home / "schedules/schedules.db").write_bytes(b"garbage" * 1000),
    "dagster.yaml is garbage": lambda home: (home / "dagster.yaml").write_text("{"),
    "dagster.yaml is a folder": lambda home: replaced_by_folder(home / "dagster.yaml"),
    "all of it is a file": lambda home: replaced_by_file(home),
    "runs.db is empty": lambda home: (home / "history/runs.db").write_bytes(b""),
    "runs.db is gone": lambda home: (home / "history/runs.db").unlink(),
    "a run's own file is garbage": lambda home: newest_run(home).write_bytes(b"garbage" * 1000),
}


def replaced_by_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def replaced_by_file(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.write_text("in the way")


def newest_run(home: Path) -> Path:
    return next(path for path in (home / "history/runs").glob("*.db") if path.stem != "index")


@pytest.mark.parametrize("case", DAMAGE)
def test_damaged_history_is_put_aside_and_the_next_run_is_recorded(
    case: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    DAMAGE[case](home)

    aside = damaged_history.put_damaged_aside(home)
    Settings.from_env().export()
    with dg.DagsterInstance.get() as instance:
        run = instance.get_run_by_id(run_once(instance))
        assert run is not None
        fail_abandoned_runs(instance, run)
        history.prune(instance)
        assert instance.get_run_ids()[0] == run.run_id
        assert instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED])) == []

    heals_by_itself = ("dagster.yaml is garbage", "runs.db is empty", "runs.db is gone", "a run's own file is garbage")
    assert bool(aside) == (case not in heals_by_itself)
    assert all(path.name.endswith(".damaged") and path.exists() for path in aside)
    assert damaged_history.put_damaged_aside(home) == []


def test_the_newest_damage_alone_is_kept(home: Path) -> None:
    for text in ("first", "second"):
        (home / "history").mkdir(exist_ok=True)
        (home / "history" / "runs.db").write_text(text * 1000)
        assert damaged_history.put_damaged_aside(home) == [home / "history.damaged"]
    assert sorted(path.name for path in home.iterdir()) == [
        "dagster.yaml",
        "damaged.lock",
        "history.damaged",
        "schedules",
    ]
    assert (home / "history.damaged" / "runs.db").read_text().startswith("second")


def test_an_older_instance_file_of_ours_is_brought_up_to_date_and_one_of_others_is_left(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = INSTANCE[: INSTANCE.index("storage:")]
    (home / "dagster.yaml").write_text(older)
    Settings.from_env().export()
    assert (home / "dagster.yaml").read_text() == INSTANCE

    elsewhere = tmp_path / "elsewhere"
    monkeypatch.setenv("DAGSTER_HOME", str(elsewhere))
    for found, expected in ((None, INSTANCE), (older, INSTANCE), ("telemetry:\n  enabled: true\n",) * 2):
        if found is not None:
            (elsewhere / "dagster.yaml").write_text(found)
        Settings.from_env().export()
        assert (elsewhere / "dagster.yaml").read_text() == expected


def test_a_file_replaced_while_it_is_open_is_opened_anew(home: Path, tmp_path: Path) -> None:
    kept = history.Connections(f"sqlite:///{tmp_path}/some.db")
    for day in (1, 2):
        with kept.transaction() as connection:
            connection.exec_driver_sql(f"create table day_{day} (made date default '{dt.date(2026, 11, day)}')")
        (tmp_path / "some.db").replace(tmp_path / f"{day}.db")
    kept.close()
    for day in (1, 2):
        assert rows(tmp_path / f"{day}.db", "select name from sqlite_master") == [(f"day_{day}",)]


@pytest.mark.parametrize("case", ["runs.db is garbage", "runs.db is cut short", "runs.db is a folder"])
def test_status_says_that_the_history_cannot_be_read(case: str, home: Path) -> None:
    DAMAGE[case](home)
    own = Warehouse(home.parent)
    for run in (own.run("status"), own.run("status", "--json")):
        assert (run.returncode, run.stderr) == (0, "")
        assert "Dagster's history cannot be read; the next refresh begins a new one" in run.stdout
