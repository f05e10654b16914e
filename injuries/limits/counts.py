"""Charts of counts: c and u, p, and Laney's u′ and p′. Plain numbers: no database, no clock.

For monthly injuries the u chart with exact Poisson limits is the default (`statistics.md`, *Charts over time*). Where
limits cannot be worked out there are none: for a month without headcount, and by a baseline in which nothing happened
(or, of shares, all did), which does not say how far chance reaches.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

from injuries.limits.charts import (
    NO_LINES,
    WHOLE,
    Baseline,
    Chart,
    Kind,
    Lines,
    LinesAt,
    NotOnThisChart,
    about,
    charted,
)
from injuries.limits.ranges import D2, mean_range
from injuries.limits.rules import EXACT_ALONE, SIGMA_ALONE, Limits, RuleSet
from injuries.rates import PER, Counted, NoExposure, exact_exposure
from injuries.tails import poisson_range

# Only above this index of dispersion do counts vary so much more than chance that Laney's limits are called for.
LANEY_ABOVE = 1.5

# The standard deviation that chance gives a rate or share, of so much exposure, about its centre.
Sigma = Callable[[float, float], float]


def u_chart(
    counted: Sequence[Counted], *, rules: RuleSet = EXACT_ALONE, baselines: Sequence[Baseline] = WHOLE, per: int = PER
) -> Chart:
    """Return the chart of events per 1,000 of exposure, with limits for each month's own exposure.

    Exact limits are at the least and the greatest count that is not rare where the baseline's rate holds; fewer, and
    more, each happen at most once in a thousand months. Raises NoExposure where something happened among nobody.
    """
    return _chart(Kind.U, _series(counted), _poisson_sigma, rules, baselines, per)


def u_prime_chart(
    counted: Sequence[Counted], *, rules: RuleSet = SIGMA_ALONE, baselines: Sequence[Baseline] = WHOLE, per: int = PER
) -> Chart:
    """Return the u chart with limits widened by how far neighbouring months differ (Laney 2002).

    It is for counts that `may_widen`, and is labelled as what it is. Raises NoExposure as `u_chart` does.
    """
    return _chart(Kind.U_PRIME, _series(counted), _poisson_sigma, rules, baselines, per)


def p_chart(
    counted: Sequence[Counted], *, rules: RuleSet = SIGMA_ALONE, baselines: Sequence[Baseline] = WHOLE, per: int = 1
) -> Chart:
    """Return the chart of the share that events are of their exposure: of so many, how many did.

    Raises NotOnThisChart where there are more events than there could be, and NoExposure.
    """
    return _chart(Kind.P, _shares(counted), _binomial_sigma, rules, baselines, per)


def p_prime_chart(
    counted: Sequence[Counted], *, rules: RuleSet = SIGMA_ALONE, baselines: Sequence[Baseline] = WHOLE, per: int = 1
) -> Chart:
    """Return the p chart with limits widened by how far neighbours differ (Laney 2002), for large denominators."""
    return _chart(Kind.P_PRIME, _shares(counted), _binomial_sigma, rules, baselines, per)


def c_chart(
    counted: Sequence[Counted], *, rules: RuleSet = SIGMA_ALONE, baselines: Sequence[Baseline] = WHOLE
) -> Chart:
    """Return the chart of counts by themselves, for stretches of time that are alike; exposures are passed over."""
    alike = [Counted(one.label, one.events, 1) for one in counted]
    return _chart(Kind.C, _series(alike), _poisson_sigma, rules, baselines, 1)


def may_widen(chart: Chart) -> bool:
    """Return whether counts vary so much more than chance on a u or p chart that its Laney form is called for."""
    return any(stretch.dispersion is not None and stretch.dispersion > LANEY_ABOVE for stretch in chart.stretches)


@dataclass(frozen=True, slots=True)
class _Series:
    """Labels, counts and exposures of the same length. A count is None where either is missing, or both are nought."""

    labels: tuple[str, ...]
    events: tuple[int | None, ...]
    exposures: tuple[Fraction, ...]

    def share(self, positions: Sequence[int]) -> Fraction:
        """All events at these positions ÷ all exposure."""
        events = sum(self.events[position] or 0 for position in positions)
        return events / sum((self.exposures[position] for position in positions), Fraction(0))

    def value(self, position: int) -> float | None:
        events = self.events[position]
        return None if events is None else float(events / self.exposures[position])


def _series(counted: Sequence[Counted]) -> _Series:
    for one in counted:
        if one.events and one.exposure is not None and not exact_exposure(one.exposure):
            raise NoExposure(f"{one.label}: {one.events} of nobody.")
    exposures = tuple(exact_exposure(one.exposure or 0) for one in counted)
    events = tuple(one.events if exposure else None for one, exposure in zip(counted, exposures, strict=True))
    return _Series(tuple(one.label for one in counted), events, exposures)


def _shares(counted: Sequence[Counted]) -> _Series:
    series = _series(counted)
    for label, events, exposure in zip(series.labels, series.events, series.exposures, strict=True):
        if events is not None and events > exposure:
            raise NotOnThisChart(f"{label}: {events} of {exposure} is not a share.")
    return series


def _poisson_sigma(centre: float, exposure: float) -> float:
    return sqrt(centre / exposure)


def _binomial_sigma(centre: float, exposure: float) -> float:
    return sqrt(centre * (1 - centre) / exposure)


def _chart(
    kind: Kind, series: _Series, sigma_of: Sigma, rules: RuleSet, baselines: Sequence[Baseline], per: int
) -> Chart:
    most = per if sigma_of is _binomial_sigma else None

    def lines_from(rested: Sequence[int]) -> LinesAt:
        centre = float(series.share(rested))
        widened = kind in {Kind.U_PRIME, Kind.P_PRIME}
        wider = _laneys_sigma(series, sigma_of, rested, screened=rules.screened) if widened else 1.0

        def lines_at(position: int) -> Lines:
            exposure = series.exposures[position]
            if not exposure:
                return NO_LINES
            sigma = sigma_of(centre, float(exposure))
            if wider is None or not sigma:
                return Lines(per * centre)
            if rules.limits is Limits.EXACT_POISSON:
                return _exact(centre, exposure, per, rules.tail)
            return about(per * centre, per * wider * sigma, least=0, most=most)

        return lines_at

    return charted(
        kind,
        series.labels,
        [None if (value := series.value(position)) is None else per * value for position in range(len(series.labels))],
        lines_from,
        rules=rules,
        baselines=baselines,
        per=per,
        dispersion_of=lambda rested: _dispersion(series, sigma_of, rested),
    )


def _exact(centre: float, exposure: Fraction, per: int, tail: float) -> Lines:
    """Lines at the least and the greatest count that is not rare. There are no warning limits."""
    low, high = poisson_range(centre * float(exposure), tail=tail)
    # As exactly as the values, so that a count that is just not rare lies on its limit and not beyond it.
    return Lines(per * centre, per * float(low / exposure), per * float(high / exposure))


def _laneys_sigma(series: _Series, sigma_of: Sigma, rested: Sequence[int], *, screened: bool) -> float | None:
    """How many times more neighbours differ than chance would have them; None where that cannot be told."""
    away = _standardised(series, sigma_of, rested)
    mean = mean_range([away.get(position) for position in range(len(series.labels))], screened=screened)
    return None if mean is None else mean / D2


def _dispersion(series: _Series, sigma_of: Sigma, rested: Sequence[int]) -> float | None:
    """Pearson's chi-square ÷ its degrees of freedom; None of fewer than two months, and where nothing varies."""
    away = _standardised(series, sigma_of, rested)
    return sum(one**2 for one in away.values()) / (len(away) - 1) if len(away) > 1 else None


def _standardised(series: _Series, sigma_of: Sigma, rested: Sequence[int]) -> dict[int, float]:
    """How many sigma each position is from the centre; nothing where there is no sigma to count in."""
    if not rested:
        return {}
    centre, away = float(series.share(rested)), {}
    for position in rested:
        value, sigma = series.value(position), sigma_of(centre, float(series.exposures[position]))
        if value is None or not sigma:
            return {}
        away[position] = (value - centre) / sigma
    return away
