"""The private link to a person's dates: made once, kept as a digest, stopped at once."""

from __future__ import annotations

import hashlib
import threading
from base64 import urlsafe_b64decode
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from organisation.models import CalendarLink, User
from organisation.services import calendars
from organisation.services.calendars import LinkChanged
from records.models import TrailEntry
from tests.factories.organisation import make_user

pytestmark = pytest.mark.django_db


def make(person: User, instead_of: int | None = None) -> str:
    return calendars.make_link(person=person, instead_of=instead_of, at=timezone.now())


def acts() -> list[str]:
    return list(TrailEntry.objects.values_list("act", flat=True))


def test_a_link_opens_its_persons_feed_and_is_kept_as_a_digest() -> None:
    person = make_user()
    secret = make(person)
    assert calendars.person_of(secret) == person
    assert len(urlsafe_b64decode(f"{secret}=")) * 8 == 256
    link = CalendarLink.objects.get()
    assert link.token_digest == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in repr(vars(link))
    assert secret not in repr(list(TrailEntry.objects.values()))
    assert acts() == ["calendar-link.made"]
    assert TrailEntry.objects.get().actor == person


def test_a_new_link_stops_the_old_one_at_once() -> None:
    person = make_user()
    old = make(person)
    new = make(person, CalendarLink.objects.get().pk)
    assert old != new
    assert calendars.person_of(old) is None
    assert calendars.person_of(new) == person
    assert acts() == ["calendar-link.made", "calendar-link.stopped", "calendar-link.made"]


def test_a_stopped_link_opens_nothing_and_stopping_twice_is_one_act() -> None:
    person = make_user()
    secret = make(person)
    assert calendars.revoke_link(person=person, at=timezone.now())
    assert not calendars.revoke_link(person=person, at=timezone.now())
    assert calendars.person_of(secret) is None
    assert acts() == ["calendar-link.made", "calendar-link.stopped"]


def test_a_closed_account_and_an_unknown_secret_open_nothing() -> None:
    person = make_user()
    secret = make(person)
    assert calendars.person_of(secret[:-1]) is None
    assert calendars.person_of("") is None
    assert calendars.person_of(CalendarLink.objects.get().token_digest) is None
    User.objects.update(is_active=False)
    assert calendars.person_of(secret) is None


def test_one_persons_link_is_nothing_to_another() -> None:
    first, second = make_user(), make_user()
    secret = make(first)
    make(second)
    calendars.revoke_link(person=second, at=timezone.now())
    assert calendars.person_of(secret) == first


def test_a_form_sent_twice_makes_one_link() -> None:
    person = make_user()
    make(person)
    with pytest.raises(LinkChanged):
        make(person)
    with pytest.raises(LinkChanged):
        make(person, instead_of=CalendarLink.objects.get().pk + 1)
    assert CalendarLink.objects.count() == 1


def test_the_database_holds_one_link_in_force_and_no_plain_secret() -> None:
    person = make_user()
    make(person)
    with pytest.raises(IntegrityError, match="one_calendar_link_per_person"), transaction.atomic():
        CalendarLink.objects.create(person=person, token_digest="0" * 64, created_at=timezone.now())
    with pytest.raises(IntegrityError, match="calendar_link_kept_as_a_digest"), transaction.atomic():
        CalendarLink.objects.create(person=make_user(), token_digest="plain", created_at=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_two_requests_at_once_make_one_link() -> None:
    person = make_user()
    together = threading.Barrier(2)

    def make_one(_: int) -> str | None:
        try:
            together.wait(timeout=30)
            return make(person)
        except LinkChanged:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        secrets = [secret for secret in pool.map(make_one, range(2)) if secret]
    assert len(secrets) == 1
    assert calendars.person_of(secrets[0]) == person
