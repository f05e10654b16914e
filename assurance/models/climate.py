from __future__ import annotations

import uuid
from fractions import Fraction
from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Lower

from assurance import climate
from assurance.climate import FEWEST, FEWEST_POINTS, MOST_POINTS
from organisation.models import Unit
from organisation.permissions import Person, appointments_today, units_in_scope
from organisation.roles import Role

# Who reads the results of every unit, and who those of their own.
READS_ALL_CLIMATE = frozenset({Role.SHRMT, Role.HEAD, Role.BOARD_MEMBER, Role.BOARD_SECRETARY})
READS_OWN_UNITS_CLIMATE = frozenset({Role.SPOC, Role.SLT_LEAD})
READS_OWN_GROUPS_CLIMATE = frozenset({Role.COG_LEAD, Role.COG_SUPPORT})
READS_CLIMATE = READS_ALL_CLIMATE | READS_OWN_UNITS_CLIMATE | READS_OWN_GROUPS_CLIMATE


class ClimateSurveyQuerySet(models.QuerySet["ClimateSurvey"]):
    def standing(self) -> ClimateSurveyQuerySet:
        """Surveys whose results count: not withdrawn, and no later import has taken their place."""
        later = ClimateSurvey.objects.filter(replaces=OuterRef("pk"), withdrawn_at=None)
        return self.filter(~Exists(later), withdrawn_at=None)

    def called(self, name: str) -> ClimateSurveyQuerySet:
        """Surveys of that name, upper and lower case alike."""
        return self.filter(name__iexact=name)


class ClimateSurvey(models.Model):
    """What staff answered in a climate survey, as one file brought it. A later file takes its place; it stays."""

    name = models.CharField(max_length=120)
    held_from = models.DateField()
    held_to = models.DateField()
    points = models.PositiveSmallIntegerField(help_text="Of the scale, from 1; the highest is the fullest agreement.")
    source = models.TextField(blank=True, help_text="Who asked whom, and where the results come from.")
    imported_at = models.DateTimeField()
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_because = models.TextField(blank=True)

    objects = ClimateSurveyQuerySet.as_manager()

    class Meta:
        ordering = ["-held_to", "-id"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"), condition=Q(replaces=None, withdrawn_at=None), name="one_first_import_of_a_survey"
            ),
            models.UniqueConstraint("replaces", condition=Q(withdrawn_at=None), name="one_import_takes_anothers_place"),
            models.CheckConstraint(condition=~Q(name=""), name="climate_survey_has_a_name"),
            models.CheckConstraint(condition=Q(held_to__gte=F("held_from")), name="climate_survey_held_forwards"),
            models.CheckConstraint(
                condition=Q(points__range=(FEWEST_POINTS, MOST_POINTS)), name="climate_scale_has_points"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawn_because="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_because="")),
                name="climate_survey_withdrawn_with_a_reason",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="climate_surveys_stay",
                operation=pgtrigger.UpdateOf("name", "held_from", "held_to", "points", "source", "replaces_id")  # type: ignore[no-untyped-call]  # ships no types
                | pgtrigger.Delete,
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ClimateResultQuerySet(models.QuerySet["ClimateResult"]):
    def standing(self) -> ClimateResultQuerySet:
        """Results of surveys that count."""
        return self.filter(survey__in=ClimateSurvey.objects.standing())

    def visible_to(self, user: Person) -> ClimateResultQuerySet:
        """Results that `can_read_climate_result` grants, as a filter."""
        if appointments_today(user).to(READS_ALL_CLIMATE).exists():
            return self
        own = units_in_scope(user, unit_roles=READS_OWN_UNITS_CLIMATE, group_roles=READS_OWN_GROUPS_CLIMATE)
        return self.filter(unit__in=Unit.objects.filter(own))


class ClimateResult(models.Model):
    """What staff of a unit answered on a theme. Of fewer than ten it keeps no number: only that they were few."""

    survey = models.ForeignKey(ClimateSurvey, on_delete=models.PROTECT, related_name="results")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="climate_results")
    theme_identity = models.SlugField(max_length=60)
    respondents = models.PositiveIntegerField(null=True, blank=True, help_text="Blank: fewer than ten.")
    mean = models.DecimalField(
        max_digits=4, decimal_places=2, null=True, blank=True, help_text="Where the answers are not counted."
    )
    answers = ArrayField(
        models.PositiveIntegerField(), default=list, blank=True, help_text="How many chose each point, from 1 up."
    )

    objects = ClimateResultQuerySet.as_manager()

    class Meta:
        ordering = ["unit__name", "theme_identity"]
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "unit", "theme_identity"], name="one_climate_result_per_unit_and_theme"
            ),
            models.CheckConstraint(
                condition=Q(respondents=None, mean=None, answers=[])
                # Where respondents are NULL, comparing them is NULL too, which a constraint takes for a yes.
                | Q(respondents__isnull=False, respondents__gte=FEWEST, mean__isnull=False, answers=[])
                | (Q(respondents__isnull=False, respondents__gte=FEWEST, mean=None) & ~Q(answers=[])),
                name="fewer_than_ten_leave_no_number",
            ),
        ]
        indexes = [models.Index(fields=["unit", "theme_identity"], name="climate_by_unit_and_theme")]
        triggers = [pgtrigger.Protect(name="climate_results_stay", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.theme_identity} of {self.unit} in {self.survey}"

    @property
    def result(self) -> climate.Result:
        """What it says, as the rules take it."""
        return result_of(self.respondents, self.mean, self.answers)


def result_of(respondents: int | None, mean: Any, answers: list[int]) -> climate.Result:
    """Return the result that the columns of a row keep."""
    if respondents is None:
        return climate.SUPPRESSED
    return climate.Result(respondents, climate.mean_of(answers) if answers else Fraction(mean), tuple(answers))


class ClimateUpload(models.Model):
    """What a file of results says, between its preview and the moment its author confirms it. Few leave no number."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200, help_text="What its author called the file.")
    uploaded_at = models.DateTimeField()
    survey: models.JSONField[Any, Any] = models.JSONField(help_text="What its author said of the survey; read whole.")
    results: models.JSONField[Any, Any] = models.JSONField(default=list, help_text="As climate_files.py read them.")
    applied_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(applied_at=None) | Q(results=[]), name="applied_climate_uploads_keep_nothing"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name_in_trail(self) -> str:
        """What the trail calls it: what its author called the file may name people."""
        return f"file of climate results {self.pk}"
