from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from assurance.models.statement import Revision
from maturity.models import Theme
from organisation.models import Unit
from organisation.permissions import Person, appointments_today, units_in_scope
from organisation.roles import Role

# Who reads the notes on every unit's statements, and who those of their own group's.
READS_ALL_NOTES = frozenset({Role.SHRMT, Role.HEAD})
READS_OWN_NOTES = frozenset({Role.COG_LEAD, Role.COG_SUPPORT})


class Decision(models.TextChoices):
    ACCEPTED = "accepted", "Accept"
    RETURNED = "returned", "Return"


class ReviewQuerySet(models.QuerySet["Review"]):
    def with_comments(self) -> ReviewQuerySet:
        """Read the comments on themes with the reviews, each with its theme."""
        return self.prefetch_related(models.Prefetch("comments", ReviewComment.objects.select_related("theme")))


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
    decider_name = models.CharField(max_length=200, help_text="As it was: it stays when the account is removed.")
    decided_at = models.DateTimeField()
    content_digest = models.CharField(max_length=64, help_text="Of exactly what was judged.")

    objects = ReviewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(decision=Decision.RETURNED) | ~Q(reasons=""), name="returned_with_reasons"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.revision} {self.decision}"


class ReviewComment(models.Model):
    """What the COG lead says on one theme of a revision with the decision on it. The unit reads it beside the theme."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="comments")
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()

    class Meta:
        ordering = ["theme__number"]
        constraints = [
            models.UniqueConstraint(fields=["review", "theme"], name="one_comment_per_review_and_theme"),
            models.CheckConstraint(condition=~Q(text=""), name="review_comment_says_something"),
        ]
        triggers = [pgtrigger.Protect(name="review_comments_stay", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.theme} in {self.review}"


class ReviewNoteQuerySet(models.QuerySet["ReviewNote"]):
    def visible_to(self, user: Person) -> ReviewNoteQuerySet:
        """Notes that `permissions.can_read_note` grants, as a filter."""
        if appointments_today(user).to(READS_ALL_NOTES).exists():
            return self
        own = units_in_scope(user, unit_roles=frozenset(), group_roles=READS_OWN_NOTES)
        return self.filter(revision__statement__unit__in=Unit.objects.filter(own))


class ReviewNote(models.Model):
    """What whoever prepares a review has noted on a signed revision for the COG lead. It decides nothing."""

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="review_notes")
    theme = models.ForeignKey(
        Theme, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="Blank: on all of it."
    )
    text = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = ReviewNoteQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="review_note_says_something")]
        triggers = [pgtrigger.Protect(name="review_notes_stay", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"Note on {self.revision}"
