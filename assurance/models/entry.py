from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from actions.models import Action
from assurance.models.freezing import frozen_with
from assurance.models.statement import Revision
from maturity.models import Theme


class NoLevel(models.TextChoices):
    """Why an entry has no level. Not sure is for now; that none can be given is an answer, with its reason."""

    NOT_SURE = "not-sure", "Not sure yet"
    CANNOT_SAY = "cannot-say", "Cannot give a level"


class Carried(models.TextChoices):
    """What has become of an entry that began as a copy of an earlier quarter's. Not carried: blank."""

    UNCONFIRMED = "unconfirmed", "Carried forward, not confirmed"
    CONFIRMED = "confirmed", "Carried forward and confirmed"
    CHANGED = "changed", "Carried forward and changed"


def frozen_with_the_signature(name: str, *, row: str, found_by: str) -> pgtrigger.Trigger:
    """Return a trigger that refuses to change rows that belong to a signed revision.

    `found_by` is SQL that yields the revision's id from the row named ROW; `row` names the thing in the refusal.
    """
    return frozen_with("revision", name, once="signed_at", said="a signed revision", row=row, found_by=found_by)


# The answers that the people of a unit write, each with a version of its own (docs/decisions/0002).
ENTRY_ANSWERS = (
    "level_answer",
    "not_sure_note",
    "held_without_shrmt",
    "criteria_met",
    "criteria_note",
    "evidence",
    "no_level_reason",
)
# The columns they are kept in. Earlier texts are kept by the database's own triggers.
WRITTEN_COLUMNS = (
    "level",
    "no_level",
    "not_sure_note",
    "held_without_shrmt",
    "criteria_met",
    "criteria_note",
    "evidence",
    "no_level_reason",
)


@pghistory.track(
    # What a change overwrites, with the versions it had: the text as it stands is in the entry itself.
    pghistory.UpdateEvent(label="overwritten", row="OLD", condition=pgtrigger.AnyChange(*WRITTEN_COLUMNS)),
    pghistory.DeleteEvent(label="removed", row="OLD"),
    fields=[*WRITTEN_COLUMNS, "field_versions", "changed_at", "changed_by"],
    obj_field=pghistory.ObjForeignKey(related_name="history"),
    model_name="EntryEvent",
    meta={"indexes": [models.Index(fields=["pgh_obj", "-pgh_id"], name="entry_event_by_entry")]},
)
class Entry(models.Model):
    """What a revision says about one theme."""

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="entries")
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    no_level = models.CharField(
        max_length=10, choices=NoLevel.choices, blank=True, help_text="Chosen in place of a level."
    )
    not_sure_note = models.TextField(blank=True, help_text="What is still to be found out before a level is chosen.")
    held_without_shrmt = models.BooleanField(null=True, blank=True)
    criteria_met = ArrayField(
        models.BigIntegerField(), default=list, blank=True, help_text="The criteria that are ticked as met, by id."
    )
    criteria_note = models.TextField(blank=True, help_text="Why the level is claimed with criteria unticked.")
    evidence = models.TextField(blank=True)
    no_level_reason = models.TextField(blank=True, help_text="Why no level or evidence is given.")
    first_opened_at = models.DateTimeField(
        null=True, blank=True, help_text="When its page was first opened, and it was carried forward if it could be."
    )
    carried = models.CharField(max_length=12, choices=Carried.choices, blank=True)
    carried_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    field_versions = models.JSONField(default=dict, help_text="How often each field has changed.")
    changed_at = models.DateTimeField(null=True, blank=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    actions = models.ManyToManyField(Action, through="EntryAction", related_name="+")
    if TYPE_CHECKING:
        history: Any  # a manager of what was overwritten, which pghistory adds

    class Meta:
        ordering = ["theme__number"]
        triggers = [
            pgtrigger.Trigger(
                name="signed_entries_are_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF EXISTS (
                        SELECT 1 FROM assurance_revision
                        WHERE id = OLD.revision_id AND signed_at IS NOT NULL
                    ) THEN
                        RAISE EXCEPTION 'An entry of a signed revision cannot be changed.';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["revision", "theme"], name="one_entry_per_revision_and_theme"),
            models.CheckConstraint(condition=Q(level=None) | Q(level__range=(1, 5)), name="level_within_the_scale"),
            models.CheckConstraint(
                condition=(Q(changed_at=None) & Q(changed_by=None)) | Q(changed_at__isnull=False),
                name="changed_by_only_with_a_time",
            ),
            models.CheckConstraint(condition=Q(level=None) | Q(no_level=""), name="level_or_why_there_is_none"),
            models.CheckConstraint(
                condition=Q(carried="", carried_from=None) | (~Q(carried="") & Q(carried_from__isnull=False)),
                name="carried_from_somewhere",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.theme} in {self.revision}"

    @property
    def level_answer(self) -> int | str | None:
        """The answer to “which level”: its number, one of NoLevel where none is given, None where it is open."""
        return self.level or self.no_level or None

    @level_answer.setter
    def level_answer(self, answer: int | str | None) -> None:
        self.level = answer if isinstance(answer, int) else None
        self.no_level = answer if isinstance(answer, str) else ""


class EntryAction(models.Model):
    """An action that a theme of a statement raised."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="raised")
    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="+")
    token = models.UUIDField(default=uuid.uuid4, help_text="Of the form row that raised it: sent twice, raised once.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "action"], name="one_link_per_entry_and_action"),
            models.UniqueConstraint(fields=["entry", "token"], name="one_action_per_form_row"),
        ]

    def __str__(self) -> str:
        return f"{self.action} raised by {self.entry}"
