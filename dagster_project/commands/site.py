"""The pages of the static site that `make docs` builds: `python -m dagster_project.commands.site` writes them.

Belongs here: which pages there are, the one that lists every public table and macro, dbt's catalogue. Does not belong
here: how pages look (`mkdocs.yml`) or what they say (`docs/`). Everything is read from the current release, read-only.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import typer

from dagster_project.commands.console import load_settings, require_release, stop
from dagster_project.settings import PROJECT_ROOT, PUBLIC_SCHEMAS, Settings

PAGES = ("README.md", "CONTRIBUTING.md", "docs/*.md", "docs/assets/*", "seeds/README.md")
HEAD = """\
# Tables

Every public table and macro of the release, as described in the file itself, each with a query to begin with. A macro
answers as of a day; its arguments are positional. dbt's [catalogue](catalogue.html) has the models' SQL and lineage.
"""


def write_pages(settings: Settings) -> Path:
    """Write the source of the site from the current release and return its folder, which mirrors the repository's."""
    database = require_release(settings)
    folder = settings.data / "site-pages"
    shutil.rmtree(folder, ignore_errors=True)
    for page in (page for pattern in PAGES for page in PROJECT_ROOT.glob(pattern)):
        copy = folder / page.relative_to(PROJECT_ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(page, copy)
    catalogue = write_catalogue(settings, settings.data / "dbt" / "catalogue")
    shutil.copy(catalogue / "static_index.html", folder / "catalogue.html")
    with duckdb.connect(str(database), read_only=True) as connection:
        (folder / "tables.md").write_text(tables_page(connection), encoding="utf-8")
    return folder


def write_catalogue(settings: Settings, folder: Path) -> Path:
    """Let dbt describe the published file in one page, `static_index.html`, and return the folder it stands in."""
    dbt = [sys.executable, "-m", "dbt.cli.main", "--no-use-colors", "docs", "generate", "--static"]
    paths = {"--project-dir": settings.dbt_project, "--profiles-dir": settings.dbt_project, "--target-path": folder}
    options = [str(part) for option in paths.items() for part in option]
    published = {
        "WAREHOUSE_PUBLISHED_DB": str(settings.current_database),
        "DBT_LOG_PATH": str(settings.data / "dbt" / "logs"),
        "DO_NOT_TRACK": "1",
    }
    run = subprocess.run(
        [*dbt, *options, "--target", "published"],
        env=os.environ | published,
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        stop(f"dbt could not describe the release:\n{run.stdout}{run.stderr}")
    return folder


def tables_page(connection: duckdb.DuckDBPyConnection) -> str:
    """Markdown: a section per public table (description, columns, a query), then one per macro."""
    parts = [HEAD]
    for schema in PUBLIC_SCHEMAS:
        parts.append(f"\n## {schema}\n")
        tables = connection.execute(
            """
            select table_name, comment, row_count
            from duckdb_tables() inner join meta.tables using (table_name)
            where schema_name = table_schema and schema_name = ? order by table_name
            """,
            [schema],
        ).fetchall()
        parts += [_table_section(connection, schema, *table) for table in tables]
    parts.append("\n## As-of macros\n")
    ((day,),) = connection.execute("select as_of_date from meta.build").fetchall()
    macros = connection.execute(
        """
        select function_name, parameters, comment from duckdb_functions()
        where function_type = 'table_macro' and not internal order by function_name
        """
    ).fetchall()
    parts += [_macro_section(name, parameters, said, day.isoformat()) for name, parameters, said in macros]
    return "".join(parts)


def _table_section(connection: duckdb.DuckDBPyConnection, schema: str, name: str, comment: str, rows: int) -> str:
    columns = connection.execute(
        """
        select column_name, data_type, comment from duckdb_columns()
        where schema_name = ? and table_name = ? order by column_index
        """,
        [schema, name],
    ).fetchall()
    listed = "".join(f"| `{column}` | {kind.lower()} | {_one_line(text)} |\n" for column, kind, text in columns)
    names = ", ".join(column for column, *_ in columns[:6])
    return (
        f"\n### {name}\n\n{_one_line(comment)} {rows:,} rows.\n\n"
        f"```sql\nselect {names}\nfrom {schema}.{name}\nlimit 10\n```\n\n"
        f"| column | type | meaning |\n|---|---|---|\n{listed}"
    )


def _macro_section(name: str, parameters: list[str], description: str, day: str) -> str:
    arguments = ", ".join([f"date '{day}'"] * len(parameters))
    signature = f"{name}({', '.join(parameters)})"
    return (
        f"\n### {name}\n\n`{signature}`\n\n{_one_line(description)}\n\n"
        f"```sql\nselect *\nfrom {name}({arguments})\nlimit 10\n```\n"
    )


def _one_line(text: str | None) -> str:
    """Fit for a table's cell."""
    return " ".join((text or "").split()).replace("|", "\\|")


def main() -> None:
    write_pages(load_settings())


if __name__ == "__main__":
    typer.run(main)
