"""Which sections each role is offered, and which of them is marked as the one being read."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, include, path
from pytest_django import DjangoAssertNumQueries, Settings

from home.context import NavItem, navigation, sections_for
from organisation.models import Force
from organisation.roles import Role
from tests.factories.organisation import appoint, make_unit, make_user


def nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.path)


ASSURANCE = [
    path("statements/", nothing, name="statements"),
    path("reviews/", nothing, name="reviews"),
    path("roll-ups/", nothing, name="rollups"),
    path("audits/", nothing, name="audits"),
    path("audits/findings/", nothing, name="audit_findings"),
    path("audit-programmes/", nothing, name="programmes"),
    path("recommendations/", nothing, name="recommendations"),
    path("agreement/", nothing, name="agreement"),
    path("climate-surveys/", nothing, name="climate_surveys"),
]


BOARDS = ("register", "meetings", "hse", "investigations", "learning_list")


class Pages:
    """The addresses the sections lead to."""

    urlpatterns: ClassVar[list[URLPattern | URLResolver]] = [
        path("", nothing, name="home"),
        path("", include((ASSURANCE, "assurance"))),
        path("", include(([path("three-readings/", nothing, name="three_readings")], "insight"))),
        path("", include(([path("injury-figures/", nothing, name="comparison")], "injuries"))),
        path("board/", include(([path(f"{name}/", nothing, name=name) for name in BOARDS], "risks"))),
        path("actions/", include(([path("", nothing, name="actions")], "actions"))),
        path("model/", include(([path("", nothing, name="matrix")], "maturity"))),
        path("papers/", include(([path("", nothing, name="papers")], "papers"))),
        path("my-half/", nothing, name="my_half"),
        path("trail/", nothing, name="trail"),
        path("retention/", nothing, name="retention"),
        path("people/", nothing, name="people"),
        path("units/", nothing, name="units"),
        path("groups/", nothing, name="groups"),
        path("missing/", nothing, name="missing"),
        path("qualifications/", nothing, name="qualifications"),
        path("force/", nothing, name="force_settings"),
    ]


@pytest.fixture(autouse=True)
def pages(settings: Settings) -> None:
    settings.ROOT_URLCONF = Pages


PEOPLE = "People and units"
AFTER_AUDITS = ["Injuries", "Risks", "Readings", "Model", "Papers", PEOPLE]
ALL = ["Home", "Statements", "Actions", "Reviews", "Roll-ups", "Audits", *AFTER_AUDITS]
LEADS = [*ALL[:6], "My half", *ALL[6:]]
UNITS = ["Home", "Statements", "Actions", "Roll-ups", "Audits", *AFTER_AUDITS]
BOARD = ["Home", "Actions", "Roll-ups", "Audit findings", "Injuries", "Risks", "Climate surveys", "Model", "Papers"]


@pytest.mark.parametrize(
    ("role", "offered"),
    [
        (Role.SPOC, UNITS),
        (Role.SLT_LEAD, UNITS),
        (Role.COG_LEAD, LEADS),
        (Role.COG_SUPPORT, LEADS),
        (Role.SHRMT, [*ALL, "Trail"]),
        (Role.HEAD, [*ALL, "Trail", "Retention"]),
        (Role.BOARD_MEMBER, BOARD),
        (Role.BOARD_SECRETARY, BOARD),
        (Role.RISK_LEAD, ["Home", "Actions", "Injuries", "Risks", "Model", "Papers"]),
        (Role.EXTERNAL_AUDITOR, ["Home", "Audits", "Model", "Papers"]),
        (Role.PANEL_MEMBER, ["Home", "Papers"]),
        (Role.ADMINISTRATOR, ["Home", "Model", "Papers", PEOPLE, "Trail", "Retention"]),
    ],
)
def test_each_role_is_offered_what_it_may_open(role: Role, offered: list[str]) -> None:
    assert [item.label for item in sections_for({role}, path="/")] == offered


def test_somebody_with_two_roles_is_offered_both_sets() -> None:
    offered = [item.label for item in sections_for({Role.PANEL_MEMBER, Role.SPOC}, path="/")]
    assert offered == UNITS


def test_somebody_without_an_appointment_is_offered_what_everyone_may_open() -> None:
    assert [item.label for item in sections_for(set(), path="/")] == ["Home"]


@pytest.mark.parametrize(
    ("address", "marked"),
    [
        ("/", {"Home": "page"}),
        ("/statements/", {"Statements": "page"}),
        ("/statements/12/sign/", {"Statements": "true"}),
        ("/reviews/north/2025-26-q1/", {"Reviews": "true"}),
        ("/roll-ups/", {"Roll-ups": "page"}),
        ("/roll-ups/north/2025-26-h1/", {"Roll-ups": "true"}),
        ("/audits/7/", {"Audits": "true"}),
        ("/audit-programmes/2025-26-h1/", {"Audits": "true"}),
        ("/recommendations/7/", {"Audits": "true"}),
        ("/injury-figures/indicators/handling/", {"Injuries": "true"}),
        ("/board/register/", {"Risks": "page"}),
        ("/board/hse/notices/7/", {"Risks": "true"}),
        ("/board/learning_list/7/", {"Risks": "true"}),
        ("/three-readings/harbour/", {"Readings": "true"}),
        ("/climate-surveys/7/", {"Readings": "true"}),
        ("/people/7/appoint/", {PEOPLE: "true"}),
        ("/units/harbour/", {PEOPLE: "true"}),
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
    assert sections_for({Role.PANEL_MEMBER}, path="/papers/")[1] == NavItem("Papers", "/papers/", "page")


@pytest.fixture
def signed_in() -> HttpRequest:
    """A request of somebody with two appointments in force and one that has ended."""
    Force.objects.create(name="Northmoor Police Service", short_name="Northmoor")
    person = make_user()
    appoint(person, Role.SPOC, make_unit("Harbour"))
    appoint(person, Role.BOARD_MEMBER)
    appoint(person, Role.HEAD, ends_on=date(2016, 3, 31))
    request = RequestFactory().get("/papers/")
    request.user = person
    return request


@pytest.mark.django_db
def test_appointments_in_force_decide_what_is_offered_and_said(signed_in: HttpRequest) -> None:
    context = navigation(signed_in)
    offered = [item.label for item in context["navigation"]]
    assert offered == [*UNITS[:5], "Audit findings", "Injuries", "Risks", "Readings", "Climate surveys", *UNITS[8:]]
    assert list(context["role_descriptions"]) == [
        "Single point of contact (SPOC), Harbour",
        "Health, Safety and Wellbeing Board member",
    ]
    assert context["force_name"] == "Northmoor Police Service"


@pytest.mark.django_db
def test_a_whole_page_asks_two_questions_and_a_fragment_none(
    signed_in: HttpRequest, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    fragment, page = "<p>saved</p>", "{{ force_name }}{% for item in navigation %}{{ item.url }}{% endfor %}"
    page += "{% for role in role_descriptions %}{{ role }}{% endfor %}" * 2
    with django_assert_num_queries(0):
        Template(fragment).render(Context(navigation(signed_in)))
    with django_assert_num_queries(2):
        Template(page).render(Context(navigation(signed_in)))


@pytest.mark.django_db
def test_an_installation_without_a_force_yet_has_pages_all_the_same() -> None:
    assert str(navigation(RequestFactory().get("/"))["force_name"]) == ""
