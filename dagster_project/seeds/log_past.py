"""Earlier states of the log of assertions: the current release's, and a commit's where the seeds lie in git.

Belongs here: reading them, and why one cannot be read. Does not belong here: comparing them (`log_history.py`).
"""

import csv
import io
import os
import subprocess
import tarfile
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import polars as pl

MIGRATIONS = "migrations"


class NoPast(Exception):
    """There is nothing to compare with. The message says what was left out and why."""


@dataclass(frozen=True)
class Past:
    """An earlier state: what readers call it, its logs by file, the migrations it knew, the rewrites it kept."""

    name: str
    logs: dict[str, pl.DataFrame]
    migrations: frozenset[str]
    rewrites: list[tuple] = field(default_factory=list)


def past_release(database: Path) -> Past:
    """The logs as the release holds them, typed, with their lines. Raises `NoPast`."""
    if not database.exists():
        raise NoPast("a release: there is none yet")
    try:
        # by its own name: through the link, a process that lives on would be shown the file it opened first
        with duckdb.connect(str(database.resolve()), read_only=True) as connection:
            (build_id,) = connection.execute("select build_id from meta.build").fetchall()[0]
            columns: dict[tuple[str, str], list[str]] = {}
            for schema, table, column in connection.execute(
                "select table_schema, table_name, column_name from information_schema.columns"
                " where table_schema in ('raw', 'meta')"
            ).fetchall():
                columns.setdefault((schema, table), []).append(column)
            logs = {
                table: connection.sql(f'from raw."{table}"').pl()
                for (schema, table), names in columns.items()
                if schema == "raw" and "assertion_id" in names
            }
            # releases made before there were such tables lack them
            has_list, has_rewrites = ("raw", MIGRATIONS) in columns, ("meta", "rewrites") in columns
            listed = connection.sql(f"select migration_id from raw.{MIGRATIONS}").fetchall() if has_list else []
            rewrites = connection.sql("from meta.rewrites").fetchall() if has_rewrites else []
    except (duckdb.Error, IndexError):
        raise NoPast("the current release: its file cannot be read") from None
    return Past(f"release {build_id}", logs, frozenset(one for (one,) in listed), rewrites)


def past_commit(folder: Path, revision: str) -> Past:
    """The logs of a commit that differ from the files in the folder, as text, with their lines. Raises `NoPast`."""
    commit = _git(folder, revision, "rev-parse", "--short", "--verify", "--end-of-options", f"{revision}^{{commit}}")
    name = f"git {revision} ({commit.decode().strip()})"
    archive = _git(folder, revision, "archive", "--format=tar", commit.decode().strip(), ".")
    logs: dict[str, pl.DataFrame] = {}
    migrations: frozenset[str] = frozenset()
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        for member in files:
            path = Path(member.name)
            content = files.extractfile(member) if path.suffix == ".csv" and path.parent == Path() else None
            if content is None:
                continue
            text, now = content.read(), folder / path.name
            if path.stem == MIGRATIONS:
                migrations = frozenset(_read(text)["migration_id"])
            elif not (now.is_file() and now.read_bytes() == text) and "assertion_id" in (rows := _read(text)).columns:
                logs[path.stem] = rows
    return Past(name, logs, migrations)


def _git(folder: Path, revision: str, *arguments: str) -> bytes:
    # inside a hook git names its repository in variables, and that need not be this folder's
    own = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | {"LC_ALL": "C"}
    try:
        run = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, env=own, check=False)
    except OSError:
        raise NoPast(f"git {revision}: there is no git") from None
    if run.returncode:
        said = run.stderr.decode(errors="replace").strip().partition("\n")[0].removeprefix("fatal: ")
        raise NoPast(f"git {revision}: {said}")
    return run.stdout


def _read(data: bytes) -> pl.DataFrame:
    """A file of an earlier day as text: it was fit by the rules of its day, which need not be today's."""
    reader = csv.reader(io.StringIO(data.decode("utf-8", errors="replace"), newline=""))
    header = next(reader, [])
    rows, line = [], reader.line_num + 1
    for cells in reader:
        if len(cells) == len(header):
            rows.append([*(cell or None for cell in cells), line])
        line = reader.line_num + 1
    return pl.DataFrame(rows, schema=dict.fromkeys(header, pl.String) | {"line": pl.Int64}, orient="row")
