"""An action's history: acts with what was written, changes from what to what, and tasks that are gone."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from actions.models import Action
from actions.services import actions as services
from actions.timeline import timeline
from organisation.roles import Role
from records.edits import Edit
from records.histories import OUTSIDE
from tests.factories import actions
from tests.factories.organisation import make_person, make_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def action() -> Action:
    unit = make_unit("Kiln Hill")
    return actions.make_action(unit, by=make_person(Role.SPOC, unit))


def by_sql(statement: str, *values: Any) -> None:
    """Run it as somebody would who has come to the database directly: in a transaction of their own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pghistory.context_id', '', true)")
        cursor.execute(statement, values)


def test_what_was_changed_by_a_person_is_told_with_their_name_and_by_sql_as_from_outside(
    action: Action, client: Client
) -> None:
    person = make_person(Role.SPOC, action.unit)
    client.force_login(person)
    before = action.title
    page = client.get(reverse("actions:edit", args=[action.pk]))
    sent = {field.html_name: field.value() or "" for field in page.context["form"]}
    assert client.post(reverse("actions:edit", args=[action.pk]), sent | {"title": "Light the yard"}).status_code == 302
    by_sql("UPDATE actions_action SET target = 'Nobody said so' WHERE id = %s", action.pk)
    by_sql("UPDATE actions_task SET lead = 'Somebody else' WHERE action_id = %s", action.pk)
    told = {
        (item.who, item.place, field.label, field.before, field.after)
        for item in timeline(Action.objects.get(pk=action.pk))
        for field in item.fields
    }
    assert (person.name, "", "Title", before, "Light the yard") in told
    assert (OUTSIDE, "", "Target", "", "Nobody said so") in told
    assert any(one[:3] == (OUTSIDE, "Task 1", "Led by") and one[4] == "Somebody else" for one in told)


def test_closing_is_told_once_with_what_was_achieved_and_by_sql_it_shows(action: Action) -> None:
    services.close(
        action=action, achieved="The yard is lit.", by=make_person(Role.SPOC, action.unit), at=timezone.now()
    )
    [closed] = [item for item in timeline(Action.objects.get(pk=action.pk)) if item.did.startswith("closed")]
    assert closed.notes == (("Reason", "The yard is lit."),)
    by_sql("UPDATE actions_action SET status = 'open', closed_at = NULL, closed_by_id = NULL, achieved = ''")
    changed = [item for item in timeline(Action.objects.get(pk=action.pk)) if item.from_outside]
    assert any((f.label, f.before, f.after) == ("Status", "Closed", "Open") for item in changed for f in item.fields)


def test_a_task_that_sql_removed_is_told(action: Action) -> None:
    by_sql("DELETE FROM actions_task WHERE action_id = %s", action.pk)
    told = [(item.who, item.did, item.place) for item in timeline(Action.objects.get(pk=action.pk))]
    assert (OUTSIDE, "removed a task", "Task 1") in told


def test_the_page_is_for_whoever_reads_the_action(action: Action, client: Client) -> None:
    edits = {"title": Edit(0, "A <b>lit</b> yard")}
    services.change(action_id=action.pk, edits=edits, by=make_person(Role.SPOC, action.unit), at=timezone.now())
    client.force_login(make_person(Role.SHRMT))
    page = client.get(reverse("actions:history", args=[action.pk])).content.decode()
    assert "A &lt;b&gt;lit&lt;/b&gt; yard" in page
    client.force_login(make_person(Role.SPOC))
    assert client.get(reverse("actions:history", args=[action.pk])).status_code == 404
