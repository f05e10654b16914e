"""The pages about the Health and Safety Executive (HSE), as each reader sees them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from organisation.roles import Role
from records.models import Blob, TrailEntry, Verdict
from risks.models import EnforcementNotice, LiaisonFile, LiaisonMeeting, NoticeKind, Notification, NotificationKind
from tests.factories import clamd, evidence, files, risks
from tests.factories.organisation import make_group, make_person

pytestmark = pytest.mark.django_db
HSE = "/board/hse/"


def signed_in(role: Role) -> Client:
    client = Client()
    client.force_login(make_person(role))
    return client


def page_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_what_is_late_comes_first_and_is_marked() -> None:
    risks.load_kinds()
    today, by = timezone.localdate(), make_person(Role.SHRMT)
    risks.make_notification(today - timedelta(days=2), kind="dangerous-occurrence", by=by)
    risks.make_notification(today - timedelta(days=11), kind="specified-injury", by=by)
    risks.make_notification(today - timedelta(days=1), kind="over-3-day", by=by)
    page = page_of(signed_in(Role.BOARD_MEMBER), HSE)
    table = page.partition("<tbody")[2].partition("</tbody>")[0]
    assert table.index("<strong>Late: not reported</strong>") < table.index("Dangerous occurrence")
    assert "Over-3-day" not in table  # recorded only: nothing waits
    assert "The days of 7 kinds of events are to be confirmed by the operator" in page
    assert "within 15 days (to be confirmed by the operator)" in page
    everything = page_of(signed_in(Role.BOARD_MEMBER), f"{HSE}notifications/")
    assert "Recorded only" in everything


def test_shrmt_enters_reports_and_corrects_and_the_head_withdraws() -> None:
    risks.load_kinds()
    client, today = signed_in(Role.SHRMT), timezone.localdate()
    kind = NotificationKind.objects.get(code="specified-injury")
    said = {"kind": kind.pk, "event_on": str(today), "description": "A barrier came down."}
    assert client.post(f"{HSE}notifications/new/", said).status_code == 302
    assert client.post(f"{HSE}notifications/new/", said).status_code == 422
    one = Notification.objects.get()
    address = f"{HSE}notifications/{one.pk}/"
    assert "are to be confirmed by the operator" in page_of(client, address)
    assert client.post(f"{address}report/", {"reported_on": str(today), "reference": "R1"}).status_code == 302
    assert "Reported in time" in page_of(client, address)
    answer = client.post(f"{address}correct/", said | {"description": "A gate came down."})
    assert answer.status_code == 422  # without the reason
    assert "Say what was wrong before." in answer.content.decode()
    mended = said | {"description": "A gate came down.", "because": "It was no barrier."}
    assert client.post(f"{address}correct/", mended).status_code == 302
    page = page_of(client, address)
    assert "has taken the place of this one: It was no barrier." in page
    assert "Add a file" not in page
    other = Notification.objects.standing().get()
    assert client.post(f"{HSE}notifications/{other.pk}/withdraw/", {"because": "So."}).status_code == 403
    head = signed_in(Role.HEAD)
    assert head.post(f"{HSE}notifications/{other.pk}/withdraw/", {"because": "No injury."}).status_code == 302
    assert "withdrew this on" in page_of(head, f"{HSE}notifications/{other.pk}/")
    listed = page_of(head, f"{HSE}notifications/")
    assert "Withdrawn" in listed
    assert listed.count("Specified injury, ") == 1


def test_a_notice_and_a_meeting_are_entered_and_complied_with() -> None:
    risks.load_kinds()
    client, today = signed_in(Role.SHRMT), timezone.localdate()
    kind = NoticeKind.objects.get(code="improvement")
    said = {"kind": kind.pk, "reference": "IN/7", "served_on": str(today), "asks": "Guard.", "comply_by": str(today)}
    assert client.post(f"{HSE}notices/new/", said).status_code == 302
    assert "Improvement notice IN/7" in page_of(client, HSE)
    notice = EnforcementNotice.objects.get()
    answer = client.post(f"{HSE}notices/{notice.pk}/comply/", {"complied_on": str(today), "how": "Guarded."})
    assert answer.status_code == 302
    assert "Complied with" in page_of(client, f"{HSE}notices/")
    said = {"held_on": "9 5 2019", "office": "HSE national lead", "about": "Volunteers"}
    assert client.post(f"{HSE}meetings/new/", said).status_code == 302
    assert LiaisonMeeting.objects.get().held_on == date(2019, 5, 9)
    assert "9 May 2019" in page_of(client, HSE)


def test_a_cog_lead_reads_what_is_of_their_group_and_no_meeting() -> None:
    risks.load_kinds()
    today, by = timezone.localdate(), make_person(Role.SHRMT)
    mine, theirs = make_group(), make_group()
    own = risks.make_notification(today, group=mine, description="Ours.", by=by)
    others = risks.make_notification(today, group=theirs, description="Theirs.", by=by)
    force = risks.make_notice(today, today, by=by)
    meeting = risks.make_liaison_meeting(by=by)
    client = Client()
    client.force_login(make_person(Role.COG_LEAD, group=mine))
    page = page_of(client, HSE)
    assert f"{HSE}notifications/{own.pk}/" in page
    assert f"{HSE}notifications/{others.pk}/" not in page
    assert "meetings" not in page.partition("<main")[2].partition("</main>")[0].replace("/board/meetings/", "")
    for address in (f"notifications/{others.pk}", f"notices/{force.pk}", f"meetings/{meeting.pk}", "meetings"):
        assert client.get(f"{HSE}{address}/").status_code == 404
    answer = client.get(f"{HSE}notifications/{own.pk}/report/")
    assert answer.status_code == 403
    assert "Only the Safety and Health Risk Management Team (SHRMT)" in answer.content.decode()


def test_a_file_is_kept_and_handed_out_to_those_who_read_what_it_is_of() -> None:
    risks.load_kinds()
    group, client = make_group(), signed_in(Role.SHRMT)
    one = risks.make_notification(timezone.localdate(), group=group)
    address = f"{HSE}notifications/{one.pk}/files/new/"
    assert client.post(address, {"title": "Letter", "file": evidence.sent()}).status_code == 302
    assert "This file is there already." in client.post(address, {"file": evidence.sent()}).content.decode()
    refused = client.post(address, {"file": SimpleUploadedFile("letter.exe", b"MZ\x90\x00" * 40)})
    assert refused.status_code == 422
    kept = LiaisonFile.objects.get()
    lead = Client()
    lead.force_login(make_person(Role.COG_LEAD, group=group))
    answer = lead.get(f"{HSE}files/{kept.pk}/")
    assert b"".join(answer.streaming_content) == files.pdf()  # type: ignore[attr-defined]  # a response that streams
    assert TrailEntry.objects.get(act="hse.file_downloaded").thing_id == kept.pk
    for stranger in (Role.COG_LEAD, Role.SPOC, Role.SLT_LEAD, Role.RISK_LEAD):
        assert signed_in(stranger).get(f"{HSE}files/{kept.pk}/").status_code == 404


def test_an_infected_file_is_refused_and_kept_in_the_trail(settings: Settings) -> None:
    meeting, client = risks.make_liaison_meeting(), signed_in(Role.HEAD)
    address = f"{HSE}meetings/{meeting.pk}/files/new/"
    infected = files.pdf(objects=[f"({clamd.EICAR.decode()})"])
    with clamd.on_tcp() as (settings.CLAMD_ADDRESS, _):
        answer = client.post(address, {"file": evidence.sent(infected, "letter.pdf")})
    assert answer.status_code == 422
    assert "found something in it" in answer.content.decode()
    assert not LiaisonFile.objects.exists()
    entry = TrailEntry.objects.get(act="hse.file_infected")
    assert (entry.thing_id, entry.detail["finding"]) == (meeting.pk, clamd.FINDING)


def test_a_file_that_nobody_can_have_is_not_handed_out() -> None:
    kept, client = risks.make_liaison_file(risks.make_liaison_meeting()), signed_in(Role.BOARD_MEMBER)
    Blob.objects.update(verdict=Verdict.INFECTED, finding=clamd.FINDING)
    answer = client.get(f"{HSE}files/{kept.pk}/")
    assert answer.status_code == 409
    assert "“Letter” cannot be downloaded" in answer.content.decode()
    assert not TrailEntry.objects.filter(act="hse.file_downloaded").exists()


def test_the_queries_do_not_grow_with_the_entries() -> None:
    risks.load_kinds()
    client, by, today = signed_in(Role.HEAD), make_person(Role.SHRMT), timezone.localdate()
    numbers = []
    for first, last in ((0, 1), (1, 6)):
        for days in range(first, last):
            day = today - timedelta(days=days)
            risks.make_notification(day, group=make_group(), by=by)
            risks.make_notice(day, day, group=make_group(), by=by)
        asked = []
        for address in (HSE, f"{HSE}notifications/", f"{HSE}notices/"):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            asked.append(len(queries))
        numbers.append(asked)
    assert numbers[0] == numbers[1]
