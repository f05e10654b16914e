"""What is counted, and of whom. All of it is data: a new indicator or staff group needs no code."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Better(models.TextChoices):
    """Which way an indicator moves where things get better. Fewer of a neutral one may mean less reporting."""

    LOWER = "lower", "Lower is better"
    HIGHER = "higher", "Higher is better"
    NEUTRAL = "neutral", "Neither: fewer may mean that less is reported"


class StaffGroup(models.Model):
    """People who are counted together, such as police officers. Each group has a headcount of its own."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=100, unique=True, help_text="Such as “Police officers”.")
    short_name = models.CharField(max_length=40, unique=True, help_text="For the columns of tables, such as “Police”.")
    members = models.CharField(max_length=400, help_text="Who is counted as one of them, and who is not.")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name


class Indicator(models.Model):
    """Something that is counted month by month. Indicators overlap, so counts of two are never added up."""

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120, unique=True, help_text="Such as “Major injuries”.")
    meaning = models.CharField(max_length=400, blank=True, help_text="What counts as one, in a sentence.")
    better = models.CharField(max_length=10, choices=Better.choices)
    staff_groups: models.ManyToManyField[StaffGroup, IndicatorStaffGroup] = models.ManyToManyField(
        StaffGroup,
        through="IndicatorStaffGroup",
        related_name="indicators",
        blank=True,
        help_text="Compared by these groups, each over its own headcount. None: over everybody's.",
    )
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name


class IndicatorStaffGroup(models.Model):
    """That an indicator is compared for a staff group by itself."""

    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="by_staff_group")
    staff_group = models.ForeignKey(StaffGroup, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["staff_group__position"]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "staff_group"], name="an_indicator_once_for_a_staff_group"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator}: {self.staff_group}"


class ReportingChange(models.Model):
    """A day from which something is reported in another way: a change in figures about it need not be one in safety."""

    indicator = models.ForeignKey(
        Indicator, on_delete=models.CASCADE, null=True, blank=True, related_name="+", help_text="None: all of them."
    )
    starts_on = models.DateField()
    name = models.CharField(max_length=100, help_text="What was changed, such as “eSafety”.")
    effect = models.CharField(max_length=400, help_text="What it does to the figures.")
    limits_begin_anew = models.BooleanField(
        default=False, help_text="Months from then on are another thing, so that a chart's limits rest on them alone."
    )

    class Meta:
        ordering = ["starts_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "starts_on", "name"],
                nulls_distinct=False,
                name="a_change_of_reporting_once_per_indicator",
            ),
            models.CheckConstraint(condition=~Q(name="") & ~Q(effect=""), name="a_change_of_reporting_says_what"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.starts_on:%B %Y}"
