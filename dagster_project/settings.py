"""Every path and environment variable of the project, once."""

import datetime as dt
import os
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

PROJECT_ROOT = Path(__file__).resolve().parent.parent
DEFAULT_CRON = "30 6 * * *"
DEFAULT_TIMEZONE = "America/New_York"
KEPT_RELEASES = 3
UNUSABLE = "?%#'\""
# in a release: dbt's manifest of the models that it was built from, since those of the working tree may have changed
MODELS = "models.json"
PUBLIC_SCHEMAS = ("marts", "metrics")
HASHED_SCHEMAS = ("raw", "intermediate", *PUBLIC_SCHEMAS)
# The console is not captured: Dagster does that with two `tail` processes, which outlive a killed run.
INSTANCE = """\
telemetry:
  enabled: false
nux:
  enabled: false
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
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
    alert_webhook: str | None
    fixed_as_of_date: dt.date | None
    # holds a password: never shown
    postgres_dsn: str | None = field(default=None, repr=False)

    @classmethod
    def from_env(cls) -> "Settings":
        """Raises `SettingError`, naming the variable, for a value that cannot be used."""
        return cls(
            seeds=_folder("WAREHOUSE_SEEDS_DIR", PROJECT_ROOT / "seeds"),
            data=_data(),
            documents=_documents(),
            timezone=_timezone(),
            cron=_cron(),
            alert_webhook=os.environ.get("WAREHOUSE_ALERT_WEBHOOK") or None,
            fixed_as_of_date=_day("WAREHOUSE_AS_OF_DATE"),
            postgres_dsn=os.environ.get("WAREHOUSE_POSTGRES_DSN") or None,
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
        if not instance_file.exists():
            instance_file.write_text(INSTANCE, encoding="utf-8")
        os.environ["DAGSTER_HOME"] = str(self.dagster_home)
        os.environ["WAREHOUSE_BUILD_DB"] = str(self.build_database)
        os.environ["DBT_TARGET_PATH"] = str(self.dbt_target)
        os.environ["DBT_LOG_PATH"] = str(self.data / "dbt" / "logs")
        os.environ["DBT_PROFILES_DIR"] = str(self.dbt_project)
        os.environ.setdefault("DO_NOT_TRACK", "1")


def _folder(variable: str, default: Path) -> Path:
    return Path(os.environ.get(variable) or default).expanduser().absolute()


def _data() -> Path:
    folder = _folder("WAREHOUSE_DATA_DIR", PROJECT_ROOT / "data")
    # DuckDB and dbt read the path as an address, Dagster's SQLite a percent sign as a code; dbt does not double quotes
    if set(UNUSABLE) & set(str(folder)):
        expected = f"expected a folder without any of {' '.join(UNUSABLE)} in its path"
        raise SettingError(f"WAREHOUSE_DATA_DIR: found '{folder}'; {expected}.")
    return folder


def _documents() -> Path | None:
    """Texts that citations are checked against, where they are at hand."""
    folder = _folder("WAREHOUSE_DOCUMENTS_DIR", PROJECT_ROOT.parent / "shared" / "documents")
    return folder if folder.is_dir() else None


def _timezone() -> str:
    name = os.environ.get("WAREHOUSE_TIMEZONE") or DEFAULT_TIMEZONE
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        expected = f"expected a zone such as {DEFAULT_TIMEZONE}"
        raise SettingError(f"WAREHOUSE_TIMEZONE: found '{name}'; {expected}.") from error
    return name


def _cron() -> str:
    from croniter import croniter

    expression = os.environ.get("WAREHOUSE_CRON") or DEFAULT_CRON
    if not croniter.is_valid(expression):
        expected = f"expected a cron expression such as '{DEFAULT_CRON}'"
        raise SettingError(f"WAREHOUSE_CRON: found '{expression}'; {expected}.")
    return expression


def _day(variable: str) -> dt.date | None:
    value = os.environ.get(variable)
    if not value:
        return None
    try:
        return dt.date.fromisoformat(value)
    except ValueError as error:
        raise SettingError(f"{variable}: found '{value}'; expected a day as YYYY-MM-DD.") from error
