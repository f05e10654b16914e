"""Actions that risks, meetings of the Board and investigations raised: where from, and who reads and writes them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from actions.origins import Origin
from organisation.permissions import Person, administers, roles_anywhere
from organisation.roles import Role
from risks.models import RaisedAction, Risk

RISKS, MEETINGS, INVESTIGATIONS = "risks", "board-meetings", "investigations"
RAISED_BY = {RISKS: "risk", MEETINGS: "meeting", INVESTIGATIONS: "investigation"}
READS_THE_BOARDS = frozenset({Role.BOARD_MEMBER, Role.BOARD_SECRETARY})


class BoardActions:
    """Read by the Board's members; its secretary writes the Board's, whoever leads a risk that risk's.

    Those of investigations are written, as any, by whoever of SHRMT, or as the Head, raised them.
    """

    def readable_by(self, user: Person) -> Q:
        """Return which of these actions the person reads."""
        if roles_anywhere(user) & READS_THE_BOARDS:
            return Q(pk__in=RaisedAction.objects.values("action"))
        return self._of_risks_led_by(user)

    def writable_by(self, user: Person) -> Q:
        """Return which of these actions the person changes, closes and reopens."""
        if administers(user):
            return Q(pk__in=())
        if Role.BOARD_SECRETARY in roles_anywhere(user):
            return Q(pk__in=RaisedAction.objects.filter(investigation=None).values("action"))
        return self._of_risks_led_by(user)

    def _of_risks_led_by(self, user: Person) -> Q:
        return Q(pk__in=RaisedAction.objects.filter(risk__in=Risk.objects.led_by(user)).values("action"))

    def of_actions(self, action_ids: Collection[int]) -> Mapping[int, Sequence[Origin]]:
        """Return what raised each of the actions: one query."""
        rows = RaisedAction.objects.filter(action__in=action_ids).select_related(*RAISED_BY.values())
        return {row.action_id: [_origin(row)] for row in rows}

    def choices(self) -> Sequence[tuple[str, str]]:
        """Return what a list of actions may be narrowed to."""
        return [(RISKS, "Risks of the Board"), (MEETINGS, "Meetings of the Board"), (INVESTIGATIONS, "Investigations")]

    def raised_by(self, key: str) -> QuerySet[Any] | None:
        """Return the ids of the actions that risks, meetings or investigations raised."""
        if key not in RAISED_BY:
            return None
        return RaisedAction.objects.exclude(**{RAISED_BY[key]: None}).order_by().values_list("action")


def _origin(row: RaisedAction) -> Origin:
    if row.risk is not None:
        address = reverse("risks:risk", args=[row.risk.reference])
        return Origin(f"Risk {row.risk.reference}: {row.risk.title}", f"Risk {row.risk.reference}", address)
    if row.meeting is not None:
        return Origin(str(row.meeting), str(row.meeting), reverse("risks:meeting", args=[row.meeting.pk]))
    assert row.investigation is not None  # noqa: S101  # held by the database
    address = reverse("risks:investigation", args=[row.investigation.pk])
    return Origin(f"Investigation: {row.investigation}", "Investigation", address)
