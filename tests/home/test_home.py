"""The front page: what waits for each role, in words and links, at a fixed price."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from assurance.models import Decision, Revision
from assurance.services import statements
from home.lines import Line, Part
from home.waiting import waiting_for
from organisation.models import Appointment, BusinessGroup, Unit, User
from organisation.periods import HalfYear, Quarter
from organisation.permissions import appointments_today
from organisation.roles import INSIDE_THE_FORCE, Role
from papers.models import Paper, PaperState
from tests.factories import assurance, audit_reports, papers, programmes, rollups
from tests.factories import organisation as make

pytestmark = pytest.mark.django_db

BEFORE, DUE_PASSED = date(2026, 11, 20), date(2026, 12, 1)
QUARTER = Quarter.parse("2026/27-Q3")


def page(person: User) -> str:
    """The text of the front page's content, its blanks drawn together."""
    client = Client()
    client.force_login(person)
    response = client.get("/")
    assert response.status_code == 200
    content = response.content.decode()
    main = content[content.index("<main") : content.index("</main>")]
    return " ".join(unescape(strip_tags(main)).split())


def parts_for(person: User, *, today: date | None = None) -> dict[str, Part]:
    held = list(appointments_today(person).select_related("unit", "group"))
    return {part.heading: part for part in waiting_for(held, today=today or timezone.localdate())}


def statement_line(revision: Revision, role: Role, *, today: date = BEFORE) -> Line:
    person = make.make_person(role, revision.statement.unit)
    return parts_for(person, today=today)["Your statement"].lines[0]


# --- Nobody, and everybody ----------------------------------------------------------------------------------------


def test_a_stranger_is_sent_to_sign_in(client: Client) -> None:
    response = client.get("/")
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


def test_somebody_without_an_appointment_is_told_whom_to_ask() -> None:
    assert "You have no appointment today" in page(make.make_user())
    assert "Ask an administrator" in page(make.make_user())


def test_an_appointment_that_has_ended_shows_nothing_any_more() -> None:
    person = make.make_user()
    make.appoint(person, Role.SPOC, ends_on=timezone.localdate() - timedelta(days=1))
    assert "You have no appointment today" in page(person)


def test_the_page_welcomes_by_name_and_takes_no_post(client: Client) -> None:
    person = make.make_person(Role.ADMINISTRATOR)
    assert page(person).startswith("Welcome, Administrator What waits for you")
    client.force_login(person)
    assert client.post("/").status_code == 405


@pytest.mark.parametrize("role", list(Role))
def test_every_role_is_shown_the_papers_and_the_model_that_it_may_read(role: Role) -> None:
    parts = parts_for(make.make_person(role))
    assert "Published papers" in parts
    assert ("The maturity model" in parts) == (role in INSIDE_THE_FORCE)


@pytest.mark.parametrize("role", list(Role))
def test_every_link_of_every_role_leads_to_a_page_it_may_read(role: Role) -> None:
    unit = make.make_unit()
    group = BusinessGroup.objects.get()
    assurance.signed(unit)
    papers.make_draft()
    papers.make_published()
    person = make.make_user()
    make.appoint(person, role, unit if role.scope == "unit" else None, group if role.scope == "group" else None)
    client = Client()
    client.force_login(person)
    content = client.get("/").content.decode()
    main = content[content.index("<main") : content.index("</main>")]
    links = {unescape(link) for link in re.findall(r'href="([^"#]+)"', main)}
    assert links
    for link in links:
        assert client.get(link, follow=True).status_code == 200, link


# --- The unit's people --------------------------------------------------------------------------------------------


def test_a_blank_statement_is_to_be_filled_in_by_its_due_day() -> None:
    line = statement_line(assurance.make_statement(quarter=QUARTER), Role.SPOC)
    assert (line.tag, line.is_overdue) == ("Open", False)
    assert line.detail == "Fill in each theme, then complete it. It is due, signed, by 30 November 2026."
    assert "Q3 2026/27 (October to December 2026)" in line.text


