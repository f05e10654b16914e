"""The pages of a theme's links and files, as people and their browsers meet them."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from assurance.models import EvidenceFile, EvidenceItem, Revision
from assurance.rules import Refused
from assurance.services import evidence, statements
from organisation.models import User
from organisation.roles import Role
from records.filetypes import MOST_BYTES
from records.models import TrailEntry, Verdict
from records.services import trail
from records.uploads import MOST_FILES, MOST_REQUEST
from tests.assurance.pages import address, form_on, html_of, signed_in, text_of
from tests.factories import assurance as factories
from tests.factories import clamd, files
from tests.factories.evidence import entry_of, give_file, give_link, make_file, sent
from tests.factories.organisation import make_person, make_unit

pytestmark = pytest.mark.django_db
THEME = "leadership"


def page_of(revision: Revision, theme: str = THEME) -> str:
    return address("evidence", revision, theme)


def said(response: Any) -> str:
    return unescape(text_of(html_of(response).partition("<main")[2].partition("</main>")[0]))


def send(browser: Client, revision: Revision, **given: Any) -> Any:
    """Send the page's form as a browser does: what was on it, and what was filled in."""
    return browser.post(page_of(revision), form_on(browser.get(page_of(revision))) | given)


# --- The page -----------------------------------------------------------------------------------------------------


def test_an_empty_page_says_what_is_taken_and_warns(browser: Client, draft: Revision) -> None:
    words = said(browser.get(page_of(draft)))
    assert "No links or files yet." in words
    assert "PDF, Word, Excel, PowerPoint, OpenDocument, pictures" in words
    assert "20 MB each, 10 at once" in words
    assert "names a person who was hurt" in words
    assert "Files that were sent for other themes or in earlier quarters appear here" in words


def test_what_was_given_is_listed_with_all_that_is_known_of_it(browser: Client, draft: Revision, spoc: User) -> None:
    file = make_file(draft.statement.unit, name="minutes.pdf", verdict=Verdict.CLEAN)
    give_file(draft, file=file, by=spoc)
    give_link(draft, by=spoc, of_on=timezone.localdate().replace(day=1))
    response = browser.get(page_of(draft))
    words = said(response)
    assert "Given as evidence for this theme: 2" in words
    assert f"Added by {spoc.name} on" in words
    assert "Scanned for viruses: nothing found." in words
    assert f"SHA-256 begins {file.blob.sha256[:12]}" in words
    assert f"Of 1 {timezone.localdate():%B %Y}" in words
    link = re.search(r'<a [^>]*href="https://intranet.example/walk-rounds"[^>]*>', html_of(response))
    assert link is not None
    assert 'rel="noopener noreferrer nofollow external"' in link[0]


def test_texts_of_people_are_text_on_the_page(browser: Client, draft: Revision) -> None:
    give_link(draft, title="<script>alert(1)</script>", url="https://example.org/?a=\"'><b>")
    html = html_of(browser.get(page_of(draft)))
    assert "<script>alert" not in html
    assert "'><b>" not in html


def test_the_page_is_as_cheap_with_fifty_as_with_one(browser: Client, draft: Revision, spoc: User) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as counted:
            assert browser.get(page_of(draft)).status_code == 200
        return len(counted)

    browser.get(page_of(draft))  # opened for the first time
    give_link(draft, by=spoc)
    give_file(draft, file=make_file(draft.statement.unit, by=spoc), by=spoc)
    make_file(draft.statement.unit, files.pdf("spare"), by=spoc)
    one = queries()
    for number in range(24):
        give_link(draft, url=f"https://example.org/{number}", by=spoc)
        give_file(draft, file=make_file(draft.statement.unit, files.pdf(str(number)), by=spoc), by=spoc)
        make_file(draft.statement.unit, files.pdf(f"spare {number}"), by=spoc)
    assert queries() == one <= 12


def test_the_page_of_a_closed_statement_leads_back_to_it(browser: Client, draft: Revision) -> None:
    factories.complete(factories.fill(draft))
    response = browser.get(page_of(draft), follow=True)
    assert response.redirect_chain == [(address("statement", draft), 302)]
    assert "cannot be changed" in said(response)


