"""Dealings with the Health and Safety Executive (HSE): meetings, its notices, and what is notified to it.

What was entered is never overwritten. Another entry takes the place of a wrong one, with the reason; one that should
not be there is withdrawn, with the reason; both stay.
"""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import ExpressionWrapper, F, Q
from django.utils import timezone

from organisation.models import BusinessGroup, Unit
from organisation.permissions import Person, appointments_today, roles_anywhere
from organisation.roles import Role
from records.models import Blob
from risks.deadlines import Stand, stand

# Who reads all of it, and who their own business group's.
READS_LIAISON = frozenset({Role.SHRMT, Role.HEAD, Role.BOARD_MEMBER, Role.BOARD_SECRETARY})
READS_OWN_LIAISON = frozenset({Role.COG_LEAD})


# An entry whose place no other has taken, and that has not been withdrawn.
STANDING = Q(replaced_by=None, withdrawn_at=None)


def _reads_all(user: Person) -> bool:
    return bool(roles_anywhere(user) & READS_LIAISON)


def _of_own_group(user: Person) -> Q:
    return Q(group__in=appointments_today(user).to(READS_OWN_LIAISON).values("group"))


class LiaisonEntry(models.Model):
    """Something that was entered, and what became of the entry."""

    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    replaces_because = models.TextField(blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_because = models.TextField(blank=True)

    class Meta:
        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(replaces=None, replaces_because="") | (Q(replaces__isnull=False) & ~Q(replaces_because="")),
                name="%(class)s_replaces_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawn_because="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_because="")),
                name="%(class)s_is_withdrawn_with_a_reason",
            ),
        ]

    @property
    def stands(self) -> bool:
        """Whether no other has taken its place, and it has not been withdrawn."""
        return self.withdrawn_at is None and not hasattr(self, "replaced_by")


def _stay(*written: str) -> list[pgtrigger.Trigger]:
    """Return the triggers that keep what was `written`, and why it was withdrawn, and let no entry be deleted."""
    columns = ("entered_at", "entered_by_id", "replaces_id", "replaces_because", *written)
    return [
        pgtrigger.Protect(
            name="entries_stay",
            operation=pgtrigger.UpdateOf(*columns) | pgtrigger.Delete,  # type: ignore[no-untyped-call]  # ships no types
        ),
        _said_once("withdrawn_at", "withdrawn_by_id", "withdrawn_because"),
    ]


def _said_once(first: str, *others: str) -> pgtrigger.Trigger:
    """Return the trigger that lets these columns be written while the first is empty, and never after."""
    return pgtrigger.Protect(
        name=f"{first}_is_said_once",
        operation=pgtrigger.UpdateOf(first, *others),  # type: ignore[no-untyped-call]  # ships no types
        condition=pgtrigger.Q(**{f"old__{first}__isnull": False}),
    )


class OfAGroup(models.Model):
    """Something that happened in a unit or a business group, or (neither) that concerns the force as a whole.

    Of a unit, the group is the one that it was in on the day: whoever led it then answers for it.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    group = models.ForeignKey(BusinessGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True

    @property
    def where(self) -> str:
        """Where it happened, in words."""
        return " in ".join(str(one) for one in (self.unit, self.group) if one) or "The force as a whole"


# --- Meetings ---------------------------------------------------------------------------------------------------------


class LiaisonMeetingQuerySet(models.QuerySet["LiaisonMeeting"]):
    def standing(self) -> LiaisonMeetingQuerySet:
        """Meetings whose place no other has taken, and that have not been withdrawn."""
        return self.filter(STANDING)

    def visible_to(self, user: Person) -> LiaisonMeetingQuerySet:
        """Meetings that `permissions.can_read_liaison` grants, as a filter: they are of no business group."""
        return self if _reads_all(user) else self.none()


class LiaisonMeeting(LiaisonEntry):
    """A meeting with the HSE, or another contact with it."""

    held_on = models.DateField()
    office = models.CharField(max_length=200, help_text="The post or office that was met, such as “national lead”.")
    about = models.TextField()
    outcome = models.TextField(blank=True)

    objects = LiaisonMeetingQuerySet.as_manager()

    class Meta(LiaisonEntry.Meta):
        ordering = ["-held_on", "-id"]
        constraints = [
            *LiaisonEntry.Meta.constraints,
            models.CheckConstraint(condition=~Q(office="") & ~Q(about=""), name="a_liaison_meeting_is_about_something"),
        ]
        triggers = _stay("held_on", "office", "about", "outcome")

    def __str__(self) -> str:
        return f"Meeting with {self.office}"

    @property
    def name_in_trail(self) -> str:
        return f"meeting {self.pk} with the HSE"


# --- Notices that the HSE serves --------------------------------------------------------------------------------------


class NoticeKind(models.Model):
    """A kind of notice that the HSE serves: data. One that is offered no longer stays where it was used."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    meaning = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField()
    is_offered = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="a_kind_of_notice_has_a_name")]

    def __str__(self) -> str:
        return self.name


