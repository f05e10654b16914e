"""Who signed in, who could not, who changed a password: on record, in the transaction of the act, naming nobody."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.adapter import get_adapter
from django.test import Client
from pytest_django import Settings

from organisation.models import User
from organisation.roles import Role
from organisation.services import sign_ins
from records.models import TrailEntry, TrailIdentity
from tests.factories.organisation import appoint, make_user

pytestmark = pytest.mark.django_db

SIGN_IN = "/account/sign-in/"
PASSWORD = "a long demo password"


@pytest.fixture
def person() -> User:
    person = make_user("head@example.org", name="Robin Examplesson", password=PASSWORD)
    appoint(person, Role.HEAD)
    return person


def try_to(client: Client, address: str, password: str) -> None:
    client.post(SIGN_IN, {"login": address, "password": password}, REMOTE_ADDR="192.0.2.7")


def acts() -> list[str]:
    return list(TrailEntry.objects.order_by("pk").values_list("act", flat=True))


def test_signing_in_and_out_are_on_record_with_how_and_from_where(client: Client, person: User) -> None:
    try_to(client, person.email, PASSWORD)
    client.post("/account/sign-out/")
    assert acts() == ["account.signed_in", "account.signed_out"]
    entry = TrailEntry.objects.with_identities().earliest("pk")
    assert (entry.actor_id, entry.thing_id, entry.detail) == (person.pk, person.pk, {"how": "password"})
    assert (entry.actor_name, entry.address) == ("Robin Examplesson", "192.0.2.7")


def test_a_wrong_password_is_on_record_for_the_account_and_for_nobody_as_its_doer(client: Client, person: User) -> None:
    try_to(client, "HEAD@example.org", "hunter2 or so")
    entry = TrailEntry.objects.get()
    assert (entry.act, entry.actor_id, entry.thing_id) == ("account.sign_in_failed", None, person.pk)
    assert entry.detail == {"why": "password"}


def test_a_try_at_an_address_nobody_has_is_on_record_without_what_was_typed(client: Client) -> None:
    try_to(client, "nobody-we-know@example.org", "hunter2 or so")
    entry = TrailEntry.objects.get()
    assert (entry.act, entry.thing_id, entry.thing_name) == ("account.sign_in_failed", None, "")
    kept = " ".join([str(entry.detail), *TrailIdentity.objects.values_list("text", flat=True)])
    assert "nobody-we-know" not in kept
    assert "hunter2" not in kept


def test_no_entry_holds_a_name_where_it_cannot_be_erased(client: Client, person: User) -> None:
    try_to(client, person.email, "wrong")
    try_to(client, person.email, PASSWORD)
    for entry in TrailEntry.objects.all():
        assert "Robin" not in f"{entry.thing_name} {entry.detail}"
        assert "head@" not in f"{entry.thing_name} {entry.detail}"


def test_a_closed_account_and_one_try_too_many_are_failures_of_their_own_kind(client: Client, person: User) -> None:
    closed = make_user("closed@example.org", password=PASSWORD, is_active=False)
    try_to(client, closed.email, PASSWORD)
    assert TrailEntry.objects.latest("pk").detail == {"why": "closed"}
    for _ in range(6):
        try_to(client, person.email, "wrong")
    assert [entry.detail["why"] for entry in TrailEntry.objects.filter(thing_id=person.pk).order_by("pk")] == [
        *["password"] * 5,
        "limit",
    ]


def test_nobody_is_signed_in_whose_sign_in_cannot_be_put_on_record(
    client: Client, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: Any) -> None:
        raise RuntimeError("the trail is full")

    monkeypatch.setattr(sign_ins, "record", refuse)
    client.raise_request_exception = False
    assert client.post(SIGN_IN, {"login": person.email, "password": PASSWORD}).status_code == 500
    assert client.get("/").status_code == 302
    person.refresh_from_db()
    assert person.last_login is None


def test_a_password_change_is_on_record_and_ends_the_other_sessions(client: Client, person: User) -> None:
    other, new = Client(), "four words that do not meet"
    for one in (client, other):
        try_to(one, person.email, PASSWORD)
    client.post("/account/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert acts()[-1] == "account.password_changed"
    assert client.get("/").status_code == 200
    assert other.get("/").status_code == 302


def test_a_wrong_password_in_front_of_a_change_is_a_failed_sign_in_too(client: Client, person: User) -> None:
    client.force_login(person)
    client.post("/account/password/again/?next=/account/second-factor/app/", {"password": "not mine"})
    assert TrailEntry.objects.get().detail == {"why": "password"}


def test_answers_do_not_say_whether_an_account_exists(client: Client, person: User) -> None:
    def answer(address: str) -> str:
        page = client.post(SIGN_IN, {"login": address, "password": "wrong wrong wrong"}).content.decode()
        return page.replace(address, "(address)").partition("<main")[2].split("csrfmiddlewaretoken")[0]

    assert answer(person.email) == answer("nobody@example.org")


def test_both_limits_count_the_address_behind_the_proxy(settings: Settings, client: Client) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    request = client.get(SIGN_IN, REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": "203.0.113.9, 198.51.100.4"})
    assert get_adapter().get_client_ip(request.wsgi_request) == "198.51.100.4"
