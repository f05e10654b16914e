"""Figures that two people import or undo at the same moment: each request on a connection of its own."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from injuries.models import IndicatorMonth, Upload, UploadState
from organisation.roles import Role
from tests.assurance.at_once import Post, send_each_at_once
from tests.assurance.pages import form_on, signed_in
from tests.factories.injuries import bring, keep, load_indicators, standing_counts
from tests.factories.organisation import make_person

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "/injury-figures/imports/"
JUNE, JULY = date(2018, 6, 1), date(2018, 7, 1)


@pytest.fixture(autouse=True)
def shipped() -> None:
    load_indicators()


@pytest.fixture
def last() -> Upload:
    return bring({("handling", JULY, "", ""): 2, ("handling", JUNE, "", ""): 5})


def confirmation(count: int) -> Post:
    """What somebody sends to confirm a file with so many injuries in July."""
    person = make_person(Role.SHRMT)
    browser: Client = signed_in(person)
    where = f"{LIST}new/{keep({('handling', JULY, '', ''): count}, by=person).token}/"
    form: dict[str, Any] = form_on(browser.get(where))
    return browser, where, form


def test_of_two_files_for_one_month_confirmed_at_once_one_is_looked_at_again(last: Upload) -> None:
    assert send_each_at_once([last], [confirmation(7), confirmation(9)]) == [302, 409]
    july = standing_counts()["handling", JULY, "", ""]
    assert july in (7, 9)
    assert IndicatorMonth.objects.standing().count() == 2
    assert Upload.objects.filter(state=UploadState.APPLIED).count() == 2


def test_an_import_is_undone_or_followed_by_another_and_never_half_of_each(last: Upload) -> None:
    undoing: Post = (signed_in(make_person(Role.HEAD)), f"{LIST}{last.token}/undo/", {"because": "Wrong"})
    answers = send_each_at_once([last], [confirmation(7), undoing])
    counts = standing_counts()
    if Upload.objects.get(pk=last.pk).state == UploadState.UNDONE:
        assert answers == [302, 409]
        assert counts == {}
    else:
        assert answers == [302, 422]
        assert counts == {("handling", JULY, "", ""): 7, ("handling", JUNE, "", ""): 5}
