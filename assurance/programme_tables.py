"""An audit programme as page and files show it: every unit with its score, the draw, and what was changed since.

Plain values: a page and a file of the same programme cannot disagree. The draw is worked out again from the seed each
time it is shown, so that what the service says of it is checked and not merely kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from assurance.sampling import Ingredient, Part, number_of
from organisation.periods import HalfYear
from rendering.formats import day_and_clock, decimal, so_many
from rendering.tables import Cell, Column, Table, list_csv, xlsx

BY_SCORE, BY_CHANCE, ADDED = "score", "chance", "added"
HOW = {BY_SCORE: "By score", BY_CHANCE: "By chance", ADDED: "Added"}
NOT_CHOSEN = "Not chosen"
DRAW = "draw"  # the word between seed and unit in what is hashed for the draw


@dataclass(frozen=True)
class Listed:
    """A unit in a programme (`place`) or beside it. `number` is what the draw knows it by.

    `came_by` says how it was chosen first, also where it was removed since; "" where it never was. A unit that was
    added without having been scored has no rank, no score and no parts.
    """

    number: int
    name: str
    slug: str
    rank: int | None
    score: Decimal | None
    parts: tuple[Part, ...]
    days: Decimal
    own_days: bool
    came_by: str
    place: int | None

    @property
    def how(self) -> str:
        """How it comes to be in the programme as it stands, in words."""
        if self.place is not None:
            return HOW[self.came_by]
        return f"Removed (was {HOW[self.came_by].lower()})" if self.came_by else NOT_CHOSEN


@dataclass(frozen=True)
class Seed:
    """A seed that was drawn, and why it followed an earlier one."""

    number: int
    seed: str
    because: str
    drawn_at: datetime
    drawn_by: str


@dataclass(frozen=True)
class Changed:
    """A change to the adopted programme: `kind` in words, places before and after (None: not in it), and why."""

    unit: str
    kind: str
    before: int | None
    place: int | None
    reason: str
    at: datetime
    by: str


@dataclass(frozen=True)
class Programme:
    """A programme as it stands. `units` are those in it by their places, then the others by rank."""

    half: HalfYear
    is_adopted: bool
    version: int
    as_at: date
    weights: Mapping[Ingredient, int]
    random_share: int
    auditor_days: Decimal
    days_per_audit: Decimal
    days_per_theme: Decimal
    seed: str
    proposed_at: datetime
    proposed_by: str
    adopted_at: datetime | None
    adopted_by: str
    units: tuple[Listed, ...]
    seeds: tuple[Seed, ...]
    changes: tuple[Changed, ...]

    @cached_property
    def audits(self) -> list[Listed]:
        """The units that are to be audited, by their places."""
        return [unit for unit in self.units if unit.place is not None]

    @cached_property
    def ranking(self) -> list[Listed]:
        """Every unit that was scored, the highest score first."""
        return sorted((unit for unit in self.units if unit.rank is not None), key=lambda unit: unit.rank or 0)

    @cached_property
    def without_score(self) -> list[Listed]:
        return [unit for unit in self.units if unit.rank is None]

    @property
    def days_used(self) -> Decimal:
        return sum((unit.days for unit in self.audits), Decimal(0))

    @property
    def days_left(self) -> Decimal:
        return self.auditor_days - self.days_used

    @property
    def days_say(self) -> str:
        """How the auditors' days are used, in a sentence or two."""
        takes = "takes" if len(self.audits) == 1 else "take"
        used = f"{so_many(len(self.audits), 'audit')} {takes} {decimal(self.days_used)} of the auditors’"
        return f"{used} {decimal(self.auditor_days)} days. {decimal(self.days_left)} are left."

    @property
    def chosen_say(self) -> str:
        """How the units in the programme came into it, in a sentence."""
        counts = [(len([one for one in self.audits if one.came_by == how]), words) for how, words in HOW.items()]
        return ", ".join(f"{count} {words.lower()}" for count, words in counts if count)

    # --- The draw ---

    @cached_property
    def drawn_from(self) -> list[tuple[str, Listed]]:
        """Every unit that the score did not choose, with the number that the seed gives it, the smallest first."""
        rest = [unit for unit in self.ranking if unit.came_by != BY_SCORE]
        return sorted(((number_of(unit.number, self.seed, DRAW), unit) for unit in rest), key=lambda each: each[0])

    @cached_property
    def places_by_chance(self) -> int:
        return sum(unit.came_by == BY_CHANCE for unit in self.units)

    @property
    def is_as_drawn(self) -> bool:
        """Whether the seed gives the very units that the programme says were drawn."""
        return all(unit.came_by == BY_CHANCE for _, unit in self.drawn_from[: self.places_by_chance])

    @property
    def chance(self) -> Fraction:
        """The chance that every unit had which the score did not choose."""
        return Fraction(self.places_by_chance, len(self.drawn_from)) if self.drawn_from else Fraction(0)

    @property
    def chance_says(self) -> str:
        return f"{self.places_by_chance} of {so_many(len(self.drawn_from), 'unit')}"

    @property
    def dated(self) -> date:
        """The day of the last thing that happened to it, by UTC."""
        happened = [self.proposed_at, self.adopted_at, *(one.at for one in self.changes)]
        return max(moment for moment in happened if moment is not None).date()


