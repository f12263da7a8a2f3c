"""A copy of the current release in PostgreSQL, for clients that do not read DuckDB files. Needs the extra `postgres`.

`structure.py` says which objects the copy has, `functions.py` turns table macros into SQL functions, `publish.py` replaces
the copy in one transaction, `roles.py` lets a role read it. Nothing here is imported unless a copy is wanted.
"""
