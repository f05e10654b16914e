from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from actions.models import Action
from assurance.models.audit import Audit
from assurance.models.freezing import frozen_with
from assurance.models.verdict import ThemeVerdict
from organisation.models import Unit
from records.models import Blob


class Priority(models.TextChoices):
    HIGH = "high", "High"
    MEDIUM = "medium", "Medium"
    LOW = "low", "Low"


def _is_confirmed() -> Exists:
    return Exists(ClosureCheck.objects.filter(recommendation=OuterRef("pk"), confirmed=True))


class RecommendationQuerySet(models.QuerySet["Recommendation"]):
    def closed(self) -> RecommendationQuerySet:
        """Those whose closure an auditor has confirmed."""
        return self.filter(_is_confirmed())

    def open(self) -> RecommendationQuerySet:
        return self.filter(~_is_confirmed())

    def waiting_for_a_check(self) -> RecommendationQuerySet:
        """Those that the unit says are done, and no auditor has looked at since."""
        return self.filter(Exists(ClosureCheck.objects.filter(recommendation=OuterRef("pk"), checked_at=None)))


class Recommendation(models.Model):
    """What an audit asks a unit to do. With the report's issue it becomes an action of the unit."""

    audit = models.ForeignKey(Audit, on_delete=models.PROTECT, related_name="recommendations")
    verdict = models.ForeignKey(
        ThemeVerdict, on_delete=models.PROTECT, null=True, blank=True, related_name="recommendations"
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="recommendations", help_text="Who does it.")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    priority = models.CharField(max_length=10, choices=Priority.choices)
    due_on = models.DateField()
    action = models.OneToOneField(
        Action, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="Once it is issued."
    )

    objects = RecommendationQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["audit", "number"], name="one_recommendation_per_number"),
            models.CheckConstraint(condition=~Q(text=""), name="recommendation_says_something"),
        ]
        indexes = [models.Index(fields=["unit", "due_on"], name="recommendations_by_unit")]
        triggers = [
            frozen_with(
                "audit",
                "issued_recommendations_are_frozen",
                once="issued_at",
                said="an issued audit",
                row="A recommendation",
                found_by="SELECT ROW.audit_id",
            )
        ]

    def __str__(self) -> str:
        return f"Recommendation {self.number} of {self.audit}"


class ClosureCheck(models.Model):
    """That a unit says a recommendation is done, with its evidence, and what an auditor made of that."""

    recommendation = models.ForeignKey(Recommendation, on_delete=models.PROTECT, related_name="checks")
    number = models.PositiveSmallIntegerField()
    evidence = models.TextField(help_text="What shows that it is done.")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed = models.BooleanField(null=True, blank=True, help_text="False: reopened. Blank: not looked at yet.")
    reasons = models.TextField(blank=True, help_text="What the auditor saw, or what is still missing.")
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["recommendation", "number"], name="one_closure_check_per_number"),
            models.UniqueConstraint(
                fields=["recommendation"], condition=Q(checked_at=None), name="one_open_closure_check"
            ),
            models.UniqueConstraint(
                fields=["recommendation"], condition=Q(confirmed=True), name="closed_once_per_recommendation"
            ),
            models.CheckConstraint(condition=~Q(evidence=""), name="closure_is_asked_with_evidence"),
            models.CheckConstraint(
                condition=Q(confirmed=None, checked_at=None, checked_by=None, reasons="")
                | (Q(confirmed__isnull=False, checked_at__isnull=False, checked_by__isnull=False) & ~Q(reasons="")),
                name="closure_checked_with_reasons",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="closure_checks_stay",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__checked_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"Check {self.number} of {self.recommendation}"


class ClosureFile(models.Model):
    """A file with which a unit shows that a recommendation is done."""

    closure_check = models.ForeignKey(ClosureCheck, on_delete=models.PROTECT, related_name="files")
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200, help_text="As its owner called it, made safe. Never the name on disk.")
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["closure_check", "blob"], name="a_file_once_per_closure_check")]
        triggers = [pgtrigger.Protect(name="closure_files_stay", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.name

    @property
    def name_in_trail(self) -> str:
        """What the trail calls it: its name may have to be forgotten."""
        return f"closure file {self.pk}"
