"""Releases of the tariff schedule, as the United States International Trade Commission gives them in JSON.

Belongs here: the shape of a release, and which releases there are, of a snapshot and of the landing. Does not belong
here: reading its cells (`tariff_lines.schedule`), its days (`tariff_lines.releases`).
"""

import csv
import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from dagster_project.sources.landing import Entry, UnfitPayload, counting, land, payload
from dagster_project.sources.payloads import json_of
from dagster_project.tariff_lines import schedule
from dagster_project.tariff_lines.releases import INTERVAL, NAME, Release, fold, in_order, unfold

SOURCE, DATASET = "usitc", "hts_release"
LINES, HEADINGS, RELEASES = "tariff_lines.parquet", "chapter_99_headings.parquet", "hts_releases.csv"
READ = ("htsno", "indent", "description", "general", "special", "other")
# a release has about 20,200 lines in 97 chapters (77 is empty): an answer to a search has a handful
FEWEST_LINES, FEWEST_CHAPTERS = 10_000, 90
# lines without a rate are those of chapter 98 that a note alone rules: 1.4 per cent
MOST_WITHOUT_RATE = 0.05


@dataclass(frozen=True)
class Schedule:
    """Releases in order, the lines and headings that they fold to, and the words of the latest landed one."""

    releases: list[Release]
    lines: pl.DataFrame
    headings: pl.DataFrame
    descriptions: pl.DataFrame
    unreadable: list[str]


@dataclass(frozen=True)
class Parsed:
    lines: pl.DataFrame
    headings: pl.DataFrame


@cache
def parser_version() -> str:
    """Changes with the program that reads a release, so that nothing parsed by another one is taken for its work."""
    return hashlib.sha256(Path(schedule.__file__).read_bytes() + Path(__file__).read_bytes()).hexdigest()[:12]


def land_release(
    landing: Path, file: str, content: bytes, release: str, legal: dt.date, public: dt.date | None
) -> Entry:
    """Keep a downloaded release. Raises nothing for one that is unfit: its entry says why it was rejected."""
    said = {"legal_day": legal.isoformat(), "public_day": public.isoformat() if public else ""}
    return land(landing, SOURCE, DATASET, release, file, said, content, "json", _content_hash, parser_version())


def parse(content: bytes) -> Parsed:
    """The lines and headings of a whole release. Raises `UnfitPayload` for anything else."""
    records = _records(content)
    parsed = Parsed(schedule.lines(records), schedule.headings(records))
    lines = parsed.lines
    chapters = lines["code"].str.head(2).n_unique()
    if len(lines) < FEWEST_LINES or chapters < FEWEST_CHAPTERS:
        raise UnfitPayload(
            f"expected a whole release (at least {FEWEST_LINES:,} lines in {FEWEST_CHAPTERS} chapters), "
            f"found {len(lines):,} in {chapters}"
        )
    for name, codes in (("line", lines["code"]), ("heading", parsed.headings["heading"])):
        if codes.is_duplicated().any():
            twice = codes.filter(codes.is_duplicated()).sort()[0]
            raise UnfitPayload(f"expected each {name} once, found {twice} twice")
    without = (lines["general_text"] == "").mean()
    if not isinstance(without, float) or without > MOST_WITHOUT_RATE:
        raise UnfitPayload(f"expected a general rate for nearly every line, found none for {without:.0%}")
    return parsed


def _records(content: bytes) -> list[dict[str, Any]]:
    records = json_of(content)
    if not isinstance(records, list) or not records:
        raise UnfitPayload(
            "expected a list of records, found " + ("an empty one" if records == [] else "something else")
        )
    for place, record in enumerate(records, start=1):
        if not isinstance(record, dict) or not all(isinstance(record.get(key, 0), str | None) for key in READ):
            raise UnfitPayload(f"expected records with the texts {', '.join(READ)}, found another at place {place:,}")
        if not str(record["indent"] or "0").isdecimal():
            raise UnfitPayload(f"expected a number as indent, found '{record['indent']}' at place {place:,}")
    return records


