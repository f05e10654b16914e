"""What an audit recommended: the unit's word, the auditor's check, the action that follows, and who is told when."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from actions.models import Action, ActionStatus
from actions.services import actions
from actions.services.actions import Refused as ActionRefused
from assurance.audit_notices import Rung, overdue_rungs
from assurance.audit_permissions import can_ask_for_closure, can_check_closure
from assurance.models import Audit, AuditState, ClosureCheck, Recommendation
from assurance.rules import Refused
from assurance.services import audit_notices, recommendations
from organisation.models import Unit, User
from organisation.roles import Role
from records.edits import Edit
from records.models import Blob, Notice, TrailEntry, Verdict
from tests.factories import assurance as statements
from tests.factories import audit_reports as factory
from tests.factories import audits
from tests.factories.evidence import sent
from tests.factories.organisation import make_group, make_person, make_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit() -> Unit:
    return make_unit("Kiln Hill", group=make_group("Frontline Policing"))


@pytest.fixture
def auditor() -> User:
    return make_person(Role.SHRMT)


@pytest.fixture
def audit(unit: Unit, auditor: User) -> Audit:
    draft = factory.drafted(by=auditor, revision=statements.signed(unit))
    return factory.issued(factory.answered(factory.sent(draft)))


@pytest.fixture
def one(audit: Audit) -> Recommendation:
    return audit.recommendations.select_related("audit", "unit", "action").get(number=1)


def action_of(one: Recommendation) -> Action:
    assert one.action is not None
    return Action.objects.get(pk=one.action.pk)


# --- The unit says that it is done ----------------------------------------------------------------------------------


def test_the_unit_says_that_it_is_done_with_evidence_and_files(one: Recommendation, unit: Unit, auditor: User) -> None:
    spoc = make_person(Role.SPOC, unit)
    file = sent(name="log.pdf")
    check = recommendations.ask_for_closure(
        recommendation=one, evidence=" Briefed\r\nin May. ", files=[file], by=spoc, at=timezone.now()
    )
    assert (check.number, check.evidence, check.asked_by) == (1, "Briefed\nin May.", spoc)
    assert [kept.name for kept in check.files.all()] == ["log.pdf"]
    assert list(Recommendation.objects.waiting_for_a_check()) == [one]
    assert action_of(one).status == ActionStatus.OPEN
    assert "Briefed" in action_of(one).notes.get().text
    assert Notice.objects.filter(person=auditor, kind="recommendation.done").count() == 1
    assert TrailEntry.objects.filter(act="recommendation.said_done", actor=spoc.pk).count() == 1


def test_without_evidence_nothing_is_said(one: Recommendation) -> None:
    with pytest.raises(Refused, match="what shows"):
        recommendations.ask_for_closure(
            recommendation=one, evidence=" ", by=make_person(Role.SPOC, one.unit), at=timezone.now()
        )


def test_a_file_that_is_not_taken_leaves_everything_unsaid(one: Recommendation) -> None:
    with pytest.raises(Refused, match="was not added"):
        factory.said_done(one, files=(SimpleUploadedFile("run.exe", b"MZ\x90\x00" * 30, "application/octet-stream"),))
    assert not ClosureCheck.objects.exists()


def test_it_is_said_once_until_somebody_has_looked(one: Recommendation, auditor: User) -> None:
    check = factory.said_done(one)
    with pytest.raises(Refused, match="said already"):
        factory.said_done(one)
    recommendations.confirm(check=check, reasons="Seen.", by=auditor, at=timezone.now())
    with pytest.raises(Refused, match="confirmed already"):
        factory.said_done(one)


def test_nothing_is_done_before_the_report_is_issued(unit: Unit, auditor: User) -> None:
    draft = factory.drafted(by=auditor, revision=statements.signed(unit))
    with pytest.raises(Refused, match="not issued"):
        factory.said_done(draft.recommendations.get(number=1))


# --- The auditor looks ----------------------------------------------------------------------------------------------


def test_what_is_confirmed_closes_its_action(one: Recommendation, auditor: User, unit: Unit) -> None:
    slt = make_person(Role.SLT_LEAD, unit)
    check = factory.closed(one, by=auditor)
    action = action_of(one)
    assert (action.status, action.closed_by, action.achieved) == (ActionStatus.CLOSED, auditor, check.evidence)
    assert list(Recommendation.objects.closed()) == [one]
    assert Notice.objects.filter(person=slt, kind="recommendation.confirmed").count() == 1


def test_what_is_reopened_stays_open_with_its_action(one: Recommendation, auditor: User, unit: Unit) -> None:
    slt = make_person(Role.SLT_LEAD, unit)
    factory.failed(one, by=auditor)
    assert action_of(one).status == ActionStatus.OPEN
    assert "Nights are still not." in Notice.objects.get(person=slt, kind="recommendation.reopened").line
    assert not Recommendation.objects.waiting_for_a_check().exists()


@pytest.mark.parametrize("act", [recommendations.confirm, recommendations.reopen])
def test_a_check_is_made_once_and_with_reasons(one: Recommendation, auditor: User, act: object) -> None:
    check = factory.said_done(one)
    with pytest.raises(Refused, match="what you saw"):
        act(check=check, reasons=" ", by=auditor, at=timezone.now())  # type: ignore[operator]
    recommendations.reopen(check=check, reasons="Not seen.", by=auditor, at=timezone.now())
    with pytest.raises(Refused, match="Nobody waits"):
        act(check=check, reasons="Seen.", by=auditor, at=timezone.now())  # type: ignore[operator]


def test_nobody_checks_what_they_said_themselves(one: Recommendation, auditor: User) -> None:
    check = factory.said_done(one, by=auditor)
    with pytest.raises(Refused, match="somebody else"):
        recommendations.confirm(check=check, reasons="Seen.", by=auditor, at=timezone.now())


def test_nothing_is_confirmed_on_a_file_that_nobody_can_open(one: Recommendation, auditor: User) -> None:
    check = factory.said_done(one, files=(sent(name="log.pdf"),))
    Blob.objects.filter(pk=check.files.get().blob_id).update(verdict=Verdict.WAITING)
    with pytest.raises(Refused, match="antivirus"):
        recommendations.confirm(check=check, reasons="Seen.", by=auditor, at=timezone.now())
    assert recommendations.reopen(check=check, reasons="Send it again.", by=auditor, at=timezone.now()).checked_at


def test_a_check_that_was_made_stays(one: Recommendation, auditor: User) -> None:
    check = factory.closed(one, by=auditor)
    with pytest.raises(DatabaseError, match="closure_checks_stay"), transaction.atomic():
        ClosureCheck.objects.filter(pk=check.pk).update(reasons="Not seen.")


# --- A repeat -------------------------------------------------------------------------------------------------------


def test_what_fails_twice_proposes_a_repeat_until_one_is_planned(one: Recommendation, auditor: User) -> None:
    factory.failed(one, by=auditor)
    assert not Recommendation.objects.proposing_a_repeat().exists()
    assert not Notice.objects.filter(kind="recommendation.repeat_proposed").exists()
    factory.failed(one, by=auditor)
    assert list(Recommendation.objects.proposing_a_repeat()) == [one]
    assert Notice.objects.get(kind="recommendation.repeat_proposed").person == auditor
    factory.failed(one, by=auditor)
    assert Notice.objects.filter(kind="recommendation.repeat_proposed").count() == 1
    repeat = audits.make_audit(by=auditor, revision=one.audit.revision)
    Audit.objects.filter(pk=repeat.pk).update(repeat_of=one.audit)
    assert not Recommendation.objects.proposing_a_repeat().exists()
    Audit.objects.filter(pk=repeat.pk).update(state=AuditState.WITHDRAWN, withdrawn_because="Not needed")
    assert list(Recommendation.objects.proposing_a_repeat()) == [one]


def test_a_repeat_that_was_planned_before_the_second_failure_is_no_answer_to_it(
    one: Recommendation, auditor: User
) -> None:
    repeat = audits.make_audit(by=auditor, revision=one.audit.revision, at=timezone.now() - timedelta(days=1))
    Audit.objects.filter(pk=repeat.pk).update(repeat_of=one.audit)
    for _ in range(2):
        factory.failed(one, by=auditor)
    assert list(Recommendation.objects.proposing_a_repeat()) == [one]


def test_what_is_confirmed_in_the_end_proposes_nothing(one: Recommendation, auditor: User) -> None:
    for _ in range(2):
        factory.failed(one, by=auditor)
    factory.closed(one, by=auditor)
    assert not Recommendation.objects.proposing_a_repeat().exists()


# --- Its action is kept ---------------------------------------------------------------------------------------------


def test_nobody_gets_round_the_auditor_by_the_action(one: Recommendation, unit: Unit, auditor: User) -> None:
    """Neither the unit, whose action it is, nor the auditor, who raised it: the recommendation's page decides."""
    action = action_of(one)
    for by in (make_person(Role.SLT_LEAD, unit), auditor):
        with pytest.raises(ActionRefused, match="recommendation 1 of audit"):
            actions.close(action=action, achieved="Done.", by=by, at=timezone.now())
        with pytest.raises(ActionRefused, match="recommendation 1 of audit"):
            actions.withdraw(action=action, reason="Not needed.", by=by, at=timezone.now())
        edits = {
            "status": Edit(0, ActionStatus.WITHDRAWN),
            "measure": Edit(action.field_versions.get("measure", 0), "Ours"),
        }
        actions.change(action_id=action.pk, edits=edits, by=by, at=timezone.now())
        action = action_of(one)
        assert (action.status, action.measure) == (ActionStatus.OPEN, "Ours")
    factory.closed(one, by=auditor)
    with pytest.raises(ActionRefused, match="recommendation 1 of audit"):
        actions.reopen(action=action, reason="Again.", by=auditor, at=timezone.now())


