"""What an agenda pack says: held against what is written here by hand of a meeting in November 2026."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from assurance.models import IssuedRollup, Rollup
from organisation.models import Force, User
from organisation.roles import Role
from papers.contents import board_pack, pack_layout
from risks.models import BoardMeeting, DecisionKind, PaperKind, Risk, Standing
from risks.services import assessing, board, deciding, group_risks, objectives, register
from risks.services.deciding import Minute
from tests.factories import risks
from tests.factories.organisation import make_group, make_person, make_unit

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
MEETING_ON = date(2026, 12, 1)
EARLIER_ON = date(2026, 9, 1)


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything happens on one day, before the meeting."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def secretary() -> User:
    return make_person(Role.BOARD_SECRETARY)


@pytest.fixture
def meeting() -> BoardMeeting:
    return risks.make_meeting(MEETING_ON)


def said(meeting: BoardMeeting) -> dict[str, Any]:
    return board_pack.gather(meeting, today=TODAY)


def risk_in(content: dict[str, Any], reference: str) -> dict[str, Any]:
    return next(risk for risk in content["risks"] if risk["reference"] == reference)


# --- What the meeting deals with --------------------------------------------------------------------------------------


def test_it_begins_with_the_meeting_its_agenda_and_who_speaks_to_what(meeting: BoardMeeting, secretary: User) -> None:
    Force.objects.create(name="Fictional Police", short_name="FP")
    board.add_item(meeting=meeting, title="Boats", lead="Boat officer", by=secretary, at=NOW)
    board.add_item(meeting=meeting, title="Any other business", lead="", by=secretary, at=NOW)
    content = said(meeting)
    assert (content["force"], content["marking"], content["as_at"]) == ("Fictional Police", "OFFICIAL", "2026-11-20")
    assert content["meeting"] == {"name": "December 2026 Board", "held_on": "2026-12-01"}
    assert content["agenda"] == [
        {"number": 1, "title": "Boats", "lead": "Boat officer"},
        {"number": 2, "title": "Any other business", "lead": ""},
    ]


def test_a_paper_is_received_awaited_or_late(meeting: BoardMeeting, secretary: User) -> None:
    north = make_group("North")
    due = {"Received": date(2026, 11, 10), "Late": date(2026, 11, 19), "Due today": TODAY}
    for title, day in due.items():
        paper = board.await_paper(
            meeting=meeting, kind=PaperKind.ROLL_UP, title=title, group=north, due_on=day, by=secretary, at=NOW
        )
        if title == "Received":
            board.receive(paper=paper, received_on=date(2026, 11, 12), by=secretary, at=NOW)
    found = said(meeting)["papers"]
    assert [(one["title"], one["due_on"], one["received_on"], one["is_late"]) for one in found] == [
        ("Received", "2026-11-10", "2026-11-12", False),
        ("Late", "2026-11-19", None, True),
        ("Due today", "2026-11-20", None, False),
    ]
    assert {(one["kind"], one["group"]) for one in found} == {("Business group roll-up", "North")}


def test_the_meeting_before_has_its_corrected_records_and_what_it_decided_of_risks(
    meeting: BoardMeeting, secretary: User
) -> None:
    assert said(meeting)["previous"] is None
    risks.make_meeting(EARLIER_ON)
    before = risks.make_meeting(TODAY)
    item = risks.make_item(before, title="Boats")
    wrong = board.record(meeting=before, item=item, minute="3.1", text="Two boats.", by=secretary, at=NOW)
    board.record(meeting=before, item=item, minute="3.1", text="Three boats.", by=secretary, at=NOW, replaces=wrong)
    risk = risks.make_risk("40")
    minute = Minute(before, "4.1", "The new radios work.")
    deciding.decide(risk=risk, kind=DecisionKind.CONTROLLED, minute=minute, by=secretary, at=NOW)
    accepted = {"minute": "4.2", "what": "Accepted onto the register", "because": "The Board discussed it."}
    assert said(meeting)["previous"] == {
        "name": "November 2026 Board",
        "held_on": "2026-11-20",
        "records": [{"minute": "3.1", "item": "Boats", "text": "Three boats."}],
        "decisions": [
            accepted | {"reference": "40"},
            {
                "minute": "4.1",
                "reference": "40",
                "what": "Designated as controlled",
                "because": "The new radios work.",
            },
        ],
    }


# --- The register -----------------------------------------------------------------------------------------------------


def test_a_risk_stands_in_it_with_all_that_the_board_asks_of_it(meeting: BoardMeeting, secretary: User) -> None:
    risks.load_scale()
    risk = risks.make_risk("40")
    risks.make_assessment(risk, 4, 5, on=date(2026, 5, 1))
    risks.make_assessment(risk, 3, 4, on=date(2026, 11, 2))
    risks.make_control(risk, text="A radio check every hour")
    register.end_control(
        control=risks.make_control(risk, text="A whistle"), because="Nobody heard it.", by=secretary, at=NOW
    )
    assert risk_in(said(meeting), "40") == {
        "reference": "40",
        "title": "Lone working at night",
        "description": "Nobody would notice.",
        "status": "Open",
        "is_on_the_map": True,
        "groups": [],
        "leads": ["Commander of the night"],
        "trend": {"direction": "improved", "is_new": False, "because": ""},
        "place": [3, 4],
        "before": [4, 5],
        "without_controls": [5, 5],
        "assessed_on": "2026-11-02",
        "target_score": None,
        "target_on": None,
        "review_on": None,
        "review_is_due": False,
        "is_stale": False,
        "update": None,
        "controls": [{"text": "A radio check every hour", "owner": "Duty officer", "assurance": ""}],
    }


def test_what_is_told_for_the_meeting_goes_before_what_was_told_earlier_and_a_later_meeting_does_not_count(
    meeting: BoardMeeting, secretary: User
) -> None:
    risk, other = risks.make_risk("40"), risks.make_risk("41", title="Other")
    before, after = risks.make_meeting(EARLIER_ON), risks.make_meeting(date(2027, 3, 1))

    def tell(of: Risk, when: BoardMeeting, text: str) -> None:
        assessing.tell(risk=of, meeting=when, text=text, by=secretary, at=NOW)

    tell(risk, before, "Bad.")
    tell(other, before, "Worse.")
    tell(risk, meeting, "A draft.")
    tell(risk, meeting, "Better.")
    tell(risk, after, "Good.")
    content = said(meeting)
    mine, theirs = risk_in(content, "40")["update"], risk_in(content, "41")["update"]
    assert (mine["is_for_this"], mine["text"]) == (True, "Better.")
    assert (theirs["is_for_this"], theirs["name"], theirs["text"]) == (False, "September 2026 Board", "Worse.")


def test_the_shipped_risks_lie_as_the_source_lists_them_and_the_controlled_one_is_not_on_the_map() -> None:
    """References, trends and leads of the appendix of the paper of 2019, and Risk 29, which it calls controlled."""
    risks.load_risks()
    for reference, place in {"2": (4, 5), "29": (5, 5)}.items():
        risks.make_assessment(Risk.objects.get(reference=reference), *place)
    laid = pack_layout.laid_out(said(BoardMeeting.objects.get()))
    assert [(risk["reference"], risk["trend"].direction.arrow) for risk in laid.on_the_map] == [
        # The first assessment of Risk 2 comes after the Board's word, and is neither better nor worse.
        ("2", "↔"), ("3a-d", "↔"), ("17", "↔"), ("27", "↓"), ("28", "↓"), ("32", "↑"), ("34", "↔"),
    ]  # fmt: skip
    assert [risk["reference"] for risk in laid.controlled] == ["29"]
    assert laid.map is not None
    assert {risk for row in laid.map.rows for cell in row.cells for risk in cell.risks} == {"2"}
    assert laid.unplaced == ["3a-d", "17", "27", "28", "32", "34"]
    drawn = re.findall(r">([^<]*)</text>", laid.picture)
    assert "2" in drawn
    assert "29" not in drawn


def test_a_closed_risk_is_left_out(meeting: BoardMeeting, secretary: User) -> None:
    risk = risks.make_risk("40")
    minute = risks.make_minute(TODAY)
    deciding.decide(risk=risk, kind=DecisionKind.CLOSED, minute=minute, by=secretary, at=NOW)
    assert said(meeting)["risks"] == []


def test_risks_to_be_looked_at_are_named(meeting: BoardMeeting) -> None:
    for day in (date(2026, 3, 1), EARLIER_ON):
        risks.make_meeting(day)
    risk = risks.make_risk("40")  # accepted today: that is a meeting as well, and nothing was told for it
    Risk.objects.filter(pk=risk.pk).update(review_on=TODAY - timedelta(days=1))
    (found,) = pack_layout.laid_out(said(meeting)).to_look_at
    assert (found["review_is_due"], found["is_stale"], found["review_on"]) == (True, True, date(2026, 11, 19))


def test_without_a_scale_there_is_no_map_and_places_are_numbers(meeting: BoardMeeting) -> None:
    risks.make_assessment(risks.make_risk("40"), 3, 4)
    laid = pack_layout.laid_out(said(meeting))
    assert (laid.map, laid.picture) == (None, "")
    assert laid.register[0]["where"] == "Likelihood 3 and impact 4: 12"


# --- What others bring ------------------------------------------------------------------------------------------------


def test_proposed_risks_and_those_of_business_groups_stand_in_it_once_each(
    meeting: BoardMeeting, secretary: User
) -> None:
    risks.load_scale()
    risks.make_proposal(title="Heat at work")
    declined = risks.make_proposal(title="Declined")
    deciding.decline(proposal=declined, minute=risks.make_minute(TODAY), by=secretary, at=NOW)
    north = make_group("North")
    risks.make_group_risk(north, title="Kept to themselves")
    boats = risks.make_group_risk(north, title="Old boats")
    group_risks.escalate(risk=boats, because="No money for new ones.", by=secretary, at=NOW)
    content = said(meeting)
    assert content["proposals"] == [
        {"title": "Heat at work", "description": "Nobody would notice.", "proposed_on": "2026-11-20", "groups": []}
    ]
    assert content["group_risks"] == [
        {
            "title": "Old boats",
            "description": "They leak.\n\nNo money for new ones.",
            "proposed_on": "2026-11-20",
            "group": "North",
            "owner": "Boat officer",
            "controls": "",
            "place": [3, 4],
        }
    ]
    (laid,) = pack_layout.laid_out(content).group_risks
    assert laid["where"] == "Possible (3) and major (4): 12, high"


def test_objectives_are_those_of_the_meetings_year_each_with_what_was_said_last(
    meeting: BoardMeeting, secretary: User
) -> None:
    first = risks.make_objective(title="Level 3")
    risks.make_objective(title="Fewer assaults")
    objectives.set_objective(year=2025, title="Last year's", owner="Head", by=secretary, at=NOW)
    for standing, text in ((Standing.BEHIND, "Slow."), (Standing.ON_TRACK, "Faster.")):
        objectives.say_progress(objective=first, standing=standing, text=text, by=secretary, at=NOW)
    found = said(meeting)["objectives"]
    assert found["year"] == "2026/27"
    assert [(one["title"], one["standing"], one["text"], one["said_on"]) for one in found["rows"]] == [
        ("Level 3", "On track", "Faster.", "2026-11-20"),
        ("Fewer assaults", "", "", None),
    ]


def test_sub_groups_are_named_with_their_report_or_without_one(meeting: BoardMeeting, secretary: User) -> None:
    firearms, fire = risks.make_sub_group(), risks.make_sub_group(name="Fire safety")
    ended = risks.make_sub_group(name="Ended")
    objectives.end_sub_group(sub_group=ended, ends_on=TODAY, by=secretary, at=NOW)
    before = risks.make_meeting(EARLIER_ON)
    for group, when, text in ((firearms, meeting, "Draft."), (firearms, meeting, "Final."), (fire, before, "Old.")):
        objectives.report(sub_group=group, meeting=when, text=text, by=secretary, at=NOW)
    found = said(meeting)["sub_groups"]
    assert [(one["name"], one["text"]) for one in found] == [("Fire safety", ""), ("Firearms and explosives", "Final.")]


def test_only_that_a_roll_up_is_issued_is_told_and_nothing_of_what_it_says(meeting: BoardMeeting) -> None:
    """Draft figures are for SHRMT, the Head and the group itself: a reader of packs may be none of them."""
    half = "2026/27-H1"
    north, south = make_group("North"), make_group("South")
    for group in (north, south):
        make_unit(f"{group} 1", group=group)
        Rollup.objects.create(group=group, half=half, narrative="A secret draft")
    IssuedRollup.objects.create(
        rollup=Rollup.objects.get(group=north),
        number=1,
        content={"figures": "A secret figure"},
        content_digest="0" * 64,
        figures_digest="0" * 64,
        as_at=date(2026, 10, 5),
        issued_at=datetime(2026, 10, 20, 9, 0, tzinfo=UTC),
        issued_by=make_person(Role.COG_LEAD, group=north),
        issuer_name="A lead",
    )
    content = said(meeting)
    assert content["roll_ups"] == {
        "half": half,
        "rows": [
            {"group": "North", "number": 1, "issued_on": "2026-10-20"},
            {"group": "South", "number": None, "issued_on": None},
        ],
        "summary": None,
    }
    assert "secret" not in str(content)


# --- All of it --------------------------------------------------------------------------------------------------------


def fill(meeting: BoardMeeting, number: int, by: User) -> None:
    """One more of everything."""
    group = make_group(f"Group {number}")
    make_unit(f"Unit {number}", group=group)
    risk = risks.make_risk(str(50 + number), title=f"Risk {number}")
    risks.make_assessment(risk, 3, 4)
    risks.make_control(risk)
    assessing.tell(risk=risk, meeting=meeting, text="Told.", by=by, at=NOW)
    risks.make_item(meeting, title=f"Item {number}")
    risks.make_paper(meeting, title=f"Paper {number}")
    risks.make_record(risks.make_meeting(EARLIER_ON), minute=f"{number}.1", text=f"Noted {number}.")
    risks.make_proposal(title=f"Proposed {number}")
    own = risks.make_group_risk(group, title=f"Own {number}")
    group_risks.escalate(risk=own, because="Too heavy.", by=by, at=NOW)
    objective = risks.make_objective(title=f"Objective {number}")
    objectives.say_progress(objective=objective, standing=Standing.BEHIND, text="Slow.", by=by, at=NOW)
    sub_group = risks.make_sub_group(name=f"Sub-group {number}")
    objectives.report(sub_group=sub_group, meeting=meeting, text="Done.", by=by, at=NOW)


def test_gathering_takes_the_same_queries_however_much_there_is(
    meeting: BoardMeeting, secretary: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    risks.load_scale()
    # Force, agenda, papers; the meeting before, its records and decisions; the scale (2); risks (9), what was told,
    # controls; proposals and their groups; groups' risks; the summary, groups and their roll-ups;
    # reports and sub-groups; objectives and progress.
    for number in (1, 2):
        fill(meeting, number, secretary)
        with django_assert_num_queries(29):
            said(meeting)
