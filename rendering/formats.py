"""Numbers and dates as people read them. Pure: the same words on pages, in documents and in charts.

Every number is rounded once, here, half away from zero and from the unrounded value.
"""

import math
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
MINUS = "−"

Number = int | float | Decimal | Fraction


def day(moment: date) -> str:
    """A date as `6 March 2026`; of an aware datetime, the day it is in London."""
    local = _in_london(moment) if isinstance(moment, datetime) else moment
    return f"{local.day} {local:%B} {local.year}"


def clock(moment: datetime | time) -> str:
    """A time of day as `2:14pm`; an aware datetime is put on London's clock, a naive one is taken to be on
    it."""
    local = _in_london(moment) if isinstance(moment, datetime) else moment
    return f"{local.hour % 12 or 12}:{local:%M}{'am' if local.hour < 12 else 'pm'}"


def day_and_clock(moment: datetime) -> str:
    """Both, as `6 March 2026, 2:14pm`."""
    return f"{day(moment)}, {clock(moment)}"


def count(number: int) -> str:
    """A whole number as `1,890`."""
    return _signed_minus(f"{number:,}")


def so_many(number: int, noun: str) -> str:
    """So many of something: `1 unit`, `1,890 units`."""
    return f"{count(number)} {noun}{'' if number == 1 else 's'}"


def decimal(number: Number, places: int = 1) -> str:
    """A number with so many decimals: `12.6`, `−0.5`, `1,204.0`."""
    rounded = _rounded(number, places)
    return _signed_minus(f"{rounded:,.{places}f}")


def rate(number: Number) -> str:
    """A rate, to two decimals: `7.07`."""
    return decimal(number, places=2)


def interval(low: float, high: float) -> str:
    """From where to where a rate lies, as `0.67 to 0.92`; `0.67 or more` where nothing bounds it above."""
    return f"{rate(low)} or more" if math.isinf(high) else f"{rate(low)} to {rate(high)}"


def share(part: int, whole: int, places: int = 0) -> str:
    """`part` of `whole` as `62%`. Raises ValueError for a whole of nothing, of which there is no share."""
    if whole <= 0:
        raise ValueError(f"A share of {whole} is not defined: count the whole first.")
    return f"{decimal(Fraction(part, whole) * 100, places)}%"


def per_cent(part: Number, places: int = 1) -> str:
    """A share from 0 to 1 as `97.5%`. What is not all, or not nothing, never reads as if it were: `more than 99.9%`."""
    hundredfold, step = _exact(part) * 100, Decimal(1).scaleb(-places)
    rounded = _rounded(hundredfold, places)
    if rounded == 100 > hundredfold:
        return f"more than {decimal(100 - step, places)}%"
    if rounded == 0 < hundredfold:
        return f"less than {decimal(step, places)}%"
    return f"{decimal(rounded, places)}%"


def so_many_per_cent(number: Decimal) -> str:
    """So many per cent as they were given, with one decimal where there is one: `98%`, `97.5%`."""
    return f"{decimal(number, 0 if number == int(number) else 1)}%"


def listed(names: Sequence[str]) -> str:
    """The names as a sentence lists them: `A, B and C`."""
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def signed_change(ratio: Number, places: int = 1) -> str:
    """A relative change with its sign: 0.042 is `+4.2%`, -0.126 is `−12.6%`; what rounds to nothing is
    `0.0%`."""
    rounded = _rounded(_exact(ratio) * 100, places)
    sign = "+" if rounded > 0 else ""
    return f"{sign}{decimal(rounded, places)}%"


def _in_london(moment: datetime) -> datetime:
    return moment.astimezone(LONDON) if moment.tzinfo is not None else moment


def _rounded(number: Number, places: int) -> Decimal:
    step = Decimal(1).scaleb(-places)
    rounded = _exact(number).quantize(step, rounding=ROUND_HALF_UP)
    # No minus zero.
    return rounded if rounded else abs(rounded)


def _exact(number: Number) -> Decimal:
    if isinstance(number, Fraction):
        return Decimal(number.numerator) / Decimal(number.denominator)
    # By way of its shortest decimal form: 1.005 is meant as 1.005, not as the binary fraction just below it.
    return Decimal(str(number)) if isinstance(number, float) else Decimal(number)


def _signed_minus(text: str) -> str:
    return text.replace("-", MINUS)
