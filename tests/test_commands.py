"""`warehouse sql` and `warehouse status`, as a shell sees them."""

import csv
import datetime as dt
import io
import json
from pathlib import Path

from tests.conftest import Warehouse


def test_sql_prints_a_table_with_every_cell_whole_when_it_is_not_a_terminal(warehouse: Warehouse) -> None:
    run = warehouse.run("sql", "select repeat('x', 500) as wide, 7 as number")
    assert run.returncode == 0
    assert "x" * 500 in run.stdout
    assert run.stdout.endswith("1 row\n")


def test_sql_reads_the_query_from_stdin(warehouse: Warehouse) -> None:
    for arguments in (["sql", "-f", "csv"], ["sql", "-f", "csv", "-"]):
        run = warehouse.run(*arguments, input="select 1 as a, null as b, 'x,y' as c")
        assert (run.returncode, run.stdout, run.stderr) == (0, 'a,b,c\n1,,"x,y"\n', "")


def test_sql_finds_public_tables_by_their_bare_names_and_the_macros(warehouse: Warehouse) -> None:
    run = warehouse.run("sql", "--format", "csv", "select build_id from meta.build")
    assert (run.returncode, run.stderr) == (0, "")
    assert list(csv.reader(io.StringIO(run.stdout))) == [["build_id"], [warehouse.manifest["build_id"]]]
    counts = warehouse.run(
        "sql", "-f", "json",
        "select (select count(*) from dim_partners) as partners, (select count(*) from metric_total_rates) as totals,"
        " (select count(*) from tariff_rates_as_of(date '2025-12-05', date '2025-12-05')) as as_of",
    )  # fmt: skip
    assert (counts.returncode, counts.stderr) == (0, "")
    rows = {table["name"]: table["rows"] for table in warehouse.manifest["tables"]}
    (row,) = json.loads(counts.stdout)
    assert (row["partners"], row["totals"]) == (rows["dim_partners"], rows["metric_total_rates"])
    assert row["as_of"] > 0


def test_sql_json_keeps_numbers_days_and_nulls(warehouse: Warehouse) -> None:
    query = "select 15.50::decimal(9,2) as rate, date '2025-08-01' as day, null as nothing, [1, 2] as list, true as yes"
    run = warehouse.run("sql", "-f", "json", query)
    assert (run.returncode, run.stderr) == (0, "")
    assert json.loads(run.stdout) == [{"rate": 15.5, "day": "2025-08-01", "nothing": None, "list": [1, 2], "yes": True}]


def test_an_error_in_the_query_is_one_line_and_exit_1(warehouse: Warehouse) -> None:
    for query in ("select 1 +", "from no_such_table", "select 'x'::int"):
        run = warehouse.run("sql", query)
        assert (run.returncode, run.stdout, len(run.stderr.splitlines())) == (1, "", 1)


def test_sql_cannot_write_to_the_release(warehouse: Warehouse) -> None:
    run = warehouse.run("sql", "create table marts.mine (a int)")
    assert run.returncode == 1
    assert "read-only" in run.stderr


def test_an_unknown_format_is_wrong_usage(warehouse: Warehouse) -> None:
    assert warehouse.run("sql", "--format", "xml", "select 1").returncode == 2


def test_without_a_release_the_remedy_is_named(tmp_path: Path) -> None:
    run = Warehouse(tmp_path / "data").run("sql", "select 1")
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr == f"No release in {tmp_path / 'data'} yet. Build one with `warehouse refresh`.\n"


def test_status_of_a_fresh_release(warehouse: Warehouse) -> None:
    run = warehouse.run("status", "--json")
    assert (run.returncode, run.stderr) == (0, "")
    state = json.loads(run.stdout)
    assert state["release"] == warehouse.manifest["build_id"]
    assert state["as_of_date"] == warehouse.manifest["as_of_date"]
    assert state["last_failure"] is None
    assert 0 <= state["age_seconds"] < 3600
    # half past six in the morning where the schedule's clock stands, and within a day
    due = dt.datetime.fromisoformat(state["next_run"])
    assert (due.hour, due.minute) == (6, 30)
    assert due - dt.datetime.now(dt.UTC) <= dt.timedelta(hours=25)


def test_status_before_the_first_release_says_what_to_do(tmp_path: Path) -> None:
    run = Warehouse(tmp_path / "data").run("status")
    assert run.returncode == 0
    assert "none yet: `warehouse refresh`" in run.stdout
