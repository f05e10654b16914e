"""The list of actions: whose they are, how they are filtered and sorted, and what it costs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from actions.services import actions, tasks
from assurance.models import Revision
from organisation.models import Unit, User
from organisation.roles import Role
from tests.assurance.pages import html_of, signed_in, text_of
from tests.factories import assurance as statements
from tests.factories.actions import add_task, make_action
from tests.factories.organisation import make_group, make_person, make_unit

pytestmark = pytest.mark.django_db

LIST = "/actions/"
TODAY = timezone.localdate
DAY = timedelta(days=1)


def test_first(client: Client) -> None:
    unit = make_unit("Harbour OCU")
    spoc = make_person(Role.SPOC, unit)
    action = make_action(unit, "Brief every supervisor", due=TODAY() - DAY)
    add_task(action, "Second", due="Autumn 2027")
    html = html_of(signed_in(spoc).get(LIST))
    assert "Brief every supervisor" in html
    for where in ("", "edit/", "related/", "close/", "withdraw/", "note/", "tasks/new/", f"tasks/{action.tasks.first().pk}/", f"tasks/{action.tasks.first().pk}/remove/"):
        response = signed_in(spoc).get(f"{LIST}{action.pk}/{where}")
        assert response.status_code == 200, where
    assert signed_in(spoc).get(f"{LIST}new/").status_code == 200
    assert signed_in(spoc).get(f"{LIST}?format=csv").status_code == 200
    assert signed_in(spoc).get(f"{LIST}?format=xlsx").status_code == 200
