"""The copy in PostgreSQL: the same rows as the file, whole at any moment, and a role that only reads."""

import duckdb
import pytest

from tests.conftest import Warehouse

psycopg = pytest.importorskip("psycopg", reason="psycopg is not here: it comes with the extra `postgres`")

from tests.e2e.postgres_server import OWNER, PostgresServer  # noqa: E402

pytestmark = pytest.mark.e2e
DAYS = ["2025-11-20", "2026-11-23"]


@pytest.fixture(scope="module")
def published(warehouse: Warehouse, server: PostgresServer) -> Warehouse:
    """The warehouse, its release copied by the command into an empty database."""
    own = Warehouse(warehouse.data, warehouse.seeds, {"WAREHOUSE_POSTGRES_DSN": server.dsn})
    run = own.run("publish", "postgres", "--grant-role", "analyst")
    assert run.returncode == 0, run.stderr
    return own


def object_ids(server: PostgresServer) -> list[tuple]:
    with server.connect() as reader:
        return reader.execute(
            "select oid, relname, relfilenode from pg_class where relnamespace::regnamespace::text"
            " in ('marts', 'metrics', 'meta', 'intermediate') union all"
            " select oid, proname, 0 from pg_proc where pronamespace = 'metrics'::regnamespace order by 1"
        ).fetchall()


def same_rows(ours: list[tuple], theirs: list[tuple]) -> bool:
    return sorted(map(repr, ours)) == sorted(map(repr, theirs))


def test_every_public_table_has_the_rows_of_the_file(published: Warehouse, server: PostgresServer) -> None:
    with duckdb.connect(str(published.database), read_only=True) as file, server.connect() as reader:
        tables = file.execute(
            "select schema_name, table_name from duckdb_tables() where schema_name in ('marts', 'metrics', 'meta')"
        ).fetchall()
        assert len(tables) > 30
        for schema, table in tables:
            rows = file.execute(f"select * from {schema}.{table}").fetchall()
            assert same_rows(rows, reader.execute(f"select * from {schema}.{table}".encode()).fetchall()), table


def test_keys_and_comments_are_those_that_the_tests_and_descriptions_of_the_models_state(
    published: Warehouse, server: PostgresServer
) -> None:
    with duckdb.connect(str(published.database), read_only=True) as file, server.connect() as reader:
        comments = file.execute(
            "select schema_name, table_name, column_name, comment from duckdb_columns()"
            " where schema_name in ('marts', 'metrics') order by all"
        ).fetchall()
        copied = reader.execute(
            "select table_schema, table_name, column_name,"
            " col_description(format('%I.%I', table_schema, table_name)::regclass, ordinal_position)"
            " from information_schema.columns where table_schema in ('marts', 'metrics')"
        ).fetchall()
        keys = reader.execute(
            "select conrelid::regclass::text, pg_get_constraintdef(oid) from pg_constraint"
            " where conrelid::regclass::text ~ '^(marts|metrics)'"
        ).fetchall()
    assert same_rows(comments, copied)
    assert ("marts.dim_partners", "PRIMARY KEY (partner_iso3)") in keys
    assert ("marts.fct_pledges", "PRIMARY KEY (assertion_id, known_from)") in keys
    reference = "FOREIGN KEY (source_id) REFERENCES marts.dim_sources(source_id) DEFERRABLE INITIALLY DEFERRED"
    assert ("metrics.metric_pledge_burdens", reference) in keys
    keyed = {table for table, rule in keys if rule.startswith(("PRIMARY", "UNIQUE"))}
    assert keyed == {f"{schema}.{table}" for schema, table, *_ in comments}


