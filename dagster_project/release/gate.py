"""The gate: what a new build lost or moved that no news explains. Whoever publishes asks here first.

Belongs here: what counts as a surprise. Does not belong here: what counts as news (`news.py`), what happens to a build
that is held back (`shelf.py`), how the run tells of it (`defs/published.py`). Both files are read only; nothing here
knows Dagster.

Two questions, each with sentences for an answer:

- Did a public table lose more than a twentieth of its rows? Rows of partners of whom an assertion was retracted, or for
  whom a measure was ended, may go; so may dates that lie behind the build's day.
- Did a headline move by more than a factor of two, or at all without a changed input of its partner or programme?
  Headlines are what goods pay (each partner, scope and quota tier, on the build's day) and the sums of the deal
  scorecards. What the release before had foreseen for that day has not moved. A change of models or programs is no
  input of a partner.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from dagster_project.release.differences import attach
from dagster_project.release.news import EVERY_PARTNER, News, news_of
from dagster_project.settings import PUBLIC_SCHEMAS
from dagster_project.wording import dollars, percent

ROWS_CHECK, HEADLINES_CHECK = "nothing_public_lost_rows", "no_headline_jumped"
GATE_CHECKS = (ROWS_CHECK, HEADLINES_CHECK)
MOST_LOST = 0.05
MOST_FACTOR = 2
# rows that go without news: dates that have passed on the build's day
PASSED = {"metric_upcoming_dates": "due_date <= $day"}
# where the base is not one figure, the total is not known: the least that is paid stands for it
PAID = "coalesce(total_rate_pct, stated_total_pct, greatest(additional_rate_pct, floor_rate_pct, ceiling_rate_pct))"
SUMS = {
    "largest_pledge_usd": ("largest pledge", dollars),
    "share_of_gdp_pct": ("share of GDP", percent),
    "allocated_usd": ("allocated", dollars),
    "disbursed_usd": ("disbursed", dollars),
}


def surprises(before: Path, build: Path) -> dict[str, list[str]]:
    """What the database `build` lost or moved against the release's database `before`, by the name of the check."""
    try:
        with attach(before, build) as connection:
            first_day, day = (
                connection.execute(f"select as_of_date from {side}.meta.build").fetchall()[0][0]
                for side in ("first", "second")
            )
            lost = list(_lost_rows(connection, day))
            if day < first_day:
                moved = [f"the build is of {day}, the current release of a later day, {first_day}"]
            else:
                moved = [*_moved_rates(connection, day), *_moved_sums(connection, before, day, first_day)]
            if moved and (changed := _changed_programs(connection)):
                moved.append(changed)
    except duckdb.Error as error:
        # another version's columns: somebody has to look
        cannot = f"cannot be compared with the release before: {' '.join(str(error).split())}"
        return {ROWS_CHECK: [], HEADLINES_CHECK: [cannot]}
    return {ROWS_CHECK: lost, HEADLINES_CHECK: moved}


def _lost_rows(connection: duckdb.DuckDBPyConnection, day: Any) -> Iterator[str]:
    counted = connection.execute(
        """
        select old.table_schema, old.table_name, old.row_count, coalesce(new.row_count, 0)
        from first.meta.tables as old
        left join second.meta.tables as new using (table_schema, table_name)
        where old.table_schema in (select unnest($schemas)) and old.row_count * (1 - $most) > coalesce(new.row_count, 0)
        order by all
        """,
        {"schemas": list(PUBLIC_SCHEMAS), "most": MOST_LOST},
    ).fetchall()
    if not counted:
        return
    withdrawn = news_of(connection, only_withdrawals=True)
    for schema, table, old, new in counted:
        kept_out = old if EVERY_PARTNER in withdrawn.partners else 0
        if (passed := PASSED.get(table)) is not None:
            query = f"select count(*) from first.{schema}.{table} where {passed}"
            kept_out = max(kept_out, connection.execute(query, {"day": day}).fetchall()[0][0])
        elif new:
            kept_out = max(kept_out, _lost_by(connection, f"{schema}.{table}", withdrawn.partners))
        if (old - kept_out) * (1 - MOST_LOST) > new or (new == 0 and kept_out < old):
            said = f"{schema}.{table} lost {old - new:,} of {old:,} rows"
            yield f"{said}, and no retraction or ending says why"


