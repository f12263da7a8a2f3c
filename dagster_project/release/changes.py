"""Changes between two releases as text: gathered for a terminal, and as the `changes.md` of a release.

Belongs here: which likes stand together, how many lines a table gets. Does not belong here: finding the differences
(`differences.py`), their words (`difference_words.py`).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb

from dagster_project.release.difference_words import Change, in_words
from dagster_project.release.differences import attach, differences
from dagster_project.release.keys import grains_beside

# a change of the base of all goods can move hundreds of rows of one metric
LINES_PER_TABLE = 25


def changes_since(before: Path | None, build: Path, is_first: bool) -> str:
    """The text of `changes.md`: what the database `build` says otherwise than that of the release before."""
    if before is None:
        return f"# Changes\n\n{'First release.' if is_first else 'No whole release stands to compare with.'}\n"
    with attach(before, build) as connection:
        (was, was_of), (now, now_of) = (
            connection.execute(f"select build_id, as_of_date from {side}.meta.build").fetchall()[0]
            for side in ("first", "second")
        )
        head = f"# Changes\n\n{was} (as of {was_of}) → {now} (as of {now_of})\n"
        try:
            found = list(in_words(connection, differences(connection, grains_beside(before, build))))
        except duckdb.Error as error:
            # a release of another version may lack a column that the words need; the gate reports it too
            return f"{head}\nCannot be told: {' '.join(str(error).split())}\n"
    lines = [head] if found else [head, "Nothing changed, neither in facts nor in metrics."]
    part = ""
    for of, table, told in gathered(found):
        if of != part:
            lines.append(f"## {of}\n")
            part = of
        lines += [f"### {table}\n", *(f"- {line}" for line in told), ""]
    return "\n".join(lines).rstrip() + "\n"


def gathered(changes: Iterable[Change]) -> Iterator[tuple[str, str, list[str]]]:
    """For each table: the part that it belongs to (Facts, Metrics), its title, its lines and how many were left out."""
    by_table: dict[tuple[str, str], list[Change]] = defaultdict(list)
    for change in changes:
        by_table[change.schema, change.table].append(change)
    for (schema, table), found in by_table.items():
        lines = _lines(found)
        shown = lines[:LINES_PER_TABLE]
        if len(lines) > LINES_PER_TABLE:
            shown.append(f"… and {len(lines) - LINES_PER_TABLE:,} more; `warehouse diff --format json` has all")
        yield "Metrics" if schema == "metrics" else "Facts", table.removeprefix("metric_").replace("_", " "), shown


def _lines(changes: Iterable[Change]) -> list[str]:
    """One line for changes that say the same of several scopes and partners."""
    scopes: dict[tuple[str, str], list[str]] = defaultdict(list)
    for change in changes:
        scopes[change.words, change.partner].append(change.scope)
    partners: dict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
    for (words, partner), named in scopes.items():
        partners[words, tuple(named)].append(partner)
    return [
        f"{_some(who)}: {_some(what)} {words}".removeprefix(": ").replace(":  ", ": ").strip()
        for (words, what), who in partners.items()
    ]


def _some(names: Iterable[str]) -> str:
    """The names, or the first three and how many more."""
    named = [name for name in dict.fromkeys(names) if name]
    return ", ".join(named[:3]) + (f" and {len(named) - 3} more" if len(named) > 3 else "")
