"""A risk beside the injuries that bear on it."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from injuries.models import UploadKind
from organisation.roles import Role
from records.models import TrailEntry
from risks.services import register
from tests.factories import injuries, risks
from tests.factories.organisation import make_person

pytestmark = pytest.mark.django_db
PAGE = "/board/risks/40/injuries/"


def signed_in(role: Role) -> Client:
    client = Client()
    client.force_login(make_person(role))
    return client


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two years of assaults: 5 a month, then 15 a month, of 1,000 officers; and handling injuries beside them."""
    injuries.load_indicators()
    months = [date(2017 + (month + 6) // 12, (month + 6) % 12 + 1, 1) for month in range(24)]
    by = make_person(Role.SHRMT)
    counts = {
        ("assaults-with-injury", one, "police-officers", ""): 5 if at < 12 else 15 for at, one in enumerate(months)
    }
    injuries.bring(counts | {("handling", one, "police-officers", ""): 4 for one in months}, by=by)
    people = {("police-officers", one, "", ""): 1000 for one in months}
    injuries.bring(people, kind=UploadKind.HEADCOUNT, by=by)
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: date(2019, 9, 18))


@pytest.mark.usefixtures("counted")
def test_only_the_linked_indicators_stand_beside_the_risk() -> None:
    risk = risks.make_risk("40")
    head = signed_in(Role.HEAD)
    assert "No injury indicator is linked to this risk." in head.get(PAGE).content.decode()
    assert head.post(f"{PAGE}choose/", {"indicators": ["assaults-with-injury"]}).status_code == 302
    page = signed_in(Role.BOARD_MEMBER).get(PAGE).content.decode()
    assert "July 2018 to June 2019, compared with July 2017 to June 2018" in page
    assert "Physical assaults with injury, Police officers" in page
    assert "+200.0%" in page  # 180 against 60, among as many people
    assert "More than chance" in page
    assert "Handling" not in page.partition("<main")[2]  # above it, a setting of htmx has the word in it
    assert "Injuries that bear on it" in head.get("/board/risks/40/").content.decode()
    assert risk.indicators.count() == 1


@pytest.mark.usefixtures("counted")
def test_other_indicators_take_the_place_of_those_before_and_the_same_ones_do_nothing() -> None:
    risk, by = risks.make_risk("40"), make_person(Role.HEAD)
    for codes in (["handling", "near-misses"], ["near-misses"], ["near-misses"]):
        register.link_indicators(risk=risk, codes=codes, by=by, at=timezone.now())
    assert [one.code for one in risk.indicators.all()] == ["near-misses"]
    assert TrailEntry.objects.filter(act="risk.indicators-linked").count() == 2
    answer = signed_in(Role.HEAD).post(f"{PAGE}choose/", {"indicators": ["cooking"]})
    assert answer.status_code == 422
    assert "Choose indicators that are listed." in answer.content.decode()


def test_without_any_figures_the_page_says_so() -> None:
    injuries.load_indicators()
    risk = risks.make_risk("40")
    register.link_indicators(risk=risk, codes=["handling"], by=make_person(Role.HEAD), at=timezone.now())
    assert "Nothing has been counted yet." in signed_in(Role.SPOC).get(PAGE).content.decode()
    assert signed_in(Role.PANEL_MEMBER).get(PAGE).status_code == 404
