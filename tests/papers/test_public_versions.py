"""The public version of a paper: made, printed, published by another person, gone with its paper."""

from __future__ import annotations

import io
import subprocess
from typing import Any

import pikepdf
import pytest
from django.db import InternalError
from django.http import FileResponse
from django.test import Client
from django.urls import reverse

from organisation.models import User
from organisation.roles import Role
from papers.contents.redaction import Redaction
from papers.models import Paper, PublicVersion
from papers.permissions import can_read_public_version
from papers.services import papers, public_versions
from papers.services.papers import Refused
from papers.verification import changed_public_versions, find_by_digest
from records.models import Job, TrailEntry
from records.services import jobs
from tests.factories.conformance import failures
from tests.factories.organisation import make_person
from tests.factories.papers import NOW, make_final, make_public_version, make_published, make_withdrawn

pytestmark = pytest.mark.django_db


@pytest.fixture
def paper() -> Paper:
    return make_published()


@pytest.fixture
def head() -> User:
    return make_person(Role.HEAD)


def publish(version: PublicVersion, *, by: User) -> PublicVersion:
    return public_versions.publish(version=version, seen_digest=version.content_digest, by=by, at=NOW)


def rows(*taken: tuple[str, str, str], then: str) -> dict[str, Any]:
    sent = {"rows-TOTAL_FORMS": str(len(taken)), "rows-INITIAL_FORMS": "0", "then": then}
    for number, (key, words, why) in enumerate(taken):
        sent |= {f"rows-{number}-key": key, f"rows-{number}-words": words, f"rows-{number}-why": why}
    return sent


def at(name: str, pk: int) -> str:
    return reverse(f"papers:{name}", args=[pk])


# --- What is in it ----------------------------------------------------------------------------------------------------


def test_the_document_has_nothing_of_what_was_taken_out_and_says_what_and_why(paper: Paper) -> None:
    secret = "themes lie lowest"
    assert secret in paper.content["parts"][0]["sections"][1]["text"]
    taken = (
        Redaction("key-considerations", f"which {secret}, ", "It may be misread."),
        Redaction("unit-levels", "", "It names small units."),
    )
    version = make_public_version(paper, *taken, with_document=False)
    jobs.perform(Job.objects.get(key=version.job_key).pk, public_versions.build)
    version.refresh_from_db()
    assert version.pdf is not None
    content = version.pdf.path.read_bytes()
    assert failures(content) == []
    words = " ".join(
        subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True).stdout.decode().split()
    )
    assert secret not in words
    assert "Alder Unit" not in words
    assert "North" in words  # of the table of groups, which was left
    assert "Key considerations: a passage. It may be misread." in words
    assert "Public version" in words
    assert version.content_digest in words
    with pikepdf.open(io.BytesIO(content)) as document:
        data = b"".join(one.get_file().read_bytes() for one in document.attachments.values())
    assert b"North" in data
    assert b"Alder Unit" not in data


def test_a_reference_to_what_was_taken_out_is_no_fault(paper: Paper) -> None:
    version = make_public_version(paper, Redaction("maturity-position", "", "Not yet agreed."))
    assert version.content["taken_out"] == [{"section": "maturity-position", "whole": True, "why": "Not yet agreed."}]
    assert "position" in version.content["data"]  # the appendix still draws on it
    assert paper.content != version.content


# --- Making and publishing --------------------------------------------------------------------------------------------


def test_two_people_publish_it_and_only_beside_a_published_paper(paper: Paper, head: User) -> None:
    with pytest.raises(Refused, match="Only a published paper"):
        make_public_version(make_final())
    with pytest.raises(Refused, match="Say what is to be taken out"):
        public_versions.make(paper=paper, redactions=[], by=head, at=NOW)
    own = make_public_version(paper, by=head)
    with pytest.raises(Refused, match="two people release"):
        publish(own, by=head)
    unprinted = make_public_version(paper, with_document=False)
    with pytest.raises(Refused, match="not ready yet"):
        publish(unprinted, by=head)
    version = make_public_version(paper)
    with pytest.raises(Refused, match="not the version that you were shown"):
        public_versions.publish(version=version, seen_digest="0" * 64, by=head, at=NOW)
    published = publish(version, by=head)
    assert (published.number, PublicVersion.objects.published_of(paper)) == (3, published)
    with pytest.raises(Refused, match="published already"):
        publish(version, by=make_person(Role.HEAD))
    acts = TrailEntry.objects.filter(act__startswith="public-version").values_list("act", flat=True)
    assert list(acts) == ["public-version.made"] * 3 + ["public-version.published"]


def test_a_newer_version_takes_the_place_of_an_older_one(paper: Paper, head: User) -> None:
    older, newer = make_public_version(paper), make_public_version(paper)
    publish(older, by=head)
    publish(newer, by=head)
    panel = make_person(Role.PANEL_MEMBER)
    assert PublicVersion.objects.visible_to(panel).get() == newer
    assert not can_read_public_version(panel, older)
    (match,) = find_by_digest(older.content_digest, reader=head)
    assert (match.stands, "newer public version" in match.standing) == (False, True)
    late = make_public_version(paper)
    publish(make_public_version(paper), by=head)
    with pytest.raises(Refused, match="newer public version is published"):
        publish(late, by=head)


