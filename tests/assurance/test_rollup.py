"""How a half-year is summed up. Expected values are written by hand, or come from Python's own statistics module."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assurance.rollup import (
    ActionCounts,
    Figures,
    QuarterCoverage,
    SignedRevision,
    ThemeFacts,
    UnitFacts,
    coverage,
    distribution,
    median_label,
    summarise,
    taken,
)
from organisation.periods import HalfYear, Quarter

Q1, Q2 = Quarter(2025, 1), Quarter(2025, 2)  # due 31 May and 31 August 2025
HALF = HalfYear(2025, 1)
LEVEL_NAMES = ("One", "Two", "Three", "Four", "Five")
LEADERSHIP = ThemeFacts("leadership", "Leadership", 1, True)
WELLBEING = ThemeFacts("wellbeing", "Wellbeing", 6, False)
AUDIT = ThemeFacts("audit", "Audit", 12, True)


def unit(number: int, *, opened_on: date = date(2015, 4, 1), closed_on: date | None = None) -> UnitFacts:
    return UnitFacts(number, f"Unit {number}", f"unit-{number}", opened_on, closed_on)


def revision(
    unit_id: int, quarter: Quarter = Q1, number: int = 1, state: str = "accepted", signed_on: date | None = None
) -> SignedRevision:
    """A revision whose id tells where it belongs: unit 7's second revision of Q1 is 712."""
    signed_on = signed_on or quarter.first_day
    return SignedRevision(unit_id * 100 + quarter.number * 10 + number, unit_id, quarter, number, state, signed_on)


def sum_up(
    units: Sequence[UnitFacts],
    revisions: Sequence[SignedRevision] = (),
    levels: dict[int, dict[str, int | None]] | None = None,
    themes: Sequence[ThemeFacts] = (LEADERSHIP,),
    carried: dict[int, list[str]] | None = None,
    actions: dict[int, ActionCounts] | None = None,
) -> Figures:
    return summarise(
        quarters=HALF.quarters,
        level_names=LEVEL_NAMES,
        units=units,
        themes=themes,
        revisions=revisions,
        levels=levels or {},
        carried=carried or {},
        actions=actions or {},
        as_at=HALF.last_day,
    )


# --- Which statement of a unit counts -------------------------------------------------------------------------------


def test_without_a_signed_statement_nothing_is_taken() -> None:
    assert taken([]) == (None, False)


def test_a_signed_statement_counts_while_none_is_accepted() -> None:
    signed = revision(1, state="signed")
    assert taken([signed]) == (signed, False)


def test_an_accepted_statement_counts_before_a_later_one_that_awaits_acceptance() -> None:
    accepted, later = revision(1, Q1), revision(1, Q2, state="signed")
    assert taken([accepted, later]) == (accepted, True)
    assert taken([later, accepted]) == (accepted, True)


def test_the_later_quarter_counts_where_both_are_accepted() -> None:
    assert taken([revision(1, Q1, number=3), revision(1, Q2)]) == (revision(1, Q2), False)


def test_the_later_quarter_counts_where_neither_is_accepted() -> None:
    earlier, later = revision(1, Q1, state="signed"), revision(1, Q2, state="signed")
    assert taken([earlier, later]) == (later, False)


def test_an_accepted_later_quarter_leaves_an_earlier_signed_one_behind() -> None:
    assert taken([revision(1, Q1, state="signed"), revision(1, Q2)]) == (revision(1, Q2), False)


def test_of_two_revisions_of_a_quarter_the_newer_accepted_one_counts() -> None:
    assert taken([revision(1, number=1), revision(1, number=2)]) == (revision(1, number=2), False)


def test_an_accepted_revision_stands_until_its_successor_is_accepted() -> None:
    assert taken([revision(1, number=1), revision(1, number=2, state="signed")]) == (revision(1, number=1), True)


# --- Coverage -------------------------------------------------------------------------------------------------------


def test_coverage_counts_expected_signed_accepted_late_and_missing() -> None:
    units = [unit(1), unit(2), unit(3), unit(4)]
    revisions = [
        revision(1, state="accepted", signed_on=date(2025, 5, 31)),  # on the last day: in time
        revision(2, state="signed", signed_on=date(2025, 6, 1)),  # a day late
        revision(3, state="accepted", signed_on=date(2025, 7, 4)),  # after the quarter
        revision(4, Q2, signed_on=date(2025, 7, 4)),  # another quarter's
    ]
    assert coverage(Q1, units, revisions) == QuarterCoverage(
        "2025/26-Q1", expected=4, signed=3, accepted=2, signed_late=2, nothing_signed=1
    )


