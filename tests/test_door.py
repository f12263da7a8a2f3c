"""The door: what is wrong with a seed is named with file, line, column and remedy, and nothing is lost."""

import csv
import io
import os
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dagster_project.seeds.problems import Problem, escaped, listed
from dagster_project.seeds.reading import column_order, read_seed, read_seeds
from dagster_project.seeds.rules import check_seeds
from dagster_project.seeds.schemas import SEEDS
from tests.conftest import Warehouse
from tests.tiny_seeds import ROWS, write_rows


@dataclass(frozen=True)
class Break:
    """One way to spoil a seed file, and where the problem must be said to stand."""

    file: str
    spoil: Callable[[bytes], bytes | None]
    line: int
    column: str
    found: str
    remedy: str


def replace(old: str, new: str) -> Callable[[bytes], bytes]:
    def spoil(data: bytes) -> bytes:
        assert old.encode() in data, f"{old} does not stand in the file"
        return data.replace(old.encode(), new.encode(), 1)

    return spoil


def repeat_last_line(data: bytes) -> bytes:
    return data + data.splitlines(keepends=True)[-1]


RATES = "tariff_rates.csv"
BREAKS = {
    "a day that the calendar lacks": Break(
        RATES, replace("2025-04-03", "2025-02-30"), 2, "valid_from", "2025-02-30", "Write the day as YYYY-MM-DD."
    ),
    "a partner nobody knows": Break(
        RATES, replace(",ALL,", ",XYZ,"), 2, "partner_iso3", "XYZ", "add the row to partners.csv"
    ),
    "a rate of a thousand million": Break(
        RATES, replace(",25,", ",1000000000,"), 2, "rate_pct", "1000000000", "check the unit"
    ),
    "a rate above every bound": Break(RATES, replace(",25,", ",2500,"), 2, "rate_pct", "2500", "Mend the value"),
    "a rate without a source": Break(
        RATES, replace("proclamation,title", ",title"), 2, "source_id", "nothing", "Fill the cell"
    ),
    "a source that does not exist": Break(
        RATES,
        replace("proclamation,title", "elsewhere,title"),
        2,
        "source_id",
        "elsewhere",
        "add the row to sources.csv",
    ),
    "two rows with one key": Break(
        RATES, repeat_last_line, 3, "assertion_id", "cars-25", "Give the row an id of its own."
    ),
    "a byte-order mark": Break(
        "partners.csv", lambda data: b"\xef\xbb\xbf" + data, 1, "-", "byte-order mark", "Save as plain UTF-8."
    ),
    "carriage returns": Break(
        "partners.csv", lambda data: data.replace(b"\n", b"\r\n"), 1, "-", "carriage return", "Unix line ends"
    ),
    "a stray quote": Break(
        "partners.csv", replace("Japan", 'Ja"pan'), 3, "partner_name", 'Ja"pan', 'Write the cell as "'
    ),
    "text after a closing quote": Break(
        "partners.csv", replace("Japan", '"Ja"pan'), 3, "-", "expected after", "close every quoted cell"
    ),
    "a quote that never closes": Break(
        "partners.csv", replace("Japan", '"Japan'), 3, "-", "", "close every quoted cell"
    ),
    "a byte that is not UTF-8": Break(
        "partners.csv", lambda data: data.replace(b"Japan", b"Jap\xe4n"), 3, "-", "byte 0xe4", "Save the file as UTF-8."
    ),
    "an empty file": Break("partners.csv", lambda data: b"", 1, "-", "nothing", "Start the file with: partner_iso3,"),
    "no file at all": Break("partners.csv", lambda data: None, 1, "-", "nothing", "Create partners.csv"),
    "a missing column": Break(
        "partners.csv", lambda data: data.replace(b",is_bloc", b"", 1), 1, "is_bloc", "nothing", "Add the column"
    ),
    "a renamed column": Break(
        "partners.csv", replace("partner_name", "name"), 1, "partner_name", "'name'", "Did you mean 'partner_name'?"
    ),
    "two renamed columns": Break(
        "partners.csv",
        replace("partner_name,census_code", "partnername,census"),
        1,
        "partner_name",
        "'partnername'",
        "Did you mean 'partner_name'?",
    ),
    "a column too many": Break(
        "partners.csv", replace("is_bloc", "is_bloc,colour"), 1, "colour", "'colour'", "Remove or rename the column."
    ),
    "a column twice": Break(
        "partners.csv", replace("is_bloc", "is_bloc,is_bloc"), 1, "is_bloc", "'is_bloc'", "Remove the second column"
    ),
    "a header without rows": Break(
        "measure_endings.csv", lambda data: data.splitlines(keepends=True)[0], 2, "-", "nothing", "Put the rows back"
    ),
    "a NUL character": Break(
        "partners.csv", replace("Japan", "Jap\0an"), 3, "-", "a NUL character", "Remove the character."
    ),
    "a misspelt word": Break(
        RATES, replace(",additional,", ",aditional,"), 2, "rate_basis", "'aditional'", "Did you mean 'additional'?"
    ),
    "a misspelt id": Break(
        RATES, replace(",s232-autos,", ",s323-autos,"), 2, "programme_id", "'s323-autos'", "Did you mean 's232-autos'?"
    ),
    "a cell too many": Break("partners.csv", replace("Japan", "Japan,Nippon"), 3, "-", "cells", "Quote cells"),
}


