import re
import time
from collections.abc import Mapping

import pytest

from rendering import pdf
from rendering.markdown import CALL, LONGEST, Paragraph, paragraphs, to_html
from tests.factories.conformance import failures
from tests.rendering.conftest import document

ALLOWED = re.compile(r'</?(p|br|ul|li|strong|em|blockquote)>|<ol( start="\d+")?>|</ol>')

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![secret](file:///etc/hostname)",
    "![picture](http://127.0.0.1/picture.png)",
    "[link](javascript:alert(1))",
    "[link](data:text/html,<script>alert(1)</script>)",
    "[link](file:///etc/hostname)",
    "<javascript:alert(1)>",
    '[a]: http://example.org "title"\n\n[a] <p style="position:fixed" class=x>',
    "# Heading <iframe src=//example.org>",
    "```\n<script>\n```",
    "    <script>indented</script>",
    "<!-- comment --><style>p{}</style>",
    "&lt;script&gt; &#60;script&#62;",
    "1. <table><tr><td colspan=1000000>",
]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One **two** *three*", "<p>One <strong>two</strong> <em>three</em></p>\n"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("5. five\n6. six", '<ol start="5">\n<li>five</li>\n<li>six</li>\n</ol>\n'),
        ("> quoted", "<blockquote>\n<p>quoted</p>\n</blockquote>\n"),
        ("# Heading\ntext", "<p><strong>Heading</strong></p>\n<p>text</p>\n"),
        ("[words](https://example.org/a?b&c)", "<p>words (https://example.org/a?b&amp;c)</p>\n"),
        ("<https://example.org/>", "<p>https://example.org/</p>\n"),
        ("[safety@demo.example](mailto:safety@demo.example)", "<p>safety@demo.example</p>\n"),
        ("[words](ftp://example.org/)", "<p>words</p>\n"),
        ("![what it shows](https://example.org/a.png)", "<p>what it shows</p>\n"),
        ("5 < 6 & 7", "<p>5 &lt; 6 &amp; 7</p>\n"),
        ("`code`", "<p>`code`</p>\n"),
        ("", ""),
    ],
)
def test_markdown_becomes_plain_html(text: str, html: str) -> None:
    assert to_html(text) == html


@pytest.mark.parametrize("text", HOSTILE)
def test_no_tag_but_the_allowed_comes_through(text: str) -> None:
    assert "<" not in ALLOWED.sub("", to_html(text))
    for said in (text, f"A note.^[{text}]"):
        pieces = [html for one in paragraphs(said) for html in (one.html, *one.notes)]
        assert "<" not in ALLOWED.sub("", "".join(pieces).replace(CALL, ""))


def test_hostile_text_is_printed_as_text(few_assets: Mapping[str, pdf.Asset]) -> None:
    body = "".join(to_html(text) for text in HOSTILE)
    assert failures(pdf.render(document(f"<h1>Hostile</h1>{body}"), assets=few_assets)) == []


@pytest.mark.parametrize("text", [">" * 300 + " deep", "- " * 300 + "deep", "*" * 101 + "deep" + "*" * 101])
def test_text_nested_absurdly_is_kept_as_plain_text(text: str) -> None:
    html = to_html(text)
    assert "deep" in html
    assert html.count("<blockquote>") + html.count("<ul>") + html.count("<strong>") <= 16


