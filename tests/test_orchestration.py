"""Dagster's side: only the whole job runs, the schedule says why it skips, a failed run is told."""

import datetime as dt
import http.server
import json
import threading
from pathlib import Path

import dagster as dg
import pytest

from dagster_project.lock import refresh_lock
from tests.conftest import AS_OF_DATE, Warehouse


@pytest.fixture
def project(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch):
    """The definitions, over the warehouse of this test run: its dbt project is already parsed."""
    for name, value in warehouse.env.items():
        if name.startswith("WAREHOUSE_"):
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("DAGSTER_HOME", str(warehouse.data / "dagster"))
    import dagster_project.definitions as definitions

    return definitions


def failures(result: dg.ExecuteInProcessResult) -> list[str]:
    return [str(event.step_failure_data.user_failure_data) for event in result.all_events if event.is_step_failure]


def test_a_part_of_the_job_is_refused_and_nothing_is_touched(project, warehouse: Warehouse) -> None:
    before = (warehouse.data / "current").readlink()
    raw_keys = [key for key in project.defs.resolve_asset_graph().materializable_asset_keys if key.path[0] == "raw"]
    result = project.defs.resolve_job_def("refresh").execute_in_process(
        instance=dg.DagsterInstance.ephemeral(), asset_selection=raw_keys, raise_on_error=False
    )
    assert not result.success
    assert len(failures(result)) == 1
    assert "Only the whole job `refresh` may run" in failures(result)[0]
    assert (warehouse.data / "current").readlink() == before
    assert not (warehouse.data / "building").is_symlink()


def test_assets_materialized_outside_the_job_are_refused(project, warehouse: Warehouse) -> None:
    result = project.defs.resolve_implicit_global_asset_job_def().execute_in_process(
        instance=dg.DagsterInstance.ephemeral(), raise_on_error=False
    )
    assert not result.success
    assert "Only the whole job `refresh` may run" in failures(result)[0]


def test_every_job_runs_in_one_process_so_that_the_lock_spans_the_run(project) -> None:
    graph = project.defs.resolve_job_def("refresh")
    implicit = project.defs.resolve_implicit_global_asset_job_def()
    assert {graph.executor_def.name, implicit.executor_def.name} == {"in_process"}


def tick(project):
    return project.daily_refresh.evaluate_tick(dg.build_schedule_context(instance=dg.DagsterInstance.ephemeral()))


def test_the_schedule_skips_with_a_reason_when_nothing_changed(project) -> None:
    data = tick(project)
    assert not data.run_requests
    assert data.skip_message == "Nothing changed since the current release."


def test_the_schedule_skips_with_the_holders_name_when_a_refresh_runs(
    project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAREHOUSE_DATA_DIR", str(tmp_path))
    with refresh_lock(tmp_path / "refresh.lock", "a test"):
        data = tick(project)
    assert not data.run_requests
    assert data.skip_message is not None
    assert data.skip_message.startswith("Another refresh is running: process ")
    assert "(a test)" in data.skip_message


def test_the_schedule_runs_when_an_input_changed(project, monkeypatch: pytest.MonkeyPatch) -> None:
    assert AS_OF_DATE != "2025-08-01"
    monkeypatch.setenv("WAREHOUSE_AS_OF_DATE", "2025-08-01")
    assert len(tick(project).run_requests or []) == 1


def test_the_schedule_and_the_alert_run_from_the_first_start(project) -> None:
    assert project.daily_refresh.default_status == dg.DefaultScheduleStatus.RUNNING
    assert project.tell_of_failed_refresh.default_status == dg.DefaultSensorStatus.RUNNING


@pytest.mark.parametrize(
    ("cron", "hours"), [("30 6 * * *", 26), ("* * * * *", 26), ("0 7 * * 1-5", 3 * 24 + 2), ("0 7 * * 1", 7 * 24 + 2)]
)
def test_a_public_table_is_stale_two_hours_after_the_schedule_should_have_renewed_it(
    project, cron: str, hours: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dagster_project.defs.transform import _freshness

    monkeypatch.setenv("WAREHOUSE_CRON", cron)
    _freshness.cache_clear()
    policy = _freshness()
    _freshness.cache_clear()
    assert policy == dg.FreshnessPolicy.time_window(fail_window=dt.timedelta(hours=hours))


@pytest.fixture
def webhook():
    """A real HTTP server that keeps what is posted to it."""
    posted: list[dict] = []

    class Keeper(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Keeper)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", posted
    server.shutdown()
    thread.join()
    server.server_close()


def failed_run() -> dg.RunFailureSensorContext:
    @dg.op
    def broken() -> None:
        raise dg.Failure("the source is gone")

    @dg.job(name="refresh")
    def refresh() -> None:
        broken()

    instance = dg.DagsterInstance.ephemeral()
    result = refresh.execute_in_process(instance=instance, raise_on_error=False)
    return dg.build_run_status_sensor_context(
        sensor_name="tell_of_failed_refresh",
        dagster_instance=instance,
        dagster_run=result.dagster_run,
        dagster_event=result.get_run_failure_event(),
    ).for_run_failure()


def test_a_failed_run_is_posted_to_the_webhook(project, webhook, monkeypatch: pytest.MonkeyPatch) -> None:
    address, posted = webhook
    monkeypatch.setenv("WAREHOUSE_ALERT_WEBHOOK", address)
    context = failed_run()
    project.tell_of_failed_refresh(context)
    assert len(posted) == 1
    assert posted[0]["text"].startswith(f"Refresh {context.dagster_run.run_id} failed: ")


def test_without_a_webhook_nothing_is_posted(project, webhook, monkeypatch: pytest.MonkeyPatch) -> None:
    _, posted = webhook
    monkeypatch.delenv("WAREHOUSE_ALERT_WEBHOOK", raising=False)
    project.tell_of_failed_refresh(failed_run())
    assert posted == []
