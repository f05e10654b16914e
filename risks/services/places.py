"""Where something happened: which business group answers for it."""

from __future__ import annotations

from datetime import date

from organisation.models import BusinessGroup, Unit, UnitMembership
from risks.rules import Refused


def group_of(unit: Unit | None, group: BusinessGroup | None, day: date) -> BusinessGroup | None:
    """Return the business group that the unit was in on the day, whatever `group` says; of no unit, `group`."""
    if unit is None:
        return group
    membership = UnitMembership.objects.filter(unit=unit).in_force(day).select_related("group").first()
    if membership is None:
        raise Refused(f"{unit} did not exist on that day. Choose the unit that did, or the business group alone.")
    return membership.group
