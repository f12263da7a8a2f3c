"""What dbt keeps of the parsed project is used only as dbt wrote it."""

from pathlib import Path

import pytest

from dagster_project.defs.parsed_project import FILES, STAMP, drop_damaged, vouched


@pytest.fixture
def target(tmp_path: Path) -> Path:
    with vouched(tmp_path):
        for name in FILES:
            (tmp_path / name).write_text(name)
    return tmp_path


def test_what_dbt_wrote_stays(target: Path) -> None:
    drop_damaged(target)
    assert sorted(path.name for path in target.iterdir()) == sorted([*FILES, STAMP])


@pytest.mark.parametrize("damaged", FILES)
def test_a_file_that_changed_since_goes_alone(target: Path, damaged: str) -> None:
    (target / damaged).write_text(f"{damaged}!")
    drop_damaged(target)
    assert sorted(path.name for path in target.iterdir()) == sorted({*FILES, STAMP} - {damaged})


def test_a_folder_in_place_of_a_file_goes_too_and_a_run_may_begin_with_one(target: Path) -> None:
    (target / FILES[0]).unlink()
    (target / FILES[0] / "inside").mkdir(parents=True)
    with vouched(target):
        assert not (target / FILES[0]).exists()


@pytest.mark.parametrize("text", ["", "[1]", "null", '"x"', "{", '{"manifest.json": 1}'])
def test_without_a_stamp_that_can_be_read_nothing_is_trusted(target: Path, text: str) -> None:
    (target / STAMP).write_text(text)
    drop_damaged(target)
    assert [path.name for path in target.iterdir()] == [STAMP]


def test_a_run_that_failed_vouches_for_what_it_left(target: Path) -> None:
    def run() -> None:
        with vouched(target):
            (target / FILES[0]).write_text("anew")
            raise RuntimeError("a test failed")

    with pytest.raises(RuntimeError):
        run()
    drop_damaged(target)
    assert (target / FILES[0]).read_text() == "anew"


def test_before_the_first_run_there_is_no_folder(tmp_path: Path) -> None:
    with vouched(tmp_path / "target"):
        pass
    assert not (tmp_path / "target").exists()
