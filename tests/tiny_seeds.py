"""The smallest seeds that are fit to build: every file with its header, a rate on cars and what it refers to."""

import csv
from pathlib import Path

from dagster_project.schemas import SEEDS
from dagster_project.seeds import column_order

CITED = {"source_id": "proclamation", "source_locator": "title"}
LOGGED = CITED | {
    "confidence": "high", "known_from": "2025-03-26", "recorded_on": "2025-11-01", "action": "assert",
    "is_preferred": "true",
}  # fmt: skip
ROWS: dict[str, list[dict[str, str]]] = {
    "sources": [
        {
            "source_id": "proclamation", "title": "Cars", "publisher": "A government", "publisher_class": "official",
            "published_date": "2025-03-26", "accessed_date": "2025-11-01", "licence": "public domain",
        },
    ],
    "partners": [
        {"partner_iso3": code, "partner_name": name, "is_bloc": "false"}
        for code, name in (("USA", "United States"), ("JPN", "Japan"), ("KOR", "Korea"), ("ALL", "Every partner"))
    ],
    "product_scopes": [
        {"scope_id": "passenger-cars", "scope_name": "Cars", "sector": "autos", "hs_prefixes": "8703"},
    ],
    "programmes": [
        {"programme_id": "s232-autos", "programme_name": "Cars", "authority": "S232", "stacking_class": "section-232"}
        | CITED,
    ],
    "instruments": [
        {
            "instrument_id": "proclamation-cars", "instrument_type": "proclamation", "title": "Cars",
            "signed_date": "2025-03-26", "source_id": "proclamation",
        },
    ],
    "tariff_rates": [
        {
            "assertion_id": "cars-25", "rate_id": "cars", "partner_iso3": "ALL", "scope_id": "passenger-cars",
            "programme_id": "s232-autos", "rate_basis": "additional", "rate_pct": "25", "rate_status": "in_force",
            "quota_tier": "none", "valid_from": "2025-04-03", "instrument_id": "proclamation-cars",
        }
        | LOGGED,
    ],
}  # fmt: skip


def write_tiny_seeds(folder: Path) -> Path:
    folder.mkdir(parents=True)
    for name, schema in SEEDS.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, column_order(schema), lineterminator="\n")
            writer.writeheader()
            writer.writerows(ROWS.get(name, []))
    return folder
