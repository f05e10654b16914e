"""Second factors: who needs one, how it is set up, given, and lost."""

from __future__ import annotations

import hashlib
import hmac
import struct
import time
from base64 import b32decode
from typing import TYPE_CHECKING

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from lxml import html  # type: ignore[import-untyped]  # ships no types
from pytest_django import Settings

from organisation.adapters import SecondFactorAdapter
from organisation.models import User
from organisation.roles import Role
from organisation.services import second_factors
from records.models import TrailEntry
from tests.factories.organisation import appoint, make_user

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytestmark = pytest.mark.django_db

PASSWORD = "a long demo password"
SIGN_IN, OVERVIEW, APP = "/account/sign-in/", "/account/second-factor/", "/account/second-factor/app/"
GIVE, CODES, REMOVE = f"{OVERVIEW}give/", f"{OVERVIEW}codes/", f"{APP}remove/"


@pytest.fixture
def head(settings: Settings) -> User:
    settings.SECOND_FACTOR_ROLES = frozenset({Role.HEAD.value})
    person = make_user("head@example.org", password=PASSWORD)
    appoint(person, Role.HEAD)
    return person


@pytest.fixture
def spoc(settings: Settings) -> User:
    settings.SECOND_FACTOR_ROLES = frozenset({Role.HEAD.value})
    person = make_user("spoc@example.org", password=PASSWORD)
    appoint(person, Role.SPOC)
    return person


