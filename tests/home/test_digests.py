"""One e-mail a person and day: who gets one, when, what it says, and what happens to it when something dies."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any

import pytest
from celery import current_app
from django.conf import settings as installed
from django.core import mail
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from assurance.services import mentoring
from home.services import digests
from home.services.digests import ask_for_due, key_of
from organisation.models import User
from organisation.periods import london_day
from organisation.roles import Role
from records.models import Job, JobState, Notice
from records.services import jobs, notices
from records.services.jobs import LeaseLost
from rendering.plain import inert
from tests.factories import assurance as statements
from tests.factories.organisation import LONG_AGO, appoint, make_person, make_unit, make_user
from tests.home.mailserver import MailServer, mail_server

pytestmark = pytest.mark.django_db

SATURDAY = date(2026, 11, 21)
SIX, SEVEN, EIGHT = (datetime(2026, 11, 21, hour, tzinfo=UTC) for hour in (6, 7, 8))
MESSAGE_ID = "Message-ID"
_numbers = count(1)


@pytest.fixture(autouse=True)
def bells(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """The jobs rung for, instead of a broker: these tests do the worker's part themselves."""
    rung: list[list[int]] = []
    monkeypatch.setattr(current_app, "send_task", lambda _task, args, **_: rung.append(args))
    return rung


@pytest.fixture
def at_midnight(settings: Any) -> datetime:
    """Letters are sent from midnight on, so that it is always time; returns a moment before that."""
    settings.DIGEST_AT = time(0)
    return digests.collected_until(london_day(timezone.now())) - timedelta(hours=1)


def tell(
    person: User, line: str = "Look at the boiler.", *, at: datetime = SIX, address: str = "/boilers/1/"
) -> Notice:
    number = next(_numbers)
    with transaction.atomic():
        notices.tell(person=person, kind="boiler.due", line=line, address=address, key=f"boiler:{number}:due", at=at)
    return Notice.objects.get(key=f"boiler:{number}:due")


def asked_for() -> list[int]:
    return list(Job.objects.filter(task=digests.SEND).order_by("id").values_list("arguments__person", flat=True))


def work() -> None:
    """Do what a worker would: every job that waits, one after the other."""
    for job in Job.objects.filter(state=JobState.QUEUED).order_by("id"):
        jobs.perform(job.pk, digests.send)


def send_now() -> None:
    ask_for_due(now=timezone.now())
    work()


# --- When, and to whom ----------------------------------------------------------------------------------------------


def test_letters_are_asked_for_from_seven_on() -> None:
    person = make_person(Role.SPOC)
    tell(person)
    assert ask_for_due(now=SEVEN - timedelta(seconds=1)) == 0
    assert ask_for_due(now=SEVEN) == 1
    assert asked_for() == [person.pk]
    assert Job.objects.get().key == f"digest:2026-11-21:{person.pk}"


def test_a_day_with_a_late_start_has_its_letters_all_the_same() -> None:
    tell(make_person(Role.SPOC))
    assert ask_for_due(now=datetime(2026, 11, 21, 23, 50, tzinfo=UTC)) == 1


@pytest.mark.parametrize(
    ("day", "seven_in_utc"),
    [
        (date(2027, 3, 27), datetime(2027, 3, 27, 7, tzinfo=UTC)),
        (date(2027, 3, 28), datetime(2027, 3, 28, 6, tzinfo=UTC)),  # the clocks go forward that night
        (date(2027, 10, 30), datetime(2027, 10, 30, 6, tzinfo=UTC)),
        (date(2027, 10, 31), datetime(2027, 10, 31, 7, tzinfo=UTC)),  # and back
    ],
)
def test_seven_is_londons_seven_also_when_the_clocks_change(day: date, seven_in_utc: datetime) -> None:
    person = make_person(Role.SPOC)
    tell(person, at=seven_in_utc - timedelta(hours=12))
    assert ask_for_due(now=seven_in_utc - timedelta(seconds=1)) == 0
    assert ask_for_due(now=seven_in_utc) == 1
    assert Job.objects.get().key == key_of(person.pk, day)