def test_a_second_revision_neither_counts_twice_nor_makes_a_statement_late() -> None:
    revisions = [
        revision(1, number=1, state="accepted", signed_on=date(2025, 5, 2)),
        revision(1, number=2, state="signed", signed_on=date(2025, 6, 20)),
    ]
    counted = coverage(Q1, [unit(1)], revisions)
    assert (counted.expected, counted.signed, counted.accepted, counted.signed_late) == (1, 1, 1, 0)


def test_a_unit_is_expected_from_the_first_quarter_that_begins_with_it() -> None:
    opened_on_the_day = unit(1, opened_on=date(2025, 4, 1))
    opened_a_day_later = unit(2, opened_on=date(2025, 4, 2))
    assert coverage(Q1, [opened_on_the_day, opened_a_day_later], []).expected == 1
    assert coverage(Q2, [opened_on_the_day, opened_a_day_later], []).expected == 2


def test_a_unit_that_closes_mid_half_is_not_expected_in_the_second_quarter() -> None:
    closed_in_q1 = unit(1, closed_on=date(2025, 5, 15))
    closed_on_q2s_first_day = unit(2, closed_on=date(2025, 7, 1))
    assert coverage(Q1, [closed_in_q1, closed_on_q2s_first_day], []).expected == 2
    assert coverage(Q2, [closed_in_q1, closed_on_q2s_first_day], []).expected == 1


def test_a_statement_that_nobody_expected_does_not_count() -> None:
    new = unit(1, opened_on=date(2025, 4, 20))
    assert coverage(Q1, [new], [revision(1)]) == QuarterCoverage("2025/26-Q1", 0, 0, 0, 0, 0)


# --- Levels ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("levels", "label"),
    [
        ([], ""),
        ([2], "2"),
        ([3, 3, 3, 3], "3"),
        ([1, 2, 5], "2"),
        ([3, 4], "3–4"),
        ([5, 1], "1–5"),
        ([2, 3, 3, 4], "3"),
        ([4, 2, 3, 3, 4, 5], "3–4"),
    ],
)
def test_the_median_is_a_level_or_lies_between_two(levels: list[int], label: str) -> None:
    assert median_label(levels) == label


@given(st.lists(st.integers(1, 5), min_size=1))
def test_the_median_is_the_one_of_the_statistics_module(levels: list[int]) -> None:
    low, high = statistics.median_low(levels), statistics.median_high(levels)
    assert median_label(levels) == (str(low) if low == high else f"{low}–{high}")


def test_the_distribution_adds_up_to_all_units_of_the_group() -> None:
    units = [unit(number) for number in range(1, 7)]
    revisions = [revision(number) for number in range(1, 6)]
    levels: dict[int, dict[str, int | None]] = {
        111: {"leadership": 3},
        211: {"leadership": 4},
        311: {"leadership": 3},
        411: {"leadership": 4},
        511: {"leadership": None},  # with a stated reason
    }
    (found,) = sum_up(units, revisions, levels).distribution
    assert found.counts == (0, 0, 2, 2, 0)
    assert (found.no_level, found.nothing_signed) == (1, 1)
    assert sum(found.counts) + found.no_level + found.nothing_signed == 6
    assert (found.median, found.lowest) == ("3–4", 3)


def test_all_on_one_level() -> None:
    units = [unit(number) for number in range(1, 4)]
    figures = sum_up(
        units, [revision(number) for number in range(1, 4)], {n: {"leadership": 5} for n in (111, 211, 311)}
    )
    (found,) = figures.distribution
    assert (found.counts, found.median, found.lowest) == ((0, 0, 0, 0, 3), "5", 5)


def test_with_nothing_signed_there_is_no_median_and_no_lowest() -> None:
    (found,) = sum_up([unit(1), unit(2)]).distribution
    assert (found.counts, found.nothing_signed, found.median, found.lowest) == ((0, 0, 0, 0, 0), 2, "", None)


def test_an_unscored_theme_is_in_no_count() -> None:
    figures = sum_up([unit(1)], [revision(1)], {111: {"leadership": 2}}, themes=(LEADERSHIP, WELLBEING, AUDIT))
    wellbeing = figures.distribution[1]
    assert not wellbeing.scored
    assert (wellbeing.counts, wellbeing.no_level, wellbeing.nothing_signed, wellbeing.lowest) == ((), 0, 0, None)
    assert [theme.identity for theme in figures.themes] == ["leadership", "wellbeing", "audit"]