def test_a_new_quarters_page_begins_with_the_files_that_are_carried_forward(spoc: User, draft: Revision) -> None:
    unit = draft.statement.unit
    before = factories.make_statement(unit, draft.statement.quarter.previous())
    give_file(before, by=spoc)
    factories.sign(factories.complete(factories.fill(before)))
    browser = signed_in(spoc)
    assert "Given as evidence for this theme: 1" in said(browser.get(page_of(draft)))
    assert draft.entries.get(theme__identity=THEME).carried == "unconfirmed"


def test_a_file_sent_to_a_theme_nobody_has_opened_joins_what_is_carried(spoc: User, draft: Revision) -> None:
    before = factories.make_statement(draft.statement.unit, draft.statement.quarter.previous())
    give_file(before, by=spoc)
    factories.sign(factories.complete(factories.fill(before)))
    response = signed_in(spoc).post(page_of(draft), {"uploads": sent(files.pdf("new"), "new.pdf")})
    assert response.status_code == 302
    assert sorted(item.title for item in entry_of(draft).evidence_items.all()) == ["minutes.pdf", "new.pdf"]


# --- Adding -------------------------------------------------------------------------------------------------------


def test_several_files_are_sent_at_once(browser: Client, draft: Revision, spoc: User) -> None:
    response = send(
        browser,
        draft,
        uploads=[sent(), sent(files.picture(), "store.png"), sent(files.office(), "plan.docx")],
        uploads_of_on="31 10 2026",
    )
    assert response.status_code == 302
    assert response.headers["Location"] == page_of(draft)
    items = entry_of(draft).evidence_items.all()
    assert [item.title for item in items] == ["minutes.pdf", "store.png", "plan.docx"]
    assert {str(item.of_on) for item in items} == {"2026-10-31"}
    assert {item.added_by for item in items} == {spoc}
    assert "3 links and files were added." in said(browser.get(page_of(draft)))


def test_a_link_is_added_and_https_is_put_before_a_bare_address(browser: Client, draft: Revision) -> None:
    send(browser, draft, link_url="intranet:8080/safety?a=1#log", link_title="Log", link_of_on="")
    item = EvidenceItem.objects.get()
    assert (item.url, item.title, item.of_on) == ("https://intranet:8080/safety?a=1#log", "Log", None)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("javascript:alert(1)", "begin with https://"),
        ("JaVaScRiPt:alert(1)", "begin with https://"),
        ("data:text/html;base64,PHNjcmlwdD4=", "begin with https://"),
        ("vbscript:msgbox(1)", "begin with https://"),
        ("file:///S:/Safety/minutes.doc", "begin with https://"),
        (r"\\server\share\minutes.doc", "begin with https://|which server"),
        ("https://", "which server"),
        ("https:///path", "which server"),
        ("https://user:word@example.org/", "name or password"),
        ("https://exam ple.org/", "blanks or invisible"),
        ("https://example.org/\u202egpj", "blanks or invisible"),
        ("https://example.org:99999/", "which server"),
        ("https://[::1", "which server"),
    ],
)
def test_an_address_that_is_no_web_page_is_refused_and_stays_on_the_page(
    browser: Client, draft: Revision, url: str, reason: str
) -> None:
    response = send(browser, draft, link_url=url, link_title="Log of walk-rounds")
    assert response.status_code == 422
    assert re.search(reason, said(response))
    shown = form_on(response)
    assert (shown["link_url"], shown["link_title"]) == (url, "Log of walk-rounds")
    assert not EvidenceItem.objects.exists()


def test_what_can_be_taken_is_and_the_rest_stays_with_its_reason(browser: Client, draft: Revision) -> None:
    response = send(
        browser,
        draft,
        uploads=[sent(), sent(b"MZ\x90\0" + b"\0" * 100, "../setup.exe")],
        uploads_title="Minutes",
        link_url="ftp://example.org",
        link_title="Log",
    )
    assert response.status_code == 422
    words = said(response)
    assert "“Minutes” was added. The rest was not" in words
    assert "“setup.exe” was not added. It is a Windows program" in words
    assert "is not the address of a web page" in words
    assert form_on(response)["link_title"] == "Log"
    assert [item.title for item in entry_of(draft).evidence_items.all()] == ["Minutes"]
    assert "<title>Error: " in html_of(response)


