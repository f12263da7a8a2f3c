"""Every command with the values that its arguments take, what must come of each combination, and its wrong usages.

A new command needs a case here, else `test_every_command_has_a_case` fails: its dimensions, and a reader of its answer.
"""

import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from dagster_project.commands.as_of import SHOWN
from dagster_project.commands.console import FAILED, WRONG_USAGE
from dagster_project.commands.line import BASE, LINES, changes_shown, lists_shown
from dagster_project.commands.reading import CLOSED, SEARCH_PATH
from dagster_project.commands.sections import Told
from dagster_project.readers.line import dotted
from dagster_project.readers.state import SECTIONS
from dagster_project.settings import PROJECT_ROOT
from tests.command_line import (
    Run,
    assert_refused,
    read_csv,
    read_json,
    read_markdown,
    read_parquet,
    read_table,
    run_here,
)
from tests.conftest import AS_OF_DATE, Warehouse

# words of the command line
Words = tuple[str, ...]
# days of knowledge, and days in the world where they differ
DAYS: tuple[Words, ...] = (
    (),
    ("2025-12-05", "--valid", "2025-11-15"),
)
MORE_DAYS: tuple[Words, ...] = (*DAYS, ("2015-01-01",), ("2025-11-20", "--valid", "2026-02-01"))
JSON = ("--format", "json")
HTS = ("--as", "hts_release", "--release")
EFFECTIVE = ("--effective", "2026-06-15")
FORMATS: tuple[Words, ...] = ((), *(("--format", name) for name in ("json", "table", "md", "csv", "parquet")))


@dataclass(frozen=True)
class Case:
    """One command: `dimensions` may stand in any combination, and `check` reads the whole answer.

    `wrong`: what else may be typed, with the exit code and a part of the message.
    """

    command: str
    check: Callable[["World", dict[str, Words], Run], None]
    dimensions: Mapping[str, Sequence[Words]] = field(default_factory=dict)
    wrong: Sequence[tuple[Words, int, str]] = ()

    def run(self, world: "World", combination: dict[str, Words]) -> None:
        """Run the combination, and assert that it is done, says it on the right stream, and answers in shape."""
        words = [word for value in combination.values() for word in value]
        run = run_here(world.warehouse, *self.command.split(), *words)
        assert (run.exit_code, run.stderr) == (0, ""), run.arguments
        if run.arguments[-2:] == JSON:
            world.answers[run.arguments[:-2]] = read_json(run.text)
        self.check(world, combination, run)

    def refuse(self, world: "World") -> None:
        for words, code, said in self.wrong:
            assert_refused(run_here(world.warehouse, *self.command.split(), *words), code, said)


@dataclass(frozen=True, eq=False)
class World:
    """What the commands are run on: a release, and another in which rows of every table came, went and changed."""

    warehouse: Warehouse
    other: Path
    # held open for as long as the test: each command then opens the file in an instant
    connection: duckdb.DuckDBPyConnection
    # whether formats that print the same cells are judged by another run each time
    thorough: bool = False

    answers: dict[Words, Any] = field(default_factory=dict)

    def answer(self, *words: str) -> Any:
        """The same question's answer as JSON, by which the other formats are judged."""
        if words not in self.answers:
            run = run_here(self.warehouse, *words, *JSON)
            assert (run.exit_code, run.stderr) == (0, ""), run.arguments
            self.answers[words] = read_json(run.text)
        return self.answers[words]


def make_world(warehouse: Warehouse, folder: Path, days: Sequence[Words], thorough: bool = False) -> World:
    """Copies of the release: one in which the macros that `as-of` asks give on `days` what they gave, but at once
    (each takes a second to plan), and one that differs."""
    data = folder / "data"
    release = data / "releases" / warehouse.manifest["build_id"]
    shutil.copytree(warehouse.data / "current", release, symlinks=True)
    (data / "current").symlink_to(release.relative_to(data))
    (release / "warehouse.duckdb").chmod(0o644)
    if not thorough:
        with duckdb.connect(str(release / "warehouse.duckdb")) as connection:
            _shorten_long_tables(connection)
    other = folder / "other.duckdb"
    shutil.copy(release / "warehouse.duckdb", other)
    with duckdb.connect(str(release / "warehouse.duckdb")) as connection:
        _hold_answers(connection, sorted({_both_days(words) for words in days}))
    with duckdb.connect(str(other)) as connection:
        _change_everything(connection)
    connection = duckdb.connect(str(release / "warehouse.duckdb"), read_only=True, config=CLOSED)
    connection.execute(SEARCH_PATH)
    return World(Warehouse(data), other, connection, thorough)


