"""An indicator by months and quarters: what is added up, where limits begin anew, and what is said of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

import pytest

from injuries.months import Month
from injuries.over_time import OverTime, Step, over_time
from injuries.rates import Counted
from injuries.two_periods import Change

LAST = Month(2019, 6)
ANEW = Change(date(2018, 7, 1), "New system", "More is reported.", "", limits_begin_anew=True)


def months(numbers: Sequence[int | None], *, people: int | None = 1000, last: Month = LAST) -> list[Counted]:
    first = last.plus(1 - len(numbers))
    return [Counted(first.plus(index).name, number, people) for index, number in enumerate(numbers)]


def centres(found: OverTime) -> list[float | None]:
    return [moment.centre for moment in found.moments]


def test_fewer_than_three_a_month_are_added_up_by_quarters_of_the_financial_year() -> None:
    """Three a month is where statistics.md draws the line; the sums are worked out by hand."""
    assert over_time(months([1] * 4, last=Month(2019, 5)), last=Month(2019, 5)).step is Step.MONTH  # no whole quarter
    found = over_time(months([5, 1, 2, 0, 2, 1, 4, 3], last=Month(2019, 7)), last=Month(2019, 7))
    assert found.step is Step.QUARTER
    # December 2018 and July 2019 belong to quarters that are not all there.
    assert [(row.label, row.number, row.people, row.rate) for row in found.rows] == [
        ("Q4 2018/19 (January to March 2019)", "3", "3,000.0", "1.00"),
        ("Q1 2019/20 (April to June 2019)", "7", "3,000.0", "2.33"),
    ]
    assert found.headings[0] == "Quarter"
    assert any("quarters are shown" in one for one in found.sentences)


@pytest.mark.parametrize(("a_month", "step"), [(2, Step.QUARTER), (3, Step.MONTH), (4, Step.MONTH)])
def test_three_a_month_are_enough_for_months(a_month: int, step: Step) -> None:
    assert over_time(months([a_month] * 12), last=LAST).step is step


def test_either_can_be_chosen() -> None:
    assert over_time(months([9] * 12), last=LAST, step=Step.QUARTER).step is Step.QUARTER
    by_month = over_time(months([1] * 12), last=LAST, step=Step.MONTH)
    assert by_month.step is Step.MONTH
    assert any("look at quarters" in one for one in by_month.sentences)


def test_a_quarter_with_a_month_that_nobody_counted_has_no_number() -> None:
    found = over_time(months([1, None, 1, 1, 1, 1]), last=LAST, step=Step.QUARTER)
    assert [(row.number, row.says) for row in found.rows] == [("", "Not counted."), ("3", "")]


def test_a_quarter_with_a_provisional_month_is_provisional() -> None:
    found = over_time(months([1] * 6), last=LAST, step=Step.QUARTER, provisional={"June 2019"})
    assert [row.says for row in found.rows] == ["", "Provisional."]
    assert [moment.is_provisional for moment in found.moments] == [False, True]


def test_the_rate_of_twelve_months_is_the_same_by_months_and_by_quarters() -> None:
    numbers: list[int | None] = [1, 2, 3, 0, 2, 1, 1, 2, 0, 3, 1, 2]  # 18 of 12,000 person-months
    for step in Step:
        found = over_time(months(numbers), last=LAST, step=step)
        assert found.rows[-1].rolling == "1.50"
        assert not any(row.rolling for row in found.rows[:-1])


def test_limits_begin_anew_where_reporting_became_another_thing() -> None:
    """Ten a month of 1,000 people before, forty from then on: each stretch has its own average."""
    counted = months([10] * 24 + [40] * 12)
    as_one = over_time(counted, last=LAST)
    assert "limits" in as_one.sentences[0]
    assert as_one.rows[-1].says == "Above the limits."
    anew = over_time(counted, last=LAST, changes=[ANEW])
    assert centres(anew) == [10.0] * 24 + [40.0] * 12
    assert not any(row.says for row in anew.rows)
    said = next(one for one in anew.sentences if one.startswith("Limits begin anew with July 2018"))
    assert "1 July 2018, New system" in said
    assert "June 2018" in said


def test_the_quarter_in_which_reporting_changed_begins_the_limits_anew() -> None:
    counted = months([10] * 24 + [40] * 12)
    in_august = Change(date(2018, 8, 20), "New system", "More is reported.", "", limits_begin_anew=True)
    found = over_time(counted, last=LAST, step=Step.QUARTER, changes=[in_august])
    assert centres(found) == [10.0] * 8 + [40.0] * 4
    assert any("rest on 4 quarters so far" in one for one in found.sentences)


@pytest.mark.parametrize(
    "change",
    [
        Change(date(2018, 7, 1), "New form", "Nothing to speak of.", ""),
        Change(date(2016, 7, 1), "Before the first month", "More.", "", limits_begin_anew=True),
        Change(date(2016, 1, 1), "Long before", "More.", "", limits_begin_anew=True),
        Change(date(2019, 7, 1), "After the last month", "More.", "", limits_begin_anew=True),
    ],
)
def test_other_changes_leave_the_limits_as_they_are(change: Change) -> None:
    counted = months([10] * 24 + [40] * 12)
    assert centres(over_time(counted, last=LAST, changes=[change])) == centres(over_time(counted, last=LAST))


def test_without_headcount_there_is_no_rate_and_the_page_says_why() -> None:
    found = over_time(months([4, 5, 6], people=None), last=LAST)
    assert not found.can_be_drawn
    assert found.sentences == ("No month has both a count and a headcount, so there is no rate to draw.",)
    assert [row.number for row in found.rows] == ["4", "5", "6"]


def test_fractions_of_people_stay_exact_in_quarters() -> None:
    counted = [Counted(LAST.plus(back).name, 1, Fraction(1, 3)) for back in (-2, -1, 0)]
    found = over_time(counted, last=LAST, step=Step.QUARTER)
    assert found.rows[0].people == "1.0"
    assert found.rows[0].rate == "3,000.00"
