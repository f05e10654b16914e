from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from organisation.models.unit import BusinessGroup, Unit
from organisation.roles import GROUP_ROLES, UNIT_ROLES, Role


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def in_force(self, day: date) -> AppointmentQuerySet:
        """Appointments that give rights on `day` (both ends included)."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)

    def to(self, roles: Collection[Role]) -> AppointmentQuerySet:
        return self.filter(role__in=sorted(roles))


class Appointment(models.Model):
    """A person's role, what it is to, and for how long. The only source of rights."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="appointments")
    role = models.CharField(max_length=20, choices=[(role.value, role.label) for role in Role])
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="appointments")
    group = models.ForeignKey(
        BusinessGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="appointments"
    )
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="appointment_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(role__in=sorted(UNIT_ROLES), unit__isnull=False, group=None)
                | Q(role__in=sorted(GROUP_ROLES), unit=None, group__isnull=False)
                | Q(role__in=sorted(set(Role) - UNIT_ROLES - GROUP_ROLES), unit=None, group=None),
                name="appointment_scope_fits_its_role",
            ),
        ]

    def __str__(self) -> str:
        scope = self.unit or self.group
        return f"{Role(self.role).label}{f', {scope}' if scope else ''}"
