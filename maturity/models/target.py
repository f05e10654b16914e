from __future__ import annotations

from datetime import date

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, F, Q, When

from organisation.models import BusinessGroup, RiskBand, Unit, UnitMembership

# What was endorsed. Only that a later target has taken its place may be written to a target afterwards.
ENDORSED_COLUMNS = (
    "level",
    "self_sustaining",
    "group_id",
    "unit_id",
    "risk_bands",
    "theme_identity",
    "share",
    "by_on",
    "endorsed_by",
    "endorsed_on",
    "source",
    "note",
    "entered_at",
    "entered_by_id",
)


class TargetQuerySet(models.QuerySet["Target"]):
    def current(self) -> TargetQuerySet:
        """Targets whose place no other has taken."""
        return self.filter(superseded_by=None)

    def on(self, day: date) -> TargetQuerySet:
        """Targets that were endorsed by `day` and whose place none endorsed by then had taken."""
        return self.filter(Q(superseded_by=None) | Q(superseded_by__endorsed_on__gt=day), endorsed_on__lte=day)

    def applying_to(self, unit: Unit, identity: str, *, day: date) -> TargetQuerySet:
        """Targets that hold for a unit and theme on `day`; the first is the one that applies.

        The most specific first (the unit's own, its group's, its risk band's, everybody's; one for the theme before
        one for all), then the one whose day comes next; one whose day has passed only where no other is left, the
        latest first.
        """
        groups = UnitMembership.objects.in_force_on_or_at_the_units_end(day).filter(unit=unit).values("group")
        holds = (
            (Q(unit=None) | Q(unit=unit))
            & (Q(group=None) | Q(group__in=groups))
            & (Q(risk_bands=[]) | Q(risk_bands__contains=[unit.risk_band]))
            & Q(theme_identity__in=["", identity])
        )
        specific = Case(
            When(unit__isnull=False, then=0),
            When(group__isnull=False, then=1),
            When(~Q(risk_bands=[]), then=2),
            default=3,
            output_field=models.IntegerField(),
        )
        passed = Case(When(by_on__lt=day, then=1), default=0, output_field=models.IntegerField())
        next_day = Case(When(by_on__gte=day, then=F("by_on")), output_field=models.DateField())
        for_all_themes = Case(When(theme_identity="", then=1), default=0, output_field=models.IntegerField())
        return (
            self.on(day).filter(holds).order_by(specific, for_all_themes, passed, next_day, "-by_on", "-level", "-pk")
        )


class Target(models.Model):
    """A level to be reached by a day, by whom, and who endorsed it. It is superseded, never edited."""

    level = models.PositiveSmallIntegerField()
    self_sustaining = models.BooleanField(default=False, help_text="Held without relying on SHRMT.")
    group = models.ForeignKey(BusinessGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    risk_bands = ArrayField(
        models.CharField(max_length=10, choices=RiskBand.choices),
        default=list,
        blank=True,
        help_text="Units of these risk bands only, lowest first.",
    )
    theme_identity = models.SlugField(max_length=60, blank=True, help_text="Blank: every theme.")
    share = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Per cent of units. Blank: every unit.")
    by_on = models.DateField()
    endorsed_by = models.CharField(max_length=200)
    endorsed_on = models.DateField()
    source = models.CharField(max_length=400, blank=True, help_text="Where it is written down.")
    note = models.TextField(blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", help_text="Blank: the system."
    )
    superseded_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="supersedes")
    superseded_at = models.DateTimeField(null=True)

    objects = TargetQuerySet.as_manager()

    class Meta:
        ordering = ["by_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(level__range=(1, 5)), name="target_within_the_scale"),
            models.CheckConstraint(
                condition=Q(group=None, unit=None) | Q(group=None, risk_bands=[]) | Q(unit=None, risk_bands=[]),
                name="target_for_a_group_a_unit_or_bands",
            ),
            models.CheckConstraint(
                condition=Q(risk_bands__contained_by=RiskBand.values), name="target_for_known_risk_bands"
            ),
            models.CheckConstraint(
                condition=Q(share=None) | Q(share__range=(1, 100), unit=None), name="target_share_of_several_units"
            ),
            models.CheckConstraint(condition=~Q(endorsed_by=""), name="target_endorsed_by_somebody"),
            models.CheckConstraint(
                condition=Q(superseded_by=None, superseded_at=None)
                | Q(superseded_by__isnull=False, superseded_at__isnull=False),
                name="target_superseded_by_and_at_together",
            ),
            models.CheckConstraint(condition=~Q(superseded_by=F("id")), name="target_superseded_by_another"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="targets_are_not_edited",
                operation=pgtrigger.UpdateOf(*ENDORSED_COLUMNS) | pgtrigger.Delete,  # type: ignore[no-untyped-call]  # ships no types
            ),
            pgtrigger.Protect(
                name="targets_are_superseded_once",
                operation=pgtrigger.UpdateOf("superseded_by_id", "superseded_at"),  # type: ignore[no-untyped-call]  # ships no types
                condition=pgtrigger.Q(old__superseded_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        sustained = ", self-sustaining," if self.self_sustaining else ""
        return f"Level {self.level}{sustained} by {self.by_on}"

    @property
    def for_whom(self) -> str:
        """Whom it is for: `every unit`, `80% of medium- and high-risk units`, `every unit of Met Operations`."""
        if self.unit:
            return str(self.unit)
        kind = " and ".join(f"{band}-" for band in self.risk_bands) + "risk " if self.risk_bands else ""
        of_group = f" of {self.group}" if self.group else ""
        if self.share is None:
            return f"every {kind}unit{of_group}"
        return f"{self.share}% of {'' if kind else 'the '}{kind}units{of_group}"
