"""Public models keep their promises: contract, descriptions, keys, sources; and readers say what they read."""

import re
from typing import Any

from dagster_project.settings import PROJECT_ROOT, PUBLIC_SCHEMAS
from tests.manifest import Node, columns_of


def data_tests_of(manifest: dict[str, Any], model: Node) -> list[Node]:
    return [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test" and node.get("attached_node") == model["unique_id"]
    ]


def kind_of(test: Node) -> str:
    return (test.get("test_metadata") or {}).get("name", "")


def has_not_null(column: Node) -> bool:
    return any(constraint["type"] == "not_null" for constraint in column["constraints"])


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


# the state of a list and the release of the schedule have the source of all their rows, once
CITED_ELSEWHERE = {"fct_list_codes": "list_version", "fct_list_lines": "assertion_id", "fct_line_base_rates": "release"}


def test_what_is_cited_elsewhere_says_where(public: dict[str, Node]) -> None:
    assert all(has_not_null(public[name]["columns"][column]) for name, column in CITED_ELSEWHERE.items())


def test_every_fact_names_its_source_and_the_place_in_it(manifest: dict[str, Any], public: dict[str, Node]) -> None:
    wrong = []
    for name, model in public.items():
        if not name.startswith("fct_") or name in CITED_ELSEWHERE:
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


def test_an_exposure_lists_what_its_reader_reads(manifest: dict[str, Any], models: dict[str, Node]) -> None:
    offered = {name for name, model in models.items() if model["schema"] in (*PUBLIC_SCHEMAS, "main")}
    listed, read = {}, {}
    for name, exposure in {node["name"]: node for node in manifest["exposures"].values()}.items():
        listed[name] = {unique_id.split(".")[-1] for unique_id in exposure["depends_on"]["nodes"]}
        places = [PROJECT_ROOT / place for place in exposure["config"]["meta"]["reads"]]
        files = [file for place in places for file in (place.rglob("*.py") if place.is_dir() else [place])]
        words = {word for file in files for word in re.findall(r"\w+", file.read_text(encoding="utf-8"))}
        metrics = {f"metric_{word.removesuffix('_as_of')}" for word in words if word.endswith("_as_of")} & offered
        forms = {f"{metric.removeprefix('metric_')}_as_of" for metric in metrics}
        read[name] = (words - forms | metrics) & offered
    assert listed == read
    assert set(listed) == {"page", "as_of_command"}
