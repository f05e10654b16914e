"""Forgotten passwords and invitations: a link by e-mail, made by the worker, good once and for three days."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core import mail
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from lxml import html  # type: ignore[import-untyped]  # ships no types
from pytest_django import Settings

from organisation.models import User
from organisation.services import accounts, forgetting, letters
from organisation.services.invitations import invite
from organisation.tasks import send_letter
from records.models import Job, JobState, TrailEntry
from tests.factories.organisation import make_user

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytestmark = pytest.mark.django_db

ASK, SIGN_IN = "/account/password/forgotten/", "/account/sign-in/"
PASSWORD, NEW = "a long demo password", "four words that do not meet"


@pytest.fixture
def person() -> User:
    return make_user("person@example.org", name="Robin Examplesson", password=PASSWORD)


def worker() -> None:
    """Do what waits, as the worker would."""
    for job in Job.objects.filter(task=letters.SEND, state=JobState.QUEUED).order_by("pk"):
        send_letter(job.pk)


def link_sent(client: Client, address: str) -> str:
    """Ask for a link as somebody who has forgotten their password; return it from the e-mail, without the host."""
    client.post(ASK, {"email": address})
    worker()
    found = re.search(r"https?://[^/]+(/account/password/new/\S+)", str(mail.outbox[-1].body))
    assert found, mail.outbox[-1].body
    return found[1]


def opened(client: Client, link: str) -> Answer:
    return client.get(link, follow=True)


def heading(answer: Answer) -> str:
    return str(html.document_fromstring(answer.content.decode()).xpath("string(//h1)"))


def choose(client: Client, link: str, password: str = NEW) -> Answer:
    form = opened(client, link)
    address = html.document_fromstring(form.content.decode()).xpath("string(//main//form/@action)")
    return client.post(address, {"password1": password, "password2": password}, follow=True)


def can_sign_in(password: str) -> bool:
    return Client().post(SIGN_IN, {"login": "person@example.org", "password": password}).status_code == 302


def test_whoever_opens_the_link_chooses_a_password_and_signs_in_with_it(client: Client, person: User) -> None:
    link = link_sent(client, "Person@Example.org")
    assert heading(choose(client, link)) == "Your password is set"
    assert can_sign_in(NEW)
    assert not can_sign_in(PASSWORD)
    entry = TrailEntry.objects.get(act="account.password_reset")
    assert (entry.actor_id, entry.thing_id) == (person.pk, person.pk)


@pytest.mark.usefixtures("person")
def test_the_letter_goes_to_the_address_of_the_account_alone(client: Client) -> None:
    link_sent(client, "PERSON@example.org")
    (letter,) = mail.outbox
    assert letter.to == ["person@example.org"]
    assert letter.subject == "Choose a new password for Truelevel"
    assert letter.extra_headers["Auto-Submitted"] == "auto-generated"


def test_a_password_chosen_anew_ends_every_session(client: Client, person: User) -> None:
    thief = Client()
    thief.post(SIGN_IN, {"login": person.email, "password": PASSWORD})
    assert thief.get("/").status_code == 200
    choose(client, link_sent(client, person.email))
    assert thief.get("/").status_code == 302


def test_a_link_works_once(client: Client, person: User) -> None:
    link = link_sent(client, person.email)
    choose(client, link)
    assert heading(opened(Client(), link)) == "This link works no more"


def test_a_link_works_for_three_days(client: Client, person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    link, sent = link_sent(client, person.email), timezone.localtime().replace(tzinfo=None)

    def days_later(days: float) -> str:
        monkeypatch.setattr(PasswordResetTokenGenerator, "_now", lambda _: sent + timedelta(days=days))
        return heading(opened(Client(), link))

    assert days_later(2.99) == "Choose a password"
    assert days_later(3.01) == "This link works no more"


def test_a_link_made_up_or_of_somebody_else_opens_nothing(client: Client, person: User) -> None:
    link = link_sent(client, person.email)
    other = make_user("other@example.org", password=PASSWORD)
    assert heading(opened(Client(), re.sub(r"new/\w+-", f"new/{other.pk}-", link))) == "This link works no more"
    assert heading(opened(Client(), "/account/password/new/zz-made-up/")) == "This link works no more"


def test_a_link_stops_where_the_account_has_another_address_by_now(client: Client, person: User) -> None:
    link = link_sent(client, person.email)
    User.objects.filter(pk=person.pk).update(email="moved@example.org")
    assert heading(opened(client, link)) == "This link works no more"


def test_the_secret_of_a_link_stands_in_no_page_address_and_in_no_job(client: Client, person: User) -> None:
    link = link_sent(client, person.email)
    secret = link.rstrip("/").rpartition("/")[2]
    assert secret not in str(opened(client, link).request["PATH_INFO"])
    assert secret.partition("-")[2] not in str(list(Job.objects.values()))


def test_a_password_that_is_too_easy_is_refused_with_advice(client: Client, person: User) -> None:
    refused = choose(client, link_sent(client, person.email), "password1234")
    assert heading(refused) == "Choose a password"
    assert html.document_fromstring(refused.content.decode()).xpath("//*[@data-module='govuk-error-summary']")
    assert can_sign_in(PASSWORD)


@pytest.mark.parametrize("address", ["nobody@example.org", "closed@example.org"])
def test_the_answer_and_the_work_are_the_same_for_every_address(client: Client, person: User, address: str) -> None:
    make_user("closed@example.org", password=PASSWORD, is_active=False)

    def asked(whom: str) -> tuple[str, list[str]]:
        with CaptureQueriesContext(connection) as captured:
            page = client.post(ASK, {"email": whom}, follow=True).content.decode()
        tables = [re.sub(r"[\d'].*", "", query["sql"]) for query in captured if "cache" not in query["sql"]]
        return page.partition("<main")[2], tables

    assert asked(address) == asked(person.email)
    worker()
    assert [letter.to for letter in mail.outbox] == [[person.email]]


def test_asking_too_often_is_stopped_whether_or_not_there_is_an_account(client: Client, person: User) -> None:
    for address in (person.email, "nobody@example.org"):
        answers = [client.post(ASK, {"email": address}).status_code for _ in range(6)]
        assert answers == [302] * 5 + [429]


def test_an_installation_without_e_mail_says_whom_to_ask(client: Client, settings: Settings) -> None:
    settings.EMAIL_GOES_OUT = False
    page = html.document_fromstring(client.get(ASK).content.decode())
    assert not page.xpath("//main//form")
    assert "Ask whoever manages accounts" in page.xpath("string(//main)")


def test_somebody_invited_chooses_their_own_password(client: Client) -> None:
    administrator = make_user(name="Administrator")
    person = make_user("person@example.org", name="Robin\r\nBcc: all@example.org")
    invite(person=person, by=administrator, at=timezone.now())
    worker()
    (letter,) = mail.outbox
    assert letter.subject == "Choose a password for Truelevel"
    assert "Hello Robin Bcc: all@example.org," in str(letter.body)
    assert "for 3 days" in str(letter.body)
    link = re.search(r"https?://[^/]+(/account/password/new/\S+)", str(letter.body))
    assert link
    choose(client, link[1])
    assert can_sign_in(NEW)
    assert TrailEntry.objects.get(act="account.invited").actor_id == administrator.pk


def test_a_mail_server_that_is_away_fails_the_job_with_a_reason(
    client: Client, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: EmailMessage) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailMessage, "send", away)
    client.post(ASK, {"email": person.email})
    worker()
    job = Job.objects.get(task=letters.SEND)
    assert job.state == JobState.FAILED
    assert "did not take the e-mail (ConnectionRefusedError)" in job.error


@pytest.mark.parametrize("kind", sorted(letters.SUBJECTS))
def test_every_letter_says_what_to_do_and_hides_no_markup(kind: str, person: User) -> None:
    person.name = "Robin <b>O'Examplesson</b>"
    letter = letters.letter(kind, person, at=timezone.now())
    assert letter.subject == letters.SUBJECTS[kind]
    assert "Robin <b>O'Examplesson</b>" in str(letter.body)  # plain text: nothing is escaped, nothing is markup
    assert "http://127.0.0.1" in str(letter.body)
    assert "{" not in str(letter.body)


def test_somebody_is_told_that_their_password_was_changed(client: Client, person: User) -> None:
    client.force_login(person)
    client.post("/account/password/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    worker()
    assert [(letter.subject, letter.to) for letter in mail.outbox] == [
        ("Your Truelevel password was changed", ["person@example.org"])
    ]


def change_address(person: User) -> None:
    accounts.change(person=person, name=person.name, email="new@example.org", by=make_user(), at=timezone.now())


def test_the_address_so_far_is_told_that_another_has_taken_its_place(person: User) -> None:
    change_address(person)
    worker()
    assert [(letter.subject, letter.to) for letter in mail.outbox] == [
        ("Your Truelevel account has another e-mail address", ["person@example.org"])
    ]
    assert Job.objects.get(task=letters.SEND).arguments == {"kind": "address-changed", "person": person.pk}


def test_an_earlier_address_waits_in_no_letter_once_the_person_is_removed(person: User) -> None:
    change_address(person)
    forgetting.person(person=User.objects.get(pk=person.pk), at=timezone.now())
    assert not Job.objects.filter(task=letters.SEND).exists()
