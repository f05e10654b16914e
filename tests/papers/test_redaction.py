"""Taking passages out of a paper: what is gone, and what is left. Without a database."""

from __future__ import annotations

import json
from typing import Any

from papers.contents.block import Block, Source
from papers.contents.redaction import IN_TEXT, MARK, Redaction, misplaced, redacted, still_said
from papers.contents.references import Figure
from rendering.markdown import paragraphs

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
    assert text_of(left, "one") == (
        f"The depot at {IN_TEXT} had {{{{ injuries.falls.number }}}} falls. {IN_TEXT} is shut."
    )
    assert "Quay" not in json.dumps(left)
    assert left["taken_out"] == [{"section": "one", "whole": False, "why": "A reason"}]


def test_passages_that_overlap_or_stand_in_each_other_leave_nothing_between_them() -> None:
    left = without(("one", "depot at Quay"), ("one", "Quay Lane had"), ("one", "Lane"))
    assert text_of(left, "one") == f"The {IN_TEXT} {{{{ injuries.falls.number }}}} falls. Quay {IN_TEXT} is shut."
    assert text_of(without(("one", "out"), ("one", "Quay Lane")), "one").count("taken") == 2


def test_a_line_end_in_the_text_is_a_blank_of_the_passage() -> None:
    content = {**CONTENT, "parts": [{"heading": "All", "sections": [section("one", text="12 12 12 at Quay\nLane.")]}]}
    left = redacted(content, [Redaction("one", "Quay Lane", "r"), Redaction("one", "12 12", "r")], blocks=BLOCKS)
    assert text_of(left, "one") == f"{IN_TEXT} at {IN_TEXT}."


def test_the_mark_is_words_wherever_it_stands() -> None:
    """A bracket before a colon would begin an address for later, one before a round bracket a link."""
    assert paragraphs(f"{IN_TEXT}: injured.\n\n{IN_TEXT}(Leeds)")[0].html == f"<p>{MARK}: injured.</p>"
    assert paragraphs(f"{IN_TEXT}: injured.\n\n{IN_TEXT}(Leeds)")[1].html == f"<p>{MARK}(Leeds)</p>"


def test_an_abbreviation_that_would_say_what_was_taken_out_goes_too() -> None:
    meanings = {"OPX": "Operation Example of Bradford", "OPY": "Quay Lane", "HSE": "Health and Safety Executive"}
    content = {**CONTENT, "abbreviations": meanings}
    left = redacted(
        content, [Redaction("one", "Operation  example", "r"), Redaction("one", "Quay Lane", "r")], blocks=BLOCKS
    )
    assert left["abbreviations"] == {"HSE": "Health and Safety Executive"}


def test_what_is_told_of_the_previous_paper_loses_the_figures_of_what_was_taken_out() -> None:
    source = Source("injuries", lambda _: None, lambda _: iter([Figure("injuries.falls.number", "12", "Falls")]))
    told = Block("told", "told", Source("previous_paper", lambda _: None), lambda _data, _options: iter(()))
    blocks = {"table": Block("table", "table", source, lambda _data, _options: iter(())), "told": told}
    changes = [
        {"code": "injuries", "changes": [{"name": "injuries.falls.number"}]},
        {"code": "risks", "changes": [{"name": "risks.open"}]},
    ]
    content = {
        **CONTENT,
        "parts": [{"heading": "All", "sections": [section("table", "table"), section("told", "told")]}],
        "data": {"injuries": {"rows": []}, "previous_paper": {"title": "Before", "changes": changes}},
    }
    left = redacted(content, [Redaction("table", "", "r")], blocks=blocks)
    assert left["data"] == {"previous_paper": {"title": "Before", "changes": changes[1:]}}


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


def test_what_still_stands_elsewhere_or_written_otherwise_is_told() -> None:
    taken = [Redaction("one", "Quay **Lane**", "r"), Redaction("one", "depot", "r"), Redaction("two", "", "r")]
    assert still_said("The QUAY\nLane of old. Not quay lanes: Quay Lane.", taken) == {"Quay Lane": 3}


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