def test_the_error_summary_leads_to_the_field(browser: Client, draft: Revision) -> None:
    html = html_of(send(browser, draft, uploads=[sent(b"", "minutes.pdf")], link_url="x:y", link_title=""))
    links = re.findall(r'<a href="#([\w-]+)">', html)
    assert set(links) == {"id_uploads", "id_link_url", "id_link_title"}
    for target in links:
        assert f'id="{target}"' in html


def test_a_file_of_21_mb_is_answered_by_a_page_that_says_so_and_keeps_what_was_typed(
    browser: Client, draft: Revision
) -> None:
    response = send(
        browser,
        draft,
        uploads=[SimpleUploadedFile("film.pdf", files.pdf() + b" " * (21 * 1024 * 1024), "application/pdf")],
        uploads_title="Walk-round of the stores",
        link_title="Log",
    )
    assert response.status_code == 413
    words = said(response)
    assert "“film.pdf” was not added. It has 21.0 MB, and the limit is 20 MB." in words
    shown = form_on(response)
    assert (shown["uploads_title"], shown["link_title"]) == ("Walk-round of the stores", "Log")


def test_too_many_files_at_once_are_refused_whole(browser: Client, draft: Revision) -> None:
    response = send(browser, draft, uploads=[sent(files.pdf(str(n)), f"{n}.pdf") for n in range(MOST_FILES + 1)])
    assert response.status_code == 422
    assert "You chose 11 files. At most 10 can be added at once: none of them was." in said(response)
    assert not EvidenceItem.objects.exists()


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({}, "Choose a file, enter a link, or tick a file"),
        ({"link_url": "https://example.org"}, "Say what the link shows"),
        ({"link_title": "Log"}, "Enter the address"),
        ({"uploads_title": "Minutes"}, "Choose the files that this is about"),
        ({"link_url": "https://example.org", "link_title": "Log", "link_of_on": "1 1 2999"}, "lies in the future"),
        ({"link_url": "https://example.org", "link_title": "Log", "link_of_on": "soon"}, "“soon” is not a date"),
        ({"existing": "999999"}, "is in this theme already, or is not to be had any more"),
        ({"link_url": "https://example.org/" + "a" * 2000, "link_title": "Log"}, "at most 2000 characters"),
    ],
)
def test_what_is_missing_is_said(browser: Client, draft: Revision, given: dict[str, str], reason: str) -> None:
    response = send(browser, draft, **given)
    assert response.status_code == 422
    assert reason in said(response)
    assert not EvidenceItem.objects.exists()


def test_files_of_the_unit_are_offered_newest_first_a_page_at_a_time(
    browser: Client, draft: Revision, spoc: User
) -> None:
    unit = draft.statement.unit
    for number in range(12):
        make_file(unit, files.pdf(str(number)), name=f"file {number}.pdf", by=spoc)
    make_file(unit, files.pdf("bad"), name="infected.pdf", by=spoc, verdict=Verdict.INFECTED)
    make_file(make_unit("Elsewhere"), files.pdf("theirs"), name="theirs.pdf")
    give_file(draft, file=make_file(unit, files.pdf("given"), name="given.pdf", by=spoc), by=spoc)
    response = browser.get(page_of(draft))
    offered = re.findall(r"file \d+\.pdf", html_of(response).partition('id="add-existing"')[2])
    assert offered == [f"file {number}.pdf" for number in range(11, 1, -1)]
    assert "12 files of the unit are not in this theme" in said(response)
    second = said(browser.get(page_of(draft) + "?page=2"))
    assert "file 0.pdf" in second
    for other in ("infected.pdf", "theirs.pdf"):
        assert other not in second + said(response)


def test_ticked_files_are_added_from_whatever_page_they_were_on(browser: Client, draft: Revision, spoc: User) -> None:
    chosen = [make_file(draft.statement.unit, files.pdf(str(n)), name=f"{n}.pdf", by=spoc) for n in range(12)]
    response = browser.post(page_of(draft), {"existing": [chosen[0].pk, chosen[11].pk]})
    assert response.status_code == 302
    assert {item.file for item in entry_of(draft).evidence_items.all()} == {chosen[0], chosen[11]}


