from __future__ import annotations

from datetime import date
from typing import Any

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery

from maturity.models import Edition
from organisation.fields import FirstDay, QuarterField
from organisation.models import Unit
from organisation.periods import Quarter
from organisation.permissions import Person, administers, appointments_today, units_in_scope
from organisation.roles import Role

# Who reads the statements of every unit, and who those of their own.
READS_ALL = frozenset({Role.SHRMT, Role.HEAD})
READS_OWN_UNIT = frozenset({Role.SPOC, Role.SLT_LEAD})
READS_OWN_GROUP = frozenset({Role.COG_LEAD, Role.COG_SUPPORT})


class RevisionState(models.TextChoices):
    OPEN = "open", "Open"
    COMPLETED = "completed", "Completed"
    SIGNED = "signed", "Signed"
    ACCEPTED = "accepted", "Accepted"
    RETURNED = "returned", "Returned"


DRAFT = [RevisionState.OPEN.value, RevisionState.COMPLETED.value]
FROZEN = [RevisionState.SIGNED.value, RevisionState.ACCEPTED.value, RevisionState.RETURNED.value]


class StatementQuerySet(models.QuerySet["Statement"]):
    def visible_to(self, user: Person) -> StatementQuerySet:
        """Statements that `can_read_statement` grants, as a filter."""
        if appointments_today(user).to(READS_ALL).exists():
            return self
        units = Unit.objects.filter(units_in_scope(user, unit_roles=READS_OWN_UNIT, group_roles=READS_OWN_GROUP))
        return self.filter(unit__in=units)

    def reviewable_by(self, user: Person) -> StatementQuerySet:
        """Statements that `can_review` grants, as a filter: those of the groups that the person leads."""
        if administers(user):
            return self.none()
        led = units_in_scope(user, unit_roles=frozenset(), group_roles=frozenset({Role.COG_LEAD}))
        return self.filter(unit__in=Unit.objects.filter(led))

    def with_state(self) -> StatementQuerySet:
        """Add the newest revision's `state`, number and times as `latest_…`."""
        latest = Revision.objects.filter(statement=OuterRef("pk")).order_by("-number")
        return self.annotate(
            latest_state=Subquery(latest.values("state")[:1]),
            latest_number=Subquery(latest.values("number")[:1]),
            latest_signed_at=Subquery(latest.values("signed_at")[:1]),
            signed_and_standing=Exists(Revision.objects.standing().filter(statement=OuterRef("pk"))),
        )

    def in_state(self, state: str) -> StatementQuerySet:
        """Statements whose newest revision is in `state`."""
        latest = Revision.objects.filter(statement=OuterRef("pk")).order_by("-number")
        return self.alias(newest_state=Subquery(latest.values("state")[:1])).filter(newest_state=state)

    def overdue(self, today: date) -> StatementQuerySet:
        """Statements whose day has passed without a signature that stands, of units that were there to make them."""
        quarter = Quarter.of(today)
        last_due = quarter if today > quarter.due_on else quarter.previous()
        standing = Revision.objects.standing().filter(statement=OuterRef("pk"))
        return self.expected().filter(~Exists(standing), quarter__lte=last_due)

    def expected(self) -> StatementQuerySet:
        """Statements of units that had not ended before the quarter began, as `is_expected` says of one."""
        return self.filter(Q(unit__closed_on=None) | Q(unit__closed_on__gte=FirstDay("quarter")))


