"""Filling in, completing and signing a unit’s statement."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, Max, OuterRef, Q

from actions.services import actions
from assurance import rules
from assurance.chains import circumstances_of
from assurance.models import Carried, Entry, EntryAction, MergeDecision, Revision, RevisionState, Statement
from assurance.models.entry import ENTRY_ANSWERS
from assurance.models.statement import DETAIL_ANSWERS
from assurance.rules import Blocked, Refused
from assurance.services import notices, saving
from assurance.services.content import content_of, criteria_by_cell
from assurance.services.opening import let_open_actions_follow, open_next_revision
from assurance.services.saving import ActionEdit, LastChange, Place, Saved
from maturity.models import Criterion
from organisation.models import Force, Unit, User
from organisation.periods import london_day
from records.canonical import content_digest, normal
from records.edits import Conflict, Edit, write_onto
from records.models import Verdict
from records.services import trail

OTHER_STATE = (
    "This statement is {state} now, so it was not changed. What you typed is below: copy it, or reopen the statement."
)
# Where one of these is written anew, an entry is no longer a mere copy of an earlier quarter’s.
WORDS_OF_THIS_QUARTER = {"evidence", "no_level_reason"}


# --- Filling in ---------------------------------------------------------------------------------------------------


def _locked_draft(revision_id: int) -> Revision:
    """Lock the revision and return it if it can be written to."""
    revision = Revision.objects.select_for_update(no_key=True).get(pk=revision_id)
    refuse_unless_open(revision)
    return revision


def refuse_unless_open(revision: Revision) -> None:
    """Raise Refused where the revision cannot be written to. The caller holds its lock."""
    if not revision.is_open:
        raise Refused(OTHER_STATE.format(state=revision.get_state_display().lower()))


def locked_entry(entry: Entry, *, by: User) -> Entry:
    """Lock an entry with its revision: one query, which also says whether a text of the person’s was overtaken."""
    waiting = MergeDecision.objects.filter(entry=OuterRef("pk"), by=by, decided_at=None)
    return (
        Entry.objects.select_for_update(of=("self", "revision"), no_key=True)
        .select_related("revision__statement__unit", "theme")
        .annotate(waits_for_a_decision=Exists(waiting))
        .get(pk=entry.pk)
    )


@transaction.atomic
def save_entry(
    *,
    entry: Entry,
    edits: Mapping[str, Edit],
    action_rows: Sequence[ActionEdit] = (),
    token: uuid.UUID | None = None,
    by: User,
    at: datetime,
) -> Saved:
    """Write the edits of a theme that nobody has overtaken; keep and return the ones that somebody has.

    The same `token` again changes nothing and is answered as the first time. Raises Refused where the revision is no
    longer open.
    """
    _refuse_unknown(edits, ENTRY_ANSWERS, "A theme’s entry")
    current = locked_entry(entry, by=by)
    revision = current.revision
    if (answered := saving.answered_before(token=token, thing=current, by=by)) is not None:
        return answered
    refuse_unless_open(revision)
    edits = {name: Edit(edit.base_version, normal(edit.value)) for name, edit in edits.items()}
    if not current.theme.scored and edits.get("level_answer", Edit(0, None)).value is not None:
        raise Refused(f"{current.theme.name} is not scored in this edition of the model, so it takes no level.")
    changed_by, changed_at = current.changed_by_id, current.changed_at
    result = write_onto(current, names=ENTRY_ANSWERS, edits=edits)
    if result.accepted:
        current.changed_at, current.changed_by = at, by
        if current.carried == Carried.CONFIRMED or (current.carried and WORDS_OF_THIS_QUARTER & set(result.accepted)):
            current.carried = Carried.CHANGED
        current.save(update_fields=_columns(result.accepted))
    place = Place(revision, current)
    if current.waits_for_a_decision:  # type: ignore[attr-defined]  # annotated
        saving.decide(edits, overtaken=result.conflicts, place=place, by=by, at=at)
    if result.conflicts:
        saving.keep_overtaken(result.conflicts, place=place, by=by, at=at)
    rows = _save_actions(current, action_rows, by=by, at=at)
    saved = Saved(
        conflicts=result.conflicts,
        action_conflicts=rows.action_conflicts,
        before=_last_change(changed_by, changed_at) if result.conflicts else LastChange(),
        actions_before=rows.actions_before,
        stamps={name: current.field_versions.get(name, 0) for name in edits},
        actions=rows.actions,
        saved_at=at,
    )
    saving.keep_receipt(token=token, thing=current, saved=saved, by=by, at=at)
    return saved


def _last_change(by: int | None, at: datetime | None) -> LastChange:
    return LastChange(User.objects.get(pk=by) if by else None, at)


def _refuse_unknown(edits: Mapping[str, Edit], answers: Sequence[str], whose: str) -> None:
    unknown = set(edits) - set(answers)
    if unknown:
        raise ValueError(f"{whose} has no answer {', '.join(sorted(unknown))}.")


def _columns(accepted: Mapping[str, object]) -> list[str]:
    """The columns that hold these answers, and those that say who changed them and when."""
    columns = {"field_versions", "changed_at", "changed_by", "carried"}
    for name in accepted:
        columns |= {"level", "no_level"} if name == "level_answer" else {name}
    return sorted(columns)


def _save_actions(entry: Entry, rows: Sequence[ActionEdit], *, by: User, at: datetime) -> Saved:
    """Raise and change the actions of a theme; return of it what `Saved` says about actions."""
    if not rows:
        return Saved()
    links = list(EntryAction.objects.filter(entry=entry).select_related("action__changed_by"))
    before = {link.action_id: LastChange(link.action.changed_by, link.action.changed_at) for link in links}
    by_token = {link.token: link.action_id for link in links}
    ours = set(before)
    overtaken: dict[int, tuple[Conflict, ...]] = {}
    for row in rows:
        action_id = row.action_id or by_token.get(row.token)
        if action_id is None:
            action = actions.raise_action(
                unit=entry.revision.statement.unit,
                title=row.edits["title"].value,
                lead=row.edits["lead"].value,
                due_on=row.edits["due_on"].value,
                by=by,
                at=at,
            )
            EntryAction.objects.create(entry=entry, action=action, token=row.token)
            by_token[row.token] = action.pk
            ours.add(action.pk)
            continue
        if action_id not in ours:
            raise Refused("One of the actions does not belong to this theme. Reload the page and try again.")
        by_token[row.token] = action_id
        conflicts = actions.change(action_id=action_id, edits=row.edits, by=by, at=at)
        place = Place(entry.revision, entry, action_id)
        if entry.waits_for_a_decision:  # type: ignore[attr-defined]  # annotated
            saving.decide(row.edits, overtaken=conflicts, place=place, by=by, at=at)
        if conflicts:
            overtaken[action_id] = conflicts
            saving.keep_overtaken(conflicts, place=place, by=by, at=at)
    sent = {row.token: by_token[row.token] for row in rows}
    return Saved(action_conflicts=overtaken, actions_before=before if overtaken else {}, actions=sent)


@transaction.atomic
def save_details(
    *, revision: Revision, edits: Mapping[str, Edit], token: uuid.UUID | None = None, by: User, at: datetime
) -> Saved:
    """Write the statement’s details (who completes it, which meeting reviewed it); as `save_entry`."""
    _refuse_unknown(edits, DETAIL_ANSWERS, "A statement")
    waiting = MergeDecision.objects.filter(revision=OuterRef("pk"), entry=None, by=by, decided_at=None)
    current = (
        Revision.objects.select_for_update(no_key=True)
        .annotate(waits_for_a_decision=Exists(waiting))
        .get(pk=revision.pk)
    )
    if (answered := saving.answered_before(token=token, thing=current, by=by)) is not None:
        return answered
    refuse_unless_open(current)
    edits = {
        name: Edit(edit.base_version, normal(edit.value) if isinstance(edit.value, str) else edit.value)
        for name, edit in edits.items()
    }
    changed_by, changed_at = current.details_changed_by_id, current.details_changed_at
    result = write_onto(current, names=DETAIL_ANSWERS, edits=edits)
    if result.accepted:
        current.details_changed_at, current.details_changed_by = at, by
        current.save(update_fields=[*result.accepted, "field_versions", "details_changed_at", "details_changed_by"])
    place = Place(current)
    if current.waits_for_a_decision:  # type: ignore[attr-defined]  # annotated
        saving.decide(edits, overtaken=result.conflicts, place=place, by=by, at=at)
    if result.conflicts:
        saving.keep_overtaken(result.conflicts, place=place, by=by, at=at)
    saved = Saved(
        conflicts=result.conflicts,
        before=_last_change(changed_by, changed_at) if result.conflicts else LastChange(),
        stamps={name: current.field_versions.get(name, 0) for name in edits},
        saved_at=at,
    )
    saving.keep_receipt(token=token, thing=current, saved=saved, by=by, at=at)
    return saved


# --- Completing and signing ---------------------------------------------------------------------------------------


def facts_of(revision: Revision, *, today: date) -> rules.RevisionFacts:
    """Return the revision as `rules.py` sees it: two queries for its entries."""
    entries = list(
        revision.entries.select_related("theme")
        .annotate(
            links_and_files=Count("evidence_items"),
            infected=Count("evidence_items", filter=Q(evidence_items__file__blob__verdict=Verdict.INFECTED)),
        )
        .order_by("theme__number")
    )
    criteria = criteria_by_cell(revision.statement.edition_id) if any(entry.criteria_met for entry in entries) else {}
    return rules.RevisionFacts(
        quarter=revision.statement.quarter,
        today=today,
        entries=tuple(_entry_facts(entry, criteria) for entry in entries),
        **{name: getattr(revision, name) for name in DETAIL_ANSWERS},
    )


def _entry_facts(entry: Any, criteria: Mapping[tuple[int, int], Sequence[Criterion]]) -> rules.EntryFacts:
    of_the_level = criteria.get((entry.theme_id, entry.level or 0), ())
    return rules.EntryFacts(
        identity=entry.theme.identity,
        name=entry.theme.name,
        scored=entry.theme.scored,
        level=entry.level,
        no_level=entry.no_level,
        held_without_shrmt=entry.held_without_shrmt,
        evidence=entry.evidence,
        links_and_files=entry.links_and_files,
        infected=entry.infected,
        no_level_reason=entry.no_level_reason,
        carried=entry.carried,
        criteria=len(of_the_level),
        criteria_met=len({criterion.pk for criterion in of_the_level} & set(entry.criteria_met)),
        criteria_note=entry.criteria_note,
    )


@transaction.atomic
def complete(*, revision: Revision, by: User, at: datetime) -> Revision:
    """Close the draft to changes and hand it to the SLT lead. Raises Blocked with what is missing."""
    current = _locked_draft(revision.pk)
    _refuse_of_an_ended_unit(current.statement)
    blockers = rules.blocks_completion(facts_of(current, today=london_day(at)))
    if blockers:
        raise Blocked(blockers)
    # An action may have been raised late in an earlier quarter, or under a theme whose page nobody has opened.
    let_open_actions_follow(current, entries=current.entries.select_related("theme"))
    current.state, current.completed_at, current.completed_by = RevisionState.COMPLETED, at, by
    current.save(update_fields=["state", "completed_at", "completed_by"])
    trail.record(act="statement.completed", thing=current, by=by, at=at)
    notices.completed(current, by=by, at=at)
    return current


@transaction.atomic
def reopen(*, revision: Revision, reason: str, by: User, at: datetime) -> Revision:
    """Open a completed draft again, or start the next revision of a signed one; return what is open now.

    Raises Refused where the revision is no longer in the state in which `revision` was read.
    """
    if not reason.strip():
        raise Refused("Say why the statement is reopened.")
    current = Revision.objects.select_for_update(no_key=True).get(pk=revision.pk)
    if current.state != revision.state:  # who may reopen it depends on the state, and was judged on the one seen
        raise Refused(f"This statement is {current.get_state_display().lower()} now. Open it again, then decide.")
    if current.state == RevisionState.COMPLETED:
        current.state, current.completed_at, current.completed_by = RevisionState.OPEN, None, None
        current.save(update_fields=["state", "completed_at", "completed_by"])
        trail.record(act="statement.reopened", thing=current, by=by, at=at, words={"reason": reason})
        notices.reopened(current, reason=reason, by=by, at=at)
        return current
    if current.state not in (RevisionState.SIGNED, RevisionState.ACCEPTED):
        raise Refused(f"A statement that is {current.get_state_display().lower()} cannot be reopened.")
    if current.statement.revisions.filter(number__gt=current.number).exists():
        raise Refused("This revision has been followed by a newer one already. Open the statement to see it.")
    following = open_next_revision(current, because=reason, at=at)
    trail.record(
        act="statement.reopened", thing=following, by=by, at=at, words={"reason": reason}, after=current.number
    )
    notices.reopened(following, reason=reason, by=by, at=at)
    return following


def _after_the_last_signature(*, statement: Statement, at: datetime) -> datetime:
    """Return `at`, or the next moment after the unit's last signature where a wait for the lock has let it overtake.

    The chain of digests is read in the order of signing times. The caller holds the unit's lock.
    """
    last = Revision.objects.filter(statement__unit=statement.unit_id).aggregate(Max("signed_at"))["signed_at__max"]
    return at if last is None else max(at, last + timedelta(microseconds=1))


def _refuse_of_an_ended_unit(statement: Statement) -> None:
    """A unit may be closed, by a day in the past, after the quarter's statement was opened."""
    if not statement.is_expected:
        raise Refused(
            f"{statement.unit.name} had ended before {statement.quarter.name} began, so it makes no statement for it. "
            "The unit that came of it makes its own."
        )


