"""A formula is written once: a metric and its as-of macro share it, and a truth table shows it.

Does not belong here: whether it is right (dbt's unit tests, `test_golden_values.py`).
"""

import re
from typing import Any

from tests.manifest import PROJECT, Node, columns_of, own_macros


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
