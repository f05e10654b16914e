"""Having a pack made: versions, one build for two requests, failures, and who gets which page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.db import InternalError, connection, transaction
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from organisation.models import User
from organisation.roles import Role
from papers import tasks
from papers.models import BoardPack
from papers.permissions import can_make_packs, can_read_packs
from papers.services import packs as services
from papers.verification import changed_packs, find_by_digest
from records.models import Job, JobState, TrailEntry
from records.verification import Matched
from rendering import checking, pdf
from risks.models import BoardMeeting
from tests.factories import packs, risks
from tests.factories.organisation import make_person, make_user

pytestmark = pytest.mark.django_db
NO_SUCH_FONT = pdf.RenderingFailed(["No font."])


@pytest.fixture
def meeting() -> BoardMeeting:
    return risks.make_meeting(timezone.localdate() + timedelta(days=7))


@pytest.fixture
def secretary() -> User:
    return make_person(Role.BOARD_SECRETARY)


@pytest.fixture
def no_printing(monkeypatch: pytest.MonkeyPatch) -> mock.Mock:
    """Printing takes seconds, and what is printed is tried elsewhere."""
    render = mock.Mock(return_value=b"%PDF-1.7 printed")
    monkeypatch.setattr(pdf, "render", render)
    monkeypatch.setattr(checking, "check", mock.Mock(return_value=None))
    return render


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def acts(pack: BoardPack) -> list[str]:
    found = TrailEntry.objects.filter(thing_type="papers.BoardPack", thing_id=pack.pk)
    return list(found.order_by("pk").values_list("act", flat=True))


def page_of(meeting: BoardMeeting) -> str:
    return reverse("papers:packs", args=[meeting.pk])


# --- Versions ---------------------------------------------------------------------------------------------------------


def test_each_pack_is_another_version_once_something_has_changed(meeting: BoardMeeting, secretary: User) -> None:
    now = timezone.now()
    first, is_new = services.make(meeting=meeting, by=secretary, at=now)
    again, is_new_again = services.make(meeting=meeting, by=secretary, at=now)
    assert (first.number, is_new, again, is_new_again) == (1, True, first, False)
    risks.make_item(meeting)
    second, is_new = services.make(meeting=meeting, by=secretary, at=now)
    assert (second.number, is_new) == (2, True)
    assert second.content_digest != first.content_digest
    assert BoardPack.objects.count() == Job.objects.filter(task=services.BUILD).count() == 2


def test_versions_count_for_each_meeting(meeting: BoardMeeting) -> None:
    other = risks.make_meeting(timezone.localdate())
    assert [packs.make_pack(one).number for one in (meeting, other)] == [1, 1]


def test_two_requests_make_one_document(meeting: BoardMeeting, secretary: User, no_printing: mock.Mock) -> None:
    pack = packs.make_pack(meeting)
    assert services.request_document(pack=pack, by=secretary, at=timezone.now()) == Job.objects.get()
    job = Job.objects.get(task=tasks.build_pack.name)
    tasks.build_pack(job.pk)
    tasks.build_pack(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts, no_printing.call_count) == (JobState.DONE, 1, 1)
    assert acts(pack) == ["board-pack.made", "board-pack.built"]
    assert services.request_document(pack=pack, by=secretary, at=timezone.now()) is None
    assert services.make(meeting=meeting, by=secretary, at=pack.made_at) == (pack, False)
    assert Job.objects.count() == 1


def test_a_second_job_for_a_printed_pack_prints_nothing(meeting: BoardMeeting, no_printing: mock.Mock) -> None:
    pack = packs.make_pack_with_document(meeting)
    Job.objects.create(
        task=services.BUILD, key=pack.job_key, arguments={"pack_id": pack.pk}, requested_at=timezone.now()
    )
    assert packs.build_document(pack).state == JobState.DONE
    assert no_printing.call_count == 0


def test_a_printing_that_fails_says_why_and_asking_for_the_pack_again_prints_the_same_version(
    meeting: BoardMeeting, secretary: User, no_printing: mock.Mock
) -> None:
    pack = packs.make_pack(meeting)
    no_printing.side_effect = NO_SUCH_FONT
    job = packs.build_document(pack)
    assert job.state == JobState.FAILED
    assert "What the pack says is kept, and can be printed again." in job.error
    page = signed_in(secretary).get(page_of(meeting)).content.decode()
    assert "could not be made" in page
    assert "Try again" in page
    no_printing.side_effect = None
    again, is_new = services.make(meeting=meeting, by=secretary, at=pack.made_at)
    assert (again, is_new) == (pack, False)
    assert packs.build_document(pack).state == JobState.DONE
    pack.refresh_from_db()
    assert pack.pdf is not None
    assert acts(pack) == ["board-pack.made", "board-pack.document_requested", "board-pack.built"]


def test_what_is_cancelled_can_be_asked_for_again(meeting: BoardMeeting, secretary: User) -> None:
    pack = packs.make_pack(meeting)
    assert services.cancel_document(pack=pack, by=secretary, at=timezone.now())
    assert not services.cancel_document(pack=pack, by=secretary, at=timezone.now())
    client = signed_in(secretary)
    assert "was cancelled" in client.get(page_of(meeting)).content.decode()
    client.post(reverse("papers:pack_document", args=[pack.pk]))
    assert Job.objects.live().filter(key=pack.job_key).count() == 1
    assert acts(pack) == ["board-pack.made", "board-pack.document_cancelled", "board-pack.document_requested"]


@pytest.mark.parametrize(
    "change",
    [
        {"content": {"other": "words"}},
        {"content_digest": "1" * 64},
        {"number": 7},
        {"made_at": timezone.now() + timedelta(days=1)},
        {"pdf": None},
    ],
)
def test_the_database_refuses_to_change_a_pack(meeting: BoardMeeting, change: dict[str, Any]) -> None:
    pack = packs.make_pack_with_document(meeting)
    with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
        BoardPack.objects.filter(pk=pack.pk).update(**change)


def test_a_pack_and_its_meeting_stay(meeting: BoardMeeting) -> None:
    pack = packs.make_pack(meeting)
    with pytest.raises(InternalError, match="delete"), transaction.atomic():
        pack.delete()
    with pytest.raises(ProtectedError):
        meeting.delete()


# --- Pages ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [None, *Role])
def test_packs_are_listed_exactly_where_they_may_be_read(meeting: BoardMeeting, role: Role | None) -> None:
    pack = packs.make_pack_with_document(meeting)
    person = make_user() if role is None else make_person(role)
    reads = role in {Role.COG_LEAD, Role.SHRMT, Role.HEAD, Role.BOARD_MEMBER, Role.BOARD_SECRETARY}
    makes = role in {Role.HEAD, Role.BOARD_SECRETARY}
    assert BoardPack.objects.visible_to(person).filter(pk=pack.pk).exists() == can_read_packs(person) == reads
    assert can_make_packs(person) == makes
    response = signed_in(person).get(page_of(meeting))
    assert response.status_code == (200 if reads else 404)
    assert ("Make a new version" in response.content.decode()) == makes


def test_whoever_reads_packs_and_makes_none_is_told_who_does(meeting: BoardMeeting) -> None:
    client = signed_in(make_person(Role.BOARD_MEMBER))
    assert "or the Board’s secretary has one made" in client.get(page_of(meeting)).content.decode()
    response = client.post(reverse("papers:make_pack", args=[meeting.pk]))
    assert response.status_code == 403
    assert "You can read them." in response.content.decode()
    assert not BoardPack.objects.exists()


def test_the_page_of_a_meeting_leads_to_its_pack(meeting: BoardMeeting) -> None:
    page = signed_in(make_person(Role.COG_LEAD)).get(reverse("risks:meeting", args=[meeting.pk])).content.decode()
    assert f'href="{page_of(meeting)}"' in page
    assert "Agenda pack" in page


def test_a_pack_asked_for_twice_is_made_once_and_the_page_says_so(meeting: BoardMeeting, secretary: User) -> None:
    client, address = signed_in(secretary), reverse("papers:make_pack", args=[meeting.pk])
    first = client.post(address, follow=True).content.decode()
    assert "Version 1 of the pack is frozen" in first
    assert "The document is being made." in first
    second = client.post(address, follow=True).content.decode()
    assert "Nothing has changed since version 1 was made" in second
    assert second.count('<h2 class="govuk-heading-m" id="version-') == 1


def test_progress_is_a_part_of_the_page_for_htmx_and_the_page_without_it(
    meeting: BoardMeeting, secretary: User
) -> None:
    pack = packs.make_pack(meeting)
    Job.objects.filter(key=pack.job_key).update(progress=50, step="Printing the pack")
    client, address = signed_in(secretary), reverse("papers:pack_progress", args=[pack.pk])
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "Printing the pack" in part
    assert "<html" not in part
    whole = client.get(address).content.decode()
    assert "<html" in whole
    assert "Printing the pack" in whole


@pytest.mark.parametrize("name", ["packs", "make_pack", "pack_progress", "pack_document", "pack_pdf"])
def test_a_number_that_is_too_large_for_the_database_is_not_there(secretary: User, name: str) -> None:
    client, address = signed_in(secretary), reverse(f"papers:{name}", args=[2**63])
    ask: Callable[[str], Any] = client.post if name in ("make_pack", "pack_document") else client.get
    assert ask(address).status_code == 404


def test_a_download_carries_the_file_under_the_meetings_name_and_is_kept_in_the_trail(meeting: BoardMeeting) -> None:
    pack = packs.make_pack_with_document(meeting)
    reader = make_person(Role.BOARD_MEMBER)
    response = signed_in(reader).get(reverse("papers:pack_pdf", args=[pack.pk]))
    assert pack.pdf is not None
    assert response.getvalue() == pack.pdf.path.read_bytes()
    name = f"agenda-pack-{meeting.held_on:%B-%Y}-board-version-1.pdf".lower()
    assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    (entry,) = TrailEntry.objects.filter(act="board-pack.downloaded")
    assert (entry.actor_id, entry.thing_id) == (reader.pk, pack.pk)


def test_a_pack_whose_document_is_not_there_yet_has_no_download(meeting: BoardMeeting, secretary: User) -> None:
    pack = packs.make_pack(meeting)
    assert signed_in(secretary).get(reverse("papers:pack_pdf", args=[pack.pk])).status_code == 404


def test_bytes_that_are_missing_from_the_disk_are_said_to_be(meeting: BoardMeeting, secretary: User) -> None:
    pack = packs.make_pack_with_document(meeting)
    assert pack.pdf is not None
    pack.pdf.path.unlink()
    response = signed_in(secretary).get(reverse("papers:pack_pdf", args=[pack.pk]))
    assert response.status_code == 500
    assert "cannot be handed out just now" in response.content.decode()
    assert not TrailEntry.objects.filter(act="board-pack.downloaded").exists()


# --- Digests ----------------------------------------------------------------------------------------------------------


def test_a_digest_finds_the_pack_and_whether_it_is_the_newest_for_whoever_reads_packs(meeting: BoardMeeting) -> None:
    first = packs.make_pack_with_document(meeting)
    risks.make_item(meeting)
    second = packs.make_pack_with_document(meeting)
    member, panel = make_person(Role.BOARD_MEMBER), make_person(Role.PANEL_MEMBER)
    for pack, stands in ((first, False), (second, True)):
        assert pack.pdf is not None
        for digest, by in ((pack.content_digest, Matched.CONTENT), (pack.pdf.sha256, Matched.FILE)):
            (match,) = find_by_digest(digest, reader=member)
            assert (match.matched, match.stands, match.is_sound) == (by, stands, True)
            assert match.address == page_of(meeting)
            assert find_by_digest(digest, reader=panel) == []
    assert list(changed_packs()) == []


def test_a_pack_that_was_tampered_with_is_found(meeting: BoardMeeting) -> None:
    pack = packs.make_pack(meeting)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # past the triggers
        cursor.execute("UPDATE papers_boardpack SET content = jsonb_set(content, '{force}', '\"Other\"')")
        cursor.execute("SET LOCAL session_replication_role = origin")
    ((name, what),) = changed_packs()
    assert name == str(pack)
    assert pack.content_digest in what