class EnforcementNoticeQuerySet(models.QuerySet["EnforcementNotice"]):
    def standing(self) -> EnforcementNoticeQuerySet:
        """Notices whose place no other has taken, and that have not been withdrawn."""
        return self.filter(STANDING)

    def visible_to(self, user: Person) -> EnforcementNoticeQuerySet:
        """Notices that `permissions.can_read_liaison` grants, as a filter."""
        return self if _reads_all(user) else self.filter(_of_own_group(user))


class EnforcementNotice(OfAGroup, LiaisonEntry):
    """A notice that the HSE has served, what it asks, and how it was complied with."""

    kind = models.ForeignKey(NoticeKind, on_delete=models.PROTECT, related_name="+")
    served_on = models.DateField()
    reference = models.CharField(max_length=60, help_text="The HSE’s own.")
    asks = models.TextField()
    comply_by = models.DateField()
    complied_on = models.DateField(null=True, blank=True)
    complied_how = models.TextField(blank=True)
    complied_at = models.DateTimeField(null=True, blank=True)
    complied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = EnforcementNoticeQuerySet.as_manager()

    class Meta(LiaisonEntry.Meta):
        ordering = ["-served_on", "-id"]
        constraints = [
            *LiaisonEntry.Meta.constraints,
            models.CheckConstraint(condition=~Q(reference="") & ~Q(asks=""), name="a_notice_asks_for_something"),
            models.CheckConstraint(
                condition=Q(comply_by__gte=F("served_on")), name="a_notice_is_due_after_it_is_served"
            ),
            models.CheckConstraint(
                condition=Q(complied_on=None, complied_how="", complied_at=None, complied_by=None)
                | (
                    Q(complied_on__isnull=False, complied_at__isnull=False, complied_by__isnull=False)
                    & Q(complied_on__gte=F("served_on"))
                    & ~Q(complied_how="")
                ),
                name="a_notice_is_complied_with_somehow",
            ),
        ]
        indexes = [
            models.Index(
                fields=["comply_by"], condition=Q(complied_on=None, withdrawn_at=None), name="notices_to_comply_with"
            )
        ]
        triggers = [
            *_stay("kind_id", "unit_id", "group_id", "served_on", "reference", "asks", "comply_by"),
            _said_once("complied_on", "complied_how", "complied_at", "complied_by_id"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"

    @property
    def name_in_trail(self) -> str:
        return f"notice {self.pk} of the HSE"

    @property
    def stand(self) -> Stand:
        """How it stands today."""
        return stand(self.comply_by, self.complied_on, timezone.localdate())


# --- What is notified to the HSE --------------------------------------------------------------------------------------


class NotificationKind(models.Model):
    """A kind of event under RIDDOR, with the days within which it is reported (None: it is recorded only): data.

    What an operator has not confirmed is said to be so wherever the days are shown.
    """

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    meaning = models.TextField(blank=True)
    days = models.PositiveSmallIntegerField(null=True, blank=True)
    is_confirmed = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField()
    is_offered = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="a_kind_of_event_has_a_name")]

    def __str__(self) -> str:
        return self.name


