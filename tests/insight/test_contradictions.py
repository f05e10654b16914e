"""Which readings contradict each other, and how the question is put. Expected questions are those of the brief."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight.contradictions import RULES, Between, Readings, questions_of_several, questions_of_unit
from insight.outcomes import Better, Indicator, Movement

NEAR_MISSES = Indicator("near-misses", "near-miss reports", Better.NEUTRAL, ("monitoring",))
LOST_TIME = Indicator("lost-time", "lost-time injuries", Better.LOWER, ("wellbeing",))
WITHIN_HOURS = Indicator("hours", "officers within working-time limits", Better.HIGHER, ("wellbeing",))


def moved(indicator: Indicator, before: int, now: int) -> list[tuple[Indicator, Movement]]:
    return [(indicator, Movement(Fraction(now), Fraction(before), "2026", "2025"))]


def names(**said: object) -> list[str]:
    return [one.rule for one in questions_of_unit(Readings(**said))]  # type: ignore[arg-type]  # readings by name


def asked(claimed: int | None, indicator: Indicator, before: int, now: int) -> list[str]:
    return [one.text for one in questions_of_unit(Readings(claimed=claimed), moved(indicator, before, now))]


@pytest.mark.parametrize(("claimed", "validated"), list(product(range(1, 6), range(1, 6))))
def test_any_difference_of_claim_and_verdict_is_asked_about_in_its_direction(claimed: int, validated: int) -> None:
    expected = {True: ["claim above verdict"], False: ["claim below verdict"]}.get(claimed > validated, [])
    assert names(claimed=claimed, validated=validated) == (expected if claimed != validated else [])


@pytest.mark.parametrize(
    ("level", "agree", "rules"),
    [
        (4, Fraction(49, 100), ["high claim, few agree"]),
        (5, Fraction(0), ["high claim, few agree"]),
        (4, Fraction(1, 2), []),
        (3, Fraction(0), []),
        (3, Fraction(1), []),
        (2, Fraction(7, 10), ["low claim, most agree"]),
        (1, Fraction(1), ["low claim, most agree"]),
        (2, Fraction(69, 100), []),
        (4, None, []),
        (None, Fraction(1), []),
    ],
)
def test_levels_are_held_against_what_staff_answered(
    level: int | None, agree: Fraction | None, rules: list[str]
) -> None:
    assert names(claimed=level, agreement=agree) == rules
    assert names(validated=level, agreement=agree) == [rule.replace("claim", "verdict") for rule in rules]


@pytest.mark.parametrize(
    ("claimed", "indicator", "before", "now", "question"),
    [
        (4, NEAR_MISSES, 10, 6, "Claims level 4; near-miss reports fell by 40%. Fewer events, or fewer reports?"),
        (5, NEAR_MISSES, 10, 14, "Claims level 5; near-miss reports rose by 40%. More events, or more reports?"),
        (
            2,
            NEAR_MISSES,
            10,
            14,
            "Claims level 2; near-miss reports rose by 40%. More events, or more trust in reporting them?",
        ),
        (
            4,
            LOST_TIME,
            10,
            12,
            "Claims level 4; lost-time injuries rose by 20%. More events, or more of them reported?",
        ),
        (
            1,
            LOST_TIME,
            10,
            7,
            "Claims level 1; lost-time injuries fell by 30%. Is more in place than the statement says, or is less "
            "reported?",
        ),
        (
            4,
            WITHIN_HOURS,
            10,
            7,
            "Claims level 4; officers within working-time limits fell by 30%. Has something slipped, or is it counted "
            "differently?",
        ),
    ],
)
def test_a_claim_is_held_against_how_an_outcome_moved(
    claimed: int, indicator: Indicator, before: int, now: int, question: str
) -> None:
    assert asked(claimed, indicator, before, now) == [question]


@pytest.mark.parametrize(
    ("claimed", "indicator", "before", "now"),
    [
        (4, LOST_TIME, 10, 5),  # a high claim, and fewer injuries: they fit
        (2, LOST_TIME, 10, 15),
        (4, WITHIN_HOURS, 10, 15),
        (2, WITHIN_HOURS, 10, 5),
        (3, NEAR_MISSES, 10, 1),  # neither high nor low
        (None, NEAR_MISSES, 10, 1),
        (4, NEAR_MISSES, 100, 81),  # less than a fifth
        (4, NEAR_MISSES, 0, 7),  # nothing before to compare with
    ],
)
def test_what_fits_or_cannot_be_compared_asks_nothing(
    claimed: int | None, indicator: Indicator, before: int, now: int
) -> None:
    assert asked(claimed, indicator, before, now) == []


def test_each_pair_of_readings_is_asked_about_in_both_directions() -> None:
    between = [rule.between for rule in RULES]
    assert {one: between.count(one) for one in between} == {
        Between.CLAIM_AND_VERDICT: 2,
        Between.CLAIM_AND_CLIMATE: 2,
        Between.VERDICT_AND_CLIMATE: 2,
    }
    assert len({rule.name for rule in RULES}) == len(RULES)


LEVELS = st.none() | st.integers(1, 5)
SHARES = st.none() | st.fractions(0, 1, max_denominator=50)
SOME = st.builds(Readings, claimed=LEVELS, validated=LEVELS, agreement=SHARES, agreement_in_words=st.just("they agree"))
MOVES = st.builds(
    lambda indicator, before, now: moved(indicator, before, now),
    st.sampled_from([NEAR_MISSES, LOST_TIME, WITHIN_HOURS]),
    st.integers(0, 50),
    st.integers(0, 50),
)


@given(SOME, MOVES)
def test_every_contradiction_is_a_question_with_two_answers(
    of: Readings, outcomes: list[tuple[Indicator, Movement]]
) -> None:
    for one in questions_of_unit(of, outcomes):
        assert one.text.endswith("?")
        assert ", or " in one.text.rpartition(". ")[2]
        assert "None" not in one.text


@given(st.lists(SOME, max_size=12))
def test_of_several_units_each_rule_says_in_how_many_it_holds(units: list[Readings]) -> None:
    alone = [one.rule for of in units for one in questions_of_unit(of)]
    together = questions_of_several(units)
    assert {one.rule for one in together} == set(alone)
    for one in together:
        both = one.text.partition(" with both readings")[0].split()
        assert both[both.index("of") - 1] == str(alone.count(one.rule))


def test_of_several_units_those_count_of_whom_both_readings_are_known() -> None:
    units = [Readings(4, 3), Readings(4, 4), Readings(2, 3), Readings(5), Readings(None, 2)]
    assert [one.text.partition(".")[0] for one in questions_of_several(units)] == [
        "The claim lies above the verdict in 1 of 3 units with both readings",
        "The claim lies below the verdict in 1 of 3 units with both readings",
    ]


def test_of_several_units_outcomes_are_held_against_the_median_claim() -> None:
    [one] = questions_of_several([], moved(NEAR_MISSES, 10, 6), median_claim=Fraction(9, 2))
    assert one.text == "The median claim is level 4.5; near-miss reports fell by 40%. Fewer events, or fewer reports?"
