"""The releases that stand, in the order in which they were published, and which of them `current` names.

Belongs here: the moves between folders: published, held back, rolled back, put aside, pruned. Does not belong here:
what is in a release (`build.py`), whether it is fit (`manifest.py`, `gate.py`). Imports nothing heavy: an unchanged
refresh asks here first. Whoever moves anything holds the refresh lock.
"""

import json
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

from dagster_project.release import durable
from dagster_project.release.manifest import damage, read_manifest
from dagster_project.settings import KEPT_RELEASES, Settings

KEPT_HELD = 2
# reasons in a message; `held.json` has all
MOST_NAMED = 5
# of a build that was held back; stays in the release where it was accepted
HELD = "held.json"
BUILD_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")


class NotOnTheShelf(LookupError):
    """A release or a build that cannot be pointed at: unknown, damaged or overtaken. The message says which stand."""


@dataclass(frozen=True)
class Release:
    """A folder of `releases/` or `held/`; without a manifest where that cannot be read."""

    folder: Path
    manifest: dict[str, Any] | None

    @property
    def build_id(self) -> str:
        return self.folder.name

    @property
    def sequence(self) -> int:
        """Which release it was, counted from 1; clocks are set back, so a build's own time does not say."""
        sequence = (self.manifest or {}).get("sequence")
        return sequence if isinstance(sequence, int) else 0


def releases(settings: Settings) -> list[Release]:
    """All that stand, the earliest published first. Folders of other names are not ours and left alone."""
    return _in(settings.releases)


def current(settings: Settings) -> Release | None:
    """The release that `current` names, damaged or not."""
    if not settings.current.is_symlink() or not settings.current.is_dir():
        return None
    folder = settings.current.resolve()
    return Release(folder, read_manifest(folder))


def current_damage(settings: Settings) -> list[str]:
    """What is wrong with what readers see, a phrase each. Nothing where it is whole, or before the first release."""
    if not os.path.lexists(settings.current):
        return []
    if not settings.current.is_symlink():
        return ["`current` is no link to a release"]
    if not settings.current.is_dir():
        return [f"`current` points to {settings.current.readlink()}, which is not there"]
    return damage(settings.current)


def last_whole(settings: Settings) -> Release | None:
    """What a new build is compared with: the current release, or where it is damaged the last whole one before it.

    Not a later one: somebody rolled back from that. Where `current` says nothing, the latest of all.
    """
    now = current(settings)
    candidates = [one for one in releases(settings) if not _has_place(now) or one.sequence <= now.sequence]
    return next((release for release in candidates[::-1] if not damage(release.folder)), None)


def rolled_back_from(settings: Settings) -> list[Release]:
    """The releases published after the current one: there are some only after a rollback."""
    now = current(settings)
    return [release for release in releases(settings) if now and release.sequence > now.sequence]


def next_sequence(settings: Settings) -> int:
    return max((release.sequence for release in releases(settings)), default=0) + 1


def put_on(settings: Settings, build: Path) -> None:
    """Publish a sealed build: move it among the releases, point `current` at it, prune."""
    _make(settings.releases)
    release = settings.releases / build.name
    durable.sync_tree(build)
    durable.move(build, release)
    set_aside(settings)
    durable.point(settings.current, release)
    # what was held back was compared with a release that is no longer the current one
    shutil.rmtree(settings.held, ignore_errors=True)
    _prune(settings)


def hold(settings: Settings, build: Path, found: Mapping[str, list[str]], compared_with: str) -> None:
    """Keep a sealed build beside the releases until somebody accepts it or a later one is published.

    `found` is why, by the check that says so.
    """
    _make(settings.held)
    said = {
        "compared_with": compared_with,
        "checks": [check for check, why in found.items() if why],
        "reasons": [reason for why in found.values() for reason in why],
    }
    durable.write_text(build / HELD, json.dumps(said, indent=2) + "\n")
    durable.sync_tree(build)
    durable.move(build, settings.held / build.name)
    for old in _in(settings.held)[:-KEPT_HELD]:
        shutil.rmtree(old.folder)


