"""That no more is delivered than was pledged is a rule with rows to judge, and it turns red.

Belongs here: dbt's own test, run on a copy of the warehouse with a fault planted. Does not belong here: how delivery is
worked out (dbt's unit tests).
"""

import shutil
from pathlib import Path

import duckdb
import pytest

from tests.conftest import Warehouse

RULE = "no_more_is_delivered_than_was_pledged"
PAID = "metrics.metric_pledge_delivery set disbursed_usd = 2000000000, disbursed_share_pct = 200"


@pytest.mark.parametrize(
    ("planted", "broken"),
    [
        ("", []),
        (f"update {PAID} where pledge_id = 'aus-submarines-first'", ["aus-submarines-first"]),
        (f"update {PAID}, allocated_usd = 1e9 where pledge_id = 'aus-submarines-first'", ["aus-submarines-first"]),
        # a pledge on which sources are recorded as disagreeing is not judged
        (f"update {PAID} where pledge_id = 'jpn-investment'", []),
    ],
    ids=["as published", "more paid than pledged", "more paid than assigned", "disputed"],
)
def test_more_paid_than_was_pledged_is_seen(warehouse: Warehouse, tmp_path: Path, planted: str, broken: list) -> None:
    compiled = warehouse.data / "dbt" / "target" / "compiled" / "trade_deals" / "tests" / f"{RULE}.sql"
    # the relations of compiled SQL are those of a file of this name
    copy = tmp_path / "warehouse.duckdb"
    shutil.copyfile(warehouse.database, copy)
    with duckdb.connect(str(copy)) as connection:
        if planted:
            connection.execute(planted)
        found = connection.execute(compiled.read_text(encoding="utf-8")).fetchall()
    assert sorted({row[0] for row in found}) == broken


def test_the_rule_has_pledges_to_judge(connection) -> None:
    """Those of which something is reported as assigned or paid, and on which no sources disagree."""
    judged = connection.sql(
        """
        select distinct pledge_id
        from metrics.metric_pledge_delivery
        where coalesce(allocated_usd, disbursed_usd) is not null
            and pledge_id not in (
                select pledge_id from marts.fct_pledges inner join disputed using (assertion_id)
                union
                select pledge_id from marts.fct_pledge_progress inner join disputed using (assertion_id)
            )
        """.replace(
            "disputed",
            "(select unnest([assertion_a_id, assertion_b_id]) as assertion_id from marts.fct_source_disagreements)",
        )
    ).fetchall()
    assert ("aus-submarines-first",) in judged
