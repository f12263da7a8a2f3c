"""The releases that stand: whole or known to be damaged, in the order of their publication, one of them current."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner, Result

from dagster_project.cli import app
from dagster_project.release import shelf
from dagster_project.release.build import hold_back
from dagster_project.release.fingerprint import is_unchanged, stands
from dagster_project.release.lock import refresh_lock
from dagster_project.release.manifest import NAME, damage
from dagster_project.settings import KEPT_RELEASES, Settings
from tests.conftest import Warehouse
from tests.releases import build, release


@pytest.fixture
def settings(tmp_path: Path, tiny_seeds: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("WAREHOUSE_DATA_DIR", str(tmp_path / "data"))
    # what a command exports must not outlast its test
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "data" / "dagster"))
    monkeypatch.setenv("WAREHOUSE_SEEDS_DIR", str(tiny_seeds))
    monkeypatch.setenv("WAREHOUSE_AS_OF_DATE", "2025-08-01")
    return Settings.from_env()


def command(*arguments: str) -> Result:
    """The command in this process; an error that it does not say itself is raised here."""
    return CliRunner().invoke(app, arguments, catch_exceptions=False)


# --- what reaches the disk, and when


def test_every_file_is_on_the_disk_before_its_name_and_every_name_before_the_link(settings: Settings) -> None:
    """Recorded in a process of its own: each fsync, rename and link, in their order."""
    program = """
import os, sys
from pathlib import Path
steps = []
def recorded(name, told):
    real = getattr(os, name)
    def call(*arguments, **options):
        answer = real(*arguments, **options)
        steps.append((name, *told(*arguments)))
        return answer
    setattr(os, name, call)
names = {}
real_open = os.open
def remembered(path, *rest, **options):
    descriptor = real_open(path, *rest, **options)
    names[descriptor] = os.fspath(path)
    return descriptor
os.open = remembered
recorded("fsync", lambda descriptor: (names[descriptor],))
recorded("rename", lambda source, target, **_: (os.fspath(source), os.fspath(target)))
recorded("replace", lambda source, target, **_: (os.fspath(source), os.fspath(target)))
from dagster_project.settings import Settings
from tests.releases import build, publish
settings = Settings.from_env()
name = build(settings, 1)
building, steps[:] = settings.building.resolve(), []
publish(settings)
data = settings.data.resolve()
moved = steps.index(("rename", str(building), str(settings.releases / name)))
switched = steps.index(("replace", str(data / ".current.new"), str(data / "current")))
synced = dict((path, index) for index, (step, path, *_) in enumerate(steps) if step == "fsync")
for path in (settings.releases / name).rglob("*"):
    assert synced[str(building / path.relative_to(settings.releases / name))] < moved, path
assert synced[str(building)] < moved < synced[str(settings.releases)] < switched < synced[str(data)], steps
print(len(synced))
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=os.environ.copy())
    assert (run.returncode, run.stderr) == (0, "")
    # the database, the page, changes, package, models, manifest, one Parquet file; their three folders; three above
    assert run.stdout == "13\n"


# --- damage


