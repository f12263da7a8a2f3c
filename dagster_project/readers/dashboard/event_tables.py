"""The tables on steps of a deal, what falls due, promises other than money, and searches for news.

Does not belong here: SQL (`questions.py`).
"""

import datetime as dt
import re

from dagster_project.readers.dashboard.cells import Cell, Column, day, day_text, days, partner_names, texts, words
from dagster_project.readers.dashboard.questions import OPEN_END, Facts, Row

LAST_EVENT = [
    Column(
        "Latest step",
        "last_event",
        lambda row: Cell(
            f"{day_text(row['event_date'])} ({words(row['event_type'])}): {row['event_name']}",
            row["event_date"].isoformat(),
        ),
    ),
]
CONCESSION = [
    texts("Kind", "concession_type", words),
    texts("What the partner gives", "concession_summary"),
    days("Known since", "known_from"),
    texts("Confidence", "confidence"),
]
CLAUSE = [
    texts("Kind", "clause_type", words),
    texts("When", "trigger_summary"),
    texts("What", "reference_summary"),
    texts("State", "clause_state", words),
    days("Due", "due_date"),
    days("Known since", "known_from"),
]


def _concerns(facts: Facts) -> Column:
    names = partner_names(facts)
    return Column("Concerns", "partner_iso3", lambda row: Cell(names.get(row["partner_iso3"], "every partner")))


def event_columns(facts: Facts) -> list[Column]:
    return [
        days("Day", "event_date"),
        texts("Kind", "event_type", words),
        texts("Event", "event_name"),
        texts("In short", "event_summary"),
        _concerns(facts),
        days("Known since", "known_from"),
        texts("Confidence", "confidence"),
    ]


def review_columns(facts: Facts) -> list[Column]:
    return [
        texts("Topic", "review_topic"),
        _concerns(facts),
        days("Looked through to", "reviewed_through"),
        texts("Found, not entered yet", "open_findings"),
        texts("Where", "reviewed_sources"),
        days("Looked on", "reviewed_on"),
    ]


def date_columns(facts: Facts) -> list[Column]:
    return [
        Column(
            "Due", "due_date", lambda row: day(row["due_date"]) if row["due_date"] else Cell("on its trigger", "9999")
        ),
        texts("Kind", "due_type", words),
        Column("What", "due_summary", lambda row: Cell(_due_words(facts, row))),
        _concerns(facts),
    ]


def _due_words(facts: Facts, row: Row) -> str:
    """The summary; that of a rate names programme and goods by their ids, and here by their names."""
    if not row["due_type"].startswith("rate_"):
        return row["due_summary"]
    return re.sub(
        r"[a-z0-9]+(?:[-_][a-z0-9]+)*", lambda found: facts.names.get(found[0], words(found[0])), row["due_summary"]
    )


def by_due_date(row: Row) -> tuple[dt.date, str]:
    return row["due_date"] or OPEN_END, row["thing_id"]
