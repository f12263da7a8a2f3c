"""What differs between two releases: rows that came, went or changed, by the key of their table.

Belongs here: which tables are compared by which key, and the comparison. Does not belong here: how a difference is put
into words (`difference_words.py`). Facts are compared in `raw`, the log as it was typed: a corrected or retracted row
is in no public table of facts, but its coming is news.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

Row = dict[str, Any]


@dataclass(frozen=True)
class Grain:
    """What identifies a row: `key`. `where` keeps the rows that are news, `says` their columns, all where it is empty.

    `ends` marks a timeline: the key's last column starts an interval and `ends` closes it.
    """

    key: tuple[str, ...]
    where: str = "true"
    ends: str | None = None
    says: tuple[str, ...] = ()


# tables of facts that are no log; those of the log are known by their column assertion_id
DIMENSIONS = {
    "sources": Grain(("source_id",)),
    "providers": Grain(("provider",)),
    "partners": Grain(("partner_iso3",)),
    "partner_members": Grain(("bloc_iso3", "partner_iso3")),
    "officials": Grain(("official_id", "role")),
    "product_scopes": Grain(("scope_id",)),
    "programmes": Grain(("programme_id",)),
    "instruments": Grain(("instrument_id",)),
    "deals": Grain(("deal_id",)),
    "disagreements": Grain(("disagreement_id",)),
    "migrations": Grain(("migration_id",)),
    "reviews": Grain(("partner_iso3", "review_topic")),
}
TOTAL_PARTS = ("base_rate_pct", "additional_rate_pct", "floor_rate_pct", "ceiling_rate_pct", "stated_total_pct")
METRICS = {
    "metric_total_rates": Grain(
        ("partner_iso3", "scope_id", "quota_tier", "valid_from"),
        ends="valid_to",
        # how a known total comes about is no news
        says=("total_rate_pct", *(f"if(total_rate_pct is null, {part}, null) as {part}" for part in TOTAL_PARTS)),
    ),
    "metric_competitor_gaps": Grain(
        ("partner_iso3", "rival_iso3", "scope_id", "valid_on"),
        # the rival's own row says the same with the other sign
        where="partner_iso3 < rival_iso3",
        ends="valid_to",
        says=("own_rate_pct", "rival_rate_pct", "gap_pp"),
    ),
    # a step's number moves when an earlier step comes in; its day does not
    "metric_tariff_cuts": Grain(
        ("partner_iso3", "scope_id", "quota_tier", "change_date"), says=("rate_before_pct", "rate_after_pct", "cut_pp")
    ),
    "metric_duty_savings": Grain(("partner_iso3", "scope_id")),
    "metric_pledge_standings": Grain(
        ("pledge_id",),
        says=("partner_iso3", "counts_as", "is_countable", "is_headline_of_deal", "is_headline_of_partner"),
    ),
    "metric_pledge_burdens": Grain(
        ("pledge_id", "burden_indicator"),
        where="is_headline",
        says=(
            "partner_iso3", "share_of_gdp_pct", "per_capita_usd", "share_of_reserves_pct", "exports_to_us_years",
            "denominator_provider", "denominator_period",
        ),
    ),
    "metric_pledge_delivery": Grain(("pledge_id",), where="is_latest"),
    "metric_pledge_schedules": Grain(("pledge_id", "year")),
    "metric_claim_checks": Grain(("claim_id", "reading_id")),
    "metric_deal_scorecards": Grain(("deal_id",)),
    "metric_upcoming_dates": Grain(("due_date", "due_type", "thing_id", "due_summary")),
}  # fmt: skip
ATTACHED = ("first", "second")
# what moves without news: the line in the file, the day that "today" was
NOT_NEWS = {"line", "known_on"}


@dataclass(frozen=True)
class Difference:
    """One row that differs: `before` as the first release has it, `after` as the second; None where it has none."""

    schema: str
    table: str
    key: Row
    before: Row | None
    after: Row | None


@dataclass(frozen=True)
class OtherTable:
    """A table whose rows are not compared one by one, or whose columns changed, and what can be said of it."""

    schema: str
    table: str
    note: str


def attach(first: Path, second: Path) -> duckdb.DuckDBPyConnection:
    """One connection that reads both files, as `first` and `second`."""
    connection = duckdb.connect()
    for name, path in zip(ATTACHED, (first, second), strict=True):
        connection.execute(f"attach '{str(path).replace(chr(39), chr(39) * 2)}' as {name} (read_only)")
    # a file from elsewhere may hold views that read what it should not
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
    return connection


def differences(connection: duckdb.DuckDBPyConnection) -> Iterator[Difference | OtherTable]:
    """Facts first, then metrics, each in the order of its table's key."""
    columns = {name: _columns(connection, name) for name in ATTACHED}
    for schema, table in sorted(
        {*columns["first"], *columns["second"]}, key=lambda names: (names[0] == "metrics", names[1])
    ):
        old, new = columns["first"].get((schema, table)), columns["second"].get((schema, table))
        if old is None or new is None:
            yield OtherTable(schema, table, "new table" if old is None else "table is gone")
            continue
        for column in sorted(set(new) ^ set(old)):
            yield OtherTable(schema, table, f"column {column} is {'new' if column in new else 'gone'}")
        grain = METRICS.get(table) if schema == "metrics" else DIMENSIONS.get(table)
        if schema == "raw" and "assertion_id" in new:
            grain = Grain(("assertion_id",))
        shared = [column for column in new if column in old and column not in NOT_NEWS]
        if grain is None or not set(grain.key) <= set(shared):
            yield from _whole(connection, schema, table)
        elif grain.ends:
            yield from _timeline(connection, schema, table, grain)
        else:
            yield from _rows(connection, schema, table, grain, shared)


