"""What all charts are drawn with."""

from html import escape as _escape

from rendering.levels import (
    NO_LEVEL,
    NOT_EXPECTED,
    NOT_SCORED,
    NOT_SUBMITTED,
    OTHER_EDITION,
    STYLES,
    TILE,
    LevelStyle,
)

# For browsers; a document's own fonts take their place when it is printed.
FONT = "Arial, Helvetica, sans-serif"
TEXT_SIZE = 11
# Mean advance of a character in the fonts above, in ems: enough to tell whether a label fits.
_MEAN_ADVANCE = 0.54


def drawing(body: str, *, chart_id: str, title: str, width: float, height: float) -> str:
    """An `svg` element of that size in CSS pixels, one named image to a screen reader."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" id="{escape(chart_id)}" class="chart" role="img"'
        f' aria-labelledby="{escape(chart_id)}-title" viewBox="0 0 {number(width)} {number(height)}"'
        f' width="{number(width)}" height="{number(height)}">'
        f'<title id="{escape(chart_id)}-title">{escape(title)}</title>'
        f'<g font-family="{FONT}" font-size="{TEXT_SIZE}" fill="currentColor">{body}</g></svg>'
    )


def text(words: str, x: float, y: float, *, anchor: str = "start", bold: bool = False, css: str = "chart-text") -> str:
    """One line of text with its baseline at `y`."""
    weight = ' font-weight="700"' if bold else ""
    return f'<text class="{css}" x="{number(x)}" y="{number(y)}" text-anchor="{anchor}"{weight}>{escape(words)}</text>'


def patterns(chart_id: str) -> str:
    """The `defs` that the areas of this chart are filled from."""
    tiles = "".join(
        f'<pattern id="{_pattern_id(chart_id, style)}" patternUnits="userSpaceOnUse" width="{TILE}" height="{TILE}">'
        f'<path d="{style.pattern}" stroke="{style.pattern_ink}" stroke-width="1.4" fill="none"/></pattern>'
        for style in (*STYLES.values(), NOT_SCORED, NOT_SUBMITTED, NO_LEVEL, OTHER_EDITION, NOT_EXPECTED)
        if style.pattern
    )
    return f"<defs>{tiles}</defs>"


def area(style: LevelStyle, chart_id: str, x: float, y: float, width: float, height: float) -> str:
    """A rectangle in the look of a level, outlined in the text's colour; units without a level leave it empty."""
    place = f'x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}"'
    dashes = "" if style.solid_outline else ' stroke-dasharray="3 2"'
    fill = "none" if style is NOT_SUBMITTED else style.fill
    ground = f'<rect class="chart-level-{style.key}" {place} fill="{fill}" stroke="currentColor"{dashes}/>'
    if not style.pattern:
        return ground
    # The pattern lies on the ground instead of bringing its own: printed tiles show seams between their
    # grounds.
    return f'{ground}<rect {place} fill="url(#{_pattern_id(chart_id, style)})"/>'


def wrapped(words: str, width: float, size: float = TEXT_SIZE) -> list[str]:
    """The words in lines of about `width` pixels; a word longer than that has a line to itself."""
    lines: list[str] = []
    for word in words.split():
        if lines and text_width(f"{lines[-1]} {word}", size) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def text_width(words: str, size: float = TEXT_SIZE) -> float:
    """About how wide the words are, in pixels."""
    return len(words) * size * _MEAN_ADVANCE


def number(value: float) -> str:
    """A coordinate, to a tenth of a pixel."""
    return f"{value:.1f}".removesuffix(".0")


def escape(words: str) -> str:
    return _escape(words, quote=True)


def _pattern_id(chart_id: str, style: LevelStyle) -> str:
    return f"{escape(chart_id)}-fill-{style.key}"
