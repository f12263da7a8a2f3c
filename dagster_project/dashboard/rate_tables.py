"""The rates of the page: what goods paid, in both clocks, and the sources of each total.

Does not belong here: SQL (`questions.py`).
"""

from decimal import Decimal

from dagster_project.dashboard.cells import (
    Cell,
    Column,
    Dataset,
    Reference,
    dataset,
    day,
    figure,
    figures,
    plain,
    words,
)
from dagster_project.dashboard.questions import EVERY_PARTNER, Facts, Row
from dagster_project.wording import paid, percent, rate

QUOTA_SIDES = {"in_quota": "within the quota", "over_quota": "over the quota"}


def rates(facts: Facts) -> Dataset:
    """What goods paid, twice: as known on each day itself, and as known on the day of the build."""
    columns = [
        Column("Goods", "scope", lambda row: Cell(facts.goods[row["scope_id"]], _order(facts, row))),
        Column(
            "Quota", "quota_tier", lambda row: Cell("" if row["quota_tier"] == "none" else words(row["quota_tier"]))
        ),
        Column("Known", "known", lambda row: Cell("then" if row["is_then"] else "today")),
        Column("Pays", "total_rate_pct", _paid, is_number=True),
        Column("Base duty", "base_rate_pct", _base, is_number=True),
        figures("Without the deal", "rate_no_deal_pct", percent),
        Column("Made up of, beside the base", "rate_parts", lambda row: Cell(_parts(facts, row))),
        Column("Pays so since", "pays_since", lambda row: day(row["pays_since"])),
        Column("From", "from", lambda row: day(row["shown_from"])),
        Column("Until the day before", "to", lambda row: day(row["shown_to"])),
    ]
    then = [row | {"is_then": True} for row in _with_since(facts.rates)]
    today = [row | {"is_then": False} for row in _with_since(facts.rates_today)]
    return dataset(
        columns,
        sorted(
            then + today,
            key=lambda row: (row["partner_iso3"], _order(facts, row), row["quota_tier"], row["shown_from"]),
        ),
        lambda row: _rate_references(facts, row),
        lambda row: [row["scope_id"], row["quota_tier"], int(row["is_then"]), plain(charted_pct(row))],
    )


def _with_since(rows: list[Row]) -> list[Row]:
    """Each row with the day since which the goods pay the same: an unchanged rate may have come to rest on new texts.

    `rows` come in the order of goods and days.
    """
    found: list[Row] = []
    for row in rows:
        before = found[-1] if found else None
        is_same = before is not None and (
            all(before[name] == row[name] for name in ("partner_iso3", "scope_id", "quota_tier"))
            and before["shown_to"] == row["shown_from"]
            and paid(before) == paid(row)
        )
        found.append(row | {"pays_since": before["pays_since"] if before and is_same else row["shown_from"]})
    return found


def _order(facts: Facts, row: Row) -> int:
    return list(facts.goods).index(row["scope_id"])


def _paid(row: Row) -> Cell:
    """What the goods pay; where a quota splits them, on which side of it."""
    side = "" if row["quota_tier"] == "none" else f" {QUOTA_SIDES[row['quota_tier']]}"
    return Cell(paid(row) + side, plain(charted_pct(row)), row["total_rate_pct"] is not None)


def _base(row: Row) -> Cell:
    return Cell("differs by product") if row["base_rate_pct"] is None else figure(row["base_rate_pct"], percent)


def _parts(facts: Facts, row: Row) -> str:
    asserted = [facts.rate_assertions[name] for name in (row["assertion_ids"] or "").split()]
    return "; ".join(f"{rate(part)} ({part['programme_name']})" for part in asserted) or "no measure"


def _rate_references(facts: Facts, row: Row) -> list[Reference]:
    asserted = [facts.rate_assertions[name] for name in (row["assertion_ids"] or "").split()]
    found: list[Reference] = [(part["source_id"], part["source_locator"]) for part in asserted]
    scope: str | None = row["scope_id"]
    while scope:
        for partner in (row["partner_iso3"], EVERY_PARTNER):
            if base := facts.base_sources.get((partner, scope, row["base_preference"] or "")):
                return list(dict.fromkeys([*found, (base["source_id"], base["source_locator"])]))
        scope = facts.parent_goods.get(scope)
    return list(dict.fromkeys(found))


def charted_pct(row: Row) -> Decimal | None:
    """The published figure that a line of the chart follows: the total, else the part of it that is known."""
    for name in ("total_rate_pct", "stated_total_pct", "floor_rate_pct", "ceiling_rate_pct", "additional_rate_pct"):
        if row[name] is not None:
            return row[name]
    return None
