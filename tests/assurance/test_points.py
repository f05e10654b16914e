"""Points to look at: each rule on plain values, with the fact it states and the cases next to it that are silent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from assurance.points import (
    Aim,
    Earlier,
    Evidence,
    Kind,
    LateAction,
    Point,
    StatementFacts,
    ThemeFacts,
    Twin,
    Validated,
    changed_in_words,
    points_to_look_at,
)

WRITTEN = Evidence("a1", 80, frozenset({"https://intranet.example/audit"}))
LAST = Earlier("2025/26-Q1", 2, WRITTEN)
AIM = Aim(3, date(2026, 3, 31), "endorsed by the Management Board on 1 April 2025")
AUDIT = Validated(3, date(2025, 2, 7), "Audit 12 of the Safety and Health Risk Management Team")
TWIN = Twin("Mill Lane", "mill-lane", "Audit")
LEADERSHIP = ThemeFacts("leadership", "Leadership", level=3, evidence=WRITTEN)


def points(*themes: ThemeFacts, late: tuple[LateAction, ...] = ()) -> list[Point]:
    return list(points_to_look_at(StatementFacts("2025/26-Q2", themes, late)))


@pytest.mark.parametrize(
    ("theme", "kind", "fact"),
    [
        (
            replace(LEADERSHIP, last=LAST),
            Kind.RAISED,
            "Level 3, raised from 2 in 2025/26-Q1, and nothing of the evidence is new.",
        ),
        (
            # A link that was taken out is no new evidence.
            replace(LEADERSHIP, last=LAST, evidence=Evidence("a1", 80)),
            Kind.RAISED,
            "Level 3, raised from 2 in 2025/26-Q1, and nothing of the evidence is new.",
        ),
        (
            # Neither is a text that is no longer there.
            replace(LEADERSHIP, last=LAST, evidence=Evidence("", 0, WRITTEN.items)),
            Kind.RAISED,
            "Level 3, raised from 2 in 2025/26-Q1, and nothing of the evidence is new.",
        ),
        (
            replace(LEADERSHIP, level=4, validated=AUDIT),
            Kind.ABOVE_VALIDATED,
            "Level 4, above the level 3 that was last validated, on 7 February 2025.",
        ),
        (
            replace(LEADERSHIP, criteria=6, criteria_met=5),
            Kind.UNTICKED,
            "5 of the 6 points of level 3 are ticked.",
        ),
        (
            replace(LEADERSHIP, criteria=2, criteria_met=1),
            Kind.UNTICKED,
            "1 of the 2 points of level 3 is ticked.",
        ),
        (
            replace(LEADERSHIP, level=2, target=AIM),
            Kind.NO_ACTION,
            "Level 2, below the target of level 3 by 31 March 2026, and no action is open.",
        ),
        (
            replace(LEADERSHIP, open_actions=2, late=(LateAction("Brief every supervisor", date(2025, 7, 31)),)),
            Kind.OVERDUE,
            "The action “Brief every supervisor” was due on 31 July 2025.",
        ),
        (
            replace(LEADERSHIP, twins=(TWIN,)),
            Kind.SAME_TEXT,
            "The evidence has the same words as that of Mill Lane on Audit.",
        ),
        (
            replace(LEADERSHIP, twins=tuple(replace(TWIN, unit=name) for name in "ABCDE")),
            Kind.SAME_TEXT,
            "The evidence has the same words as that of A on Audit, B on Audit, C on Audit and 2 more.",
        ),
    ],
)
def test_a_point_states_a_fact_of_its_theme_and_where_it_is_from(theme: ThemeFacts, kind: Kind, fact: str) -> None:
    (point,) = points(theme)
    assert (point.kind, point.theme, point.theme_name, point.fact) == (kind, "leadership", "Leadership", fact)
    assert point.source


@pytest.mark.parametrize(
    "theme",
    [
        LEADERSHIP,
        # Raised, on a changed text, another link, or another link beside the same text.
        replace(LEADERSHIP, last=LAST, evidence=Evidence("b2", 80, WRITTEN.items)),
        replace(LEADERSHIP, last=LAST, evidence=Evidence("a1", 80, frozenset({"blob 4"}))),
        replace(LEADERSHIP, last=LAST, evidence=Evidence("a1", 80, WRITTEN.items | {"blob 4"})),
        # The same level, a lower one, one given for the first time, one taken back.
        replace(LEADERSHIP, last=replace(LAST, level=3)),
        replace(LEADERSHIP, last=replace(LAST, level=4)),
        replace(LEADERSHIP, last=replace(LAST, level=None)),
        replace(LEADERSHIP, last=LAST, level=None),
        # The theme means something else than it did.
        replace(LEADERSHIP, last=replace(LAST, why_not="Assurance moved to another theme.")),
        # As validated, below it, or without a level.
        replace(LEADERSHIP, validated=AUDIT),
        replace(LEADERSHIP, level=2, validated=AUDIT),
        replace(LEADERSHIP, level=None, validated=AUDIT),
        # All points ticked, none, or none to tick.
        replace(LEADERSHIP, criteria=6, criteria_met=6),
        replace(LEADERSHIP, criteria=6, criteria_met=0),
        replace(LEADERSHIP, level=None, criteria=6, criteria_met=3),
        # At the target, above it, short of it with an action, and without a level.
        replace(LEADERSHIP, target=AIM),
        replace(LEADERSHIP, level=4, target=AIM),
        replace(LEADERSHIP, level=2, target=AIM, open_actions=1),
        replace(LEADERSHIP, level=None, target=AIM),
        # Words so few that two units come to them by themselves.
        replace(LEADERSHIP, evidence=Evidence("a1", 59), twins=(TWIN,)),
        # What is not scored has no level to speak of.
        replace(LEADERSHIP, scored=False, last=LAST, validated=Validated(1, date(2025, 2, 7), "Audit")),
        replace(LEADERSHIP, scored=False, level=2, target=AIM),
    ],
)
def test_next_to_it_nothing_is_said(theme: ThemeFacts) -> None:
    assert points(theme) == []


def test_the_shortest_text_that_is_compared_has_sixty_characters() -> None:
    assert [point.kind for point in points(replace(LEADERSHIP, evidence=Evidence("a1", 60), twins=(TWIN,)))] == [
        Kind.SAME_TEXT
    ]


def test_a_statement_that_was_merely_carried_is_one_point_about_all_of_it() -> None:
    carried = [replace(LEADERSHIP, identity=name, carried="confirmed") for name in ("leadership", "audit")]
    unscored = ThemeFacts("wellbeing", "Wellbeing", scored=False)
    (point,) = points(*carried, unscored)
    assert (point.kind, point.theme) == (Kind.CARRIED, None)
    assert point.fact == "All 2 scored themes were carried forward and confirmed unchanged."
    for other in ("", "changed", "unconfirmed"):
        assert points(carried[0], replace(carried[1], carried=other), unscored) == []
    assert points(unscored) == []


def test_actions_under_no_theme_are_about_the_whole_statement() -> None:
    (point,) = points(LEADERSHIP, late=(LateAction("Repair the gate", date(2025, 8, 1)),))
    assert (point.kind, point.theme) == (Kind.OVERDUE, None)
    assert point.fact == "The action “Repair the gate” was due on 1 August 2025."


def test_points_come_in_the_order_of_the_statement_after_those_about_all_of_it() -> None:
    audit = replace(LEADERSHIP, identity="audit", name="Audit", twins=(TWIN,), criteria=6, criteria_met=1)
    leadership = replace(LEADERSHIP, level=2, target=AIM)
    found = points(leadership, audit, late=(LateAction("Repair the gate", date(2025, 8, 1)),))
    assert [(point.theme, point.kind) for point in found] == [
        (None, Kind.OVERDUE),
        ("leadership", Kind.NO_ACTION),
        ("audit", Kind.UNTICKED),
        ("audit", Kind.SAME_TEXT),
    ]


def test_what_changed_is_counted_in_words() -> None:
    other = Evidence("c3", 80)
    themes = (
        replace(LEADERSHIP, last=LAST),  # raised
        replace(LEADERSHIP, last=replace(LAST, level=1)),  # raised
        replace(LEADERSHIP, last=replace(LAST, level=5), evidence=other),  # lowered, other evidence
        replace(LEADERSHIP, last=replace(LAST, level=None)),  # given
        replace(LEADERSHIP, last=LAST, level=None),  # taken back
        replace(LEADERSHIP, last=replace(LAST, level=3)),  # the same
        replace(LEADERSHIP, last=replace(LAST, why_not="Moved."), evidence=other),  # not compared
        replace(LEADERSHIP, scored=False, level=None, last=replace(LAST, level=None), evidence=other),
        LEADERSHIP,  # nothing to compare it with
    )
    assert changed_in_words(StatementFacts("2025/26-Q2", themes)) == (
        "2 levels raised",
        "1 level lowered",
        "1 level given",
        "1 level taken back",
        "evidence changed in 2 themes",
        "1 theme not comparable",
    )
    assert changed_in_words(StatementFacts("2025/26-Q2", (replace(LEADERSHIP, last=replace(LAST, level=3)),))) == ()
