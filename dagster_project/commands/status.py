"""`warehouse status`: which release readers see, what ran last, what runs next. Without importing Dagster."""

import datetime as dt
import json
import os
import sqlite3
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from dagster_project.commands.console import load_settings, plain, print_json, shown
from dagster_project.release.build import release_manifest
from dagster_project.release.fingerprint import stands
from dagster_project.release.lock import lock_holder
from dagster_project.release.shelf import current_damage, held
from dagster_project.settings import Settings


def status(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object in place of text.")] = False,
) -> None:
    """Say which release is current, how old it is, what failed last and when the next refresh is due."""
    settings = load_settings()
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    manifest = release_manifest(settings)
    built_at = dt.datetime.fromisoformat(manifest["built_at"]) if manifest else None
    why, damaged = stands(settings), current_damage(settings)
    state = {
        "release": manifest["build_id"] if manifest else None,
        "database": shown(settings.current_database) if manifest else None,
        "as_of_date": manifest["as_of_date"] if manifest else None,
        "built_at": built_at.isoformat() if built_at else None,
        "age_seconds": int((now - built_at).total_seconds()) if built_at else None,
        "inputs_changed": why is None,
        "damage": damaged,
        "held_back": [build.build_id for build in held(settings)],
        "last_failure": _last_failure(settings),
        "next_run": _next_run(settings, now).isoformat(),
        "running": lock_holder(settings.lock_file),
    }
    if as_json:
        print_json(state)
        return
    failure = state["last_failure"]
    none = "not to be read, see below" if damaged else "none yet: `warehouse refresh`"
    lines = {
        "release": f"{state['release']}, as of {state['as_of_date']}" if manifest else none,
        "database": state["database"] or "-",
        "built": f"{state['built_at']} ({_age(state['age_seconds'])} ago)" if built_at else "-",
        "inputs": why or "changed since: `warehouse refresh` builds anew",
        "damage": f"{'; '.join(damaged)}: `warehouse refresh` builds anew" if damaged else "none",
        "held back": ", ".join(state["held_back"]) or "nothing",
        "last failure": ": ".join(filter(None, (failure["at"], failure["message"])))
        if failure
        else "none since the last good run",
        "next run": f"{state['next_run']}, where the scheduler runs (`make dev`)",
        "running now": state["running"] or "nothing",
    }
    for name, value in lines.items():
        typer.echo(f"{name:<13} {value}")


def _next_run(settings: Settings, now: dt.datetime) -> dt.datetime:
    from croniter import croniter

    return croniter(settings.cron, now.astimezone(ZoneInfo(settings.timezone))).get_next(dt.datetime)


def _age(seconds: int) -> str:
    days, rest = divmod(seconds, 86_400)
    hours, minutes = rest // 3600, rest % 3600 // 60
    return f"{days} d {hours} h" if days else f"{hours} h {minutes} min"


def _last_failure(settings: Settings) -> dict[str, str | None] | None:
    """The last run, if it failed; without its time where the history is damaged."""
    try:
        return _last_failed_run(settings.dagster_home / "history")
    except (sqlite3.Error, ValueError, LookupError, TypeError):
        unknown = "Dagster's history cannot be read; the next refresh begins a new one"
        return {"run_id": None, "at": None, "message": unknown}


def _last_failed_run(history: Path) -> dict[str, str | None] | None:
    """Read straight from Dagster's SQLite files: its own API takes seconds to import."""
    if not (history / "runs.db").exists():
        return None
    last = _one_row(history / "runs.db", "select run_id, status, update_timestamp from runs order by id desc limit 1")
    if last is None or last[1] != "FAILURE":
        return None
    run_id, _, ended_at = last
    event = _one_row(
        history / "runs" / f"{run_id}.db",
        "select event from event_logs where dagster_event_type = 'PIPELINE_FAILURE' order by id desc limit 1",
    )
    return {"run_id": run_id, "at": f"{ended_at[:19]}Z".replace(" ", "T"), "message": _message(event)}


def _one_row(path: Path, query: str) -> tuple | None:
    # SQLite makes files beside a database in order to read it, which a read-only folder does not allow
    how = "mode=ro" if os.access(path.parent, os.W_OK) else "immutable=1"
    connection = sqlite3.connect(f"file:{path}?{how}", uri=True)
    try:
        return connection.execute(query).fetchone()
    finally:
        connection.close()


def _message(event: tuple | None) -> str:
    if event is None:
        return "no reason recorded"
    failed = json.loads(event[0])["dagster_event"]
    error = (failed.get("event_specific_data") or {}).get("error")
    while error and error.get("cause"):
        error = error["cause"]
    return plain((error or failed)["message"])
