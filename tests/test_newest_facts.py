"""How new the facts are stands in the release, by partner and topic."""

import csv
import datetime as dt

from dagster_project.settings import PROJECT_ROOT
from tests.conftest import AS_OF_DATE


def seed(name: str) -> list[dict[str, str]]:
    with (PROJECT_ROOT / "seeds" / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_every_review_stands_beside_the_newest_fact_of_its_partner_and_topic(connection) -> None:
    shown = {row[:2]: row[2:] for row in connection.sql("from meta.freshness").fetchall()}
    reviews = seed("reviews")
    for row in reviews:
        _, through, findings = shown[row["partner_iso3"], row["review_topic"]]
        assert (through.isoformat(), findings or "") == (row["reviewed_through"], row["open_findings"])
    assert sum(through is not None for _, through, _ in shown.values()) == len(reviews)


def test_the_newest_rate_of_a_partner_is_that_of_the_seed(connection) -> None:
    newest: dict[str, str] = {}
    for row in seed("tariff_rates"):
        if row["is_preferred"] == "true" and row["known_from"] <= AS_OF_DATE:
            newest[row["partner_iso3"]] = max(newest.get(row["partner_iso3"], ""), row["known_from"])
    shown = connection.sql("select partner_iso3, newest_date from meta.freshness where topic = 'rates'").fetchall()
    assert {code: day for code, day in shown if day} == {c: dt.date.fromisoformat(d) for c, d in newest.items()}
    assert len(newest) > 50


def test_a_step_of_delivery_counts_for_the_partner_that_pledged(connection) -> None:
    pledged = {row["pledge_id"]: row["partner_iso3"] for row in seed("pledges")}
    newest: dict[str, str] = {}
    for row in seed("pledge_progress"):
        if row["is_preferred"] == "true" and row["known_from"] <= AS_OF_DATE:
            partner = pledged[row["pledge_id"]]
            newest[partner] = max(newest.get(partner, ""), row["known_from"])
    shown = connection.sql("select partner_iso3, newest_date from meta.freshness where topic = 'delivery'").fetchall()
    assert {code: day.isoformat() for code, day in shown if day} == newest
    assert newest["JPN"] == "2026-03-19"


def test_each_partner_and_topic_has_one_row_and_every_column_a_comment(connection) -> None:
    assert connection.sql(
        "select count(*) = count(distinct (partner_iso3, topic)) and count(*) > 100 from meta.freshness"
    ).fetchall() == [(True,)]
    assert connection.sql(
        "select count(*) from duckdb_columns() where table_name = 'freshness' and comment is null"
    ).fetchall() == [(0,)]
