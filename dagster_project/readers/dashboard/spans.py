"""Rows that stand at the same time, by partner: one line of the first screen is made of several.

Belongs here: which rows stand together on which days. Does not belong here: what they say
(`headline_rates.py`, `headline_pledges.py`).
"""

import itertools
from collections.abc import Iterable, Iterator

from dagster_project.readers.dashboard.questions import Row


def standing_together(rows: Iterable[Row]) -> Iterator[Row]:
    """Every span of days of every partner on which the same rows stand, with those `rows` in the order they came.

    Days on which none stands are left out.
    """
    partners: dict[str, list[Row]] = {}
    for row in rows:
        partners.setdefault(row["partner_iso3"], []).append(row)
    for partner, own in partners.items():
        cuts = sorted({day for row in own for day in (row["shown_from"], row["shown_to"])})
        for start, end in itertools.pairwise(cuts):
            if found := [row for row in own if row["shown_from"] <= start < row["shown_to"]]:
                yield {"partner_iso3": partner, "shown_from": start, "shown_to": end, "rows": found}
