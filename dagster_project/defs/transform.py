"""raw -> staging -> marts -> metrics: dbt builds and tests the models, and what it found becomes Dagster's events.

Results are told before the run fails, so that a failing test is a red check and not only a failed run.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import dagster as dg
import duckdb

from dagster_project.defs.dbt_project import one_line, run_dbt
from dagster_project.defs.failures import failed
from dagster_project.release.build import describe_tables, open_build
from dagster_project.settings import Settings

# rows of a failing test that Dagster's interface shows
SAMPLE = 10


def make_models(
    settings: Settings, checks: Mapping[str, dg.AssetCheckKey]
) -> Iterator[dg.AssetMaterialization | dg.AssetCheckEvaluation]:
    """Build and test the models. What was built and what each test found is told first; then it raises, if any failed.

    `checks` are the asset checks by the name of their test.
    """
    # the manifest that Dagster reads is the parser's alone: a build writes none
    outcome = run_dbt(settings, ["build", "--no-write-json", "--exclude-resource-type", "unit_test"])
    results = list(getattr(outcome.result, "results", None) or [])
    models = [result for result in results if result.node.resource_type == "model"]
    tests = [result for result in results if result.node.resource_type == "test"]
    built = [result for result in models if result.status == "success"]
    describe_tables(settings)
    with open_build(settings) as connection:
        contents = _contents(connection, [result.node for result in built])
        evaluations = [evaluation(result, checks[result.node.name], connection) for result in tests]
    for result in built:
        key = (result.node.schema, result.node.name)
        rows, content = contents.get(key, (None, None))
        counted = {} if rows is None else {"dagster/row_count": rows}
        yield dg.AssetMaterialization(
            list(key),
            metadata={"seconds": round(result.execution_time, 3)} | counted,
            tags={"dagster/data_version": content} if content else None,
        )
    yield from evaluations
    if not outcome.success:
        broken = [result for result in models if result.status == "error"]
        red = [found for found in evaluations if not found.passed and found.severity == dg.AssetCheckSeverity.ERROR]
        lines = [f"{r.node.schema}.{r.node.name} could not be built: {one_line(r.message)}" for r in broken]
        lines += [f"Check {e.check_name} of {'.'.join(e.asset_key.path)} failed: {e.description}" for e in red]
        raise failed(lines or [f"dbt failed: {one_line(outcome.exception)}"])


def evaluation(result: Any, check: dg.AssetCheckKey, connection: duckdb.DuckDBPyConnection) -> dg.AssetCheckEvaluation:
    """What a dbt test found, as Dagster says it. A test that was not run, or could not be, has not passed."""
    severity, metadata, description = dg.AssetCheckSeverity.ERROR, {}, None
    if result.status in ("fail", "warn"):
        description = f"{result.failures} row(s) fail."
        metadata = {
            "failing_rows": result.failures,
            "query": dg.MetadataValue.md(f"```sql\n{result.node.compiled_code}\n```"),
        }
        metadata |= _sample(result.node.compiled_code, connection)
    elif result.status == "error":
        description = f"Could not be run: {one_line(result.message)}"
    elif result.status == "skipped":
        description = "Not run: what it reads was not built, or failed a check before it."
    if result.status in ("warn", "skipped"):
        severity = dg.AssetCheckSeverity.WARN
    return dg.AssetCheckEvaluation(
        asset_key=check.asset_key,
        check_name=check.name,
        passed=result.status == "pass",
        severity=severity,
        description=description,
        metadata=metadata,
    )


def _contents(connection: duckdb.DuckDBPyConnection, nodes: list[Any]) -> dict[tuple[str, str], tuple[int, str | None]]:
    """Rows and content of each table, from what the build says of itself; of a view the rows alone. Two queries."""
    contents: dict = {
        (schema, name): (rows, content)
        for schema, name, rows, content in connection.execute(
            "select table_schema, table_name, row_count, content_hash from meta.tables"
        ).fetchall()
    }
    views = [(node.schema, node.name) for node in nodes if node.config.materialized == "view"]
    if views:
        counts = " union all ".join(f"select '{s}', '{name}', count(*) from {s}.{name}" for s, name in views)
        contents |= {(s, name): (rows, None) for s, name, rows in connection.execute(counts).fetchall()}
    return contents


def _sample(query: str, connection: duckdb.DuckDBPyConnection) -> dict[str, dg.MetadataValue]:
    """The first failing rows. None where the query cannot be asked again: what it read was replaced since."""
    with suppress(duckdb.Error):
        found = connection.sql(f"select * from ({query}) limit {SAMPLE}")
        rows = [[str(value).replace("|", "\\|") for value in row] for row in found.fetchall()]
        lines = [found.columns, ["---"] * len(found.columns), *rows]
        return {"rows": dg.MetadataValue.md("\n".join(f"| {' | '.join(line)} |" for line in lines))}
    return {}
