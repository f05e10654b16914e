"""How a risk moves: from its assessments, or as the Board says."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from risks.trend import Assessed, Direction, Place, SaidByBoard, Trend, trend_of

START = datetime(2019, 2, 1, 9, tzinfo=UTC)


def assessed(day: int, likelihood: int, impact: int, *, recorded: int | None = None) -> Assessed:
    at = START + timedelta(days=day if recorded is None else recorded)
    return Assessed(date(2019, 2, 1) + timedelta(days=day), at, Place(likelihood, impact))


def said(day: int, direction: Direction | None) -> SaidByBoard:
    return SaidByBoard(START + timedelta(days=day), direction, "The Board thinks so.")


def test_a_risk_that_nobody_has_assessed_does_not_move() -> None:
    assert trend_of([]) is None


def test_a_first_assessment_is_unchanged_and_new() -> None:
    """domain.md: a first assessment is ↔, tagged new."""
    found = trend_of([assessed(0, 3, 4)])
    assert found == Trend(Direction.UNCHANGED, is_new=True)
    assert (found.direction.arrow, found.words) == ("↔", "Unchanged (new)")


@pytest.mark.parametrize(
    ("first", "second", "direction", "arrow"),
    [
        ((3, 4), (2, 4), Direction.IMPROVED, "↓"),
        ((3, 4), (4, 4), Direction.WORSENED, "↑"),
        ((3, 4), (3, 4), Direction.UNCHANGED, "↔"),
        ((3, 4), (4, 3), Direction.UNCHANGED, "↔"),  # elsewhere on the map, with the same score
    ],
)
def test_the_trend_follows_from_the_last_two_assessments(
    first: tuple[int, int], second: tuple[int, int], direction: Direction, arrow: str
) -> None:
    """The key below the source's table: improved ↓, worsened ↑, unchanged ↔."""
    found = trend_of([assessed(0, 5, 5), assessed(10, *first), assessed(20, *second)])
    assert found is not None
    assert (found.direction, found.direction.arrow, found.is_new) == (direction, arrow, False)


def test_assessments_go_by_their_day_whenever_they_were_recorded() -> None:
    found = trend_of([assessed(20, 2, 2, recorded=21), assessed(10, 4, 4, recorded=30)])
    assert found is not None
    assert found.direction is Direction.IMPROVED


def test_the_boards_own_trend_stands_until_the_risk_is_assessed_again() -> None:
    before = [assessed(0, 3, 4), assessed(10, 2, 4)]
    own = trend_of(before, [said(20, Direction.WORSENED)])
    assert own == Trend(Direction.WORSENED, because="The Board thinks so.")
    assert own.words == "Worsened (the Board’s own)"
    assert trend_of([*before, assessed(30, 2, 4)], [said(20, Direction.WORSENED)]) == Trend(Direction.UNCHANGED)


def test_the_board_can_take_back_what_it_said() -> None:
    before = [assessed(0, 3, 4), assessed(10, 2, 4)]
    found = trend_of(before, [said(20, Direction.WORSENED), said(25, None)])
    assert found == Trend(Direction.IMPROVED)


def test_the_board_can_say_how_a_risk_moves_before_it_is_assessed() -> None:
    """As the source does: its map has trends and no scores."""
    assert trend_of([], [said(0, Direction.IMPROVED)]) == Trend(Direction.IMPROVED, because="The Board thinks so.")


@pytest.mark.parametrize("place", [(0, 3), (3, 6), (-1, 1)])
def test_there_is_no_place_off_the_scale(place: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="lie on no scale"):
        Place(*place)
