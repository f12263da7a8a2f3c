"""Settings: each variable that cannot be used is named, with what was found and what is expected."""

import csv
import datetime as dt
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
        ("WAREHOUSE_TIMEZONE", "Mars/Olympus", "a zone such as America/New_York"),
        ("WAREHOUSE_AS_OF_DATE", "2025-02-30", "a day as YYYY-MM-DD"),
        ("WAREHOUSE_AS_OF_DATE", "20250801", "a day as YYYY-MM-DD"),
        ("WAREHOUSE_AS_OF_DATE", "1995-01-01", "a day as YYYY-MM-DD, from 2025-01-01 to today"),
        ("WAREHOUSE_AS_OF_DATE", "2024-12-31", "a day as YYYY-MM-DD, from 2025-01-01 to today"),
        ("WAREHOUSE_AS_OF_DATE", "9999-01-01", "a day as YYYY-MM-DD, from 2025-01-01 to today"),
    ],
)
def test_a_variable_that_cannot_be_used_is_named(variable, value, expected, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingError, match=rf"^{variable}: found '{value}'; expected {expected}"):
        Settings.from_env()


def test_a_wrong_variable_is_wrong_usage_in_one_line(tmp_path: Path) -> None:
    for command in ("refresh", "status", "check", "sql"):
        run = Warehouse(tmp_path, extra={"WAREHOUSE_CRON": "never"}).run(command, input="")
        assert (run.returncode, run.stdout) == (2, "")
        assert run.stderr.splitlines() == [
            "WAREHOUSE_CRON: found 'never'; expected a cron expression such as '30 6 * * *'."
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


def test_the_first_day_of_a_build_is_the_one_from_which_base_rates_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    with (PROJECT_ROOT / "seeds" / "base_rates.csv").open(newline="", encoding="utf-8") as file:
        first = min(row["known_from"] for row in csv.DictReader(file))
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
    read = set(re.findall(r'(?:get|_folder|_day)\("([A-Z_]+)"', code))
    page = set(re.findall(r"^\| `([A-Z_]+)`", (PROJECT_ROOT / "docs" / "operations.md").read_text(), re.MULTILINE))
    assert read == page
