"""How far what units claim agrees with what auditors find. Plain numbers: no database, no clock.

Claims and verdicts are levels of one ordered scale, in pairs; `statistics.md`, *Agreement between claim and verdict*.
Nothing here is to be shown alone: where nearly everything is at one level, nine of ten claims can be confirmed and
kappa still be small (Feinstein and Cicchetti 1990), so counts come first and a coefficient never without the others.
What cannot be worked out stays None, and says why in words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from math import comb, sqrt
from random import Random
from statistics import NormalDist

from records.proportions import CONFIDENCE, wilson

LEVELS = 5
# Below this many pairs only counts are given: a share or a coefficient of so few says more about chance than of claims.
FEWEST_PAIRS = 10
# Below this many pairs the formulas for large samples do not hold, and intervals come from resampling.
FEWEST_FOR_FORMULAS = 50
# What the resampling draws with: always the same, so that the same pairs give the same interval on every page.
SEED = 20190219
RESAMPLES = 2000
# How many resamples may be without the coefficient before those that have it stop standing for all.
MOST_WITHOUT = 0.05
# How many standard errors a normal interval reaches to either side.
Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)

TOO_FEW = f"There are fewer than {FEWEST_PAIRS} pairs, so only counts are given."
NO_PAIRS = "There are no pairs of a claim and a verdict yet."
ONE_LEVEL = "Every claim and every verdict is the same level, so there is no chance agreement to compare with."
ALL_ALIKE = "Every claim differs from its verdict by the same, so the pairs do not show how far chance moves this."
NONE_DIFFERS = "No claim differs from its verdict, so there is nothing to test."
RARELY_DEFINED = (
    "Nearly every pair is at one level, so too many of the resamples have no kappa to take an interval from."
)

Pair = tuple[int, int]
Table = tuple[tuple[int, ...], ...]
# The weight of a claim and a verdict on a scale of so many levels: 1 for the same level, 0 for its two ends.
Weights = Callable[[int, int, int], float]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % interval. `why_not` says in words why the figure, or else the interval, is None."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Measures:
    """What is worked out of ten pairs or more.

    `exact` and `within_one` are shares with Wilson intervals. `sign_test_p` is the exact two-sided probability that
    claims that differ fall at least so unevenly above and below, were either as likely; None where none differs.
    `bias` is the mean of claim minus verdict in levels: an index, for it takes the steps between levels to be equal.
    `kappa` and `ac2` have linear weights. `seed` is that of the intervals' resampling; None where formulas gave them.
    """

    exact: Estimate
    within_one: Estimate
    sign_test_p: float | None
    bias: Estimate
    kappa: Estimate
    ac2: Estimate
    seed: int | None


@dataclass(frozen=True, slots=True)
class Counts:
    """Pairs of a claim and a verdict. `table` has a row for each claimed level and in it a column for each verdict."""

    table: Table

    @property
    def pairs(self) -> int:
        return sum(map(sum, self.table))

    @property
    def confirmed(self) -> int:
        """How many claims are the level that was found."""
        return _counted(self.table, lambda steps: steps == 0)

    @property
    def within_one(self) -> int:
        """How many claims are that level or one beside it."""
        return _counted(self.table, lambda steps: abs(steps) <= 1)

    @property
    def too_high(self) -> int:
        return _counted(self.table, lambda steps: steps > 0)

    @property
    def too_low(self) -> int:
        return _counted(self.table, lambda steps: steps < 0)


@dataclass(frozen=True, slots=True)
class Agreement(Counts):
    """Pairs with what follows from them. Of fewer than ten there are no `measures`, and `why_not` says so."""

    measures: Measures | None
    why_not: str = ""


def table_of(counts: Mapping[Pair, int], *, levels: int = LEVELS) -> Table:
    """Return the table of so many pairs each of claim and verdict, both levels from 1.

    Raises ValueError for a scale of fewer than two levels, and for a level that is not on the scale.
    """
    if levels < 2:
        raise ValueError(f"A scale of {levels} levels leaves nothing to agree on.")
    for pair in counts:
        if not all(1 <= level <= levels for level in pair):
            raise ValueError(f"{pair} is not a pair of levels from 1 to {levels}.")
    scale = range(1, levels + 1)
    return tuple(tuple(counts.get((claim, verdict), 0) for verdict in scale) for claim in scale)


def agreement_of(pairs: Iterable[Pair], *, levels: int = LEVELS) -> Agreement:
    """Return how pairs of a claimed level and a verdict agree, in whichever order they come."""
    return agreement_in(table_of(Counter(pairs), levels=levels))


def agreement_in(table: Table) -> Agreement:
    """Return how claims (rows) and verdicts (columns) agree in a square table of counts."""
    pairs = sum(map(sum, table))
    if pairs < FEWEST_PAIRS:
        return Agreement(table, None, TOO_FEW if pairs else NO_PAIRS)
    found = Counts(table)
    resampled = pairs < FEWEST_FOR_FORMULAS
    bias, kappa, ac2 = _by_resampling(table) if resampled else _by_formulas(table)
    return Agreement(
        table,
        Measures(
            exact=_share(found.confirmed, pairs),
            within_one=_share(found.within_one, pairs),
            sign_test_p=sign_test_p(found.too_high, found.too_low),
            bias=bias,
            kappa=kappa,
            ac2=ac2,
            seed=SEED if resampled else None,
        ),
    )


def bias_in(table: Table) -> Estimate:
    """Return the mean of claim minus verdict as `agreement_in` has it, without the work that the rest takes."""
    pairs = sum(map(sum, table))
    if pairs < FEWEST_PAIRS:
        return Estimate(why_not=TOO_FEW if pairs else NO_PAIRS)
    bias = mean_difference(table)
    if _all_differ_alike(table):
        return Estimate(bias, why_not=ALL_ALIKE)
    if pairs >= FEWEST_FOR_FORMULAS:
        return _bias_by_formula(table)
    return Estimate(bias, *_middle([(sum(claims) - sum(found)) / pairs for claims, found in _resamples(table)]))


def sign_test_p(higher: int, lower: int) -> float | None:
    """Return the exact two-sided p-value of the sign test; None where nothing differs, so that there is no test.

    Twice the smaller tail of a fair coin thrown `higher` + `lower` times, at most 1 (Conover 1999, section 3.4).
    """
    differing = higher + lower
    if not differing:
        return None
    tail = sum(comb(differing, number) for number in range(min(higher, lower) + 1))
    return float(min(Fraction(1), Fraction(2 * tail, 2**differing)))


def mean_difference(table: Table) -> float:
    """Return the mean of claim minus verdict, in levels. Raises ZeroDivisionError where there are no pairs."""
    pairs = sum(map(sum, table))
    return sum(number * (claim - verdict) for claim, verdict, number in _cells(table)) / pairs


def linear(claim: int, verdict: int, levels: int) -> float:
    """The weights used here: each step between claim and verdict takes the same from 1."""
    return 1 - abs(claim - verdict) / (levels - 1)


def weighted_kappa(table: Table, weights: Weights = linear) -> float | None:
    """Return Cohen's weighted kappa (Cohen 1968); None where all pairs are at one level, for which there is none.

    Which of the two is called the claim makes no difference to it.
    """
    observed, by_chance = _observed(table, weights), _by_chance(table, weights)
    # One level is told by its cells: by way of proportions, rounding can leave a hair's breadth to divide by.
    return None if _is_of_one_level(table) else (observed - by_chance) / (1 - by_chance)


def kappa_standard_error(table: Table, weights: Weights = linear) -> float | None:
    """Return weighted kappa's standard error in large samples (Fleiss, Cohen and Everitt 1969); None with kappa."""
    kappa = weighted_kappa(table, weights)
    if kappa is None:
        return None
    pairs, levels = sum(map(sum, table)), len(table)
    claims, verdicts = _margins(table)
    scale = range(levels)
    of_claim = [sum(verdicts[j] * weights(i, j, levels) for j in scale) for i in scale]
    of_verdict = [sum(claims[i] * weights(i, j, levels) for i in scale) for j in scale]
    by_chance = _by_chance(table, weights)
    spread = sum(
        number / pairs * (weights(i, j, levels) - (1 - kappa) * (of_claim[i] + of_verdict[j])) ** 2
        for i, j, number in _cells(table)
    )
    # Of perfect agreement the two terms are equal, and rounding may leave their difference below nought.
    variance = max(0.0, spread - (kappa - by_chance * (1 - kappa)) ** 2)
    return sqrt(variance / pairs) / (1 - by_chance)