def test_a_theme_that_the_statement_did_not_have_counts_as_no_level() -> None:
    """Its edition may be older than the one the half is summed up on."""
    (found,) = sum_up([unit(1)], [revision(1)], {111: {"monitoring": 4}}).distribution
    assert (sum(found.counts), found.no_level) == (0, 1)


def test_distribution_reads_only_its_own_theme() -> None:
    figures = sum_up([unit(1)], [revision(1)], {111: {"leadership": 2, "audit": 5}}, themes=(LEADERSHIP, AUDIT))
    assert distribution(AUDIT, figures.units).counts == (0, 0, 0, 0, 1)


# --- Together -------------------------------------------------------------------------------------------------------


def test_a_half_year_is_summed_up_unit_by_unit() -> None:
    units = [
        unit(1),  # accepted in Q1, signed in Q2
        unit(2),  # signed only, twice
        unit(3),  # nothing
        unit(4, closed_on=date(2025, 6, 10)),  # accepted, then closed
        unit(5, opened_on=date(2025, 5, 1)),  # expected from Q2
    ]
    revisions = [
        revision(1, Q1),
        revision(1, Q2, state="signed"),
        revision(2, Q1, number=1, state="signed"),
        revision(2, Q1, number=2, state="signed"),
        revision(4, Q1, signed_on=date(2025, 6, 2)),
        revision(5, Q2),
    ]
    levels: dict[int, dict[str, int | None]] = {
        111: {"leadership": 2},
        121: {"leadership": 5},
        211: {"leadership": 1},
        212: {"leadership": 3},
        411: {"leadership": 4},
        521: {"leadership": 3},
    }
    figures = sum_up(units, revisions, levels)
    assert [
        (row.unit_id, row.quarter, row.revision, row.status, row.later_awaits_acceptance, row.levels)
        for row in figures.units
    ] == [
        (1, "2025/26-Q1", 1, "accepted", True, {"leadership": 2}),
        (2, "2025/26-Q1", 2, "signed", False, {"leadership": 3}),
        (3, None, None, None, False, {}),
        (4, "2025/26-Q1", 1, "accepted", False, {"leadership": 4}),
        (5, "2025/26-Q2", 1, "accepted", False, {"leadership": 3}),
    ]
    assert figures.coverage == (
        QuarterCoverage("2025/26-Q1", expected=4, signed=3, accepted=2, signed_late=1, nothing_signed=1),
        QuarterCoverage("2025/26-Q2", expected=4, signed=2, accepted=1, signed_late=0, nothing_signed=2),
    )
    assert figures.distribution[0].counts == (0, 1, 2, 1, 0)
    assert figures.distribution[0].nothing_signed == 1
    assert (figures.half, figures.level_names) == ("2025/26-H1", LEVEL_NAMES)


def test_a_group_without_units_sums_up_to_noughts() -> None:
    figures = sum_up([])
    assert figures.units == ()
    assert [quarter.expected for quarter in figures.coverage] == [0, 0]


# --- Actions, and what was merely carried ---------------------------------------------------------------------------


def test_a_theme_counts_the_units_that_merely_carried_it_in_the_statement_that_counts() -> None:
    accepted, later = revision(1, Q1), revision(1, Q2, state="signed")
    figures = sum_up(
        [unit(1), unit(2), unit(3)],
        [accepted, later, revision(2)],
        themes=(LEADERSHIP, WELLBEING, AUDIT),
        carried={accepted.id: ["leadership"], later.id: ["audit"], revision(2).id: ["leadership", "audit"]},
    )
    assert [row.carried for row in figures.distribution] == [2, None, 1]


def test_the_units_actions_add_up_to_the_groups() -> None:
    counts = {1: ActionCounts(open=3, overdue=2, closed=1), 3: ActionCounts(open=1, closed=4)}
    found = sum_up([unit(1), unit(2), unit(3)], actions=counts).actions
    assert found is not None
    assert (found.open, found.overdue, found.closed, found.as_at) == (4, 2, 5, "2025-09-30")
    assert [(row.unit_id, row.open, row.overdue, row.closed) for row in found.units] == [
        (1, 3, 2, 1),
        (2, 0, 0, 0),
        (3, 1, 0, 4),
    ]