def _content_hash(content: bytes) -> str:
    """Of what is read alone: footnotes and empty fields differ between two downloads of the same release."""
    parse(content)
    said = [[schedule.clean(record[key]) for key in READ] for record in json_of(content)]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def read_schedule(snapshots: Path, landing: Path, cache: Path | None = None) -> Schedule:
    """Every release at hand: those of the snapshot, and the landed ones, which stand before it where both have one."""
    releases, lines, headings = read_snapshot(snapshots)
    landed, unreadable = _landed(landing, cache)
    if not landed:
        nothing = pl.DataFrame(schema={"code": pl.String, "description": pl.String})
        return Schedule(releases, lines, headings, nothing, unreadable)
    of_lines = {one.release: (one, frame) for one, frame in unfold(lines, releases)}
    of_headings = {one.release: (one, frame) for one, frame in unfold(headings, releases)}
    for one, parsed in landed:
        of_lines[one.release] = (one, parsed.lines.drop("description"))
        of_headings[one.release] = (one, parsed.headings)
    ordered = in_order([one for one, _ in of_lines.values()])
    words = pl.concat([parsed.lines.select("code", "description") for _, parsed in landed])
    return Schedule(
        ordered,
        fold([(one, of_lines[one.release][1]) for one in ordered], "code"),
        fold([(one, of_headings[one.release][1]) for one in ordered], "heading"),
        words.unique("code", keep="last", maintain_order=True),
        unreadable,
    )


def read_snapshot(snapshots: Path) -> tuple[list[Release], pl.DataFrame, pl.DataFrame]:
    """The releases of the snapshot and what they fold to; nothing where there is no snapshot."""
    if not (snapshots / RELEASES).is_file():
        return [], _empty(schedule.LINE_COLUMNS).drop("description"), _empty(schedule.HEADING_COLUMNS)
    with (snapshots / RELEASES).open(encoding="utf-8", newline="") as file:
        releases = [
            Release(row["release"], dt.date.fromisoformat(row["legal_day"]), _day(row["public_day"]), row["sha256"])
            for row in csv.DictReader(file)
        ]
    return releases, pl.read_parquet(snapshots / LINES), pl.read_parquet(snapshots / HEADINGS)


def _empty(columns: Mapping[str, type[pl.DataType]]) -> pl.DataFrame:
    return pl.DataFrame(schema={**columns, **INTERVAL})


def _landed(landing: Path, cache: Path | None) -> tuple[list[tuple[Release, Parsed]], list[str]]:
    """The landed releases in order, the latest of each name; and those whose file is damaged, in words."""
    found: list[tuple[Release, Parsed]] = []
    unreadable: list[str] = []
    for entry in counting(landing):
        if (entry.source, entry.dataset) != (SOURCE, DATASET) or not NAME.match(entry.name):
            continue
        try:
            legal, public = dt.date.fromisoformat(entry.said["legal_day"]), _day(entry.said["public_day"])
            found.append((Release(entry.name, legal, public, entry.sha256), _parsed(landing, entry, cache)))
        except (KeyError, ValueError) as error:
            unreadable.append(f"{entry.name}: {error}")
    return sorted(found, key=lambda one: one[0].place), unreadable


def _parsed(landing: Path, entry: Entry, cache: Path | None) -> Parsed:
    """A pure function of the bytes and the parser, so kept between refreshes: a release takes a second to read."""
    kept = (
        [cache / f"{entry.sha256[:16]}-{parser_version()}.{part}.parquet" for part in ("lines", "headings")]
        if cache
        else []
    )
    if kept and all(path.is_file() for path in kept):
        try:
            return Parsed(*(pl.read_parquet(path) for path in kept))
        except (pl.exceptions.PolarsError, OSError):
            pass
    parsed = parse(payload(landing, entry))
    for path, frame in zip(kept, (parsed.lines, parsed.headings), strict=False):
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f".{path.name}")
        frame.write_parquet(fresh)
        fresh.replace(path)
    return parsed


def _day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
