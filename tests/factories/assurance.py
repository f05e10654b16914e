"""Statements at every step of their life, for tests. Steps are taken by the services, as people take them.

draft = make_statement(unit)                     # the open first revision of this quarter's statement
sign(complete(fill(draft, level=3)))             # the same, signed
signed(unit, quarter, levels={"leadership": 4})  # all of it in one call
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time

from django.utils import timezone

from actions.models import Action
from assurance import redaction
from assurance.models import (
    Decision,
    Entry,
    EntryAction,
    MentoringRecord,
    Redaction,
    Review,
    Revision,
    Statement,
    UnitAdviser,
)
from assurance.services import mentoring, redactions, reviews, statements
from assurance.services.content import content_of
from assurance.services.reviews import Answer
from assurance.services.saving import ActionEdit
from maturity.models import Edition
from maturity.services import editions
from organisation.models import Unit, User
from organisation.periods import Quarter
from organisation.roles import Role
from records.canonical import content_digest
from records.edits import Edit, write_onto
from tests.factories import maturity
from tests.factories.organisation import LONG_AGO, make_person, make_unit

ANSWERS = ("level_answer", "held_without_shrmt", "evidence")
COLUMNS = ("level", "no_level", "held_without_shrmt", "evidence", "field_versions", "changed_at", "changed_by")


def this_quarter() -> Quarter:
    """The quarter of today: its statements can be completed in a browser today."""
    return Quarter.of(timezone.localdate())


def moment_in(quarter: Quarter) -> datetime:
    """A moment in the quarter that is not in the future: noon of its last day, or now."""
    return min(datetime.combine(quarter.last_day, time(12), tzinfo=UTC), timezone.now())


def shipped_edition() -> Edition:
    """The 2019 edition, loaded once a test."""
    return Edition.objects.filter(code="2019").first() or maturity.shipped("2017", "2019")[-1]


def make_statement(
    unit: Unit | None = None,
    quarter: Quarter | None = None,
    *,
    edition: Edition | None = None,
    at: datetime | None = None,
) -> Revision:
    """Open a unit's statement of a quarter (of today's, unless given) and return its first revision, blank."""
    quarter = quarter or this_quarter()
    edition = edition or shipped_edition()
    at = at or datetime.combine(quarter.first_day, time(7), tzinfo=UTC)
    editions.mark_in_use(edition, at=at)
    statement = Statement.objects.create(unit=unit or make_unit(), quarter=quarter, edition=edition, opened_at=at)
    revision = Revision.objects.create(statement=statement, number=1)
    Entry.objects.bulk_create([Entry(revision=revision, theme=theme) for theme in edition.themes.all()])
    return revision


def fill(
    revision: Revision,
    *,
    level: int = 3,
    levels: Mapping[str, int] | None = None,
    held_without_shrmt: bool = True,
    by: User | None = None,
) -> Revision:
    """Answer everything: `level` for every scored theme, save those that `levels` names by identity."""
    by = by or make_person(Role.SPOC, revision.statement.unit)
    quarter = revision.statement.quarter
    at = moment_in(quarter)
    answered = []
    for entry in revision.entries.select_related("theme"):
        if not entry.theme.scored:
            continue
        answers = {
            "level_answer": (levels or {}).get(entry.theme.identity, level),
            "held_without_shrmt": held_without_shrmt,
            "evidence": f"Records of {entry.theme.name} were checked.",
        }
        edits = {name: Edit(entry.field_versions.get(name, 0), value) for name, value in answers.items()}
        if entry.carried:
            statements.save_entry(entry=entry, edits=edits, by=by, at=at)
        else:
            write_onto(entry, names=ANSWERS, edits=edits)
            entry.changed_at, entry.changed_by = at, by
            answered.append(entry)
    # As `save_entry` leaves them, in one query instead of eight each: most tests begin here.
    Entry.objects.bulk_update(answered, COLUMNS)
    details = {
        "completer_name": by.name,
        "completer_position": "Safety manager",
        "meeting_on": quarter.first_day,
    }
    revision.refresh_from_db()
    edits = {name: Edit(revision.field_versions.get(name, 0), value) for name, value in details.items()}
    statements.save_details(revision=revision, edits=edits, by=by, at=at)
    revision.refresh_from_db()
    return revision


def raise_action(
    revision: Revision,
    identity: str = "leadership",
    *,
    title: str = "Brief every supervisor",
    lead: str = "Chief inspector",
) -> Action:
    """Raise an action under a theme of the open revision."""
    entry = revision.entries.get(theme__identity=identity)
    link = EntryAction(entry=entry)
    edits = {"title": Edit(0, title), "lead": Edit(0, lead), "due_on": Edit(0, None)}
    row = ActionEdit(action_id=None, token=link.token, edits=edits)
    writer = make_person(Role.SPOC, revision.statement.unit)
    statements.save_entry(entry=entry, edits={}, action_rows=[row], by=writer, at=moment_in(revision.statement.quarter))
    return EntryAction.objects.select_related("action").get(token=link.token).action


def complete(revision: Revision, *, by: User | None = None, at: datetime | None = None) -> Revision:
    """Complete a filled revision as the unit's SPOC."""
    by = by or make_person(Role.SPOC, revision.statement.unit)
    return statements.complete(revision=revision, by=by, at=at or moment_in(revision.statement.quarter))


