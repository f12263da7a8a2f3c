"""Imports by line and partner, as the Census Bureau counts them: its API's answers, and tables of the same fields.

Belongs here: the shape of such a payload, whom its rows are about, which of two payloads speaks for a year. Does not
belong here: what an import paid (dbt), which code of today a code of then is.

The European Union is one partner here, as it is one in the rates: its own rows (0003) where a payload has them, else
the sum of its members. The rows of members beside those of the Union would count their trade twice (Slovakia, 4359,
stands so in the extract of 2024), as would other groups of countries and the total (`-`).
"""

import hashlib
import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl

from dagster_project.sources.landing import Entry, UnfitPayload, counting, land, payload
from dagster_project.sources.payloads import json_of, kind_of, text_of

SOURCE, DATASET = "census", "imports_hs10"
IMPORTS = "imports_2024.parquet"
FLOWS = {
    "hs10": pl.String,
    "census_code": pl.String,
    "year": pl.Int32,
    "imports_usd": pl.Int64,
    "duties_usd": pl.Int64,
}
UNION = "0003"
# Schedule C's codes of the twenty-seven since 2020-02-01
MEMBERS = (
    "4010 4050 4099 4190 4210 4231 4239 4279 4280 4330 4351 4359 4370 4470"
    " 4490 4510 4550 4700 4710 4730 4759 4791 4792 4840 4850 4870 4910"
).split()
# a year's sums, or a month's: what the API calls them, then what the extract of 2024 does
_COMMODITY, _COUNTRY = ("I_COMMODITY", "HS10"), ("CTY_CODE",)
_MONTHS = 12


@dataclass(frozen=True)
class Imports:
    flows: pl.DataFrame
    payloads: int
    unreadable: list[str]


@cache
def parser_version() -> str:
    return hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:12]


def land_imports(landing: Path, file: str, content: bytes) -> Entry:
    """Keep a downloaded payload. Raises nothing for one that is unfit: its entry says why it was rejected."""
    return land(landing, SOURCE, DATASET, "", file, {}, content, kind_of(content), _content_hash, parser_version())


def parse(content: bytes) -> pl.DataFrame:
    """Rows of the payload as `FLOWS` with the month, which is null where a row is a year's sum."""
    table = _table(content)
    table = table.rename({name: name.upper() for name in table.columns})
    columns = set(table.columns)
    years = sorted(name[8:12] for name in columns if name.startswith("CON_VAL_2") and name.endswith("_USD"))
    commodity, country = _one(columns, *_COMMODITY), _one(columns, *_COUNTRY)
    if years:
        if len(years) > 1:
            raise UnfitPayload(f"expected the sums of one year, found those of {', '.join(years)}")
        value, duty = f"CON_VAL_{years[0]}_USD", _one(columns, f"CAL_DUT_{years[0]}_USD")
        when = (pl.lit(years[0]), pl.lit(None, pl.String))
    else:
        value, duty = _one(columns, "CON_VAL_MO"), _one(columns, "CAL_DUT_MO")
        when = _period(columns)
    if "COMM_LVL" in columns:
        table = table.filter(pl.col("COMM_LVL") == "HS10")
    # totals over goods stand beside the goods, totals over countries beside the countries
    table = table.filter(pl.col(commodity).str.contains(r"^\d{10}$"), pl.col(country).str.contains(r"^\d{4}$"))
    if table.is_empty():
        raise UnfitPayload("expected rows of ten-digit codes and countries (COMM_LVL HS10), found none")
    is_group = pl.col(country).str.starts_with("0")
    if "SUMMARY_LVL" in columns:
        is_group |= pl.col("SUMMARY_LVL") == "CGP"
    table = table.filter((pl.col(country) == UNION) | ~is_group)
    try:
        rows = table.select(
            hs10=pl.col(commodity),
            census_code=pl.col(country),
            year=when[0].cast(pl.Int32),
            month=when[1].cast(pl.Int32),
            imports_usd=pl.col(value).cast(pl.Int64),
            duties_usd=pl.col(duty).cast(pl.Int64),
        )
    except pl.exceptions.PolarsError as error:
        raise UnfitPayload("expected whole numbers of dollars and a year and month, found other words") from error
    _check(rows)
    return _one_union(rows)


def _check(rows: pl.DataFrame) -> None:
    if rows.select("hs10", "census_code", "year", "imports_usd", "duties_usd").null_count().sum_horizontal()[0]:
        raise UnfitPayload("expected a value and a duty in each row, found an empty one")
    if ((rows["imports_usd"] < 0) | (rows["duties_usd"] < 0)).any():
        raise UnfitPayload("expected values of 0 and more, found one below")
    years = set(rows["year"].unique())
    months = set(rows["month"].drop_nulls().unique())
    if not all(1989 <= year <= 2100 for year in years) or not all(1 <= month <= _MONTHS for month in months):
        raise UnfitPayload("expected years since 1989 and months from 1 to 12, found others")
    keys = rows.select("hs10", "census_code", "year", "month")
    if keys.is_duplicated().any():
        twice = rows.filter(keys.is_duplicated()).row(0)
        raise UnfitPayload(f"expected each code and country once a month, found {twice[0]} of {twice[1]} twice")


