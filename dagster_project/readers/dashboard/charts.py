"""The charts of the page as Vega-Lite specifications without data: the page fills in what its reader has chosen.

Belongs here: marks, scales and axes. Does not belong here: figures, and the colours of light and dark, which
`static/page.js` sets with the theme.
"""

from typing import Any

import altair as alt

KNOWN_TODAY, KNOWN_THEN = "As known today", "As known then"
# told apart by width and dashes as well as by colour; both hold 3:1 against a light and a dark ground
COLOURS = {KNOWN_TODAY: "#2f7fd1", KNOWN_THEN: "#c8641c"}
DAY = "%-d %b %Y"
# of the bars of the first picture; the page's style sheet has the same for its key
PROMISED, EDGE, ASSIGNED, PAID = "#8fb4dc", "#2f7fd1", "#12508f", "#1f8a4c"
LOWERED, SAME = "#c8641c", "#7d8894"
BILLIONS = "'$' + format(datum.value / 1e9, ',') + ' bn'"


def specifications() -> dict[str, Any]:
    """By name: `rates` (data sets `rates`, `events`, `asked`), `delivery` (data set `stages`), and for wide and narrow
    screens `promises` (data set `bars`) and `cars` (data set `points`)."""
    return {
        "rates": _bare(_rates()),
        "delivery": _bare(_delivery()),
        "promises_wide": _bare(_promises(is_narrow=False)),
        "promises_narrow": _bare(_promises(is_narrow=True)),
        "cars_wide": _bare(_cars(is_narrow=False)),
        "cars_narrow": _bare(_cars(is_narrow=True)),
    }


def _bare(chart: alt.TopLevelMixin) -> dict[str, Any]:
    """The specification without the address of its schema: the page names no address that it does not link to."""
    return {key: value for key, value in chart.to_dict(validate=True).items() if key not in ("$schema", "config")}


def _rates() -> alt.TopLevelMixin:
    """What goods paid over time in both clocks; events as marks at the foot, the day asked for as a rule."""
    lines = alt.Chart(alt.NamedData(name="rates"))
    clock = alt.Color(
        "clock:N",
        scale=alt.Scale(domain=list(COLOURS), range=list(COLOURS.values())),
        legend=alt.Legend(title=None, orient="top", symbolType="stroke", symbolStrokeWidth=3),
    )
    when = alt.X("day:T", axis=alt.Axis(title=None, format="%b %Y", labelOverlap=True, tickCount=6, grid=False))
    rate = alt.Y("rate:Q", axis=alt.Axis(title="Per cent of customs value", tickCount=5), scale=alt.Scale(zero=True))
    tooltip = [
        alt.Tooltip("day:T", title="Day", format=DAY),
        alt.Tooltip("pays:N", title="Pays"),
        alt.Tooltip("clock:N", title="Known"),
        alt.Tooltip("tier:N", title="Quota"),
    ]
    # the points come in order: each run of days gives its first and its last
    common: dict[str, Any] = {
        "x": when,
        "y": rate,
        "color": clock,
        "detail": ["tier:N"],
        "order": "place:Q",
        "tooltip": tooltip,
    }
    # not filtered: a layer without a point warns of it
    tiers = lines.mark_text(align="right", dy=-8, fontWeight="bold").encode(x=when, y=rate, text="label:N")
    is_today, is_then = f"datum.clock == '{KNOWN_TODAY}'", f"datum.clock == '{KNOWN_THEN}'"
    today = lines.mark_line(strokeWidth=6).encode(**common).transform_filter(is_today)
    then = lines.mark_line(strokeWidth=2, strokeDash=[5, 3]).encode(**common).transform_filter(is_then)
    asked = (
        alt.Chart(alt.NamedData(name="asked"))
        .mark_rule(strokeWidth=1.5, strokeDash=[2, 2])
        .encode(x="day:T", tooltip=[alt.Tooltip("day:T", title="Asked for", format=DAY)])
    )
    events = (
        alt.Chart(alt.NamedData(name="events"))
        .mark_point(shape="diamond", filled=True, size=70, opacity=0.9)
        .encode(
            x="day:T",
            y=alt.value(240),
            tooltip=[
                alt.Tooltip("day:T", title="Day", format=DAY),
                alt.Tooltip("kind:N", title="Kind"),
                alt.Tooltip("event:N", title="Event"),
            ],
        )
    )
    return alt.layer(today, then, asked, events, tiers).properties(width="container", height=240)


def _delivery() -> alt.TopLevelMixin:
    """One pledge beside what became of it, a bar a stage."""
    bars = alt.Chart(alt.NamedData(name="stages")).encode(
        y=alt.Y("stage:N", sort=None, axis=alt.Axis(title=None, labelLimit=150, domain=False, ticks=False)),
        x=alt.X("amount:Q", axis=alt.Axis(title=None, tickCount=4, labelExpr=BILLIONS), scale=alt.Scale(zero=True)),
        tooltip=[alt.Tooltip("stage:N", title="Stage"), alt.Tooltip("text:N", title="Amount")],
    )
    return alt.layer(
        bars.mark_bar(color=COLOURS[KNOWN_TODAY], height=14),
        bars.mark_text(align="left", dx=4).encode(text="text:N"),
    ).properties(width="container", height=150, padding={"left": 5, "top": 5, "right": 70, "bottom": 5})


