"""Searching papers: what a paper says as plain text, who finds what, and what is answered to odd searches."""

from __future__ import annotations

from typing import Any

import pgtrigger
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from organisation.roles import Role
from papers import searching
from papers.contents.words import MOST_BYTES, plain
from papers.models import Paper
from papers.services import papers
from records.edits import Edit
from tests.factories.organisation import make_person
from tests.factories.papers import NOW, make_draft, make_final, make_published, make_rollup, make_withdrawn, north

pytestmark = pytest.mark.django_db


def published(title: str, **texts: str) -> Paper:
    """A published paper with these texts in its sections."""
    if not Paper.objects.exists():
        make_rollup("North", north())
    by = make_person(Role.SHRMT)
    draft = make_draft(by=by, title=title)
    for key, text in texts.items():
        version = draft.sections.get(key=key).version
        papers.save_section(paper=draft, key=key, edit=Edit(version, text), by=by, at=NOW)
    final = papers.finalise(paper=draft, by=by, at=NOW)
    final.pdf = make_final(title="Only a document").pdf
    final.save()
    return papers.publish(paper=final, seen_digest=final.content_digest, by=make_person(Role.HEAD), at=NOW)


def a(role: Role) -> Client:
    client = Client()
    client.force_login(make_person(role))
    return client


def search(client: Client, said: str, **more: str) -> Any:
    return client.get(reverse("papers:papers"), {"q": said, **more})


def titles(said: str) -> list[str]:
    return [paper.title for paper in searching.found_in(Paper.objects.published(), said)]


# --- The words --------------------------------------------------------------------------------------------------------


def test_the_words_of_a_final_paper_are_its_headings_paragraphs_captions_and_cells_and_a_draft_has_none() -> None:
    paper = make_final(title="Where we stand")
    paper.refresh_from_db()
    for said in (
        "Where we stand",
        "Report summary",
        "1.1 The force measures its health and safety culture",
        "Table 1: median level by theme and business group",
        "Theme, North, All groups",
        "Leadership, 3–4 2 of 3",
        "Figure 1: units at each level by theme",
        "Alder Unit, Q2, accepted, 3, 2",
        "The safety team",
    ):
        assert said in paper.words
    papers.reopen(paper=paper, reason="A word is missing.", by=make_person(Role.SHRMT), at=NOW)
    paper.refresh_from_db()
    assert paper.words == ""


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("<p>one</p><ul>\n<li>two</li><li>three</li>\n</ul>", "one\ntwo\nthree"),
        ("<p>un<em>broken</em> <strong>words</strong></p>", "unbroken words"),
        ("<p>a &lt;b&gt; &amp;amp; c</p>", "a <b> &amp; c"),
        ("<p>x\x02y\x03 z</p>", "x y z"),
    ],
)
def test_html_becomes_its_words(html: str, said: str) -> None:
    assert plain(html) == said


def test_a_paper_that_says_too_much_for_the_index_is_still_made_final_and_searched_by_its_beginning() -> None:
    # Every word another one, hyphenated: what takes the index the most room for its length.
    odd = " ".join(f"q{number:x}-z{number:x}-k{number:x}" for number in range(2_900))[:50_000]
    texts = {
        key: odd.replace("q", letter)
        for letter, key in zip(
            "bcdfgh", ("purpose", "risk", "legal", "financial", "background", "equality-and-diversity"), strict=True
        )
    }
    paper = published("Very long", **texts)
    assert MOST_BYTES - 4 < len(paper.words.encode()) <= MOST_BYTES
    assert titles("bff-zff-kff") == ["Very long"]


# --- Finding ----------------------------------------------------------------------------------------------------------


def test_all_words_have_to_stand_in_it_in_any_form_and_the_best_match_comes_first() -> None:
    published("Ladders", risk="Somebody fell.")
    published("Other", risk="A ladder fell once; ladders, laddering, ladder.")
    assert titles("falling ladder") == []
    assert titles("ladder fell") == ["Other", "Ladders"]
    assert titles('"somebody fell"') == ["Ladders"]
    assert titles("ladder -somebody") == ["Other"]


def test_the_search_goes_through_the_index() -> None:
    """Its condition is the index's expression: without another way into the table, the index is taken."""
    make_published()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = searching.found_in(Paper.objects.all(), "safety").explain()
    assert "Bitmap Index Scan on paper_by_words" in plan


