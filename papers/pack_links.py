"""Where a meeting's page leads to its agenda pack: said to the room of meetings, which does not know of packs."""

from __future__ import annotations

from django.urls import reverse

from risks.links import Link
from risks.models import BoardMeeting, Risk


class PackLinks:
    """Leads from every meeting to its packs."""

    def of_risk(self, risk: Risk) -> list[Link]:  # noqa: ARG002  # no risk has a pack
        return []

    def of_meeting(self, meeting: BoardMeeting) -> list[Link]:
        return [Link("Agenda pack", reverse("papers:packs", args=[meeting.pk]))]
