"""The dbt project keeps its conventions: names, layers, contracts, descriptions, keys, units, one definition a metric.

Belongs here: what dbt's manifest shows without any data. Does not belong here: rules about rows (dbt data tests) and
about arithmetic (dbt unit tests).
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from dagster_project.settings import PUBLIC_SCHEMAS, Settings

Node = dict[str, Any]

PROJECT = "trade_deals"
PREFIXES = {
    "staging": ("stg_",),
    "intermediate": ("int_",),
    "marts": ("dim_", "fct_"),
    "metrics": ("metric_",),
}
MACRO_SUFFIXES = ("_as_of", "_known_on")
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
    "denominator_value": "denominator_indicator",
    "quantity": "quantity_unit",
    "quota_volume": "quota_unit",
}
# calendar years, running numbers, and shares of 0-1
PLAIN_NUMBERS = {"year", "assumed_start_year", "step", "share_min", "share_max"}
DATE_SUFFIXES = ("_date", "_on", "_from", "_to", "_vintage")


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    # importing the assets parses the dbt project
    from dagster_project.defs.transform import dbt_manifest

    return json.loads(dbt_manifest(Settings.from_env()).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def models(manifest: dict[str, Any]) -> dict[str, Node]:
    return {node["name"]: node for node in manifest["nodes"].values() if node["resource_type"] == "model"}


@pytest.fixture(scope="module")
def public(models: dict[str, Node]) -> dict[str, Node]:
    return {name: model for name, model in models.items() if model["schema"] in PUBLIC_SCHEMAS}


def data_tests_of(manifest: dict[str, Any], model: Node) -> list[Node]:
    return [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test" and node.get("attached_node") == model["unique_id"]
    ]


def kind_of(test: Node) -> str:
    return (test.get("test_metadata") or {}).get("name", "")


def columns_of(nodes: dict[str, Node]) -> Iterator[tuple[str, str, Node]]:
    for name, node in nodes.items():
        for column in node["columns"].values():
            yield name, column["name"], column


def own_macros(manifest: dict[str, Any]) -> list[Node]:
    return [macro for macro in manifest["macros"].values() if macro["package_name"] == PROJECT]


def has_not_null(column: Node) -> bool:
    return any(constraint["type"] == "not_null" for constraint in column["constraints"])


def is_number(column: Node) -> bool:
    return column["data_type"].startswith(("decimal", "integer", "bigint"))


def test_the_project_has_models_in_every_layer(models: dict[str, Node]) -> None:
    assert {model["schema"] for model in models.values()} == {*PREFIXES, "main"}


def test_a_file_is_named_like_its_model_and_its_folder_like_its_schema(models: dict[str, Node]) -> None:
    wrong = []
    for name, model in models.items():
        folder = "metrics/as_of" if model["schema"] == "main" else model["schema"]
        if model["path"] != f"{folder}/{name}.sql":
            wrong.append(f"{model['path']} builds {model['schema']}.{name}")
    assert wrong == []


def test_a_name_shows_its_layer(models: dict[str, Node]) -> None:
    wrong = [
        name
        for name, model in models.items()
        if not (
            name.endswith(MACRO_SUFFIXES) if model["schema"] == "main" else name.startswith(PREFIXES[model["schema"]])
        )
    ]
    assert wrong == []


def test_staging_reads_one_source_and_nothing_else(models: dict[str, Node]) -> None:
    wrong = {
        name: model["depends_on"]["nodes"]
        for name, model in models.items()
        if model["schema"] == "staging" and [n.split(".")[0] for n in model["depends_on"]["nodes"]] != ["source"]
    }
    assert wrong == {}


def test_only_staging_reads_raw(models: dict[str, Node]) -> None:
    wrong = {
        name: [n for n in model["depends_on"]["nodes"] if n.startswith("source.")]
        for name, model in models.items()
        if model["schema"] != "staging" and any(n.startswith("source.") for n in model["depends_on"]["nodes"])
    }
    assert wrong == {}


def test_metrics_read_public_facts_or_intermediates_never_staging(models: dict[str, Node]) -> None:
    wrong = {
        name: [n for n in model["depends_on"]["nodes"] if ".stg_" in n]
        for name, model in models.items()
        if model["schema"] in ("metrics", "main") and any(".stg_" in n for n in model["depends_on"]["nodes"])
    }
    assert wrong == {}


def test_public_models_have_an_enforced_contract(public: dict[str, Node]) -> None:
    assert [name for name, model in public.items() if not model["config"]["contract"]["enforced"]] == []


def test_every_description_begins_with_the_grain(models: dict[str, Node]) -> None:
    assert [name for name, model in models.items() if not model["description"].startswith("One row per ")] == []


def test_every_column_of_a_public_model_is_described(public: dict[str, Node]) -> None:
    wrong = [f"{name}.{column}" for name, column, node in columns_of(public) if not node["description"].strip()]
    assert wrong == []


def test_descriptions_are_kept_in_the_database(public: dict[str, Node]) -> None:
    both = {"relation": True, "columns": True}
    assert [name for name, model in public.items() if model["config"]["persist_docs"] != both] == []


def test_every_public_model_has_a_key_test(manifest: dict[str, Any], public: dict[str, Node]) -> None:
    wrong = [
        name
        for name, model in public.items()
        if not any(kind_of(test) in ("unique", "unique_key") for test in data_tests_of(manifest, model))
    ]
    assert wrong == []


def test_every_fact_names_its_source_and_the_place_in_it(manifest: dict[str, Any], public: dict[str, Node]) -> None:
    wrong = []
    for name, model in public.items():
        if not name.startswith("fct_"):
            continue
        # a disagreement stands between two sources, and its rows in the log carry the locators
        sources = ["source_a_id", "source_b_id"] if name == "fct_source_disagreements" else ["source_id"]
        required = sources if name == "fct_source_disagreements" else [*sources, "source_locator"]
        joined = {
            test["column_name"]
            for test in data_tests_of(manifest, model)
            if kind_of(test) == "relationships" and "dim_sources" in test["test_metadata"]["kwargs"]["to"]
        }
        wrong += [f"{name}.{column} may be null" for column in required if not has_not_null(model["columns"][column])]
        wrong += [f"{name}.{column} is not looked up in dim_sources" for column in sources if column not in joined]
    assert wrong == []


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
        if (node["data_type"] == "boolean" and not re.search(r"(^|_)(is|has)_", column))
        or (node["data_type"] == "date" and not column.endswith(DATE_SUFFIXES))
    ]
    assert wrong == []


def test_the_same_name_has_the_same_type_and_meaning_everywhere(public: dict[str, Node]) -> None:
    meanings: dict[str, set[tuple[str, str]]] = {}
    for _, column, node in columns_of(public):
        meanings.setdefault(column, set()).add((node["data_type"], node["description"]))
    assert {column: found for column, found in meanings.items() if len(found) > 1} == {}


def test_no_model_or_formula_selects_a_bare_star(manifest: dict[str, Any], models: dict[str, Node]) -> None:
    # the as-of macros hand on a table of marts as it is, whatever its contract holds
    texts = {name: model["raw_code"] for name, model in models.items() if model["schema"] != "main"}
    texts |= {
        macro["name"]: macro["macro_sql"] for macro in own_macros(manifest) if macro["path"].startswith("macros/")
    }
    assert [name for name, text in texts.items() if re.search(r"select\s+\*", text)] == []


def test_every_metric_has_its_as_of_macro_from_the_same_definition(
    models: dict[str, Node], public: dict[str, Node]
) -> None:
    wrong = []
    for name, metric in public.items():
        if not name.startswith("metric_"):
            continue
        subject = name.removeprefix("metric_")
        definition = f"macro.{PROJECT}.{subject}"
        macro = models.get(f"{subject}_as_of")
        if macro is None or macro["config"]["materialized"] != "table_macro":
            wrong.append(f"{name}: no table macro {subject}_as_of")
        elif not all(definition in node["depends_on"]["macros"] for node in (metric, macro)):
            wrong.append(f"{name} and {subject}_as_of do not both come from {subject}()")
    assert wrong == []


def test_arguments_of_table_macros_are_never_named_like_a_column(
    models: dict[str, Node], public: dict[str, Node]
) -> None:
    columns = {column for _, column, _ in columns_of(public)}
    wrong = {
        name: parameters
        for name, model in models.items()
        if model["schema"] == "main"
        and (not (parameters := model["config"]["parameters"]) or columns & set(parameters))
    }
    assert wrong == {}


def test_every_metric_has_a_truth_table(manifest: dict[str, Any], public: dict[str, Node]) -> None:
    truth_tables = {unit_test["model"] for unit_test in manifest["unit_tests"].values()}
    metrics = [name for name in public if name.startswith("metric_")]
    assert [name for name in metrics if name not in truth_tables] == []


def test_every_public_table_and_macro_has_a_named_reader(manifest: dict[str, Any], models: dict[str, Node]) -> None:
    read = {node for exposure in manifest["exposures"].values() for node in exposure["depends_on"]["nodes"]}
    offered = {name: m["unique_id"] for name, m in models.items() if m["schema"] in (*PUBLIC_SCHEMAS, "main")}
    assert [name for name, unique_id in offered.items() if unique_id not in read] == []


def test_every_jinja_macro_and_its_arguments_are_described(manifest: dict[str, Any]) -> None:
    wrong = []
    for macro in own_macros(manifest):
        if macro["name"].startswith(("test_", "materialization_")):
            continue
        signature = re.search(rf"macro\s+{macro['name']}\((.*?)\)", macro["macro_sql"])
        names = [part.split("=")[0].strip() for part in signature[1].split(",") if part.strip()] if signature else []
        described = [argument["name"] for argument in macro["arguments"] if argument["description"].strip()]
        if not macro["description"].strip() or described != names:
            wrong.append(f"{macro['name']}({', '.join(names)}) is described as ({', '.join(described)})")
    assert wrong == []
