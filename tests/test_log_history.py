"""The log only grows: one that was edited, deleted or restructured is refused, unless told why.

Belongs here: the comparison with what was said before. Does not belong here: rules about the rows themselves
(`test_curator.py`), a refresh that publishes a rewritten log (`e2e/test_rewrites.py`).
"""

import csv
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from dagster_project.seeds.log_history import FREE, KINDS, TOLD_OF_A_FILE, compare, keep_rewrites
from dagster_project.seeds.reading import column_order, read_seeds
from dagster_project.seeds.schemas import SEEDS, Assertion, Migrations
from dagster_project.settings import Settings
from tests.conftest import Warehouse
from tests.tiny_seeds import ROWS

Row = dict[str, str]
RATES = "tariff_rates"
RATE = ROWS[RATES][0]
NEWS = RATE | {
    "assertion_id": "cars-15", "rate_pct": "15", "valid_from": "2025-08-01", "known_from": "2025-07-31",
    "note": "first remark",
}  # fmt: skip


def rows_of(folder: Path, file: str) -> list[Row]:
    with (folder / f"{file}.csv").open(newline="", encoding="utf-8") as opened:
        return list(csv.DictReader(opened))


def write(folder: Path, file: str, rows: list[Row]) -> None:
    with (folder / f"{file}.csv").open("w", newline="", encoding="utf-8") as opened:
        writer = csv.DictWriter(opened, column_order(SEEDS[file]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def migrate(folder: Path, **cells: str) -> None:
    listed = rows_of(folder, "migrations")
    own = {"migration_id": f"migration-{len(listed) + 1}", "recorded_on": "2026-11-24", "reason": "It had to be."}
    write(folder, "migrations", [*listed, own | {"file": RATES} | cells])


@pytest.fixture
def seeds(tiny_seeds: Path) -> Path:
    """Tiny seeds with two rates: on line 2 cars-25, on line 3 cars-15."""
    write(tiny_seeds, RATES, [RATE, NEWS])
    return tiny_seeds


@pytest.fixture
def settings(seeds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("WAREHOUSE_SEEDS_DIR", str(seeds))
    monkeypatch.setenv("WAREHOUSE_DATA_DIR", str(tmp_path / "data"))
    return Settings.from_env()


def release(settings: Settings, build_id: str = "build-1") -> None:
    """What a release of the seeds as they stand holds of the log."""
    folder = settings.releases / build_id
    folder.mkdir(parents=True)
    tables = read_seeds(settings.seeds)
    history = compare(tables, settings, reason="told in a test")
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        connection.execute("create schema meta; create schema raw")
        connection.execute("create table meta.build as select ? as build_id", [build_id])
        keep_rewrites(connection, history)
        for name, table in tables.items():
            frame = table.rows.to_arrow()
            connection.register("frame", frame)
            connection.execute(f"create table raw.{name} as from frame")
            connection.unregister("frame")
    settings.current.unlink(missing_ok=True)
    settings.current.symlink_to(f"releases/{build_id}")


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=Curator", "-c", "user.email=curator@example.org", "-c", "commit.gpgsign=false"]
    own = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    own |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    run = subprocess.run(
        ["git", "-C", str(folder), *who, *arguments], env=own, capture_output=True, text=True, check=True
    )
    return run.stdout.strip()


def commit(folder: Path, message: str) -> str:
    if not (folder / ".git").exists():
        git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)
    return git(folder, "rev-parse", "--short", "HEAD")


def edit(folder: Path, **cells: str) -> None:
    """Change the second rate in place."""
    write(folder, RATES, [RATE, NEWS | cells])


def refused(settings: Settings) -> list[str]:
    return [str(problem) for problem in compare(read_seeds(settings.seeds), settings).refused]


def warehouse(settings: Settings) -> Warehouse:
    return Warehouse(settings.data, settings.seeds)


AS_RELEASED = "as in release build-1"
LISTED = "or list it in seeds/migrations.csv as {}, with the reason."
EDITED = (
    "An assertion is not edited: put the cell back and add a row that corrects cars-15 (see seeds/README.md), "
    + LISTED.format("rewritten_row")
)
DELETED = (
    "An assertion is not deleted: put the row back; to withdraw it, add a row with action = retract that names it, "
    + LISTED.format("rewritten_row")
)
MISSING = f"column assertion_id: found nothing; expected 'cars-15', {AS_RELEASED}. {DELETED}"
FORBIDDEN: dict[str, tuple[Callable[[Path], None], str]] = {
    "an edited figure": (
        lambda folder: edit(folder, rate_pct="16"),
        f"seeds/tariff_rates.csv, line 3, column rate_pct: found '16'; expected '15', {AS_RELEASED}. {EDITED}",
    ),
    "a day moved": (
        lambda folder: edit(folder, known_from="2025-07-30"),
        "seeds/tariff_rates.csv, line 3, column known_from: found '2025-07-30'; "
        f"expected '2025-07-31', {AS_RELEASED}. {EDITED}",
    ),
    "an end typed with hindsight": (
        lambda folder: edit(folder, valid_to="2025-11-01"),
        "seeds/tariff_rates.csv, line 3, column valid_to: found '2025-11-01'; "
        f"expected nothing, {AS_RELEASED}. {EDITED}",
    ),
    "a row no longer preferred": (
        lambda folder: edit(folder, is_preferred="false"),
        f"seeds/tariff_rates.csv, line 3, column is_preferred: found 'false'; expected 'true', {AS_RELEASED}. {EDITED}",
    ),
    "a deleted row": (
        lambda folder: write(folder, RATES, [RATE]),
        f"seeds/tariff_rates.csv, line 3, {MISSING}",
    ),
    "a row of another id": (
        lambda folder: edit(folder, assertion_id="cars-fifteen"),
        f"seeds/tariff_rates.csv, line 3, {MISSING}",
    ),
}


@pytest.mark.parametrize(("rewrite", "told"), FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_a_rewritten_row_is_refused_with_file_line_column_and_remedy(
    rewrite: Callable[[Path], None], told: str, settings: Settings
) -> None:
    release(settings)
    assert refused(settings) == []
    rewrite(settings.seeds)
    assert refused(settings) == [told]


def test_every_column_of_the_log_but_three_is_frozen(settings: Settings) -> None:
    assert set(FREE) == {"source_locator", "confidence", "note"}
    release(settings)
    other = {
        "rate_id": "other", "partner_iso3": "JPN", "rate_basis": "exempt", "rate_pct": "0", "rate_status": "lapsed",
        "quota_tier": "in_quota", "quota_volume": "7", "quota_unit": "cars", "instrument_id": "", "deal_id": "a-deal",
        "valid_from": "2025-08-02", "valid_to": "2026-01-01", "source_id": "other", "known_from": "2025-08-02",
        "recorded_on": "2025-12-01", "action": "retract", "corrects": "cars-25", "is_preferred": "false",
        "scope_id": "other", "programme_id": "other", "value_basis": "metal_content", "floor_column": "general",
        "min_total_pct": "10",
    }  # fmt: skip
    assert other.keys() == SEEDS[RATES].columns().keys() - {*FREE, "assertion_id"}
    # a few at a time: of a file with more edits than twenty the rest is counted
    columns = list(other)
    for first in range(0, len(columns), TOLD_OF_A_FILE // 2):
        cells = {name: other[name] for name in columns[first : first + TOLD_OF_A_FILE // 2]}
        edit(settings.seeds, **cells)
        found = compare(read_seeds(settings.seeds), settings).refused
        assert {problem.column: problem.found for problem in found} == {
            name: f"'{value}'" if value else "nothing" for name, value in cells.items()
        }


def test_news_corrections_free_columns_and_another_order_are_no_rewriting(settings: Settings) -> None:
    release(settings)
    commit(settings.seeds, "Rates")
    mended = NEWS | {"assertion_id": "cars-15-mended", "corrects": "cars-15", "known_from": "2025-07-30"}
    free = {"note": "another remark", "source_locator": "section 1", "confidence": "low"}
    write(settings.seeds, RATES, [mended, NEWS | free, RATE | {"rate_pct": "25.0"}])
    assert refused(settings) == []


def test_a_row_that_the_door_turns_away_is_not_told_as_deleted(settings: Settings) -> None:
    release(settings)
    edit(settings.seeds, valid_from="2025-02-30")
    assert refused(settings) == []
    (settings.seeds / f"{RATES}.csv").unlink()
    assert refused(settings) == [], "the door asks for the file"


def test_a_file_that_lost_most_of_its_rows_is_told_in_a_few_lines(settings: Settings) -> None:
    write(settings.seeds, RATES, [RATE | {"assertion_id": f"cars-{number}"} for number in range(101)])
    release(settings)
    write(settings.seeds, RATES, [RATE | {"assertion_id": "cars-100"}])
    *told, last = refused(settings)
    assert len(told) == TOLD_OF_A_FILE
    assert last == (
        f"seeds/tariff_rates.csv, line {TOLD_OF_A_FILE + 2}, column assertion_id: found this and 79 more; expected "
        f"'cars-{TOLD_OF_A_FILE}', {AS_RELEASED}. Put the file back; other seeds need a data folder of their own."
    )


def test_a_column_that_comes_goes_or_is_renamed_has_to_be_listed(settings: Settings) -> None:
    release(settings)
    database = settings.current_database.resolve()
    with duckdb.connect(str(database)) as connection:
        # the release of a day on which the schema was another
        connection.execute("alter table raw.tariff_rates drop quota_unit")
        connection.execute("alter table raw.tariff_rates add column colour varchar")
        connection.execute("alter table raw.tariff_rates rename rate_pct to rate")
    back = f"Bring the column back, {LISTED.format('dropped_column')}"
    away = f"Take the column away, {LISTED.format('added_column')}"
    assert refused(settings) == [
        f"seeds/tariff_rates.csv, line 1, column {told}"
        for told in (
            f"colour: found nothing; expected 'colour', {AS_RELEASED}. {back}",
            f"quota_unit: found 'quota_unit'; expected the columns of release build-1. {away}",
            f"rate: found nothing; expected 'rate', {AS_RELEASED}. {back}",
            f"rate_pct: found 'rate_pct'; expected the columns of release build-1. {away}",
        )
    ]
    migrate(settings.seeds, kind="added_column", column_name="quota_unit")
    migrate(settings.seeds, kind="dropped_column", column_name="colour")
    migrate(settings.seeds, kind="renamed_column", column_name="rate", renamed_to="rate_pct")
    assert refused(settings) == []
    edit(settings.seeds, rate_pct="16")
    assert [told.partition(" An")[0] for told in refused(settings)] == [
        f"seeds/tariff_rates.csv, line 3, column rate_pct: found '16'; expected '15', {AS_RELEASED}."
    ]


def test_a_file_that_is_no_log_any_more_has_to_say_so(settings: Settings) -> None:
    release(settings)
    with duckdb.connect(str(settings.current_database.resolve())) as connection:
        connection.execute("alter table raw.providers add column assertion_id varchar default 'one'")
    assert refused(settings) == [
        f"seeds/providers.csv, line 1, column assertion_id: found nothing; expected 'assertion_id', {AS_RELEASED}. "
        f"Bring the column back, {LISTED.format('dropped_column')}"
    ]
    migrate(settings.seeds, kind="dropped_column", file="providers", column_name="assertion_id")
    assert refused(settings) == []


def test_a_file_that_is_retired_has_to_be_listed(settings: Settings) -> None:
    release(settings)
    with duckdb.connect(str(settings.current_database.resolve())) as connection:
        connection.execute("create table raw.weights as select 'one' as assertion_id, 2 as line")
    assert refused(settings) == [
        f"seeds/weights.csv, line 1, column -: found nothing; expected 'weights', {AS_RELEASED}. "
        f"Bring the file back, {LISTED.format('retired_file')}"
    ]
    migrate(settings.seeds, kind="retired_file", file="weights")
    assert refused(settings) == []


def test_a_listed_row_may_be_rewritten_once(settings: Settings) -> None:
    release(settings)
    edit(settings.seeds, rate_pct="16")
    migrate(settings.seeds, kind="rewritten_row", rewritten_id="cars-15")
    assert refused(settings) == []
    release(settings, "build-2")
    edit(settings.seeds, rate_pct="17")
    assert [told.partition(" An")[0] for told in refused(settings)] == [
        "seeds/tariff_rates.csv, line 3, column rate_pct: found '17'; expected '16', as in release build-2."
    ]


def test_what_was_allowed_is_kept_from_release_to_release(settings: Settings) -> None:
    release(settings)
    edit(settings.seeds, rate_pct="16", valid_to="2026-01-01")
    migrate(settings.seeds, kind="rewritten_row", rewritten_id="cars-15", reason="A slip of the first day.")
    release(settings, "build-2")
    write(settings.seeds, RATES, [RATE])
    release(settings, "build-3")
    with duckdb.connect(str(settings.current_database), read_only=True) as connection:
        assert sorted(connection.execute("from meta.rewrites").fetchall()) == [
            ("build-2", RATES, "cars-15", "rate_pct", "15", "16", "release build-1", "A slip of the first day."),
            (
                "build-2",
                RATES,
                "cars-15",
                "valid_to",
                None,
                "2026-01-01",
                "release build-1",
                "A slip of the first day.",
            ),
            ("build-3", RATES, "cars-15", "assertion_id", "cars-15", None, "release build-2", "told in a test"),
        ]


def test_the_migrations_name_what_the_log_can_suffer() -> None:
    words = str(getattr(Migrations.columns()["kind"], "regex", ""))
    kinds = {kind for kind, _ in KINDS.values()} | {"renamed_column"}
    assert set(words.removeprefix("^(?:").removesuffix(")$").split("|")) == kinds
    assert set(FREE) < set(Assertion.column_names())


def test_the_command_refuses_with_exit_code_1_and_says_with_what_it_compared(settings: Settings) -> None:
    rows = sum(len(rows_of(settings.seeds, name)) for name in SEEDS)
    before = warehouse(settings).run("check")
    assert (before.returncode, before.stderr) == (0, "")
    assert before.stdout.splitlines() == [
        f"{len(SEEDS)} files, {rows} rows in {settings.seeds}: fit to build.",
        "The log was not compared with a release: there is none yet.",
        "The log was not compared with git HEAD: not a git repository (or any of the parent directories): .git.",
    ]
    release(settings)
    head = commit(settings.seeds, "Rates")
    edit(settings.seeds, rate_pct="16")
    run = warehouse(settings).run("check")
    assert run.returncode == 1
    assert run.stdout.splitlines() == [
        "seeds/tariff_rates.csv, line 3, column rate_pct: found '16'; expected '15', as in release build-1 and "
        f"git HEAD ({head}). {EDITED}"
    ]
    assert run.stderr == f"1 problem(s) in {settings.seeds}: not fit to build.\n"
    allowed = warehouse(settings).run("check", "--allow-rewrite", "Because.")
    assert (allowed.returncode, allowed.stderr) == (0, "")
    assert allowed.stdout.splitlines()[1:] == [
        "Rewritten: seeds/tariff_rates.csv, line 3, column rate_pct: edited, '15' to '16': Because.",
        "The log was compared with release build-1.",
        f"The log was compared with git HEAD ({head}).",
    ]
    silent = warehouse(settings).run("check", "--allow-rewrite", " ")
    assert silent.returncode == 2
    assert "say why, in a few words" in silent.stderr


def test_the_command_compares_with_the_commit_that_it_is_given(settings: Settings) -> None:
    first = commit(settings.seeds, "Rates")
    edit(settings.seeds, rate_pct="16")
    commit(settings.seeds, "A rate edited in place")
    own = warehouse(settings)
    assert own.run("check").returncode == 0, "HEAD holds the edit already"
    run = own.run("check", "--since", "HEAD~1")
    assert run.returncode == 1
    assert run.stdout.splitlines() == [
        "seeds/tariff_rates.csv, line 3, column rate_pct: found '16'; expected '15', "
        f"as in git HEAD~1 ({first}). {EDITED}"
    ]
    migrate(settings.seeds, kind="rewritten_row", rewritten_id="cars-15", reason="Typed wrong.")
    commit(settings.seeds, "Say why")
    listed = own.run("check", "--since", "HEAD~2")
    assert (listed.returncode, listed.stderr) == (0, "")
    assert listed.stdout.splitlines()[1] == (
        "Rewritten: seeds/tariff_rates.csv, line 3, column rate_pct: edited, '15' to '16': Typed wrong."
    )
    unknown = own.run("check", "--since", "HEAD~9")
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert unknown.stderr == "--since git HEAD~9: Needed a single revision\n"


def test_a_damaged_release_is_left_out_with_a_word(settings: Settings) -> None:
    release(settings)
    settings.current_database.resolve().write_bytes(b"not a database" * 1000)
    history = compare(read_seeds(settings.seeds), settings)
    assert history.compared_with == []
    assert history.left_out[0] == "the current release: its file cannot be read"


def test_seeds_that_git_ignores_or_cannot_be_asked_about_are_left_out_with_a_word(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(settings.seeds.parent, "init", "--quiet")
    (settings.seeds.parent / ".gitignore").write_text("seeds/\n")
    commit(settings.seeds.parent, "Nothing of the log")
    assert compare(read_seeds(settings.seeds), settings).left_out[1] == (
        "git HEAD: current working directory is untracked"
    )
    monkeypatch.setenv("PATH", str(settings.data))
    assert compare(read_seeds(settings.seeds), settings).left_out[1] == "git HEAD: there is no git"


def test_the_check_asks_the_repository_of_the_seeds_and_no_other(settings: Settings, monkeypatch) -> None:
    first = commit(settings.seeds, "Rates")
    monkeypatch.setenv("GIT_DIR", str(settings.data / "elsewhere"))
    assert compare(read_seeds(settings.seeds), settings).compared_with == [f"git HEAD ({first})"]


def test_the_projects_own_log_can_be_compared_whole(tmp_path: Path) -> None:
    """The real files: each column reads back from text as it stands, so nothing is told."""
    seeds = Path(shutil.copytree(Warehouse(tmp_path).seeds, tmp_path / "seeds"))
    commit(seeds, "The log")
    for path in seeds.glob("*.csv"):
        # the same rows in other bytes
        path.write_text(path.read_text(encoding="utf-8").rstrip("\n"), encoding="utf-8")
    own = Settings(seeds, tmp_path / "data", None, "UTC", "0 0 * * *", None, None)
    history = compare(read_seeds(seeds), own)
    assert (history.rewrites, len(history.compared_with)) == ([], 1)
