"""Units that came of others: renamed, merged, split, and in lines of several."""

from __future__ import annotations

import pytest

from organisation.lineage import Lineage

# 1 was renamed 2; 2 and 3 merged into 4; 4 was split into 5 and 6; 7 stands alone.
LINKS = [(1, 2), (2, 4), (3, 4), (4, 5), (4, 6)]


@pytest.mark.parametrize(
    ("unit", "before", "after"),
    [
        (1, (), (2, 4, 5, 6)),
        (2, (1,), (4, 5, 6)),
        (3, (), (4, 5, 6)),
        (4, (2, 3, 1), (5, 6)),
        (5, (4, 2, 3, 1), ()),
        (7, (), ()),
    ],
)
def test_a_line_is_followed_both_ways_the_nearest_first(
    unit: int, before: tuple[int, ...], after: tuple[int, ...]
) -> None:
    lineage = Lineage.of(LINKS)
    assert lineage.all_predecessors(unit) == before
    assert lineage.all_successors(unit) == after


def test_the_next_of_kin_are_told_from_the_whole_line() -> None:
    lineage = Lineage.of(LINKS)
    assert lineage.predecessors(4) == (2, 3)
    assert lineage.successors(4) == (5, 6)
    assert lineage.predecessors(1) == lineage.successors(6) == ()


@pytest.mark.parametrize(("unit", "heirs"), [(1, (5, 6)), (4, (5, 6)), (6, (6,)), (7, (7,))])
def test_the_heirs_of_a_unit_are_where_its_line_ends(unit: int, heirs: tuple[int, ...]) -> None:
    assert Lineage.of(LINKS).heirs(unit) == heirs


def test_what_was_before_a_split_belongs_to_several_lines() -> None:
    lineage = Lineage.of(LINKS)
    assert lineage.shared_predecessors(5) == (4, 2, 3, 1)
    assert lineage.shared_predecessors(4) == ()  # a merger and a renaming: all of it led here


def test_a_unit_that_gave_a_part_away_shares_what_it_was_before() -> None:
    assert Lineage.of([(1, 2), (1, 3), (2, 4), (3, 4)]).shared_predecessors(4) == ()  # split and joined again
    assert Lineage.of([(1, 2), (1, 3)]).shared_predecessors(2) == (1,)


def test_the_same_link_twice_counts_once_and_a_circle_ends() -> None:
    assert Lineage.of([(1, 2), (1, 2)]).all_successors(1) == (2,)
    circle = Lineage.of([(1, 2), (2, 3), (3, 1)])
    assert circle.all_successors(1) == (2, 3)
    assert circle.all_predecessors(1) == (3, 2)
    assert circle.heirs(1) == (1,)


def test_without_any_links_everybody_stands_alone() -> None:
    assert Lineage.of([]).all_predecessors(1) == ()
    assert Lineage().heirs(1) == (1,)