def gwets_ac2(table: Table, weights: Weights = linear) -> float:
    """Return Gwet's AC2 (Gwet 2014, chapter 4), which stays near agreement where nearly all are at one level.

    Raises ZeroDivisionError where there are no pairs.
    """
    used = _used(table)
    by_chance = _chance_of_weights(len(table), weights) * sum(one * (1 - one) for one in used)
    return (_observed(table, weights) - by_chance) / (1 - by_chance)


def ac2_standard_error(table: Table, weights: Weights = linear) -> float:
    """Return AC2's standard error in large samples (Gwet 2014, chapter 5, of a population without end).

    Raises ZeroDivisionError where there are no pairs.
    """
    pairs, levels, used = sum(map(sum, table)), len(table), _used(table)
    of_weights, ac2 = _chance_of_weights(levels, weights), gwets_ac2(table, weights)
    by_chance = of_weights * sum(one * (1 - one) for one in used)
    spread = sum(
        number / pairs * (weights(i, j, levels) - 2 * (1 - ac2) * of_weights * (1 - (used[i] + used[j]) / 2)) ** 2
        for i, j, number in _cells(table)
    )
    # Where all pairs are alike the two terms are equal, and rounding may leave their difference below nought.
    variance = max(0.0, spread - (_observed(table, weights) - 2 * (1 - ac2) * by_chance) ** 2)
    return sqrt(variance / pairs) / (1 - by_chance)


