"""The Board of the invented force: its meetings, risks, objectives and a sub-group, and a business group's risks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.conf import settings

from home.demo.cast import Cast
from organisation.models import BusinessGroup, User
from organisation.periods import LONDON, financial_year_of, london_day
from risks import kindsfile, risksfile
from risks.models import BoardMeeting, DecisionKind, NotificationKind, PaperKind, Risk, RiskStatus, Standing
from risks.services import (
    assessing,
    board,
    deciding,
    group_risks,
    hse,
    investigations,
    kinds,
    loading,
    meetings,
    objectives,
    raising,
    register,
)
from risks.services.assessing import Judgement
from risks.services.deciding import Entry, Minute
from risks.trend import Direction, Place

FIXTURES = Path(settings.BASE_DIR) / "fixtures"
SHIPPED, KINDS = FIXTURES / "board-risks.toml", FIXTURES / "riddor-kinds.toml"
MEETINGS_PAST = 4
BETWEEN_MEETINGS = timedelta(days=91)
NEXT_IN = timedelta(days=40)


@dataclass(frozen=True, slots=True)
class Invented:
    """A risk: `places` are where it lay after its controls at meetings that were held, the earliest first."""

    reference: str
    title: str
    description: str
    theme: str
    lead: str
    before: tuple[int, int]
    places: tuple[tuple[int, int], ...]
    told: str
    control: str
    indicators: tuple[str, ...] = ()


RISKS = (
    Invented(
        "1",
        "Assaults on officers and staff",
        "People are assaulted at work and injured, in public places, in homes and in custody.",
        "monitoring",
        "Director of Operations",
        (5, 4),
        ((4, 4), (4, 4), (3, 4)),
        "Training in pairs has reached two thirds of response officers. The rest follow by spring.",
        "Yearly training in personal safety, with a check of who has missed it.",
        ("assaults-with-injury", "major-injuries-after-assault"),
    ),
    Invented(
        "4",
        "Driving in response to calls",
        "Officers drive fast to calls for help, and people in or near the vehicle are injured.",
        "risk-management",
        "Head of Roads",
        (4, 5),
        ((2, 5), (3, 5)),
        "More permits have lapsed than were renewed, so fewer drivers are in date than in spring.",
        "Driving permits that lapse without a refresher.",
        ("moving-vehicle",),
    ),
    Invented(
        "7a-b",
        "Work at water",
        "Officers go into the river or to its edge without the training or equipment to do so safely.",
        "capability-competence",
        "Head of Specialist Operations",
        (3, 5),
        ((2, 5), (2, 5)),
        "Throw lines are in every car of the three riverside units.",
        "Throw lines in cars, and a rule that nobody enters water alone.",
    ),
    Invented(
        "9",
        "Long working hours",
        "People work so long that they are tired, make mistakes or fall ill.",
        "wellbeing",
        "Director of People",
        (4, 4),
        ((3, 3), (3, 2)),
        "Fewer people are over the weekly limit without having opted out than a year ago.",
        "A list each month of who is near the limit, for their managers.",
    ),
    Invented(
        "11",
        "Contractors on police sites",
        "Contractors work on police sites without their safety being governed.",
        "partnerships-contracts",
        "Head of Property",
        (3, 4),
        ((2, 3), (1, 3)),
        "All running contracts have the new terms.",
        "Standard terms on safety in every contract.",
    ),
)


def write(*, groups: Sequence[BusinessGroup], cast: Cast, now: datetime) -> None:
    """Write what the Board has dealt with up to today, and its next meeting."""
    said = risksfile.read(SHIPPED.read_text(encoding="utf-8").partition("[meeting]")[0])
    loading.load(said, by=None, at=now)
    head, secretary = cast.named["head"], cast.named["board-secretary"]
    held = _meetings(secretary, now)
    entered = [_risk(one, held, head, secretary) for one in RISKS]
    _decide(entered, held, secretary)
    today = london_day(now)
    register.name_lead(
        risk=entered[0],
        post="Strategic lead for safety",
        person=cast.named["risk-lead"],
        starts_on=today,
        by=head,
        at=now,
    )
    raising.raise_action(
        of=entered[0],
        title="Train the last third of response officers",
        lead="Head of Training",
        due=today + timedelta(days=120),
        by=head,
        at=now,
    )
    deciding.propose(
        title="Batteries of electric vehicles",
        description="Batteries of damaged electric vehicles catch fire in police yards.",
        theme="risk-management",
        groups=[],
        by=cast.cog_lead(0),
        at=now,
    )
    _board(held, head, secretary, now)
    _liaison(cast.named["auditor"], head, now)
    _group(groups[cast.demo_group], cast.named["cog-lead"], now)


def _meetings(secretary: User, now: datetime) -> list[BoardMeeting]:
    """Four meetings that were held, a quarter apart, and the next one, last."""
    next_on = london_day(now) + NEXT_IN
    days = [next_on - BETWEEN_MEETINGS * back for back in reversed(range(MEETINGS_PAST + 1))]
    return [
        meetings.plan(held_on=day, name=f"{day:%B %Y} Board", by=secretary, at=min(_noon(day, before=60), now))
        for day in days
    ]


def _risk(said: Invented, held: Sequence[BoardMeeting], head: User, secretary: User) -> Risk:
    """Put a risk through the meetings: proposed and accepted at the first, assessed at those that follow."""
    first, at = held[0], _noon(held[0].held_on)
    proposal = deciding.propose(
        title=said.title, description=said.description, theme=said.theme, groups=[], by=head, at=at
    )
    risk = deciding.accept(
        proposal=proposal,
        entry=Entry(said.reference, RiskStatus.OPEN, said.lead),
        minute=Minute(first, "4.1", "The Board wants to follow it."),
        by=secretary,
        at=at,
    )
    register.add_control(risk=risk, text=said.control, owner=said.lead, assurance="", by=head, at=at)
    if said.indicators:
        register.link_indicators(risk=risk, codes=said.indicators, by=head, at=at)
    for meeting, place in zip(held, said.places, strict=False):
        judged = Judgement(Place(*said.before), Place(*place), "What was seen in the quarter.")
        assessing.assess(risk=risk, assessed_on=meeting.held_on, said=judged, by=head, at=_noon(meeting.held_on))
    if said.reference != "7a-b":  # of which the Board has heard nothing lately
        for meeting in held[2:4]:
            assessing.tell(risk=risk, meeting=meeting, text=said.told, by=head, at=_noon(meeting.held_on))
    return risk


def _decide(entered: Sequence[Risk], held: Sequence[BoardMeeting], secretary: User) -> None:
    last = held[3]
    at = _noon(last.held_on)
    controlled = Minute(last, "5.3", "The terms are in every contract, and two audits found them kept.")
    deciding.decide(risk=entered[4], kind=DecisionKind.CONTROLLED, minute=controlled, by=secretary, at=at)
    own = Minute(last, "5.1", "The training has begun to work, and the scores do not show it yet.")
    deciding.say_trend(risk=entered[2], direction=Direction.IMPROVED, minute=own, by=secretary, at=at)


def _board(held: Sequence[BoardMeeting], head: User, secretary: User, now: datetime) -> None:
    last, coming = held[3], held[4]
    item = last.items.get(number=2)
    text = "The Board noted the register and asked for the training of response officers to be finished by spring."
    board.record(meeting=last, item=item, minute="5.2", text=text, by=secretary, at=_noon(last.held_on))
    for kind, title in (
        (PaperKind.SUMMARY, "Force summary of the half-year"),
        (PaperKind.CUSTODY, "Custody interventions"),
        (PaperKind.WORKING_TIME, "Working time"),
    ):
        due = coming.held_on - timedelta(days=10)
        board.await_paper(meeting=coming, kind=kind, title=title, group=None, due_on=due, by=secretary, at=now)
    year = financial_year_of(london_day(now))
    for title, standing, told in (
        ("Every unit at level 3 in each theme", Standing.BEHIND, "Eleven units are short of it in one theme or more."),
        ("A safety visit by every Board member", Standing.ON_TRACK, "Seven of ten have made theirs."),
    ):
        set_ = objectives.set_objective(year=year, title=title, owner="Chair of the Board", by=secretary, at=now)
        objectives.say_progress(objective=set_, standing=standing, text=told, by=secretary, at=now)
    group = objectives.form_sub_group(
        name="Firearms and explosives",
        chair="Head of Specialist Operations",
        remit="Safe storage, transport and training.",
        starts_on=held[0].held_on,
        by=head,
        at=now,
    )
    told = "Two stores were inspected. One needs a new alarm."
    objectives.report(sub_group=group, meeting=last, text=told, by=secretary, at=now)


def _liaison(auditor: User, head: User, now: datetime) -> None:
    """A meeting with the HSE, an event to be reported in some days, and an investigation that is complete."""
    kinds.load(kindsfile.read(KINDS.read_text(encoding="utf-8")), at=now)
    today = london_day(now)
    hse.keep_meeting(
        held_on=today - timedelta(days=50),
        office="HSE lead for the police service",
        about="Volunteers’ safety, and how the force follows up assaults.",
        outcome="They meet again in half a year.",
        by=auditor,
        at=now,
    )
    hse.keep_notification(
        kind=NotificationKind.objects.get(code="specified-injury"),
        event_on=today - timedelta(days=4),
        description="A fall from a ladder in a store.",
        unit=None,
        group=None,
        by=auditor,
        at=now,
    )
    answers = {
        "title": "A security barrier came down on somebody",
        "event_on": today - timedelta(days=120),
        "unit_id": None,
        "group_id": None,
        "happened": "The barrier closed while somebody walked below it.",
        "commissioned_on": today - timedelta(days=110),
        "commissioned_by": "Head of Safety, Health and Wellbeing",
        "findings": "The sensor had been off since a repair, and nobody had to check it.",
        "learning": "After a repair, test what stops a barrier before it is used again.",
        "theme": "infrastructure-assets",
    }
    made = investigations.commission(answers=answers, by=auditor, at=now)
    investigations.complete(investigation=made, completed_on=today - timedelta(days=20), by=head, at=now)


def _group(group: BusinessGroup, lead: User, now: datetime) -> None:
    """Two risks of the business group that people try, one of them before the Board."""
    for title, likelihood, impact, is_escalated in (
        ("Old lifts in two stations", 3, 4, False),
        ("Night work in the yards", 4, 3, True),
    ):
        answers = {"title": title, "description": "", "owner": "Station managers", "controls": ""}
        said = answers | {"likelihood": likelihood, "impact": impact}
        risk = group_risks.enter(group=group, answers=said, by=lead, at=now)
        if is_escalated:
            because = "Lighting for all yards costs more than the group has."
            group_risks.escalate(risk=risk, because=because, by=lead, at=now)


def _noon(day: date, *, before: int = 0) -> datetime:
    return datetime.combine(day - timedelta(days=before), time(12), tzinfo=LONDON)
