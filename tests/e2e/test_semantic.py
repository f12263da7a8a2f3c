"""`mf query` on the published file gives the numbers of the metric tables.

MetricFlow lives in an environment of its own, which `make` builds from its lock; it reads a copy of the dbt project, so
that its artifacts do not fall into the repository.
"""

import csv
import math
import os
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from dagster_project.settings import PROJECT_ROOT
from tests.conftest import Warehouse

pytestmark = pytest.mark.e2e
ENVIRONMENT = PROJECT_ROOT / ".venv-semantic"
TODAY = "valid_from <= known_on and known_on < valid_to"

# metrics, what they are grouped by, and the same question to the metric tables: keys first, then numbers
QUESTIONS = {
    "pledges by deal and type": (
        ["investment_cash_usd", "investment_financed_usd", "investment_private_usd", "investment_mixed_usd",
         "credit_guarantee_usd", "economic_exchange_usd", "purchase_usd", "purchase_usd_per_year"],
        ["deal"],
        """
        select deal_id, investment_cash_usd, investment_financed_usd, investment_private_usd, investment_mixed_usd,
               credit_guarantee_usd, economic_exchange_usd, purchase_usd, purchase_usd_per_year
        from metrics.metric_deal_scorecards
        """,
    ),
    "pledges by partner": (
        ["investment_private_usd", "purchase_usd"],
        ["partner__partner_name"],
        """
        select partner_name, sum(investment_private_usd), sum(purchase_usd)
        from metrics.metric_deal_scorecards join marts.dim_partners using (partner_iso3) group by partner_name
        """,
    ),
    "share of GDP by pledge": (
        ["share_of_gdp_pct"],
        ["pledge"],
        """
        select pledge_id, max(share_of_gdp_pct) from metrics.metric_pledge_burdens where is_headline
        group by pledge_id
        """,
    ),
    "share of GDP of the largest pledge, by partner": (
        ["largest_share_of_gdp_pct"],
        ["partner"],
        # the scorecards' own, and Liechtenstein's part of the Swiss deal, which has no scorecard
        """
        select partner_iso3, max(share_of_gdp_pct) from metrics.metric_deal_scorecards
        where share_of_gdp_pct is not null group by partner_iso3
        union all
        select partner_iso3, share_of_gdp_pct from metrics.metric_pledge_burdens
        where partner_iso3 = 'LIE' and is_headline and share_of_gdp_pct is not null
        """,
    ),
    "plain average rate": (
        ["average_total_rate_pct"],
        ["partner"],
        f"""
        select partner_iso3, avg(total_rate_pct)
        from metrics.metric_total_rates join marts.dim_partners using (partner_iso3)
        where {TODAY} and not is_bloc and quota_tier <> 'in_quota' group by partner_iso3
        """,
    ),
    "weighted average rate and saving": (
        ["weighted_total_rate_pct", "saving_usd_per_year"],
        ["partner"],
        """
        select
            partner_iso3,
            sum(imports_usd * total_rate_pct) / sum(imports_usd) filter (total_rate_pct is not null),
            sum(saving_usd_per_year),
        from metrics.metric_duty_savings group by partner_iso3
        """,
    ),
    "largest cut by partner and scope": (
        ["largest_cut_pp"],
        ["partner", "scope"],
        """
        select partner_iso3, scope_id, max(cut_pp) from metrics.metric_tariff_cuts where not is_future
        group by partner_iso3, scope_id
        """,
    ),
    "delivery by deal": (
        ["allocated_usd", "disbursed_usd", "allocated_share", "disbursed_share"],
        ["deal"],
        """
        select deal_id, allocated_usd, disbursed_usd, allocated_usd / largest_pledge_usd,
               case when allocated_usd is not null then disbursed_usd / largest_pledge_usd end
        from metrics.metric_deal_scorecards
        """,
    ),
}  # fmt: skip

Answer = dict[tuple[str, ...], list[float]]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, warehouse: Warehouse) -> Path:
    """A copy of the dbt project, parsed for the published file."""
    subprocess.run(["make", "--silent", ".venv-semantic/.ready"], cwd=PROJECT_ROOT, check=True)
    copy = tmp_path_factory.mktemp("semantic") / "dbt"
    shutil.copytree(PROJECT_ROOT / "dbt", copy, ignore=shutil.ignore_patterns("target", "logs"))
    run(copy, warehouse, "dbt", "--quiet", "parse", "--profiles-dir", ".")
    return copy


def run(project: Path, warehouse: Warehouse, program: str, *arguments: str) -> None:
    published = {"DBT_TARGET": "published", "WAREHOUSE_PUBLISHED_DB": str(warehouse.database)}
    done = subprocess.run(
        [str(ENVIRONMENT / "bin" / program), *arguments],
        cwd=project,
        env=os.environ | published,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def number(value: str | Decimal | float | None) -> float:
    """Nothing, an empty cell in MetricFlow's CSV, is not zero."""
    return math.nan if value is None or value == "" else float(value)


def query(project: Path, warehouse: Warehouse, metrics: list[str], groups: list[str], answer: Path) -> Answer:
    run(
        project, warehouse, "mf", "query",
        "--metrics", ",".join(metrics), "--group-by", ",".join(groups), "--csv", str(answer),
    )  # fmt: skip
    with answer.open(newline="", encoding="utf-8") as text:
        rows = list(csv.DictReader(text))
    return {tuple(row[group] for group in groups): [number(row[metric]) for metric in metrics] for row in rows}


@pytest.mark.parametrize("question", QUESTIONS)
def test_metricflow_answers_as_the_metric_tables_do(
    question: str,
    project: Path,
    warehouse: Warehouse,
    connection: duckdb.DuckDBPyConnection,
    tmp_path: Path,
) -> None:
    metrics, groups, statement = QUESTIONS[question]
    expected: Answer = {
        row[: len(groups)]: [number(value) for value in row[len(groups) :]]
        for row in connection.execute(statement).fetchall()
    }

    answered = query(project, warehouse, metrics, groups, tmp_path / "answer.csv")

    assert any(value > 0 for values in expected.values() for value in values)
    assert answered.keys() == expected.keys()
    for key, values in expected.items():
        assert answered[key] == pytest.approx(values, rel=1e-9, nan_ok=True), key


def test_every_semantic_model_stands_up_to_the_published_file(project: Path, warehouse: Warehouse) -> None:
    before = warehouse.database.stat()

    run(project, warehouse, "mf", "validate-configs")

    after = warehouse.database.stat()
    assert (after.st_mtime_ns, after.st_size) == (before.st_mtime_ns, before.st_size)
