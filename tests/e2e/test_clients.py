"""Each client that people connect with asks the same question and gets the same answer.

Of the copy in PostgreSQL as the role that only reads, of the file as a reader of `current`. Each prints its version and
its answer (`pytest -rP` shows them).
"""

# these packages come with the extra `e2e`, which the default environment lacks
# pyright: reportMissingImports=false

import csv
import importlib.util
import io
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb
import polars
import pytest

from tests.conftest import Warehouse

psycopg = pytest.importorskip("psycopg", reason="psycopg is not here: it comes with the extra `postgres`")

from tests.e2e.postgres_server import PostgresServer  # noqa: E402

pytestmark = pytest.mark.e2e
READER, PASSWORD = "analyst", "only-to-read"
# 350 bn over 1,712.8 bn (World Bank, 2023) and over 1,868.0 bn (Bank of Korea, 2024)
QUESTION = """
    select denominator_provider, denominator_period, round(share_of_gdp_pct, 2) as share_of_gdp_pct
    from metrics.metric_pledge_burdens
    where pledge_id = 'kor-investment-demand' and share_of_gdp_pct is not null
        and (denominator_provider, denominator_period) in (('world-bank', '2023'), ('bank-of-korea', '2024'))
    order by denominator_provider
"""
ANSWER = [("bank-of-korea", "2024", Decimal("18.74")), ("world-bank", "2023", Decimal("20.43"))]
JAVA = """
import java.sql.*;

public class Question {
    public static void main(String[] arguments) throws SQLException {
        try (Connection connection = DriverManager.getConnection(arguments[0], arguments[1], arguments[2]);
                ResultSet rows = connection.createStatement().executeQuery(arguments[3])) {
            System.out.println(connection.getMetaData().getDriverVersion());
            while (rows.next()) {
                System.out.println(rows.getString(1) + "," + rows.getString(2) + "," + rows.getBigDecimal(3));
            }
        }
    }
}
"""


@dataclass(frozen=True)
class Copy:
    """Where a reader of the PostgreSQL copy connects."""

    port: int

    @property
    def address(self) -> str:
        return f"{READER}:{PASSWORD}@127.0.0.1:{self.port}/trade"

    @property
    def dsn(self) -> str:
        return f"postgresql://{self.address}"


@pytest.fixture(scope="module")
def copy(warehouse: Warehouse, server: PostgresServer) -> Copy:
    own = Warehouse(warehouse.data, warehouse.seeds, {"WAREHOUSE_POSTGRES_DSN": server.dsn})
    run = own.run("publish", "postgres", "--grant-role", READER)
    assert run.returncode == 0, run.stderr
    with server.connect(autocommit=True) as admin:
        admin.execute(f"alter role {READER} password '{PASSWORD}'".encode())
    return Copy(server.port)


def assert_answered(client: str, version: object, rows: Iterable[Iterable[object]]) -> None:
    answer = [(str(provider), str(period), Decimal(str(share))) for provider, period, share in rows]
    print(f"{client} {version}: {', '.join(f'{who} {when} {share} %' for who, when, share in answer)}")
    assert answer == ANSWER


def needs(thing: str, package: str) -> None:
    if not (shutil.which(thing) or Path(thing).exists()):
        pytest.skip(f"{thing} is not here: apt-get install {package}")


