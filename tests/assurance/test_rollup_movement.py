"""What moved since the half before. Each expected value is written by hand."""

from __future__ import annotations

import pytest

from assurance.comparing import Editions
from assurance.rollup import ThemeDistribution, weakest
from assurance.rollup_movement import (
    FollowedUnit,
    Move,
    MoveCounts,
    Standing,
    ThemeMovement,
    most_improved,
    move,
    theme_movement,
    unit_movement,
)

EDITIONS = Editions(
    scored={"2017": {"leadership", "audit", "wellbeing"}, "2019": {"leadership", "audit"}},
    not_comparable={frozenset({"2017", "2019"}): {"audit"}},
)


def at(level: int | None, *, edition: str = "2019", carried: bool = False, theme: str = "leadership") -> Standing:
    return Standing(edition, {theme: level}, [theme] if carried else ())


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        (at(4), at(3), Move.IMPROVED),
        (at(3), at(3), Move.SAME),
        (at(2), at(3), Move.WORSE),
        (at(4, carried=True), at(3), Move.SAME),
        (at(3), at(None), Move.NEW),
        (at(3), Standing(), Move.NEW),
        (at(None), at(3), Move.GONE),
        (Standing(), at(3), Move.GONE),
        (at(None), Standing(), Move.NEITHER),
        (at(4), at(3, edition="2017"), Move.IMPROVED),
    ],
)
def test_a_level_moves_one_way(now: Standing, before: Standing, expected: Move) -> None:
    assert move(now, before, "leadership", EDITIONS) is expected


def test_what_means_something_else_in_the_other_edition_is_not_compared() -> None:
    now, before = at(4, theme="audit"), at(3, theme="audit", edition="2017")
    assert move(now, before, "audit", EDITIONS) is Move.NOT_COMPARABLE
    assert move(before, now, "audit", EDITIONS) is Move.NOT_COMPARABLE
    # A theme that one edition does not score has nothing to compare there.
    assert move(at(4), at(3, theme="wellbeing", edition="2017"), "wellbeing", EDITIONS) is Move.NOT_COMPARABLE
    # Without a statement there is nothing that the editions could keep apart.
    assert move(now, Standing(), "audit", EDITIONS) is Move.NEW


def test_a_theme_counts_its_units_and_those_at_the_target() -> None:
    units = [
        FollowedUnit("A", "a", at(3), at(2)),
        FollowedUnit("B", "b", at(4), at(3)),
        FollowedUnit("C", "c", at(2), at(3)),
        FollowedUnit("D", "d", at(4, carried=True), at(2)),
        FollowedUnit("E", "e", at(3), Standing()),
        FollowedUnit("F", "f", Standing(), at(3)),
    ]
    assert theme_movement("leadership", "Leadership", units, EDITIONS, target=3) == ThemeMovement(
        improved=2,
        worse=1,
        same=1,
        new=1,
        gone=1,
        identity="leadership",
        name="Leadership",
        at_target_before=2,
        at_target_now=2,
    )


def test_a_unit_counts_its_themes() -> None:
    unit = FollowedUnit(
        "A", "a", Standing("2019", {"leadership": 4, "audit": 3}), Standing("2017", {"leadership": 3, "audit": 3})
    )
    found = unit_movement(unit, ["leadership", "audit"], EDITIONS)
    assert (found.improved, found.not_comparable, found.compared) == (1, 1, 1)
    assert found.themes == {"leadership": "improved", "audit": "not_comparable"}


def test_a_units_moves_by_theme_are_as_many_as_it_counts() -> None:
    levels = {
        "leadership": (2, 3),
        "audit": (None, 2),
        "training": (4, 4),
        "wellbeing": (3, None),
        "risk": (None, None),
    }
    now, before = ({theme: pair[place] for theme, pair in levels.items()} for place in (0, 1))
    found = unit_movement(FollowedUnit("A", "a", Standing("2019", now), Standing("2019", before)), levels, Editions())
    assert found.themes == {
        "leadership": "worse",
        "audit": "gone",
        "training": "same",
        "wellbeing": "new",
        "risk": "neither",
    }
    assert (found.improved, found.worse, found.gone, found.same, found.new, found.neither) == (0, 1, 1, 1, 1, 1)


def moved(identity: str, before: int, now: int, **counts: int) -> ThemeMovement:
    return ThemeMovement(identity=identity, name=identity, at_target_before=before, at_target_now=now, **counts)


def test_most_improved_are_the_themes_whose_share_at_target_rose_most() -> None:
    """A rose by 2 of 10, B by 1 of 5: as much. C rose by 1 of 10; D has one unit more, and nobody compared."""
    found = most_improved(
        [
            moved("a", 4, 6, improved=2, same=8),
            moved("b", 1, 2, improved=1, same=4),
            moved("c", 4, 5, improved=6, same=4),
            moved("d", 0, 0, new=1),
        ]
    )
    assert found == ("a", "b")


def test_where_no_share_rose_the_units_that_moved_up_decide() -> None:
    assert most_improved([moved("a", 3, 3, improved=2, worse=1), moved("b", 3, 3, same=3)]) == ("a",)


def test_where_nothing_improved_no_theme_is_named() -> None:
    assert most_improved([moved("a", 3, 2, worse=1, same=2), moved("b", 0, 0)]) == ()


def row(identity: str, at_target: int, of: int, median: str = "3") -> ThemeDistribution:
    counts = (of - at_target, 0, at_target)
    return ThemeDistribution(identity, identity, True, counts, median=median, at_target=at_target)


def test_weakest_are_the_themes_with_the_smallest_share_at_target_and_then_the_lowest_median() -> None:
    """1 of 4 is as little as 2 of 8; of the two tied with a median of 2, both are named."""
    rows = [row("a", 1, 4, "2–3"), row("b", 2, 8, "2"), row("c", 1, 4, "2"), row("d", 3, 4), row("e", 0, 0, "")]
    assert weakest(rows) == ("b", "c")


def test_no_theme_is_the_weakest_where_every_unit_is_at_target() -> None:
    assert weakest([row("a", 4, 4), row("b", 2, 2)]) == ()


def test_moves_add_up_to_all_there_are() -> None:
    counts = MoveCounts(improved=1, same=2, worse=3, new=4, gone=5, not_comparable=6, neither=7)
    assert counts.compared == 6
