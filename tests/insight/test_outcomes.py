"""Which outcomes bear on which theme, as the shipped file says it, and what is wrong with a file that does not."""

from __future__ import annotations

import tomllib
from fractions import Fraction
from pathlib import Path

import pytest

from insight.outcomes import Better, Movement, NotIndicators, bearing_on, read_indicators

FIXTURES = Path(__file__).parents[2] / "fixtures"
ONE = 'format = 1\n[[indicators]]\ncode = "a"\nname = "accidents"\nbetter = "lower"\nthemes = ["leadership"]\n'


def test_the_shipped_file_names_themes_of_the_model_and_what_domain_md_calls_neutral() -> None:
    indicators = read_indicators((FIXTURES / "outcome-indicators.toml").read_text())
    model = tomllib.loads((FIXTURES / "maturity-2019.toml").read_text())
    identities = {theme["identity"] for theme in model["themes"]}
    assert {theme for one in indicators for theme in one.themes} <= identities
    assert {one.code for one in indicators if one.better == Better.NEUTRAL} == {"near-misses", "custody-interventions"}
    assert [one.code for one in bearing_on("monitoring", indicators)] == ["near-misses", "custody-interventions"]
    assert "lost-time-injuries" in [one.code for one in bearing_on("wellbeing", indicators)]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("format = 1\n[[indicators", "no TOML"),
        (ONE.replace("format = 1", "format = 2"), "does not say format = 1"),
        (ONE.replace('name = "accidents"\n', ""), "Indicator 1 does not say its name"),
        (ONE.replace('["leadership"]', "[]"), "Indicator 1 does not say its themes"),
        (ONE.replace('"lower"', '"less"'), "better is lower or higher or neutral, not less"),
        (ONE + ONE.replace("format = 1\n", ""), "There twice: a"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(text: str, fault: str) -> None:
    assert read_indicators(ONE)[0].themes == ("leadership",)
    with pytest.raises(NotIndicators, match=fault):
        read_indicators(text)


@pytest.mark.parametrize(
    ("before", "now", "change"), [(10, 6, Fraction(-2, 5)), (4, 5, Fraction(1, 4)), (3, 3, Fraction(0)), (0, 3, None)]
)
def test_a_movement_is_relative_to_what_was_before(before: int, now: int, change: Fraction | None) -> None:
    assert Movement(Fraction(now), Fraction(before), "2026", "2025").change == change
