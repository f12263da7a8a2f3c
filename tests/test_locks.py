"""What the lock files promise: the default environment stays small, every package is known by its hash, no address."""

import re
import tomllib

import pytest

from dagster_project.settings import PROJECT_ROOT

LOCKS = sorted(path.name for path in PROJECT_ROOT.glob("requirements*.lock"))
# Dagster and dbt bring these themselves
SHARED_WITH_THE_CORE = {"sqlalchemy", "sqlglot", "dbt-core", "dbt-duckdb"}


def name_of(requirement: str) -> str:
    return re.split(r"[\s\[<>=!~;]", requirement, maxsplit=1)[0].lower()


def locked(lock: str) -> dict[str, str]:
    """Each pinned package with its lines."""
    text = (PROJECT_ROOT / lock).read_text(encoding="utf-8")
    return {name_of(entry): entry for entry in re.split(r"\n(?=\S)", text.strip())}


def test_the_default_environment_pulls_none_of_the_extras() -> None:
    project = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    named = {name_of(wanted) for extra in extras if extra != "test" for wanted in extras[extra]}
    assert {"psycopg", "dbt-metricflow", "mkdocs-material"} <= named
    assert (named - SHARED_WITH_THE_CORE) & locked("requirements.lock").keys() == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_of_a_lock_is_pinned_and_known_by_its_hash(lock: str) -> None:
    assert len(locked(lock)) > (0 if lock == "requirements-uv.lock" else 10)
    assert [name for name, entry in locked(lock).items() if "==" not in entry or "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_names_an_address(lock: str) -> None:
    assert "://" not in (PROJECT_ROOT / lock).read_text(encoding="utf-8")
