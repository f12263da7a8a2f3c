"""What dbt's manifest shows without any data: fixtures and helpers of the tests of conventions."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from dagster_project.settings import PUBLIC_SCHEMAS, Settings

Node = dict[str, Any]

PROJECT = "trade_deals"


@pytest.fixture(scope="session")
def manifest() -> dict[str, Any]:
    # loads Dagster, which few of the tests need
    from dagster_project.defs.dbt_project import dbt_manifest

    return json.loads(dbt_manifest(Settings.from_env()).read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def models(manifest: dict[str, Any]) -> dict[str, Node]:
    return {node["name"]: node for node in manifest["nodes"].values() if node["resource_type"] == "model"}


@pytest.fixture(scope="session")
def public(models: dict[str, Node]) -> dict[str, Node]:
    return {name: model for name, model in models.items() if model["schema"] in PUBLIC_SCHEMAS}


def columns_of(nodes: dict[str, Node]) -> Iterator[tuple[str, str, Node]]:
    for name, node in nodes.items():
        for column in node["columns"].values():
            yield name, column["name"], column


def own_macros(manifest: dict[str, Any]) -> list[Node]:
    return [macro for macro in manifest["macros"].values() if macro["package_name"] == PROJECT]
