"""A folded schedule as the tables of `raw`: each cell with its kind and percentage, each preference a row of its own.

Belongs here: laying out what `schedule.py` reads and `releases.py` dates. Does not belong here: where it came from
(`sources`), writing it into a build (`defs`).
"""

import polars as pl

from dagster_project.tariff_lines.releases import INTERVAL
from dagster_project.tariff_lines.schedule import CHAPTER_98, preferences_of, rates_of

COLUMNS = ("symbol", "kind", "pct", "text")
_IS_CHAPTER_98 = pl.col("code").str.starts_with("98")


def tariff_lines(lines: pl.DataFrame, descriptions: pl.DataFrame) -> pl.DataFrame:
    """One row a line and interval: what columns 1 and 2 ask, and the words of the latest landed release, if any."""
    return (
        lines.join(_cells(lines["general_text"], "general"), on="general_text", how="left")
        .join(_cells(lines["column_2_text"], "column_2"), on="column_2_text", how="left")
        .join(descriptions, on="code", how="left")
        .select(
            "code",
            pl.col("code").str.head(8).alias("hts8"),
            pl.col("code").str.head(2).alias("chapter"),
            "rate_code",
            *_column("general"),
            _or_null("special_text"),
            *_column("column_2"),
            _or_null("description"),
            *INTERVAL,
        )
        .sort("code", "valid_from")
    )


def line_preferences(lines: pl.DataFrame) -> pl.DataFrame:
    """One row a code with a rate, symbol and interval. Lines below one rate code come and go; its cell is one."""
    cells = _stretches(lines.filter(pl.col("special_text") != ""), "rate_code", "special_text")
    symbols = preferences_of(lines["special_text"].unique())
    stated = cells.join(symbols, on="special_text").select("rate_code", *COLUMNS, *INTERVAL)
    # a cell that changes for one symbol goes on as it was for the others; nearly all cells never change
    changes = cells.filter(pl.col("rate_code").is_duplicated())["rate_code"].unique()
    may_go_on = pl.col("rate_code").is_in(changes.implode())
    merged = _stretches(stated.filter(may_go_on), "rate_code", *COLUMNS)
    return pl.concat([stated.filter(~may_go_on), merged]).sort("rate_code", "symbol", "valid_from")


def _stretches(rows: pl.DataFrame, *same: str) -> pl.DataFrame:
    """One row where rows that say the same overlap or follow one another without a gap."""
    starts = pl.col("valid_from") > pl.col("valid_to").cum_max().shift().over(same)
    return (
        rows.sort(*same, "valid_from", "valid_to")
        .with_columns(stretch=starts.fill_null(True).cum_sum())
        .group_by(*same, "stretch", maintain_order=True)
        .agg(
            pl.col("valid_from", "known_from", "first_release").first(),
            pl.col("valid_to", "end_known_from", "last_release").sort_by("valid_to").last(),
        )
        .select(*same, *INTERVAL)
    )


def chapter_99_headings(headings: pl.DataFrame) -> pl.DataFrame:
    """One row a heading and interval; which goods it is about stands in notes and lists, not in the schedule."""
    return headings.select("heading", _or_null("general_text"), _or_null("special_text"), *INTERVAL).sort(
        "heading", "valid_from"
    )


def _cells(texts: pl.Series, column: str) -> pl.DataFrame:
    return rates_of(texts.unique()).rename({"text": f"{column}_text", "kind": f"{column}_kind", "pct": f"{column}_pct"})


def _column(name: str) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """Kind, percentage and text. Of chapter 98 the text alone: `Free` of it is not free of duty."""
    return (
        pl.when(_IS_CHAPTER_98).then(pl.lit(CHAPTER_98)).otherwise(f"{name}_kind").alias(f"{name}_kind"),
        pl.when(~_IS_CHAPTER_98).then(f"{name}_pct").alias(f"{name}_pct"),
        _or_null(f"{name}_text"),
    )


def _or_null(name: str) -> pl.Expr:
    return pl.when(pl.col(name) != "").then(name).alias(name)
