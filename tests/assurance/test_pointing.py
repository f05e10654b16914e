"""What reviewers are pointed to, read from signed statements: the facts come from the rows, at a fixed price."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Value
from django.db.models.functions import Concat
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from actions.services import actions as action_services
from assurance.models import Carried, Decision, Entry, Revision, RevisionState, Statement
from assurance.pointing import Looked, look_at
from assurance.points import Kind, Point
from maturity.models import Criterion
from organisation.models import BusinessGroup, Unit, UnitMembership, User
from organisation.periods import Quarter
from organisation.roles import Role
from tests.factories import actions, maturity
from tests.factories import assurance as statements
from tests.factories import evidence as given
from tests.factories.organisation import make_group, make_person, make_unit, move_unit
from tests.factories.verdicts import issued_audit

pytestmark = pytest.mark.django_db

QUARTER = Quarter(2025, 2)
TODAY = date(2025, 9, 20)
LONG = "Walk-rounds of all four sites were held each month, and 34 of 36 supervisors were briefed on what they found."


@pytest.fixture
def group() -> BusinessGroup:
    return make_group("Frontline Policing")


@pytest.fixture
def unit(group: BusinessGroup) -> Unit:
    return make_unit("Kiln Hill", group=group)


@pytest.fixture
def lead(group: BusinessGroup) -> User:
    return make_person(Role.COG_LEAD, group=group)


def filled(unit: Unit, quarter: Quarter = QUARTER, **themes: dict[str, Any]) -> Revision:
    """An open statement with every answer in the unit's own words; `themes` say by identity what else a theme says."""
    revision = statements.fill(statements.make_statement(unit, quarter))
    revision.entries.exclude(evidence="").update(evidence=Concat(Value(f"{unit}: "), "evidence"))
    for identity, answers in themes.items():
        revision.entries.filter(theme__identity=identity.replace("_", "-")).update(**answers)
    return revision


def sign(revision: Revision) -> Revision:
    return statements.sign(statements.complete(revision))


def signed(unit: Unit, quarter: Quarter = QUARTER, **themes: dict[str, Any]) -> Revision:
    return sign(filled(unit, quarter, **themes))


def look(unit: Unit, reader: User, *others: Unit, quarter: Quarter = QUARTER) -> Looked:
    group = unit.memberships.earliest("starts_on").group
    found = look_at([unit.pk, *(one.pk for one in others)], quarter, group=group, reader=reader, today=TODAY)
    return found[unit.pk]


def points(unit: Unit, reader: User, *others: Unit) -> list[tuple[Kind, str | None]]:
    return [(point.kind, point.theme) for point in look(unit, reader, *others).points]


def test_a_statement_like_the_last_one_has_no_point(unit: Unit, lead: User) -> None:
    signed(unit, QUARTER.previous())
    revision = signed(unit)
    found = look(unit, lead)
    assert (found.points, found.changed, found.last) == ((), (), QUARTER.previous())
    assert (found.carried, found.scored) == (0, 11)
    assert (found.revision.id, found.revision.digest) == (revision.pk, revision.content_digest)
    assert found.awaits_review


def test_a_level_above_what_an_audit_last_found_is_pointed_out(unit: Unit, lead: User) -> None:
    before = signed(unit, QUARTER.previous())
    issued_audit(before, {"leadership": 4, "audit": 2}, on=date(2025, 8, 1))
    audit = issued_audit(before, {"leadership": 2, "audit": None}, on=date(2025, 9, 1))
    issued_audit(before, {"communication": 1}, on=date(2025, 9, 21))  # tomorrow's
    signed(unit, audit={"level": 2})
    found = look(unit, lead)
    assert [(point.kind, point.theme) for point in found.points] == [(Kind.ABOVE_VALIDATED, "leadership")]
    fact = "Level 3, above the level 2 that was last validated, on 1 September 2025."
    assert (found.points[0].fact, found.points[0].source) == (fact, f"Audit {audit.reference}")
    assert {theme: one.level for theme, one in found.validated.items()} == {"leadership": 2, "audit": 2}