def _promises(is_narrow: bool) -> alt.TopLevelMixin:
    """A bar a pledge: dashed where it is only expected; in it what was assigned, and in that what was paid."""
    rows = alt.Chart(alt.NamedData(name="bars")).encode(y=_places("bars", is_narrow))
    span = alt.Scale(zero=True, rangeMax=_room(is_narrow, 0.42))
    thick: dict[str, Any] = {"height": 9, "yOffset": 14} if is_narrow else {"height": 15}
    pledge = rows.mark_bar(stroke=EDGE, **thick).encode(
        x=alt.X("amount:Q", axis=None, scale=span),
        fill=alt.condition("datum.isExpected", alt.value("transparent"), alt.value(PROMISED)),
        strokeDash=alt.condition("datum.isExpected", alt.value([4, 3]), alt.value([1, 0])),
        tooltip=[alt.Tooltip("label:N", title="Pledge"), alt.Tooltip("words:N", title="Amount")],
    )
    assigned = rows.mark_bar(color=ASSIGNED, **thick).encode(x=alt.X("assigned:Q", scale=span))
    paid = rows.mark_bar(color=PAID, **thick).encode(x=alt.X("paid:Q", scale=span))
    return alt.layer(pledge, assigned, paid, *_words(rows, alt.X("amount:Q", scale=span), is_narrow)).properties(
        width="container", height=alt.Step(46 if is_narrow else 24)
    )


def _cars(is_narrow: bool) -> alt.TopLevelMixin:
    """Two points a supplier, joined: what its cars pay now, and what they would without the deal."""
    rows = (
        alt.Chart(alt.NamedData(name="points"))
        .transform_calculate(isLower="datum.now !== null && datum.without !== null && datum.now < datum.without")
        # where the words begin: past the points, at the edge where there are none
        .transform_calculate(end="datum.isLower ? datum.without : datum.now === null ? 0 : datum.now")
        .encode(y=_places("points", is_narrow))
    )
    span = alt.Scale(zero=True, nice=False, rangeMax=_room(is_narrow, 0.5))
    tint = alt.condition("datum.isLower", alt.value(LOWERED), alt.value(SAME))
    shift: dict[str, Any] = {"yOffset": 14} if is_narrow else {}
    seen = alt.condition("datum.isLower", alt.value(1), alt.value(0))
    axis = alt.Axis(title=None, labelExpr="datum.label + ' %'", tickCount=5, orient="bottom", grid=not is_narrow)
    lines = rows.mark_rule(strokeWidth=2, color=LOWERED, **shift).encode(
        x=alt.X("now:Q", axis=axis, scale=span), x2="without:Q", opacity=seen
    )
    hollow = rows.mark_point(size=80, filled=True, stroke=LOWERED, strokeWidth=2, fillOpacity=0, **shift).encode(
        x=alt.X("without:Q", scale=span), opacity=seen
    )
    now = rows.mark_point(size=90, filled=True, opacity=1, **shift).encode(
        x=alt.X("now:Q", scale=span),
        color=tint,
        tooltip=[alt.Tooltip("label:N", title="Cars"), alt.Tooltip("words:N", title="Pay")],
    )
    return alt.layer(lines, hollow, now, *_words(rows, alt.X("end:Q", scale=span), is_narrow)).properties(
        width="container", height=alt.Step(46 if is_narrow else 24)
    )


def _places(name: str, is_narrow: bool) -> alt.Y:
    """Rows in the order of `place`: two may bear the same label. On a narrow screen it stands above the row."""
    label = alt.Axis(
        title=None,
        domain=False,
        ticks=False,
        labelLimit=250,
        labelPadding=6,
        labelExpr=f"data('{name}')[datum.value].label",
    )
    return alt.Y("place:O", sort=None, axis=None if is_narrow else label)


def _room(is_narrow: bool, share: float) -> alt.ExprRef:
    """The part of the width that marks may take: the rest is for the words beside them."""
    return alt.ExprRef(f"width * {1 if is_narrow else share}")


def _words(rows: alt.Chart, end: alt.X, is_narrow: bool) -> list[alt.Chart]:
    """What a row says: past the end of its marks, or, on a narrow screen, above them."""
    if not is_narrow:
        return [rows.mark_text(align="left", dx=9).encode(x=end, text="words:N")]
    left: dict[str, Any] = {"align": "left", "fontSize": 11}
    return [
        rows.mark_text(**left, yOffset=-13, fontWeight="bold").encode(x=alt.value(0), text="label:N"),
        rows.mark_text(**left, yOffset=1).encode(x=alt.value(0), text="words:N"),
    ]
