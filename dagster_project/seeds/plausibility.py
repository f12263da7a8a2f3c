"""Rules that a curator would state about facts of several rows or files: what cannot be true whatever a source says.

Belongs here: days that have not come, parties of deals, ends of programmes, dates of law, sizes beside their
neighbours, partners as the world has them. Does not belong here: single rows (`schemas.py`), references and the log
(`rules.py`). What no rule can tell from a fact (25 for 15, 320 for 350) is left to the cited texts
(`citations.py`) and to the comparison with the release before.
"""

import datetime as dt
import difflib
from collections.abc import Iterator
from functools import cache

import polars as pl

from dagster_project.seeds.problems import Problem, plainly, shown
from dagster_project.seeds.reading import SeedTable
from dagster_project.seeds.row_rules import REACH_BACK

Tables = dict[str, SeedTable]

# days on which something has happened
HAPPENED = {
    "recorded_on", "known_from", "accessed_date", "published_date", "signed_date", "claimed_date", "progress_date",
    "reviewed_on", "reviewed_through",
}  # fmt: skip
# a text tells of what was known before it; the longest that the seeds hold without an instrument is 359 days
SOURCE_LOOKS_BACK = dt.timedelta(days=360)
# public inspection precedes the printing of a Federal Register notice by up to two weeks
INSPECTION = dt.timedelta(days=14)
NEIGHBOURS_DIFFER = 10  # times; the largest ratio so far is 2.5, Nigeria's dollars before and after its devaluation


def latest_today() -> dt.date:
    """Today where the check runs or in UTC, whichever is later: a curator may live east of the server."""
    return max(dt.date.today(), dt.datetime.now(dt.UTC).date())


def implausible(tables: Tables, today: dt.date) -> Iterator[Problem]:
    yield from _yet_to_come(tables, today)
    yield from _partners_unlike_the_world(tables)
    yield from _blocs_without_members(tables)
    yield from _days_unlike_their_source(tables)
    yield from _not_a_party(tables)
    yield from _rates_of_other_deals(tables)
    yield from _endings_that_end_nothing(tables)
    yield from _rates_after_their_end(tables)
    yield from _law_before_its_text(tables)
    yield from _unlike_their_neighbours(tables)
    yield from _foreign_to_the_partner(tables)
    yield from _more_than_the_whole(tables)


def _yet_to_come(tables: Tables, today: dt.date) -> Iterator[Problem]:
    for name, table in tables.items():
        for column in sorted(HAPPENED.intersection(table.rows.columns)):
            ahead = table.rows.filter(pl.col(column) > today)
            for line, day in ahead.select("line", column).iter_rows():
                yield Problem(
                    f"{name}.csv", line, column, shown(day), f"a day that has come: {today} or before",
                    "Mend the day; what is to come is entered when it has happened.",
                )  # fmt: skip


def _partners_unlike_the_world(tables: Tables) -> Iterator[Problem]:
    """Codes, names and currencies against the Unicode Consortium's list of countries (CLDR, in the library Babel)."""
    for row in tables["partners"].rows.iter_rows(named=True):
        code, name, currency = row["partner_iso3"], row["partner_name"], row["currency_code"]

        def unlike(column: str, expected: str, remedy: str, row: dict = row) -> Problem:
            return Problem("partners.csv", row["line"], column, shown(row[column]), expected, remedy)

        if code in ("ALL", "EUU"):
            continue
        own, in_use = _country(code)
        if own is None:
            yield unlike("partner_iso3", "a country's ISO 3166-1 code of three letters", "Mend the code.")
            continue
        if not _means(name, own):
            yield unlike("partner_name", f"the country of code {code}: {own}", "Mend the name, or the code beside it.")
        if currency is not None and currency not in in_use:
            yield unlike("currency_code", f"money in use there: {' or '.join(in_use)}", "Mend the currency.")


@cache
def _country(code: str) -> tuple[str | None, list[str]]:
    """The English name of a three-letter code, and the currencies in use there; no name where there is no such code."""
    # a tenth of a second, and only the door asks for it
    from babel.core import get_global
    from babel.numbers import get_territory_currencies

    # ISO has given Kosovo no code; XKX is what the European Union and the World Bank write
    alias = "XK" if code == "XKX" else get_global("territory_aliases").get(code, [""])[0]
    name = _country_names().get(alias)
    return name, get_territory_currencies(alias) if name else []