def psql(copy: Copy, *arguments: str) -> str:
    needs("psql", "postgresql-client")
    run = subprocess.run(["psql", "-X", copy.dsn, *arguments], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_psql_lists_tables_with_their_keys_and_comments_and_answers(copy: Copy, warehouse: Warehouse) -> None:
    listed = psql(copy, "-c", r"\dt metrics.*")
    assert "metric_pledge_burdens" in listed
    table = psql(copy, "-c", r"\d marts.fct_pledges")
    assert "PRIMARY KEY" in table
    assert "REFERENCES dim_sources(source_id)" in table
    with duckdb.connect(str(warehouse.database), read_only=True) as file:
        ((comment,),) = file.execute(
            "select comment from duckdb_columns() where (table_name, column_name) = ('fct_pledges', 'amount_usd')"
        ).fetchall()
    assert comment in psql(copy, "-c", r"\d+ marts.fct_pledges")
    rows = csv.reader(io.StringIO(psql(copy, "--csv", "--tuples-only", "-c", QUESTION)))
    assert_answered("psql", psql(copy, "-At", "-c", r"\echo :VERSION_NAME").strip(), rows)


def test_psql_asks_what_was_known_when_by_the_names_of_the_macros(copy: Copy) -> None:
    def korean_cars(known_on: str) -> str:
        return psql(
            copy,
            "-At",
            "-c",
            f"select round(total_rate_pct) from total_rates_as_of(date '2025-11-15', date '{known_on}')"
            " where partner_iso3 = 'KOR' and scope_id = 'passenger-cars'",
        ).strip()

    assert [korean_cars("2025-11-20"), korean_cars("2025-12-05")] == ["25", "15"]


def test_psycopg_answers(copy: Copy) -> None:
    with psycopg.connect(copy.dsn) as connection:
        assert_answered("psycopg", psycopg.__version__, connection.execute(QUESTION).fetchall())


def test_sqlalchemy_reflects_keys_and_comments_and_answers(copy: Copy) -> None:
    import sqlalchemy

    engine = sqlalchemy.create_engine(f"postgresql+psycopg://{copy.address}")
    reflected = sqlalchemy.Table("fct_pledges", sqlalchemy.MetaData(), schema="marts", autoload_with=engine)
    referred = {key.target_fullname for column in reflected.columns for key in column.foreign_keys}
    assert "marts.dim_sources.source_id" in referred
    assert reflected.primary_key.columns.keys()
    assert reflected.comment
    assert reflected.columns["amount_usd"].comment
    with engine.connect() as connection:
        assert_answered("SQLAlchemy", sqlalchemy.__version__, connection.execute(sqlalchemy.text(QUESTION)).tuples())
    engine.dispose()


def test_odbc_answers_through_psqlodbc(copy: Copy) -> None:
    pyodbc = pytest.importorskip("pyodbc", reason="pyodbc needs libodbc: apt-get install unixodbc")
    if "PostgreSQL Unicode" not in pyodbc.drivers():
        pytest.skip("psqlODBC is not here: apt-get install odbc-postgresql")
    settings = f"SERVER=127.0.0.1;PORT={copy.port};DATABASE=trade;UID={READER};PWD={PASSWORD}"
    with pyodbc.connect(f"DRIVER={{PostgreSQL Unicode}};{settings}") as connection:
        names = [row.table_name for row in connection.cursor().tables(schema="metrics", tableType="TABLE")]
        assert "metric_pledge_burdens" in names
        version = f"{pyodbc.version}, psqlODBC {connection.getinfo(pyodbc.SQL_DRIVER_VER)}"
        assert_answered("pyodbc", version, connection.execute(QUESTION).fetchall())


def test_jdbc_answers_through_pgjdbc(copy: Copy, tmp_path: Path) -> None:
    needs("java", "default-jdk-headless")
    driver = "/usr/share/java/postgresql.jar"
    needs(driver, "libpostgresql-jdbc-java")
    program = tmp_path / "Question.java"
    program.write_text(JAVA)
    address = f"jdbc:postgresql://127.0.0.1:{copy.port}/trade"
    run = subprocess.run(
        ["java", "-cp", driver, str(program), address, READER, PASSWORD, QUESTION], capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    version, *rows = run.stdout.splitlines()
    assert_answered("pgJDBC", version, [row.split(",") for row in rows])


def test_adbc_answers_from_postgresql(copy: Copy) -> None:
    dbapi = pytest.importorskip("adbc_driver_postgresql.dbapi")
    import adbc_driver_postgresql

    with dbapi.connect(copy.dsn) as connection, connection.cursor() as cursor:
        cursor.execute(QUESTION)
        assert_answered("ADBC for PostgreSQL", adbc_driver_postgresql.__version__, cursor.fetchall())


def test_adbc_answers_from_the_file(warehouse: Warehouse) -> None:
    dbapi = pytest.importorskip("adbc_driver_duckdb.dbapi", reason="comes with duckdb and the ADBC driver manager")
    # a file opened by its name is opened for writing
    with dbapi.connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"attach '{warehouse.database}' as trade (read_only)")
        cursor.execute("use trade")
        cursor.execute(QUESTION)
        assert_answered("ADBC for DuckDB", duckdb.__version__, cursor.fetchall())


def test_polars_answers_from_postgresql_without_pandas(copy: Copy) -> None:
    frame = polars.read_database_uri(QUESTION, copy.dsn, engine="adbc")
    assert_answered("Polars from PostgreSQL", polars.__version__, frame.rows())


def test_polars_answers_from_the_file_without_pandas(warehouse: Warehouse) -> None:
    with duckdb.connect(str(warehouse.database), read_only=True) as connection:
        assert_answered("Polars from the file", polars.__version__, polars.read_database(QUESTION, connection).rows())


def test_duckdb_sqlalchemy_reflects_and_answers_from_the_file(warehouse: Warehouse) -> None:
    import duckdb_sqlalchemy
    import sqlalchemy

    engine = sqlalchemy.create_engine(f"duckdb:///{warehouse.database}", connect_args={"read_only": True})
    assert "metric_pledge_burdens" in sqlalchemy.inspect(engine).get_table_names(schema="metrics")
    with engine.connect() as connection:
        rows = connection.execute(sqlalchemy.text(QUESTION)).tuples().all()
    assert_answered("duckdb-sqlalchemy", duckdb_sqlalchemy.__version__, rows)
    engine.dispose()


def test_none_of_them_needs_pandas() -> None:
    assert importlib.util.find_spec("pandas") is None