def flip(path: Path) -> None:
    """Another bit in the middle of the file, with its size and times as they were."""
    path.chmod(0o644)
    before = path.stat()
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def truncate(path: Path) -> None:
    path.chmod(0o644)
    os.truncate(path, path.stat().st_size // 2)


def empty(path: Path) -> None:
    path.chmod(0o644)
    os.truncate(path, 0)


def to_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


FILES = (
    "warehouse.duckdb", "dashboard/index.html", "parquet/marts.dim_things.parquet", "models.json", "changes.md",
    "datapackage.json",
)  # fmt: skip


@pytest.mark.parametrize("harm", [flip, truncate, empty, Path.unlink, to_folder])
@pytest.mark.parametrize("file", [*FILES, NAME])
def test_any_harm_to_any_file_is_noticed_named_and_ends_unchanged(settings: Settings, file: str, harm) -> None:
    release(settings, 3)
    assert is_unchanged(settings)
    assert shelf.current_damage(settings) == []
    harm(settings.current / file)
    assert not is_unchanged(settings)
    (said,) = shelf.current_damage(settings)
    assert said.startswith(f"{file} ")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "5", '"build_id"', '{"seal": 1}', "\x00\x01", '{"build_id": "x", "files": 5}']
)
def test_garbage_for_a_manifest_is_damage_and_no_traceback(settings: Settings, text: str) -> None:
    release(settings, 1)
    (settings.current / NAME).write_text(text)
    assert shelf.current_damage(settings) == [f"{NAME} is damaged"]
    assert not is_unchanged(settings)
    assert shelf.last_whole(settings) is None
    for arguments, code in ((["status"], 0), (["status", "--json"], 0), (["rollback"], 2)):
        assert command(*arguments).exit_code == code, arguments


def test_a_number_changed_in_the_manifest_is_damage(settings: Settings) -> None:
    release(settings, 1)
    path = settings.current / NAME
    path.write_text(path.read_text().replace('"rows": 1', '"rows": 2'))
    assert shelf.current_damage(settings) == [f"{NAME} is damaged"]


def test_a_log_of_writes_beside_the_database_is_damage(settings: Settings) -> None:
    release(settings, 1)
    (settings.current / "warehouse.duckdb.wal").touch()
    assert shelf.current_damage(settings) == ["warehouse.duckdb.wal lies beside the database"]


def test_current_as_a_folder_is_put_aside_by_the_next_release_with_what_was_in_it(settings: Settings) -> None:
    first = release(settings, 1)
    settings.current.unlink()
    for number in (1, 2):
        settings.current.mkdir()
        (settings.current / "mine.txt").write_text(str(number))
        assert shelf.current_damage(settings) == ["`current` is no link to a release"]
        assert not is_unchanged(settings)
        assert [one.build_id for one in [shelf.last_whole(settings)] if one] == [first]
        first = release(settings, number + 1)
        assert settings.current.resolve().name == first
        settings.current.unlink()
    assert (settings.data / "current.aside-1" / "mine.txt").read_text() == "1"
    assert (settings.data / "current.aside-2" / "mine.txt").read_text() == "2"


def test_a_link_to_nowhere_is_damage_that_the_next_release_mends(settings: Settings) -> None:
    release(settings, 1)
    shutil.rmtree(settings.current.resolve())
    (said,) = shelf.current_damage(settings)
    assert said.endswith(", which is not there")
    assert not is_unchanged(settings)
    release(settings, 2)
    assert shelf.current_damage(settings) == []


def test_a_build_is_compared_with_the_last_whole_release_up_to_the_current_one(settings: Settings) -> None:
    """Never with one that somebody rolled back from."""
    first, second, third = (release(settings, rows) for rows in (1, 2, 3))

    def yardstick() -> str | None:
        found = shelf.last_whole(settings)
        return found.build_id if found else None

    assert yardstick() == third
    shelf.roll(settings, second)
    assert yardstick() == second
    empty(settings.releases / second / "warehouse.duckdb")
    assert yardstick() == first
    empty(settings.releases / first / "warehouse.duckdb")
    assert yardstick() is None
    settings.current.unlink()
    assert yardstick() == third


def test_without_its_manifest_the_current_release_has_no_place_and_the_last_whole_one_is_taken(
    settings: Settings,
) -> None:
    _, second, third = (release(settings, rows) for rows in (1, 2, 3))
    (settings.current / NAME).unlink()
    found = shelf.last_whole(settings)
    assert found
    assert found.build_id == second
    assert command("rollback").stdout.startswith(f"Release {second} is current, was {third}: ")


