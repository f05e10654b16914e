"""The score of a risk over time, from 1 to 25, with the score that is aimed for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rendering import formats
from rendering.charts import svg
from rendering.charts.scales import circle, grid

WIDTH = 680
HEIGHT = 250
HIGHEST = 25
_LEFT, _RIGHT = 36, 672
_TOP, _BOTTOM = 30, 214
_BETWEEN_LABELS = 60.0


@dataclass(frozen=True, slots=True)
class Score:
    """A score as at a day, with what its band is called."""

    day: date
    score: int
    band: str


def scores_over_time(scores: Sequence[Score], *, target: int | None, chart_id: str, title: str) -> str:
    """The chart as an `svg` element, WIDTH × HEIGHT pixels; scores in the order of their days.

    A score holds until the next: the line goes in steps. Raises ValueError for no score at all.
    """
    if not scores:
        raise ValueError("There is nothing to draw.")
    days = (scores[-1].day - scores[0].day).days

    def height(score: float) -> float:
        return _BOTTOM - (_BOTTOM - _TOP) * score / HIGHEST

    def place(day: date) -> float:
        return _LEFT + 24 + (_RIGHT - _LEFT - 48) * (day - scores[0].day).days / days if days else (_LEFT + _RIGHT) / 2

    places = [place(one.day) for one in scores]
    aimed = "" if target is None else f" Dashes: the target, at most {target}."
    parts = [
        svg.text(f"Score after controls: likelihood × impact.{aimed}", 0, 14),
        grid(5, HIGHEST, height, left=_LEFT, right=_RIGHT),
        _line([(x, height(one.score)) for one, x in zip(scores, places, strict=True)]),
    ]
    if target is not None:
        y = svg.number(height(target))
        path = f"M{_LEFT} {y}H{_RIGHT}"
        parts.append(
            f'<path class="chart-target" d="{path}" stroke="currentColor" stroke-dasharray="9 4" fill="none"/>'
        )
    before = -_BETWEEN_LABELS
    for number, (one, x) in enumerate(zip(scores, places, strict=True)):
        has_fallen = number > 0 and one.score < scores[number - 1].score  # the line comes down on it from above
        parts.append(circle(x, height(one.score)))
        beside = height(one.score) + (17 if has_fallen else -8)
        parts.append(svg.text(str(one.score), x, beside, anchor="middle", bold=True))
        if x - before >= _BETWEEN_LABELS:
            parts.append(svg.text(f"{one.day.day} {one.day:%b}", x, _BOTTOM + 16, anchor="middle"))
            parts.append(svg.text(str(one.day.year), x, _BOTTOM + 30, anchor="middle"))
            before = x
    said = alternative(scores, target=target, title=title)
    return svg.drawing("".join(parts), chart_id=chart_id, title=said, width=WIDTH, height=HEIGHT)


def alternative(scores: Sequence[Score], *, target: int | None, title: str) -> str:
    """What the chart shows, in words."""
    told = formats.listed([f"{one.score} ({one.band.lower()}) on {formats.day(one.day)}" for one in scores])
    aimed = "There is no target." if target is None else f"The target is a score of at most {target}."
    return f"{title}: {told}. {aimed}"


def _line(places: Sequence[tuple[float, float]]) -> str:
    first, *rest = places
    path = f"M{svg.number(first[0])} {svg.number(first[1])}"
    path += "".join(f"H{svg.number(x)}V{svg.number(y)}" for x, y in rest)
    return f'<path class="chart-line" d="{path}" stroke="currentColor" stroke-width="1.5" fill="none"/>'
