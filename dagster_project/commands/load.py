"""`warehouse load`: keep a file that somebody downloaded, for the refreshes to come.

Belongs here: which file, what is said of it, what came of it in words. Does not belong here: keeping it
(`sources/landing.py`), whether it is what it should be (the module of its source).
"""

import datetime as dt
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dagster_project.commands.console import WRONG_USAGE, load_settings, shown, stop

if TYPE_CHECKING:
    from dagster_project.sources.landing import Entry


class Dataset(StrEnum):
    """What a file may be loaded as."""

    hts_release = "hts_release"
    census_imports = "census_imports"


def load(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="The file as it was downloaded; gzip is undone.", show_default=False)
    ],
    dataset: Annotated[Dataset, typer.Option("--as", help="What it is.", show_default=False)],
    release: Annotated[
        str | None, typer.Option(metavar="NAME", help='Of hts_release: "2026 rev 11" or "2026 basic".')
    ] = None,
    effective: Annotated[
        str | None, typer.Option(metavar="DAY", help="Of hts_release: the legal day, as its change record has it.")
    ] = None,
    published: Annotated[
        str | None, typer.Option(metavar="DAY", help="Of hts_release: the day of printing, where it is known.")
    ] = None,
) -> None:
    """Land a file that was downloaded: a release of the tariff schedule (JSON), or imports of the Census Bureau.

    Imports come as the Census API gives them (JSON), or as CSV or Parquet with its fields. The file is kept as it is,
    also where it turns out unfit; the next `warehouse refresh` builds with what is fit.
    """
    days: tuple[dt.date, dt.date | None] | None = None
    if dataset is Dataset.hts_release:
        if release is None or effective is None:
            stop('--as hts_release needs --release "2026 rev 11" and --effective DAY.', WRONG_USAGE)
        days = _release_days(release, effective, published)
    elif release is not None or effective is not None or published is not None:
        stop("--release, --effective and --published belong to --as hts_release.", WRONG_USAGE)
    settings = load_settings()
    # Polars takes longer to load than the other commands to answer
    from dagster_project.sources import census, usitc
    from dagster_project.sources.landing import UnfitPayload
    from dagster_project.sources.payloads import read_file

    try:
        content = read_file(file)
    except UnfitPayload as error:
        stop(f"{file}: {error}. Nothing was kept.")
    if release and days:
        entry = usitc.land_release(settings.landing, file.name, content, release, *days)
    else:
        entry = census.land_imports(settings.landing, file.name, content)
    typer.echo(_said(entry, shown(settings.landing / entry.path), file))


def _said(entry: "Entry", place: str, file: Path) -> str:
    """What came of it. Stops where the payload was rejected."""
    if entry.outcome == "rejected":
        stop(f"{file}: {entry.reason}. Rejected; kept as {place}.")
    what = f"{entry.name} of the tariff schedule" if entry.name else "Imports"
    return {
        "new": f"Landed: {what}, {entry.bytes:,} bytes as {place}. `warehouse refresh` builds with it.",
        "restated": f"Landed before, with other days: {what}. The days given now count.",
        "unchanged": f"Unchanged: {what} landed before as {place}.",
    }[entry.outcome]


def _release_days(release: str, effective: str, published: str | None) -> tuple[dt.date, dt.date | None]:
    from dagster_project.tariff_lines.releases import NAME

    found = NAME.match(release)
    if not found:
        stop(f'--release: \'{release}\' is no release; write it as "2026 rev 11" or "2026 basic".', WRONG_USAGE)
    legal, public = _day("--effective", effective), _day("--published", published) if published is not None else None
    if legal.year != int(found[1]):
        stop(f"--effective: {legal} is not in {found[1]}, the year of {release}.", WRONG_USAGE)
    if public and abs((public - legal).days) > 183:
        stop(f"--published: {public} is more than half a year from {legal}, the legal day.", WRONG_USAGE)
    return legal, public


def _day(name: str, value: str) -> dt.date:
    try:
        return dt.datetime.strptime(value, "%Y-%m-%d").date()
    except ValueError:
        stop(f"{name}: '{value}' is no day of the calendar; write it as YYYY-MM-DD.", WRONG_USAGE)