@pytest.mark.parametrize("day", DAYS)
def test_every_function_answers_as_the_macro_of_its_name(
    day: str, published: Warehouse, server: PostgresServer
) -> None:
    with duckdb.connect(str(published.database), read_only=True) as file, server.connect() as reader:
        macros = file.execute(
            "select function_name, len(parameters) from duckdb_functions()"
            " where function_type = 'table_macro' and not internal"
        ).fetchall()
        assert len(macros) >= 12
        for name, parameters in macros:
            days = ", ".join([f"date '{day}'"] * parameters)
            call = f"{name}({days})"
            answer = file.execute(f"select * from {call}").fetchall()
            assert same_rows(answer, reader.execute(f"select * from metrics.{call}".encode()).fetchall()), call
            assert answer, call


def test_publishing_again_fills_the_tables_and_makes_nothing(published: Warehouse, server: PostgresServer) -> None:
    before = object_ids(server)
    run = published.run("publish", "postgres")
    assert run.returncode == 0, run.stderr
    assert "made anew" not in run.stdout
    assert object_ids(server) == before


FORBIDDEN = [
    "insert into marts.dim_deals (deal_id) values ('x')",
    "update marts.dim_deals set deal_name = 'x'",
    "delete from marts.dim_deals",
    "truncate marts.dim_deals",
    "drop table marts.dim_deals",
    "create table marts.mine (a int)",
    "create table public.mine (a int)",
    "create schema mine",
    "create role mine",
    "select pg_read_file('/etc/passwd')",
    "select pg_ls_dir('/')",
    "create temp table read (a text); copy read from '/etc/passwd'",
    "copy marts.dim_deals to '/tmp/mine'",
    "copy marts.dim_deals to program 'true'",
]


def test_the_role_reads_every_table_and_function(published: Warehouse, server: PostgresServer) -> None:
    with server.connect() as reader:
        reader.execute("set role analyst")
        for schema in ("marts", "metrics", "meta", "intermediate"):
            for (table,) in reader.execute(
                "select tablename from pg_tables where schemaname = %s and tablename <> 'postgres_objects'", [schema]
            ).fetchall():
                reader.execute(f"select count(*) from {schema}.{table}".encode())
        day = "date '2025-12-05'"
        assert reader.execute(f"select * from metrics.total_rates_as_of({day}, {day})".encode()).fetchone()


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_role_cannot(statement: str, published: Warehouse, server: PostgresServer) -> None:
    with server.connect() as admin:
        admin.execute("alter role analyst password 'read-only'")
    with psycopg.connect(server.dsn_of("trade", "analyst", "read-only"), autocommit=True) as analyst:
        assert analyst.execute("select count(*) > 0 from dim_deals").fetchall() == [(True,)]
        # what anybody may switch off protects nobody
        analyst.execute("set default_transaction_read_only = off")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            analyst.execute(statement.encode())


MORE_THAN_READ = {
    "the owner": (OWNER, []),
    "a member of the owner": ("deputy", [f"create role deputy login in role {OWNER}"]),
    "a writer of one table": ("editor", ["create role editor login", "grant update on marts.dim_deals to editor"]),
    "a maker of roles": ("recruiter", ["create role recruiter login createrole"]),
}


@pytest.mark.parametrize("who", MORE_THAN_READ)
def test_a_role_that_may_do_more_than_read_is_refused(who: str, published: Warehouse, server: PostgresServer) -> None:
    role, made_by = MORE_THAN_READ[who]
    with server.connect() as admin:
        for statement in made_by:
            admin.execute(statement.encode())
    run = published.run("publish", "postgres", "--grant-role", role)
    assert run.returncode == 1
    assert "may do more than read" in run.stderr


def test_a_role_keeps_its_own_search_path_in_other_databases(published: Warehouse, server: PostgresServer) -> None:
    with server.connect() as admin:
        admin.execute("create role clerk login password 'clerk'")
        admin.execute("alter role clerk set search_path = crm, public")
    assert published.run("publish", "postgres", "--grant-role", "clerk").returncode == 0
    for database, expected in (("postgres", "crm, public"), ("trade", "marts, metrics, meta, public")):
        with psycopg.connect(server.dsn_of(database, "clerk", "clerk")) as clerk:
            assert clerk.execute("show search_path").fetchall() == [(expected,)]