def _one_union(rows: pl.DataFrame) -> pl.DataFrame:
    is_member = pl.col("census_code").is_in(MEMBERS)
    if (rows["census_code"] == UNION).any():
        return rows.filter(~is_member)
    return (
        rows.with_columns(census_code=pl.when(is_member).then(pl.lit(UNION)).otherwise("census_code"))
        .group_by("hs10", "census_code", "year", "month", maintain_order=True)
        .agg(pl.col("imports_usd", "duties_usd").sum())
    )


def _table(content: bytes) -> pl.DataFrame:
    """Every column as text, whatever the file is."""
    kind = kind_of(content)
    if kind == "json":
        rows = json_of(content)
        if not isinstance(rows, list) or not rows or not all(isinstance(row, list) for row in rows):
            raise UnfitPayload("expected a list of lists, the first of them the names, found something else")
        names, *rows = rows
        if len(set(map(str, names))) < len(names):
            # the API repeats a field that is asked for as a column and as a predicate
            kept = [place for place, name in enumerate(names) if name not in names[:place]]
            names, rows = (
                [names[place] for place in kept],
                [[row[place] for place in kept if place < len(row)] for row in rows],
            )
        if any(len(row) != len(names) for row in rows):
            raise UnfitPayload(f"expected {len(names)} fields in each row, found a row with more or fewer")
        columns = list(zip(*rows, strict=True)) or [()] * len(names)
        return pl.DataFrame(
            {
                str(name): [None if cell is None else str(cell) for cell in column]
                for name, column in zip(names, columns, strict=True)
            },
            schema_overrides=dict.fromkeys(map(str, names), pl.String),
        )
    try:
        if kind == "parquet":
            return pl.read_parquet(io.BytesIO(content)).select(pl.all().cast(pl.String))
        return pl.read_csv(io.StringIO(text_of(content)), infer_schema=False)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise UnfitPayload(
            f"expected a {kind.upper() if kind == 'csv' else 'Parquet'} table, found a damaged one"
        ) from error


def _one(columns: set[str], *names: str) -> str:
    for name in names:
        if name in columns:
            return name
    raise UnfitPayload(f"expected a column {' or '.join(names)}, found {', '.join(sorted(columns)[:12])}")


def _period(columns: set[str]) -> tuple[pl.Expr, pl.Expr]:
    if {"YEAR", "MONTH"} <= columns:
        return pl.col("YEAR"), pl.col("MONTH")
    if "TIME" in columns:
        return pl.col("TIME").str.head(4), pl.col("TIME").str.slice(5, 2)
    raise UnfitPayload("expected the columns YEAR and MONTH, or time, found neither")


def _content_hash(content: bytes) -> str:
    rows = parse(content).sort("hs10", "census_code", "year", "month")
    return hashlib.sha256(rows.write_csv().encode()).hexdigest()


def read_imports(snapshots: Path, landing: Path, cache: Path | None = None) -> Imports:
    """Imports of each year, line and partner: the snapshot's, and what has landed in its place.

    The later of two payloads speaks for a line, partner and month, or year. Of a partner's year the sum of the months
    is taken where all twelve are there, or where nobody gives the year's.
    """
    path = snapshots / IMPORTS
    snapshot = pl.read_parquet(path) if path.is_file() else pl.DataFrame(schema=FLOWS)
    frames = [snapshot.with_columns(month=pl.lit(None, pl.Int32))] if len(snapshot) else []
    unreadable: list[str] = []
    landed = [entry for entry in counting(landing) if (entry.source, entry.dataset) == (SOURCE, DATASET)]
    for entry in landed:
        try:
            frames.append(_parsed(landing, entry, cache).select(*FLOWS, "month"))
        except UnfitPayload as error:
            unreadable.append(f"{entry.request}: {error}")
    if len(frames) < 2 and not landed:
        return Imports(snapshot.sort("hs10", "census_code", "year"), 0, unreadable)
    rows = pl.concat(frames).unique(["hs10", "census_code", "year", "month"], keep="last", maintain_order=True)
    partner = ["census_code", "year"]
    chosen = (
        rows.with_columns(
            months=pl.col("month").n_unique().over(partner)
            - pl.col("month").is_null().any().over(partner).cast(pl.UInt32),
            has_sum=pl.col("month").is_null().any().over(partner),
        )
        .filter(pl.col("month").is_not_null() == ((pl.col("months") == _MONTHS) | ~pl.col("has_sum")))
        .group_by("hs10", *partner)
        .agg(pl.col("imports_usd", "duties_usd").sum())
        .filter((pl.col("imports_usd") != 0) | (pl.col("duties_usd") != 0))
    )
    return Imports(chosen.select(*FLOWS).sort("hs10", "census_code", "year"), len(landed), unreadable)


def _parsed(landing: Path, entry: Entry, cache: Path | None) -> pl.DataFrame:
    kept = cache / f"{entry.sha256[:16]}-{parser_version()}.flows.parquet" if cache else None
    if kept and kept.is_file():
        try:
            return pl.read_parquet(kept)
        except (pl.exceptions.PolarsError, OSError):
            pass
    rows = parse(payload(landing, entry))
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        fresh = kept.with_name(f".{kept.name}")
        rows.write_parquet(fresh)
        fresh.replace(kept)
    return rows
