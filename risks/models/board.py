"""What a meeting of the Board deals with and decides, and what the Board has set itself and its sub-groups to do."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from actions.models import Action
from organisation.models import BusinessGroup
from organisation.periods import financial_year_name
from records.models import Blob
from risks.models.meeting import BoardMeeting
from risks.models.risk import Risk


class StandingItem(models.Model):
    """An item that every new meeting's agenda begins with: data."""

    position = models.PositiveSmallIntegerField(unique=True)
    title = models.CharField(max_length=200, unique=True)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.title


class AgendaItem(models.Model):
    """An item of a meeting's agenda. It can be taken off until something has been recorded under it."""

    meeting = models.ForeignKey(BoardMeeting, on_delete=models.PROTECT, related_name="items")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    lead = models.CharField(max_length=120, blank=True, help_text="The post that speaks to it.")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "number"], name="one_item_per_number", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="agenda_items_count_from_one"),
            models.CheckConstraint(condition=~Q(title=""), name="an_agenda_item_has_a_title"),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"


class PaperKind(models.TextChoices):
    """What a paper for the Board is."""

    ROLL_UP = "roll-up", "Business group roll-up"
    SUMMARY = "summary", "Force summary"
    CUSTODY = "custody", "Custody interventions"
    ASSAULTS = "assaults", "Assaults"
    WORKING_TIME = "working-time", "Working time"
    SUB_GROUP = "sub-group", "Report of a sub-group"
    OTHER = "other", "Other"


class BoardPaper(models.Model):
    """A paper that a meeting of the Board awaits, or has received."""

    meeting = models.ForeignKey(BoardMeeting, on_delete=models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=20, choices=PaperKind.choices)
    title = models.CharField(max_length=200)
    group = models.ForeignKey(BusinessGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    due_on = models.DateField()
    received_on = models.DateField(null=True, blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="a_board_paper_has_a_title"),
            models.CheckConstraint(
                condition=Q(received_on=None, received_by=None)
                | Q(received_on__isnull=False, received_by__isnull=False),
                name="a_board_paper_is_received_by_somebody",
            ),
            models.UniqueConstraint(fields=["meeting", "kind", "title"], name="a_paper_is_awaited_once"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def name_in_trail(self) -> str:
        return f"paper {self.pk} for the {self.meeting}"


class MeetingRecord(models.Model):
    """Something that a meeting decided or noted, with its minute. It is never edited; another may take its place."""

    meeting = models.ForeignKey(BoardMeeting, on_delete=models.PROTECT, related_name="records")
    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, null=True, blank=True, related_name="records")
    minute = models.CharField(max_length=40)
    text = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    replaces = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="replaced_by",
        help_text="What it corrects.",
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(text="") & ~Q(minute=""), name="a_meetings_record_has_a_minute"),
        ]
        triggers = [pgtrigger.Protect(name="records_of_meetings_stay", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"Minute {self.minute} of the {self.meeting}"

    @property
    def name_in_trail(self) -> str:
        return f"record {self.pk} of the {self.meeting}"


class MeetingFile(models.Model):
    """The minutes of a meeting, or a paper that it received, as a file. Its bytes never change."""

    meeting = models.ForeignKey(BoardMeeting, on_delete=models.PROTECT, related_name="files")
    paper = models.ForeignKey(BoardPaper, on_delete=models.PROTECT, null=True, blank=True, related_name="files")
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200, help_text="As its owner called it, made safe. Never the name on disk.")
    title = models.CharField(max_length=200)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["meeting", "blob"], name="a_file_once_per_meeting")]
        triggers = [pgtrigger.Protect(name="files_of_meetings_stay", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.title

    @property
    def name_in_trail(self) -> str:
        return f"file {self.pk} of the {self.meeting}"


# --- What the Board has set itself ------------------------------------------------------------------------------------


class Objective(models.Model):
    """What the Board wants reached in a financial year (by the year it starts in), and which post answers for it."""

    year = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    owner = models.CharField(max_length=120)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-year", "id"]
        constraints = [
            models.UniqueConstraint(fields=["year", "title"], name="an_objective_once_a_year"),
            models.CheckConstraint(condition=~Q(title="") & ~Q(owner=""), name="an_objective_says_what_and_whose"),
        ]
        triggers = [pgtrigger.Protect(name="objectives_stay", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.title

    @property
    def year_name(self) -> str:
        """The year as people say it: `2019/20`."""
        return financial_year_name(self.year)

    @property
    def name_in_trail(self) -> str:
        return f"objective {self.pk} of the Board"


class Standing(models.TextChoices):
    """How an objective stands."""

    ON_TRACK = "on-track", "On track"
    BEHIND = "behind", "Behind"
    ACHIEVED = "achieved", "Achieved"
    DROPPED = "dropped", "Dropped"


class ObjectiveProgress(models.Model):
    """How an objective stands, said on a day. The latest counts; the earlier ones stay."""

    objective = models.ForeignKey(Objective, on_delete=models.PROTECT, related_name="progress")
    standing = models.CharField(max_length=10, choices=Standing.choices)
    text = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="progress_says_something")]
        triggers = [pgtrigger.Protect(name="progress_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_standing_display()}: {self.objective}"

    @property
    def name_in_trail(self) -> str:
        return f"progress of objective {self.objective_id} of the Board"


class SubGroup(models.Model):
    """A group that works for the Board, such as one on firearms and explosives."""

    name = models.CharField(max_length=120, unique=True)
    chair = models.CharField(max_length=120, help_text="The post that chairs it.")
    remit = models.TextField(blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=~Q(name="") & ~Q(chair=""), name="a_sub_group_has_a_name_and_a_chair"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="a_sub_group_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name_in_trail(self) -> str:
        return f"sub-group {self.pk} of the Board"


class SubGroupReport(models.Model):
    """What a sub-group reported to a meeting. A later one for the same meeting goes before it."""

    sub_group = models.ForeignKey(SubGroup, on_delete=models.PROTECT, related_name="reports")
    meeting = models.ForeignKey(BoardMeeting, on_delete=models.PROTECT, related_name="sub_group_reports")
    text = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-meeting__held_on", "-id"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="a_sub_groups_report_says_something")]
        triggers = [pgtrigger.Protect(name="sub_group_reports_stay", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.sub_group} to the {self.meeting}"

    @property
    def name_in_trail(self) -> str:
        return f"report of sub-group {self.sub_group_id} to the {self.meeting}"


class RaisedAction(models.Model):
    """An action that a risk, a meeting of the Board or an investigation raised. It is no unit's."""

    action = models.OneToOneField(Action, on_delete=models.PROTECT, related_name="+")
    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, null=True, blank=True, related_name="raised_actions")
    meeting = models.ForeignKey(
        BoardMeeting, on_delete=models.PROTECT, null=True, blank=True, related_name="raised_actions"
    )
    investigation = models.ForeignKey(
        "risks.Investigation", on_delete=models.PROTECT, null=True, blank=True, related_name="raised_actions"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(risk__isnull=False, meeting=None, investigation=None)
                | Q(risk=None, meeting__isnull=False, investigation=None)
                | Q(risk=None, meeting=None, investigation__isnull=False),
                name="an_action_is_raised_by_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return str(self.action)
