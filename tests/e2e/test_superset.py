"""Apache Superset on the published file, over its REST API: database, dataset, chart, SQL Lab, and a new release.

Superset lives in an environment of its own, which `make e2e-superset` builds from its lock.
"""

import json
import shutil
from collections.abc import Iterator
from decimal import Decimal
from uuid import uuid4

import pytest

from tests.conftest import Warehouse
from tests.e2e.superset_server import PROGRAMS, SupersetServer

pytestmark = pytest.mark.e2e
# as Superset lists them: the name of the file, then the schema
SCHEMA = "warehouse.metrics"
# what the form asks for under Advanced, Other, Engine Parameters
READ_ONLY = json.dumps({"engine_params": {"connect_args": {"read_only": True}}})
SHARES = {("bank-of-korea", "2024"): Decimal("18.74"), ("world-bank", "2023"): Decimal("20.43")}


@pytest.fixture(scope="module")
def own(warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A warehouse of the module's own, since it publishes a second release."""
    data = tmp_path_factory.mktemp("superset") / "data"
    shutil.copytree(warehouse.data, data, symlinks=True)
    return Warehouse(data)


@pytest.fixture(scope="module")
def superset(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SupersetServer]:
    if not (PROGRAMS / "superset").exists():
        pytest.skip("Superset is not here: `make e2e-superset` installs it and runs this")
    with SupersetServer(tmp_path_factory.mktemp("server")) as started:
        yield started


@pytest.fixture(scope="module")
def database(superset: SupersetServer, own: Warehouse) -> int:
    form = {"database_name": "Trade deals", "sqlalchemy_uri": f"duckdb:///{own.database}", "extra": READ_ONLY}
    return superset.ask("POST", "database/", json=form | {"expose_in_sqllab": True, "allow_dml": True})["id"]


@pytest.fixture(scope="module")
def dataset(superset: SupersetServer, database: int) -> int:
    form = {"database": database, "schema": SCHEMA, "table_name": "metric_pledge_burdens"}
    return superset.ask("POST", "dataset/", json=form)["id"]


def query(superset: SupersetServer, database: int, sql: str) -> list[dict]:
    """What SQL Lab shows for a statement."""
    form = {"database_id": database, "sql": sql, "client_id": uuid4().hex[:11], "runAsync": False}
    return superset.ask("POST", "sqllab/execute/", json=form)["data"]


def test_the_file_is_registered_and_its_schemas_and_tables_are_listed(superset: SupersetServer, database: int) -> None:
    schemas = superset.ask("GET", f"database/{database}/schemas/")["result"]
    assert {"warehouse.marts", "warehouse.metrics", "warehouse.meta"} <= set(schemas)
    tables = superset.ask("GET", f"database/{database}/tables/", params={"q": f"(schema_name:{SCHEMA})"})["result"]
    assert "metric_pledge_burdens" in {table["value"] for table in tables}


def test_a_dataset_has_every_column_with_the_comment_of_the_file(
    superset: SupersetServer, dataset: int, connection
) -> None:
    columns = superset.ask("GET", f"dataset/{dataset}")["result"]["columns"]
    published = connection.execute(
        "select column_name, comment from duckdb_columns() where table_name = 'metric_pledge_burdens'"
    ).fetchall()
    assert {column["column_name"]: column["description"] for column in columns} == dict(published)


def test_a_chart_gives_the_published_figures(superset: SupersetServer, dataset: int) -> None:
    grouped = ["denominator_provider", "denominator_period"]
    share = {"expressionType": "SQL", "sqlExpression": "max(round(share_of_gdp_pct, 2))", "label": "share_of_gdp_pct"}
    filters = [
        {"col": "pledge_id", "op": "==", "val": "kor-investment-demand"},
        {"col": "share_of_gdp_pct", "op": "IS NOT NULL"},
    ]
    context = {
        "datasource": {"id": dataset, "type": "table"},
        "queries": [{"columns": grouped, "metrics": [share], "filters": filters, "row_limit": 100}],
        "result_format": "json",
        "result_type": "full",
    }
    looks = {"viz_type": "table", "query_mode": "aggregate", "groupby": grouped, "metrics": [share]}
    chart = superset.ask(
        "POST",
        "chart/",
        json={
            "slice_name": "What was demanded of South Korea, as a share of its GDP",
            "viz_type": "table",
            "datasource_id": dataset,
            "datasource_type": "table",
            "params": json.dumps(looks),
            "query_context": json.dumps(context),
        },
    )["id"]
    rows = superset.ask("GET", f"chart/{chart}/data/")["result"][0]["data"]
    shown = {(row["denominator_provider"], row["denominator_period"]): row["share_of_gdp_pct"] for row in rows}
    print(f"Superset {superset.version}: {', '.join(f'{who} {when} {shown[who, when]} %' for who, when in SHARES)}")
    assert {about: Decimal(str(shown[about])) for about in SHARES} == SHARES


def test_sql_lab_asks_the_macros(superset: SupersetServer, database: int) -> None:
    korean_cars = (
        "select round(total_rate_pct) as paid from total_rates_as_of(date '2025-11-15', date '{}')"
        " where partner_iso3 = 'KOR' and scope_id = 'passenger-cars'"
    )
    answers = [query(superset, database, korean_cars.format(known)) for known in ("2025-11-20", "2025-12-05")]
    assert [[float(row["paid"]) for row in rows] for rows in answers] == [[25.0], [15.0]]


def test_it_can_change_nothing_and_a_new_release_is_seen_without_a_restart(
    superset: SupersetServer, database: int, own: Warehouse
) -> None:
    form = {"database_id": database, "sql": "create table marts.own as select 1 as one", "client_id": uuid4().hex[:11]}
    refused = superset.client.post("/api/v1/sqllab/execute/", json=form)
    assert refused.is_error
    # by the file itself: Superset would let it through
    assert "read-only" in refused.text
    which = "select build_id from meta.build"
    before = query(superset, database, which)
    assert before == [{"build_id": own.manifest["build_id"]}]
    run = own.run("refresh", "--full")
    assert run.returncode == 0, run.stderr
    after = query(superset, database, which)
    assert after == [{"build_id": own.manifest["build_id"]}]
    assert after != before
