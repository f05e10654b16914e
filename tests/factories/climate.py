"""Climate surveys for tests, imported as people import them: from a file, by way of its preview."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.utils import timezone

from assurance import climate
from assurance.climate import Result
from assurance.climate_files import Filled
from assurance.models import ClimateSurvey, ClimateUpload
from assurance.services import climate as services
from organisation.models import Unit, User
from organisation.roles import Role
from tests.factories.organisation import make_person

FIRST, LAST = date(2026, 5, 4), date(2026, 5, 29)


def counted(*answers: int) -> Result:
    """A result by how many chose each point of the scale, from 1 up."""
    return climate.result(respondents=sum(answers), answers=answers)


def keep_upload(
    results: Mapping[tuple[Unit, str], Sequence[int]] | None = None,
    *,
    name: str = "Safety climate 2027",
    held_from: date = FIRST,
    held_to: date = LAST,
    by: User,
    at: datetime | None = None,
) -> ClimateUpload:
    """What a file says, before its author confirms it."""
    about = services.About(name=name, held_from=held_from, held_to=held_to, points=5)
    filled = Filled({(unit.slug, theme): counted(*answers) for (unit, theme), answers in (results or {}).items()})
    return services.keep(about=about, filled=filled, name="results.csv", by=by, at=at or timezone.now())


def make_survey(
    results: Mapping[tuple[Unit, str], Sequence[int]],
    *,
    name: str = "Safety climate 2026",
    held_from: date = FIRST,
    held_to: date = LAST,
    by: User | None = None,
    at: datetime | None = None,
) -> ClimateSurvey:
    """A survey with so many answers to each point of the scale of five, by unit and theme; few are suppressed."""
    at, by = at or timezone.now(), by or make_person(Role.SHRMT)
    upload = keep_upload(results, name=name, held_from=held_from, held_to=held_to, by=by, at=at)
    return services.apply(upload=upload, seen=services.preview(upload).digest, by=by, at=at)
