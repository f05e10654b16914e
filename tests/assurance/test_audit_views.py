"""Audits in a browser: planned, assigned and begun, then written in fieldwork, with two people at once and a photo."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assurance.models import Audit, AuditFile, AuditState, Revision, ThemeVerdict
from assurance.services import audit_findings, auditing, planning_audits
from maturity.models import Standard, StandardKind
from organisation.models import Unit, User
from organisation.roles import Role
from records.edits import Edit
from records.models import TrailEntry
from tests.assurance.pages import form_on, html_of, signed_in, text_of
from tests.factories import assurance as statements
from tests.factories import audits as factory
from tests.factories import files
from tests.factories.organisation import make_person, make_unit

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def auditor() -> User:
    return make_person(Role.SHRMT)


@pytest.fixture
def other() -> User:
    return make_person(Role.SHRMT)


@pytest.fixture
def unit() -> Unit:
    return make_unit("Harbour OCU")


@pytest.fixture
def revision(unit: Unit) -> Revision:
    return statements.signed(unit, level=4)


@pytest.fixture
def audit(revision: Revision, auditor: User, other: User) -> Audit:
    """In fieldwork, on leadership and audit: the auditor leads, the other does it too."""
    return factory.begun(revision, by=auditor, auditors=[other])


@pytest.fixture
def verdict(audit: Audit) -> ThemeVerdict:
    return audit.verdicts.get(theme__identity="leadership")


@pytest.fixture
def browser(auditor: User) -> Client:
    return signed_in(auditor)


def address(name: str, audit: Audit, *more: object) -> str:
    return reverse(f"assurance:{name}", args=[audit.pk, *more])


# --- The list, the plan, the auditors -----------------------------------------------------------------------------


def test_an_audit_is_planned_assigned_and_begun_without_javascript(revision: Revision, auditor: User) -> None:
    browser, today = signed_in(auditor), timezone.localdate()
    sent = {
        "scope": f"unit-{revision.statement.unit.slug}",
        "kind": "shrmt",
        "themes": ["leadership", "audit"],
        "purpose": "The claim rose by two levels.",
        "planned_from": f"{today.day} {today.month} {today.year}",
        "planned_to": f"{today.day} {today.month} {today.year}",
    }
    planned = browser.post(reverse("assurance:plan_audit"), sent)
    audit = Audit.objects.get()
    assert planned["Location"] == address("audit_auditors", audit)
    page = text_of(html_of(browser.get(planned["Location"])))
    assert f"Audit {audit.reference} is planned. Say who does it." in page
    assert browser.post(address("audit_auditors", audit), {"auditor": auditor.pk}).status_code == 302
    start = browser.get(address("start_fieldwork", audit))
    assert f"Statement of {revision.statement.quarter.name}, revision 1" in html_of(start)
    browser.post(address("start_fieldwork", audit), {"claim": revision.pk})
    audit.refresh_from_db()
    assert (audit.state, audit.revision) == (AuditState.FIELDWORK, revision)


def test_a_repeat_is_planned_from_what_was_not_found_done(unit: Unit, auditor: User) -> None:
    first = factory.make_audit(by=auditor, state=AuditState.ISSUED, revision=statements.signed(unit))
    browser, today = signed_in(auditor), timezone.localdate()
    page = browser.get(f"{reverse('assurance:plan_audit')}?scope=unit-{unit.slug}&repeat-of={first.pk}")
    assert f'name="repeat_of" value="{first.pk}"' in html_of(page)
    day = f"{today.day} {today.month} {today.year}"
    sent = {"scope": f"unit-{unit.slug}", "kind": "shrmt", "themes": ["leadership"], "repeat_of": first.pk}
    planned = browser.post(reverse("assurance:plan_audit"), {**sent, "planned_from": day, "planned_to": day})
    again = Audit.objects.get(repeat_of=first)
    assert planned["Location"] == address("audit_auditors", again)
    assert f"Audit {first.reference}" in text_of(html_of(browser.get(address("audit", again))))


def test_who_is_not_independent_is_refused_in_words_at_the_box(unit: Unit, auditor: User) -> None:
    audit = factory.planned(unit, by=auditor)
    mentor = statements.make_adviser(unit).adviser
    assert mentor is not None
    page = signed_in(auditor).post(address("audit_auditors", audit), {"auditor": mentor.pk})
    assert page.status_code == 422
    said = text_of(html_of(page))
    assert f"{mentor} is not independent of Harbour OCU." in said
    assert "The Head of Safety, Health and Wellbeing may allow it" in said
    head = signed_in(make_person(Role.HEAD))
    planning_audits.assign(audit=audit, auditor=auditor, by=auditor, at=timezone.now())
    allowed = head.post(address("allow_auditor", audit), {"auditor": mentor.pk, "because": "Nobody else knows boats."})
    assert allowed["Location"] == address("audit", audit)
    assert "Nobody else knows boats." in html_of(head.get(allowed["Location"]))


def test_the_lead_changes_and_an_auditor_s_part_ends(audit: Audit, auditor: User, other: User) -> None:
    browser = signed_in(make_person(Role.SHRMT))
    assignment = audit.assignments.get(auditor=other)
    browser.post(address("lead_audit", audit, assignment.pk))
    assert audit.assignments.get(leads=True).auditor == other
    browser.post(address("end_audit_assignment", audit, assignment.pk))
    assert audit.assignments.standing().get().auditor == auditor
    assert "does audit" in text_of(html_of(browser.get(address("audit_auditors", audit))))


def test_the_list_filters_by_state_and_by_who_audits(audit: Audit, unit: Unit, auditor: User) -> None:
    planned = factory.planned(unit, by=auditor)
    browser = signed_in(auditor)

    def shown(**wanted: str) -> set[str]:
        html = html_of(browser.get(reverse("assurance:audits"), wanted))
        return set(re.findall(r"A-\d{4}-\d{3}", html))

    both = {audit.reference, planned.reference}
    assert shown() == both
    assert shown(state="fieldwork") == {audit.reference}
    assert shown(whose="mine") == {audit.reference}
    assert shown(whose="external") == set()
    assert shown(scope="harbour") == both
    assert shown(scope="kiln") == set()
    assert shown(state="no such state") == both


def test_the_list_asks_the_database_as_often_however_many_audits_there_are(unit: Unit, auditor: User) -> None:
    browser = signed_in(auditor)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert browser.get(reverse("assurance:audits")).status_code == 200
        return len(asked)

    factory.planned(unit, by=auditor, auditors=[auditor])
    browser.get(reverse("assurance:audits"))
    few = queries()
    for _ in range(5):
        factory.planned(unit, by=auditor, auditors=[auditor])
    assert queries() == few


# --- The page of an audit -----------------------------------------------------------------------------------------


def test_the_page_shows_the_claim_beside_the_verdict_and_what_is_missing(
    audit: Audit, verdict: ThemeVerdict, auditor: User, browser: Client
) -> None:
    edits = {"level_answer": Edit(0, 2), "reasons": Edit(0, "Two of five shifts.")}
    auditing.save_verdict(verdict=verdict, edits=edits, by=auditor, at=timezone.now())
    said = text_of(html_of(browser.get(address("audit", audit))))
    assert "Claimed 4 Proactive culture Found 2 Reactive culture Claimed 2 levels too high" in said
    assert "Assurance and Audit: give the level that you found" in said
    assert "End fieldwork and draft the report" not in said


def test_what_was_planned_becomes_a_draft_report_and_goes_back(audit: Audit, auditor: User, browser: Client) -> None:
    for one in audit.verdicts.all():
        edits = {"level_answer": Edit(0, 4), "reasons": Edit(0, "Seen.")}
        auditing.save_verdict(verdict=one, edits=edits, by=auditor, at=timezone.now())
    assert "End fieldwork and draft the report" in html_of(browser.get(address("audit", audit)))
    browser.post(address("draft_audit", audit))
    audit.refresh_from_db()
    assert audit.state == AuditState.DRAFT
    browser.post(address("reopen_fieldwork", audit))
    audit.refresh_from_db()
    assert audit.state == AuditState.FIELDWORK


def test_a_draft_with_something_missing_says_what(audit: Audit, browser: Client) -> None:
    answer = browser.post(address("draft_audit", audit), follow=True)
    assert "Leadership: give the level that you found" in text_of(html_of(answer))
    audit.refresh_from_db()
    assert audit.state == AuditState.FIELDWORK


def test_an_audit_is_withdrawn_with_its_reason_on_its_page(audit: Audit, browser: Client) -> None:
    assert browser.post(address("withdraw_audit", audit), {"because": ""}).status_code == 422
    page = browser.post(address("withdraw_audit", audit), {"because": "The unit is merged."}, follow=True)
    assert "Withdrawn. The unit is merged." in text_of(html_of(page))


# --- A theme in fieldwork -----------------------------------------------------------------------------------------


def test_a_theme_shows_what_was_signed_and_takes_a_verdict(verdict: ThemeVerdict, browser: Client) -> None:
    page = browser.get(address("audit_theme", verdict.audit, "leadership"))
    said = text_of(html_of(page))
    assert "4 Proactive culture" in said
    assert "Records of Leadership were checked." in said
    sent = form_on(page) | {"level_answer": "not-enough-evidence", "reasons": "No records.", "then": "continue"}
    answer = browser.post(address("audit_theme", verdict.audit, "leadership"), sent)
    assert answer["Location"] == address("audit_theme", verdict.audit, "audit")
    verdict.refresh_from_db()
    assert (verdict.level, verdict.not_enough_evidence, verdict.reasons) == (None, True, "No records.")


def test_each_answer_is_saved_while_it_is_given(verdict: ThemeVerdict, browser: Client) -> None:
    page = form_on(browser.get(address("audit_theme", verdict.audit, "leadership")))
    sent = {"person": page["person"], "revision": "1", "token": str(uuid.uuid4())}
    sent |= {"reasons": "Two of five.", "reasons-version": page["reasons-version"]}
    answer = browser.post(address("autosave_audit_theme", verdict.audit, "leadership"), sent, headers=HTMX)
    assert (answer.status_code, answer["Autosave-Outcome"]) == (200, "saved")
    verdict.refresh_from_db()
    assert verdict.reasons == "Two of five."


def test_two_auditors_who_write_at_once_see_both_versions_and_decide(
    verdict: ThemeVerdict, browser: Client, other: User
) -> None:
    where = address("audit_theme", verdict.audit, "leadership")
    page = form_on(browser.get(where))
    edits = {"reasons": Edit(0, "Seen on two shifts.")}
    auditing.save_verdict(verdict=verdict, edits=edits, by=other, at=timezone.now())
    sent = page | {"reasons": "Seen on every shift.", "good_practice": "A board at the door.", "then": "save"}
    refused = browser.post(where, sent)
    assert refused.status_code == 409
    said = text_of(html_of(refused))
    assert "Seen on two shifts." in said
    assert "Seen on every shift." in said
    verdict.refresh_from_db()
    assert (verdict.reasons, verdict.good_practice) == ("Seen on two shifts.", "A board at the door.")
    assert "An answer of yours was not saved" in text_of(html_of(browser.get(where)))
    decided = form_on(refused) | {"reasons": "Seen on two of five shifts.", "then": "save"}
    assert browser.post(where, decided).status_code == 302
    verdict.refresh_from_db()
    assert verdict.reasons == "Seen on two of five shifts."


def test_what_is_sent_once_the_audit_has_moved_on_comes_back_to_be_copied(
    verdict: ThemeVerdict, auditor: User, browser: Client
) -> None:
    where = address("audit_theme", verdict.audit, "leadership")
    page = form_on(browser.get(where)) | {"reasons": "Written too late.", "then": "save"}
    planning_audits.withdraw(audit=verdict.audit, because="Merged.", by=auditor, at=timezone.now())
    answer = browser.post(where, page)
    assert answer.status_code == 409
    assert "Written too late." in html_of(answer)
    part = {name: page[name] for name in ("person", "revision", "reasons", "reasons-version")}
    part["token"] = str(uuid.uuid4())
    stopped = browser.post(address("autosave_audit_theme", verdict.audit, "leadership"), part, headers=HTMX)
    assert (stopped.status_code, stopped["Autosave-Outcome"]) == (409, "stopped")
    verdict.refresh_from_db()
    assert verdict.reasons == ""


def test_who_reads_the_audit_reads_a_theme_and_writes_nothing(verdict: ThemeVerdict) -> None:
    head = signed_in(make_person(Role.HEAD))
    where = address("audit_theme", verdict.audit, "leadership")
    page = html_of(head.get(where))
    assert "What was found" in page
    assert "<textarea" not in page
    assert head.post(where, {"reasons": "Mine."}).status_code == 403


def test_the_summary_is_written_on_a_page_of_its_own(audit: Audit, browser: Client) -> None:
    where = address("audit_words", audit)
    sent = form_on(browser.get(where)) | {"summary": "Most of it holds.", "then": "continue"}
    assert browser.post(where, sent)["Location"] == address("audit", audit)
    assert "Most of it holds." in html_of(browser.get(address("audit", audit)))


# --- Pieces -------------------------------------------------------------------------------------------------------


def test_a_finding_is_added_with_its_criteria_changed_and_removed(verdict: ThemeVerdict, browser: Client) -> None:
    audit = verdict.audit
    criterion = verdict.theme.criteria.filter(level__number=3).first()
    assert criterion is not None
    sent = {"text": "Two had never briefed.", "criteria": [criterion.pk]}
    assert browser.post(address("new_finding", audit, "leadership"), sent)["Location"] == address(
        "audit_theme", audit, "leadership"
    )
    finding = verdict.findings.get()
    assert [*finding.criteria.all()] == [criterion]
    change = address("change_finding", audit, "leadership", finding.pk)
    page = browser.get(change)
    assert "checked" in html_of(page)
    browser.post(change, form_on(page) | {"text": "Three had never briefed."})
    finding.refresh_from_db()
    assert finding.text == "Three had never briefed."
    browser.post(address("remove_audit_piece", audit, "finding", finding.pk))
    assert not verdict.findings.exists()


def test_a_finding_changed_by_somebody_else_meanwhile_is_shown_beside_one_s_own(
    verdict: ThemeVerdict, other: User, browser: Client
) -> None:
    given: dict[str, Any] = {"criteria": [], "by": other, "at": timezone.now()}
    finding = audit_findings.add_finding(verdict=verdict, text="Two had never briefed.", **given)
    change = address("change_finding", verdict.audit, "leadership", finding.pk)
    page = form_on(browser.get(change))
    seen = audit_findings.seen_of_finding(finding)
    audit_findings.change_finding(finding=finding, seen=seen, text="Three had.", **given)
    refused = browser.post(change, page | {"text": "Nobody had."})
    assert refused.status_code == 422
    said = text_of(html_of(refused))
    assert "Three had." in said
    assert "Nobody had." in said
    assert browser.post(change, form_on(refused) | {"text": "Three of nine had."}).status_code == 302
    finding.refresh_from_db()
    assert finding.text == "Three of nine had."


def test_what_was_looked_at_and_a_recommendation_are_written_and_removed(
    verdict: ThemeVerdict, browser: Client
) -> None:
    audit, due = verdict.audit, timezone.localdate().replace(day=1)
    sample = {"kind": "interviews", "of": "shift sergeants", "number": "5"}
    browser.post(address("new_sample", audit, "leadership"), sample)
    assert str(verdict.samples.get()) == "5 shift sergeants"
    assert browser.post(address("new_sample", audit, "leadership"), sample | {"number": "none"}).status_code == 422
    sent = {
        "text": "Brief every shift.",
        "unit": audit.unit_id,
        "priority": "high",
        "due_on": f"{due.day} {due.month} {due.year + 1}",
    }
    browser.post(f"{address('new_audit_recommendation', audit)}?theme=leadership", sent)
    made = audit.recommendations.get()
    assert (made.verdict, made.unit, made.number) == (verdict, audit.unit, 1)
    page = text_of(html_of(browser.get(address("audit_theme", audit, "leadership"))))
    assert "Interviews: 5 shift sergeants" in page
    assert "Brief every shift. High priority" in page
    for sort, piece in (("sample", verdict.samples.get()), ("recommendation", made)):
        assert "Remove this" in html_of(browser.get(address("remove_audit_piece", audit, sort, piece.pk)))
        browser.post(address("remove_audit_piece", audit, sort, piece.pk))
    assert not verdict.samples.exists()
    assert not audit.recommendations.exists()


def test_standards_are_recorded_where_the_edition_has_them(verdict: ThemeVerdict, browser: Client) -> None:
    where = address("audit_standards", verdict.audit, "leadership")
    assert browser.get(where).status_code == 404
    level = verdict.audit.edition.levels.get(number=3)
    one = Standard.objects.create(
        theme=verdict.theme, level=level, kind=StandardKind.KPI, number=1, reference="L3.1", text="Briefs every shift."
    )
    sent = form_on(browser.get(where))
    browser.post(where, sent | {f"standard-{one.pk}-result": "partly", f"standard-{one.pk}-note": "Two of five."})
    test = verdict.tests.get()
    assert (test.result, test.note) == ("partly", "Two of five.")
    stale = browser.post(where, sent | {f"standard-{one.pk}-result": "met"})
    assert stale.status_code == 422
    assert "What somebody else saved meanwhile" in html_of(stale)
    assert verdict.tests.get().result == "partly"


# --- Photos and files ---------------------------------------------------------------------------------------------


def photo(name: str = "board.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, files.picture(), content_type="image/png")


def test_a_phone_s_camera_is_offered_beside_the_files(verdict: ThemeVerdict, browser: Client) -> None:
    page = html_of(browser.get(address("audit_theme", verdict.audit, "leadership")))
    [camera] = re.findall(r'<input type="file" name="photo"[^>]*>', page)
    assert 'accept="image/*"' in camera
    assert 'capture="environment"' in camera


def test_a_photo_is_taken_as_evidence_and_downloaded_by_who_reads_the_audit(
    verdict: ThemeVerdict, browser: Client, auditor: User
) -> None:
    where = address("audit_evidence", verdict.audit, "leadership")
    sent = {"photo": photo(), "title": "The briefing board"}
    assert browser.post(where, sent)["Location"] == address("audit_theme", verdict.audit, "leadership")
    kept = AuditFile.objects.get()
    assert (kept.title, kept.name, kept.added_by) == ("The briefing board", "board.png", auditor)
    download = reverse("assurance:audit_file", args=[kept.pk])
    answer = browser.get(download)
    assert b"".join(answer.streaming_content) == files.picture()  # type: ignore[attr-defined]  # a streamed answer
    assert answer["Content-Disposition"] == 'attachment; filename="board.png"'
    assert TrailEntry.objects.filter(act="audit.file_downloaded", actor=auditor).count() == 1
    unit = verdict.audit.unit
    assert signed_in(make_person(Role.SPOC, unit)).get(download).status_code == 404
    Audit.objects.filter(pk=verdict.audit_id).update(state=AuditState.RESPONSE)
    asked = signed_in(make_person(Role.SPOC, unit)).get(download)
    assert b"".join(asked.streaming_content) == files.picture()  # type: ignore[attr-defined]  # a streamed answer
    assert signed_in(make_person(Role.SPOC, make_unit("Kiln Hill"))).get(download).status_code == 404


def test_what_is_no_picture_or_document_is_refused_at_its_box(verdict: ThemeVerdict, browser: Client) -> None:
    where = address("audit_evidence", verdict.audit, "leadership")
    refused = browser.post(where, {"file": SimpleUploadedFile("page.html", b"<script>alert(1)</script>")})
    assert refused.status_code == 422
    assert "“page.html” was not added." in text_of(html_of(refused))
    assert "Take a photo or choose a file." in text_of(html_of(browser.post(where, {})))
    assert not AuditFile.objects.exists()
    browser.post(where, {"file": photo()})
    again = browser.post(where, {"file": photo()})
    assert "has this file already" in text_of(html_of(again))
    browser.post(address("remove_audit_piece", verdict.audit, "file", AuditFile.objects.get().pk))
    assert not AuditFile.objects.exists()
