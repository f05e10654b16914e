"""Meeting somebody whom the provider has let in, and what there is while passwords are switched off."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import authenticate
from django.test import Client
from lxml import html  # type: ignore[import-untyped]  # ships no types
from pytest_django import Settings

from config.single_sign_on import SingleSignOn
from organisation.identity import Identity
from organisation.models import User
from organisation.permissions import roles_anywhere
from organisation.roles import Role
from organisation.services.single_sign_on import Refusal, Refused, meet
from records.models import TrailEntry
from tests.factories.organisation import appoint, make_user

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
ANN = Identity("8f14e45f", "ann@example.org", True, "Ann Other", False)
PASSWORD = "a long demo password"
PROVIDER = SingleSignOn(
    name="Force ID",
    issuer="https://login.example.org",
    client_id="truelevel",
    client_secret="kept",
    trusts_email=False,
    allowed_domains=frozenset(),
    second_factor=False,
)


def met(identity: Identity = ANN, *, domains: tuple[str, ...] = ()) -> User:
    return meet(identity=identity, provider="sso", domains=domains, at=NOW).user


def why_not(identity: Identity, *, domains: tuple[str, ...] = ()) -> Refusal:
    with pytest.raises(Refused) as refused:
        met(identity, domains=domains)
    return refused.value.why


def acts() -> list[str]:
    return list(TrailEntry.objects.order_by("pk").values_list("act", flat=True))


def test_somebody_new_gets_an_account_without_any_right() -> None:
    person = met()
    assert (person.email, person.name, person.is_active) == ("ann@example.org", "Ann Other", True)
    assert not person.has_usable_password()
    assert roles_anywhere(person) == frozenset()
    assert acts() == ["account.made", "account.linked"]


def test_the_same_subject_is_the_same_account_whatever_becomes_of_the_address() -> None:
    person = met()
    assert met(replace(ANN, email="ann.other@example.org", name="Ann Different")) == person
    assert met(replace(ANN, email="", email_is_verified=False)) == person
    person.refresh_from_db()
    assert (person.email, person.name) == ("ann@example.org", "Ann Other")
    assert acts() == ["account.made", "account.linked"]


def test_an_account_that_an_administrator_made_is_met_by_its_verified_address() -> None:
    person = make_user("Ann@Example.org", name="A. Other", password=PASSWORD)
    appoint(person, Role.HEAD)
    assert met() == person
    person.refresh_from_db()
    assert (person.name, person.check_password(PASSWORD)) == ("A. Other", True)
    assert acts() == ["account.linked"]


def test_an_address_given_to_somebody_new_does_not_open_the_account_of_whoever_had_it() -> None:
    met()
    assert why_not(replace(ANN, subject="somebody new")) is Refusal.ANOTHER
    assert SocialAccount.objects.count() == 1


@pytest.mark.parametrize(
    ("identity", "why"),
    [
        (replace(ANN, email_is_verified=False), Refusal.UNVERIFIED),
        (replace(ANN, email=""), Refusal.NO_EMAIL),
        (replace(ANN, email="not an address"), Refusal.NO_EMAIL),
    ],
)
def test_without_a_verified_address_nothing_is_made_or_linked(identity: Identity, why: Refusal) -> None:
    make_user("ann@example.org")
    assert why_not(identity) is why
    assert not SocialAccount.objects.exists()
    assert User.objects.count() == 1


def test_only_the_domains_that_may_be_used_get_in() -> None:
    assert why_not(ANN, domains=("police.example.org",)) is Refusal.DOMAIN
    assert why_not(replace(ANN, email="ann@evil-police.example.org"), domains=("police.example.org",)) is Refusal.DOMAIN
    assert met(replace(ANN, email="ann@Police.example.org"), domains=("police.example.org",)).name == "Ann Other"


def test_a_closed_account_stays_closed_by_subject_and_by_address() -> None:
    person = met()
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert why_not(ANN) is Refusal.CLOSED
    make_user("closed@example.org", is_active=False)
    assert why_not(replace(ANN, subject="another", email="closed@example.org")) is Refusal.CLOSED


def test_a_refusal_is_on_record_and_names_the_account_by_number_only() -> None:
    person = make_user("ann@example.org", name="Ann Other")
    why_not(replace(ANN, email_is_verified=False))
    entry = TrailEntry.objects.get()
    assert (entry.act, entry.thing_id, entry.thing_name) == (
        "account.sign_in_failed",
        person.pk,
        f"account {person.pk}",
    )
    assert entry.detail == {"how": "sso", "why": "unverified"}
    assert entry.actor_id is None


# --- Pages ----------------------------------------------------------------------------------------------------------


def page(client: Client, address: str) -> html.HtmlElement:
    return html.document_fromstring(client.get(address).content.decode())


@pytest.mark.parametrize("address", ["/account/sso/", "/account/sso/answer/", "/account/sso/cancelled/"])
def test_where_no_provider_is_set_there_is_no_way_to_one(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404
    assert not page(client, "/account/sign-in/").xpath("//a[starts-with(@href, '/account/sso/')]")


def test_the_sign_in_page_offers_both_ways(client: Client, settings: Settings) -> None:
    settings.SINGLE_SIGN_ON = PROVIDER
    found = page(client, "/account/sign-in/?next=/papers/")
    links = found.xpath("//main//a[starts-with(@href, '/account/sso/')]")
    assert [(link.text_content(), link.get("href")) for link in links] == [
        ("Sign in with Force ID", "/account/sso/?next=/papers/"),
        ("Sign in with Force ID on your own device", "/account/sso/?own_device=yes&next=/papers/"),
    ]
    assert found.xpath("//input[@name='password']")


def test_an_answer_to_no_question_signs_nobody_in_and_fills_no_trail(client: Client, settings: Settings) -> None:
    settings.SINGLE_SIGN_ON, settings.SOCIALACCOUNT_PROVIDERS = PROVIDER, PROVIDER.providers
    answered = client.get("/account/sso/answer/?state=made-up&code=stolen")
    assert answered.status_code == 401
    assert "You could not be signed in" in answered.content.decode()
    assert "_auth_user_id" not in client.session
    assert not TrailEntry.objects.exists()


def test_without_passwords_only_the_provider_is_left(client: Client, settings: Settings) -> None:
    settings.SINGLE_SIGN_ON, settings.LOCAL_PASSWORDS = PROVIDER, False
    make_user("head@example.org", password=PASSWORD)
    found = page(client, "/account/sign-in/")
    assert found.xpath("//a[starts-with(@href, '/account/sso/')]")
    assert not found.xpath("//input[@type='password']")
    assert client.post("/account/sign-in/", {"login": "head@example.org", "password": PASSWORD}).status_code == 404
    assert authenticate(None, email="head@example.org", password=PASSWORD) is None
    assert "_auth_user_id" not in client.session


def test_without_passwords_none_is_changed_or_offered_to_be(client: Client, settings: Settings) -> None:
    settings.SINGLE_SIGN_ON, settings.LOCAL_PASSWORDS = PROVIDER, False
    client.force_login(make_user())
    assert client.get("/account/password/").status_code == 404
    assert not page(client, "/").xpath("//a[@href='/account/password/']")


def test_with_passwords_the_right_one_is_still_right() -> None:
    person = make_user("head@example.org", password=PASSWORD)
    assert authenticate(None, email="head@example.org", password=PASSWORD) == person
