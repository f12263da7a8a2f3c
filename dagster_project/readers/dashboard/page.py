"""One self-contained file: the facts as data, the program that shows them, the styles, and nothing from elsewhere.

Belongs here: packing, escaping and the policy that keeps the file closed. Does not belong here: what is shown
(`tables.py`), how it looks (`templates/`, `static/`).
"""

import base64
import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from dagster_project.readers.dashboard.cells import Cell, Dataset, Line, Reference, day_text
from dagster_project.readers.dashboard.charts import specifications
from dagster_project.readers.dashboard.questions import EVERY_PARTNER, FIRST_DAY, Facts, read_facts
from dagster_project.readers.dashboard.script import charts_script
from dagster_project.readers.dashboard.tables import datasets
from dagster_project.readers.dashboard.views import GLANCE, VIEWS, glance_columns
from dagster_project.safe_export import FORMULA_STARTS, is_web_link

# what ends a script element, starts a comment in one, or ends a line in JavaScript but not in JSON
HTML_IN_JSON = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def write_page(database: Path, target: Path, cache: Path | None = None) -> None:
    """Write the page of a finished warehouse to `target`, whose folder is made where it is missing."""
    with duckdb.connect(str(database), read_only=True) as connection:
        facts = read_facts(connection)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(page(facts, cache), encoding="utf-8")


def page(facts: Facts, cache: Path | None = None) -> str:
    """The whole file as text. `cache` is a folder that keeps what is the same in every page."""
    tables = datasets(facts)
    scripts = {
        "charts": charts_script(cache),
        "page": _static("page.js"),
    }
    environment = Environment(
        loader=PackageLoader("dagster_project.readers.dashboard"),
        autoescape=select_autoescape(["html", "j2"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["day"] = day_text
    return environment.get_template("index.html.j2").render(
        build=facts.build,
        newest=max((row["newest_date"] for row in facts.newest), default=facts.build["as_of_date"]),
        first_day=FIRST_DAY,
        partners=facts.partners,
        goods=facts.goods,
        glance_heads=[(column.label, column.is_number) for column in glance_columns(tables)],
        views=VIEWS,
        heads={view.name: [(column.label, column.is_number) for column in view.heads(tables)] for view in VIEWS},
        policy=_policy(scripts.values()),
        style=Markup(_static("page.css")),
        scripts={name: Markup(_closed(text)) for name, text in scripts.items()},
        data=Markup(embedded(_data(facts, tables))),
    )


def embedded(value: Any) -> str:
    """JSON that can stand in a script element: no text in it can end the element or be read as markup."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(HTML_IN_JSON)


def _static(name: str) -> str:
    return files("dagster_project.readers.dashboard").joinpath("static", name).read_text(encoding="utf-8")


def _closed(script: str) -> str:
    if "</script" in script.lower() or "<!--" in script:
        raise ValueError("a script of the page holds text that ends its own element: '</script' or '<!--'")
    return script


def _policy(scripts: Iterable[str]) -> str:
    """Only these scripts run, known by their hashes; nothing is fetched from anywhere."""
    hashes = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in hashes)
    closed = "default-src 'none'; base-uri 'none'; form-action 'none'"
    return f"{closed}; script-src {allowed}; style-src 'unsafe-inline'; img-src data:"


class _Pool:
    """Things that occur often, once each: lines hold their places."""

    def __init__(self) -> None:
        self.places: dict[Any, int] = {}

    def place(self, thing: Any) -> int:
        return self.places.setdefault(thing, len(self.places))

    def things(self) -> list[Any]:
        return list(self.places)


def _data(facts: Facts, tables: dict[str, Dataset]) -> dict[str, Any]:
    cells, references = _Pool(), _Pool()
    source_places = {source["source_id"]: place for place, source in enumerate(facts.sources)}
    packed = {
        name: [_packed_line(line, cells, references, source_places) for line in table.lines]
        for name, table in tables.items()
    }
    return {
        "first_day": FIRST_DAY.isoformat(),
        "last_day": facts.build["as_of_date"].isoformat(),
        "built_at": f"{facts.build['built_at'].isoformat()}Z",
        "build_id": facts.build["build_id"],
        "formula_starts": FORMULA_STARTS,
        "partners": [[partner["partner_iso3"], partner["partner_name"]] for partner in facts.partners],
        "every_partner": EVERY_PARTNER,
        "car_partners": sorted(facts.own_car_rates),
        "car_suppliers": facts.car_suppliers,
        "views": {view.name: view.packed(tables) for view in VIEWS},
        "glance_view": {
            "names": [column.name for column in glance_columns(tables)],
            "numbers": [column.is_number for column in glance_columns(tables)],
        },
        "glance": GLANCE,
        "cells": [_packed_cell(cell) for cell in cells.things()],
        "references": references.things(),
        "sources": [_packed_source(source) for source in facts.sources],
        "lines": packed,
        "charts": specifications(),
    }


def _packed_cell(cell: Cell) -> Any:
    if cell.sort is None:
        return cell.text
    return [cell.text, cell.sort, 1] if cell.is_raw else [cell.text, cell.sort]


def _packed_line(line: Line, cells: _Pool, references: _Pool, source_places: dict[str, int]) -> list[Any]:
    return [
        line.partner,
        _day(line.shown_from),
        _day(line.shown_to),
        [cells.place(cell) for cell in line.cells],
        references.place(
            tuple(_packed_reference(reference, source_places) for reference in line.references if reference[0])
        ),
        *([line.extra] if line.extra else []),
    ]


def _packed_reference(reference: Reference, source_places: dict[str, int]) -> tuple[int, str]:
    source, locator = reference
    return source_places[source], locator or ""


def _packed_source(source: dict[str, Any]) -> list[str]:
    """Publisher, title, kind, day, and the address where it may be a link: never a script, a file or a half address."""
    address = source["url"] or ""
    return [
        source["publisher"] or "",
        source["title"] or "",
        source["publisher_class"] or "",
        source["published_date"].isoformat() if source["published_date"] else "",
        address if is_web_link(address) else "",
    ]


def _day(value: dt.date) -> str:
    return value.isoformat()