def _refuse_infected(revision: Revision) -> None:
    """A file may have been found infected since the statement was completed; a signature would keep it for good."""
    infected = revision.entries.filter(evidence_items__file__blob__verdict=Verdict.INFECTED).select_related("theme")
    if (entry := infected.first()) is not None:
        raise Refused(
            f"{entry.theme.name}: the virus scanner found something in a file. Reopen the statement, and have the file "
            "removed from the evidence."
        )


@transaction.atomic
def sign(
    *, revision: Revision, seen_digest: str, signer_name: str, signer_position: str, by: User, at: datetime
) -> Revision:
    """Freeze the revision under the signer's name. `seen_digest` is of the content that was on the signer's screen.

    Raises Refused where it is not completed, was completed by the signer (unless the force lets one person do both),
    or has changed since it was shown.
    """
    # The unit's row is locked first: two signatures of one unit must follow, not fork, its chain of digests. Not its
    # key: whoever saves a new action holds the revision and refers to the unit, and neither may wait for the other.
    Unit.objects.select_for_update(no_key=True).get(pk=revision.statement.unit_id)
    current = Revision.objects.select_for_update(no_key=True).get(pk=revision.pk)
    if current.state != RevisionState.COMPLETED:
        raise Refused(f"This statement is {current.get_state_display().lower()}; only a completed one can be signed.")
    if current.completed_by_id == by.pk and not Force.objects.lets_one_person_complete_and_sign():
        raise Refused("You completed this statement, so somebody else has to sign it.")
    if not signer_name.strip() or not signer_position.strip():
        raise Refused("Enter your name and position.")
    _refuse_of_an_ended_unit(current.statement)
    _refuse_infected(current)
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
    # The trail has the whole signature: what the digest does not cover (verify_digests holds each against the other).
    trail.record(
        act="statement.signed",
        thing=current,
        by=by,
        at=current.signed_at,
        content_digest=digest,
        signer_name=current.signer_name,
        signer_position=current.signer_position,
        circumstances_digest=circumstances_of(current),
    )
    notices.signed(current, at=at)
    return current
