"""`warehouse diff`: what changed between two releases, in facts and in metrics.

Belongs here: which files are meant. Does not belong here: finding the changes (`differences.py`), their words
(`difference_words.py`), which of them stand together (`changes.py`).
"""

from collections.abc import Iterable, Iterator
from enum import Enum, StrEnum
from pathlib import Path
from typing import Annotated, NamedTuple

import duckdb
import typer

from dagster_project.commands.completion import complete_release
from dagster_project.commands.console import WRONG_USAGE, load_settings, plain, print_json, shown, stop
from dagster_project.commands.tables import plain_value, show
from dagster_project.release import shelf
from dagster_project.release.changes import gathered
from dagster_project.release.difference_words import Change, in_words
from dagster_project.release.differences import attach, differences
from dagster_project.release.keys import grains_beside
from dagster_project.settings import Settings


class DiffFormat(StrEnum):
    text = "text"
    md = "md"
    json = "json"


class Level(Enum):
    title, remark, part, table, change = range(5)


class Line(NamedTuple):
    level: Level
    text: str


AS_TEXT = dict(zip(Level, ("{}\n", "{}\n", "\n{}\n", "  {}\n", "    {}\n"), strict=True))
AS_MARKDOWN = dict(zip(Level, ("# {}\n", "\n{}\n", "\n## {}\n", "\n### {}\n\n", "- {}\n"), strict=True))


def diff(
    release_a: Annotated[
        str,
        typer.Argument(
            metavar="A", help="A release, `current`, `previous`, or a .duckdb file.", autocompletion=complete_release
        ),
    ],
    release_b: Annotated[
        str, typer.Argument(metavar="B", help="The later one, named the same way.", autocompletion=complete_release)
    ],
    format: Annotated[
        DiffFormat, typer.Option("--format", "-f", help="text and md gather likes; json has every row.")
    ] = DiffFormat.text,
) -> None:
    """Say what changed between two releases: new facts, corrections, retractions, and what they moved."""
    settings = load_settings()
    files = [_file(settings, name) for name in (release_a, release_b)]
    grains = grains_beside(*files, parsed=settings.dbt_manifest)
    for file in files:
        # asked of the system, whose answer is an error that has its one line
        file.open("rb").close()
    try:
        with attach(*files) as connection:
            builds = [
                connection.execute(f"select build_id, as_of_date from {name}.meta.build").fetchall()[0]
                for name in ("first", "second")
            ]
            changes = list(in_words(connection, differences(connection, grains)))
    except duckdb.Error as error:
        stop(f"Cannot compare {shown(files[0])} with {shown(files[1])}: {plain(str(error))}")
    if format is DiffFormat.json:
        releases = {
            name: {"build_id": build, "as_of_date": day.isoformat()}
            for name, (build, day) in zip("ab", builds, strict=True)
        }
        print_json(releases | {"changes": [plain_value(vars(change)) for change in changes]})
        return
    (build_a, day_a), (build_b, day_b) = builds
    lines = [Line(Level.title, f"{build_a} (as of {day_a}) → {build_b} (as of {day_b})"), *_lines(changes)]
    if not changes:
        lines.append(Line(Level.remark, "Nothing changed, neither in facts nor in metrics."))
    form = AS_MARKDOWN if format is DiffFormat.md else AS_TEXT
    show("".join(form[line.level].format(line.text) for line in lines))


def _file(settings: Settings, name: str) -> Path:
    """The database that is meant. Stops with the releases that there are where nothing fits."""
    if name.endswith(".duckdb"):
        path = Path(name)
        if not path.is_file():
            stop(f"No file {name}.", WRONG_USAGE)
        return path.resolve()
    # in the order of publication
    releases = [one.folder for one in shelf.releases(settings) if (one.folder / "warehouse.duckdb").exists()]
    current = settings.current.resolve()
    if name == "current":
        found = [current] if current in releases else []
    elif name == "previous":
        found = releases[: releases.index(current)][-1:] if current in releases else []
    else:
        found = [release for release in releases if release.name.startswith(name)]
    if len(found) != 1:
        there = ", ".join(release.name for release in releases) or "none yet: `warehouse refresh` builds one"
        stop(f"{'No' if not found else 'More than one'} release '{name}'. Releases: {there}.", WRONG_USAGE)
    return found[0] / "warehouse.duckdb"


def _lines(changes: Iterable[Change]) -> Iterator[Line]:
    heading = ""
    for part, table, lines in gathered(changes):
        if part != heading:
            yield Line(Level.part, part)
            heading = part
        yield Line(Level.table, table)
        yield from (Line(Level.change, line) for line in lines)