def held(settings: Settings) -> list[Release]:
    """The builds held back against the current release, the latest last."""
    now = current(settings)
    return [build for build in _in(settings.held) if now and _held_for(build)["compared_with"] == now.build_id]


def reasons(build: Release) -> list[str]:
    """Why it was held back."""
    return _held_for(build)["reasons"]


def failed_checks(build: Release) -> list[str]:
    """The checks that held it back; none are named where an earlier version did."""
    return _held_for(build).get("checks", [])


def held_back(build_id: str, found: list[str]) -> str:
    """That a build was held back, why, and what to do, in one line."""
    named = "; ".join(found[:MOST_NAMED]) + (f"; and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else "")
    return f"Build {build_id} is held back: {named}. `warehouse refresh --accept {build_id}` publishes it as it is."


def accept(settings: Settings, name: str) -> Release:
    """Publish a build that was held back. Raises `NotOnTheShelf` where there is none of that name that is whole."""
    build = _named(name, held(settings), "build held back against the current release")
    if broken := damage(build.folder):
        raise NotOnTheShelf(f"Build {build.build_id} is damaged: {'; '.join(broken)}.")
    put_on(settings, build.folder)
    return Release(settings.releases / build.build_id, build.manifest)


def roll(settings: Settings, name: str | None) -> tuple[Release | None, Release]:
    """Point `current` at the release before it, or at the named one, earlier or later. Returns where from and where to.

    Raises `NotOnTheShelf` where that one is unknown, damaged or already current.
    """
    now, standing = current(settings), releases(settings)
    if name is None:
        earlier = [one for one in standing if not _has_place(now) or one.sequence < now.sequence]
        earlier = [one for one in earlier if now is None or one.build_id != now.build_id]
        if not earlier:
            raise NotOnTheShelf(f"No release before {now.build_id if now else 'this'}. {_there(standing, 'release')}")
        there = earlier[-1]
    else:
        there = _named(name, standing, "release")
    if now and there.build_id == now.build_id:
        raise NotOnTheShelf(f"Release {now.build_id} is current already. {_there(standing, 'release')}")
    if broken := damage(there.folder):
        raise NotOnTheShelf(f"Release {there.build_id} is damaged: {'; '.join(broken)}. {_there(standing, 'release')}")
    set_aside(settings)
    durable.point(settings.current, there.folder)
    return now, there


def set_aside(settings: Settings) -> None:
    """Where a file or a folder stands in place of the link, keep it under another name: it is not ours to delete."""
    if os.path.lexists(settings.current) and not settings.current.is_symlink():
        number = 1
        while os.path.lexists(aside := settings.current.with_name(f"current.aside-{number}")):
            number += 1
        durable.move(settings.current, aside)


def _in(folder: Path) -> list[Release]:
    found = [path for path in folder.resolve().glob("*") if path.is_dir() and BUILD_ID.match(path.name)]
    return sorted((Release(path, read_manifest(path)) for path in found), key=lambda one: (one.sequence, one.build_id))


def _has_place(release: Release | None) -> TypeGuard[Release]:
    """Whether it says which release it was: not where its manifest is gone."""
    return release is not None and release.manifest is not None


def _held_for(build: Release) -> dict[str, Any]:
    try:
        return json.loads((build.folder / HELD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {"compared_with": None, "reasons": []}


def _named(name: str, standing: list[Release], what: str) -> Release:
    found = [one for one in standing if one.build_id.startswith(name)]
    if len(found) != 1:
        raise NotOnTheShelf(f"{'No' if not found else 'More than one'} {what} '{name}'. {_there(standing, what)}")
    return found[0]


def _there(standing: list[Release], what: str) -> str:
    names = ", ".join(one.build_id for one in standing)
    return f"There: {names}." if names else f"There is no {what}."


def _make(folder: Path) -> None:
    if not folder.exists():
        folder.mkdir(parents=True)
        durable.sync(folder.parent)


def _prune(settings: Settings) -> None:
    """Keep the current release and the latest published beside it."""
    now = settings.current.resolve()
    others = [release.folder for release in releases(settings) if release.folder != now]
    for folder in others[: -(KEPT_RELEASES - 1)]:
        shutil.rmtree(folder)