def test_status_tells_of_damage(settings: Settings) -> None:
    release(settings, 1)
    truncate(settings.current_database)
    run = command("status")
    (line,) = [line for line in run.stdout.splitlines() if line.startswith("damage")]
    assert "warehouse.duckdb has " in line
    assert line.endswith(" bytes: `warehouse refresh` builds anew")
    assert json.loads(command("status", "--json").stdout)["damage"] == shelf.current_damage(settings)


def test_a_release_of_before_files_were_listed_counts_as_whole(settings: Settings) -> None:
    release(settings, 1)
    path = settings.current / NAME
    old = {name: value for name, value in json.loads(path.read_text()).items() if name not in ("files", "seal")}
    path.write_text(json.dumps(old))
    assert damage(settings.current) == []
    settings.current_database.unlink()
    assert damage(settings.current) == ["warehouse.duckdb is missing"]


# --- which stay


def test_a_release_dated_ahead_holds_no_place_longer_than_others(settings: Settings) -> None:
    ahead = release(settings, 1)
    dated = settings.releases / f"2999{ahead[4:]}"
    (settings.releases / ahead).rename(dated)
    settings.current.unlink()
    settings.current.symlink_to(dated)
    later = [release(settings, rows) for rows in range(2, KEPT_RELEASES + 2)]
    assert sorted(path.name for path in settings.releases.iterdir()) == later


def test_folders_that_are_no_releases_are_left_alone(settings: Settings) -> None:
    (settings.releases / "my-backup").mkdir(parents=True)
    for rows in range(1, KEPT_RELEASES + 3):
        release(settings, rows)
    assert (settings.releases / "my-backup").is_dir()
    assert len(list(settings.releases.iterdir())) == KEPT_RELEASES + 1


# --- back and forward


def test_rollback_points_to_the_release_before_and_forward_again_by_name(settings: Settings) -> None:
    first, second, third = (release(settings, rows) for rows in (1, 2, 3))
    run = command("rollback")
    assert (run.exit_code, run.stderr) == (0, "")
    assert run.stdout == (
        f"Release {second} is current, was {third}: {settings.current_database}\n"
        "A refresh builds anew once an input other than the day changes; `warehouse refresh --full` at once.\n"
    )
    assert settings.current.readlink() == Path("releases", second)
    assert command("rollback").stdout.startswith(f"Release {first} is current, was {second}: ")
    run = command("rollback", third)
    assert (run.exit_code, run.stdout) == (
        0, f"Release {third} is current, was {first}: {settings.current_database}\n",
    )  # fmt: skip
    assert sorted(path.name for path in settings.releases.iterdir()) == [first, second, third]


def test_rollback_refuses_what_is_not_there_damaged_or_current_and_says_what_there_is(settings: Settings) -> None:
    assert command("rollback").stderr == "No release before this. There is no release.\n"
    first = release(settings, 1)
    assert command("rollback").stderr == f"No release before {first}. There: {first}.\n"
    second = release(settings, 2)
    there = f"There: {first}, {second}.\n"
    assert command("rollback", "2031").stderr == f"No release '2031'. {there}"
    assert command("rollback", "2").stderr == f"More than one release '2'. {there}"
    assert command("rollback", second).stderr == f"Release {second} is current already. {there}"
    empty(settings.releases / first / "warehouse.duckdb")
    run = command("rollback")
    assert (run.exit_code, run.stdout) == (2, "")
    assert run.stderr.startswith(f"Release {first} is damaged: warehouse.duckdb has 0 of ")
    assert run.stderr.endswith(there)
    assert settings.current.resolve().name == second


def test_rollback_waits_for_no_refresh(settings: Settings) -> None:
    release(settings, 1)
    second = release(settings, 2)
    with refresh_lock(settings.lock_file, "a test"):
        run = command("rollback")
    assert (run.exit_code, run.stdout) == (75, "")
    assert run.stderr.startswith(f"Another refresh is running: process {os.getpid()} (a test), since ")
    assert settings.current.resolve().name == second


