"""The tables as a reader meets them: title, what the figures must not be used for, which columns of which data set.

Belongs here: the order of the page and its words of caution. Does not belong here: cells (`tables.py`).
"""

from dataclasses import dataclass
from typing import Any

from dagster_project.readers.dashboard.cells import Cell, Column, Dataset


@dataclass(frozen=True)
class View:
    """One table of a partner's section. `columns` empty: all of the data set.

    `includes_all`: rows that concern every partner stand beside the partner's own. `filter`: the rule of `page.js` that
    picks the lines beside partner and day.
    """

    name: str
    dataset: str
    title: str
    note: str
    nothing: str
    columns: tuple[str, ...] = ()
    includes_all: bool = False
    filter: str = "standing"

    def heads(self, tables: dict[str, Dataset]) -> list[Column]:
        columns = {column.name: column for column in tables[self.dataset].columns}
        return [columns[name] for name in self.columns or columns]

    def packed(self, tables: dict[str, Dataset]) -> dict[str, Any]:
        """What `page.js` needs to know of it."""
        heads, columns = self.heads(tables), tables[self.dataset].columns
        return {
            "dataset": self.dataset,
            "places": [columns.index(column) for column in heads],
            "names": [column.name for column in heads],
            "numbers": [column.is_number for column in heads],
            "includes_all": self.includes_all,
            "filter": self.filter,
            "nothing": self.nothing,
        }


# the data sets whose one line for a partner makes its row of the first table
GLANCE = ("general_rates", "car_rates", "promises", "expectations", "deliveries", "last_events")


def glance_columns(tables: dict[str, Dataset]) -> list[Column]:
    """The columns of the first table: the partner, and those of its data sets."""
    name = Column("Partner", "partner", lambda row: Cell(""))
    return [name, *(column for part in GLANCE for column in tables[part].columns)]


STOCK_OVER_FLOW = (
    "A pledge over a year's GDP or trade is a size, not a burden a year. Each row names its denominator; rows of"
    " one pledge are alternatives and are never added."
)

VIEWS = (
    View(
        "rates",
        "rates",
        "What goods pay",
        "Importers pay the duty. Each row is a group of products, not a tariff line: where the base duty differs"
        " within the group there is no single figure, and the words say what is added to it or what includes it."
        " Not an average over trade, and not to be used as one. Federal duties only.",
        "No rate known on this day.",
        ("scope", "total_rate_pct", "quota_tier", "base_rate_pct", "rate_no_deal_pct", "rate_parts"),
        filter="known_then",
    ),
    View(
        "history",
        "rates",
        "The rate over time, as a table",
        "Then: what was in force on the day by what was public on that same day. Today: by what is public on the"
        " day of the build, retroactive changes included.",
        "No rate known for these goods.",
        ("known", "from", "to", "quota_tier", "total_rate_pct", "base_rate_pct", "rate_no_deal_pct", "rate_parts"),
        filter="scope",
    ),
    View(
        "pledges",
        "pledges",
        "What was promised",
        "A part is included in its whole and never added to it. Kinds are never summed: an investment expected of"
        " companies, a loan and a purchase are different things. A demand or an expectation is not a promise: see"
        " who said it.",
        "No pledge known on this day.",
    ),
    View(
        "burdens",
        "burdens",
        "Is that a lot?",
        STOCK_OVER_FLOW,
        "No pledge with an amount and a denominator on this day.",
    ),
    View(
        "delivery",
        "delivery",
        "Delivered against pledged",
        "It holds what was reported: where nothing was, that is no proof that nothing was paid. Candidate projects are"
        " not commitments. What the parties claim is not added to anything. A step inside another counts once.",
        "No step of delivery reported by this day.",
    ),
    View(
        "steps",
        "steps",
        "Reported steps of delivery",
        "As reported, each with its source.",
        "No step reported by this day.",
    ),
    View(
        "claims",
        "claims",
        "Stated figures, checked",
        "Each claim is compared with every reading that was possible on the day it was made, and again by what is known"
        " on the day asked, with a tolerance by its own words: about means within 5 per cent of the figure. A verdict"
        " speaks of the figure, not of the speaker. A promise may have come true since; a claim that only its own"
        " document bears out is neither supported nor contradicted.",
        "No claim checked by this day.",
    ),
    View(
        "readings",
        "readings",
        "How each claim was read",
        "One row for each denominator, group of goods or pledge that the claim may have meant.",
        "No reading by this day.",
    ),
    View(
        "events",
        "events",
        "Steps of the deal",
        "Scheduled events stand with the day for which they were planned.",
        "No event known on this day.",
        includes_all=True,
    ),
    View(
        "next_dates",
        "next_dates",
        "What falls due next",
        "By what was known on the day: a later text may move a date. A deadline for selecting projects is not one"
        " for paying. A rate for every partner does not reach goods for which a partner has its own.",
        "Nothing known to fall due.",
        includes_all=True,
    ),
    View(
        "concessions",
        "concessions",
        "Promised besides money",
        "In our words; the source has the wording.",
        "None known.",
    ),
    View(
        "reviews",
        "reviews",
        "When news was last looked for",
        "Nothing reported means little where nobody has looked. What was found and is not entered yet stands here too.",
        "Nobody is on record as having looked.",
        includes_all=True,
    ),
    View("clauses", "clauses", "Conditions", "What sets off a change of the deal, in our words.", "None known."),
)