def spoil(folder: Path, how: Break) -> None:
    path = folder / how.file
    data = how.spoil(path.read_bytes())
    if data is None:
        path.unlink()
    else:
        path.write_bytes(data)


@pytest.mark.parametrize("how", BREAKS.values(), ids=BREAKS.keys())
def test_a_spoiled_seed_is_named_with_file_line_column_and_remedy(how: Break, tiny_seeds: Path) -> None:
    spoil(tiny_seeds, how)
    assert [
        problem
        for problem in check_seeds(tiny_seeds)
        if (problem.file, problem.line, problem.column) == (how.file, how.line, how.column)
        and how.found in problem.found
        and how.remedy in problem.remedy
    ], "\n".join(map(str, check_seeds(tiny_seeds)))


def test_the_check_command_prints_each_problem_and_exits_1(tiny_seeds: Path, tmp_path: Path) -> None:
    for name in ("a day that the calendar lacks", "a byte-order mark"):
        spoil(tiny_seeds, BREAKS[name])
    run = Warehouse(tmp_path / "data", tiny_seeds).run("check")
    assert run.returncode == 1
    assert "seeds/tariff_rates.csv, line 2, column valid_from: found '2025-02-30'; expected a day" in run.stdout
    assert "seeds/partners.csv, line 1, column -: found 'a byte-order mark'" in run.stdout


def test_the_check_command_counts_files_and_rows_of_the_projects_own_seeds(tmp_path: Path) -> None:
    own = Warehouse(tmp_path / "data")
    rows = sum(len(list(csv.reader(path.open(newline="")))) - 1 for path in own.seeds.glob("*.csv"))
    run = own.run("check")
    assert run.returncode == 0, run.stdout
    assert run.stdout.startswith(f"{len(SEEDS)} files, {rows:,} rows")


NO_FILES: dict[str, tuple[Callable[[Path], object], str]] = {
    "a pipe": (os.mkfifo, "'a pipe'"),
    "a device": (lambda path: path.symlink_to("/dev/zero"), "'a device'"),
    "a folder": (lambda path: path.mkdir(), "'a folder'"),
    "a link to itself": (lambda path: path.symlink_to(path.name), "'too many levels of symbolic links'"),
    "a link to nothing": (lambda path: path.symlink_to("nowhere.csv"), "'no such file or directory'"),
    "a file of a terabyte": (lambda path: (path.touch(), os.truncate(path, 2**40)), "'more than 64 MB'"),
}


