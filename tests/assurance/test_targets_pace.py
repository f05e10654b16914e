"""How far from a target, and how fast: expected numbers are worked out by hand beside each case."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from assurance.comparing import Editions
from assurance.sustaining import QuarterlyLevels, self_sustaining
from assurance.targets import (
    Counting,
    Point,
    TargetFacts,
    UnitHistory,
    level_asked,
    outlook,
    points_until,
    progress,
)
from organisation.periods import Quarter

Q2 = Quarter(2025, 2)  # July to September 2025
FIVE = points_until(Q2)


def history(*at_target: int, units: int = 20) -> list[Point]:
    """So many of 20 units at target at the end of each quarter up to Q2 2025/26."""
    quarters = points_until(Q2)[-len(at_target) :]
    return [Point(str(quarter), number, units) for quarter, number in zip(quarters, at_target, strict=True)]


# --- The way to a target --------------------------------------------------------------------------------------------


def test_required_and_observed_pace() -> None:
    """4, 5, 7, 8, 12 of 20 by the end of 2026/27, six quarters on: 8 units short; 8 more in four quarters."""
    found = outlook(history(4, 5, 7, 8, 12), by_on=date(2027, 3, 31), share=None)
    assert (found.at_target, found.units, found.needed, found.short, found.quarters_left) == (12, 20, 20, 8, 6)
    assert found.required_pace == Fraction(8, 6)
    assert found.observed_pace == 2
    assert not found.too_early


def test_the_range_of_recent_pace_is_the_slowest_and_fastest_of_two_quarters_carried_on() -> None:
    """Over two quarters: 4 to 7 (+1.5 a quarter), 5 to 8 (+1.5), 7 to 12 (+2.5). Two quarters on: 15 and 17 of 20."""
    found = outlook(history(4, 5, 7, 8, 12), by_on=date(2026, 3, 31), share=None)
    assert found.quarters_left == 2
    assert (found.slowest, found.fastest) == (Fraction(15, 20), Fraction(17, 20))


def test_the_range_stays_between_none_and_all() -> None:
    """10 to 2 (-4 a quarter), 8 to 6 (-1), 2 to 18 (+8): from 18 of 20, ten quarters on, below 0 and above 20."""
    found = outlook(history(10, 8, 2, 6, 18), by_on=date(2028, 3, 31), share=None)
    assert (found.slowest, found.fastest) == (Fraction(0), Fraction(1))


@pytest.mark.parametrize("quarters", [1, 2, 3, 4])
def test_with_fewer_than_five_quarters_it_is_too_early_to_say(quarters: int) -> None:
    found = outlook(history(*[5] * quarters), by_on=date(2026, 3, 31), share=None)
    assert found.too_early
    assert (found.observed_pace, found.slowest, found.fastest) == (None, None, None)
    assert found.required_pace == Fraction(15, 2)


def test_a_share_needs_so_many_units_that_it_is_reached() -> None:
    """80 % of 20 are 16; of 19, 15.2, so 16."""
    assert outlook(history(4), by_on=date(2026, 3, 31), share=80).needed == 16
    assert outlook(history(4, units=19), by_on=date(2026, 3, 31), share=80).needed == 16


def test_who_has_reached_it_is_short_of_nothing() -> None:
    found = outlook(history(17), by_on=date(2026, 3, 31), share=80)
    assert (found.short, found.required_pace) == (0, Fraction(0))


@pytest.mark.parametrize(
    ("by_on", "left"),
    [
        (date(2025, 9, 30), 0),  # the last day of the quarter counted
        (date(2025, 12, 30), 0),  # a day before another quarter is over
        (date(2025, 12, 31), 1),
        (date(2026, 1, 1), 1),
        (date(2019, 3, 31), -26),
    ],
)
def test_quarters_left_are_whole_ones(by_on: date, left: int) -> None:
    found = outlook(history(1, 2, 3, 4, 5), by_on=by_on, share=None)
    assert found.quarters_left == left
    assert (found.required_pace is None) == (left <= 0)
    assert (found.slowest is None) == (left <= 0)


def test_units_that_come_and_go_change_the_share_and_not_the_pace_of_those_there() -> None:
    """From 5 of 10 to 5 of 20 is from a half to a quarter: over four quarters, 1.25 units of 20 a quarter fewer."""
    points = [*history(5, 5, 5, 5, units=10), Point("2025/26-Q2", 5, 20)]
    points = [Point(str(quarter), one.at_target, one.units) for quarter, one in zip(FIVE, points, strict=True)]
    assert outlook(points, by_on=date(2026, 3, 31), share=None).observed_pace == Fraction(-5, 4)


def test_without_units_there_is_no_pace() -> None:
    found = outlook(history(0, 0, 0, 0, 0, units=0), by_on=date(2026, 3, 31), share=None)
    assert (found.needed, found.short, found.too_early) == (0, 0, True)


# --- Counting units at a target -------------------------------------------------------------------------------------

LEVEL_3 = TargetFacts(3, date(2027, 3, 31))
EVERY = Editions()


def unit(*levels: int | None, carried: bool = False, name: str = "Kiln Hill") -> UnitHistory:
    """A unit with a level in leadership at the end of each of the last quarters; None where nothing counts."""
    quarters = FIVE[-len(levels) :]
    said = {
        quarter: QuarterlyLevels("2019", {"leadership": level})
        for quarter, level in zip(quarters, levels, strict=True)
        if level is not None
    }
    counting = {
        quarter: Counting(quarter, one, ["leadership"] if carried and quarter == Q2 else ())
        for quarter, one in said.items()
    }
    return UnitHistory(name, FIVE, counting, said)


def counted(*units: UnitHistory, target: TargetFacts = LEVEL_3, editions: Editions = EVERY) -> list[tuple[int, int]]:
    found, _ = progress(target, units, Q2, theme_name="", editions=editions, edition="2019", scored=["leadership"])
    return [(point.at_target, point.units) for point in found.history]


def test_a_unit_without_a_statement_is_in_the_denominator_and_not_at_the_target() -> None:
    assert counted(unit(3, 3, 3, 3, 3), unit(2, 2, None, 3, 4), unit(None, None, None, None, None)) == [
        (1, 3),
        (1, 3),
        (1, 3),
        (2, 3),
        (2, 3),
    ]


def test_the_history_begins_with_the_first_statement() -> None:
    assert counted(unit(None, None, None, 3, 3)) == [(1, 1), (1, 1)]
    assert counted(unit(None, None, None, None, None)) == [(0, 1)]


def test_what_was_merely_carried_has_not_moved() -> None:
    """Its level says 4 now, and it was below the target the quarter before: it still is."""
    assert counted(unit(2, 2, 2, 2, 4, carried=True))[-1] == (0, 1)
    assert counted(unit(2, 2, 2, 2, 4))[-1] == (1, 1)
    # There was nothing to stay at: what it says counts.
    assert counted(unit(2, 2, 2, None, 4, carried=True))[-1] == (1, 1)


def test_a_history_on_an_edition_that_is_not_comparable_is_left_out() -> None:
    said = QuarterlyLevels("2017", {"leadership": 3})
    old = {quarter: Counting(quarter, said) for quarter in FIVE[:3]}
    new = unit(3, 3, 3, 3, 3)
    moved_on = UnitHistory("Marsh Lane", FIVE, old | {one: new.counting[one] for one in FIVE[3:]}, new.statements)
    apart = Editions(not_comparable={frozenset({"2017", "2019"}): {"leadership"}})
    assert counted(moved_on, editions=apart) == [(1, 1), (1, 1)]
    assert len(counted(moved_on)) == 5


def test_units_short_of_a_target_are_named() -> None:
    found, standing = progress(
        LEVEL_3,
        [unit(3, name="At it"), unit(2, name="Below"), unit(None, name="Silent")],
        Q2,
        theme_name="",
        editions=EVERY,
        edition="2019",
        scored=["leadership"],
    )
    assert found.short == ("Below", "Silent")
    assert standing == {0: True, 1: False, 2: False}


def test_a_theme_that_is_not_scored_leaves_its_units_out() -> None:
    assert counted(unit(3), target=TargetFacts(3, date(2027, 3, 31), theme="wellbeing")) == [(0, 0)]


# --- The level that a share speaks of -------------------------------------------------------------------------------

TODAY = date(2025, 9, 30)
PASSED, COMING, LATER = date(2018, 3, 31), date(2026, 3, 31), date(2027, 3, 31)


@pytest.mark.parametrize(
    ("targets", "level"),
    [
        ([], 3),
        ([TargetFacts(4, COMING)], 4),
        ([TargetFacts(4, COMING, risk_bands=("high",))], 3),  # not for every unit
        ([TargetFacts(3, PASSED), TargetFacts(4, LATER)], 4),
        ([TargetFacts(4, LATER), TargetFacts(2, COMING)], 2),
        ([TargetFacts(3, PASSED), TargetFacts(2, date(2017, 3, 31))], 3),
        ([TargetFacts(3, COMING), TargetFacts(5, LATER, of_group=True)], 5),
        ([TargetFacts(3, COMING), TargetFacts(4, LATER, theme="leadership")], 4),
        ([TargetFacts(4, COMING, theme="audit")], 3),
    ],
)
def test_the_share_speaks_of_the_target_for_every_unit_that_comes_first(targets: list[TargetFacts], level: int) -> None:
    assert level_asked(targets, "leadership", TODAY) == level
    assert level_asked(list(reversed(targets)), "leadership", TODAY) == level


# --- What a unit holds by itself ------------------------------------------------------------------------------------


def held(*levels: int, held_in: tuple[int, ...] = (0, 1, 2, 3)) -> dict[Quarter, QuarterlyLevels]:
    """Levels in leadership over the quarters up to Q2; `held_in` are the positions where SHRMT was not relied on."""
    quarters = points_until(Q2)[-len(levels) :]
    return {
        quarter: QuarterlyLevels("2019", {"leadership": level}, ["leadership"] if position in held_in else ())
        for position, (quarter, level) in enumerate(zip(quarters, levels, strict=True))
    }


def test_four_quarters_at_level_three_without_shrmt_are_self_sustaining() -> None:
    assert self_sustaining(held(3, 4, 3, 5), Q2, EVERY) == {"leadership"}


def test_a_gap_a_lower_level_or_reliance_on_shrmt_breaks_the_run() -> None:
    assert self_sustaining(held(3, 2, 3, 3), Q2, EVERY) == frozenset()
    assert self_sustaining(held(3, 3, 3, 3, held_in=(0, 1, 3)), Q2, EVERY) == frozenset()
    assert self_sustaining(held(3, 3, 3), Q2, EVERY) == frozenset()
    assert self_sustaining(held(3, 3, 3, 3, 3, held_in=(0, 1, 2, 3, 4)), Q2.next(), EVERY) == frozenset()


def test_an_audit_that_found_otherwise_ends_it() -> None:
    assert self_sustaining(held(3, 3, 3, 3), Q2, EVERY, contradicted=["leadership"]) == frozenset()


def test_a_run_does_not_cross_into_an_edition_where_the_theme_means_something_else() -> None:
    apart = Editions(not_comparable={frozenset({"2017", "2019"}): {"leadership"}})
    crossing = held(3, 3, 3, 3) | {Q2.plus(-3): QuarterlyLevels("2017", {"leadership": 3}, ["leadership"])}
    assert self_sustaining(crossing, Q2, apart) == frozenset()
    assert self_sustaining(crossing, Q2, EVERY) == {"leadership"}