@cache
def _country_names() -> dict[str, str]:
    from babel import Locale

    return {code: name for code, name in Locale("en").territories.items() if len(code) == 2}


@cache
def _means(name: str, own: str) -> bool:
    """Whether no country's name is more like the given one than its own: Turkey is Türkiye, Japan is not Korea."""
    likeness = _likeness(name, own)
    # nearly all are written alike; comparing each with each would take half of a check's time
    return likeness == 1.0 or not any(_is_more_alike(name, other, likeness) for other in _country_names().values())


def _likeness(name: str, known: str) -> float:
    return _compared(name, known).ratio()


def _is_more_alike(name: str, other: str, than: float) -> bool:
    compared = _compared(name, other)
    # cheap upper bounds first: they settle nearly all
    return compared.real_quick_ratio() > than and compared.quick_ratio() > than and compared.ratio() > than


def _compared(name: str, known: str) -> difflib.SequenceMatcher[str]:
    given, known = (text.casefold().replace("&", "and") for text in (name, known))
    return difflib.SequenceMatcher(None, given, known)


def _blocs_without_members(tables: Tables) -> Iterator[Problem]:
    if not tables["partner_members"].is_whole:
        return
    blocs = {"ALL", *tables["partner_members"].text["bloc_iso3"]}
    for line, code, is_bloc in tables["partners"].rows.select("line", "partner_iso3", "is_bloc").iter_rows():
        if is_bloc != (code in blocs):
            yield Problem(
                "partners.csv", line, "is_bloc", shown(is_bloc), "true for ALL and for whom has members, else false",
                "Mend the cell, or add the members to partner_members.csv.",
            )  # fmt: skip


def _days_unlike_their_source(tables: Tables) -> Iterator[Problem]:
    """Recorded before the source appeared, or known long before it without a text of the time."""
    published = tables["sources"].rows.select("source_id", "published_date")
    for name, table in tables.items():
        if "known_from" not in table.rows.columns:
            continue
        rows = table.rows.join(published, on="source_id")
        without_text = pl.col("instrument_id").is_null() if "instrument_id" in rows.columns else pl.lit(True)
        for column, remedy, wrong in (
            ("recorded_on", "Mend the day, or the source.", pl.col("recorded_on") < pl.col("published_date")),
            (
                "known_from", "Cite the text of that time, or mend the day.",
                without_text & (pl.col("known_from") < pl.col("published_date") - SOURCE_LOOKS_BACK),
            ),
        ):  # fmt: skip
            when = "on or after" if column == "recorded_on" else "at most about a year before"
            for line, found, day in rows.filter(wrong).select("line", column, "published_date").iter_rows():
                expected = f"a day {when} {day}, when its source appeared"
                yield Problem(f"{name}.csv", line, column, shown(found), expected, remedy)


def _deals(tables: Tables) -> pl.DataFrame:
    """Deals with their partners, where that partner is known: else the deal's row alone is at fault."""
    known = tables["partners"].text.select("partner_iso3").drop_nulls()
    deals = tables["deals"].rows.join(known, on="partner_iso3", how="semi")
    return deals.select("deal_id", deal_partner="partner_iso3")


def _not_a_party(tables: Tables) -> Iterator[Problem]:
    """A deal's parties: its partner, the members of its bloc, and whomever it grants a rate."""
    if not (tables["tariff_rates"].is_whole and tables["partner_members"].is_whole):
        return
    deals = _deals(tables)
    # as text: who is granted a rate is a party also where that row has a problem of its own
    members = tables["partner_members"].text.select(deal_partner="bloc_iso3", partner_iso3="partner_iso3")
    granted = tables["tariff_rates"].text.select("deal_id", "partner_iso3").drop_nulls()
    parties = pl.concat(
        [
            deals.select("deal_id", partner_iso3="deal_partner"),
            deals.join(members, on="deal_partner").select("deal_id", "partner_iso3"),
            granted,
        ]
    ).unique()
    for name in ("deal_events", "concessions", "pledges", "sector_roles"):
        strangers = tables[name].rows.join(deals.select("deal_id"), on="deal_id", how="semi").join(
            parties, on=["deal_id", "partner_iso3"], how="anti"
        )  # fmt: skip
        for line, partner, deal in strangers.select("line", "partner_iso3", "deal_id").iter_rows():
            yield Problem(
                f"{name}.csv", line, "partner_iso3", shown(partner), f"a party to {plainly(deal)}",
                "Mend the partner or the deal_id; who is granted a rate by the deal is a party to it.",
            )  # fmt: skip


