"""Total rates by a second path: from the CSV files, one partner and scope at a time, as docs/methodology.md says it.

Belongs here: what the tests compare `total_rates_as_of` with. Shares no code with the project.
"""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from tests.assertion_log import (
    ALWAYS,
    NEVER,
    Assertion,
    day,
    holding,
    known_rows,
    read_base_rates,
    read_endings,
    read_rates,
    rows,
)

Goods = tuple[str, str, str]
OTHERS = {"in_quota", "over_quota"}


class Total(NamedTuple):
    """Per cent; None where the base is not one figure, and something depends on it."""

    total: Decimal | None
    no_deal: Decimal | None


class Candidate(NamedTuple):
    """A rate that bears on goods; the smallest one speaks for its programme."""

    distance: int
    farness: int
    is_general_tier: bool
    row: Assertion


class PlainTotals:
    """The seeds of a folder, read once."""

    def __init__(self, folder: Path) -> None:
        self.rates = read_rates(folder)
        self.without_deals = [row for row in self.rates if row.deal_id is None]
        self.base_rates = read_base_rates(folder)
        self.endings = read_endings(folder)
        self.stacking = {row["programme_id"]: row["stacking_class"] for row in rows(folder, "programmes")}
        self.parents = {
            row["scope_id"]: row["parent_scope_id"]
            for row in rows(folder, "product_scopes")
            if row["scope_kind"] in ("goods", "condition")
        }
        self.members = [
            (row["partner_iso3"], row["bloc_iso3"], day(row["valid_from"], ALWAYS), day(row["valid_to"], NEVER))
            for row in rows(folder, "partner_members")
        ]
        told_of = {
            row["partner_iso3"]
            for name in ("tariff_rates", "base_rates", "trade_flows", "partner_members", "deals")
            for row in rows(folder, name)
        }
        self.partners = sorted(told_of - {"ALL", "USA"})

    def at(self, valid_on: dt.date, known_on: dt.date) -> dict[Goods, Total]:
        """By partner, scope and quota tier: what has a base or a rate on the day, as known on the day."""
        actual = self._by_place(self.rates, valid_on, known_on)
        no_deal = self._by_place(self.without_deals, valid_on, known_on)
        bases: dict[tuple[str, str], list[Assertion]] = {}
        for (partner, scope, _), row in holding(self.base_rates, [], valid_on, known_on).items():
            bases.setdefault((str(partner), str(scope)), []).append(row)
        split = {row.key[:2] for row in known_rows(self.rates, known_on) if row.key[3] in OTHERS and row.key[4]}
        found = {}
        for partner in self.partners:
            parties = self._parties(partner, valid_on)
            for scope in self.parents:
                places = [
                    (distance, farness, party, ancestor)
                    for distance, ancestor in enumerate(self._ancestors(scope))
                    for farness, party in parties
                ]
                base = self._base(places, bases)
                tiers = OTHERS if any((party, ancestor) in split for _, _, party, ancestor in places) else {"none"}
                for tier in tiers:
                    candidates = list(self._bearing(places, actual, tier))
                    others = list(self._bearing(places, no_deal, tier))
                    if base is not None or candidates or others:
                        found[partner, scope, tier] = Total(self._sum(base, candidates), self._sum(base, others))
        return found

    def _by_place(
        self, log: list[Assertion], valid_on: dt.date, known_on: dt.date
    ) -> dict[tuple[str, str], list[Assertion]]:
        places: dict[tuple[str, str], list[Assertion]] = {}
        for key, row in holding(log, self.endings, valid_on, known_on).items():
            if key[4]:
                places.setdefault((str(key[0]), str(key[1])), []).append(row)
        return places

    def _parties(self, partner: str, valid_on: dt.date) -> list[tuple[int, str]]:
        """The partner itself, its bloc while it is a member, and every partner: nearest first."""
        blocs = [bloc for member, bloc, start, end in self.members if member == partner and start <= valid_on < end]
        return list(enumerate([partner, *blocs, "ALL"] if blocs else [partner, "", "ALL"]))

    def _ancestors(self, scope: str) -> Iterator[str]:
        while scope:
            yield scope
            scope = self.parents[scope]

    def _base(
        self, places: list[tuple[int, int, str, str]], bases: dict[tuple[str, str], list[Assertion]]
    ) -> Assertion | None:
        """The nearest base duty; a preference goes before the general column."""
        candidates = [
            (distance, farness, row.key[2] == "mfn", row.assertion_id, row)
            for distance, farness, party, scope in places
            for row in bases.get((party, scope), [])
        ]
        return min(candidates, key=lambda one: one[:4])[-1] if candidates else None

    def _bearing(
        self, places: list[tuple[int, int, str, str]], held: dict[tuple[str, str], list[Assertion]], tier: str
    ) -> Iterator[Candidate]:
        for distance, farness, party, scope in places:
            for row in held.get((party, scope), []):
                if row.key[3] in ("none", tier):
                    yield Candidate(distance, farness, row.key[3] == "none", row)

    def _sum(self, base: Assertion | None, candidates: list[Candidate]) -> Decimal | None:
        """Base and what each programme adds to it."""
        if base is None:
            return None
        figure = Decimal(base.row["rate_pct"]) if base.row["is_uniform"] == "true" else None
        nearest = {}
        for programme in {str(one.row.key[2]) for one in candidates}:
            of_programme = [one for one in candidates if one.row.key[2] == programme]
            nearest[programme] = min(of_programme, key=lambda one: one[:3]).row
        has_232 = any(
            self.stacking[programme] == "section-232" and row.row["rate_basis"] != "exempt"
            for programme, row in nearest.items()
        )
        total = figure
        for programme, row in nearest.items():
            if has_232 and self.stacking[programme] == "displaced-by-232":
                continue
            generic = [
                Decimal(one.row.row["rate_pct"])
                for one in candidates
                if one.row.key[2] == programme and one.row.key[0] == "ALL"
            ]
            added = self._added(row, figure, max(generic, default=None))
            total = None if total is None or added is None else total + added
        return total

    def _added(self, row: Assertion, base: Decimal | None, generic: Decimal | None) -> Decimal | None:
        rate, basis = Decimal(row.row["rate_pct"]), row.row["rate_basis"]
        if basis == "additional":
            return rate
        if basis == "exempt":
            return Decimal(0)
        if base is None:
            return None
        if basis == "floor_incl_base":
            return max(Decimal(0), rate - base)
        if basis == "ceiling_total":
            return max(Decimal(0), min(rate if generic is None else generic, rate - base))
        return rate - base
