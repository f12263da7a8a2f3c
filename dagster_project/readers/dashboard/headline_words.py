"""How a figure of the first screen is said, and whether to lean on it.

Belongs here: rounding and warnings that its tables and pictures share. Does not belong here: figures as they are
published (`dagster_project/wording.py`).
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from dagster_project.readers.dashboard.questions import Row
from dagster_project.wording import dollars, number


def said(value: Any, digits: int) -> Decimal:
    """A figure as one would say it: 261 for 260.67, 4.1 for 4.087; what stands before the point is never cut."""
    exact = Decimal(value)
    return round(exact, max(0, digits - 1 - exact.adjusted())) if exact else exact


def money(value: Any) -> str:
    """Dollars to three digits, in the unit in which they are said."""
    unit = 10**9 if abs(value) >= 10**9 else 10**6 if abs(value) >= 10**6 else 1
    return dollars(said(Decimal(value) / unit, 3) * unit)


def share(value: Any) -> str:
    return f"{number(said(value, 2))} %"


def weakness(rows: Iterable[Row]) -> str:
    """Why a reader should not lean on what rests on these rows: confidence that is not high, or no official text."""
    found = list(rows)
    unsure = sorted({row["confidence"] for row in found} - {"high"})
    classes = sorted({row["publisher_class"] for row in found} & {"press", "research"})
    return "; ".join([*(f"{word} confidence" for word in unsure), *(f"rests on {word}" for word in classes)])
