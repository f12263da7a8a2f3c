"""`warehouse load` and the landing: bytes first, the same content once, what is unfit is kept and said in one line."""

import csv
import gzip
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from dagster_project.release.fingerprint import inputs
from dagster_project.settings import Settings
from dagster_project.sources import landing, payloads, snapshots
from dagster_project.sources.census import parse, read_imports
from dagster_project.sources.landing import Entry, UnfitPayload, counting, read_log
from dagster_project.sources.usitc import read_schedule
from tests.command_line import Run, run_here
from tests.conftest import Warehouse

HTS = ("--as", "hts_release", "--release", "2026 rev 11", "--effective", "2026-06-15")
CENSUS = ("--as", "census_imports")
Load = Callable[..., Run]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def settings(data: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Those of the project's own seeds."""
    monkeypatch.setenv("WAREHOUSE_DATA_DIR", str(data))
    return Settings.from_env()


@pytest.fixture
def load(tmp_path: Path, data: Path) -> Load:
    """Runs the command on a file with these bytes."""

    def run(content: bytes, *words: str, name: str = "payload") -> Run:
        path = tmp_path / name
        path.write_bytes(content)
        return run_here(Warehouse(data), "load", str(path), *words)

    return run


def log(data: Path) -> list[Entry]:
    return read_log(data / "landing")


def whole_release(change: str = "1%", lines_a_chapter: int = 105) -> list[dict[str, Any]]:
    """A release of 96 chapters, each with one rate above its lines, and a heading of chapter 99."""
    records: list[dict[str, Any]] = []
    cells: dict[str, str] = {}
    for chapter in [number for number in range(1, 98) if number != 77]:
        cells = {"general": change if chapter == 87 else "2%", "special": "Free (KR)", "other": "20%"}
        for group in range(0, lines_a_chapter, 99):
            heading = f"{chapter:02}01.{group // 99:02}.00"
            records.append({"htsno": heading, "indent": "0", "description": "Goods:", **cells})
            blank = {"general": "", "special": "", "other": ""}
            records += [
                {"htsno": f"{heading}.{line + 1:02}", "indent": "1", "description": "Other", **blank}
                for line in range(min(99, lines_a_chapter - group))
            ]
    return [*records, {"htsno": "9903.01.24", "indent": "0", "description": "", **cells}]


def packed(records: Any) -> bytes:
    return json.dumps(records).encode()


def one_line(run: Run, code: int) -> str:
    """What was said on the one stream that belongs to the exit code."""
    said, other = (run.stderr, run.stdout) if code else (run.text, run.stderr)
    assert (run.exit_code, len(other), said.count("\n")) == (code, 0, 1), run
    return said


def test_a_release_is_kept_as_it_came_and_the_same_content_once(load: Load, data: Path) -> None:
    content = packed(whole_release())
    assert "Landed: 2026 rev 11 of the tariff schedule" in one_line(load(gzip.compress(content, mtime=0), *HTS), 0)
    (entry,) = log(data)
    path = data / "landing" / entry.path
    assert gzip.decompress(path.read_bytes()) == content
    assert entry.path.startswith("usitc/hts_release/fetched_date=")
    assert path.name == f"{entry.sha256[:16]}.json.gz"
    # another download of the same release: empty fields and the layout differ, what it says does not
    again = json.dumps([record | {"quotaQuantity": None} for record in whole_release()], indent=1).encode()
    assert "Unchanged: 2026 rev 11" in one_line(load(again, *HTS), 0)
    assert "Unchanged" in one_line(load(content, *HTS), 0)
    assert "with other days: 2026 rev 11" in one_line(load(content, *HTS, "--published", "2026-06-14"), 0)
    assert [one.outcome for one in log(data)] == ["new", "unchanged", "unchanged", "restated"]
    assert list((data / "landing").rglob("*.gz")) == [path]
    (counted,) = counting(data / "landing")
    assert counted.said == {"legal_day": "2026-06-15", "public_day": "2026-06-14"}


def test_two_releases_with_the_same_lines_are_two(load: Load, data: Path) -> None:
    content = packed(whole_release())
    load(content, *HTS)
    one_line(load(content, "--as", "hts_release", "--release", "2026 rev 12", "--effective", "2026-07-01"), 0)
    found = read_schedule(data / "none", data / "landing")
    assert [one.release for one in found.releases] == ["2026 rev 11", "2026 rev 12"]
    assert len(list((data / "landing").rglob("*.gz"))) == 1
    assert found.lines["last_release"].unique().to_list() == ["2026 rev 12"]


def test_a_release_that_is_loaded_again_replaces_itself(load: Load, data: Path) -> None:
    for general in ("1%", "2.5%", "1%"):
        assert "Landed" in one_line(load(packed(whole_release(general)), *HTS), 0)
    found = read_schedule(data / "none", data / "landing")
    cars = found.lines.filter(pl.col("code") == "8701000001")
    assert cars["general_text"].to_list() == ["1%"]


def test_what_has_landed_goes_on_from_the_snapshot(load: Load, data: Path, settings: Settings) -> None:
    here = snapshots.folder(settings)
    before = read_schedule(here, data / "landing")
    load(packed(whole_release()), *HTS)
    for cache in (None, data / "cache", data / "cache"):
        after = read_schedule(here, data / "landing", cache)
        assert [one.release for one in after.releases] == [*(one.release for one in before.releases), "2026 rev 11"]
        trucks = after.lines.filter(pl.col("code") == "8704210100")
        assert trucks.select("valid_to", "end_known_from").row(0) == (pl.Series(["2026-06-15"]).str.to_date()[0],) * 2
        made_up = after.lines.filter(pl.col("code") == "8701000001")
        assert made_up.select("first_release", "last_release").row(0) == ("2026 rev 11", "2026 rev 11")
        assert dict(after.descriptions.iter_rows())["8701000001"] == "Goods: Other"
    assert len(list((data / "cache").iterdir())) == 2


def test_a_release_that_lands_late_takes_its_place_between_others(load: Load, data: Path, settings: Settings) -> None:
    load(packed(whole_release()), "--as", "hts_release", "--release", "2025 rev 16", "--effective", "2025-07-01")
    found = read_schedule(snapshots.folder(settings), data / "landing")
    names = [one.release for one in found.releases]
    assert names[names.index("2025 rev 16") - 1 :][:3] == ["2025 rev 12", "2025 rev 16", "2025 rev 18"]
    made_up = found.lines.filter(pl.col("code") == "8701000001")
    assert made_up.select("first_release", "last_release").rows() == [("2025 rev 16", "2025 rev 16")]


def short_chapter(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [record for record in records if record["htsno"].startswith("87")]


GOOD = whole_release()
BAD_RELEASES = {
    "empty": (b"", "expected data, found an empty file"),
    "blank": (b" \n ", "expected data, found an empty file"),
    "a page": (b"\n<!DOCTYPE html><html><body>Missing key</body></html>", "found a page of HTML or XML"),
    "half": (packed(GOOD)[:200_000], "expected JSON, found a file that breaks off"),
    "words": (b"Service unavailable", "expected JSON, found something else"),
    "utf-16": (json.dumps(GOOD).encode("utf-16"), "expected UTF-8, found another encoding"),
    "latin-1": ('[{"htsno": "0.5¢/kg"}]'.encode("latin-1"), "expected UTF-8, found another encoding (byte 15)"),
    "deep": (b"[" * 200_000, "expected JSON"),
    "an object": (b'{"error": "no such release"}', "expected a list of records, found something else"),
    "no records": (b"[]", "expected a list of records, found an empty one"),
    "numbers": (b"[1, 2]", "expected records with the texts htsno, indent"),
    "other names": (b'[{"code": "0101"}]', "expected records with the texts htsno, indent"),
    "an indent": (packed([GOOD[0] | {"indent": "deep"}]), "expected a number as indent, found 'deep' at place 1"),
    "one chapter": (packed(short_chapter(GOOD)), "expected a whole release (at least 10,000 lines in 90 chapters)"),
    "twice": (packed([*GOOD, GOOD[1]]), "expected each line once, found 0101000001 twice"),
    "no rates": (packed([one | {"general": ""} for one in GOOD]), "expected a general rate for nearly every line"),
}


@pytest.mark.parametrize("name", BAD_RELEASES)
def test_an_unfit_release_is_kept_and_said_and_the_one_before_stays(load: Load, data: Path, name: str) -> None:
    content, said = BAD_RELEASES[name]
    load(packed(GOOD), *HTS)
    line = one_line(load(content, *HTS), 1)
    assert said in line
    assert "Rejected; kept as " in line
    rejected = log(data)[-1]
    assert rejected.outcome == "rejected"
    assert said in rejected.reason
    assert gzip.decompress((data / "landing" / rejected.path).read_bytes()) == content
    assert [entry.outcome for entry in counting(data / "landing")] == ["new"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (gzip.compress(b"0" * 2_000_000, mtime=0), "found more when unpacked"),
        (gzip.compress(b"0" * 900_000, mtime=0) * 2, "found more when unpacked"),
        (gzip.compress(b"0" * 5_000, mtime=0)[:-20], "found one that breaks off"),
        (b"\x1f\x8bnothing of the kind", "found a damaged one"),
    ],
)
def test_a_bomb_or_a_torn_gzip_is_refused_and_nothing_is_kept(
    load: Load, data: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, said: str
) -> None:
    monkeypatch.setattr(payloads, "LARGEST", 2**20)
    line = one_line(load(content, *HTS), 1)
    assert said in line
    assert "Nothing was kept" in line
    assert not (data / "landing").exists()


def test_what_is_no_regular_file_is_refused(data: Path, tmp_path: Path) -> None:
    for path, said in ((tmp_path, "expected a regular file"), (Path("/dev/null"), "expected a regular file")):
        assert said in one_line(run_here(Warehouse(data), "load", str(path), *HTS), 1)


NAMES = ["CTY_CODE", "CTY_NAME", "I_COMMODITY", "SUMMARY_LVL", "COMM_LVL", "CON_VAL_MO", "CAL_DUT_MO", "YEAR", "MONTH"]


def census(*rows: tuple[str, str, str, str], month: str = "07", level: str = "HS10") -> list[list[str]]:
    """Rows of country, code, value and duty as the API gives them."""
    return [
        NAMES,
        *(
            [country, "NAME", code, "CGP" if country < "1000" else "DET", level, value, duty, "2026", month]
            for country, code, value, duty in rows
        ),
    ]


def flows(content: Any) -> list[tuple]:
    found = parse(packed(content) if not isinstance(content, bytes) else content)
    return found.select("hs10", "census_code", "imports_usd", "duties_usd").sort("hs10", "census_code").rows()


def test_totals_and_groups_are_left_out_and_the_union_is_one() -> None:
    cars = "8703230110"
    rows = census(
        ("-", cars, "999", "99"),
        ("0003", cars, "70", "7"),
        ("0020", cars, "50", "5"),
        ("4280", cars, "40", "4"),
        ("4359", cars, "30", "3"),
        ("5880", cars, "20", "2"),
        ("5880", "-", "25", "2"),
    )
    assert flows(rows) == [(cars, "0003", 70, 7), (cars, "5880", 20, 2)]
    members_alone = [row for row in rows if row[0] != "0003"]
    assert flows(members_alone) == [(cars, "0003", 70, 7), (cars, "5880", 20, 2)]


def test_the_same_fields_are_read_from_csv_and_parquet_and_with_time_in_place_of_year_and_month() -> None:
    rows = census(("5880", "8703230110", "20", "2"), ("1220", "8703230110", "30", "0"))
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    table = io.BytesIO()
    pl.DataFrame(dict(zip(NAMES, zip(*rows[1:], strict=True), strict=True))).write_parquet(table)
    timed = [[*(cell for cell in row[:-2]), "time" if row is rows[0] else "2026-07"] for row in rows]
    expected = flows(rows)
    assert len(expected) == 2
    for content in (text.getvalue().encode(), b"\xef\xbb\xbf" + text.getvalue().encode(), table.getvalue(), timed):
        assert flows(content) == expected


BAD_IMPORTS = {
    "a page": (b"<html>Missing Key</html>", "found a page of HTML or XML"),
    "an error": (b'{"error": "unknown variable"}', "expected a list of lists"),
    "two digits": (packed(census(("5880", "87", "1", "0"), level="HS2")), "expected rows of ten-digit codes"),
    "no duty": (packed([row[:6] + row[7:] for row in census(("5880", "8703230110", "1", "0"))]), "column CAL_DUT_MO"),
    "no period": (packed([row[:7] for row in census(("5880", "8703230110", "1", "0"))]), "YEAR and MONTH, or time"),
    "a word": (packed(census(("5880", "8703230110", "many", "0"))), "expected whole numbers of dollars"),
    "a fraction": (packed(census(("5880", "8703230110", "1.5", "0"))), "expected whole numbers of dollars"),
    "below 0": (packed(census(("5880", "8703230110", "-1", "0"))), "expected values of 0 and more"),
    "a hole": (packed(census(("5880", "8703230110", None, "0"))), "expected a value and a duty"),  # type: ignore[arg-type]
    "month 13": (packed(census(("5880", "8703230110", "1", "0"), month="13")), "months from 1 to 12"),
    "twice": (packed(census(*[("5880", "8703230110", "1", "0")] * 2)), "found 8703230110 of 5880 twice"),
    "ragged": (packed([NAMES, ["5880"]]), "expected 9 fields in each row"),
    "torn": (b"PAR1" + b"\0" * 20, "expected a Parquet table, found a damaged one"),
    "half": (packed(census(("5880", "8703230110", "1", "0")))[:-9], "expected JSON, found a file that breaks off"),
}


@pytest.mark.parametrize("name", BAD_IMPORTS)
def test_unfit_imports_are_kept_and_said(load: Load, data: Path, name: str) -> None:
    content, said = BAD_IMPORTS[name]
    line = one_line(load(content, *CENSUS), 1)
    assert said in line
    assert [entry.outcome for entry in log(data)] == ["rejected"]
    assert counting(data / "landing") == []


def test_a_year_is_the_sum_of_its_months_once_all_twelve_are_there(load: Load, data: Path, tmp_path: Path) -> None:
    here = tmp_path / "snapshots"
    here.mkdir()
    code = "8703230110"
    pl.DataFrame(
        {"hs10": [code], "census_code": ["5880"], "year": [2026], "imports_usd": [1_000], "duties_usd": [25]},
        schema_overrides={"year": pl.Int32},
    ).write_parquet(here / "imports_2024.parquet")

    def japan() -> tuple:
        found = read_imports(here, data / "landing", data / "cache").flows
        return found.filter(pl.col("census_code") == "5880").select("imports_usd", "duties_usd").row(0)

    for month in range(1, 12):
        assert one_line(load(packed(census(("5880", code, "10", "1"), month=f"{month:02}")), *CENSUS), 0)
    assert japan() == (1_000, 25)
    load(packed(census(("5880", code, "10", "1"), ("1220", code, "5", "0"), month="12")), *CENSUS)
    assert japan() == (120, 12)
    # a revised month replaces what it was
    load(packed(census(("5880", code, "30", "1"), month="03")), *CENSUS)
    assert japan() == (140, 12)
    # and is taken back: the same content as at first, and the last word
    load(packed(census(("5880", code, "10", "1"), month="03")), *CENSUS)
    assert japan() == (120, 12)
    canada = read_imports(here, data / "landing").flows.filter(pl.col("census_code") == "1220")
    assert canada["imports_usd"].to_list() == [5]


def test_a_build_is_another_one_only_where_what_counts_is(load: Load, data: Path, settings: Settings) -> None:
    def landed() -> str:
        return inputs(settings)["landing_hash"]

    nothing = landed()
    load(b"", *HTS)
    assert landed() == nothing
    load(packed(GOOD), *HTS)
    first = landed()
    load(packed(GOOD), *HTS)
    load(b"<html>", *HTS)
    assert landed() == first != nothing
    load(packed(GOOD), *HTS, "--published", "2026-06-14")
    assert landed() != first


def test_a_torn_last_line_of_the_log_costs_that_line_alone(load: Load, data: Path) -> None:
    load(packed(GOOD), *HTS)
    with (data / "landing" / landing.LOG).open("a", encoding="utf-8") as file:
        file.write('{"fetched_at": "2026-')
    load(packed(whole_release("3%")), *HTS)
    assert [entry.outcome for entry in log(data)] == ["new", "new"]


def test_a_landed_file_that_changed_is_noticed(load: Load, data: Path) -> None:
    load(packed(GOOD), *HTS)
    (entry,) = log(data)
    (data / "landing" / entry.path).write_bytes(gzip.compress(packed(whole_release("3%"))))
    with pytest.raises(UnfitPayload, match="is not what was received"):
        landing.payload(data / "landing", entry)
    assert read_schedule(data / "none", data / "landing").unreadable == [
        f"2026 rev 11: {entry.path}: the landed file is not what was received"
    ]


def test_snapshots_restate_what_has_landed_with_the_same_bytes_each_time(
    load: Load, data: Path, settings: Settings, tmp_path: Path
) -> None:
    own = replace(settings, seeds=tmp_path / "seeds")
    with pytest.raises(SystemExit, match="Nothing to restate"):
        snapshots.write(own)
    load(packed(GOOD), *HTS)
    flow = {"cty_code": ["5880"], "hs10": ["8703230110"], "con_val_2024_usd": [1_000], "cal_dut_2024_usd": [25]}
    table = io.BytesIO()
    pl.DataFrame(flow).write_parquet(table)
    load(table.getvalue(), *CENSUS)
    first = {path.name: path.read_bytes() for path in snapshots.write(own)}
    # what is restated stands for what had landed, and is restated as it stands
    assert {path.name: path.read_bytes() for path in snapshots.write(own)} == first
    alone = replace(own, data=tmp_path / "nothing landed")
    again = read_schedule(snapshots.folder(alone), alone.landing)
    landed = read_schedule(tmp_path / "none", data / "landing")
    assert again.lines.equals(landed.lines)
    assert again.headings.equals(landed.headings)
    assert again.releases == landed.releases
    assert read_imports(snapshots.folder(alone), alone.landing).flows.rows() == [
        ("8703230110", "5880", 2024, 1_000, 25)
    ]