@pytest.mark.parametrize(
    ("role", "found"),
    [(Role.PANEL_MEMBER, {"For the panel"}), (Role.SPOC, {"For the panel"}),
     (Role.SHRMT, {"For the panel", "A draft", "Final", "Withdrawn"})],
)  # fmt: skip
def test_only_what_may_be_read_is_found(role: Role, found: set[str]) -> None:
    for make, title in ((make_draft, "A draft"), (make_final, "Final"), (make_withdrawn, "Withdrawn")):
        make(title=title)
    make_published(title="For the panel")
    page = search(a(role), "draft OR final OR withdrawn OR panel").content.decode()
    assert {title for title in ("A draft", "Final", "Withdrawn", "For the panel") if f">{title}</a>" in page} == found


def test_the_page_shows_passages_with_hits_marked_and_everything_escaped() -> None:
    published("Ropes", risk="Before the <b onclick=x>rope</b> & the <mark>hook, a rope\x02 held\x03 a load.")
    answer = search(a(Role.PANEL_MEMBER), "rope")
    page = answer.content.decode()
    assert "1 paper found" in page
    assert "<mark>rope</mark>" in page
    assert page.count("<mark>") == page.count("</mark>")
    for hidden in ("<b onclick", "<mark>hook", "\x02", "\x03"):
        assert hidden not in page


def test_a_page_with_something_sensitive_is_marked_like_it() -> None:
    member = a(Role.PANEL_MEMBER)
    paper = published("Ropes", risk="A rope held.")
    assert search(member, "rope").context["marking"] == "OFFICIAL"
    with pgtrigger.ignore("papers.Paper:released_papers_stay"):
        Paper.objects.filter(pk=paper.pk).update(marking="official-sensitive", handling="For the panel")
    for said in ("rope", ""):
        assert search(member, said).context["marking"] == "OFFICIAL-SENSITIVE: For the panel"


@pytest.mark.parametrize(
    ("passages", "said"),
    [
        ("a \x02hit\x03 & <b>", "a <mark>hit</mark> &amp; &lt;b&gt;"),
        ("\x02<i>\x03\x02b\x03", "<mark>&lt;i&gt;</mark><mark>b</mark>"),
        ("odd \x03 marks \x02 alone", "odd  marks  alone"),
        ("", ""),
    ],
)
def test_marks_come_in_pairs_whatever_stands_there(passages: str, said: str) -> None:
    assert searching.marked(passages) == said


# --- Odd searches -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "status", "answer"),
    [
        ("helicopter", 200, "No paper found"),
        ("the of and", 200, "holds no word to look for"),
        ("&|!():*'", 200, "holds no word to look for"),
        ('"', 200, "holds no word to look for"),
        ("\x00", 200, "<h2 class=\"govuk-heading-l\" id=\"published-title\">Published</h2>"),
        ("safe\x00ty", 200, "Searched"),
        ("  ", 200, "<h2 class=\"govuk-heading-l\" id=\"published-title\">Published</h2>"),
        ("x" * 10_000, 422, "Search for at most 200 characters: you sent 10000."),
        ("'; DROP TABLE papers_paper; --", 200, "No paper found"),
        ("<script>alert(1)</script>", 200, "No paper found"),
        ('"unfinished phrase', 200, "No paper found"),
    ],
)  # fmt: skip
def test_whatever_is_asked_is_answered_kindly(said: str, status: int, answer: str) -> None:
    make_published()
    found = search(a(Role.PANEL_MEMBER), said)
    page = found.content.decode()
    assert found.status_code == status
    assert answer in page
    assert "<script>alert" not in page


def test_pages_of_what_was_found_keep_the_search_and_take_the_same_queries(
    django_assert_num_queries: Any,
) -> None:
    client = a(Role.PANEL_MEMBER)
    make_published(title="Paper & ladder")
    with django_assert_num_queries(11):
        search(client, "ladder")
    first = Paper.objects.get()
    for number in range(20):
        Paper.objects.create(**{
            field.name: getattr(first, field.name)
            for field in Paper._meta.concrete_fields if field.name not in ("id", "title")
        }, title=f"Ladder {number}")  # fmt: skip
    with django_assert_num_queries(11):
        page = search(client, "ladder").content.decode()
    assert "21 papers found" in page
    assert 'href="?q=ladder&amp;page=2"' in page
    assert "page 2 of 2" in search(client, "ladder", page="2").content.decode()
