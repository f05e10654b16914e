"""Who may do what with statements, reviews and roll-ups: the table of domain.md. Row filters stand on the models."""

from __future__ import annotations

from django.utils import timezone

from assurance.models import (
    ClimateResult,
    InformationRequest,
    IssuedRollup,
    MentoringRecord,
    Redaction,
    ReviewNote,
    Revision,
    Rollup,
    Statement,
)
from assurance.models.climate import READS_CLIMATE
from assurance.models.information_request import ANSWERS_REQUESTS
from assurance.models.redaction import READS_REDACTIONS
from assurance.models.review import READS_ALL_NOTES, READS_OWN_NOTES
from assurance.models.rollup import READS_ALL as READS_ALL_ROLLUPS
from assurance.models.rollup import READS_ALL_ISSUED, READS_ISSUED_OF_OWN_UNITS_GROUP, READS_ISSUED_SUMMARY
from assurance.models.rollup import READS_OWN_GROUP as READS_OWN_ROLLUPS
from assurance.models.statement import READS_ALL, READS_OWN_GROUP, READS_OWN_UNIT, RevisionState
from organisation.models import BusinessGroup, Force, Unit, UnitMembership
from organisation.permissions import (
    Person,
    administers,
    appointments_today,
    roles_anywhere,
    roles_in_unit,
    roles_over_group,
    roles_over_unit,
)
from organisation.roles import Role

READS_STATEMENTS = READS_ALL | READS_OWN_UNIT | READS_OWN_GROUP
READS_ROLLUPS = READS_ALL_ROLLUPS | READS_OWN_ROLLUPS
READS_ISSUED_ROLLUPS = READS_ROLLUPS | READS_ALL_ISSUED | READS_ISSUED_OF_OWN_UNITS_GROUP
WRITES_STATEMENTS = frozenset({Role.SPOC, Role.SLT_LEAD})
READS_MENTORING = READS_STATEMENTS
READS_NOTES = READS_ALL_NOTES | READS_OWN_NOTES
BUILDS_ROLLUPS = frozenset({Role.COG_LEAD, Role.COG_SUPPORT})


def can_list_statements(user: Person) -> bool:
    """Whether the person reads any unit's statements at all."""
    return bool(roles_anywhere(user) & READS_STATEMENTS)


def can_read_statement(user: Person, statement: Statement) -> bool:
    return bool(roles_over_unit(user, statement.unit) & READS_STATEMENTS)


def can_write_statement(user: Person, statement: Statement) -> bool:
    """Whether the person fills in, completes and reopens drafts of the unit's statement."""
    return bool(roles_in_unit(user, statement.unit) & WRITES_STATEMENTS)


def can_sign(user: Person, statement: Statement) -> bool:
    """Whether the person signs for the unit. Which of its revisions they may sign is `can_sign_revision`'s question."""
    return Role.SLT_LEAD in roles_in_unit(user, statement.unit) and not administers(user)


def can_sign_revision(user: Person, revision: Revision) -> bool:
    """Whether the person signs this revision as it is: completed, and by somebody else."""
    if revision.state != RevisionState.COMPLETED or not can_sign(user, revision.statement):
        return False
    return not is_barred_as_completer(user, revision)


def is_barred_as_completer(user: Person, revision: Revision) -> bool:
    """Whether the person completed the revision and so cannot sign it, which the force may have allowed."""
    return revision.completed_by_id == user.pk and not Force.objects.lets_one_person_complete_and_sign()


def can_reopen(user: Person, revision: Revision) -> bool:
    """Whether the person reopens this revision: a completed one who writes it, a signed one who signs for the unit."""
    if revision.state == RevisionState.COMPLETED:
        return can_write_statement(user, revision.statement)
    return revision.state in (RevisionState.SIGNED, RevisionState.ACCEPTED) and can_sign(user, revision.statement)


def can_read_reviews(user: Person, group: BusinessGroup) -> bool:
    """Whether the person sees the work list of the group's statements."""
    return bool(roles_over_group(user, group) & (READS_ALL | READS_OWN_GROUP))


def can_review(user: Person, statement: Statement) -> bool:
    """Whether the person accepts or returns the unit's statements."""
    return Role.COG_LEAD in roles_over_unit(user, statement.unit) and not administers(user)


def can_accept_together(user: Person, group: BusinessGroup) -> bool:
    """Whether the person accepts several of the group's statements at once: its COG lead."""
    return Role.COG_LEAD in roles_over_group(user, group) and not administers(user)


def can_decide(user: Person, revision: Revision) -> bool:
    """Whether the person accepts or returns this revision: nobody reviews what they completed or signed."""
    if not user.is_authenticated or user.pk in (revision.completed_by_id, revision.signed_by_id):
        return False
    return revision.state == RevisionState.SIGNED and can_review(user, revision.statement)


def can_read_notes(user: Person, statement: Statement) -> bool:
    """Whether the person reads what was noted for the review. The unit does not: it is told what was decided."""
    return bool(roles_over_unit(user, statement.unit) & READS_NOTES)


def can_read_note(user: Person, note: ReviewNote) -> bool:
    return can_read_notes(user, note.revision.statement)


