"""The dbt project keeps its layers: where a model stands, what it is called, what it may read."""

from tests.manifest import Node

PREFIXES = {
    "staging": ("stg_",),
    "intermediate": ("int_",),
    "marts": ("dim_", "fct_"),
    "metrics": ("metric_",),
}
RAW = "source.trade_deals.raw."


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
        if not (name.endswith("_as_of") if model["schema"] == "main" else name.startswith(PREFIXES[model["schema"]]))
    ]
    assert wrong == []


def test_staging_reads_one_source_and_nothing_else(models: dict[str, Node]) -> None:
    wrong = {
        name: model["depends_on"]["nodes"]
        for name, model in models.items()
        if model["schema"] == "staging" and [n.split(".")[0] for n in model["depends_on"]["nodes"]] != ["source"]
    }
    assert wrong == {}


def test_only_staging_and_marts_read_raw(models: dict[str, Node]) -> None:
    wrong = {
        name: [n for n in model["depends_on"]["nodes"] if n.startswith(RAW)]
        for name, model in models.items()
        if model["schema"] not in ("staging", "marts") and any(n.startswith(RAW) for n in model["depends_on"]["nodes"])
    }
    assert wrong == {}


def test_a_seed_that_is_staged_is_read_there_by_its_mart(models: dict[str, Node]) -> None:
    """Only the log as it was typed goes past what staging derives."""
    staged = {
        source for model in models.values() if model["schema"] == "staging" for source in model["depends_on"]["nodes"]
    }
    wrong = {
        name: sorted(staged & set(model["depends_on"]["nodes"]))
        for name, model in models.items()
        if model["schema"] == "marts" and name != "fct_assertions" and staged & set(model["depends_on"]["nodes"])
    }
    assert wrong == {}


def test_metrics_read_public_facts_or_intermediates_never_staging(models: dict[str, Node]) -> None:
    wrong = {
        name: [n for n in model["depends_on"]["nodes"] if ".stg_" in n]
        for name, model in models.items()
        if model["schema"] in ("metrics", "main") and any(".stg_" in n for n in model["depends_on"]["nodes"])
    }
    assert wrong == {}
