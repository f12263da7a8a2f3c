"""What dbt says of seed columns, written from the schemas: `python -m dagster_project.seeds.describe` (`make columns`).

Rewrites the columns of the .yml beside each model, and the sources of `raw`. A column that has the name of a seed's and
no description of its own in `columns.md` says what its schema says; in the mart of that seed it has the schema's type
too, is never null where the schema allows none, and refers to what the schema refers to. A new column of a seed comes
into its mart. Does not belong here: columns that dbt derives, which stay as they are.
"""

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dataframely as dy
import polars as pl
import yaml

from dagster_project.seeds.reading import column_order
from dagster_project.seeds.schemas import LOGS, SEEDS, identifier, mart_of
from dagster_project.seeds.vocabulary import description
from dagster_project.settings import PROJECT_ROOT

MODELS = PROJECT_ROOT / "dbt" / "models"
COLUMNS = re.compile(r"^    columns:\n((?:(?:     .*)?\n)+)", re.MULTILINE)
WIDTH = 118


def described(models: Path) -> dict[Path, str]:
    """Each generated file and the text that it must have."""
    own = set(re.findall(r"{% docs (\w+) %}", (models / "columns.md").read_text(encoding="utf-8")))
    seeds = {mart: name for name in SEEDS if (mart := mart_of(name))}
    texts = {}
    for path in sorted([*models.glob("marts/*.yml"), *models.glob("metrics/*.yml")]):
        text = path.read_text(encoding="utf-8")
        found = COLUMNS.search(text)
        if found:
            columns = "\n".join(_columns(found.group(1), seeds.get(path.stem), own))
            texts[path] = f"{text[: found.start(1)]}{columns}\n{text[found.end(1) :]}"
    sources = models / "staging" / "_sources.yml"
    kept = sources.read_text(encoding="utf-8")
    begin, end = kept.index("    tables:\n") + len("    tables:\n"), kept.index("      - name: rejected_rows\n")
    texts[sources] = kept[:begin] + "".join(map(_source, SEEDS)) + kept[end:]
    texts[models.parent / "macros" / "logs.sql"] = LOGS_MACRO.format("\n".join(map(_log, LOGS)))
    return texts


LOGS_MACRO = """\
{{# Written by `make columns`: each log of the seeds, what column an assertion is about, and its partner's. #}}
{{% macro logs() %}}
    {{{{ return({{
{}
    }}) }}}}
{{% endmacro %}}
"""


def _log(name: str) -> str:
    partner = '"partner_iso3"' if "partner_iso3" in LOGS[name].column_names() else "none"
    return f'        "{name}": {{"thing": "{LOGS[name].thing}", "partner": {partner}}},'


def _source(name: str) -> str:
    about = f"grain: [{', '.join(SEEDS[name].grain or SEEDS[name].primary_key())}]"
    return (
        f"      - name: {name}\n"
        f"        description: The good rows of seeds/{name}.csv, with the line on which each stands.\n"
        f"        config: {{meta: {{{about}}}}}\n"
    )


def _columns(block: str, seed: str | None, own: set[str]) -> Iterator[str]:
    """The lines of a model's columns, with those of seeds written anew and those that its seed has got put in."""
    chunks = re.split(r"(?m)^(?=      - name: )", block.rstrip("\n"))[1:]
    blank = "\n" if block.endswith("\n\n") else ""
    written = {yaml.safe_load(chunk)[0]["name"]: chunk.rstrip("\n") for chunk in chunks}
    carried = SEEDS[seed].columns() if seed else {}
    for name in _in_order(list(written), seed, own):
        told: dict[str, Any] = yaml.safe_load(written[name])[0] if name in written else {"name": name}
        declared_as = told.get("config", {}).get("meta", {}).get("seed_column", name)
        column = carried.get(declared_as) or SHARED.get(declared_as)
        if column is None or name in own:
            yield written[name]
        else:
            yield from _column(told, column, is_carried=declared_as in carried)
    if blank:
        yield ""


def _in_order(there: list[str], seed: str | None, own: set[str]) -> list[str]:
    """The columns that are there, and each that the seed has got, behind the one that it follows in the seed."""
    names = list(there)
    schema = SEEDS[seed] if seed else None
    order = column_order(schema) if schema else []
    for place, name in enumerate(order):
        about = schema.columns()[name].metadata if schema else None
        if name not in names and (about or {})["in_mart"] and name not in own:
            before = [known for known in order[:place] if known in names]
            names.insert(names.index(before[-1]) + 1 if before else 0, name)
    return names


def _column(told: dict, column: dy.Column, is_carried: bool) -> Iterator[str]:
    yield f"      - name: {told['name']}"
    yield f"        data_type: {duckdb_type(column.dtype) if is_carried else told['data_type']}"
    yield from _folded(description(column))
    if "config" in told:
        yield from _nested({"config": told["config"]})
    constraints = told.get("constraints", [])
    if is_carried and not column.nullable and {"type": "not_null"} not in constraints:
        constraints = [{"type": "not_null"}, *constraints]
    if constraints:
        yield from _nested({"constraints": constraints})
    tests = told.get("data_tests", [])
    if is_carried:
        tests = [test for test in tests if "relationships" not in test] + list(_relationships(column))
    if tests:
        yield from _nested({"data_tests": tests})


def _relationships(column: dy.Column) -> Iterator[dict]:
    """To the public dimension of what a column refers to, where one row of it has that id."""
    seed = (column.metadata or {})["ref"]
    if seed and SEEDS[seed].primary_key() == [identifier(seed)]:
        yield {"relationships": {"arguments": {"to": f"ref('{mart_of(seed)}')", "field": identifier(seed)}}}


def _folded(text: str) -> Iterator[str]:
    line = f"        description: '{text.replace(chr(39), chr(39) * 2)}'"
    if len(line) <= WIDTH:
        yield line
        return
    yield "        description: >-"
    yield from textwrap.wrap(text, WIDTH, initial_indent=" " * 10, subsequent_indent=" " * 10, break_on_hyphens=False)


def _nested(told: dict) -> Iterator[str]:
    class Indented(yaml.SafeDumper):
        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
            return super().increase_indent(flow, False)

    yield textwrap.indent(yaml.dump(told, Dumper=Indented, sort_keys=False).rstrip("\n"), " " * 8)


def duckdb_type(dtype: pl.DataType) -> str:
    if isinstance(dtype, pl.Decimal):
        return f"decimal({dtype.precision},{dtype.scale})"
    return {pl.String(): "varchar", pl.Date(): "date", pl.Boolean(): "boolean"}[dtype]


# a name that several seeds share says the same in each, but for the words
SHARED = {name: column for schema in SEEDS.values() for name, column in schema.columns().items()}


def main() -> None:
    for path, text in described(MODELS).items():
        if path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"Written: {path.relative_to(PROJECT_ROOT)}")


if __name__ == "__main__":
    main()
