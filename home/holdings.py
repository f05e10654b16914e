"""All that is held about a person, from every room."""

from __future__ import annotations

from actions import holdings as actions
from assurance import holdings as assurance
from maturity import holdings as maturity
from organisation import holdings as organisation
from organisation.models import User
from papers import holdings as papers
from records import holdings as records
from records.holdings import Holding

ROOMS = (organisation, records, assurance, actions, papers, maturity)


def held_about(person: User) -> list[Holding]:
    """Return what every room holds about a person, also where there is nothing: that is an answer too."""
    return [holding for room in ROOMS for holding in room.held_about(person)]
