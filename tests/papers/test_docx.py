"""A paper as text for an office: the words and figures of its page, who may take it, and what the trail keeps."""

from __future__ import annotations

import hashlib
from io import BytesIO
from typing import Any

import docx
import pytest
from django.test import Client
from django.urls import reverse
from docx.oxml.ns import qn

from organisation.roles import Role
from papers import documents
from papers.contents import layout
from papers.models import Paper
from papers.services import papers
from records.edits import Edit
from records.models import Allowance, HeavyWork, TrailEntry
from tests.factories.organisation import make_person, make_user
from tests.factories.papers import (
    NOW,
    make_draft,
    make_final,
    make_published,
    make_rollup,
    make_withdrawn,
    north,
    south,
)

pytestmark = pytest.mark.django_db


def address(paper: Paper) -> str:
    return reverse("papers:docx", args=[paper.pk])


def a(role: Role) -> Client:
    client = Client()
    client.force_login(make_person(role))
    return client


def taken(paper: Paper) -> Any:
    answer = a(Role.SHRMT).get(address(paper))
    assert answer.status_code == 200
    return docx.Document(BytesIO(answer.content))


def head_of(file: Any) -> str:
    return "\n".join(paragraph.text for paragraph in file.sections[0].header.paragraphs)


def table_called(file: Any, caption: str) -> list[list[str]]:
    """The cells of the table below the caption that begins so."""
    for element in file.element.body.iter(qn("w:tblCaption")):
        if element.get(qn("w:val")).startswith(caption):
            table = next(one for one in file.tables if one._tbl is element.getparent().getparent())
            return [[cell.text for cell in row.cells] for row in table.rows]
    raise AssertionError(f"no table called {caption}")


def test_it_says_what_the_paper_says_with_its_numbers_and_tables() -> None:
    make_rollup("North", north())
    make_rollup("South", south())
    file = taken(make_final(title="Where our safety culture stands"))
    headings = [
        (line.style.name, line.text) for line in file.paragraphs if line.style.name.startswith(("T", "Heading"))
    ]
    assert headings[:5] == [
        ("Title", "Where our safety culture stands"),
        ("Heading 1", "Report summary"),
        ("Heading 2", "Purpose"),
        ("Heading 2", "Key considerations"),
        ("Heading 2", "Recommendations"),
    ]
    numbers = [line.text.split("\t")[0] for line in file.paragraphs if "\t" in line.text]
    assert numbers == ["1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "2.1", "3.1", "4.1", "5.1"]
    assert table_called(file, "This paper")[0] == ["Meeting", "18 November 2025"]
    assert table_called(file, "Table 1")[:2] == [
        ["Theme", "North", "South", "All groups"],
        ["Leadership", "3–4\n2 of 3", "5\n1 of 1", "4\n3 of 4"],
    ]
    assert table_called(file, "Table 3")[1] == ["Alder Unit", "Q2, accepted", "3", "2"]
    assert "Not scored in this edition of the model" in {cell for row in table_called(file, "Table 2") for cell in row}
    assert any(line.text.startswith("Figure 1: ") and documents.IN_THE_PDF in line.text for line in file.paragraphs)


def test_notes_and_abbreviations_stand_where_the_document_has_them() -> None:
    paper, by = make_draft(), make_person(Role.SHRMT)
    Paper.objects.filter(pk=paper.pk).update(abbreviations="OCU: Operational Command Unit")
    paper.refresh_from_db()
    version = paper.sections.get(key="risk").version
    words = "The OCU is looked after^[By **two** people.]."
    papers.save_section(paper=paper, key="risk", edit=Edit(version, words), by=by, at=NOW)
    lines = [line.text for line in taken(paper).paragraphs]
    (line,) = [line for line in lines if "is looked after" in line]
    assert line.endswith("Operational Command Unit (OCU) is looked after1.")
    at = lines.index("Notes")
    assert lines[at + 1].startswith("1\tBy two people.")
    assert lines.index("Abbreviations") > at
    assert lines[lines.index("Abbreviations") + 1] == "OCU: Operational Command Unit"


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (make_draft, "Draft, not published. Safety culture"),
        (make_final, "Final, not published. Safety culture"),
        (make_withdrawn, "Withdrawn. Safety culture"),
        (make_published, "Safety culture"),
    ],
)
def test_every_page_says_the_marking_and_whether_the_panel_reads_it(make: Any, said: str) -> None:
    assert head_of(taken(make())) == f"OFFICIAL\n{said}"


def test_the_same_paper_is_the_same_bytes() -> None:
    paper = make_final()
    first, again = (documents.paper_docx(paper, layout.laid_out(paper.content)) for _ in range(2))
    assert first == again
    assert docx.Document(BytesIO(first)).core_properties.created.date() == NOW.date()


def test_hostile_words_are_words() -> None:
    paper = make_draft()
    words = "bell \x07 ]]> <w:p/>\n\n<script>alert(1)</script>\n\n{{ no.such_figure }}"
    version = paper.sections.get(key="risk").version
    papers.save_section(paper=paper, key="risk", edit=Edit(version, words), by=make_person(Role.SHRMT), at=NOW)
    text = "\n".join(line.text for line in taken(paper).paragraphs)
    for shown in ("]]> <w:p/>", "<script>alert(1)</script>", "no.such_figure", "(not known)"):
        assert shown in text


def test_only_whoever_writes_papers_takes_one() -> None:
    draft, published = make_draft(), make_published()
    member = a(Role.PANEL_MEMBER)
    assert [member.get(address(paper)).status_code for paper in (draft, published)] == [404, 403]
    assert a(Role.HEAD).get(address(published)).status_code == 200
    stranger = Client()
    stranger.force_login(make_user())
    assert stranger.get(address(published)).status_code == 404
    page = a(Role.SHRMT).get(reverse("papers:paper", args=[published.pk])).content.decode()
    assert address(published) in page
    assert address(published) not in member.get(reverse("papers:paper", args=[published.pk])).content.decode()


def test_taking_one_is_in_the_trail_with_the_files_digest_and_spends_an_allowance() -> None:
    paper, person = make_published(), make_person(Role.HEAD)
    client = Client()
    client.force_login(person)
    assert client.head(address(paper)).status_code == 200
    assert not TrailEntry.objects.filter(act="paper.docx_downloaded").exists()
    answer = client.get(address(paper))
    entry = TrailEntry.objects.get(act="paper.docx_downloaded")
    assert (entry.actor, entry.thing_id) == (person, paper.pk)
    assert entry.detail["sha256"] == hashlib.sha256(answer.content).hexdigest()
    assert Allowance.objects.get(person=person, kind=HeavyWork.DOCUMENTS).spent == 1
