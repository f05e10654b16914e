"""How many comply with the limit on weekly working time, as at a day, and the share that is aimed for."""

from __future__ import annotations

import uuid
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from injuries.models.indicator import StaffGroup
from rendering import formats

LEAST_WEEKS, MOST_WEEKS = 17, 52  # Working Time Regulations 1998, regulations 4 and 23: 17, and by agreement up to 52
MOST_HOURS = 168  # of a week
# What was said. Only that it has been corrected or withdrawn may be written to a reading afterwards.
SAID = (
    "token",
    "staff_group_id",
    "day",
    "in_scope",
    "opted_out",
    "not_opted_out",
    "weeks",
    "hours",
    "note",
    "corrects_id",
    "because",
    "recorded_at",
    "recorded_by_id",
)
ENDORSED = (
    "token",
    "staff_group_id",
    "share",
    "from_on",
    "endorsed_by",
    "note",
    "supersedes_id",
    "entered_at",
    "entered_by_id",
)


class StandingQuerySet(models.QuerySet[Any]):
    def standing(self) -> StandingQuerySet:
        """Those that count: nobody has put another in their place, or taken them back."""
        return self.filter(ended_at=None)


class WorkingTimeReading(models.Model):
    """How many of a staff group worked over the weekly limit, averaged over the weeks up to a day, opted out or not.

    Never edited: a correction takes its place, or it is withdrawn; either way it has ended, and stays as history.
    """

    token = models.UUIDField(default=uuid.uuid4, editable=False, help_text="Of the form: the same one counts once.")
    staff_group = models.ForeignKey(StaffGroup, on_delete=models.PROTECT, related_name="+")
    day = models.DateField(help_text="The last of the reference period.")
    in_scope = models.PositiveIntegerField()
    opted_out = models.PositiveIntegerField(help_text="Over the limit, having opted out of it.")
    not_opted_out = models.PositiveIntegerField(help_text="Over the limit without having opted out.")
    weeks = models.PositiveSmallIntegerField(help_text="Over which weekly hours are averaged.")
    hours = models.PositiveSmallIntegerField(help_text="The weekly limit.")
    note = models.TextField(blank=True)
    corrects = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="corrected_by")
    because = models.TextField(blank=True, help_text="Why the earlier one was corrected.")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_because = models.TextField(blank=True, help_text="Blank for one that was corrected.")

    objects = StandingQuerySet.as_manager()

    class Meta:
        ordering = ["staff_group", "day", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["recorded_by", "token"], name="working_time_form_counts_once"),
            models.UniqueConstraint(
                fields=["staff_group", "day"],
                condition=Q(ended_at=None),
                name="one_standing_working_time_per_group_and_day",
            ),
            models.CheckConstraint(
                condition=Q(in_scope__gte=F("opted_out") + F("not_opted_out")),
                name="working_time_over_the_limit_are_in_scope",
            ),
            models.CheckConstraint(condition=Q(in_scope__gte=1), name="working_time_of_somebody"),
            models.CheckConstraint(
                condition=Q(weeks__range=(LEAST_WEEKS, MOST_WEEKS)), name="working_time_over_known_weeks"
            ),
            models.CheckConstraint(condition=Q(hours__range=(1, MOST_HOURS)), name="working_time_hours_of_a_week"),
            models.CheckConstraint(
                condition=Q(corrects=None, because="") | (Q(corrects__isnull=False) & ~Q(because="")),
                name="working_time_corrected_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, withdrawn_because="")
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="working_time_ended_by_somebody",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="working_time_is_not_edited",
                operation=pgtrigger.UpdateOf(*SAID) | pgtrigger.Delete,  # type: ignore[no-untyped-call]  # ships no types
            ),
            pgtrigger.Protect(
                name="working_time_ends_once",
                operation=pgtrigger.UpdateOf("ended_at", "ended_by_id", "withdrawn_because"),  # type: ignore[no-untyped-call]  # ships no types
                condition=pgtrigger.Q(old__ended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Working time of {self.staff_group}, {self.day}"


class WorkingTimeTarget(models.Model):
    """The share of a staff group that is to comply, from a day until the next target's day.

    Never edited: another takes its place, for every day of its own, and it stays as history.
    """

    token = models.UUIDField(default=uuid.uuid4, editable=False, help_text="Of the form: the same one counts once.")
    staff_group = models.ForeignKey(StaffGroup, on_delete=models.PROTECT, related_name="+")
    share = models.DecimalField(max_digits=4, decimal_places=1, help_text="In per cent.")
    from_on = models.DateField()
    endorsed_by = models.CharField(max_length=200, help_text="A body or a post.")
    note = models.TextField(blank=True)
    supersedes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="superseded_by")
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, help_text="When another took its place.")

    objects = StandingQuerySet.as_manager()

    class Meta:
        ordering = ["staff_group", "from_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["entered_by", "token"], name="working_time_target_form_counts_once"),
            models.UniqueConstraint(
                fields=["staff_group", "from_on"],
                condition=Q(ended_at=None),
                name="one_standing_working_time_target_per_group_and_day",
            ),
            models.CheckConstraint(
                condition=Q(share__gt=0, share__lte=100), name="working_time_target_is_a_share_of_a_hundred"
            ),
            models.CheckConstraint(condition=~Q(endorsed_by=""), name="working_time_target_endorsed_by_somebody"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="working_time_targets_are_not_edited",
                operation=pgtrigger.UpdateOf(*ENDORSED) | pgtrigger.Delete,  # type: ignore[no-untyped-call]  # ships no types
            ),
            pgtrigger.Protect(
                name="working_time_targets_end_once",
                operation=pgtrigger.UpdateOf("ended_at"),  # type: ignore[no-untyped-call]  # ships no types
                condition=pgtrigger.Q(old__ended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Working time of {self.staff_group}: {self.share}% from {self.from_on}"

    @property
    def in_per_cent(self) -> str:
        """As it was endorsed: `98%`, `97.5%`."""
        return formats.so_many_per_cent(self.share)
