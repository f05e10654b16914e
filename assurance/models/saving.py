from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from actions.models import Action
from assurance.models.audit import Audit
from assurance.models.entry import Entry
from assurance.models.rollup import Rollup, ThemeAssessment
from assurance.models.statement import Revision
from assurance.models.verdict import ThemeVerdict
from maturity.models import Theme

# A page that is open says so every twenty seconds; one that has been silent for longer than two of these is closed.
OPEN_FOR = timedelta(seconds=50)


class SaveReceipt(models.Model):
    """That a save was done, and how it was answered: the same save sent again changes nothing and is answered alike."""

    token = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, null=True, related_name="+")
    rollup = models.ForeignKey(Rollup, on_delete=models.PROTECT, null=True, related_name="+")
    audit = models.ForeignKey(Audit, on_delete=models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()
    answer: models.JSONField[Any, Any] = models.JSONField(help_text="What was answered, as services/saving.py reads.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(revision__isnull=False, rollup=None, audit=None)
                | Q(revision=None, rollup__isnull=False, audit=None)
                | Q(revision=None, rollup=None, audit__isnull=False),
                name="receipt_of_one_thing",
            ),
        ]
        indexes = [models.Index(fields=["saved_at"], name="receipts_by_age")]

    def __str__(self) -> str:
        return f"{self.token}"


class MergeDecision(models.Model):
    """Two people changed one field: what each wrote, and what was decided to stand. Nobody's text is thrown away.

    The later save is refused and kept here as `mine`; when its author saves the field again, having seen both, what
    they save is the decision.
    """

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, null=True, related_name="merges")
    rollup = models.ForeignKey(
        Rollup, on_delete=models.PROTECT, null=True, related_name="merges", help_text="Set in place of a revision."
    )
    assessment = models.ForeignKey(
        ThemeAssessment, on_delete=models.PROTECT, null=True, related_name="merges", help_text="A theme of the roll-up."
    )
    audit = models.ForeignKey(
        Audit, on_delete=models.PROTECT, null=True, related_name="merges", help_text="Set in place of a revision."
    )
    verdict = models.ForeignKey(
        ThemeVerdict, on_delete=models.PROTECT, null=True, related_name="merges", help_text="A theme of the audit."
    )
    entry = models.ForeignKey(
        Entry, on_delete=models.PROTECT, null=True, related_name="merges", help_text="Blank: one of the details."
    )
    action = models.ForeignKey(
        Action, on_delete=models.PROTECT, null=True, related_name="+", help_text="Set where it is an action’s field."
    )
    field = models.CharField(max_length=40)
    mine: models.JSONField[Any, Any] = models.JSONField(null=True, help_text="What was not saved.")
    theirs: models.JSONField[Any, Any] = models.JSONField(null=True, help_text="What stood instead.")
    their_version = models.PositiveIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    refused_at = models.DateTimeField()
    result: models.JSONField[Any, Any] = models.JSONField(null=True, help_text="What was decided to stand.")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_at__isnull=False) | Q(result=None), name="merge_result_with_its_decision"
            ),
            models.CheckConstraint(
                condition=Q(revision__isnull=False, rollup=None, assessment=None, audit=None, verdict=None)
                | Q(revision=None, entry=None, action=None, rollup__isnull=False, audit=None, verdict=None)
                | Q(revision=None, entry=None, action=None, rollup=None, assessment=None, audit__isnull=False),
                name="merge_in_one_thing",
            ),
        ]
        indexes = [
            models.Index(fields=["revision", "by"], condition=Q(decided_at=None), name="merges_waiting_for_a_decision"),
        ]

    def __str__(self) -> str:
        part = self.entry or self.assessment or self.verdict
        return f"{self.field} in {part or self.revision or self.rollup or self.audit}"


class PresenceQuerySet(models.QuerySet["Presence"]):
    def now_open(self, revision: Revision, *, at: datetime) -> PresenceQuerySet:
        """Who has the revision open at this moment, and in which theme."""
        seen = self.filter(revision=revision, seen_at__gt=at - OPEN_FOR)
        return seen.select_related("person", "theme").order_by("person__name")


class Presence(models.Model):
    """That a person has a draft open, and in which theme. Not a record: it is overwritten and forgotten."""

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    theme = models.ForeignKey(Theme, on_delete=models.CASCADE, null=True, related_name="+")
    seen_at = models.DateTimeField()

    objects = PresenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["revision", "person"], name="one_presence_per_person_and_revision"),
        ]

    def __str__(self) -> str:
        return f"{self.person} in {self.revision}"
