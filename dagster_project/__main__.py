"""`python -m dagster_project` is the `warehouse` command, for where the script is not installed."""

from dagster_project.cli import app

app()
