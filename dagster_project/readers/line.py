"""A code of the tariff schedule on a day, from what was known on a day: its base duties, its lists, what changed when.

Belongs here: the questions about a line and what a code may look like. Does not belong here: what goods pay in all,
printing (`commands/line.py`). A code of fewer than ten digits stands for all lines under it.
"""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

import duckdb

Row = dict[str, Any]
CODE = re.compile(r"^\d{4}(?:\.?\d\d){0,3}$")


class UnknownCode(LookupError):
    """No code, or one that no schedule at hand prints on the day."""


class UnknownDay(LookupError):
    """A day that the release cannot know."""


@dataclass(frozen=True)
class Asked:
    """The code without dots, the day on which the goods enter, and the day of knowledge."""

    code: str
    valid_on: dt.date
    known_on: dt.date


@dataclass(frozen=True)
class Line:
    """What is known of a code: `lines` of ten digits, their `base` duties, the `lists` they are on, `changes`."""

    lines: list[Row]
    base: list[Row]
    lists: list[Row]
    changes: list[Row]


def digits(code: str) -> str:
    """The code without dots. Raises `UnknownCode` for what is none."""
    if not CODE.fullmatch(code):
        raise UnknownCode(f"'{code}' is no code of the schedule; write 4 to 10 digits, such as 8703.23.01 or 8703.23.")
    return code.replace(".", "")


def dotted(code: str) -> str:
    """A code as the schedule prints it: 8703.23.01, and 8703.23.01.60."""
    return ".".join(part for part in (code[:4], code[4:6], code[6:8], code[8:]) if part)


def understood(
    connection: duckdb.DuckDBPyConnection, code: str, valid_on: dt.date | None, known_on: dt.date | None
) -> Asked:
    """What is asked, of what somebody typed. Without a day, the release's. Raises `UnknownCode`, `UnknownDay`."""
    (as_of_date,) = connection.execute("select as_of_date from meta.build").fetchall()[0]
    known = known_on or as_of_date
    if known > as_of_date:
        raise UnknownDay(f"{known} is later than the release, which knows what was known on {as_of_date}.")
    return Asked(digits(code), valid_on or known, known)


def line(connection: duckdb.DuckDBPyConnection, asked: Asked) -> Line:
    """Everything about the code. Raises `UnknownCode` where no line of it was printed on the day."""
    lines = _rows(connection, LINES, asked)
    if not lines:
        raise UnknownCode(_where_else(connection, asked))
    base = _rows(connection, BASE, asked) + _rows(connection, BASE_OF_CHAPTER_99, asked)
    return Line(lines, base, _rows(connection, LISTS, asked), _rows(connection, CHANGES, asked))


HOLDS = """{0}.valid_from <= $valid_on and $valid_on < {0}.valid_to
        and {0}.known_from <= $known_on and $known_on < {0}.known_to"""

LINES = f"""
    select lines.line_code, lines.rate_code, lines.line_text, lines.base_kind, lines.base_rate_pct, lines.general_text,
        lines.special_text, lines.column_2_text, lines.valid_from, lines.valid_to
    from dim_tariff_lines as lines
    where starts_with(lines.line_code, $code) and {HOLDS.format("lines")}
    order by lines.line_code
"""

BASE = f"""
    select base.rate_code, base.base_column, preferences.preference_name, base.base_kind, base.base_rate_pct,
        base.base_text, null as partner_iso3, null as list_id
    from fct_line_base_rates as base
    left join (
        select preference, min(preference_name) as preference_name from dim_preferences group by preference
    ) as preferences on base.base_column = preferences.preference
    where base.rate_code in (
            select lines.rate_code from dim_tariff_lines as lines
            where starts_with(lines.line_code, $code) and {HOLDS.format("lines")}
        )
        and {HOLDS.format("base")}
    order by base.rate_code, base.base_column <> 'general', base.base_column = 'column-2', base.base_column
"""

# what Chapter 99 puts in place of a column: a base duty on a list
BASE_OF_CHAPTER_99 = f"""
    select lines.rate_code, base.preference as base_column, lists.list_name as preference_name,
        'ad_valorem' as base_kind, base.rate_pct as base_rate_pct, states.law_note as base_text, base.partner_iso3,
        lists.list_id
    from fct_base_rates as base
    inner join dim_product_scopes as scopes on base.scope_id = scopes.scope_id
    inner join dim_product_lists as lists on scopes.list_id = lists.list_id and lists.list_role = 'base'
    inner join fct_list_lines as listed on lists.list_id = listed.list_id
    inner join fct_list_versions as states on listed.assertion_id = states.assertion_id
        and states.known_from <= $known_on and $known_on < states.known_to
    inner join dim_tariff_lines as lines on listed.line_code = lines.line_code and {HOLDS.format("lines")}
    where starts_with(listed.line_code, $code) and {HOLDS.format("listed")}
        and coalesce(base.valid_from, date '0001-01-01') <= $valid_on and $valid_on < base.valid_to
        and base.known_from <= $known_on and $known_on < base.known_to
    group by all
    order by lines.rate_code, base.partner_iso3
"""

