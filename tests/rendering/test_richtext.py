"""HTML of users' Markdown as paragraphs: lists, quotations, look of words; nothing is lost."""

from __future__ import annotations

from rendering import markdown
from rendering.richtext import Run, paragraphs


def test_words_keep_their_look_and_entities_become_characters() -> None:
    (paragraph,) = paragraphs("<p>Fish &amp; <strong>chips</strong>, <em>hot</em><sup>1</sup><br>now</p>")
    assert paragraph.runs == (
        Run("Fish & "),
        Run("chips", is_strong=True),
        Run(", "),
        Run("hot", is_emphasised=True),
        Run("1", is_raised=True),
        Run("\n"),
        Run("now"),
    )


def test_items_know_their_list_and_only_the_first_paragraph_of_one_is_marked() -> None:
    found = paragraphs("<ol start='4'><li><p>one</p><p>more</p><ul><li>inner</li></ul></li><li>two</li></ol><p>end</p>")
    assert [(one.text, one.depth) for one in found] == [
        ("one", 1), ("more", 1), ("inner", 2), ("two", 1), ("end", 0),
    ]  # fmt: skip
    outer, inner = found[0].item_of, found[2].item_of
    assert outer is not None
    assert inner is not None
    assert (outer.counts, outer.start, inner.counts) == (True, 4, False)
    assert [one.item_of for one in found] == [outer, None, inner, outer, None]


def test_two_lists_are_two_although_they_look_alike() -> None:
    first, second = paragraphs("<ol><li>a</li></ol><ol><li>b</li></ol>")
    assert first.item_of != second.item_of


def test_unknown_tags_keep_their_words_and_blank_paragraphs_are_left_out() -> None:
    found = paragraphs('<p> </p><p><abbr title="x">HSE</abbr> <a href="#n">see 1</a></p></ul></li><p><br></p>')
    assert [one.text for one in found] == ["HSE see 1"]


def test_what_markdown_makes_is_read_whole() -> None:
    text = "Say **this**.\n\n> quoted\n\n1. first\n   - below\n2. second\n\n<script>alert(1)</script>"
    found = paragraphs(markdown.to_html(text))
    assert [(one.text, one.is_quoted, one.depth) for one in found] == [
        ("Say this.", False, 0),
        ("quoted", True, 0),
        ("first", False, 1),
        ("below", False, 2),
        ("second", False, 1),
        ("<script>alert(1)</script>", False, 0),
    ]
