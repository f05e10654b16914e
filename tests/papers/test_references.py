"""Names in prose: what they stand for, and what is wrong with them, line by line."""

from __future__ import annotations

import pytest

from papers.contents.references import faults_in, named_in, reference, resolved, unmarked

NAMES = {
    "injuries.assaults_with_injury.ddos.rate_change": "+75.1%",
    "injuries.assaults_with_injury.police_officers.rate_change": "+4.2%",
    "injuries.major_injuries.number": "89",
    "table.assaults": "Table 1",
}


def put_in(html: str) -> str:
    return resolved(html, NAMES, fault="[%s]")


@pytest.mark.parametrize(
    ("said", "stands"),
    [
        ("{{ injuries.major_injuries.number }}", "89"),
        ("{{major_injuries.number}}", "89"),  # shortened from the left, where one alone ends like it
        ("{{ ddos.rate_change }}", "+75.1%"),
        ("{{ table.assaults }}", "Table 1"),
        ("{{ rate_change }}", "[{{ rate_change }}]"),  # two end like it
        ("{{ number_of_dogs }}", "[{{ number_of_dogs }}]"),
        ("{{ umber }}", "[{{ umber }}]"),  # names are shortened between dots
        ("{{ }}", "[{{ }}]"),
        ("{ not a name }", "{ not a name }"),
    ],
)
def test_a_name_stands_for_one_thing_or_is_shown_as_a_fault(said: str, stands: str) -> None:
    assert put_in(f"<p>{said}</p>") == f"<p>{stands}</p>"


def test_what_a_name_stands_for_is_escaped() -> None:
    assert resolved("{{ a.b }}", {"a.b": "<b>&"}, fault="%s") == "&lt;b&gt;&amp;"


def test_each_fault_is_told_at_its_line_with_what_may_be_meant() -> None:
    text = "Well: {{ ddos.rate_change }}.\n\n{{ rate_change }} rose, {{ injuries.major_injury.number }} fell.\n}} here"
    found = [(fault.line, fault.message) for fault in faults_in(text, NAMES)]
    assert [line for line, _ in found] == [3, 3, 4]
    assert "“rate_change” may be injuries.assaults_with_injury.ddos.rate_change, injuries.assaults" in found[0][1]
    assert (
        "Nothing in this paper is called “injuries.major_injury.number”. Did you mean injuries.major_inj" in found[1][1]
    )
    assert "opened or closed on their own" in found[2][1]


def test_a_text_without_names_has_no_faults_and_names_nothing() -> None:
    assert (faults_in("Plain { words }.", NAMES), named_in("Plain { words }.")) == ([], [])


def test_a_block_names_by_marks_that_nobody_can_type() -> None:
    """What people have written elsewhere, such as an update of a risk, may hold curly brackets."""
    html = f"<p>{reference('table.assaults')} and {{{{ table.assaults }}}}</p>"
    assert unmarked(html, NAMES) == "<p>Table 1 and {{ table.assaults }}</p>"
