"""What is done to risks: what is refused and why, and what the database itself does not let happen."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db import DatabaseError, transaction
from django.utils import timezone

from organisation.roles import Role
from records.edits import Edit
from records.models import TrailEntry
from risks.models import Assessment, BoardDecision, DecisionKind, Risk, RiskProposal, RiskStatus, RiskUpdate
from risks.rules import Refused
from risks.services import assessing, deciding, meetings, register
from risks.services.assessing import Judgement
from risks.services.deciding import Entry
from risks.trend import Direction, Place
from tests.factories import risks
from tests.factories.organisation import make_group, make_person

pytestmark = pytest.mark.django_db


def test_a_proposed_risk_becomes_one_of_the_register_with_what_was_said_of_it() -> None:
    by, group = make_person(Role.BOARD_SECRETARY), make_group("Night")
    proposal = deciding.propose(
        title="Lone working", description="Nobody notices.", theme="wellbeing", groups=[group], by=by, at=timezone.now()
    )
    minute = risks.make_minute(timezone.localdate())
    entry = Entry("35", RiskStatus.EMERGING, "Commander of the night")
    risk = deciding.accept(proposal=proposal, entry=entry, minute=minute, by=by, at=timezone.now())
    assert (risk.title, risk.description, risk.theme, risk.status) == (
        "Lone working", "Nobody notices.", "wellbeing", "emerging",
    )  # fmt: skip
    assert list(risk.groups.all()) == [group]
    assert [lead.post for lead in risk.leads.all()] == ["Commander of the night"]
    assert [(one.kind, one.minute, one.meeting) for one in risk.decisions.all()] == [
        ("accepted", "4.2", minute.meeting)
    ]
    proposal.refresh_from_db()
    assert (proposal.state, proposal.risk) == ("accepted", risk)
    assert TrailEntry.objects.filter(act="risk.accepted").count() == 1


def test_what_the_board_decided_once_is_not_decided_again() -> None:
    by, proposal = make_person(Role.BOARD_SECRETARY), risks.make_proposal()
    minute = risks.make_minute(timezone.localdate())
    deciding.decline(proposal=proposal, minute=minute, by=by, at=timezone.now())
    entry = Entry("35", RiskStatus.OPEN, "Commander")
    with pytest.raises(Refused, match="The Board has decided of this already: it is declined"):
        deciding.accept(proposal=proposal, entry=entry, minute=minute, by=by, at=timezone.now())
    with pytest.raises(Refused, match="decided of this already"):
        deciding.decline(proposal=proposal, minute=minute, by=by, at=timezone.now())
    assert not Risk.objects.exists()


def test_two_risks_have_no_reference_in_common() -> None:
    risks.make_risk("35")
    proposal, by = risks.make_proposal(title="Another"), make_person(Role.BOARD_SECRETARY)
    minute = risks.make_minute(timezone.localdate())
    with pytest.raises(Refused, match="There is a risk 35 already"):
        deciding.accept(
            proposal=proposal, entry=Entry("35", RiskStatus.OPEN, "A post"), minute=minute, by=by, at=timezone.now()
        )
    proposal.refresh_from_db()
    assert proposal.state == "waiting"


def test_a_meeting_that_is_to_come_has_decided_nothing() -> None:
    risk, by = risks.make_risk(), make_person(Role.BOARD_SECRETARY)
    minute = risks.make_minute(timezone.localdate() + timedelta(days=1))
    with pytest.raises(Refused, match="has not been held yet"):
        deciding.decide(risk=risk, kind=DecisionKind.CONTROLLED, minute=minute, by=by, at=timezone.now())
    with pytest.raises(Refused, match="has not been held yet"):
        deciding.say_trend(risk=risk, direction=Direction.IMPROVED, minute=minute, by=by, at=timezone.now())


def test_an_assessment_is_refused_where_it_cannot_be() -> None:
    risk, by, today = risks.make_risk(), make_person(Role.HEAD), timezone.localdate()

    def assess(on: date, before: tuple[int, int], after: tuple[int, int], because: str = "Seen on site.") -> Assessment:
        said = Judgement(Place(*before), Place(*after), because)
        return assessing.assess(risk=risk, assessed_on=on, said=said, by=by, at=timezone.now())

    with pytest.raises(Refused, match="lies in the future"):
        assess(today + timedelta(days=1), (4, 4), (3, 3))
    with pytest.raises(Refused, match="Controls do not make a risk worse"):
        assess(today, (2, 2), (3, 3))
    assess(today, (4, 4), (3, 3))
    with pytest.raises(Refused, match="recorded already"):
        assess(today, (4, 4), (3, 3))
    with pytest.raises(Refused, match="take it back first"):
        assess(today - timedelta(days=1), (4, 4), (3, 3))
    assess(today, (4, 4), (2, 3))
    assert risk.assessments.count() == 2


def test_what_is_said_for_a_meeting_twice_is_kept_twice_and_the_same_once() -> None:
    risk, by = risks.make_risk(), make_person(Role.HEAD)
    meeting = risks.make_meeting(timezone.localdate())
    for text in ("It is better.", "It is much better."):
        assessing.tell(risk=risk, meeting=meeting, text=text, by=by, at=timezone.now())
    with pytest.raises(Refused, match="what it says for that meeting already"):
        assessing.tell(risk=risk, meeting=meeting, text="It is much better.", by=by, at=timezone.now())
    assert [one.text for one in risk.updates.all()] == ["It is much better.", "It is better."]


def test_two_people_who_change_different_answers_both_keep_theirs() -> None:
    risk, by, other = risks.make_risk(), make_person(Role.HEAD), make_person(Role.BOARD_SECRETARY)
    now = timezone.now()
    assert not register.change(risk=risk, edits={"title": Edit(0, "Working alone")}, by=by, at=now)
    assert not register.change(risk=risk, edits={"theme": Edit(0, "wellbeing")}, by=other, at=now)
    conflicts = register.change(risk=risk, edits={"title": Edit(0, "Alone at night")}, by=other, at=now)
    assert [(one.field, one.theirs, one.mine) for one in conflicts] == [("title", "Working alone", "Alone at night")]
    risk.refresh_from_db()
    assert (risk.title, risk.theme) == ("Working alone", "wellbeing")
    events = apps.get_model("risks", "RiskEvent").objects.filter(pgh_obj=risk).order_by("pgh_id")
    assert [event.title for event in events] == ["Lone working at night", "Working alone"]


def test_a_target_is_not_left_with_half_of_what_two_people_wrote() -> None:
    risk, by, now = risks.make_risk(), make_person(Role.HEAD), timezone.now()
    day = date(2027, 3, 31)
    register.change(risk=risk, edits={"target_score": Edit(0, 6), "target_on": Edit(0, day)}, by=by, at=now)
    register.change(risk=risk, edits={"target_on": Edit(1, date(2027, 9, 30))}, by=by, at=now)
    with pytest.raises(Refused, match="Somebody has changed the target meanwhile"):
        register.change(risk=risk, edits={"target_score": Edit(1, None), "target_on": Edit(1, None)}, by=by, at=now)
    risk.refresh_from_db()
    assert (risk.target_score, risk.target_on) == (6, date(2027, 9, 30))


def test_a_post_leads_a_risk_once_and_ends_after_it_began() -> None:
    risk, by, today = risks.make_risk(), make_person(Role.HEAD), timezone.localdate()
    with pytest.raises(Refused, match="leads this risk already"):
        register.name_lead(
            risk=risk, post="commander of the NIGHT", person=None, starts_on=today, by=by, at=timezone.now()
        )
    lead = risk.leads.get()
    with pytest.raises(Refused, match="cannot end before"):
        register.end_lead(lead=lead, ends_on=today - timedelta(days=1), by=by, at=timezone.now())
    register.end_lead(lead=lead, ends_on=today, by=by, at=timezone.now())
    with pytest.raises(Refused, match="already"):
        register.end_lead(lead=lead, ends_on=today, by=by, at=timezone.now())
    register.name_lead(risk=risk, post="Commander of the night", person=by, starts_on=today, by=by, at=timezone.now())
    assert risk.leads.count() == 2


def test_a_control_ends_with_a_reason_and_stays() -> None:
    risk, by = risks.make_risk(), make_person(Role.HEAD)
    said = {"text": "Radio check every hour", "owner": "Duty officer", "assurance": ""}
    control = register.add_control(risk=risk, by=by, at=timezone.now(), **said)
    with pytest.raises(Refused, match="there already"):
        register.add_control(risk=risk, by=by, at=timezone.now(), **said)
    register.end_control(control=control, because="A new radio does it.", by=by, at=timezone.now())
    with pytest.raises(Refused, match="ended already"):
        register.end_control(control=control, because="Again.", by=by, at=timezone.now())
    register.add_control(risk=risk, by=by, at=timezone.now(), **said)
    assert risk.controls.count() == 2


def test_there_is_one_meeting_a_day() -> None:
    by, today = make_person(Role.BOARD_SECRETARY), timezone.localdate()
    meetings.plan(held_on=today, name="August Board", by=by, at=timezone.now())
    with pytest.raises(Refused, match="There is a meeting on"):
        meetings.plan(held_on=today, name="Another", by=by, at=timezone.now())


# --- What the database keeps ------------------------------------------------------------------------------------------


def test_assessments_decisions_and_updates_are_never_overwritten() -> None:
    risk, by = risks.make_risk(), make_person(Role.HEAD)
    assessment = risks.make_assessment(risk, 3, 3)
    assessing.tell(
        risk=risk, meeting=risks.make_meeting(timezone.localdate()), text="It stands.", by=by, at=timezone.now()
    )
    for rows, change in (
        (Assessment.objects.filter(pk=assessment.pk), {"likelihood": 1}),
        (Assessment.objects.filter(pk=assessment.pk), {"because": "Another reason."}),
        (BoardDecision.objects.filter(risk=risk), {"because": "Another reason."}),
        (RiskUpdate.objects.filter(risk=risk), {"text": "Another text."}),
    ):
        with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
            rows.update(**change)
    for everything in (Assessment.objects, BoardDecision.objects, RiskUpdate.objects):
        with pytest.raises(DatabaseError, match="or delete rows"), transaction.atomic():
            everything.filter(risk=risk)._raw_delete("default")


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"reference": "A7"}, "a_risks_reference_is_a_number"),
        ({"title": ""}, "a_risk_has_a_title"),
        ({"target_score": 5}, "a_risks_target_has_a_score_and_a_day"),
        ({"target_score": 26, "target_on": date(2027, 1, 1)}, "a_risks_target_has_a_score_and_a_day"),
    ],
)
def test_the_database_refuses_a_risk_that_cannot_be(change: dict[str, object], constraint: str) -> None:
    risk = risks.make_risk()
    with pytest.raises(DatabaseError, match=constraint), transaction.atomic():
        Risk.objects.filter(pk=risk.pk).update(**change)


def test_a_proposal_is_not_accepted_without_its_risk_and_its_minute() -> None:
    proposal = risks.make_proposal()
    with pytest.raises(DatabaseError, match=r"decided_at_a_meeting|accepted_proposal_is_a_risk"), transaction.atomic():
        RiskProposal.objects.filter(pk=proposal.pk).update(state="accepted")
