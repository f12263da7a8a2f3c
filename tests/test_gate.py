"""The gate: what a build lost or moved without news is named; real news, and a day that was foreseen, pass."""

import datetime as dt
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from dagster_project.release.build import describe_tables
from dagster_project.release.gate import HEADLINES_CHECK, ROWS_CHECK, surprises
from dagster_project.settings import Settings
from tests.conftest import Warehouse


def news(where: str, table: str = "tariff_rates", cells: str = "'news' as assertion_id") -> str:
    """A row of the log again, under another name: news of whom it is about, whatever it says."""
    return f"insert into raw.{table} select * replace ({cells}) from raw.{table} where {where} limit 1"


Altered = Callable[..., dict[str, list[str]]]
CARS = "partner_iso3 = 'KOR' and scope_id = 'passenger-cars'"
NEWS = news(CARS)
JUMP = (
    f"update metrics.metric_total_rates set total_rate_pct = total_rate_pct * 10 where {CARS} and total_rate_pct = 15"
)
NEXT_DAY = "update meta.build set as_of_date = as_of_date + 1"


@pytest.fixture
def altered(warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Altered:
    """What the gate says of a copy of the warehouse in which these statements ran."""
    monkeypatch.setenv("WAREHOUSE_DATA_DIR", str(tmp_path))

    def found(*statements: str) -> dict[str, list[str]]:
        settings = replace(Settings.from_env(), data=tmp_path)
        settings.building.mkdir()
        shutil.copyfile(warehouse.database, settings.build_database)
        with duckdb.connect(str(settings.build_database)) as connection:
            for statement in statements:
                assert connection.execute(statement).fetchall() != [(0,)], f"nothing altered: {statement}"
        describe_tables(settings)
        return surprises(warehouse.database, settings.build_database)

    return found


def test_nothing_changed_is_no_surprise(altered: Altered) -> None:
    assert altered() == {ROWS_CHECK: [], HEADLINES_CHECK: []}


def test_every_emptied_table_is_named(altered: Altered, connection) -> None:
    tables = connection.execute(
        """
        select table_schema, table_name, row_count from meta.tables
        where table_name like 'metric_%' or table_name like 'fct_%' order by all
        """
    ).fetchall()
    # metrics first: a row that another refers to cannot be deleted
    found = altered(*(f"delete from {schema}.{name}" for schema, name, _ in tables[::-1]))
    assert found[ROWS_CHECK] == [
        f"{schema}.{name} lost {rows:,} of {rows:,} rows, and no retraction or ending says why"
        for schema, name, rows in tables
    ]


@pytest.mark.parametrize(("lost", "is_held"), [(6, False), (7, True)])
def test_a_twentieth_may_go_and_no_more(altered: Altered, connection, lost: int, is_held: bool) -> None:
    rows = connection.sql("select count(*) from marts.fct_concessions").fetchall()[0][0]
    assert rows == 120
    first = f"(select assertion_id from marts.fct_concessions limit {lost})"
    said = f"marts.fct_concessions lost {lost} of 120 rows, and no retraction or ending says why"
    assert altered(f"delete from marts.fct_concessions where assertion_id in {first}")[ROWS_CHECK] == (
        [said] if is_held else []
    )


BURDENS = "delete from metrics.metric_pledge_burdens where partner_iso3 = 'JPN'"


def retraction(partner: str) -> str:
    cells = "assertion_id || '-withdrawn' as assertion_id, 'retract' as action, assertion_id as corrects"
    return news(f"partner_iso3 = '{partner}'", "pledges", cells)


def test_rows_of_a_partner_of_whom_something_was_retracted_may_go(altered: Altered) -> None:
    assert altered(BURDENS, retraction("JPN"))[ROWS_CHECK] == []


def test_rows_of_another_partner_may_not(altered: Altered) -> None:
    (said,) = altered(BURDENS, retraction("KOR"))[ROWS_CHECK]
    assert said.startswith("metrics.metric_pledge_burdens lost ")


def test_a_table_that_is_gone_has_lost_all_its_rows(altered: Altered) -> None:
    assert altered("drop table metrics.metric_pledge_schedules")[ROWS_CHECK] == [
        "metrics.metric_pledge_schedules lost 10 of 10 rows, and no retraction or ending says why"
    ]


def test_dates_that_have_passed_on_the_builds_day_may_go(altered: Altered, connection) -> None:
    far = "date '2027-12-31'"
    passed = f"due_date <= {far}"
    rows = connection.sql(
        f"select count(*) filter (where {passed}), count(*) from metrics.metric_upcoming_dates"
    ).fetchall()
    assert rows[0][0] > 0.05 * rows[0][1]
    gone = f"delete from metrics.metric_upcoming_dates where {passed}"
    assert altered(gone, f"update meta.build set as_of_date = {far}")[ROWS_CHECK] == []


def test_dates_still_ahead_may_not(altered: Altered) -> None:
    (said,) = altered("delete from metrics.metric_upcoming_dates where due_date <= date '2027-12-31'")[ROWS_CHECK]
    assert said.startswith("metrics.metric_upcoming_dates lost ")


# --- headlines


def test_a_rate_that_moved_without_news_of_its_partner_is_named(altered: Altered) -> None:
    assert altered(JUMP.replace("* 10", "+ 1"))[HEADLINES_CHECK] == [
        "KOR passenger-cars: 15 % → 16 %, and no input of its partner or programme changed"
    ]


def test_news_of_the_partner_explains_a_move(altered: Altered) -> None:
    assert altered(JUMP.replace("* 10", "+ 1"), NEWS) == {ROWS_CHECK: [], HEADLINES_CHECK: []}


def test_news_of_another_partner_does_not(altered: Altered) -> None:
    found = altered(JUMP.replace("* 10", "+ 1"), news("partner_iso3 = 'JPN'"))
    assert found[HEADLINES_CHECK] == [
        "KOR passenger-cars: 15 % → 16 %, and no input of its partner or programme changed"
    ]


def test_a_jump_is_held_back_even_with_news(altered: Altered) -> None:
    assert altered(JUMP, NEWS)[HEADLINES_CHECK] == ["KOR passenger-cars: 15 % → 150 %, more than a factor of two"]


@pytest.mark.parametrize(
    ("factor", "is_held"), [("2", False), ("2.01", True), ("0.5", False), ("0.49", True), ("0", True)]
)
def test_twice_and_half_pass_with_news_and_no_more(altered: Altered, factor: str, is_held: bool) -> None:
    assert bool(altered(JUMP.replace("* 10", f"* {factor}"), NEWS)[HEADLINES_CHECK]) is is_held


@pytest.mark.parametrize(
    ("about", "explains"),
    [
        ("partner_iso3 = 'ALL' and programme_id = 's232-autos'", True),
        ("partner_iso3 = 'ALL' and programme_id = 's232-steel'", False),
    ],
)
def test_news_for_all_explains_what_its_programme_is_part_of(altered: Altered, about: str, explains: bool) -> None:
    assert (altered(JUMP.replace("* 10", "+ 1"), news(about))[HEADLINES_CHECK] == []) is explains


def test_news_of_a_bloc_is_news_of_its_members(altered: Altered) -> None:
    moved = "update metrics.metric_total_rates set total_rate_pct = total_rate_pct * 1.1 where partner_iso3 = 'DEU'"
    assert altered(moved, news("partner_iso3 = 'EUU'"))[HEADLINES_CHECK] == []


def test_an_ending_is_news_of_the_programmes_of_its_authority(altered: Altered) -> None:
    cells = "'news' as assertion_id, 'S232' as authority, 'ALL' as partner_iso3"
    ending = news("true", "measure_endings", cells)
    assert altered(JUMP.replace("* 10", "+ 1"), ending)[HEADLINES_CHECK] == []


def test_a_deleted_assertion_is_a_change_of_input_too(altered: Altered) -> None:
    gone = "delete from raw.tariff_rates where assertion_id = 'kor-passenger-cars-s232-floor'"
    assert altered(JUMP.replace("* 10", "+ 1"), gone)[HEADLINES_CHECK] == []


def test_a_rate_that_moves_because_its_foreseen_day_came_is_no_surprise(altered: Altered, connection) -> None:
    """From some later day on the release itself has other rates, which a build of that day confirms."""
    ((day, moved),) = connection.sql(
        """
        select valid_from, count(*) from metrics.metric_total_rates
        where valid_from > known_on and total_rate_pct is not null group by all order by valid_from limit 1
        """
    ).fetchall()
    assert moved > 0
    assert isinstance(day, dt.date)
    assert altered(f"update meta.build set as_of_date = date '{day}'")[HEADLINES_CHECK] == []


def test_an_earlier_day_is_held_back(altered: Altered) -> None:
    assert altered(NEXT_DAY.replace("+ 1", "- 1"))[HEADLINES_CHECK] == [
        "the build is of 2026-11-22, the current release of a later day, 2026-11-23"
    ]


@pytest.mark.parametrize("statements", [(), (NEXT_DAY,)], ids=["same day", "a day later"])
def test_a_sum_of_a_scorecard_that_moved_without_news_is_named(altered: Altered, statements: tuple[str, ...]) -> None:
    """On a later day the release before is asked what it would say of that day."""
    moved = "update metrics.metric_deal_scorecards set largest_pledge_usd = 551e9 where deal_id = 'us-japan-2025'"
    assert altered(moved, *statements)[HEADLINES_CHECK] == [
        "us-japan-2025, largest pledge: $550 bn → $551 bn, and no input of its partner or programme changed"
    ]


def test_progress_on_a_pledge_is_news_of_its_partner(altered: Altered) -> None:
    moved = "update metrics.metric_deal_scorecards set allocated_usd = 1 where deal_id = 'us-japan-2025'"
    progress = news("pledge_id = 'jpn-investment'", "pledge_progress")
    assert altered(moved.replace("= 1", "= allocated_usd * 1.1"), progress)[HEADLINES_CHECK] == []


def test_changed_models_are_named_beside_what_moved(altered: Altered) -> None:
    moved = JUMP.replace("* 10", "+ 1")
    assert altered(moved, "update meta.build set dbt_hash = 'other'")[HEADLINES_CHECK][1:] == [
        "models or programs changed, which may be why"
    ]


def test_a_build_that_cannot_be_compared_is_held_back(altered: Altered) -> None:
    (said,) = altered("alter table metrics.metric_total_rates rename column rate_parts to parts")[HEADLINES_CHECK]
    assert said.startswith("cannot be compared with the release before: Binder Error")
