"""One text out of two people's: nothing that either of them added is lost."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from records.merging import Proposal, propose

BASE = "The rota is checked weekly. Minutes are kept. Drills are held."

# Few words, so that texts share many of them; and what people type between them.
WORDS = st.sampled_from(
    ["rota", "drill", "the", "level", "3", "checked", "don’t", "e\u0301quipe", "équipe", "-", "(see"]
)
BLANKS = st.sampled_from([" ", " ", " ", "  ", ". ", ".\n", "\n", "\r\n", "\n\n- ", ", ", "\r"])
# The machine may be busy with something else: how long it takes to think of an example says nothing here.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
TEXTS = st.lists(st.tuples(WORDS, BLANKS), max_size=30).map(lambda parts: "".join(w + b for w, b in parts))


def stored(text: str) -> str:
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"[^\W_]+|[-(]", stored(text)))


@PATIENT
@given(base=TEXTS, mine=TEXTS, theirs=TEXTS)
def test_nothing_that_either_person_added_is_lost(base: str, mine: str, theirs: str) -> None:
    proposed = words(propose(base, mine, theirs).text)
    assert not (words(mine) - words(base)) - proposed
    assert not (words(theirs) - words(base)) - proposed


@PATIENT
@given(mine=TEXTS, theirs=TEXTS)
def test_with_no_common_beginning_known_both_texts_are_whole_in_the_proposal(mine: str, theirs: str) -> None:
    proposed = words(propose(None, mine, theirs).text)
    assert not words(mine) - proposed
    assert not words(theirs) - proposed


@PATIENT
@given(data=st.data(), base=st.lists(st.sampled_from(["rota.", "drill", "the", "level.\n", "3"]), max_size=25))
def test_what_each_person_added_stands_in_the_order_in_which_they_wrote_it(
    data: st.DataObject, base: list[str]
) -> None:
    def edited(by: str) -> list[str]:
        """Take some words out and put words in that nobody else has."""
        kept = [word for word in base if data.draw(st.integers(0, 3))]
        places = sorted(data.draw(st.lists(st.integers(0, len(kept)), max_size=8)), reverse=True)
        for number, place in enumerate(places):
            kept.insert(place, f"{by}{len(places) - number}")
        return kept

    mine, theirs = edited("mine"), edited("theirs")
    proposed = propose(" ".join(base), " ".join(mine), " ".join(theirs)).text
    for by, text in (("mine", mine), ("theirs", theirs)):
        # A sentence that both changed may stand twice, with what its author put in; never out of order or left out.
        rest = iter(re.findall(r"[a-z]+\d+", proposed))
        assert all(word in rest for word in text if word.startswith(by))


@PATIENT
@given(base=TEXTS, changed=TEXTS)
def test_what_only_one_of_them_changed_is_proposed_as_they_left_it(base: str, changed: str) -> None:
    assert propose(base, changed, base) == Proposal(stored(changed), is_clean=True)
    assert propose(base, base, changed) == Proposal(stored(changed), is_clean=True)


@PATIENT
@given(base=st.none() | TEXTS, changed=TEXTS)
def test_what_both_changed_alike_stands_once(base: str | None, changed: str) -> None:
    assert propose(base, changed, changed) == Proposal(stored(changed), is_clean=True)


@PATIENT
@given(text=TEXTS)
def test_line_ends_and_composed_letters_are_nobodys_change(text: str) -> None:
    with_crlf = stored(text).replace("\n", "\r\n")
    decomposed = unicodedata.normalize("NFD", text)
    assert propose(text, with_crlf, decomposed) == Proposal(stored(text), is_clean=True)


@PATIENT
@given(base=TEXTS, mine=TEXTS, theirs=TEXTS)
def test_a_proposal_is_stored_as_it_is_shown(base: str, mine: str, theirs: str) -> None:
    proposed = propose(base, mine, theirs).text
    assert "\r" not in proposed
    assert not re.search("<<<|>>>|===", proposed)


@pytest.mark.parametrize(
    ("mine", "theirs", "proposed"),
    [
        (
            "The rota is checked daily. Minutes are kept. Drills are held.",
            "The rota is checked weekly. Minutes are kept. Drills are logged.",
            "The rota is checked daily. Minutes are kept. Drills are logged.",
        ),
        (
            "The night rota is checked weekly. Minutes are kept. Drills are held.",
            "The rota is checked weekly by the inspector. Minutes are kept. Drills are held.",
            "The night rota is checked weekly by the inspector. Minutes are kept. Drills are held.",
        ),
        (
            "Minutes are kept. Drills are held.",
            f"{BASE} Visits are noted.",
            "Minutes are kept. Drills are held. Visits are noted.",
        ),
    ],
    ids=["two sentences", "one sentence", "one takes out, the other adds"],
)
def test_changes_that_stand_apart_are_both_taken(mine: str, theirs: str, proposed: str) -> None:
    assert propose(BASE, mine, theirs) == Proposal(proposed, is_clean=True)


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "proposed"),
    [
        (
            BASE,
            BASE.replace("weekly", "daily"),
            BASE.replace("weekly", "monthly"),
            "The rota is checked daily. The rota is checked monthly. Minutes are kept. Drills are held.",
        ),
        (
            BASE,
            f"{BASE} Visits are noted.",
            f"{BASE} Reports are read.",
            f"{BASE} Visits are noted. Reports are read.",
        ),
        (
            BASE,
            BASE.replace("The rota is checked weekly. ", ""),
            BASE.replace("weekly", "monthly"),
            "The rota is checked monthly. Minutes are kept. Drills are held.",
        ),
        (
            "- rota\n- drills",
            "- rota\n- visits\n- drills",
            "- rota\n- minutes\n- drills",
            "- rota\n- visits\n- minutes\n- drills",
        ),
        ("a level", "a high level", "no level", "a high level\nno level"),
        ("", "Rota checked.", "Minutes kept.", "Rota checked.\nMinutes kept."),
        ("Rota", "Rota and minutes", "Rota, drills", "Rota and minutes, drills"),
    ],
    ids=[
        "the same word",
        "at the same end",
        "taken out and changed",
        "lines of a list",
        "word beside word",
        "into an empty field",
        "after the same word",
    ],
)
def test_where_changes_meet_both_stand_one_after_the_other(base: str, mine: str, theirs: str, proposed: str) -> None:
    assert propose(base, mine, theirs) == Proposal(proposed, is_clean=False)


@pytest.mark.parametrize(
    ("mine", "theirs", "proposed"),
    [
        ("Rota checked. Minutes kept.", "Rota checked. Drills held.", "Rota checked. Minutes kept. Drills held."),
        ("Rota checked", "Rota checked twice", "Rota checked twice"),
        ("Rota.\nMinutes.", "Drills.\nMinutes.", "Rota.\nDrills.\nMinutes."),
    ],
    ids=["common sentence", "one goes on", "common line"],
)
def test_without_a_base_what_both_have_stands_once(mine: str, theirs: str, proposed: str) -> None:
    assert propose(None, mine, theirs) == Proposal(proposed, is_clean=False)


def test_very_long_texts_are_put_one_after_the_other_without_looking_into_them() -> None:
    mine, theirs = "rota " * 6000 + "mine", "rota " * 6000 + "theirs"
    assert propose("rota " * 6000, mine, theirs) == Proposal(f"{mine}\n{theirs}", is_clean=False)
