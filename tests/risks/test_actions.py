"""Actions that a risk or a meeting raises: no unit's, kept with all others, read and written by whose they are."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from actions.models import Action
from actions.permissions import can_read_action, can_write_action
from actions.services import actions as services
from organisation.roles import Role
from risks.models import RaisedAction
from risks.rules import Refused
from tests.factories import actions, risks
from tests.factories.organisation import make_group, make_person, make_unit

pytestmark = pytest.mark.django_db


def signed_in(role: Role) -> Client:
    client = Client()
    client.force_login(make_person(role))
    return client


def test_an_action_of_a_risk_stands_on_its_page_and_in_the_list() -> None:
    risk = risks.make_risk("40")
    client = signed_in(Role.BOARD_SECRETARY)
    said = {"title": "Buy radios", "lead": "Chief of radios", "due_on": "31 3 2027", "measure": "Radios work."}
    assert client.post("/board/risks/40/actions/new/", said).status_code == 302
    action = Action.objects.get()
    assert (action.unit, action.owner, action.measure) == (None, "Health, Safety and Wellbeing Board", "Radios work.")
    assert "Buy radios</a>: open, due 31 March 2027" in client.get("/board/risks/40/").content.decode()
    assert "Buy radios" in client.get("/actions/").content.decode()
    page = client.get(f"/actions/{action.pk}/").content.decode()
    assert "Risk 40: Lone working at night" in page
    assert "Health, Safety and Wellbeing Board" in page
    assert client.post("/board/risks/40/actions/new/", said).status_code == 422
    assert risk.raised_actions.count() == 1


def test_an_action_of_a_meeting_is_raised_by_its_secretary() -> None:
    meeting = risks.make_meeting(timezone.localdate())
    action = risks.make_action(meeting)
    with pytest.raises(Refused, match="was not raised again"):
        risks.make_action(meeting)
    page = signed_in(Role.BOARD_MEMBER).get(f"/board/meetings/{meeting.pk}/").content.decode()
    assert "Buy radios" in page
    services.close(action=action, achieved="Bought.", by=make_person(Role.BOARD_SECRETARY), at=timezone.now())
    assert risks.make_action(meeting) != action  # a new one, once the first is closed


def test_exactly_those_read_and_write_it_whose_it_is() -> None:
    """domain.md: R Board's, W Board's for the secretary, W own risk's for whoever leads it; SHRMT and the Head read."""
    risk, other = risks.make_risk("40"), risks.make_risk("41", title="Another")
    lead = make_person(Role.RISK_LEAD)
    risks.make_lead(risk, lead)
    head = make_person(Role.HEAD)
    of_risk, of_other, of_head = (
        risks.make_action(risk),
        risks.make_action(other),
        risks.make_action(risk, title="See", by=head),
    )
    group = make_group("River Group")
    unit = make_unit("River OCU", group=group)
    of_unit = actions.make_action(unit, by=make_person(Role.SPOC, unit))
    expected = {
        (lead, "reads"): {of_risk, of_head},
        (lead, "writes"): {of_risk, of_head},
        (make_person(Role.BOARD_SECRETARY), "reads"): {of_risk, of_other, of_head},
        (make_person(Role.BOARD_SECRETARY), "writes"): {of_risk, of_other, of_head},
        (make_person(Role.BOARD_MEMBER), "reads"): {of_risk, of_other, of_head},
        (make_person(Role.BOARD_MEMBER), "writes"): set(),
        (make_person(Role.SHRMT), "reads"): {of_risk, of_other, of_head, of_unit},
        (head, "reads"): {of_risk, of_other, of_head, of_unit},
        (head, "writes"): {of_head},
        (make_person(Role.SPOC, unit), "reads"): {of_unit},
        (make_person(Role.COG_LEAD, group=group), "reads"): {of_unit},
        (make_person(Role.PANEL_MEMBER), "reads"): set(),
    }
    for (person, how), theirs in expected.items():
        if how == "reads":
            assert set(Action.objects.visible_to(person)) == theirs
            assert {one for one in Action.objects.all() if can_read_action(person, one)} == theirs
        else:
            assert {one for one in Action.objects.all() if can_write_action(person, one)} == theirs


def test_an_action_is_either_a_units_or_a_bodys() -> None:
    action = risks.make_action(risks.make_risk("40"))
    unit = make_unit("River OCU", group=make_group("River Group"))
    for change in ({"body": ""}, {"unit": unit}):
        with pytest.raises(DatabaseError, match="an_action_is_a_units_or_a_bodys"), transaction.atomic():
            Action.objects.filter(pk=action.pk).update(**change)


def test_whoever_may_not_write_it_is_told_who_does() -> None:
    action = risks.make_action(risks.make_risk("40"))
    answer = signed_in(Role.BOARD_MEMBER).get(f"/actions/{action.pk}/close/")
    assert answer.status_code == 403
    assert "Only those who write for the Health, Safety and Wellbeing Board" in answer.content.decode()


def test_an_action_of_an_investigation_is_written_by_whoever_raised_it_and_read_by_the_board() -> None:
    by, other = make_person(Role.SHRMT), make_person(Role.SHRMT)
    action = risks.make_action(risks.make_investigation(by=by), by=by)
    assert action.owner == "Safety and Health Risk Management Team (SHRMT)"
    assert can_write_action(by, action)
    assert not can_write_action(other, action)
    assert can_read_action(other, action)
    secretary = make_person(Role.BOARD_SECRETARY)
    assert can_read_action(secretary, action)
    assert not can_write_action(secretary, action)
    client = signed_in(Role.SHRMT)
    page = client.get(f"/actions/{action.pk}/").content.decode()
    assert "Investigation: A barrier hit somebody" in page
    assert "Buy radios" in client.get("/actions/", {"origin": "investigations"}).content.decode()
    assert "Buy radios" not in client.get("/actions/", {"origin": "risks"}).content.decode().partition("<table")[2]


def test_an_action_is_raised_by_one_thing_only() -> None:
    action = risks.make_action(risks.make_risk("40"))
    meeting = risks.make_meeting(timezone.localdate())
    with pytest.raises(DatabaseError, match="an_action_is_raised_by_one_thing"), transaction.atomic():
        RaisedAction.objects.filter(action=action).update(meeting=meeting)
