"""A role that reads the copy and does nothing else."""

# psycopg comes with the extra `postgres`
# pyright: reportMissingImports=false

import psycopg
from psycopg import errors, sql

SEARCH_PATH = ("marts", "metrics", "meta", "public")


def grant_reading(server: psycopg.Connection, role: str, schemas: list[str]) -> None:
    """Let `role` read the schemas, and what later publications put into them. Made without a password if there is none.

    Raises `psycopg.errors.InvalidGrantOperation` for a role that may do more than read.
    """
    found = server.execute(
        """
        select rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls or rolname = current_user
            or exists (
                select from pg_roles as powers
                where powers.rolname in ('pg_write_all_data', 'pg_read_server_files', 'pg_write_server_files',
                    'pg_execute_server_program') and pg_has_role(reader.oid, powers.oid, 'member')
            )
        from pg_roles as reader
        where rolname = %s
        """,
        [role],
    ).fetchone()
    if found == (True,):
        raise errors.InvalidGrantOperation(f"role {role} may do more than read; name another for --grant-role")
    name = sql.Identifier(role)
    if found is None:
        server.execute(sql.SQL("create role {} login").format(name))
        server.execute(sql.SQL("alter role {} set default_transaction_read_only = on").format(name))
    path = sql.SQL(", ").join(map(sql.Identifier, SEARCH_PATH))
    server.execute(sql.SQL("alter role {} set search_path = {}").format(name, path))
    for schema in map(sql.Identifier, schemas):
        for statement in (
            "grant usage on schema {schema} to {name}",
            "grant select on all tables in schema {schema} to {name}",
            # tables are made anew when their columns change
            "alter default privileges in schema {schema} grant select on tables to {name}",
        ):
            server.execute(sql.SQL(statement).format(schema=schema, name=name))
