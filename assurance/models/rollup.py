from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from organisation.fields import HalfYearField
from organisation.models import BusinessGroup
from organisation.permissions import Person, appointments_today
from organisation.roles import Role
from records.models import Blob

READS_ALL = frozenset({Role.SHRMT, Role.HEAD})
READS_OWN_GROUP = frozenset({Role.COG_LEAD, Role.COG_SUPPORT})


def groups_in_scope(user: Person) -> models.QuerySet[BusinessGroup]:
    """Business groups whose roll-ups, issued or not, the person reads."""
    appointments = appointments_today(user)
    if appointments.to(READS_ALL).exists():
        return BusinessGroup.objects.all()
    return BusinessGroup.objects.filter(pk__in=appointments.to(READS_OWN_GROUP).values("group"))


class RollupQuerySet(models.QuerySet["Rollup"]):
    def visible_to(self, user: Person) -> RollupQuerySet:
        """Roll-ups that `can_read_rollup` grants, as a filter."""
        return self.filter(group__in=groups_in_scope(user))


class Rollup(models.Model):
    """A business group's half-year, summed up from its units' statements. Building replaces figures, never words."""

    group = models.ForeignKey(BusinessGroup, on_delete=models.PROTECT, related_name="rollups")
    half = HalfYearField()
    figures: models.JSONField[Any, Any] = models.JSONField(null=True, help_text="As rollup.py made them; read whole.")
    figures_digest = models.CharField(max_length=64, blank=True)
    built_at = models.DateTimeField(null=True, blank=True)
    pdf = models.ForeignKey(Blob, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = RollupQuerySet.as_manager()

    class Meta:
        ordering = ["-half", "group__name"]
        constraints = [
            models.UniqueConstraint(fields=["group", "half"], name="one_rollup_per_group_and_half"),
            models.CheckConstraint(
                condition=Q(built_at=None, figures=None, pdf=None, figures_digest="")
                | Q(built_at__isnull=False, figures__isnull=False, pdf__isnull=False),
                name="rollup_built_whole_or_not_at_all",
            ),
            models.CheckConstraint(condition=Q(half__regex=r"^\d{4}/\d{2}-H[12]$"), name="rollup_is_of_a_half_year"),
        ]

    def __str__(self) -> str:
        return f"{self.group}, {self.half}"

    @property
    def job_key(self) -> str:
        """The key of the job that builds it."""
        return f"rollup:{self.pk}"
