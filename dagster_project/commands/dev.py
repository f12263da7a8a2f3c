"""`warehouse dev`: Dagster's own interface and scheduler on this machine, on the same data folder as every command."""

import os
import sys
from typing import Annotated

import typer

from dagster_project.commands.console import load_settings
from dagster_project.settings import PROJECT_ROOT


def dev(port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 3000) -> None:
    """Run Dagster's web interface with the daily schedule on 127.0.0.1, until interrupted."""
    load_settings().export()
    os.chdir(PROJECT_ROOT)
    dagster = [sys.executable, "-m", "dagster", "dev", "-m", "dagster_project.definitions"]
    os.execv(sys.executable, [*dagster, "--host", "127.0.0.1", "--port", str(port)])
