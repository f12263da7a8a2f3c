"""`python -m dagster_project.sources.snapshots`: writes `seeds/snapshots/` from what has landed.

A snapshot is what landed payloads say, restated in the project's own columns and small enough for git, so that a
refresh in a fresh clone, without a network, knows every line. What is landed later stands before it.

Belongs here: choosing, laying out, writing the files. Does not belong here: what a payload says (`usitc.py`,
`census.py`). The same landing gives the same bytes.
"""

import csv
import io
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq

from dagster_project.settings import Settings
from dagster_project.sources import census, usitc
from dagster_project.tariff_lines.releases import Release

FOLDER = "snapshots"
YEAR = 2024
# the hardest that the format offers: written once, read at every refresh
PACKED = {"compression": "zstd", "compression_level": 22, "write_statistics": False, "row_group_size": 1_000_000}


def folder(settings: Settings) -> Path:
    return settings.seeds / FOLDER


def write(settings: Settings) -> list[Path]:
    """The snapshot's own rows and what has landed since, folded anew."""
    here = folder(settings)
    schedule = usitc.read_schedule(here, settings.landing)
    imports = census.read_imports(here, settings.landing)
    unreadable = [*schedule.unreadable, *imports.unreadable]
    if unreadable:
        raise SystemExit("\n".join(unreadable))
    flows = imports.flows.filter(pl.col("year") == YEAR)
    if not schedule.releases or flows.is_empty():
        raise SystemExit(f"Nothing to restate in {settings.landing}: land releases and imports of {YEAR} first.")
    here.mkdir(parents=True, exist_ok=True)
    frames = {usitc.LINES: schedule.lines, usitc.HEADINGS: schedule.headings, census.IMPORTS: flows}
    for name, frame in frames.items():
        _replace(here / name, _parquet(frame))
    _replace(here / usitc.RELEASES, _releases(schedule.releases))
    return [here / name for name in (*frames, usitc.RELEASES)]


def _parquet(frame: pl.DataFrame) -> bytes:
    """Amounts are split by byte, which packs a third better: their high bytes are nearly all the same."""
    table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
    amounts = [name for name, dtype in frame.schema.items() if dtype == pl.Int64]
    others = [name for name in frame.columns if name not in amounts]
    encoded: dict[str, Any] = {
        "use_dictionary": others,
        "column_encoding": dict.fromkeys(amounts, "BYTE_STREAM_SPLIT"),
    }
    buffer = io.BytesIO()
    pq.write_table(table, buffer, **encoded, **PACKED)
    return buffer.getvalue()


def _releases(releases: list[Release]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["release", "legal_day", "public_day", "sha256"])
    writer.writerows([one.release, one.legal_day, one.public_day or "", one.sha256] for one in releases)
    return text.getvalue().encode()


def _replace(path: Path, content: bytes) -> None:
    fresh = path.with_name(f".{path.name}")
    fresh.write_bytes(content)
    fresh.replace(path)


if __name__ == "__main__":
    for written in write(Settings.from_env()):
        print(f"{written.stat().st_size:>9,} bytes  {written}")
