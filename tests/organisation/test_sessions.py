"""How long somebody stays signed in: some hours in all, and less where nobody uses the session."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from lxml import html  # type: ignore[import-untyped]  # ships no types
from pytest_django import Settings

from organisation import sessions
from organisation.models import User
from organisation.roles import Role
from records.models import TrailEntry
from tests.factories.organisation import appoint, make_user

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytestmark = pytest.mark.django_db

PASSWORD = "a long demo password"
HOUR = 3600


@pytest.fixture
def person() -> User:
    person = make_user("head@example.org", name="The Head", password=PASSWORD)
    appoint(person, Role.HEAD)
    return person


@pytest.fixture
def signed_in(client: Client, person: User) -> Client:
    sign_in(client, person)
    return client


def sign_in(client: Client, person: User, agent: str = "") -> None:
    details = {"login": person.email, "password": PASSWORD}
    assert client.post("/account/sign-in/", details, headers={"user-agent": agent}).status_code == 302


def is_signed_in(client: Client) -> bool:
    return client.get("/").status_code == 200


def let_pass(client: Client, *, since_sign_in: int, since_use: int) -> None:
    """Move a session's two moments into the past, as if so many seconds had passed."""
    session = client.session
    session[sessions.BEGAN] -= since_sign_in
    session[sessions.SEEN] -= since_use
    session.save()


def seconds_left(answer: Answer) -> int:
    return int(
        html.document_fromstring(answer.content.decode()).xpath("//*[@id='session-warning']/@data-seconds-left")[0]
    )


@pytest.mark.parametrize(
    ("since_sign_in", "since_use", "goes_on"),
    [
        (12 * HOUR - 60, 60, True),
        (12 * HOUR + 1, 60, False),
        (2 * HOUR, HOUR - 60, True),
        (2 * HOUR, HOUR + 1, False),
    ],
)
def test_a_session_ends_after_twelve_hours_or_an_hour_without_use(
    signed_in: Client, since_sign_in: int, since_use: int, goes_on: bool
) -> None:
    let_pass(signed_in, since_sign_in=since_sign_in, since_use=since_use)
    assert is_signed_in(signed_in) is goes_on


def test_both_limits_are_settings(signed_in: Client, settings: Settings) -> None:
    settings.SESSION_IDLE_SECONDS = 600
    let_pass(signed_in, since_sign_in=700, since_use=601)
    assert not is_signed_in(signed_in)


def test_a_session_that_has_ended_leaves_no_row_to_come_back_to(signed_in: Client) -> None:
    key = signed_in.session.session_key or ""
    let_pass(signed_in, since_sign_in=13 * HOUR, since_use=0)
    signed_in.get("/")
    assert not signed_in.session.exists(key)


def test_text_sent_with_an_ended_session_is_given_back(signed_in: Client) -> None:
    let_pass(signed_in, since_sign_in=13 * HOUR, since_use=13 * HOUR)
    answer = signed_in.post("/model/targets/new/", {"reason": "Words that took an hour to write."})
    assert answer.status_code == 403
    assert "Words that took an hour to write." in answer.content.decode()


