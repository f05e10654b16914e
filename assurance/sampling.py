"""What to audit next: each unit's score with its reasons, and a draw. Plain values: no Django, no clock, no database.

Two ways into a programme, because each fails where the other holds. A *score* sends auditors where a wrong level would
matter or is likely: a weighted sum of named ingredients, so that anybody can see why a unit stands where it does and
argue with a weight. It is a rule, and a rule can be learnt; so some places go by *chance*, and nobody is safe.

- The score is an additive one: each ingredient says how far it applies to a unit, from 0 to 100 %, and its weight is
  how many points it gives where it applies fully. It orders units; it is not a probability, and is never compared
  between programmes. That programmes follow risk and the results of earlier audits is ISO 19011:2018, 5.1; that
  samples are drawn by judgement and by chance, its A.6. Which ingredients there are is this service's own choice.
- The draw is simple random sampling without replacement by random sort (Tillé, Sampling Algorithms, 2006, chapter 4):
  every unit that the score did not choose gets a number, and the smallest are drawn. The number is the SHA-256 of the
  seed and the unit, as in draws for election audits (Rivest, 2011): whoever has the seed can draw again, in any
  language and any year, and the order in which units are read makes no difference.
- How many places there are is settled before anything is drawn: as many as fit into the auditors' days *whichever*
  units chance takes. Were each unit tried against the days that happen to be left, short audits would be drawn more
  often than long ones. What remains of the days is left to the Head. The places by score are the first of the ranking,
  without gaps: no unit is passed over because its audit is long.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from rendering.formats import day, so_many

# What an ingredient that applies fully is worth in hundredths: values are whole percentages.
FULLY = 100
CLAIM_TO_CHECK = 4
JUMP = 2  # levels, from one signed quarter to the next
THIN_TEXT = 60  # characters; a shorter text without a link or file is thin: about ten words
QUARTERS_BACK = 8  # what was signed longer ago says nothing of today
# From here on more makes no difference.
JUMPS_AT_MOST = 2
MONTHS_AT_MOST = 36
MOST_WEIGHT = 100
DEFAULT_SHARE = 20  # per cent of the places
BANDS = {"low": 0, "medium": 50, "high": FULLY}


class NothingFits(ValueError):
    """The auditors' days are not enough for a single audit, whichever unit it would be."""


class Ingredient(StrEnum):
    """What a score is made of, in the order in which it is shown."""

    RISK_BAND = "risk-band"
    LAST_AUDIT = "last-audit"
    HIGH_CLAIM = "high-claim"
    JUMP = "jump"
    OVER_CLAIMING = "over-claiming"
    EVIDENCE = "evidence"
    INJURIES = "injuries"

    @property
    def label(self) -> str:
        """The ingredient as people say it."""
        return LABELS[self]


LABELS = {
    Ingredient.RISK_BAND: "Risk band",
    Ingredient.LAST_AUDIT: "Time since the last audit",
    Ingredient.HIGH_CLAIM: f"Claims of level {CLAIM_TO_CHECK} or above",
    Ingredient.JUMP: "Jumps of two levels or more",
    Ingredient.OVER_CLAIMING: "Claims that audits found too high",
    Ingredient.EVIDENCE: "Thin or carried evidence",
    Ingredient.INJURIES: "Injuries that contradict the claim",
}
DEFAULT_WEIGHTS: Mapping[Ingredient, int] = {
    Ingredient.RISK_BAND: 20,
    Ingredient.LAST_AUDIT: 20,
    Ingredient.HIGH_CLAIM: 15,
    Ingredient.JUMP: 10,
    Ingredient.OVER_CLAIMING: 15,
    Ingredient.EVIDENCE: 10,
    Ingredient.INJURIES: 10,
}


@dataclass(frozen=True)
class Signal:
    """How far a unit's injuries contradict what it claims: 0 (not at all) to 100, and the fact in a sentence."""

    strength: int
    fact: str


@dataclass(frozen=True)
class Claims:
    """A unit's newest signed statement, by its scored themes: how many claim a high level, jumped, or rest on little.

    A theme's evidence is thin where it is a short text without a link or file, and carried where it was confirmed
    unchanged; `thin_or_carried` counts a theme once. `quarter` is the statement's.
    """

    quarter: str
    themes: int
    high: int = 0
    jumped: int = 0
    thin_or_carried: int = 0


@dataclass(frozen=True)
class AuditedBefore:
    """A unit's issued audits: when the last was issued, how many claims were compared, how many were too high."""

    last_on: date
    compared: int = 0
    too_high: int = 0