def test_a_ticked_file_that_is_gone_keeps_the_others_from_nothing(browser: Client, draft: Revision, spoc: User) -> None:
    here, gone = (make_file(draft.statement.unit, files.pdf(str(n)), name=f"{n}.pdf", by=spoc) for n in range(2))
    give_file(draft, file=gone, by=spoc)  # by somebody else, meanwhile
    response = browser.post(page_of(draft), {"existing": [gone.pk, here.pk]})
    assert response.status_code == 422
    assert "“0.pdf” was added. The rest was not" in said(response)
    assert "is in this theme already" in said(response)
    assert 'href="#"' not in html_of(response)


def test_another_units_file_cannot_be_ticked(browser: Client, draft: Revision) -> None:
    theirs = make_file(make_unit("Elsewhere"))
    assert browser.post(page_of(draft), {"existing": theirs.pk}).status_code == 422
    assert not EvidenceItem.objects.exists()


def test_what_was_typed_is_given_back_where_the_statement_was_closed_meanwhile(
    browser: Client, draft: Revision
) -> None:
    factories.complete(factories.fill(draft))
    response = browser.post(page_of(draft), {"link_url": "https://example.org", "link_title": "Log of walk-rounds"})
    assert response.status_code == 409
    assert "Log of walk-rounds" in html_of(response)
    assert not EvidenceItem.objects.exists()


def test_with_the_daemon_away_the_page_says_that_the_file_waits(
    browser: Client, draft: Revision, settings: Settings
) -> None:
    settings.CLAMD_ADDRESS = clamd.nobody_listens()
    send(browser, draft, uploads=[sent()])
    response = browser.get(page_of(draft))
    words = said(response)
    assert "The virus scan does not answer now. The file waits for it" in words
    assert "Not scanned for viruses yet: the scanner does not answer." in words
    assert f'href="{reverse("assurance:evidence_file", args=[EvidenceItem.objects.get().pk])}"' not in html_of(response)


def test_an_infected_file_is_refused_with_what_to_do(browser: Client, draft: Revision, settings: Settings) -> None:
    with clamd.on_tcp() as (found_at, _):
        settings.CLAMD_ADDRESS = found_at
        response = send(browser, draft, uploads=[sent(files.pdf(objects=[f"({clamd.EICAR.decode()})"]))])
    assert response.status_code == 422
    assert "The antivirus found something in it (Eicar-Test-Signature), so it was not kept." in said(response)


# --- Receiving ----------------------------------------------------------------------------------------------------


def test_a_request_beyond_all_limits_is_refused_before_it_is_read(browser: Client, draft: Revision) -> None:
    response = browser.post(page_of(draft), {"uploads": sent()}, CONTENT_LENGTH=str(MOST_REQUEST + 1))
    assert response.status_code == 413
    assert "too big to send at once" in html_of(response)


def test_no_more_than_the_limit_of_a_file_is_written_to_the_disk(
    browser: Client, draft: Revision, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, int]] = []

    def look(*, file: Any, **_: object) -> EvidenceItem:
        seen.append((file.size, Path(file.temporary_file_path()).stat().st_size))
        raise Refused("It was looked at.")

    monkeypatch.setattr(evidence, "upload", look)
    content = b"%PDF-1.7\n" + b" " * (MOST_BYTES + 3_000_000)
    send(browser, draft, uploads=[SimpleUploadedFile("a.pdf", content), SimpleUploadedFile("b.pdf", b"small")])
    assert seen == [(len(content), MOST_BYTES + 1), (5, 5)]


# --- Taking back --------------------------------------------------------------------------------------------------


def test_removing_asks_once_more_and_then_removes(browser: Client, draft: Revision, spoc: User) -> None:
    item = give_file(draft, by=spoc)
    removal = address("remove_evidence", draft, THEME, item.pk)
    assert removal in html_of(browser.get(page_of(draft)))
    assert "Only this theme loses it" in said(browser.get(removal))
    assert EvidenceItem.objects.exists()
    response = browser.post(removal, follow=True)
    assert "“minutes.pdf” was removed from this theme." in said(response)
    assert not EvidenceItem.objects.exists()
    assert browser.post(removal).status_code == 404


