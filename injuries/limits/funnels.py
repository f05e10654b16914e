"""Units beside each other, each against the mean of all, by how much chance would have them differ. Plain numbers.

`statistics.md`, *Comparing units*: a unit is compared by its own interval (exact below 10 events, Byar's from 10;
Wilson's of a share), at 95 and at 99.8 %, with the weighted mean of all units. Units stay in the order in which they
are given: this is no league table. Where units differ by more than chance altogether, the dispersion φ says so, and
limits are widened by √φ (Spiegelhalter 2005), which is always said.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import asin, ceil, isfinite, sqrt

from injuries.limits.charts import NothingToChart, NotOnThisChart
from injuries.rates import PER, Counted, Interval, Number, exact_exposure, exact_interval, interval_of_count, z_of
from records.proportions import wilson_at
from rendering.formats import decimal

# The two widths of a funnel, and of each unit's intervals.
INNER, OUTER = 0.95, 0.998
# The part of units at each end that is taken to be no further out than the next, before dispersion is worked out.
WINSORISED = 0.1
# How many points at most a side of the funnel is drawn with.
DRAWN_WITH = 80


class Standing(StrEnum):
    """How a unit's rate lies to the mean of all."""

    FAR_ABOVE = "above the mean at 99.8%"
    ABOVE = "above the mean at 95%"
    NEAR = "not different from the mean by more than chance"
    BELOW = "below the mean at 95%"
    FAR_BELOW = "below the mean at 99.8%"
    NOT_COMPARED = "not compared: something is missing"


@dataclass(frozen=True, slots=True)
class FunnelUnit:
    """A unit's rate (or share) with its intervals, widened where the funnel is; None where it is not compared."""

    label: str
    events: int | None
    exposure: float | None
    rate: float | None
    inner: Interval | None
    outer: Interval | None
    standing: Standing


@dataclass(frozen=True, slots=True)
class Place:
    """A place on the limit of a funnel."""

    exposure: float
    rate: float


@dataclass(frozen=True, slots=True)
class Curve:
    """The two sides of a funnel, each from small exposures to large ones."""

    lower: tuple[Place, ...]
    upper: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Funnel:
    """Units against their `mean` per `per`. `dispersion` is φ, None of fewer than two units.

    `widening` is what limits reach further by: √φ where that is above 1 and widening was asked for, otherwise 1.
    """

    per: int
    mean: float
    units: tuple[FunnelUnit, ...]
    dispersion: float | None
    widening: float
    inner_curve: Curve
    outer_curve: Curve

    @property
    def note(self) -> str:
        """What has to be printed with it about dispersion."""
        if self.dispersion is None:
            return "There are too few units to say whether they differ by more than chance altogether."
        dispersion = f"(dispersion φ = {decimal(self.dispersion, 2)})"
        if self.widening > 1:
            return (
                f"Units differ by more than chance alone would have them {dispersion}. Intervals and limits are "
                f"therefore {decimal(self.widening, 2)} times as wide."
            )
        if self.dispersion > 1:
            return f"Units differ by more than chance alone would have them {dispersion}. Limits are not widened."
        return f"Units differ by no more than chance would have them {dispersion}."


def rate_funnel(
    units: Sequence[Counted], *, per: int = PER, against: Number | None = None, widen: bool = True
) -> Funnel:
    """Return units by their rate, against the rate of all, or `against` a rate per one of exposure that is given.

    With expected events for exposures and `against` 1, it is the funnel of ratios of observed to expected events.
    Units of which something is missing, or that have nobody, are not compared and not in the mean. Raises
    NothingToChart without a unit to compare, and where nothing happened in any.
    """
    compared = _compared(units)
    mean = float(_mean(compared) if against is None else exact_exposure(against))
    if not mean:
        raise NothingToChart("Nothing happened in any unit, so there is nothing to compare.")
    dispersion = _dispersion([2 * (sqrt(events) - sqrt(mean * exposure)) for events, exposure in compared.values()])

    def interval(events: int, exposure: float, z: float) -> Interval:
        of_count = interval_of_count(events, z=z)
        return Interval(of_count.low / exposure, of_count.high / exposure)

    def curve(z: float) -> Curve:
        most = mean * max(exposure for _, exposure in compared.values())
        return rate_curve(mean, [0, *_drawn(1, ceil(most + z * sqrt(most) + z * z))], z=z, per=per)

    return _funnel(units, compared, mean, dispersion, interval, curve, per=per, widen=widen)


def share_funnel(units: Sequence[Counted], *, per: int = 1, widen: bool = True) -> Funnel:
    """Return units by the share that events are of their exposure, against the share of all.

    Dispersion is worked out on the arcsine of the root, on which a share varies as much wherever it is. Raises
    NotOnThisChart for more events than there could be, and NothingToChart without a unit to compare, and where all
    happened everywhere or nothing anywhere.
    """
    compared = _compared(units)
    for label, (events, exposure) in compared.items():
        if events > exposure:
            raise NotOnThisChart(f"{label}: {events} of {exposure:g} is not a share.")
    mean = float(_mean(compared))
    if mean in {0, 1}:
        raise NothingToChart("All units are the same, at none or at all, so there is nothing to compare.")
    middle = asin(sqrt(mean))
    away = [2 * sqrt(whole) * (asin(sqrt(events / whole)) - middle) for events, whole in compared.values()]

    def interval(events: int, exposure: float, z: float) -> Interval:
        return Interval(*wilson_at(events, exposure, z=z))

    def curve(z: float) -> Curve:
        return share_curve(mean, _drawn(1, ceil(max(exposure for _, exposure in compared.values()))), z=z, per=per)

    return _funnel(units, compared, mean, _dispersion(away), interval, curve, per=per, widen=widen)


