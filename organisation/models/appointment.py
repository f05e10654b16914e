from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from organisation.models.unit import BusinessGroup, Unit, UnitMembership
from organisation.roles import GROUP_ROLES, UNIT_ROLES, Role

if TYPE_CHECKING:
    from organisation.models.user import User

# Whose people and appointments a role reads: everybody's, its own unit's, or its own group's and those of its units.
READS_ALL = frozenset({Role.SHRMT, Role.HEAD, Role.ADMINISTRATOR})
READS_OWN_UNIT = UNIT_ROLES
READS_OWN_GROUP = GROUP_ROLES


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def in_force(self, day: date) -> AppointmentQuerySet:
        """Appointments that give rights on `day`: both ends included, but not the day one was ended at once."""
        return self.filter(
            Q(ends_on=None) | Q(ends_on__gte=day),
            Q(ended_at=None) | Q(ended_at__date__gt=day),
            starts_on__lte=day,
        )

    def ahead_or_in_force(self, day: date) -> AppointmentQuerySet:
        """Appointments that give rights on `day` or will later."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), Q(ended_at=None) | Q(ended_at__date__gt=day))

    def held_between(self, first: date, last: date) -> AppointmentQuerySet:
        """Appointments that somebody held on a day from `first` to `last`; the day of ending one at once counts."""
        return self.filter(
            Q(ends_on=None) | Q(ends_on__gte=first),
            Q(ended_at=None) | Q(ended_at__date__gte=first),
            starts_on__lte=last,
        )

    def to(self, roles: Collection[Role]) -> AppointmentQuerySet:
        return self.filter(role__in=sorted(roles))

    def visible_to(self, user: User | AnonymousUser) -> AppointmentQuerySet:
        """Appointments, past ones too, that `can_read_appointment` grants, as a filter."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        today = timezone.localdate()
        held = Appointment.objects.in_force(today).filter(person=user)
        if held.to(READS_ALL).exists():
            return self
        groups = held.to(READS_OWN_GROUP).values("group")
        in_groups = UnitMembership.objects.in_force_on_or_at_the_units_end(today).filter(group__in=groups)
        return self.filter(
            Q(unit__in=held.to(READS_OWN_UNIT).values("unit"))
            | Q(group__in=groups)
            | Q(unit__in=in_groups.values("unit"))
        )


@pghistory.track(
    pghistory.InsertEvent(label="made"),
    pghistory.UpdateEvent(label="overwritten", row="OLD"),
    pghistory.DeleteEvent(label="removed", row="OLD"),
    obj_field=pghistory.ObjForeignKey(related_name="events"),
    model_name="AppointmentEvent",
    meta={"indexes": [models.Index(fields=["pgh_obj", "-pgh_id"], name="appointment_event_by_row")]},
)
class Appointment(models.Model):
    """A person's role, what it is to, and for how long. The only source of rights."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="appointments")
    role = models.CharField(max_length=20, choices=[(role.value, role.label) for role in Role])
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="appointments")
    group = models.ForeignKey(
        BusinessGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="appointments"
    )
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="The last day; blank where none is set.")
    made_at = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(
        null=True, blank=True, help_text="Set where it was ended at once: it gives no rights from that moment on."
    )
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_because = models.TextField(blank=True)
    follows = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="handed_over_to",
        help_text="The appointment that was handed over with this one.",
    )

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
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, ended_because="")
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="ended_at_and_by_together",
            ),
        ]

    def __str__(self) -> str:
        return f"{Role(self.role).label}{f', {self.scope}' if self.scope else ''}"

    @property
    def name_in_trail(self) -> str:
        """What the trail calls it, which keeps no names of people: those can be erased, the trail cannot."""
        return f"appointment {self.pk}: {self}"[:300]

    @property
    def scope(self) -> Unit | BusinessGroup | None:
        """What it is to; None for the whole force, and where another room says it."""
        return self.unit or self.group

    @property
    def last_day(self) -> date | None:
        """The last day on which it gives rights; None without an end. Before `starts_on` where it never gives any."""
        if self.ended_at is None:
            return self.ends_on
        before = timezone.localdate(self.ended_at) - timedelta(days=1)
        return before if self.ends_on is None else min(before, self.ends_on)

    @property
    def never_began(self) -> bool:
        """Whether it was ended before its first day."""
        return self.ended_at is not None and timezone.localdate(self.ended_at) < self.starts_on

    def is_in_force(self, day: date) -> bool:
        """Whether it gives rights on `day`, as `in_force` filters."""
        return self.starts_on <= day and not self.is_over(day)

    def is_over(self, day: date) -> bool:
        """Whether it gives no rights on `day` and will give none later."""
        return self.last_day is not None and self.last_day < day
