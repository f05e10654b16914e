"""Which sections each role is offered, and which of them is marked as the one being read."""

from __future__ import annotations

from typing import ClassVar

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, include, path
from pytest_django import Settings

from home.context import NavItem, navigation, sections_for
from organisation.roles import Role


def nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.path)


ASSURANCE = [path("", nothing, name="statements"), path("rollups/", nothing, name="rollups")]


class Pages:
    """The addresses the sections lead to."""

    urlpatterns: ClassVar[list[URLPattern | URLResolver]] = [
        path("", nothing, name="home"),
        path("statements/", include((ASSURANCE, "assurance"))),
        path("model/", include(([path("", nothing, name="matrix")], "maturity"))),
        path("papers/", include(([path("", nothing, name="papers")], "papers"))),
    ]


@pytest.fixture(autouse=True)
def pages(settings: Settings) -> None:
    settings.ROOT_URLCONF = Pages


ALL = ["Home", "Statements", "Roll-ups", "Model", "Papers"]


@pytest.mark.parametrize(
    ("role", "offered"),
    [
        (Role.SPOC, ["Home", "Statements", "Model", "Papers"]),
        (Role.SLT_LEAD, ["Home", "Statements", "Model", "Papers"]),
        (Role.COG_LEAD, ALL),
        (Role.COG_SUPPORT, ALL),
        (Role.SHRMT, ALL),
        (Role.HEAD, ALL),
        (Role.BOARD_MEMBER, ["Home", "Model", "Papers"]),
        (Role.BOARD_SECRETARY, ["Home", "Model", "Papers"]),
        (Role.RISK_LEAD, ["Home", "Model", "Papers"]),
        (Role.EXTERNAL_AUDITOR, ["Home", "Model", "Papers"]),
        (Role.PANEL_MEMBER, ["Home", "Papers"]),
        (Role.ADMINISTRATOR, ["Home", "Model", "Papers"]),
    ],
)
def test_each_role_is_offered_what_it_may_open(role: Role, offered: list[str]) -> None:
    assert [item.label for item in sections_for({role}, path="/")] == offered


def test_somebody_with_two_roles_is_offered_both_sets() -> None:
    offered = [item.label for item in sections_for({Role.PANEL_MEMBER, Role.SPOC}, path="/")]
    assert offered == ["Home", "Statements", "Model", "Papers"]


def test_somebody_without_an_appointment_is_offered_what_everyone_is() -> None:
    assert [item.label for item in sections_for(set(), path="/")] == ["Home", "Papers"]


@pytest.mark.parametrize(
    ("address", "marked"),
    [
        ("/", {"Home": "page"}),
        ("/statements/", {"Statements": "page"}),
        ("/statements/12/sign/", {"Statements": "true"}),
        ("/statements/rollups/", {"Roll-ups": "page"}),
        ("/statements/rollups/4/", {"Roll-ups": "true"}),
        ("/account/password/change/", {}),
    ],
)
def test_the_section_being_read_is_marked(address: str, marked: dict[str, str]) -> None:
    items = sections_for({Role.HEAD}, path=address)
    assert {item.label: item.current for item in items if item.current} == marked


def test_somebody_not_signed_in_is_offered_nothing() -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    assert list(navigation(request)["navigation"]) == []


def test_a_request_refused_before_anybody_was_recognised_is_offered_nothing() -> None:
    assert list(navigation(RequestFactory().get("/"))["navigation"]) == []


def test_an_item_has_its_label_and_its_address() -> None:
    assert sections_for(set(), path="/papers/")[1] == NavItem("Papers", "/papers/", "page")
