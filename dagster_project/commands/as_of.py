"""`warehouse as-of`: the state of a partner, a deal or the world on a day, from what was known then.

Belongs here: the command's arguments and how each section reads on a terminal. Does not belong here: the questions
themselves (`state.py`).
"""

import datetime as dt
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from dagster_project.commands.completion import complete_deal, complete_partner
from dagster_project.commands.console import WRONG_USAGE, as_json, load_settings, stop
from dagster_project.commands.reading import open_release
from dagster_project.commands.tables import (
    Format,
    markdown,
    opened,
    plain_value,
    show,
    table,
    write_csv,
    write_parquet,
)
from dagster_project.readers.state import Asked, Row, Section, UnknownSubject, state, understood
from dagster_project.release.build import release_manifest
from dagster_project.wording import dollars, number, paid, percent, pledged, rate, until


def as_of(
    date: Annotated[
        str | None,
        typer.Argument(metavar="DATE", help="The day on which it was known, YYYY-MM-DD. Else the release's."),
    ] = None,
    valid: Annotated[str | None, typer.Option(help="The day that the rates are for, if another: YYYY-MM-DD.")] = None,
    partner: Annotated[
        str | None, typer.Option(help="One partner: a name, or a code such as KOR.", autocompletion=complete_partner)
    ] = None,
    deal: Annotated[
        str | None, typer.Option(help="One deal, such as us-japan-2025.", autocompletion=complete_deal)
    ] = None,
    format: Annotated[Format, typer.Option("--format", "-f", help="How to print the sections.")] = Format.table,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A file in place of the screen.")] = None,
) -> None:
    """Say what held on a day from what was known then: rates, threats, pledges, delivery, events, what was due next.

    table and md have the columns that a reader needs; json has all, csv and parquet too, a row for each cell.
    """
    known_on = _day("DATE", date) if date is not None else None
    valid_on = _day("--valid", valid) if valid is not None else None
    if partner and deal:
        stop("Give --partner or --deal, not both: a deal has its partner.", WRONG_USAGE)
    if format is Format.parquet and output is None and sys.stdout.isatty():
        stop("Parquet is not for a screen: give --output FILE.", WRONG_USAGE)
    settings = load_settings()
    with open_release(settings) as connection:
        try:
            asked = understood(connection, partner, deal, known_on, valid_on)
        except UnknownSubject as error:
            stop(str(error), WRONG_USAGE)
        sections = state(connection, asked)
    release = (release_manifest(settings) or {}).get("build_id")
    with opened(output, format) as file:
        if format is Format.json:
            head = {"release": release, **vars(asked)} | {"partner_iso3": asked.partner, "deal_id": asked.deal}
            rows = {section.name: found for section, found in sections.items()}
            del head["partner"], head["deal"]
            file.write(as_json(plain_value(head | rows)) + "\n")
        elif format is Format.csv:
            write_csv(file, CELLS, _cells(sections))
        elif format is Format.parquet:
            write_parquet(file, _cell_table(sections))
        elif format is Format.md:
            file.write(_in_markdown(asked, sections))
        elif output is None:
            show(_as_text(asked, sections))
        else:
            file.write(_as_text(asked, sections))


def _day(name: str, value: str) -> dt.date:
    try:
        return dt.datetime.strptime(value, "%Y-%m-%d").date()
    except ValueError:
        stop(f"{name}: '{value}' is no day of the calendar; write it as YYYY-MM-DD.", WRONG_USAGE)


# sections differ in their columns, so that one table of cells holds them all
CELLS = ["section", "row", "column", "value"]


def _cells(sections: dict[Section, list[Row]]) -> Iterator[list[Any]]:
    for section, rows in sections.items():
        for index, row in enumerate(rows, start=1):
            for column, value in row.items():
                if value is not None:
                    plain = plain_value(value)
                    yield [section.name, index, column, "; ".join(plain) if isinstance(plain, list) else plain]


def _cell_table(sections: dict[Section, list[Row]]) -> Any:
    import pyarrow as pa

    section, row, column, value = zip(*_cells(sections), strict=True) if any(sections.values()) else ([], [], [], [])
    values = pa.array(map(str, value), pa.string())
    return pa.table(
        [pa.array(section, pa.string()), pa.array(row, pa.int32()), pa.array(column, pa.string()), values], CELLS
    )


def _title(asked: Asked) -> str:
    about = asked.deal or asked.partner or "The world"
    for_day = "" if asked.valid_on == asked.known_on else f", for goods entering on {asked.valid_on}"
    return f"{about}, as known on {asked.known_on}{for_day}"


def _as_text(asked: Asked, sections: dict[Section, list[Row]]) -> str:
    parts = [
        f"\n{section.title}\n" + (table(*_shown(section, rows)) if rows else f"  {NOTHING}\n")
        for section, rows in sections.items()
    ]
    return f"{_title(asked)}\n{''.join(parts)}"


def _in_markdown(asked: Asked, sections: dict[Section, list[Row]]) -> str:
    parts = [
        f"\n## {section.title}\n\n" + (markdown(*_shown(section, rows)) if rows else f"{NOTHING}\n")
        for section, rows in sections.items()
    ]
    return f"# {_title(asked)}\n{''.join(parts)}"


def _shown(section: Section, rows: list[Row]) -> tuple[list[str], list[list[str]]]:
    columns = SHOWN[section.name]
    return list(columns), [[show_cell(row) for show_cell in columns.values()] for row in rows]


