from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from assurance.models.rollup import IssuedRollup
from assurance.models.statement import Revision
from maturity.models import Edition
from organisation.models import BusinessGroup, Unit, UnitMembership
from organisation.permissions import Person, appointments_today
from organisation.roles import Role
from records.models import Blob

# Who reads audits of every unit, and who those of their own.
READS_ALL_AUDITS = frozenset({Role.SHRMT, Role.HEAD})
READS_OWN_UNITS_AUDITS = frozenset({Role.SPOC, Role.SLT_LEAD})
READS_OWN_GROUPS_AUDITS = frozenset({Role.COG_LEAD, Role.COG_SUPPORT})


class AuditKind(models.TextChoices):
    SHRMT = "shrmt", "Safety and Health Risk Management Team (SHRMT)"
    EXTERNAL = "external", "Independent external"


class AuditState(models.TextChoices):
    PLANNED = "planned", "Planned"
    FIELDWORK = "fieldwork", "Fieldwork"
    DRAFT = "draft", "Draft report"
    RESPONSE = "response", "With the unit for factual accuracy"
    ISSUED = "issued", "Issued"
    CLOSED = "closed", "Closed"
    WITHDRAWN = "withdrawn", "Withdrawn"


# What an auditor may still change, what the unit audited reads besides, and what stands for good.
IN_WRITING = [AuditState.FIELDWORK.value, AuditState.DRAFT.value]
OUT = [AuditState.ISSUED.value, AuditState.CLOSED.value]
SHOWN_TO_UNIT = [AuditState.RESPONSE.value, *OUT]


class AuditQuerySet(models.QuerySet["Audit"]):
    def visible_to(self, user: Person) -> AuditQuerySet:
        """Audits that `can_read_audit` grants, as a filter."""
        appointments = appointments_today(user)
        if appointments.to(READS_ALL_AUDITS).exists():
            return self
        today = timezone.localdate()
        units = appointments.to(READS_OWN_UNITS_AUDITS).values("unit")
        groups = appointments.to(READS_OWN_GROUPS_AUDITS).values("group")
        in_groups = UnitMembership.objects.in_force_on_or_at_the_units_end(today).filter(group__in=groups)
        readable = (
            Q(unit__in=units, state__in=SHOWN_TO_UNIT)
            | Q(group__in=groups, state__in=SHOWN_TO_UNIT)
            | Q(unit__in=in_groups.values("unit"), state__in=OUT)
        )
        if appointments.to({Role.EXTERNAL_AUDITOR}).exists():
            readable |= Q(Exists(AuditorAssignment.objects.standing().filter(audit=OuterRef("pk"), auditor=user.pk)))
        return self.filter(readable)

    def out(self) -> AuditQuerySet:
        """Audits whose report has been issued: their verdicts stand."""
        return self.filter(state__in=OUT)


# What auditors write on the audit as a whole, each with a version of its own (docs/decisions/0002).
AUDIT_ANSWERS = ("summary", "good_practice")
# What is frozen with the report, and the report: from the moment of issue the database lets nobody change it.
ISSUED_AUDIT_COLUMNS = (
    "reference",
    "kind",
    "unit_id",
    "group_id",
    "edition_id",
    "revision_id",
    "claimed_in_id",
    "purpose",
    "planned_from",
    "planned_to",
    "started_on",
    "ended_on",
    "summary",
    "good_practice",
    "content",
    "content_digest",
    "issued_at",
    "issued_by_id",
    "issuer_name",
)


