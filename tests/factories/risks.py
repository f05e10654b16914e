"""Risks and meetings of the Board for tests, made as people make them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from django.utils import timezone

from actions.models import Action
from organisation.models import BusinessGroup, Unit, User
from organisation.roles import Role
from risks import kindsfile, risksfile
from risks.models import (
    AgendaItem,
    Assessment,
    BoardMeeting,
    BoardPaper,
    Control,
    EnforcementNotice,
    GroupRisk,
    Investigation,
    LearningShare,
    LiaisonEntry,
    LiaisonFile,
    LiaisonMeeting,
    MeetingFile,
    MeetingRecord,
    NoticeKind,
    Notification,
    NotificationKind,
    Objective,
    PaperKind,
    RegisterUpload,
    Risk,
    RiskLead,
    RiskProposal,
    RiskStatus,
    SubGroup,
)
from risks.registerfile import Filled, Line
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
    register_files,
)
from risks.services.assessing import Judgement
from risks.services.deciding import Entry, Minute
from risks.trend import HIGHEST, Place
from tests.factories.organisation import make_person
from tests.factories.papers import make_blob

SHIPPED = Path(__file__).parents[2] / "fixtures" / "board-risks.toml"
SHIPPED_KINDS = SHIPPED.with_name("riddor-kinds.toml")


def load_scale() -> None:
    """Load what points and scores are called, as shipped."""
    text = SHIPPED.read_text(encoding="utf-8").partition("[meeting]")[0]
    loading.load(risksfile.read(text), by=None, at=timezone.now())


def load_risks(by: User | None = None) -> None:
    """Load the scale and the risks that are shipped."""
    said = risksfile.read(SHIPPED.read_text(encoding="utf-8"))
    loading.load(said, by=by or make_person(Role.HEAD), at=timezone.now())


def make_meeting(held_on: date, *, by: User | None = None) -> BoardMeeting:
    there = BoardMeeting.objects.filter(held_on=held_on).first()
    by = by or make_person(Role.BOARD_SECRETARY)
    return there or meetings.plan(held_on=held_on, name=f"{held_on:%B %Y} Board", by=by, at=timezone.now())


def make_minute(held_on: date, *, because: str = "The Board discussed it.") -> Minute:
    return Minute(make_meeting(held_on), "4.2", because)


def make_proposal(
    *, by: User | None = None, title: str = "Lone working at night", groups: Sequence[BusinessGroup] = ()
) -> RiskProposal:
    by = by or make_person(Role.SHRMT)
    return deciding.propose(
        title=title, description="Nobody would notice.", theme="", groups=groups, by=by, at=timezone.now()
    )


def make_risk(
    reference: str = "40",
    *,
    status: RiskStatus = RiskStatus.OPEN,
    title: str = "Lone working at night",
    by: User | None = None,
) -> Risk:
    """A risk that was proposed and accepted."""
    by = by or make_person(Role.BOARD_SECRETARY)
    proposal = make_proposal(by=by, title=title)
    entry = Entry(reference, status, "Commander of the night")
    minute = make_minute(timezone.localdate())
    return deciding.accept(proposal=proposal, entry=entry, minute=minute, by=by, at=timezone.now())


def make_assessment(
    risk: Risk,
    likelihood: int,
    impact: int,
    *,
    on: date | None = None,
    by: User | None = None,
    at: datetime | None = None,
) -> Assessment:
    said = Judgement(Place(HIGHEST, HIGHEST), Place(likelihood, impact), "What the sub-group found.")
    by = by or make_person(Role.HEAD)
    day = on or timezone.localdate()
    return assessing.assess(risk=risk, assessed_on=day, said=said, by=by, at=at or timezone.now())


def make_control(risk: Risk, *, text: str = "A radio check every hour") -> Control:
    by = make_person(Role.HEAD)
    return register.add_control(risk=risk, text=text, owner="Duty officer", assurance="", by=by, at=timezone.now())


def make_lead(risk: Risk, person: User, *, post: str = "Director of the night", by: User | None = None) -> RiskLead:
    by, today = by or make_person(Role.HEAD), timezone.localdate()
    return register.name_lead(risk=risk, post=post, person=person, starts_on=today, by=by, at=timezone.now())


# --- Meetings ---------------------------------------------------------------------------------------------------------


def make_item(meeting: BoardMeeting, *, title: str = "Lone working") -> AgendaItem:
    by = make_person(Role.BOARD_SECRETARY)
    return board.add_item(meeting=meeting, title=title, lead="", by=by, at=timezone.now())


def make_paper(meeting: BoardMeeting, *, title: str = "Working time in June") -> BoardPaper:
    by, kind = make_person(Role.BOARD_SECRETARY), PaperKind.WORKING_TIME
    return board.await_paper(
        meeting=meeting, kind=kind, title=title, group=None, due_on=meeting.held_on, by=by, at=timezone.now()
    )


def make_record(meeting: BoardMeeting, *, minute: str = "5.1", text: str = "The Board noted it.") -> MeetingRecord:
    by = make_person(Role.BOARD_SECRETARY)
    return board.record(meeting=meeting, item=None, minute=minute, text=text, by=by, at=timezone.now())


def make_file(meeting: BoardMeeting) -> MeetingFile:
    by = make_person(Role.BOARD_SECRETARY)
    blob = make_blob()
    return MeetingFile.objects.create(
        meeting=meeting, blob=blob, name="minutes.pdf", title="Minutes", added_at=timezone.now(), added_by=by
    )


def make_objective(*, title: str = "Every unit at level 3") -> Objective:
    by = make_person(Role.HEAD)
    return objectives.set_objective(year=2026, title=title, owner="Head of Safety", by=by, at=timezone.now())


def make_sub_group(*, name: str = "Firearms and explosives") -> SubGroup:
    by, today = make_person(Role.HEAD), timezone.localdate()
    return objectives.form_sub_group(
        name=name, chair="Commander Armed Policing", remit="", starts_on=today, by=by, at=timezone.now()
    )


def make_group_risk(group: BusinessGroup, *, by: User | None = None, title: str = "Old boats") -> GroupRisk:
    answers = {"title": title, "description": "They leak.", "owner": "Boat officer", "controls": ""}
    by = by or make_person(Role.COG_LEAD, group=group)
    said = answers | {"likelihood": 3, "impact": 4}
    return group_risks.enter(group=group, answers=said, by=by, at=timezone.now())


def make_action(of: raising.Of, *, title: str = "Buy radios", by: User | None = None) -> Action:
    by = by or make_person(Role.BOARD_SECRETARY)
    return raising.raise_action(of=of, title=title, lead="Chief of radios", due=None, by=by, at=timezone.now())


def make_upload(risk: Risk, *, by: User) -> RegisterUpload:
    """A file of the register that changes the risk's title, not confirmed yet."""
    said = {"title": "Another title", "description": "", "theme": ""}
    days = {"target_score": None, "target_on": None, "review_on": None}
    line = Line(2, risk.reference, said | days, "", (), None)
    return register_files.keep(filled=Filled([line]), name="register.csv", by=by, at=timezone.now())