def test_a_level_found_on_an_edition_that_does_not_compare_is_no_measure(unit: Unit, lead: User) -> None:
    edition, _ = maturity.shipped("2017", "2019")
    old = statements.signed(unit, Quarter(2018, 3), level=4, edition=edition)
    issued_audit(old, {"audit": 1, "leadership": 1}, on=date(2019, 2, 1))
    signed(unit, QUARTER.previous())
    signed(unit)
    found = look(unit, lead)
    assert [(point.kind, point.theme) for point in found.points] == [(Kind.ABOVE_VALIDATED, "leadership")]
    assert found.validated["audit"].why_not


def test_a_level_raised_on_the_same_words_is_pointed_out_whatever_their_case_and_blanks(unit: Unit, lead: User) -> None:
    signed(unit, QUARTER.previous(), leadership={"level": 2, "evidence": LONG}, audit={"level": 2, "evidence": LONG})
    again = LONG.upper().replace(" ", "  \n")
    signed(unit, leadership={"evidence": again}, audit={"evidence": f"{LONG} So were the cleaners."})
    found = look(unit, lead)
    assert [(point.kind, point.theme) for point in found.points] == [(Kind.RAISED, "leadership")]
    assert found.points[0].fact == "Level 3, raised from 2 in 2025/26-Q1, and nothing of the evidence is new."
    assert found.changed == ("2 levels raised", "evidence changed in 1 theme")


@pytest.mark.parametrize("kind", ["link", "file"])
def test_a_link_or_file_that_was_not_there_is_new_evidence(unit: Unit, lead: User, kind: str) -> None:
    low = {"leadership": {"level": 2}, "audit": {"level": 2}}
    last = filled(unit, QUARTER.previous(), **low)
    give = given.give_link if kind == "link" else given.give_file
    old = give(last, "audit")
    sign(last)
    draft = filled(unit)
    give(draft, "leadership")
    if old.file is not None:
        given.give_file(draft, "audit", file=old.file)
    else:
        given.give_link(draft, "audit", url=old.url)
    sign(draft)
    assert points(unit, lead) == [(Kind.RAISED, "audit")]


def test_the_last_signed_quarter_need_not_be_the_last_one_and_is_what_stands_in_it(unit: Unit, lead: User) -> None:
    then = QUARTER.plus(-3)
    first = signed(unit, then, leadership={"level": 1})
    statements.decide(first, Decision.ACCEPTED)
    statements.make_statement(unit, QUARTER.previous())  # never signed
    signed(unit, leadership={"level": 3})
    found = look(unit, lead)
    assert found.last == then
    assert found.points[0].fact == "Level 3, raised from 1 in 2024/25-Q3, and nothing of the evidence is new."


def test_themes_that_do_not_compare_between_editions_are_not_compared(unit: Unit, lead: User) -> None:
    old, new = maturity.shipped("2017", "2019")
    apart = set(new.not_comparable.filter(earlier=old).values_list("identity", flat=True))
    assert apart == {"audit", "performance-benchmarking"}  # domain.md: assurance moved from one to the other
    last = statements.fill(statements.make_statement(unit, QUARTER.previous(), edition=old), level=2)
    same = dict(last.entries.values_list("theme__identity", "evidence"))
    sign(last)
    draft = statements.fill(statements.make_statement(unit, QUARTER, edition=new), level=3)
    for entry in draft.entries.select_related("theme"):
        draft.entries.filter(pk=entry.pk).update(evidence=same.get(entry.theme.identity, ""))
    draft.entries.filter(theme__scored=True, evidence="").update(evidence="Otherwise there is none.")
    sign(draft)
    raised = {theme for kind, theme in points(unit, lead) if kind == Kind.RAISED}
    scored = set(draft.entries.filter(theme__scored=True).values_list("theme__identity", flat=True))
    assert raised == scored - apart
    assert "2 themes not comparable" in look(unit, lead).changed


def test_a_statement_that_was_merely_carried_says_so_and_how_much_of_it(unit: Unit, lead: User) -> None:
    source = signed(unit, QUARTER.previous())
    draft = filled(unit)
    for entry in draft.entries.filter(theme__scored=True).select_related("theme"):
        carried_from = source.entries.get(theme=entry.theme)
        draft.entries.filter(pk=entry.pk).update(carried=Carried.CONFIRMED, carried_from=carried_from)
    sign(draft)
    found = look(unit, lead)
    assert [(point.kind, point.theme) for point in found.points] == [(Kind.CARRIED, None)]
    assert (found.carried, found.scored) == (11, 11)


