"""The kinds of columns that seeds have: each helper makes one, with what it says, its type and the form of its cells.

Belongs here: kinds, and columns that several seeds share, each with its one text. Does not belong here: which seed has
which column (`schemas.py`). The first argument of a kind is always what a column says, as readers see it; `ref` is the
seed that its values must stand in, and `in_mart=False` says that dbt derives from it, and no mart carries it by itself.
"""

import datetime as dt
from functools import partial
from typing import Any

import dataframely as dy

SLUG = r"^[a-z0-9]+(?:[-.][a-z0-9]+)*$"
MONTH = r"\d{4}-(?:0[1-9]|1[0-2])"
SCOPE_PREFIXES = r"^(?:\d\d){1,5}(?: (?:\d\d){1,5})*$"
# a code, or the id of a list, which never begins with a digit
LIST_MEMBER = r"^(?:(?:\d\d){1,5}|[a-z][a-z0-9]*(?:[-.][a-z0-9]+)*)$"
PREFIX_FORM = "codes of the tariff schedule of 2 to 10 digits, parted by a blank"
EARLIEST, LATEST = dt.date(1930, 1, 1), dt.date(2060, 1, 1)
# the first day of the first administration whose duties stand in the seeds: nothing in the log is older
LOG_BEGINS = dt.date(2017, 1, 20)

Word = str | tuple[str, str]


def _told(says: str, options: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The options of a column of dataframely, with what it has no place for as its `metadata`."""
    about = {"says": says, "ref": options.pop("ref", None), "in_mart": options.pop("in_mart", True)}
    return {**options, "metadata": about | more}


def slug(says: str, **options: Any) -> dy.String:
    form = "a slug: lower-case letters, digits, hyphens"
    return dy.String(regex=SLUG, max_length=120, **_told(says, options, form=form))


PARTNER = "Partner: ISO 3166-1 alpha-3, EUU for the European Union, ALL for every partner."


def party(says: str = PARTNER, **options: Any) -> dy.String:
    """ISO 3166-1 alpha-3 code, `EUU` for the European Union, `ALL` for every partner."""
    form = "a party code of three capitals (JPN, EUU, ALL)"
    return dy.String(regex=r"^[A-Z]{3}$", **_told(says, {"ref": "partners"} | options, form=form))


def abroad(says: str = PARTNER, **options: Any) -> dy.String:
    """A party that faces the United States, or `ALL` of them."""
    return party(says, check={"is_abroad": lambda code: code != "USA"}, **options)


def one_abroad(says: str = PARTNER, **options: Any) -> dy.String:
    """One party that faces the United States: not `ALL`."""
    return party(says, check={"is_one_abroad": lambda code: ~code.is_in(["USA", "ALL"])}, **options)


def of_form(says: str, pattern: str, form: str, **options: Any) -> dy.String:
    """Text of a pattern; `form` says in words what the pattern wants."""
    return dy.String(regex=pattern, **_told(says, options, form=form))


def day(says: str, **options: Any) -> dy.Date:
    return dy.Date(min=EARLIEST, max=LATEST, **_told(says, options))


def log_day(says: str, **options: Any) -> dy.Date:
    """A day of the time that the log covers."""
    return dy.Date(min=LOG_BEGINS, max=LATEST, **_told(says, options))


def words(says: str, *allowed: Word, **options: Any) -> dy.String:
    """One of some words. One that needs it stands with what it means: `("mfn", "the general one")`."""
    glosses = dict(word if isinstance(word, tuple) else (word, "") for word in allowed)
    told = _told(says, options, words=tuple(glosses), glosses=glosses)
    return dy.String(regex=rf"^(?:{'|'.join(glosses)})$", **told)


def text(says: str, **options: Any) -> dy.String:
    return dy.String(min_length=1, max_length=1000, **_told(says, options))


def flag(says: str, **options: Any) -> dy.Bool:
    return dy.Bool(**_told(says, options))


def number(says: str, precision: int, scale: int, **options: Any) -> dy.Decimal:
    return dy.Decimal(precision, scale, **_told(says, options))


def money(says: str, **options: Any) -> dy.Decimal:
    """Billions of a currency, or an observation in its unit, to six decimals."""
    return number(says, 24, 6, **options)


def percent(says: str, **options: Any) -> dy.Decimal:
    return number(says, 12, 6, **options)


def description(column: dy.Column) -> str:
    """What a column says to its readers, with the words that are allowed in it."""
    about = column.metadata or {}
    listed = [f"{word} ({gloss})" if gloss else word for word, gloss in about.get("glosses", {}).items()]
    return f"{about['says']} One of: {', '.join(listed)}." if listed else about["says"]


# columns of several seeds
source = partial(slug, "Source of the fact (dim_sources).", ref="sources")
scope = partial(slug, "Set of products that a measure names.", ref="product_scopes")
product_list = partial(slug, "The list of products.", ref="lists")
entry_condition = partial(slug, "Condition of entry that the goods must meet; null for none.", ref="conditions")
programme = partial(slug, "Duty programme.", ref="programmes")
instrument = partial(slug, "Legal instrument that the row rests on.", ref="instruments")
official = partial(slug, "The person.", ref="officials")
deal = partial(slug, "The deal; null where the row belongs to none.", ref="deals")
pledge = partial(slug, "The pledge: a stable slug over all its assertions.", ref="pledges")
law = partial(words, "Law that the programme rests on.", "IEEPA", "S232", "S122", "S301", "S338", "S201")
provider_of = partial(slug, "Whose figure it is.", ref="providers")
sector_of = partial(slug, "Sector of the economy.")
rate = partial(percent, "Rate in per cent of customs value, read by its basis.", nullable=True, min=0, max=250)
currency = partial(of_form, "ISO 4217 code.", r"^[A-Z]{3}$", "a currency code of three capitals")
rate_of_exchange = partial(
    number, "Units of the currency for one US dollar used for the conversion.", 18, 6, nullable=True, min_exclusive=0
)
title_of = partial(text, "Title.")
why = partial(text, "Why.")
remark = partial(text, "Remark of the curator.", nullable=True)

# texts of columns that several seeds share and bound in their own way
AMOUNT = "Stated amount in billions of currency_code; null where none is stated."
FIRST_DAY = "First day on which it holds; null for plans without a date."
END = "First day on which it no longer holds; empty while no end is known."
PERIOD = "Year (or month) that the observation is for."
PUBLISHED = (
    "Day of publication; of an instrument the day on which it could first be read, on public inspection before its"
    " printing."
)
RECORDED = "Day on which we entered the row; never used in an answer about the world."
RIVAL = "The partner compared with."
UNIT = "Unit of the value."
