"""Opening, filling in, completing and signing a unit's statement."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Q

from actions.models import ActionStatus
from actions.services import actions
from assurance import rules
from assurance.canonical import content_digest, normal
from assurance.models import Entry, EntryAction, Revision, RevisionState, Statement
from maturity.models import Edition, Theme
from maturity.services import editions
from organisation.models import Unit, User
from organisation.periods import Quarter, london_day
from records.edits import Conflict, Edit, write_onto
from records.services import trail

ENTRY_FIELDS = ("level", "held_without_shrmt", "evidence", "no_level_reason")
DETAIL_FIELDS = ("completer_name", "completer_position", "meeting_on", "no_meeting_reason")
OTHER_STATE = (
    "This statement is {state} now, so it was not changed. What you typed is below: copy it, or reopen the statement."
)


class Refused(Exception):
    """The act is not possible as things stand; the text says why and what to do."""


class Blocked(Refused):
    """Something is missing; `blockers` says what and where."""

    def __init__(self, blockers: Sequence[rules.Blocker]) -> None:
        super().__init__("The statement cannot be completed yet.")
        self.blockers = list(blockers)


@dataclass(frozen=True)
class ActionEdit:
    """A row of the actions of a theme. `action_id` None raises a new one; `token` tells a row sent twice."""

    action_id: int | None
    token: uuid.UUID
    edits: Mapping[str, Edit]


@dataclass(frozen=True)
class LastChange:
    """Who changed something last before a save, and when: whose version a conflict is with."""

    by: User | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class Saved:
    """What a save could not write, since somebody else had changed it in the meantime, and who that was."""

    conflicts: tuple[Conflict, ...] = ()
    action_conflicts: Mapping[int, tuple[Conflict, ...]] = field(default_factory=dict)
    before: LastChange = LastChange()
    actions_before: Mapping[int, LastChange] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        return not self.conflicts and not self.action_conflicts


# --- Opening ------------------------------------------------------------------------------------------------------


@transaction.atomic
def open_quarter(*, quarter: Quarter, at: datetime) -> int:
    """Open a statement for every unit that exists on the quarter's first day; return how many were missing.

    Set-based and safe to run again, or twice at once.
    """
    edition = Edition.objects.in_force(quarter.first_day)
    if edition is None:
        raise Refused(f"No edition of the model is in force on {quarter.first_day:%d %B %Y}. Load one with load_model.")
    units = Unit.objects.open_on(quarter.first_day).exclude(statements__quarter=quarter).values_list("pk", flat=True)
    wanted = list(units)
    if not wanted:
        return 0
    editions.mark_in_use(edition=edition, at=at)
    Statement.objects.bulk_create(
        [Statement(unit_id=unit, quarter=quarter, edition=edition, opened_at=at) for unit in wanted],
        ignore_conflicts=True,
    )
    # Another process may have opened some between the two statements: go by what stands there now.
    opened = Statement.objects.filter(quarter=quarter, revisions=None)
    revisions = Revision.objects.bulk_create(
        [Revision(statement=statement, number=1) for statement in opened], ignore_conflicts=True
    )
    _add_entries(Revision.objects.filter(statement__quarter=quarter, number=1, entries=None), edition)
    return len(revisions)


def _add_entries(revisions: Any, edition: Edition) -> None:
    themes = list(Theme.objects.filter(edition=edition))
    Entry.objects.bulk_create(
        [Entry(revision=revision, theme=theme) for revision in revisions for theme in themes],
        ignore_conflicts=True,
        batch_size=5000,
    )


def open_next_revision(revision: Revision, *, because: str) -> Revision:
    """Start the revision that follows `revision`, prefilled with what it said."""
    following = Revision.objects.create(
        statement=revision.statement,
        number=revision.number + 1,
        opened_because=because,
        **{name: getattr(revision, name) for name in DETAIL_FIELDS},
    )
    entries = list(revision.entries.all())
    copies = Entry.objects.bulk_create(
        [
            Entry(
                revision=following,
                theme_id=entry.theme_id,
                **{name: getattr(entry, name) for name in ENTRY_FIELDS},
            )
            for entry in entries
        ]
    )
    copy_of = {entry.pk: copy for entry, copy in zip(entries, copies, strict=True)}
    links = EntryAction.objects.filter(entry__revision=revision)
    EntryAction.objects.bulk_create(
        [EntryAction(entry=copy_of[link.entry_id], action_id=link.action_id, token=link.token) for link in links]
    )
    return following


# --- Filling in ---------------------------------------------------------------------------------------------------


def _locked_draft(revision_id: int) -> Revision:
    """Lock the revision and return it if it can be written to."""
    revision = Revision.objects.select_for_update().get(pk=revision_id)
    if not revision.is_open:
        raise Refused(OTHER_STATE.format(state=revision.get_state_display().lower()))
    return revision


@transaction.atomic
def save_entry(
    *, entry: Entry, edits: Mapping[str, Edit], action_rows: Sequence[ActionEdit] = (), by: User, at: datetime
) -> Saved:
    """Write the edits of a theme that nobody has overtaken; return the ones that somebody has.

    Raises Refused where the revision is no longer open.
    """
    unknown = set(edits) - set(ENTRY_FIELDS)
    if unknown:
        raise ValueError(f"A theme's entry has no field {', '.join(sorted(unknown))}.")
    revision = _locked_draft(entry.revision_id)
    current = Entry.objects.select_for_update(of=("self",)).select_related("theme", "changed_by").get(pk=entry.pk)
    before = LastChange(current.changed_by, current.changed_at)
    edits = {name: Edit(edit.base_version, normal(edit.value)) for name, edit in edits.items()}
    if not current.theme.scored and edits.get("level", Edit(0, None)).value is not None:
        raise Refused(f"{current.theme.name} is not scored in this edition of the model, so it takes no level.")
    result = write_onto(current, names=ENTRY_FIELDS, edits=edits)
    if result.accepted:
        current.changed_at, current.changed_by = at, by
        current.save(update_fields=[*result.accepted, "field_versions", "changed_at", "changed_by"])
    links = list(EntryAction.objects.filter(entry=current).select_related("action__changed_by")) if action_rows else []
    actions_before = {link.action_id: LastChange(link.action.changed_by, link.action.changed_at) for link in links}
    overtaken = _save_actions(revision, current, links, action_rows, by=by, at=at)
    return Saved(result.conflicts, overtaken, before, actions_before)


def _save_actions(
    revision: Revision,
    entry: Entry,
    links: Sequence[EntryAction],
    rows: Sequence[ActionEdit],
    *,
    by: User,
    at: datetime,
) -> dict[int, tuple[Conflict, ...]]:
    overtaken: dict[int, tuple[Conflict, ...]] = {}
    by_token = {link.token: link.action_id for link in links}
    ours = {link.action_id for link in links}
    for row in rows:
        action_id = row.action_id or by_token.get(row.token)
        if action_id is None:
            action = actions.raise_action(
                unit=revision.statement.unit,
                title=row.edits["title"].value,
                lead=row.edits["lead"].value,
                due_on=row.edits["due_on"].value,
                by=by,
                at=at,
            )
            EntryAction.objects.create(entry=entry, action=action, token=row.token)
            by_token[row.token] = action.pk
            ours.add(action.pk)
        elif action_id not in ours:
            raise Refused("One of the actions does not belong to this theme. Reload the page and try again.")
        elif conflicts := actions.change(action_id=action_id, edits=row.edits, by=by, at=at):
            overtaken[action_id] = conflicts
    return overtaken


@transaction.atomic
def save_details(*, revision: Revision, edits: Mapping[str, Edit], by: User, at: datetime) -> Saved:
    """Write the statement's details (who completes it, which meeting reviewed it); as `save_entry`."""
    unknown = set(edits) - set(DETAIL_FIELDS)
    if unknown:
        raise ValueError(f"A statement has no detail {', '.join(sorted(unknown))}.")
    current = _locked_draft(revision.pk)
    before = LastChange(current.details_changed_by, current.details_changed_at)
    edits = {
        name: Edit(edit.base_version, normal(edit.value) if isinstance(edit.value, str) else edit.value)
        for name, edit in edits.items()
    }
    result = write_onto(current, names=DETAIL_FIELDS, edits=edits)
    if result.accepted:
        current.details_changed_at, current.details_changed_by = at, by
        current.save(update_fields=[*result.accepted, "field_versions", "details_changed_at", "details_changed_by"])
    return Saved(result.conflicts, before=before)


