"""News between two builds: whom the facts are about that only one of them has.

Belongs here: which rows of `raw` differ, and the partners and programmes that they concern. Does not belong here: what
moves without news (`gate.py`), how a change is told (`difference_words.py`).
"""

from dataclasses import dataclass, field

import duckdb

from dagster_project.release.differences import NOT_NEWS

EVERY_PARTNER = "ALL"
NAMING = ("partner_iso3", "bloc_iso3", "programme_id", "authority", "instrument_id", "pledge_id", "deal_id")


@dataclass
class News:
    """Whom the changed rows of the facts are about."""

    partners: set[str] = field(default_factory=set)
    programmes: set[str] = field(default_factory=set)

    def explains(self, partner: str, programmes: str = "") -> bool:
        """Whether it is about the partner, about all, or about one of the programmes named in a text."""
        is_about = bool({partner, EVERY_PARTNER} & self.partners)
        return is_about or any(programme in programmes.split() for programme in self.programmes)


def news_of(connection: duckdb.DuckDBPyConnection, only_withdrawals: bool = False) -> News:
    """Whom the rows of `raw` are about that only one of the files has; or of those, retractions and endings alone."""
    news = News()
    for table, columns in _changed_tables(connection):
        named = ", ".join(name if name in columns else f"null as {name}" for name in NAMING)
        rows = ", ".join(columns)
        differing = " union all ".join(
            f"(select {rows} from {one}.raw.{table} except all select {rows} from {other}.raw.{table})"
            for one, other in (("second", "first"), ("first", "second"))[: 1 if only_withdrawals else 2]
        )
        withdraws = table == "measure_endings" or "action" in columns
        if only_withdrawals and not withdraws:
            continue
        which = " where action = 'retract'" if only_withdrawals and table != "measure_endings" else ""
        for row in connection.execute(f"select distinct {named} from ({differing}){which}").fetchall():
            _add(connection, news, dict(zip(NAMING, row, strict=True)))
    members = connection.execute("select bloc_iso3, partner_iso3 from second.raw.partner_members").fetchall()
    news.partners |= {member for bloc, member in members if bloc in news.partners}
    return news


def _add(connection: duckdb.DuckDBPyConnection, news: News, row: dict[str, str | None]) -> None:
    """Add whom one changed row is about. News for all about a programme is news of that programme alone."""
    programmes = connection.execute(
        """
        select programme_id from second.raw.programmes where programme_id = $programme_id or authority = $authority
        union
        select programme_id from second.raw.tariff_rates where instrument_id = $instrument_id and $programme_id is null
        """,
        {name: row[name] for name in ("programme_id", "authority", "instrument_id")},
    ).fetchall()
    of_all = row["partner_iso3"] in (None, EVERY_PARTNER)
    if of_all and programmes:
        news.programmes |= {programme for (programme,) in programmes}
        return
    owners = connection.execute(
        """
        select partner_iso3 from second.raw.deals where deal_id = $deal_id
        union
        select partner_iso3 from second.raw.pledges where pledge_id = $pledge_id
        """,
        {name: row[name] for name in ("deal_id", "pledge_id")},
    ).fetchall()
    named = {row["partner_iso3"], row["bloc_iso3"], *(owner for (owner,) in owners)}
    news.partners |= {partner for partner in named if partner is not None}


def _changed_tables(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, list[str]]]:
    """The tables of `raw` that do not hold the same, with the columns that both files have."""
    return connection.execute(
        """
        with columns as (
            select table_name, list(column_name order by column_index) as names
            from duckdb_columns()
            where schema_name = 'raw' and database_name = 'second' and column_name not in (select unnest($not_news))
                and (table_name, column_name) in (
                    select (table_name, column_name) from duckdb_columns()
                    where schema_name = 'raw' and database_name = 'first'
                )
            group by table_name
        )
        select table_name, names
        from columns
        inner join first.meta.tables as old using (table_name)
        inner join second.meta.tables as new using (table_name)
        where old.table_schema = 'raw' and new.table_schema = 'raw' and old.content_hash <> new.content_hash
        order by table_name
        """,
        {"not_news": sorted(NOT_NEWS)},
    ).fetchall()
