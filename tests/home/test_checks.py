"""The product's own checks for deployment: silent on the settings as they are, and each says what is loose."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from django.core.checks import Tags, run_checks
from pytest_django import Settings

from home import checks


def ids() -> set[str | None]:
    found = run_checks(tags=[Tags.security], include_deployment_checks=True)
    return {one.id for one in found if (one.id or "").startswith("truelevel.")}


@pytest.fixture(autouse=True)
def as_in_production(settings: Settings) -> None:
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"


def test_the_settings_as_they_are_give_no_cause() -> None:
    assert ids() == set()


@pytest.mark.parametrize(
    ("directive", "sources", "expected"),
    [
        ("script-src", ["'self'", "'unsafe-inline'"], "truelevel.W001"),
        ("style-src", ["*"], "truelevel.W001"),
        ("img-src", ["'self'", "data:"], "truelevel.W001"),
        ("frame-ancestors", ["'self'"], "truelevel.W002"),
        ("default-src", ["'self'"], "truelevel.W002"),
    ],
)
def test_a_policy_that_lets_something_in_is_named(
    directive: str, sources: list[str], expected: str, settings: Settings
) -> None:
    changed: dict[str, Any] = deepcopy(settings.CONTENT_SECURITY_POLICY)
    changed["DIRECTIVES"][directive] = sources
    settings.CONTENT_SECURITY_POLICY = changed
    assert ids() == {expected}
    [message] = checks.check_content_policy()
    assert directive in message.msg


def test_a_policy_without_a_directive_that_must_be_there_is_named(settings: Settings) -> None:
    changed: dict[str, Any] = deepcopy(settings.CONTENT_SECURITY_POLICY)
    del changed["DIRECTIVES"]["base-uri"]
    settings.CONTENT_SECURITY_POLICY = changed
    assert ids() == {"truelevel.W002"}


def test_cookies_that_a_neighbour_could_plant_are_named(settings: Settings) -> None:
    settings.SESSION_COOKIE_NAME = "sessionid"
    assert ids() == {"truelevel.W003"}