@pytest.mark.parametrize("hour", [time(1, 30), time(0)])
def test_an_hour_that_the_clocks_leave_out_or_repeat_gives_one_letter(hour: time, settings: Any) -> None:
    settings.DIGEST_AT = hour
    person = make_person(Role.SPOC)
    for day in (date(2027, 3, 28), date(2027, 10, 31)):
        tell(person, at=datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=3))
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        asked = sum(ask_for_due(now=midnight + timedelta(minutes=minute)) for minute in range(0, 22 * 60, 15))
        assert asked == 1
        Job.objects.update(state=JobState.DONE, finished_at=midnight)


def test_what_is_written_after_the_hour_goes_with_tomorrows_letter() -> None:
    person = make_person(Role.SPOC)
    tell(person, at=SEVEN + timedelta(minutes=1))
    assert ask_for_due(now=EIGHT) == 0
    assert ask_for_due(now=SEVEN + timedelta(days=1)) == 1


def test_only_people_with_an_open_account_and_an_appointment_of_today_get_one() -> None:
    ended, ends_today, begins = make_user(), make_user(), make_user()
    appoint(ended, Role.SPOC, ends_on=SATURDAY - timedelta(days=1))
    appoint(ends_today, Role.SPOC, ends_on=SATURDAY)
    appoint(begins, Role.SPOC, starts_on=SATURDAY + timedelta(days=1))
    closed = make_user(is_active=False)
    appoint(closed, Role.SPOC)
    for person in (ended, ends_today, begins, closed, make_user()):
        tell(person)
    make_person(Role.SPOC)  # nobody told them anything
    ask_for_due(now=EIGHT)
    assert asked_for() == [ends_today.pk]


def test_several_roles_and_many_things_make_one_letter() -> None:
    person = make_person(Role.SPOC)
    appoint(person, Role.SPOC)
    appoint(person, Role.SLT_LEAD)
    appoint(person, Role.SHRMT)
    for _ in range(5):
        tell(person)
    assert ask_for_due(now=EIGHT) == 1
    assert ask_for_due(now=EIGHT) == 0


def test_what_is_four_weeks_old_is_no_news() -> None:
    seven_in_summer_time = datetime(2026, 10, 24, 6, tzinfo=UTC)
    tell(make_person(Role.SPOC), at=seven_in_summer_time)
    recent = make_person(Role.SPOC)
    tell(recent, at=seven_in_summer_time + timedelta(seconds=1))
    ask_for_due(now=EIGHT)
    assert asked_for() == [recent.pk]


def test_without_a_mail_server_nothing_is_asked_for_and_nothing_lost(settings: Any) -> None:
    settings.EMAIL_GOES_OUT = False
    notice = tell(make_person(Role.SPOC))
    assert ask_for_due(now=EIGHT) == 0
    notice.refresh_from_db()
    assert (notice.sent_at, notice.withdrawn_at) == (None, None)


def test_asking_costs_the_same_whatever_the_force(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for _ in range(30):
        tell(make_person(Role.SPOC), at=SEVEN + timedelta(minutes=1))
    with django_assert_num_queries(2):  # the day's jobs; the people with news
        ask_for_due(now=EIGHT)


def test_a_whole_forces_letters_leave_room_for_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digests, "MOST_AT_ONCE", 3)
    for _ in range(5):
        tell(make_person(Role.SPOC))
    assert ask_for_due(now=EIGHT) == 3
    assert ask_for_due(now=EIGHT) == 0
    Job.objects.filter(pk=Job.objects.earliest("pk").pk).update(state=JobState.DONE, finished_at=EIGHT)
    assert ask_for_due(now=EIGHT) == 1


# --- What it says ---------------------------------------------------------------------------------------------------


def test_the_letter_says_how_many_things_there_are_and_links_each(settings: Any) -> None:
    settings.SITE_URL = "https://truelevel.example.org"
    person = make_user("spoc@example.org", name="Sam Spoc")
    first = tell(person, "The statement of Harbour is open. Fill it in.", address="/statements/harbour/2026-27-q3/")
    second = tell(
        person, "Your statement was returned.\nLook at leadership again.", address="/statements/quay/2026-27-q3/"
    )
    message = digests.letter(person, [first, second], day=SATURDAY)
    assert message.subject == "Truelevel: 2 things for you"
    assert message.to == ["spoc@example.org"]
    assert message.message()["From"] == installed.DEFAULT_FROM_EMAIL
    assert message.message()[MESSAGE_ID] == f"<digest.20261121.{person.pk}@truelevel.example.org>"
    assert message.message()["Auto-Submitted"] == "auto-generated"
    assert message.message().get_content_type() == "text/plain"
    assert message.body == (
        "OFFICIAL\n\nSam Spoc,\n\nthere are 2 things for you in Truelevel.\n\n"
        "1. The statement of Harbour is open. Fill it in.\n"
        "   https://truelevel.example.org/statements/harbour/2026-27-q3/\n\n"
        "2. Your statement was returned.\n"
        "   | Look at leadership again.\n"
        "   https://truelevel.example.org/statements/quay/2026-27-q3/\n\n"
        "What waits for you is always on your home page:\nhttps://truelevel.example.org/\n\n"
        "This e-mail comes once a day at most, after 7:00am, and only when there is something new. "
        "Nobody reads answers to it.\n"
    )