# --- Sums over the table ----------------------------------------------------------------------------------------------


def _cells(table: Table) -> Iterator[tuple[int, int, int]]:
    """The cells that hold any pair: row, column, how many."""
    for row, counts in enumerate(table):
        for column, number in enumerate(counts):
            if number:
                yield row, column, number


def _counted(table: Table, condition: Callable[[int], bool]) -> int:
    return sum(number for claim, verdict, number in _cells(table) if condition(claim - verdict))


def _margins(table: Table) -> tuple[list[float], list[float]]:
    """The shares of all pairs at each claimed level, and at each level found."""
    pairs = sum(map(sum, table))
    columns = zip(*table, strict=True)
    return [sum(row) / pairs for row in table], [sum(column) / pairs for column in columns]


def _observed(table: Table, weights: Weights) -> float:
    pairs, levels = sum(map(sum, table)), len(table)
    return sum(number * weights(i, j, levels) for i, j, number in _cells(table)) / pairs


def _by_chance(table: Table, weights: Weights) -> float:
    """The weighted agreement that claims and verdicts would have if neither knew of the other."""
    levels = len(table)
    claims, verdicts = _margins(table)
    return sum(
        claim * verdict * weights(i, j, levels) for i, claim in enumerate(claims) for j, verdict in enumerate(verdicts)
    )


def _used(table: Table) -> list[float]:
    """The share of each level among claims and verdicts together."""
    return [(claim + verdict) / 2 for claim, verdict in zip(*_margins(table), strict=True)]


def _chance_of_weights(levels: int, weights: Weights) -> float:
    """What AC2's chance agreement is a multiple of: all weights added up, over the pairs of different levels."""
    total = sum(weights(i, j, levels) for i in range(levels) for j in range(levels))
    return total / (levels * (levels - 1))


def _is_of_one_level(table: Table) -> bool:
    return len({level for claim, verdict, _ in _cells(table) for level in (claim, verdict)}) == 1


# --- Intervals --------------------------------------------------------------------------------------------------------


def _share(part: int, whole: int) -> Estimate:
    return Estimate(part / whole, *wilson(part, whole))


def _by_formulas(table: Table) -> tuple[Estimate, Estimate, Estimate]:
    """The mean difference, kappa and AC2, each with the normal interval of its standard error."""
    bias, kappa, ac2 = mean_difference(table), weighted_kappa(table), gwets_ac2(table)
    error = kappa_standard_error(table)
    if kappa is None or error is None or _all_differ_alike(table):
        return _without_intervals(bias, kappa, ac2)
    reach = Z * ac2_standard_error(table)
    return (
        _bias_by_formula(table),
        Estimate(kappa, max(-1.0, kappa - Z * error), min(1.0, kappa + Z * error)),
        Estimate(ac2, ac2 - reach, min(1.0, ac2 + reach)),
    )


