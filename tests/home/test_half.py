"""A business group's half-year worked out: targets, movement, and the questions they ask. One asks the database."""

from __future__ import annotations

from datetime import date

from home.half import (
    Facts,
    Fall,
    Reading,
    ThemeFacts,
    UnitFacts,
    falls,
    merely_carried,
    questions,
    standings,
)
from maturity.applying import TargetFacts

TODAY = date(2026, 11, 29)
PASSED, AHEAD = date(2026, 3, 31), date(2027, 3, 31)
GROUP = 9
LEADERSHIP, AUDIT = ThemeFacts("leadership", "Leadership"), ThemeFacts("audit", "Assurance and Audit")
KILN, MARSH, QUAY = (
    UnitFacts(number, name, name.lower(), band)
    for number, (name, band) in enumerate([("Kiln", "low"), ("Marsh", "medium"), ("Quay", "high")], start=1)
)
UNITS = [KILN, MARSH, QUAY]


def reading(*, edition: int = 1, carried: tuple[str, ...] = (), **levels: int | None) -> Reading:
    return Reading("Q2 2026/27", 1, edition, levels, frozenset(carried))


def facts(**chosen: object) -> Facts:
    values = {
        "half": "H1",
        "half_before": "H2 of last year",
        "today": TODAY,
        "units": UNITS,
        "nothing_signed": [],
        "fallen": {},
        "standings": [],
        "carried": [],
    }
    return Facts(**(values | chosen))  # type: ignore[arg-type]


# --- Targets --------------------------------------------------------------------------------------------------------


def test_every_unit_is_in_one_count_of_each_theme() -> None:
    everybody = TargetFacts(1, 3, AHEAD)
    high_risk = TargetFacts(2, 4, AHEAD, risk_bands=("medium", "high"))
    of_audit = TargetFacts(3, 2, AHEAD, group_id=GROUP, theme="audit")
    readings = {KILN.id: reading(leadership=3, audit=None), MARSH.id: reading(leadership=3, audit=1)}
    leadership, audit = standings(
        [LEADERSHIP, AUDIT], UNITS, readings, [everybody, high_risk, of_audit], group_id=GROUP, today=TODAY
    )
    assert [(one.unit, one.level, one.target) for one in leadership.short] == [(MARSH, 3, high_risk)]
    assert (leadership.reached, leadership.no_level, leadership.nothing_signed, leadership.no_target) == (1, 0, 1, 0)
    assert [(one.unit, one.level, one.target) for one in audit.short] == [(MARSH, 1, of_audit)]
    assert (audit.reached, audit.no_level, audit.nothing_signed, audit.no_target) == (0, 1, 1, 0)


def test_without_a_target_nobody_is_short() -> None:
    (standing,) = standings([LEADERSHIP], UNITS, {KILN.id: reading(leadership=1)}, [], group_id=GROUP, today=TODAY)
    assert (standing.short, standing.no_target) == ((), 3)


# --- Movement -------------------------------------------------------------------------------------------------------


def test_a_fall_is_a_lower_level_of_a_comparable_theme_in_both_halves() -> None:
    now = {KILN.id: reading(leadership=2, audit=1), MARSH.id: reading(leadership=3), QUAY.id: reading(leadership=1)}
    before = {KILN.id: reading(leadership=4, audit=3), MARSH.id: reading(leadership=3), QUAY.id: reading()}
    assert falls([LEADERSHIP, AUDIT], UNITS, now, before, set()) == {
        LEADERSHIP: (Fall(KILN, 4, 2),),
        AUDIT: (Fall(KILN, 3, 1),),
    }
    assert falls([LEADERSHIP, AUDIT], UNITS, now, before, {(1, 1, "audit")}) == {LEADERSHIP: (Fall(KILN, 4, 2),)}


def test_what_does_not_compare_between_editions_is_not_compared() -> None:
    now, before = {KILN.id: reading(edition=2, audit=1)}, {KILN.id: reading(edition=1, audit=3)}
    assert falls([AUDIT], UNITS, now, before, {(2, 1, "audit")}) == {}
    assert AUDIT in falls([AUDIT], UNITS, now, before, {(2, 1, "leadership")})


def test_merely_carried_means_every_theme_that_has_a_level() -> None:
    readings = {
        KILN.id: reading(leadership=2, audit=None, carried=("leadership",)),
        MARSH.id: reading(leadership=2, audit=3, carried=("leadership",)),
        QUAY.id: reading(leadership=None),
    }
    assert merely_carried(UNITS, readings) == [KILN]


# --- Questions ------------------------------------------------------------------------------------------------------


def test_questions_say_the_fact_and_where_it_stands() -> None:
    short = standings(
        [LEADERSHIP, AUDIT],
        UNITS,
        {KILN.id: reading(leadership=1, audit=1), MARSH.id: reading(leadership=2, audit=4)},
        [TargetFacts(1, 3, PASSED), TargetFacts(2, 4, AHEAD, unit_id=MARSH.id)],
        group_id=GROUP,
        today=TODAY,
    )
    asked = questions(
        facts(
            nothing_signed=[QUAY],
            fallen={LEADERSHIP: (Fall(KILN, 4, 1), Fall(MARSH, 3, 2))},
            standings=short,
            carried=[MARSH],
            actions_overdue=2,
            oldest_due_on=date(2026, 5, 3),
            reviews_waiting=1,
        )
    )
    assert [(one.text, one.source) for one in asked] == [
        ("1 of 3 units has signed nothing in H1: Quay. Why, and what do you know of them?", "due"),
        (
            "Leadership is lower than in H2 of last year at 2 units: Kiln (from 4 to 1), Marsh (from 3 to 2). What "
            "happened?",
            "movement",
        ),
        (
            "Level 3 was to be reached by 31 March 2026, and 1 unit is short of it in at least one theme: Kiln. When "
            "will it be reached?",
            "targets",
        ),
        ("2 actions are overdue, the oldest since 3 May 2026. What holds them up?", "actions"),
        ("1 unit merely carried every theme forward: Marsh. What has been done since?", "movement"),
        ("1 signed statement waits for review. Do the levels hold?", "due"),
    ]


def test_where_nothing_stands_out_nothing_is_asked() -> None:
    assert questions(facts()) == []


def test_many_names_are_cut_short() -> None:
    many = [UnitFacts(number, f"Unit {number}", "", "low") for number in range(1, 10)]
    (question,) = questions(facts(units=many, nothing_signed=many))
    assert question.text == (
        "9 of 9 units have signed nothing in H1: Unit 1, Unit 2, Unit 3, Unit 4, Unit 5, Unit 6 and 3 more. Why, and "
        "what do you know of them?"
    )
