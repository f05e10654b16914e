"""What an invented force's actions say beside their title: measures, steps, words of progress, and a plan.

Drawn from generators of their own, so that the rest of the force's history does not hang on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from actions.models import DUE_ALL_THE_TIME, Action, ActionStatus, Task
from actions.services import plans
from assurance.models import EntryAction
from organisation.models import User
from organisation.periods import london_day

PLAN = "Safer buildings and vehicles"
PLANNED_THEME = "infrastructure-assets"
MOST_PLANNED = 20
MEASURES = (
    ("Teams that have done it, of all teams", "{few} of {all}", "{all} of {all}"),
    ("Items open for longer than a month", "{all}", "{few} at most"),
    ("Share of records complete at a spot check", "{low}%", "{high}%"),
)
SUPPORTERS = ("Safety representatives", "Area facilities team", "Staff officers", "")
FIRST_STEPS = ("Find out where we stand", "Agree who does what with every team")
NEXT_STEPS = ("Put it right, team by team", "Check that it has held")
TIMES = ("After the summer", "By the next audit", "With the new budget")
PROGRESS = (
    "{few} of {all} teams have finished; the others have a date.",
    "Held up by leave and an operation. It goes on next month.",
    "The first half is done. The rest waits for a contractor.",
    "Looked at again at the quarterly meeting: on course.",
)


def describe(action: Action, tasks: Sequence[Task], random: Random) -> None:
    """Fill in what an action and its tasks say; some have a measure, a few have no day."""
    if random.random() < 0.6:
        measure, baseline, target = random.choice(MEASURES)
        numbers = _numbers(random)
        action.measure, action.baseline, action.target = measure, baseline.format(**numbers), target.format(**numbers)
    for task in tasks:
        if len(tasks) > 1:
            task.title = random.choice(FIRST_STEPS if task.number == 1 else NEXT_STEPS)
        task.supporters = random.choice(SUPPORTERS)
        task.starts_on = london_day(action.created_at) + timedelta(days=random.randint(1, 9))
        draw = random.random()
        if draw < 0.06:
            task.due = DUE_ALL_THE_TIME
        elif draw < 0.14:
            task.due = random.choice(TIMES)


def progress(random: Random) -> str:
    """How an action stands; nothing where nobody wrote it down."""
    return random.choice(PROGRESS).format(**_numbers(random)) if random.random() < 0.5 else ""


def finish(tasks: Sequence[Task], *, by: User, at: datetime) -> None:
    """Mark every task as done."""
    for task in tasks:
        task.done_at, task.done_by = at, by


def write_plan(*, by: User, at: datetime) -> None:
    """Gather the newest open actions of one theme in a named plan."""
    actions = Action.objects.filter(
        status=ActionStatus.OPEN,
        pk__in=EntryAction.objects.filter(entry__theme__identity=PLANNED_THEME).values("action"),
    ).order_by("-created_at", "pk")
    plans.gather(name=PLAN, actions=actions[:MOST_PLANNED], by=by, at=at)


def _numbers(random: Random) -> dict[str, int]:
    whole = random.randint(6, 18)
    return {
        "all": whole,
        "few": random.randint(1, whole // 2),
        "low": random.randint(41, 68),
        "high": random.randint(90, 98),
    }
