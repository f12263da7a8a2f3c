"""The smallest seeds that are fit to build: a row or two in every file, about a rate on cars and what it refers to."""

import csv
from pathlib import Path

from dagster_project.seeds.reading import column_order
from dagster_project.seeds.schemas import SEEDS

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
    "providers": [
        {"provider": "world-bank", "provider_name": "World Bank", "provider_rank": "1", "publishes": "GDP"},
        {"provider": "us-census", "provider_name": "US Census Bureau", "provider_rank": "3", "publishes": "Imports"},
    ],
    "partners": [
        {"partner_iso3": code, "partner_name": name, "currency_code": currency, "is_bloc": bloc}
        for code, name, currency, bloc in (
            ("USA", "United States", "USD", "false"), ("JPN", "Japan", "JPY", "false"),
            ("KOR", "Korea", "KRW", "false"), ("ALL", "Every partner", "", "true"),
        )
    ]
    + [
        {"partner_iso3": "EUU", "partner_name": "European Union", "currency_code": "EUR", "is_bloc": "true"},
        {"partner_iso3": "DEU", "partner_name": "Germany", "currency_code": "EUR", "is_bloc": "false"},
    ],
    "partner_members": [{"bloc_iso3": "EUU", "partner_iso3": "DEU", "valid_from": "2020-02-01"}],
    "officials": [
        {"official_id": "minister", "official_name": "A minister", "role": "Minister", "partner_iso3": "JPN"} | CITED,
    ],
    "product_scopes": [
        {
            "scope_id": "passenger-cars", "scope_name": "Cars", "sector": "autos", "hs_prefixes": "8703",
            "scope_kind": "goods",
        },
    ],
    "conditions": [
        {"condition_id": "korus", "condition_name": "KORUS", "condition_says": "Entered under the agreement"},
    ],
    "preferences": [
        {"symbol": "KR", "preference": "korus", "preference_name": "KORUS", "condition_id": "korus"} | CITED,
    ],
    "programmes": [
        {"programme_id": "s232-autos", "programme_name": "Cars", "authority": "S232", "stacking_class": "section-232"}
        | CITED,
        {
            "programme_id": "reciprocal", "programme_name": "All goods", "authority": "IEEPA",
            "stacking_class": "displaced-by-232",
        }
        | CITED,
    ],
    "lists": [
        {"list_id": "passenger-cars", "list_name": "Cars", "programme_id": "s232-autos", "list_role": "covers"},
    ],
    "list_versions": [
        {
            "assertion_id": "cars-listed", "list_id": "passenger-cars", "law_note": "US note 33(b)",
            "valid_from": "2025-04-03",
        }
        | LOGGED,
    ],
    "product_lists": [
        {"list_version": "cars-listed", "code": "87032301", "role": "include", "named_article": "false"},
    ],
    "partner_groups": [
        {
            "assertion_id": "korea-left-out", "membership_id": "korea", "programme_id": "reciprocal",
            "group_iso3": "ALL", "partner_iso3": "KOR", "membership": "leaves_out", "valid_from": "2025-04-05",
        }
        | LOGGED,
    ],
    "stacking_rules": [
        {
            "assertion_id": "cars-first", "stacking_id": "cars-first", "winner_programme_id": "s232-autos",
            "loser_programme_id": "reciprocal", "partner_iso3": "ALL", "effect": "displaces", "on_value": "whole",
            "counts_as_subject": "false", "valid_from": "2025-04-05",
        }
        | LOGGED,
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
            "programme_id": "s232-autos", "rate_basis": "additional", "rate_pct": "25", "value_basis": "full",
            "rate_status": "in_force", "quota_tier": "none", "valid_from": "2025-04-03",
            "instrument_id": "proclamation-cars",
        }
        | LOGGED,
    ],
    "base_rates": [
        {
            "assertion_id": "cars-mfn", "base_rate_id": "cars-mfn", "partner_iso3": "ALL",
            "scope_id": "passenger-cars", "preference": "mfn", "rate_pct": "2.5", "is_uniform": "true",
        }
        | LOGGED,
    ],
    "measure_endings": [
        {
            "assertion_id": "cars-end", "ending_id": "cars-end", "programme_id": "s232-autos", "partner_iso3": "ALL",
            "ends_on": "2050-01-01", "reason": "A law",
        }
        | LOGGED | {"known_from": "2025-10-01"},
    ],
    "deals": [{"deal_id": "us-japan", "deal_name": "A deal", "partner_iso3": "JPN"} | CITED],
    "deal_events": [
        {
            "assertion_id": "announced", "event_id": "announced", "deal_id": "us-japan", "partner_iso3": "JPN",
            "event_date": "2025-03-26", "event_type": "announced", "event_name": "The deal is announced",
        }
        | LOGGED,
    ],
    "deal_clauses": [
        {
            "assertion_id": "review", "clause_id": "review", "deal_id": "us-japan", "clause_type": "review",
            "trigger_summary": "A year has passed", "reference_summary": "The deal", "clause_state": "waiting",
        }
        | LOGGED,
    ],
    "concessions": [
        {
            "assertion_id": "rice", "concession_id": "rice", "deal_id": "us-japan", "partner_iso3": "JPN",
            "concession_type": "market_access", "concession_summary": "More rice",
        }
        | LOGGED,
    ],
    "sector_roles": [
        {
            "assertion_id": "autos-key", "sector_role_id": "autos-key", "deal_id": "us-japan", "partner_iso3": "JPN",
            "sector": "autos", "sector_role": "key",
        }
        | LOGGED,
    ],
    "pledges": [
        {
            "assertion_id": "jpn-200", "pledge_id": "jpn-fund", "deal_id": "us-japan", "partner_iso3": "JPN",
            "pledge_name": "A fund", "row_role": "whole", "asserted_by": "JPN", "pledge_type": "investment_mixed",
            "amount_bn": "200", "currency_code": "USD", "amount_period": "total", "bindingness": "statement",
            "pledge_status": "agreed",
        }
        | LOGGED,
    ],
    "pledge_components": [
        {
            "assertion_id": "equity", "component_id": "equity", "pledge_id": "jpn-fund", "component": "equity",
            "share_min": "0.01", "share_max": "0.02",
        }
        | LOGGED,
    ],
    "pledge_progress": [
        {
            "assertion_id": "tranche", "progress_id": "tranche", "pledge_id": "jpn-fund",
            "progress_date": "2025-03-26", "progress_type": "allocated", "progress_name": "First tranche",
            "amount_bn": "25", "currency_code": "USD", "is_cumulative": "false",
        }
        | LOGGED,
    ],
    "macro_indicators": [
        {
            "assertion_id": f"jpn-gdp-{period}", "observation_id": f"jpn-gdp-{period}", "partner_iso3": "JPN",
            "indicator": "gdp_nominal", "period": period, "value": value, "unit": "USD_bn", "provider": "world-bank",
            "is_projection": "false",
        }
        | LOGGED
        for period, value in (("2023", "4200"), ("2024", "4000"))
    ],
    "trade_flows": [
        {
            "assertion_id": "jpn-cars-2024", "flow_id": "jpn-cars-2024", "partner_iso3": "JPN",
            "scope_id": "passenger-cars", "period": "2024", "imports_usd": "40000000000",
            "duties_usd": "1000000000", "provider": "us-census",
        }
        | LOGGED,
    ],
    "claims": [
        {
            "assertion_id": "claimed-15", "claim_id": "claimed-15", "claimed_by": "A minister",
            "claimed_date": "2025-03-26", "partner_iso3": "JPN", "scope_id": "passenger-cars",
            "claim_metric": "rate_pct", "stated_value": "15", "unit": "percent", "qualifier": "about",
            "claim_summary": "Cars pay 15",
        }
        | LOGGED,
    ],
    "disagreements": [
        {
            "disagreement_id": "one", "topic": "Cars", "value_a": "25", "source_a_id": "proclamation",
            "value_b": "15", "source_b_id": "proclamation", "preferred": "a", "reason": "The law",
        },
    ],
    "reviews": [
        {
            "partner_iso3": "JPN", "review_topic": "rates", "reviewed_through": "2025-10-01",
            "reviewed_on": "2025-11-01", "reviewed_sources": "The proclamations",
        },
    ],
}  # fmt: skip


def write_tiny_seeds(folder: Path) -> Path:
    folder.mkdir(parents=True)
    for name in SEEDS:
        write_rows(folder, name, ROWS.get(name, []))
    return folder


def write_rows(folder: Path, name: str, rows: list[dict[str, str]]) -> None:
    with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, column_order(SEEDS[name]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
