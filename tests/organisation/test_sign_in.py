"""Signing in, out and changing a password: the pages people meet, with their errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client
from lxml import html  # type: ignore[import-untyped]  # ships no types

from organisation.models import User
from organisation.roles import Role
from tests.factories.organisation import appoint, make_user

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytestmark = pytest.mark.django_db

SIGN_IN, SIGN_OUT, CHANGE = "/account/sign-in/", "/account/sign-out/", "/account/password/"
PASSWORD = "a long demo password"


@pytest.fixture
def person() -> User:
    person = make_user("head@example.org", name="The Head", password=PASSWORD)
    appoint(person, Role.HEAD)
    return person


def page(response: Answer) -> html.HtmlElement:
    return html.document_fromstring(response.content.decode())


def summary(response: Answer) -> list[tuple[str, str]]:
    """Text and address of each line of the error summary."""
    links = page(response).xpath("//*[@data-module='govuk-error-summary']//a")
    return [(link.text_content(), link.get("href")) for link in links]


def sign_in(client: Client, password: str) -> Answer:
    return client.post(SIGN_IN, {"login": "head@example.org", "password": password})


def test_the_page_asks_for_an_address_a_password_and_whose_device_it_is(client: Client) -> None:
    found = page(client.get(SIGN_IN))
    assert found.findtext(".//title") == "Sign in – Truelevel"
    assert found.xpath("//h1/text()") == ["Sign in"]
    controls = found.xpath("//form//input[not(@type='hidden')]")
    assert [(box.get("type"), box.get("name"), box.get("autocomplete")) for box in controls] == [
        ("email", "login", "email"),
        ("password", "password", "current-password"),
        ("checkbox", "own_device", None),
    ]
    assert not found.xpath("//a[contains(@href, 'signup')]")


def test_somebody_known_signs_in_and_leaves_by_a_button(client: Client, person: User) -> None:
    assert sign_in(client, PASSWORD).status_code == 302
    assert client.session["_auth_user_id"] == str(person.pk)
    assert client.post(SIGN_OUT)["Location"] == SIGN_IN
    assert "_auth_user_id" not in client.session


@pytest.mark.usefixtures("person")
def test_a_wrong_password_leads_back_to_the_form_with_the_address_kept(client: Client) -> None:
    response = sign_in(client, "not my password")
    ((text, href),) = summary(response)
    assert href == "#id_login"
    assert text == "The e-mail address or the password is not right. Check both and try again."
    found = page(response)
    assert found.findtext(".//title") == "Error: Sign in – Truelevel"
    assert found.xpath("//input[@name='login']/@value") == ["head@example.org"]
    assert not found.xpath("//input[@name='password']/@value")


def test_an_empty_form_says_what_to_fill_in(client: Client) -> None:
    response = client.post(SIGN_IN, {"login": "", "password": ""})
    assert [href for _, href in summary(response)] == ["#id_login", "#id_password"]


def test_looking_at_the_sign_out_page_signs_nobody_out(client: Client, person: User) -> None:
    client.force_login(person)
    found = page(client.get(SIGN_OUT))
    assert found.xpath("//h1/text()") == ["Do you want to sign out?"]
    assert "_auth_user_id" in client.session


def test_every_page_says_who_is_signed_in_and_is_stored_nowhere(client: Client, person: User) -> None:
    client.force_login(person)
    response = client.get(CHANGE)
    account = page(response).xpath("string(//*[@class='app-account__person'])")
    assert "The Head" in account
    assert "Head of Safety, Health and Wellbeing" in account
    assert "no-store" in response["Cache-Control"]


def test_a_page_loads_and_sends_nothing_but_from_and_to_its_own_server(client: Client) -> None:
    """The policy that the interface's design lays down; a browser keeps to it whatever a page may come to hold."""
    answered = client.get(SIGN_IN)
    policy = {line.strip() for line in answered["Content-Security-Policy"].split(";")}
    loads = {f"{kind}-src 'self'" for kind in ("script", "style", "img", "font", "connect")}
    nothing = {"default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "object-src 'none'"}
    reports = {"report-uri /csp-report/"}
    assert policy == loads | nothing | reports | {"form-action 'self'"}
    assert answered["X-Content-Type-Options"] == "nosniff"
    assert answered["X-Frame-Options"] == "DENY"


def test_a_password_is_changed_by_whoever_knows_it(client: Client, person: User) -> None:
    client.force_login(person)
    response = client.post(CHANGE, {"oldpassword": "wrong", "password1": "short", "password2": "other"})
    assert [href for _, href in summary(response)][:2] == ["#id_oldpassword", "#id_password1"]
    new = "another long demo password"
    client.post(CHANGE, {"oldpassword": PASSWORD, "password1": new, "password2": new})
    person.refresh_from_db()
    assert person.check_password(new)


@pytest.mark.usefixtures("person")
def test_guessing_is_stopped_with_a_page_that_says_so(client: Client) -> None:
    # The sign-in package allows five failures in five minutes for one address, and thirty tries a minute from one
    # machine: the form says the first, a page of its own the second.
    answers = [sign_in(client, f"guess number {number}") for number in range(31)]
    assert "too many tries" in page(answers[5]).xpath("string(//*[@data-module='govuk-error-summary'])")
    assert answers[-1].status_code == 429
    assert page(answers[-1]).xpath("//h1/text()") == ["Too many tries in a short time"]


def test_a_closed_account_is_told_so_when_its_password_is_right(client: Client) -> None:
    make_user("head@example.org", password=PASSWORD, is_active=False)
    response = client.get(sign_in(client, PASSWORD)["Location"])
    assert page(response).xpath("//h1/text()") == ["Your account is closed"]


@pytest.mark.usefixtures("person")
@pytest.mark.parametrize(("ticked", "own"), [({}, False), ({"own_device": "on"}, True)])
def test_a_device_is_trusted_only_where_its_user_says_so(client: Client, ticked: dict[str, str], own: bool) -> None:
    client.post(SIGN_IN, {"login": "head@example.org", "password": PASSWORD} | ticked)
    assert client.session["own_device"] is own


@pytest.mark.usefixtures("person")
def test_signing_out_clears_what_the_browser_has_kept(client: Client) -> None:
    sign_in(client, PASSWORD)
    assert client.post(SIGN_OUT).headers["Clear-Site-Data"] == '"storage"'