def _shorten_long_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Keep the first rows of each metric: `diff` compares all there are, and takes half a second for 148,000."""
    for (table,) in connection.execute(
        "select table_name from duckdb_tables() where schema_name = 'metrics'"
    ).fetchall():
        connection.execute(f"delete from metrics.{table} where rowid >= 1000")


def _both_days(words: Words) -> tuple[str, str]:
    """The day in the world and the day of knowledge."""
    known_on = words[0] if words else AS_OF_DATE
    return (words[2] if len(words) > 1 else known_on, known_on)


def _hold_answers(connection: duckdb.DuckDBPyConnection, days: Sequence[tuple[str, str]]) -> None:
    connection.execute("create schema held")
    asked = set(re.findall(r"\b(\w+_as_of)\(", "".join(section.sql for section in SECTIONS)))
    for name in sorted(asked):
        found = connection.execute(
            "select distinct parameters from duckdb_functions() where function_name = ?", [name]
        ).fetchall()
        ((parameters,),) = found
        answers = []
        for day in sorted({day[-len(parameters) :] for day in days}):
            keys = ", ".join(f"date '{d}' as held_{p}" for d, p in zip(day, parameters, strict=True))
            given = ", ".join(f"date '{d}'" for d in day)
            answers.append(f"select {keys}, * from {name}({given})")
        connection.execute(f"create table held.{name} as {' union all by name '.join(answers)}")
        keys = [f"held_{parameter}" for parameter in parameters]
        where = " and ".join(f"{key} = cast({p} as date)" for key, p in zip(keys, parameters, strict=True))
        connection.execute(
            f"create or replace macro main.{name}({', '.join(parameters)}) as table"
            f" select * exclude ({', '.join(keys)}) from held.{name} where {where}"
        )


def _change_everything(connection: duckdb.DuckDBPyConnection) -> None:
    """In every table of raw and metrics a few rows go and a few numbers differ; the log gains rows."""
    columns = connection.execute(
        "select schema_name, table_name, column_name, data_type from duckdb_columns()"
        " where schema_name in ('raw', 'metrics') order by all"
    ).fetchall()
    tables: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for schema, table, column, data_type in columns:
        tables.setdefault((schema, table), []).append((column, data_type))
    for (schema, table), found in tables.items():
        numbers = [name for name, kind in found if kind.startswith(("DECIMAL", "DOUBLE")) and name != "unit"]
        if "assertion_id" in dict(found) and schema == "raw":
            connection.execute(
                f"insert into raw.{table} select * replace (assertion_id || '-anew' as assertion_id)"
                f" from raw.{table} where rowid < 3"
            )
            connection.execute(
                "insert into marts.fct_assertions select * replace (assertion_id || '-anew' as assertion_id)"
                f" from marts.fct_assertions where assertion_id || '-anew' in (select assertion_id from raw.{table})"
            )
        for number, column in enumerate(numbers):
            few = (
                f"rowid in (select rowid from {schema}.{table} where {column} is not null limit 4 offset {4 * number})"
            )
            connection.execute(f"update {schema}.{table} set {column} = {column} + 1 where {few}")
            if column == "total_rate_pct":
                # one that is no longer one figure: what is known of it takes its place
                connection.execute(f"update {schema}.{table} set {column} = null where {few}")
        connection.execute(f"delete from {schema}.{table} where rowid between 5 and 7")


# --- warehouse as-of


def _subject_words(combination: dict[str, Words]) -> Words:
    return (*combination["day"], *combination["subject"])


def _as_of(world: World, combination: dict[str, Words], run: Run) -> None:
    format = (combination["format"] or ("", "table"))[1]
    names = [section.name for section in SECTIONS]
    if format in ("csv", "parquet") and not world.thorough:
        _cells_in_order(run, names)
        return
    answer = world.answer("as-of", *_subject_words(combination))
    subject = (combination["subject"] or ("--world",))[0].removeprefix("--")
    sections = [section for section in SECTIONS if subject in section.of]
    head = ["release", "known_on", "valid_on", "partner_iso3", "deal_id"]
    assert list(answer) == [*head, *(section.name for section in sections)]
    assert (answer["valid_on"], answer["known_on"]) == _both_days(combination["day"])
    for section in sections:
        assert all(list(row) == list(answer[section.name][0]) for row in answer[section.name]), section.name
    about = answer["deal_id"] or answer["partner_iso3"] or "The world"
    told = [Told(section.name, section.title, answer[section.name], SHOWN[section.name]) for section in sections]
    _read_told(run, format, answer, f"{about}, as known on {answer['known_on']}", told)


def _read_told(run: Run, format: str, answer: dict, title: str, told: Sequence[Told]) -> None:
    """An answer in sections says in every format what it says as JSON."""
    match format:
        case "json":
            assert read_json(run.text) == answer
        case "csv" | "parquet":
            cells = [
                (section.name, index, column)
                for section in told
                for index, row in enumerate(section.rows, start=1)
                for column, value in row.items()
                if value is not None
            ]
            assert _cells_in_order(run, [section.name for section in told]) == cells
        case "md":
            _read_sections(run, f"# {title}", told, "\n\n## ", read_markdown)
        case "table":
            _read_sections(run, title, told, "\n\n", read_table)


def _cells_in_order(run: Run, names: Sequence[str]) -> list[tuple[str, int, str]]:
    """Section, row and column of each cell: sections in order, rows counted from one, a column once a row."""
    if run.stdout.startswith(b"PAR1"):
        header, found = read_parquet(run.stdout)
        rows = [list(row.values()) for row in found]
    else:
        header, rows = read_csv(run.text)
    assert header == ["section", "row", "column", "value"]
    cells = [(section, int(row), column) for section, row, column, _ in rows]
    assert len(set(cells)) == len(cells)
    assert list(dict.fromkeys(section for section, _, _ in cells)) == [n for n in names if n in {c[0] for c in cells}]
    for name in {section for section, _, _ in cells}:
        numbers = list(dict.fromkeys(row for section, row, _ in cells if section == name))
        assert numbers == list(range(1, len(numbers) + 1))
    return cells


def _read_sections(
    run: Run, title: str, told: Sequence[Told], between: str, read: Callable[[list[str]], tuple]
) -> None:
    """Every section stands there, in order, with every row of the answer, or says that nothing is known."""
    first, *parts = run.text.removesuffix("\n").split(between)
    if title.startswith("#"):
        # a blank line stands under each heading
        parts = [part.replace("\n\n", "\n", 1) for part in parts]
    assert first.startswith(title)
    assert [part.split("\n")[0] for part in parts] == [section.title for section in told]
    for section, part in zip(told, parts, strict=True):
        _, *lines = part.split("\n")
        if not section.rows:
            assert [line.strip() for line in lines] == ["nothing known"]
            continue
        headings, rows = read(lines)
        assert headings == list(section.shown)
        assert (rows if isinstance(rows, int) else len(rows)) == len(section.rows)


# --- warehouse line


LINE_CODES = ("8704.21.01", "76011060", "8517.13.00.00", "0901.11", "9101", "9802.00.80")


def _line(world: World, combination: dict[str, Words], run: Run) -> None:
    asked = (*combination["code"], *combination["day"])
    answer = world.answer("line", *asked)
    told = [
        Told(name, title, answer[name], shown)
        for name, title, shown in (
            ("lines", "In the schedule", LINES),
            ("base", "Base duty, by preference", BASE),
            ("lists", "Lists of the law that it is on", lists_shown(len(answer["lines"]))),
            ("changes", "What changed when", changes_shown(len(answer["lines"]))),
        )
    ]
    assert list(answer) == ["release", "code", "valid_on", "known_on", *(section.name for section in told)]
    assert answer["lines"]
    assert answer["code"] == combination["code"][0].replace(".", "")
    title = f"{dotted(answer['code'])} on {answer['valid_on']}, as known on {answer['known_on']}"
    _read_told(run, (combination["format"] or ("", "table"))[1], answer, title, told)


# --- warehouse sql


def _sql(world: World, combination: dict[str, Words], run: Run) -> None:
    (query,) = combination["query"]
    answer = world.answer("sql", query)
    cursor = world.connection.execute(query)
    columns = [column[0] for column in cursor.description or []]
    count = len(cursor.fetchall())
    assert [list(row) for row in answer] == [columns] * count
    match (combination["format"] or ("", "table"))[1]:
        case "json":
            assert read_json(run.text) == answer
        case "csv":
            header, rows = read_csv(run.text)
            assert (header, len(rows)) == (columns, count)
        case "parquet":
            names, rows = read_parquet(run.stdout)
            assert (names, len(rows)) == (columns, count)
        case "md":
            header, rows = read_markdown(run.text.splitlines())
            assert (header, len(rows)) == (columns, count)
        case "table":
            *lines, last = run.text.splitlines()
            assert (*read_table(lines), last) == (columns, count, f"{count} row{'' if count == 1 else 's'}")


def _queries(world: World) -> list[Words]:
    """A few rows of every public table, the macros, and values that are hard to print."""
    tables = world.connection.execute(
        "select schema_name || '.' || table_name from duckdb_tables()"
        " where schema_name in ('marts', 'metrics', 'meta') order by all"
    ).fetchall()
    return [
        *((f"from {table} limit 3",) for (table,) in tables),
        ("from dim_partners",),
        ("from metric_total_rates where false",),
        ("select * from total_rates_as_of(date '2025-12-05', date '2025-12-05') where partner_iso3 = 'KOR'",),
        ("select 'a|b' as pipe, 'c' || chr(10) || 'd' as line, '=1' as formula, [date '2025-01-01'] as list",),
        ("select 'Türkiye' as name, '東京' as wide, 1e300::double as big, 'nan'::double as nan, -1.50 as minus",),
        ("select map {date '2025-01-01': 1} as map, {'a': 1} as struct, 'x'::blob as bytes",),
    ]


# --- warehouse diff, status, check, dashboard, refresh


def _diff(world: World, combination: dict[str, Words], run: Run) -> None:
    names = combination["a"] + combination["b"]
    changed = len({str(world.other) if name.endswith(".duckdb") else "current" for name in names}) == 2
    answer = world.answer("diff", *names)
    assert list(answer) == ["a", "b", "changes"]
    assert bool(answer["changes"]) == changed
    keys = ["schema", "table", "kind", "words", "partner", "scope", "key", "before", "after"]
    assert all(list(change) == keys and change["words"] for change in answer["changes"])
    tables = list(dict.fromkeys((change["schema"], change["table"]) for change in answer["changes"]))
    headings = [table.removeprefix("metric_").replace("_", " ") for _, table in tables]
    parts = [
        part for part in ("Facts", "Metrics") if part in {"Metrics" if s == "metrics" else "Facts" for s, _ in tables}
    ]
    title, *lines = run.text.splitlines()
    match (combination["format"] or ("", "text"))[1]:
        case "json":
            assert read_json(run.text) == answer
            return
        case "md":
            forms = {"# ": 1, "## ": len(parts), "### ": len(headings)}
            assert [line for line in lines if not re.match(r"(###? |- |$|Nothing changed)", line)] == []
            assert {mark: len(re.findall(f"^{mark}", run.text, re.M)) for mark in forms} == forms
            assert [line.removeprefix("### ") for line in lines if line.startswith("### ")] == headings
            sentences = [line for line in lines if line.startswith("- ")]
            title = title.removeprefix("# ")
        case _:
            assert [line for line in lines if line and not line.startswith(" ") and "Nothing" not in line] == parts
            assert [line.strip() for line in lines if re.match(r"  \S", line)] == headings
            sentences = [line for line in lines if line.startswith("    ")]
    assert title == " → ".join(f"{answer[side]['build_id']} (as of {answer[side]['as_of_date']})" for side in "ab")
    assert bool(sentences) == changed
    assert ("Nothing changed, neither in facts nor in metrics." in lines) != changed


def _status(world: World, combination: dict[str, Words], run: Run) -> None:
    if combination["json"]:
        answer = read_json(run.text)
        assert (answer["release"], answer["as_of_date"]) == (world.warehouse.manifest["build_id"], AS_OF_DATE)
        return
    names = [line[:13].strip() for line in run.text.splitlines() if line[13] == " " and line[14:].strip()]
    kept = ["damage", "held back"]
    assert names == ["release", "database", "built", "inputs", *kept, "last failure", "next run", "running now"]


def _check(world: World, combination: dict[str, Words], run: Run) -> None:
    files = len(list(world.warehouse.seeds.glob("*.csv")))
    first, *compared = run.text.splitlines()
    assert re.fullmatch(rf"{files} files, [\d,]+ rows in seeds: fit to build\.", first), run
    # with the release, which these tests hold open, and with git where there is one
    assert compared
    assert all(line.startswith(("The log was compared with ", "The log was not compared with ")) for line in compared)


def _dashboard(world: World, combination: dict[str, Words], run: Run) -> None:
    page = Path(run.text.removesuffix("\n"))
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


def _nothing(world: World, combination: dict[str, Words], run: Run) -> None:
    raise AssertionError("has no combination")


def cases(world: World, days: Sequence[Words]) -> list[Case]:
    """One case a command, in the program's order."""
    # countries of which nothing of their own is known answer alike: the first of them stands for all
    partners = world.connection.execute(
        "select partner_iso3, partner_name from dim_partners"
        " where partner_iso3 in (select partner_iso3 from metric_total_rates) or partner_iso3 in ('ALL', 'EUU', 'FJI')"
        " order by all"
    ).fetchall()
    deals = world.connection.execute("select deal_id from dim_deals order by all").fetchall()
    subjects: list[Words] = [
        (),
        *(("--partner", code if index % 2 else name) for index, (code, name) in enumerate(partners)),
        *(("--deal", deal) for (deal,) in deals),
    ]
    other = str(world.other)
    return [
        Case("refresh", _nothing, wrong=[(("--bogus",), WRONG_USAGE, "No such option: --bogus")]),
        Case(
            "sql",
            _sql,
            {"query": _queries(world), "format": FORMATS},
            [
                (("",), WRONG_USAGE, "There is no statement in the query."),
                ((";",), WRONG_USAGE, "There is no statement in the query."),
                (("/* nothing but this */",), WRONG_USAGE, "There is no statement in the query."),
                ((), WRONG_USAGE, "There is no statement in the query."),
                (("select 1; select 2",), WRONG_USAGE, "2 statements are in the query; give one at a time."),
                (("select 'b\udcffd'",), WRONG_USAGE, "The query is not UTF-8."),
                (("select 1 +",), FAILED, "Parser Error"),
                (("from no_such_table",), FAILED, "no_such_table"),
                (("select 'x'::int",), FAILED, "Could not convert string 'x'"),
                (("select 1", "--format", "xml"), WRONG_USAGE, "'xml' is not one of 'table', 'md'"),
                (("select interval 1 day as span", "-f", "parquet"), FAILED, "cast it to varchar"),
                (("select 1", "-o", "/nowhere/x.csv"), FAILED, "No such file or directory (/nowhere/x.csv)"),
            ],
        ),
        Case(
            "dashboard", _dashboard, {"open": [("--path",)]}, [(("--bogus",), WRONG_USAGE, "No such option: --bogus")]
        ),
        Case("status", _status, {"json": [(), ("--json",)]}, [(("--bogus",), WRONG_USAGE, "No such option: --bogus")]),
        # what it does with files is in tests/test_load.py
        Case(
            "load",
            _nothing,
            wrong=[
                ((), WRONG_USAGE, "Missing argument 'FILE'"),
                (("x.json",), WRONG_USAGE, "Missing option '--as'"),
                (("x.json", "--as", "nonsense"), WRONG_USAGE, "'nonsense' is not one of"),
                (("x.json", "--as", "hts_release"), WRONG_USAGE, "--as hts_release needs --release"),
                (("x.json", *HTS, "2026 rev 0", *EFFECTIVE), WRONG_USAGE, "'2026 rev 0' is no release"),
                (("x.json", *HTS, "2025 basic", *EFFECTIVE), WRONG_USAGE, "2026-06-15 is not in 2025"),
                (("x.json", *HTS, "2026 rev 11", "--effective", "soon"), WRONG_USAGE, "'soon' is no day"),
                (
                    ("x.json", *HTS, "2026 rev 11", *EFFECTIVE, "--published", "2027-06-15"),
                    WRONG_USAGE,
                    "2027-06-15 is more than half a year from 2026-06-15",
                ),
                (("x.json", "--as", "census_imports", *EFFECTIVE), WRONG_USAGE, "belong to --as hts_release"),
                (("no-such-file", "--as", "census_imports"), FAILED, "no-such-file: expected a file, found none"),
            ],
        ),
        Case("check", _check, {"none": [()]}, [(("--bogus",), WRONG_USAGE, "No such option: --bogus")]),
        Case(
            "as-of",
            _as_of,
            {"day": days, "subject": subjects, "format": FORMATS},
            [
                (("2025-13-01",), WRONG_USAGE, "DATE: '2025-13-01' is no day of the calendar; write it as YYYY-MM-DD."),
                (("20251120",), WRONG_USAGE, "DATE: '20251120' is no day of the calendar; write it as YYYY-MM-DD."),
                (("",), WRONG_USAGE, "DATE: '' is no day of the calendar"),
                (("--valid", "soon"), WRONG_USAGE, "--valid: 'soon' is no day of the calendar"),
                (("2099-01-01",), WRONG_USAGE, "2099-01-01 is later than the release"),
                (("--partner", "Kroea"), WRONG_USAGE, "No partner 'Kroea'. Near: South Korea (KOR)"),
                (("--partner", "south"), WRONG_USAGE, "'south' may be South Korea (KOR), South Africa (ZAF)"),
                (("--partner", "; drop table x"), WRONG_USAGE, "No partner '; drop table x'."),
                (("--deal", "us-japan"), WRONG_USAGE, "No deal 'us-japan'. Known deals: us-japan-2025"),
                (("--deal", "us-japan-2025", "--partner", "JPN"), WRONG_USAGE, "Give --partner or --deal, not both"),
                (("--format", "xml"), WRONG_USAGE, "'xml' is not one of 'table', 'md', 'csv', 'json'"),
            ],
        ),
        Case(
            "line",
            _line,
            {
                "code": [(code,) for code in LINE_CODES],
                "day": [(), ("--known", "2025-12-05"), ("--on", "2025-04-06", "--known", "2025-04-10")],
                "format": FORMATS,
            },
            [
                ((), WRONG_USAGE, "Missing argument 'CODE'"),
                (("87",), WRONG_USAGE, "'87' is no code of the schedule; write 4 to 10 digits, such as 8703.23.01"),
                (("8703.2",), WRONG_USAGE, "'8703.2' is no code of the schedule"),
                (("cars",), WRONG_USAGE, "'cars' is no code of the schedule"),
                (("8703.21.99",), WRONG_USAGE, "No schedule at hand prints 8703.21.99"),
                (("0101.21.00", "--on", "2020-01-01"), WRONG_USAGE, "0101.21.00 was not printed on 2020-01-01"),
                (("8703", "--on", "soon"), WRONG_USAGE, "--on: 'soon' is no day of the calendar"),
                (("8703", "--known", "2099-01-01"), WRONG_USAGE, "2099-01-01 is later than the release"),
                (("8703", "--format", "xml"), WRONG_USAGE, "'xml' is not one of 'table', 'md'"),
            ],
        ),
        Case(
            "diff",
            _diff,
            {
                "a": [(world.warehouse.manifest["build_id"],), (other,)],
                "b": [("current",), (other,)],
                "format": [JSON, (), ("-f", "md")],
            },
            [
                (("current", "previous"), WRONG_USAGE, "No release 'previous'. Releases: "),
                (("current", "19990101"), WRONG_USAGE, "No release '19990101'. Releases: "),
                (("current", "nowhere.duckdb"), WRONG_USAGE, "No file nowhere.duckdb."),
                (("current", str(PROJECT_ROOT / "README.duckdb")), WRONG_USAGE, "No file "),
                (("current",), WRONG_USAGE, "Missing argument 'B'"),
                (("current", "current", "--format", "xml"), WRONG_USAGE, "'xml' is not one of 'text', 'md', 'json'"),
            ],
        ),
        # points elsewhere where two releases stand, which tests/test_shelf.py does
        Case(
            "rollback",
            _nothing,
            wrong=[
                ((), WRONG_USAGE, "No release before "),
                (("19990101",), WRONG_USAGE, "No release '19990101'."),
                ((world.warehouse.manifest["build_id"],), WRONG_USAGE, "is current already."),
            ],
        ),
        # starts a server, which tests/e2e/test_daemon.py does
        Case("dev", _nothing, wrong=[(("--port", "letters"), WRONG_USAGE, "Invalid value for '--port'")]),
        # what it does with a server is tests/e2e/test_postgres.py
        Case("publish postgres", _nothing, wrong=[((), WRONG_USAGE, "WAREHOUSE_POSTGRES_DSN is not set")]),
    ]