def test_one_thing_is_one_thing() -> None:
    message = digests.letter(person := make_user(), [tell(person)], day=SATURDAY)
    assert message.subject == "Truelevel: 1 thing for you"
    assert "there is 1 thing for you" in message.body


def test_a_letter_of_many_things_ends_with_how_many_more_there_are() -> None:
    person = make_user()
    message = digests.letter(person, [tell(person, f"Thing {number}.") for number in range(45)], day=SATURDAY)
    assert message.subject == "Truelevel: 45 things for you"
    assert "40. Thing 39." in message.body
    assert "41." not in message.body
    assert "And 5 more: see your home page." in message.body


def test_what_people_wrote_is_inert() -> None:
    person = make_user(name="Sam\r\nBcc: everybody@example.org\u202e <b>&amp;")
    line = "Returned by A\u202eB.\r\nBcc: x@example.org\x00\x1b[31m\n.\n\u2028\u200b\nDo <b>this</b> & that: 5 > 3"
    message = digests.letter(person, [tell(person, line.replace("\x00", ""))], day=SATURDAY)
    sent = message.message()
    assert set(sent.keys()) == {
        "Content-Type", "MIME-Version", "Content-Transfer-Encoding", "Subject", "From", "To", "Date",
        MESSAGE_ID, "Auto-Submitted", "X-Auto-Response-Suppress",
    }  # fmt: skip
    assert "Sam Bcc: everybody@example.org <b>&amp;,\n" in message.body
    assert (
        "1. Returned by AB.\n   | Bcc: x@example.org[31m\n   | .\n   | Do <b>this</b> & that: 5 > 3\n" in message.body
    )
    assert not set(message.body) & set("\r\x00\x1b\u202e\u2028\u200b")


@pytest.mark.parametrize(
    ("typed", "read"), [(" a \t b\n", "a b"), ("a\u0000\u202eb", "ab"), ("Zoë £5 – “ok”", "Zoë £5 – “ok”")]
)
def test_inert_text_keeps_what_can_be_read(typed: str, read: str) -> None:
    assert inert(typed) == read


def test_who_has_left_a_unit_is_told_nothing_more_of_it(at_midnight: datetime) -> None:
    unit, other = make_unit("Harbour"), make_unit("Quay")
    person = make_person(Role.SPOC, other)
    appoint(person, Role.SPOC, unit, starts_on=LONG_AGO, ends_on=london_day(timezone.now()) - timedelta(days=1))
    quarter = statements.this_quarter().slug
    for each in (unit, other):
        statements.make_statement(each)
        tell(person, f"{each.name} was returned.", at=at_midnight, address=f"/statements/{each.slug}/{quarter}/sign/")
    tell(person, "Something else.", at=at_midnight, address="/nowhere/")
    send_now()
    [message] = mail.outbox
    assert message.subject == "Truelevel: 2 things for you"
    assert "Quay was returned." in message.body
    assert "Harbour" not in message.body
    left = Notice.objects.get(line="Harbour was returned.")
    assert left.sent_at is None
    assert left.withdrawn_at is not None


def test_who_has_left_a_unit_is_told_no_advice_that_it_got_since(at_midnight: datetime) -> None:
    unit, other = make_unit("Harbour"), make_unit("Quay")
    person = make_person(Role.SPOC, other)
    appoint(person, Role.SPOC, unit, starts_on=LONG_AGO, ends_on=london_day(timezone.now()) - timedelta(days=1))
    theme = statements.shipped_edition().themes.get(identity="leadership")
    for each in (unit, other):
        record = mentoring.ask(unit=each, theme=theme, question="How?", by=person, at=at_midnight)
        tell(person, f"Advice for {each.name}.", at=at_midnight, address=f"/mentoring/{record.pk}/")
    send_now()
    [message] = mail.outbox
    assert "Advice for Quay." in message.body
    assert "Harbour" not in message.body