def test_other_actions_are_the_units_as_ever(unit: Unit) -> None:
    slt = make_person(Role.SLT_LEAD, unit)
    action = actions.raise_action(unit=unit, title="Brief", lead="Sergeant", due_on=None, by=slt, at=timezone.now())
    assert actions.close(action=action, achieved="Done.", by=slt, at=timezone.now()).status == ActionStatus.CLOSED


# --- Who may --------------------------------------------------------------------------------------------------------


def test_the_unit_asks_and_an_independent_auditor_checks(one: Recommendation, unit: Unit, auditor: User) -> None:
    asks = [make_person(Role.SPOC, unit), make_person(Role.SLT_LEAD, unit)]
    group = unit.memberships.get().group
    others = [make_person(Role.SPOC), make_person(Role.HEAD), make_person(Role.COG_LEAD, group=group)]
    assert all(can_ask_for_closure(person, one) for person in asks)
    assert not any(can_ask_for_closure(person, one) for person in [*others, auditor])
    assert can_check_closure(auditor, one)
    assert can_check_closure(make_person(Role.SHRMT), one)
    assert not any(can_check_closure(person, one) for person in [*asks, *others, make_person(Role.EXTERNAL_AUDITOR)])
    adviser = make_person(Role.SHRMT)
    statements.make_adviser(unit, adviser=adviser)
    mentored = statements.ask(unit)
    type(mentored).objects.filter(pk=mentored.pk).update(
        advised_by=adviser, advised_at=timezone.now(), advice="Brief them."
    )
    assert not can_check_closure(adviser, one)


