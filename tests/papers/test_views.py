"""The pages: who gets which, what a form keeps, what a download carries."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse
from lxml import html  # type: ignore[import-untyped]  # ships no types

from organisation.models import User
from organisation.roles import Role
from papers.models import Paper, PaperState
from papers.permissions import can_list_papers, can_read_paper
from papers.services import papers
from records.edits import Edit
from records.models import Job, JobState, TrailEntry
from tests.factories.organisation import make_person, make_user
from tests.factories.papers import (
    FIRST,
    NOW,
    build_document,
    make_blob,
    make_draft,
    make_final,
    make_published,
    make_rollup,
    make_template,
    make_withdrawn,
    north,
)

pytestmark = pytest.mark.django_db
WRITERS = (Role.SHRMT, Role.HEAD)
READERS = tuple(role for role in Role if role not in WRITERS)
STAMP = b"/Subtype /Watermark"
UNPUBLISHED = (make_draft, make_final, make_withdrawn)


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def a(role: Role) -> Client:
    return signed_in(make_person(role))


def of(paper: Paper, name: str = "paper", **more: str) -> str:
    return reverse(f"papers:{name}", kwargs={"pk": paper.pk, **more})


# --- Who sees what ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [*UNPUBLISHED, make_published])
@pytest.mark.parametrize("role", [None, *Role])
def test_the_row_filter_and_the_predicate_agree(make: Callable[[], Paper], role: Role | None) -> None:
    paper = make()
    person = make_user() if role is None else make_person(role)
    assert Paper.objects.visible_to(person).filter(pk=paper.pk).exists() == can_read_paper(person, paper)
    assert can_read_paper(person, paper) == (role is not None and (role in WRITERS or make is make_published))


def test_nobody_signed_in_sees_no_paper() -> None:
    paper = make_published()
    assert not Paper.objects.visible_to(AnonymousUser()).exists()
    assert not can_read_paper(AnonymousUser(), paper)
    assert not can_list_papers(AnonymousUser())
    assert Client().get(of(paper)).status_code == 302


@pytest.mark.parametrize("role", READERS)
def test_a_reader_gets_404_on_everything_of_an_unpublished_paper(role: Role) -> None:
    client = a(role)
    for make in UNPUBLISHED:
        paper = make()
        for name in ("paper", "details", "progress", "pdf", "reopen", "publish", "withdraw"):
            assert client.get(of(paper, name)).status_code == 404, name
        assert client.get(of(paper, "section", key="risk")).status_code == 404
        for name in ("finalise", "document", "publish", "withdraw", "reopen"):
            assert client.post(of(paper, name)).status_code == 404, name


@pytest.mark.parametrize("role", READERS)
def test_a_reader_of_a_published_paper_may_do_nothing_with_it(role: Role) -> None:
    client, paper = a(role), make_published()
    assert client.get(of(paper)).status_code == 200
    download = client.get(of(paper, "pdf"))
    assert (download.status_code, download.getvalue()[:5]) == (200, b"%PDF-")
    for name in ("details", "publish", "withdraw", "reopen"):
        assert client.get(of(paper, name)).status_code == 403, name
        assert client.post(of(paper, name), {"reason": "x"}).status_code == 403, name
    assert client.post(of(paper, "finalise")).status_code == 403
    paper.refresh_from_db()
    assert paper.state == PaperState.PUBLISHED


def test_shrmt_prepares_but_neither_publishes_nor_withdraws() -> None:
    client, paper = a(Role.SHRMT), make_final()
    assert (
        client.post(of(paper, "publish"), {"confirmed": "on", "seen_digest": paper.content_digest}).status_code == 403
    )
    published = make_published()
    assert client.post(of(published, "withdraw"), {"reason": "x"}).status_code == 403
    assert not Paper.objects.filter(state=PaperState.WITHDRAWN).exists()


def test_the_panels_list_has_published_papers_and_nothing_else() -> None:
    make_draft(title="Secret draft")
    make_final(title="Secret final")
    make_withdrawn(title="Secret withdrawn")
    paper = make_published(title="For the panel")
    assert paper.pdf is not None
    page = a(Role.PANEL_MEMBER).get(reverse("papers:papers")).content.decode()
    for shown in ("For the panel", "18 November 2025", "where the force stands", paper.pdf.sha256, of(paper, "pdf")):
        assert shown in page
    for hidden in ("Secret", "Prepare a paper", "Not published"):
        assert hidden not in page


def test_the_panels_view_of_a_paper_names_nobody_and_offers_no_act() -> None:
    head, adviser = make_user(name="The one who released it"), make_user(name="The one who finished it")
    paper = make_published(by=head, draft_by=adviser)
    page = a(Role.PANEL_MEMBER).get(of(paper)).content.decode()
    assert str(head) not in page
    assert str(adviser) not in page
    assert "Withdraw" not in page
    assert "Alder Unit" in page


@pytest.mark.parametrize("role", WRITERS)
def test_whoever_prepares_papers_sees_those_in_preparation(role: Role) -> None:
    make_draft(title="A draft")
    page = a(role).get(reverse("papers:papers")).content.decode()
    assert "A draft" in page
    assert "Prepare a paper" in page


def test_somebody_without_an_appointment_gets_404() -> None:
    paper = make_published()
    client = signed_in(make_user())
    assert [client.get(address).status_code for address in (reverse("papers:papers"), of(paper), of(paper, "pdf"))] == [
        404, 404, 404,
    ]  # fmt: skip


def test_the_list_takes_the_same_queries_however_many_papers(django_assert_max_num_queries: Any) -> None:
    client = a(Role.HEAD)

    def queries() -> int:
        with django_assert_max_num_queries(20) as counted:
            client.get(reverse("papers:papers"))
        return len(counted)

    make_published()
    make_draft()
    few = queries()
    for _ in range(6):
        make_published()
        make_draft()
    assert queries() == few


def test_a_long_list_comes_in_pages() -> None:
    for number in range(21):
        make_published(title=f"Paper {number}")
    client = a(Role.PANEL_MEMBER)
    first = client.get(reverse("papers:papers")).content.decode()
    assert "21 published papers, page 1 of 2" in first
    second = client.get(reverse("papers:papers") + "?page=2").content.decode()
    assert "page 2 of 2" in second


# --- Preparing --------------------------------------------------------------------------------------------------------


def test_a_paper_is_started_from_a_form() -> None:
    template = make_template()
    client = a(Role.SHRMT)
    choice = client.get(reverse("papers:new")).context["form"].fields["half"].choices[1][0]
    data = {"template": template.code, "title": "A new paper", "meeting_on": "18 11 2025", "half": choice}
    response = client.post(reverse("papers:new"), data)
    paper = Paper.objects.get()
    assert (response.status_code, response.headers["Location"]) == (302, of(paper))
    assert (paper.title, str(paper.half), str(paper.meeting_on)) == ("A new paper", choice, "2025-11-18")
    assert (paper.template, paper.skeleton) == (template, template.skeleton)


def test_a_faulty_form_comes_back_with_what_was_typed() -> None:
    response = a(Role.SHRMT).post(reverse("papers:new"), {"title": "Kept words", "meeting_on": "31 2 2026"})
    assert response.status_code == 422
    assert "Kept words" in response.content.decode()
    assert not Paper.objects.exists()


@pytest.mark.parametrize("role", READERS)
def test_nobody_else_starts_papers(role: Role) -> None:
    assert a(role).get(reverse("papers:new")).status_code == 404


def test_a_draft_shows_todays_figures_and_what_is_missing() -> None:
    paper = make_draft()
    client = a(Role.SHRMT)
    before = client.get(of(paper)).content.decode()
    assert "No roll-up of H1 2025/26" in before
    assert "Make the paper final" not in before
    make_rollup("North", north())
    after = client.get(of(paper)).content.decode()
    assert "Alder Unit" in after
    assert "Make the paper final" in after


def test_a_section_is_saved() -> None:
    paper = make_draft()
    client = a(Role.SHRMT)
    address = of(paper, "section", key="risk")
    assert client.get(address).status_code == 200
    shown = client.get(address).context["form"]["text-version"].value()
    response = client.post(address, {"text": "New words", "text-version": shown})
    assert (response.status_code, paper.sections.get(key="risk").text) == (302, "New words")


def test_a_section_changed_by_somebody_else_shows_both_versions_and_keeps_the_text() -> None:
    paper = make_draft()
    other = make_person(Role.HEAD)
    client, address = a(Role.SHRMT), of(paper, "section", key="risk")
    shown = client.get(address).context["form"]["text-version"].value()
    papers.save_section(paper=paper, key="risk", edit=Edit(0, "Their words"), by=other, at=NOW)
    response = client.post(address, {"text": "My words", "text-version": shown})
    page = response.content.decode()
    assert response.status_code == 409
    assert "My words" in page
    assert "Their words" in page
    assert str(other) in page
    seen = response.context["form"]["text-version"].value()
    assert seen != shown
    decided = {"text": "Both", "text-version": seen, "decided": "text"}
    assert client.post(address, decided).status_code == 302
    assert paper.sections.get(key="risk").text == "Both"


def test_details_changed_by_somebody_else_are_shown_and_the_others_saved() -> None:
    paper = make_draft(title="First title")
    papers.save_details(paper=paper, edits={"title": Edit(0, "Their title")}, by=make_person(Role.HEAD), at=NOW)
    data = {
        "title": "My title", "panel": "Joint panel", "meeting_on": "18 11 2025", "report_by": "Head",
        "marking": "official", "handling": "", "marking-version": FIRST, "handling-version": FIRST,
        "title-version": FIRST, "panel-version": FIRST, "meeting_on-version": FIRST, "report_by-version": FIRST,
        "abbreviations": "OCU: unit", "abbreviations-version": FIRST,
        "previous-version": FIRST, "replaces-version": FIRST,
    }  # fmt: skip
    response = a(Role.SHRMT).post(of(paper, "details"), data)
    paper.refresh_from_db()
    assert response.status_code == 409
    assert ("Their title" in response.content.decode(), "My title" in response.content.decode()) == (True, True)
    assert (paper.title, paper.panel) == ("Their title", "Joint panel")
    assert paper.abbreviations == "OCU: unit"


def test_abbreviations_that_cannot_be_read_are_refused_line_by_line_and_kept_on_the_page() -> None:
    paper = make_draft()
    client = a(Role.SHRMT)
    form = client.get(of(paper, "details")).context["form"]
    assert form["abbreviations"].value() == "COG: Chief Officer Group"  # as the template has it
    data = {name: str(form[name].value() or "") for name in form.fields}
    response = client.post(of(paper, "details"), data | {"abbreviations": "HSE: executive\r\nhse\r\nHSE: again"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "Line 2: Write the abbreviation, a colon" in page
    assert "Line 3: HSE stands in line 1 already" in page
    assert "HSE: executive" in page
    paper.refresh_from_db()
    assert paper.abbreviations == "COG: Chief Officer Group"


def test_a_draft_tells_of_words_that_nothing_explains_and_can_be_made_final_all_the_same() -> None:
    make_rollup("North", north())
    paper = make_draft()
    save = papers.save_section
    save(paper=paper, key="risk", edit=Edit(0, "The HSE, COG.\n\nAnd OCU."), by=make_person(Role.SHRMT), at=NOW)
    save(paper=paper, key="legal", edit=Edit(0, "A unit (OCU)."), by=make_person(Role.SHRMT), at=NOW)
    client = a(Role.SHRMT)
    page = client.get(of(paper)).content.decode()
    assert "Risk, line 1: Nothing in the paper says what “HSE” stands for." in page
    assert "“OCU” stands" not in page
    assert "“COG” stands" not in page
    assert "Line 1: Nothing in the paper says" in client.get(of(paper, "section", key="risk")).content.decode()
    assert client.post(of(paper, "finalise")).status_code == 302
    assert "Nothing in the paper says" not in client.get(of(paper)).content.decode()


def test_notes_and_abbreviations_stand_on_the_page_before_and_behind_the_appendices() -> None:
    make_rollup("North", north())
    paper = make_draft()
    papers.save_section(
        paper=paper, key="risk", edit=Edit(0, "Known^[By the COG.]."), by=make_person(Role.SHRMT), at=NOW
    )
    page = html.fromstring(a(Role.SHRMT).get(of(paper)).content)
    headings = [heading.text_content() for heading in page.xpath("//main//h2")]
    assert headings[-3:] == ["Notes", "Appendix 1: levels by unit", "Abbreviations"]
    (called,) = page.xpath("//sup/a")
    (note,) = page.xpath("//*[@id=$anchor]", anchor=called.get("href")[1:])
    assert "By the COG." in note.text_content()  # written out further up, in the background
    (back,) = note.xpath(".//a")
    assert back.get("href") == f"#{called.get('id')}"
    assert "Chief Officer Group" in page.xpath("//*[@aria-labelledby='the_abbreviations']")[0].text_content()


def test_a_detail_that_was_left_alone_takes_nobody_elses_back() -> None:
    paper, client = make_draft(title="First title"), a(Role.SHRMT)
    form = client.get(of(paper, "details")).context["form"]
    sent = {name: form[name].value() or "" for name in form.fields} | {"meeting_on": "18 11 2025"}
    edits = {"marking": Edit(0, "official-sensitive"), "handling": Edit(0, "for the panel only")}
    papers.save_details(paper=paper, edits=edits, by=make_person(Role.HEAD), at=NOW)
    assert client.post(of(paper, "details"), sent | {"title": "My title"}).status_code == 302
    paper.refresh_from_db()
    assert (paper.title, paper.marked) == ("My title", "OFFICIAL-SENSITIVE: for the panel only")


def test_text_for_a_paper_that_is_no_draft_any_more_is_kept_on_the_page() -> None:
    paper = make_final()
    client = a(Role.SHRMT)
    response = client.post(of(paper, "section", key="risk"), {"text": "Typed late", "text-version": "0.0"})
    assert response.status_code == 422
    assert "Typed late" in response.content.decode()
    assert client.get(of(paper, "section", key="risk")).status_code == 302
    assert client.get(of(paper, "details")).status_code == 302


def test_there_is_no_page_for_a_section_drawn_from_data() -> None:
    client, paper = a(Role.SHRMT), make_draft()
    assert client.get(of(paper, "section", key="maturity-position")).status_code == 404


# --- Making final and releasing ---------------------------------------------------------------------------------------


def test_a_paper_with_gaps_is_not_made_final_and_says_why() -> None:
    paper = make_draft()
    response = a(Role.SHRMT).post(of(paper, "finalise"))
    paper.refresh_from_db()
    assert response.status_code == 422
    assert "cannot be made final yet" in response.content.decode()
    assert paper.is_draft


def test_from_draft_to_the_panel() -> None:
    make_rollup("North", north())
    paper = make_draft()
    shrmt, head, panel = a(Role.SHRMT), a(Role.HEAD), a(Role.PANEL_MEMBER)
    assert shrmt.post(of(paper, "finalise")).status_code == 302
    assert "The document is being made" in head.get(of(paper)).content.decode()
    assert build_document(paper).state == JobState.DONE
    page = head.get(of(paper, "publish"))
    data = {"confirmed": "on", "seen_digest": page.context["form"]["seen_digest"].value()}
    assert head.post(of(paper, "publish"), {**data, "confirmed": ""}).status_code == 422
    assert head.post(of(paper, "publish"), data).status_code == 302
    download = panel.get(of(paper, "pdf"))
    assert download.getvalue().startswith(b"%PDF-1.7")
    assert head.post(of(paper, "withdraw"), {"reason": "A wrong figure"}).status_code == 302
    assert panel.get(of(paper, "pdf")).status_code == 404
    assert "A wrong figure" in shrmt.get(of(paper)).content.decode()


def test_the_head_who_made_it_final_is_told_who_may_publish_it() -> None:
    head = make_person(Role.HEAD)
    paper = make_final(by=head)
    client = signed_in(head)
    assert "somebody else has to publish it" in client.get(of(paper)).content.decode()
    response = client.post(of(paper, "publish"), {"confirmed": "on", "seen_digest": paper.content_digest})
    paper.refresh_from_db()
    assert (response.status_code, paper.state) == (422, PaperState.FINAL)


def test_a_paper_is_taken_back_with_a_reason() -> None:
    paper, client = make_final(), a(Role.SHRMT)
    assert client.post(of(paper, "reopen"), {"reason": ""}).status_code == 422
    assert client.post(of(paper, "reopen"), {"reason": "A word is missing"}).status_code == 302
    paper.refresh_from_db()
    assert paper.is_draft


def test_progress_asks_again_until_the_document_is_there() -> None:
    paper, client = make_final(with_document=False), a(Role.SHRMT)
    Job.objects.update(state=JobState.RUNNING, lease_until=NOW, progress=50, step="Printing the document")
    fragment = client.get(of(paper, "progress"), headers={"HX-Request": "true"}).content.decode()
    assert f'hx-get="{of(paper, "progress")}"' in fragment
    assert 'value="50"' in fragment
    assert "Printing the document" in fragment
    Job.objects.update(state=JobState.QUEUED, lease_until=None)
    build_document(paper)
    done = client.get(of(paper, "progress"), headers={"HX-Request": "true"}).content.decode()
    assert "hx-get" not in done
    assert of(paper, "pdf") in done


def test_without_htmx_progress_is_the_papers_page() -> None:
    paper = make_final(with_document=False)
    page = a(Role.SHRMT).get(of(paper, "progress")).content.decode()
    assert "<h1" in page
    assert "The document is being made" in page


def test_progress_of_a_paper_that_is_not_final_any_more_reloads_the_page() -> None:
    client = a(Role.SHRMT)
    for make in (make_draft, make_published):
        assert client.get(of(make(), "progress"), headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"


def test_acts_take_a_post_from_whoever_may_do_them() -> None:
    paper, client = make_final(), a(Role.SHRMT)
    assert [client.get(of(paper, name)).status_code for name in ("finalise", "document", "cancel_document")] == [
        405
    ] * 3


def test_a_failed_document_says_why_and_can_be_asked_for_again() -> None:
    paper, client = make_final(with_document=False), a(Role.SHRMT)
    Job.objects.update(state=JobState.FAILED, finished_at=NOW, error="A library is missing.")
    page = client.get(of(paper)).content.decode()
    assert "A library is missing." in page
    assert "hx-get" not in page
    assert client.post(of(paper, "document")).status_code == 302
    assert Job.objects.filter(key=paper.job_key, state=JobState.QUEUED).count() == 1


def test_the_making_of_a_document_is_called_off_and_can_be_asked_for_again() -> None:
    paper, person = make_final(with_document=False), make_person(Role.SHRMT)
    client = signed_in(person)
    assert of(paper, "cancel_document") in client.get(of(paper)).content.decode()
    answer = client.post(of(paper, "cancel_document"), follow=True).content.decode()
    assert "The making of the document is cancelled. The paper is still final." in answer
    assert "The making of the document was cancelled." in answer
    assert "hx-get" not in answer
    assert [entry.actor for entry in TrailEntry.objects.filter(act="paper.document_cancelled")] == [person]
    paper.refresh_from_db()
    assert (paper.is_final, paper.pdf, Job.objects.get().state) == (True, None, JobState.CANCELLED)
    assert client.post(of(paper, "document")).status_code == 302
    assert build_document(paper).state == JobState.DONE


def test_a_document_that_is_ready_is_not_cancelled() -> None:
    paper, client = make_final(), a(Role.SHRMT)
    assert of(paper, "cancel_document") not in client.get(of(paper)).content.decode()
    assert "Nothing was cancelled" in client.post(of(paper, "cancel_document"), follow=True).content.decode()
    assert not TrailEntry.objects.filter(act="paper.document_cancelled").exists()
    paper.refresh_from_db()
    assert paper.pdf is not None


# --- Downloads --------------------------------------------------------------------------------------------------------


def test_a_download_has_a_name_a_type_and_a_tag_by_its_digest() -> None:
    paper = make_published(title="Safety & culture: 2025")
    assert paper.pdf is not None
    client = a(Role.PANEL_MEMBER)
    response = client.get(of(paper, "pdf"))
    assert response.getvalue() == paper.pdf.path.read_bytes()
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"] == 'attachment; filename="safety-culture-2025-2025-11-18.pdf"'
    assert response.headers["ETag"] == f'"{paper.pdf.sha256}"'
    again = client.get(of(paper, "pdf"), headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(("make", "kept"), [(make_final, 1), (make_withdrawn, 1), (make_published, 0)])
def test_downloads_of_what_the_panel_cannot_read_are_in_the_trail(make: Callable[[], Paper], kept: int) -> None:
    paper = make()
    reader = make_person(Role.SHRMT)
    response = signed_in(reader).get(of(paper, "pdf"))
    assert response.getvalue()
    entries = TrailEntry.objects.filter(act="paper.downloaded")
    assert [(entry.actor, entry.thing_id) for entry in entries] == [(reader, paper.pk)] * kept


@pytest.mark.parametrize("make", [make_final, make_withdrawn])
def test_a_copy_of_what_the_panel_cannot_read_is_stamped_and_the_stored_file_is_not(make: Callable[[], Paper]) -> None:
    paper, client = make(), a(Role.SHRMT)
    assert paper.pdf is not None
    stored = paper.pdf.path.read_bytes()
    answer = client.get(of(paper, "pdf"))
    assert answer.content.startswith(stored)
    assert STAMP in answer.content[len(stored) :]
    assert paper.pdf.path.read_bytes() == stored
    detail = TrailEntry.objects.get(act="paper.downloaded").detail
    assert detail["sha256"] == hashlib.sha256(stored).hexdigest()
    assert detail["sha256_of_copy"] == hashlib.sha256(answer.content).hexdigest()
    assert "Of the document without a stamp" in client.get(of(paper)).content.decode()
    again = client.get(of(paper, "pdf"), headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.head(of(paper, "pdf")).headers["Content-Disposition"] == answer.headers["Content-Disposition"]
    assert TrailEntry.objects.filter(act="paper.downloaded").count() == 1


def test_what_was_published_keeps_its_bytes_when_it_is_superseded() -> None:
    paper, client = make_published(), a(Role.PANEL_MEMBER)
    assert paper.pdf is not None
    stored = paper.pdf.path.read_bytes()
    published = client.get(of(paper, "pdf"))
    assert published.getvalue() == stored
    Paper.objects.filter(pk=paper.pk).update(
        state=PaperState.SUPERSEDED, superseded_at=NOW, superseded_because="A figure was wrong."
    )
    assert client.get(of(paper, "pdf")).getvalue() == stored
    # A copy from before it was withdrawn is not taken for the stamped one.
    Paper.objects.filter(pk=paper.pk).update(
        state=PaperState.WITHDRAWN,
        withdrawn_at=NOW,
        withdrawn_by=make_person(Role.HEAD),
        withdrawn_because="A figure was wrong.",
    )
    head = a(Role.HEAD).get(of(paper, "pdf"), headers={"If-None-Match": published.headers["ETag"]})
    assert (head.status_code, STAMP in head.content) == (200, True)


def test_a_document_that_cannot_be_stamped_is_not_handed_out_and_the_page_says_so() -> None:
    paper = make_final()
    paper.pdf = make_blob(b"no PDF at all")
    paper.save()
    answer = a(Role.SHRMT).get(of(paper, "pdf"))
    assert answer.status_code == 500
    assert "The PDF was not handed out: it is to carry “Not published” on every page" in answer.content.decode()
    assert not TrailEntry.objects.filter(act="paper.downloaded").exists()


def test_a_paper_without_a_document_has_no_download() -> None:
    client = a(Role.SHRMT)
    assert client.get(of(make_draft(), "pdf")).status_code == 404
    assert client.get(of(make_final(with_document=False), "pdf")).status_code == 404


# --- Hostile text -----------------------------------------------------------------------------------------------------


def test_hostile_words_are_inert_on_every_page() -> None:
    hostile = '<img src=x onerror="alert(1)">'
    make_rollup(f"Group {hostile}", north())
    paper = make_draft(title=f"Title {hostile}")
    client = a(Role.HEAD)
    papers.save_section(
        paper=paper, key="risk", edit=Edit(0, f"{hostile}\n\n[x](javascript:alert(1))"), by=paper.author, at=NOW
    )
    for address in (reverse("papers:papers"), of(paper), of(paper, "section", key="risk"), of(paper, "details")):
        page = client.get(address).content.decode()
        assert "<img" not in page, address
        assert 'href="javascript' not in page, address
