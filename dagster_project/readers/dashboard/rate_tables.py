"""The rates of the page: what goods paid, in both clocks, and the sources of each total.

Does not belong here: SQL (`questions.py`).
"""

from decimal import Decimal

from dagster_project.readers.dashboard.cells import (
    Cell,
    Column,
    Dataset,
    Reference,
    dataset,
    day,
    day_text,
    figure,
    figures,
    plain,
    words,
)
from dagster_project.readers.dashboard.questions import EVERY_PARTNER, Facts, Row
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
        Column("From", "from", lambda row: day(row["shown_from"])),
        Column("Until the day before", "to", lambda row: day(row["shown_to"])),
    ]
    then = [row | {"is_then": True} for row in facts.rates]
    today = [row | {"is_then": False} for row in facts.rates_today]
    return dataset(
        columns,
        sorted(
            then + today,
            key=lambda row: (row["partner_iso3"], _order(facts, row), row["quota_tier"], row["shown_from"]),
        ),
        lambda row: rate_references(facts, row),
        lambda row: [row["scope_id"], row["quota_tier"], int(row["is_then"]), plain(charted_pct(row))],
    )


def _order(facts: Facts, row: Row) -> int:
    return list(facts.goods).index(row["scope_id"])


def _paid(row: Row) -> Cell:
    """What the goods pay; where a quota splits them, on which side of it."""
    side = "" if row["quota_tier"] == "none" else f" {QUOTA_SIDES[row['quota_tier']]}"
    return Cell(paid(row) + side, plain(charted_pct(row)), row["total_rate_pct"] is not None)


def _base(row: Row) -> Cell:
    return Cell("differs by product") if row["base_rate_pct"] is None else figure(row["base_rate_pct"], percent)


def asserted_parts(facts: Facts, row: Row) -> list[Row]:
    """The assertions that a rate is made of."""
    return [facts.rate_assertions[name] for name in (row["assertion_ids"] or "").split()]


def _parts(facts: Facts, row: Row) -> str:
    """Each part with its own first day: a rate that stayed the same may have come to rest on another programme."""
    parts = [_part(part) for part in asserted_parts(facts, row)] or ["no measure"]
    base, floor = row["base_rate_pct"], row["floor_rate_pct"]
    is_above = base is not None and floor is not None and base > floor
    return "; ".join([*parts, *(["the base duty is higher, so nothing is added to it"] if is_above else [])])


def _part(part: Row) -> str:
    since = f" since {day_text(part['valid_from'])}" if part["valid_from"] else ""
    return f"{rate(part)}{since} ({part['programme_name']})"


def rate_references(facts: Facts, row: Row) -> list[Reference]:
    """The sources of the parts, and of the base duty."""
    asserted = asserted_parts(facts, row)
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
