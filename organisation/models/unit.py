from __future__ import annotations

from datetime import date

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, OuterRef, Q, Subquery, Value

from organisation.lineage import Lineage

# Stands in addresses for the whole force, where others have a group's slug.
WHOLE_FORCE = "whole-force"


class BusinessGroup(models.Model):
    """A top-level division, led by a Chief Officer Group lead."""

    name = models.CharField(max_length=200, unique=True)
    slug = models.SlugField(max_length=80, unique=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=~Q(slug=WHOLE_FORCE), name="no_group_is_the_whole_force")]

    def __str__(self) -> str:
        return self.name


class UnitKind(models.TextChoices):
    BCU = "bcu", "Basic Command Unit (BCU)"
    OCU = "ocu", "Operational Command Unit (OCU)"
    DEPARTMENT = "department", "Department"
    DIRECTORATE = "directorate", "Directorate"


class RiskBand(models.TextChoices):
    LOW = "low", "Low"
    MEDIUM = "medium", "Medium"
    HIGH = "high", "High"


class UnitQuerySet(models.QuerySet["Unit"]):
    def open_on(self, day: date) -> UnitQuerySet:
        """Units that existed on `day` (both ends of a unit's life included)."""
        return self.filter(Q(closed_on=None) | Q(closed_on__gte=day), opened_on__lte=day)

    def in_group_on(self, group: BusinessGroup, day: date) -> UnitQuerySet:
        """Units that belonged to `group` on `day`, or on their own last day where that came earlier."""
        memberships = UnitMembership.objects.filter(group=group).in_force_on_or_at_the_units_end(day)
        return self.filter(pk__in=memberships.values("unit"))

    def with_group_on(self, day: date) -> UnitQuerySet:
        """Add `group_name`: of the business group on `day`, or on the unit's own last day where that came earlier.

        Of a unit that is yet to open, None.
        """
        memberships = UnitMembership.objects.in_force_on_or_at_the_units_end(day).filter(unit=OuterRef("pk"))
        return self.annotate(group_name=Subquery(memberships.values("group__name")[:1]))

    def lineage(self) -> Lineage:
        """Return which units came of which, among all there are: one query."""
        succession = Unit.successors.through
        return Lineage.of(succession._default_manager.values_list("from_unit_id", "to_unit_id"))


@pghistory.track(
    pghistory.InsertEvent(label="made"),
    pghistory.UpdateEvent(label="overwritten", row="OLD"),
    pghistory.DeleteEvent(label="removed", row="OLD"),
    obj_field=pghistory.ObjForeignKey(related_name="events"),
    model_name="UnitEvent",
    meta={"indexes": [models.Index(fields=["pgh_obj", "-pgh_id"], name="unit_event_by_row")]},
)
class Unit(models.Model):
    """Whatever completes a statement. History stays with the unit that made it."""

    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(max_length=20, choices=UnitKind.choices)
    risk_band = models.CharField(max_length=10, choices=RiskBand.choices)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True, help_text="Its last day, where it was merged or renamed.")
    successors = models.ManyToManyField("self", symmetrical=False, related_name="predecessors", blank=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")),
                name="unit_closes_after_it_opens",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class UnitMembershipQuerySet(models.QuerySet["UnitMembership"]):
    def in_force(self, day: date) -> UnitMembershipQuerySet:
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)

    def in_force_on_or_at_the_units_end(self, day: date) -> UnitMembershipQuerySet:
        """Memberships in force on `day`, or on the unit's own last day where that came earlier."""
        on_the_day = Q(unit__closed_on=None) | Q(unit__closed_on__gte=day)
        return self.filter(
            (on_the_day & Q(starts_on__lte=day) & (Q(ends_on=None) | Q(ends_on__gte=day)))
            | (
                ~on_the_day
                & Q(starts_on__lte=F("unit__closed_on"))
                & (Q(ends_on=None) | Q(ends_on__gte=F("unit__closed_on")))
            )
        )


@pghistory.track(
    pghistory.InsertEvent(label="made"),
    pghistory.UpdateEvent(label="overwritten", row="OLD"),
    pghistory.DeleteEvent(label="removed", row="OLD"),
    obj_field=pghistory.ObjForeignKey(related_name="events"),
    model_name="UnitMembershipEvent",
    meta={"indexes": [models.Index(fields=["pgh_obj", "-pgh_id"], name="membership_event_by_row")]},
)
class UnitMembership(models.Model):
    """A unit belongs to one business group at a time, from `starts_on` to `ends_on`, both included."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="memberships")
    group = models.ForeignKey(BusinessGroup, on_delete=models.PROTECT, related_name="memberships")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = UnitMembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="membership_ends_after_it_starts",
            ),
            # The unit as a range of one number: what compares plain numbers here is an extension we do not assume.
            ExclusionConstraint(
                name="one_group_at_a_time",
                expressions=[
                    (Func(F("unit"), F("unit"), Value("[]"), function="int8range"), RangeOperators.OVERLAPS),
                    (Func(F("starts_on"), F("ends_on"), Value("[]"), function="daterange"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} in {self.group}"