# --- Once, whatever happens -----------------------------------------------------------------------------------------


def test_a_letter_goes_out_once_and_its_notices_are_marked(at_midnight: datetime) -> None:
    person = make_person(Role.SPOC)
    notice = tell(person, at=at_midnight)
    withdrawn = tell(person, "Not true any more.", at=at_midnight)
    with transaction.atomic():
        notices.withdraw(key=withdrawn.key, at=timezone.now())
    before = timezone.now()
    send_now()
    send_now()
    [message] = mail.outbox
    assert message.to == [person.email]
    assert "Not true any more" not in message.body
    notice.refresh_from_db()
    assert notice.sent_at is not None
    assert before <= notice.sent_at <= timezone.now()


def test_a_second_job_of_the_same_day_sends_nothing(at_midnight: datetime) -> None:
    """Two beats may both have seen no job: the second asks when the first one's job has ended already."""
    person = make_person(Role.SPOC)
    tell(person, at=at_midnight)
    now = timezone.now()
    send_now()
    late = tell(person, "It was written in time, and committed late.", at=at_midnight)
    key, day = key_of(person.pk, london_day(now)), london_day(now).isoformat()
    jobs.request(task=digests.SEND, key=key, by=None, at=now, person=person.pk, day=day)
    work()
    assert len(mail.outbox) == 1
    assert Notice.objects.waiting(until=now).get() == late  # for tomorrow's letter


@pytest.mark.django_db(transaction=True)
def test_two_beats_and_two_workers_at_once_send_one_letter_each(at_midnight: datetime) -> None:
    people = [make_person(Role.SPOC) for _ in range(6)]
    for person in people:
        tell(person, at=at_midnight)
        tell(person, "And at the valve.", at=at_midnight)
    together = threading.Barrier(2)

    def at_once(act: Callable[[], object]) -> None:
        def run(_: int) -> None:
            try:
                together.wait(timeout=30)
                act()
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(run, range(2)))

    at_once(lambda: ask_for_due(now=timezone.now()))
    assert sorted(asked_for()) == [person.pk for person in people]
    at_once(work)
    assert sorted(message.to[0] for message in mail.outbox) == sorted(person.email for person in people)
    assert not Notice.objects.filter(sent_at=None).exists()