def test_after_a_rollback_a_refresh_builds_only_once_something_but_the_day_changed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    partners = settings.seeds / "partners.csv"
    good = partners.read_text()
    first = release(settings, 1)
    partners.write_text(good.replace("Korea", "Corea"))
    second = release(settings, 2)
    command("rollback")
    left = f"Rolled back to release {first} (as of 2025-08-01), and nothing but the day changed since release {second}"
    assert str(stands(settings)).startswith(left)
    monkeypatch.setenv("WAREHOUSE_AS_OF_DATE", "2025-08-02")
    run = command("refresh", "--json")
    assert run.exit_code == 0, run.stderr
    answer = json.loads(run.stdout)
    assert (answer["status"], answer["build_id"]) == ("unchanged", first)
    assert answer["why"].startswith(left)
    tomorrow = Settings.from_env()
    assert is_unchanged(tomorrow)
    partners.write_text(good.replace("Korea", "South Korea"))
    assert stands(tomorrow) is None
    # mended back to what the release that stands was made of: of another day, so it is built
    partners.write_text(good)
    assert stands(tomorrow) is None
    assert stands(settings) == f"Nothing changed since release {first} (as of 2025-08-01)."


def test_readers_meet_no_error_while_releases_are_rolled_back_and_forward(settings: Settings) -> None:
    """What the reader of a moment counts is what one of the two releases holds."""
    rows = {release(settings, 10): 10, release(settings, 20): 20}
    ids = list(rows)
    program = f"""
import duckdb, sys
seen = set()
print("reading", flush=True)
for _ in range(60):
    with duckdb.connect({str(settings.current_database)!r}, read_only=True) as connection:
        query = "select build_id, count(*) from meta.build, marts.dim_things group by all"
        seen |= set(connection.sql(query).fetchall())
print(sorted(seen))
"""
    readers = [
        subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for reader in readers:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "reading\n"
    moves = 0
    while any(reader.poll() is None for reader in readers):
        with refresh_lock(settings.lock_file, "a test"):
            shelf.roll(settings, ids[moves % 2])
        moves += 1
    for reader in readers:
        out, err = reader.communicate()
        assert (reader.returncode, err) == (0, "")
        assert out == f"{sorted(rows.items())}\n"
    assert moves > 2


# --- held back


def test_a_build_held_back_is_published_by_its_name_with_the_reason_kept(settings: Settings) -> None:
    first = release(settings, 1)
    second = build(settings, 2)
    hold_back(settings, {"no_headline_jumped": ["too many things"], "nothing_public_lost_rows": []}, first)
    assert settings.current.resolve().name == first
    assert not settings.building.is_symlink()
    assert json.loads(command("status", "--json").stdout)["held_back"] == [second]
    unknown = command("refresh", "--accept", "1999")
    assert (unknown.exit_code, unknown.stderr.splitlines()[0]) == (
        2, f"No build held back against the current release '1999'. There: {second}.",
    )  # fmt: skip
    run = command("refresh", "--accept", second)
    assert (run.exit_code, run.stderr) == (0, "")
    assert run.stdout == f"Release {second} (as of 2025-08-01) is current: {settings.current_database}\n"
    assert damage(settings.current) == []
    assert json.loads((settings.current / "held.json").read_text()) == {
        "compared_with": first, "checks": ["no_headline_jumped"], "reasons": ["too many things"],
    }  # fmt: skip
    assert not settings.held.exists()


def test_dagster_is_told_that_a_build_was_accepted_and_its_red_check_is_a_warning(settings: Settings) -> None:
    import dagster as dg

    first = release(settings, 1)
    second = build(settings, 2)
    hold_back(settings, {"no_headline_jumped": ["too many things"], "nothing_public_lost_rows": []}, first)
    assert command("refresh", "--accept", second).exit_code == 0
    settings.export()
    with dg.DagsterInstance.get() as instance:
        told = {}
        for name in ("release", "changes", "datapackage"):
            event = instance.get_latest_materialization_event(dg.AssetKey(["published", name]))
            assert event is not None, name
            assert event.asset_materialization is not None, name
            told[name] = event.asset_materialization.metadata
        assert {name: said["build_id"].value for name, said in told.items()} == dict.fromkeys(told, second)
        assert told["changes"]["path"].value == str(settings.releases / second / "changes.md")
        checked = instance.get_event_records(dg.EventRecordsFilter(dg.DagsterEventType.ASSET_CHECK_EVALUATION))
    evaluations = [
        event.asset_check_evaluation_data for record in checked if (event := record.event_log_entry.dagster_event)
    ]
    assert [(one.check_name, one.passed, one.severity.value, one.description) for one in evaluations] == [
        ("no_headline_jumped", False, "WARN", "Accepted as it is: too many things"),
    ]  # fmt: skip


def test_a_history_that_cannot_be_written_does_not_keep_a_build_from_being_accepted(settings: Settings) -> None:
    first = release(settings, 1)
    second = build(settings, 2)
    hold_back(settings, {"no_headline_jumped": ["too many things"]}, first)
    settings.dagster_home.symlink_to("nowhere")
    run = command("refresh", "--accept", second)
    said = f"Dagster's interface does not show it: File exists ({settings.dagster_home}).\n"
    assert (run.exit_code, run.stderr) == (0, said)
    assert run.stdout == f"Release {second} (as of 2025-08-01) is current: {settings.current_database}\n"
    assert damage(settings.current) == []


def test_the_newest_two_held_back_stay_until_a_later_release_is_published(settings: Settings) -> None:
    first = release(settings, 1)
    builds = []
    for rows in (2, 3, 4):
        builds.append(build(settings, rows))
        hold_back(settings, {"no_headline_jumped": ["too many things"], "nothing_public_lost_rows": []}, first)
    assert [one.build_id for one in shelf.held(settings)] == builds[1:]
    truncate(settings.held / builds[2] / "warehouse.duckdb")
    with pytest.raises(shelf.NotOnTheShelf, match=r"is damaged: warehouse\.duckdb has "):
        shelf.accept(settings, builds[2])
    release(settings, 5)
    assert not settings.held.exists()


def test_a_build_held_back_against_another_release_is_not_accepted(settings: Settings) -> None:
    release(settings, 1)
    second = release(settings, 2)
    third = build(settings, 3)
    hold_back(settings, {"no_headline_jumped": ["too many things"], "nothing_public_lost_rows": []}, second)
    shelf.roll(settings, None)
    with pytest.raises(shelf.NotOnTheShelf, match="No build held back against the current release"):
        shelf.accept(settings, third)


def test_the_same_inputs_are_not_built_again_to_be_held_back_again(settings: Settings) -> None:
    first = release(settings, 1)
    partners = settings.seeds / "partners.csv"
    partners.write_text(partners.read_text().replace("Korea", "Corea"))
    second = build(settings, 2)
    hold_back(settings, {"no_headline_jumped": ["too many things"], "nothing_public_lost_rows": []}, first)
    run = command("refresh")
    assert (run.exit_code, run.stdout) == (1, "")
    assert run.stderr.splitlines() == [
        f"Build {second} is held back: too many things. `warehouse refresh --accept {second}` publishes it as it is.",
        f"`current` is unchanged: {first}.",
    ]
    answer = json.loads(command("refresh", "--json").stdout)
    assert (answer["status"], answer["current_build_id"]) == ("held", first)


# --- the release of this test run


def test_the_manifest_lists_every_file_of_the_release(warehouse: Warehouse) -> None:
    folder = warehouse.data / "current"
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {NAME}
    assert {file["path"] for file in warehouse.manifest["files"]} == there
    assert damage(folder) == []
    with duckdb.connect(str(warehouse.database), read_only=True) as connection:
        assert connection.sql("select count(*) from meta.build").fetchall() == [(1,)]
