"""The copy replaced in one transaction: readers see the old build or the new one, whole.

DELETE and COPY, since TRUNCATE and new tables lock readers out and deadlock with those of several tables; objects are
made anew only when the structure changed. What this leaves behind when it fails, or is killed, is the previous copy.
"""

# psycopg comes with the extra `postgres`
# pyright: reportMissingImports=false

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import psycopg
from psycopg import errors, sql
from psycopg.conninfo import conninfo_to_dict

from dagster_project.readers.postgres import PostgresError, Published
from dagster_project.readers.postgres.roles import grant_reading
from dagster_project.readers.postgres.structure import Object, Structure, literal, quoted, read_structure
from dagster_project.settings import MODELS

ATTEMPTS = 5
# seconds; a reader that holds a table longer than this while its columns change makes the attempt fail
LOCK_TIMEOUT = 10
CONNECT_TIMEOUT = 10
# any number that other programs on the server do not use
ADVISORY_LOCK = 7_274_112_301
CHUNK = 1 << 20
PASSING = (errors.DeadlockDetected, errors.LockNotAvailable, errors.SerializationFailure)
OBJECTS = '"meta"."postgres_objects"'
LOOK_UP = {"table": "to_regclass", "function": "to_regprocedure"}
# else a function that somebody planted in a schema of the path could be called in place of the server's own
SAFE_PATH = "set search_path = pg_catalog, pg_temp"


def publish_copy(release: Path, dsn: str, grant_role: str | None = None) -> Published:
    """Replace the copy on the server of `dsn` by the release in the folder `release` (or that a link leads to).

    Raises `PostgresError`, and leaves the copy as it was.
    """
    began = time.monotonic()
    with _explained(dsn):
        for attempt in range(1, ATTEMPTS + 1):
            try:
                build_id, tables, rows, changed = _attempt(release, dsn, grant_role)
                return Published(build_id, tables, rows, round(time.monotonic() - began, 1), changed, attempt)
            except PASSING:
                if attempt == ATTEMPTS:
                    raise
                time.sleep(attempt / 2)
    raise AssertionError("unreachable")


@contextmanager
def _explained(dsn: str) -> Iterator[None]:
    """Errors of the server, or on the way to it, as `PostgresError` without a cause, which could name the password."""
    try:
        try:
            secret = str(conninfo_to_dict(dsn).get("password") or "")
        except psycopg.Error:
            expected = "expected postgresql://user:password@host:5432/database"
            raise PostgresError(f"WAREHOUSE_POSTGRES_DSN is no connection string; {expected}.") from None
        try:
            yield
        except psycopg.Error as error:
            lines = [line.strip() for line in str(error).splitlines() if line.strip()]
            message = "; ".join(line for line in lines if not line.startswith(("LINE", "^")))
            if secret:
                message = message.replace(secret, "***")
            raise PostgresError(f"PostgreSQL: {message.rstrip('.')}. No half copy is left.") from None
    except PostgresError as error:
        # the context still holds the library's own error, which some loggers print
        error.__context__ = None
        raise


def copied_build(dsn: str) -> str | None:
    """Which build the copy is of; nothing where there is no copy, or no server that answers."""
    try:
        with _connect(dsn) as server:
            return _build_of_copy(server)
    except psycopg.Error:
        return None


def _connect(dsn: str) -> psycopg.Connection:
    # a database may be in another encoding, or in none: the texts are in this one
    return psycopg.connect(
        dsn, connect_timeout=CONNECT_TIMEOUT, application_name="warehouse publish", client_encoding="UTF8"
    )


def _attempt(release: Path, dsn: str, grant_role: str | None) -> tuple[str, int, int, bool]:
    with _connect(dsn) as server:
        server.execute(SAFE_PATH)
        _wait_for_others(server)
        # only now, so that of two publications the later one copies the newer release
        folder = release.resolve()
        with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as file:
            ((build_id,),) = file.execute("select build_id from meta.build").fetchall()
            structure = read_structure(file, folder / MODELS)
            _refuse_what_belongs_to_others(server, structure)
            changed = not _stands(server, structure)
            if changed:
                _make(server, structure)
            rows = _fill(server, file, structure)
        if grant_role is not None:
            grant_reading(server, grant_role, structure.schemas)
        try:
            server.commit()
        except psycopg.OperationalError:
            # where the connection was lost on the way, the server may have got the word all the same
            if _copied_in_the_end(dsn) != build_id:
                raise
    return build_id, len(structure.tables), rows, changed


