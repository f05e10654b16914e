"""What to audit next, without a database: limits, shares and chances hold whatever the units are."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assurance.sampling import (
    DEFAULT_WEIGHTS,
    AuditedBefore,
    Claims,
    Drawn,
    Ingredient,
    NothingFits,
    Signal,
    UnitFacts,
    draw,
    months_between,
    parts_of,
    ranked,
)

AS_AT = date(2026, 3, 2)
# How long a busy machine takes says nothing about the code.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
HALVES = st.integers(min_value=1, max_value=20).map(lambda halves: Decimal(halves) / 2)


@st.composite
def claims(drawing: st.DrawFn) -> Claims:
    themes = drawing(st.integers(1, 12))
    upto = st.integers(0, themes)
    return Claims("2025/26-Q4", themes, drawing(upto), drawing(upto), drawing(upto))


@st.composite
def audits(drawing: st.DrawFn) -> AuditedBefore:
    compared = drawing(st.integers(0, 24))
    last_on = drawing(st.dates(date(2019, 1, 1), AS_AT))
    return AuditedBefore(last_on, compared, drawing(st.integers(0, compared)))


UNITS = st.lists(
    st.builds(
        UnitFacts,
        id=st.integers(1, 10_000),
        risk_band=st.sampled_from(["low", "medium", "high"]),
        days=HALVES,
        claims=st.none() | claims(),
        audits=st.none() | audits(),
    ),
    min_size=1,
    max_size=30,
    unique_by=lambda unit: unit.id,
)
WEIGHTS = st.fixed_dictionaries({one: st.integers(0, 100) for one in Ingredient})
SEEDS = st.text("0123456789abcdef", min_size=1, max_size=16)
SHARES = st.integers(1, 100)
DAYS = st.integers(0, 300).map(lambda halves: Decimal(halves) / 2)


def proposed(units: list[UnitFacts], **wanted: object) -> Drawn:
    asked = {"seed": "a", "as_at": AS_AT, "injuries": {}, "days": Decimal(40), "random_share": 20} | wanted
    return draw(units, asked.pop("weights", DEFAULT_WEIGHTS), **asked)  # type: ignore[arg-type]  # spread from one place


def plain_units(number: int, *, days: int = 2) -> list[UnitFacts]:
    return [UnitFacts(pk, "medium", Decimal(days)) for pk in range(1, number + 1)]


# --- The score ----------------------------------------------------------------------------------------------------


def test_a_score_is_worked_out_as_by_hand() -> None:
    """Of high risk, audited 18 months ago: 20 + 20 × 50 % + 15 × 25 % + 10 × 50 % + 15 × 40 % + 10 × 75 %."""
    unit = UnitFacts(
        7,
        "high",
        Decimal(3),
        Claims("2025/26-Q3", themes=12, high=3, jumped=1, thin_or_carried=9),
        AuditedBefore(date(2024, 9, 2), compared=10, too_high=4),
    )
    parts = {part.ingredient: part for part in parts_of(unit, DEFAULT_WEIGHTS, as_at=AS_AT, injuries={})}
    assert {one: part.points for one, part in parts.items()} == {
        Ingredient.RISK_BAND: Decimal("20"),
        Ingredient.LAST_AUDIT: Decimal("10"),
        Ingredient.HIGH_CLAIM: Decimal("3.75"),
        Ingredient.JUMP: Decimal("5"),
        Ingredient.OVER_CLAIMING: Decimal("6"),
        Ingredient.EVIDENCE: Decimal("7.5"),
        Ingredient.INJURIES: Decimal("0"),
    }
    (scored,) = ranked([unit], DEFAULT_WEIGHTS, seed="a", as_at=AS_AT, injuries={})
    assert scored.score == Decimal("52.25")
    assert [part.fact for part in scored.parts] == [
        "Its risk band is high.",
        "Its last audit was issued on 2 September 2024, 18 months ago.",
        "It claims level 4 or above for 3 of 12 themes in 2025/26-Q3.",
        "1 theme rose by two levels or more from the last signed quarter to 2025/26-Q3.",
        "Of 10 audited claims 4 were too high.",
        "9 of 12 themes rest on a short text alone, or on evidence carried forward unchanged, in 2025/26-Q3.",
        "No injury data bears on it yet.",
    ]


def test_a_unit_that_signed_nothing_and_was_never_audited_scores_for_both() -> None:
    parts = {part.ingredient: part for part in parts_of(plain_units(1)[0], DEFAULT_WEIGHTS, as_at=AS_AT, injuries={})}
    assert parts[Ingredient.LAST_AUDIT].value == parts[Ingredient.EVIDENCE].value == 100
    assert parts[Ingredient.LAST_AUDIT].fact == "It has never been audited."
    assert parts[Ingredient.HIGH_CLAIM].value == parts[Ingredient.JUMP].value == 0


def test_an_injury_signal_counts_for_the_unit_it_speaks_of() -> None:
    one, other = plain_units(2)
    said = {one.id: Signal(60, "It claims level 4; near-miss reports fell by 40%.")}
    (about,) = [p for p in parts_of(one, DEFAULT_WEIGHTS, as_at=AS_AT, injuries=said) if p.ingredient == "injuries"]
    assert (about.points, about.fact) == (Decimal("6"), "It claims level 4; near-miss reports fell by 40%.")
    assert ranked([other, one], DEFAULT_WEIGHTS, seed="a", as_at=AS_AT, injuries=said)[0].unit == one


@pytest.mark.parametrize(
    ("earlier", "later", "months"),
    [
        (date(2026, 3, 2), date(2026, 3, 2), 0),
        (date(2026, 2, 3), date(2026, 3, 2), 0),
        (date(2026, 2, 2), date(2026, 3, 2), 1),
        (date(2025, 12, 31), date(2026, 2, 28), 1),
        (date(2023, 3, 2), date(2026, 3, 2), 36),
        (date(2026, 4, 1), date(2026, 3, 2), 0),
    ],
)
def test_months_are_whole_ones(earlier: date, later: date, months: int) -> None:
    assert months_between(earlier, later) == months


@PATIENT
@given(UNITS, WEIGHTS, SEEDS)
def test_every_part_says_how_far_it_applies_and_scores_are_their_sum(
    units: list[UnitFacts], weights: dict[Ingredient, int], seed: str
) -> None:
    for one in ranked(units, weights, seed=seed, as_at=AS_AT, injuries={}):
        assert [part.ingredient for part in one.parts] == list(Ingredient)
        assert all(0 <= part.value <= 100 and part.fact.endswith(".") for part in one.parts)
        assert one.score == sum(Decimal(part.value) * part.weight / 100 for part in one.parts)


@PATIENT
@given(UNITS, WEIGHTS, SEEDS, st.sampled_from(list(Ingredient)), st.integers(0, 100))
def test_more_weight_never_puts_a_unit_behind_one_that_has_no_more_of_the_ingredient(
    units: list[UnitFacts], weights: dict[Ingredient, int], seed: str, heavier: Ingredient, by: int
) -> None:
    def order(weighed: dict[Ingredient, int]) -> tuple[dict[int, int], dict[int, int]]:
        found = ranked(units, weighed, seed=seed, as_at=AS_AT, injuries={})
        values = {one.unit.id: part.value for one in found for part in one.parts if part.ingredient == heavier}
        return {one.unit.id: one.rank for one in found}, values

    before, values = order(weights)
    after, _ = order(weights | {heavier: weights[heavier] + by})
    for one in before:
        for other in before:
            if before[one] < before[other] and values[one] >= values[other]:
                assert after[one] < after[other]
    most = max(values.values())
    has_most = [pk for pk, value in values.items() if value == most]
    assert all(after[pk] <= before[pk] for pk in has_most)


# --- The programme ------------------------------------------------------------------------------------------------


@PATIENT
@given(UNITS, WEIGHTS, SEEDS, DAYS, SHARES)
def test_the_days_are_never_exceeded_and_the_shares_are_kept(
    units: list[UnitFacts], weights: dict[Ingredient, int], seed: str, days: Decimal, share: int
) -> None:
    longest = max(unit.days for unit in units)
    if longest > days:
        with pytest.raises(NothingFits):
            proposed(units, weights=weights, seed=seed, days=days, random_share=share)
        return
    found = proposed(units, weights=weights, seed=seed, days=days, random_share=share)
    assert sum(one.unit.days for one in found.chosen) <= days
    assert found.days == sum(one.unit.days for one in found.chosen)
    assert len(found.by_chance) == ceil(Fraction(share, 100) * len(found.chosen)) >= 1
    assert len({one.unit.id for one in found.chosen}) == len(found.chosen)
    assert found.by_score == found.ranking[: len(found.by_score)]
    assert [one.score for one in found.ranking] == sorted((one.score for one in found.ranking), reverse=True)


@PATIENT
@given(UNITS, SEEDS, DAYS, SHARES)
def test_one_place_more_would_not_fit_whatever_chance_draws(
    units: list[UnitFacts], seed: str, days: Decimal, share: int
) -> None:
    """Tried place by place, where the code halves."""
    if max(unit.days for unit in units) > days:
        return
    found = proposed(units, seed=seed, days=days, random_share=share)
    ranking = [one.unit.days for one in found.ranking]

    def at_most(places: int) -> Decimal:
        by_chance = ceil(Fraction(share, 100) * places)
        by_score = places - by_chance
        return sum(ranking[:by_score], Decimal(0)) + sum(sorted(ranking[by_score:])[::-1][:by_chance], Decimal(0))

    fitting = [places for places in range(len(units) + 1) if at_most(places) <= days]
    assert len(found.chosen) == max(fitting)


@PATIENT
@given(UNITS, SEEDS, SHARES, st.data())
def test_the_order_in_which_units_are_read_makes_no_difference(
    units: list[UnitFacts], seed: str, share: int, data: st.DataObject
) -> None:
    other = data.draw(st.permutations(units))
    assert proposed(units, seed=seed, random_share=share) == proposed(other, seed=seed, random_share=share)


def test_equal_scores_stand_in_an_order_that_the_seed_gives() -> None:
    units = plain_units(6)
    firsts = Counter(
        ranked(units, DEFAULT_WEIGHTS, seed=str(seed), as_at=AS_AT, injuries={})[0].unit.id for seed in range(600)
    )
    assert set(firsts) == {1, 2, 3, 4, 5, 6}
    # Each is expected 100 times with a standard deviation of 9.1: four of them on either side.
    assert all(63 <= times <= 137 for times in firsts.values())


def test_every_unit_that_the_score_did_not_choose_is_drawn_equally_often() -> None:
    """Audits of 1 to 4 days: the three by score take 9 days, and 8 are kept for whichever two are drawn."""
    units = plain_units(12)
    units = [replace(unit, days=Decimal(1 + unit.id % 4), risk_band="high" if unit.id < 4 else "low") for unit in units]
    drawn: Counter[int] = Counter()
    chances = set()
    tries = 2000
    for seed in range(tries):
        found = proposed(units, seed=f"try-{seed}", days=Decimal(17), random_share=40)
        chances.add(found.chance)
        drawn.update(one.unit.id for one in found.by_chance)
    (chance,) = chances
    by_score = {one.unit.id for one in found.by_score}
    assert by_score == {1, 2, 3}
    assert chance == Fraction(2, 9)
    expected = float(chance) * tries
    spread = 4 * (tries * float(chance) * (1 - float(chance))) ** 0.5
    assert set(drawn) == {unit.id for unit in units} - by_score
    assert all(abs(times - expected) < spread for times in drawn.values())


@settings(PATIENT, max_examples=30)
@given(st.integers(2, 12), st.integers(1, 12))
def test_no_unit_is_safe(number: int, target: int) -> None:
    """However the ranking stands, some seed takes each unit: the least risky, audited yesterday, without a claim."""
    units = plain_units(number)
    safest = replace(units[target % number], risk_band="low", audits=AuditedBefore(AS_AT), claims=Claims("q", 12))
    units[target % number] = safest
    assert any(
        safest.id in {one.unit.id for one in proposed(units, seed=str(seed), days=Decimal(4)).chosen}
        for seed in range(400)
    )


def test_a_programme_can_be_drawn_again_with_nothing_but_sha256() -> None:
    units = plain_units(10)
    found = proposed(units, seed="5d1c", days=Decimal(10), random_share=40)
    assert (len(found.by_score), len(found.by_chance)) == (3, 2)
    by_score = {one.unit.id for one in found.by_score}
    rest = [unit.id for unit in units if unit.id not in by_score]
    numbers = {pk: hashlib.sha256(f"5d1c:draw:{pk}".encode()).hexdigest() for pk in rest}
    assert [one.unit.id for one in found.by_chance] == sorted(rest, key=lambda pk: numbers[pk])[:2]


def test_where_days_suffice_for_everybody_everybody_is_chosen() -> None:
    found = proposed(plain_units(5), days=Decimal(10))
    assert len(found.chosen) == 5
    assert len(found.by_chance) == 1
    assert found.chance == 1


def test_a_force_without_units_has_an_empty_programme() -> None:
    assert proposed([]) == Drawn((), (), (), Fraction(0))


@pytest.mark.parametrize("share", [0, -1, 101])
def test_a_share_that_leaves_nothing_to_chance_is_refused(share: int) -> None:
    with pytest.raises(ValueError, match="1 to 100"):
        proposed(plain_units(3), random_share=share)
