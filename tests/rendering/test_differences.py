"""What differs between two texts, for a reader to see."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rendering.differences import Kind, Segment, segments

# The machine may be busy with something else: how long it takes to think of an example says nothing here.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
TEXTS = st.lists(
    st.sampled_from(["rota", "drill", "the", " ", " ", "\n", ". ", "\r\n", "e\u0301", "é", "<b>", ","]), max_size=40
).map("".join)

SAME, GONE, NEW = Kind.SAME, Kind.GONE, Kind.NEW


def stored(text: str) -> str:
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


@PATIENT
@given(old=TEXTS, new=TEXTS)
def test_the_old_and_the_new_text_can_both_be_read_off(old: str, new: str) -> None:
    found = segments(old, new)
    assert "".join(segment.text for segment in found if segment.kind != NEW) == stored(old)
    assert "".join(segment.text for segment in found if segment.kind != GONE) == stored(new)


@PATIENT
@given(text=TEXTS)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert segments(text, stored(text).replace("\n", "\r\n")) == ([Segment(SAME, stored(text))] if text else [])


@PATIENT
@given(old=TEXTS, new=TEXTS)
def test_neighbouring_segments_differ_in_kind_and_what_is_gone_stands_first(old: str, new: str) -> None:
    kinds = [segment.kind for segment in segments(old, new)]
    pairs = list(pairwise(kinds))
    assert all(one != other for one, other in pairs)
    assert (NEW, GONE) not in pairs


def test_a_phrase_that_was_rewritten_is_one_change() -> None:
    assert segments("The rota is checked weekly.", "The rota was then reviewed weekly.") == [
        Segment(SAME, "The rota "),
        Segment(GONE, "is checked"),
        Segment(NEW, "was then reviewed"),
        Segment(SAME, " weekly."),
    ]


def test_a_new_line_of_a_list_is_one_change() -> None:
    assert segments("- rota\n- drills", "- rota\n- visits\n- drills") == [
        Segment(SAME, "- rota\n"),
        Segment(NEW, "- visits\n"),
        Segment(SAME, "- drills"),
    ]


def test_words_that_two_sentences_happen_to_share_do_not_break_them_to_pieces() -> None:
    old, new = "Newcomers get a briefing of the local rules.", "The register of the skills is checked monthly."
    assert segments(old, new) == [
        Segment(GONE, old.removesuffix(".")),
        Segment(NEW, new.removesuffix(".")),
        Segment(SAME, "."),
    ]


def test_a_long_part_that_stayed_is_left_alone_between_two_changes() -> None:
    assert segments("Two of the drills were held in time", "Four of the drills were held in June") == [
        Segment(GONE, "Two"),
        Segment(NEW, "Four"),
        Segment(SAME, " of the drills were held in "),
        Segment(GONE, "time"),
        Segment(NEW, "June"),
    ]


def test_a_word_with_an_apostrophe_or_a_hyphen_is_one_word() -> None:
    assert segments("It isn’t self-sustaining", "It is self-assessed") == [
        Segment(SAME, "It "),
        Segment(GONE, "isn’t self-sustaining"),
        Segment(NEW, "is self-assessed"),
    ]


def test_very_long_lines_are_not_looked_into() -> None:
    old, new = "rota " * 6000, "drill " * 6000
    assert segments(old, new) == [Segment(GONE, old), Segment(NEW, new)]
