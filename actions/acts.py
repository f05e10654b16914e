"""What the acts of this room are called where people read the trail, and what of it concerns a unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from actions.models import Action

ACTS = {
    "action.closed": "closed {thing}",
    "action.raised": "raised {thing}",
    "action.reopened": "reopened {thing}",
    "action.task_removed": "removed a task from {thing}",
    "action.withdrawn": "withdrew {thing}",
    "actions.downloaded": "took a list of actions away as a file",
    "plan.made": "made the plan {thing}",
}


def things_of_unit(unit: int) -> Mapping[str, QuerySet[Any]]:
    """Return what of this room concerns a unit, by the name that the trail calls such things by."""
    return {"actions.Action": Action.objects.filter(unit=unit)}
