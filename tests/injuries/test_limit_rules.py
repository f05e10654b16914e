"""The rules that make a point a signal, against NHSRplotthedots's own unit vectors (SHARED_DIR/data/spc)."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import groupby, pairwise
from math import log2
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from injuries.limits.rules import (
    EXACT_ALONE,
    SEVEN_POINTS,
    SIGMA_ALONE,
    Near,
    Placed,
    Rule,
    Signal,
    in_two_of_three,
    runs_of,
    shift_ends,
    signals_of,
    trend_ends,
    two_of_three,
)


@pytest.fixture(scope="module")
def vectors(shared_dir: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((shared_dir / "data" / "spc" / "rule_vectors.json").read_text(encoding="utf-8"))
    return found


def test_the_last_point_of_seven_on_one_side(vectors: dict[str, Any]) -> None:
    assert len(vectors["one_side_last_point"]) == 3
    for vector in vectors["one_side_last_point"]:
        # The reference says that there is a shift, ours also to which side.
        assert [abs(end) for end in shift_ends(vector["in"], 7)] == vector["out"]


def test_the_last_point_of_a_trend_of_seven(vectors: dict[str, Any]) -> None:
    assert len(vectors["trend_last_point"]) == 5
    for vector in vectors["trend_last_point"]:
        assert trend_ends(vector["in"], 7) == vector["out"]


def test_two_of_three_near_a_limit(vectors: dict[str, Any]) -> None:
    assert len(vectors["two_in_three_close_and_side"]) == 5
    for vector in vectors["two_in_three_close_and_side"]:
        close = [bool(near) for near in vector["close"]]
        assert two_of_three(close, vector["side"]) == [bool(flag) for flag in vector["flagged"]]
        if "any_of_three" in vector:
            assert in_two_of_three(close, vector["side"]) == [bool(flag) for flag in vector["any_of_three"]]


def test_signals_are_in_the_order_of_the_reference(vectors: dict[str, Any]) -> None:
    told = {"outside limits": Rule.OUTSIDE, "trend of 7": Rule.TREND, "2 in 3": Rule.TWO_OF_THREE}
    assert [told.get(name, Rule.SHIFT) for name in vectors["priority"]] == list(Rule)
    points = [Placed(float(number), 1, int(number == 6), number >= 4) for number in range(7)]
    assert [signal.rule for signal in signals_of(points, SEVEN_POINTS)[6]] == [Rule.OUTSIDE, Rule.TREND, Rule.SHIFT]
    assert [signal.rule for signal in signals_of(points, SEVEN_POINTS)[5]] == [
        Rule.TREND,
        Rule.TWO_OF_THREE,
        Rule.SHIFT,
    ]


def test_the_variant_counts_points_beyond_the_limits_among_two_of_three() -> None:
    """As England's tools do since 2023: one near the limit, one beyond it, both on one side, the third as well."""
    points = [Placed(3, 1, 1, True), Placed(1, 1, 0, False), Placed(2.5, 1, 0, True)]
    near = Signal(Rule.TWO_OF_THREE, 1)
    assert [near in found for found in signals_of(points, SEVEN_POINTS)] == [False, False, False]
    variant = replace(SEVEN_POINTS, near=Near.BEYOND)
    assert [near in found for found in signals_of(points, variant)] == [True, False, True]


@pytest.mark.parametrize("length", [5, 6, 7, 8])
def test_the_length_of_a_run_is_a_setting(length: int) -> None:
    points = [Placed(1.0, 1) for _ in range(6)]
    found = signals_of(points, replace(SEVEN_POINTS, shift=length))
    assert [bool(signals) for signals in found] == [length <= 6] * 6


def test_a_turning_point_ends_one_trend_and_begins_another() -> None:
    values = [0.0, 1, 2, 3, 4, 5, 6, 5, 4, 3, 2, 1, 0]
    found = signals_of([Placed(value) for value in values], SEVEN_POINTS)
    assert found[6] == (Signal(Rule.TREND, 1), Signal(Rule.TREND, -1))
    assert (found[0], found[12]) == ((Signal(Rule.TREND, 1),), (Signal(Rule.TREND, -1),))


def test_a_missing_point_breaks_every_rule_and_is_no_signal() -> None:
    whole = [Placed(float(number), 1, 0, True) for number in range(7)]
    broken = [*whole[:3], Placed(), *whole[4:]]
    assert all(signals_of(whole, SEVEN_POINTS))
    found = signals_of(broken, SEVEN_POINTS)
    assert found[3] == ()
    assert {signal.rule for signals in found for signal in signals} == {Rule.TWO_OF_THREE}


def test_a_point_on_the_centre_line_breaks_a_shift() -> None:
    assert not any(shift_ends([1, 1, 1, 0, 1, 1, 1], 7))
    assert not any(shift_ends([0] * 9, 7))


def test_what_is_printed_names_the_rules_and_their_version() -> None:
    assert SEVEN_POINTS.words == (
        "Limits and runs of seven, version 1",
        "a point outside limits from the moving range",
        "a trend of 7 points, each higher (or lower) than the one before",
        "two of three points between two and three sigma, all three on that side of the centre line",
        "a shift of 7 points on one side of the centre line",
    )
    assert EXACT_ALONE.words == ("Exact limits alone, version 1", "a point outside exact Poisson limits, 99.8%")
    assert len(SIGMA_ALONE.words) == 2


side = st.sampled_from((-1, 0, 1))


@given(st.lists(side, max_size=60))
def test_runs_are_those_that_one_counts(sides: list[int]) -> None:
    useful = [one for one in sides if one]
    found = runs_of(sides)
    lengths = [len(list(run)) for _, run in groupby(useful)]
    assert (found.useful, found.longest, found.crossings) == (
        len(useful),
        max(lengths, default=0),
        max(0, len(lengths) - 1),
    )
    if useful:
        assert found.longest_by_chance == round(log2(len(useful)) + 3)
        assert found.fewest_by_chance == max(0, stats.binom.ppf(0.05, len(useful) - 1, 0.5))
    assert not found.look_closer or len(useful) >= 10


@given(st.lists(side, max_size=40), st.integers(2, 9))
def test_exchanged_sides_give_exchanged_shifts(sides: list[int], length: int) -> None:
    assert shift_ends([-one for one in sides], length) == [-end for end in shift_ends(sides, length)]


@given(st.lists(st.integers(-5, 5), max_size=40), st.integers(3, 9))
def test_a_trend_is_so_many_values_in_strict_order(values: list[int], length: int) -> None:
    ends = trend_ends(values, length)
    for index, end in enumerate(ends):
        window = values[index - length + 1 : index + 1] if index >= length - 1 else []
        rising = bool(window) and all(a < b for a, b in pairwise(window))
        falling = bool(window) and all(a > b for a, b in pairwise(window))
        assert end == rising - falling
