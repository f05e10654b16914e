"""How many people there were in a month: what rates are worked out over. Full-time equivalents may be fractions."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from injuries.models.count import CountedQuerySet
from injuries.models.indicator import StaffGroup
from injuries.models.upload import Upload
from organisation.models import Unit


class HeadcountMonth(models.Model):
    """That a staff group's headcount is known for a month, as one file says it. Replaced and undone as counts are."""

    staff_group = models.ForeignKey(StaffGroup, on_delete=models.PROTECT, related_name="months")
    month = models.DateField(help_text="Its first day.")
    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="headcount_months")
    stands = models.BooleanField(default=False)
    replaced_by = models.ForeignKey(
        Upload, on_delete=models.PROTECT, null=True, related_name="replaced_headcount_months"
    )

    objects = CountedQuerySet.as_manager()

    class Meta:
        ordering = ["staff_group", "month"]
        constraints = [
            models.UniqueConstraint(fields=["upload", "staff_group", "month"], name="a_groups_month_once_per_file"),
            models.UniqueConstraint(
                fields=["staff_group", "month"],
                condition=Q(stands=True),
                name="one_standing_headcount_per_group_and_month",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="headcount_month_is_its_first_day"),
            models.CheckConstraint(
                condition=Q(stands=False) | Q(replaced_by=None), name="a_replaced_headcount_does_not_stand"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff_group}, {self.month:%B %Y}"


class Headcount(models.Model):
    """How many people of the group there were in a unit. Blank: not known in which; everybody stands in one row."""

    of = models.ForeignKey(HeadcountMonth, on_delete=models.CASCADE, related_name="headcounts")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    people = models.DecimalField(max_digits=12, decimal_places=4)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["of", "unit"], nulls_distinct=False, name="one_headcount_per_group_and_unit"
            ),
            models.CheckConstraint(condition=Q(people__gte=0), name="no_headcount_below_zero"),
        ]
        triggers = [pgtrigger.Protect(name="headcounts_are_not_edited", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.people} of {self.of}"
