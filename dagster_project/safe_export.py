"""Text that leaves the warehouse made harmless for the program that opens it: spreadsheet cells and links.

Belongs here: what to do with one cell or one address. Does not belong here: formats and files.
"""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

# What spreadsheets take for the start of a formula; the wide forms are the same to some East Asian versions of Excel.
# https://owasp.org/www-community/attacks/CSV_Injection
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001


def csv_row(values: Iterable[Any]) -> list[Any]:
    """The row with every text cell made safe by `csv_cell`."""
    return [csv_cell(value) for value in values]


def csv_cell(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula, with an apostrophe before it; all else as it is."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def is_web_link(address: str) -> bool:
    """Whether the address may become a link on a page: http or https, a host, no blanks or control characters."""
    if any(character <= " " or character == "\x7f" for character in address):
        return False
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False