@pghistory.track(
    pghistory.UpdateEvent(label="overwritten", row="OLD", condition=pgtrigger.AnyChange(*AUDIT_ANSWERS)),
    pghistory.DeleteEvent(label="removed", row="OLD"),
    fields=[*AUDIT_ANSWERS, "field_versions", "changed_at", "changed_by"],
    obj_field=pghistory.ObjForeignKey(related_name="history"),
    model_name="AuditEvent",
    meta={"indexes": [models.Index(fields=["pgh_obj", "-pgh_id"], name="audit_event_by_row")]},
)
class Audit(models.Model):
    """A validation of the levels that a unit, or a business group, has reported. The claim is never changed by it.

    A unit's claim is a signed revision; a group's is its lead's own assessment in an issued roll-up. Which of them is
    validated is named before fieldwork begins. Issuing freezes the report with its digest.
    """

    reference = models.CharField(max_length=20, unique=True, help_text="What people call it, such as A-2026-014.")
    kind = models.CharField(max_length=10, choices=AuditKind.choices)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="audits")
    group = models.ForeignKey(BusinessGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="audits")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+", help_text="Whose themes it tests.")
    revision = models.ForeignKey(
        Revision, on_delete=models.PROTECT, null=True, blank=True, related_name="audits", help_text="What it validates."
    )
    claimed_in = models.ForeignKey(
        IssuedRollup,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="audits",
        help_text="What it validates, where it is of a group.",
    )
    repeat_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="repeats")
    state = models.CharField(max_length=10, choices=AuditState.choices, default=AuditState.PLANNED)
    purpose = models.TextField(blank=True, help_text="Why this audit, and what it looks at.")
    planned_from = models.DateField()
    planned_to = models.DateField()
    started_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True, help_text="The last day of fieldwork.")
    response_due_on = models.DateField(null=True, blank=True)

    summary = models.TextField(blank=True)
    good_practice = models.TextField(blank=True)
    field_versions = models.JSONField(default=dict, help_text="How often each answer has changed.")
    changed_at = models.DateTimeField(null=True, blank=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    planned_at = models.DateTimeField()
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    content: models.JSONField[Any, Any] = models.JSONField(null=True, help_text="What was issued, word for word.")
    content_digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the canonical content.")
    issued_at = models.DateTimeField(null=True, blank=True)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    issuer_name = models.CharField(max_length=200, blank=True, help_text="As it was: it stays without the account.")
    pdf = models.ForeignKey(Blob, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_because = models.TextField(blank=True)
    if TYPE_CHECKING:
        history: Any  # a manager of what was overwritten, which pghistory adds

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering = ["-planned_from", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=False, group=None, claimed_in=None)
                | Q(unit=None, group__isnull=False, revision=None),
                name="audit_of_a_unit_or_a_group",
            ),
            models.CheckConstraint(condition=Q(planned_to__gte=F("planned_from")), name="audit_planned_forwards"),
            models.CheckConstraint(
                condition=Q(state__in=[AuditState.PLANNED, AuditState.WITHDRAWN])
                | Q(started_on__isnull=False, revision__isnull=False)
                | Q(started_on__isnull=False, claimed_in__isnull=False),
                name="fieldwork_validates_something",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")), name="audit_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=(
                    Q(state__in=OUT, content__isnull=False, issued_at__isnull=False, issued_by__isnull=False)
                    & Q(ended_on__isnull=False, content_digest__regex=r"^[0-9a-f]{64}$")
                    & ~Q(issuer_name="")
                )
                | (~Q(state__in=OUT) & Q(content=None, content_digest="", issued_at=None, issued_by=None, pdf=None)),
                name="audit_issued_whole_or_not_at_all",
            ),
            models.CheckConstraint(
                condition=Q(state=AuditState.CLOSED, closed_at__isnull=False, closed_by__isnull=False)
                | (~Q(state=AuditState.CLOSED) & Q(closed_at=None, closed_by=None)),
                name="audit_closed_at_and_by_with_the_state",
            ),
            models.CheckConstraint(
                condition=(Q(state=AuditState.WITHDRAWN) & ~Q(withdrawn_because=""))
                | (~Q(state=AuditState.WITHDRAWN) & Q(withdrawn_because="")),
                name="audit_withdrawn_with_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "state"], name="audits_by_unit_and_state"),
            models.Index(fields=["content_digest"], name="audit_by_digest"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="issued_audits_stay",
                operation=pgtrigger.UpdateOf(*ISSUED_AUDIT_COLUMNS),  # type: ignore[no-untyped-call]  # ships no types
                condition=pgtrigger.Q(old__issued_at__isnull=False),
            ),
            pgtrigger.Protect(
                name="audit_documents_stay",
                operation=pgtrigger.UpdateOf("pdf_id"),  # type: ignore[no-untyped-call]  # ships no types
                condition=pgtrigger.Q(old__pdf_id__isnull=False),
            ),
            pgtrigger.Trigger(
                name="issued_audits_stay_issued",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("state"),  # type: ignore[no-untyped-call]  # ships no types
                condition=pgtrigger.Q(old__issued_at__isnull=False),
                func="""
                    IF NEW.state NOT IN ('issued', 'closed') THEN
                        RAISE EXCEPTION 'An issued audit stays issued.';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="audits_are_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"Audit {self.reference}, {self.scope}"

    @property
    def scope(self) -> Unit | BusinessGroup:
        """What is audited."""
        scope = self.unit or self.group
        assert scope is not None  # noqa: S101  # a constraint of the table
        return scope

    @property
    def is_in_writing(self) -> bool:
        return self.state in IN_WRITING

    @property
    def is_shown(self) -> bool:
        """Whether what is audited reads it: the draft report while it is asked about its facts, and what is issued."""
        return self.state in SHOWN_TO_UNIT

    @property
    def is_out(self) -> bool:
        return self.state in OUT

    @property
    def job_key(self) -> str:
        """The key of the job that prints its document."""
        return f"audit:{self.pk}"


class AuditorAssignmentQuerySet(models.QuerySet["AuditorAssignment"]):
    def standing(self) -> AuditorAssignmentQuerySet:
        """Assignments that nobody has ended."""
        return self.filter(ended_at=None)


class AuditorAssignment(models.Model):
    """That somebody audits, or leads, an audit. Whom the Head allows although they mentored the unit, with a reason."""

    audit = models.ForeignKey(Audit, on_delete=models.PROTECT, related_name="assignments")
    auditor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="audit_assignments")
    leads = models.BooleanField(default=False)
    assigned_at = models.DateTimeField()
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    allowed_because = models.TextField(blank=True, help_text="Why one who mentored the unit audits it all the same.")
    allowed_at = models.DateTimeField(null=True, blank=True)
    allowed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = AuditorAssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["-leads", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["audit", "auditor"], condition=Q(ended_at=None), name="an_auditor_once_per_audit"
            ),
            models.UniqueConstraint(
                fields=["audit"], condition=Q(ended_at=None, leads=True), name="one_lead_auditor_per_audit"
            ),
            models.CheckConstraint(
                condition=Q(allowed_because="", allowed_at=None, allowed_by=None)
                | (Q(allowed_at__isnull=False, allowed_by__isnull=False) & ~Q(allowed_because="")),
                name="allowed_by_whom_and_why",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="assignment_ended_at_and_by_together",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.auditor} in {self.audit}"

    @property
    def name_in_trail(self) -> str:
        """What the trail calls it: without the auditor's name."""
        return f"assignment {self.pk} to {self.audit}"[:300]


class ResponseKind(models.TextChoices):
    ACCURACY = "accuracy", "On the facts of the draft report"
    MANAGEMENT = "management", "On the issued report"


class AuditResponse(models.Model):
    """What the unit says to a report: on the facts of a draft, or on what was issued. It is added to, never changed."""

    audit = models.ForeignKey(Audit, on_delete=models.PROTECT, related_name="responses")
    kind = models.CharField(max_length=10, choices=ResponseKind.choices)
    agrees = models.BooleanField(help_text="Whether the unit finds the facts right, or accepts what was issued.")
    text = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    responder_name = models.CharField(max_length=200, help_text="As it was: it stays without the account.")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(agrees=True) | ~Q(text=""), name="disagreement_says_with_what"),
        ]
        triggers = [pgtrigger.Protect(name="responses_stay", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"Response to {self.audit}"