# --- Completing and signing ---------------------------------------------------------------------------------------


def facts_of(revision: Revision, *, today: date) -> rules.RevisionFacts:
    """Return the revision as `rules.py` sees it: one query for its entries."""
    entries = revision.entries.select_related("theme").order_by("theme__number")
    return rules.RevisionFacts(
        quarter=revision.statement.quarter,
        today=today,
        entries=tuple(
            rules.EntryFacts(
                identity=entry.theme.identity,
                name=entry.theme.name,
                scored=entry.theme.scored,
                **{name: getattr(entry, name) for name in ENTRY_FIELDS},
            )
            for entry in entries
        ),
        **{name: getattr(revision, name) for name in DETAIL_FIELDS},
    )


@transaction.atomic
def complete(*, revision: Revision, by: User, at: datetime) -> Revision:
    """Close the draft to changes and hand it to the SLT lead. Raises Blocked with what is missing."""
    current = _locked_draft(revision.pk)
    blockers = rules.blocks_completion(facts_of(current, today=london_day(at)))
    if blockers:
        raise Blocked(blockers)
    current.state, current.completed_at, current.completed_by = RevisionState.COMPLETED, at, by
    current.save(update_fields=["state", "completed_at", "completed_by"])
    trail.record(act="statement.completed", thing=current, by=by, at=at)
    return current


