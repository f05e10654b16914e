"""How often something happened in a month. A month that was counted and a month that nobody counted differ."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.db import models
from django.db.models import Q

from injuries.models.indicator import Indicator, StaffGroup
from injuries.models.upload import Upload
from organisation.models import Unit


class CountedQuerySet(models.QuerySet[Any]):
    def standing(self) -> CountedQuerySet:
        """Those that count: of a file that was confirmed and not undone, and that no later one has replaced."""
        return self.filter(stands=True)


class IndicatorMonth(models.Model):
    """That an indicator was counted in a month, as one file says it. Without counts it is a month of none.

    A later file's month takes its place; the row stays as history, and stands again where that file is undone.
    """

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="months")
    month = models.DateField(help_text="Its first day.")
    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="indicator_months")
    stands = models.BooleanField(default=False)
    replaced_by = models.ForeignKey(
        Upload, on_delete=models.PROTECT, null=True, related_name="replaced_indicator_months"
    )

    objects = CountedQuerySet.as_manager()

    class Meta:
        ordering = ["indicator", "month"]
        constraints = [
            models.UniqueConstraint(fields=["upload", "indicator", "month"], name="an_indicators_month_once_per_file"),
            models.UniqueConstraint(
                fields=["indicator", "month"],
                condition=Q(stands=True),
                name="one_standing_count_per_indicator_and_month",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="counted_month_is_its_first_day"),
            models.CheckConstraint(
                condition=Q(stands=False) | Q(replaced_by=None), name="a_replaced_count_does_not_stand"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator}, {self.month:%B %Y}"


class MonthlyCount(models.Model):
    """How many there were, of a staff group, in a unit. Blank: not known of which; every one stands in one row."""

    of = models.ForeignKey(IndicatorMonth, on_delete=models.CASCADE, related_name="counts")
    staff_group = models.ForeignKey(StaffGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["of", "staff_group", "unit"], nulls_distinct=False, name="one_count_per_group_and_unit"
            ),
            models.CheckConstraint(condition=Q(count__gte=1), name="a_count_counts_something"),
        ]
        triggers = [pgtrigger.Protect(name="counts_are_not_edited", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.count} in {self.of}"
