"""Doing an audit: the claim it validates, what is saved with two people at once, its pieces, and the draft report."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from assurance.models import (
    Audit,
    AuditState,
    Decision,
    Finding,
    MergeDecision,
    Priority,
    Result,
    Revision,
    SampleKind,
    SaveReceipt,
    ThemeVerdict,
)
from assurance.models.verdict import NOT_ENOUGH_EVIDENCE
from assurance.rules import Blocked, Refused
from assurance.services import audit_findings, auditing, saving
from assurance.services.audit_findings import Advised, Overtaken, ResultEdit
from maturity.models import Standard, StandardKind
from organisation.models import Unit, User
from organisation.roles import Role
from records.edits import Edit
from records.models import Blob, TrailEntry, Verdict
from tests.factories import assurance as statements
from tests.factories import audits as factory
from tests.factories import rollups
from tests.factories.organisation import make_group, make_person, make_unit

pytestmark = pytest.mark.django_db

CLOSED_STATES = [AuditState.PLANNED, AuditState.RESPONSE, AuditState.ISSUED, AuditState.CLOSED, AuditState.WITHDRAWN]


@pytest.fixture
def auditor() -> User:
    return make_person(Role.SHRMT)


@pytest.fixture
def other() -> User:
    return make_person(Role.EXTERNAL_AUDITOR)


@pytest.fixture
def revision() -> Revision:
    return statements.signed(make_unit("Harbour OCU"), level=4)


@pytest.fixture
def planned(revision: Revision, auditor: User) -> Audit:
    return factory.planned(revision.statement.unit, by=auditor, auditors=[auditor])


@pytest.fixture
def audit(planned: Audit, revision: Revision, auditor: User) -> Audit:
    return auditing.start_fieldwork(audit=planned, claim=revision, by=auditor, at=timezone.now())


@pytest.fixture
def verdict(audit: Audit) -> ThemeVerdict:
    return audit.verdicts.get(theme__identity="leadership")


def start(audit: Audit, claim: Any, by: User) -> Audit:
    return auditing.start_fieldwork(audit=audit, claim=claim, by=by, at=timezone.now())


def save(verdict: ThemeVerdict, by: User, *, token: uuid.UUID | None = None, base: int = 0, **answers: Any) -> Any:
    edits = {name: Edit(base, value) for name, value in answers.items()}
    return auditing.save_verdict(verdict=verdict, edits=edits, token=token, by=by, at=timezone.now())


# --- What is validated --------------------------------------------------------------------------------------------


def test_fieldwork_names_the_signed_revision_that_it_validates(
    planned: Audit, revision: Revision, auditor: User
) -> None:
    begun = start(planned, revision, auditor)
    assert (begun.state, begun.revision, begun.claimed_in) == (AuditState.FIELDWORK, revision, None)
    assert begun.started_on == timezone.localdate()
    with pytest.raises(Refused, match="fieldwork cannot begin"):
        start(planned, revision, auditor)


def test_fieldwork_does_not_begin_without_a_claim_that_stands(planned: Audit, auditor: User) -> None:
    unit: Unit = planned.unit or pytest.fail("an audit of a unit")
    returned = statements.signed(unit, statements.this_quarter().previous())
    statements.decide(returned, Decision.RETURNED)
    returned.refresh_from_db()
    draft = statements.make_statement(unit, statements.this_quarter().previous().previous())
    elsewhere = statements.signed(make_unit("Kiln Hill"))
    for claim in (returned, draft, elsewhere):
        with pytest.raises(Refused, match="does not stand as a claim"):
            start(planned, claim, auditor)
    with pytest.raises(Refused, match="no signed statement"):
        start(planned, None, auditor)
    assert set(auditing.claimed_revisions(planned)) == {unit.statements.latest("quarter").revisions.get()}


def test_fieldwork_does_not_begin_before_somebody_leads_it(revision: Revision, auditor: User) -> None:
    alone = factory.planned(revision.statement.unit, by=auditor)
    with pytest.raises(Refused, match="Nobody leads"):
        start(alone, revision, auditor)


def test_of_a_group_its_issued_roll_up_is_validated(auditor: User) -> None:
    group = make_group("Frontline Policing")
    statements.signed(make_unit("Kiln Hill", group=group), rollups.last_half().quarters[0], level=2)
    planned = factory.planned(group, by=auditor, auditors=[auditor])
    with pytest.raises(Refused, match="no issued roll-up"):
        start(planned, None, auditor)
    issued = rollups.issued(group)
    with pytest.raises(Refused, match="does not stand as a claim"):
        start(planned, statements.signed(), auditor)
    begun = start(planned, issued, auditor)
    assert (begun.claimed_in, begun.revision) == (issued, None)


# --- Saving -------------------------------------------------------------------------------------------------------


def test_what_is_found_of_a_theme_is_saved_answer_by_answer(verdict: ThemeVerdict, auditor: User) -> None:
    saved = save(verdict, auditor, level_answer=3, reasons="Briefings on two of five shifts.")
    verdict.refresh_from_db()
    assert saved.is_complete
    assert saved.stamps == {"level_answer": 1, "reasons": 1}
    assert (verdict.level, verdict.not_enough_evidence, verdict.changed_by) == (3, False, auditor)
    save(verdict, auditor, base=1, level_answer=NOT_ENOUGH_EVIDENCE)
    verdict.refresh_from_db()
    assert (verdict.level, verdict.not_enough_evidence) == (None, True)
    assert verdict.reasons == "Briefings on two of five shifts."


def test_the_claim_stays_what_it_was(audit: Audit, verdict: ThemeVerdict, revision: Revision, auditor: User) -> None:
    before = (revision.content_digest, list(revision.entries.values_list("level", flat=True)))
    save(verdict, auditor, level_answer=2, reasons="Not seen.")
    revision.refresh_from_db()
    assert (revision.content_digest, list(revision.entries.values_list("level", flat=True))) == before
    assert audit.revision_id == revision.pk


def test_two_who_answer_the_same_lose_nothing_and_decide(verdict: ThemeVerdict, auditor: User, other: User) -> None:
    save(verdict, auditor, reasons="Seen on two shifts.")
    saved = save(verdict, other, reasons="Seen on every shift.", good_practice="A board at the door.")
    [conflict] = saved.conflicts
    assert (conflict.field, conflict.theirs, conflict.their_version) == ("reasons", "Seen on two shifts.", 1)
    assert saved.before.by == auditor
    verdict.refresh_from_db()
    assert (verdict.reasons, verdict.good_practice) == ("Seen on two shifts.", "A board at the door.")
    [waiting] = saving.pending_merges(audit=verdict.audit, verdict=verdict, by=other)
    assert waiting.mine == "Seen on every shift."
    assert saving.pending_merges(audit=verdict.audit, by=other) == []
    save(verdict, other, base=1, reasons="Seen on two of five shifts.")
    decision = MergeDecision.objects.get()
    assert (decision.result, decision.audit, decision.verdict) == (
        "Seen on two of five shifts.",
        verdict.audit,
        verdict,
    )
    assert verdict.history.filter(reasons="Seen on two shifts.").exists()


def test_the_same_save_sent_again_changes_nothing(verdict: ThemeVerdict, auditor: User, other: User) -> None:
    token = uuid.uuid4()
    first = save(verdict, auditor, token=token, reasons="Seen.")
    save(verdict, other, base=1, reasons="Seen by two.")
    assert save(verdict, auditor, token=token, reasons="Seen.") == first
    verdict.refresh_from_db()
    assert verdict.reasons == "Seen by two."
    assert SaveReceipt.objects.get(token=token).audit_id == verdict.audit_id
    with pytest.raises(Refused, match="sent as part of another"):
        save(verdict, other, token=token, reasons="Seen.")


def test_the_audit_s_own_answers_are_saved_alike(audit: Audit, auditor: User, other: User) -> None:
    def say(by: User, base: int = 0, **answers: str) -> Any:
        edits = {name: Edit(base, value) for name, value in answers.items()}
        return auditing.save_words(audit=audit, edits=edits, by=by, at=timezone.now())

    assert say(auditor, summary="Most of it holds.").is_complete
    assert [one.field for one in say(other, summary="Little holds.").conflicts] == ["summary"]
    audit.refresh_from_db()
    assert (audit.summary, audit.field_versions) == ("Most of it holds.", {"summary": 1})
    with pytest.raises(ValueError, match="no answer purpose"):
        say(auditor, purpose="Another.")


@pytest.mark.parametrize("state", CLOSED_STATES)
def test_nothing_is_written_before_fieldwork_or_once_the_unit_is_asked(
    state: AuditState, revision: Revision, auditor: User
) -> None:
    audit = factory.make_audit(by=auditor, state=state, revision=revision)
    if not audit.is_out:
        verdict = ThemeVerdict.objects.create(audit=audit, theme=audit.edition.themes.get(identity="leadership"))
    else:
        audit = factory.make_audit(by=auditor, state=state, revision=revision, verdicts={"leadership": 3})
        verdict = audit.verdicts.get()
    acts: list[Any] = [
        lambda: save(verdict, auditor, reasons="Late."),
        lambda: auditing.save_words(audit=audit, edits={"summary": Edit(0, "Late.")}, by=auditor, at=timezone.now()),
        lambda: find(verdict, auditor),
        lambda: recommend(audit, auditor),
    ]
    for act in acts:
        with pytest.raises(Refused, match="what it found cannot be changed"):
            act()


# --- Pieces -------------------------------------------------------------------------------------------------------


def find(verdict: ThemeVerdict, by: User, text: str = "Two supervisors had never briefed.", level: int = 3) -> Finding:
    criteria = verdict.theme.criteria.filter(level__number=level)
    return audit_findings.add_finding(verdict=verdict, text=text, criteria=list(criteria), by=by, at=timezone.now())


def recommend(audit: Audit, by: User, text: str = "Brief every shift.", **more: Any) -> Any:
    unit = more.pop("unit", audit.unit)
    advised = Advised(text, Priority.HIGH, more.pop("due_on", timezone.localdate() + timedelta(days=60)), unit)
    return audit_findings.add_recommendation(audit=audit, verdict=None, advised=advised, by=by, at=timezone.now())


def test_a_finding_bears_on_criteria_of_its_own_theme_only(verdict: ThemeVerdict, auditor: User) -> None:
    finding = find(verdict, auditor)
    own = set(verdict.theme.criteria.filter(level__number=3))
    assert own
    assert set(finding.criteria.all()) == own
    foreign = verdict.audit.edition.themes.get(identity="audit").criteria.all()[:1]
    with pytest.raises(Refused, match="not of this theme"):
        audit_findings.add_finding(verdict=verdict, text="Else.", criteria=list(foreign), by=auditor, at=timezone.now())
    with pytest.raises(Refused, match="this finding already"):
        find(verdict, auditor)


def test_findings_keep_counting_from_one_when_one_is_removed_and_the_trail_keeps_it(
    verdict: ThemeVerdict, auditor: User
) -> None:
    one, two, three = (find(verdict, auditor, text) for text in ("One.", "Two.", "Three."))
    audit_findings.remove_finding(finding=two, by=auditor, at=timezone.now())
    audit_findings.remove_finding(finding=two, by=auditor, at=timezone.now())
    assert list(verdict.findings.values_list("number", "text")) == [(1, "One."), (2, "Three.")]
    assert TrailEntry.objects.filter(act="audit.finding_removed").count() == 1
    assert {one.number, three.number} == {1, 3}


def test_a_finding_that_somebody_else_has_changed_is_not_overwritten(
    verdict: ThemeVerdict, auditor: User, other: User
) -> None:
    finding = find(verdict, auditor)
    seen = audit_findings.seen_of_finding(finding)

    def change(text: str, seen: str, by: User) -> Finding:
        return audit_findings.change_finding(
            finding=finding, seen=seen, text=text, criteria=[], by=by, at=timezone.now()
        )

    changed = change("Three had never briefed.", seen, auditor)
    with pytest.raises(Overtaken, match="Somebody else changed this"):
        change("Nobody had.", seen, other)
    assert verdict.findings.get().text == "Three had never briefed."
    change("Three of nine had never briefed.", audit_findings.seen_of_finding(changed), other)
    assert not verdict.findings.get().criteria.exists()
    audit_findings.remove_finding(finding=finding, by=auditor, at=timezone.now())
    with pytest.raises(Overtaken, match="has removed this"):
        change("Gone.", seen, other)


def test_what_was_looked_at_is_counted_by_kind_and_role(verdict: ThemeVerdict, auditor: User) -> None:
    given: dict[str, Any] = {"verdict": verdict, "kind": SampleKind.INTERVIEWS, "by": auditor, "at": timezone.now()}
    sample = audit_findings.add_sample(of="shift sergeants", number=3, **given)
    with pytest.raises(Refused, match="there already"):
        audit_findings.add_sample(of="shift sergeants", number=2, **given)
    change: dict[str, Any] = {
        "kind": SampleKind.INTERVIEWS,
        "of": "shift sergeants",
        "by": auditor,
        "at": timezone.now(),
    }
    seen = audit_findings.seen_of_sample(sample)
    audit_findings.change_sample(sample=sample, seen=seen, number=5, **change)
    with pytest.raises(Overtaken):
        audit_findings.change_sample(sample=sample, seen=seen, number=6, **change)
    assert verdict.samples.get().number == 5
    audit_findings.remove_sample(sample=sample, by=auditor, at=timezone.now())
    assert not verdict.samples.exists()


def test_results_of_standards_are_those_of_the_theme_and_not_overwritten_unseen(
    verdict: ThemeVerdict, auditor: User, other: User
) -> None:
    level = verdict.audit.edition.levels.get(number=3)
    kinds = (StandardKind.BEHAVIOUR, StandardKind.KPI)
    one, two = (
        Standard.objects.create(
            theme=verdict.theme, level=level, kind=kind, number=1, reference=f"L3.{kind}", text="Briefs."
        )
        for kind in kinds
    )
    unseen = audit_findings.seen_of_test(Result.NOT_TESTED, "")

    def record(by: User, **results: ResultEdit) -> Any:
        edits = {{"one": one.pk, "two": two.pk}[name]: edit for name, edit in results.items()}
        return audit_findings.record_tests(verdict=verdict, edits=edits, by=by, at=timezone.now())

    assert record(auditor, one=ResultEdit(Result.MET, "", unseen)) == []
    overtaken = record(
        other, one=ResultEdit(Result.NOT_MET, "", unseen), two=ResultEdit(Result.PARTLY, "Once.", unseen)
    )
    assert overtaken == [one.pk]
    assert {test.standard: (test.result, test.note) for test in verdict.tests.all()} == {
        one: (Result.MET, ""),
        two: (Result.PARTLY, "Once."),
    }
    with pytest.raises(Refused, match="not of this theme"):
        audit_findings.record_tests(
            verdict=verdict.audit.verdicts.get(theme__identity="audit"),
            edits={one.pk: ResultEdit(Result.MET, "", unseen)},
            by=auditor,
            at=timezone.now(),
        )


def test_a_recommendation_is_to_what_is_audited_and_due_in_time_to_come(audit: Audit, auditor: User) -> None:
    first, second = recommend(audit, auditor), recommend(audit, auditor, "Record each briefing.")
    assert [first.number, second.number] == [1, 2]
    with pytest.raises(Refused, match="already"):
        recommend(audit, auditor)
    with pytest.raises(Refused, match="not part of what is audited"):
        recommend(audit, auditor, unit=make_unit("Elsewhere"))
    with pytest.raises(Refused, match="lie ahead"):
        recommend(audit, auditor, "At once.", due_on=timezone.localdate())
    audit_findings.remove_recommendation(recommendation=first, by=auditor, at=timezone.now())
    second.refresh_from_db()
    assert second.number == 1
    assert second.action is None


# --- The draft report ---------------------------------------------------------------------------------------------


def draft(audit: Audit, by: User) -> Audit:
    return auditing.draft_report(audit=audit, by=by, at=timezone.now())


def test_the_draft_report_needs_a_verdict_with_reasons_on_each_theme(audit: Audit, auditor: User) -> None:
    leadership, second = audit.verdicts.all()
    save(leadership, auditor, level_answer=3)
    save(second, auditor, level_answer=NOT_ENOUGH_EVIDENCE, reasons=" ")
    with pytest.raises(Blocked) as blocked:
        draft(audit, auditor)
    assert [(one.theme, one.field) for one in blocked.value.blockers] == [
        ("leadership", "reasons"),
        ("audit", "reasons"),
    ]
    save(leadership, auditor, reasons="Seen on two of five shifts.")
    save(second, auditor, base=1, reasons="The reports were not there.")
    drafted = draft(audit, auditor)
    assert (drafted.state, drafted.ended_on) == (AuditState.DRAFT, timezone.localdate())
    assert save(leadership, auditor, base=1, level_answer=2).is_complete  # still in writing
    back = auditing.back_to_fieldwork(audit=audit, by=auditor, at=timezone.now())
    assert (back.state, back.ended_on) == (AuditState.FIELDWORK, None)
    with pytest.raises(Refused, match="cannot go on"):
        auditing.back_to_fieldwork(audit=audit, by=auditor, at=timezone.now())


def test_an_infected_file_holds_the_report_up(verdict: ThemeVerdict, auditor: User) -> None:
    for one in verdict.audit.verdicts.all():
        save(one, auditor, level_answer=3, reasons="Seen.")
    factory.give_pieces(verdict, by=auditor)
    assert auditing.missing(verdict.audit) == []
    Blob.objects.filter(pk=verdict.files.get().blob_id).update(verdict=Verdict.INFECTED)
    [blocker] = auditing.missing(verdict.audit)
    assert (blocker.theme, blocker.field) == ("leadership", "files")


@pytest.mark.parametrize("state", CLOSED_STATES)
def test_no_report_is_drafted_without_fieldwork(state: AuditState, revision: Revision, auditor: User) -> None:
    audit = factory.make_audit(by=auditor, state=state, revision=revision)
    with pytest.raises(Refused, match="no fieldwork to end"):
        draft(audit, auditor)
    with pytest.raises(Refused, match="cannot go on"):
        auditing.back_to_fieldwork(audit=audit, by=auditor, at=timezone.now())


def test_a_level_outside_the_scale_is_kept_out_by_the_database(verdict: ThemeVerdict, auditor: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        save(verdict, auditor, level_answer=6)
