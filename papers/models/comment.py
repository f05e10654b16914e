"""What reviewers say about a section of a draft: a comment, or a suggestion of other words for some of its own."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from papers.models.paper import Paper


class Settled(models.TextChoices):
    """What became of a comment: of a suggestion, whether its words were taken."""

    ANSWERED = "answered", "Answered"
    TAKEN = "taken", "Taken over"
    DECLINED = "declined", "Declined"


class SectionCommentQuerySet(models.QuerySet["SectionComment"]):
    def open(self) -> SectionCommentQuerySet:
        return self.filter(settled="")


class SectionComment(models.Model):
    """Said about one section. With `instead` it is a suggestion: those words in the place of `quoted`."""

    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="comments")
    key = models.SlugField(max_length=40, help_text="The section's.")
    quoted = models.TextField(blank=True, help_text="The words it is about, as they stood.")
    instead = models.TextField(blank=True, help_text="A suggestion: what is to stand in their place.")
    is_suggestion = models.BooleanField(default=False)
    text = models.TextField(blank=True)
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    settled = models.CharField(max_length=10, choices=Settled.choices, blank=True)
    answer = models.TextField(blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = SectionCommentQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_suggestion=False, instead="") & ~Q(text="") | (Q(is_suggestion=True) & ~Q(quoted="")),
                name="a_comment_says_something",
            ),
            models.CheckConstraint(
                condition=Q(settled="", settled_at=None, settled_by=None, answer="")
                | (~Q(settled="") & Q(settled_at__isnull=False, settled_by__isnull=False)),
                name="a_comment_is_settled_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["paper", "key"], name="comment_by_section")]
        triggers = [
            pgtrigger.Protect(
                name="comments_stay",
                operation=pgtrigger.UpdateOf(  # type: ignore[no-untyped-call]  # ships no types
                    "paper_id", "key", "quoted", "instead", "is_suggestion", "text", "written_at", "written_by_id"
                )
                | pgtrigger.Delete,
            ),
            pgtrigger.Protect(
                name="settled_comments_stay",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__settled=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.paper}: {self.key}"
