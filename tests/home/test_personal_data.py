"""All that is held about a person: nothing that names one is left out, and nobody takes what they may not read."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from django.apps import apps
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from home import tasks
from home.holdings import ROOMS, held_about
from home.services import personal_data
from organisation.models import Appointment, User
from organisation.roles import Role
from records.holdings import Held
from records.models import Job, JobState, PersonalExport, TrailEntry
from records.services import jobs, trail
from tests.factories import actions, evidence, papers
from tests.factories import assurance as statements
from tests.factories.organisation import appoint, make_person, make_unit, make_user

pytestmark = pytest.mark.django_db

# Named there as a working part of something else, or by a package that keeps nothing of its own in it.
ELSEWHERE = {
    "pghistory.MiddlewareEvents",  # a view over the histories, not a table
    "records.Allowance",  # counts of one hour, forgotten after a day
}


@pytest.fixture(autouse=True)
def bells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(current_app, "send_task", lambda *_args, **_options: None)


@pytest.fixture
def spoc() -> User:
    """Somebody with something in every room."""
    person, unit = make_user("k.marchpane@example.org", name="=Kit Marchpane"), make_unit("Harbour OCU")
    appoint(person, Role.SPOC, unit)
    with trail.from_address("192.0.2.5"):
        draft = statements.fill(statements.make_statement(unit), by=person)
        evidence.give_file(draft, by=person)
        statements.complete(draft, by=person)
        actions.make_action(unit, by=person)
        papers.make_draft()
        with transaction.atomic():
            trail.record(act="account.signed_in", thing=person, by=person, at=timezone.now())
    return person


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def opened(content: bytes) -> tuple[zipfile.ZipFile, dict[str, Any]]:
    archive = zipfile.ZipFile(io.BytesIO(content))
    return archive, json.loads(archive.read("everything.json"))


def rows(whole: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = next(one["rows"] for one in whole["held"] if one["name"] == name)
    return found


def test_every_column_that_names_a_person_is_in_the_export() -> None:
    """A new table with a person in it fails here until its room's holdings know of it."""
    told = {(held.model._meta.label, column) for room in ROOMS for held in room.HELD for column in held.people}
    named = {
        (model._meta.label, field.name)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model is User
        if model._meta.label not in ELSEWHERE
    }
    assert named - told == set()
    assert {label for label, _ in told} - {label for label, _ in named} == {"organisation.User"}


def test_every_list_has_a_name_of_its_own_and_says_what_it_is_for() -> None:
    lists = [held for room in ROOMS for held in room.HELD]
    assert all(isinstance(held, Held) and held.why and held.kept for held in lists)
    names = [holding.name for holding in held_about(make_user())]
    assert len(names) == len(set(names)) >= len(lists)


def test_the_file_tells_in_tables_what_a_person_did(spoc: User) -> None:
    archive, whole = opened(personal_data.gathered(person=spoc, complete=True, at=timezone.now()))
    assert (whole["person"], whole["account"], whole["complete"]) == ("=Kit Marchpane", spoc.pk, True)
    assert [one["role"] for one in rows(whole, "appointments")] == ["spoc"]
    assert rows(whole, "statements")[0]["completed by"] == "=Kit Marchpane"
    assert {one["unit"] for one in rows(whole, "answers")} == {"Harbour OCU"}
    assert len(rows(whole, "evidence-files")) == 1
    assert len(rows(whole, "actions")) == 1
    assert {one["network address"] for one in rows(whole, "addresses")} == {"192.0.2.5"}
    assert {"statement.completed", "account.signed_in"} <= {one["act"] for one in rows(whole, "acts")}
    assert rows(whole, "papers") == []
    contents = archive.read("contents.txt").decode()
    assert contents.startswith(f"What Truelevel holds about =Kit Marchpane (account {spoc.pk})")
    assert "tables/statements.csv, 1 line" in contents
    assert "Nothing is held." in contents
    assert "  How long: 180 days\n" in contents
    assert "  How long: The address: 365 days. The name: as long as the trail.\n" in contents
    assert "KEEP_" not in contents


def test_a_table_opens_in_a_spreadsheet_and_no_cell_of_it_runs(spoc: User) -> None:
    archive, _ = opened(personal_data.gathered(person=spoc, complete=True, at=timezone.now()))
    table = list(csv.reader(io.StringIO(archive.read("tables/account.csv").decode("utf-8-sig"))))
    assert table[0][:3] == ["number", "name", "e-mail address"]
    assert table[1][:3] == [str(spoc.pk), "'=Kit Marchpane", "k.marchpane@example.org"]


def test_no_secret_is_in_it(spoc: User) -> None:
    spoc.set_password("a very secret password")
    spoc.save()
    archive, _ = opened(personal_data.gathered(person=spoc, complete=True, at=timezone.now()))
    everything = "".join(archive.read(name).decode() for name in archive.namelist())
    assert spoc.password not in everything
    assert "secret" not in everything.replace("secrets", "")


def test_the_same_data_gives_the_same_bytes(spoc: User) -> None:
    now = timezone.now()
    first = personal_data.gathered(person=spoc, complete=True, at=now)
    assert first == personal_data.gathered(person=spoc, complete=True, at=now)