def standing_of(mean: float, inner: Interval, outer: Interval) -> Standing:
    """Return how a unit lies to a mean by its own intervals at 95 and 99.8 %. A mean on their end is within them."""
    if outer.low > mean:
        return Standing.FAR_ABOVE
    if outer.high < mean:
        return Standing.FAR_BELOW
    if inner.low > mean:
        return Standing.ABOVE
    return Standing.BELOW if inner.high < mean else Standing.NEAR


def rate_curve(mean: float, events: Sequence[int], *, z: float, per: int = PER) -> Curve:
    """Return where a unit of so many events would just be told from a mean rate per one of exposure.

    Its exposure is then one end of the exact interval of its events ÷ the mean. No events are never too many.
    """
    lower, upper = [], []
    for number in events:
        interval = exact_interval(number, z=z)
        lower.append(Place(interval.high / mean, per * number * mean / interval.high))
        # Limits can be so wide that no float holds the rate at which so few events would be too many.
        if interval.low and isfinite(rate := per * number * mean / interval.low):
            upper.append(Place(interval.low / mean, rate))
    return Curve(tuple(lower), tuple(upper))


def share_curve(mean: float, wholes: Sequence[int], *, z: float, per: int = 1) -> Curve:
    """Return the shares of so many that would just be told from a mean share, by Wilson's interval."""
    reach = {whole: z * sqrt(mean * (1 - mean) / whole) for whole in wholes}
    return Curve(
        tuple(Place(whole, per * max(0.0, mean - reach[whole])) for whole in wholes),
        tuple(Place(whole, per * min(1.0, mean + reach[whole])) for whole in wholes),
    )


def winsorised(values: Sequence[float], part: float = WINSORISED) -> list[float]:
    """Return values in order, with that part of them at each end (rounded down) set to the next one inwards."""
    ordered = sorted(values)
    cut = int(len(ordered) * part)
    if not cut:
        return ordered
    return [ordered[cut]] * cut + ordered[cut:-cut] + [ordered[-cut - 1]] * cut


# --- How they are worked out ------------------------------------------------------------------------------------------

# Each compared unit's events and exposure, by its label.
Compared = dict[str, tuple[int, float]]


def _compared(units: Sequence[Counted]) -> Compared:
    labels = {unit.label for unit in units}
    if len(labels) < len(units):
        raise NotOnThisChart("Two units have the same name.")
    compared = {
        unit.label: (unit.events, float(exact_exposure(unit.exposure)))
        for unit in units
        if unit.events is not None and unit.exposure
    }
    if not compared:
        raise NothingToChart("There is no unit with a count and a headcount.")
    return compared


def _mean(compared: Compared) -> Fraction:
    exposure = sum((Fraction(exposure) for _, exposure in compared.values()), Fraction(0))
    return sum(events for events, _ in compared.values()) / exposure


def _dispersion(standardised: Sequence[float]) -> float | None:
    if len(standardised) < 2:
        return None
    return sum(one**2 for one in winsorised(standardised)) / len(standardised)


def _funnel(
    units: Sequence[Counted],
    compared: Compared,
    mean: float,
    dispersion: float | None,
    interval: Callable[[int, float, float], Interval],
    curve: Callable[[float], Curve],
    *,
    per: int,
    widen: bool,
) -> Funnel:
    widening = sqrt(dispersion) if widen and dispersion is not None and dispersion > 1 else 1.0
    inner_z, outer_z = widening * z_of(INNER), widening * z_of(OUTER)

    def placed(unit: Counted) -> FunnelUnit:
        if unit.label not in compared:
            return FunnelUnit(unit.label, unit.events, None, None, None, None, Standing.NOT_COMPARED)
        events, exposure = compared[unit.label]
        inner, outer = interval(events, exposure, inner_z), interval(events, exposure, outer_z)
        return FunnelUnit(
            unit.label,
            events,
            exposure,
            per * events / exposure,
            Interval(per * inner.low, per * inner.high),
            Interval(per * outer.low, per * outer.high),
            standing_of(mean, inner, outer),
        )

    return Funnel(
        per,
        per * mean,
        tuple(placed(unit) for unit in units),
        dispersion,
        widening,
        curve(inner_z),
        curve(outer_z),
    )


def _drawn(first: int, last: int) -> list[int]:
    """Whole numbers from the first to the last, each a little larger than the one before, no more than can be drawn."""
    if last - first < DRAWN_WITH:
        return list(range(first, last + 1))
    steps = (last / first) ** (1 / (DRAWN_WITH - 1))
    return sorted({round(first * steps**number) for number in range(DRAWN_WITH)})