@dataclass(frozen=True)
class UnitFacts:
    """A unit as the score sees it. `days` are auditors' days that its audit takes; no claims: nothing is signed."""

    id: int
    risk_band: str
    days: Decimal
    claims: Claims | None = None
    audits: AuditedBefore | None = None


@dataclass(frozen=True)
class Part:
    """One ingredient of a unit's score: how far it applies in per cent, its weight, and the fact behind it."""

    ingredient: Ingredient
    value: int
    weight: int
    fact: str

    @property
    def points(self) -> Decimal:
        """What it adds to the score, exactly, with two decimals."""
        return Decimal(self.value * self.weight).scaleb(-2)


@dataclass(frozen=True)
class Scored:
    """A unit with its score and the parts of it. `rank` counts from 1, the highest score first."""

    unit: UnitFacts
    parts: tuple[Part, ...]
    rank: int = 0

    @property
    def score(self) -> Decimal:
        """The sum of the points of its parts."""
        return sum((part.points for part in self.parts), Decimal(0))


@dataclass(frozen=True)
class Drawn:
    """A proposed programme. `ranking` has every unit; the first `by_score` of it are chosen, then those `by_chance`.

    `days` is what the chosen take together. Every unit that the score did not choose had the same `chance` of a place,
    which is nought only where there is no such unit.
    """

    ranking: tuple[Scored, ...]
    by_score: tuple[Scored, ...]
    by_chance: tuple[Scored, ...]
    chance: Fraction

    @property
    def chosen(self) -> tuple[Scored, ...]:
        return self.by_score + self.by_chance

    @property
    def days(self) -> Decimal:
        return _days(self.chosen)


# --- The score ----------------------------------------------------------------------------------------------------


def parts_of(
    unit: UnitFacts, weights: Mapping[Ingredient, int], *, as_at: date, injuries: Mapping[int, Signal]
) -> tuple[Part, ...]:
    """Return what a unit's score is made of on the day `as_at`, an ingredient each, weight nought included."""
    found = {
        Ingredient.RISK_BAND: _risk_band(unit),
        Ingredient.LAST_AUDIT: _last_audit(unit.audits, as_at),
        Ingredient.HIGH_CLAIM: _high_claim(unit.claims),
        Ingredient.JUMP: _jump(unit.claims),
        Ingredient.OVER_CLAIMING: _over_claiming(unit.audits),
        Ingredient.EVIDENCE: _evidence(unit.claims),
        Ingredient.INJURIES: _injuries(injuries.get(unit.id)),
    }
    return tuple(Part(one, found[one][0], weights[one], found[one][1]) for one in Ingredient)


Value = tuple[int, str]
NOTHING_SIGNED = "It has signed nothing in the last two years, so there is no claim to look at."


def _risk_band(unit: UnitFacts) -> Value:
    return BANDS[unit.risk_band], f"Its risk band is {unit.risk_band}."


def _last_audit(audits: AuditedBefore | None, as_at: date) -> Value:
    if audits is None:
        return FULLY, "It has never been audited."
    months = months_between(audits.last_on, as_at)
    ago = "less than a month ago" if months == 0 else f"{so_many(months, 'month')} ago"
    return _share(min(months, MONTHS_AT_MOST), MONTHS_AT_MOST), (
        f"Its last audit was issued on {day(audits.last_on)}, {ago}."
    )


def _high_claim(claims: Claims | None) -> Value:
    if claims is None:
        return 0, NOTHING_SIGNED
    return _share(claims.high, claims.themes), (
        f"It claims level {CLAIM_TO_CHECK} or above for {claims.high} of {so_many(claims.themes, 'theme')} "
        f"in {claims.quarter}."
    )


def _jump(claims: Claims | None) -> Value:
    if claims is None:
        return 0, NOTHING_SIGNED
    jumped = so_many(claims.jumped, "theme") if claims.jumped else "No theme"
    return _share(min(claims.jumped, JUMPS_AT_MOST), JUMPS_AT_MOST), (
        f"{jumped} rose by two levels or more from the last signed quarter to {claims.quarter}."
    )


def _over_claiming(audits: AuditedBefore | None) -> Value:
    if audits is None or not audits.compared:
        return 0, "No claim of it has been compared with an audit’s verdict."
    were = "was" if audits.too_high == 1 else "were"
    return _share(audits.too_high, audits.compared), (
        f"Of {so_many(audits.compared, 'audited claim')} {audits.too_high} {were} too high."
    )


