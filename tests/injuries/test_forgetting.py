"""Files of injury figures that nobody has confirmed go by their age, or with their person; imports are records."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from injuries.models import IndicatorMonth, Upload
from injuries.services import forgetting
from organisation.models import User
from organisation.roles import Role
from tests.factories.injuries import bring, keep, load_indicators
from tests.factories.organisation import make_person

pytestmark = pytest.mark.django_db

AT = datetime(2026, 4, 1, 9, tzinfo=UTC)
SAID = {("handling", date(2018, 7, 1), "", ""): 3}


@pytest.fixture
def people() -> tuple[User, User]:
    load_indicators()
    return make_person(Role.SHRMT), make_person(Role.HEAD)


def test_old_files_that_nobody_confirmed_are_deleted_and_imports_stay(people: tuple[User, User]) -> None:
    adviser, head = people
    imported = bring(SAID, by=adviser, at=AT)
    keep(SAID, by=adviser, at=AT)
    held = keep(SAID, by=head, at=AT)
    assert forgetting.old_files(before=AT, sparing=()) == 0
    assert forgetting.old_files(before=AT + timedelta(seconds=1), sparing=[head.pk]) == 1
    assert set(Upload.objects.all()) == {imported, held}
    assert IndicatorMonth.objects.count() == 2


def test_with_a_person_goes_what_they_had_not_confirmed(people: tuple[User, User]) -> None:
    adviser, head = people
    imported = bring(SAID, by=adviser, at=AT)
    keep(SAID, by=adviser, at=AT)
    theirs = keep(SAID, by=head, at=AT)
    forgetting.person(person=adviser)
    assert set(Upload.objects.all()) == {imported, theirs}
