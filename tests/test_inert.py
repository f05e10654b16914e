"""What people type does nothing, wherever it comes out: on every page, in every list taken away, document and e-mail.

The force of the access table gets a hostile text into every text of every row, also into what is frozen; then every
address is read by people of every kind, and every document is printed.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import icalendar
import pikepdf
import pytest
from django.apps import apps
from django.conf import settings
from django.core import mail
from django.db import connection, models, transaction
from django.utils import timezone
from lxml import html  # type: ignore[import-untyped]  # ships no types
from openpyxl import load_workbook

from assurance.models import Audit, Revision, Rollup
from assurance.services import audit_reports, documents, issuing, rollups
from home.services import digests
from organisation.periods import london_day
from organisation.services import letters
from records.models import Job, Notice, TrailIdentity
from records.services import jobs
from rendering.cells import READS_AS_FORMULA
from tests.test_access import OK, TABLE, Row, World, world  # noqa: F401  # a fixture is found by its name

pytestmark = pytest.mark.django_db

ROOMS = ("papers", "assurance", "injuries", "maturity", "actions", "organisation", "records")
HOSTILE = "=1+1\"'><xyz-hostile onfocus=x autofocus></textarea></title></script>\r\nX-Hostile: yes\r\n"
# Texts that only the product writes and reads, by the end of their name: addresses, states, digests, names of code.
OURS = re.compile(
    r"(?:digest|digest_before|digest_after|sha256|commitment|salt|password|task|key|act|kind|thing_type|media_type|"
    r"path|field|demo_seed|address|token|reference|step)$"
)
READERS = ("spoc", "slt-lead", "cog-lead", "shrmt", "head", "administrator", "panel-member")


def texts_of(model: type[models.Model]) -> Iterator[models.Field[Any, Any]]:
    """Yield the fields that hold what somebody wrote, and are long enough for the hostile text."""
    for field in model._meta.concrete_fields:
        is_text = type(field) in (models.CharField, models.TextField) and not field.choices
        if is_text and not OURS.search(field.name) and (field.max_length or 1000) >= 100:
            yield field


def make_hostile() -> set[str]:
    """Put the hostile text before every text there is, in the tables and in what is frozen; return which were met."""
    met = set()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # the trail's chain follows at once: a test never commits
        cursor.execute("SET LOCAL session_replication_role = replica")  # signed rows resist changes otherwise
        for model in (one for one in apps.get_models() if one._meta.app_label in ROOMS):
            table, proxy = model._meta.db_table, model._meta.proxy
            if proxy or model.__name__.endswith("Event"):
                continue
            for field in texts_of(model):
                cursor.execute(
                    f'UPDATE "{table}" SET "{field.column}" = left(%s || "{field.column}", %s)'  # noqa: S608  # names of our own
                    f""" WHERE "{field.column}" <> '' AND "{field.column}" NOT LIKE %s""",
                    [HOSTILE, field.max_length or 100_000, '{"%'],
                )
                if cursor.rowcount:
                    met.add(f"{model.__name__}.{field.name}")
            for field in model._meta.concrete_fields:
                if isinstance(field, models.JSONField) and field.name in ("content", "figures"):
                    make_frozen_hostile(model, field.name)
        for words in TrailIdentity.objects.filter(text__startswith='{"'):  # what an act said in people's words
            said = {name: HOSTILE + str(text) for name, text in json.loads(words.text).items()}
            TrailIdentity.objects.filter(pk=words.pk).update(text=json.dumps(said))
        cursor.execute("SET LOCAL session_replication_role = origin")
    return met


def make_frozen_hostile(model: type[models.Model], name: str) -> None:
    for row in model._default_manager.exclude(**{name: None}):
        model._default_manager.filter(pk=row.pk).update(**{name: hostile_in(getattr(row, name))})


def hostile_in(value: Any) -> Any:
    """Return frozen content with the hostile text before everything in it that reads as words."""
    if isinstance(value, dict):
        return {key: hostile_in(one) for key, one in value.items()}
    if isinstance(value, list):
        return [hostile_in(one) for one in value]
    return HOSTILE + value if isinstance(value, str) and " " in value else value


@pytest.fixture
def hostile(world: World) -> World:  # noqa: F811  # the fixture's name again
    met = make_hostile()
    assert met >= {"Unit.name", "BusinessGroup.name", "User.name", "Entry.evidence", "Action.title", "Paper.title"}
    return world


def readers_of(row: Row) -> list[str]:
    return [who for who in READERS if row.expected("GET", who) == OK]


def body_of(response: Any) -> bytes:
    return bytes(response.getvalue())


def faults_of_page(content: bytes) -> list[str]:
    """Whatever of the hostile text has become an element or an attribute."""
    page = html.fromstring(content.decode())
    found = page.xpath("//xyz-hostile | //@onfocus | //@autofocus")
    handlers = [name for element in page.iter() for name in element.keys() if name.startswith("on")]  # noqa: SIM118  # lxml's
    return [str(one) for one in (*found, *handlers)]


def faults_of_csv(content: bytes) -> list[str]:
    rows = csv.reader(StringIO(content.decode("utf-8-sig"), newline=""))
    return [cell for row in rows for cell in row if cell.lstrip().startswith(READS_AS_FORMULA)]


def faults_of_workbook(content: bytes) -> list[str]:
    book = load_workbook(BytesIO(content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    return [cell.coordinate for cell in cells if cell.data_type == "f"]


def faults_of_calendar(content: bytes) -> list[str]:
    read = icalendar.Calendar.from_ical(content.decode())
    return [name for part in read.walk() for name in part if name.upper() == "X-HOSTILE"]


CHECKS = {
    "text/html": faults_of_page,
    "text/csv": faults_of_csv,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": faults_of_workbook,
    "text/calendar": faults_of_calendar,
}
# Lists that an address gives as a file when asked to.
AS_FILES = {"actions:actions": ("?format=csv", "?format=xlsx"), "missing": ("?format=csv",)}


def test_no_page_and_no_list_does_what_a_text_in_it_says(hostile: World) -> None:
    wrong, shown, kinds = [], 0, set()
    for row in TABLE:
        for who in readers_of(row):
            for query in ("", *AS_FILES.get(row.name, ())):
                address = hostile.address(row) + query
                with transaction.atomic():
                    response = hostile.client(who).get(address)
                    content = body_of(response)
                    transaction.set_rollback(True)
                kind = response.headers.get("Content-Type", "").partition(";")[0]
                if response.status_code != 200 or kind not in CHECKS:
                    continue
                kinds.add(kind)
                shown += b"xyz-hostile" in content
                wrong += [f"{address} for {who}: {fault}" for fault in CHECKS[kind](content)[:3]]
                wrong += [f"{address} for {who}: header {name}" for name in response.headers if name == "X-Hostile"]
    assert wrong == []
    assert kinds == set(CHECKS)
    assert shown > 100


def test_no_document_does_what_a_text_in_it_says(hostile: World) -> None:
    now, by = timezone.now(), hostile.people["head"]
    signed = Revision.objects.filter(signed_at__isnull=False).select_related("statement").get()
    rollup = Rollup.objects.get(group__slug=hostile.values["group"])
    group_lead = hostile.people["cog-lead"]
    with connection.cursor() as cursor:  # the world has documents that are only said to be printed
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM assurance_statementdocument")
        cursor.execute("DELETE FROM assurance_blankform")
        cursor.execute("UPDATE assurance_issuedrollup SET pdf_id = NULL")
        cursor.execute("UPDATE assurance_audit SET pdf_id = NULL")
        cursor.execute("SET LOCAL session_replication_role = origin")
    audit = Audit.objects.get(pk=str(hostile.values["audit issued"]))
    asked = [
        (documents.request(revision=signed, by=by, at=now), documents.build),
        (documents.request_blank(statement=signed.statement, by=by, at=now), documents.build_blank),
        (rollups.request(rollup=rollup, by=group_lead, at=now), rollups.build),
        (issuing.request_document(issued=rollup.issued.get(), by=by, at=now), issuing.build_document),
        (audit_reports.request_document(audit=audit, by=by, at=now), audit_reports.build_document),
    ]
    for job, build in asked:
        assert job is not None
        jobs.perform(job.pk, build)
        assert Job.objects.get(pk=job.pk).error == ""
    printed = [
        documents.document_of(signed),
        documents.blank_form_of(signed.statement),
    ]
    paths = [one.blob.path for one in printed if one is not None]
    rollup.refresh_from_db()
    issued = rollup.issued.get()
    audit.refresh_from_db()
    assert audit.pdf is not None
    assert rollup.pdf is not None
    assert issued.pdf is not None
    for path in (*paths, rollup.pdf.path, issued.pdf.path, audit.pdf.path):
        assert faults_of_pdf(path) == [], path
    assert len(paths) == 2


def faults_of_pdf(path: Path) -> list[str]:
    """Whatever in the document could act: scripts, programs to start, files inside, links to elsewhere."""
    with pikepdf.open(path) as document:
        found = [key for key in ("/OpenAction", "/AA") if key in document.Root]
        for thing in document.objects:
            if not isinstance(thing, pikepdf.Dictionary):
                continue
            kind = str(thing.get("/S", ""))
            if kind in ("/JavaScript", "/Launch", "/SubmitForm", "/ImportData") or "/EF" in thing:
                found.append(kind or "/EF")
            if kind == "/URI" and not str(thing["/URI"]).startswith(settings.SITE_URL):
                found.append(str(thing["/URI"]))
    return found


def test_no_e_mail_has_a_header_or_a_line_that_a_text_in_it_began(hostile: World) -> None:
    person, now = hostile.people["spoc"], timezone.now()
    person.refresh_from_db()
    notice = Notice(person=person, kind="x", line=HOSTILE + "A thing to do", address="/", key="x", at=now)
    digests.letter(person, [notice], day=london_day(now)).send()
    for kind in letters.SUBJECTS:
        letters.letter(kind, person, at=now).send()
    assert [letter.subject for letter in mail.outbox] == ["Truelevel: 1 thing for you", *letters.SUBJECTS.values()]
    for letter in mail.outbox:
        parsed = letter.message()
        assert "X-Hostile" not in parsed
        assert parsed.get_content_type() == "text/plain"
        assert not [line for line in letter.body.splitlines() if line.startswith("X-Hostile")]
        assert "xyz-hostile" in letter.body
        assert "&#x27;" not in letter.body
