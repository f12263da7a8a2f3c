"""A copy of the current release in PostgreSQL, for clients that do not read DuckDB files. Needs the extra `postgres`.

`structure.py` says which objects the copy has, `functions.py` turns table macros into SQL functions, `publish.py`
replaces the copy in one transaction, `roles.py` lets a role read it. Only this module imports without the extra.
"""

from dataclasses import dataclass

from dagster_project.release.build import release_manifest
from dagster_project.settings import Settings


class PostgresError(RuntimeError):
    """The copy was not replaced. The message is plain and holds no password."""


@dataclass(frozen=True)
class Published:
    """What a publication did. `structure_changed`: objects were made, not only filled. The last attempt counts."""

    build_id: str
    tables: int
    rows: int
    seconds: float
    structure_changed: bool
    attempts: int


def is_copied(settings: Settings) -> bool:
    """Whether the copy that is wanted, if one is, is of the current release. A server that does not say so has none."""
    if settings.postgres_dsn is None:
        return True
    try:
        from dagster_project.readers.postgres.publish import copied_build
    except ImportError:
        return False
    current = release_manifest(settings)
    return current is not None and copied_build(settings.postgres_dsn) == current["build_id"]


def copy_current(settings: Settings, grant_role: str | None = None) -> Published:
    """Copy the current release to `WAREHOUSE_POSTGRES_DSN`. Raises `PostgresError`, and the copy is as it was."""
    if settings.postgres_dsn is None:
        example = "postgresql://user:password@host:5432/database"
        raise PostgresError(f"WAREHOUSE_POSTGRES_DSN is not set; it says where to publish: {example}.")
    try:
        from dagster_project.readers.postgres.publish import publish_copy
    except ImportError as error:
        remedy = "install them with `pip install -e '.[postgres]'`"
        raise PostgresError(f"PostgreSQL needs the packages of the extra `postgres` ({error}); {remedy}.") from None
    if not settings.current_models.exists():
        raise PostgresError(
            "The current release does not describe its models: make a newer one with `warehouse refresh`."
        )
    return publish_copy(settings.current, settings.postgres_dsn, grant_role)