def can_note(user: Person, revision: Revision) -> bool:
    """Whether the person notes something on this revision for its review: on no text they completed or signed."""
    if not revision.is_frozen or user.pk in (revision.completed_by_id, revision.signed_by_id):
        return False
    return Role.COG_SUPPORT in roles_over_unit(user, revision.statement.unit)


def can_read_redactions(user: Person) -> bool:
    """Whether the person sees the redactions of signed statements, and proposes them."""
    return bool(roles_anywhere(user) & READS_REDACTIONS)


def can_decide_redaction(user: Person, redaction: Redaction) -> bool:
    """Whether the person is the second one that this redaction waits for: a Head who did not propose it."""
    if not user.is_authenticated or user.pk == redaction.proposed_by_id or administers(user):
        return False
    return redaction.waits and Role.HEAD in roles_anywhere(user)


def can_answer_information_requests(user: Person) -> bool:
    """Whether the person sees requests for information, and decides what is kept back of what is asked for."""
    return bool(roles_anywhere(user) & ANSWERS_REQUESTS)


def can_read_information_request(user: Person, request: InformationRequest) -> bool:  # noqa: ARG001  # each of them
    return can_answer_information_requests(user)


def can_release(user: Person) -> bool:
    """Whether the person confirms what is given out. It leaves the force: nobody who administers accounts does that."""
    return can_answer_information_requests(user) and not administers(user)


def can_list_rollups(user: Person) -> bool:
    """Whether the person reads any roll-up's draft at all."""
    return bool(roles_anywhere(user) & READS_ROLLUPS)


def can_list_issued_rollups(user: Person) -> bool:
    """Whether the person reads issued roll-ups at all."""
    return bool(roles_anywhere(user) & READS_ISSUED_ROLLUPS)


def can_read_rollup(user: Person, rollup: Rollup) -> bool:
    """Whether the person reads the draft: figures as they stand, words that are not issued yet."""
    if rollup.group is None:
        return bool(roles_anywhere(user) & READS_ALL_ROLLUPS)
    return bool(roles_over_group(user, rollup.group) & READS_ROLLUPS)


def can_build_rollup(user: Person, rollup: Rollup) -> bool:
    """Whether the person has the figures built and writes the words: the group's lead and support, or the Head."""
    if rollup.group is None:
        return Role.HEAD in roles_anywhere(user)
    return bool(roles_over_group(user, rollup.group) & BUILDS_ROLLUPS)


def can_issue_rollup(user: Person, rollup: Rollup) -> bool:
    """Whether the person issues it: the group's lead, for the force the Head. Nobody who administers accounts does."""
    if administers(user):
        return False
    if rollup.group is None:
        return Role.HEAD in roles_anywhere(user)
    return Role.COG_LEAD in roles_over_group(user, rollup.group)


def can_read_issued_rollup(user: Person, issued: IssuedRollup) -> bool:
    group = issued.rollup.group
    if group is None:
        return bool(roles_anywhere(user) & (READS_ALL_ROLLUPS | READS_ISSUED_SUMMARY))
    if roles_over_group(user, group) & (READS_ROLLUPS | READS_ALL_ISSUED):
        return True
    own_units = appointments_today(user).to(READS_ISSUED_OF_OWN_UNITS_GROUP).values("unit")
    today = timezone.localdate()
    memberships = UnitMembership.objects.in_force_on_or_at_the_units_end(today).filter(group=group)
    return memberships.filter(unit__in=own_units).exists()


def can_read_climate(user: Person) -> bool:
    """Whether the person reads any unit's climate results at all, and so which surveys there are."""
    return bool(roles_anywhere(user) & READS_CLIMATE)


def can_read_climate_result(user: Person, result: ClimateResult) -> bool:
    return bool(roles_over_unit(user, result.unit) & READS_CLIMATE)


def can_import_climate(user: Person) -> bool:
    """Whether the person imports, replaces and withdraws climate surveys."""
    return Role.SHRMT in roles_anywhere(user) and not administers(user)


def can_list_mentoring(user: Person) -> bool:
    """Whether the person reads any unit's mentoring records at all."""
    return bool(roles_anywhere(user) & READS_MENTORING)


def can_read_mentoring(user: Person, record: MentoringRecord) -> bool:
    return bool(roles_over_unit(user, record.unit) & READS_MENTORING)


def can_ask_adviser(user: Person, unit: Unit) -> bool:
    """Whether the person asks the unit's adviser for help: whoever fills in its statements."""
    return bool(roles_over_unit(user, unit) & WRITES_STATEMENTS)


def can_advise(user: Person) -> bool:
    """Whether the person answers units and records advice. Being named a unit's adviser is not asked for."""
    return Role.SHRMT in roles_anywhere(user)


def can_appoint_advisers(user: Person) -> bool:
    return bool(roles_anywhere(user) & READS_ALL)


def groups_to_build_for(user: Person) -> frozenset[int]:
    """The ids of the groups whose roll-ups `can_build_rollup` lets the person build: one query for a whole list."""
    built = appointments_today(user).to(BUILDS_ROLLUPS).values_list("group_id", flat=True)
    return frozenset(group_id for group_id in built if group_id is not None)
