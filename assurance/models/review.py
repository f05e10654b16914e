from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from assurance.models.statement import Revision


class Decision(models.TextChoices):
    ACCEPTED = "accepted", "Accept"
    RETURNED = "returned", "Return"


class Review(models.Model):
    """The COG lead's decision on one signed revision, with the three answers of the 2019 paper, §1.11."""

    revision = models.OneToOneField(Revision, on_delete=models.PROTECT, related_name="review")
    decision = models.CharField(max_length=10, choices=Decision.choices)
    appropriately_completed = models.BooleanField()
    appropriately_completed_note = models.TextField(blank=True)
    reflects_performance = models.BooleanField()
    reflects_performance_note = models.TextField(blank=True)
    identifies_improvement = models.BooleanField()
    identifies_improvement_note = models.TextField(blank=True)
    reasons = models.TextField(blank=True, help_text="Why it is returned, and what is to be mended.")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    content_digest = models.CharField(max_length=64, help_text="Of exactly what was judged.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(decision=Decision.RETURNED) | ~Q(reasons=""), name="returned_with_reasons"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.revision} {self.decision}"


class ReviewNote(models.Model):
    """What whoever prepares a review has noted on a signed revision for the COG lead. It decides nothing."""

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="review_notes")
    text = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="review_note_says_something")]
        triggers = [pgtrigger.Protect(name="review_notes_stay", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"Note on {self.revision}"