def code_of(secret: str, at: float | None = None) -> str:
    """The six digits of RFC 6238, worked out here and not by what is tested."""
    counter = struct.pack(">Q", int(time.time() if at is None else at) // 30)
    digest = hmac.new(b32decode(secret), counter, hashlib.sha1).digest()
    start = digest[-1] & 0xF
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def test_the_codes_of_this_test_are_those_of_the_standard() -> None:
    # RFC 6238, appendix B, SHA-1 with the key "12345678901234567890": the last six of the eight digits.
    assert code_of("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", at=59) == "287082"


def sign_in(client: Client, person: User) -> Answer:
    return client.post(SIGN_IN, {"login": person.email, "password": PASSWORD})


def page(answer: Answer) -> html.HtmlElement:
    return html.document_fromstring(answer.content.decode())


def set_up_app(client: Client) -> str:
    """Set up an authenticator app as somebody signed in; return its secret."""
    secret = str(page(client.get(APP)).xpath("string(//*[@id='secret'])"))
    assert client.post(APP, {"code": code_of(secret)}).headers["Location"] == CODES
    return secret


def codes_shown(client: Client) -> list[str]:
    return [str(code) for code in page(client.get(CODES)).xpath("//main//li/code/text()")]


def fresh() -> None:
    """Forget which codes have been used and how often was tried, as half a minute and five would."""
    cache.clear()


def test_whoever_needs_one_is_led_to_set_it_up_and_then_goes_on(client: Client, head: User) -> None:
    sign_in(client, head)
    led = client.get("/model/targets/")
    assert led.headers["Location"] == f"{OVERVIEW}?next=/model/targets/"
    assert page(client.get(led.headers["Location"])).xpath("//h1/text()") == ["Set up a second factor"]
    set_up_app(client)
    shown = page(client.get(CODES))
    assert shown.xpath("//a[normalize-space()='Continue']/@href") == ["/model/targets/"]
    assert client.get("/model/targets/").status_code == 200


def test_nothing_is_done_before_and_typed_text_is_given_back(client: Client, head: User) -> None:
    sign_in(client, head)
    answer = client.post("/model/targets/new/", {"reason": "Words that took an hour to write."})
    assert answer.status_code == 403
    assert "Words that took an hour to write." in answer.content.decode()
    assert client.get("/", headers={"HX-Request": "true"}).status_code == 403
    assert client.post("/account/sign-out/").status_code == 302


def test_whoever_needs_none_is_asked_for_none_and_may_have_one(client: Client, spoc: User) -> None:
    sign_in(client, spoc)
    assert client.get("/").status_code == 200
    set_up_app(client)
    client.post("/account/sign-out/")
    fresh()
    assert sign_in(client, spoc).headers["Location"] == GIVE


def test_a_role_that_needs_one_counts_from_the_day_it_is_held(client: Client, spoc: User) -> None:
    sign_in(client, spoc)
    assert client.get("/").status_code == 200
    appoint(spoc, Role.HEAD)
    assert client.get("/").headers["Location"].startswith(OVERVIEW)


def test_signing_in_takes_the_password_and_the_code(client: Client, head: User) -> None:
    sign_in(client, head)
    secret = set_up_app(client)
    client.post("/account/sign-out/")
    fresh()
    assert sign_in(client, head).headers["Location"] == GIVE
    assert client.get("/").status_code == 302  # the password alone opens nothing
    client.post(GIVE, {"code": code_of(secret)})
    assert client.get("/").status_code == 200
    assert TrailEntry.objects.filter(act="account.signed_in").latest("pk").detail == {"how": "password+app"}


def test_a_wrong_code_is_refused_with_advice_and_put_on_record(client: Client, head: User) -> None:
    sign_in(client, head)
    secret = set_up_app(client)
    client.post("/account/sign-out/")
    sign_in(client, head)
    wrong = f"{(int(code_of(secret)) + 1) % 1_000_000:06}"
    refused = page(client.post(GIVE, {"code": wrong}))
    assert "That code is not right" in refused.xpath("string(//*[@data-module='govuk-error-summary'])")
    assert TrailEntry.objects.latest("pk").detail == {"why": "code"}
    assert client.get("/").status_code == 302


def test_a_code_opens_once(client: Client, head: User) -> None:
    sign_in(client, head)
    secret = set_up_app(client)
    fresh()
    code = code_of(secret)
    for expected in (200, 302):
        other = Client()
        sign_in(other, head)
        other.post(GIVE, {"code": code})
        assert other.get("/").status_code == expected


def test_codes_cannot_be_tried_out(client: Client, head: User) -> None:
    sign_in(client, head)
    secret = set_up_app(client)
    fresh()
    thief = Client()
    sign_in(thief, head)
    for number in range(6):
        thief.post(GIVE, {"code": f"{(int(code_of(secret)) + 7 + number) % 1_000_000:06}"})
    assert TrailEntry.objects.latest("pk").detail == {"why": "limit"}
    thief.post(GIVE, {"code": code_of(secret)})
    assert thief.get("/").status_code == 302


def test_a_recovery_code_takes_the_place_of_the_app_once(client: Client, head: User) -> None:
    sign_in(client, head)
    set_up_app(client)
    codes = codes_shown(client)
    assert len(set(codes)) == 10
    for expected in (200, 302):
        other = Client()
        sign_in(other, head)
        other.post(GIVE, {"code": codes[0]})
        assert other.get("/").status_code == expected
    assert codes[0] not in codes_shown(client)
    assert TrailEntry.objects.filter(act="account.signed_in").latest("pk").detail == {"how": "password+recovery-code"}


def test_new_recovery_codes_replace_the_ones_so_far(client: Client, head: User) -> None:
    sign_in(client, head)
    set_up_app(client)
    before = codes_shown(client)
    client.post(f"{CODES}new/")
    after = codes_shown(client)
    assert not set(before) & set(after)
    downloaded = client.get(f"{CODES}file/")
    assert downloaded.headers["Content-Type"].startswith("text/plain")
    assert [line for line in downloaded.content.decode().splitlines() if line.isdigit()] == after
    kinds = TrailEntry.objects.filter(act="account.second_factor_added").order_by("pk")
    assert [entry.detail["kind"] for entry in kinds] == ["app", "recovery-codes"]


def test_the_last_factor_of_a_role_that_needs_one_stays(client: Client, head: User) -> None:
    sign_in(client, head)
    set_up_app(client)
    refused = client.post(REMOVE)
    assert "your only one" in refused.content.decode()
    assert Authenticator.objects.filter(user=head, type="totp").exists()


def test_whoever_needs_none_can_remove_theirs_and_the_recovery_codes_go_with_it(client: Client, spoc: User) -> None:
    sign_in(client, spoc)
    set_up_app(client)
    client.post(REMOVE)
    assert not Authenticator.objects.filter(user=spoc).exists()
    entry = TrailEntry.objects.get(act="account.second_factor_removed")
    assert (entry.actor_id, entry.detail) == (spoc.pk, {"kind": "app"})


def test_a_factor_taken_away_by_an_administrator_ends_the_sessions(client: Client, head: User) -> None:
    administrator = make_user()
    sign_in(client, head)
    set_up_app(client)
    assert second_factors.take_away(person=head, by=administrator, at=timezone.now())
    assert client.get("/account/").status_code == 302
    sign_in(client, head)
    assert client.get("/").headers["Location"].startswith(OVERVIEW)
    entry = TrailEntry.objects.get(act="account.second_factor_removed")
    assert (entry.actor_id, entry.thing_id, entry.detail) == (administrator.pk, head.pk, {"kind": "all"})
    assert not second_factors.take_away(person=head, by=administrator, at=timezone.now())


def test_another_session_must_give_the_factor_that_was_set_up_meanwhile(client: Client, head: User) -> None:
    other = Client()
    sign_in(other, head)
    sign_in(client, head)
    secret = set_up_app(client)
    fresh()
    asked = other.get("/").headers["Location"]
    assert asked.startswith(f"{OVERVIEW}again/")
    assert other.post(asked, {"code": code_of(secret)}).headers["Location"] == "/"
    assert other.get("/").status_code == 200


@pytest.mark.parametrize("address", [OVERVIEW, CODES, f"{CODES}file/", f"{OVERVIEW}passkeys/", APP])
def test_a_session_without_the_factor_neither_adds_one_nor_sees_recovery_codes(
    client: Client, head: User, address: str
) -> None:
    thief = Client()  # who has the password, and signed in before there was a factor
    sign_in(thief, head)
    sign_in(client, head)
    set_up_app(client)
    assert thief.get(address).headers["Location"].startswith(f"{OVERVIEW}again/")
    assert thief.post(address, {}).status_code == 403


def test_a_factor_that_is_removed_counts_no_longer_in_the_session_that_gave_it(client: Client, spoc: User) -> None:
    sign_in(client, spoc)
    secret = set_up_app(client)
    client.post("/account/sign-out/")
    fresh()
    sign_in(client, spoc)
    client.post(GIVE, {"code": code_of(secret)})
    assert client.post(REMOVE).status_code == 302
    assert not Authenticator.objects.filter(user=spoc).exists()
    appoint(spoc, Role.HEAD)
    assert client.get("/").headers["Location"].startswith(OVERVIEW)


def test_security_is_changed_by_somebody_who_has_just_proved_who_they_are(client: Client, spoc: User) -> None:
    sign_in(client, spoc)
    assert client.get(APP).status_code == 200
    session = client.session
    session["began"] -= 301
    session.save()
    asked = client.get(APP).headers["Location"]
    assert asked == f"/account/password/again/?next={APP.replace('/', '%2F')}"
    assert client.post(asked, {"password": "wrong"}).status_code == 200
    assert client.get(APP).status_code == 302
    assert client.post(asked, {"password": PASSWORD}).headers["Location"] == APP
    assert client.get(APP).status_code == 200


def test_pictures_from_the_page_itself_are_let_in_on_one_page_only(client: Client, spoc: User) -> None:
    sign_in(client, spoc)

    def images(address: str) -> str:
        policy = client.get(address).headers["Content-Security-Policy"]
        return next(part.strip() for part in policy.split(";") if part.strip().startswith("img-src"))

    assert images(APP) == "img-src 'self' data:"
    assert images(OVERVIEW) == "img-src 'self'"
    (picture,) = page(client.get(APP)).xpath("//main//img")
    assert picture.get("src").startswith("data:image/svg+xml;base64,")
    assert picture.get("alt")


def test_secrets_are_not_to_be_read_from_the_database(client: Client, spoc: User, settings: Settings) -> None:
    sign_in(client, spoc)
    secret = set_up_app(client)
    stored = Authenticator.objects.get(user=spoc, type="totp").data["secret"]
    assert secret not in stored
    assert SecondFactorAdapter().decrypt(stored) == secret
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another one, long enough"
    assert SecondFactorAdapter().decrypt(stored) == secret
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(InvalidToken):
        SecondFactorAdapter().decrypt(stored)


def test_a_passkey_that_is_none_is_refused_and_put_on_record(client: Client, head: User) -> None:
    sign_in(client, head)
    set_up_app(client)
    client.post("/account/sign-out/")
    sign_in(client, head)
    client.get(GIVE)
    assert client.post(GIVE, {"credential": '{"id": "made up"}'}).status_code == 200
    assert TrailEntry.objects.latest("pk").detail == {"why": "passkey"}
    nobody = Client()
    answer = nobody.post(f"{OVERVIEW}passkeys/sign-in/", {"credential": '{"id": "made up"}'}, follow=True)
    assert "No account here knows that passkey" in answer.content.decode()
    assert "_auth_user_id" not in nobody.session


def test_the_account_page_says_how_one_signs_in(client: Client, head: User) -> None:
    sign_in(client, head)
    set_up_app(client)
    text = " ".join(page(client.get("/account/")).xpath("string(//main)").split())
    assert "head@example.org" in text
    assert "Head of Safety, Health and Wellbeing" in text
    assert "Authenticator app" in text
    assert "Here only" in text


def test_an_administrator_helps_somebody_else_and_nobody_themselves(client: Client, head: User) -> None:
    administrator = make_user("administrator@example.org", password=PASSWORD)
    appoint(administrator, Role.ADMINISTRATOR)
    sign_in(client, head)
    set_up_app(client)
    desk = Client()
    desk.force_login(administrator)
    address = f"/people/{head.pk}/second-factor/"
    assert page(desk.get(address)).xpath(f"//main//form[@action='{address}']")
    desk.post(address)
    assert not Authenticator.objects.filter(user=head).exists()
    assert not page(desk.get(address)).xpath(f"//main//form[@action='{address}']")
    assert desk.post(f"/people/{administrator.pk}/second-factor/").headers["Location"] == OVERVIEW
    assert client.post(address).status_code == 302  # signed out by it
