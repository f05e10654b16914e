"""Reading what is known of units for their three readings, in as many queries for many units as for one.

Which statement is the claim and which survey counts is decided once, here; which verdict, in `assurance/validated.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db.models import Case, Value, When

from assurance.models import ClimateResult, ClimateSurvey, Entry, Revision, RevisionState
from assurance.models.climate import result_of
from assurance.services.figures import Model, code_of
from assurance.validated import last_validated
from insight.injury_figures import InjuryRecorder
from insight.outcomes import Indicator, Movement, Recorder, read_indicators
from insight.three_readings import Claim, Known, OfUnit, Survey, ThemeFacts, Verdict, comparable
from maturity.models import Edition
from organisation.periods import HalfYear

INDICATORS = Path(settings.BASE_DIR) / "fixtures" / "outcome-indicators.toml"
# What counts outcomes. Of an indicator that none of them knows, the pages say that it is not yet recorded.
RECORDERS: Sequence[Recorder] = (InjuryRecorder(),)


@cache
def indicators() -> tuple[Indicator, ...]:
    """Return which outcomes bear on which theme: read once, since the file is part of the installation."""
    return read_indicators(INDICATORS.read_text(encoding="utf-8"))


def known_of(units: Collection[int], *, day: date, recorders: Sequence[Recorder] | None = None) -> Known:
    """Return what is known of the units on a day, beside the edition in force: some ten queries."""
    recorders = RECORDERS if recorders is None else recorders
    model = Model(HalfYear.of(day))
    edition = Edition.objects.in_force(day)
    code = code_of(edition)
    found = {unit: OfUnit() for unit in units}
    add_claims(found)
    _add_verdicts(found, day)
    survey = _add_climate(found)
    together: dict[str, Movement] = {}
    for recorder in recorders:
        said = recorder.moved(units, day)
        together |= said.together
        for unit, moved in said.by_unit.items():
            found[unit].moved = {**found[unit].moved, **moved}
    return Known(
        edition=code,
        level_names=list(edition.levels.values_list("name", flat=True)) if edition else [],
        themes=_themes(edition),
        survey=survey,
        units={unit: comparable(one, code, model.editions, survey) for unit, one in found.items()},
        indicators=indicators(),
        moved_together=together,
    )


def _themes(edition: Edition | None) -> list[ThemeFacts]:
    rows = edition.themes.values_list("identity", "name", "scored") if edition else []
    return [ThemeFacts(*row) for row in rows]


def add_claims(found: dict[int, OfUnit]) -> None:
    """Add each unit's claim: its statement of the latest quarter that stands, the accepted revision before another."""
    accepted_first = Case(When(state=RevisionState.ACCEPTED, then=Value(0)), default=Value(1))
    newest = (
        Revision.objects.standing()
        .filter(statement__unit__in=list(found))
        .order_by("statement__unit_id", "-statement__quarter", accepted_first, "-number")
        .distinct("statement__unit_id")
    )
    # As a list: in a subquery the order is lost by which the newest is found.
    rows = Entry.objects.filter(revision__in=list(newest.values_list("pk", flat=True))).values_list(
        "revision__statement__unit",
        "theme__identity",
        "level",
        "revision__statement__edition__code",
        "revision__statement__quarter",
        "revision__state",
    )
    for unit, theme, level, edition, quarter, state in rows.order_by():
        found[unit].claims[theme] = Claim(level, edition, quarter, state == RevisionState.ACCEPTED)


def _add_verdicts(found: dict[int, OfUnit], day: date) -> None:
    """Add the level of each theme that an audit validated last."""
    for unit, by_theme in last_validated(list(found), until=day).items():
        for theme, last in by_theme.items():
            found[unit].verdicts[theme] = Verdict(last.level, last.edition, last.on, last.reference)


def _add_climate(found: dict[int, OfUnit]) -> Survey | None:
    """Add the results of the last survey that asked any of the units, and return it."""
    results = ClimateResult.objects.filter(unit__in=list(found))
    survey = ClimateSurvey.objects.standing().filter(pk__in=results.values("survey")).first()
    if survey is None:
        return None
    rows = results.filter(survey=survey).values_list("unit", "theme_identity", "respondents", "mean", "answers")
    for unit, theme, respondents, mean, answers in rows.order_by():
        found[unit].climate[theme] = result_of(respondents, mean, answers)
    edition = Edition.objects.in_force(survey.held_to)
    return Survey(survey.pk, survey.name, survey.held_to, survey.points, code_of(edition))
