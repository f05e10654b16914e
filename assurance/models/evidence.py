from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from assurance.models.entry import Entry, frozen_with_the_signature
from organisation.models import Unit
from records.models import Blob


class EvidenceFile(models.Model):
    """A file that a unit has uploaded as evidence. Several themes and quarters may refer to it; it never changes."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="evidence_files")
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200, help_text="As its owner called it, made safe. Never the name on disk.")
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["unit", "-uploaded_at"], name="evidence_files_by_unit")]
        triggers = [
            pgtrigger.Protect(name="evidence_files_stay", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name_in_trail(self) -> str:
        """What the trail calls it: what its owner called it may have to be forgotten."""
        return f"file {self.pk}"


class EvidenceItem(models.Model):
    """A link or a file given as evidence for one theme. `of_on` is the day the evidence is of, not of its upload."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="evidence_items")
    file = models.ForeignKey(EvidenceFile, on_delete=models.PROTECT, null=True, blank=True, related_name="items")
    url = models.URLField(max_length=2000, blank=True)
    title = models.CharField(max_length=200)
    of_on = models.DateField(null=True, blank=True, help_text="The day the evidence is of.")
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(file=None) & ~Q(url="")) | Q(file__isnull=False, url=""),
                name="evidence_is_a_file_or_a_link",
            ),
            models.UniqueConstraint(fields=["entry", "file"], name="a_file_once_per_entry"),
        ]
        triggers = [
            frozen_with_the_signature(
                "signed_evidence_is_frozen",
                row="The evidence",
                found_by="SELECT revision_id FROM assurance_entry WHERE id = ROW.entry_id",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def name_in_trail(self) -> str:
        """What the trail calls it: its title may have to be forgotten."""
        return f"evidence {self.pk}"
