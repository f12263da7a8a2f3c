"""The program that draws the charts is packed once, and what was kept of it is used only where it is whole."""

from pathlib import Path

import pytest

from dagster_project.readers.dashboard import script


@pytest.fixture
def packed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is packed in place of the real program, once for each time that it is packed."""
    times: list[str] = []

    def pack() -> str:
        times.append("packed")
        return "one\r\ntwo\u2028 é"

    monkeypatch.setattr(script, "_packed", pack)
    return times


def test_it_is_packed_once_and_read_back_as_it_was(packed: list[str], tmp_path: Path) -> None:
    texts = {script.charts_script(tmp_path / "cache") for _ in range(3)}
    assert (texts, len(packed)) == ({"one\r\ntwo\u2028 é"}, 1)
    assert len(list((tmp_path / "cache").iterdir())) == 1


@pytest.mark.parametrize("damage", [b"", b"\xff\xfe", b"0" * 64 + b"\nalert(1)"])
def test_what_is_damaged_is_packed_anew(packed: list[str], tmp_path: Path, damage: bytes) -> None:
    script.charts_script(tmp_path)
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(damage)
    assert script.charts_script(tmp_path) == "one\r\ntwo\u2028 é"
    assert script.charts_script(tmp_path) == "one\r\ntwo\u2028 é"
    assert len(packed) == 2
