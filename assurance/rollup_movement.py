"""What has moved since the half-year before, unit by unit and theme by theme. Plain values: no database, no clock.

Levels are ordinal: a unit has improved, stayed or got worse in a theme; by how many steps is not added up. A unit is
followed wherever it was: one that came from another business group is compared with what it stated there, and is not
*gone* from the group it left, so that the groups' movements add up to the force's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from fractions import Fraction

from assurance.comparing import Editions


class Move(StrEnum):
    """What became of a unit's level in a theme. New: a level now and none before; gone: the other way round."""

    IMPROVED = "improved"
    SAME = "same"
    WORSE = "worse"
    NEW = "new"
    GONE = "gone"
    NOT_COMPARABLE = "not_comparable"
    NEITHER = "neither"


@dataclass(frozen=True)
class Standing:
    """A unit's statement that counts for a half-year: its levels by theme, and the themes it merely carried.

    Without a statement `edition` is empty.
    """

    edition: str = ""
    levels: Mapping[str, int | None] = field(default_factory=dict)
    carried: Collection[str] = ()


NOTHING = Standing()


@dataclass(frozen=True)
class FollowedUnit:
    """A unit with what it stated in this half-year and in the one before."""

    name: str
    slug: str
    now: Standing = NOTHING
    before: Standing = NOTHING


@dataclass(frozen=True)
class MoveCounts:
    """How many units (of a theme) or themes (of a unit) moved which way; together, all there are.

    `neither` had a level in neither half-year.
    """

    improved: int = 0
    same: int = 0
    worse: int = 0
    new: int = 0
    gone: int = 0
    not_comparable: int = 0
    neither: int = 0

    @property
    def compared(self) -> int:
        """How many had a level in both half-years that may be compared."""
        return self.improved + self.same + self.worse


@dataclass(frozen=True)
class ThemeMovement(MoveCounts):
    """The units' moves in one theme. Of those compared, how many were at the target before, and are now."""

    identity: str = ""
    name: str = ""
    at_target_before: int = 0
    at_target_now: int = 0


@dataclass(frozen=True)
class UnitMovement(MoveCounts):
    """One unit's moves, counted over the themes scored now, and which it was in each (not kept of a group)."""

    name: str = ""
    slug: str = ""
    themes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Movement:
    """What moved since `since`, a half-year.

    `edition` and `edition_before` name the editions that the two half-years are summed up on: they differ where the
    edition changed in between, and `not_comparable` names the themes that are therefore not compared. `ended` are the
    units that made statements then and exist no more; `came` and `went` those that changed their business group.
    """

    since: str
    edition: str
    edition_before: str
    not_comparable: tuple[str, ...]
    themes: tuple[ThemeMovement, ...]
    units: tuple[UnitMovement, ...] = ()
    ended: tuple[str, ...] = ()
    came: tuple[str, ...] = ()
    went: tuple[str, ...] = ()


def move(now: Standing, before: Standing, identity: str, editions: Editions) -> Move:
    """Return what became of a unit's level in the theme. What was merely carried forward has not moved."""
    later, earlier = now.levels.get(identity), before.levels.get(identity)
    if now.edition and before.edition and not editions.comparable(now.edition, before.edition, identity):
        return Move.NOT_COMPARABLE
    if later is None or earlier is None:
        return _with_one_level(later, earlier)
    if identity in now.carried or later == earlier:
        return Move.SAME
    return Move.IMPROVED if later > earlier else Move.WORSE


def _with_one_level(later: int | None, earlier: int | None) -> Move:
    if later is not None:
        return Move.NEW
    return Move.NEITHER if earlier is None else Move.GONE


def theme_movement(
    identity: str, name: str, units: Iterable[FollowedUnit], editions: Editions, *, target: int
) -> ThemeMovement:
    """Count the units' moves in a theme; `target` is the level that its share at target speaks of."""
    found: Counter[str] = Counter()
    at_target_before = at_target_now = 0
    for unit in units:
        moved = move(unit.now, unit.before, identity, editions)
        found[moved] += 1
        if moved in (Move.IMPROVED, Move.SAME, Move.WORSE):
            earlier, later = unit.before.levels[identity] or 0, unit.now.levels[identity] or 0
            at_target_before += earlier >= target
            at_target_now += (earlier if moved is Move.SAME else later) >= target
    return ThemeMovement(
        **found, identity=identity, name=name, at_target_before=at_target_before, at_target_now=at_target_now
    )


def unit_movement(unit: FollowedUnit, identities: Iterable[str], editions: Editions) -> UnitMovement:
    """Count a unit's moves over the themes."""
    themes = {identity: str(move(unit.now, unit.before, identity, editions)) for identity in identities}
    return UnitMovement(**Counter(themes.values()), name=unit.name, slug=unit.slug, themes=themes)


def most_improved(themes: Sequence[ThemeMovement]) -> tuple[str, ...]:
    """Return the identities of the themes that improved most, ties included; none where none improved.

    By the rise of the share at target among the units compared; where no share rose, by the share that improved less
    the share that got worse.
    """
    compared = [theme for theme in themes if theme.compared]
    for gains in (
        [theme.at_target_now - theme.at_target_before for theme in compared],
        [theme.improved - theme.worse for theme in compared],
    ):
        rises = [Fraction(gain, theme.compared) for gain, theme in zip(gains, compared, strict=True)]
        most = max(rises, default=Fraction(0))
        if most > 0:
            return tuple(theme.identity for rise, theme in zip(rises, compared, strict=True) if rise == most)
    return ()


def added(movements: Iterable[MoveCounts]) -> MoveCounts:
    """Add up the moves of several themes or units."""
    total: Counter[str] = Counter()
    names = MoveCounts.__dataclass_fields__
    for one in movements:
        total.update({name: count for name, count in asdict(one).items() if name in names})
    return MoveCounts(**total)
