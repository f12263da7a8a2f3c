"""Lists of products: what a state of a list may hold, and whether it is what the text of the law says.

Belongs here: rules across `lists`, `list_versions`, `product_lists` and their texts. Does not belong here: one cell
(`schemas.py`), the overlap of two states (`rules.py`, as for every log), the reading of a text (`tariff_lines`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from dagster_project.seeds.citations import stored_text
from dagster_project.seeds.problems import Guesses, Problem, shown
from dagster_project.seeds.reading import SeedTable
from dagster_project.tariff_lines.law_text import codes_on, line_ranges

Tables = dict[str, SeedTable]
IS_CODE = pl.col("code").str.contains(r"^\d")


@dataclass(frozen=True)
class Comparison:
    """A state of a list beside its text: how many codes both have, and those on one side alone, told or not."""

    list_version: str
    line: int
    in_list: frozenset[str]
    in_text: frozenset[str]
    explained: frozenset[tuple[str, str]]

    @property
    def unexplained(self) -> list[tuple[str, str]]:
        """Side and code."""
        alone = [("text", code) for code in self.in_text - self.in_list]
        alone += [("list", code) for code in self.in_list - self.in_text]
        return sorted(set(alone) - self.explained)

    @property
    def needless(self) -> list[tuple[str, str]]:
        """Explained as alone, while both sides have it, or neither."""
        return sorted(
            (side, code)
            for side, code in self.explained
            if code not in ((self.in_text - self.in_list) if side == "text" else (self.in_list - self.in_text))
        )


def list_problems(tables: Tables, documents: Path | None) -> Iterator[Problem]:
    """What is wrong with lists, and what their texts say otherwise, where those are at hand."""
    yield from _unknown_states(tables)
    yield from _members_that_do_not_fit(tables)
    yield from _lists_within_themselves(tables)
    yield from _unlike_their_texts(tables, documents)


def _unknown_states(tables: Tables) -> Iterator[Problem]:
    versions, members = tables["list_versions"], tables["product_lists"]
    if versions.is_whole:
        guesses, known = Guesses(), versions.text["assertion_id"].drop_nulls().unique()
        for name in ("product_lists", "list_differences"):
            lost = tables[name].rows.filter(~pl.col("list_version").is_in(known.implode()))
            for line, value in (
                lost.unique("list_version", keep="first", maintain_order=True)
                .select("line", "list_version")
                .iter_rows()
            ):
                guess = guesses.did_you_mean(value, known, name)
                yield Problem(
                    f"{name}.csv", line, "list_version", shown(value), "an assertion_id of list_versions.csv",
                    f"{guess}Mend the spelling, or add the state of the list first.",
                )  # fmt: skip
    if members.is_whole:
        filled = members.text["list_version"].drop_nulls().unique()
        empty = versions.rows.filter(pl.col("action") == "assert", ~pl.col("assertion_id").is_in(filled.implode()))
        for line, value in empty.select("line", "assertion_id").iter_rows():
            yield Problem(
                "list_versions.csv", line, "assertion_id", shown(value), "a state with codes in product_lists.csv",
                "Add its codes; a list that ended has valid_to, and no empty state.",
            )  # fmt: skip


def _members_that_do_not_fit(tables: Tables) -> Iterator[Problem]:
    members = tables["product_lists"].rows
    if tables["lists"].is_whole:
        known = tables["lists"].text["list_id"].drop_nulls().unique()
        for line, value in (
            members.filter(~IS_CODE, ~pl.col("code").is_in(known.implode())).select("line", "code").iter_rows()
        ):
            guess = Guesses().did_you_mean(value, known, "product_lists.code")
            yield Problem(
                "product_lists.csv", line, "code", shown(value), "a code, or a list_id that stands in lists.csv",
                f"{guess}Mend the spelling, or add the row to lists.csv first.",
            )  # fmt: skip
    twice = members.filter(pl.struct("list_version", "code", "role", "condition_id").is_first_distinct().not_())
    for line, value in twice.select("line", "code").iter_rows():
        yield Problem(
            "product_lists.csv", line, "code", shown(value), "a code once in a state of a list",
            "Remove the second line.",
        )  # fmt: skip
    out = members.filter(pl.col("role") == "exclude", IS_CODE)
    for digits in (2, 4, 6, 8, 10):
        cut = members.filter(pl.col("role") == "include", IS_CODE).join(
            out.filter(pl.col("code").str.len_chars() == digits).select("list_version", cut="code"),
            left_on=["list_version", pl.col("code").str.slice(0, digits)], right_on=["list_version", "cut"],
        ).filter(pl.col("code").str.len_chars() >= digits)  # fmt: skip
        for line, value in cut.select("line", "code").iter_rows():
            yield Problem(
                "product_lists.csv", line, "code", shown(value),
                "a code that no exclusion of the same state cancels whole", "Remove one of the two lines.",
            )  # fmt: skip


def _lists_within_themselves(tables: Tables) -> Iterator[Problem]:
    lists = tables["list_versions"].rows.select(list_version="assertion_id", list_id="list_id")
    edges = tables["product_lists"].rows.filter(~IS_CODE).join(lists, on="list_version")
    named: dict[str, set[str]] = {}
    for row in edges.iter_rows(named=True):
        named.setdefault(row["list_id"], set()).add(row["code"])
    for row in edges.iter_rows(named=True):
        reached, waiting = set(), [row["code"]]
        while waiting:
            here = waiting.pop()
            if here not in reached:
                reached.add(here)
                waiting += named.get(here, ())
        if row["list_id"] in reached:
            yield Problem(
                "product_lists.csv", row["line"], "code", shown(row["code"]), "lists that end in codes",
                f"Break the loop: {row['list_id']} would stand within itself.",
            )  # fmt: skip


def compare_with_texts(tables: Tables, documents: Path) -> list[Comparison]:
    """Each state of a list whose text is at hand, code by code."""
    sources = dict(tables["sources"].rows.select("source_id", "text_file").iter_rows())
    states = ListStates(tables)
    explained = {
        state: frozenset(zip(rows["side"], rows["code"], strict=True))
        for (state,), rows in tables["list_differences"]
        .rows.filter(pl.col("side") != "schedule")
        .group_by("list_version")
    }
    compared = []
    for row in tables["list_versions"].rows.filter(pl.col("text_lines").is_not_null()).iter_rows(named=True):
        path = stored_text(documents, sources.get(row["text_source_id"]))
        if path is None:
            continue
        state = row["assertion_id"]
        in_text = codes_on(path, line_ranges(row["text_lines"]))
        # what a list takes out may stand on its lines, as an exception, and need not
        in_list = states.codes(state) | (states.taken_out(state) & in_text)
        compared.append(Comparison(state, row["line"], in_list, in_text, explained.get(state, frozenset())))
    return compared


class ListStates:
    """The codes of each state of a list, with those of the lists that it names, and without what it takes out."""

    def __init__(self, tables: Tables) -> None:
        versions = tables["list_versions"].rows
        mended = set(versions["corrects"].drop_nulls())
        self.rows = {row["assertion_id"]: row for row in versions.iter_rows(named=True)}
        self.log: dict[str, list[dict]] = {}
        for state, row in self.rows.items():
            if state not in mended and row["action"] == "assert":
                self.log.setdefault(row["list_id"], []).append(row)
        self.members = {
            state: list(rows.iter_rows()) for (state,), rows in
            tables["product_lists"].rows.select("list_version", "code", "role").group_by("list_version")
        }  # fmt: skip

    def codes(self, state: str, within: frozenset[str] = frozenset()) -> frozenset[str]:
        """Of one state; a list that it names is taken as it stood on the state's first day, as known today."""
        found: dict[str, set[str]] = {"include": set(), "exclude": set()}
        for _, code, role in self.members.get(state, ()):
            if code[0].isdigit():
                found[role].add(code)
            elif (named := self.state_of(code, self.rows[state]["valid_from"])) and named not in within:
                found[role] |= self.codes(named, within | {state})
        out = tuple(found["exclude"])
        return frozenset(code for code in found["include"] if not code.startswith(out))

    def taken_out(self, state: str, within: frozenset[str] = frozenset()) -> frozenset[str]:
        """Codes that the state, or a list that it names, takes out by name."""
        found: set[str] = set()
        for _, code, role in self.members.get(state, ()):
            if code[0].isdigit():
                found |= {code} if role == "exclude" else set()
            elif (named := self.state_of(code, self.rows[state]["valid_from"])) and named not in within:
                found |= self.taken_out(named, within | {state})
        return frozenset(found)

    def state_of(self, list_id: str, day: date, known: date = date.max) -> str | None:
        """The state that holds on a day, as known on another."""
        covering = [
            row for row in self.log.get(list_id, ())
            if row["known_from"] <= known
            and row["valid_from"] <= day
            and (row["valid_to"] is None or day < row["valid_to"])
        ]  # fmt: skip
        return max(covering, key=lambda row: row["known_from"])["assertion_id"] if covering else None


def _unlike_their_texts(tables: Tables, documents: Path | None) -> Iterator[Problem]:
    for compared in compare_with_texts(tables, documents) if documents else []:
        for side, code in compared.unexplained:
            where = "its text, and not in the list" if side == "text" else "the list, and not in its text"
            yield Problem(
                "list_versions.csv", compared.line, "text_lines", shown(compared.list_version),
                f"the codes of the text ({len(compared.in_text)}) and of the list ({len(compared.in_list)}) to be the "
                f"same, but {code} stands in {where}",
                "Mend the list, or say why in list_differences.csv.",
            )  # fmt: skip
        for side, code in compared.needless:
            yield Problem(
                "list_versions.csv", compared.line, "text_lines", shown(compared.list_version),
                f"{code} alone on the side of the {side}, as list_differences.csv says",
                "Remove the explanation: nothing is left to explain.",
            )  # fmt: skip
