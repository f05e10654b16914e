"""What the panel made of a paper's recommendations. What was recorded is never overwritten: another takes its place."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from papers.models.paper import Paper


class OutcomeKind(models.TextChoices):
    NOTED = "noted", "Noted"
    AGREED = "agreed", "Agreed"
    NOT_AGREED = "not-agreed", "Not agreed"
    ACTION = "action", "Action asked"


class PanelOutcomeQuerySet(models.QuerySet["PanelOutcome"]):
    def standing_of(self, paper: Paper) -> PanelOutcomeQuerySet:
        """Outcomes of a paper's recommendations whose place no other has taken."""
        return self.filter(paper=paper, replaced_by=None)


class PanelOutcome(models.Model):
    """What the panel made of one recommendation, counted from 1 as the paper prints them."""

    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="outcomes")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=OutcomeKind.choices)
    note = models.TextField(blank=True, help_text="What the panel said, or the action it asked for.")
    owner = models.CharField(max_length=120, blank=True, help_text="The post that answers for the action.")
    due_on = models.DateField(null=True, blank=True)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    because = models.TextField(blank=True, help_text="Why it takes the place of another.")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = PanelOutcomeQuerySet.as_manager()

    class Meta:
        ordering = ["number", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["paper", "number"], condition=Q(replaces=None), name="one_first_outcome_of_a_recommendation"
            ),
            models.CheckConstraint(
                condition=Q(replaces=None, because="") | (Q(replaces__isnull=False) & ~Q(because="")),
                name="an_outcome_is_replaced_with_a_reason",
            ),
            models.CheckConstraint(
                condition=(Q(kind=OutcomeKind.ACTION) & ~Q(note="") & ~Q(owner=""))
                | (~Q(kind=OutcomeKind.ACTION) & Q(owner="", due_on=None)),
                name="an_action_asked_has_an_owner",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="outcomes_stay", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.paper}, recommendation {self.number}"
