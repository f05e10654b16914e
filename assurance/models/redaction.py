from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from assurance.models.evidence import EvidenceItem
from assurance.models.statement import Revision
from organisation.permissions import Person, roles_anywhere
from organisation.roles import Role

READS_REDACTIONS = frozenset({Role.SHRMT, Role.HEAD})


class RedactionState(models.TextChoices):
    PROPOSED = "proposed", "Waiting for the second person"
    DONE = "done", "Done"
    REFUSED = "refused", "Refused"


class RedactionQuerySet(models.QuerySet["Redaction"]):
    def visible_to(self, user: Person) -> RedactionQuerySet:
        """Redactions that `can_read_redaction` grants, as a filter."""
        return self if roles_anywhere(user) & READS_REDACTIONS else self.none()

    def that_changed(self, revision: Revision) -> RedactionQuerySet:
        """Redactions that took something out of the revision: of its texts, or of a file given in it."""
        files = EvidenceItem.objects.filter(entry__revision=revision, file__isnull=False).values("file__blob")
        own = Q(revision=revision) | Q(item__file__blob__in=files)
        return self.filter(own, state=RedactionState.DONE).order_by("pk")


# What is proposed stands as it was proposed; only the decision is written to it afterwards.
PROPOSED_COLUMNS = (
    "revision_id",
    "path",
    "label",
    "item_id",
    "redacted",
    "reason",
    "authority",
    "proposed_at",
    "proposed_by_id",
)


class Redaction(models.Model):
    """A passage or a file taken out of a signed revision because the law asks for it: proposed by one, done by another.

    The tombstone: it says what was taken from where, on whose authority and why, and the digests before and after. What
    was taken out stands nowhere. The revision keeps the digest it was signed with.
    """

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="redactions")
    path = models.CharField(max_length=200, blank=True, help_text="Of the text in the signed content. Blank: a file.")
    label = models.CharField(max_length=300, help_text="What the text or file is called on the pages.")
    item = models.ForeignKey(EvidenceItem, on_delete=models.PROTECT, null=True, blank=True, related_name="redactions")
    redacted = models.TextField(blank=True, help_text="The text as it is to stand. Blank: a file.")
    reason = models.TextField()
    authority = models.CharField(max_length=200, help_text="Who ordered it: a law, court or post, and its reference.")
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=RedactionState.choices, default=RedactionState.PROPOSED)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    refused_because = models.TextField(blank=True)
    digest_before = models.CharField(max_length=64, blank=True)
    digest_after = models.CharField(max_length=64, blank=True)

    objects = RedactionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(item=None) & ~Q(path="") & ~Q(redacted="") | Q(item__isnull=False, path="", redacted=""),
                name="redaction_of_a_text_or_a_file",
            ),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(authority=""), name="redaction_has_its_grounds"),
            models.CheckConstraint(
                condition=Q(state=RedactionState.PROPOSED, decided_at=None, decided_by=None)
                | (~Q(state=RedactionState.PROPOSED) & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="redaction_decided_at_and_by_together",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")), name="redaction_takes_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(state=RedactionState.DONE) | (~Q(digest_before="") & ~Q(digest_after="")),
                name="redaction_done_with_its_digests",
            ),
            models.UniqueConstraint(
                fields=["revision", "path", "item"],
                condition=Q(state=RedactionState.PROPOSED),
                nulls_distinct=False,
                name="one_proposed_redaction_of_a_text",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="redactions_stay_as_proposed",
                operation=pgtrigger.UpdateOf(*PROPOSED_COLUMNS) | pgtrigger.Delete,  # type: ignore[no-untyped-call]  # ships no types
            ),
            pgtrigger.Protect(
                name="decided_redactions_stay",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state="proposed"),
            ),
        ]

    def __str__(self) -> str:
        return f"Redaction {self.pk} of {self.revision}"

    @property
    def waits(self) -> bool:
        """Whether nobody has decided on it yet."""
        return self.state == RedactionState.PROPOSED
