"""How a step says what went wrong: a line for each thing, for the terminal, the alert and Dagster's interface alike.

Belongs here: carrying the lines through Dagster's events. Does not belong here: what they say (the step that failed).
"""

from collections.abc import Iterable
from typing import Any

import dagster as dg

LINES = "problems"
SHOWN = 5


def failed(lines: list[str]) -> dg.Failure:
    """A failure that names each of `lines`; its own text holds the first few."""
    more = [f"{len(lines) - SHOWN} more."] if len(lines) > SHOWN else []
    return dg.Failure(
        " ".join([*lines[:SHOWN], *more]), metadata={LINES: dg.MetadataValue.json(lines)}, allow_retries=False
    )


def reasons(events: Iterable[dg.DagsterEvent]) -> list[str]:
    """Why a run failed: the lines of its failed step, or else the message at the root of each error; each once."""
    events = list(events)
    lines = [line for event in events for line in _lines_of(event)]
    return list(dict.fromkeys(" ".join(line.split()) for line in lines or [root.message for root in roots(events)]))


def roots(events: Iterable[dg.DagsterEvent]) -> list[Any]:
    """The error at the bottom of each that the events record (message and class name)."""
    found = [error for event in events if (error := _error_of(event))]
    return [_root(error) for error in found]


def _lines_of(event: dg.DagsterEvent) -> list[str]:
    failure = event.step_failure_data.user_failure_data if event.is_step_failure else None
    lines = failure.metadata.get(LINES) if failure else None
    return [str(line) for line in lines.value] if isinstance(lines, dg.JsonMetadataValue) and lines.value else []


def _error_of(event: dg.DagsterEvent) -> Any:
    if event.is_step_failure:
        return event.step_failure_data.error
    if event.event_type in (dg.DagsterEventType.RESOURCE_INIT_FAILURE, dg.DagsterEventType.ENGINE_EVENT):
        return event.engine_event_data.error
    return event.job_failure_data.error if event.is_job_failure else None


def _root(error: Any) -> Any:
    while error.cause is not None:
        error = error.cause
    return error
