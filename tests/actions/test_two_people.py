"""Two people at one action at the same moment: real browsers' requests, each on a connection of its own."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction
from django.test import Client

from actions.models import Action
from organisation.roles import Role
from tests.assurance.pages import form_on, signed_in
from tests.factories.actions import add_task, make_action
from tests.factories.organisation import make_person, make_unit

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE_SECONDS = 20
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@pytest.fixture
def action() -> Action:
    return make_action(make_unit("Harbour OCU"), "Brief every supervisor")


@pytest.fixture
def two(action: Action) -> list[Client]:
    return [signed_in(make_person(role, action.unit)) for role in (Role.SPOC, Role.SLT_LEAD)]


def send_at_once(action: Action, posts: Sequence[tuple[Client, str, dict[str, str]]]) -> list[int]:
    """Hold the action's row until every request waits for it, then let go; return the statuses, lowest first."""

    def send(browser: Client, page: str, sent: dict[str, str]) -> int:
        try:
            return browser.post(f"/actions/{action.pk}/{page}", sent).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(posts)) as pool:
        with transaction.atomic():
            Action.objects.select_for_update().get(pk=action.pk)
            waiting = [pool.submit(send, *post) for post in posts]
            wait_for_waiting(len(posts))
        return sorted(one.result(timeout=PATIENCE_SECONDS) for one in waiting)


def wait_for_waiting(number: int) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # what a transaction sees of it stands still otherwise
            cursor.execute(WAITING)
            if cursor.fetchone()[0] >= number:
                return
            time.sleep(0.02)
    raise AssertionError(f"not {number} requests waited for the row within {PATIENCE_SECONDS} seconds")


def test_of_two_who_close_an_action_at_once_one_does_and_the_other_is_told(action: Action, two: list[Client]) -> None:
    answers = [{"achieved": "By the SPOC"}, {"achieved": "By the SLT lead"}]
    posts = [(browser, "close/", sent) for browser, sent in zip(two, answers, strict=True)]
    assert send_at_once(action, posts) == [302, 422]
    action.refresh_from_db()
    assert {"achieved": action.achieved} in answers
    assert action.notes.count() == 1


def test_of_two_who_change_one_answer_at_once_nothing_is_overwritten(action: Action, two: list[Client]) -> None:
    forms = [form_on(browser.get(f"/actions/{action.pk}/edit/")) for browser in two]
    posts = [
        (two[0], "edit/", forms[0] | {"title": "By the SPOC", "baseline": "1"}),
        (two[1], "edit/", forms[1] | {"title": "By the SLT lead", "target": "9"}),
    ]
    assert send_at_once(action, posts) == [302, 409]
    action.refresh_from_db()
    assert action.title in ("By the SPOC", "By the SLT lead")
    assert (action.baseline, action.target) == ("1", "9")


def test_two_tasks_added_at_once_have_numbers_of_their_own(action: Action, two: list[Client]) -> None:
    posts = [(browser, "tasks/new/", {"title": f"Step {number}"}) for number, browser in enumerate(two)]
    assert send_at_once(action, posts) == [302, 302]
    assert list(action.tasks.values_list("number", flat=True)) == [1, 2, 3]


def test_a_task_removed_while_it_is_changed_is_gone_and_what_was_typed_is_kept(
    action: Action, two: list[Client]
) -> None:
    task = add_task(action)
    opened = form_on(two[1].get(f"/actions/{action.pk}/tasks/{task.pk}/"))
    posts = [
        (two[0], f"tasks/{task.pk}/remove/", {}),
        (two[1], f"tasks/{task.pk}/", opened | {"lead": "Sergeant"}),
    ]
    assert send_at_once(action, posts) in ([302, 302], [302, 409])  # whoever came first; removing after is as well
    assert action.tasks.count() == 1