def _evidence(claims: Claims | None) -> Value:
    """A unit that signs nothing gives no evidence at all: silence does not lower its score."""
    if claims is None:
        return FULLY, "It has signed nothing in the last two years, so there is no evidence at all."
    rests = "rests" if claims.thin_or_carried == 1 else "rest"
    return _share(claims.thin_or_carried, claims.themes), (
        f"{claims.thin_or_carried} of {so_many(claims.themes, 'theme')} {rests} on a short text alone, or on evidence "
        f"carried forward unchanged, in {claims.quarter}."
    )


def _injuries(signal: Signal | None) -> Value:
    return (signal.strength, signal.fact) if signal else (0, "No injury data bears on it yet.")


def _share(part: int, whole: int) -> int:
    """Return part ÷ whole in whole per cent, rounded half up; nought of nothing."""
    return (part * 200 + whole) // (2 * whole) if whole else 0


def months_between(earlier: date, later: date) -> int:
    """Return the whole months from one day to a later one; nought where it is not later."""
    months = (later.year - earlier.year) * 12 + later.month - earlier.month
    return max(0, months - (later.day < earlier.day))


# --- The programme ------------------------------------------------------------------------------------------------


def ranked(
    units: Iterable[UnitFacts],
    weights: Mapping[Ingredient, int],
    *,
    seed: str,
    as_at: date,
    injuries: Mapping[int, Signal],
) -> tuple[Scored, ...]:
    """Return every unit with its score, the highest first. Equal scores stand in an order that the seed gives."""
    scored = [Scored(unit, parts_of(unit, weights, as_at=as_at, injuries=injuries)) for unit in units]
    scored.sort(key=lambda one: (-one.score, number_of(one.unit.id, seed, "tie")))
    return tuple(Scored(one.unit, one.parts, rank) for rank, one in enumerate(scored, start=1))


def draw(
    units: Iterable[UnitFacts],
    weights: Mapping[Ingredient, int],
    *,
    seed: str,
    as_at: date,
    injuries: Mapping[int, Signal],
    days: Decimal,
    random_share: int,
) -> Drawn:
    """Propose a programme within the auditors' `days`; at least `random_share` per cent of its places go by chance.

    Raises NothingFits where the days are not enough for one audit, whichever unit it would be, and ValueError for a
    share that leaves nothing to chance or is more than all.
    """
    if not 1 <= random_share <= FULLY:
        raise ValueError(f"The share that goes by chance is 1 to 100 per cent of the places, not {random_share}.")
    ranking = ranked(units, weights, seed=seed, as_at=as_at, injuries=injuries)
    by_score, by_chance = _places(ranking, days, random_share)
    if ranking and not by_chance:
        raise NothingFits("The days are not enough for one audit.")
    rest = sorted(ranking[by_score:], key=lambda one: number_of(one.unit.id, seed, "draw"))
    return Drawn(
        ranking,
        by_score=ranking[:by_score],
        by_chance=tuple(rest[:by_chance]),
        chance=Fraction(by_chance, len(rest)) if rest else Fraction(0),
    )


def number_of(unit_id: int, seed: str, purpose: str) -> str:
    """Return the number, in hexadecimal, that the seed gives a unit: SHA-256 of `seed:purpose:unit_id`."""
    return hashlib.sha256(f"{seed}:{purpose}:{unit_id}".encode()).hexdigest()


def _places(ranking: Sequence[Scored], days: Decimal, random_share: int) -> tuple[int, int]:
    """Return how many places go by score and by chance: the most that fit, were the longest audits drawn.

    A further place never takes fewer days, so the most that fit are found by halving.
    """

    def fit(places: int) -> bool:
        by_score, by_chance = _split(places, random_share)
        longest = sorted((one.unit.days for one in ranking[by_score:]), reverse=True)[:by_chance]
        return _days(ranking[:by_score]) + sum(longest, Decimal(0)) <= days

    return _split(_most(fit, len(ranking)), random_share)


def _split(places: int, random_share: int) -> tuple[int, int]:
    """Split places into those by score and those by chance; a part of a place goes to chance."""
    by_chance = -(-places * random_share // FULLY)
    return places - by_chance, by_chance


def _most(fits: Callable[[int], bool], limit: int) -> int:
    """Return the largest number up to `limit` that fits; nought always does."""
    low, high = 0, limit
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low


def _days(scored: Iterable[Scored]) -> Decimal:
    return sum((one.unit.days for one in scored), Decimal(0))
