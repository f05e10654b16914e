"""What a climate survey says of a unit and a theme, and what may be said of it. Plain values: no database, no clock.

A survey asks staff how far they agree, on a scale from 1 to so many points, the highest the fullest agreement. Of a
unit and theme with fewer than ten respondents nothing is known here but that: its numbers end where the file is read.
So no total of what is left can give them away (docs/decisions/0022).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

FEWEST = 10  # respondents without whom no number is kept, shown or exported
MOST_RESPONDENTS = 200_000
FEWEST_POINTS, MOST_POINTS = 2, 10
# How far a mean and the answers it was worked out from may lie apart: means are printed to one decimal.
MEAN_ROUNDED_BY = Fraction(1, 20)


@dataclass(frozen=True, slots=True)
class Result:
    """What staff of a unit answered on a theme. `respondents` is None where there were fewer than ten.

    `answers` counts those who chose each point of the scale, from 1 up; empty where the file gave a mean only.
    """

    respondents: int | None
    mean: Fraction | None = None
    answers: tuple[int, ...] = ()

    @property
    def is_suppressed(self) -> bool:
        return self.respondents is None

    @property
    def mean_as_given(self) -> Decimal | None:
        """The mean to two decimals where it came as such; None where it follows from the answers."""
        if self.mean is None or self.answers:
            return None
        return (Decimal(self.mean.numerator) / self.mean.denominator).quantize(Decimal("0.01"))


SUPPRESSED = Result(None)


def result(*, respondents: int | None, mean: Decimal | None = None, answers: Sequence[int] = ()) -> Result:
    """Return a result without the numbers that nobody is to have. The mean of counted answers is worked out anew."""
    if respondents is None or respondents < FEWEST:
        return SUPPRESSED
    counted = tuple(answers)
    return Result(respondents, mean_of(counted) if counted else Fraction(mean or 0), counted)


def mean_of(answers: Sequence[int]) -> Fraction:
    """Return the mean point of the scale of answers counted from point 1. Raises ValueError for none at all."""
    if not any(answers):
        raise ValueError("Nobody answered, so there is no mean.")
    return Fraction(sum(point * number for point, number in enumerate(answers, start=1)), sum(answers))


def agreeing(answers: Sequence[int]) -> int:
    """Return how many chose a point above the middle of the scale: 4 and 5 of five, 3 and 4 of four."""
    return sum(answers[(len(answers) + 1) // 2 :])


def favour(of: Result, points: int) -> Fraction | None:
    """Return how far staff agree, from 0 to 1: the share who agree or, of a mean alone, its place on the scale.

    None where nothing is to be said.
    """
    if of.respondents is None or of.mean is None:
        return None
    if of.answers:
        return Fraction(agreeing(of.answers), of.respondents)
    return (of.mean - 1) / (points - 1)


@dataclass(frozen=True, slots=True)
class Together:
    """Several units' results on one theme: of how many the numbers are counted, and how many had fewer than ten."""

    units: int
    suppressed: int
    result: Result


def together(results: Iterable[Result]) -> Together:
    """Return the results that may be shown, added up: the mean weighs each unit by its respondents.

    Answers are added up only where every one of them has them.
    """
    all_ = list(results)
    shown = [one for one in all_ if one.respondents is not None and one.mean is not None]
    respondents = sum(one.respondents or 0 for one in shown)
    if not respondents:
        return Together(0, len(all_) - len(shown), SUPPRESSED)
    mean = Fraction(sum((one.mean or 0) * (one.respondents or 0) for one in shown), respondents)
    counted = all(one.answers for one in shown)
    answers = tuple(map(sum, zip(*(one.answers for one in shown), strict=True))) if counted else ()
    return Together(len(shown), len(all_) - len(shown), Result(respondents, mean, answers))


# --- What a later file changes --------------------------------------------------------------------------------------

Place = tuple[str, str]  # a unit’s slug and a theme’s identity


@dataclass(frozen=True, slots=True)
class Differences:
    """What of one import is not as in the one before it, by place, in order. `unchanged` counts the rest."""

    added: tuple[Place, ...] = ()
    gone: tuple[Place, ...] = ()
    changed: tuple[Place, ...] = ()
    now_suppressed: tuple[Place, ...] = ()
    no_longer_suppressed: tuple[Place, ...] = ()
    unchanged: int = 0

    def __bool__(self) -> bool:
        return any((self.added, self.gone, self.changed, self.now_suppressed, self.no_longer_suppressed))


def differences(before: Mapping[Place, Result], after: Mapping[Place, Result]) -> Differences:
    """Return what changes where `after` takes the place of `before`."""
    both = sorted(before.keys() & after.keys())
    return Differences(
        added=tuple(sorted(after.keys() - before.keys())),
        gone=tuple(sorted(before.keys() - after.keys())),
        changed=tuple(
            one
            for one in both
            if before[one] != after[one] and not before[one].is_suppressed and not after[one].is_suppressed
        ),
        now_suppressed=_turned(both, before, after),
        no_longer_suppressed=_turned(both, after, before),
        unchanged=sum(before[one] == after[one] for one in both),
    )


def _turned(both: Collection[Place], one: Mapping[Place, Result], other: Mapping[Place, Result]) -> tuple[Place, ...]:
    return tuple(place for place in both if not one[place].is_suppressed and other[place].is_suppressed)