def test_somebody_who_only_signs_is_not_told_to_fill_the_statement_in() -> None:
    line = statement_line(assurance.make_statement(quarter=QUARTER), Role.SLT_LEAD)
    assert line.detail.startswith("The unit’s single point of contact (SPOC) is filling it in; you sign it after that.")
    assert line.colour == "blue"


def test_a_statement_is_overdue_from_the_day_after_its_due_day() -> None:
    revision = assurance.make_statement(quarter=QUARTER)
    assert not statement_line(revision, Role.SPOC, today=date(2026, 11, 30)).is_overdue
    late = statement_line(revision, Role.SLT_LEAD, today=DUE_PASSED)
    assert late.is_overdue
    assert late.detail.endswith("It was due, signed, by 30 November 2026.")


def test_a_completed_statement_waits_for_the_slt_leads_signature_and_says_so_to_each() -> None:
    revision = assurance.complete(assurance.fill(assurance.make_statement()))
    today = timezone.localdate()
    assert "waits for your signature" in statement_line(revision, Role.SLT_LEAD, today=today).detail
    assert "signature of the Senior Leadership Team" in statement_line(revision, Role.SPOC, today=today).detail


def test_a_signed_statement_is_never_overdue_and_has_no_due_day() -> None:
    line = statement_line(assurance.signed(), Role.SPOC, today=timezone.localdate())
    assert (line.tag, line.is_overdue) == ("Signed", False)
    assert "due" not in line.detail


def test_a_returned_statement_is_marked_as_returned() -> None:
    revision = assurance.signed()
    assurance.decide(revision, Decision.RETURNED)
    line = statement_line(revision, Role.SPOC, today=timezone.localdate())
    assert line.tag == "Returned"
    assert "Read the reasons" in line.detail


def test_somebody_of_many_units_is_not_told_that_those_left_out_of_the_list_have_no_statement() -> None:
    deputy = make.make_user()
    for _ in range(22):
        make.appoint(deputy, Role.SPOC, assurance.make_statement().statement.unit)
    own = waiting_for(list(deputy.appointments.select_related("unit", "group")), today=timezone.localdate())[0]
    assert (len(own.lines), own.empty) == (20, "")


def test_a_statement_reopened_after_acceptance_is_not_overdue_while_the_accepted_one_stands() -> None:
    revision = assurance.signed()
    accepted = assurance.decide(revision, Decision.ACCEPTED).revision
    lead = make.make_person(Role.SLT_LEAD, revision.statement.unit)
    statements.reopen(revision=accepted, reason="A material change", by=lead, at=timezone.now())
    line = statement_line(revision, Role.SLT_LEAD, today=revision.statement.quarter.last_day)
    assert (line.tag, line.is_overdue) == ("Reopened", False)


def test_an_accepted_statement_leaves_nothing_to_do() -> None:
    revision = assurance.signed()
    assurance.decide(revision, Decision.ACCEPTED)
    line = statement_line(revision, Role.SPOC, today=timezone.localdate())
    assert (line.tag, line.detail) == ("Accepted", "There is nothing left to do this quarter.")


def test_earlier_statements_that_were_never_finished_are_shown_and_finished_ones_are_not() -> None:
    unit = make.make_unit()
    assurance.make_statement(unit, QUARTER.previous())
    assurance.signed(unit, QUARTER.plus(-2))
    assurance.make_statement(unit, QUARTER)
    lines = parts_for(make.make_person(Role.SPOC, unit), today=BEFORE)["Your statement"].lines
    assert [line.url.rstrip("/").split("/")[-1] for line in lines] == ["2026-27-q3", "2026-27-q2"]
    assert [line.is_overdue for line in lines] == [False, True]


def test_a_unit_without_a_statement_this_quarter_is_told_when_one_opens() -> None:
    person = make.make_person(Role.SPOC, make.make_unit("Custody"))
    part = parts_for(person, today=BEFORE)["Your statement"]
    assert not part.lines
    assert "is open for Custody" in part.empty


def test_another_units_statement_is_not_shown() -> None:
    other = assurance.make_statement()
    text = page(make.make_person(Role.SPOC, make.make_unit()))
    assert other.statement.unit.name not in text


# --- The group's people -------------------------------------------------------------------------------------------


