"""Numbers typed by hand near figures that the data know: the source's own slips are found, and honest prose is not."""

from __future__ import annotations

import pytest

from papers.contents.references import Figure
from papers.contents.typed_numbers import doubts_in

DDOS = "injuries.assaults_with_injury.ddos"
FIGURES = [
    Figure(f"{DDOS}.number", "80", "DDOs: number"),
    Figure(f"{DDOS}.number_before", "40", "DDOs: number before"),
    Figure(f"{DDOS}.rate", "9.81", "DDOs: rate"),
    Figure(f"{DDOS}.rate_change", "+75.1%", "DDOs: change in the rate"),
    Figure("injuries.assaults_with_injury.police_officers.number", "1,890", "Police officers: number"),
    Figure("injuries.major_injuries.number", "89", "Major injuries: number"),
    Figure("injuries.major_injuries.rate_change", "+25.2%", "Major injuries: change in the rate"),
    Figure("custody.interventions.number", "258", "Custody: number of successful interventions"),
    Figure("working_time.share", "97.5%", "Working time: share that complied"),
    Figure("maturity.leadership.median", "3", "Leadership: median"),
]


def doubted(text: str) -> list[tuple[int, str]]:
    return [(doubt.line, doubt.message.split("”")[0].strip("“")) for doubt in doubts_in(text, FIGURES)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Assaults on DDOs rose by 74.1%.", [(1, "74.1%")]),
        ("Assaults on DDOs rose by 75.1%, from 40 to 80.", []),
        ("First line.\n\nAssaults on DDOs: 81 in all.", [(3, "81")]),
        ("Major injuries came to 88.", [(1, "88")]),
        ("There were 1,980 assaults on police officers.", [(1, "1,980")]),
        ("There were 1,890 assaults on police officers.", []),
        ("On 30 June 2019, and in 2018/19, major injuries were looked at.", []),  # days and years are no figures
        ("Major injuries: {{ injuries.major_injuries.number }} of them.", []),
        ("A sub-group of 7 met. It looked at major injuries.", []),  # another sentence
        ("The leadership theme has 4 criteria.", []),
        ("Interventions in custody numbered 387.", [(1, "387")]),
        ("There were 7 interventions by the fire service.", []),
        ("Working time: 98.5% complied.", [(1, "98.5%")]),
        ("", []),
    ],
)
def test_a_number_that_differs_from_the_figure_it_stands_near_is_doubted(
    text: str, found: list[tuple[int, str]]
) -> None:
    assert doubted(text) == found


def test_a_rise_is_no_fall_of_the_same_size() -> None:
    figures = [Figure("injuries.falls.rate_change", "−12.6%", "Falls: change in the rate")]
    assert doubts_in("The rate of falls rose by +12.6%.", figures) != []
    for typed in ("−12.6%", "-12.6%", "12.6%"):
        assert doubts_in(f"The rate of falls changed by {typed}.", figures) == []


def test_a_doubt_says_what_the_data_have_and_how_to_name_it() -> None:
    (doubt,) = doubts_in("Assaults on DDOs rose by 74.1%.", FIGURES)
    assert "the data have +75.1% (DDOs: change in the rate)" in doubt.message
    assert "{{ injuries.assaults_with_injury.ddos.rate_change }}" in doubt.message
