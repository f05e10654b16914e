from __future__ import annotations

from collections.abc import Iterable

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q


class RecordClass(models.TextChoices):
    """What is kept, by the reasons it is kept for. A hold covers one class, or everything."""

    EVERYTHING = "everything", "Everything"
    STATEMENTS = "statements", "Statements, with their evidence, reviews and mentoring"
    ACTIONS = "actions", "Actions and plans"
    REPORTS = "reports", "Roll-ups and panel papers"
    PEOPLE = "people", "Accounts, appointments and qualifications"
    TRAIL = "trail", "The trail, with names and network addresses"
    MESSAGES = "messages", "Notices, sessions, jobs and other working data"


class HoldScope(models.TextChoices):
    """Whose records a hold covers."""

    FORCE = "force", "The whole force"
    GROUP = "group", "A business group, and everybody appointed to it or to its units"
    UNIT = "unit", "A unit, and everybody appointed to it"
    PERSON = "person", "A person"


class LegalHoldQuerySet(models.QuerySet["LegalHold"]):
    def in_force(self) -> LegalHoldQuerySet:
        return self.filter(lifted_at=None)

    def of(self, record_class: RecordClass) -> LegalHoldQuerySet:
        """Holds that cover the class: its own and those of everything."""
        return self.filter(record_class__in=[record_class, RecordClass.EVERYTHING])

    def over(self, scopes: Iterable[tuple[HoldScope, int]]) -> LegalHoldQuerySet:
        """Holds of the whole force, and those of any of these: a scope and the number of what it names."""
        found = Q(scope=HoldScope.FORCE)
        for scope, number in scopes:
            found |= Q(scope=scope, scope_id=number)
        return self.filter(found)


# What a hold says when it is placed. Only that it is to be lifted, and was, may be written to it afterwards.
PLACED_COLUMNS = ("record_class", "scope", "scope_id", "authority", "reason", "placed_at", "placed_by_id")


class LegalHold(models.Model):
    """That records must not be deleted, whatever their period says: on whose authority, why, and until it is lifted.

    It holds from the moment it is placed. Lifting it takes two people: one asks, another one agrees.
    """

    record_class = models.CharField("what is held", max_length=12, choices=RecordClass.choices)
    scope = models.CharField("whose records", max_length=6, choices=HoldScope.choices)
    scope_id = models.BigIntegerField(
        null=True, blank=True, help_text="Of the unit, group or person; blank: the force."
    )
    authority = models.CharField(max_length=200, help_text="Who ordered it: a post or body, and its reference.")
    reason = models.TextField()
    placed_at = models.DateTimeField()
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    lift_authority = models.CharField(max_length=200, blank=True)
    lift_reason = models.TextField(blank=True)
    lift_asked_at = models.DateTimeField(null=True, blank=True)
    lift_asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = LegalHoldQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(scope=HoldScope.FORCE, scope_id=None)
                | (~Q(scope=HoldScope.FORCE) & Q(scope_id__isnull=False)),
                name="hold_names_whose_records",
            ),
            models.CheckConstraint(
                condition=~Q(authority="") & ~Q(reason=""), name="hold_has_an_authority_and_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(lift_asked_at=None, lift_asked_by=None, lift_authority="", lift_reason="")
                | (
                    Q(lift_asked_at__isnull=False, lift_asked_by__isnull=False)
                    & ~Q(lift_authority="")
                    & ~Q(lift_reason="")
                ),
                name="hold_lift_asked_at_by_and_why_together",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False, lift_asked_at__isnull=False),
                name="hold_lifted_after_it_was_asked",
            ),
            models.CheckConstraint(
                condition=Q(lifted_by=None) | ~Q(lifted_by=F("lift_asked_by")), name="hold_lifted_by_a_second_person"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="holds_stay_as_placed",
                operation=pgtrigger.UpdateOf(*PLACED_COLUMNS) | pgtrigger.Delete,  # type: ignore[no-untyped-call]  # ships no types
            ),
            pgtrigger.Protect(
                name="lifted_holds_stay_lifted",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__lifted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Legal hold {self.pk}: {RecordClass(self.record_class).label.lower()}"

    @property
    def name_in_trail(self) -> str:
        """What the trail calls it: without the person it may be about."""
        return f"legal hold {self.pk}"

    @property
    def is_in_force(self) -> bool:
        return self.lifted_at is None

    @property
    def waits_for_a_second_person(self) -> bool:
        """Whether somebody has asked to lift it and nobody has agreed yet."""
        return self.is_in_force and self.lift_asked_at is not None