def _rates_of_other_deals(tables: Tables) -> Iterator[Problem]:
    """A rate under another partner's deal needs a text that grants one to the deal's own partner as well."""
    rates = tables["tariff_rates"].rows.join(_deals(tables), on="deal_id")
    own = rates.filter(pl.col("partner_iso3") == pl.col("deal_partner"))
    members = tables["partner_members"].rows.select(deal_partner="bloc_iso3", partner_iso3="partner_iso3")
    other = (
        rates.filter(pl.col("partner_iso3") != pl.col("deal_partner"))
        .join(members, on=["deal_partner", "partner_iso3"], how="anti")
        .join(own, on=["deal_id", "instrument_id"], how="anti")
        .join(own, on=["deal_id", "source_id"], how="anti")
    )
    for line, deal, partner in other.select("line", "deal_id", "deal_partner").iter_rows():
        yield Problem(
            "tariff_rates.csv", line, "deal_id", shown(deal),
            f"a deal of the row's own partner, or a text that grants {partner} a rate too",
            "Mend the partner or the deal_id.",
        )  # fmt: skip


def _ended_rates(tables: Tables) -> pl.DataFrame:
    """Rates beside every ending that concerns them: by authority, programme or instrument, of the partner or of all."""
    authorities = tables["programmes"].rows.select("programme_id", "authority")
    rates = tables["tariff_rates"].rows.filter(pl.col("action") == "assert").join(authorities, on="programme_id")
    endings = tables["measure_endings"].rows.filter(pl.col("action") == "assert")
    by_each = [
        endings.filter(pl.col(by).is_not_null()).join(rates, on=by, suffix="_rate", nulls_equal=False)
        for by in ("authority", "programme_id", "instrument_id")
    ]
    pairs = pl.concat(
        [
            pairs.select(
                "line", "ending_id", "ends_on", "line_rate", "rate_status", "valid_from", "valid_to", "note_rate",
                ending_partner="partner_iso3", rate_partner="partner_iso3_rate",
                ending_known="known_from", rate_known="known_from_rate",
            )
            for pairs in by_each
        ]
    )  # fmt: skip
    return pairs.filter(
        (pl.col("ending_partner") == "ALL") | (pl.col("ending_partner") == pl.col("rate_partner")),
        pl.col("rate_status") == "in_force",
    )


def _endings_that_end_nothing(tables: Tables) -> Iterator[Problem]:
    if any(tables[name].problems for name in ("tariff_rates", "programmes", "measure_endings")):
        return
    begun = _ended_rates(tables).filter(pl.col("valid_from") < pl.col("ends_on"))
    idle = tables["measure_endings"].rows.filter(pl.col("action") == "assert").join(begun, on="line", how="anti")
    for line, day in idle.select("line", "ends_on").iter_rows():
        yield Problem(
            "measure_endings.csv", line, "ends_on", shown(day), "a day after a rate that it ends had begun",
            "Mend the day, or what the row ends; a measure that never began is withdrawn by retractions.",
        )  # fmt: skip


def _rates_after_their_end(tables: Tables) -> Iterator[Problem]:
    """An ending cuts what was known before it; a rate that is told later and goes on would live."""
    late = _ended_rates(tables).filter(
        pl.col("rate_known") > pl.col("ending_known"),
        pl.col("valid_to").is_null() | (pl.col("valid_to") > pl.col("ends_on")),
        ~pl.col("note_rate").fill_null("").str.contains(pl.col("ending_id"), literal=True),
    )
    for line, first, ending, day in late.select("line_rate", "valid_from", "ending_id", "ends_on").iter_rows():
        column = "valid_from" if first >= day else "valid_to"
        found = shown(first) if first >= day else "a rate that goes on"
        yield Problem(
            "tariff_rates.csv", line, column, found, f"days before {day}, when {plainly(ending)} ended it",
            "Name the programme that took its place; what came back after its end names the ending in `note`.",
        )  # fmt: skip