def test_an_administrators_file_leaves_out_what_administrators_do_not_read(spoc: User) -> None:
    archive, whole = opened(personal_data.gathered(person=spoc, complete=False, at=timezone.now()))
    names = {one["name"] for one in whole["held"]}
    assert {"account", "appointments", "qualifications", "account-history"} <= names
    assert not names & {"statements", "answers", "acts", "addresses", "actions", "papers", "notices", "reviews"}
    assert "Harbour OCU" not in json.dumps([one for one in whole["held"] if one["name"] != "appointments"])
    assert "is left out" in archive.read("contents.txt").decode()


# --- Asked for, made, taken -------------------------------------------------------------------------------------


def make_now() -> None:
    for job in Job.objects.filter(task=personal_data.BUILD, state=JobState.QUEUED):
        tasks.build_personal_export(job.pk)


def test_a_person_takes_their_own_and_the_trail_knows(spoc: User) -> None:
    client = signed_in(spoc)
    assert client.post(reverse("own_data")).status_code == 302
    client.post(reverse("own_data"))
    assert PersonalExport.objects.count() == 1
    assert "Waiting for the worker" in client.get(reverse("own_data")).content.decode()
    make_now()
    export = PersonalExport.objects.get()
    address = reverse("data_file", args=[export.token])
    assert address in client.get(reverse("own_data")).content.decode()
    assert client.head(address).status_code == 200
    answer = client.get(address)
    assert answer["Content-Disposition"] == f'attachment; filename="personal-data-account-{spoc.pk}.zip"'
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/zip", "no-store")
    _, whole = opened(answer.content)
    assert whole["complete"] is True
    acts = TrailEntry.objects.filter(thing_id=spoc.pk, act__startswith="account.data_").order_by("pk")
    assert list(acts.values_list("act", flat=True)) == ["account.data_asked_for", "account.data_taken"]
    assert acts.latest("pk").detail == {"sha256": export.sha256}


def test_nobody_else_takes_a_file_whatever_they_are(spoc: User) -> None:
    signed_in(spoc).post(reverse("own_data"))
    make_now()
    address = reverse("data_file", args=[PersonalExport.objects.get().token])
    for role in (Role.HEAD, Role.ADMINISTRATOR, Role.SHRMT, Role.SLT_LEAD):
        assert signed_in(make_person(role)).get(address).status_code == 404


def test_a_file_for_a_request_is_lost_with_the_role_that_made_it(spoc: User) -> None:
    head = make_person(Role.HEAD)
    client = signed_in(head)
    assert client.post(reverse("person_data", args=[spoc.pk])).status_code == 302
    make_now()
    export = PersonalExport.objects.get()
    assert export.complete is True
    address = reverse("data_file", args=[export.token])
    assert client.get(address).status_code == 200
    Appointment.objects.filter(person=head).update(ends_on=timezone.localdate() - timedelta(days=1))
    assert client.get(address).status_code == 404
    appoint(head, Role.ADMINISTRATOR)
    assert client.get(address).status_code == 404


def test_an_administrator_is_told_that_the_file_is_not_all(spoc: User) -> None:
    client = signed_in(make_person(Role.ADMINISTRATOR))
    page = client.get(reverse("person_data", args=[spoc.pk])).content.decode()
    assert "Ask the Head of Safety, Health and Wellbeing for the complete file" in page
    client.post(reverse("person_data", args=[spoc.pk]))
    assert PersonalExport.objects.get().complete is False


def test_a_job_whose_export_has_gone_ends_quietly(spoc: User) -> None:
    export = personal_data.request(person=spoc, complete=True, by=spoc, at=timezone.now())
    PersonalExport.objects.all().delete()
    make_now()
    job = Job.objects.get(key=export.job_key)
    assert (job.state, job.error) == (JobState.DONE, "")


def test_a_file_that_could_not_be_made_can_be_asked_for_again(spoc: User) -> None:
    export = personal_data.request(person=spoc, complete=True, by=spoc, at=timezone.now())

    def fail(_: jobs.Claim) -> None:
        raise jobs.JobFailed("The disk is full.")

    jobs.perform(Job.objects.get(key=export.job_key).pk, fail)
    client = signed_in(spoc)
    assert "The disk is full." in client.get(reverse("own_data")).content.decode()
    client.post(reverse("own_data"))
    make_now()
    assert PersonalExport.objects.filter(made_at__isnull=False).count() == 1
    assert "Download the file" in client.get(reverse("own_data")).content.decode()


def test_the_progress_is_a_fragment_and_without_htmx_the_page(spoc: User) -> None:
    client = signed_in(spoc)
    client.post(reverse("own_data"))
    assert client.get(reverse("own_data_progress"))["Location"] == reverse("own_data")
    fragment = client.get(reverse("own_data_progress"), headers={"HX-Request": "true"})
    assert fragment.content.decode().startswith("<div hx-get=")
    make_now()
    done = client.get(reverse("own_data_progress"), headers={"HX-Request": "true"})
    assert done["HX-Refresh"] == "true"
