"""What the copy in PostgreSQL survives: killed publishers, stopped servers, new columns, deadlocks, wrong passwords."""

import re
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb
import pytest

from dagster_project.release.build import STORAGE
from dagster_project.settings import PUBLIC_SCHEMAS
from tests.conftest import Warehouse

psycopg = pytest.importorskip("psycopg", reason="psycopg is not here: it comes with the extra `postgres`")

from dagster_project.readers.postgres.publish import ADVISORY_LOCK  # noqa: E402
from tests.e2e.postgres_server import PostgresServer  # noqa: E402

pytestmark = pytest.mark.e2e
NEW_NAME = "Nippon"


@pytest.fixture
def published(warehouse: Warehouse, server: PostgresServer) -> Warehouse:
    """The warehouse, its release copied by the command into a database that holds nothing else."""
    with server.connect("postgres", autocommit=True) as admin:
        admin.execute("drop database if exists trade with (force)")
        admin.execute("create database trade")
    own = aimed(warehouse, server.dsn)
    run = own.run("publish", "postgres", "--grant-role", "newsroom")
    assert run.returncode == 0, run.stderr
    return own


def aimed(warehouse: Warehouse, dsn: str) -> Warehouse:
    return Warehouse(warehouse.data, warehouse.seeds, {"WAREHOUSE_POSTGRES_DSN": dsn})


def another_release(of: Warehouse, folder: Path, *changes: str) -> Warehouse:
    """A data folder whose release differs from that of `of`: by its build id, Japan's name, and `changes` in SQL."""
    (folder / "current").mkdir(parents=True)
    database = shutil.copyfile(of.database, folder / "current" / "warehouse.duckdb")
    shutil.copy(of.data / "current" / "models.json", folder / "current")
    with duckdb.connect(str(database), config=STORAGE) as connection:
        connection.execute("update meta.build set build_id = 'another'")
        connection.execute("update marts.dim_partners set partner_name = ? where partner_iso3 = 'JPN'", [NEW_NAME])
        for change in changes:
            connection.execute(change)
    return Warehouse(folder, of.seeds, of.extra)


def copied_build(server: PostgresServer) -> str:
    """The build id of the copy, after a look at whether every table is of that build."""
    with server.connect() as reader:
        reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        ((build_id,),) = reader.execute("select build_id from meta.build").fetchall()
        stated = reader.execute(
            "select table_schema, table_name, row_count from meta.tables where table_schema = any(%s)",
            [list(PUBLIC_SCHEMAS)],
        ).fetchall()
        assert len(stated) > 20
        for schema, table, rows in stated:
            assert reader.execute(f"select count(*) from {schema}.{table}".encode()).fetchall() == [(rows,)], table
        ((name,),) = reader.execute("select partner_name from marts.dim_partners where partner_iso3 = 'JPN'").fetchall()
    assert (name == NEW_NAME) == (build_id == "another")
    return build_id


@contextmanager
def publishing_midway(own: Warehouse, server: PostgresServer) -> Iterator[subprocess.Popen[str]]:
    """The publisher, waiting for a table in the middle of its work that somebody else holds."""
    # closed, not left: where the server is gone there is nothing to end properly
    holder = server.connect()
    try:
        holder.execute("lock table marts.fct_pledges in share mode")
        publisher = own.start("publish", "postgres")
        wait_until_blocked(server, publisher)
        yield publisher
    finally:
        holder.close()


@contextmanager
def losing_the_commit(server_port: int, is_forwarded: bool) -> Iterator[int]:
    """A port that leads to the server and hangs up at the first COMMIT, before or after the server gets it."""

    def carry(client: socket.socket) -> None:
        with client, socket.create_connection(("127.0.0.1", server_port)) as behind:
            answers = threading.Thread(target=pour, args=(behind, client), daemon=True)
            answers.start()
            while data := client.recv(1 << 16):
                if b"COMMIT" in data and not lost.is_set():
                    lost.set()
                    # the client asks again while the server may still be at work
                    client.shutdown(socket.SHUT_WR)
                    if is_forwarded:
                        behind.sendall(data)
                        answers.join()
                    return
                behind.sendall(data)

    def pour(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(1 << 16):
                target.sendall(data)

    def accept() -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                threading.Thread(target=carry, args=(client,), daemon=True).start()

    lost = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, daemon=True).start()
        yield listener.getsockname()[1]
    assert lost.is_set(), "no COMMIT came by"


