"""Injuries beside claims: how they moved, what that asks, and what an audit programme makes of it."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from assurance import injury_signals
from assurance.sampling import Signal
from injuries.models import HeadcountMonth
from injuries.months import Month
from insight.injury_figures import InjuryRecorder
from insight.reading import known_of
from organisation.models import Unit
from organisation.periods import Quarter
from tests.factories import assurance, injuries
from tests.factories.organisation import make_group, make_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def today() -> date:
    return timezone.localdate()


@pytest.fixture
def last(today: date) -> Month:
    return Month.of(today).plus(-1)


@pytest.fixture
def unit() -> Unit:
    injuries.load_indicators()
    return make_unit("Mill", group=make_group("North"))


def test_a_unit_moves_by_its_rate_where_its_headcount_is_known(unit: Unit, last: Month, today: date) -> None:
    injuries.two_years("total-accidents", unit, earlier=12, later=48, people=100, last=last)
    moved = InjuryRecorder().moved([unit.pk], today).by_unit[unit.pk]["total-accidents"]
    assert (moved.before, moved.now) == (Fraction(10), Fraction(40))  # 12 and 48 for each 1,200 person-months
    assert moved.change == 3
    assert not moved.could_be_chance
    assert (moved.period_before, moved.period) == (
        f"{last.plus(-23).name} to {last.plus(-12).name}",
        f"{last.plus(-11).name} to {last.name}",
    )


def test_without_headcount_numbers_of_equal_periods_are_compared(unit: Unit, last: Month, today: date) -> None:
    injuries.two_years("total-accidents", unit, earlier=12, later=15, last=last)
    moved = InjuryRecorder().moved([unit.pk], today).by_unit[unit.pk]["total-accidents"]
    assert (moved.before, moved.now) == (Fraction(12), Fraction(15))
    assert moved.could_be_chance
    assert InjuryRecorder().moved([unit.pk], today).together == {}


def test_a_month_without_headcount_leaves_numbers_only(unit: Unit, last: Month, today: date) -> None:
    injuries.two_years("handling", unit, earlier=12, later=24, people=100, last=last)
    HeadcountMonth.objects.filter(month=last.first_day).delete()
    assert InjuryRecorder().moved([unit.pk], today).by_unit[unit.pk]["handling"].now == 24


def test_an_indicator_that_was_not_counted_throughout_says_nothing(unit: Unit, last: Month, today: date) -> None:
    injuries.two_years("handling", unit, earlier=12, later=24, last=last)
    injuries.bring({("near-misses", last.first_day, "", unit.slug): 40})
    assert set(InjuryRecorder().moved([unit.pk], today).by_unit[unit.pk]) == {"handling"}


def test_several_units_are_added_up_before_they_are_compared(unit: Unit, last: Month, today: date) -> None:
    injuries.two_years("handling", unit, earlier=12, later=24, people=100, last=last)
    assert InjuryRecorder().moved([unit.pk], today).together["handling"].change == 1
    beside = make_unit("Beside", group=make_group("South"))
    # Counted, with nothing in it, and without a headcount: no rate of the two together is known.
    assert InjuryRecorder().moved([unit.pk, beside.pk], today).together == {}


def test_nothing_counted_moves_nothing(unit: Unit, today: date) -> None:
    assert InjuryRecorder().moved([unit.pk], today).by_unit == {}
    assert InjuryRecorder().moved([unit.pk], today).together == {}
    assert injury_signals.of_units([unit.pk], today) == {}


@pytest.mark.parametrize(
    ("claimed", "later", "strength", "says"),
    [
        (4, 48, 50, "More than chance: accidents +300% where Leadership is claimed at level 4 or above."),
        (4, 14, 0, "No injuries rose by more than chance where level 4 or above is claimed."),
        (3, 48, 0, "No injuries rose by more than chance where level 4 or above is claimed."),
        (4, 2, 0, "No injuries rose by more than chance where level 4 or above is claimed."),
    ],
)
def test_a_claim_is_contradicted_where_injuries_rose_by_more_than_chance(
    claimed: int, later: int, strength: int, says: str, unit: Unit, last: Month, today: date
) -> None:
    assurance.signed(unit, Quarter.of(today), levels={"leadership": claimed, "risk-management": 3})
    injuries.two_years("total-accidents", unit, earlier=12, later=later, people=100, last=last)
    assert injury_signals.of_units([unit.pk], today) == {unit.pk: Signal(strength, says)}


def test_what_could_be_chance_asks_nothing(unit: Unit, last: Month, today: date) -> None:
    """From 12 to 16 is a third more, and no reason for a question."""
    assurance.signed(unit, Quarter.of(today), levels={"leadership": 4})
    injuries.two_years("total-accidents", unit, earlier=12, later=16, people=100, last=last)
    moved = known_of([unit.pk], day=today).units[unit.pk].moved["total-accidents"]
    assert moved.change == Fraction(1, 3)
    assert moved.could_be_chance


def test_many_units_cost_as_many_queries_as_one(
    unit: Unit, last: Month, today: date, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    injuries.two_years("handling", unit, earlier=12, later=24, people=100, last=last)
    others = [make_unit(f"Unit {number}", group=make_group(f"Group {number}")) for number in range(5)]
    for units in ([unit.pk], [unit.pk, *(other.pk for other in others)]):
        with django_assert_num_queries(6):
            InjuryRecorder().moved(units, today)
