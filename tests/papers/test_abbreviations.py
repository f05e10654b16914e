"""Abbreviations: how they are typed, where prose writes one out, and what nothing explains."""

from __future__ import annotations

import pytest

from papers.abbreviations import as_lines, faults_in, read
from papers.contents.abbreviating import Abbreviations, explained_in, unexplained_in

MEANINGS = {
    "HSE": "Health and Safety Executive",
    "DDO": "Designated Detention Officer",
    "H&S": "health & safety",
    "MPS": "Metropolitan Police Service",
    "A/C": "account",
}


def written_out(*texts: str) -> list[str]:
    abbreviations = Abbreviations(MEANINGS)
    return [abbreviations.written_out(text) for text in texts]


# --- As they are typed ------------------------------------------------------------------------------------------------


def test_a_line_says_what_an_abbreviation_stands_for() -> None:
    text = "HSE: Health and  Safety Executive\r\n\n H&S : health: and safety \nOCU:unit"
    assert faults_in(text) == []
    assert read(text) == {"HSE": "Health and Safety Executive", "H&S": "health: and safety", "OCU": "unit"}
    assert read(as_lines(read(text))) == read(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("HSE: a\nHSE", "Line 2: HSE stands in line 1 already"),
        ("\nHSE", "Line 2: Write the abbreviation, a colon"),
        (": executive", "Line 1: Write the abbreviation, a colon"),
        ("HSE :", "Line 1: Write the abbreviation, a colon"),
        ("the HSE: executive", "Line 1: “the HSE” is no abbreviation"),
        ("hse: executive", "Line 1: “hse” is no abbreviation"),
        ("12: a dozen", "Line 1: “12” is no abbreviation"),
        ("<B>: bold", "Line 1: “<B>” is no abbreviation"),
        ("A: letter", "Line 1: “A” is no abbreviation"),
        ("A" * 21 + ": letters", "has 21 characters, and 20 are allowed"),
        ("HSE: " + "x" * 201, "has 201 characters, and 200 are allowed"),
        ("\n".join(f"A{number}: letter" for number in range(101)), "There are 101 abbreviations, and 100 are allowed"),
    ],
)
def test_every_fault_says_which_line_to_mend(text: str, told: str) -> None:
    (fault,) = faults_in(text)
    assert told in fault


def test_faulty_lines_are_passed_over_where_the_text_is_used() -> None:
    assert read("hse: x\nHSE: Health and Safety Executive\nMPS") == {"HSE": "Health and Safety Executive"}


# --- Written out ------------------------------------------------------------------------------------------------------


def test_the_first_use_alone_is_written_out_over_all_texts() -> None:
    assert written_out("<p>The HSE, and HSE.</p>", "<p>HSE and MPS</p>") == [
        "<p>The Health and Safety Executive (HSE), and HSE.</p>",
        "<p>HSE and Metropolitan Police Service (MPS)</p>",
    ]


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("two DDOs", "two Designated Detention Officers (DDOs)"),
        ("the HSE’s view", "the Health and Safety Executive’s (HSE’s) view"),
        ("the HSE&#x27;s view", "the Health and Safety Executive's (HSE's) view"),
        ("H&amp;S first", "health &amp; safety (H&amp;S) first"),
        ("(HSE)", "(Health and Safety Executive (HSE))"),
    ],
)
def test_what_it_stands_for_takes_its_ending(text: str, stands: str) -> None:
    assert written_out(text) == [stands]


@pytest.mark.parametrize(
    "text",
    [
        "<p>The Health and Safety Executive (HSE), HSE</p>",  # it stands written out
        "<p>The health and\nsafety <strong>executive</strong> (HSE), HSE</p>",
        "<p>Designated Detention Officers (DDOs), a DDO</p>",
        "HSEX, XHSE, HSE2, HSE-led, B&amp;HSE, hse",  # other words
        "{{ HSE.number }} \x02table.HSE\x03",  # names
        '<a href="#HSE" aria-label="HSE">1</a>',
        "5 &lt; 6 &amp;amp; &nbsp;",
        "",
    ],
)
def test_what_is_no_first_use_stays_letter_by_letter(text: str) -> None:
    assert written_out(text) == [text]


def test_what_it_stands_for_is_escaped_and_not_read_again() -> None:
    abbreviations = Abbreviations({"HSE": "<script>MPS</script>", "MPS": "police"})
    assert abbreviations.written_out("HSE") == "&lt;script&gt;MPS&lt;/script&gt; (HSE)"
    assert abbreviations.written_out("MPS") == "police (MPS)"


def test_a_plural_of_its_own_is_preferred() -> None:
    abbreviations = Abbreviations({"HSA": "health and safety authority", "HSAs": "health and safety authorities"})
    assert abbreviations.written_out("HSAs") == "health and safety authorities (HSAs)"


def test_those_that_stand_somewhere_are_listed_by_their_letters() -> None:
    found = Abbreviations(MEANINGS).found_in(["Table of MPS", "<p>H&amp;S</p>", "DDOs and a DDO", "HSEX"])
    assert found == [
        ("DDO", "Designated Detention Officer"), ("H&S", "health & safety"), ("MPS", "Metropolitan Police Service"),
    ]  # fmt: skip


# --- Unexplained ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The HSE and\nthe OCU, twice: OCU", [(2, "OCU")]),
        ("Two PCSOs and a PCSO", [(1, "PCSO")]),
        ("R&D^[of the FBI]", [(1, "R&D"), (1, "FBI")]),
        ("OFFICIAL-SENSITIVE, in the UK, as a PDF, part VII", []),
        ("Risk A, H1 and Q2, Board, GOV.UK, HSEs, {{ table.ABC }}", []),
    ],
)
def test_words_in_capitals_that_nothing_explains_are_told_once(text: str, found: list[tuple[int, str]]) -> None:
    doubts = unexplained_in(text, {"HSE"})
    assert [(doubt.line, doubt.message.split("“")[1].split("”")[0]) for doubt in doubts] == found


def test_words_in_brackets_count_as_explained() -> None:
    assert explained_in(["The unit (OCU)", "Officers (DDOs), (see 1) and (HSE, MPS)"]) == {"OCU", "DDO"}
