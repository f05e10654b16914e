from __future__ import annotations

from decimal import Decimal
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from organisation.fields import HalfYearField
from organisation.models import Unit
from organisation.periods import HalfYear
from organisation.permissions import Person, appointments_today
from organisation.roles import GROUP_ROLES, UNIT_ROLES, Role

# Who reads every programme, and who reads none that could be a warning to themselves (docs/decisions/0021).
WORKS_ON_PROGRAMMES = frozenset({Role.SHRMT, Role.HEAD})
READS_PROGRAMMES_FOR_THE_BOARD = frozenset({Role.BOARD_MEMBER, Role.BOARD_SECRETARY})
COULD_BE_AUDITED = UNIT_ROLES | GROUP_ROLES


class ProgrammeState(models.TextChoices):
    PROPOSED = "proposed", "Proposed"
    ADOPTED = "adopted", "Adopted"


class Chosen(models.TextChoices):
    """How a unit came into a programme. Never in it: blank."""

    BY_SCORE = "score", "By score"
    BY_CHANCE = "chance", "By chance"
    ADDED = "added", "Added"


class AuditProgrammeQuerySet(models.QuerySet["AuditProgramme"]):
    def visible_to(self, user: Person) -> AuditProgrammeQuerySet:
        """Programmes that `can_read_programme` grants, as a filter."""
        appointments = appointments_today(user)
        if appointments.to(WORKS_ON_PROGRAMMES).exists():
            return self
        if not appointments.to(READS_PROGRAMMES_FOR_THE_BOARD).exists():
            return self.none()
        if appointments.to(COULD_BE_AUDITED).exists():
            return self.filter(half__lte=HalfYear.of(timezone.localdate()))
        return self

    def with_counts(self) -> AuditProgrammeQuerySet:
        """Add how many units stand in each (`audits`), the days that they take (`days_used`) and its `changed`."""
        inside = Q(items__place__isnull=False)
        made = ProgrammeChange.objects.filter(programme=OuterRef("pk")).order_by().values("programme")
        return self.annotate(
            audits=Count("items", filter=inside),
            days_used=Coalesce(Sum("items__days", filter=inside), Value(Decimal(0))),
            changed=Coalesce(Subquery(made.annotate(number=Count("pk")).values("number")), 0),
        )


