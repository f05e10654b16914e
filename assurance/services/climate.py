"""Climate surveys: results from a file, seen before they count; a later file in their place; and withdrawing them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from django.db import IntegrityError, transaction

from assurance import climate
from assurance.climate import Differences, Place, Result
from assurance.climate_files import Filled, Known
from assurance.models import ClimateResult, ClimateSurvey, ClimateUpload
from assurance.models.climate import result_of
from assurance.rules import Refused
from maturity.models import Edition, Theme
from organisation.models import Unit, User
from records.canonical import content_digest, normal
from records.services import trail

KEPT_FOR = timedelta(days=1)
NOT_STANDING = "This survey does not count any more: it is withdrawn, or a later file has taken its place."


class Overtaken(Exception):
    """What the file comes to now is not what its author has seen."""


@dataclass(frozen=True, slots=True)
class About:
    """What is said of a survey besides its results."""

    name: str
    held_from: date
    held_to: date
    points: int
    source: str = ""

    def as_json(self) -> dict[str, Any]:
        days = {"held_from": self.held_from.isoformat(), "held_to": self.held_to.isoformat()}
        return {"name": normal(self.name), "points": self.points, "source": normal(self.source), **days}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> About:
        days = {name: date.fromisoformat(kept[name]) for name in ("held_from", "held_to")}
        return cls(name=kept["name"], points=kept["points"], source=kept["source"], **days)


@dataclass(frozen=True, slots=True)
class Preview:
    """What becomes of a file if it is confirmed: the survey, its results, and what it takes the place of."""

    about: About
    results: Mapping[Place, Result]
    replaces: ClimateSurvey | None
    differences: Differences
    says_otherwise: tuple[str, ...] = ()

    @property
    def suppressed(self) -> int:
        return sum(one.is_suppressed for one in self.results.values())

    @property
    def digest(self) -> str:
        """What tells whether somebody has seen this."""
        kept = [_as_json(place, one) for place, one in sorted(self.results.items())]
        before = self.replaces.pk if self.replaces else None
        return content_digest([self.about.as_json(), kept, before])


# --- A file and its preview -----------------------------------------------------------------------------------------


def known_between(held_from: date, held_to: date) -> Known:
    """Return the units that there were while a survey was held, and the themes of every edition: two queries."""
    units = Unit.objects.exclude(closed_on__lt=held_from).filter(opened_on__lte=held_to)
    rows = list(Theme.objects.order_by("edition__starts_on", "number").values_list("identity", "name", "edition"))
    newest = {identity: name for identity, name, _ in rows}
    return Known(
        units=dict(units.order_by("name", "pk").values_list("slug", "name")),
        themes=newest,
        theme_aliases=[(identity, name) for identity, name, _ in rows],
    )


def theme_names(day: date) -> dict[str, str]:
    """Return the themes’ names by identity as the edition of that day has them, in its order; older ones behind."""
    edition = Edition.objects.in_force(day)
    names = dict(Theme.objects.order_by("edition__starts_on", "number").values_list("identity", "name"))
    current = dict(edition.themes.values_list("identity", "name")) if edition else {}
    return current | {identity: name for identity, name in names.items() if identity not in current}


@transaction.atomic
def keep(*, about: About, filled: Filled, name: str, by: User, at: datetime) -> ClimateUpload:
    """Keep what a file says until its author confirms it. Their earlier one, and others' old ones, are forgotten."""
    waiting = ClimateUpload.objects.filter(applied_at=None)
    waiting.filter(by=by).delete()
    waiting.filter(uploaded_at__lt=at - KEPT_FOR).delete()
    return ClimateUpload.objects.create(
        by=by,
        name=str(normal(name))[:200],
        uploaded_at=at,
        survey=about.as_json(),
        results=[_as_json(place, one) for place, one in filled.results.items()],
    )


def preview(upload: ClimateUpload) -> Preview:
    """Return what becomes of the file if it is confirmed now."""
    about = About.from_json(upload.survey)
    results = dict(_from_json(kept) for kept in upload.results)
    replaced = ClimateSurvey.objects.standing().called(about.name).first()
    before = results_of(replaced) if replaced else {}
    otherwise = _said_otherwise(replaced, about) if replaced else ()
    return Preview(about, results, replaced, climate.differences(before, results), otherwise)


def results_of(survey: ClimateSurvey) -> dict[Place, Result]:
    """Return all results of a survey, by unit and theme: one query."""
    rows = survey.results.values_list("unit__slug", "theme_identity", "respondents", "mean", "answers")
    return {(unit, theme): result_of(respondents, mean, answers) for unit, theme, respondents, mean, answers in rows}