def test_it_is_gone_with_a_paper_that_is_withdrawn(paper: Paper, head: User) -> None:
    version = publish(make_public_version(paper), by=head)
    panel = make_person(Role.PANEL_MEMBER)
    assert PublicVersion.objects.visible_to(panel).get() == version
    papers.withdraw(paper=paper, reason="A figure was wrong.", by=head, at=NOW)
    assert not PublicVersion.objects.visible_to(panel).exists()
    paper.refresh_from_db()
    assert PublicVersion.objects.published_of(paper) is None


@pytest.mark.parametrize("change", [{"content": {}}, {"pdf": None}, {"number": 7}])
def test_what_was_frozen_stays(paper: Paper, change: dict[str, Any]) -> None:
    version = make_public_version(paper)
    with pytest.raises(InternalError, match="Cannot"):
        PublicVersion.objects.filter(pk=version.pk).update(**change)


def test_its_digests_are_found_and_say_whether_it_stands(paper: Paper, head: User) -> None:
    version = publish(make_public_version(paper), by=head)
    assert version.pdf is not None
    for digest in (version.content_digest, version.pdf.sha256):
        (match,) = find_by_digest(digest, reader=make_person(Role.PANEL_MEMBER))
        assert (match.stands, match.is_sound) == (True, True)
    assert list(changed_public_versions()) == []
    papers.withdraw(paper=paper, reason="Wrong.", by=head, at=NOW)
    (match,) = find_by_digest(version.content_digest, reader=head)
    assert (match.stands, "withdrawn" in match.standing) == (False, True)


# --- The pages --------------------------------------------------------------------------------------------------------


def test_a_version_is_looked_at_made_and_published_on_the_pages(client: Client, paper: Paper, head: User) -> None:
    client.force_login(make_person(Role.SHRMT))
    address = at("new_public_version", paper.pk)
    refused = client.post(address, rows(("risk", "nowhere to be found", "r"), ("", "x", ""), then="look"))
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "Choose the section" in page
    misplaced = client.post(address, rows(("risk", "nowhere to be found", "r"), then="make"))
    assert misplaced.status_code == 422
    assert "These words do not stand in the section" in misplaced.content.decode()
    looked = client.post(address, rows(("risk", "", "It names a place."), then="look"))
    page = looked.content.decode()
    assert (looked.status_code, PublicVersion.objects.count()) == (200, 0)
    assert "[This section has been taken out.]" in page
    assert "Make the public version" in page
    assert client.post(address, rows(("risk", "", "It names a place."), then="make")).status_code == 302
    version = PublicVersion.objects.get()
    jobs.perform(Job.objects.get(key=version.job_key).pk, public_versions.build)
    assert "Download the PDF" in client.get(at("public_versions", paper.pk)).content.decode()
    version.refresh_from_db()
    assert version.pdf is not None
    copy = client.get(at("public_pdf", version.pk)).content  # stamped: nobody outside may take it for published
    assert copy.startswith(version.pdf.path.read_bytes())
    assert len(copy) > version.pdf.size
    assert TrailEntry.objects.filter(act="public-version.downloaded").count() == 1
    assert client.get(at("publish_public_version", version.pk)).status_code == 403
    client.force_login(head)
    shown = client.get(at("publish_public_version", version.pk)).context["form"]["seen_digest"].value()
    sent = {"seen_digest": shown, "confirmed": "on"}
    assert client.post(at("publish_public_version", version.pk), {"seen_digest": shown}).status_code == 422
    assert client.post(at("publish_public_version", version.pk), sent).status_code == 302
    client.force_login(make_person(Role.PANEL_MEMBER))
    assert at("public_pdf", version.pk) in client.get(reverse("papers:paper", args=[paper.pk])).content.decode()
    answer = client.get(at("public_pdf", version.pk))
    assert answer.status_code == 200
    assert isinstance(answer, FileResponse)
    assert b"".join(answer).startswith(b"%PDF")
    assert client.get(at("public_versions", paper.pk)).status_code == 403


def test_a_form_without_rows_is_answered_with_one(client: Client, paper: Paper) -> None:
    client.force_login(make_person(Role.HEAD))
    answer = client.post(at("new_public_version", paper.pk), rows(then="look"))
    assert (answer.status_code, answer.content.decode().count("To take out, ")) == (200, 1)


def test_a_withdrawn_paper_has_no_new_public_version(client: Client) -> None:
    client.force_login(make_person(Role.HEAD))
    answer = client.get(at("new_public_version", make_withdrawn().pk), follow=True)
    assert "Only a published paper has a public version" in answer.content.decode()
