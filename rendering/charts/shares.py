"""A share of people over time, each reading on its day with its interval, and the target's line.

The scale ends at 100 % and need not begin at nought, which the legend says: what matters of a share near the whole is
how far it is from it. Readings below the target differ by shape, those that were measured in another way are hollow.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from rendering import formats
from rendering.charts import svg
from rendering.charts.scales import Place, circle, diamond, grid, hollow_circle, hollow_diamond, step_of

WIDTH = 680
HEIGHT = 278
_LEFT, _RIGHT = 52, 676
_TOP, _BOTTOM = 44, 244
_BETWEEN_LABELS = 52.0

# From which day on which share, from 0 to 1, is aimed for.
Step = tuple[date, float]


@dataclass(frozen=True, slots=True)
class Share:
    """A share from 0 to 1 on a day, with its interval. Only readings of one `basis` are joined by a line."""

    day: date
    value: float
    low: float
    high: float
    basis: str
    is_below: bool = False


def shares_over_time(shares: Sequence[Share], targets: Sequence[Step], *, chart_id: str, title: str) -> str:
    """The chart as an `svg` element, WIDTH × HEIGHT pixels; both in the order of their days.

    The last share's basis is drawn full, others hollow. Raises ValueError for no share at all.
    """
    if not shares:
        raise ValueError("There is nothing to draw.")
    steps = _steps_within(targets, shares[0].day, shares[-1].day)
    bottom, step = _scale(min([*(one.low for one in shares), *(share for _, share in steps)]) * 100)

    def height(per_cent: float) -> float:
        return _BOTTOM - (_BOTTOM - _TOP) * (per_cent - bottom) / (100 - bottom)

    def place(day: date) -> float:
        days = (shares[-1].day - shares[0].day).days
        if not days:
            return (_LEFT + _RIGHT) / 2
        return _LEFT + 24 + (_RIGHT - _LEFT - 48) * (day - shares[0].day).days / days

    places = [place(one.day) for one in shares]
    parts = [
        _legend(shares, bottom, has_target=bool(steps)),
        grid(step, 100.0, height, left=_LEFT, right=_RIGHT, bottom=bottom, unit="%"),
        _days(shares, places),
        _target(steps, [_LEFT if day == shares[0].day else place(day) for day, _ in steps], height),
        _line(shares, places, height),
        *(_point(one, x, height, shares[-1].basis) for one, x in zip(shares, places, strict=True)),
    ]
    said = alternative(shares, steps, title=title)
    return svg.drawing("".join(parts), chart_id=chart_id, title=said, width=WIDTH, height=HEIGHT)


def alternative(shares: Sequence[Share], targets: Sequence[Step], *, title: str) -> str:
    """What the chart shows, in words; the table beside it has every number."""
    first, last = shares[0], shares[-1]
    on = f"On {formats.day(last.day)}" if first is last else f"From {formats.day(first.day)} to {formats.day(last.day)}"
    lowest, highest = (find(shares, key=lambda one: one.value) for find in (min, max))
    span = f"{formats.per_cent(last.value)}"
    if first is not last:
        span = (
            f"lowest {formats.per_cent(lowest.value)} on {formats.day(lowest.day)}, highest "
            f"{formats.per_cent(highest.value)} on {formats.day(highest.day)}"
        )
    if not targets:
        return f"{title}. {on}: {span}. There is no target."
    below = [formats.day(one.day) for one in shares if one.is_below]
    return (
        f"{title}. {on}: {span}. {f'Below the target: {formats.listed(below)}.' if below else 'None below the target.'}"
    )


def _scale(least: float) -> tuple[float, float]:
    """Return where a scale up to 100 begins, for a least value in per cent, and how far its lines are apart."""
    step = step_of(100 - least)
    return max(0.0, 100 - step * max(1, math.ceil((100 - least) / step - 1e-9))), step


def _steps_within(targets: Sequence[Step], first: date, last: date) -> list[Step]:
    """Return the targets from the one in force on the first day on."""
    begun = [target for target in targets if target[0] <= first]
    return [(first, share) for _, share in begun[-1:]] + [one for one in targets if first < one[0] <= last]


def _legend(shares: Sequence[Share], bottom: float, *, has_target: bool) -> str:
    entries: list[tuple[Callable[[float, float], str], str]] = [(circle, "Share that complies")]
    if any(one.is_below for one in shares):
        entries.append((diamond, "Below the target"))
    if any(one.basis != shares[-1].basis for one in shares):
        entries.append((hollow_circle, "Another limit or number of weeks"))
    parts: list[str] = []
    x = 8.0
    for shape, words in entries:
        parts.append(shape(x, 10) + svg.text(words, x + 10, 14))
        x += svg.text_width(words) + 34
    said = "Upright lines: 95% intervals."
    if has_target:
        said += " Dashes: target."
    if bottom:
        said += f" The scale begins at {formats.decimal(bottom, 0 if bottom == int(bottom) else 1)}%."
    return "".join(parts) + svg.text(said, 0, 32)


def _days(shares: Sequence[Share], places: Sequence[float]) -> str:
    """The days, in two lines each, as many as there is room for."""
    parts: list[str] = []
    before = -math.inf
    for one, x in zip(shares, places, strict=True):
        if x - before >= _BETWEEN_LABELS:
            parts.append(svg.text(f"{one.day.day} {one.day:%b}", x, _BOTTOM + 18, anchor="middle"))
            parts.append(svg.text(str(one.day.year), x, _BOTTOM + 32, anchor="middle"))
            before = x
    return "".join(parts)


def _target(steps: Sequence[Step], places: Sequence[float], height: Place) -> str:
    path = ""
    for number, ((_, share), x) in enumerate(zip(steps, places, strict=True)):
        y = svg.number(height(share * 100))
        path += f"M{svg.number(x)} {y}" if number == 0 else f"H{svg.number(x)}V{y}"
    if not path:
        return ""
    path += f"H{svg.number(_RIGHT)}"
    return f'<path class="chart-target" d="{path}" stroke="currentColor" stroke-dasharray="9 4" fill="none"/>'


def _line(shares: Sequence[Share], places: Sequence[float], height: Place) -> str:
    path = ""
    for (before, left), (after, right) in pairwise(zip(shares, places, strict=True)):
        if before.basis == after.basis:
            path += (
                f"M{svg.number(left)} {svg.number(height(before.value * 100))}"
                f"L{svg.number(right)} {svg.number(height(after.value * 100))}"
            )
    return f'<path class="chart-line" d="{path}" stroke="currentColor" stroke-width="1.5" fill="none"/>' if path else ""


def _point(one: Share, x: float, height: Place, basis: str) -> str:
    low, high = svg.number(height(one.low * 100)), svg.number(height(one.high * 100))
    interval = f'<path d="M{svg.number(x)} {low}V{high}" stroke="currentColor" fill="none"/>'
    if one.basis == basis:
        mark = diamond if one.is_below else circle
    else:
        mark = hollow_diamond if one.is_below else hollow_circle
    return interval + mark(x, height(one.value * 100))
