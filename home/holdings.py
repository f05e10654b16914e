"""All that is held about a person, from every room."""

from __future__ import annotations

import re
from dataclasses import replace

from django.conf import settings

from actions import holdings as actions
from assurance import holdings as assurance
from injuries import holdings as injuries
from maturity import holdings as maturity
from organisation import holdings as organisation
from organisation.models import User
from papers import holdings as papers
from records import holdings as records
from records.holdings import Holding
from risks import holdings as risks

_SETTING = re.compile(r"KEEP_(?P<name>[A-Z]+_(?:DAYS|YEARS))")
ROOMS = (organisation, records, assurance, injuries, risks, actions, papers, maturity)


def held_about(person: User) -> list[Holding]:
    """Return what every room holds about a person, also where there is nothing: that is an answer too."""
    return [
        replace(holding, kept=_SETTING.sub(_in_words, holding.kept))
        for room in ROOMS
        for holding in room.held_about(person)
    ]


def _in_words(setting: re.Match[str]) -> str:
    """Return the period that a setting has in this installation."""
    number: int = getattr(settings.RETENTION, setting["name"].lower())
    if not number:
        return "as long as the trail"
    unit = setting["name"].rpartition("_")[2].lower()
    return f"{number} {unit if number != 1 else unit.removesuffix('s')}"