@transaction.atomic
def reopen(*, revision: Revision, reason: str, by: User, at: datetime) -> Revision:
    """Open a completed draft again, or start the next revision of a signed one; return what is open now.

    Raises Refused where the revision is no longer in the state in which `revision` was read.
    """
    if not reason.strip():
        raise Refused("Say why the statement is reopened.")
    current = Revision.objects.select_for_update().get(pk=revision.pk)
    if current.state != revision.state:  # who may reopen it depends on the state, and was judged on the one seen
        raise Refused(f"This statement is {current.get_state_display().lower()} now. Open it again, then decide.")
    if current.state == RevisionState.COMPLETED:
        current.state, current.completed_at, current.completed_by = RevisionState.OPEN, None, None
        current.save(update_fields=["state", "completed_at", "completed_by"])
        trail.record(act="statement.reopened", thing=current, by=by, at=at, reason=reason)
        return current
    if current.state not in (RevisionState.SIGNED, RevisionState.ACCEPTED):
        raise Refused(f"A statement that is {current.get_state_display().lower()} cannot be reopened.")
    if current.statement.revisions.filter(number__gt=current.number).exists():
        raise Refused("This revision has been followed by a newer one already. Open the statement to see it.")
    following = open_next_revision(current, because=reason)
    trail.record(act="statement.reopened", thing=following, by=by, at=at, reason=reason, after=current.number)
    return following


def content_of(revision: Revision) -> dict[str, Any]:
    """Return what a signature on this revision freezes: all it says, its actions' text included.

    Dates are ISO texts. `previous` is the digest of the unit's signed revision before this one, so that a change
    anywhere in the chain shows.
    """
    statement = revision.statement
    entries = revision.entries.select_related("theme").prefetch_related("actions__tasks").order_by("theme__number")
    signed = Revision.objects.filter(statement__unit=statement.unit, signed_at__isnull=False).exclude(pk=revision.pk)
    if revision.signed_at is not None:  # of a revision signed long ago, as of one about to be signed
        signed = signed.filter(
            Q(signed_at__lt=revision.signed_at) | Q(signed_at=revision.signed_at, pk__lt=revision.pk)
        )
    previous = signed.order_by("-signed_at", "-pk").values_list("content_digest", flat=True).first()
    return {
        "unit": statement.unit.name,
        "quarter": str(statement.quarter),
        "edition": statement.edition.code,
        "revision": revision.number,
        "completer_name": revision.completer_name,
        "completer_position": revision.completer_position,
        "meeting_on": revision.meeting_on.isoformat() if revision.meeting_on else None,
        "no_meeting_reason": revision.no_meeting_reason,
        "entries": [_entry_content(entry) for entry in entries],
        "previous": previous,
    }


def _entry_content(entry: Entry) -> dict[str, Any]:
    open_actions = [action for action in entry.actions.all() if action.status != ActionStatus.WITHDRAWN]
    return {
        "theme": entry.theme.identity,
        "name": entry.theme.name,
        "scored": entry.theme.scored,
        **{name: getattr(entry, name) for name in ENTRY_FIELDS},
        "actions": [
            {
                "title": action.title,
                "status": action.status,
                "tasks": [
                    {"lead": task.lead, "due_on": task.due_on.isoformat() if task.due_on else None}
                    for task in action.tasks.all()
                ],
            }
            for action in sorted(open_actions, key=lambda action: action.pk)
        ],
    }


def _after_the_last_signature(*, statement: Statement, at: datetime) -> datetime:
    """Return `at`, or the next moment after the unit's last signature where a wait for the lock has let it overtake.

    The chain of digests is read in the order of signing times. The caller holds the unit's lock.
    """
    last = Revision.objects.filter(statement__unit=statement.unit_id).aggregate(Max("signed_at"))["signed_at__max"]
    return at if last is None else max(at, last + timedelta(microseconds=1))


@transaction.atomic
def sign(
    *, revision: Revision, seen_digest: str, signer_name: str, signer_position: str, by: User, at: datetime
) -> Revision:
    """Freeze the revision under the signer's name. `seen_digest` is of the content that was on the signer's screen.

    Raises Refused where it is not completed, was completed by the signer, or has changed since it was shown.
    """
    # The unit's row is locked first: two signatures of one unit must follow, not fork, its chain of digests. Not its
    # key: whoever saves a new action holds the revision and refers to the unit, and neither may wait for the other.
    Unit.objects.select_for_update(no_key=True).get(pk=revision.statement.unit_id)
    current = Revision.objects.select_for_update().get(pk=revision.pk)
    if current.state != RevisionState.COMPLETED:
        raise Refused(f"This statement is {current.get_state_display().lower()}; only a completed one can be signed.")
    if current.completed_by_id == by.pk:
        raise Refused("You completed this statement, so somebody else has to sign it.")
    if not signer_name.strip() or not signer_position.strip():
        raise Refused("Enter your name and position.")
    content = content_of(current)
    digest = content_digest(content)
    if digest != seen_digest:
        raise Refused("The statement has changed since you opened this page. Read it again, then sign.")
    current.state, current.signed_by = RevisionState.SIGNED, by
    current.signed_at = _after_the_last_signature(statement=current.statement, at=at)
    current.signer_name, current.signer_position = (
        normal(signer_name.strip()),
        normal(signer_position.strip()),
    )
    current.content, current.content_digest = content, digest
    current.save()
    trail.record(act="statement.signed", thing=current, by=by, at=at, content_digest=digest)
    return current
