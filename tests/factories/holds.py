"""Legal holds, and files of what is held about people. Each call makes a new row."""

from __future__ import annotations

from django.utils import timezone

from organisation.models import User
from organisation.roles import Role
from records.models import HoldScope, LegalHold, PersonalExport, RecordClass
from records.services import holds
from tests.factories.organisation import make_person


def make_hold(
    record_class: RecordClass = RecordClass.ACTIONS,
    scope: HoldScope = HoldScope.FORCE,
    scope_id: int | None = None,
    *,
    by: User | None = None,
) -> LegalHold:
    """A hold in force, of everybody's actions unless said otherwise."""
    return holds.place(
        record_class=record_class,
        scope=scope,
        scope_id=scope_id,
        authority="Legal services, LS-12",
        reason="Proceedings",
        by=by or make_person(Role.HEAD),
        at=timezone.now(),
    )


def to_be_lifted(hold: LegalHold | None = None, *, by: User | None = None) -> LegalHold:
    """A hold that somebody has asked to lift."""
    asking = by or make_person(Role.HEAD)
    return holds.ask_to_lift(
        hold=hold or make_hold(), authority="Legal services, LS-13", reason="Over", by=asking, at=timezone.now()
    )


def make_export(person: User) -> PersonalExport:
    """A file of a person's own data, ready to be taken."""
    now = timezone.now()
    return PersonalExport.objects.create(
        person=person,
        requested_by=person,
        requested_at=now,
        complete=True,
        made_at=now,
        content=b"PK",
        sha256="0" * 64,
    )
