"""How many comply with the limit on weekly working time: shares, targets, and what is said of them. Plain values.

Whoever is over the limit and has opted out of it complies; whoever is over it and has not opted out does not
(domain.md, *Injuries, custody, working time*).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil

from records.proportions import wilson
from rendering import formats
from rendering.charts.shares import Share
from rendering.tables import Cell, Table

DAYS_A_WEEK = 7
NOTES = (
    "Whoever worked longer than the limit and has opted out of it complies. The share is one less those who worked "
    "longer without having opted out, among all in scope.",
    "Shares are rounded to one decimal when they are printed and never before. One that is not all prints as “more "
    "than 99.9%”, not as 100.0%, and whether a target is met is told from the numbers of people.",
    "Everybody in scope was counted, so a reading is exact for its day. The 95% interval (Wilson) says how far a share "
    "of so many people can lie from the one in the long run if chance alone decides who is over the limit.",
)
NO_VERDICT = (
    "Whether that is more than chance is not said: mostly the same people stand in both readings, and the readings do "
    "not tell who moved from one side of the limit to the other."
)


@dataclass(frozen=True, slots=True)
class Target:
    """The share that is to comply, in per cent, from a day on."""

    from_on: date
    share: Decimal
    endorsed_by: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """People in scope as at a day, and those over the limit of `hours`, averaged over the `weeks` up to it.

    Raises ValueError where nobody is in scope, or more are over the limit than are.
    """

    day: date
    in_scope: int
    opted_out: int
    not_opted_out: int
    weeks: int
    hours: int
    note: str = ""
    key: int = 0

    def __post_init__(self) -> None:
        if self.in_scope < 1 or min(self.opted_out, self.not_opted_out) < 0:
            raise ValueError("A reading is of one person at least, and of no less than none over the limit.")
        if self.opted_out + self.not_opted_out > self.in_scope:
            raise ValueError("More people are over the limit than are in scope.")

    @property
    def complying(self) -> int:
        return self.in_scope - self.not_opted_out

    @property
    def share(self) -> Fraction:
        return Fraction(self.complying, self.in_scope)

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the share."""
        return wilson(self.complying, self.in_scope)

    @property
    def basis(self) -> str:
        """What it was measured by: readings with another basis are not compared with it."""
        return f"{self.hours} hours over {self.weeks} weeks"

    def short_of(self, target: Target) -> int:
        """By how many people it falls short of a target; 0 where it is met."""
        needed = ceil(Fraction(target.share) / 100 * self.in_scope)
        return max(0, needed - self.complying)


@dataclass(frozen=True, slots=True)
class Row:
    """A reading in words. `verdict` holds it against the target of its day."""

    reading: Reading
    share: str
    interval: str
    opted_out_share: str
    target: str
    verdict: str
    says: str


@dataclass(frozen=True, slots=True)
class Compliance:
    """The readings of a staff group, the newest first, with what the newest says."""

    rows: tuple[Row, ...]
    sentences: tuple[str, ...]
    shares: tuple[Share, ...]


def target_on(targets: Sequence[Target], day: date) -> Target | None:
    """Return the target that applied on a day: the one that had begun last; None before the first."""
    return max((one for one in targets if one.from_on <= day), key=lambda one: one.from_on, default=None)


def compliance(readings: Sequence[Reading], targets: Sequence[Target], *, of: str) -> Compliance:
    """Return readings, one a day at most, held against the targets; `of` is what the people in scope are called."""
    ordered = sorted(readings, key=lambda one: one.day)
    if not ordered:
        return Compliance((), (), ())
    newest = ordered[-1]
    applying = [target_on(targets, one.day) for one in ordered]
    befores = [None, *ordered[:-1]]
    rows = [_row(*of_day) for of_day in zip(ordered, applying, befores, strict=True)]
    sentences = [_about(newest, of), _against(newest, applying[-1]), *_change(befores[-1], newest)]
    return Compliance(tuple(reversed(rows)), tuple(sentences), tuple(map(_share, ordered, applying)))


def in_a_sentence(name: str) -> str:
    """Return the name of a staff group as it stands in a sentence; names of posts keep their capitals."""
    return name[:1].lower() + name[1:] if name[1:].islower() else name


def _row(reading: Reading, target: Target | None, before: Reading | None) -> Row:
    low, high = reading.interval
    says = ""
    if before is not None and before.basis != reading.basis:
        says = f"Not to be compared with the reading before it, which took {before.basis}."
    return Row(
        reading,
        formats.per_cent(reading.share),
        f"{formats.per_cent(low)} to {formats.per_cent(high)}",
        formats.per_cent(Fraction(reading.opted_out, reading.in_scope)),
        formats.so_many_per_cent(target.share) if target else "",
        _verdict(reading, target),
        says,
    )


