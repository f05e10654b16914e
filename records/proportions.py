"""Shares of units, with what they would allow by chance. Plain numbers: no database, no clock.

Wilson's score interval (`statistics.md`, *Rates*; Wilson 1927): unlike the usual one it stays between 0 and 1, and says
something sensible of 0 of 10 and of 10 of 10.
"""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist

CONFIDENCE = 0.95


def wilson(part: float, whole: float, *, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Return the interval of the proportion `part` ÷ `whole`, as two numbers from 0 to 1.

    Either may be a fraction of one, as weighted counts are.

    Raises ValueError for a whole of nothing, of which there is no share, and for a part that is not within it.
    """
    return wilson_at(part, whole, z=NormalDist().inv_cdf((1 + confidence) / 2))


def wilson_at(part: float, whole: float, *, z: float) -> tuple[float, float]:
    """Return the same interval, whose width is given in standard errors: 1.96 is 95 %."""
    if whole <= 0 or not 0 <= part <= whole:
        raise ValueError(f"{part} of {whole} is not a share.")
    proportion = part / whole
    middle = proportion + z * z / (2 * whole)
    reach = z * sqrt(proportion * (1 - proportion) / whole + z * z / (4 * whole * whole))
    below = 1 + z * z / whole
    # At the ends the two terms are equal, and what rounding leaves of their difference is not an estimate.
    low = 0.0 if part == 0 else (middle - reach) / below
    high = 1.0 if part == whole else (middle + reach) / below
    return low, high