@pghistory.track(
    pghistory.InsertEvent(label="made"),
    pghistory.UpdateEvent(label="overwritten", row="OLD"),
    pghistory.DeleteEvent(label="removed", row="OLD"),
    obj_field=pghistory.ObjForeignKey(related_name="events"),
    model_name="StatementEvent",
    meta={"indexes": [models.Index(fields=["pgh_obj", "-pgh_id"], name="statement_event_by_row")]},
)
class Statement(models.Model):
    """A unit's self-assurance statement for one quarter, on the edition in force when it was opened."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="statements")
    quarter = QuarterField()
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()

    objects = StatementQuerySet.as_manager()

    class Meta:
        ordering = ["-quarter", "unit__name"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "quarter"], name="one_statement_per_unit_and_quarter"),
            models.CheckConstraint(
                condition=Q(quarter__regex=r"^\d{4}/\d{2}-Q[1-4]$"), name="statement_is_of_a_quarter"
            ),
        ]
        indexes = [models.Index(fields=["quarter"], name="statement_by_quarter")]

    def __str__(self) -> str:
        return f"{self.unit}, {self.quarter}"

    def is_overdue(self, today: date) -> bool:
        """Whether the day it was due, signed, has passed. The caller knows whether it is signed."""
        return bool(today > self.quarter.due_on) and self.is_expected

    @property
    def is_expected(self) -> bool:
        """Whether the unit had not ended before the quarter began: it may have been closed after this was opened."""
        closed_on = self.unit.closed_on
        return closed_on is None or bool(closed_on >= self.quarter.first_day)


class RevisionQuerySet(models.QuerySet["Revision"]):
    def standing(self) -> RevisionQuerySet:
        """Revisions that are signed and not returned: they stand until the next one is signed."""
        return self.filter(state__in=[RevisionState.SIGNED, RevisionState.ACCEPTED])


# The details that the people of a unit write, each with a version of its own.
DETAIL_ANSWERS = ("completer_name", "completer_position", "meeting_on", "no_meeting_reason")
# What a signature covers, and the signature: from the moment it is given the database lets nobody change them.
SIGNED_COLUMNS = (
    "statement_id",
    "number",
    "opened_because",
    "completer_name",
    "completer_position",
    "meeting_on",
    "no_meeting_reason",
    "field_versions",
    "details_changed_at",
    "details_changed_by_id",
    "completed_at",
    "completed_by_id",
    "signed_at",
    "signed_by_id",
    "signer_name",
    "signer_position",
    "content",
    "content_digest",
)


# What its history keeps of each change: all but the frozen content, which is written once, under the signature.
HISTORY_COLUMNS = (
    "statement",
    "number",
    "state",
    "opened_because",
    *DETAIL_ANSWERS,
    "field_versions",
    "details_changed_at",
    "details_changed_by",
    "completed_at",
    "completed_by",
    "signed_at",
    "signed_by",
    "signer_name",
    "signer_position",
    "content_digest",
)


@pghistory.track(
    pghistory.InsertEvent(label="made"),
    pghistory.UpdateEvent(label="overwritten", row="OLD"),
    pghistory.DeleteEvent(label="removed", row="OLD"),
    fields=[*HISTORY_COLUMNS],
    obj_field=pghistory.ObjForeignKey(related_name="events"),
    model_name="RevisionEvent",
    meta={"indexes": [models.Index(fields=["pgh_obj", "-pgh_id"], name="revision_event_by_row")]},
)
class Revision(models.Model):
    """One pass through open → completed → signed → accepted or returned. Signing freezes its content."""

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=RevisionState.choices, default=RevisionState.OPEN)
    opened_because = models.TextField(blank=True, help_text="Why it follows an earlier revision.")

    completer_name = models.CharField("your name", max_length=200, blank=True)
    completer_position = models.CharField("your position", max_length=200, blank=True)
    meeting_on = models.DateField("date of the unit’s health and safety meeting", null=True, blank=True)
    no_meeting_reason = models.TextField("why no meeting has reviewed it", blank=True)
    field_versions = models.JSONField(default=dict, help_text="How often each of the details has changed.")
    details_changed_at = models.DateTimeField(null=True, blank=True)
    details_changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    completed_at = models.DateTimeField(null=True, blank=True)
    completed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    signer_name = models.CharField(max_length=200, blank=True)
    signer_position = models.CharField(max_length=200, blank=True)
    content: models.JSONField[Any, Any] = models.JSONField(null=True, help_text="What was signed, word for word.")
    content_digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the canonical content.")

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["statement", "number"], name="one_revision_per_number"),
            models.UniqueConstraint("statement", condition=Q(state__in=DRAFT), name="one_draft_revision_per_statement"),
            models.CheckConstraint(
                condition=Q(completed_at=None, completed_by=None)
                | Q(completed_at__isnull=False, completed_by__isnull=False),
                name="completed_at_and_by_together",
            ),
            models.CheckConstraint(
                condition=Q(state=RevisionState.OPEN, completed_at=None)
                | (~Q(state=RevisionState.OPEN) & Q(completed_at__isnull=False)),
                name="completed_unless_open",
            ),
            models.CheckConstraint(
                condition=Q(state__in=DRAFT, signed_at=None, signed_by=None, content=None, content_digest="")
                | (
                    Q(
                        state__in=FROZEN,
                        signed_at__isnull=False,
                        signed_by__isnull=False,
                        content__isnull=False,
                    )
                    & Q(content_digest__regex=r"^[0-9a-f]{64}$")
                    & ~Q(signer_name="")
                    & ~Q(signer_position="")
                ),
                name="frozen_with_signature_or_neither",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="signed_content_is_frozen",
                operation=pgtrigger.UpdateOf(*SIGNED_COLUMNS),  # type: ignore[no-untyped-call]  # ships no types
                condition=pgtrigger.Q(old__signed_at__isnull=False),
            ),
            pgtrigger.Protect(
                name="signed_revision_stays",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__signed_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["content_digest"], name="revision_by_digest"),
            models.Index(fields=["statement", "state", "-number"], name="revision_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.statement}, revision {self.number}"

    @property
    def is_open(self) -> bool:
        return self.state == RevisionState.OPEN

    @property
    def is_draft(self) -> bool:
        return self.state in DRAFT

    @property
    def is_frozen(self) -> bool:
        return self.state in FROZEN
