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
BILLIONS = "'$' + format(datum.value / 1e9, ',') + ' bn'"


def specifications() -> dict[str, Any]:
    """By name: `rates` (data sets `rates`, `events`, `asked`) and `delivery` (data set `stages`)."""
    return {"rates": _bare(_rates()), "delivery": _bare(_delivery())}


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
