"""The printed paper: conformance, structure, and that it says what the roll-ups say."""

from __future__ import annotations

import csv
import io
import re
import socket
import subprocess
from pathlib import Path

import pikepdf
import pytest
from django.test import Client
from django.urls import reverse

from organisation.models import Force
from organisation.roles import Role
from papers.models import Paper
from papers.services import papers
from records.edits import Edit
from records.models import Job
from tests.factories.conformance import failures
from tests.factories.organisation import make_person
from tests.factories.papers import NOW, build_document, make_awaited_group, make_draft, make_rollup, north, south

pytestmark = pytest.mark.django_db
HOSTILE = (
    "<script>alert(1)</script>\n\n# A heading that jumps\n\n![picture](file:///etc/passwd)\n\n"
    '<img src="https://evil.example/x.png" onerror="alert(2)">\n\n[press](javascript:alert(3))\n\n'
    "<table><tr><td colspan=1000000>wide</td></tr></table>\n\n\x07bell \ue000 private \U0001f600 face"
)


def printed(*, contacts: str = "The safety team") -> Paper:
    """A final paper on two groups with its real document, a third group still awaited."""
    Force.objects.create(name="Fictional Police", short_name="FP")
    make_rollup("North", north())
    make_rollup("South", south())
    make_awaited_group("East")
    by = make_person(Role.SHRMT)
    draft = make_draft(by=by, title="Where our safety culture stands")
    papers.save_section(paper=draft, key="contacts", edit=Edit(1, contacts), by=by, at=NOW)
    paper = papers.finalise(paper=draft, by=by, at=NOW)
    assert build_document(paper).error == ""
    paper.refresh_from_db()
    return paper


def content_of(paper: Paper) -> bytes:
    assert paper.pdf is not None
    return paper.pdf.path.read_bytes()


