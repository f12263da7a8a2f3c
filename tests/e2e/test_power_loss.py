"""Power lost right after a release, or in the midst of one: what the disk holds then is a whole release.

The disk is an image mounted through a loop device. A copy of the image file has what the file system had written by
then, and nothing of what it still kept in memory: what a machine finds after a cut.
"""

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from dagster_project.release import shelf
from dagster_project.release.manifest import damage, read_manifest, seal
from dagster_project.settings import Settings
from tests.conftest import Warehouse
from tests.e2e.test_survival import assert_current_is_whole

pytestmark = pytest.mark.e2e
ROUNDS = 5


@contextmanager
def mounted(image: Path, folder: Path) -> Iterator[Path]:
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "-o", "loop", str(image), str(folder)], check=True, capture_output=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """An empty ext4 file system in a file."""
    if os.geteuid() != 0:
        pytest.skip("mounting a file system to lose power on needs root")
    image = tmp_path / "disk.img"
    with image.open("wb") as file:
        file.truncate(300 * 2**20)
    subprocess.run(["mkfs.ext4", "-q", str(image)], check=True)
    try:
        with mounted(image, tmp_path / "disk"):
            pass
    except subprocess.CalledProcessError as error:
        pytest.skip(f"no loop device is to be had here: {error.stderr.decode().strip()}")
    return image


def cut(image: Path, number: int) -> Path:
    """The disk as it is at this moment."""
    copy = image.with_name(f"after-{number}.img")
    subprocess.run(["cp", "--sparse=always", str(image), str(copy)], check=True)
    return copy


def another_build(warehouse: Warehouse, settings: Settings, number: int) -> Path:
    """The warehouse's release once more as a sealed build of another name."""
    build = settings.builds / f"20300101T00000{number}Z-{number:08x}"
    shutil.copytree(warehouse.data / "current", build)
    (build / "manifest.json").unlink()
    says = {name: value for name, value in warehouse.manifest.items() if name not in ("files", "seal")}
    seal(build, says | {"build_id": build.name, "sequence": number})
    return build


def settings_of(data: Path) -> Settings:
    return replace(Settings.from_env(), data=data)


def test_power_lost_right_after_a_release_leaves_it_whole(warehouse: Warehouse, image: Path, tmp_path: Path) -> None:
    with mounted(image, tmp_path / "disk") as disk:
        settings = settings_of(disk / "data")
        copies = {}
        for number in range(1, ROUNDS + 1):
            build = another_build(warehouse, settings, number)
            shelf.put_on(settings, build)
            copies[build.name] = cut(image, number)
    for build_id, copy in copies.items():
        with mounted(copy, tmp_path / "found") as disk:
            current = settings_of(disk / "data").current
            assert (damage(current), (read_manifest(current) or {}).get("build_id")) == ([], build_id)


def test_power_lost_at_any_moment_leaves_the_old_release_or_the_whole_new_one(
    warehouse: Warehouse, image: Path, tmp_path: Path
) -> None:
    with mounted(image, tmp_path / "disk") as disk:
        settings = settings_of(disk / "data")
        shelf.put_on(settings, another_build(warehouse, settings, 1))

        def publish() -> None:
            for number in range(2, ROUNDS + 2):
                shelf.put_on(settings, another_build(warehouse, settings, number))

        publisher = threading.Thread(target=publish)
        publisher.start()
        copies = []
        while publisher.is_alive():
            copies.append(cut(image, len(copies)))
        publisher.join()
    seen = []
    for copy in copies:
        with mounted(copy, tmp_path / "found") as disk:
            current = settings_of(disk / "data").current
            assert damage(current) == []
            seen.append((read_manifest(current) or {})["build_id"])
    assert seen == sorted(seen)
    assert seen


def test_power_lost_right_after_a_whole_refresh(image: Path, tmp_path: Path) -> None:
    """And once the power is back, the next refresh has nothing to mend."""
    with mounted(image, tmp_path / "disk") as disk:
        own = Warehouse(disk / "data")
        run = own.run("refresh")
        assert run.returncode == 0, run.stderr
        copy = cut(image, 1)
    with mounted(copy, tmp_path / "disk") as disk:
        assert damage(disk / "data" / "current") == []
        assert assert_current_is_whole(Warehouse(disk / "data")) in run.stdout
        assert "Nothing changed" in Warehouse(disk / "data").run("refresh").stdout
