import re
import time
from collections.abc import Mapping

import pytest

from rendering import pdf
from rendering.markdown import LONGEST, paragraphs, to_html
from tests.rendering.conftest import document, failures

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
    assert "<" not in ALLOWED.sub("", "".join(paragraphs(text)))


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


def test_text_too_long_for_markdown_keeps_its_paragraphs() -> None:
    assert to_html("*word* " * LONGEST + "\n\nlast").endswith("<p>last</p>\n")


def test_numbered_paragraphs_keep_what_hangs_on_them() -> None:
    assert paragraphs("First.\n\n- one\n- two\n\nSecond.\n\n> Quoted.") == [
        "<p>First.</p><ul>\n<li>one</li>\n<li>two</li>\n</ul>",
        "<p>Second.</p><blockquote>\n<p>Quoted.</p>\n</blockquote>",
    ]


def test_a_text_that_begins_with_a_list_is_one_paragraph() -> None:
    assert paragraphs("- one\n- two") == ["<ul>\n<li>one</li>\n<li>two</li>\n</ul>"]


def test_no_text_has_no_paragraphs() -> None:
    assert paragraphs(" \n\n ") == []