def _bias_by_formula(table: Table) -> Estimate:
    pairs, bias = sum(map(sum, table)), mean_difference(table)
    squares = sum(number * (claim - verdict - bias) ** 2 for claim, verdict, number in _cells(table))
    reach = Z * sqrt(squares / (pairs - 1) / pairs)
    return Estimate(bias, bias - reach, bias + reach)


def _by_resampling(table: Table) -> tuple[Estimate, Estimate, Estimate]:
    """The mean difference, kappa and AC2, each with the percentile interval of as many pairs drawn again and again."""
    bias, kappa, ac2 = mean_difference(table), weighted_kappa(table), gwets_ac2(table)
    if _all_differ_alike(table):
        return _without_intervals(bias, kappa, ac2)
    biases, kappas, ac2s = [], [], []
    for claims, verdicts in _resamples(table):
        biases.append((sum(claims) - sum(verdicts)) / len(claims))
        again, of_ac2 = _linear_kappa_and_ac2(claims, verdicts, len(table))
        ac2s.append(of_ac2)
        if again is not None:
            kappas.append(again)
    enough = len(kappas) >= RESAMPLES * (1 - MOST_WITHOUT)
    return (
        Estimate(bias, *_middle(biases)),
        Estimate(kappa, *_middle(kappas)) if enough else Estimate(kappa, why_not=RARELY_DEFINED),
        Estimate(ac2, *_middle(ac2s)),
    )


def _resamples(table: Table) -> Iterator[tuple[Sequence[int], Sequence[int]]]:
    """Claims and verdicts of as many pairs as there are, drawn with replacement."""
    pairs = [(claim, verdict) for claim, verdict, number in _cells(table) for _ in range(number)]
    # Not for secrets: chance that anybody can draw again.
    draw = Random(SEED)  # noqa: S311
    for _ in range(RESAMPLES):
        claims, verdicts = zip(*draw.choices(pairs, k=len(pairs)), strict=True)
        yield claims, verdicts


def _linear_kappa_and_ac2(claims: Sequence[int], verdicts: Sequence[int], levels: int) -> tuple[float | None, float]:
    """`weighted_kappa` and `gwets_ac2` with linear weights, of rows and columns from 0.

    Kappa is 1 − steps apart ÷ steps apart by chance, and these are summed over the borders between levels, each crossed
    where one of the two lies above it and the other does not. Of AC2, linear weights of q levels add up to
    q(2q − 1) ÷ 3. Twenty times quicker than by way of a table, and thousands of resamples ask.
    """
    pairs = len(claims)
    apart = sum(abs(claim - verdict) for claim, verdict in zip(claims, verdicts, strict=True))
    of_claims, of_verdicts = ([found.count(level) for level in range(levels)] for found in (claims, verdicts))
    below = zip(accumulate(of_claims[:-1]), accumulate(of_verdicts[:-1]), strict=True)
    apart_by_chance = sum(one * (pairs - other) + other * (pairs - one) for one, other in below)
    kappa = 1 - apart * pairs / apart_by_chance if apart_by_chance else None
    squares = sum((one + other) ** 2 for one, other in zip(of_claims, of_verdicts, strict=True))
    by_chance = (2 * levels - 1) / (3 * (levels - 1)) * (1 - squares / (4 * pairs * pairs))
    return kappa, 1 - apart / pairs / (levels - 1) / (1 - by_chance)


def _middle(found: list[float]) -> tuple[float, float]:
    """The ends of the middle 95 % of the values."""
    ordered = sorted(found)
    outside = int(len(ordered) * (1 - CONFIDENCE) / 2)
    return ordered[outside], ordered[-1 - outside]


def _all_differ_alike(table: Table) -> bool:
    return len({claim - verdict for claim, verdict, _ in _cells(table)}) == 1


def _without_intervals(bias: float, kappa: float | None, ac2: float) -> tuple[Estimate, Estimate, Estimate]:
    return (
        Estimate(bias, why_not=ALL_ALIKE),
        Estimate(kappa, why_not=ONE_LEVEL if kappa is None else ALL_ALIKE),
        Estimate(ac2, why_not=ALL_ALIKE),
    )
