from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class CalendarLink(models.Model):
    """A private address of a person's calendar feed. Only its digest is kept: the link is shown once."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_links")
    token_digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the secret in the address.")
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("person", condition=Q(revoked_at=None), name="one_calendar_link_per_person"),
            models.CheckConstraint(
                condition=Q(token_digest__regex=r"^[0-9a-f]{64}$"),  # noqa: S106  # a pattern, no secret
                name="calendar_link_kept_as_a_digest",
            ),
        ]

    def __str__(self) -> str:
        return f"Calendar of {self.person}"

    @property
    def name_in_trail(self) -> str:
        """What the trail calls it: without the person's name."""
        return f"calendar link {self.pk}"
