"""Working time that two people record, correct or withdraw at the same moment: the second is told, nothing is lost."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest
from django.test import Client

from injuries.models import StaffGroup, WorkingTimeReading, WorkingTimeTarget
from organisation.roles import Role
from tests.assurance.at_once import send_each_at_once
from tests.assurance.pages import form_on, signed_in
from tests.factories.injuries import load_indicators, staff_group, working_time, working_time_target
from tests.factories.organisation import make_person

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/injury-figures/working-time/"
JUNE = date(2019, 6, 30)
SAID = {"day": "30 6 2019", "in_scope": "1000", "opted_out": "40", "hours": "48", "weeks": "17", "note": ""}


@pytest.fixture
def officers() -> StaffGroup:
    load_indicators()
    return staff_group()


def adviser() -> Client:
    return signed_in(make_person(Role.SHRMT))


def reading(over: str, **more: str) -> dict[str, Any]:
    return {**SAID, "staff_group": "police-officers", "not_opted_out": over, "token": str(uuid.uuid4()), **more}


def test_of_two_readings_of_one_day_recorded_at_once_the_second_is_refused(officers: StaffGroup) -> None:
    posts = [(adviser(), f"{PAGE}new/", reading(over)) for over in ("25", "26")]
    assert send_each_at_once([officers], posts) == [302, 422]
    assert WorkingTimeReading.objects.count() == 1


def test_a_form_that_is_sent_twice_at_once_is_recorded_once(officers: StaffGroup) -> None:
    browser, form = adviser(), reading("25")
    assert send_each_at_once([officers], [(browser, f"{PAGE}new/", form)] * 2) == [302, 302]
    assert WorkingTimeReading.objects.count() == 1


@pytest.mark.usefixtures("officers")
def test_of_a_correction_and_a_withdrawal_at_once_one_is_refused() -> None:
    there = working_time(JUNE, 1000, 40, 52)
    correcting = (adviser(), f"{PAGE}{there.pk}/correct/", reading("25", because="The wrong extract"))
    withdrawing = (adviser(), f"{PAGE}{there.pk}/withdraw/", {"because": "Not ours"})
    assert send_each_at_once([there], [correcting, withdrawing]) == [302, 422]
    there.refresh_from_db()
    assert there.ended_at is not None
    assert WorkingTimeReading.objects.standing().count() == (0 if there.withdrawn_because else 1)


def test_of_two_targets_that_supersede_one_at_once_the_second_is_refused(officers: StaffGroup) -> None:
    target = working_time_target("98", JUNE)
    where = f"{PAGE}targets/{target.pk}/supersede/"
    posts = []
    for share in ("97", "99"):
        browser = signed_in(make_person(Role.HEAD))
        posts.append((browser, where, form_on(browser.get(where)) | {"share": share, "endorsed_by": "the Board"}))
    assert send_each_at_once([officers], posts) == [302, 422]
    assert WorkingTimeTarget.objects.standing().count() == 1
    assert WorkingTimeTarget.objects.count() == 2