def _law_before_its_text(tables: Tables) -> Iterator[Problem]:
    """What an instrument says is known from its signing, or from the inspection before its printing."""
    texts = tables["instruments"].rows.select(
        "instrument_id", text_day=pl.coalesce("signed_date", pl.col("published_date") - INSPECTION)
    )
    for name in ("tariff_rates", "deal_events"):
        rows = tables[name].rows.join(texts, on="instrument_id")
        for line, known, day in (
            rows.filter(pl.col("known_from") < pl.col("text_day")).select("line", "known_from", "text_day").iter_rows()
        ):
            yield Problem(
                f"{name}.csv", line, "known_from", shown(known), f"a day on or after {day}, the day of its instrument",
                "Cite the earlier text, or mend the date.",
            )  # fmt: skip
        if name == "tariff_rates":
            early = rows.filter(
                pl.col("rate_status") == "in_force", pl.col("valid_from") < pl.col("text_day") - REACH_BACK
            )
            for line, first, day in early.select("line", "valid_from", "text_day").iter_rows():
                yield Problem(
                    f"{name}.csv", line, "valid_from", shown(first),
                    f"a day at most a year before {day}, the day of its instrument",
                    "Name the instrument that was in force, or mend the day.",
                )  # fmt: skip


def _unlike_their_neighbours(tables: Tables) -> Iterator[Problem]:
    """Figures of one partner, indicator and unit lie within a factor of ten, whoever measured them and when."""
    key = ["partner_iso3", "indicator", "unit"]
    rows = tables["macro_indicators"].rows.filter(pl.col("action") == "assert").select(
        "line", *key, value=pl.col("value").cast(pl.Float64)
    )  # fmt: skip
    # what a correction replaced stays out: it was wrong, and is mended
    rows = rows.filter(~pl.col("line").is_in(_replaced(tables["macro_indicators"].rows).implode()))
    middle = rows.with_columns(middle=pl.col("value").median().over(key), figures=pl.len().over(key))
    far = middle.filter(
        pl.col("figures") > 1,
        (pl.col("value") > pl.col("middle") * NEIGHBOURS_DIFFER)
        | (pl.col("value") * NEIGHBOURS_DIFFER < pl.col("middle")),
    )
    for line, value, middle_value in far.select("line", "value", "middle").iter_rows():
        yield Problem(
            "macro_indicators.csv", line, "value", shown(f"{value:.15g}"),
            f"about the size of this partner's other figures, {middle_value:.6g} in the middle",
            "Mend the value or its unit; perhaps thousands, millions or billions are mixed.",
        )  # fmt: skip


def _replaced(rows: pl.DataFrame) -> pl.Series:
    corrected = rows.filter(pl.col("action") == "assert")["corrects"].drop_nulls()
    return rows.filter(pl.col("assertion_id").is_in(corrected.implode()))["line"]


def _foreign_to_the_partner(tables: Tables) -> Iterator[Problem]:
    """Money is counted in dollars or in the partner's own."""
    own = tables["partners"].rows.select("partner_iso3", own="currency_code")
    of_pledge = tables["pledges"].rows.select("pledge_id", "partner_iso3").unique()
    counted = {
        "pledges": ("currency_code", tables["pledges"].rows.with_columns(money=pl.col("currency_code"))),
        "pledge_progress": (
            "currency_code",
            tables["pledge_progress"].rows.join(of_pledge, on="pledge_id").with_columns(money=pl.col("currency_code")),
        ),
        "macro_indicators": (
            "unit",
            tables["macro_indicators"].rows.with_columns(money=pl.col("unit").str.extract(r"^([A-Z]{3})(?:_|$)")),
        ),
    }
    for name, (column, rows) in counted.items():
        foreign = rows.join(own, on="partner_iso3").filter(
            pl.col("money") != "USD", pl.col("money").ne_missing(pl.col("own"))
        )
        for line, found, partner, money in foreign.select("line", column, "partner_iso3", "own").iter_rows():
            yield Problem(
                f"{name}.csv", line, column, shown(found), f"dollars, or money of {partner} ({money or 'none given'})",
                "Mend the currency, or that of the partner in partners.csv.",
            )  # fmt: skip


def _more_than_the_whole(tables: Tables) -> Iterator[Problem]:
    rows = tables["pledge_components"].rows
    rows = rows.filter(
        pl.col("action") == "assert", pl.col("is_preferred"), ~pl.col("line").is_in(_replaced(rows).implode())
    )
    newest = rows.sort("known_from", "line").unique("component_id", keep="last")
    over = newest.with_columns(least=pl.col("share_min").sum().over("pledge_id")).filter(pl.col("least") > 1)
    for line, share, least in over.sort("line").select("line", "share_min", "least").iter_rows():
        yield Problem(
            "pledge_components.csv", line, "share_min", shown(share),
            f"shares of one pledge that come to 1 at most, not to {plainly(least)}", "Mend the shares.",
        )  # fmt: skip
