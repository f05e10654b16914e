"""What every answer tells the browser, and the page for whoever asks for too much in an hour."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path, reverse
from django.utils import timezone
from lxml import html  # type: ignore[import-untyped]  # ships no types
from pytest_django import Settings

from config.urls import urlpatterns as the_projects
from home.views import errors
from organisation.roles import Role
from records.models import HeavyWork
from records.services import allowances
from tests.factories.organisation import make_person

pytestmark = pytest.mark.django_db


def policy(response: HttpResponse) -> dict[str, str]:
    """The directives of a content security policy by name."""
    parts = (part.strip().partition(" ") for part in response["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in parts}


def signed_in() -> Client:
    browser = Client()
    browser.force_login(make_person(Role.SPOC))
    return browser


@pytest.mark.parametrize("address", ["/", "/verify/", "/nowhere/"])
def test_every_page_forbids_what_it_does_not_use(address: str) -> None:
    response = signed_in().get(address)
    directives = policy(response)  # type: ignore[arg-type]  # the test client's answer is one
    assert directives["default-src"] == "'none'"
    for name in ("script-src", "style-src", "img-src", "font-src", "connect-src", "form-action"):
        assert directives[name] == "'self'"
    for name in ("base-uri", "frame-ancestors", "object-src"):
        assert directives[name] == "'none'"
    assert "unsafe" not in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    for feature in ("camera", "microphone", "geolocation", "usb", "payment"):
        assert f"{feature}=()" in response["Permissions-Policy"].split(", ")


def test_violations_are_reported_to_an_address_that_takes_them() -> None:
    response = Client().get(reverse("account_login"))
    assert policy(response)["report-uri"] == reverse("csp_report")  # type: ignore[arg-type]  # as above


def test_files_of_the_site_carry_the_limits_too() -> None:
    response = Client().get("/static/css/site.css")
    response.close()  # a file of the disk
    assert response.status_code == 200
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]


def test_no_page_has_script_or_style_of_its_own(settings: Settings) -> None:
    """The policy would stop them; a page that needs one would be broken."""
    for folder in settings.TEMPLATES[0]["DIRS"]:
        for template in folder.rglob("*.html"):
            if "documents" in template.parts:
                continue  # printed, not shown in a browser
            text = template.read_text(encoding="utf-8")
            assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=|javascript:", text), template


# --- Too much in an hour ------------------------------------------------------------------------------------------


@login_not_required
def heavy(request: HttpRequest) -> HttpResponse:
    allowances.spend(person=request.user, kind=HeavyWork.EXPORTS, at=timezone.now())  # type: ignore[arg-type]  # signed in
    return HttpResponse("the list")


class Pages:
    urlpatterns = [path("heavy/", heavy), *the_projects]
    handler404 = staticmethod(errors.not_found)


def test_whoever_asks_for_too_much_is_told_when_to_go_on_and_keeps_what_was_typed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ROOT_URLCONF = Pages
    settings.ALLOWANCES = settings.ALLOWANCES | {"exports": 2}
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 22, 14, 20, tzinfo=UTC))
    browser = signed_in()
    typed = {"note": "Two words & <b>more</b>"}
    assert [browser.post("/heavy/", typed).status_code for _ in range(3)] == [200, 200, 429]
    refused = browser.post("/heavy/", typed)
    page = html.fromstring(refused.content.decode())
    assert refused["Retry-After"] == "2400"
    assert "One person can have 2 lists and workbooks taken away in an hour" in page.text_content()
    assert "You can go on at 3:00pm" in page.text_content()
    assert page.xpath("string(//textarea)").strip() == typed["note"]


def test_the_settings_name_every_kind_of_heavy_work() -> None:
    assert set(settings.ALLOWANCES) == set(HeavyWork.values)
