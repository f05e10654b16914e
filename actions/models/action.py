from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, ExpressionWrapper, Min, OuterRef, Q, Subquery

from actions import bodies
from organisation.models import Unit
from organisation.periods import LONDON
from organisation.permissions import Person, appointments_today, units_in_scope
from organisation.roles import Role

# Who reads the actions of every unit, and who those of their own.
READS_ALL = frozenset({Role.SHRMT, Role.HEAD})
READS_OWN_UNIT = frozenset({Role.SPOC, Role.SLT_LEAD})
READS_OWN_GROUP = frozenset({Role.COG_LEAD, Role.COG_SUPPORT})
# What stands in the place of a due date where a task never ends.
DUE_ALL_THE_TIME = "on-going"


class ActionStatus(models.TextChoices):
    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"
    WITHDRAWN = "withdrawn", "Withdrawn"


def _has_overdue_task(today: date) -> Exists:
    return Exists(Task.objects.filter(action=OuterRef("pk")).overdue(today))


def _counted(*, since: date, as_at: date) -> dict[str, Q]:
    """What is counted of actions as at a day, by name."""
    end = datetime.combine(as_at + timedelta(days=1), time(), tzinfo=LONDON)
    start = datetime.combine(since, time(), tzinfo=LONDON)
    was_open = Q(created_at__lt=end) & (Q(closed_at=None) | Q(closed_at__gte=end))
    waiting = Q(done_at=None) | Q(done_at__gte=end)
    late = Exists(Task.objects.filter(waiting, action=OuterRef("pk"), due_on__lt=as_at))
    return {"open": was_open, "overdue": was_open & Q(late), "closed": Q(closed_at__gte=start, closed_at__lt=end)}


class ActionQuerySet(models.QuerySet["Action"]):
    def visible_to(self, user: Person) -> ActionQuerySet:
        """Actions that `permissions.can_read_action` grants, as a filter."""
        if appointments_today(user).to(READS_ALL).exists():
            return self
        units = Unit.objects.filter(units_in_scope(user, unit_roles=READS_OWN_UNIT, group_roles=READS_OWN_GROUP))
        return self.filter(Q(unit__in=units) | Q(unit=None) & bodies.readable_by(user))

    def open(self) -> ActionQuerySet:
        return self.filter(status=ActionStatus.OPEN)

    def overdue(self, today: date) -> ActionQuerySet:
        """Open actions with a task that is not done and whose day has passed. Worked out, never stored."""
        return self.open().filter(_has_overdue_task(today))

    def with_overdue(self, today: date) -> ActionQuerySet:
        """Add `overdue`: whether it is one of those of `overdue`."""
        is_overdue = Q(status=ActionStatus.OPEN) & Q(_has_overdue_task(today))
        return self.annotate(overdue=ExpressionWrapper(is_overdue, models.BooleanField()))

    def counted_by_unit(self, *, since: date, as_at: date) -> models.QuerySet[Any, Any]:
        """Return, for each unit that has any, its `open` and `overdue` actions as at a day and those `closed` by then.

        Closed ones are counted from the day `since`. One that has been withdrawn since turned out not to be an action
        and is in no count; one that has been reopened since counts as open.
        """
        counted = self.exclude(status=ActionStatus.WITHDRAWN).order_by().values("unit")
        return counted.annotate(
            **{name: Count("pk", filter=counts) for name, counts in _counted(since=since, as_at=as_at).items()}
        )

    def counted_as(self, name: str, *, since: date, as_at: date) -> ActionQuerySet:
        """Return the actions that `counted_by_unit` counts under one of its names."""
        return self.exclude(status=ActionStatus.WITHDRAWN).filter(_counted(since=since, as_at=as_at)[name])

    def with_next_due(self) -> ActionQuerySet:
        """Add `next_due_on`, the earliest day on which a task that is not done is due."""
        waiting = Task.objects.filter(action=OuterRef("pk"), done_at=None).order_by().values("action")
        return self.annotate(next_due_on=Subquery(waiting.annotate(first=Min("due_on")).values("first")))


# What people write into an action. Earlier texts are kept by the database's own triggers.
WRITTEN_COLUMNS = ("title", "status", "measure", "baseline", "target", "result", "achieved")


