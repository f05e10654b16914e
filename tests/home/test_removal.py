"""Removing a person: afterwards their name stands under what they signed, and nowhere else in the database."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection, models, transaction
from django.test import Client
from django.utils import timezone

from assurance.models import MergeDecision, Presence, Revision, SaveReceipt, WorkbookUpload
from home.services import personal_data, removal
from home.services.removal import Because, Refused
from organisation.models import Appointment, AppointmentFile, CalendarLink, Qualification, QualificationType, User
from organisation.roles import Role
from organisation.services import calendars
from records.models import HoldScope, IdentityKind, Job, Notice, PersonalExport, RecordClass, TrailEntry, TrailIdentity
from records.services import holds, notices, trail
from tests.factories import assurance as statements
from tests.factories.organisation import appoint, make_group, make_person, make_unit, make_user

pytestmark = pytest.mark.django_db

NAME, EMAIL, WORD = "Zephyrine Quillfeather", "z.quillfeather@example.org", "quillfeather"
# The names under a signature and in the signed text: a record. Its history has the name from before it was signed.
UNDER_A_SIGNATURE = {
    ("assurance_revision", "completer_name"),
    ("assurance_revision", "signer_name"),
    ("assurance_revision", "content"),
    ("assurance_revisionevent", "completer_name"),
    ("records_trailentry", "detail"),  # of the act of signing, which says what was signed as whom
}


@pytest.fixture
def administrator() -> User:
    return make_person(Role.ADMINISTRATOR)


@pytest.fixture
def leaver() -> User:
    """Somebody who completed a statement and signed another one, and left traces in every room."""
    person = make_user(EMAIL, name=NAME, password="a long enough password")
    own, led = make_unit("Harbour OCU"), make_unit("Upland BCU")
    appoint(person, Role.SPOC, own)
    appoint(person, Role.SLT_LEAD, led)
    now = timezone.now()
    with trail.from_address("192.0.2.77"):
        completed = statements.complete(statements.fill(statements.make_statement(own), by=person), by=person)
        statements.sign(completed)
        signed = statements.sign(statements.complete(statements.fill(statements.make_statement(led))), by=person)
        with transaction.atomic():
            trail.record(act="account.signed_in", thing=person, by=person, at=now)
    colleague = make_person(Role.SLT_LEAD, own)
    notices.tell(
        person=colleague,
        kind="statement.completed",
        line=f"{NAME} has completed the statement. Lund is a place.",
        address="/statements/",
        key="statement:1:x",
        at=now,
    )
    notices.tell(person=person, kind="x.y", line=f"{NAME}, look.", address="/", key="x:1:y", at=now)
    Client().force_login(person)
    UserSession.objects.create(user=person, ip="192.0.2.77", session_key="k" * 32, user_agent="Browser of Quillfeather")
    Authenticator.objects.create(user=person, type="totp", data={"secret": "quillfeather"})
    SocialAccount.objects.create(user=person, provider="sso", uid="q-1", extra_data={"email": EMAIL, "name": NAME})
    EmailAddress.objects.create(user=person, email=EMAIL, verified=True, primary=True)
    calendars.make_link(person=person, instead_of=None, at=now)
    certificate = QualificationType.objects.create(code="certificate", name="A certificate")
    Qualification.objects.create(person=person, type=certificate, status="held", on=date(2020, 1, 1))
    Presence.objects.create(revision=completed, person=person, seen_at=now)
    SaveReceipt.objects.create(revision=completed, by=person, saved_at=now, answer={"before": NAME})
    for by, mine in ((person, NAME), (colleague, "Somebody else")):
        MergeDecision.objects.create(
            revision=completed, field="completer_name", mine=mine, theirs=NAME, their_version=1, by=by, refused_at=now
        )
    WorkbookUpload.objects.create(
        revision=completed, by=person, name=f"{NAME}.xlsx", uploaded_at=now, answers=[{"by": NAME}]
    )
    for by, waits in ((person, []), (colleague, [{"email": EMAIL, "name": NAME}])):
        called = f"{NAME}.csv" if by == person else "people.csv"
        AppointmentFile.objects.create(by=by, name=called, uploaded_at=now, lines=waits)
    refusal = f"({{'{EMAIL}': (550, b'5.1.1 unknown')}})"  # as smtplib puts it
    Job.objects.create(
        task="home.send_digest",
        key="digest:x",
        requested_at=now,
        state="failed",
        finished_at=now,
        error=f"The mail server did not take the e-mail {refusal}.",
    )
    export = personal_data.request(person=person, complete=True, by=person, at=now)
    content = personal_data.gathered(person=person, complete=True, at=now)
    PersonalExport.objects.filter(pk=export.pk).update(content=content, sha256="0" * 64, made_at=now)
    assert signed.signer_name == NAME
    return person


def end_appointments(person: User) -> None:
    Appointment.objects.filter(person=person).update(ends_on=timezone.localdate() - timedelta(days=1))


def remove(person: User, by: User) -> User:
    return removal.remove(person=person, because=Because.ASKED, reference="SAR-2026/17", by=by, at=timezone.now())


def columns_that_say(word: str) -> set[tuple[str, str]]:
    """Return every column of the database, of any type, in which the word stands."""
    found = set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns "
            "JOIN information_schema.tables USING (table_schema, table_name) "
            "WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        )
        for table, column, kind in cursor.fetchall():
            text = f"encode(\"{column}\", 'escape')" if kind == "bytea" else f'"{column}"::text'
            cursor.execute(f'SELECT count(*) FROM "{table}" WHERE {text} ILIKE %s', [f"%{word}%"])  # noqa: S608
            if cursor.fetchone()[0]:
                found.add((table, column))
    return found


def test_afterwards_the_name_stands_under_what_was_signed_and_nowhere_else(leaver: User, administrator: User) -> None:
    before = columns_that_say(WORD)
    assert before >= UNDER_A_SIGNATURE | {
        ("organisation_user", "name"),
        ("organisation_user", "email"),
        ("account_emailaddress", "email"),
        ("socialaccount_socialaccount", "extra_data"),
        ("usersessions_usersession", "user_agent"),
        ("mfa_authenticator", "data"),
        ("records_notice", "line"),
        ("records_trailidentity", "text"),
        ("assurance_mergedecision", "theirs"),
        ("assurance_savereceipt", "answer"),
        ("assurance_workbookupload", "name"),
        ("records_job", "error"),
        ("organisation_appointmentfile", "name"),
        ("organisation_appointmentfile", "lines"),
    }
    end_appointments(leaver)
    remove(leaver, administrator)
    assert columns_that_say(WORD) == UNDER_A_SIGNATURE
    assert set(TrailEntry.objects.filter(detail__icontains=WORD).values_list("act", flat=True)) == {"statement.signed"}


def test_the_account_is_an_empty_shell_that_nobody_can_enter(leaver: User, administrator: User) -> None:
    client = Client()
    client.force_login(leaver)
    end_appointments(leaver)
    remove(leaver, administrator)
    leaver.refresh_from_db()
    assert (leaver.name, leaver.email) == (f"Removed account {leaver.pk}", f"removed-{leaver.pk}@removed.invalid")
    assert not leaver.is_active
    assert leaver.removed_at is not None
    assert not leaver.has_usable_password()
    keys = {one.get_decoded().get("_auth_user_id") for one in Session.objects.all()}
    assert str(leaver.pk) not in keys
    emptied: list[tuple[type[models.Model], str]] = [
        (UserSession, "user"),
        (Authenticator, "user"),
        (SocialAccount, "user"),
        (EmailAddress, "user"),
        (CalendarLink, "person"),
        (Qualification, "person"),
        (Notice, "person"),
        (Presence, "person"),
        (PersonalExport, "person"),
    ]
    for model, owner in emptied:
        assert not model._default_manager.filter(**{owner: leaver}).exists(), model


def test_the_records_stay_and_the_trail_is_whole_without_name_and_address(leaver: User, administrator: User) -> None:
    acts = TrailEntry.objects.filter(actor=leaver).count()
    end_appointments(leaver)
    remove(leaver, administrator)
    assert acts >= 3
    assert TrailEntry.objects.filter(actor=leaver).count() == acts
    assert not TrailIdentity.objects.filter(entry__actor=leaver).exists()
    assert Appointment.objects.filter(person=leaver).count() == 2
    assert Revision.objects.filter(signed_by=leaver, signer_name=NAME).exists()
    entry = TrailEntry.objects.get(act="account.removed")
    assert (entry.thing_id, entry.thing_name) == (leaver.pk, f"account {leaver.pk}")
    assert entry.detail == {"because": "asked", "reference": "SAR-2026/17"}
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    out = StringIO()
    call_command("verify_trail", stdout=out)
    assert out.getvalue().startswith("The trail is whole.")
    call_command("verify_digests", stdout=StringIO())


def test_what_others_were_told_names_nobody_any_more(leaver: User, administrator: User) -> None:
    end_appointments(leaver)
    remove(leaver, administrator)
    assert Notice.objects.get(key="statement:1:x").line == "Somebody has completed the statement. Lund is a place."


def test_nobody_is_removed_while_an_appointment_is_in_force_or_ahead(leaver: User, administrator: User) -> None:
    with pytest.raises(Refused, match=r"SPOC\), Harbour OCU; .*SLT\) lead, Upland BCU\. End them first"):
        remove(leaver, administrator)
    end_appointments(leaver)
    appoint(leaver, Role.SPOC, make_unit("Later OCU"), starts_on=timezone.localdate() + timedelta(days=30))
    with pytest.raises(Refused, match="Later OCU"):
        remove(leaver, administrator)
    assert ("organisation_user", "name") in columns_that_say(WORD)


def test_nobody_is_removed_twice_or_by_themselves(administrator: User) -> None:
    person = make_user(name="Gone Soon")
    remove(person, administrator)
    with pytest.raises(Refused, match="removed already"):
        remove(person, administrator)
    Appointment.objects.filter(person=administrator).update(ends_on=timezone.localdate() - timedelta(days=1))
    with pytest.raises(Refused, match="cannot remove yourself"):
        remove(administrator, administrator)


@pytest.mark.parametrize("record_class", [RecordClass.EVERYTHING, *removal.DROPPED])
@pytest.mark.parametrize("scope", list(HoldScope))
def test_a_hold_over_the_person_keeps_them(administrator: User, record_class: RecordClass, scope: HoldScope) -> None:
    group = make_group()
    unit, person, head = make_unit(group=group), make_user(), make_person(Role.HEAD)
    appoint(person, Role.SPOC, unit, ends_on=timezone.localdate() - timedelta(days=1))
    numbers = {HoldScope.UNIT: unit.pk, HoldScope.GROUP: group.pk, HoldScope.PERSON: person.pk, HoldScope.FORCE: None}
    hold = holds.place(
        record_class=record_class,
        scope=scope,
        scope_id=numbers[scope],
        authority="A court",
        reason="Proceedings",
        by=head,
        at=timezone.now(),
    )
    with pytest.raises(Refused, match=f"Legal hold {hold.pk} covers"):
        remove(person, administrator)
    holds.ask_to_lift(hold=hold, authority="The court", reason="Ended", by=head, at=timezone.now())
    holds.lift(hold=hold, by=administrator, at=timezone.now())
    assert remove(person, administrator).removed_at is not None


def test_a_hold_of_others_or_of_what_is_not_dropped_keeps_nobody(administrator: User) -> None:
    person, head = make_user(), make_person(Role.HEAD)
    for record_class, scope, number in (
        (RecordClass.PEOPLE, HoldScope.PERSON, head.pk),
        (RecordClass.EVERYTHING, HoldScope.UNIT, make_unit().pk),
        (RecordClass.STATEMENTS, HoldScope.FORCE, None),
    ):
        holds.place(
            record_class=record_class,
            scope=scope,
            scope_id=number,
            authority="A court",
            reason="Proceedings",
            by=head,
            at=timezone.now(),
        )
    assert remove(person, administrator).removed_at is not None


def test_an_address_in_the_trail_goes_with_the_name(administrator: User) -> None:
    person = make_user()
    with trail.from_address("192.0.2.9"), transaction.atomic():
        trail.record(act="account.sign_in_failed", thing=person, by=None, at=timezone.now())
        trail.record(act="account.signed_in", thing=person, by=person, at=timezone.now())
    assert TrailIdentity.objects.filter(kind=IdentityKind.ADDRESS, text="192.0.2.9").exists()
    remove(person, administrator)
    assert not TrailIdentity.objects.filter(text="192.0.2.9").exists()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    call_command("verify_trail", stdout=StringIO())
