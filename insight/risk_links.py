"""The page of a risk leads to the injuries that bear on it."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse

from risks.links import Link
from risks.models import BoardMeeting, Risk


class RiskLinks:
    """What this room has about a risk."""

    def of_risk(self, risk: Risk) -> Sequence[Link]:
        """Return the page of the risk beside its injuries."""
        return [Link("Injuries that bear on it", reverse("insight:risk_injuries", args=[risk.reference]))]

    def of_meeting(self, meeting: BoardMeeting) -> Sequence[Link]:  # noqa: ARG002  # it has nothing about meetings
        return []