@pghistory.track(
    pghistory.UpdateEvent(label="overwritten", row="OLD", condition=pgtrigger.AnyChange(*WRITTEN_COLUMNS)),
    pghistory.DeleteEvent(label="removed", row="OLD"),
    fields=[*WRITTEN_COLUMNS, "field_versions", "changed_at", "changed_by"],
    obj_field=pghistory.ObjForeignKey(related_name="events"),
    model_name="ActionEvent",
    meta={"indexes": [models.Index(fields=["pgh_obj", "-pgh_id"], name="action_event_by_action")]},
)
class Action(models.Model):
    """Something a unit, or another body, has set out to do. It does not know who raised it: that room has the join."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="actions")
    body = models.CharField(max_length=120, blank=True, help_text="Whose it is where it is no unit's: “The Board”.")
    title = models.CharField(max_length=300)
    status = models.CharField(max_length=10, choices=ActionStatus.choices, default=ActionStatus.OPEN)
    measure = models.TextField(blank=True, help_text="How it will be known that it worked.")
    baseline = models.CharField(max_length=300, blank=True, help_text="Where the measure stood at the start.")
    target = models.CharField(max_length=300, blank=True, help_text="Where the measure is to get to.")
    result = models.CharField(max_length=300, blank=True, help_text="Where the measure stands.")
    achieved = models.TextField(blank=True, help_text="What was achieved: asked when it is closed.")
    related = models.ManyToManyField("self", blank=True)
    field_versions = models.JSONField(default=dict, help_text="How often each editable field has changed.")
    created_at = models.DateTimeField()
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField(null=True, blank=True, help_text="When it, or a task of it, was last changed.")
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = ActionQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=False, body="") | (Q(unit=None) & ~Q(body="")),
                name="an_action_is_a_units_or_a_bodys",
            ),
            models.CheckConstraint(
                condition=Q(status=ActionStatus.CLOSED, closed_at__isnull=False, closed_by__isnull=False)
                | (~Q(status=ActionStatus.CLOSED) & Q(closed_at=None, closed_by=None)),
                name="closed_at_and_by_with_the_status",
            ),
            models.CheckConstraint(
                condition=Q(achieved="") | Q(status=ActionStatus.CLOSED), name="achieved_once_it_is_closed"
            ),
        ]
        indexes = [models.Index(fields=["unit", "status"], name="actions_by_unit_and_status")]

    def __str__(self) -> str:
        return self.title

    @property
    def name_in_trail(self) -> str:
        """What the trail calls it: its title may have to be forgotten."""
        return f"action {self.pk} of {self.owner}"[:300]

    @property
    def owner(self) -> str:
        """Whose it is, in words."""
        return self.unit.name if self.unit else self.body

    @property
    def is_open(self) -> bool:
        return self.status == ActionStatus.OPEN


class TaskQuerySet(models.QuerySet["Task"]):
    def overdue(self, today: date) -> TaskQuerySet:
        """Tasks that are not done and whose day has passed, whatever became of their action."""
        return self.filter(done_at=None, due_on__lt=today)


TASK_COLUMNS = ("title", "lead", "supporters", "starts_on", "due_on", "ongoing", "due_words", "measure", "done_at")


@pghistory.track(
    pghistory.UpdateEvent(label="overwritten", row="OLD", condition=pgtrigger.AnyChange(*TASK_COLUMNS)),
    pghistory.DeleteEvent(label="removed", row="OLD"),
    fields=["action", "number", *TASK_COLUMNS, "field_versions"],
    obj_field=pghistory.ObjForeignKey(related_name="events"),
    model_name="TaskEvent",
    meta={"indexes": [models.Index(fields=["action", "-pgh_id"], name="task_event_by_action")]},
)
class Task(models.Model):
    """A step of an action: who leads it and by when. Posts and words stand as they were written."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="tasks")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=300, blank=True, help_text="Blank where it is all there is to the action.")
    lead = models.CharField(max_length=200, blank=True, help_text="Who leads it: one post, or several.")
    supporters = models.CharField(max_length=300, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    ongoing = models.BooleanField(default=False)
    due_words = models.CharField(max_length=100, blank=True, help_text="Such as “Autumn 2019”, where there is no day.")
    measure = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    field_versions = models.JSONField(default=dict, help_text="How often each editable field has changed.")

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["action", "number"], name="one_task_per_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="tasks_count_from_one"),
            models.CheckConstraint(
                condition=Q(due_on=None, ongoing=False) | Q(due_on=None, due_words="") | Q(ongoing=False, due_words=""),
                name="due_on_a_day_or_always_or_in_words",
            ),
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None) | Q(done_at__isnull=False, done_by__isnull=False),
                name="done_at_and_by_together",
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(done_at=None), name="tasks_waiting_by_due_day"),
        ]

    def __str__(self) -> str:
        return f"{self.action}, task {self.number}"

    @property
    def due(self) -> date | str | None:
        """When it is due: a day, DUE_ALL_THE_TIME, other words, or None where nothing is said."""
        if self.ongoing:
            return DUE_ALL_THE_TIME
        return self.due_on or self.due_words or None

    @due.setter
    def due(self, due: date | str | None) -> None:
        self.due_on = due if isinstance(due, date) else None
        self.ongoing = due == DUE_ALL_THE_TIME
        self.due_words = due if isinstance(due, str) and not self.ongoing else ""

    def is_overdue(self, today: date) -> bool:
        """Whether its day has passed before it was done. The caller knows whether the action is open."""
        return self.done_at is None and self.due_on is not None and self.due_on < today
