from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from assurance.disclosure import Withheld
from assurance.models.statement import Revision
from organisation.permissions import Person, roles_anywhere
from organisation.roles import Role
from records.models import Blob

ANSWERS_REQUESTS = frozenset({Role.SHRMT, Role.HEAD})


class Law(models.TextChoices):
    """Why something is given out."""

    FOI = "foi", "Freedom of Information Act 2000"
    EIR = "eir", "Environmental Information Regulations 2004"
    DATA_PROTECTION = "data-protection", "Data protection: somebody asks for what is held about them"
    COURT = "court", "Order of a court or tribunal"
    OTHER = "other", "Another law or agreement"


class Exemption(models.TextChoices):
    """Why something is kept back."""

    SECTION_24 = "s24", "Section 24: national security"
    SECTION_30 = "s30", "Section 30: investigations and proceedings"
    SECTION_31 = "s31", "Section 31: law enforcement"
    SECTION_38 = "s38", "Section 38: somebody’s health or safety"
    SECTION_40 = "s40", "Section 40: personal information"
    SECTION_41 = "s41", "Section 41: given in confidence"
    SECTION_42 = "s42", "Section 42: legal professional privilege"
    SECTION_43 = "s43", "Section 43: commercial interests"
    REGULATION_12 = "r12", "Regulation 12: an exception for environmental information"
    REGULATION_13 = "r13", "Regulation 13: personal data in environmental information"
    DATA_PROTECTION = "data-protection", "Data protection: about another person"
    OUT_OF_SCOPE = "out-of-scope", "Not part of what was asked for"
    OTHER = "other", "Another ground, which the reason names"


class InformationRequestQuerySet(models.QuerySet["InformationRequest"]):
    def visible_to(self, user: Person) -> InformationRequestQuerySet:
        """Requests that `can_answer_information_requests` grants, as a filter."""
        return self if roles_anywhere(user) & ANSWERS_REQUESTS else self.none()


class InformationRequest(models.Model):
    """Somebody outside asks by law for signed statements. Who asked is not kept here, only the reference."""

    reference = models.CharField(max_length=60, unique=True)
    law = models.CharField(max_length=20, choices=Law.choices)
    subject = models.CharField(max_length=200, help_text="What was asked for.")
    received_on = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = InformationRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-received_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(reference="") & ~Q(subject=""), name="information_request_says_what"),
        ]
        triggers = [
            pgtrigger.Protect(name="information_requests_stay", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"Information request {self.reference}"

    @property
    def name_in_trail(self) -> str:
        """By its number: a reference may be called after whoever asked."""
        return f"information request {self.pk}"


class RequestedStatement(models.Model):
    """A signed revision that is given out in answer to a request, with its decisions. Taken out again, it stays."""

    request = models.ForeignKey(InformationRequest, on_delete=models.PROTECT, related_name="statements")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField()
    chosen_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["revision__statement__unit__name", "revision__statement__quarter", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "revision"], condition=Q(removed_at=None), name="one_revision_per_request"
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_by=None) | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="requested_statement_removed_by_somebody",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="requested_statements_stay",
                operation=pgtrigger.UpdateOf("request_id", "revision_id", "chosen_at", "chosen_by_id")  # type: ignore[no-untyped-call]  # ships no types
                | pgtrigger.Delete,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.revision}"


class WithholdingQuerySet(models.QuerySet["Withholding"]):
    def in_force(self) -> WithholdingQuerySet:
        """Decisions that have not been undone."""
        return self.filter(undone_at=None)


class Withholding(models.Model):
    """The decision to keep back places of one text. It says where, never what: that stands in the revision alone."""

    statement = models.ForeignKey(RequestedStatement, on_delete=models.PROTECT, related_name="withholdings")
    number = models.PositiveIntegerField(help_text="In the request’s schedule.")
    path = models.CharField(max_length=200, help_text="Of the text in the signed content.")
    label = models.CharField(max_length=300, help_text="What the text is called on the pages.")
    spans = models.JSONField(help_text="Places kept back: from one character up to before another.")
    is_whole = models.BooleanField(help_text="Whether it is all of the text.")
    exemption = models.CharField(max_length=20, choices=Exemption.choices)
    reason = models.TextField()
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = WithholdingQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="withholding_has_its_reason"),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None) | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="withholding_undone_by_somebody",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="withholdings_stay",
                operation=pgtrigger.UpdateOf(  # type: ignore[no-untyped-call]  # ships no types
                    "statement_id",
                    "number",
                    "path",
                    "label",
                    "spans",
                    "is_whole",
                    "exemption",
                    "reason",
                    "decided_at",
                    "decided_by_id",
                )
                | pgtrigger.Delete,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.label}"

    @property
    def name_in_trail(self) -> str:
        return f"withholding {self.number} of {self.statement.request.name_in_trail}"

    @property
    def withheld(self) -> Withheld:
        """The decision as `assurance.disclosure` applies it."""
        return Withheld(self.number, tuple((begins, ends) for begins, ends in self.spans))


class Release(models.Model):
    """What somebody has confirmed is to be given out, and the PDF of it, once it is printed. Both stay."""

    request = models.ForeignKey(InformationRequest, on_delete=models.PROTECT, related_name="releases")
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of what is given out and of the schedule.")
    confirmed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, null=True, related_name="+")
    printed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["request", "number"], name="one_release_per_number"),
            models.CheckConstraint(condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="release_digest_is_a_sha256"),
            models.CheckConstraint(
                condition=Q(blob=None, printed_at=None) | Q(blob__isnull=False, printed_at__isnull=False),
                name="release_printed_with_its_file",
            ),
            models.CheckConstraint(
                condition=Q(printed_at=None) | Q(printed_at__gte=F("confirmed_at")), name="release_confirmed_first"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="releases_stay",
                operation=pgtrigger.UpdateOf(  # type: ignore[no-untyped-call]  # ships no types
                    "request_id", "number", "digest", "confirmed_at", "confirmed_by_id"
                )
                | pgtrigger.Delete,
            ),
            pgtrigger.Protect(
                name="printed_releases_stay",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__printed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Release {self.number} of {self.request}"

    @property
    def name_in_trail(self) -> str:
        return f"release {self.number} of {self.request.name_in_trail}"