@pytest.mark.parametrize(("put", "found"), NO_FILES.values(), ids=NO_FILES.keys())
def test_what_is_no_file_of_sane_size_is_refused_in_one_line_and_nothing_else_is_told(
    put: Callable[[Path], object], found: str, tiny_seeds: Path
) -> None:
    path = tiny_seeds / "sources.csv"
    path.unlink()
    put(path)
    assert list(map(str, check_seeds(tiny_seeds))) == [
        f"seeds/sources.csv, line 1, column -: found {found}; expected a file that can be read, of at most 64 MB. "
        "Put the file sources.csv in its place, readable for who runs the check."
    ]


def test_a_link_to_a_file_is_as_good_as_the_file(tiny_seeds: Path) -> None:
    (tiny_seeds / "sources.csv").rename(tiny_seeds / "real.txt")
    (tiny_seeds / "sources.csv").symlink_to("real.txt")
    assert check_seeds(tiny_seeds) == []


def test_a_file_that_may_not_be_read_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "sources.csv"
    path.write_text("secret")
    path.chmod(0)
    was = os.geteuid()
    if was == 0:  # root reads everything
        os.seteuid(65534)
    try:
        problems = read_seed(path).problems
    finally:
        os.seteuid(was)
    assert [problem.found for problem in problems] == ["'permission denied'"]


@pytest.mark.parametrize("name", [name for name in SEEDS if name != "disagreements"])
def test_a_missing_file_is_told_first_and_alone(name: str, tiny_seeds: Path) -> None:
    (tiny_seeds / f"{name}.csv").unlink()
    assert [(p.file, p.line, p.column, p.expected) for p in check_seeds(tiny_seeds)] == [
        (f"{name}.csv", 1, "-", "a file")
    ]


