"""Settings: each variable that cannot be used is named, with what was found and what is expected."""

import csv
import datetime as dt
import os
import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from dagster_project.settings import FIRST_DAY, PROJECT_ROOT, SettingError, Settings
from tests.conftest import Warehouse


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("WAREHOUSE_CRON", "every day", "a cron expression"),
        ("WAREHOUSE_CRON", "0 30 6 * * *", "a cron expression of five fields"),
        ("WAREHOUSE_CRON", "@daily", "a cron expression of five fields"),
        ("WAREHOUSE_CRON", "0 0 30 2 *", "a cron expression of five fields that comes due"),
        ("WAREHOUSE_TIMEZONE", "Mars/Olympus", "a zone such as America/New_York"),
        ("WAREHOUSE_TIMEZONE", "America", "a zone such as America/New_York"),
        ("WAREHOUSE_DATA_DIR", "~nosuchuser/data", "the path of a folder"),
        ("WAREHOUSE_SEEDS_DIR", "/no/such/folder", "a folder that is there"),
        ("WAREHOUSE_DOCUMENTS_DIR", "/no/such/folder", "a folder that is there"),
        ("WAREHOUSE_AS_OF_DATE", "2025-02-30", "a day as YYYY-MM-DD"),
        ("WAREHOUSE_AS_OF_DATE", "20250801", "a day as YYYY-MM-DD"),
        ("WAREHOUSE_AS_OF_DATE", "1995-01-01", "a day as YYYY-MM-DD, from 2025-01-01 to today"),
        ("WAREHOUSE_AS_OF_DATE", "2024-12-31", "a day as YYYY-MM-DD, from 2025-01-01 to today"),
        ("WAREHOUSE_AS_OF_DATE", "9999-01-01", "a day as YYYY-MM-DD, from 2025-01-01 to today"),
    ],
)
def test_a_variable_that_cannot_be_used_is_named(variable, value, expected, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingError, match=rf"^{variable}: found '{re.escape(value)}'; expected {expected}"):
        Settings.from_env()


@pytest.mark.parametrize("value", ["hooks.example.com/T0/secret", "ftp://example.com/secret", "https://"])
def test_a_webhook_that_is_no_address_is_refused_without_showing_it(value, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAREHOUSE_ALERT_WEBHOOK", value)
    with pytest.raises(SettingError) as refused:
        Settings.from_env()
    assert str(refused.value) == ("WAREHOUSE_ALERT_WEBHOOK: expected an address that begins with http:// or https://.")


def test_a_webhook_is_not_shown_with_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAREHOUSE_ALERT_WEBHOOK", "https://hooks.example.com/T0/secret")
    assert "secret" not in repr(Settings.from_env())


def test_options_that_the_caller_set_for_dbt_do_not_reach_a_refresh(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WAREHOUSE_DATA_DIR", "DAGSTER_HOME", "DBT_TARGET_PATH", "DBT_LOG_PATH", "WAREHOUSE_BUILD_DB",
                 "DBT_PROFILES_DIR"):  # fmt: skip
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("DBT_EXCLUDE", "marts")
    monkeypatch.setenv("DBT_RESOURCE_TYPES", "seed")
    Settings.from_env().export()
    left = {name: value for name, value in os.environ.items() if name.startswith("DBT_")}
    assert left == {
        "DBT_TARGET_PATH": str(tmp_path / "WAREHOUSE_DATA_DIR" / "dbt" / "target"),
        "DBT_LOG_PATH": str(tmp_path / "WAREHOUSE_DATA_DIR" / "dbt" / "logs"),
        "DBT_PROFILES_DIR": str(PROJECT_ROOT / "dbt"),
    }


def test_a_wrong_variable_is_wrong_usage_in_one_line(tmp_path: Path) -> None:
    for command in ("refresh", "status", "check", "sql"):
        run = Warehouse(tmp_path, extra={"WAREHOUSE_CRON": "never"}).run(command, input="")
        assert (run.returncode, run.stdout) == (2, "")
        assert run.stderr.splitlines() == [
            "WAREHOUSE_CRON: found 'never'; expected a cron expression of five fields that comes due, such as"
            " '30 6 * * *'."
        ]


def test_an_empty_variable_means_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("WAREHOUSE_CRON", "WAREHOUSE_TIMEZONE", "WAREHOUSE_AS_OF_DATE"):
        monkeypatch.setenv(variable, "")
    settings = Settings.from_env()
    assert (settings.cron, settings.timezone, settings.fixed_as_of_date) == ("30 6 * * *", "America/New_York", None)


def test_one_variable_moves_everything_that_is_generated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAREHOUSE_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    settings = Settings.from_env()
    generated = [
        settings.landing, settings.builds, settings.building, settings.releases, settings.current, settings.lock_file,
        settings.dagster_home, settings.dbt_target,
    ]  # fmt: skip
    assert all(path.is_relative_to(tmp_path) for path in generated)


def test_the_day_is_the_one_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAREHOUSE_AS_OF_DATE", "2025-08-01")
    assert Settings.from_env().as_of_date == dt.date(2025, 8, 1)


def test_the_first_day_of_a_build_is_the_one_from_which_general_base_rates_are_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with (PROJECT_ROOT / "seeds" / "base_rates.csv").open(newline="", encoding="utf-8") as file:
        first = min(row["known_from"] for row in csv.DictReader(file) if row["preference"] == "mfn")
    monkeypatch.setenv("WAREHOUSE_AS_OF_DATE", first)
    assert Settings.from_env().as_of_date == FIRST_DAY


def test_today_is_the_last_day_of_a_build_and_tomorrow_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAREHOUSE_TIMEZONE", "Pacific/Kiritimati")
    today = dt.datetime.now(ZoneInfo("Pacific/Kiritimati")).date()
    monkeypatch.setenv("WAREHOUSE_AS_OF_DATE", today.isoformat())
    assert Settings.from_env().as_of_date == today
    # two days on, so that a midnight within the test does no harm
    monkeypatch.setenv("WAREHOUSE_AS_OF_DATE", (today + dt.timedelta(days=2)).isoformat())
    with pytest.raises(SettingError, match="to today"):
        Settings.from_env()


def test_every_variable_that_is_read_stands_in_the_operations_page() -> None:
    code = (PROJECT_ROOT / "dagster_project" / "settings.py").read_text()
    read = set(re.findall(r'(?:get|_folder|_days?|_address)\("([A-Z_]+)"', code))
    page = set(re.findall(r"^\| `([A-Z_]+)`", (PROJECT_ROOT / "docs" / "operations.md").read_text(), re.MULTILINE))
    assert read == page
