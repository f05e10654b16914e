"""Units over time: what each act writes, what it leaves as it was, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from organisation.models import Appointment, BusinessGroup, RiskBand, Unit, UnitKind, User
from organisation.periods import LONDON
from organisation.roles import Role
from organisation.rules import Refused
from organisation.services import units
from organisation.services.units import NewUnit
from records.models import TrailEntry
from tests.factories import assurance
from tests.factories import organisation as make

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=LONDON)
TODAY = date(2026, 11, 22)
FIRST, LAST = date(2026, 12, 1), date(2026, 11, 30)  # of December, when it all happens; of November, the day before


@pytest.fixture
def administrator() -> User:
    return make.make_person(Role.ADMINISTRATOR)


@pytest.fixture
def group() -> BusinessGroup:
    return make.make_group("Met Operations")


@pytest.fixture
def unit(group: BusinessGroup) -> Unit:
    return make.make_unit("Harbour OCU", group=group, risk_band=RiskBand.HIGH)


def new(group: BusinessGroup, name: str = "Dockside OCU", risk_band: str = RiskBand.LOW) -> NewUnit:
    return NewUnit(name, UnitKind.BCU, risk_band, group)


def rename(unit: Unit, by: User, *, name: str = "Dockside OCU", on: date = FIRST, appoint_again: bool = False) -> Unit:
    return units.rename(unit=unit, name=name, on=on, appoint_again=appoint_again, by=by, at=NOW)


def merge(ended: list[Unit], into: Unit | NewUnit, by: User, *, on: date = FIRST, appoint_again: bool = False) -> Unit:
    return units.merge(units=ended, into=into, on=on, appoint_again=appoint_again, by=by, at=NOW)


def written(act: str) -> list[tuple[str, dict[str, Any]]]:
    return [(one.thing_name, one.detail) for one in TrailEntry.objects.filter(act=act)]


def spans(unit: Unit) -> list[tuple[str, date, date | None]]:
    """The groups that the unit was in, and from when to when."""
    return list(unit.memberships.order_by("starts_on").values_list("group__name", "starts_on", "ends_on"))


# --- Opened -------------------------------------------------------------------------------------------------------


def test_a_unit_is_opened_in_its_group_from_its_first_day(group: BusinessGroup, administrator: User) -> None:
    unit = units.open_unit(new=new(group), on=FIRST, by=administrator, at=NOW)
    assert (unit.slug, unit.kind, unit.risk_band, unit.opened_on) == ("dockside-ocu", "bcu", "low", FIRST)
    assert spans(unit) == [("Met Operations", FIRST, None)]
    assert written("unit.opened") == [
        ("Dockside OCU", {"kind": "bcu", "risk_band": "low", "group": "Met Operations", "on": "2026-12-01"})
    ]


def test_a_name_belongs_to_one_unit_at_a_time(unit: Unit, group: BusinessGroup, administrator: User) -> None:
    with pytest.raises(Refused, match="There is a unit called Harbour OCU already, from 1 April 2015"):
        units.open_unit(new=new(group, "harbour ocu"), on=FIRST, by=administrator, at=NOW)
    units.close(unit=unit, last_day=LAST, by=administrator, at=NOW)
    with pytest.raises(Refused, match="to 30 November 2026"):
        units.open_unit(new=new(group, "Harbour OCU"), on=LAST, by=administrator, at=NOW)
    again = units.open_unit(new=new(group, "Harbour OCU"), on=FIRST, by=administrator, at=NOW)
    assert (unit.slug, again.slug) == ("harbour-ocu", "harbour-ocu-2")  # the earlier one keeps its address


def test_a_name_that_gives_no_address_gets_one(group: BusinessGroup, administrator: User) -> None:
    assert units.open_unit(new=new(group, "…"), on=FIRST, by=administrator, at=NOW).slug == "unit"


def test_a_mistyped_year_is_refused(group: BusinessGroup, administrator: User) -> None:
    with pytest.raises(Refused, match=r"more than two years ahead\. Check the year"):
        units.open_unit(new=new(group), on=date(2062, 1, 1), by=administrator, at=NOW)


# --- Renamed ------------------------------------------------------------------------------------------------------


def test_a_renamed_unit_is_one_that_ends_and_one_that_begins(unit: Unit, administrator: User) -> None:
    statement = assurance.make_statement(unit).statement
    after = rename(unit, administrator)
    unit.refresh_from_db()
    assert (unit.name, unit.closed_on, list(unit.successors.all())) == ("Harbour OCU", LAST, [after])
    assert (after.name, after.opened_on, after.kind, after.risk_band) == ("Dockside OCU", FIRST, unit.kind, "high")
    assert spans(unit) == [("Met Operations", make.LONG_AGO, LAST)]
    assert spans(after) == [("Met Operations", FIRST, None)]
    statement.refresh_from_db()
    assert statement.unit == unit  # history stays with the unit that made it
    assert not after.statements.exists()
    assert written("unit.renamed") == [
        ("Harbour OCU", {"to": "Dockside OCU", "successor": after.pk, "on": "2026-12-01"})
    ]


def test_a_unit_that_has_ended_is_not_renamed_again_and_the_refusal_says_where_it_went(
    unit: Unit, administrator: User
) -> None:
    rename(unit, administrator)
    with pytest.raises(Refused, match="last day on 30 November 2026 already and goes on as Dockside OCU"):
        rename(unit, administrator, name="Quayside OCU")
    assert Unit.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "on", "why"),
    [
        ("HARBOUR OCU", FIRST, "is called Harbour OCU already"),
        ("Dockside OCU", make.LONG_AGO, "opened on 1 April 2015, and its last day would be 31 March 2015"),
        ("Custody", FIRST, "There is a unit called Custody already"),
    ],
)
def test_what_cannot_be_a_renaming_is_refused_and_nothing_is_changed(
    name: str, on: date, why: str, unit: Unit, administrator: User
) -> None:
    make.make_unit("Custody")
    with pytest.raises(Refused, match=why):
        rename(unit, administrator, name=name, on=on)
    unit.refresh_from_db()
    assert (unit.closed_on, Unit.objects.count()) == (None, 2)
    assert not TrailEntry.objects.filter(act__startswith="unit.").exists()


def test_a_unit_of_one_day_can_be_renamed_the_day_after(administrator: User) -> None:
    unit = make.make_unit(opened_on=LAST)
    rename(unit, administrator)
    unit.refresh_from_db()
    assert (unit.opened_on, unit.closed_on) == (LAST, LAST)


def test_a_move_that_is_planned_for_later_is_in_the_way(unit: Unit, administrator: User) -> None:
    units.move(unit=unit, to=make.make_group("Later"), on=date(2027, 1, 1), by=administrator, at=NOW)
    with pytest.raises(Refused, match="Harbour OCU moves to Later on 1 January 2027"):
        rename(unit, administrator)
    after = rename(unit, administrator, on=date(2027, 2, 1))
    assert spans(after) == [("Later", date(2027, 2, 1), None)]


# --- What has been signed, and what else depends on a unit ---------------------------------------------------------


def test_a_unit_does_not_end_before_what_it_has_signed(unit: Unit, administrator: User) -> None:
    quarter = assurance.this_quarter()
    assurance.sign(assurance.complete(assurance.fill(assurance.make_statement(unit, quarter))))
    with pytest.raises(Refused, match=f"Harbour OCU has signed its statement of {quarter.name[:10]}"):
        units.close(unit=unit, last_day=quarter.first_day - timedelta(days=1), by=administrator, at=timezone.now())
    closed = units.close(unit=unit, last_day=quarter.first_day, by=administrator, at=timezone.now())
    assert closed.closed_on == quarter.first_day


# --- The same people ----------------------------------------------------------------------------------------------


def seats(unit: Unit) -> list[tuple[str, str, date, date | None]]:
    rows = Appointment.objects.filter(unit=unit).order_by("role", "person__name")
    return list(rows.values_list("person__name", "role", "starts_on", "ends_on"))


def test_the_same_people_are_appointed_from_the_first_day_and_keep_what_they_had(
    unit: Unit, administrator: User
) -> None:
    spoc, lead = make.make_user(name="A"), make.make_user(name="B")
    make.appoint(spoc, Role.SPOC, unit, ends_on=date(2027, 3, 31))
    make.appoint(lead, Role.SLT_LEAD, unit)
    make.appoint(make.make_user(name="Planned"), Role.SPOC, unit, starts_on=date(2027, 1, 1))
    make.appoint(make.make_user(name="Over"), Role.SPOC, unit, ends_on=LAST)
    make.appoint(make.make_user(name="Gone", is_active=False), Role.SPOC, unit)
    ended = make.appoint(make.make_user(name="Ended"), Role.SPOC, unit)
    make.end_at_once(ended, by=administrator)
    before = seats(unit)
    after = rename(unit, administrator, appoint_again=True)
    assert seats(after) == [
        ("B", "slt-lead", FIRST, None),
        ("A", "spoc", FIRST, date(2027, 3, 31)),
        ("Planned", "spoc", date(2027, 1, 1), None),
    ]
    assert seats(unit) == before
    made = TrailEntry.objects.filter(act="appointment.made")
    assert {one.detail["account"] for one in made} >= {spoc.pk, lead.pk}
    assert made.count() == 3
    assert "Planned" not in str(list(made.values_list("thing_name", "detail")))  # the trail names nobody


def test_people_are_appointed_again_only_where_that_is_wished(unit: Unit, administrator: User) -> None:
    make.appoint(make.make_user(), Role.SPOC, unit)
    assert seats(rename(unit, administrator, appoint_again=False)) == []


def test_nobody_appoints_themselves_by_a_renaming(unit: Unit, administrator: User) -> None:
    make.appoint(administrator, Role.SPOC, unit)
    seating = units.who_follows([unit], None, on=FIRST, by=administrator)
    assert seating.seats == ()
    [said] = seating.left_out
    assert "nobody appoints themselves" in said
    assert seats(rename(unit, administrator, appoint_again=True)) == []


def test_whoever_holds_a_role_in_two_of_the_units_holds_it_once_for_the_longest(
    unit: Unit, group: BusinessGroup, administrator: User
) -> None:
    other, person = make.make_unit("Quayside OCU", group=group), make.make_user(name="A")
    make.appoint(person, Role.SPOC, unit, ends_on=date(2026, 12, 31))
    make.appoint(person, Role.SPOC, other, ends_on=date(2027, 3, 31))
    after = merge([unit, other], new(group), administrator, appoint_again=True)
    assert seats(after) == [("A", "spoc", FIRST, date(2027, 3, 31))]


def test_whoever_is_in_the_unit_that_goes_on_already_stays_as_they_are(
    unit: Unit, group: BusinessGroup, administrator: User
) -> None:
    goes_on, person = make.make_unit("Quayside OCU", group=group), make.make_user(name="A")
    for one in (unit, goes_on):
        make.appoint(person, Role.SPOC, one)
    merge([unit], goes_on, administrator, appoint_again=True)
    assert seats(goes_on) == [("A", "spoc", make.LONG_AGO, None)]


def test_an_administrator_who_may_not_decide_is_not_made_an_slt_lead_by_a_merger(
    unit: Unit, administrator: User
) -> None:
    person = make.make_user(name="Both")
    make.appoint(person, Role.SLT_LEAD, unit, ends_on=date(2027, 3, 31))
    make.appoint(person, Role.ADMINISTRATOR, starts_on=date(2027, 1, 1))
    seating = units.who_follows([unit], None, on=FIRST, by=administrator)
    assert seating.seats == ()
    assert "nobody is both at a time" in seating.left_out[0]


# --- Merged -------------------------------------------------------------------------------------------------------


def test_units_become_a_new_one(unit: Unit, group: BusinessGroup, administrator: User) -> None:
    other = make.make_unit("Quayside OCU")
    after = merge([unit, other], new(group), administrator)
    assert set(after.predecessors.all()) == {unit, other}
    assert {one.closed_on for one in after.predecessors.all()} == {LAST}
    assert (after.opened_on, spans(after)) == (FIRST, [("Met Operations", FIRST, None)])
    told = {"to": "Dockside OCU", "successor": after.pk, "on": "2026-12-01"}
    assert written("unit.merged") == [("Harbour OCU", told), ("Quayside OCU", told)]


def test_units_join_one_that_goes_on(unit: Unit, administrator: User) -> None:
    goes_on = make.make_unit("Quayside OCU")
    assert merge([unit], goes_on, administrator) == goes_on
    unit.refresh_from_db()
    goes_on.refresh_from_db()
    assert (unit.closed_on, goes_on.closed_on) == (LAST, None)
    assert list(goes_on.predecessors.all()) == [unit]


def test_a_new_unit_may_take_the_name_of_one_that_ends(unit: Unit, group: BusinessGroup, administrator: User) -> None:
    after = merge([unit, make.make_unit("Quayside OCU")], new(group, "Harbour OCU"), administrator)
    assert (after.name, after.slug) == ("Harbour OCU", "harbour-ocu-2")


def test_what_cannot_be_a_merger_is_refused(unit: Unit, group: BusinessGroup, administrator: User) -> None:
    later = make.make_unit("Later OCU", opened_on=date(2027, 1, 1))
    over = make.make_unit("Over OCU", closed_on=date(2026, 6, 30))
    came_of = make.make_unit("Came of it OCU")
    came_of.predecessors.add(later)
    cases: list[tuple[list[Unit], Unit | NewUnit, str]] = [
        ([unit], new(group), "A merger needs at least two units"),
        ([unit], unit, "cannot go on and end at once"),
        ([unit], later, "Later OCU does not exist on 1 December 2026"),
        ([unit], over, "Over OCU does not exist on 1 December 2026"),
        ([unit, over], new(group), "Over OCU has its last day on 30 June 2026 already"),
        ([unit, later], new(group), "Later OCU opened on 1 January 2027"),
        ([unit, came_of], new(group, "Later OCU"), "There is a unit called Later OCU already"),
    ]
    for ended, into, why in cases:
        with pytest.raises(Refused, match=why):
            merge(ended, into, administrator)
    assert not Unit.objects.filter(closed_on=LAST).exists()


def test_a_unit_does_not_become_one_that_it_came_of(unit: Unit, administrator: User) -> None:
    origin = make.make_unit("Origin OCU")
    origin.successors.add(unit)
    with pytest.raises(Refused, match="Origin OCU is where one of these units came from"):
        merge([unit], origin, administrator)


# --- Split, closed ------------------------------------------------------------------------------------------------


def test_a_unit_becomes_several(unit: Unit, group: BusinessGroup, administrator: User) -> None:
    elsewhere = make.make_group("Professionalism")
    into = [new(group, "North Harbour"), new(elsewhere, "South Harbour")]
    after = units.split(unit=unit, into=into, on=FIRST, by=administrator, at=NOW)
    unit.refresh_from_db()
    assert (unit.closed_on, [one.name for one in unit.successors.all()]) == (LAST, ["North Harbour", "South Harbour"])
    assert [spans(one) for one in after] == [[("Met Operations", FIRST, None)], [("Professionalism", FIRST, None)]]
    [(name, told)] = written("unit.split")
    assert (name, told["to"]) == ("Harbour OCU", ["North Harbour", "South Harbour"])


@pytest.mark.parametrize(
    ("names", "why"),
    [
        (["North Harbour"], "A split makes at least two units"),
        (["North Harbour", "north harbour"], "Two of the new units are called North Harbour"),
        (["North Harbour", "Custody"], "There is a unit called Custody already"),
    ],
)
def test_what_cannot_be_a_split_is_refused_and_nothing_is_half_done(
    names: list[str], why: str, unit: Unit, group: BusinessGroup, administrator: User
) -> None:
    make.make_unit("Custody")
    with pytest.raises(Refused, match=why):
        units.split(unit=unit, into=[new(group, name) for name in names], on=FIRST, by=administrator, at=NOW)
    unit.refresh_from_db()
    assert (unit.closed_on, Unit.objects.count()) == (None, 2)


def test_a_unit_is_closed_with_nothing_coming_of_it(unit: Unit, administrator: User) -> None:
    units.close(unit=unit, last_day=LAST, by=administrator, at=NOW)
    unit.refresh_from_db()
    assert (unit.closed_on, spans(unit)) == (LAST, [("Met Operations", make.LONG_AGO, LAST)])
    assert written("unit.closed") == [("Harbour OCU", {"last_day": "2026-11-30"})]
    with pytest.raises(Refused, match="has its last day on 30 November 2026 already, so it was not changed"):
        units.close(unit=unit, last_day=TODAY, by=administrator, at=NOW)


# --- Moved, changed -----------------------------------------------------------------------------------------------


def test_a_unit_moves_from_one_day_to_the_next(unit: Unit, administrator: User) -> None:
    units.move(unit=unit, to=make.make_group("Professionalism"), on=FIRST, by=administrator, at=NOW)
    assert spans(unit) == [("Met Operations", make.LONG_AGO, LAST), ("Professionalism", FIRST, None)]
    assert written("unit.moved") == [
        ("Harbour OCU", {"from_group": "Met Operations", "to_group": "Professionalism", "on": "2026-12-01"})
    ]


def test_a_unit_that_is_to_end_moves_up_to_its_last_day(unit: Unit, administrator: User) -> None:
    units.close(unit=unit, last_day=FIRST, by=administrator, at=NOW)
    to = make.make_group("Professionalism")
    with pytest.raises(Refused, match="has its last day on 1 December 2026"):
        units.move(unit=unit, to=to, on=date(2026, 12, 2), by=administrator, at=NOW)
    units.move(unit=unit, to=to, on=FIRST, by=administrator, at=NOW)
    assert spans(unit)[1:] == [("Professionalism", FIRST, FIRST)]


def test_what_cannot_be_a_move_is_refused(unit: Unit, group: BusinessGroup, administrator: User) -> None:
    elsewhere = make.make_group("Professionalism")

    def move(on: date, to: BusinessGroup = elsewhere) -> None:
        units.move(unit=unit, to=to, on=on, by=administrator, at=NOW)

    with pytest.raises(Refused, match="is in Met Operations on that day already"):
        move(FIRST, group)
    for too_early in (make.LONG_AGO, date(2015, 3, 31)):
        with pytest.raises(Refused, match=r"opened on 1 April 2015\. It can move from the day after that"):
            move(too_early)
    move(FIRST)
    for again in (FIRST, TODAY):
        with pytest.raises(Refused, match="moves to Professionalism on 1 December 2026 already"):
            move(again, make.make_group())
    assert len(spans(unit)) == 2


def test_kind_and_risk_band_change_and_the_trail_says_from_what_to_what(unit: Unit, administrator: User) -> None:
    units.change(unit=unit, kind=unit.kind, risk_band=RiskBand.LOW, by=administrator, at=NOW)
    unit.refresh_from_db()
    assert (unit.kind, unit.risk_band) == (UnitKind.OCU, RiskBand.LOW)
    assert written("unit.changed") == [("Harbour OCU", {"risk_band": ["high", "low"]})]
    with pytest.raises(Refused, match="in the low risk band already"):
        units.change(unit=unit, kind=unit.kind, risk_band=RiskBand.LOW, by=administrator, at=NOW)


def test_a_unit_that_has_ended_is_as_it_was(administrator: User) -> None:
    over = make.make_unit("Over OCU", closed_on=date(2026, 11, 21))
    with pytest.raises(Refused, match="has its last day on 21 November 2026 already"):
        units.change(unit=over, kind=UnitKind.BCU, risk_band=RiskBand.LOW, by=administrator, at=NOW)
    with pytest.raises(Refused, match="has its last day on 21 November 2026"):
        units.move(unit=over, to=make.make_group(), on=TODAY, by=administrator, at=NOW)


# --- Business groups ----------------------------------------------------------------------------------------------


def test_a_group_is_made_and_called_something_else_at_the_same_address(administrator: User) -> None:
    group = units.make_group(name="Digital Policing", by=administrator, at=NOW)
    renamed = units.rename_group(group=group, name="Digital and Data", by=administrator, at=NOW)
    assert (renamed.name, renamed.slug) == ("Digital and Data", "digital-policing")
    assert written("group.made") == [("Digital Policing", {})]
    assert written("group.renamed") == [("Digital and Data", {"name": ["Digital Policing", "Digital and Data"]})]


def test_two_groups_do_not_share_a_name(group: BusinessGroup, administrator: User) -> None:
    other = make.make_group("Digital Policing")
    attempts: list[Callable[[], BusinessGroup]] = [
        lambda: units.make_group(name="met operations", by=administrator, at=NOW),
        lambda: units.rename_group(group=other, name="MET OPERATIONS", by=administrator, at=NOW),
        lambda: units.rename_group(group=group, name="Met Operations", by=administrator, at=NOW),
    ]
    for attempt in attempts:
        with pytest.raises(Refused, match="called Met Operations already"):
            attempt()
    assert units.rename_group(group=group, name="MET Operations", by=administrator, at=NOW).name == "MET Operations"