def test_using_the_service_puts_the_end_off_and_never_beyond_the_hours(signed_in: Client) -> None:
    let_pass(signed_in, since_sign_in=2 * HOUR, since_use=HOUR // 2)
    signed_in.get("/")
    assert HOUR - 10 <= seconds_left(signed_in.get("/")) <= HOUR
    let_pass(signed_in, since_sign_in=int(9.5 * HOUR), since_use=0)
    assert HOUR // 2 - 10 <= seconds_left(signed_in.get("/")) <= HOUR // 2


def test_a_use_is_written_down_once_a_minute_at_most(signed_in: Client) -> None:
    seen = signed_in.session[sessions.SEEN]
    let_pass(signed_in, since_sign_in=30, since_use=30)
    signed_in.get("/")
    assert signed_in.session[sessions.SEEN] == seen - 30
    let_pass(signed_in, since_sign_in=40, since_use=40)
    signed_in.get("/")
    assert signed_in.session[sessions.SEEN] >= seen


@pytest.mark.parametrize(
    "address",
    [
        "/statements/nowhere/2026-27-q3/presence/",
        "/roll-ups/nowhere/2026-27-h1/progress/",
        "/papers/1/progress/",
    ],
)
def test_what_a_page_asks_for_by_itself_keeps_nobody_signed_in(signed_in: Client, address: str) -> None:
    let_pass(signed_in, since_sign_in=HOUR, since_use=HOUR // 2)
    seen = signed_in.session[sessions.SEEN]
    answer = signed_in.post(address, headers={"HX-Request": "true"})
    assert signed_in.session[sessions.SEEN] == seen
    assert HOUR // 2 - 10 <= int(answer.headers["Session-Lasts"]) <= HOUR // 2


def test_staying_is_one_press_and_every_fragment_says_how_long_is_left(signed_in: Client) -> None:
    let_pass(signed_in, since_sign_in=HOUR, since_use=50 * 60)
    answer = signed_in.post("/account/stay/", headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert HOUR - 10 <= int(answer.headers["Session-Lasts"]) <= HOUR
    assert answer.headers["Session-May-Stay"] == "yes"


def test_near_the_last_hour_a_page_says_that_staying_does_not_help(signed_in: Client) -> None:
    let_pass(signed_in, since_sign_in=int(11.9 * HOUR), since_use=0)
    answer = signed_in.post("/account/stay/", headers={"HX-Request": "true"})
    assert answer.headers["Session-May-Stay"] == "no"
    page = html.document_fromstring(signed_in.get("/").content.decode())
    assert page.xpath("//*[@id='session-warning']/@data-may-stay") == ["no"]


def test_without_scripts_staying_leads_to_the_first_page(signed_in: Client) -> None:
    assert signed_in.post("/account/stay/").headers["Location"] == "/"


def test_when_a_session_was_last_used_is_a_moment() -> None:
    assert sessions.seen_at({sessions.SEEN: 0}) == datetime(1970, 1, 1, tzinfo=UTC)
    assert sessions.seen_at({}) is None
    assert not sessions.has_ended({})
    assert sessions.has_ended({sessions.BEGAN: time.time(), sessions.SEEN: 0})


# --- The list of sessions -----------------------------------------------------------------------------------------

LIST = "/account/sessions/"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile Safari/604.1"


def listed(client: Client) -> list[str]:
    page = html.document_fromstring(client.get(LIST).content.decode())
    return [str(cell.text_content()).strip() for cell in page.xpath("//tbody//th")]


def test_everybody_sees_where_they_are_signed_in(client: Client, person: User) -> None:
    sign_in(client, person, EDGE)
    sign_in(Client(), person, PHONE)
    sign_in(Client(), make_user("other@example.org", password=PASSWORD), "Firefox/128.0 Linux")
    assert listed(client) == ["Safari on an iPhone", "Edge on Windows"]


def test_a_session_that_nobody_has_used_for_too_long_is_not_listed(client: Client, person: User) -> None:
    sign_in(client, person, EDGE)
    other = Client()
    sign_in(other, person, PHONE)
    let_pass(other, since_sign_in=2 * HOUR, since_use=2 * HOUR)
    assert listed(client) == ["Edge on Windows"]


def test_ending_a_session_signs_that_browser_out_at_once_and_is_put_on_record(client: Client, person: User) -> None:
    phone, laptop = Client(), Client()
    sign_in(phone, person, PHONE)
    sign_in(laptop, person, "")
    sign_in(client, person, EDGE)
    page = html.document_fromstring(client.get(LIST).content.decode())
    laptop_button, phone_button = page.xpath("//tbody//button/@value")
    assert client.post(LIST, {"session": phone_button}).status_code == 302
    assert not is_signed_in(phone)
    assert is_signed_in(laptop)
    assert is_signed_in(client)
    entry = TrailEntry.objects.get(act="session.revoked")
    assert (entry.actor_id, entry.thing_id) == (person.pk, person.pk)
    client.post(LIST, {"session": laptop_button})
    assert not is_signed_in(laptop)


def test_all_others_end_by_one_button_and_this_one_does_not(client: Client, person: User) -> None:
    others = [Client(), Client()]
    for other in others:
        sign_in(other, person)
    sign_in(client, person)
    client.post(LIST, {"session": "others"})
    assert [is_signed_in(other) for other in others] == [False, False]
    assert is_signed_in(client)
    assert TrailEntry.objects.filter(act="session.revoked").count() == 2


def test_nobody_ends_somebody_elses_session(client: Client, person: User) -> None:
    stranger = Client()
    sign_in(stranger, make_user("other@example.org", password=PASSWORD))
    page = html.document_fromstring(stranger.get(LIST).content.decode())
    assert not page.xpath("//tbody//button")
    theirs = stranger.session.session_key or ""
    sign_in(client, person)
    for number in range(1, 50):
        client.post(LIST, {"session": str(number)})
    assert stranger.session.exists(theirs)
