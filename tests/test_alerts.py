"""What is told, to whom, how often, and that the webhook's address stays out of everything that is kept."""

import datetime as dt
import http.server
import json
import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from dagster_project.defs.alerts import tell_of_trouble
from dagster_project.defs.failures import failed
from dagster_project.defs.staleness import newest_fact, release_window, stale
from dagster_project.settings import SettingError, Settings

SECRET = "T0P5ECRET"


@dataclass
class Webhook:
    """A real HTTP server that keeps what is posted to it, and answers with `status`."""

    port: int = 0
    status: int = 204
    posted: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/services/{SECRET}"


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    kept = Webhook()

    class Keeper(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if kept.status < 300:
                kept.posted.append(body["text"])
            self.send_response(kept.status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Keeper)
    kept.port = server.server_port
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield kept
    server.shutdown()
    thread.join()
    server.server_close()


class Sensor:
    """The sensor with its cursor, evaluated again and again as the daemon does."""

    def __init__(self, instance: dg.DagsterInstance) -> None:
        self.instance, self.cursor = instance, None

    def evaluate(self) -> str:
        context = dg.build_sensor_context(instance=self.instance, cursor=self.cursor)
        tick = tell_of_trouble.evaluate_tick(context)
        self.cursor = tick.cursor
        assert not tick.run_requests
        return tick.skip_message or ""


@pytest.fixture
def sensor(tmp_path: Path, webhook: Webhook, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sensor]:
    monkeypatch.setenv("WAREHOUSE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("WAREHOUSE_ALERT_WEBHOOK", webhook.address)
    (tmp_path / "history").mkdir()
    with dg.DagsterInstance.local_temp(str(tmp_path / "history")) as instance:
        yield Sensor(instance)


def fail(instance: dg.DagsterInstance) -> str:
    """A run that fails with two reasons; its id."""

    @dg.op
    def broken() -> None:
        raise failed(["Check one of marts.a failed: 1 row(s) fail.", "Check two of marts.b failed: 2 row(s) fail."])

    @dg.job(name="refresh")
    def refresh() -> None:
        broken()

    return refresh.execute_in_process(instance=instance, raise_on_error=False).run_id


def test_a_failed_run_is_told_once_with_its_reasons(sensor: Sensor, webhook: Webhook) -> None:
    assert sensor.evaluate() == "Nothing new to tell."
    run_id = fail(sensor.instance)
    assert [sensor.evaluate() for _ in range(3)] == ["Told of 1.", "Nothing new to tell.", "Nothing new to tell."]
    assert webhook.posted == [
        f"Refresh {run_id} failed: Check one of marts.a failed: 1 row(s) fail. Check two of marts.b failed: "
        "2 row(s) fail."
    ]


def test_an_alert_that_the_webhook_refuses_is_told_once_it_takes_it(sensor: Sensor, webhook: Webhook) -> None:
    fail(sensor.instance)
    webhook.status = 500
    refused = "The webhook did not take an alert (HTTP 500). It is tried again."
    assert [sensor.evaluate() for _ in range(2)] == [refused, refused]
    webhook.status = 204
    assert [sensor.evaluate() for _ in range(2)] == ["Told of 1.", "Nothing new to tell."]
    assert len(webhook.posted) == 1


def test_an_alert_is_not_tried_for_longer_than_a_day(sensor: Sensor, webhook: Webhook) -> None:
    fail(sensor.instance)
    webhook.status = 500
    sensor.evaluate()
    assert sensor.cursor is not None
    old = {key: entry | {"since": "2026-01-01T00:00:00+00:00"} for key, entry in json.loads(sensor.cursor).items()}
    sensor.cursor = json.dumps(old)
    webhook.status = 204
    assert sensor.evaluate() == "Nothing new to tell."
    assert webhook.posted == []


@pytest.mark.parametrize("way", ["refused", "unreachable", "taken"])
def test_the_address_of_the_webhook_is_in_no_log_no_tick_and_no_history(
    way: str, sensor: Sensor, webhook: Webhook, tmp_path: Path, caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    webhook.status = 204 if way == "taken" else 500
    if way == "unreachable":
        # nobody listens there, and httpx names what it could not reach
        monkeypatch.setenv("WAREHOUSE_ALERT_WEBHOOK", f"http://{SECRET}.invalid:1/{SECRET}")
    fail(sensor.instance)
    with caplog.at_level(logging.INFO):
        said = sensor.evaluate()
    assert said.startswith("Told of 1." if way == "taken" else "The webhook did not take an alert (")
    kept = [path.read_bytes() for path in (tmp_path / "history").rglob("*") if path.is_file()]
    assert kept
    for text in (said, sensor.cursor or "", caplog.text, repr(Settings.from_env()), *map(str, kept)):
        assert SECRET.lower() not in text.lower()


def test_an_address_that_cannot_be_used_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAREHOUSE_ALERT_WEBHOOK", f"ftp://example.org/{SECRET}")
    with pytest.raises(SettingError) as refused:
        Settings.from_env()
    assert SECRET not in str(refused.value)


def test_without_a_webhook_trouble_is_logged_and_nothing_posted(
    sensor: Sensor, webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WAREHOUSE_ALERT_WEBHOOK")
    fail(sensor.instance)
    assert [sensor.evaluate() for _ in range(2)] == ["Told of 1.", "Nothing new to tell."]
    assert webhook.posted == []


def release(data: Path, built_at: dt.datetime, recorded_on: str, reviewed_through: str | None = None) -> None:
    """A release of two tables, as small as one can be."""
    folder = data / "releases" / "r1"
    folder.mkdir(parents=True)
    (data / "current").symlink_to("releases/r1")
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        connection.execute("create schema raw")
        connection.execute("create table raw.claims as select date '2020-01-01' as recorded_on")
        connection.execute(f"create table raw.deals as select date '{recorded_on}' as recorded_on")
        if reviewed_through:
            connection.execute(f"create table raw.reviews as select date '{reviewed_through}' as reviewed_through")
    manifest = {
        "build_id": "r1", "built_at": f"{built_at.replace(tzinfo=None).isoformat()}Z",
        "fingerprint": "", "as_of_date": "", "database": "warehouse.duckdb", "tables": [],
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest))


NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("WAREHOUSE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("WAREHOUSE_AS_OF_DATE", "2026-11-23")
    return Settings.from_env()


def test_a_release_is_stale_once_its_successor_is_two_hours_late(settings: Settings) -> None:
    release(settings.data, NOW - dt.timedelta(hours=26), "2026-11-20")
    assert list(stale(settings, NOW)) == []
    (found,) = stale(settings, NOW + dt.timedelta(minutes=1))
    assert found.text == "The current release r1 is 26 hours old; a new one was due after 26 hours."


def test_facts_are_stale_when_nobody_entered_or_reviewed_any(settings: Settings) -> None:
    release(settings.data, NOW, "2026-11-09")
    assert list(stale(settings, NOW)) == []
    tomorrow = replace(settings, fixed_as_of_date=dt.date(2026, 11, 24))
    (found,) = stale(tomorrow, NOW)
    assert found.text == (
        "No fact was entered or reviewed since 2026-11-09, 15 days ago; news is looked for at least every 14 days."
    )


def test_a_review_that_found_nothing_new_keeps_facts_fresh(settings: Settings) -> None:
    release(settings.data, NOW, "2026-10-01", reviewed_through="2026-11-15")
    assert newest_fact(settings.current_database) == dt.date(2026, 11, 15)
    assert list(stale(settings, NOW)) == []


def test_nothing_is_stale_before_the_first_release(settings: Settings) -> None:
    assert list(stale(settings, NOW)) == []


def test_staleness_is_told_once_and_again_when_it_is_another(
    sensor: Sensor, webhook: Webhook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAREHOUSE_AS_OF_DATE", "2026-11-23")
    release(tmp_path / "data", dt.datetime(2026, 11, 1), "2026-10-01")
    monkeypatch.setenv("WAREHOUSE_FACTS_STALE_AFTER_DAYS", "60")
    told = [sensor.evaluate() for _ in range(3)]
    assert told == ["Told of 1.", "Nothing new to tell.", "Nothing new to tell."]
    monkeypatch.setenv("WAREHOUSE_FACTS_STALE_AFTER_DAYS", "7")
    assert sensor.evaluate() == "Told of 1."
    assert [text.split(" ")[0:3] for text in webhook.posted] == [["The", "current", "release"], ["No", "fact", "was"]]


@pytest.mark.parametrize(
    ("cron", "hours"), [("30 6 * * *", 26), ("* * * * *", 26), ("0 7 * * 1-5", 3 * 24 + 2), ("0 7 * * 1", 7 * 24 + 2)]
)
def test_a_release_may_be_as_old_as_the_longest_pause_of_the_schedule_and_two_hours(cron: str, hours: int) -> None:
    assert release_window(cron) == dt.timedelta(hours=hours)


@pytest.mark.parametrize("value", ["0", "-1", "soon", "4000", "1.5", "9" * 30, "٣"])
def test_a_number_of_days_that_makes_no_sense_is_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAREHOUSE_FACTS_STALE_AFTER_DAYS", value)
    expected = f"WAREHOUSE_FACTS_STALE_AFTER_DAYS: found '{value}'; expected a number of days from 1 to 3650."
    with pytest.raises(SettingError, match=f"^{expected}$"):
        Settings.from_env()
