"""`warehouse as-of`: the state of a partner, a deal or the world on a day, from what was known then.

Belongs here: the command's arguments and how each section reads on a terminal. Does not belong here: the questions
themselves (`state.py`).
"""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from dagster_project.commands.completion import complete_deal, complete_partner
from dagster_project.commands.console import WRONG_USAGE, load_settings, stop
from dagster_project.commands.reading import open_release
from dagster_project.commands.sections import Told, cell, day, refuse_parquet_on_a_screen, released, tell
from dagster_project.commands.tables import Format
from dagster_project.readers.state import Asked, Row, UnknownSubject, state, understood
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
    known_on = day("DATE", date) if date is not None else None
    valid_on = day("--valid", valid) if valid is not None else None
    if partner and deal:
        stop("Give --partner or --deal, not both: a deal has its partner.", WRONG_USAGE)
    refuse_parquet_on_a_screen(format, output)
    settings = load_settings()
    with open_release(settings) as connection:
        try:
            asked = understood(connection, partner, deal, known_on, valid_on)
        except UnknownSubject as error:
            stop(str(error), WRONG_USAGE)
        sections = state(connection, asked)
    told = [Told(section.name, section.title, found, SHOWN[section.name]) for section, found in sections.items()]
    subject = {"partner_iso3": asked.partner, "deal_id": asked.deal}
    days = {"known_on": asked.known_on, "valid_on": asked.valid_on}
    tell(_title(asked), {"release": released(settings)} | days | subject, told, format, output)


def _title(asked: Asked) -> str:
    about = asked.deal or asked.partner or "The world"
    for_day = "" if asked.valid_on == asked.known_on else f", for goods entering on {asked.valid_on}"
    return f"{about}, as known on {asked.known_on}{for_day}"


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


# what a terminal has room for; --format json has every column
SHOWN: dict[str, dict[str, Callable[[Row], str]]] = {
    "deals": {
        "deal": cell("deal_id"),
        "status": cell("deal_status"),
        "cars pay": _cars,
        "no deal": cell("car_rate_no_deal_pct", percent),
        "other goods pay": _general,
        "largest pledge": lambda row: f"{dollars(row['largest_pledge_usd'])} {row['largest_pledge_id'] or ''}".strip(),
        "of GDP": cell("share_of_gdp_pct", percent),
        "allocated": cell("allocated_usd", dollars),
        "disbursed": cell("disbursed_usd", dollars),
    },
    "total_rates": {
        "scopes": _scopes,
        "quota": lambda row: "" if row["quota_tier"] == "none" else row["quota_tier"].replace("_", " "),
        "base": lambda row: percent(row["base_rate_pct"]) or "by product",
        "in all": paid,
        "of which": cell("rate_parts"),
    },
    "rates_in_force": {
        "partner": cell("partner_iso3"),
        "scope": cell("scope_id"),
        "rate": lambda row: rate(row) + ("" if row["quota_tier"] == "none" else f", {row['quota_tier']}"),
        "programme": cell("programme_id"),
        "since": lambda row: f"{row['valid_from']}{until(row['valid_to'])}",
        "known since": cell("known_from"),
        "instrument": cell("instrument_id"),
    },
    "threats_and_plans": {
        "partner": cell("partner_iso3"),
        "scope": cell("scope_id"),
        "rate": rate,
        "status": cell("rate_status"),
        "planned from": cell("planned_from"),
        "known since": cell("known_from"),
    },
    "pledges": {
        "pledge": lambda row: ("  of which " if row["row_role"] == "leg" else "") + row["pledge_id"],
        "amount": pledged,
        "status": cell("pledge_status"),
        "type": cell("pledge_type"),
        "of GDP": cell("share_of_gdp_pct", percent),
        "a head": cell("per_capita_usd", dollars),
        "of reserves": cell("share_of_reserves_pct", percent),
        "years of exports": cell("exports_to_us_years", number),
        "known since": cell("known_from"),
    },
    "delivery": {
        "pledge": cell("pledge_id"),
        "by": cell("progress_date"),
        "allocated": cell("allocated_usd", dollars),
        "committed": cell("committed_usd", dollars),
        "disbursed": cell("disbursed_usd", dollars),
        "disbursed share": cell("disbursed_share_pct", percent),
        "to be allocated": cell("to_be_allocated_usd", dollars),
    },
    "gaps": {
        "rival": cell("rival_iso3"),
        "scope": cell("scope_id"),
        "own": cell("own_rate_pct", percent),
        "rival's": cell("rival_rate_pct", percent),
        "gap": lambda row: f"{'+' if row['gap_pp'] > 0 else ''}{number(row['gap_pp'])}",
    },
    "claims": {
        "stated": lambda row: f"{row['claimed_date']}, {row['claimed_by']}",
        "claim": cell("claim_summary"),
        "computed": _reading,
        "by what was known then": cell("claim_verdict", lambda verdict: verdict.replace("_", " ")),
        "by what is known now": _verdict_now,
    },
    "last_events": {
        "day": cell("event_date"),
        "partner": cell("partner_iso3"),
        "event": cell("event_name"),
        "kind": cell("event_type"),
        "known since": cell("known_from"),
    },
    "next_dates": {
        "due": lambda row: str(row["due_date"] or "on its trigger"),
        "partner": cell("partner_iso3"),
        "what": cell("due_summary"),
        "kind": cell("due_type", lambda kind: kind.replace("_", " ")),
    },
}