def wait_until_blocked(server: PostgresServer, publisher: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 60
    question = "select count(*) from pg_stat_activity where application_name = %s and wait_event_type = 'Lock'"
    with server.connect(autocommit=True) as watcher:
        while watcher.execute(question, ["warehouse publish"]).fetchall() == [(0,)]:
            assert publisher.poll() is None, publisher.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_a_publisher_killed_midway_leaves_the_copy_as_it_was_and_the_next_one_succeeds(
    published: Warehouse, server: PostgresServer, tmp_path: Path
) -> None:
    newer = another_release(published, tmp_path / "newer")
    with publishing_midway(newer, server) as publisher:
        publisher.send_signal(signal.SIGKILL)
        publisher.communicate(timeout=30)
    assert copied_build(server) == published.manifest["build_id"]
    run = newer.run("publish", "postgres")
    assert run.returncode == 0, run.stderr
    assert copied_build(server) == "another"


def test_a_server_stopped_midway_comes_back_with_the_copy_as_it_was(
    published: Warehouse, server: PostgresServer, tmp_path: Path
) -> None:
    newer = another_release(published, tmp_path / "newer")
    with publishing_midway(newer, server) as publisher:
        server.stop(signal.SIGQUIT)
        _, errors = publisher.communicate(timeout=60)
    assert publisher.returncode == 1
    assert errors.startswith("PostgreSQL: ")
    assert errors.rstrip().endswith("No half copy is left.")
    server.start()
    assert copied_build(server) == published.manifest["build_id"]


@pytest.mark.parametrize("is_forwarded", [True, False], ids=["made", "not-made"])
def test_where_the_connection_is_lost_at_the_commit_the_command_says_which_copy_stands(
    published: Warehouse, server: PostgresServer, tmp_path: Path, is_forwarded: bool
) -> None:
    newer = another_release(published, tmp_path / "newer")
    with losing_the_commit(server.port, is_forwarded) as port:
        run = aimed(newer, server.dsn.replace(f":{server.port}/", f":{port}/")).run("publish", "postgres")
    if is_forwarded:
        assert run.returncode == 0, run.stderr
        assert "Release another is in PostgreSQL" in run.stdout
        assert copied_build(server) == "another"
    else:
        assert run.returncode == 1
        assert copied_build(server) == published.manifest["build_id"]


def test_a_new_column_makes_the_tables_anew_and_the_role_still_reads_them(
    published: Warehouse, server: PostgresServer, tmp_path: Path
) -> None:
    newer = another_release(published, tmp_path / "newer", "alter table marts.dim_deals add column stage varchar")
    run = newer.run("publish", "postgres")
    assert run.returncode == 0, run.stderr
    assert "made anew" in run.stdout
    assert copied_build(server) == "another"
    with server.connect() as reader:
        reader.execute("set role newsroom")
        assert reader.execute("select count(stage) from marts.dim_deals").fetchall() == [(0,)]


def test_a_function_or_a_table_that_is_gone_is_made_again(published: Warehouse, server: PostgresServer) -> None:
    for lost in ("function metrics.total_rates_as_of(date, date)", "table metrics.metric_upcoming_dates"):
        with server.connect() as somebody:
            somebody.execute(f"drop {lost}".encode())
        run = published.run("publish", "postgres")
        assert run.returncode == 0, run.stderr
        assert "made anew" in run.stdout
        with server.connect() as reader:
            reader.execute("select * from metrics.total_rates_as_of('2025-12-05', '2025-12-05') limit 1")
        assert copied_build(server) == published.manifest["build_id"]


def test_a_database_without_an_encoding_is_published_to_again_and_again(
    warehouse: Warehouse, server: PostgresServer
) -> None:
    with server.connect("postgres", autocommit=True) as admin:
        admin.execute("create database ascii encoding 'SQL_ASCII' template template0 lc_collate 'C' lc_ctype 'C'")
    own = aimed(warehouse, server.dsn_of("ascii"))
    first, second = own.run("publish", "postgres"), own.run("publish", "postgres")
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert "made anew" not in second.stdout


def test_a_release_is_published_whatever_became_of_the_models_in_the_working_tree(
    published: Warehouse, server: PostgresServer, tmp_path: Path
) -> None:
    newer = another_release(published, tmp_path / "newer")
    assert not (newer.data / "dbt").exists()
    assert newer.run("publish", "postgres").returncode == 0
    assert copied_build(server) == "another"


def test_a_view_of_somebody_else_is_never_dropped(published: Warehouse, server: PostgresServer, tmp_path: Path) -> None:
    with server.connect() as somebody:
        somebody.execute("create view public.deals_of_mine as select deal_id from marts.dim_deals")
    newer = another_release(published, tmp_path / "newer", "alter table marts.dim_deals add column stage varchar")
    run = newer.run("publish", "postgres")
    assert run.returncode == 1
    assert "view public.deals_of_mine depends on table marts.dim_deals" in run.stderr
    assert copied_build(server) == published.manifest["build_id"]


def test_a_deadlock_is_tried_again(published: Warehouse, server: PostgresServer, tmp_path: Path) -> None:
    newer = another_release(published, tmp_path / "newer")
    # the publisher looks for deadlocks later than it takes to make one, and is the only one that looks
    patient = aimed(newer, f"{server.dsn}?options=-c%20deadlock_timeout%3D5s")
    with server.connect() as other:
        other.execute("set deadlock_timeout = '120s'")
        other.execute("lock table metrics.metric_total_rates in share mode")
        publisher = patient.start("publish", "postgres")
        wait_until_blocked(server, publisher)
        other.execute("lock table marts.dim_deals in share mode")
        other.rollback()
    _, errors = publisher.communicate(timeout=120)
    assert publisher.returncode == 0, errors
    assert "deadlock detected" in server.log.read_text()
    assert copied_build(server) == "another"


def test_a_refresh_copies_too_and_where_it_cannot_the_release_stands_and_no_password_is_written_anywhere(
    warehouse: Warehouse, server: PostgresServer, tmp_path: Path
) -> None:
    wrong = aimed(Warehouse(tmp_path / "data"), server.dsn_of("trade", password="not-the-password"))
    run = wrong.run("refresh")
    assert run.returncode == 1
    assert "password authentication failed" in run.stderr
    assert f"Release {wrong.manifest['build_id']} is current." in run.stderr
    released = wrong.manifest["build_id"]
    assert wrong.run("refresh").returncode == 1, "nothing changed, and there is still no copy"
    right = aimed(wrong, server.dsn)
    # without another build, since no input changed
    again = right.run("refresh")
    assert again.returncode == 0, again.stderr
    assert "Nothing changed" in again.stdout
    assert copied_build(server) == right.manifest["build_id"] == released
    full = right.run("refresh", "--full")
    assert full.returncode == 0, full.stderr
    assert copied_build(server) == right.manifest["build_id"] != released
    malformed = aimed(wrong, "password hunter2").run("publish", "postgres")
    assert malformed.returncode == 1
    shown = "".join(text.stdout + text.stderr for text in (run, again, full, malformed))
    written = b"".join(path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file())
    assert b"password authentication failed" in written
    for secret in ("not-the-password", server.password, "hunter2"):
        assert secret not in shown
        assert secret.encode() not in written
    assert re.search(r"expected postgresql://", malformed.stderr)


@pytest.fixture
def stranger(published: Warehouse, server: PostgresServer) -> Iterator[str]:
    """The address by which a role that may make schemas, and nothing else, connects to an empty database."""
    with server.connect("postgres", autocommit=True) as admin:
        admin.execute("drop database if exists trade with (force)")
        admin.execute("create database trade")
        admin.execute("create role stranger login password 'stranger'")
        admin.execute("grant create on database trade to stranger")
    yield server.dsn_of("trade", "stranger", "stranger")
    with server.connect("postgres", autocommit=True) as admin:
        admin.execute("drop database trade with (force)")
        admin.execute("drop role stranger")
        admin.execute("create database trade")


def roles_of(server: PostgresServer) -> list[tuple]:
    with server.connect() as reader:
        return reader.execute("select rolname, rolsuper from pg_roles order by rolname").fetchall()


@pytest.mark.parametrize("name", ['"a"(); alter role stranger superuser; --', "pg_catalog.now()"])
def test_a_record_of_objects_that_somebody_else_planted_is_refused_and_never_run(
    stranger: str, published: Warehouse, server: PostgresServer, name: str
) -> None:
    with psycopg.connect(stranger) as planter:
        planter.execute("create schema meta")
        planter.execute("create table meta.postgres_objects (position int, kind text, name text, ddl text)")
        planter.execute("insert into meta.postgres_objects values (1, 'function', %s, '')", [name])
        planter.execute("grant all on schema meta to public")
        planter.execute("grant all on meta.postgres_objects to public")
    before = roles_of(server)
    run = published.run("publish", "postgres")
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr == (
        "PostgreSQL: schema meta belongs to stranger, not to warehouse_owner, who publishes: drop it, or give it to"
        " warehouse_owner (alter schema meta owner to warehouse_owner). No half copy is left.\n"
    )
    assert roles_of(server) == before


def test_a_table_of_somebody_else_in_a_schema_of_the_copy_is_refused(
    stranger: str, published: Warehouse, server: PostgresServer
) -> None:
    with server.connect() as admin:
        admin.execute("create schema marts")
        admin.execute("grant all on schema marts to stranger")
    with psycopg.connect(stranger) as planter:
        planter.execute("create table marts.dim_deals (deal_id text)")
    run = published.run("publish", "postgres")
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr == (
        "PostgreSQL: table marts.dim_deals belongs to stranger, not to warehouse_owner, who publishes: drop it, or give"
        " it to warehouse_owner (alter table marts.dim_deals owner to warehouse_owner). No half copy is left.\n"
    )


def test_names_in_the_publishers_own_record_are_looked_up_and_never_run(
    published: Warehouse, server: PostgresServer, tmp_path: Path
) -> None:
    with server.connect() as editor:
        editor.execute("create role bystander")
        editor.execute(
            "update meta.postgres_objects set name = name || '; drop role bystander; --' where kind = 'function'"
        )
    run = published.run("publish", "postgres")
    with server.connect() as reader:
        assert reader.execute("select count(*) from pg_roles where rolname = 'bystander'").fetchall() == [(1,)]
        reader.execute("drop role bystander")
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.splitlines()[-1].endswith("No half copy is left.")


def test_functions_of_strangers_in_the_search_path_are_not_called_by_the_copys_own(
    published: Warehouse, server: PostgresServer
) -> None:
    with server.connect() as admin:
        admin.execute("create schema if not exists traps")
        admin.execute(
            "create function traps.replace(character varying, text, text) returns text language sql as"
            " $$ select 'trapped' $$"
        )
    with server.connect() as reader:
        reader.execute("set search_path = traps, pg_catalog")
        rows = reader.execute("select * from metrics.claim_checks_as_of('2026-11-23')").fetchall()
        assert rows
        assert "trapped" not in repr(rows)
        assert reader.execute(
            "select count(*) from pg_proc where pronamespace = 'metrics'::regnamespace"
            " and not ('search_path=pg_catalog, pg_temp' = any(proconfig))"
        ).fetchall() == [(0,)]


def test_a_reader_cannot_keep_publications_waiting_with_an_advisory_lock(
    published: Warehouse, server: PostgresServer, tmp_path: Path
) -> None:
    newer = another_release(published, tmp_path / "newer")
    with server.connect() as holder:
        holder.execute("set role newsroom")
        holder.execute("select pg_advisory_lock(%s)", [ADVISORY_LOCK])
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            holder.execute("lock table meta.postgres_objects in share mode")
        holder.rollback()
        holder.execute("set role newsroom")
        holder.execute("select pg_advisory_lock(%s)", [ADVISORY_LOCK])
        run = newer.run("publish", "postgres")
    assert run.returncode == 0, run.stderr
    assert copied_build(server) == "another"
