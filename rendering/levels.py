"""How levels 1 to 5 look, on pages, in documents and in charts. Their names come from the model's edition.

One hue, light to dark, so that the order is seen without a legend and survives every kind of colour
blindness and a black-and-white printer.

Neighbours of 3 : 1 are out of reach: four steps of 3 : 1 need 81 : 1 from end to end, and black on white
is 21 : 1. So the steps are even, each close to 2 : 1: wider ones would leave no ink that has 4.5 : 1 on
the middle level. What the eye needs at 3 : 1 (WCAG 1.4.11) is carried by the outline around every area, by
the gap between areas and by a pattern that gets denser from level to level; number and name stand with each.

The relative luminance and contrast are those of WCAG 2.2.
"""

from dataclasses import dataclass

INK = "#0b0c0c"
PAPER = "#ffffff"
OUTLINE = "#3d4a52"


@dataclass(frozen=True, slots=True)
class LevelStyle:
    """The look of one level, or of what has none.

    `pattern` is an SVG path drawn with `pattern_ink` into tiles of TILE by TILE user units; empty for a
    plain area. `key` is the class suffix in CSS and SVG: `level-3`, `level-none`.
    """

    key: str
    fill: str
    text: str
    pattern: str
    pattern_ink: str
    solid_outline: bool = True


# Side of the square a pattern repeats in, in user units of a chart (CSS pixels).
TILE = 8

_RISING = "M-1 1L1 -1M0 8L8 0M7 9L9 7"
_FALLING = "M-1 7L1 9M0 0L8 8M7 -1L9 1"

STYLES = {
    1: LevelStyle("1", "#f3f7fc", INK, "", "#f3f7fc"),
    2: LevelStyle("2", "#8eb5e3", INK, "M4 3V5", "#1f4e86"),
    3: LevelStyle("3", "#447ec1", INK, _RISING, "#163a66"),
    4: LevelStyle("4", "#255080", PAPER, _RISING + _FALLING, "#a9c8ea"),
    5: LevelStyle("5", "#0d2035", PAPER, "", "#0d2035"),
}
NOT_SUBMITTED = LevelStyle("none", PAPER, INK, "", PAPER, solid_outline=False)
NOT_SCORED = LevelStyle("unscored", "#f0f0ee", INK, "M0 4H8", "#b8b8b4", solid_outline=False)

# Units that are in no level of a chart for other reasons than that they signed nothing.
NO_LEVEL = LevelStyle("no-level", PAPER, INK, "M2 2V3M6 6V7", OUTLINE)
OTHER_EDITION = LevelStyle("other-edition", PAPER, INK, "M0 4H8M4 0V8", "#b8b8b4")
NOT_EXPECTED = LevelStyle("not-expected", "#f0f0ee", INK, "M4 0V8", "#b8b8b4", solid_outline=False)


def gauge(level: int) -> str:
    """A small SVG of as many blocks as there are levels, the first `level` of them filled: the shape
    beside the colour.

    It lies in the background of a level's cell, so that nothing is read out for it.
    """
    blocks = []
    for step in STYLES:
        left = 10 * (step - 1)
        filled = step <= level
        place = (
            f'x="{left + 1}" y="1" width="8" height="4"' if filled else f'x="{left + 1.5}" y="1.5" width="7" height="3"'
        )
        ink = STYLES[level].text
        blocks.append(f'<rect {place} fill="{ink if filled else "none"}" stroke="{"none" if filled else ink}"/>')
    width = 10 * len(STYLES)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="6" viewBox="0 0 {width} 6">'
        f"{''.join(blocks)}</svg>"
    )


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours written #rrggbb, 1 to 21 (WCAG 2.2, “contrast ratio”)."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance of a colour written #rrggbb, 0 for black to 1 for white (WCAG 2.2)."""
    red, green, blue = (_linear(int(colour[start : start + 2], 16) / 255) for start in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return float(channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4)


def css() -> str:
    """The rules for elements of class `level level-1` … `level-5`, `level-none` and `level-unscored` in a
    document.

    Gauges are the assets `level-1.svg` … `level-5.svg`.
    """
    rules = [
        f".level{{border:0.25mm solid {OUTLINE};background-repeat:no-repeat;background-position:center bottom 1pt;"
        "background-size:2.6em auto}"
    ]
    for level, style in STYLES.items():
        rules.append(
            f".level-{style.key}{{background-color:{style.fill};color:{style.text};"
            f'background-image:url("asset:level-{level}.svg")}}'
        )
    for style in (NOT_SUBMITTED, NOT_SCORED):
        rules.append(f".level-{style.key}{{background-color:{style.fill};color:{style.text}}}")
    return "\n".join(rules)
