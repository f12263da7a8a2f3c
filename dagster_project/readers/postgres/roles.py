"""A role that reads the copy and does nothing else."""

# psycopg comes with the extra `postgres`
# pyright: reportMissingImports=false

import psycopg
from psycopg import errors, sql

SEARCH_PATH = ("marts", "metrics", "meta", "public")


def grant_reading(server: psycopg.Connection, role: str, schemas: list[str]) -> None:
    """Let `role` read the schemas, and what later publications put into them. Made without a password if there is none.

    Raises `psycopg.errors.InvalidGrantOperation` for a role that may do more than read, by itself or as a member of
    another.
    """
    found = server.execute(
        """
        select
            exists (
                select from pg_roles as powers
                where pg_has_role(reader.oid, powers.oid, 'member') and (
                    powers.rolsuper or powers.rolcreaterole or powers.rolcreatedb or powers.rolreplication
                    or powers.rolbypassrls or powers.rolname in (
                        current_user, 'pg_write_all_data', 'pg_read_server_files', 'pg_write_server_files',
                        'pg_execute_server_program'
                    )
                )
            )
            or exists (
                select from pg_class as copied
                where copied.relnamespace in (select oid from pg_namespace where nspname = any(%s))
                    and copied.relkind = 'r'
                    and has_table_privilege(reader.oid, copied.oid, 'insert, update, delete, truncate')
            )
        from pg_roles as reader
        where reader.rolname = %s
        """,
        [schemas, role],
    ).fetchone()
    if found == (True,):
        raise errors.InvalidGrantOperation(f"role {role} may do more than read; name another for --grant-role")
    name = sql.Identifier(role)
    if found is None:
        server.execute(sql.SQL("create role {} login").format(name))
        server.execute(sql.SQL("alter role {} set default_transaction_read_only = on").format(name))
    path = sql.SQL(", ").join(map(sql.Identifier, SEARCH_PATH))
    # in this database alone: elsewhere the role may have a path of its own
    database = sql.Identifier(server.info.dbname)
    server.execute(sql.SQL("alter role {} in database {} set search_path = {}").format(name, database, path))
    for schema in map(sql.Identifier, schemas):
        for statement in (
            "grant usage on schema {schema} to {name}",
            "grant select on all tables in schema {schema} to {name}",
            # tables are made anew when their columns change
            "alter default privileges in schema {schema} grant select on tables to {name}",
        ):
            server.execute(sql.SQL(statement).format(schema=schema, name=name))
