"""What the end of a unit means to its actions: what this room knows of it (see organisation/dependants.py)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Count

from actions.models import Action, ActionStatus
from organisation.dependants import Foreseen
from organisation.models import Unit
from rendering.formats import count


class ActionsOfUnits:
    """Actions of units that end."""

    def of_closing(self, units: Sequence[Unit], last_day: date) -> Foreseen:  # noqa: ARG002  # open is open, any day
        """Actions stay with the unit that they were raised for: nothing stands in the way of its end."""
        found = Action.objects.filter(unit__in=units, status=ActionStatus.OPEN).order_by("unit__name")
        return Foreseen(
            tells=tuple(
                f"{count(number)} open {'action of' if number == 1 else 'actions of'} {name} stay"
                f"{'s' if number == 1 else ''} with it. Close there what is done, and raise anew what the unit that "
                "follows is to do."
                for name, number in found.values_list("unit__name").annotate(Count("pk"))
            )
        )
