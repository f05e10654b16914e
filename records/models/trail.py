from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models


class TrailEntry(models.Model):
    """Who did what to which thing, when. Written in the act's own transaction; never changed, never removed."""

    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=True
    )
    actor_name = models.CharField(max_length=200, help_text="As it was at the time; “the system” where nobody acted.")
    act = models.CharField(max_length=60, help_text="thing.verb, e.g. statement.signed")
    thing_type = models.CharField(max_length=60)
    thing_id = models.BigIntegerField()
    thing_name = models.CharField(max_length=300)
    detail = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["thing_type", "thing_id"], name="trail_by_thing"),
            models.Index(fields=["at"], name="trail_by_time"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name}: {self.act} {self.thing_name}"
