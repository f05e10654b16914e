"""What is left of a text when passages of it are kept back, and where the marks somebody has set stand."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assurance.disclosure import (
    MARK,
    CannotWithhold,
    Withheld,
    disclosed,
    given_out,
    groups,
    marked,
    pieces,
    text_at,
    texts,
    whole,
)

TEXT = "Sergeant Blue told Constable Green of the fall."
BLUE, GREEN = (9, 13), (29, 34)
CONTENT: dict[str, Any] = {
    "completer_name": "Pat Blue",
    "completer_position": "Safety manager",
    "signer_name": "Kim Green",
    "signer_position": "",
    "no_meeting_reason": "The chair was away.",
    "entries": [
        {
            "theme": "leadership",
            "name": "Leadership",
            "level": 3,
            "evidence": TEXT,
            "links": [{"title": "Plan", "url": "https://intranet.example.org/blue", "of_on": None}],
            "files": [{"title": "Log", "name": "blue.pdf", "sha256": "0" * 64}],
            "actions": [{"title": "Brief all", "tasks": [{"title": "", "leads": "Green"}]}],
        },
        {"theme": "audit", "name": "Audit", "level": None, "evidence": "", "links": [], "files": [], "actions": []},
    ],
}


def test_every_text_that_somebody_wrote_can_be_kept_back() -> None:
    assert [(text.path, text.text) for text in texts(CONTENT)] == [
        ("completer_name", "Pat Blue"),
        ("completer_position", "Safety manager"),
        ("signer_name", "Kim Green"),
        ("no_meeting_reason", "The chair was away."),
        ("entries/leadership/evidence", TEXT),
        ("entries/leadership/links/0/title", "Plan"),
        ("entries/leadership/files/0/title", "Log"),
        ("entries/leadership/actions/0/title", "Brief all"),
        ("entries/leadership/actions/0/tasks/0/leads", "Green"),
        ("entries/leadership/links/0/url", "https://intranet.example.org/blue"),
        ("entries/leadership/files/0/name", "blue.pdf"),
    ]
    assert [group.name for group in groups(CONTENT)] == ["The statement", "Leadership"]


def test_a_text_is_found_by_its_path_and_nothing_else_is() -> None:
    found = text_at(CONTENT, "entries/leadership/evidence")
    assert found is not None
    assert (found.label, found.text) == ("Leadership: evidence", TEXT)
    for path in ("entries/leadership/level", "entries/audit/evidence", "entries", "", "entries/leadership"):
        assert text_at(CONTENT, path) is None


def test_a_mark_stands_for_what_is_kept_back_whatever_its_length() -> None:
    assert given_out(TEXT, [Withheld(1, (BLUE, GREEN))]) == (
        "Sergeant [withheld 1] told Constable [withheld 1] of the fall."
    )
    assert given_out(TEXT, [Withheld(7, whole(TEXT))]) == "[withheld 7]"


def test_where_two_decisions_overlap_the_first_one_is_named_and_nothing_shows() -> None:
    both = [Withheld(1, ((0, 13),)), Withheld(2, ((9, 18),))]
    assert given_out(TEXT, both) == "[withheld 1][withheld 2] Constable Green of the fall."


@pytest.mark.parametrize(
    ("edited", "spans"),
    [
        (f"Sergeant {MARK} told Constable {MARK} of the fall.", (BLUE, GREEN)),
        (f"{MARK} of the fall.", ((0, 34),)),
        (MARK, ((0, len(TEXT)),)),
    ],
)
def test_marks_are_read_as_places_of_the_text(edited: str, spans: tuple[tuple[int, int], ...]) -> None:
    assert marked(TEXT, edited, []) == spans


def test_marks_beside_those_that_are_there_are_places_of_the_text_as_it_was_signed() -> None:
    edited = f"Sergeant [withheld 1] told Constable {MARK} of the fall."
    assert marked(TEXT, edited, [Withheld(1, (BLUE,))]) == (GREEN,)


@pytest.mark.parametrize(
    "edited",
    [
        TEXT,
        "",
        f"Sergeant {MARK} told Constable Green of the fal.",
        f"Sergeant {MARK} said to Constable Green of the fall.",
        f"{TEXT}{MARK}",
        f"Sergeant {MARK}Blue told Constable Green of the fall.",
    ],
)
def test_whoever_changes_anything_else_is_told_so(edited: str) -> None:
    with pytest.raises(CannotWithhold, match="leave every other letter"):
        marked(TEXT, edited, [])


def test_a_mark_is_not_set_over_another() -> None:
    with pytest.raises(CannotWithhold, match="Undo that one first"):
        marked(TEXT, f"{MARK} of the fall.", [Withheld(1, (BLUE,))])


def test_a_statement_is_given_out_without_what_is_kept_back_and_stays_as_it_was() -> None:
    result = disclosed(
        CONTENT,
        {
            "signer_name": [Withheld(1, whole("Kim Green"))],
            "entries/leadership/evidence": [Withheld(2, (BLUE,))],
            "entries/leadership/links/0/url": [Withheld(3, ((29, 33),))],
        },
    )
    assert result["signer_name"] == "[withheld 1]"
    assert result["entries"][0]["evidence"] == "Sergeant [withheld 2] told Constable Green of the fall."
    assert result["entries"][0]["links"][0]["url"] == "https://intranet.example.org/[withheld 3]"
    assert CONTENT["signer_name"] == "Kim Green"


@pytest.mark.parametrize(
    ("path", "spans"), [("entries/audit/evidence", (BLUE,)), ("signer_name", ((0, 10),)), ("made/up", (BLUE,))]
)
def test_a_decision_on_a_text_that_is_not_there_any_more_is_not_passed_over(
    path: str, spans: tuple[tuple[int, int], ...]
) -> None:
    with pytest.raises(CannotWithhold, match="has changed since"):
        disclosed(CONTENT, {path: [Withheld(1, spans)]})


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # says nothing about the code on a busy machine
@given(
    text=st.text(alphabet="ab \n[w]", min_size=1, max_size=30),
    cuts=st.lists(st.integers(0, 30), min_size=2, max_size=6),
)
def test_what_somebody_marks_is_what_is_left_out(text: str, cuts: list[int]) -> None:
    """Whatever passages are marked, what is given out is the marked text itself, with numbers in the marks."""
    at = sorted({min(cut, len(text)) for cut in cuts})
    spans = [(begins, ends) for begins, ends in zip(at[::2], at[1::2], strict=False) if begins < ends]
    if not spans:
        return
    edited, end = "", 0
    for begins, ends in spans:
        edited += text[end:begins] + MARK
        end = ends
    edited += text[end:]
    found = Withheld(1, marked(text, edited, []))
    assert given_out(text, [found]) == "".join(piece.shown for piece in pieces(text, [found]))
    # Two marks side by side become one: their numbers are the same.
    assert given_out(text, [found]) == edited.replace(MARK, "[withheld 1]").replace(
        "[withheld 1][withheld 1]", "[withheld 1]"
    )
