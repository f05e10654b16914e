"""Named plans, which gather actions of any unit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from actions.models import Action, Plan, PlanItem
from organisation.models import User
from records.services import trail


@transaction.atomic
def gather(*, name: str, actions: Iterable[Action], by: User, at: datetime) -> Plan:
    """Put the actions into the plan of that name, after those it has; an action that is in it stays where it is."""
    plan, is_new = Plan.objects.get_or_create(name=name)
    plan = Plan.objects.select_for_update(no_key=True).get(pk=plan.pk)
    if is_new:
        trail.record(act="plan.made", thing=plan, by=by, at=at)
    present = set(plan.items.values_list("action_id", flat=True))
    last = plan.items.aggregate(last=Max("number"))["last"] or 0
    wanted = [action for action in dict.fromkeys(actions) if action.pk not in present]
    PlanItem.objects.bulk_create(
        [PlanItem(plan=plan, action=action, number=number) for number, action in enumerate(wanted, start=last + 1)]
    )
    return plan
