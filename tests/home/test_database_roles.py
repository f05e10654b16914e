"""What the database's roles can and cannot do, tried on the real server, each as itself."""

# ruff: noqa: S608  # the names put into statements are those of the catalogue, or this file's own

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, InternalError, ProgrammingError, connection, transaction
from django.db.models import Max
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assurance.models import Entry, Revision, Statement
from assurance.services import redactions, statements
from organisation.models import Appointment, User
from organisation.roles import Role
from records.models import IdentityKind, TrailEntry, TrailIdentity, TrailLink
from records.services import trail, verifying
from tests.assurance.pages import form_on, signed_in
from tests.factories import assurance
from tests.factories.organisation import appoint, make_person, make_unit, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def roles(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The roles under names of this test's own; they vanish with its transaction."""
    mark = uuid4().hex[:8]
    names = {"application": f"application_{mark}", "reader": f"reader_{mark}"}
    monkeypatch.setenv("DATABASE_APPLICATION_ROLE", names["application"])
    monkeypatch.setenv("DATABASE_READER_ROLE", names["reader"])
    run("SET CONSTRAINTS ALL IMMEDIATE")  # the chain follows at once: a test's own transaction never ends
    call_command("prepare_database_roles", stdout=StringIO())
    return names


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def ask(sql: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


@contextmanager
def acting_as(role: str) -> Iterator[None]:
    """Do what follows as if this role had signed in to the database."""
    run(f'SET LOCAL SESSION AUTHORIZATION "{role}"')
    try:
        yield
    finally:
        run("RESET SESSION AUTHORIZATION")


def refused(sql: str) -> bool:
    """Whether the database refuses it for want of a privilege; anything else that goes wrong is raised."""
    try:
        with transaction.atomic():
            run(sql)
    except ProgrammingError as error:
        if "permission denied" in str(error) or "must be owner" in str(error):
            return True
        raise
    return False


def tables() -> list[str]:
    return [str(name) for (name,) in ask("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")]


def histories() -> list[str]:
    found = ask(
        "SELECT table_name FROM information_schema.columns "
        "WHERE column_name = 'pgh_label' AND table_schema = current_schema()"
    )
    return [str(name) for (name,) in found]


def columns(table: str) -> set[str]:
    found = ask(
        "SELECT column_name FROM information_schema.columns "
        f"WHERE table_name = '{table}' AND table_schema = current_schema()"
    )
    return {str(name) for (name,) in found}


# What a lawful redaction takes passages out of: the texts that people wrote, in the histories that keep them.
TEXTS = {
    "actions_actionevent": {"title", "measure", "baseline", "target", "result", "achieved"},
    "actions_taskevent": {"title", "lead", "supporters", "due_words", "measure"},
    "assurance_entryevent": {"no_level", "not_sure_note", "criteria_note", "evidence", "no_level_reason"},
    "assurance_revisionevent": {"opened_because", "completer_name", "completer_position", "no_meeting_reason"},
}


# --- The application ----------------------------------------------------------------------------------------------


def test_the_application_cannot_change_or_remove_what_the_trail_and_the_histories_hold(roles: dict[str, str]) -> None:
    trail.record(act="unit.renamed", thing=make_unit(), by=make_user(), at=timezone.now())
    kept = [*histories(), "pghistory_context", "records_trailentry", "records_traillink"]
    assert {"assurance_entryevent", "assurance_revisionevent", "organisation_appointmentevent"} <= set(kept)
    with acting_as(roles["application"]):
        for table in kept:
            for column in columns(table) - TEXTS.get(table, set()):
                assert refused(f'UPDATE {table} SET "{column}" = "{column}"'), f"{table}.{column}"
            assert refused(f"DELETE FROM {table}"), table
        for table in [*histories(), "pghistory_context", "records_traillink"]:
            assert refused(f"INSERT INTO {table} DEFAULT VALUES"), table
        assert refused("UPDATE records_trailidentity SET text = 'somebody else'")


def test_the_application_empties_changes_and_owns_no_table(roles: dict[str, str]) -> None:
    with acting_as(roles["application"]):
        for table in tables():
            assert refused(f"TRUNCATE {table} CASCADE"), table
            assert refused(f"ALTER TABLE {table} DISABLE TRIGGER ALL"), table
            assert refused(f"DROP TABLE {table} CASCADE"), table
        assert refused("CREATE TABLE mine (id int)")
        assert refused("SELECT setval('records_trailentry_id_seq', 1)")
        assert refused("SET session_replication_role = replica")
        assert refused("INSERT INTO django_migrations (app, name, applied) VALUES ('records', '0099_none', now())")


@pytest.mark.parametrize(
    "tamper",
    [
        "UPDATE assurance_revision SET signer_name = 'Somebody else'",
        "DELETE FROM assurance_revision",
        "UPDATE assurance_entry SET evidence = 'Something else'",
        "UPDATE assurance_entryevent SET evidence = 'Something else'",
    ],
)
def test_no_trigger_looks_away_for_the_application(roles: dict[str, str], tamper: str) -> None:
    assurance.shipped_edition()
    assurance.sign(assurance.complete(assurance.fill(assurance.make_statement(make_unit()))))
    names = ask("SELECT string_agg(DISTINCT tgname, ',') FROM pg_trigger WHERE NOT tgisinternal")
    with acting_as(roles["application"]), transaction.atomic():
        run(f"SET LOCAL pgtrigger.ignore = '{{{names[0][0]}}}'")
        with pytest.raises(InternalError, match=r"Cannot|cannot"), transaction.atomic():
            run(tamper)


def test_the_owner_can_still_tell_triggers_to_look_away(roles: dict[str, str]) -> None:
    assert roles
    entry = trail.record(act="unit.renamed", thing=make_unit(), by=None, at=timezone.now())
    [(name,)] = ask(
        "SELECT tgname FROM pg_trigger WHERE tgrelid = 'records_trailentry'::regclass AND tgname LIKE '%append_only%'"
    )
    run(f"SET LOCAL pgtrigger.ignore = '{{{name}}}'")
    TrailEntry.objects.filter(pk=entry.pk).update(act="unit.closed")
    assert any(verifying.breaks())


def test_what_the_application_does_is_chained_and_kept_as_it_is_for_anybody(roles: dict[str, str]) -> None:
    person, unit = make_user(name="Robin Vale"), make_unit("Kiln Hill")
    appointment = appoint(person, Role.SPOC, unit)
    places = TrailLink.objects.count()
    with acting_as(roles["application"]), trail.from_address("192.0.2.7"):
        trail.record(act="unit.renamed", thing=unit, by=person, at=timezone.now())
        Appointment.objects.filter(pk=appointment.pk).update(ends_on=date(2099, 1, 1))
        assert TrailLink.objects.count() == places + 1
        assert not list(verifying.breaks())
        [before] = appointment.events.filter(pgh_label="overwritten")  # type: ignore[attr-defined]  # pghistory's own
        assert before.ends_on is None
        newest = TrailEntry.objects.aggregate(newest=Max("pk"))["newest"]
        assert trail.erase(actor=person, kinds=IdentityKind, up_to=newest, by=None, at=timezone.now()) == 2
        assert not list(verifying.breaks())
        assert not TrailIdentity.objects.filter(text="Robin Vale").exists()


def test_the_products_pages_work_as_the_application(roles: dict[str, str], client: Client) -> None:
    """From signing in to a signed statement, with the trail and its history read afterwards."""
    assurance.shipped_edition()
    unit = make_unit("Kiln Hill")
    spoc, slt = make_person(Role.SPOC, unit), make_person(Role.SLT_LEAD, unit)
    head = make_person(Role.HEAD)
    spoc.set_password("a long enough password")
    spoc.save()
    filled = assurance.fill(assurance.make_statement(unit))
    with acting_as(roles["application"]):
        posted = {"login": spoc.email, "password": "a long enough password"}
        assert client.post(reverse("account_login"), posted).status_code == 302
        statement = Statement.objects.get(unit=unit)
        place = [unit.slug, statement.quarter]
        page = client.get(reverse("assurance:theme", args=[*place, "leadership"]), follow=True)
        assert page.status_code == 200
        answers = form_on(page) | {"evidence": "Walk-rounds each week."}
        saved = client.post(reverse("assurance:theme", args=[*place, "leadership"]), answers)
        assert saved.status_code == 302
        entry = Entry.objects.get(revision=filled, theme__identity="leadership")
        assert entry.evidence == "Walk-rounds each week."
        assert "Walk-rounds each week." not in entry.history.latest("pgh_id").evidence
        statements.complete(revision=Revision.objects.get(pk=filled.pk), by=spoc, at=timezone.now())
        assert signed_in(slt).get(reverse("assurance:sign", args=place)).status_code == 200
        signed = assurance.sign(Revision.objects.get(pk=filled.pk))
        assert signed.signed_at
        for name, arguments in (("trail", []), ("trail_csv", []), ("assurance:statement", place), ("home", [])):
            response = signed_in(head).get(reverse(name, args=arguments))
            assert response.status_code == 200, name
            response.getvalue()
        assert not list(verifying.breaks())


def test_a_lawful_redaction_works_as_the_application_and_only_while_it_waits(roles: dict[str, str]) -> None:
    """It is the one thing that takes words out of what is signed, and out of the histories."""
    draft = assurance.fill(assurance.make_statement(make_unit("Kiln Hill")))
    entries = Entry.objects.filter(revision=draft, theme__identity="leadership")
    for text in ("Sam Porter looked.", "Sam Porter looked again."):
        entries.update(evidence=text)
    signed = assurance.sign(assurance.complete(Revision.objects.get(pk=draft.pk)))
    proposed = assurance.propose_redaction(signed, "Sam Porter")
    earlier = entries.get().history
    assert earlier.filter(evidence__contains="Sam Porter").exists()
    with acting_as(roles["application"]):
        redactions.carry_out(redaction=proposed, by=make_person(Role.HEAD), at=timezone.now())
        assert "Sam Porter" not in str(Revision.objects.get(pk=signed.pk).content)
        assert not earlier.filter(evidence__contains="Sam Porter").exists()
        with pytest.raises(InternalError, match="Cannot"), transaction.atomic():
            earlier.update(evidence="Something else")
        assert not list(verifying.breaks())


# --- The reader ---------------------------------------------------------------------------------------------------


def test_the_reader_reads_and_writes_nothing(roles: dict[str, str]) -> None:
    make_user(name="Robin Vale")
    with acting_as(roles["reader"]):
        assert ask("SELECT name FROM organisation_user WHERE name = 'Robin Vale'")
        ask("SELECT act, thing_name FROM records_trailentry")
        ask("SELECT * FROM assurance_statement")
        for table in tables():
            for sql in (f"INSERT INTO {table} DEFAULT VALUES", f"DELETE FROM {table}", f"TRUNCATE {table}"):
                assert refused(sql), sql


@pytest.mark.parametrize(
    "secret",
    [
        "SELECT password FROM organisation_user",
        "SELECT * FROM organisation_user",
        "SELECT session_key FROM django_session",
        "SELECT data FROM mfa_authenticator",
        "SELECT token_digest FROM organisation_calendarlink",
        "SELECT value FROM cache",
        "SELECT salt FROM records_trailidentity",
        "SELECT token FROM socialaccount_socialtoken",
        "SELECT session_key FROM usersessions_usersession",
    ],
)
def test_the_reader_reads_no_secret(roles: dict[str, str], secret: str) -> None:
    ask(f"{secret} LIMIT 0")  # it is there, for the owner
    with acting_as(roles["reader"]):
        assert refused(f"{secret} LIMIT 0")


# --- Making the roles ---------------------------------------------------------------------------------------------


def test_what_was_granted_before_does_not_stay(roles: dict[str, str]) -> None:
    run(f'GRANT ALL ON records_trailentry TO "{roles["application"]}"')
    call_command("prepare_database_roles", stdout=StringIO())
    with acting_as(roles["application"]):
        assert refused("DELETE FROM records_trailentry")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda role: run(f'ALTER ROLE "{role}" SUPERUSER'), "is a superuser"),
        (lambda role: run(f'SET LOCAL SESSION AUTHORIZATION "{role}"'), "Run this as the owner of the tables"),
    ],
)
def test_roles_that_would_protect_nothing_are_refused(
    roles: dict[str, str], spoil: Callable[[str], None], said: str
) -> None:
    spoil(roles["application"])
    with pytest.raises(CommandError, match=said):
        call_command("prepare_database_roles", stdout=StringIO())


def test_a_password_is_set_where_one_is_given(roles: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    def kept() -> object:
        return ask(f"SELECT rolpassword FROM pg_authid WHERE rolname = '{roles['application']}'")[0][0]

    assert kept() is None
    monkeypatch.setenv("DATABASE_APPLICATION_PASSWORD", "it's a long one")
    call_command("prepare_database_roles", stdout=StringIO())
    first = kept()
    assert str(first).startswith("SCRAM-SHA-256$")
    monkeypatch.delenv("DATABASE_APPLICATION_PASSWORD")
    call_command("prepare_database_roles", stdout=StringIO())
    assert kept() == first


def test_a_database_error_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_APPLICATION_ROLE", "x" * 300)
    monkeypatch.setenv("DATABASE_READER_ROLE", str(ask("SELECT current_user")[0][0]))
    with pytest.raises(CommandError) as error:
        call_command("prepare_database_roles", stdout=StringIO())
    assert isinstance(error.value.__cause__, DatabaseError)
    assert User.objects.count() == 0