def test_unticked_points_of_the_level_are_counted_against_that_level(unit: Unit, lead: User) -> None:
    edition = statements.shipped_edition()

    def cell(identity: str, level: int) -> list[int]:
        of_it = Criterion.objects.filter(theme__edition=edition, theme__identity=identity, level__number=level)
        return list(of_it.order_by("number").values_list("pk", flat=True))

    of_three, of_four = cell("leadership", 3), cell("leadership", 4)
    note = {"criteria_note": "The last one is under way."}
    signed(
        unit,
        leadership={"criteria_met": of_three[:-1] + of_four, **note},
        audit={"criteria_met": cell("audit", 3)},
        communication={"criteria_met": cell("communication", 4)},
    )
    (point,) = look(unit, lead).points
    assert (point.kind, point.theme) == (Kind.UNTICKED, "leadership")
    assert point.fact == f"{len(of_three) - 1} of the {len(of_three)} points of level 3 are ticked."


def test_a_theme_below_the_target_that_applies_needs_an_open_action(unit: Unit, lead: User) -> None:
    maturity.target(3)
    maturity.target(4, theme_identity="audit", by_on=date(2026, 3, 31))
    maturity.target(5, unit=make_unit("Somebody else"))
    draft = filled(unit, leadership={"level": 2}, communication={"level": 2})
    statements.raise_action(draft, "leadership")
    closed = statements.raise_action(draft, "communication")
    sign(draft)
    assert points(unit, lead) == [(Kind.NO_ACTION, "audit")]
    action_services.close(
        action=closed, achieved="They were briefed.", by=make_person(Role.SPOC, unit), at=timezone.now()
    )
    found = look(unit, lead).points
    assert [(point.kind, point.theme) for point in found] == [
        (Kind.NO_ACTION, "communication"),
        (Kind.NO_ACTION, "audit"),
    ]
    assert found[1].fact == "Level 3, below the target of level 4 by 31 March 2026, and no action is open."
    assert "endorsed by the Board on 19 September 2017" in found[1].source


def test_overdue_actions_stand_at_the_theme_that_raised_them_or_at_the_whole(unit: Unit, lead: User) -> None:
    draft = filled(unit)
    raised = statements.raise_action(draft, "audit", title="Audit the stores")
    raised.tasks.update(due_on=date(2025, 7, 31))
    sign(draft)
    actions.make_action(unit, "Repair the gate", due=date(2025, 8, 1))
    actions.make_action(unit, "In good time", due=TODAY)
    assert points(unit, lead) == [(Kind.OVERDUE, None), (Kind.OVERDUE, "audit")]
    assert [point.fact for point in look(unit, lead).points] == [
        "The action “Repair the gate” was due on 1 August 2025.",
        "The action “Audit the stores” was due on 31 July 2025.",
    ]


def test_the_same_words_as_another_units_are_pointed_out_to_both(unit: Unit, lead: User, group: BusinessGroup) -> None:
    other = make_unit("Mill Lane", group=group)
    signed(unit, leadership={"evidence": LONG}, audit={"evidence": LONG})  # twice in one statement is no copy
    signed(other, communication={"evidence": f"  {LONG.lower()}\n"}, audit={"evidence": "Another long text. " * 5})
    (first, second) = look(unit, lead, other).points
    assert (first.kind, first.theme, second.theme) == (Kind.SAME_TEXT, "leadership", "audit")
    assert first.fact == "The evidence has the same words as that of Mill Lane on Communication."
    assert [(twin.slug, twin.theme) for twin in first.twins] == [("mill-lane", "Communication")]
    assert points(other, lead, unit) == [(Kind.SAME_TEXT, "communication")]