# --- Files --------------------------------------------------------------------------------------------------------


def _about(programme: Programme) -> Table:
    rows: list[tuple[Cell, Cell]] = [
        ("Half-year", programme.half.name),
        ("State", "Adopted" if programme.is_adopted else "Proposed"),
        ("Version", programme.version),
        ("Scores rest on the facts of", programme.as_at),
        ("Proposed", f"{day_and_clock(programme.proposed_at)}, by {programme.proposed_by}"),
        *(
            (("Adopted", f"{day_and_clock(programme.adopted_at)}, by {programme.adopted_by}"),)
            if programme.adopted_at
            else ()
        ),
        ("Auditors’ days", programme.auditor_days),
        ("Days used", programme.days_used),
        ("Days of every audit", programme.days_per_audit),
        ("Days that each scored theme adds", programme.days_per_theme),
        ("Places by chance, at least (per cent)", programme.random_share),
        *((f"Weight: {one.label}", programme.weights[one]) for one in Ingredient),
        ("Seed", programme.seed),
        ("Chance of a unit that the score did not choose", programme.chance_says),
    ]
    return Table("Programme", (("What", 46), ("Answer", 60)), rows)


def _units(programme: Programme) -> Table:
    parts: list[Column] = []
    for one in Ingredient:
        parts += [(f"{one.label}: per cent", 14), (f"{one.label}: points", 14), (f"{one.label}: why", 40)]
    columns = (
        ("Unit", 34),
        ("Place", 8),
        ("How chosen", 20),
        ("Rank", 8),
        ("Score", 10),
        ("Days", 8),
        ("Number in the draw", 12),
        *parts,
    )
    return Table("Units", columns, [_unit(unit, len(parts)) for unit in programme.units])


def _unit(unit: Listed, cells: int) -> list[Cell]:
    said: list[Cell] = [cell for part in unit.parts for cell in (part.value, part.points, part.fact)]
    known: list[Cell] = [unit.name, unit.place, unit.how, unit.rank, unit.score, unit.days, unit.number]
    return known + (said or [None] * cells)


def _draw(programme: Programme) -> Table:
    columns = (("Unit", 34), ("Order", 8), ("Drawn", 8), ("SHA-256 of seed, “draw” and number", 70))
    rows = [
        (unit.name, order, "Yes" if order <= programme.places_by_chance else "No", number)
        for order, (number, unit) in enumerate(programme.drawn_from, start=1)
    ]
    return Table("The draw", columns, rows)


def _seeds(programme: Programme) -> Table:
    columns = (("Draw", 8), ("Seed", 24), ("Drawn", 28), ("By", 28), ("Why it followed an earlier draw", 60))
    rows = [(one.number, one.seed, day_and_clock(one.drawn_at), one.drawn_by, one.because) for one in programme.seeds]
    return Table("Seeds", columns, rows)


def _changes(programme: Programme) -> Table:
    columns = (
        ("Change", 8), ("Unit", 34), ("What", 12), ("Place before", 10), ("Place after", 10), ("Why", 60),
        ("When", 28), ("By", 28),
    )  # fmt: skip
    rows = [
        (number, one.unit, one.kind, one.before, one.place, one.reason, day_and_clock(one.at), one.by)
        for number, one in enumerate(programme.changes, start=1)
    ]
    return Table("Changes", columns, rows)


def tables_of(programme: Programme) -> list[Table]:
    """Return the tables of a programme that have any rows."""
    return [table for make in (_about, _units, _draw, _seeds, _changes) if (table := make(programme)).rows]


def as_csv(programme: Programme) -> bytes:
    """Return every value of the programme on a line of its own."""
    return list_csv(tables_of(programme))


def as_xlsx(programme: Programme) -> bytes:
    """Return a workbook with a sheet for each table."""
    return xlsx(tables_of(programme), dated=programme.dated)


WRITERS: Mapping[str, Callable[[Programme], bytes]] = {"csv": as_csv, "xlsx": as_xlsx}


def named(units: Sequence[Listed], slug: str) -> Listed | None:
    """Return the unit with that name in addresses; None where the programme knows none."""
    return next((unit for unit in units if unit.slug == slug), None)
