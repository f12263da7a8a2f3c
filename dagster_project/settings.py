"""Every path and environment variable of the project, once."""

import datetime as dt
import os
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dagster_project.safe_export import is_web_link

PROJECT_ROOT = Path(__file__).resolve().parent.parent
DEFAULT_CRON = "30 6 * * *"
CRON_FIELDS = 5
DEFAULT_TIMEZONE = "America/New_York"
DEFAULT_FACTS_STALE_AFTER_DAYS = 14
# the day from which base rates are known: on an earlier one no total rate has an answer
FIRST_DAY = dt.date(2025, 1, 1)
KEPT_RELEASES = 3
UNUSABLE = "?%#'\""
# in a release: dbt's manifest of the models that it was built from, since those of the working tree may have changed
MODELS = "models.json"
PUBLIC_SCHEMAS = ("marts", "metrics")
HASHED_SCHEMAS = ("raw", "intermediate", *PUBLIC_SCHEMAS)
# The console is not captured: Dagster does that with two `tail` processes, which outlive a killed run. Whoever adds to
# it adds at its end: a file that holds only its beginning is an older one, and is brought up to date.
INSTANCE = """\
telemetry:
  enabled: false
nux:
  enabled: false
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
storage:
  custom:
    module: dagster_project.defs.history
    class: History
    config:
      base_dir:
        env: DAGSTER_HOME
retention:
  schedule:
    purge_after_days: 90
  sensor:
    purge_after_days: 7
"""


class SettingError(ValueError):
    """An environment variable holds something that cannot be used."""


@dataclass(frozen=True)
class Settings:
    """Where things are and when they run. Build it with `Settings.from_env()`."""

    seeds: Path
    data: Path
    documents: Path | None
    timezone: str
    cron: str
    # whoever knows it can post to it: never shown
    alert_webhook: str | None = field(repr=False)
    fixed_as_of_date: dt.date | None
    # holds a password: never shown
    postgres_dsn: str | None = field(default=None, repr=False)
    facts_stale_after_days: int = DEFAULT_FACTS_STALE_AFTER_DAYS

    @classmethod
    def from_env(cls) -> "Settings":
        """Raises `SettingError`, naming the variable, for a value that cannot be used."""
        return cls(
            seeds=_existing_folder("WAREHOUSE_SEEDS_DIR", PROJECT_ROOT / "seeds"),
            data=_data(),
            documents=_documents(),
            timezone=_timezone(),
            cron=_cron(),
            alert_webhook=_address("WAREHOUSE_ALERT_WEBHOOK"),
            fixed_as_of_date=_day("WAREHOUSE_AS_OF_DATE"),
            postgres_dsn=os.environ.get("WAREHOUSE_POSTGRES_DSN") or None,
            facts_stale_after_days=_days("WAREHOUSE_FACTS_STALE_AFTER_DAYS", DEFAULT_FACTS_STALE_AFTER_DAYS),
        )

    @cached_property
    def as_of_date(self) -> dt.date:
        """The day that "today" means: `WAREHOUSE_AS_OF_DATE`, else today where the schedule's clock stands."""
        return self.fixed_as_of_date or dt.datetime.now(ZoneInfo(self.timezone)).date()

    @property
    def dbt_project(self) -> Path:
        return PROJECT_ROOT / "dbt"

    @property
    def landing(self) -> Path:
        return self.data / "landing"

    @property
    def builds(self) -> Path:
        return self.data / "builds"

    @property
    def building(self) -> Path:
        """Points at the folder of the run under way, so that dbt sees one path in every run."""
        return self.data / "building"

    @property
    def build_database(self) -> Path:
        return self.building / "warehouse.duckdb"

    @property
    def releases(self) -> Path:
        return self.data / "releases"

    @property
    def held(self) -> Path:
        """Finished builds that the gate held back."""
        return self.data / "held"

    @property
    def current(self) -> Path:
        return self.data / "current"

    @property
    def current_database(self) -> Path:
        return self.current / "warehouse.duckdb"

    @property
    def current_models(self) -> Path:
        """What dbt says of the models that the current release was built from."""
        return self.current / MODELS

    @property
    def lock_file(self) -> Path:
        return self.data / "refresh.lock"

    @property
    def dagster_home(self) -> Path:
        return Path(os.environ.get("DAGSTER_HOME") or self.data / "dagster")

    @property
    def cache(self) -> Path:
        """What is the same in every release and takes long to make."""
        return self.data / "cache"

    @property
    def dbt_target(self) -> Path:
        return self.data / "dbt" / "target"

    @property
    def dbt_manifest(self) -> Path:
        """What dbt says of the models of the latest refresh."""
        return self.dbt_target / "manifest.json"

    def export(self) -> None:
        """Hand the paths to the libraries that read them from the environment."""
        self.dagster_home.mkdir(parents=True, exist_ok=True)
        instance_file = self.dagster_home / "dagster.yaml"
        if not instance_file.exists() or self._is_older(instance_file):
            instance_file.write_text(INSTANCE, encoding="utf-8")
        # dbt takes options from the environment, its selection among them: those of the caller are not for a refresh
        for name in [name for name in os.environ if name.startswith("DBT_")]:
            del os.environ[name]
        os.environ["DAGSTER_HOME"] = str(self.dagster_home)
        os.environ["WAREHOUSE_BUILD_DB"] = str(self.build_database)
        os.environ["DBT_TARGET_PATH"] = str(self.dbt_target)
        os.environ["DBT_LOG_PATH"] = str(self.data / "dbt" / "logs")
        os.environ["DBT_PROFILES_DIR"] = str(self.dbt_project)
        os.environ.setdefault("DO_NOT_TRACK", "1")

    def _is_older(self, instance_file: Path) -> bool:
        """In the data folder the file is ours, whatever it holds; elsewhere, where it is one that we have written."""
        text = instance_file.read_bytes()
        ours = self.dagster_home == self.data / "dagster" or INSTANCE.encode().startswith(text)
        return ours and text != INSTANCE.encode()


