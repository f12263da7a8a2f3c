"""Whom trouble is told: failed runs, a release that is overdue, facts that nobody looks after.

One sensor, and not Dagster's own for failed runs: that one counts a run as told even where telling failed.
"""

import datetime as dt
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass

import dagster as dg
import httpx

from dagster_project.defs.failures import reasons
from dagster_project.defs.staleness import stale
from dagster_project.settings import Settings

# an alert that the webhook does not take is tried again at each evaluation, for so long
TRIED_FOR = dt.timedelta(days=1)
# httpx writes the address of each request at INFO, and whoever knows a webhook's address can post to it
logging.getLogger("httpx").setLevel(logging.WARNING)


@dataclass(frozen=True)
class Trouble:
    """`key` says what is told once."""

    key: str
    text: str


class NotTold(RuntimeError):
    """The webhook did not take the alert. The message holds nothing of its address."""


@dg.sensor(
    name="tell_of_trouble",
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Posts failed runs, an overdue release and stale facts to WAREHOUSE_ALERT_WEBHOOK, each once; "
    "logs them where none is set.",
)
def tell_of_trouble(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    settings, now = Settings.from_env(), dt.datetime.now(dt.UTC)
    # the cursor: what stands, since when it is known, and whether it was told; what no longer stands is forgotten
    before: dict[str, dict] = json.loads(context.cursor or "{}")
    standing, told, refusal = {}, 0, None
    for trouble in troubles(settings, context.instance, now):
        entry = standing[trouble.key] = before.get(trouble.key) or {"since": now.isoformat(), "told": False}
        is_tried = now - dt.datetime.fromisoformat(entry["since"]) <= TRIED_FOR
        if entry["told"] or refusal or not is_tried:
            continue
        try:
            tell(settings.alert_webhook, trouble.text, context.log)
        except NotTold as error:
            refusal = str(error)
        else:
            entry["told"] = True
            told += 1
    context.update_cursor(json.dumps(standing))
    if refusal:
        context.log.error(refusal)
        return dg.SkipReason(f"{refusal} It is tried again.")
    return dg.SkipReason(f"Told of {told}." if told else "Nothing new to tell.")


def troubles(settings: Settings, instance: dg.DagsterInstance, now: dt.datetime) -> Iterator[Trouble]:
    """What stands now: runs that failed within the last day, and what is stale."""
    failed = dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE], updated_after=now - TRIED_FOR)
    for run in sorted(instance.get_runs(failed), key=lambda run: run.run_id):
        said = reasons(
            entry.dagster_event for entry in instance.all_logs(run.run_id) if entry.dagster_event is not None
        )
        yield Trouble(f"run {run.run_id}", f"Refresh {run.run_id} failed: {' '.join(said) or 'no reason recorded.'}")
    for found in stale(settings, now):
        yield Trouble(found.key, found.text)


def tell(webhook: str | None, text: str, log: logging.Logger) -> None:
    """Post `text`, or log it where there is no webhook. Raises `NotTold`."""
    if webhook is None:
        log.error(text)
        return
    try:
        answer = httpx.post(webhook, json={"text": text}, timeout=10)
    # the error's own text, and that of whatever caused it, may name the address
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        reason = type(error).__name__
    else:
        if answer.is_success:
            return
        reason = f"HTTP {answer.status_code}"
    raise NotTold(f"The webhook did not take an alert ({reason}).")