def sign(revision: Revision, *, by: User | None = None, at: datetime | None = None) -> Revision:
    """Sign a completed revision as the unit's SLT lead."""
    by = by or make_person(Role.SLT_LEAD, revision.statement.unit)
    return statements.sign(
        revision=revision,
        seen_digest=content_digest(content_of(revision)),
        signer_name=by.name,
        signer_position="Chief superintendent",
        by=by,
        at=at or moment_in(revision.statement.quarter),
    )


def signed(
    unit: Unit | None = None,
    quarter: Quarter | None = None,
    *,
    level: int = 3,
    levels: Mapping[str, int] | None = None,
    edition: Edition | None = None,
) -> Revision:
    """A unit's signed statement."""
    return sign(complete(fill(make_statement(unit, quarter, edition=edition), level=level, levels=levels)))


def make_adviser(unit: Unit, *, adviser: User | None = None, starts_on: date = LONG_AGO) -> UnitAdviser:
    """Somebody of SHRMT who advises the unit."""
    return UnitAdviser.objects.create(unit=unit, adviser=adviser or make_person(Role.SHRMT), starts_on=starts_on)


def ask(
    unit: Unit,
    identity: str = "leadership",
    *,
    question: str = "Is a toolbox talk enough?",
    by: User | None = None,
    at: datetime | None = None,
) -> MentoringRecord:
    """A question of the unit on a theme, as its SPOC asks it."""
    theme = shipped_edition().themes.get(identity=identity)
    by = by or make_person(Role.SPOC, unit)
    return mentoring.ask(unit=unit, theme=theme, question=question, by=by, at=at or timezone.now())


def decide(
    revision: Revision,
    decision: Decision,
    *,
    by: User | None = None,
    reasons: str = "",
    comments: Mapping[str, str] | None = None,
) -> Review:
    """Accept or return a signed revision as a COG lead of the unit's group."""
    membership = revision.statement.unit.memberships.select_related("group").latest("starts_on")
    return reviews.decide(
        revision=revision,
        decision=decision,
        appropriately_completed=Answer(True),
        reflects_performance=Answer(decision == Decision.ACCEPTED),
        identifies_improvement=Answer(True, "Two good ones."),
        reasons=reasons or ("Give figures for leadership." if decision == Decision.RETURNED else ""),
        comments=comments,
        seen_digest=revision.content_digest,
        by=by or make_person(Role.COG_LEAD, group=membership.group),
        at=moment_in(revision.statement.quarter),
    )


def propose_redaction(
    revision: Revision, passage: str = "", *, path: str = "entries/leadership/evidence", by: User | None = None
) -> Redaction:
    """Propose that a passage of a signed text be taken out: all of the text, unless another is named."""
    text = redaction.text_at(revision.content, path)
    assert text is not None
    return redactions.propose(
        revision=revision,
        text=text,
        redacted=text.text.replace(passage or text.text, redaction.MARK),
        reason="It names somebody who must not be known.",
        authority="County Court, order 12 of 2026",
        by=by or make_person(Role.SHRMT),
        at=timezone.now(),
    )


def entry_of_quarter(revision: Revision, quarter: Quarter, identity: str) -> Entry:
    """What the unit's newest revision of another quarter says about a theme."""
    entries = Entry.objects.filter(
        revision__statement__unit=revision.statement.unit,
        revision__statement__quarter=quarter,
        theme__identity=identity,
    )
    return entries.latest("revision__number")
