"""Numbers and rates as a newsroom writes them: 15 %, $350 bn, "15 % including the base duty".

Belongs here: how one value or one rate reads. Does not belong here: sentences about changes (`difference_words.py`).
"""

import datetime as dt
from decimal import Decimal
from typing import Any

OPEN_END = dt.date(9999, 12, 31)
BASIS = {
    "additional": "{} on top of the base duty",
    "floor_incl_base": "{} including the base duty",
    "ceiling_total": "at most {} in all",
    "total": "{} in all",
    "exempt": "exempt",
}
BOUND = {"about": "about ", "at_least": "at least ", "up_to": "up to "}
PERIOD = {"per_year": " a year", "increment": " more than before"}


def number(value: Any) -> str:
    """To two decimals, without zeros that say nothing."""
    text = f"{Decimal(value):,.2f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(value: Any) -> str:
    return "" if value is None else f"{number(value)} %"


def dollars(value: Any) -> str:
    """Whole dollars as billions or millions: $350 bn."""
    if value is None:
        return ""
    if abs(value) >= 10**9:
        return f"${number(Decimal(value) / 10**9)} bn"
    return f"${number(Decimal(value) / 10**6)} m" if abs(value) >= 10**6 else f"${number(value)}"


def rate(row: dict[str, Any]) -> str:
    """A rate with its basis, from `rate_basis` and `rate_pct`."""
    return BASIS[row["rate_basis"]].format(percent(row["rate_pct"]))


def amount(row: dict[str, Any], value: str) -> str:
    """A pledge's amount, already written as `value`, with its bound and period."""
    return f"{BOUND.get(row['bound'] or '', '')}{value}{PERIOD.get(row['amount_period'] or '', '')}"


def pledged(row: dict[str, Any]) -> str:
    """What a pledge promises: its amount, else its quantity."""
    if row["amount_usd"] is not None:
        return amount(row, dollars(row["amount_usd"]))
    return f"{number(row['quantity'])} {row['quantity_unit']}" if row["quantity"] is not None else "no figure"


def until(day: dt.date | None) -> str:
    """An end as it is said: the last day that counts, nothing where it is open."""
    return "" if day is None or day == OPEN_END else f" through {day - dt.timedelta(days=1)}"


def paid(row: dict[str, Any]) -> str:
    """What goods pay in all where it is one figure; else what is known of it."""
    if row["total_rate_pct"] is not None:
        return percent(row["total_rate_pct"])
    known = {
        "{} in all": row["stated_total_pct"],
        "at least {}": row["floor_rate_pct"],
        "at most {}": row["ceiling_rate_pct"],
    }
    parts = [form.format(percent(value)) for form, value in known.items() if value is not None]
    if row["additional_rate_pct"]:
        parts.append(f"the base duty + {percent(row['additional_rate_pct'])}")
    return ", ".join(parts) or "the base duty"
