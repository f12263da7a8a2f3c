"""Releases of the schedule beside one another: what each code says, from which day to which.

Belongs here: releases to intervals and back. Does not belong here: what stands in a release (`schedule.py`), where
releases come from (`sources`).

Two days belong to a release. Its *legal day* is the first day of its main changes, as its change record dates them;
what the record dates otherwise is not followed. Its *public day* is the day of printing at the head of that record, the
first on which anybody could read it; a release without one is taken as public on its legal day. They differ both ways:
revision 12 of 2025 was printed on 13 May for 14 May, revision 32 on 5 December for 14 November.

Revisions come every few days and not each is at hand. A change that lies between two of them is dated by the release
that first shows it, so a line may have begun, or ended, before its interval does.
"""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from dagster_project.wording import OPEN_END

NAME = re.compile(r"^(20\d\d) (?:basic|rev ([1-9]\d?))$")
INTERVAL = {
    "valid_from": pl.Date,
    "valid_to": pl.Date,
    "known_from": pl.Date,
    "end_known_from": pl.Date,
    "first_release": pl.String,
    "last_release": pl.String,
}


@dataclass(frozen=True)
class Release:
    """`release` as `2026 rev 11` or `2026 basic`; its days as told above; the hash of the payload that it came in."""

    release: str
    legal_day: dt.date
    public_day: dt.date | None
    sha256: str

    @property
    def known_from(self) -> dt.date:
        return self.public_day or self.legal_day

    @property
    def place(self) -> tuple[int, int]:
        """Year and revision: the order in which releases replace one another, whatever their days say."""
        found = NAME.match(self.release)
        if not found:
            raise ValueError(f"{self.release} is no release's name")
        return int(found[1]), int(found[2] or 0)


def in_order(releases: Sequence[Release]) -> list[Release]:
    """Ordered, each with a legal day that is not before that of the release which it replaces.

    A revision may be printed for a day that lies before its forerunner's: it then holds from the forerunner's day.
    """
    ordered: list[Release] = []
    for one in sorted(releases, key=lambda release: release.place):
        day = max(one.legal_day, ordered[-1].legal_day) if ordered else one.legal_day
        ordered.append(Release(one.release, day, one.public_day, one.sha256))
    return ordered


def fold(releases: Sequence[tuple[Release, pl.DataFrame]], key: str) -> pl.DataFrame:
    """One row a code and stretch of releases in which none of its cells changed; the releases come in order.

    Half-open: the row of a code that the next release has not, or has otherwise, ends on that release's legal day, and
    `end_known_from` is the day on which that was public. A release that is replaced on its own legal day leaves none.
    """
    if not releases:
        return pl.DataFrame(schema={key: pl.String} | INTERVAL)
    texts = [column for column in releases[0][1].columns if column != key]
    stacked = pl.concat(
        [frame.with_columns(place=pl.lit(place, pl.Int64)) for place, (_, frame) in enumerate(releases)]
    )
    before = [pl.col(column).ne_missing(pl.col(column).shift()) for column in (key, *texts)]
    goes_on = ~pl.any_horizontal(*before) & (pl.col("place") == pl.col("place").shift() + 1)
    stretches = (
        stacked.sort(key, "place")
        .with_columns(stretch=(~goes_on.fill_null(False)).cum_sum())
        .group_by("stretch", maintain_order=True)
        .agg(pl.col(key, *texts).first(), first=pl.col("place").first(), last=pl.col("place").last())
        .drop("stretch")
    )
    days = _days([release for release, _ in releases])
    return (
        stretches.join(
            days.select(first="place", first_release="release", valid_from="day", known_from="known"), on="first"
        )
        .join(
            days.select(last="place", last_release="release", valid_to="next_day", end_known_from="next_known"),
            on="last",
        )
        .filter(pl.col("valid_from") < pl.col("valid_to"))
        .select(key, *texts, *INTERVAL)
        .sort(key, "valid_from")
    )


def unfold(intervals: pl.DataFrame, releases: Sequence[Release]) -> list[tuple[Release, pl.DataFrame]]:
    """What each of the releases says, from the rows that they were folded to."""
    place = {one.release: number for number, one in enumerate(releases)}
    spanned = intervals.with_columns(
        first=pl.col("first_release").replace_strict(place, return_dtype=pl.Int64),
        last=pl.col("last_release").replace_strict(place, return_dtype=pl.Int64),
    )
    return [
        (one, spanned.filter(pl.lit(number).is_between("first", "last")).drop(*INTERVAL, "first", "last"))
        for number, one in enumerate(releases)
    ]


def _days(releases: Sequence[Release]) -> pl.DataFrame:
    """Each release's place, its days, and those of the one that replaces it."""
    following = [*releases[1:], None]
    rows = [
        (
            place,
            one.release,
            one.legal_day,
            one.known_from,
            after.legal_day if after else OPEN_END,
            after.known_from if after else None,
        )
        for place, (one, after) in enumerate(zip(releases, following, strict=True))
    ]
    names = {"place": pl.Int64, "release": pl.String, "day": pl.Date, "known": pl.Date}
    return pl.DataFrame(rows, schema=names | {"next_day": pl.Date, "next_known": pl.Date}, orient="row")
