"""A difference between two releases as a sentence that a newsroom could print.

Belongs here: one function for each table whose rows need words of their own; every other table has its plain sentence.
Does not belong here: finding the differences (`differences.py`).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb

from dagster_project.release.differences import Difference, OtherTable, Row
from dagster_project.wording import amount, dollars, number, paid, percent, rate, until


@dataclass(frozen=True)
class Change:
    """A difference in words. `partner` and `scope` are names; `words` leaves them out to gather likes."""

    schema: str
    table: str
    kind: str
    words: str
    partner: str = ""
    scope: str = ""
    key: Row | None = None
    before: Row | None = None
    after: Row | None = None


class Names:
    """What readers call a code, a document, an assertion: looked up in both releases, the second first."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self.partners = self._both("partner_iso3, partner_name", "marts.dim_partners") | {"ALL": "Every partner"}
        self.scopes = self._both("scope_id, scope_name", "marts.dim_product_scopes")
        self.sources = self._both("source_id, title", "marts.dim_sources")
        self.citations = self._both("source_id, citation", "marts.dim_instruments where citation is not null")
        self.stated = self._both("assertion_id, stated", "marts.fct_assertions")
        self.known = self._both("assertion_id, cast(known_from as varchar)", "marts.fct_assertions")

    def _both(self, columns: str, table: str) -> dict[str, str]:
        query = "select {0} from {2}.{1} order by all"
        return {
            code: name
            for release in ("first", "second")
            for code, name in self.connection.execute(query.format(columns, table, release)).fetchall()
        }

    def source(self, row: Row) -> str:
        title = self.sources.get(row["source_id"]) or str(row["source_id"])
        citation = self.citations.get(row["source_id"])
        return f"{title}, {citation}" if citation else title

    def rate_before(self, row: Row) -> str | None:
        """The rate of the same programme that the first release has on the new one's first day: the nearest."""
        found = self.connection.execute(
            """
            with rates as (
                select partner_iso3, scope_id, programme_id, quota_tier, rate_basis, rate_pct, valid_from, valid_to,
                    known_to, scope_distance, party_closeness
                from first.intermediate.int_rate_candidates
                where scenario = 'actual'
                union all
                select partner_iso3, scope_id, programme_id, quota_tier, rate_basis, rate_pct, valid_from, valid_to,
                    known_to, 0, 4
                from first.marts.fct_tariff_rates
                where is_in_force
            )
            select {'rate_basis': rate_basis, 'rate_pct': rate_pct}
            from rates
            where partner_iso3 = $partner_iso3 and scope_id = $scope_id and programme_id = $programme_id
                and quota_tier in ($quota_tier, 'none')
                and valid_from <= $valid_from and $valid_from < valid_to and known_to = date '9999-12-31'
            order by scope_distance, party_closeness desc, quota_tier = $quota_tier desc
            limit 1
            """,
            {name: row[name] for name in ("partner_iso3", "scope_id", "programme_id", "quota_tier", "valid_from")},
        ).fetchone()
        return rate(found[0]) if found else None

    def pledge_before(self, row: Row) -> Row | None:
        """The pledge as the first release has it today."""
        found = self.connection.execute(
            """
            select {'amount_bn': amount_bn, 'currency_code': currency_code, 'amount_period': amount_period,
                'bound': bound, 'quantity': quantity, 'quantity_unit': quantity_unit, 'pledge_status': pledge_status}
            from first.marts.fct_pledges
            where pledge_id = $pledge_id and known_to = date '9999-12-31'
            """,
            {"pledge_id": row["pledge_id"]},
        ).fetchone()
        return found[0] if found else None


def in_words(connection: duckdb.DuckDBPyConnection, found: Iterable[Difference | OtherTable]) -> Iterator[Change]:
    """Each difference as a change in words, in the order given. A claim with many readings is one change."""
    names = Names(connection)
    told: set[tuple[str, str]] = set()
    for one in found:
        if isinstance(one, OtherTable):
            yield Change(one.schema, one.table, "table", one.note)
            continue
        row = one.after or one.before or {}
        kind, words = _log(one, names) if "assertion_id" in one.key else _other(one, names)
        partner = one.key.get("partner_iso3") or row.get("partner_iso3") or ""
        scope = one.key.get("scope_id") or row.get("scope_id") or ""
        claim = (one.table, str(one.key.get("claim_id")))
        if one.table == "metric_claim_checks":
            if words == "" or claim in told:
                continue
            told.add(claim)
        yield Change(
            one.schema, one.table, kind, words, names.partners.get(partner, partner),
            names.scopes.get(scope, scope).lower(), one.key, one.before, one.after,
        )  # fmt: skip