def test_short_texts_other_quarters_and_drafts_are_not_compared(unit: Unit, lead: User, group: BusinessGroup) -> None:
    others = [make_unit(group=group) for _ in range(3)]
    short = LONG[:59]
    signed(unit, leadership={"evidence": LONG}, audit={"evidence": short})
    signed(others[0], audit={"evidence": short})
    signed(others[1], QUARTER.previous(), leadership={"evidence": LONG})
    filled(others[2], leadership={"evidence": LONG})
    assert points(unit, lead, *others) == []


def test_what_the_reader_may_not_read_is_neither_listed_nor_compared(
    unit: Unit, lead: User, group: BusinessGroup
) -> None:
    moved = make_unit("Moved away", group=group)
    signed(unit, leadership={"evidence": LONG})
    signed(moved, leadership={"evidence": LONG})
    assert points(unit, lead, moved) == [(Kind.SAME_TEXT, "leadership")]
    yesterday = timezone.localdate() - timedelta(days=1)
    move_unit(moved, to=make_group(), on=timezone.localdate(), last_day_before=yesterday)
    found = look_at([unit.pk, moved.pk], QUARTER, group=group, reader=lead, today=TODAY)
    assert list(found) == [unit.pk]
    assert found[unit.pk].points == ()


def test_the_newest_signed_revision_is_looked_at_whatever_was_begun_after_it(unit: Unit, lead: User) -> None:
    first = signed(unit)
    statements.decide(first, Decision.RETURNED)
    found = look(unit, lead)
    assert (found.revision.number, found.revision.state, found.awaits_review) == (1, "returned", False)
    sign(first.statement.revisions.get(number=2))
    assert look(unit, lead).revision.number == 2


def test_nothing_signed_means_nothing_to_look_at(unit: Unit, lead: User, group: BusinessGroup) -> None:
    filled(unit)
    assert look_at([unit.pk], QUARTER, group=group, reader=lead, today=TODAY) == {}


# --- The price ------------------------------------------------------------------------------------------------------


def many_signed(group: BusinessGroup, number: int) -> list[int]:
    """Units with signed statements of this quarter and the last, written as rows at once. Returns the units' ids."""
    edition, person = statements.shipped_edition(), make_person(Role.SPOC)
    themes = list(edition.themes.all())
    start = Unit.objects.count()
    units = Unit.objects.bulk_create(
        Unit(name=f"Many {n}", slug=f"many-{n}", kind="ocu", risk_band="high", opened_on=date(2010, 1, 1))
        for n in range(start, start + number)
    )
    UnitMembership.objects.bulk_create(
        UnitMembership(unit=unit, group=group, starts_on=unit.opened_on) for unit in units
    )
    at = datetime(2025, 8, 1, 9, tzinfo=UTC)
    by = {"completed_at": at, "completed_by": person, "signed_at": at, "signed_by": person}
    named = {"signer_name": "Somebody", "signer_position": "Head", "content": {}, "content_digest": "0" * 64}
    for quarter, level in ((QUARTER.previous(), 2), (QUARTER, 3)):
        made = Statement.objects.bulk_create(
            Statement(unit=unit, quarter=quarter, edition=edition, opened_at=at) for unit in units
        )
        revisions = Revision.objects.bulk_create(
            Revision(statement=one, number=1, state=RevisionState.SIGNED, **by, **named) for one in made
        )
        Entry.objects.bulk_create(
            Entry(revision=one, theme=theme, level=level if theme.scored else None, evidence=f"{LONG} {number}")
            for number, one in enumerate(revisions)
            for theme in themes
        )
    return [unit.pk for unit in units]


def test_looking_takes_as_many_queries_for_three_hundred_units_as_for_ten(lead: User, group: BusinessGroup) -> None:
    maturity.target(4)

    def price(units: list[int]) -> tuple[int, list[Point]]:
        with CaptureQueriesContext(connection) as queries:
            found = look_at(units, QUARTER, group=group, reader=lead, today=TODAY)
        assert sorted(found) == sorted(units)
        return len(queries), [point for one in found.values() for point in one.points]

    ten = many_signed(group, 10)
    queries, points_of_ten = price(ten)
    assert len(points_of_ten) == 10 * 11 * 2  # each of the eleven scored themes: raised, and short without an action
    assert price([*ten, *many_signed(group, 290)])[0] == queries
    assert queries <= 9