# --- The HSE, and investigations --------------------------------------------------------------------------------------


def load_kinds(text: str | None = None) -> None:
    """Load kinds of events and of notices: as shipped, or as `text` has them."""
    kinds.load(kindsfile.read(text or SHIPPED_KINDS.read_text(encoding="utf-8")), at=timezone.now())


def make_liaison_meeting(held_on: date | None = None, *, by: User | None = None) -> LiaisonMeeting:
    return hse.keep_meeting(
        held_on=held_on or timezone.localdate(),
        office="HSE national lead",
        about="Volunteers",
        outcome="",
        by=by or make_person(Role.SHRMT),
        at=timezone.now(),
    )


def make_notice(
    served_on: date,
    comply_by: date,
    *,
    unit: Unit | None = None,
    group: BusinessGroup | None = None,
    kind: str = "improvement",
    by: User | None = None,
) -> EnforcementNotice:
    return hse.keep_notice(
        kind=NoticeKind.objects.get(code=kind),
        served_on=served_on,
        reference="IN/7",
        asks="Guard the saw.",
        unit=unit,
        group=group,
        comply_by=comply_by,
        by=by or make_person(Role.SHRMT),
        at=timezone.now(),
    )


def make_notification(
    event_on: date,
    *,
    kind: str = "specified-injury",
    unit: Unit | None = None,
    group: BusinessGroup | None = None,
    description: str = "A barrier came down.",
    by: User | None = None,
) -> Notification:
    return hse.keep_notification(
        kind=NotificationKind.objects.get(code=kind),
        event_on=event_on,
        description=description,
        unit=unit,
        group=group,
        by=by or make_person(Role.SHRMT),
        at=timezone.now(),
    )


def make_liaison_file(entry: LiaisonEntry) -> LiaisonFile:
    by, of = make_person(Role.SHRMT), hse.file_of(entry)
    said = {"blob": make_blob(), "name": "letter.pdf", "title": "Letter", "added_at": timezone.now(), "added_by": by}
    return LiaisonFile.objects.create(**of, **said)


def make_investigation(
    *,
    title: str = "A barrier hit somebody",
    group: BusinessGroup | None = None,
    learning: str = "Look before you lower it.",
    theme: str = "risk-management",
    findings: str = "Nobody could see the barrier.",
    by: User | None = None,
    on: date | None = None,
) -> Investigation:
    day = on or timezone.localdate()
    answers = {
        "title": title,
        "event_on": day,
        "unit_id": None,
        "group_id": group.pk if group else None,
        "happened": "It came down too soon.",
        "commissioned_on": day,
        "commissioned_by": "Head of Safety",
        "findings": findings,
        "learning": learning,
        "theme": theme,
    }
    return investigations.commission(answers=answers, by=by or make_person(Role.SHRMT), at=timezone.now())


def complete(investigation: Investigation, *, on: date | None = None) -> Investigation:
    by, day = make_person(Role.HEAD), on or timezone.localdate()
    return investigations.complete(investigation=investigation, completed_on=day, by=by, at=timezone.now())


def make_share(*units: Unit, investigation: Investigation | None = None) -> LearningShare:
    """Learning of a completed investigation, shared with the units."""
    of = investigation or complete(make_investigation())
    return investigations.share(investigation=of, groups=[], units=units, by=make_person(Role.HEAD), at=timezone.now())
