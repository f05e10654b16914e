"""The secrets of private links are in no log, whatever goes wrong with them."""

from __future__ import annotations

import logging
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from home.logs import HideSecrets
from home.views import calendar
from organisation.roles import Role
from organisation.services import calendars
from tests.factories.organisation import make_person


@pytest.mark.django_db
@pytest.mark.parametrize(("allowed", "status"), [(0, 429), (60, 404)])
def test_a_feed_that_is_refused_leaves_no_secret_in_the_log(
    allowed: int, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    handlers = logging.getLogger().handlers
    [handler] = [one for one in handlers if any(isinstance(each, HideSecrets) for each in one.filters)]
    log = StringIO()
    monkeypatch.setattr(handler, "stream", log)
    monkeypatch.setattr(calendar, "FETCHES_AN_HOUR", allowed)
    cache.clear()
    secret = calendars.make_link(person=make_person(Role.SPOC), instead_of=None, at=timezone.now())
    asked = secret if status == 429 else f"{secret}x"
    assert Client().get(f"/calendar/{asked}.ics").status_code == status
    assert "/calendar/(secret).ics" in log.getvalue()
    assert secret not in log.getvalue()


def test_other_lines_are_left_as_they_are() -> None:
    record = logging.LogRecord("a", logging.INFO, "b.py", 1, "%s of %s", (1, "/calendar/"), None)
    assert HideSecrets().filter(record)
    assert (record.msg, record.args) == ("%s of %s", (1, "/calendar/"))


def test_every_handler_hides_secrets() -> None:
    handlers: Any = settings.LOGGING["handlers"]
    assert [handler["filters"] for handler in handlers.values()] == [["secrets"]]
