"""Services that are being set up, with their milestones: the actions of a named plan, and the tasks of each.

A plan gathers actions on purpose; which one a paper prints is chosen by its writers. Nothing of any other is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from actions.models import Action, ActionStatus, PlanItem, Task
from actions.reading import due_in_words
from organisation.periods import london_day
from papers.contents.block import Asked, Block, Source
from papers.contents.pieces import Numbers, NumbersRow, Piece, Pieces, paragraph
from papers.contents.references import reference
from papers.options import Name, Named
from rendering.formats import day, so_many

PLAN = Name(
    "plan",
    "Plan",
    "Its actions are the services, their tasks the milestones. None chosen: the section is left out",
    named=Named.PLANS,
)


def gather(asked: Asked) -> dict[str, Any] | None:
    """Return the services of the plans that the paper's blocks name: two queries. None where they have none."""
    plans = {PLAN.of(options) for options in asked.options.get("services", ())} - {""}
    if not plans:
        return None
    items = (
        PlanItem.objects.filter(plan__name__in=plans)
        .exclude(action__status=ActionStatus.WITHDRAWN)
        .select_related("plan", "action")
        .prefetch_related("action__tasks")
        .order_by("plan__name", "number")
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for item in items:
        found.setdefault(item.plan.name, []).append(_service(item.action, asked))
    return {"plans": found} if found else None


def _service(action: Action, asked: Asked) -> dict[str, Any]:
    closed = day(london_day(action.closed_at)) if action.closed_at else ""
    return {
        "name": action.title,
        "closed_on": closed,
        "milestones": [
            {"name": task.title, "due": due_in_words(task), "standing": _standing(task, asked, closed=closed)}
            for task in action.tasks.all()
        ],
    }


def _standing(task: Task, asked: Asked, *, closed: str) -> str:
    if task.done_at is not None:
        return f"Reached on {day(london_day(task.done_at))}"
    if closed:
        return "Closed with the service"
    return "Overdue" if task.is_overdue(asked.until) else "To come"


def lay(data: Mapping[str, Any], options: Mapping[str, Any]) -> Pieces:
    """Say how many services there are, then print the milestones of each."""
    services = data["plans"].get(PLAN.of(options), [])
    if not services:
        yield paragraph("The plan chosen has no service in it.")
        return
    running = sum(1 for service in services if service["closed_on"])
    yield paragraph(
        f"{reference('table.services')} gives {so_many(len(services), 'service')} with milestones; "
        f"{running} of them {'is' if running == 1 else 'are'} completed."
    )
    rows = tuple(
        NumbersRow(service["name"], (one["name"] or "The whole of it", one["due"] or "–", one["standing"]))
        for service in services
        for one in service["milestones"] or [{"name": "", "due": "", "standing": _whole(service)}]
    )
    columns = ("Milestone", "Due", "Standing")
    yield Piece(numbers=Numbers("Service", "services", "services and their milestones", columns, rows, is_words=True))


def _whole(service: Mapping[str, Any]) -> str:
    return f"Completed on {service['closed_on']}" if service["closed_on"] else "To come"


SOURCE = Source("services", gather)
NOTHING = "Choose a plan that has actions in it. Plans are made in the list of actions."
BLOCKS = (Block("services", "Services with their milestones, of a plan", SOURCE, lay, NOTHING, options=(PLAN,)),)
