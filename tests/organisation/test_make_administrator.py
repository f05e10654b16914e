"""The command that makes the first administrator."""

from __future__ import annotations

import re

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from organisation.models import User
from organisation.permissions import can_manage_people
from organisation.roles import Role
from records.models import TrailEntry
from tests.factories.organisation import appoint, make_user

pytestmark = pytest.mark.django_db


def test_the_first_administrator_gets_a_link_to_choose_a_password(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("make_administrator", "first@example.org", "First Administrator")
    person = User.objects.get(email="first@example.org")
    assert can_manage_people(person)
    link = re.search(r"https?://[^/\s]+(/\S+)", capsys.readouterr().out)
    assert link is not None
    assert Client().get(link[1], follow=True).status_code == 200
    assert set(TrailEntry.objects.filter(actor=None).values_list("act", flat=True)) == {
        "account.made",
        "appointment.made",
    }


def test_an_account_that_there_is_keeps_its_name_and_password(capsys: pytest.CaptureFixture[str]) -> None:
    person = make_user("there@example.org", name="Is there", password="a long enough password")
    for _ in range(2):  # the second time changes nothing
        call_command("make_administrator", "THERE@example.org", "Other name")
    person.refresh_from_db()
    assert (person.name, person.appointments.count()) == ("Is there", 1)
    assert "http" not in capsys.readouterr().out


@pytest.mark.parametrize(("email", "name"), [("nobody", "Name"), ("a@example.org", " "), ("a@example.org", "x" * 201)])
def test_what_was_mistyped_is_refused(email: str, name: str) -> None:
    with pytest.raises(CommandError):
        call_command("make_administrator", email, name)
    assert not User.objects.exists()


def test_whoever_decides_is_not_made_an_administrator() -> None:
    appoint(make_user("head@example.org"), Role.HEAD)
    with pytest.raises(CommandError, match="sign, accept, audit and publish nothing"):
        call_command("make_administrator", "head@example.org", "Head")
