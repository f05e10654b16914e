"""What the acts of this room are called where people read the trail, and what of it concerns a unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from organisation.models import Appointment, Unit, UnitMembership

ACTS = {
    "account.changed": "changed the name or the e-mail address of {thing}",
    "account.closed": "closed {thing}",
    "account.invited": "invited {thing} to choose a password",
    "account.linked": "linked {thing} to an identity of the force’s own sign-in",
    "account.made": "made {thing}",
    "account.password_changed": "changed the password of {thing}",
    "account.password_reset": "chose a new password for {thing} by a link sent by e-mail",
    "account.reopened": "reopened {thing}",
    "account.second_factor_added": "added a second factor to {thing}",
    "account.second_factor_removed": "removed a second factor from {thing}",
    "account.sign_in_failed": "was refused a sign-in to {thing}",
    "account.signed_in": "signed in",
    "account.signed_out": "signed out",
    "appointment.ended": "ended {thing}",
    "appointment.extended": "extended {thing}",
    "appointment.handed_over": "handed over {thing}",
    "appointment.imported": "applied a {thing}",
    "appointment.made": "made {thing}",
    "calendar-link.made": "made a private calendar link",
    "calendar-link.stopped": "stopped a private calendar link",
    "force.changed": "changed the settings of {thing}",
    "group.made": "made the business group {thing}",
    "group.renamed": "renamed the business group {thing}",
    "missing.downloaded": "took away the list of who is missing",
    "qualification.changed": "changed {thing}",
    "qualification.recorded": "put {thing} on record",
    "qualification.removed": "removed {thing}",
    "qualification.type_changed": "changed the qualification {thing}, or which roles expect it",
    "qualification.type_made": "added the qualification {thing}",
    "session.revoked": "ended a session of {thing}",
    "unit.changed": "changed {thing}",
    "unit.closed": "closed {thing}",
    "unit.merged": "merged {thing}",
    "unit.moved": "moved {thing} to another business group",
    "unit.opened": "opened {thing}",
    "unit.renamed": "renamed {thing}",
    "unit.split": "split {thing}",
}


def things_of_unit(unit: int) -> Mapping[str, QuerySet[Any]]:
    """Return what of this room concerns a unit, by the name that the trail calls such things by."""
    return {
        "organisation.Unit": Unit.objects.filter(pk=unit),
        "organisation.UnitMembership": UnitMembership.objects.filter(unit=unit),
        "organisation.Appointment": Appointment.objects.filter(unit=unit),
    }
