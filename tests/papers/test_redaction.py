"""Taking passages out of a paper: what is gone, and what is left. Without a database."""

from __future__ import annotations

import json
from typing import Any

from papers.contents.block import Block, Source
from papers.contents.redaction import MARK, Redaction, misplaced, redacted

BLOCKS = {
    kind: Block(
        kind, kind, Source(source, lambda _asked: None, lambda _data: iter(())), lambda _data, _options: iter(())
    )
    for kind, source in (("table", "injuries"), ("list", "injuries"), ("register", "risks"))
}


def section(key: str, kind: str = "prose", text: str = "") -> dict[str, Any]:
    return {"key": key, "heading": key.title(), "kind": kind, "chapter": 1, "options": {}, "text": text}


CONTENT: dict[str, Any] = {
    "title": "A paper",
    "parts": [
        {
            "heading": "All",
            "sections": [
                section("one", text="The depot at Quay Lane had {{ injuries.falls.number }} falls. Quay Lane is shut."),
                section("two", text="Risks stand at {{ risks.open }}."),
                section("table", "table"),
                section("list", "list"),
                section("register", "register"),
            ],
        }
    ],
    "data": {"injuries": {"rows": ["secret injuries"]}, "risks": {"rows": ["secret risks"]}, "unused": {}},
    "figures": {"injuries.falls.number": "12", "injuries.falls.rate": "0.4", "risks.open": "3"},
}


def without(*redactions: tuple[str, str]) -> dict[str, Any]:
    return redacted(CONTENT, [Redaction(key, words, "A reason") for key, words in redactions], blocks=BLOCKS)


def text_of(content: dict[str, Any], key: str) -> str:
    return next(str(one["text"]) for one in content["parts"][0]["sections"] if one["key"] == key)


def test_words_are_gone_wherever_they_stand_in_the_section() -> None:
    left = without(("one", "Quay Lane"))
    assert text_of(left, "one") == (f"The depot at {MARK} had {{{{ injuries.falls.number }}}} falls. {MARK} is shut.")
    assert "Quay" not in json.dumps(left)
    assert left["taken_out"] == [{"section": "one", "whole": False, "why": "A reason"}]


def test_the_longer_of_two_passages_goes_first() -> None:
    left = without(("one", "Quay"), ("one", "Quay Lane is shut."))
    assert text_of(left, "one") == f"The depot at {MARK} Lane had {{{{ injuries.falls.number }}}} falls. {MARK}"


def test_a_whole_block_goes_with_its_data_once_nothing_else_draws_on_them() -> None:
    assert set(without(("table", ""))["data"]) == {"injuries", "risks"}
    left = without(("table", ""), ("list", ""), ("register", ""))
    assert left["data"] == {}
    assert "secret" not in json.dumps(left)


def test_only_figures_that_prose_still_names_are_kept() -> None:
    assert without(("register", ""))["figures"] == {"injuries.falls.number": "12", "risks.open": "3"}
    assert without(("two", ""))["figures"] == {"injuries.falls.number": "12"}


def test_the_paper_itself_stays_as_it_was() -> None:
    before = json.dumps(CONTENT)
    without(("one", "Quay Lane"), ("table", ""))
    assert json.dumps(CONTENT) == before


def test_what_nothing_answers_to_is_told_at_its_row() -> None:
    redactions = [
        Redaction("one", "Quay Lane", "r"),
        Redaction("none", "", "r"),
        Redaction("table", "words", "r"),
        Redaction("one", "quay lane", "r"),
        Redaction("one", "Quay Lane", "r"),
    ]
    found = {fault.number: fault.message.split(".")[0] for fault in misplaced(CONTENT, redactions)}
    assert found == {
        1: "This paper has no such section",
        2: "This section is drawn from data",
        3: "These words do not stand in the section",
        4: "This is taken out already, a few lines above",
    }


def test_what_an_abbreviation_stands_for_goes_with_the_passage_that_says_it() -> None:
    """Left elsewhere, the abbreviation would be written out there, and say what has been taken out."""
    known = {"OPX": "Operation Foxglove", "QLD": "Quay Lane depot", "HSE": "Health and Safety Executive"}
    texts = {"one": "operation foxglove (OPX) went to the QLD", "two": "OPX, QLD and the HSE."}
    parts = [{"heading": "All", "sections": [section(key, text=text) for key, text in texts.items()]}]
    content = CONTENT | {"parts": parts, "abbreviations": known}
    for words, gone in (("operation foxglove", {"OPX"}), ("the QLD", {"QLD"}), ("", {"OPX", "QLD"})):
        left = redacted(content, [Redaction("one", words, "A reason")], blocks=BLOCKS)
        assert set(known) - set(left["abbreviations"]) == gone