def _lost_by(connection: duckdb.DuckDBPyConnection, table: str, partners: set[str]) -> int:
    """How many rows of these partners the new table lacks; none where the table does not name partners."""
    schema, name = table.split(".")
    named = connection.execute(
        "select count(*) from duckdb_columns() where database_name in ('first', 'second') and schema_name = ?"
        " and table_name = ? and column_name = 'partner_iso3'",
        [schema, name],
    ).fetchall()[0][0]
    if named < 2 or not partners:
        return 0
    count = f"(select count(*) from {{}}.{table} where partner_iso3 in (select unnest($partners)))"
    query = f"select greatest({count.format('first')} - {count.format('second')}, 0)"
    return connection.execute(query, {"partners": sorted(partners)}).fetchall()[0][0]


def _moved_rates(connection: duckdb.DuckDBPyConnection, day: Any) -> Iterator[str]:
    """What goods pay on the build's day, by the new build and as the release before foresaw it for that day."""
    on_the_day = f"""
        select partner_iso3, scope_id, quota_tier, {PAID} as paid, coalesce(rate_parts, '') as parts
        from {{}}.metrics.metric_total_rates
        where valid_from <= $day and $day < valid_to
    """
    found = connection.execute(
        f"""
        select partner_iso3, scope_id, quota_tier, old.paid, new.paid, old.parts || ' ' || new.parts
        from ({on_the_day.format("first")}) as old
        inner join ({on_the_day.format("second")}) as new using (partner_iso3, scope_id, quota_tier)
        where old.paid is distinct from new.paid
        order by all
        """,
        {"day": day},
    ).fetchall()
    news = news_of(connection) if found else News()
    for partner, scope, tier, old, new, programmes in found:
        what = f"{partner} {scope}" + ("" if tier == "none" else f" {tier}")
        yield from _surprise(what, old, new, percent, news.explains(partner, programmes))


def _moved_sums(connection: duckdb.DuckDBPyConnection, before: Path, day: Any, first_day: Any) -> Iterator[str]:
    columns = ", ".join(SUMS)
    sides = [
        {deal: (partner, sums) for deal, partner, *sums in connection.execute(
            f"select deal_id, partner_iso3, {columns} from {side}.metrics.metric_deal_scorecards order by deal_id"
        ).fetchall()}
        for side in ("first", "second")
    ]  # fmt: skip
    old, new = sides
    moved = [deal for deal in new if deal in old and new[deal][1] != old[deal][1]]
    if moved and day != first_day:
        # what it would say on the new day costs more than a second: asked only where something moved
        with duckdb.connect(str(before), read_only=True) as release:
            release.execute("set search_path = 'main,metrics,marts'")
            foreseen = release.execute(
                f"select deal_id, partner_iso3, {columns} from deal_scorecards_as_of(?)", [day]
            ).fetchall()
        old = {deal: (partner, sums) for deal, partner, *sums in foreseen}
    news = news_of(connection) if moved else News()
    for deal in moved:
        for (name, wording), was, now in zip(SUMS.values(), old.get(deal, new[deal])[1], new[deal][1], strict=True):
            yield from _surprise(f"{deal}, {name}", was, now, wording, news.explains(new[deal][0]))


def _surprise(what: str, old: Any, new: Any, wording: Any, is_explained: bool) -> Iterator[str]:
    if old == new:
        return
    moved = f"{what}: {wording(old) or 'not known'} → {wording(new) or 'not known'}"
    if not is_explained:
        yield f"{moved}, and no input of its partner or programme changed"
    elif old is not None and new is not None and max(old, new) > MOST_FACTOR * min(old, new):
        yield f"{moved}, more than a factor of two"


def _changed_programs(connection: duckdb.DuckDBPyConnection) -> str | None:
    (old,), (new,) = (
        connection.execute(f"select dbt_hash || code_hash || lock_hash from {side}.meta.build").fetchall()[0]
        for side in ("first", "second")
    )
    return "models or programs changed, which may be why" if old != new else None