class AuditProgramme(models.Model):
    """Which units are to be audited in a half-year: proposed from scores and a draw, then adopted by the Head.

    Until it is adopted, proposing it again replaces its items. Adopted, it is frozen; changes stand beside it.
    """

    half = HalfYearField(unique=True)
    state = models.CharField(max_length=10, choices=ProgrammeState.choices, default=ProgrammeState.PROPOSED)
    version = models.PositiveIntegerField(default=0, help_text="How often it has been proposed.")
    as_at = models.DateField(help_text="The day of the facts behind the scores.")
    weights: models.JSONField[Any, Any] = models.JSONField(help_text="Of each ingredient; read whole.")
    random_share = models.PositiveSmallIntegerField(help_text="Per cent of the places that go by chance, at least.")
    auditor_days = models.DecimalField(max_digits=6, decimal_places=1, help_text="What all audits may take together.")
    days_per_audit = models.DecimalField(max_digits=5, decimal_places=1, help_text="What every audit takes.")
    days_per_theme = models.DecimalField(max_digits=5, decimal_places=1, help_text="What each scored theme adds.")
    seed = models.CharField(max_length=32, help_text="Of the newest draw.")
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    adopted_at = models.DateTimeField(null=True, blank=True)
    adopted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = AuditProgrammeQuerySet.as_manager()

    class Meta:
        ordering = ["-half"]
        constraints = [
            models.CheckConstraint(condition=Q(half__regex=r"^\d{4}/\d{2}-H[12]$"), name="programme_is_of_a_half_year"),
            models.CheckConstraint(condition=Q(random_share__range=(1, 100)), name="programme_leaves_some_to_chance"),
            models.CheckConstraint(
                condition=Q(auditor_days__gt=0, days_per_theme__gte=0) & (Q(days_per_audit__gt=0)),
                name="programme_audits_take_time",
            ),
            models.CheckConstraint(
                condition=Q(state=ProgrammeState.PROPOSED, adopted_at=None, adopted_by=None)
                | Q(state=ProgrammeState.ADOPTED, adopted_at__isnull=False, adopted_by__isnull=False),
                name="programme_adopted_by_somebody",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="adopted_programmes_stay",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__adopted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Audit programme {self.half}"

    @property
    def is_adopted(self) -> bool:
        return self.state == ProgrammeState.ADOPTED


class ProgrammeDraw(models.Model):
    """A seed that was drawn for a programme. All of them stay, so that nobody draws until a draw suits them."""

    programme = models.ForeignKey(AuditProgramme, on_delete=models.PROTECT, related_name="draws")
    number = models.PositiveSmallIntegerField()
    seed = models.CharField(max_length=32)
    because = models.TextField(blank=True, help_text="Why it follows an earlier draw.")
    drawn_at = models.DateTimeField()
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["programme", "number"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "number"], name="one_draw_per_number"),
            models.CheckConstraint(
                condition=Q(number=1, because="") | (Q(number__gt=1) & ~Q(because="")), name="drawn_again_with_a_reason"
            ),
        ]
        triggers = [pgtrigger.Protect(name="draws_stay", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"Draw {self.number} for the {str(self.programme).lower()}"


class ProgrammeItem(models.Model):
    """A unit in a programme, or beside it: its score with every ingredient, and its place if it is in.

    What the score rests on is frozen when the programme is adopted; `place` and `chosen` follow the changes. A unit
    that was added without having been scored has no score and no rank.
    """

    programme = models.ForeignKey(AuditProgramme, on_delete=models.PROTECT, related_name="items")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    rank = models.PositiveIntegerField(null=True, blank=True, help_text="Among all units, by score.")
    score = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    ingredients: models.JSONField[Any, Any] = models.JSONField(default=list, help_text="What the score is made of.")
    days = models.DecimalField(max_digits=5, decimal_places=1, help_text="What its audit takes.")
    own_days = models.BooleanField(default=False, help_text="Whether somebody set the days of this unit.")
    chosen = models.CharField(max_length=10, choices=Chosen.choices, blank=True)
    place = models.PositiveIntegerField(null=True, blank=True, help_text="In the programme; blank: not in it.")

    class Meta:
        ordering = ["programme", F("place").asc(nulls_last=True), F("rank").asc(nulls_last=True)]
        constraints = [
            models.UniqueConstraint(fields=["programme", "unit"], name="one_item_per_programme_and_unit"),
            models.UniqueConstraint(
                fields=["programme", "place"],
                name="one_item_per_place",
                deferrable=models.Deferrable.DEFERRED,  # a move gives several units new places at once
            ),
            models.CheckConstraint(condition=Q(place=None) | ~Q(chosen=""), name="in_a_programme_somehow"),
            models.CheckConstraint(
                condition=Q(rank=None, score=None) | Q(rank__isnull=False, score__isnull=False),
                name="ranked_by_a_score",
            ),
            models.CheckConstraint(condition=Q(days__gt=0), name="programme_item_takes_time"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="adopted_items_are_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("programme", "BIGINT")],
                func="""
                    IF TG_OP = 'DELETE' THEN programme := OLD.programme_id; ELSE programme := NEW.programme_id; END IF;
                    IF NOT EXISTS (
                        SELECT 1 FROM assurance_auditprogramme WHERE id = programme AND adopted_at IS NOT NULL
                    ) THEN
                        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                        RETURN NEW;
                    END IF;
                    IF TG_OP = 'INSERT' AND NEW.score IS NULL THEN RETURN NEW; END IF;
                    IF TG_OP = 'UPDATE' AND (
                        OLD.programme_id, OLD.unit_id, OLD.rank, OLD.score, OLD.ingredients, OLD.days, OLD.own_days
                    ) IS NOT DISTINCT FROM (
                        NEW.programme_id, NEW.unit_id, NEW.rank, NEW.score, NEW.ingredients, NEW.days, NEW.own_days
                    ) THEN RETURN NEW; END IF;
                    RAISE EXCEPTION 'What an adopted programme rests on cannot be changed.';
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} in the {str(self.programme).lower()}"


class ChangeKind(models.TextChoices):
    ADDED = "added", "Added"
    REMOVED = "removed", "Removed"
    MOVED = "moved", "Moved"


class ProgrammeChange(models.Model):
    """What was changed in an adopted programme, and why. Places are those before and after; none: not in it."""

    programme = models.ForeignKey(AuditProgramme, on_delete=models.PROTECT, related_name="changes")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=ChangeKind.choices)
    place_before = models.PositiveIntegerField(null=True, blank=True)
    place = models.PositiveIntegerField(null=True, blank=True)
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["programme", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="programme_change_has_its_reason"),
            models.CheckConstraint(
                condition=Q(kind=ChangeKind.ADDED, place_before=None, place__isnull=False)
                | Q(kind=ChangeKind.REMOVED, place_before__isnull=False, place=None)
                | Q(kind=ChangeKind.MOVED, place_before__isnull=False, place__isnull=False),
                name="programme_change_from_place_to_place",
            ),
        ]
        triggers = [pgtrigger.Protect(name="programme_changes_stay", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.unit}: {self.get_kind_display().lower()} in the {str(self.programme).lower()}"