def _wait_for_others(server: psycopg.Connection) -> None:
    """Until the end of this transaction no other publication works; one that is under way is waited for.

    By a lock on the record of objects, which a role that only reads cannot take. Anybody can take an advisory lock: it
    serves for the first publication alone, which has no such record yet, and no readers.
    """
    server.execute(sql.SQL("set local lock_timeout = {}").format(sql.Literal(f"{LOCK_TIMEOUT}s")))
    if not _has_record(server):
        server.execute("select pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
    if _has_record(server):
        server.execute(f"lock table {OBJECTS} in share row exclusive mode".encode())


def _copied_in_the_end(dsn: str) -> str | None:
    """Which build the copy is of once no publication is under way: a lost one too comes to its end first."""
    with _connect(dsn) as server:
        _wait_for_others(server)
        return _build_of_copy(server)


def _build_of_copy(server: psycopg.Connection) -> str | None:
    ((is_there,),) = server.execute("select to_regclass('meta.build') is not null")
    if not is_there:
        return None
    ((build_id,),) = server.execute("select build_id from meta.build")
    return build_id


def _stands(server: psycopg.Connection, structure: Structure) -> bool:
    """Whether the copy has this structure already, by its own record and with no table or function gone since."""
    if _recorded(server) != structure.objects:
        return False
    lost = "select exists (select from unnest(%s::text[]) as name where {}(name) is null)"
    for kind, look_up in LOOK_UP.items():
        names = [item.name for item in structure.objects if item.kind == kind]
        if server.execute(sql.SQL(lost).format(sql.Identifier(look_up)), [names]).fetchone() == (True,):
            return False
    return True


def _has_record(server: psycopg.Connection) -> bool:
    return server.execute("select to_regclass(%s) is not null", [OBJECTS]).fetchone() == (True,)


def _recorded(server: psycopg.Connection) -> list[Object]:
    if not _has_record(server):
        return []
    return [Object(*row) for row in server.execute(f"select kind, name, ddl from {OBJECTS} order by position")]


def _make(server: psycopg.Connection, structure: Structure) -> None:
    """Drop what an earlier publication made, never anything else, and make the objects of this one."""
    recorded = _recorded(server)
    for function in _standing(server, recorded, "function"):
        server.execute(f"drop function {function}".encode())
    if tables := _standing(server, recorded, "table"):
        # in one statement, so that they may refer to one another, but nobody's view on them is dropped unasked
        server.execute(f"drop table {', '.join(tables)}".encode())
    for schema in structure.schemas:
        server.execute(f"create schema if not exists {quoted(schema)}".encode())
    for item in structure.objects:
        server.execute(item.ddl.encode())
    server.execute(
        f"create table if not exists {OBJECTS} (position integer primary key, kind text, name text, ddl text)".encode()
    )
    server.execute(f"delete from {OBJECTS}".encode())
    with server.cursor() as cursor:
        cursor.executemany(
            f"insert into {OBJECTS} values (%s, %s, %s, %s)".encode(),
            [(place, item.kind, item.name, item.ddl) for place, item in enumerate(structure.objects)],
        )
    what = "What this copy consists of, so that the next publication knows what it may replace."
    server.execute(f"comment on table {OBJECTS} is {literal(what)}".encode())


def _standing(server: psycopg.Connection, recorded: list[Object], kind: str) -> list[str]:
    """Those on record that are there, by the names that the server gives them: what the record says is never run."""
    look_up = sql.SQL("select {0}(name)::{1}::text from unnest(%s::text[]) as name where {0}(name) is not null").format(
        sql.Identifier(LOOK_UP[kind]), sql.Identifier(LOOK_UP[kind].removeprefix("to_"))
    )
    names = [item.name for item in recorded if item.kind == kind]
    return [name for (name,) in server.execute(look_up, [names])]


def _refuse_what_belongs_to_others(server: psycopg.Connection, structure: Structure) -> None:
    """Who owns a schema, or a table in it, decides what runs when it is used: all of the copy is the publisher's."""
    found = server.execute(
        """
        select things.kind, things.name, things.owner::regrole::text, current_user
        from (
            select 'schema' as kind, oid::regnamespace::text as name, nspowner as owner
            from pg_namespace where nspname = any(%(schemas)s)
            union all
            select 'table', oid::regclass::text, relowner
            from pg_class
            where relnamespace in (select oid from pg_namespace where nspname = any(%(schemas)s))
                and oid in (select to_regclass(name) from unnest(%(tables)s::text[]) as name)
        ) as things
        where things.owner <> (select oid from pg_roles where rolname = current_user)
        order by things.kind, things.name
        limit 1
        """,
        {"schemas": structure.schemas, "tables": [OBJECTS, *(table.name for table in structure.tables)]},
    ).fetchone()
    if found is not None:
        kind, name, owner, publisher = found
        raise PostgresError(
            f"PostgreSQL: {kind} {name} belongs to {owner}, not to {publisher}, who publishes: drop it, or give it to"
            f" {publisher} (alter {kind} {name} owner to {publisher}). No half copy is left."
        )


def _fill(server: psycopg.Connection, release: duckdb.DuckDBPyConnection, structure: Structure) -> int:
    for table in structure.tables:
        server.execute(f"delete from {table.name}".encode())
    rows = sum(_copy(server, release, table.name) for table in structure.tables)
    for table in structure.tables:
        server.execute(f"analyze {table.name}".encode())
    return rows


def _copy(server: psycopg.Connection, release: duckdb.DuckDBPyConnection, table: str) -> int:
    """One table by way of a CSV file, which a million rows leave and enter in about four seconds. Returns its rows."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        # every value in quotes, so that an empty text differs from none
        release.execute(f"copy {table} to {literal(str(path))} (format csv, header false, force_quote *, nullstr '')")
        with server.cursor() as cursor:
            with (
                path.open("rb") as file,
                cursor.copy(f"copy {table} from stdin (format csv, null '')".encode()) as copy,
            ):
                while chunk := file.read(CHUNK):
                    copy.write(chunk)
            return cursor.rowcount
