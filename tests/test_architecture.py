"""The page about the architecture, and its picture, name the rooms that there are, in the order of their contract."""

import re
import tomllib

from dagster_project.settings import PROJECT_ROOT

PAGE = PROJECT_ROOT / "docs" / "architecture.md"


def layers() -> list[str]:
    """The rooms by the import contract, from the street down."""
    contracts = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    (ordered,) = [one["layers"] for one in contracts["contracts"] if one["type"] == "layers"]
    return [room.strip().removeprefix("dagster_project.") for layer in ordered for room in layer.split("|")]


def test_the_table_lists_the_rooms_of_the_contract_in_its_order() -> None:
    rooms = re.findall(r"^\| `(\w+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    # the program's own start, and a helper of the page, are no rooms
    assert rooms == [room for room in layers() if room not in ("__main__", "safe_export")]


def test_every_package_is_a_room_and_stands_in_the_picture() -> None:
    packages = {path.parent.name for path in (PROJECT_ROOT / "dagster_project").glob("*/__init__.py")}
    assert packages <= set(layers())
    picture = (PROJECT_ROOT / "docs" / "assets" / "architecture.svg").read_text(encoding="utf-8")
    assert set(re.findall(r"dagster_project/(\w+)<", picture)) == packages


def test_every_place_that_the_page_names_is_there() -> None:
    text = PAGE.read_text(encoding="utf-8")
    named = re.findall(r"`((?:dbt|dagster_project|seeds|release|defs)/[\w./]+)`", text)
    assert len(named) > 10
    missing = [
        name
        for name in named
        if not any((root / name).exists() for root in (PROJECT_ROOT, PROJECT_ROOT / "dagster_project"))
    ]
    assert missing == []
