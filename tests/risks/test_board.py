"""The Board's meetings, objectives and sub-groups, and business groups' own risks."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from organisation.roles import Role
from records.edits import Edit
from records.models import TrailEntry
from risks import risksfile
from risks.models import MeetingFile, MeetingRecord, PaperKind, RiskProposal, Standing
from risks.rules import Refused
from risks.services import board, group_risks, loading, objectives
from tests.factories import evidence, files, risks
from tests.factories.organisation import make_group, make_person

pytestmark = pytest.mark.django_db


def signed_in(role: Role) -> Client:
    client = Client()
    client.force_login(make_person(role))
    return client


def test_a_new_meeting_begins_with_the_standing_items_of_the_source() -> None:
    loading.load(
        risksfile.read(risks.SHIPPED.read_text(encoding="utf-8")), by=make_person(Role.HEAD), at=timezone.now()
    )
    meeting = risks.make_meeting(date(2026, 11, 20))
    items = [item.title for item in meeting.items.all()]
    assert len(items) == 14  # the source lists fourteen
    assert items[0] == "Business groups' operational safety risks"
    assert items[-1] == "The Board's objectives"


def test_items_go_on_and_off_the_agenda_and_the_rest_moves_up() -> None:
    meeting, by = risks.make_meeting(timezone.localdate()), make_person(Role.HEAD)
    first, second, third = (risks.make_item(meeting, title=title) for title in ("One", "Two", "Three"))
    board.remove_item(item=second, by=by, at=timezone.now())
    board.remove_item(item=second, by=by, at=timezone.now())  # gone already is what was wanted
    assert [(item.number, item.title) for item in meeting.items.all()] == [(1, "One"), (2, "Three")]
    with pytest.raises(Refused, match="on the agenda already"):
        risks.make_item(meeting, title="Three")
    board.record(meeting=meeting, item=third, minute="3", text="Noted.", by=by, at=timezone.now())
    with pytest.raises(Refused, match="so it stays on the agenda"):
        board.remove_item(item=third, by=by, at=timezone.now())
    assert first in meeting.items.all()


def test_a_paper_is_awaited_once_and_received_once() -> None:
    today, by = timezone.localdate(), make_person(Role.HEAD)
    meeting = risks.make_meeting(today)
    paper = risks.make_paper(meeting)
    with pytest.raises(Refused, match="awaits this paper already"):
        risks.make_paper(meeting)
    with pytest.raises(Refused, match="cannot be due after that"):
        board.await_paper(
            meeting=meeting,
            kind=PaperKind.OTHER,
            title="Late",
            group=None,
            due_on=today + timedelta(days=1),
            by=by,
            at=timezone.now(),
        )
    with pytest.raises(Refused, match="lies in the future"):
        board.receive(paper=paper, received_on=today + timedelta(days=1), by=by, at=timezone.now())
    board.receive(paper=paper, received_on=today, by=by, at=timezone.now())
    with pytest.raises(Refused, match="was received on"):
        board.receive(paper=paper, received_on=today, by=by, at=timezone.now())


def test_what_was_recorded_is_corrected_by_another_and_stays() -> None:
    meeting, by = risks.make_meeting(timezone.localdate()), make_person(Role.BOARD_SECRETARY)
    first = risks.make_record(meeting, text="The Board agred.")
    with pytest.raises(Refused, match="recorded already"):
        risks.make_record(meeting, text="The Board agred.")

    def correct(text: str) -> MeetingRecord:
        now = timezone.now()
        return board.record(meeting=meeting, item=None, minute="5.1", text=text, replaces=first, by=by, at=now)

    correct("The Board agreed.")
    with pytest.raises(Refused, match="Somebody has corrected this already"):
        correct("The Board agreed to it.")
    page = signed_in(Role.BOARD_MEMBER).get(f"/board/meetings/{meeting.pk}/").content.decode()
    assert page.index("The Board agreed.") < page.index("What was corrected since") < page.index("The Board agred.")
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        MeetingRecord.objects.filter(pk=first.pk).update(text="Another text.")


def test_a_meeting_that_is_to_come_has_decided_nothing() -> None:
    with pytest.raises(Refused, match="has not been held yet"):
        risks.make_record(risks.make_meeting(timezone.localdate() + timedelta(days=7)))


def test_minutes_are_kept_as_a_file_and_handed_out_to_those_who_read_meetings() -> None:
    meeting, secretary = risks.make_meeting(timezone.localdate()), signed_in(Role.BOARD_SECRETARY)
    address = f"/board/meetings/{meeting.pk}/files/new/"
    pdf = files.pdf()
    sent = {"title": "Minutes", "file": evidence.sent()}
    assert secretary.post(address, sent).status_code == 302
    answer = secretary.post(address, {"title": "", "file": evidence.sent()})
    assert "has this file already" in answer.content.decode()
    answer = secretary.post(address, {"title": "", "file": SimpleUploadedFile("minutes.exe", b"MZ\x90\x00" * 40)})
    assert answer.status_code == 422
    kept = MeetingFile.objects.get()
    answer = signed_in(Role.COG_LEAD).get(f"/board/files/{kept.pk}/")
    assert b"".join(answer.streaming_content) == pdf  # type: ignore[attr-defined]  # a response that streams
    assert TrailEntry.objects.filter(act="board-meeting.file-downloaded").count() == 1
    assert signed_in(Role.SPOC).get(f"/board/files/{kept.pk}/").status_code == 404


def test_how_an_objective_stands_is_said_and_what_was_said_before_stays() -> None:
    objective, by = risks.make_objective(), make_person(Role.HEAD)
    with pytest.raises(Refused, match="this objective for that year already"):
        risks.make_objective()
    for standing, text in ((Standing.BEHIND, "Two units are late."), (Standing.ACHIEVED, "All are there.")):
        objectives.say_progress(objective=objective, standing=standing, text=text, by=by, at=timezone.now())
    with pytest.raises(Refused, match="says already"):
        objectives.say_progress(
            objective=objective, standing=Standing.ACHIEVED, text="All are there.", by=by, at=timezone.now()
        )
    page = signed_in(Role.BOARD_MEMBER).get("/board/objectives/").content.decode()
    assert page.index("2026/27") < page.index("All are there.") < page.index("Two units are late.")


def test_a_sub_group_reports_to_meetings_until_it_ends() -> None:
    sub_group, by, today = risks.make_sub_group(), make_person(Role.HEAD), timezone.localdate()
    with pytest.raises(Refused, match="a sub-group of that name already"):
        risks.make_sub_group()
    meeting = risks.make_meeting(today)
    objectives.report(sub_group=sub_group, meeting=meeting, text="All is well.", by=by, at=timezone.now())
    with pytest.raises(Refused, match="for that meeting already"):
        objectives.report(sub_group=sub_group, meeting=meeting, text="All is well.", by=by, at=timezone.now())
    assert "All is well." in signed_in(Role.COG_LEAD).get(f"/board/meetings/{meeting.pk}/").content.decode()
    with pytest.raises(Refused, match="cannot end before"):
        objectives.end_sub_group(sub_group=sub_group, ends_on=today - timedelta(days=1), by=by, at=timezone.now())
    objectives.end_sub_group(sub_group=sub_group, ends_on=today, by=by, at=timezone.now())
    with pytest.raises(Refused, match="already"):
        objectives.end_sub_group(sub_group=sub_group, ends_on=today, by=by, at=timezone.now())


# --- Business groups' own risks ---------------------------------------------------------------------------------------


def test_a_business_group_puts_its_own_risk_before_the_board_once() -> None:
    group = make_group("River Group")
    by = make_person(Role.COG_LEAD, group=group)
    risk = risks.make_group_risk(group, by=by)
    proposal = group_risks.escalate(risk=risk, because="New boats cost too much.", by=by, at=timezone.now())
    assert (proposal.title, proposal.description) == ("Old boats", "They leak.\n\nNew boats cost too much.")
    assert list(proposal.groups.all()) == [group]
    with pytest.raises(Refused, match="before the Board already"):
        group_risks.escalate(risk=risk, because="Again.", by=by, at=timezone.now())
    assert RiskProposal.objects.count() == 1


def test_a_closed_risk_of_a_group_stays_in_the_list_and_is_not_changed() -> None:
    group = make_group("River Group")
    by = make_person(Role.COG_LEAD, group=group)
    risk = risks.make_group_risk(group, by=by)
    with pytest.raises(Refused, match="a risk of that title already"):
        risks.make_group_risk(group, by=by)
    group_risks.change(risk=risk, edits={"owner": Edit(0, "River officer")}, by=by, at=timezone.now())
    group_risks.close(risk=risk, because="The boats are sold.", by=by, at=timezone.now())
    with pytest.raises(Refused, match="is closed"):
        group_risks.change(risk=risk, edits={"owner": Edit(1, "Nobody")}, by=by, at=timezone.now())
    assert "The boats are sold." in signed_in(Role.BOARD_MEMBER).get("/board/group-risks/").content.decode()
    earlier = apps.get_model("risks", "GroupRiskEvent").objects.filter(pgh_obj=risk).order_by("pgh_id")
    assert earlier[0].owner == "Boat officer"


def test_a_lead_of_one_group_neither_reads_nor_writes_anothers() -> None:
    mine, theirs = make_group("River Group"), make_group("Road Group")
    risk = risks.make_group_risk(theirs)
    client = Client()
    client.force_login(make_person(Role.COG_LEAD, group=mine))
    assert "Old boats" not in client.get("/board/group-risks/").content.decode()
    assert client.get(f"/board/group-risks/{risk.pk}/edit/").status_code == 404
    assert client.get(f"/board/group-risks/{theirs.slug}/new/").status_code == 403
    said = {"title": "Ice", "owner": "Road officer", "likelihood": "2", "impact": "3"}
    assert client.post(f"/board/group-risks/{mine.slug}/new/", said).status_code == 302
    assert "Ice" in client.get("/board/group-risks/").content.decode()