def _columns(connection: duckdb.DuckDBPyConnection, release: str) -> dict[tuple[str, str], list[str]]:
    """The columns of each table that is compared. What the door rejected never became a fact."""
    rows = connection.execute(
        """
        select schema_name, table_name, list(column_name order by column_index)
        from duckdb_columns()
        where database_name = $release and schema_name in ('raw', 'metrics') and table_name <> 'rejected_rows'
        group by all
        """,
        {"release": release},
    ).fetchall()
    return {(schema, table): names for schema, table, names in rows}


def _side(release: str, schema: str, table: str, grain: Grain, says: Iterable[str]) -> str:
    """The rows of one release: their key, and what they say as one struct `cells`."""
    key = ", ".join((*grain.key, *([grain.ends] if grain.ends else [])))
    said = f"select {', '.join(says)}, {key} from {release}.{schema}.{table} where {grain.where}"
    cells = ", ".join(f"{name} := {name}" for name in (one.split(" as ")[-1] for one in says))
    return f"(select {key}, struct_pack({cells}) as cells from ({said}))"


def _rows(
    connection: duckdb.DuckDBPyConnection, schema: str, table: str, grain: Grain, shared: list[str]
) -> Iterator[Difference]:
    first, second = (_side(release, schema, table, grain, grain.says or shared) for release in ATTACHED)
    matches = " and ".join(f"old.{column} is not distinct from new.{column}" for column in grain.key)
    key = ", ".join(f"coalesce(new.{column}, old.{column}) as {column}" for column in grain.key)
    found = connection.execute(
        f"select {key}, old.cells, new.cells from {first} as old full join {second} as new on {matches}"
        f" where old.cells is distinct from new.cells order by all"
    ).fetchall()
    for *values, before, after in found:
        yield Difference(schema, table, dict(zip(grain.key, values, strict=True)), before, after)


def _timeline(connection: duckdb.DuckDBPyConnection, schema: str, table: str, grain: Grain) -> Iterator[Difference]:
    """The days on which what holds for a key begins to differ, with what each release says of them."""
    *thing, start = grain.key
    things = ", ".join(thing)
    first, second = (_side(release, schema, table, grain, grain.says) for release in ATTACHED)
    # things whose rows are the same need no comparison day by day (measured: 0.42 to 0.16 s of CPU where none do)
    differing = f"(select distinct {things} from (({first} except {second}) union all ({second} except {first})))"
    first, second = (f"(select * from {side} semi join {differing} using ({things}))" for side in (first, second))
    covers = " and ".join(
        [f"points.{column} = {{0}}.{column}" for column in thing]
        + [f"{{0}}.{start} <= points.{start}", f"points.{start} < {{0}}.{grain.ends}"]
    )
    points = " union ".join(
        f"select {things}, {column} as {start} from {side}"
        for side in (first, second)
        for column in (start, grain.ends)
    )
    found = connection.execute(
        f"""
        with points as ({points}),
        said as (
            select points.*, old.cells as old_cells, new.cells as new_cells
            from points
            left join {first} as old on {covers.format("old")}
            left join {second} as new on {covers.format("new")}
        ),
        begun as (
            select *, lag(old_cells) over thing is not distinct from old_cells
                and lag(new_cells) over thing is not distinct from new_cells
                and lag({start}) over thing is not null as goes_on
            from said
            window thing as (partition by {things} order by {start})
        )
        select {", ".join(grain.key)}, old_cells, new_cells
        from begun
        where old_cells is distinct from new_cells and not goes_on
        order by {", ".join(grain.key)}
        """
    ).fetchall()
    for *key, before, after in found:
        yield Difference(schema, table, dict(zip(grain.key, key, strict=True)), before, after)


def _whole(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> Iterator[OtherTable]:
    (old, old_hash), (new, new_hash) = (
        connection.execute(
            f"select row_count, content_hash from {name}.meta.tables where table_schema = ? and table_name = ?",
            [schema, table],
        ).fetchall()[0]
        for name in ATTACHED
    )
    if old_hash != new_hash:
        yield OtherTable(schema, table, f"{old:,} → {new:,} rows" if old != new else f"{new:,} rows, other content")