def _folder(variable: str, default: Path) -> Path:
    given = os.environ.get(variable)
    try:
        return Path(given or default).expanduser().absolute()
    except (RuntimeError, OSError) as error:
        raise SettingError(f"{variable}: found '{given}'; expected the path of a folder.") from error


def _existing_folder(variable: str, default: Path) -> Path:
    folder = _folder(variable, default)
    if not folder.is_dir():
        raise SettingError(
            f"{variable}: found '{os.environ.get(variable) or default}'; expected a folder that is there."
        )
    return folder


def _data() -> Path:
    folder = _folder("WAREHOUSE_DATA_DIR", PROJECT_ROOT / "data")
    # DuckDB and dbt read the path as an address, Dagster's SQLite a percent sign as a code; dbt does not double quotes
    if set(UNUSABLE) & set(str(folder)):
        expected = f"expected a folder without any of {' '.join(UNUSABLE)} in its path"
        raise SettingError(f"WAREHOUSE_DATA_DIR: found '{folder}'; {expected}.")
    return folder


def _documents() -> Path | None:
    """Texts that citations are checked against, where somebody has them. They are not part of the project."""
    named = os.environ.get("WAREHOUSE_DOCUMENTS_DIR")
    return _existing_folder("WAREHOUSE_DOCUMENTS_DIR", Path(named)) if named else None


def _timezone() -> str:
    name = os.environ.get("WAREHOUSE_TIMEZONE") or DEFAULT_TIMEZONE
    try:
        ZoneInfo(name)
    # a part of a zone's name is a folder of the database
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        expected = f"expected a zone such as {DEFAULT_TIMEZONE}"
        raise SettingError(f"WAREHOUSE_TIMEZONE: found '{name}'; {expected}.") from error
    return name


def _cron() -> str:
    from croniter import CroniterError, croniter

    expression = os.environ.get("WAREHOUSE_CRON") or DEFAULT_CRON
    try:
        # croniter knows seconds and years, the scheduler does not; and some days never come
        if len(expression.split()) != CRON_FIELDS:
            raise CroniterError("fields")
        croniter(expression).get_next()
    except (CroniterError, ValueError) as error:
        expected = f"expected a cron expression of five fields that comes due, such as '{DEFAULT_CRON}'"
        raise SettingError(f"WAREHOUSE_CRON: found '{expression}'; {expected}.") from error
    return expression


def _address(variable: str) -> str | None:
    """Raises without the value, which is a secret."""
    address = os.environ.get(variable)
    if address and not is_web_link(address):
        raise SettingError(f"{variable}: expected an address that begins with http:// or https://.")
    return address or None


def _day(variable: str) -> dt.date | None:
    value = os.environ.get(variable)
    if not value:
        return None
    try:
        day = dt.datetime.strptime(value, "%Y-%m-%d").date() if len(value) == 10 else None
    except ValueError:
        day = None
    # a release of a day to come would hold what nobody knows yet, and count as newer than tomorrow's
    today = dt.datetime.now(ZoneInfo(_timezone())).date()
    if day is None or not FIRST_DAY <= day <= today:
        expected = f"expected a day as YYYY-MM-DD, from {FIRST_DAY} to today, {today}"
        raise SettingError(f"{variable}: found '{value}'; {expected}.")
    return day


def _days(variable: str, default: int) -> int:
    value = os.environ.get(variable) or str(default)
    if not (value.isascii() and value.isdigit() and 1 <= int(value[:9]) <= 3650):
        raise SettingError(f"{variable}: found '{value}'; expected a number of days from 1 to 3650.")
    return int(value)
