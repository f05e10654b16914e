from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q


class NoticeQuerySet(models.QuerySet["Notice"]):
    def waiting(self, *, until: datetime) -> NoticeQuerySet:
        """Notices of `until` or before that no e-mail has carried yet."""
        return self.filter(sent_at=None, withdrawn_at=None, at__lte=until)


class Notice(models.Model):
    """A line for one person: what to do, and where. A day's notices go out as one e-mail, never one each."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=60, help_text="thing.event, e.g. statement.returned")
    line = models.TextField(help_text="What has happened and what to do, in a sentence or two.")
    address = models.CharField(max_length=300, help_text="Where to do it: a path on this site.")
    key = models.CharField(max_length=200, help_text="Said once for each person and key, however often it is written.")
    at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(
        null=True, blank=True, help_text="It was true when written and is not any more."
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "key"], name="said_once_to_each_person"),
            models.CheckConstraint(condition=Q(sent_at=None) | Q(withdrawn_at=None), name="notice_sent_or_withdrawn"),
        ]
        indexes = [
            models.Index(fields=["person", "at"], condition=Q(sent_at=None), name="notices_not_sent"),
            # For withdrawing everything that waits about one thing: keys by how they begin.
            models.Index(
                fields=["key"],
                opclasses=["varchar_pattern_ops"],
                condition=Q(sent_at=None, withdrawn_at=None),
                name="notices_waiting_by_key",
            ),
        ]

    def __str__(self) -> str:
        return self.line