def test_a_cog_lead_sees_how_many_statements_wait_for_a_decision() -> None:
    group = make.make_group("Operations")
    units = [make.make_unit(group=group) for _ in range(4)]
    assurance.signed(units[0])
    assurance.decide(assurance.signed(units[1]), Decision.ACCEPTED)
    assurance.make_statement(units[2])
    lead, support = (make.make_person(role, group=group) for role in (Role.COG_LEAD, Role.COG_SUPPORT))
    line = parts_for(lead)["Statements to review"].lines[0]
    assert line.tag == "1 to review"
    assert line.detail == "1 of 4 statements waits for your decision; 1 is accepted."
    assert line.url == f"/reviews/operations/{assurance.this_quarter().slug}/"
    assert "waits for the decision of the COG lead" in parts_for(support)["Statements to review"].lines[0].detail


def test_last_quarters_statements_are_listed_while_some_wait() -> None:
    group = make.make_group()
    unit = make.make_unit(group=group)
    lead = make.make_person(Role.COG_LEAD, group=group)
    assert len(parts_for(lead, today=BEFORE)["Statements to review"].lines) == 1
    assurance.signed(unit, QUARTER.previous())
    lines = parts_for(lead, today=BEFORE)["Statements to review"].lines
    assert [line.tag for line in lines] == ["None to review", "1 to review"]


def test_a_cog_lead_sees_whether_the_last_halfs_roll_up_is_built() -> None:
    group = make.make_group()
    line = parts_for(make.make_person(Role.COG_LEAD, group=group), today=BEFORE)["Roll-ups"].lines[0]
    assert "H1 2026/27" in line.text
    assert (line.tag, line.detail) == ("Not built", "It is due by 28 October 2026.")


def test_a_cog_lead_sees_whether_the_last_halfs_roll_up_is_issued() -> None:
    assurance.shipped_edition()
    group = make.make_group()
    make.make_unit(group=group)
    lead = make.make_person(Role.COG_LEAD, group=group)
    rollup = rollups.write(rollups.built(group))
    line = parts_for(lead)["Roll-ups"].lines[0]
    assert (line.tag, line.detail.startswith("The figures are built. It is due by ")) == ("Not issued", True)
    rollups.issue(rollup)
    line = parts_for(lead)["Roll-ups"].lines[0]
    assert (line.tag, line.url) == ("Issued", f"/roll-ups/{group.slug}/{rollup.half.slug}/issued/1/")


def test_the_board_sees_the_newest_versions_that_were_issued() -> None:
    assurance.shipped_edition()
    group = make.make_group("North")
    make.make_unit(group=group)
    for role in (Role.BOARD_MEMBER, Role.BOARD_SECRETARY):
        part = parts_for(make.make_person(role))["Issued reports"]
        assert part.lines == ()
        assert part.empty.startswith("Nothing is issued for H")
    rollups.issue(rollups.issued(group).rollup, because="A word was wrong.")
    rollups.issued(None)
    lines = parts_for(make.make_person(Role.BOARD_MEMBER))["Issued reports"].lines
    half = rollups.last_half().name
    assert [(line.text, line.tag) for line in lines] == [
        (f"Force summary, {half}", "Version 1"),
        (f"Roll-up of North, {half}", "Version 2"),
    ]


# --- SHRMT, the Head, the panel -----------------------------------------------------------------------------------


def test_shrmt_and_the_head_see_the_force_counted_by_state() -> None:
    assurance.signed()
    assurance.make_statement()
    assurance.make_statement()
    for role in (Role.SHRMT, Role.HEAD):
        line = parts_for(make.make_person(role))["Statements and roll-ups of the force"].lines[0]
        assert line.text.startswith("3 statements of Q")
        assert line.detail == "2 open, 1 signed."


def test_drafts_of_papers_are_shown_to_those_who_write_them_only() -> None:
    paper = papers.make_draft(title="A draft for the panel")
    assert paper.title in page(make.make_person(Role.SHRMT))
    for role in (Role.PANEL_MEMBER, Role.SPOC, Role.BOARD_MEMBER, Role.ADMINISTRATOR):
        assert paper.title not in page(make.make_person(role))


