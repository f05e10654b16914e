"""The scale, measured with the formulas of WCAG 2.2 written out here a second time."""

from itertools import pairwise
from xml.etree import ElementTree

import pytest

from rendering import levels

ALL = [*levels.STYLES.values(), levels.NOT_SUBMITTED, levels.NOT_SCORED]


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        value = 0.0
        for weight, start in ((0.2126, 1), (0.7152, 3), (0.0722, 5)):
            channel = int(colour[start : start + 2], 16) / 255
            value += weight * (channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4)
        return value

    high, low = max(luminance(one), luminance(other)), min(luminance(one), luminance(other))
    return (high + 0.05) / (low + 0.05)


def test_the_formula_gives_the_known_values() -> None:
    assert levels.contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert levels.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert levels.luminance("#ff0000") == pytest.approx(0.2126)


@pytest.mark.parametrize("style", ALL, ids=lambda style: style.key)
def test_text_on_every_level_can_be_read(style: levels.LevelStyle) -> None:
    assert contrast(style.fill, style.text) >= 4.5


def test_the_scale_runs_from_light_to_dark_in_even_steps() -> None:
    fills = [levels.STYLES[level].fill for level in range(1, 6)]
    assert fills == sorted(fills, key=lambda fill: -levels.luminance(fill))
    steps = [contrast(one, other) for one, other in pairwise(fills)]
    assert min(steps) >= 1.9
    assert max(steps) - min(steps) < 0.1


def test_five_steps_of_three_to_one_do_not_fit_between_black_and_white() -> None:
    assert contrast("#000000", "#ffffff") < 3**4


def test_the_outline_is_seen_on_the_page() -> None:
    assert contrast(levels.OUTLINE, levels.PAPER) >= 3


def test_patterns_tell_neighbours_apart_where_colour_cannot() -> None:
    looks = [(style.pattern, style.solid_outline) for style in levels.STYLES.values()]
    assert all(one != other for one, other in pairwise(looks))
    assert not levels.NOT_SUBMITTED.solid_outline
    assert levels.NOT_SUBMITTED.pattern != levels.NOT_SCORED.pattern


@pytest.mark.parametrize("level", [1, 2, 3, 4, 5])
def test_the_gauge_fills_as_many_blocks_as_the_level(level: int) -> None:
    blocks = list(ElementTree.fromstring(levels.gauge(level)))  # noqa: S314  # our own text
    assert len(blocks) == 5
    assert [block.get("fill") != "none" for block in blocks] == [True] * level + [False] * (5 - level)


def test_the_rules_name_every_level_and_its_gauge() -> None:
    css = levels.css()
    for level in range(1, 6):
        assert f".level-{level}{{background-color:{levels.STYLES[level].fill}" in css
        assert f"asset:level-{level}.svg" in css
    assert ".level-none{" in css
    assert ".level-unscored{" in css