def test_a_worker_killed_before_the_letter_left_costs_nothing(
    at_midnight: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = make_person(Role.SPOC)
    tell(person, at=at_midnight)
    ask_for_due(now=timezone.now())
    job = Job.objects.get()

    def die(*_: Any, **__: Any) -> None:
        raise LeaseLost  # leaves the row as a killed worker would

    with monkeypatch.context() as patched:
        patched.setattr(EmailMessage, "send", die)
        jobs.perform(job.pk, digests.send)
    assert mail.outbox == []
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    jobs.perform(job.pk, digests.send)
    assert len(mail.outbox) == 1


def test_a_worker_killed_after_the_letter_left_sends_the_same_letter_again(
    at_midnight: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At least once: the second copy says the same under the same Message-ID, so that it can be told for what it is."""
    tell(make_person(Role.SPOC), at=at_midnight)
    ask_for_due(now=timezone.now())
    job = Job.objects.get()
    send = EmailMessage.send

    def send_and_die(message: EmailMessage, *_: Any, **__: Any) -> None:
        send(message)
        raise LeaseLost

    with monkeypatch.context() as patched:
        patched.setattr(EmailMessage, "send", send_and_die)
        jobs.perform(job.pk, digests.send)
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    jobs.perform(job.pk, digests.send)
    first, second = mail.outbox
    assert first.message()[MESSAGE_ID] == second.message()[MESSAGE_ID]
    assert (first.subject, first.body) == (second.subject, second.body)
    send_now()
    assert len(mail.outbox) == 2


# --- A mail server that is not well ---------------------------------------------------------------------------------


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    with mail_server() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", running.port, 5
        yield running


def test_a_real_server_gets_a_well_formed_letter(server: MailServer, at_midnight: datetime) -> None:
    person = make_person(Role.SPOC)
    tell(person, "Zoë returned it: “read §1.8”.\n.\nFrom here on.", at=at_midnight)
    send_now()
    [letter] = server.taken
    assert letter["To"] == person.email
    assert letter["Subject"] == "Truelevel: 1 thing for you"
    assert letter[MESSAGE_ID].startswith("<digest.")
    text = letter.get_content().replace("\r\n", "\n")
    assert "1. Zoë returned it: “read §1.8”.\n   | .\n   | From here on.\n" in text


def test_a_server_that_dies_after_taking_the_letter_gets_the_same_one_again(
    server: MailServer, at_midnight: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Without the pause both tries are of one day, also five minutes before its end.
    monkeypatch.setattr(digests, "FIRST_PAUSE", timedelta(0))
    tell(make_person(Role.SPOC), at=at_midnight)
    server.dies_before_saying_so = True
    send_now()
    job = Job.objects.get()
    assert job.state == JobState.FAILED
    assert "The mail server did not take the e-mail" in job.error
    assert Notice.objects.filter(sent_at=None).exists()
    server.dies_before_saying_so = False
    send_now()
    first, second = server.taken
    assert first[MESSAGE_ID] == second[MESSAGE_ID]
    assert first.get_content() == second.get_content()
    assert not Notice.objects.filter(sent_at=None).exists()


def test_while_the_server_is_away_one_letter_at_a_time_is_tried_and_nothing_is_lost(
    settings: Any, at_midnight: datetime
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nobody listens
    people = [make_person(Role.SPOC) for _ in range(3)]
    tell(people[0], at=at_midnight)
    send_now()
    now = timezone.now()
    assert [*digests.letters_that_wait(now=now)] == [Job.objects.get().error]
    assert "tried again by itself" in Job.objects.get().error
    for person in people[1:]:
        tell(person, at=at_midnight)
    assert ask_for_due(now=now) == 1
    assert asked_for() == [people[0].pk, people[1].pk]  # who was never tried comes first
    assert ask_for_due(now=now) == 0  # until that one has ended
    work()
    assert ask_for_due(now=now) == 1
    work()
    assert ask_for_due(now=now + timedelta(minutes=1)) == 0  # each waits its five minutes
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    for _ in range(3):
        ask_for_due(now=timezone.now() + digests.FIRST_PAUSE)
        work()
    assert sorted(message.to[0] for message in mail.outbox) == sorted(person.email for person in people)
    assert [*digests.letters_that_wait(now=now)] == []


def test_an_address_that_is_never_taken_does_not_stand_in_the_others_way(
    server: MailServer, at_midnight: datetime
) -> None:
    tell(make_person(Role.SPOC), at=at_midnight)
    server.refuses = "550 No such person"
    send_now()
    assert "No such person" in Job.objects.get().error
    server.refuses = ""
    others = [make_person(Role.SPOC) for _ in range(3)]
    for person in others:
        tell(person, at=at_midnight)
    for _ in range(3):
        send_now()
    assert [letter["To"] for letter in server.taken] == [person.email for person in others]


@pytest.mark.parametrize(
    ("failures", "minutes"), [(0, 0), (1, 5), (2, 10), (3, 20), (4, 40), (5, 60), (6, 60), (500, 60)]
)
def test_pauses_double_up_to_an_hour(failures: int, minutes: int) -> None:
    assert digests.pause_after(failures) == timedelta(minutes=minutes)


def test_what_could_not_be_sent_today_is_in_tomorrows_letter(settings: Any) -> None:
    person = make_person(Role.SPOC)
    tell(person)
    tell(person, "Look at the valve.", at=EIGHT)
    assert ask_for_due(now=EIGHT) == 1
    Job.objects.update(state=JobState.FAILED, finished_at=EIGHT, error="It was not taken.")
    assert ask_for_due(now=SEVEN + timedelta(days=1)) == 1
    settings.DIGEST_AT = time(7)
    job = Job.objects.get(state=JobState.QUEUED)
    jobs.perform(job.pk, digests.send)
    [message] = mail.outbox
    assert message.subject == "Truelevel: 2 things for you"


def test_an_address_that_would_begin_a_header_is_refused(at_midnight: datetime) -> None:
    person = make_person(Role.SPOC)
    User.objects.filter(pk=person.pk).update(email="a@example.org\nBcc: b@example.org")
    tell(person, at=at_midnight)
    send_now()
    assert mail.outbox == []
    assert Job.objects.get().state == JobState.FAILED