def test_a_published_paper_is_shown_to_the_panel() -> None:
    paper = papers.make_published()
    assert Paper.objects.get().state == PaperState.PUBLISHED
    assert paper.title in page(make.make_person(Role.PANEL_MEMBER))


# --- The price ----------------------------------------------------------------------------------------------------


def queries_for(person: User) -> int:
    client = Client()
    client.force_login(person)
    client.get("/")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get("/")
    return len(queries)


@pytest.mark.parametrize("role", [Role.SPOC, Role.SLT_LEAD, Role.COG_LEAD, Role.COG_SUPPORT, Role.SHRMT, Role.HEAD])
def test_the_page_costs_the_same_however_many_units_there_are(role: Role) -> None:
    group = make.make_group()
    person = make.make_user()

    def grow(times: int) -> None:
        for _ in range(times):
            unit = make.make_unit(group=group)
            assurance.make_statement(unit)
            assurance.make_statement(unit, assurance.this_quarter().previous())
            if role.scope == "unit":
                make.appoint(person, role, unit)

    if role.scope == "group":
        make.appoint(person, role, group=group)
    if role.scope == "force":
        make.appoint(person, role)
    grow(1)
    few = queries_for(person)
    grow(6)
    assert queries_for(person) == few
    assert Unit.objects.count() == 7
    assert Appointment.objects.filter(person=person).count() in (1, 7)


def test_a_redaction_that_waits_is_said_to_those_who_may_read_it() -> None:
    waiting = assurance.propose_redaction(assurance.signed(make.make_unit("Harbour OCU")))
    for role, colour in ((Role.HEAD, "orange"), (Role.SHRMT, "blue")):
        (line,) = parts_for(make.make_person(role))["Redactions that wait"].lines
        assert (line.url, line.colour) == (f"/redactions/{waiting.pk}/", colour)
        assert line.text.startswith(f"Redaction {waiting.pk} of Harbour OCU")
    assert "Redactions that wait" not in parts_for(make.make_person(Role.SPOC))


def test_an_audit_programme_waits_for_the_head_until_it_is_adopted_or_its_half_is_over() -> None:
    shrmt, head = make.make_person(Role.SHRMT), make.make_person(Role.HEAD)
    half = HalfYear.of(timezone.localdate()).next()
    programme = programmes.propose(half, by=shrmt)
    for person, colour in ((head, "orange"), (shrmt, "blue")):
        (line,) = parts_for(person)["What to audit next"].lines
        assert (line.text, line.colour) == (f"Audit programme, {half.name}", colour)
        assert line.url == f"/audit-programmes/{half.slug}/"
    assert "What to audit next" not in parts_for(make.make_person(Role.BOARD_MEMBER))
    assert "What to audit next" not in parts_for(head, today=half.next().first_day)
    programmes.adopt(programme, by=head)
    assert "What to audit next" not in parts_for(head)


def test_what_waits_of_an_audit_is_said_to_whoever_s_turn_it_is() -> None:
    unit = make.make_unit("Harbour OCU")
    auditor, spoc = make.make_person(Role.SHRMT), make.make_person(Role.SPOC, unit)

    def said(person: User) -> list[tuple[str, str]]:
        part = parts_for(person).get("Audits")
        return [(line.text, line.tag) for line in part.lines] if part else []

    audit = audit_reports.drafted(by=auditor, revision=assurance.signed(unit))
    name = f"Audit {audit.reference}, Harbour OCU"
    assert said(auditor) == [(name, "Draft report")]
    assert said(spoc) == []
    audit_reports.sent(audit)
    assert said(spoc) == [(f"Draft report of audit {audit.reference}, Harbour OCU", "To be answered")]
    audit_reports.issued(audit_reports.answered(audit))
    assert said(spoc) == [("2 recommendations of audits to carry out", "None overdue")]
    assert said(auditor) == []
    last_due_on = max(audit.recommendations.values_list("due_on", flat=True))
    (line,) = parts_for(spoc, today=last_due_on + timedelta(days=1))["Audits"].lines
    assert line.tag == "2 overdue"
    audit_reports.said_done(audit.recommendations.get(number=1))
    assert said(auditor) == [("1 recommendation to check", "Said to be done")]