def _log(one: Difference, names: Names) -> tuple[str, str]:
    """A row of the log that came, went or was edited."""
    before, after = one.before, one.after
    if after is None:
        assert before is not None
        return "gone", f"taken out of the log: {names.stated[before['assertion_id']]}"
    if before is not None:
        return "edited", f"{after['assertion_id']} edited in place: {_columns(before, after)}"
    known = f", known since {after['known_from']} ({names.source(after)})"
    if after["action"] == "retract":
        return "retracted", f"retracted: {names.stated[after['corrects']]}{known.replace('known since', 'from')}"
    if after["corrects"]:
        was, now = names.stated[after["corrects"]], names.stated[after["assertion_id"]]
        moved = str(after["known_from"]) != names.known[after["corrects"]]
        known += f", not since {names.known[after['corrects']]}" if moved else ""
        return "corrected", f"assertion corrected: {was} → {now}{known}"
    if not after["is_preferred"]:
        return "new", f"also stated, but not preferred: {names.stated[after['assertion_id']]}{known}"
    words = NEWS.get(one.table, lambda row, names: names.stated[row["assertion_id"]])
    return "new", words(after, names) + known


def _new_rate(row: Row, names: Names) -> str:
    tier = "" if row["quota_tier"] == "none" else f" ({row['quota_tier'].replace('_', ' ')})"
    if row["rate_status"] != "in_force":
        planned = f" from {row['valid_from']}" if row["valid_from"] else ""
        return f"{rate(row)}{tier} {row['rate_status']}{planned}"
    before = names.rate_before(row)
    change = f"{rate(row)}, unchanged," if before == rate(row) else f"{before or 'nothing'} → {rate(row)}"
    return f"{change}{tier} from {row['valid_from']}{until(row['valid_to'])}"


def _new_pledge(row: Row, names: Names) -> str:
    before, now = names.pledge_before(row), _pledged(row)
    if before is None:
        return f"new pledge: {row['pledge_name']}, {now}, {row['pledge_status']}"
    if _pledged(before) != now:
        return f"pledge {_moved(before, row)} from {_pledged(before)} to {now}: {row['pledge_name']}"
    status = before["pledge_status"]
    moved = f"now {row['pledge_status']}, was {status}" if status != row["pledge_status"] else "stated anew"
    return f"pledge {moved}: {row['pledge_name']}, {now}"


def _moved(before: Row, after: Row) -> str:
    """Raised or lowered where both are amounts of one currency and period, else restated."""
    old, new = before["amount_bn"], after["amount_bn"]
    comparable = all(before[name] == after[name] for name in ("currency_code", "amount_period"))
    if old is None or new is None or old == new or not comparable:
        return "restated"
    return "raised" if new > old else "lowered"


def _pledged(row: Row) -> str:
    if row["amount_bn"] is None:
        return f"{number(row['quantity'])} {row['quantity_unit']}" if row["quantity"] is not None else "no figure"
    currency = row["currency_code"]
    stated = f"${number(row['amount_bn'])} bn" if currency == "USD" else f"{number(row['amount_bn'])} bn {currency}"
    return amount(row, stated)


def _ending(row: Row, names: Names) -> str:
    ended = row["authority"] or row["programme_id"] or row["instrument_id"]
    return f"duties under {ended} end on {row['ends_on']}"


NEWS: dict[str, Callable[[Row, Names], str]] = {
    "tariff_rates": _new_rate,
    "pledges": _new_pledge,
    "measure_endings": _ending,
    "claims": lambda row, names: f"new claim: {row['claimed_by']}, {row['claimed_date']}: {row['claim_summary']}",
    "deal_events": lambda row, names: (
        f"{row['event_type'].replace('_', ' ')}: {row['event_name']}, {row['event_date']}"
    ),
}


def _other(one: Difference, names: Names) -> tuple[str, str]:
    """A row of a dimension or of a metric."""
    kind = "new" if one.before is None else "gone" if one.after is None else "changed"
    if one.table in METRIC_WORDS:
        return kind, METRIC_WORDS[one.table](one, names)
    key = " ".join(str(value) for name, value in one.key.items() if name not in ("partner_iso3", "scope_id"))
    if one.before is not None and one.after is not None:
        return kind, f"{key}: {_columns(one.before, one.after)}".removeprefix(": ")
    return kind, f"{kind}: {key}".removesuffix(": ")


