from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from assurance.models.audit import Audit
from assurance.models.freezing import frozen_with
from maturity.models import Criterion, Standard, Theme
from records.models import Blob


def _frozen(name: str, *, row: str, found_by: str) -> pgtrigger.Trigger:
    return frozen_with("audit", name, once="issued_at", said="an issued audit", row=row, found_by=found_by)


OF_A_VERDICT = "SELECT audit_id FROM assurance_themeverdict WHERE id = ROW.verdict_id"

# What auditors write on one theme, each answer with a version of its own (docs/decisions/0002), and where it is kept.
VERDICT_ANSWERS = ("level_answer", "reasons", "good_practice")
VERDICT_COLUMNS = ("level", "not_enough_evidence", "reasons", "good_practice")
# The answer to “which level” where none can be given.
NOT_ENOUGH_EVIDENCE = "not-enough-evidence"


@pghistory.track(
    pghistory.UpdateEvent(label="overwritten", row="OLD", condition=pgtrigger.AnyChange(*VERDICT_COLUMNS)),
    pghistory.DeleteEvent(label="removed", row="OLD"),
    fields=[*VERDICT_COLUMNS, "field_versions", "changed_at", "changed_by"],
    obj_field=pghistory.ObjForeignKey(related_name="history"),
    model_name="ThemeVerdictEvent",
    meta={"indexes": [models.Index(fields=["pgh_obj", "-pgh_id"], name="verdict_event_by_row")]},
)
class ThemeVerdict(models.Model):
    """What an audit found of one theme: a level, that there was not enough evidence for one, or nothing yet."""

    audit = models.ForeignKey(Audit, on_delete=models.PROTECT, related_name="verdicts")
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    not_enough_evidence = models.BooleanField(default=False)
    reasons = models.TextField(blank=True, help_text="What the level rests on, or what was missing.")
    good_practice = models.TextField(blank=True)
    field_versions = models.JSONField(default=dict, help_text="How often each answer has changed.")
    changed_at = models.DateTimeField(null=True, blank=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    if TYPE_CHECKING:
        history: Any  # a manager of what was overwritten, which pghistory adds

    class Meta:
        ordering = ["theme__number"]
        constraints = [
            models.UniqueConstraint(fields=["audit", "theme"], name="one_verdict_per_audit_and_theme"),
            models.CheckConstraint(condition=Q(level=None) | Q(level__range=(1, 5)), name="verdict_within_the_scale"),
            models.CheckConstraint(
                condition=Q(level=None) | Q(not_enough_evidence=False), name="a_level_or_not_enough_evidence"
            ),
        ]
        triggers = [_frozen("issued_verdicts_are_frozen", row="A verdict", found_by="SELECT ROW.audit_id")]

    def __str__(self) -> str:
        return f"{self.theme} in {self.audit}"

    @property
    def level_answer(self) -> int | str | None:
        """The answer to “which level”: its number, NOT_ENOUGH_EVIDENCE, or None where it is open."""
        return self.level or (NOT_ENOUGH_EVIDENCE if self.not_enough_evidence else None)

    @level_answer.setter
    def level_answer(self, answer: int | str | None) -> None:
        self.level = answer if isinstance(answer, int) else None
        self.not_enough_evidence = answer == NOT_ENOUGH_EVIDENCE


class Result(models.TextChoices):
    MET = "met", "Met"
    PARTLY = "partly", "Partly met"
    NOT_MET = "not-met", "Not met"
    NOT_TESTED = "not-tested", "Not tested"


class StandardTest(models.Model):
    """Whether a behavioural standard or key performance indicator (KPI) of the theme was met."""

    verdict = models.ForeignKey(ThemeVerdict, on_delete=models.PROTECT, related_name="tests")
    standard = models.ForeignKey(Standard, on_delete=models.PROTECT, related_name="+")
    result = models.CharField(max_length=10, choices=Result.choices, default=Result.NOT_TESTED)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["standard__level__number", "standard__kind", "standard__number"]
        constraints = [
            models.UniqueConstraint(fields=["verdict", "standard"], name="a_standard_once_per_verdict"),
        ]
        triggers = [_frozen("issued_tests_are_frozen", row="A test", found_by=OF_A_VERDICT)]

    def __str__(self) -> str:
        return f"{self.standard}: {self.get_result_display()}"


class Finding(models.Model):
    """Something that was found on a theme, with the criteria of the model that it bears on."""

    verdict = models.ForeignKey(ThemeVerdict, on_delete=models.PROTECT, related_name="findings")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    criteria = models.ManyToManyField(Criterion, through="FindingCriterion", related_name="+")
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["verdict", "number"], name="one_finding_per_number"),
            models.CheckConstraint(condition=~Q(text=""), name="finding_says_something"),
        ]
        triggers = [_frozen("issued_findings_are_frozen", row="A finding", found_by=OF_A_VERDICT)]

    def __str__(self) -> str:
        return f"Finding {self.number} on {self.verdict}"


class FindingCriterion(models.Model):
    """That a finding bears on a criterion."""

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="bears_on")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["finding", "criterion"], name="a_criterion_once_per_finding"),
        ]
        triggers = [
            _frozen(
                "issued_criteria_of_findings_are_frozen",
                row="A criterion",
                found_by=(
                    "SELECT v.audit_id FROM assurance_finding f JOIN assurance_themeverdict v ON v.id = f.verdict_id "
                    "WHERE f.id = ROW.finding_id"
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.criterion} in {self.finding}"


class SampleKind(models.TextChoices):
    DOCUMENTS = "documents", "Documents"
    INTERVIEWS = "interviews", "Interviews"
    OBSERVATIONS = "observations", "Observations"


class Sample(models.Model):
    """What was looked at for a theme: documents, or people by their role and number. No names."""

    verdict = models.ForeignKey(ThemeVerdict, on_delete=models.PROTECT, related_name="samples")
    kind = models.CharField(max_length=12, choices=SampleKind.choices)
    of = models.CharField("which documents, roles or places", max_length=200)
    number = models.PositiveIntegerField("how many")

    class Meta:
        ordering = ["kind", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(number__gte=1) & ~Q(of=""), name="sample_of_something"),
        ]
        triggers = [_frozen("issued_samples_are_frozen", row="A sample", found_by=OF_A_VERDICT)]

    def __str__(self) -> str:
        return f"{self.number} {self.of}"

    @property
    def name_in_trail(self) -> str:
        """What the trail calls it: what was looked at is in somebody's words."""
        return f"sample {self.pk}"


class AuditFile(models.Model):
    """A file or photo that an auditor took as evidence for a verdict. Its bytes never change."""

    verdict = models.ForeignKey(ThemeVerdict, on_delete=models.PROTECT, related_name="files")
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200, help_text="As its owner called it, made safe. Never the name on disk.")
    title = models.CharField(max_length=200)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["verdict", "blob"], name="a_file_once_per_verdict")]
        triggers = [_frozen("issued_audit_files_are_frozen", row="A file", found_by=OF_A_VERDICT)]

    def __str__(self) -> str:
        return self.title

    @property
    def name_in_trail(self) -> str:
        """What the trail calls it: its title may have to be forgotten."""
        return f"audit file {self.pk}"
