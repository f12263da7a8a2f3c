"""Whatever people write into the log, the rectangles say what the log says: the real SQL against a plain reading."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.assertion_log import ALWAYS, NEVER, Assertion, Ending, change_points, holds
from tests.compiled_models import CompiledModels
from tests.conftest import Warehouse

DAY_ONE = dt.date(2025, 1, 1)
KEYS = [
    ("ALL", "general-goods", "ieepa-reciprocal", "none", True),
    ("JPN", "general-goods", "ieepa-reciprocal", "none", True),
    ("JPN", "general-goods", "ieepa-reciprocal", "none", False),
]
INSTRUMENTS = ["order-a", "order-b"]
# an authority, a programme, an instrument; when and for whom is drawn
ENDED = [
    Ending("", DAY_ONE, DAY_ONE, "ALL", authority="IEEPA"),
    Ending("", DAY_ONE, DAY_ONE, "ALL", programme_id="ieepa-reciprocal"),
    Ending("", DAY_ONE, DAY_ONE, "ALL", instrument_id="order-a"),
]


@pytest.fixture(scope="module")
def models(warehouse: Warehouse) -> Iterator[CompiledModels]:
    with CompiledModels(warehouse) as opened:
        for table in ("staging.stg_tariff_rates", "marts.fct_measure_endings"):
            opened.copy(table, "false")
        opened.copy("marts.dim_programmes")
        yield opened


def nth(number: int) -> dt.date:
    return DAY_ONE + dt.timedelta(days=number)


def clash(one: Assertion, other: Assertion) -> bool:
    """What `warehouse check` refuses: two rows of a key known on one day that share days."""
    return (
        (one.key, one.known_from) == (other.key, other.known_from)
        and one.valid_from < other.valid_to
        and other.valid_from < one.valid_to
    )


def final(row: Assertion, log: list[Assertion]) -> Assertion:
    """What a row was corrected to, at last."""
    by_target = {other.corrects: other for other in log if other.action == row.action}
    while row.assertion_id in by_target:
        row = by_target[row.assertion_id]
    return row


def is_fit(log: list[Assertion]) -> bool:
    """What `warehouse check` lets in: no two standing rows clash, and nothing is withdrawn before it was known."""
    standing = [row for row in log if row.action == "assert" and final(row, log) is row]
    by_id = {row.assertion_id: row for row in log}
    for row in log:
        if row.action == "retract" and final(row, log) is row:
            target = row
            while target.action == "retract":
                target = by_id[str(target.corrects)]
            if row.known_from < final(target, log).known_from:
                return False
    return not any(clash(one, other) for index, one in enumerate(standing) for other in standing[:index])


@st.composite
def logs(draw: st.DrawFn) -> tuple[list[Assertion], list[Ending]]:
    """Assertions, corrections (of the known day too) and retractions of up to eight rows, and up to two endings.

    All fit to build. A correction names a row that stands or a retraction; a retraction also a corrected row.
    """
    numbers = st.integers(0, 6)
    log: list[Assertion] = []
    for index in range(draw(st.integers(1, 8))):
        standing = [row for row in log if final(row, log) is row]
        kind = draw(st.sampled_from(["assert", "assert", "correct", "retract"])) if log else "assert"
        start = draw(numbers)
        end = draw(st.none() | st.integers(start + 1, 8))
        known, key, corrects, action = nth(draw(numbers)), draw(st.sampled_from(KEYS)), None, "assert"
        if kind == "correct":
            target = draw(st.sampled_from(standing))
            key, corrects, action = target.key, target.assertion_id, target.action
        elif kind == "retract":
            target = draw(st.sampled_from([row for row in log if row.action == "assert"]))
            key, corrects, action = target.key, target.assertion_id, "retract"
        row = Assertion(
            f"row-{index}",
            key,
            known,
            nth(start),
            nth(end) if end else NEVER,
            action,
            corrects,
            action == "retract" or draw(st.integers(0, 9)) > 0,
            "IEEPA",
            draw(st.sampled_from(INSTRUMENTS)),
        )
        if is_fit([*log, row]):
            log.append(row)
    endings = [
        replace(
            draw(st.sampled_from(ENDED)),
            assertion_id=f"end-{index}",
            known_from=nth(draw(numbers)),
            ends_on=nth(draw(numbers)),
            partner_iso3=draw(st.sampled_from(["ALL", "JPN"])),
        )
        for index in range(draw(st.integers(0, 2)))
    ]
    if len(endings) == 2 and draw(st.booleans()):
        # the same ending, on another day and known from another
        endings[1] = replace(endings[1], corrects="end-0")
    return log, endings


def load(models: CompiledModels, log: list[Assertion], endings: list[Ending]) -> None:
    """Put the log where the compiled models read it."""
    rates = pl.DataFrame(
        [
            (
                row.assertion_id, row.assertion_id, *row.key, row.instrument_id, row.deal_id, row.valid_from,
                row.valid_to, row.known_from, row.action, row.corrects, row.is_preferred,
            )
            for row in log
        ],
        schema={
            "assertion_id": pl.String, "rate_id": pl.String, "partner_iso3": pl.String, "scope_id": pl.String,
            "programme_id": pl.String, "quota_tier": pl.String, "is_in_force": pl.Boolean, "instrument_id": pl.String,
            "deal_id": pl.String, "valid_from": pl.Date, "valid_to": pl.Date, "known_from": pl.Date,
            "action": pl.String, "corrects": pl.String, "is_preferred": pl.Boolean,
        },
        orient="row",
    )  # fmt: skip
    ends = pl.DataFrame(
        [
            (
                row.assertion_id, row.authority, row.programme_id, row.instrument_id, row.partner_iso3, row.ends_on,
                row.known_from, row.action, row.corrects, row.is_preferred,
            )
            for row in endings
        ],
        schema={
            "assertion_id": pl.String, "authority": pl.String, "programme_id": pl.String, "instrument_id": pl.String,
            "partner_iso3": pl.String, "ends_on": pl.Date, "known_from": pl.Date, "action": pl.String,
            "corrects": pl.String, "is_preferred": pl.Boolean,
        },
        orient="row",
    )  # fmt: skip
    for table, frame in (("staging.stg_tariff_rates", rates), ("marts.fct_measure_endings", ends)):
        models.connection.execute(f"truncate {table}")
        models.connection.register("frame", frame)
        models.connection.execute(f"insert into {table} by name from frame")
        models.connection.unregister("frame")
    models.build("intermediate.int_tariff_rate_assertions", "intermediate.int_tariff_rate_rectangles")


# a day of withdrawal mended twice: chance writes such a chain too seldom
WITHDRAWN = [
    Assertion("row-0", KEYS[0], nth(0), nth(0), authority="IEEPA"),
    Assertion("row-1", KEYS[0], nth(4), nth(0), action="retract", corrects="row-0", authority="IEEPA"),
    Assertion("row-2", KEYS[0], nth(2), nth(0), action="retract", corrects="row-1", authority="IEEPA"),
    Assertion("row-3", KEYS[0], nth(5), nth(0), action="retract", corrects="row-2", authority="IEEPA"),
]
Rectangle = tuple[str, dt.date, dt.date, dt.date, dt.date]


def rectangles(models: CompiledModels, scenario: str = "actual") -> list[Rectangle]:
    return models.connection.execute(
        "select assertion_id, valid_from, valid_to, known_from, known_to"
        " from intermediate.int_tariff_rate_rectangles where scenario = ? order by all",
        [scenario],
    ).fetchall()


def test_the_rectangles_of_any_log_say_at_every_corner_what_the_log_says(models: CompiledModels) -> None:
    @settings(max_examples=150, deadline=None)
    @example((WITHDRAWN, []))
    @given(logs())
    def check(written: tuple[list[Assertion], list[Ending]]) -> None:
        log, endings = written
        load(models, log, endings)
        derived = rectangles(models)
        keys = {row.assertion_id: row.key for row in log}
        valid_days, known_days = change_points(log, endings)
        for key in {row.key for row in log}:
            for valid_on in valid_days:
                for known_on in known_days:
                    found = [
                        one
                        for one, start, end, known_from, known_to in derived
                        if keys[one] == key
                        and (start or ALWAYS) <= valid_on < end
                        and known_from <= known_on < known_to
                    ]
                    standing = holds(log, endings, key, valid_on, known_on)
                    expected = [standing.assertion_id] if standing else []
                    assert found == expected, f"{key} on {valid_on} as known on {known_on}"

    check()


def test_a_mended_known_day_leaves_what_would_have_been_said_had_it_been_right_at_once(models: CompiledModels) -> None:
    """The log with its slips and their corrections, and the log that never had a slip, give the same rectangles."""

    @settings(max_examples=50, deadline=None)
    @given(logs())
    def check(written: tuple[list[Assertion], list[Ending]]) -> None:
        log = [row for row in written[0] if row.action == "assert"]
        mended = {row.assertion_id: final(row, log) for row in log if row.corrects is None}
        load(models, [replace(row, assertion_id=one, corrects=None) for one, row in mended.items()], [])
        expected = [(mended[one].assertion_id, *times) for one, *times in rectangles(models)]
        load(models, log, [])
        assert sorted(rectangles(models)) == sorted(expected)

    check()