@pytest.mark.parametrize("name", [name for name in ROWS if name in SEEDS])
def test_a_seed_without_a_row_is_not_fit(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.csv"
    path.write_text(",".join(column_order(SEEDS[name])) + "\n", encoding="utf-8")
    assert [(p.line, p.found, p.expected) for p in read_seed(path).problems] == [(2, "nothing", "at least one row")]


def test_cells_words_references_and_the_log_are_told_in_one_pass(tiny_seeds: Path) -> None:
    """A new partner with a bad cell, whose rate has a bad day, a misspelt word and ids: five problems, no sixth."""
    row = ROWS["tariff_rates"][0]
    write_rows(tiny_seeds, "partners", [
        *ROWS["partners"],
        {"partner_iso3": "TWN", "partner_name": "Taiwan", "currency_code": "TWD", "is_bloc": "flase"},
    ])  # fmt: skip
    write_rows(tiny_seeds, "tariff_rates", [
        row,
        row | {
            "assertion_id": "twn-cars", "rate_id": "twn-cars", "partner_iso3": "TWN", "valid_from": "2025-8-1",
            "rate_status": "inforce", "scope_id": "passenger-car", "deal_id": "us-taiwan",
        },
        row | {"assertion_id": "mended", "corrects": "twn-cars", "rate_id": "twn-cars", "partner_iso3": "TWN"},
    ])  # fmt: skip
    assert [(p.file, p.line, p.column, p.remedy.split("?")[0]) for p in check_seeds(tiny_seeds)] == [
        ("partners.csv", 8, "is_bloc", "Write true or false."),
        ("tariff_rates.csv", 3, "deal_id", "Did you mean 'us-japan'"),
        ("tariff_rates.csv", 3, "rate_status", "Did you mean 'in_force'"),
        ("tariff_rates.csv", 3, "scope_id", "Did you mean 'passenger-cars'"),
        ("tariff_rates.csv", 3, "valid_from", "Write the day as YYYY-MM-DD."),
    ]


def test_of_many_problems_of_a_kind_the_first_are_listed_and_the_others_counted(tiny_seeds: Path) -> None:
    row = ROWS["tariff_rates"][0]
    strangers = [
        row | {
            "assertion_id": f"r-{n}", "partner_iso3": "XYZ", "rate_status": "threatened",
            "valid_from": f"{2026 + n}-01-01", "valid_to": f"{2026 + n}-02-01",
        }
        for n in range(30)
    ]  # fmt: skip
    contradictory = [row | {"assertion_id": f"same-{n}"} for n in range(500)]
    write_rows(tiny_seeds, "tariff_rates", [row] * 1000 + strangers + contradictory)
    problems = check_seeds(tiny_seeds)
    assert len(problems) == 1000 + 30 + 499
    assert len(read_seed(tiny_seeds / RATES).rejected) == 1000
    lines = list(listed(problems))
    assert len(lines) == 3 * 21
    assert [line for line in lines if "more like this" in line] == [
        "seeds/tariff_rates.csv, column assertion_id: … and 980 more like this.",
        "seeds/tariff_rates.csv, column partner_iso3: … and 10 more like this.",
        "seeds/tariff_rates.csv, column known_from: … and 479 more like this.",
    ]


@settings(max_examples=300, deadline=None)
@given(found=st.text(), expected=st.text(), remedy=st.text())
def test_a_problem_is_one_line_whatever_it_found(found: str, expected: str, remedy: str) -> None:
    line = str(Problem("partners.csv", 2, "partner_name", found, expected, remedy))
    assert len(line.splitlines()) == 1
    assert not [char for char in line if unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp", "Cs")]


def test_unseen_characters_are_shown_by_their_codes() -> None:
    assert escaped("a\x1b[31m\n\u202eb\u2028 é 日本") == "a\\x1b[31m\\x0a\\u202eb\\u2028 é 日本"


def test_both_rows_that_share_a_key_are_turned_away_and_kept_as_text(tiny_seeds: Path) -> None:
    spoil(tiny_seeds, BREAKS["two rows with one key"])
    table = read_seed(tiny_seeds / RATES)
    assert table.rows.is_empty()
    assert table.rejected["line"].to_list() == [2, 3]
    assert table.rejected["raw_row"].str.starts_with("cars-25,").all()


def test_good_rows_go_on_when_another_is_turned_away(tiny_seeds: Path) -> None:
    spoil(tiny_seeds, BREAKS["a cell too many"])
    assert read_seeds(tiny_seeds)["partners"].rows["partner_iso3"].to_list() == ["USA", "KOR", "ALL", "EUU", "DEU"]


# what people paste: any character but lone surrogates, which no file can hold
any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
PARTNERS = column_order(SEEDS["partners"])
plausible = {
    "partner_iso3": st.from_regex(r"[A-Z]{3}", fullmatch=True),
    "partner_name": st.text("abc é,\"'", min_size=1, max_size=8),
    "census_code": st.sampled_from(["", "5880"]),
    "currency_code": st.sampled_from(["", "JPY"]),
    "is_bloc": st.sampled_from(["true", "false"]),
}


@settings(max_examples=100, deadline=None)
@given(content=st.one_of(st.binary(max_size=200), any_text.map(str.encode)))
def test_the_door_never_raises_whatever_the_file_holds(
    content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("door") / "partners.csv"
    path.write_bytes(content)
    assert read_seed(path).problems, "no such file has the header, so each has a problem"


@settings(max_examples=100, deadline=None)
@given(rows=st.lists(st.tuples(*(st.one_of(plausible[name], any_text) for name in PARTNERS)), max_size=8))
def test_every_row_that_comes_in_is_either_good_or_rejected(
    rows: list[tuple[str, ...]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(PARTNERS)
    writer.writerows(rows)
    path = tmp_path_factory.mktemp("door") / "partners.csv"
    path.write_bytes(text.getvalue().encode())
    table = read_seed(path)
    good, rejected = set(table.rows["line"]), set(table.rejected.filter(table.rejected["raw_row"] != "")["line"])
    assert good.isdisjoint(rejected)
    assert len(good) + len(rejected) == len(rows)
