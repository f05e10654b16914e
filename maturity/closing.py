"""What the end of a unit means to its targets: what this room knows of it (see organisation/dependants.py)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from maturity.models import Target
from organisation.dependants import Foreseen
from organisation.models import Unit
from rendering.formats import day


class TargetsOfUnits:
    """Targets of units that end."""

    def of_closing(self, units: Sequence[Unit], last_day: date) -> Foreseen:
        """A target is for the unit that it names. What comes of the unit has it only where somebody enters it."""
        current = Target.objects.current().filter(unit__in=units, by_on__gt=last_day).select_related("unit")
        return Foreseen(
            tells=tuple(
                f"The target of level {one.level} for {one.unit}, to be reached by {day(one.by_on)}, is for that unit "
                "alone. The Head of Safety, Health and Wellbeing enters one for what comes of it."
                for one in current.order_by("unit__name", "by_on", "pk")
            )
        )
