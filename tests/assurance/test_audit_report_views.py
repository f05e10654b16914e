"""The pages of an audit's report, its recommendations and the Board's findings, as people meet them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assurance.audit_findings import counted
from assurance.audit_steps import steps_of
from assurance.models import Audit, AuditState, ClosureCheck, Recommendation
from organisation.models import Unit, User
from organisation.periods import HalfYear
from organisation.roles import Role
from records.models import TrailEntry
from tests.assurance.pages import form_on, html_of, signed_in, text_of
from tests.factories import assurance as statements
from tests.factories import audit_reports as factory
from tests.factories import files
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
def spoc(unit: Unit) -> User:
    return make_person(Role.SPOC, unit)


@pytest.fixture
def draft(unit: Unit, auditor: User) -> Audit:
    return factory.drafted(by=auditor, revision=statements.signed(unit, levels={"capability-competence": 4}))


@pytest.fixture
def issued(draft: Audit) -> Audit:
    return factory.issued(factory.answered(factory.sent(draft)))


def at(name: str, thing: Audit | Recommendation, *more: object) -> str:
    return reverse(f"assurance:{name}", args=[thing.pk, *more])


def labels(user: User, audit: Audit) -> list[str]:
    audit.refresh_from_db()
    return [step.label for step in steps_of(User.objects.get(pk=user.pk), audit)]


def test_a_report_goes_from_its_draft_to_its_issue_on_the_pages(draft: Audit, auditor: User, spoc: User) -> None:
    lead, unit = signed_in(auditor), signed_in(spoc)
    assert labels(auditor, draft) == ["Send the draft report to be answered", "Read the draft report"]
    assert unit.get(at("audit_report", draft)).status_code == 404
    page = lead.get(at("send_audit_report", draft))
    assert lead.post(at("send_audit_report", draft), form_on(page)).status_code == 302
    assert labels(spoc, draft) == ["Say whether the facts are right", "Read the draft report"]
    page = unit.get(at("respond_to_audit", draft))
    assert "Are the facts in the draft report right?" in html_of(page)
    refused = unit.post(at("respond_to_audit", draft), {**form_on(page), "agrees": "no", "text": ""})
    assert refused.status_code == 422
    assert "Say which facts are not right." in html_of(refused)
    answer = {**form_on(page), "agrees": "no", "text": "Nights are briefed."}
    assert unit.post(at("respond_to_audit", draft), answer).status_code == 302
    page = lead.get(at("issue_audit_report", draft))
    assert "The last answer says that not all facts are right." in html_of(page)
    assert "Nights are briefed." in html_of(page)
    assert lead.post(at("issue_audit_report", draft), form_on(page)).status_code == 422
    done = lead.post(at("issue_audit_report", draft), {**form_on(page), "confirmed": "on"})
    assert done.status_code == 302
    said = text_of(html_of(unit.get(at("audit_report", draft))))
    assert "Issued" in said
    assert "The claim was too high" in said
    assert labels(spoc, draft) == ["Answer the report", "Read the report"]


def test_the_page_says_what_keeps_a_draft_from_being_sent_or_issued(draft: Audit, auditor: User) -> None:
    lead = signed_in(auditor)
    Audit.objects.filter(pk=draft.pk).update(summary="")
    assert "Write the summary of the report." in html_of(lead.get(at("send_audit_report", draft)))
    Audit.objects.filter(pk=draft.pk).update(summary="Well.")
    factory.sent(draft)
    page = html_of(lead.get(at("issue_audit_report", draft)))
    assert "There is no answer on the facts of the draft yet." in page
    assert "Tick" not in page
    assert 'name="confirmed"' not in page


def test_the_lead_takes_a_draft_back(draft: Audit, auditor: User) -> None:
    factory.sent(draft)
    lead = signed_in(auditor)
    assert "Take the report back" in html_of(lead.get(at("take_back_audit_report", draft)))
    assert lead.post(at("take_back_audit_report", draft)).status_code == 302
    draft.refresh_from_db()
    assert draft.state == AuditState.DRAFT
    again = lead.post(at("take_back_audit_report", draft))
    assert again.status_code == 422
    assert "nothing was changed" in html_of(again)


def test_who_reads_but_does_not_act_is_told_who_does(issued: Audit, spoc: User, auditor: User) -> None:
    readers = [spoc, make_person(Role.SHRMT), make_person(Role.HEAD)]
    for reader in readers:
        refused = signed_in(reader).get(at("issue_audit_report", issued))
        assert refused.status_code == 403
        assert "Only the lead auditor" in html_of(refused)
    assert "Only the unit’s single point of contact" in html_of(signed_in(auditor).get(at("respond_to_audit", issued)))
    assert "Only the Safety and Health Risk" in html_of(signed_in(spoc).get(at("close_audit", issued)))


def test_the_unit_answers_an_issued_report_beside_it(issued: Audit, spoc: User) -> None:
    browser = signed_in(spoc)
    page = browser.get(at("respond_to_audit", issued))
    assert browser.post(at("respond_to_audit", issued), {**form_on(page), "agrees": "yes"}).status_code == 302
    assert "Answers to the report" in html_of(browser.get(at("audit_report", issued)))


def test_closing_names_what_is_still_open(issued: Audit, auditor: User) -> None:
    lead = signed_in(auditor)
    refused = lead.post(at("close_audit", issued))
    assert refused.status_code == 422
    assert "Recommendations 1 and 2 are not confirmed as done yet." in html_of(refused)
    for one in issued.recommendations.all():
        factory.closed(one, by=auditor)
    assert lead.post(at("close_audit", issued)).status_code == 302
    issued.refresh_from_db()
    assert issued.state == AuditState.CLOSED


def test_the_document_is_taken_away_by_its_readers_and_that_is_recorded(issued: Audit, spoc: User) -> None:
    browser = signed_in(spoc)
    assert browser.get(at("audit_report_pdf", issued)).status_code == 404
    factory.printed(issued)
    answer: Any = browser.get(at("audit_report_pdf", issued))
    assert answer.getvalue().startswith(b"%PDF")
    assert f"audit-{issued.reference}.pdf" in answer.headers["Content-Disposition"]
    assert TrailEntry.objects.get(act="audit.report_taken").actor_id == spoc.pk
    assert "Download the report" in html_of(browser.get(at("audit_report", issued)))


def test_a_report_that_was_not_printed_can_be_asked_for_again(issued: Audit, spoc: User) -> None:
    browser = signed_in(spoc)
    assert browser.post(at("print_audit_report", issued)).status_code == 302
    assert browser.get(at("audit_report_progress", issued)).status_code == 302


# --- Recommendations ------------------------------------------------------------------------------------------------


def test_a_recommendation_goes_from_done_to_reopened_to_closed_on_the_pages(
    issued: Audit, spoc: User, auditor: User
) -> None:
    one = issued.recommendations.get(number=1)
    unit, checker = signed_in(spoc), signed_in(auditor)
    assert "Say that it is done" in html_of(unit.get(at("recommendation", one)))
    refused = unit.post(at("recommendation_done", one), {"evidence": ""})
    assert refused.status_code == 422
    file = sent(name="log.pdf")
    said = unit.post(at("recommendation_done", one), {"evidence": "Briefed in May.", "uploads": file})
    assert said.status_code == 302
    kept = ClosureCheck.objects.get().files.get()
    answer: Any = checker.get(at("closure_file", one, kept.pk))
    assert answer.getvalue() == files.pdf()
    assert TrailEntry.objects.filter(act="recommendation.file_taken", actor=auditor.pk).count() == 1
    page = checker.get(at("check_recommendation", one, 1))
    assert "Briefed in May." in html_of(page)
    assert checker.post(at("check_recommendation", one, 1), {"decision": "confirm", "reasons": ""}).status_code == 422
    again = {"decision": "reopen", "reasons": "Nights are missing."}
    assert checker.post(at("check_recommendation", one, 1), again).status_code == 302
    assert "Nights are missing." in html_of(unit.get(at("recommendation", one)))
    unit.post(at("recommendation_done", one), {"evidence": "Nights too."})
    confirmed = {"decision": "confirm", "reasons": "Yes."}
    assert checker.post(at("check_recommendation", one, 2), confirmed).status_code == 302
    assert "Confirmed as done" in html_of(unit.get(at("recommendation", one)))
    assert unit.post(at("recommendation_done", one), {"evidence": "Again."}).status_code == 422


def test_the_unit_checks_nothing_and_others_say_nothing_for_it(issued: Audit, spoc: User, auditor: User) -> None:
    one = issued.recommendations.get(number=1)
    factory.said_done(one)
    assert signed_in(spoc).get(at("check_recommendation", one, 1)).status_code == 403
    assert signed_in(auditor).get(at("recommendation_done", one)).status_code == 403
    assert signed_in(make_person(Role.SPOC)).get(at("recommendation", one)).status_code == 404
    assert signed_in(auditor).get(at("check_recommendation", one, 9)).status_code == 404


def test_the_list_shows_what_is_open_waiting_closed_and_proposed(issued: Audit, spoc: User, auditor: User) -> None:
    first, second = issued.recommendations.all()
    for _ in range(2):
        factory.failed(first, by=auditor)
    factory.closed(second, by=auditor)
    page = html_of(signed_in(auditor).get(reverse("assurance:recommendations")))
    said = text_of(page)
    for line in ("Open: 1", "Overdue: 0", "Waiting for a check: 0", "Proposing a repeat audit: 1", "Closed: 1"):
        assert line in said
    shown = html_of(signed_in(auditor).get(reverse("assurance:recommendations"), {"show": "repeat"}))
    assert at("recommendation", first) in shown
    assert at("recommendation", second) not in shown
    assert "Proposing a repeat audit" not in html_of(signed_in(spoc).get(reverse("assurance:recommendations")))


def test_a_proposed_repeat_is_shown_to_those_who_decide_on_it(issued: Audit, spoc: User, auditor: User) -> None:
    one = issued.recommendations.get(number=1)
    for _ in range(2):
        factory.failed(one, by=auditor)
    for page in (at("recommendation", one), at("audit_report", issued)):
        assert "is proposed" in html_of(signed_in(auditor).get(page))
        assert "is proposed" not in html_of(signed_in(spoc).get(page))


@pytest.mark.usefixtures("issued")
def test_the_list_costs_as_many_queries_for_many_as_for_few(auditor: User, django_assert_num_queries: Any) -> None:
    browser = signed_in(auditor)
    browser.get(reverse("assurance:recommendations"))
    with CaptureQueriesContext(connection) as few:
        browser.get(reverse("assurance:recommendations"))
    for _ in range(2):
        factory.issued(
            factory.answered(factory.sent(factory.drafted(by=auditor, revision=statements.signed(make_unit()))))
        )
    with django_assert_num_queries(len(few)):
        browser.get(reverse("assurance:recommendations"))


def test_the_action_says_who_closes_it(issued: Audit, spoc: User) -> None:
    one = issued.recommendations.select_related("action").get(number=1)
    assert one.action is not None
    page = html_of(signed_in(spoc).get(reverse("actions:action", args=[one.action.pk])))
    assert f"This action is recommendation 1 of audit {issued.reference}." in page
    assert at("recommendation", one) in page
    assert reverse("actions:close", args=[one.action.pk]) not in page
    refused = signed_in(spoc).post(reverse("actions:close", args=[one.action.pk]), {"achieved": "Done."})
    assert refused.status_code == 422
    found = html_of(signed_in(spoc).get(reverse("actions:actions"), {"origin": "recommended"}))
    assert one.action.title in found


# --- The steps, and the Board ---------------------------------------------------------------------------------------


def test_the_steps_stand_on_the_audit_s_page_and_its_report_s_but_none_leads_to_itself(
    draft: Audit, auditor: User
) -> None:
    browser, report = signed_in(auditor), f'href="{at("audit_report", draft)}"'
    on_audit, on_report = (html_of(browser.get(at(name, draft))) for name in ("audit", "audit_report"))
    for page in (on_audit, on_report):
        assert at("send_audit_report", draft) in page
        assert "Your turn" in page
    assert report in on_audit
    assert report not in on_report
    Audit.objects.filter(pk=draft.pk).update(state=AuditState.PLANNED)
    draft.refresh_from_db()
    assert steps_of(auditor, draft) == []


def test_the_board_reads_counts_and_no_reports(issued: Audit) -> None:
    for role in (Role.BOARD_MEMBER, Role.BOARD_SECRETARY):
        browser = signed_in(make_person(role))
        said = text_of(html_of(browser.get(reverse("assurance:audit_findings"))))
        assert "1 audit was issued. Of 2 audited claims 1 was confirmed, 1 was too high and 0 were too low." in said
        assert "The audits of this half-year made 2 recommendations." in said
        assert "2 are open" in said
        assert issued.scope.name not in said
        assert browser.get(at("audit_report", issued)).status_code == 404
    before = HalfYear.of(timezone.localdate()).previous()
    past = browser.get(reverse("assurance:audit_findings"), {"half": str(before)})
    assert "No audit was issued in this half-year." in html_of(past)
    assert browser.get(reverse("assurance:audit_findings"), {"half": "sometime"}).status_code == 404


def test_findings_are_counted_by_theme_whatever_the_order() -> None:
    def theme(identity: str, number: int, claimed: int | None, level: int | None, **more: Any) -> dict[str, Any]:
        base = {"theme": identity, "number": number, "name": identity.title(), "claimed": claimed, "level": level}
        return {**base, "findings": [], "standards": [], **more}

    found = counted(
        [
            [theme("audit", 12, 3, 3), theme("leadership", 1, 4, 3, findings=[1, 2])],
            [theme("leadership", 1, 2, 3, standards=[{"result": one} for one in ("met", "partly", "not-tested")])],
            [theme("leadership", 1, 2, None), theme("audit", 12, None, 2)],
        ]
    )
    leadership, audit = found.themes
    assert (leadership.audits, leadership.too_high, leadership.too_low, leadership.not_enough) == (3, 1, 1, 1)
    assert (leadership.findings, leadership.not_met, leadership.tested) == (2, 1, 2)
    assert (audit.audits, audit.confirmed, audit.no_claim) == (2, 1, 1)
    assert found.says == "3 audits were issued. Of 3 audited claims 1 was confirmed, 1 was too high and 1 was too low."