LISTS = f"""
    select lists.list_id, lists.list_name, lists.list_role, lists.programme_id, listed.condition_id,
        listed.named_article, count(distinct listed.line_code) as line_count,
        list(distinct listed.listed_code order by listed.listed_code) as listed_codes,
        states.law_note, states.valid_from, states.valid_to, facts.known_from, states.source_id,
        sources.title as source, sources.url, states.source_locator, states.confidence, states.assertion_id
    from fct_list_lines as listed
    inner join dim_product_lists as lists on listed.list_id = lists.list_id
    inner join fct_list_versions as states on listed.assertion_id = states.assertion_id
        and coalesce(states.valid_from, date '0001-01-01') <= $valid_on and $valid_on < states.valid_to
        and states.known_from <= $known_on and $known_on < states.known_to
    inner join fct_assertions as facts on states.assertion_id = facts.assertion_id and facts.seed = 'list_versions'
    inner join dim_sources as sources on states.source_id = sources.source_id
    where starts_with(listed.line_code, $code) and {HOLDS.format("listed")}
    group by all
    order by lists.programme_id nulls last, lists.list_id, listed.condition_id nulls first
"""

# a state that only restates another moves nothing: spans that touch are one
CHANGES = """
    with
        spans as (
            select list_id, line_code, valid_from, valid_to
            from fct_list_lines
            where starts_with(line_code, $code) and known_from <= $known_on and $known_on < known_to
        ),
        starts as (
            select *, valid_from > coalesce(
                max(valid_to) over (
                    partition by list_id, line_code order by valid_from rows between unbounded preceding and 1 preceding
                ), date '0001-01-01') as is_start
            from spans
        ),
        runs as (
            select *, count(*) filter (is_start) over (
                partition by list_id, line_code order by valid_from rows between unbounded preceding and current row
            ) as run
            from starts
        ),
        joined as (
            select list_id, line_code, min(valid_from) as valid_from, max(valid_to) as valid_to
            from runs
            group by list_id, line_code, run
        ),
        printed as (
            select line_code, valid_from, valid_to
            from dim_tariff_lines
            where starts_with(line_code, $code) and known_from <= $known_on and $known_on < known_to
        ),
        changes as (
            select valid_from as change_date, 'on' as change, list_id, line_code from joined
            union all
            select valid_to as change_date, 'off' as change, list_id, line_code from joined
            union all
            select printed.valid_from as change_date, 'printed' as change, null as list_id, printed.line_code
            from printed
            where not exists (
                select 1 from printed as before
                where before.line_code = printed.line_code and before.valid_to = printed.valid_from
            )
            union all
            select printed.valid_from as change_date, 'other words in a cell' as change, null as list_id,
                printed.line_code
            from printed
            inner join printed as before
                on printed.line_code = before.line_code and printed.valid_from = before.valid_to
            union all
            select printed.valid_to as change_date, 'no longer printed' as change, null as list_id, printed.line_code
            from printed
            where not exists (
                select 1 from printed as next
                where next.line_code = printed.line_code and next.valid_from = printed.valid_to
            )
        )
    select change_date, change, list_id, count(distinct line_code) as line_count
    from changes
    where change_date > (select min(valid_from) from dim_tariff_lines) and change_date < date '9999-12-31'
        -- a line that comes or goes takes its lists with it
        and (list_id is null or not exists (
            select 1 from changes as of_the_line
            where of_the_line.list_id is null and of_the_line.line_code = changes.line_code
                and of_the_line.change_date = changes.change_date
        ))
    group by all
    order by change_date, list_id nulls first, change
"""


def _where_else(connection: duckdb.DuckDBPyConnection, asked: Asked) -> str:
    """Why there is nothing, and what is near."""
    spans = connection.execute(
        "select min(valid_from), max(valid_to) from dim_tariff_lines"
        " where starts_with(line_code, ?) and known_from <= ? and ? < known_to",
        [asked.code, asked.known_on, asked.known_on],
    ).fetchall()[0]
    code = dotted(asked.code)
    if spans[0] is not None:
        return f"{code} was not printed on {asked.valid_on}, but from {spans[0]} to {spans[1]}."
    for length in (8, 6, 4):
        near = connection.execute(
            "select distinct left(line_code, 8) from dim_tariff_lines where starts_with(line_code, ?)"
            " and known_from <= ? and ? < known_to order by 1 limit 5",
            [asked.code[:length], asked.known_on, asked.known_on],
        ).fetchall()
        if near and len(asked.code) > length:
            there = ", ".join(dotted(one) for (one,) in near)
            return f"No schedule at hand prints {code} by what was known on {asked.known_on}. Near it: {there}."
    return f"No schedule at hand prints {code} by what was known on {asked.known_on}."


def _rows(connection: duckdb.DuckDBPyConnection, sql: str, asked: Asked) -> list[Row]:
    values = {"code": asked.code, "valid_on": asked.valid_on, "known_on": asked.known_on}
    used = {name: value for name, value in values.items() if f"${name}" in sql}
    cursor = connection.execute(sql, used)
    columns = [column[0] for column in cursor.description or []]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
