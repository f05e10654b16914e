"""What a redaction may do to a signed text: take passages out, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assurance import redaction
from assurance.redaction import MARK

CONTENT = {
    "no_meeting_reason": "",
    "completer_name": "A name that stays",
    "entries": [
        {
            "theme": "leadership",
            "name": "Leadership",
            "evidence": "Seen by all.",
            "not_sure_note": "",
            "links": [{"title": "Figures", "url": "https://example.org/"}],
            "files": [{"title": "Minutes", "name": "minutes.pdf", "sha256": "a" * 64}],
            "actions": [{"title": "Walk round", "measure": "", "tasks": [{"title": "", "leads": "Inspector"}]}],
        },
        {"theme": "audit", "name": "Audit", "evidence": "None yet."},
    ],
}


def test_every_text_has_a_path_and_a_name() -> None:
    assert [(text.path, text.label, text.text) for text in redaction.texts(CONTENT)] == [
        ("entries/leadership/evidence", "Leadership: evidence", "Seen by all."),
        ("entries/leadership/links/0/title", "Leadership, link 1: title", "Figures"),
        ("entries/leadership/files/0/title", "Leadership, file 1: title", "Minutes"),
        ("entries/leadership/actions/0/title", "Leadership, action 1: title", "Walk round"),
        ("entries/leadership/actions/0/tasks/0/leads", "Leadership, action 1, task 1: leads", "Inspector"),
        ("entries/audit/evidence", "Audit: evidence", "None yet."),
    ]


@pytest.mark.parametrize("path", [text.path for text in redaction.texts(CONTENT)])
def test_a_text_is_replaced_where_it_stands_and_nowhere_else(path: str) -> None:
    changed = redaction.replaced(CONTENT, path, MARK)
    before = {text.path: text.text for text in redaction.texts(CONTENT)}
    assert {text.path: text.text for text in redaction.texts(changed)} == before | {path: MARK}
    assert redaction.texts(CONTENT) != redaction.texts(changed)  # the content that was handed in is as it was


@pytest.mark.parametrize(
    ("original", "redacted", "taken"),
    [
        ("Seen by Sergeant X and Y.", f"Seen by {MARK} and Y.", ("Sergeant X",)),
        ("Seen by X and by Y.", f"Seen by {MARK} and by {MARK}.", ("X", "Y")),
        ("Line one\nline two", MARK, ("Line one\nline two",)),
        ("All of it.", "All of it.", None),  # nothing taken out
        ("All of it.", f"All of {MARK} them.", None),  # something put in
        ("All of it.", f"{MARK}All of it.", None),  # an empty passage
        ("All of it.", f"All of it.{MARK}", None),
        ("All of it.", f"Nothing of {MARK}.", None),
        ("All of it.", f"it {MARK} of", None),  # the pieces in another order
        ("All of it.", "", None),
    ],
)
def test_only_taking_out_is_a_redaction(original: str, redacted: str, taken: tuple[str, ...] | None) -> None:
    assert redaction.passages(original, redacted) == taken


@given(
    st.lists(st.tuples(st.text("abc \n", min_size=0, max_size=5), st.text("xyz", min_size=1, max_size=4)), min_size=1)
)
def test_what_was_taken_out_put_back_is_the_original(pieces: list[tuple[str, str]]) -> None:
    original = "".join(kept + taken for kept, taken in pieces)
    redacted = "".join(kept + MARK for kept, _ in pieces)
    taken = redaction.passages(original, redacted)
    assert taken is not None
    kept = redacted.split(MARK)
    assert "".join(piece + gone for piece, gone in zip(kept, [*taken, ""], strict=True)) == original


def test_the_same_passages_go_from_another_text_the_longest_first() -> None:
    assert redaction.without("X. Sergeant X, and X", ("X", "Sergeant X")) == f"{MARK}. {MARK}, and {MARK}"
    assert redaction.without("Nobody", ("X",)) == "Nobody"


def test_a_file_is_known_by_its_digest_alone_afterwards() -> None:
    changed = redaction.without_file(CONTENT, "a" * 64)
    assert changed["entries"][0]["files"] == [{"title": MARK, "name": MARK, "sha256": "a" * 64}]
    assert redaction.without_file(CONTENT, "b" * 64) == CONTENT
