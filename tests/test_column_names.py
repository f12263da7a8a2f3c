"""Public columns say what they hold: units, money, truth values, days, one meaning a name."""

import re

from tests.manifest import Node, columns_of

UNITS = ("_usd", "_pct", "_pp", "_years", "_count", "_usd_per_year", "_per_usd")
# numbers whose unit differs by row -> the column that names it
UNIT_BESIDE = {
    "amount_bn": "currency_code",
    "observed_value": "unit",
    "stated_value": "unit",
    "computed_value": "unit",
    "difference": "unit",
    "tolerance": "unit",
    "lowest_value": "unit",
    "highest_value": "unit",
    "lowest_value_today": "unit",
    "highest_value_today": "unit",
    "denominator_value": "denominator_indicator",
    "quantity": "quantity_unit",
    "quota_volume": "quota_unit",
}
# calendar years, running numbers, ranks, and shares of 0-1
PLAIN_NUMBERS = {"year", "assumed_start_year", "step", "provider_rank", "list_rank", "share_min", "share_max"}
# truth values by the law's own words
SAYS_SO = {"named_article", "counts_as_subject"}
DATE_SUFFIXES = ("_date", "_on", "_from", "_to", "_through", "_since", "_vintage")


def is_number(column: Node) -> bool:
    return column["data_type"].startswith(("decimal", "integer", "bigint"))


def test_numbers_carry_their_unit_in_the_name_or_beside_them(public: dict[str, Node]) -> None:
    wrong = [
        f"{name}.{column}"
        for name, column, node in columns_of(public)
        if is_number(node)
        and not column.endswith(UNITS)
        and column not in PLAIN_NUMBERS
        and UNIT_BESIDE.get(column) not in public[name]["columns"]
    ]
    assert wrong == []


def test_money_of_a_public_model_is_in_whole_dollars(public: dict[str, Node]) -> None:
    wrong = []
    for name, column, node in columns_of(public):
        billions_as_stated = column == "amount_bn" and {"amount_usd", "currency_code"} <= public[name]["columns"].keys()
        if column.endswith("_bn") and not billions_as_stated:
            wrong.append(f"{name}.{column}: billions stand only beside amount_usd, as they were stated")
        # per head and as observed, cents are kept
        is_sum = column.endswith("_usd") and column not in ("per_capita_usd", "value_usd", "fx_per_usd")
        if is_sum and not node["data_type"].endswith(",0)"):
            wrong.append(f"{name}.{column}: {node['data_type']}")
    assert wrong == []


def test_truth_values_and_days_are_named_as_such(public: dict[str, Node]) -> None:
    wrong = [
        f"{name}.{column}"
        for name, column, node in columns_of(public)
        if (node["data_type"] == "boolean" and column not in SAYS_SO and not re.search(r"(^|_)(is|has)_", column))
        or (node["data_type"] == "date" and not column.endswith(DATE_SUFFIXES))
    ]
    assert wrong == []


def test_the_same_name_has_the_same_type_and_meaning_everywhere(public: dict[str, Node]) -> None:
    meanings: dict[str, set[tuple[str, str]]] = {}
    for _, column, node in columns_of(public):
        # which words a seed allows is its own: a claim has other units than an observation
        meanings.setdefault(column, set()).add((node["data_type"], node["description"].split(" One of: ")[0]))
    assert {column: found for column, found in meanings.items() if len(found) > 1} == {}