def _verdict(reading: Reading, target: Target | None) -> str:
    if target is None:
        return "No target"
    short = reading.short_of(target)
    return f"Not met, short by {_people(short)}" if short else "Met"


def _share(reading: Reading, target: Target | None) -> Share:
    low, high = reading.interval
    is_below = target is not None and reading.short_of(target) > 0
    return Share(reading.day, float(reading.share), low, high, basis=reading.basis, is_below=is_below)


# --- In words -------------------------------------------------------------------------------------------------------


def _about(reading: Reading, of: str) -> str:
    return (
        f"On {formats.day(reading.day)}, {formats.per_cent(reading.share)} of {formats.count(reading.in_scope)} {of} "
        f"in scope complied with the limit of {reading.hours} hours a week. Averaged over {reading.weeks} weeks, "
        f"{_nobody_or(reading.not_opted_out)} worked longer without having opted out; "
        f"{_nobody_or(reading.opted_out)} worked longer and had opted out."
    )


def _against(reading: Reading, target: Target | None) -> str:
    if target is None:
        return "No target applied on that day."
    by = f", endorsed by {target.endorsed_by}" if target.endorsed_by else ""
    said = f"The target is {formats.so_many_per_cent(target.share)} from {formats.day(target.from_on)}{by}. "
    short = reading.short_of(target)
    if not short:
        return f"{said}It was met."
    printed = _number(formats.per_cent(reading.share))
    if isinstance(printed, Decimal) and printed >= target.share:
        return f"{said}It was not met, by {_people(short)}: the share is below it before it is rounded."
    return f"{said}It was not met, by {_people(short)}."


def _change(before: Reading | None, newest: Reading) -> list[str]:
    """What is said of the reading before; never that a change is more than chance, which two readings cannot tell."""
    if before is None:
        return []
    day = formats.day(before.day)
    if before.basis != newest.basis:
        return [f"The reading of {day} took {before.basis}, and this one {newest.basis}: the two are not compared."]
    change = newest.share - before.share
    if not change:
        return [f"The share is the same as on {day}."]
    points = formats.decimal(abs(change) * 100)
    size = "less than 0.1 percentage points" if points == "0.0" else f"{points} percentage points"
    said = [
        f"Since {day} the share has {'risen' if change > 0 else 'fallen'} by {size}, from "
        f"{formats.per_cent(before.share)}. {NO_VERDICT}"
    ]
    if (newest.day - before.day).days < newest.weeks * DAYS_A_WEEK:
        said.append("The two reference periods overlap, so some of the weeks are in both.")
    return said


def _people(number: int) -> str:
    return "1 person" if number == 1 else f"{formats.count(number)} people"


def _nobody_or(number: int) -> str:
    return formats.count(number) if number else "nobody"


# --- As a table that leaves the product -----------------------------------------------------------------------------

COLUMNS = (
    ("Day", 14),
    ("Staff group", 22),
    ("In scope", 10),
    ("Over the limit, opted out", 14),
    ("Over the limit, not opted out", 14),
    ("Complying, %", 14),
    ("95% interval from, %", 14),
    ("95% interval to, %", 14),
    ("Target, %", 10),
    ("Against the target", 28),
    ("Over the limit and opted out, %", 14),
    ("Weekly limit, hours", 12),
    ("Averaged over, weeks", 12),
    ("To be read with care", 40),
    ("Note", 40),
)


def table(found: Compliance, targets: Sequence[Target], *, of: str) -> Table:
    """Return the readings, the newest first, with shares as numbers wherever they do not round to all or nothing."""
    return Table("Working time", COLUMNS, [_cells(row, target_on(targets, row.reading.day), of) for row in found.rows])


def _cells(row: Row, target: Target | None, of: str) -> list[Cell]:
    reading = row.reading
    low, high = row.interval.split(" to ")
    return [
        reading.day,
        of,
        reading.in_scope,
        reading.opted_out,
        reading.not_opted_out,
        _number(row.share),
        _number(low),
        _number(high),
        target.share if target else None,
        row.verdict,
        _number(row.opted_out_share),
        reading.hours,
        reading.weeks,
        row.says,
        reading.note,
    ]


def _number(printed: str) -> Cell:
    """A printed share as a number; as it stands where it is words, such as “more than 99.9”."""
    said = printed.removesuffix("%")
    return said if " " in said else Decimal(said)
