"""Audit programmes: proposed from what is known, adopted by the Head, changed with reasons."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from assurance.audit_permissions import (
    can_adopt_programme,
    can_list_programmes,
    can_propose_programme,
    can_read_programme,
)
from assurance.models import (
    AuditProgramme,
    AuditState,
    Chosen,
    Entry,
    ProgrammeChange,
    ProgrammeDraw,
)
from assurance.rules import Refused
from assurance.sampling import DEFAULT_WEIGHTS, Ingredient, Part
from assurance.services import programmes
from assurance.services.programmes import Wanted
from organisation.models import Unit, User
from organisation.periods import HalfYear, Quarter
from organisation.roles import Role
from records.models import TrailEntry
from tests.factories import assurance, forces
from tests.factories.audits import make_audit
from tests.factories.organisation import appoint, make_group, make_person, make_unit, make_user

pytestmark = pytest.mark.django_db

HALF = HalfYear(2026, 1)
AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
Q3, Q4 = Quarter(2025, 3), Quarter(2025, 4)
WANTED = Wanted(
    weights=DEFAULT_WEIGHTS,
    random_share=20,
    auditor_days=Decimal(20),
    days_per_audit=Decimal(4),
    days_per_theme=Decimal(0),
)


@pytest.fixture
def auditor() -> User:
    return make_person(Role.SHRMT)


@pytest.fixture
def head() -> User:
    return make_person(Role.HEAD)


def propose(by: User, wanted: Wanted = WANTED) -> AuditProgramme:
    return programmes.propose(half=HALF, wanted=wanted, by=by, at=AT)


def adopt(programme: AuditProgramme, by: User) -> AuditProgramme:
    return programmes.adopt(programme=programme, seen_version=programme.version, by=by, at=AT)


def order(programme: AuditProgramme) -> list[int]:
    return list(programme.items.exclude(place=None).order_by("place").values_list("unit", flat=True))


def parts(programme: AuditProgramme, unit: Unit) -> dict[Ingredient, Part]:
    return {part.ingredient: part for part in programmes.parts_of(programme.items.get(unit=unit))}


# --- Proposing ----------------------------------------------------------------------------------------------------


def test_a_proposal_has_every_unit_of_the_half_with_why_it_stands_where_it_does(auditor: User) -> None:
    units = [make_unit(risk_band=band) for band in ("low", "medium", "high") for _ in range(4)]
    make_unit(closed_on=date(2026, 2, 27))
    make_unit(opened_on=date(2026, 10, 1))
    programme = propose(auditor)
    items = list(programme.items.order_by("rank"))
    assert {item.unit_id for item in items} == {unit.pk for unit in units}
    assert [item.rank for item in items] == list(range(1, 13))
    assert all(item.score == sum(part.points for part in programmes.parts_of(item)) for item in items)
    # 20 days and 4 an audit: five places, one of them by chance.
    assert [item.chosen for item in programme.items.exclude(place=None).order_by("place")] == [
        *[Chosen.BY_SCORE] * 4,
        Chosen.BY_CHANCE,
    ]
    assert {item.unit.risk_band for item in items[:4]} == {"high"}


def test_the_facts_are_those_of_the_newest_signed_statement_and_the_quarter_signed_before(auditor: User) -> None:
    unit = make_unit(risk_band="high")
    assurance.signed(unit, Q3, level=2)
    newest = assurance.signed(unit, Q4, levels={"leadership": 4, "communication": 4, "monitoring": 3}, level=2)
    assurance.make_statement(unit, Quarter(2026, 1))
    scored = newest.entries.filter(theme__scored=True).count()
    found = parts(propose(auditor), unit)
    assert found[Ingredient.HIGH_CLAIM].value == round(100 * 2 / scored)
    assert found[Ingredient.HIGH_CLAIM].fact == f"It claims level 4 or above for 2 of {scored} themes in 2025/26-Q4."
    assert found[Ingredient.JUMP].fact.startswith("2 themes rose by two levels or more")
    # Each theme's evidence is one short sentence without a link or file.
    texts = Entry.objects.filter(revision=newest, theme__scored=True).values_list("evidence", flat=True)
    thin = sum(len(text) < 60 for text in texts)
    assert found[Ingredient.EVIDENCE].value == round(100 * thin / scored)
    assert thin > 0


def test_what_audits_found_counts_once_they_are_issued(auditor: User) -> None:
    unit = make_unit()
    revision = assurance.signed(unit, Q3, level=3)
    in_fieldwork = {"leadership": 1, "communication": 3, "monitoring": 4}
    make_audit(revision=revision, state=AuditState.FIELDWORK, verdicts=in_fieldwork, by=auditor)
    found = parts(propose(auditor), unit)
    assert found[Ingredient.LAST_AUDIT].fact == "It has never been audited."
    assert found[Ingredient.OVER_CLAIMING].value == 0
    issued_at = datetime(2025, 9, 2, 12, tzinfo=UTC)
    found_in_it = {"leadership": 2, "communication": 3, "monitoring": 3, "audit": 1}
    make_audit(revision=revision, state=AuditState.ISSUED, verdicts=found_in_it, by=auditor, at=issued_at)
    found = parts(propose(auditor), unit)
    assert found[Ingredient.LAST_AUDIT].fact == "Its last audit was issued on 2 September 2025, 6 months ago."
    assert found[Ingredient.OVER_CLAIMING].fact == "Of 4 audited claims 2 were too high."
    assert found[Ingredient.OVER_CLAIMING].value == 50


def test_proposing_asks_as_many_questions_of_the_database_for_three_hundred_units_as_for_ten(auditor: User) -> None:
    edition, pen, group = assurance.shipped_edition(), forces.Pen(), make_group()
    levels = dict.fromkeys(edition.themes.values_list("identity", flat=True), 3)

    def asked(number: int) -> int:
        units = forces.make_units(make_group(f"{group.name} of {number}"), number)
        for quarter in (Q3, Q4):
            pen.write(edition, quarter, {unit: [forces.Said("signed", levels)] for unit in units})
        with CaptureQueriesContext(connection) as queries:
            propose(auditor)
        return len(queries)

    make_unit()
    propose(auditor)  # what follows proposes anew, both times
    assert asked(10) == asked(290) <= 30


def test_the_same_seed_proposes_the_same_and_another_seed_is_drawn_in_sight_of_all(auditor: User) -> None:
    for _ in range(12):
        make_unit()
    first = propose(auditor)
    again = propose(auditor)
    assert (again.pk, again.seed, order(again)) == (first.pk, first.seed, order(first))
    assert again.version == 2
    with pytest.raises(Refused, match="Say why another seed"):
        programmes.draw_again(programme=again, because=" ", by=auditor, at=AT)
    other = programmes.draw_again(programme=again, because="Two units were missing.", by=auditor, at=AT)
    assert other.seed != first.seed
    draws = list(ProgrammeDraw.objects.values_list("number", "seed", "because"))
    assert draws == [(1, first.seed, ""), (2, other.seed, "Two units were missing.")]
    trail = TrailEntry.objects.filter(act="programme.drawn").order_by("pk").values_list("detail__seed", flat=True)
    assert list(trail) == [first.seed, other.seed]


def test_days_set_for_one_unit_are_kept_when_it_is_proposed_anew(auditor: User) -> None:
    long = make_unit()
    for _ in range(5):
        make_unit()
    programme = propose(auditor)
    programmes.set_days(item=programme.items.get(unit=long), days=Decimal("9.5"), by=auditor, at=AT)
    propose(auditor)
    assert programme.items.get(unit=long).days == Decimal("9.5")
    assert sum(programme.items.exclude(place=None).values_list("days", flat=True)) <= 20
    programmes.set_days(item=programme.items.get(unit=long), days=None, by=auditor, at=AT)
    assert programme.items.get(unit=long).days == Decimal(4)


def test_days_that_cannot_hold_one_audit_are_refused_and_nothing_is_kept(auditor: User) -> None:
    make_unit()
    little = Wanted(**vars(WANTED) | {"auditor_days": Decimal(3)})
    with pytest.raises(Refused, match=r"longest audit takes 4\.0 days and the auditors have 3\.0"):
        propose(auditor, little)
    assert not AuditProgramme.objects.exists()


def test_nothing_is_proposed_for_a_half_that_is_over(auditor: User) -> None:
    with pytest.raises(Refused, match="is over"):
        programmes.propose(half=HalfYear(2025, 1), wanted=WANTED, by=auditor, at=AT)


# --- Adopting and changing ----------------------------------------------------------------------------------------


@pytest.fixture
def adopted(auditor: User, head: User) -> AuditProgramme:
    for _ in range(12):
        make_unit()
    return adopt(propose(auditor), head)


def test_the_head_adopts_what_was_on_their_screen(auditor: User, head: User) -> None:
    make_unit()
    seen = propose(auditor)
    newer = propose(auditor)
    with pytest.raises(Refused, match="proposed anew since you opened"):
        adopt(seen, head)
    done = adopt(newer, head)
    assert (done.adopted_by, done.adopted_at) == (head, AT)
    assert TrailEntry.objects.get(act="programme.adopted").detail["seed"] == newer.seed
    with pytest.raises(Refused, match="adopted already"):
        adopt(done, head)


FROZEN: list[Callable[[AuditProgramme], object]] = [
    lambda programme: AuditProgramme.objects.filter(pk=programme.pk).update(seed="0"),
    lambda programme: programme.items.filter(rank=1).update(score=0),
    lambda programme: programme.items.filter(rank=1).update(ingredients=[]),
    lambda programme: programme.items.filter(rank=1).update(days=1),
    lambda programme: programme.items.all().delete(),
    lambda programme: programme.draws.update(seed="0"),
]


@pytest.mark.parametrize("change", FROZEN)
def test_what_an_adopted_programme_rests_on_is_held_by_the_database(
    adopted: AuditProgramme, change: Callable[[AuditProgramme], object]
) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        change(adopted)


def test_an_adopted_programme_is_not_proposed_anew(adopted: AuditProgramme, auditor: User) -> None:
    with pytest.raises(Refused, match="is adopted"):
        propose(auditor)
    with pytest.raises(Refused, match="is adopted"):
        programmes.draw_again(programme=adopted, because="I do not like it.", by=auditor, at=AT)


def test_units_are_removed_added_and_moved_with_reasons_within_the_days(adopted: AuditProgramme, head: User) -> None:
    before = order(adopted)
    out = adopted.items.filter(place=None).order_by("rank")[0]
    with pytest.raises(Refused, match=r"would take 24\.0 days, and the auditors have 20\.0"):
        programmes.add(programme=adopted, unit=out.unit, reason="An accident", by=head, at=AT)
    programmes.remove(item=adopted.items.get(place=2), reason="It is being merged.", by=head, at=AT)
    assert order(adopted) == [before[0], *before[2:]]
    programmes.add(programme=adopted, unit=out.unit, reason="An accident", by=head, at=AT)
    assert order(adopted) == [before[0], *before[2:], out.unit_id]
    assert adopted.items.get(unit=out.unit).chosen == Chosen.ADDED
    programmes.move(item=adopted.items.get(unit=out.unit), place=1, reason="It comes first.", by=head, at=AT)
    assert order(adopted) == [out.unit_id, before[0], *before[2:]]
    changes = adopted.changes.values_list("kind", "place_before", "place", "reason")
    assert list(changes) == [
        ("removed", 2, None, "It is being merged."),
        ("added", None, 5, "An accident"),
        ("moved", 5, 1, "It comes first."),
    ]
    acts = (
        TrailEntry.objects.filter(thing_type="assurance.ProgrammeChange").order_by("pk").values_list("act", flat=True)
    )
    assert list(acts) == ["programme.removed", "programme.added", "programme.moved"]
    with pytest.raises(DatabaseError), transaction.atomic():
        ProgrammeChange.objects.update(reason="Another")


def test_a_unit_that_opened_since_is_added_without_a_score(adopted: AuditProgramme, head: User) -> None:
    programmes.remove(item=adopted.items.get(place=1), reason="It is being merged.", by=head, at=AT)
    new = make_unit(opened_on=date(2026, 3, 2))
    programmes.add(programme=adopted, unit=new, reason="It is new.", by=head, at=AT)
    item = adopted.items.get(unit=new)
    assert (item.score, item.rank, item.days, item.place) == (None, None, Decimal(4), 5)


def test_a_change_needs_its_reason_and_a_unit_that_is_there(adopted: AuditProgramme, head: User) -> None:
    inside = adopted.items.get(place=1)
    with pytest.raises(Refused, match="Say why"):
        programmes.remove(item=inside, reason=" ", by=head, at=AT)
    with pytest.raises(Refused, match="in the programme already"):
        programmes.add(programme=adopted, unit=inside.unit, reason="Why not", by=head, at=AT)
    with pytest.raises(Refused, match="not in the programme any more"):
        programmes.remove(item=adopted.items.filter(place=None)[0], reason="Gone", by=head, at=AT)
    with pytest.raises(Refused, match="places 1 to 5"):
        programmes.move(item=inside, place=6, reason="Later", by=head, at=AT)
    gone = make_unit(closed_on=date(2026, 2, 1))
    with pytest.raises(Refused, match="is not there in that half-year"):
        programmes.add(programme=adopted, unit=gone, reason="Why not", by=head, at=AT)


# --- Who reads it -------------------------------------------------------------------------------------------------


def test_programmes_are_listed_exactly_where_they_may_be_read(auditor: User) -> None:
    """A Board member who could be audited reads a programme once its half has begun, and no unit ever does."""
    make_unit()
    coming = HalfYear.of(datetime.now(tz=UTC).date()).next()
    at = datetime.now(tz=UTC)
    programme = programmes.propose(half=coming, wanted=WANTED, by=auditor, at=at)
    now = programmes.propose(half=coming.previous(), wanted=WANTED, by=auditor, at=at)
    readers = {Role.SHRMT, Role.HEAD, Role.BOARD_MEMBER, Role.BOARD_SECRETARY}
    for role in Role:
        person = make_person(role)
        expected = {programme, now} if role in readers else set()
        assert set(AuditProgramme.objects.visible_to(person)) == expected
        assert {one for one in (programme, now) if can_read_programme(person, one)} == expected
        assert can_list_programmes(person) is (role in readers)
        assert can_propose_programme(person) is (role in {Role.SHRMT, Role.HEAD})
        assert can_adopt_programme(person) is (role == Role.HEAD)
    both = make_user()
    appoint(both, Role.BOARD_MEMBER)
    appoint(both, Role.COG_LEAD)
    assert list(AuditProgramme.objects.visible_to(both)) == [now]
    assert [one for one in (programme, now) if can_read_programme(both, one)] == [now]


def test_whoever_administers_accounts_adopts_nothing(head: User) -> None:
    appoint(head, Role.ADMINISTRATOR)
    assert not can_adopt_programme(head)
