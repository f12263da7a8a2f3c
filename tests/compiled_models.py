"""Run dbt's compiled SQL of a few models on tables of the test's own, without a refresh.

The relations in compiled SQL are named after the catalog `warehouse`; here that is a database in memory with the same
schemas.
"""

from pathlib import Path

import duckdb

from tests.conftest import Warehouse


class CompiledModels:
    """A scratch copy of some staging tables and the compiled SQL of the models over them."""

    def __init__(self, built: Warehouse) -> None:
        self.folder = built.data / "dbt" / "target" / "compiled" / "trade_deals" / "models"
        self.connection = duckdb.connect()
        self.connection.execute(f"attach '{built.database.resolve()}' as published (read_only)")
        self.connection.execute("attach ':memory:' as warehouse; use warehouse")
        self.connection.execute("create schema staging; create schema intermediate; create schema marts")

    def copy(self, name: str, where: str = "true") -> None:
        """Take a table or view of the published file over, with the rows that fit."""
        self.connection.execute(f"create or replace table {name} as from published.{name} where {where}")

    def build(self, *names: str) -> None:
        """Build the models, such as `intermediate.int_rate_candidates`, in the order given."""
        for name in names:
            schema, model = name.split(".")
            sql = Path(self.folder / schema / f"{model}.sql").read_text(encoding="utf-8")
            self.connection.execute(f"create or replace table {name} as {sql}")

    def __enter__(self) -> "CompiledModels":
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()
