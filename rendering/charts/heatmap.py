"""A heat map of risks: a grid of likelihood and impact. Words in each cell say what the shades mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rendering.charts import svg

WIDTH = 640
_LEFT, _TOP = 104, 34
_CELL_WIDTH, _CELL_HEIGHT = 104, 62
HEIGHT = _TOP + 5 * _CELL_HEIGHT + 54
# From the lightest to the darkest: grounds on which dark text can be read, and which differ in print without colour.
_SHADES = ("#ffffff", "#eeeeee", "#d9d9d9", "#bdbdbd", "#a8a8a8")
_MOST_A_LINE = 3
_MOST_LINES = 2


@dataclass(frozen=True, slots=True)
class Square:
    """A cell: its score and band in words, how dark it is (from 0), what lies in it and what lay in it before."""

    score: str
    step: int
    risks: Sequence[str]
    left: Sequence[str]


def grid(
    rows: Sequence[Sequence[Square]],
    *,
    likelihoods: Sequence[str],
    impacts: Sequence[str],
    chart_id: str,
    title: str,
) -> str:
    """The map as an `svg` element; `rows` from the highest likelihood down, each from the lowest impact on."""
    parts = [
        svg.text("Likelihood, from below upwards", 0, 12),
        svg.text("Numbers in brackets: moved from here.", 0, 28),
    ]
    for index, (name, row) in enumerate(zip(likelihoods, rows, strict=True)):
        y = _TOP + index * _CELL_HEIGHT
        parts.append(svg.text(name, _LEFT - 8, y + _CELL_HEIGHT / 2 + 4, anchor="end"))
        parts += [_square(square, _LEFT + column * _CELL_WIDTH, y) for column, square in enumerate(row)]
    below = _TOP + len(rows) * _CELL_HEIGHT
    for column, name in enumerate(impacts):
        parts.append(svg.text(name, _LEFT + (column + 0.5) * _CELL_WIDTH, below + 18, anchor="middle"))
    parts.append(svg.text("Impact", _LEFT + 2.5 * _CELL_WIDTH, below + 40, anchor="middle"))
    return svg.drawing("".join(parts), chart_id=chart_id, title=title, width=WIDTH, height=HEIGHT)


def _square(square: Square, x: float, y: float) -> str:
    place = f'x="{svg.number(x)}" y="{svg.number(y)}" width="{_CELL_WIDTH}" height="{_CELL_HEIGHT}"'
    shade = _SHADES[min(square.step, len(_SHADES) - 1)]
    parts = [f'<rect class="heat-{square.step}" {place} fill="{shade}" stroke="currentColor"/>']
    parts.append(svg.text(square.score, x + 5, y + 13, css="chart-text heat-text"))
    for line, words in enumerate(_in_lines([*square.risks, *(f"({one})" for one in square.left)])):
        parts.append(
            svg.text(
                words, x + _CELL_WIDTH / 2, y + 33 + 16 * line, anchor="middle", bold=True, css="chart-text heat-text"
            )
        )
    return "".join(parts)


def _in_lines(words: Sequence[str]) -> list[str]:
    """References in as many lines as fit; how many more there are stands at the end."""
    room = _MOST_A_LINE * _MOST_LINES
    shown = list(words) if len(words) <= room else [*words[: room - 1], f"+{len(words) - room + 1}"]
    return [", ".join(shown[first : first + _MOST_A_LINE]) for first in range(0, len(shown), _MOST_A_LINE)]
