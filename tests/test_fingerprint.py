"""The fingerprint: every input changes it, nothing else does."""

import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from dagster_project.release.fingerprint import fingerprint
from dagster_project.settings import Settings


@pytest.fixture
def settings(tmp_path: Path, tiny_seeds: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("WAREHOUSE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("WAREHOUSE_SEEDS_DIR", str(tiny_seeds))
    return replace(Settings.from_env(), fixed_as_of_date=date(2025, 8, 1))


@hypothesis_settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_changed_byte_of_a_seed_changes_it_and_changing_it_back_restores_it(settings: Settings, data) -> None:
    path = settings.seeds / data.draw(st.sampled_from(["partners.csv", "sources.csv", "tariff_rates.csv"]))
    original = path.read_bytes()
    index = data.draw(st.integers(0, len(original) - 1))
    before = fingerprint(settings)
    path.write_bytes(original[:index] + bytes([original[index] ^ 1]) + original[index + 1 :])
    assert fingerprint(settings) != before
    path.write_bytes(original)
    assert fingerprint(settings) == before


def test_a_renamed_a_new_and_a_removed_seed_change_it(settings: Settings) -> None:
    seen = {fingerprint(settings)}
    (settings.seeds / "claims.csv").rename(settings.seeds / "claimz.csv")
    seen.add(fingerprint(settings))
    (settings.seeds / "more.csv").touch()
    seen.add(fingerprint(settings))
    (settings.seeds / "deals.csv").unlink()
    seen.add(fingerprint(settings))
    assert len(seen) == 4


def test_a_landed_payload_and_another_day_change_it(settings: Settings) -> None:
    before = fingerprint(settings)
    payload = settings.landing / "source" / "set" / "fetched_date=2025-08-01" / "0123456789abcdef.json.gz"
    payload.parent.mkdir(parents=True)
    payload.touch()
    landed = fingerprint(settings)
    tomorrow = fingerprint(replace(settings, fixed_as_of_date=date(2025, 8, 2)))
    assert len({before, landed, tomorrow}) == 3


def test_times_of_files_and_notes_beside_the_seeds_do_not_change_it(settings: Settings) -> None:
    before = fingerprint(settings)
    os.utime(settings.seeds / "partners.csv", (0, 0))
    (settings.seeds / "README.md").write_text("How to add a fact.")
    assert fingerprint(settings) == before


def test_what_is_no_file_among_the_seeds_neither_hangs_nor_fails_and_changes_it(settings: Settings) -> None:
    seen = {fingerprint(settings)}
    for put in (os.mkfifo, os.mkdir, lambda path: path.symlink_to("/dev/zero"), lambda path: path.symlink_to("gone")):
        path = settings.seeds / "claims.csv"
        if path.is_dir() and not path.is_symlink():
            path.rmdir()
        else:
            path.unlink()
        put(path)
        seen.add(fingerprint(settings))
    assert len(seen) == 2, "each stands for the same: no regular file"
