"""What an external auditor reads: their audit's unit's signed statements and the files in them, until it is over."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assurance.audit_permissions import can_read_revision, revisions_to_read_from_outside
from assurance.models import Audit, AuditState, Revision
from organisation.models import Unit, User
from organisation.roles import Role
from tests.assurance.pages import address, html_of, signed_in
from tests.factories import assurance, audits, evidence
from tests.factories.organisation import end_at_once, make_person, make_unit

pytestmark = pytest.mark.django_db

# Links of the page itself; those around it are the navigation's.
LINK = re.compile(r'href="(/[^"#]*)')


@pytest.fixture
def unit() -> Unit:
    return make_unit("Harbour OCU")


@pytest.fixture
def auditor() -> User:
    return make_person(Role.EXTERNAL_AUDITOR)


@pytest.fixture
def signed(unit: Unit) -> Revision:
    draft = assurance.make_statement(unit)
    evidence.give_file(draft, by=make_person(Role.SPOC, unit))
    return assurance.sign(assurance.complete(assurance.fill(draft)))


@pytest.fixture
def audit(signed: Revision, auditor: User) -> Audit:
    return audits.begun(signed, by=make_person(Role.SHRMT), auditors=[auditor])


@pytest.fixture
def browser(auditor: User) -> Client:
    return signed_in(auditor)


@pytest.mark.usefixtures("audit")
def test_they_read_what_was_signed_with_its_files_and_every_link_on_the_page_is_open_to_them(
    signed: Revision, browser: Client
) -> None:
    page = browser.get(address("revision", signed, signed.number))
    html = html_of(page)
    main = html[html.index("<main") : html.index("</main>")]
    links = set(LINK.findall(main))
    assert any("/files/" in link for link in links)
    answers = {link: browser.get(link) for link in links}
    assert {link: answer.status_code for link, answer in answers.items()} == dict.fromkeys(links, 200)
    assert all(answer.getvalue() for answer in answers.values())  # reads a download to its end, which closes its file
    assert address("revision", signed, signed.number) in html_of(browser.get("/"))


@pytest.mark.usefixtures("audit")
def test_they_read_no_draft_no_other_unit_and_nothing_else_of_the_statement(
    signed: Revision, browser: Client, auditor: User
) -> None:
    for name in ("statement", "changes", "timeline", "review", "print_statement", "statement_pdf", "workbook", "theme"):
        more = ["leadership"] if name == "theme" else []
        assert browser.get(address(name, signed, *more)).status_code == 404, name
    assert browser.get(reverse("assurance:statements")).status_code == 404
    elsewhere = assurance.signed(make_unit())
    assert browser.get(address("revision", elsewhere, elsewhere.number)).status_code == 404
    draft = assurance.make_statement(make_unit())
    given = evidence.give_file(draft, by=auditor)
    audits.planned(draft.statement.unit, by=make_person(Role.SHRMT), auditors=[auditor])
    assert browser.get(address("revision", draft, draft.number)).status_code == 404
    assert browser.get(reverse("assurance:evidence_file", args=[given.pk])).status_code == 404
    assert given.file is not None
    assert browser.get(address("statement_file", draft, given.file.blob.sha256)).status_code == 404


def end_the_assignment(audit: Audit, auditor: User) -> None:
    audit.assignments.filter(auditor=auditor).update(ended_at=timezone.now(), ended_by=audit.planned_by)


def withdraw(audit: Audit, _: User) -> None:
    Audit.objects.filter(pk=audit.pk).update(state=AuditState.WITHDRAWN, withdrawn_because="Not needed")


def end_the_appointment(_: Audit, auditor: User) -> None:
    end_at_once(auditor.appointments.get(), by=make_person(Role.ADMINISTRATOR))


@pytest.mark.parametrize("end", [end_the_assignment, withdraw, end_the_appointment])
def test_it_ends_with_the_assignment_the_audit_and_the_appointment(
    end: Callable[[Audit, User], None], audit: Audit, auditor: User, signed: Revision, browser: Client
) -> None:
    page = address("revision", signed, signed.number)
    assert browser.get(page).status_code == 200
    end(audit, auditor)
    assert browser.get(page).status_code == 404


def test_it_ends_when_the_audit_is_closed(signed: Revision, auditor: User, browser: Client) -> None:
    shrmt = make_person(Role.SHRMT)
    for state, status in ((AuditState.ISSUED, 200), (AuditState.CLOSED, 404)):
        audit = audits.make_audit(by=shrmt, state=state, revision=signed)
        assignment = audit.assignments.create(auditor=auditor, assigned_at=timezone.now(), assigned_by=shrmt)
        assert browser.get(address("revision", signed, signed.number)).status_code == status
        assignment.ended_at, assignment.ended_by = timezone.now(), shrmt
        assignment.save()


def test_the_filter_grants_what_the_predicate_grants(audit: Audit, auditor: User, unit: Unit) -> None:
    assurance.make_statement(unit, audit.revision.statement.quarter.next())  # type: ignore[union-attr]  # it has begun
    assurance.signed(make_unit())
    someone = make_person(Role.SHRMT)
    for person in (auditor, make_person(Role.EXTERNAL_AUDITOR), make_person(Role.BOARD_MEMBER)):
        granted = {one for one in Revision.objects.all() if can_read_revision(person, one)}
        assert set(revisions_to_read_from_outside(person)) == granted
        assert bool(granted) is (person == auditor)
    assert not revisions_to_read_from_outside(someone).exists()