def text_of(paper: Paper, *options: str) -> str:
    assert paper.pdf is not None
    command = ["pdftotext", *options, str(paper.pdf.path), "-"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def words_of(paper: Paper) -> str:
    return " ".join(text_of(paper).split())


def test_the_paper_keeps_to_both_standards_and_qpdf_finds_it_sound(tmp_path: Path) -> None:
    content = content_of(printed())
    assert failures(content) == []
    copy = tmp_path / "paper.pdf"
    copy.write_bytes(content)
    assert subprocess.run(["qpdf", "--check", copy], capture_output=True, check=False).returncode == 0


def test_it_has_title_language_and_bookmarks_in_the_order_of_the_skeleton() -> None:
    with pikepdf.open(io.BytesIO(content_of(printed()))) as document:
        assert str(document.Root.Lang) == "en-GB"
        assert str(document.docinfo["/Title"]) == "Where our safety culture stands"
        with document.open_outline() as outline:
            (title,) = outline.root
            assert title.title == "Where our safety culture stands"
            assert [(part.title, [section.title for section in part.children]) for part in title.children] == [
                ("Report summary", ["Purpose", "Key considerations", "Recommendations"]),
                ("Supporting information", ["Background", "Maturity position"]),
                ("Implications", ["Equality and diversity", "Financial", "Legal", "Risk"]),
                ("Contacts", []),
                ("Appendix 1: levels by unit", []),
                ("Abbreviations", []),
            ]


def test_every_table_has_headings() -> None:
    paper = printed()
    assert paper.pdf is not None
    structure = subprocess.run(
        ["pdfinfo", "-struct-text", str(paper.pdf.path)], capture_output=True, text=True, check=True
    ).stdout
    tables = re.split(r"^\s*Table\b", structure, flags=re.MULTILINE)[1:]
    assert len(tables) == 5  # the title block, medians, the figures behind the chart, one for each group
    assert all(re.search(r"^\s*TH\b", table, re.MULTILINE) for table in tables)


def test_units_and_their_levels_stand_in_the_text() -> None:
    text = text_of(printed(), "-layout")
    for unit, said in {
        "Alder Unit": r"Q2, accepted\s+3\s+2",
        "Beech Unit": r"Q1, signed.*\s4\s+–",
        "Cedar Unit": r"Nothing signed\s+–\s+–",
        "Dogwood Unit": r"Q2, accepted.*\s5\s+3",
    }.items():
        assert re.search(rf"{unit}\s+{said}", text), f"{unit} in\n{text}"


def test_the_medians_and_the_counts_behind_them_are_those_of_the_roll_ups() -> None:
    text = text_of(printed(), "-layout")
    leadership = re.search(r"^ *Leadership +3–4 +5 +4 *$", text, re.MULTILINE)
    assert leadership, text
    assert re.search(r"^ *2 of 3 +1 of 1 +3 of 4 *$", text, re.MULTILINE)
    # Counts by level, no level, nothing signed, units, median: leadership 3, 4, 5 and one silent; audit 2, 3.
    assert re.search(r"^ *Leadership +0 +0 +1 +1 +1 +0 +1 +4 +4 *$", text, re.MULTILINE), text
    assert re.search(r"^ *Assurance and Audit +0 +1 +1 +0 +0 +1 +1 +4 +2–3 *$", text, re.MULTILINE), text


def test_it_says_what_the_figures_are_drawn_from_and_what_is_awaited() -> None:
    words = words_of(printed())
    assert "roll-ups of 2 of 3 business groups, built on 6 October 2025" in words
    assert "have not issued yet" in words
    assert "A roll-up is awaited from East" in words
    assert "3 of the 4 statements expected were signed (75%)" in words


def test_title_block_marking_page_numbers_and_digest_are_printed() -> None:
    paper = printed()
    pages = text_of(paper).split("\f")[:-1]
    assert len(pages) > 2
    for number, text in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in text
        assert "OFFICIAL" in text
        assert paper.content_digest in re.sub(r"\s", "", text)
    first = " ".join(pages[0].split())
    for said in ("Audit panel", "18 November 2025", "Head of Safety, Health and Wellbeing", "Fictional Police"):
        assert said in first


def test_paragraphs_are_numbered_without_a_gap() -> None:
    text = text_of(printed())
    numbers = [tuple(map(int, number.split("."))) for number in re.findall(r"^(\d\.\d+)$", text, re.MULTILINE)]
    assert numbers == [(1, 1), (1, 2), (1, 3), (1, 4), (1, 5), (1, 6), (2, 1), (3, 1), (4, 1), (5, 1)]


def test_hostile_text_is_printed_as_words_and_breaks_neither_standard() -> None:
    paper = printed(contacts=HOSTILE)
    content = content_of(paper)
    assert failures(content) == []
    for forbidden in (b"/JavaScript", b"/Launch", b"root:x:"):
        assert forbidden not in content
    words = words_of(paper)
    assert "<script>alert(1)</script>" in words
    assert "A heading that jumps" in words
    with pikepdf.open(io.BytesIO(content)) as document, document.open_outline() as outline:
        assert outline.root[0].children[3].children == []


def test_the_data_of_every_table_are_attached_as_csv() -> None:
    with pikepdf.open(io.BytesIO(content_of(printed()))) as document:
        files = {name: spec.get_file().read_bytes().decode("utf-8-sig") for name, spec in document.attachments.items()}
        about = {name: spec.description for name, spec in document.attachments.items()}
    assert list(files) == [f"table-{number}.csv" for number in range(1, 5)]
    assert about["table-1.csv"].startswith("Table 1: median level by theme and business group")
    first = list(csv.reader(io.StringIO(files["table-1.csv"])))
    assert first[:2] == [
        ["Theme", "North", "South", "All groups"],
        ["Leadership", "3–4 (2 of 3)", "5 (1 of 1)", "4 (3 of 4)"],
    ]
    units = list(csv.reader(io.StringIO(files["table-3.csv"])))
    assert units[1] == ["Alder Unit", "Q2, accepted", "3", "2"]


@pytest.mark.parametrize(
    "words",
    [
        "שלום and مرحبا, side by side \u202e reversed \u202c",
        "\U0001f46e\u200d\u2640\ufe0f an officer, \U0001f1ec\U0001f1e7 a flag",
        "> " * 400 + "deep",
        "\n".join("  " * depth + "- deeper" for depth in range(80)),
        "![x](http://{host}/x.png) ![y](file:///etc/passwd) <img src=http://{host}/z.png>",
        "<style>@import url(http://{host}/style.css);</style> <link rel=stylesheet href=http://{host}/s.css>",
        "A" * 49_000,
        "a\n\n" * 1_000,
    ],
    ids=["right-to-left", "emoji", "nested quotations", "nested lists", "pictures", "style", "one word", "paragraphs"],
)
def test_whatever_is_written_is_printed_to_both_standards_or_refused_with_a_reason_and_asks_nobody(words: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        paper = hostile(words.replace("{host}", f"127.0.0.1:{listener.getsockname()[1]}"))
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):  # nobody has asked it for anything
            listener.accept()
    if paper.pdf is None:
        error = Job.objects.get(key=paper.job_key).error
        assert "The paper itself is unchanged." in error
        assert "Traceback" not in error
    else:
        assert failures(content_of(paper)) == []


def hostile(words: str) -> Paper:
    """A paper with these words, after the worker has tried to print it."""
    make_rollup("North", north())
    by = make_person(Role.SHRMT)
    draft = make_draft(by=by)
    version = draft.sections.get(key="risk").version
    papers.save_section(paper=draft, key="risk", edit=Edit(version, words), by=by, at=NOW)
    paper = papers.finalise(paper=draft, by=by, at=NOW)
    build_document(paper)
    paper.refresh_from_db()
    return paper


def test_ten_megabytes_of_text_are_refused_with_a_reason() -> None:
    draft = make_draft()
    client = Client()
    client.force_login(make_person(Role.SHRMT))
    long = {"text": "word " * 2_000_000, "version": 1}
    answer = client.post(reverse("papers:section", args=[draft.pk, "risk"]), long)
    assert answer.status_code == 413
    assert "That is too" in answer.content.decode()
    assert "word word" not in draft.sections.get(key="risk").text