def _columns(before: Row, after: Row) -> str:
    """The columns that differ, each with both values."""
    differing = [name for name in after if before[name] != after[name]]
    return "; ".join(f"{name} {_value(name, before[name])} → {_value(name, after[name])}" for name in differing)


def _value(name: str, value: Any) -> str:
    if value is None:
        return "nothing"
    if "_usd" in name:
        return dollars(value)
    if name.endswith("_pct"):
        return percent(value)
    return number(value) if isinstance(value, Decimal) else str(value)


def _total(one: Difference, names: Names) -> str:
    before, after = (paid(row) if row else "nothing known" for row in (one.before, one.after))
    tier = "" if one.key["quota_tier"] == "none" else f" ({one.key['quota_tier'].replace('_', ' ')})"
    return f"{before} → {after} in all{tier} from {one.key['valid_from']}"


def _gap(one: Difference, names: Names) -> str:
    before, after = (f"{number(row['gap_pp'])}" if row else "nothing known" for row in (one.before, one.after))
    rival = names.partners.get(one.key["rival_iso3"], one.key["rival_iso3"])
    return f"gap to {rival} {before} → {after} percentage points from {one.key['valid_on']}"


def _cut(one: Difference, names: Names) -> str:
    def cut(row: Row | None) -> str:
        return f"{percent(row['rate_before_pct'])} → {percent(row['rate_after_pct'])}" if row else "none"

    tier = "" if one.key["quota_tier"] == "none" else f" ({one.key['quota_tier'].replace('_', ' ')})"
    return f"step of {one.key['change_date']}{tier}: now {cut(one.after)}, was {cut(one.before)}"


def _saving(one: Difference, names: Names) -> str:
    before, after = (dollars(row["saving_usd_per_year"]) if row else "unknown" for row in (one.before, one.after))
    return f"importers save {before} → {after} a year at the volume of the base year"


CLAIM_VERDICTS = {"claim_verdict": "by what was known then", "claim_verdict_today": "by what is known now"}


def _claim(one: Difference, names: Names) -> str:
    """Empty where the claim's verdicts are as they were: a reading more is no news."""
    row = one.after or one.before or {}
    stated = f"{row['claimed_by']}, {row['claimed_date']}: {row['claim_summary']}"
    # a release made before a verdict existed has no column of it
    verdicts = [name for name in CLAIM_VERDICTS if name in row]
    was, now = (
        names.connection.execute(
            f"select {', '.join(verdicts)} from {release}.metrics.metric_claim_checks where claim_id = ? limit 1",
            [one.key["claim_id"]],
        ).fetchone()
        for release in ("first", "second")
    )
    if was == now:
        return ""
    if now is None:
        return f"claim no longer checked: {stated}"
    said = (
        f"{CLAIM_VERDICTS[name]} {_words(after)}" + (f", was {_words(was[place])}" if was else "")
        for place, (name, after) in enumerate(zip(verdicts, now, strict=True))
        if was is None or was[place] != after
    )
    return f"claim {'now' if was else 'checked,'} {'; '.join(said)}: {stated}"


def _words(slug: str) -> str:
    return slug.replace("_", " ")


def _burden(one: Difference, names: Names) -> str:
    weights = ("share_of_gdp_pct", "per_capita_usd", "share_of_reserves_pct", "exports_to_us_years")

    def weight(row: Row | None) -> str:
        if row is None:
            return "nothing"
        name = next(name for name in weights if row[name] is not None)
        basis = f"{row['denominator_provider']} {row['denominator_period']}"
        return f"{_value(name, row[name])} ({name.rsplit('_', 1)[0].replace('_', ' ')}, {basis})"

    return f"{one.key['pledge_id']} weighs {weight(one.before)} → {weight(one.after)}"


def _date(one: Difference, names: Names) -> str:
    row = one.after or one.before or {}
    verb = "changed" if one.before and one.after else "now ahead" if one.after else "no longer ahead"
    return f"{verb}: {row['due_date'] or 'on its trigger'}, {row['due_type'].replace('_', ' ')}: {row['due_summary']}"


METRIC_WORDS: dict[str, Callable[[Difference, Names], str]] = {
    "metric_total_rates": _total,
    "metric_competitor_gaps": _gap,
    "metric_tariff_cuts": _cut,
    "metric_duty_savings": _saving,
    "metric_claim_checks": _claim,
    "metric_pledge_burdens": _burden,
    "metric_upcoming_dates": _date,
}
