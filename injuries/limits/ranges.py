"""Moving ranges: how far a value lies from the one before it. Plain numbers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import mean

# What the mean range of two is divided by for a standard deviation, and what a range rarely exceeds: d2 and D4 for two.
D2 = 1.128
RARELY_EXCEEDED = 3.267


def mean_range(values: Sequence[float | None], *, screened: bool) -> float | None:
    """Return the mean of the moving ranges of neighbours that both have a value; None where no two do.

    `screened` leaves out, once, those of at least 3.267 times their mean, which one odd value makes two of.
    """
    ranges = [abs(after - before) for before, after in pairwise(values) if before is not None and after is not None]
    if not ranges:
        return None
    of_all = mean(ranges)
    kept = [one for one in ranges if one < RARELY_EXCEEDED * of_all] if screened else ranges
    # Where nothing moves there is nothing to screen, and the mean is nought.
    return mean(kept) if kept else of_all