def _cell(name: str, wording: Callable[[Any], str] = str) -> Callable[[Row], str]:
    return lambda row: "" if row[name] is None else wording(row[name])


def _cars(row: Row) -> str:
    if row["car_rate_before_pct"] is None:
        return percent(row["car_rate_pct"])
    return f"{percent(row['car_rate_before_pct'])} → {percent(row['car_rate_after_pct'])}"


def _general(row: Row) -> str:
    if row["general_floor_rate_pct"] is not None:
        return f"{percent(row['general_floor_rate_pct'])} incl. base"
    return f"base + {percent(row['general_additional_rate_pct'])}" if row["general_additional_rate_pct"] else "base"


def _scopes(row: Row) -> str:
    scopes = row["scopes"]
    return ", ".join(scopes) if len(scopes) <= 4 else f"{', '.join(scopes[:4])} and {len(scopes) - 4} more"


def _reading(row: Row) -> str:
    if row["lowest_value"] is None:
        return ""
    values = dict.fromkeys(number(row[name]) for name in ("lowest_value", "highest_value"))
    return " to ".join(values)


def _verdict_now(row: Row) -> str:
    """With the day since when it is true, where the claim's own day did not show it."""
    verdict = row["claim_verdict_today"].replace("_", " ")
    if row["true_since"] is None or verdict == row["claim_verdict"].replace("_", " "):
        return verdict
    return f"{verdict} since {row['true_since']}"


NOTHING = "nothing known"
# what a terminal has room for; --format json has every column
SHOWN: dict[str, dict[str, Callable[[Row], str]]] = {
    "deals": {
        "deal": _cell("deal_id"),
        "status": _cell("deal_status"),
        "cars pay": _cars,
        "no deal": _cell("car_rate_no_deal_pct", percent),
        "other goods pay": _general,
        "largest pledge": lambda row: f"{dollars(row['largest_pledge_usd'])} {row['largest_pledge_id'] or ''}".strip(),
        "of GDP": _cell("share_of_gdp_pct", percent),
        "allocated": _cell("allocated_usd", dollars),
        "disbursed": _cell("disbursed_usd", dollars),
    },
    "total_rates": {
        "scopes": _scopes,
        "quota": lambda row: "" if row["quota_tier"] == "none" else row["quota_tier"].replace("_", " "),
        "base": lambda row: percent(row["base_rate_pct"]) or "by product",
        "in all": paid,
        "of which": _cell("rate_parts"),
    },
    "rates_in_force": {
        "partner": _cell("partner_iso3"),
        "scope": _cell("scope_id"),
        "rate": lambda row: rate(row) + ("" if row["quota_tier"] == "none" else f", {row['quota_tier']}"),
        "programme": _cell("programme_id"),
        "since": lambda row: f"{row['valid_from']}{until(row['valid_to'])}",
        "known since": _cell("known_from"),
        "instrument": _cell("instrument_id"),
    },
    "threats_and_plans": {
        "partner": _cell("partner_iso3"),
        "scope": _cell("scope_id"),
        "rate": rate,
        "status": _cell("rate_status"),
        "planned from": _cell("planned_from"),
        "known since": _cell("known_from"),
    },
    "pledges": {
        "pledge": lambda row: ("  of which " if row["row_role"] == "leg" else "") + row["pledge_id"],
        "amount": pledged,
        "status": _cell("pledge_status"),
        "type": _cell("pledge_type"),
        "of GDP": _cell("share_of_gdp_pct", percent),
        "a head": _cell("per_capita_usd", dollars),
        "of reserves": _cell("share_of_reserves_pct", percent),
        "years of exports": _cell("exports_to_us_years", number),
        "known since": _cell("known_from"),
    },
    "delivery": {
        "pledge": _cell("pledge_id"),
        "by": _cell("progress_date"),
        "allocated": _cell("allocated_usd", dollars),
        "committed": _cell("committed_usd", dollars),
        "disbursed": _cell("disbursed_usd", dollars),
        "disbursed share": _cell("disbursed_share_pct", percent),
        "to be allocated": _cell("to_be_allocated_usd", dollars),
    },
    "gaps": {
        "rival": _cell("rival_iso3"),
        "scope": _cell("scope_id"),
        "own": _cell("own_rate_pct", percent),
        "rival's": _cell("rival_rate_pct", percent),
        "gap": lambda row: f"{'+' if row['gap_pp'] > 0 else ''}{number(row['gap_pp'])}",
    },
    "claims": {
        "stated": lambda row: f"{row['claimed_date']}, {row['claimed_by']}",
        "claim": _cell("claim_summary"),
        "computed": _reading,
        "by what was known then": _cell("claim_verdict", lambda verdict: verdict.replace("_", " ")),
        "by what is known now": _verdict_now,
    },
    "last_events": {
        "day": _cell("event_date"),
        "partner": _cell("partner_iso3"),
        "event": _cell("event_name"),
        "kind": _cell("event_type"),
        "known since": _cell("known_from"),
    },
    "next_dates": {
        "due": lambda row: str(row["due_date"] or "on its trigger"),
        "partner": _cell("partner_iso3"),
        "what": _cell("due_summary"),
        "kind": _cell("due_type", lambda kind: kind.replace("_", " ")),
    },
}
