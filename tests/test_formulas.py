"""A formula is written once, where it can be opened, and a truth table shows it.

Does not belong here: whether it is right (dbt's unit tests, `test_golden_values.py`), a metric's as-of form
(`test_as_of_macros.py`).
"""

import re
from typing import Any

from tests.manifest import PROJECT, Node, own_macros


def test_no_model_or_formula_selects_a_bare_star(manifest: dict[str, Any], models: dict[str, Node]) -> None:
    # the as-of macros hand on a table of marts as it is, whatever its contract holds
    texts = {name: model["raw_code"] for name, model in models.items() if model["schema"] != "main"}
    texts |= {
        macro["name"]: macro["macro_sql"] for macro in own_macros(manifest) if macro["path"].startswith("macros/")
    }
    assert [name for name, text in texts.items() if re.search(r"select\s+\*", text)] == []


def test_only_metrics_read_the_day_of_the_build(models: dict[str, Node]) -> None:
    # an as-of form reads its day in place of this one, which it cannot see where another layer has read it
    readers = {
        name: model["schema"]
        for name, model in models.items()
        if f"source.{PROJECT}.meta.build" in model["depends_on"]["nodes"]
    }
    assert set(readers.values()) == {"metrics"}, readers


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
