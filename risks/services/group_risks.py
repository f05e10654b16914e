"""Business groups' own risks: entered, changed, closed, and put before the Board."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from organisation.models import BusinessGroup, User
from records.canonical import normal
from records.edits import Conflict, Edit, write_onto
from records.services import trail
from risks.models import GroupRisk, RiskProposal
from risks.models.group_risk import GROUP_RISK_ANSWERS
from risks.rules import Refused
from risks.services import deciding

CLOSED = "This risk is closed, so it is not changed. Enter it anew if it is there again."


@transaction.atomic
def enter(*, group: BusinessGroup, answers: Mapping[str, Any], by: User, at: datetime) -> GroupRisk:
    """Enter a risk that a business group watches by itself."""
    BusinessGroup.objects.select_for_update(no_key=True).get(pk=group.pk)
    said = {name: normal(answers[name]) for name in GROUP_RISK_ANSWERS}
    if GroupRisk.objects.filter(group=group, closed_at=None, title=said["title"]).exists():
        raise Refused("The business group has a risk of that title already.")
    risk = GroupRisk.objects.create(group=group, entered_at=at, entered_by=by, changed_at=at, changed_by=by, **said)
    trail.record(act="group-risk.entered", thing=risk, by=by, at=at, group=group.name)
    return risk


@transaction.atomic
def change(*, risk: GroupRisk, edits: Mapping[str, Edit], by: User, at: datetime) -> tuple[Conflict, ...]:
    """Write the edits that nobody has overtaken; return those that somebody has."""
    current = _open(risk)
    result = write_onto(current, names=GROUP_RISK_ANSWERS, edits=edits)
    if result.accepted:
        current.changed_at, current.changed_by = at, by
        current.save()
        trail.record(act="group-risk.changed", thing=current, by=by, at=at, fields=sorted(result.accepted))
    return result.conflicts


@transaction.atomic
def close(*, risk: GroupRisk, because: str, by: User, at: datetime) -> GroupRisk:
    """Close a business group’s risk with the reason. It stays in the list of closed ones."""
    current = _open(risk)
    current.closed_at, current.closed_because = at, str(normal(because))
    current.changed_at, current.changed_by = at, by
    current.save()
    trail.record(act="group-risk.closed", thing=current, by=by, at=at, words={"because": current.closed_because})
    return current


@transaction.atomic
def escalate(*, risk: GroupRisk, because: str, by: User, at: datetime) -> RiskProposal:
    """Put a business group’s risk before the Board, with why the group cannot carry it alone."""
    current = _open(risk)
    if current.escalated_as_id is not None:
        raise Refused("This risk is before the Board already. See there what becomes of it.")
    description = "\n\n".join(filter(None, (current.description, str(normal(because)))))
    proposal = deciding.propose(
        title=current.title, description=description, theme="", groups=[current.group], by=by, at=at
    )
    current.escalated_as = proposal
    current.save(update_fields=["escalated_as"])
    trail.record(act="group-risk.escalated", thing=current, by=by, at=at, proposal=proposal.pk)
    return proposal


def _open(risk: GroupRisk) -> GroupRisk:
    current = GroupRisk.objects.select_for_update(of=("self",), no_key=True).select_related("group").get(pk=risk.pk)
    if current.closed_at is not None:
        raise Refused(CLOSED)
    return current
