"""Actions for tests, raised by the service as people raise them."""

from __future__ import annotations

from datetime import date, datetime
from itertools import count
from typing import Any

from django.utils import timezone

from actions.models import Action, Task
from actions.services import actions, tasks
from organisation.models import Unit, User
from organisation.roles import Role
from tests.factories.organisation import make_person, make_unit

_numbers = count(1)


def make_action(
    unit: Unit | None = None,
    title: str | None = None,
    *,
    lead: str = "Operations manager",
    due: date | str | None = None,
    by: User | None = None,
    at: datetime | None = None,
    **more: Any,
) -> Action:
    """An open action of `unit` (a new one, unless given) with one task."""
    unit = unit or make_unit()
    return actions.raise_action(
        unit=unit,
        title=title or f"Action {next(_numbers)}",
        lead=lead,
        due_on=due,
        by=by or make_person(Role.SPOC, unit),
        at=at or timezone.now(),
        **more,
    )


def add_task(action: Action, title: str = "The next step", *, due: date | str | None = None, **more: Any) -> Task:
    """A task after those that the action has."""
    answers: dict[str, Any] = {"lead": "", "supporters": "", "starts_on": None, "measure": ""} | more
    return tasks.add(
        action=action,
        answers=answers | {"title": title, "due": due},
        by=make_person(Role.SPOC, action.unit),
        at=timezone.now(),
    )
