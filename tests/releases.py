"""Releases of one table, made in milliseconds, for tests of what happens to releases and not of what is in them."""

import os
import shutil
from pathlib import Path

from dagster_project.release.build import PAGE, describe_tables, open_build, publish, seal_build, start_build
from dagster_project.settings import Settings
from tests.conftest import Warehouse


def build(settings: Settings, rows: int) -> str:
    """A sealed build of so many rows, under `building`. Returns its id."""
    build_id = start_build(settings)
    # ids carry the second; builds of one second are told apart here by hand
    unique = f"{build_id}-{rows}"
    target = settings.builds / unique
    (settings.builds / build_id).rename(target)
    settings.building.unlink()
    settings.building.symlink_to(target)
    with open_build(settings) as connection:
        connection.execute("update meta.build set build_id = ?", [unique])
        connection.execute("create schema marts")
        connection.execute("create table marts.dim_things as select unnest(range(?)) as thing", [rows])
    describe_tables(settings)
    write_stubs(settings)
    seal_build(settings, None)
    return unique


def release(settings: Settings, rows: int) -> str:
    """The same, published."""
    build_id = build(settings, rows)
    publish(settings)
    return build_id


def write_stubs(settings: Settings) -> None:
    """What a release needs beside its tables."""
    (settings.building / PAGE).parent.mkdir()
    (settings.building / PAGE).write_text("<!doctype html>")
    settings.dbt_manifest.parent.mkdir(parents=True, exist_ok=True)
    settings.dbt_manifest.write_text("{}")


def published_in(data: Path, warehouse: Warehouse) -> Path:
    """The warehouse's release as the current one of another data folder. Returns its folder.

    With hard links where that is the same disk: whoever damages a file must replace it.
    """
    release = data / "releases" / warehouse.manifest["build_id"]
    same_disk = warehouse.data.stat().st_dev == data.parent.stat().st_dev
    shutil.copytree(warehouse.data / "current", release, copy_function=os.link if same_disk else shutil.copy2)
    (data / "current").symlink_to(f"releases/{release.name}")
    return release
