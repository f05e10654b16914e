"""Meeting somebody whom the provider has let in, and what there is while passwords are switched off."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.contrib.auth import authenticate, login
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from lxml import html  # type: ignore[import-untyped]  # ships no types
from pytest_django import Settings

from config.single_sign_on import SingleSignOn
from organisation import second_factor
from organisation.identity import Identity
from organisation.models import User
from organisation.permissions import roles_anywhere
from organisation.provider_adapter import SEVERAL_FACTORS, ProviderAdapter
from organisation.roles import Role
from organisation.services.single_sign_on import Refusal, Refused, meet
from records.models import Job, TrailEntry
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
    found: User = meet(identity=identity, provider="sso", domains=domains, at=NOW).user
    return found


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


# --- What the sign-in package hands over ------------------------------------------------------------------------------

TOKEN = {
    "iss": PROVIDER.issuer,
    "sub": ANN.subject,
    "nonce": "of this sign-in",
    "email": ANN.email,
    "email_verified": True,
    "name": ANN.name,
}


@pytest.fixture
def request_(rf: RequestFactory, settings: Settings) -> HttpRequest:
    """A request of somebody who comes back from the provider, in a browser of their own."""
    settings.SINGLE_SIGN_ON = PROVIDER
    request = rf.get("/account/sso/answer/")
    request.session = SessionStore()
    request.user = AnonymousUser()
    return request


def come_back(
    request: HttpRequest, *, nonce: str = "of this sign-in", own_device: bool = False, **claims: object
) -> User:
    """Let the package hand over what the provider has said."""
    token = TOKEN | claims
    brought = SocialLogin(account=SocialAccount(provider="sso", uid=str(token["sub"]), extra_data={"id_token": token}))
    brought.state = {"nonce": nonce, "own_device": own_device}
    ProviderAdapter(request).pre_social_login(request, brought)
    assert isinstance(brought.user, User)
    return brought.user


@pytest.mark.parametrize(
    ("methods", "provider_says", "counts"),
    [(["pwd", "mfa"], False, True), (["pwd"], False, False), ([], False, False), (["pwd"], True, True)],
)
def test_the_providers_second_factor_counts_where_it_says_so_or_the_settings_do(
    request_: HttpRequest, settings: Settings, methods: list[str], provider_says: bool, counts: bool
) -> None:
    settings.SINGLE_SIGN_ON = replace(PROVIDER, second_factor=provider_says)
    come_back(request_, amr=methods)
    assert bool(request_.session.get(SEVERAL_FACTORS)) is counts


@pytest.mark.parametrize("complete", [True, False])
def test_it_counts_for_a_sign_in_that_is_complete_and_is_lent_to_nobody_else(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch, complete: bool
) -> None:
    settings.SINGLE_SIGN_ON = PROVIDER
    person = make_user()

    def hand_over(request: HttpRequest, _: str) -> HttpResponse:
        if complete:
            login(request, person, backend="organisation.backends.PasswordBackend")
        request.session[SEVERAL_FACTORS] = True
        return HttpResponse()

    monkeypatch.setattr("organisation.views.single_sign_on.callback", hand_over)
    client.get("/account/sso/answer/")
    assert bool(client.session.get(second_factor.GIVEN)) is complete
    assert SEVERAL_FACTORS not in client.session


@pytest.mark.parametrize("own", [True, False])
def test_what_was_said_about_the_device_is_remembered(request_: HttpRequest, own: bool) -> None:
    come_back(request_, own_device=own)
    assert request_.session["own_device"] is own


def test_no_claim_is_kept_but_the_subject(request_: HttpRequest) -> None:
    come_back(request_)
    link = SocialAccount.objects.get()
    assert (link.provider, link.uid, link.extra_data) == ("sso", ANN.subject, {})


def test_an_answer_to_another_sign_in_ends_here_and_is_on_record(request_: HttpRequest) -> None:
    with pytest.raises(ImmediateHttpResponse) as ended:
        come_back(request_, nonce="of another one")
    assert ended.value.response.status_code == 401
    assert not User.objects.exists()
    assert TrailEntry.objects.get().detail == {"how": "sso", "why": "untrustworthy"}


def test_a_closed_account_is_told_so(request_: HttpRequest) -> None:
    make_user(ANN.email, is_active=False)
    with pytest.raises(ImmediateHttpResponse) as ended:
        come_back(request_)
    assert ended.value.response["Location"] == "/account/closed/"


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


def test_without_passwords_nobody_is_asked_for_the_one_they_had(client: Client, settings: Settings) -> None:
    settings.SINGLE_SIGN_ON, settings.LOCAL_PASSWORDS = PROVIDER, False
    client.force_login(make_user(password=PASSWORD))
    assert client.get("/account/second-factor/app/").status_code == 200
    assert client.get("/account/password/again/").status_code == 403


def test_with_passwords_the_right_one_is_still_right() -> None:
    person = make_user("head@example.org", password=PASSWORD)
    assert authenticate(None, email="head@example.org", password=PASSWORD) == person


@pytest.mark.parametrize(("password", "letters"), [(None, 0), (PASSWORD, 1)])
def test_an_e_mail_is_no_way_around_the_provider(
    client: Client, settings: Settings, password: str | None, letters: int
) -> None:
    settings.SINGLE_SIGN_ON = PROVIDER
    person = make_user("head@example.org", password=password)
    SocialAccount.objects.create(user=person, provider="sso", uid="8f14e45f")
    sent = client.post("/account/password/forgotten/", {"email": person.email}, follow=True)
    assert "Force ID alone has no password here" in sent.content.decode()
    assert Job.objects.filter(arguments__person=person.pk).count() == letters
    assert Job.objects.count() == 1  # the same work for everybody
