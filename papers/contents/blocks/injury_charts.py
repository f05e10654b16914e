"""Injuries over time: for each indicator the chart of its months or quarters with their limits, and what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.utils.safestring import mark_safe

from injuries.models import Indicator
from injuries.months import Period
from injuries.over_time import OverTime, over_time
from injuries.rates import Counted
from injuries.reading import (
    SHOWN_MONTHS,
    counted_in,
    events_in,
    latest_month,
    people_in,
    provisional_months,
    reporting_changes,
)
from injuries.two_periods import Change
from papers.contents.block import Asked, Block, Source
from papers.contents.pieces import Chart, Numbers, NumbersRow, Piece, Pieces, bullets, paragraph
from papers.contents.references import reference
from papers.options import Codes, Number, OnOff
from rendering.charts import control
from rendering.charts.control import Moment

INDICATORS = Codes("indicators", "Indicators", "A chart each. None chosen: all of them")
# Limits that rest on fewer months than a year has would still move a good deal.
MONTHS = Number(
    "months", "Months", "The last ones that were counted", least=12, most=SHOWN_MONTHS, usually=SHOWN_MONTHS
)
RATES = ("value", "centre", "lower", "upper")
RULES = OnOff("rules", "Say by which rules limits are drawn", is_usual=False)


def gather(asked: Asked) -> dict[str, Any] | None:
    """Return the indicators that the paper's blocks ask for, over the months they ask for: seven queries.

    None where nothing has been counted before the meeting. Of everybody in the force: counts of units are not read.
    """
    latest = latest_month(asked.meeting_on)
    if latest is None:
        return None
    indicators = list(Indicator.objects.all())
    period = Period.of_months(SHOWN_MONTHS, last=latest)
    events, people, changes = events_in(period), people_in(period), reporting_changes()
    provisional = {month.name for month in provisional_months(latest)}
    found: dict[str, dict[str, Any]] = {}
    for code, months in _wanted(asked, indicators):
        indicator = next(one for one in indicators if one.code == code)
        counted = _from_the_first(counted_in(period, indicator.pk, None, events, people)[-months:])
        shown = over_time(counted, last=latest, provisional=provisional, changes=_about(indicator, changes))
        found.setdefault(code, {"name": indicator.name, "over": {}})["over"][str(months)] = _as_json(shown)
    return {"indicators": found} if found else None


def _wanted(asked: Asked, indicators: list[Indicator]) -> list[tuple[str, int]]:
    """Which indicators are asked for over how many months, in their order and each once."""
    codes = [indicator.code for indicator in indicators]
    blocks = asked.options.get("injury_charts", ())
    pairs = [
        (code, MONTHS.of(options))
        for options in blocks
        for code in codes
        if not INDICATORS.of(options) or code in INDICATORS.of(options)
    ]
    return sorted(set(pairs), key=lambda pair: (codes.index(pair[0]), pair[1]))


def _from_the_first(months: tuple[Counted, ...]) -> tuple[Counted, ...]:
    """The months from the first that was counted on."""
    first = next((index for index, one in enumerate(months) if one.events is not None), len(months))
    return months[first:]


def _about(indicator: Indicator, changes: list[Change]) -> list[Change]:
    """The changes in reporting that touch an indicator."""
    return [change for change in changes if change.of in ("", indicator.name.lower())]


def _as_json(shown: OverTime) -> dict[str, Any]:
    return {
        "step": str(shown.step),
        "headings": list(shown.headings),
        "rows": [list(asdict(row).values()) for row in shown.rows],
        "moments": [_moment_as_json(moment) for moment in shown.moments],
        "sentences": list(shown.sentences),
        "rules": list(shown.rules),
    }


def _moment_as_json(moment: Moment) -> dict[str, Any]:
    """The moment; its rates as texts, for what is frozen holds no fractions that a machine might round."""
    rates = {name: None if (rate := getattr(moment, name)) is None else repr(rate) for name in RATES}
    return asdict(moment) | rates


def _moment_of_json(kept: Mapping[str, Any]) -> Moment:
    rates = {name: None if kept[name] is None else float(kept[name]) for name in RATES}
    return Moment(**{**kept, **rates})


# --- Laying out -------------------------------------------------------------------------------------------------------


def lay(data: Mapping[str, Any], options: Mapping[str, Any]) -> Pieces:
    """Say of each indicator what its chart shows, then print the chart with its figures."""
    wanted, months = INDICATORS.of(options), str(MONTHS.of(options))
    drawn = {
        code: one
        for code, one in data["indicators"].items()
        if (not wanted or code in wanted) and months in one["over"]
    }
    if not drawn:
        yield paragraph("None of the indicators chosen has been counted.")
    for code, one in drawn.items():
        yield from _indicator(code, one["name"], one["over"][months])
    if drawn and RULES.of(options):
        yield bullets(dict.fromkeys(rule for one in drawn.values() for rule in one["over"][months]["rules"]))


def _indicator(code: str, name: str, shown: Mapping[str, Any]) -> Pieces:
    anchor = f"over-time-{code}"
    if not shown["moments"]:
        yield paragraph(f"{name}:", *shown["sentences"])
        return
    yield paragraph(f"{reference(f'figure.{anchor}')} shows {name.lower()} by {shown['step']}.", *shown["sentences"])
    title = f"{name}: rate per 1,000 by {shown['step']}, with limits"
    svg = control.over_time(
        [_moment_of_json(moment) for moment in shown["moments"]], chart_id=anchor, title=title, measure="Rate per 1,000"
    )
    corner, *columns = shown["headings"]
    rows = tuple(NumbersRow(row[0], tuple(cell or "–" for cell in row[1:])) for row in shown["rows"])
    numbers = Numbers(corner, anchor, f"{name} by {shown['step']}", tuple(columns), rows)
    # The drawing escapes every word it is given.
    yield Piece(chart=Chart(anchor, title, mark_safe(svg), numbers))  # noqa: S308


SOURCE = Source("injury_charts", gather)
NOTHING = "No month of injuries has been counted before the paper’s meeting. Whoever brings figures does that."
BLOCKS = (
    Block(
        "injury-charts",
        "Injuries over time, a chart for each indicator",
        SOURCE,
        lay,
        NOTHING,
        options=(INDICATORS, MONTHS, RULES),
    ),
)
