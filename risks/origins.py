"""Actions that risks and meetings of the Board raised: where they come from, and who reads and writes them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from actions.origins import Origin
from organisation.permissions import Person, administers, roles_anywhere
from organisation.roles import Role
from risks.models import RaisedAction, Risk

RISKS, MEETINGS = "risks", "board-meetings"
READS_THE_BOARDS = frozenset({Role.BOARD_MEMBER, Role.BOARD_SECRETARY})


class BoardActions:
    """The Board's actions: all of them to its members, its secretary writes them; a risk's to whoever leads it."""

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
            return Q(pk__in=RaisedAction.objects.values("action"))
        return self._of_risks_led_by(user)

    def _of_risks_led_by(self, user: Person) -> Q:
        return Q(pk__in=RaisedAction.objects.filter(risk__in=Risk.objects.led_by(user)).values("action"))

    def of_actions(self, action_ids: Collection[int]) -> Mapping[int, Sequence[Origin]]:
        """Return the risk or meeting that raised each of the actions: one query."""
        rows = RaisedAction.objects.filter(action__in=action_ids).select_related("risk", "meeting")
        return {row.action_id: [_origin(row)] for row in rows}

    def choices(self) -> Sequence[tuple[str, str]]:
        """Return what a list of actions may be narrowed to."""
        return [(RISKS, "Risks of the Board"), (MEETINGS, "Meetings of the Board")]

    def raised_by(self, key: str) -> QuerySet[Any] | None:
        """Return the ids of the actions that risks, or meetings, raised."""
        if key not in (RISKS, MEETINGS):
            return None
        return RaisedAction.objects.filter(risk__isnull=key != RISKS).order_by().values_list("action")


def _origin(row: RaisedAction) -> Origin:
    if row.risk is not None:
        address = reverse("risks:risk", args=[row.risk.reference])
        return Origin(f"Risk {row.risk.reference}: {row.risk.title}", f"Risk {row.risk.reference}", address)
    assert row.meeting is not None  # noqa: S101  # held by the database
    return Origin(str(row.meeting), str(row.meeting), reverse("risks:meeting", args=[row.meeting.pk]))