# --- Who is told, and when ------------------------------------------------------------------------------------------


def test_first_the_unit_is_told_then_its_cog_lead_then_shrmt() -> None:
    due_on = timezone.localdate()

    def rungs(days: int) -> list[tuple[Rung, int]]:
        return list(overdue_rungs(due_on, due_on + timedelta(days=days), step=14))

    assert rungs(0) == []
    assert rungs(1) == [(Rung.UNIT, 0)]
    assert rungs(14) == [(Rung.UNIT, 0)]
    assert rungs(15) == [(Rung.UNIT, 0), (Rung.COG_LEAD, 0)]
    assert rungs(29) == [(Rung.UNIT, 0), (Rung.COG_LEAD, 0), (Rung.SHRMT, 0)]
    # A quarter after each was told first, they are told again.
    assert rungs(92) == [(Rung.UNIT, 1), (Rung.COG_LEAD, 0), (Rung.SHRMT, 0)]


def test_what_is_overdue_is_told_up_the_line_once_each(one: Recommendation, unit: Unit, auditor: User) -> None:
    spoc, slt = make_person(Role.SPOC, unit), make_person(Role.SLT_LEAD, unit)
    cog = make_person(Role.COG_LEAD, group=unit.memberships.get().group)
    other = make_person(Role.COG_LEAD)
    now = timezone.now() + timedelta(days=91)

    def told() -> set[int]:
        overdue = Notice.objects.filter(kind="recommendation.overdue", key__startswith=f"recommendation:{one.pk}:")
        return set(overdue.values_list("person_id", flat=True))

    audit_notices.escalate(now=now)
    assert {spoc.pk, slt.pk} <= told()
    assert not told() & {cog.pk, auditor.pk}
    assert audit_notices.escalate(now=now) == 0
    audit_notices.escalate(now=now + timedelta(days=300))
    assert {spoc.pk, slt.pk, cog.pk, auditor.pk} <= told()
    assert other.pk not in told()


def test_what_the_unit_says_is_done_waits_for_the_auditors_alone(one: Recommendation, auditor: User) -> None:
    factory.said_done(one)
    audit_notices.escalate(now=timezone.now() + timedelta(days=91))
    about_it = Notice.objects.filter(key__startswith=f"recommendation:{one.pk}:")
    assert not about_it.filter(kind="recommendation.overdue").exists()
    assert about_it.get(kind="recommendation.check_waits").person == auditor


def test_what_is_closed_is_told_of_no_more(one: Recommendation, auditor: User) -> None:
    factory.closed(one, by=auditor)
    audit_notices.escalate(now=timezone.now() + timedelta(days=400))
    about_it = Notice.objects.filter(key__startswith=f"recommendation:{one.pk}:")
    assert set(about_it.values_list("kind", flat=True)) == {"recommendation.done", "recommendation.confirmed"}


def test_a_night_costs_as_many_queries_for_many_recommendations_as_for_few(audit: Audit, unit: Unit) -> None:
    """One of two waits for a check, and the other is overdue; then so it is in three units."""
    make_person(Role.SPOC, unit)
    factory.said_done(audit.recommendations.get(number=1))
    now = timezone.now() + timedelta(days=200)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries, transaction.atomic():
            assert audit_notices.escalate(now=now)
            transaction.set_rollback(True)
        return len(queries)

    few = cost()
    for _ in range(2):
        other = make_unit()
        make_person(Role.SPOC, other)
        draft = factory.drafted(by=audit.planned_by, revision=statements.signed(other))
        factory.said_done(factory.issued(factory.answered(factory.sent(draft))).recommendations.get(number=1))
    assert cost() == few
