"""From the draft report of an audit to its end: what is sent, answered, issued, closed, and what is refused."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from datetime import UTC, datetime, timedelta
from typing import Any

import page
import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from actions.models import ActionStatus
from assurance import audit_report_rules, issued_audits
from assurance.audit_report import Outcome, report_in
from assurance.issued_versions import Told
from assurance.models import Audit, AuditState, MentoringRecord, ResponseKind, Revision
from assurance.rules import Blocked, Refused
from assurance.services import audit_reports
from assurance.services.audit_content import content_of
from assurance.verification import changed_audits, find_by_digest
from organisation.models import Unit, User
from organisation.periods import london_day
from organisation.roles import Role
from records.canonical import content_digest
from records.models import Job, JobState, Notice, TrailEntry
from rendering import pdf
from tests.factories import assurance as statements
from tests.factories import audit_reports as factory
from tests.factories import rollups
from tests.factories.organisation import appoint, make_group, make_person, make_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit() -> Unit:
    return make_unit("Kiln Hill", group=make_group("Frontline Policing"))


@pytest.fixture
def claim(unit: Unit) -> Revision:
    return statements.signed(unit, levels={"capability-competence": 4})


@pytest.fixture
def auditor() -> User:
    return make_person(Role.SHRMT)


@pytest.fixture
def draft(claim: Revision, auditor: User) -> Audit:
    return factory.drafted(by=auditor, revision=claim)


# --- The draft and its answer ---------------------------------------------------------------------------------------


def test_a_draft_goes_to_the_unit_and_comes_back_with_its_answer(draft: Audit, unit: Unit, auditor: User) -> None:
    slt = make_person(Role.SLT_LEAD, unit)
    due_on = timezone.localdate() + timedelta(days=14)
    sent = factory.sent(draft, due_on=due_on)
    assert (sent.state, sent.response_due_on) == (AuditState.RESPONSE, due_on)
    assert Notice.objects.filter(person=slt, kind="audit.sent").count() == 1
    response = audit_reports.respond(audit=sent, agrees=False, text="Nights\r\nare briefed.", by=slt, at=timezone.now())
    assert (response.kind, response.text, response.responder_name) == (
        ResponseKind.ACCURACY,
        "Nights\nare briefed.",
        slt.name,
    )
    assert Notice.objects.filter(person=auditor, kind="audit.answered").count() == 1
    back = audit_reports.take_back(audit=sent, by=auditor, at=timezone.now())
    assert (back.state, back.response_due_on) == (AuditState.DRAFT, None)
    assert set(
        TrailEntry.objects.filter(thing_id=draft.pk, act__startswith="audit.").values_list("act", flat=True)
    ) == {
        "audit.sent",
        "audit.facts_answered",
        "audit.taken_back",
    }


def test_what_is_unfinished_is_not_sent(draft: Audit) -> None:
    draft.verdicts.update(reasons="")
    draft.assignments.update(leads=False)
    Audit.objects.filter(pk=draft.pk).update(summary="", ended_on=None)
    with pytest.raises(Blocked) as refused:
        audit_reports.send_for_accuracy(
            audit=draft,
            response_due_on=timezone.localdate() + timedelta(days=9),
            by=draft.planned_by,
            at=timezone.now(),
        )
    assert [blocker.field for blocker in refused.value.blockers] == [
        "lead",
        "ended_on",
        "summary",
        "reasons",
        "reasons",
    ]


def test_nobody_is_given_no_time_to_answer(draft: Audit) -> None:
    with pytest.raises(Refused, match="later day"):
        factory.sent(draft, due_on=timezone.localdate())


def test_what_is_recommended_must_be_due_after_the_answer(draft: Audit) -> None:
    with pytest.raises(Blocked) as refused:
        factory.sent(draft, due_on=timezone.localdate() + timedelta(days=91))
    assert [blocker.field for blocker in refused.value.blockers] == ["recommendation-1", "recommendation-2"]


def test_no_without_saying_what_is_refused(draft: Audit, unit: Unit) -> None:
    factory.sent(draft)
    slt = make_person(Role.SLT_LEAD, unit)
    with pytest.raises(Refused, match="which facts"):
        audit_reports.respond(audit=draft, agrees=False, text=" ", by=slt, at=timezone.now())


def test_an_answer_to_another_draft_than_the_one_that_was_read_is_refused(
    draft: Audit, unit: Unit, auditor: User
) -> None:
    seen = audit_reports.report_digest(content_of(factory.sent(draft)))
    slt = make_person(Role.SLT_LEAD, unit)
    audit_reports.take_back(audit=draft, by=auditor, at=timezone.now())
    Audit.objects.filter(pk=draft.pk).update(summary="Another one")
    factory.sent(draft)
    with pytest.raises(Refused, match="has changed since"):
        audit_reports.respond(audit=draft, agrees=True, seen_digest=seen, by=slt, at=timezone.now())
    draft.refresh_from_db()
    now = audit_reports.report_digest(content_of(draft))
    assert audit_reports.respond(audit=draft, agrees=True, seen_digest=now, by=slt, at=timezone.now()).agrees
    # What others answer meanwhile is no other draft.
    assert audit_reports.respond(audit=draft, agrees=True, seen_digest=now, by=slt, at=timezone.now()).agrees


@pytest.mark.parametrize("state", [state for state in AuditState if state != AuditState.DRAFT])
def test_only_a_draft_is_sent(draft: Audit, state: AuditState, auditor: User) -> None:
    if state in (AuditState.ISSUED, AuditState.CLOSED):
        factory.issued(factory.answered(factory.sent(draft)))
    else:
        because = "Not needed" if state == AuditState.WITHDRAWN else ""
        Audit.objects.filter(pk=draft.pk).update(state=state, withdrawn_because=because)
    with pytest.raises(Refused, match="nothing was changed"):
        audit_reports.send_for_accuracy(
            audit=draft, response_due_on=timezone.localdate() + timedelta(days=9), by=auditor, at=timezone.now()
        )


# --- Issuing --------------------------------------------------------------------------------------------------------


def test_issuing_freezes_the_claim_beside_the_verdict_with_a_digest(
    draft: Audit, claim: Revision, auditor: User
) -> None:
    at = timezone.now()
    audit = factory.issued(factory.answered(factory.sent(draft)), at=at)
    audit.refresh_from_db()
    canonical = json.dumps(audit.content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert audit.content_digest == hashlib.sha256(canonical.encode()).hexdigest()
    content: dict[str, Any] = audit.content
    assert content["validates"] == {
        "what": "statement",
        "period": str(claim.statement.quarter),
        "number": 1,
        "digest": claim.content_digest,
    }
    themes = {theme["theme"]: theme for theme in content["themes"]}
    assert (themes["leadership"]["claimed"], themes["leadership"]["level"]) == (3, 3)
    capability = themes["capability-competence"]
    assert (capability["claimed"], capability["level"]) == (4, 2)
    criterion = draft.verdicts.get(theme__identity="leadership").theme.criteria.filter(level__number=3)[0]
    [finding] = themes["leadership"]["findings"]
    assert finding["criteria"] == [{"id": criterion.pk, "level": 3, "text": criterion.text}]
    [test] = themes["leadership"]["standards"]
    assert (test["reference"], test["result"], test["note"]) == ("LD3.1", "partly", "Nights are not briefed.")
    assert themes["leadership"]["samples"] == [{"kind": "interviews", "of": "Shift sergeants", "number": 4}]
    assert content["auditors"] == [{"name": auditor.name, "role": "Lead auditor", "allowed_because": ""}]
    assert [one["agrees"] for one in content["responses"]] == [True]
    assert (audit.state, audit.issued_at, audit.issued_by, audit.issuer_name) == (
        AuditState.ISSUED,
        at,
        auditor,
        auditor.name,
    )
    trail = TrailEntry.objects.get(act="audit.issued")
    assert trail.detail == {"content_digest": audit.content_digest}
    assert Job.objects.filter(task=audit_reports.PRINT, key=audit.job_key).count() == 1


def test_each_recommendation_becomes_an_action_of_its_unit(draft: Audit, unit: Unit, auditor: User) -> None:
    audit = factory.issued(factory.answered(factory.sent(draft)))
    first, second = audit.recommendations.select_related("action")
    assert first.action is not None
    assert second.action is not None
    assert first.action.title == f"Recommendation 1 of audit {audit.reference}: {factory.RECOMMENDED}"
    assert (first.action.unit, first.action.status, first.action.raised_by) == (unit, ActionStatus.OPEN, auditor)
    task = first.action.tasks.get()
    assert (task.lead, task.due_on) == ("Senior Leadership Team (SLT) lead", first.due_on)
    assert first.action != second.action


def test_a_long_recommendation_is_cut_in_the_title_and_whole_in_the_measure(draft: Audit) -> None:
    text = "Brief supervisors " * 60
    draft.recommendations.filter(number=1).update(text=text)
    action = factory.issued(factory.answered(factory.sent(draft))).recommendations.get(number=1).action
    assert action is not None
    assert len(action.title) <= 300
    assert action.title.endswith(" …")
    assert text in action.measure


def test_the_unit_and_its_cog_lead_are_told_and_read_it_once_it_is_issued(draft: Audit, unit: Unit) -> None:
    spoc = make_person(Role.SPOC, unit)
    cog = make_person(Role.COG_LEAD, group=unit.memberships.get().group)
    factory.answered(factory.sent(draft))
    assert draft not in Audit.objects.visible_to(cog)
    factory.issued(draft)
    assert draft in Audit.objects.visible_to(cog)
    told = Notice.objects.filter(kind="audit.issued", withdrawn_at=None)
    assert {spoc.pk, cog.pk} <= set(told.values_list("person_id", flat=True))


def test_a_report_that_has_changed_since_it_was_read_is_not_issued(draft: Audit, auditor: User) -> None:
    factory.sent(draft)
    seen = content_digest(content_of(draft))
    factory.answered(draft)
    with pytest.raises(Refused, match="has changed since"):
        audit_reports.issue(audit=draft, seen_digest=seen, by=auditor, at=timezone.now())


def test_without_an_answer_it_is_issued_only_after_its_time(draft: Audit) -> None:
    now = timezone.now()
    factory.sent(draft, due_on=london_day(now) + timedelta(days=5))
    with pytest.raises(Blocked) as refused:
        factory.issued(draft)
    assert [blocker.field for blocker in refused.value.blockers] == ["response"]
    assert factory.issued(draft, at=now + timedelta(days=6)).is_out


def test_an_answer_to_an_earlier_draft_is_none_to_this_one(draft: Audit, auditor: User) -> None:
    factory.answered(factory.sent(draft))
    audit_reports.take_back(audit=draft, by=auditor, at=timezone.now())
    factory.sent(draft)
    with pytest.raises(Blocked) as refused:
        factory.issued(draft)
    assert [blocker.field for blocker in refused.value.blockers] == ["response"]
    assert factory.issued(factory.answered(draft)).is_out


def test_who_has_come_to_the_unit_since_does_not_issue_its_audit(draft: Audit, unit: Unit, auditor: User) -> None:
    factory.answered(factory.sent(draft))
    appoint(auditor, Role.SPOC, unit, starts_on=timezone.localdate())
    with pytest.raises(Blocked, match="cannot be issued") as refused:
        factory.issued(draft)
    assert [blocker.message for blocker in refused.value.blockers] == [
        f"{auditor.name} is not independent. They held an appointment there, or over its business group, in the last "
        "12 months."
    ]


def test_a_second_auditor_who_is_not_independent_keeps_it_from_being_issued(draft: Audit, unit: Unit) -> None:
    second = make_person(Role.SHRMT)
    factory.assign(draft, second, leads=False)
    factory.answered(factory.sent(draft))
    appoint(second, Role.COG_SUPPORT, group=unit.memberships.get().group, starts_on=timezone.localdate())
    with pytest.raises(Blocked) as refused:
        factory.issued(draft)
    assert [blocker.field for blocker in refused.value.blockers] == ["auditors"]
    draft.assignments.filter(auditor=second).update(ended_at=timezone.now(), ended_by=draft.planned_by)
    assert factory.issued(draft).is_out


def mentored(unit: Unit, by: User) -> None:
    theme = statements.shipped_edition().themes.get(identity="leadership")
    MentoringRecord.objects.create(
        unit=unit, theme=theme, advised_by=by, advised_at=timezone.now(), advice="Brief the shifts."
    )


def test_an_allowed_mentor_stays_allowed_beside_another_auditor(draft: Audit, unit: Unit, auditor: User) -> None:
    mentored(unit, auditor)
    factory.answered(factory.sent(draft))
    with pytest.raises(Blocked) as refused:
        factory.issued(draft)
    assert [blocker.message for blocker in refused.value.blockers] == [
        f"{auditor.name} is not independent. They mentored it in the last 12 months."
    ]
    head = make_person(Role.HEAD)
    draft.assignments.update(allowed_because="Nobody else knows boats.", allowed_at=timezone.now(), allowed_by=head)
    with pytest.raises(Blocked) as refused:
        factory.issued(draft)
    assert [blocker.message for blocker in refused.value.blockers] == [
        "Everybody who does this audit mentored what is audited. Name a second auditor who did not."
    ]
    factory.assign(draft, make_person(Role.SHRMT), leads=False)
    issued = factory.issued(draft)
    assert [one["allowed_because"] for one in issued.content["auditors"]] == ["Nobody else knows boats.", ""]


def test_a_group_is_audited_against_its_leads_own_assessment() -> None:
    group = make_group("Frontline Policing")
    unit = make_unit("Kiln Hill", group=group)
    statements.signed(unit, rollups.last_half().quarters[0])
    claimed = rollups.issued(group)
    audit = factory.drafted(by=make_person(Role.SHRMT), claimed_in=claimed, unit=unit)
    audit = factory.issued(factory.answered(factory.sent(audit)))
    assert audit.content["validates"]["digest"] == claimed.content_digest
    assert {theme["theme"]: theme["claimed"] for theme in audit.content["themes"]} == {
        "leadership": 3,
        "capability-competence": 3,
    }
    assert audit.content["scope"]["name"] == "Frontline Policing"
    assert list(changed_audits()) == []


def test_who_held_something_in_a_unit_of_the_group_does_not_issue_the_groups_audit() -> None:
    group = make_group()
    unit = make_unit(group=group)
    statements.signed(unit, rollups.last_half().quarters[0])
    lead = make_person(Role.SHRMT)
    audit = factory.answered(factory.sent(factory.drafted(by=lead, claimed_in=rollups.issued(group), unit=unit)))
    appoint(lead, Role.SPOC, unit)
    with pytest.raises(Blocked, match="cannot be issued"):
        factory.issued(audit)


# --- The rules, by themselves ---------------------------------------------------------------------------------------


def test_an_audit_without_themes_is_not_finished() -> None:
    facts = audit_report_rules.AuditFacts(
        today=timezone.localdate(), has_lead=True, ended_on=timezone.localdate(), summary="Well.", verdicts=()
    )
    assert [one.field for one in audit_report_rules.blocks_sending(facts)] == ["themes"]


def test_a_theme_without_a_verdict_is_named() -> None:
    undecided = audit_report_rules.VerdictFacts("leadership", "Leadership", is_decided=False)
    facts = audit_report_rules.AuditFacts(
        today=timezone.localdate(), has_lead=True, ended_on=timezone.localdate(), summary="Well.", verdicts=(undecided,)
    )
    [blocker] = audit_report_rules.blocks_sending(facts)
    assert (blocker.theme, blocker.field) == ("leadership", "level_answer")


def test_who_does_not_audit_any_more_is_named() -> None:
    gone = audit_report_rules.AuditorFacts("A. Person", audits=False)
    facts = audit_report_rules.AuditFacts(
        today=timezone.localdate(),
        has_lead=True,
        ended_on=timezone.localdate(),
        summary="Well.",
        verdicts=(audit_report_rules.VerdictFacts("leadership", "Leadership", is_decided=True, reasons="Seen."),),
        auditors=(gone,),
        has_answered=True,
    )
    assert [one.message for one in audit_report_rules.blocks_issuing(facts)] == [
        "A. Person does not audit any more. Name somebody else."
    ]


# --- After it is issued ---------------------------------------------------------------------------------------------


def test_the_unit_answers_an_issued_report_without_changing_it(draft: Audit, unit: Unit) -> None:
    audit = factory.issued(factory.answered(factory.sent(draft)))
    slt = make_person(Role.SLT_LEAD, unit)
    response = audit_reports.respond(audit=audit, agrees=True, text="We accept it.", by=slt, at=timezone.now())
    assert response.kind == ResponseKind.MANAGEMENT
    before = audit.content_digest
    audit.refresh_from_db()
    assert (audit.content_digest, len(audit.content["responses"])) == (before, 1)


def test_an_audit_is_closed_when_all_it_recommended_is_confirmed(draft: Audit, auditor: User) -> None:
    audit = factory.issued(factory.answered(factory.sent(draft)))
    with pytest.raises(Refused, match="Recommendations 1 and 2 are not confirmed"):
        audit_reports.close(audit=audit, by=auditor, at=timezone.now())
    factory.closed(audit.recommendations.get(number=1), by=auditor)
    with pytest.raises(Refused, match="Recommendation 2 is not confirmed"):
        audit_reports.close(audit=audit, by=auditor, at=timezone.now())
    factory.closed(audit.recommendations.get(number=2), by=auditor)
    closed = audit_reports.close(audit=audit, by=auditor, at=timezone.now())
    assert (closed.state, closed.closed_by) == (AuditState.CLOSED, auditor)
    with pytest.raises(Refused, match="Closed"):
        audit_reports.close(audit=audit, by=auditor, at=timezone.now())


def test_a_draft_is_not_closed(draft: Audit, auditor: User) -> None:
    with pytest.raises(Refused, match="Draft report"):
        audit_reports.close(audit=draft, by=auditor, at=timezone.now())


def test_the_outcome_is_said_in_one_sentence(draft: Audit) -> None:
    report = report_in(content_of(draft))
    assert report.says == ("Of 2 claims that could be compared 1 was confirmed, 1 was too high and 0 were too low.")
    assert [theme.outcome for theme in report.themes] == [Outcome.CONFIRMED, Outcome.TOO_HIGH]


# --- Its document and its digest ------------------------------------------------------------------------------------


def text_of(file: bytes) -> str:
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=file, capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


def test_the_document_conforms_and_says_what_was_issued(draft: Audit) -> None:
    audit = factory.printed(factory.issued(factory.answered(factory.sent(draft), agrees=False, text="Nights are.")))
    assert audit.pdf is not None
    file = audit.pdf.path.read_bytes()
    for profile in ("ua1", "3a"):
        assert not page.validate_pdf_bytes(file, profile=profile).failures
    said = text_of(file)
    for words in (factory.SUMMARY, factory.RECOMMENDED, "Nights are.", "The claim was too high", "Shift sergeants (4)"):
        assert words in said
    assert audit.content_digest in re.sub(r"\s", "", said)


def test_the_document_is_made_of_the_frozen_content_and_printed_once(draft: Audit) -> None:
    audit = factory.printed(factory.issued(factory.answered(factory.sent(draft))))
    assert audit_reports.request_document(audit=audit, by=None, at=timezone.now()) is None
    assert TrailEntry.objects.get(act="audit.printed").detail["content_digest"] == audit.content_digest
    first = audit.pdf
    again = factory.printed(audit)
    assert again.pdf == first
    assert TrailEntry.objects.filter(act="audit.printed").count() == 1


def test_a_document_that_cannot_be_printed_leaves_what_was_issued(
    draft: Audit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> bytes:
        raise pdf.PrintingError("no font")

    monkeypatch.setattr(pdf, "render", fail)
    audit = factory.printed(factory.issued(factory.answered(factory.sent(draft))))
    job = Job.objects.get(task=audit_reports.PRINT)
    assert job.state == JobState.FAILED
    assert "what was issued is unchanged" in job.error
    assert audit.pdf is None


def test_a_draft_has_no_document(draft: Audit) -> None:
    assert audit_reports.request_document(audit=draft, by=None, at=timezone.now()) is None


def test_both_digests_of_a_report_are_verified_for_those_who_read_it(draft: Audit, auditor: User) -> None:
    audit = factory.printed(factory.issued(factory.answered(factory.sent(draft))))
    assert audit.pdf is not None
    for digest in (audit.content_digest, audit.pdf.sha256):
        [match] = find_by_digest(digest, reader=auditor)
        assert match.is_sound
        assert match.stands
        assert audit.reference in match.thing
        assert find_by_digest(digest, reader=make_person(Role.SPOC)) == []


def test_what_is_stored_is_held_against_the_trail(draft: Audit) -> None:
    audit = factory.issued(factory.answered(factory.sent(draft)))
    assert list(changed_audits()) == []
    told = Told("audit.issued", datetime(2026, 1, 1, tzinfo=UTC), 7, {"content_digest": "x"})
    changed = issued_audits.IssuedAudit(
        content=audit.content | {"summary": "Better than it was."},
        digest=audit.content_digest,
        row={
            "reference": audit.reference,
            "summary": audit.summary,
            "good_practice": audit.good_practice,
            "issued_at": audit.content["issued_at"],
            "issuer_name": audit.issuer_name,
        },
        verdicts=[("leadership", 4, False), ("capability-competence", 2, False)],
        validated="another",
        issued=(datetime(2026, 1, 1, tzinfo=UTC), 7),
        pdf="f" * 64,
        told=[told],
    )
    said = " ".join(issued_audits.differences(changed))
    for what in ("its content has the digest", "its summary differs", "its verdicts differ", "what it validates"):
        assert what in said
    assert "the trail has another digest of it" in said
    assert "its document is not the one" in said


def test_an_issued_report_cannot_be_changed_in_the_database(draft: Audit) -> None:
    audit = factory.issued(factory.answered(factory.sent(draft)))
    with pytest.raises(DatabaseError, match="issued_audits_stay"), transaction.atomic():
        Audit.objects.filter(pk=audit.pk).update(summary="Better than it was.")