class NotificationQuerySet(models.QuerySet["Notification"]):
    def standing(self) -> NotificationQuerySet:
        """Notifications whose place no other has taken, and that have not been withdrawn."""
        return self.filter(STANDING)

    def visible_to(self, user: Person) -> NotificationQuerySet:
        """Notifications that `permissions.can_read_liaison` grants, as a filter."""
        return self if _reads_all(user) else self.filter(_of_own_group(user))


class Notification(OfAGroup, LiaisonEntry):
    """An event under RIDDOR. `days` are those of its kind when it was entered, `due_on` the last day in time."""

    kind = models.ForeignKey(NotificationKind, on_delete=models.PROTECT, related_name="+")
    event_on = models.DateField(help_text="Day 0 of the period.")
    days = models.PositiveSmallIntegerField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    description = models.TextField(help_text="What happened, without names.")
    reported_on = models.DateField(null=True, blank=True)
    reference = models.CharField(max_length=60, blank=True, help_text="The HSE’s own.")
    reported_at = models.DateTimeField(null=True, blank=True)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = NotificationQuerySet.as_manager()

    class Meta(LiaisonEntry.Meta):
        ordering = ["-event_on", "-id"]
        constraints = [
            *LiaisonEntry.Meta.constraints,
            models.CheckConstraint(condition=~Q(description=""), name="a_notification_says_what_happened"),
            models.CheckConstraint(
                condition=Q(days=None, due_on=None)
                | Q(
                    days__isnull=False,
                    due_on__isnull=False,  # what compares with nothing would pass
                    due_on=ExpressionWrapper(F("event_on") + F("days"), output_field=models.DateField()),
                ),
                name="a_notification_is_due_its_days_after_the_event",
            ),
            models.CheckConstraint(
                condition=Q(reported_on=None, reference="", reported_at=None, reported_by=None)
                | Q(
                    reported_on__isnull=False,
                    reported_on__gte=F("event_on"),
                    reported_at__isnull=False,
                    reported_by__isnull=False,
                    due_on__isnull=False,
                ),
                name="a_notification_is_reported_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"], condition=Q(reported_on=None, withdrawn_at=None), name="notifications_to_report"
            )
        ]
        triggers = [
            *_stay("kind_id", "unit_id", "group_id", "event_on", "days", "due_on", "description"),
            _said_once("reported_on", "reference", "reported_at", "reported_by_id"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}, {self.event_on.day} {self.event_on:%B %Y}"

    @property
    def name_in_trail(self) -> str:
        return f"notification {self.pk} to the HSE"

    @property
    def stand(self) -> Stand:
        """How it stands today."""
        return stand(self.due_on, self.reported_on, timezone.localdate())


# --- Files ------------------------------------------------------------------------------------------------------------


class LiaisonFile(models.Model):
    """A file of a meeting with the HSE, a notice or a notification. Its bytes never change."""

    meeting = models.ForeignKey(LiaisonMeeting, on_delete=models.PROTECT, null=True, related_name="files")
    notice = models.ForeignKey(EnforcementNotice, on_delete=models.PROTECT, null=True, related_name="files")
    notification = models.ForeignKey(Notification, on_delete=models.PROTECT, null=True, related_name="files")
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200, help_text="As its owner called it, made safe. Never the name on disk.")
    title = models.CharField(max_length=200)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(meeting__isnull=False, notice=None, notification=None)
                | Q(meeting=None, notice__isnull=False, notification=None)
                | Q(meeting=None, notice=None, notification__isnull=False),
                name="a_liaison_file_is_of_one_thing",
            ),
            *(
                models.UniqueConstraint(fields=[of, "blob"], name=f"a_file_once_per_{name}")
                for of, name in (
                    ("meeting", "liaison_meeting"),
                    ("notice", "notice"),
                    ("notification", "notification"),
                )
            ),
        ]
        triggers = [pgtrigger.Protect(name="liaison_files_stay", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.title

    @property
    def of(self) -> LiaisonMeeting | EnforcementNotice | Notification:
        """What the file is of."""
        one = self.meeting or self.notice or self.notification
        assert one is not None  # noqa: S101  # the database holds it to one
        return one

    @property
    def name_in_trail(self) -> str:
        return f"file {self.pk} of {self.of.name_in_trail}"