def _said_otherwise(before: ClimateSurvey, after: About) -> tuple[str, ...]:
    names = {"held_from": "first day", "held_to": "last day", "points": "points of the scale", "source": "source"}
    return tuple(words for name, words in names.items() if getattr(before, name) != getattr(after, name))


def _as_json(place: Place, result: Result) -> list[Any]:
    mean = result.mean_as_given
    return [*place, result.respondents, None if mean is None else str(mean), list(result.answers)]


def _from_json(kept: list[Any]) -> tuple[Place, Result]:
    unit, theme, respondents, mean, answers = kept
    return (unit, theme), result_of(respondents, None if mean is None else Fraction(mean), answers)


# --- Confirming and withdrawing -------------------------------------------------------------------------------------


@transaction.atomic
def apply(*, upload: ClimateUpload, seen: str, by: User, at: datetime) -> ClimateSurvey:
    """Make the survey of the file’s results: all of them, in the place of what was imported under the name before.

    `seen` is the digest of the preview that its author has seen. Raises Overtaken where it comes to something else
    now, Refused where the file has been confirmed already.
    """
    locked = ClimateUpload.objects.select_for_update(no_key=True).get(pk=upload.pk)
    if locked.applied_at is not None:
        raise Refused("This file has been confirmed already.")
    found = preview(locked)
    if found.digest != seen or not _stands_still(found.replaces):
        raise Overtaken
    survey = _made(found, by=by, at=at)
    units = dict(Unit.objects.filter(slug__in={unit for unit, _ in found.results}).values_list("slug", "pk"))
    ClimateResult.objects.bulk_create(
        [_row(survey, units[unit], theme, one) for (unit, theme), one in found.results.items()], batch_size=2000
    )
    locked.results, locked.applied_at = [], at
    locked.save(update_fields=["results", "applied_at"])
    act = "climate-survey.replaced" if found.replaces else "climate-survey.imported"
    numbers = {"results": len(found.results), "suppressed": found.suppressed}
    trail.record(act=act, thing=survey, by=by, at=at, replaces=found.replaces and found.replaces.pk, **numbers)
    return survey


def _stands_still(survey: ClimateSurvey | None) -> bool:
    """Lock what is to be replaced, and say whether it still counts: somebody may be withdrawing it."""
    if survey is None:
        return True
    ClimateSurvey.objects.select_for_update(no_key=True).get(pk=survey.pk)
    return ClimateSurvey.objects.standing().filter(pk=survey.pk).exists()


def _made(found: Preview, *, by: User, at: datetime) -> ClimateSurvey:
    about = found.about
    try:
        with transaction.atomic():
            return ClimateSurvey.objects.create(
                name=found.replaces.name if found.replaces else about.name,
                held_from=about.held_from,
                held_to=about.held_to,
                points=about.points,
                source=about.source,
                imported_at=at,
                imported_by=by,
                replaces=found.replaces,
            )
    except IntegrityError as error:  # somebody has imported the same survey at the same moment
        raise Overtaken from error


def _row(survey: ClimateSurvey, unit: int, theme: str, result: Result) -> ClimateResult:
    return ClimateResult(
        survey=survey,
        unit_id=unit,
        theme_identity=theme,
        respondents=result.respondents,
        mean=result.mean_as_given,
        answers=list(result.answers),
    )


@transaction.atomic
def withdraw(*, survey: ClimateSurvey, because: str, by: User, at: datetime) -> ClimateSurvey | None:
    """Take the survey’s results back, and return the earlier import that counts again, if there was one."""
    locked = ClimateSurvey.objects.select_for_update(no_key=True).get(pk=survey.pk)
    if not ClimateSurvey.objects.standing().filter(pk=locked.pk).exists():
        raise Refused(NOT_STANDING)
    locked.withdrawn_at, locked.withdrawn_by, locked.withdrawn_because = at, by, normal(because)
    locked.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_because"])
    trail.record(
        act="climate-survey.withdrawn",
        thing=locked,
        by=by,
        at=at,
        words={"because": locked.withdrawn_because},
        counts_again=locked.replaces_id,
    )
    return locked.replaces


@transaction.atomic
def record_download(*, survey: ClimateSurvey, by: User, at: datetime) -> None:
    """Note that somebody took the results away as a file."""
    trail.record(act="climate-survey.downloaded", thing=survey, by=by, at=at)