def test_an_item_is_removed_only_through_its_own_theme(browser: Client, draft: Revision) -> None:
    item = give_link(draft)
    assert browser.post(address("remove_evidence", draft, "audit", item.pk)).status_code == 404
    elsewhere = give_link(factories.make_statement(make_unit("Elsewhere")))
    assert browser.post(address("remove_evidence", draft, THEME, elsewhere.pk)).status_code == 404
    assert EvidenceItem.objects.count() == 2


def test_nothing_is_removed_from_a_closed_statement(browser: Client, draft: Revision) -> None:
    item = give_link(draft)
    factories.complete(factories.fill(draft))
    response = browser.post(address("remove_evidence", draft, THEME, item.pk), follow=True)
    assert "cannot be changed" in said(response)
    assert EvidenceItem.objects.exists()


# --- Handing out --------------------------------------------------------------------------------------------------


def download(browser: Client, item: EvidenceItem, **headers: str) -> Any:
    return browser.get(reverse("assurance:evidence_file", args=[item.pk]), headers=headers)


def test_a_file_is_handed_out_as_a_download_and_nothing_else(browser: Client, draft: Revision, spoc: User) -> None:
    item = give_file(draft, file=make_file(draft.statement.unit, name="Café “x”.pdf", by=spoc), by=spoc)
    response = download(browser, item)
    assert response.status_code == 200
    assert response.getvalue() == files.pdf()
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"].startswith("attachment;")
    assert "filename*=utf-8''Caf%C3%A9" in response.headers["Content-Disposition"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    policy = response.headers["Content-Security-Policy"]
    assert {"sandbox", "default-src 'none'"} <= {part.strip() for part in policy.split(";")}
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert response.headers["Content-Length"] == str(len(files.pdf()))


def test_who_took_a_file_is_kept_and_a_browser_that_has_it_takes_nothing(
    browser: Client, draft: Revision, spoc: User
) -> None:
    item = give_file(draft, by=spoc)
    first = download(browser, item)
    first.getvalue()
    line = TrailEntry.objects.get(act="evidence.downloaded")
    assert (line.actor_id, line.thing_id, trail.words_of(line)["name"]) == (spoc.pk, item.pk, "minutes.pdf")
    again = download(browser, item, **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    browser.head(reverse("assurance:evidence_file", args=[item.pk])).getvalue()
    assert TrailEntry.objects.filter(act="evidence.downloaded").count() == 1


def test_who_reads_the_statement_gets_its_files_and_a_stranger_404(draft: Revision, spoc: User) -> None:
    item = give_file(draft, by=spoc)
    group = draft.statement.unit.memberships.get().group
    readers = [
        spoc,
        make_person(Role.SLT_LEAD, draft.statement.unit),
        make_person(Role.COG_LEAD, group=group),
        make_person(Role.COG_SUPPORT, group=group),
        make_person(Role.SHRMT),
        make_person(Role.HEAD),
    ]
    strangers = [
        make_person(Role.SPOC),
        make_person(Role.COG_LEAD),
        make_person(Role.BOARD_MEMBER),
        make_person(Role.PANEL_MEMBER),
        make_person(Role.ADMINISTRATOR),
    ]
    digest = item.file.blob.sha256  # type: ignore[union-attr]
    for expected, people in ((200, readers), (404, strangers)):
        for person in people:
            browser = signed_in(person)
            for response in (download(browser, item), browser.get(address("statement_file", draft, digest))):
                assert response.status_code == expected, person
                response.getvalue()  # reads a download to its end, which closes its file
    nobody = Client().get(reverse("assurance:evidence_file", args=[item.pk]))
    assert nobody.headers["Location"].startswith(reverse("account_login"))


def test_the_same_bytes_in_another_unit_open_no_door(draft: Revision, spoc: User) -> None:
    """Whoever has a copy of a file learns nothing of who else gave it, and gets nobody else's."""
    theirs = give_file(factories.make_statement(make_unit("Elsewhere")))
    ours = give_file(draft, by=spoc)
    assert ours.file.blob_id == theirs.file.blob_id  # type: ignore[union-attr]
    browser = signed_in(spoc)
    assert download(browser, theirs).status_code == 404
    digest = theirs.file.blob.sha256  # type: ignore[union-attr]
    assert browser.get(address("statement_file", theirs.entry.revision, digest)).status_code == 404


def test_a_link_is_no_file(browser: Client, draft: Revision) -> None:
    assert download(browser, give_link(draft)).status_code == 404


def test_a_digest_that_the_statement_does_not_have_is_404(browser: Client, draft: Revision) -> None:
    file = make_file(draft.statement.unit)  # the unit has it, the statement does not
    assert browser.get(address("statement_file", draft, file.blob.sha256)).status_code == 404


def test_a_digest_of_another_units_statement_is_404_in_ones_own(browser: Client, draft: Revision) -> None:
    theirs = give_file(factories.make_statement(make_unit("Elsewhere")))
    digest = theirs.file.blob.sha256  # type: ignore[union-attr]
    assert browser.get(address("statement_file", draft, digest)).status_code == 404


def test_a_signed_files_digest_leads_to_its_bytes_in_later_revisions_too(
    browser: Client, draft: Revision, spoc: User, slt: User
) -> None:
    give_file(draft, by=spoc)
    signed = factories.sign(factories.complete(factories.fill(draft)))
    following = statements.reopen(revision=signed, reason="New figures", by=slt, at=timezone.now())
    for item in entry_of(following).evidence_items.all():
        evidence.remove(item=item, by=slt, at=timezone.now())
    leadership = next(entry for entry in signed.content["entries"] if entry["theme"] == THEME)
    response = browser.get(address("statement_file", draft, leadership["files"][0]["sha256"]))
    assert response.getvalue() == files.pdf()


@pytest.mark.parametrize(
    ("verdict", "words"),
    [(Verdict.WAITING, "cannot be downloaded yet"), (Verdict.INFECTED, "is withheld")],
)
def test_what_waits_or_is_infected_is_withheld_and_the_page_says_why(
    browser: Client, draft: Revision, verdict: Verdict, words: str
) -> None:
    file = make_file(draft.statement.unit)
    item = give_file(draft, file=file)
    type(file.blob).objects.filter(pk=file.blob_id).update(verdict=verdict, finding="Some.Worm")
    response = download(browser, item)
    assert response.status_code == 409
    assert words in said(response)
    assert not TrailEntry.objects.filter(act="evidence.downloaded").exists()
    listed = html_of(browser.get(page_of(draft)))
    assert f'href="{reverse("assurance:evidence_file", args=[item.pk])}"' not in listed


def test_bytes_that_are_missing_are_said_to_be_with_their_digest(
    browser: Client, draft: Revision, caplog: pytest.LogCaptureFixture
) -> None:
    item = give_file(draft)
    assert item.file is not None
    item.file.blob.path.unlink()
    response = download(browser, item)
    assert response.status_code == 500
    assert item.file.blob.sha256 in said(response)
    assert "missing from the disk" in caplog.text


def test_a_reader_who_may_not_write_sees_no_page_for_adding(draft: Revision) -> None:
    reader = signed_in(make_person(Role.SHRMT))
    assert reader.get(page_of(draft)).status_code == 403
    assert reader.post(page_of(draft), {"uploads": sent()}).status_code == 403
    assert not EvidenceFile.objects.exists()


HOSTILE_NAMES: dict[str, Callable[[], str]] = {
    "a line end": lambda: 'a.pdf"\r\nSet-Cookie: b=c.pdf',
    "folders": lambda: "../../../a.pdf",
    "a page": lambda: "<img src=x onerror=alert(1)>.pdf",
}


@pytest.mark.parametrize("what", HOSTILE_NAMES)
def test_a_hostile_name_reaches_neither_header_nor_page(browser: Client, draft: Revision, what: str) -> None:
    unit = draft.statement.unit
    item = give_file(draft, file=make_file(unit, name=HOSTILE_NAMES[what]()))
    response = download(browser, item)
    response.getvalue()
    assert "Set-Cookie" not in response.headers
    assert "\n" not in response.headers["Content-Disposition"]
    assert "<img src=x" not in html_of(browser.get(page_of(draft)))
