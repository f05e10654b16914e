"""What stood in the database before tasks had versions of their own, and closed actions a closer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from actions.models import Action
from records.models import TrailEntry
from tests.factories.organisation import make_unit, make_user

BEFORE = [("actions", "0001_initial")]
RAISED, CLOSED = datetime(2026, 5, 1, 9, tzinfo=UTC), datetime(2026, 8, 1, 9, tzinfo=UTC)


def migrate(targets: list[tuple[str, str]]) -> Any:
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


@pytest.mark.django_db(transaction=True)
def test_actions_that_were_there_before_are_brought_along() -> None:
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    try:
        apps = migrate(BEFORE)
        person, unit = make_user(), make_unit()
        old_action, old_task = apps.get_model("actions", "Action"), apps.get_model("actions", "Task")
        versions = {"title": 2, "lead": 3, "due_on": 1}
        opened = old_action.objects.create(unit_id=unit.pk, title="Open", created_at=RAISED, field_versions=versions)
        closed = old_action.objects.create(
            unit_id=unit.pk,
            title="Closed",
            status="closed",
            created_at=RAISED,
            changed_at=CLOSED,
            changed_by_id=person.pk,
        )
        invented = old_action.objects.create(unit_id=unit.pk, title="Of the demo", status="closed", created_at=RAISED)
        for action in (opened, closed, invented):
            old_task.objects.create(action=action, number=1, lead="Inspector")
            TrailEntry.objects.create(
                at=RAISED, actor=person, act="action.raised", thing_type="actions.Action",
                thing_id=action.pk, thing_name=action.title,
            )  # fmt: skip
    finally:
        migrate(newest)
    found = {action.title: action for action in Action.objects.all()}
    assert {action.raised_by_id for action in found.values()} == {person.pk}
    assert found["Open"].field_versions == {"title": 2}
    assert found["Open"].tasks.get().field_versions == {"lead": 3, "due": 1}
    assert (found["Closed"].closed_at, found["Closed"].closed_by_id) == (CLOSED, person.pk)
    assert (found["Of the demo"].closed_at, found["Of the demo"].closed_by_id) == (RAISED, person.pk)
    assert not Action.objects.filter(events__isnull=False).exists()
