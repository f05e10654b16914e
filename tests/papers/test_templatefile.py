"""The file of a paper template: what is read, and every fault that is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from papers.contents.blocks import KINDS
from papers.skeleton import Numbering, as_json, of_json
from papers.templatefile import NotTemplate, read
from tests.factories.papers import FIXTURES

SHIPPED = sorted(FIXTURES.glob("paper-*.toml"))
HEAD = 'format = 1\ncode = "short"\nname = "Short paper"\nnumbering = "01."\n'
BODY = """
[[parts]]
heading = "All of it"
[[parts.sections]]
key = "words"
chapter = 1
starts_with = "About {half}."
needed = "Write the words."
[[parts.sections]]
key = "table"
heading = "Table"
kind = "injury-table"
options = { indicators = ["assaults-with-injury"] }
"""
APPENDIX = """
[[parts]]
heading = "more"
appendix = true
[[parts.sections]]
key = "more"
"""


def faults(text: str) -> tuple[str, ...]:
    with pytest.raises(NotTemplate) as found:
        read(text, kinds=KINDS)
    return found.value.faults


def test_a_template_is_read_and_comes_back_from_where_it_is_kept() -> None:
    said = read(HEAD + BODY, kinds=KINDS)
    assert (said.code, said.name, said.skeleton.numbering) == ("short", "Short paper", Numbering.RUNNING)
    words, table = said.skeleton.sections
    assert (words.key, words.chapter, words.is_prose, words.needed) == ("words", 1, True, "Write the words.")
    assert (table.heading, table.kind, table.options) == (
        "Table", "injury-table", {"indicators": ["assaults-with-injury"]},
    )  # fmt: skip
    assert said.skeleton.name_of("words") == "All of it"
    assert said.skeleton.first_texts("H1 2025/26") == {"words": "About H1 2025/26."}
    assert of_json(as_json(said.skeleton)) == said.skeleton


def test_appendices_and_abbreviations_are_read_and_come_back_in_their_order() -> None:
    known = '[abbreviations]\nOCU = "Operational Command Unit"\n"H&S" = "health and  safety"\nCOG = "group"\n'
    said = read(HEAD + known + BODY + APPENDIX, kinds=KINDS).skeleton
    assert [part.is_appendix for part in said.parts] == [False, True]
    for skeleton in (said, of_json(as_json(said))):
        assert list(skeleton.abbreviations.items()) == [
            ("OCU", "Operational Command Unit"), ("H&S", "health and safety"), ("COG", "group"),
        ]  # fmt: skip
    assert of_json(as_json(said)) == said


def test_a_skeleton_kept_before_there_were_appendices_and_abbreviations_is_read() -> None:
    section = {"key": "words", "heading": "", "kind": "prose", "chapter": 1}
    kept = {"numbering": "1.1", "parts": [{"heading": "All", "sections": [section]}]}
    skeleton = of_json(kept)
    assert (skeleton.parts[0].is_appendix, skeleton.abbreviations) == (False, {})


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_what_is_shipped_is_read_without_a_fault(path: Path) -> None:
    said = read(path.read_text(encoding="utf-8"), kinds=KINDS)
    assert f"paper-{said.code}" == path.stem
    assert said.meaning


def test_the_shapes_of_both_sources_and_two_more_are_shipped() -> None:
    assert {
        "paper-culture-project",
        "paper-safety-performance",
        "paper-force-summary",
        "paper-yearly-report",
        "paper-board-pack",
    } < {path.stem for path in SHIPPED}


def with_options(kind: str, said: str) -> str:
    return HEAD + BODY.replace("injury-table", kind).replace('{ indicators = ["assaults-with-injury"] }', said)


@pytest.mark.parametrize(
    ("kind", "said", "told"),
    [
        ("injury-table", '{ indicators = "assaults" }', "indicators is 'assaults'. Write a list of codes"),
        ("injury-table", '{ indicators = ["Assaults With Injury"] }', "has 'Assaults With Injury'. A code is of small"),
        ("injury-table", "{ indicators = [3] }", "has 3. A code is of small letters"),
        ("injury-table", "{ comparison = 0 }", "comparison is 0. Write true or false."),
        ("injury-table", '{ anchor = "Table 1" }', "anchor is 'Table 1'. Write small letters"),
        ("injury-table", "{ anchor = 2020-01-01 }", "Write small letters"),
        ("board-meetings", "{ meetings = true }", "meetings is True. Write a whole number from 1 to 8."),
        ("board-meetings", "{ meetings = 9 }", "meetings is 9. Write a whole number from 1 to 8."),
        ("injury-charts", "{ months = 6 }", "months is 6. Write a whole number from 12 to 36."),
        ("movement", '{ groups = ["Front Line"] }', "groups has 'Front Line'. A code is of small"),
        ("previous-paper", '{ endings = "rate" }', "endings is 'rate'. Write a list of up to 100 endings"),
        ("previous-paper", '{ endings = ["Rate change"] }', "endings has 'Rate change'. An ending is of small letters"),
        ("services", "{ plan = 3 }", "plan is 3. Write a name in quotation marks."),
        ("services", '{ plan = "' + "p" * 201 + '" }', "plan is longer than 200 characters"),
    ],
)
def test_options_take_what_their_block_declares(kind: str, said: str, told: str) -> None:
    (fault,) = faults(with_options(kind, said))
    assert fault.startswith("parts 1.sections 2.options: ")
    assert told in fault


def test_options_that_hold_are_read_as_they_are_written() -> None:
    said = '{ indicators = ["handling"], comparison = false, anchor = "lifting" }'
    _, table = read(with_options("injury-table", said), kinds=KINDS).skeleton.sections
    assert table.options == {"indicators": ["handling"], "comparison": False, "anchor": "lifting"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x = ", "The file is no TOML"),
        ("format = 2", "format = 1"),
        (HEAD, "has no parts"),
        (HEAD.replace('"01."', '"i."') + BODY, 'Write "01." or "1.1"'),
        (HEAD.replace('"short"', '"No Good"') + BODY, "small letters"),
        (HEAD + BODY.replace('"injury-table"', '"pie-chart"'), "there is no kind 'pie-chart'"),
        (HEAD + BODY.replace("indicators", "colour"), "nothing is called “colour”"),
        (HEAD + BODY.replace('key = "table"', 'key = "words"'), "stands in the file already"),
        (HEAD + BODY.replace('heading = "Table"\n', ""), "only the first section"),
        (HEAD + BODY.replace("chapter = 1", "chapter = true"), "whole number"),
        (HEAD + BODY.replace('kind = "injury-table"', 'kind = "injury-table"\nneeded = "x"'), "is for prose"),
        (HEAD + BODY.replace('heading = "All of it"', "heading = 3"), "quotation marks"),
        (HEAD + BODY + "[extra]\nx = 1", "nothing is called “extra”"),
        (HEAD + "parts = [1]", "is no table"),
        (HEAD + 'parts = "x"', "is no list"),
        (HEAD + BODY.replace("About", "A" * 10_001), "10,000 are allowed"),
        (HEAD + BODY.replace('of it"', 'of it"\nappendix = "yes"'), "Write true or false"),
        (HEAD + APPENDIX + BODY, "Put appendices last"),
        (HEAD + 'abbreviations = "HSE"' + BODY, "Begin it with [abbreviations]"),
        (HEAD + "[abbreviations]\nHSE = 3" + BODY, "what HSE stands for is no text"),
        (HEAD + '[abbreviations]\nhse = "executive"' + BODY, "abbreviations: “hse” is no abbreviation"),
        (HEAD + '[abbreviations]\nHSE = " "' + BODY, "abbreviations: Write the abbreviation"),
        (
            HEAD + "[abbreviations]\n" + "".join(f'A{number} = "x"\n' for number in range(101)) + BODY,
            "101 entries, and 100 are allowed",
        ),
    ],
)
def test_every_fault_says_where_and_what_to_do(text: str, told: str) -> None:
    assert any(told in fault for fault in faults(text)), faults(text)


def test_faults_are_told_together() -> None:
    assert len(faults(HEAD + BODY.replace("indicators", "colour").replace("chapter = 1", "chapter = 99"))) == 2
