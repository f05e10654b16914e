from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Case, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

THE_SYSTEM = "the system"
ERASED = "(erased)"
# Whoever extends the chain holds this advisory lock until their transaction has ended. Any number, always the same.
CHAIN_LOCK = 7_266_483_101


class TrailQuerySet(models.QuerySet["TrailEntry"]):
    def with_identities(self) -> models.QuerySet[Any, Any]:
        """Add `actor_name` and `address` as they were at the time, in the same query."""
        return self.annotate(
            actor_name=_identity(IdentityKind.NAME, committed="name_commitment", otherwise=THE_SYSTEM),
            address=_identity(IdentityKind.ADDRESS, committed="address_commitment", otherwise=""),
        )

    def with_words(self) -> models.QuerySet[Any, Any]:
        """Add `words`: the JSON text of what somebody wrote with the act, such as a reason; None where none is."""
        kept = TrailIdentity.objects.filter(entry=OuterRef("pk"), kind=IdentityKind.WORDS)
        return self.annotate(words=Subquery(kept.values("text")[:1]))


def _identity(kind: IdentityKind, *, committed: str, otherwise: str) -> Coalesce:
    """Return what an entry's identity reads as: its text, ERASED where that is gone, `otherwise` where it never was."""
    kept = TrailIdentity.objects.filter(entry=OuterRef("pk"), kind=kind).values("text")[:1]
    missing = Case(When(**{committed: ""}, then=Value(otherwise)), default=Value(ERASED))
    return Coalesce(Subquery(kept), missing, output_field=models.CharField())


class TrailEntry(models.Model):
    """Who did what to which thing, when. Written in the act's own transaction; never changed, never removed.

    Names and network addresses of people are personal data that may have to be erased, and a chain cannot forget:
    the entry holds salted commitments to them, and they lie in TrailIdentity.
    """

    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=True
    )
    act = models.CharField(max_length=60, help_text="thing.verb, e.g. statement.signed")
    thing_type = models.CharField(max_length=60, blank=True)
    thing_id = models.BigIntegerField(null=True, blank=True)
    thing_name = models.CharField(max_length=300, blank=True)
    detail: models.JSONField[Any, Any] = models.JSONField(default=dict)
    name_commitment = models.CharField(max_length=64, blank=True, help_text="Blank where the system acted.")
    address_commitment = models.CharField(max_length=64, blank=True, help_text="Blank where there was no request.")

    objects = TrailQuerySet.as_manager()

    if TYPE_CHECKING:
        identities: Any
        link: TrailLink

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(thing_type="", thing_id=None) | (~Q(thing_type="") & Q(thing_id__isnull=False)),
                name="trail_thing_by_type_and_id",
            ),
        ]
        indexes = [
            models.Index(fields=["thing_type", "thing_id"], name="trail_by_thing"),
            models.Index(fields=["at"], name="trail_by_time"),
            models.Index(fields=["actor", "-id"], name="trail_by_person"),
            models.Index(fields=["act", "-id"], name="trail_by_act"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            # Deferred: it runs as the transaction ends, so that nobody holds the lock while they are at work, and
            # two transactions follow each other in the chain in the order in which they were committed.
            pgtrigger.Trigger(
                name="extends_the_chain",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                declare=[("before", "RECORD"), ("here", "BIGINT"), ("covered", "TEXT")],
                func=f"""
                    PERFORM pg_advisory_xact_lock({CHAIN_LOCK});
                    SELECT position, digest INTO before FROM records_traillink ORDER BY position DESC LIMIT 1;
                    here := COALESCE(before.position, 0) + 1;
                    SELECT string_agg(octet_length(part) || ':' || part || ',', '' ORDER BY place) INTO covered
                    FROM unnest(ARRAY[
                        COALESCE(before.digest, ''),
                        here::text,
                        NEW.id::text,
                        to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
                        COALESCE(NEW.actor_id::text, ''),
                        NEW.act::text,
                        NEW.thing_type::text,
                        COALESCE(NEW.thing_id::text, ''),
                        NEW.thing_name::text,
                        NEW.detail::text,
                        NEW.name_commitment::text,
                        NEW.address_commitment::text
                    ]) WITH ORDINALITY AS parts(part, place);
                    INSERT INTO records_traillink (position, entry_id, digest)
                    VALUES (here, NEW.id, encode(sha256(convert_to(covered, 'UTF8')), 'hex'));
                    RETURN NULL;
                """,  # noqa: S608  # the number is this file's own
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.thing_name}"


class TrailLink(models.Model):
    """The place of an entry in the chain: its digest covers the entry and the digest before it.

    The database makes it as the entry's transaction ends; records/chain.py says what it covers.
    """

    position = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(TrailEntry, on_delete=models.PROTECT, related_name="link")
    digest = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(condition=Q(position__gte=1), name="chain_counts_from_one"),
            models.CheckConstraint(condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="link_digest_is_a_sha256"),
        ]
        triggers = [
            pgtrigger.Protect(name="chain_only_grows", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.digest}"


class IdentityKind(models.TextChoices):
    NAME = "name", "Name"
    ADDRESS = "address", "Network address"
    WORDS = "words", "Words"


class TrailIdentity(models.Model):
    """What is behind one commitment of an entry: a name, a network address, or words that somebody wrote as JSON.

    It may be erased; it is never changed. The commitment to words is in the entry's detail, as `words`.
    """

    entry = models.ForeignKey(TrailEntry, on_delete=models.PROTECT, related_name="identities")
    kind = models.CharField(max_length=10, choices=IdentityKind.choices)
    salt = models.CharField(max_length=32)
    text = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "kind"], name="one_identity_per_entry_and_kind"),
        ]
        triggers = [
            pgtrigger.Protect(name="identities_are_never_changed", operation=pgtrigger.Update),
        ]

    def __str__(self) -> str:
        return self.text