@pytest.mark.parametrize("unit", ["[", "*a ", "![[", "> ", "- a\n", "_", "`", "[a](b", "<", "&#", "a\n\n"])
def test_huge_text_takes_seconds_at_most(unit: str) -> None:
    text = unit * (LONGEST // len(unit))
    started = time.process_time()
    html = to_html(text)
    assert time.process_time() - started < 10
    assert "<" not in ALLOWED.sub("", html)


@pytest.mark.parametrize("unit", ["^[", "^[[a]", "^[^[a] ", "^[\\"])
def test_huge_text_full_of_notes_takes_seconds_at_most(unit: str) -> None:
    started = time.process_time()
    assert paragraphs(unit * (LONGEST // len(unit)))
    assert time.process_time() - started < 10


def test_text_too_long_for_markdown_keeps_its_paragraphs() -> None:
    assert to_html("*word* " * LONGEST + "\n\nlast").endswith("<p>last</p>\n")


def test_numbered_paragraphs_keep_what_hangs_on_them() -> None:
    assert paragraphs("First.\n\n- one\n- two\n\nSecond.\n\n> Quoted.") == [
        Paragraph("<p>First.</p><ul>\n<li>one</li>\n<li>two</li>\n</ul>"),
        Paragraph("<p>Second.</p><blockquote>\n<p>Quoted.</p>\n</blockquote>"),
    ]


def test_a_text_that_begins_with_a_list_is_one_paragraph() -> None:
    assert paragraphs("- one\n- two") == [Paragraph("<ul>\n<li>one</li>\n<li>two</li>\n</ul>")]


def test_no_text_has_no_paragraphs() -> None:
    assert paragraphs(" \n\n ") == []


# --- Notes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "html", "notes"),
    [
        ("One^[a *note*], two^[b].", f"<p>One{CALL}, two{CALL}.</p>", ("a <em>note</em>", "b")),
        ("- one^[a]\n- two^[b]", f"<ul>\n<li>one{CALL}</li>\n<li>two{CALL}</li>\n</ul>", ("a", "b")),
        ("*all^[a]*", f"<p><em>all{CALL}</em></p>", ("a",)),
        ("one^[see [this](https://example.org/)]", f"<p>one{CALL}</p>", ("see this (https://example.org/)",)),
        ("one^[a \\] b]", f"<p>one{CALL}</p>", ("a ] b",)),
        ("one^[a\nb]", f"<p>one{CALL}</p>", ("a\nb",)),
        ("one^[5 < 6]", f"<p>one{CALL}</p>", ("5 &lt; 6",)),
        ("one^[a ^[b] c]", f"<p>one{CALL}</p>", ("a ^[b] c",)),  # no note holds another
        ("one^[{{ table.a }}]", f"<p>one{CALL}</p>", ("{{ table.a }}",)),
        ("one ^[unclosed", "<p>one ^[unclosed</p>", ()),
        ("one^[a\n\nb]", "<p>one^[a</p>", ()),  # nor does it run over a paragraph
        ("one^[ ]", "<p>one^[ ]</p>", ()),
        (r"one\^[a]", "<p>one^[a]</p>", ()),
        ("![shown^[a]](https://example.org/a.png)", "<p>shown^[a]</p>", ()),
        ("<sup></sup>", "<p>&lt;sup&gt;&lt;/sup&gt;</p>", ()),  # nobody types a call
    ],
)
def test_notes_are_cut_out_of_the_paragraph_that_calls_them(text: str, html: str, notes: tuple[str, ...]) -> None:
    assert paragraphs(text)[0] == Paragraph(html, notes)


def test_notes_of_a_list_belong_to_the_paragraph_above_it_in_their_order() -> None:
    (piece,) = paragraphs("One^[a].\n\n- two^[b]\n\n> three^[c]")
    assert (piece.html.count(CALL), piece.notes) == (3, ("a", "b", "c"))


def test_a_note_nested_absurdly_leaves_the_text_plain() -> None:
    assert CALL not in paragraphs("^[" + "*" * 101 + "deep" + "*" * 101 + "]")[0].html


def test_a_text_without_a_place_for_notes_keeps_them_as_they_were_typed() -> None:
    assert to_html("One^[a].") == "<p>One^[a].</p>\n"


def test_a_line_that_looks_like_an_address_for_later_is_words() -> None:
    text = "[Contact]: the safety team\n\n[taken out]: more words"
    assert [one.html for one in paragraphs(text)] == [f"<p>{line}</p>" for line in text.split("\n\n")]
