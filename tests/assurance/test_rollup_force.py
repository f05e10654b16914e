"""Every awkward case at once: a seeded force, and its figures worked out a second time from the raw rows.

What stands under *A second reckoning* knows the tables and domain.md, and nothing of `assurance/rollup.py` and its
neighbours: the product's figures, group by group and for the force, are compared with it number by number.
"""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assurance.models import Entry, Review, Revision
from assurance.rollup import Figures
from assurance.services.rollups import figures_of
from maturity.models import Edition
from organisation.models import BusinessGroup, Unit, UnitMembership
from organisation.periods import HalfYear, Quarter
from tests.factories import maturity
from tests.factories.forces import Pen, Said, make_units
from tests.factories.organisation import make_group, make_unit, move_unit

pytestmark = pytest.mark.django_db

# The 2019 edition is in force from the first of these halves on; the quarters before are on the 2017 edition.
CHANGE, AFTER = HalfYear(2019, 1), HalfYear(2019, 2)
QUARTERS = [Quarter(2017, 4).plus(number) for number in range(9)]  # Q4 2017/18 to Q4 2019/20
NOW = date(2020, 4, 20)
NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # the database holds that what is signed has its moment
# Audit and performance benchmarking are not comparable between the two, and wellbeing is scored in 2017 only.
APART = {"audit", "performance-benchmarking", "wellbeing"}


# --- The force ------------------------------------------------------------------------------------------------------


@pytest.fixture
def force() -> dict[str, BusinessGroup]:
    """Three groups; the awkward units have their cases for names, and chance (with a seed) fills in the rest."""
    editions = {edition.code: edition for edition in maturity.shipped("2017", "2019")}
    groups = {name: make_group(name) for name in ("Frontline", "Operations", "Services")}
    awkward = _awkward_units(groups)
    others = [unit for group in groups.values() for unit in make_units(group, 7)]
    _split_group(make_group("Split evenly"))
    pen, dice = Pen(), Random(5)  # noqa: S311  # repeatable is what is wanted here
    so_far: dict[Unit, dict[str, int | None]] = {}
    for quarter in QUARTERS:
        edition = editions["2017" if quarter.first_day < date(2019, 4, 1) else "2019"]
        scored = [theme.identity for theme in edition.themes.all() if theme.scored]
        said = {}
        for unit in [*awkward.values(), *others]:
            if unit.opened_on <= quarter.first_day and (unit.closed_on is None or unit.closed_on >= quarter.first_day):
                revisions = _revisions(unit.name, quarter, scored, so_far, unit, dice)
                if revisions:
                    said[unit] = revisions
        for unit in Unit.objects.filter(name__startswith="Split evenly"):
            level = 3 if unit.name.endswith(("0000", "0001")) else 4
            said[unit] = [Said("accepted", dict.fromkeys(scored, level), held=scored)]
        pen.write(edition, quarter, said)
    maturity.target(3, by_on=date(2021, 3, 31))
    maturity.target(4, by_on=date(2021, 9, 30), risk_bands=["medium", "high"], share=80)
    maturity.target(3, by_on=date(2020, 9, 30), theme_identity="leadership")
    maturity.target(3, by_on=date(2019, 3, 31), self_sustaining=True)
    maturity.target(4, by_on=date(2020, 12, 31), group=groups["Operations"])
    return {group.name: group for group in BusinessGroup.objects.all()}


def _split_group(group: BusinessGroup) -> None:
    """Four units: two at level 3 and two at level 4 in every theme, in every quarter."""
    make_units(group, 4)


def _awkward_units(groups: Mapping[str, BusinessGroup]) -> dict[str, Unit]:
    front, ops, services = groups["Frontline"], groups["Operations"], groups["Services"]
    units = [
        make_unit("No statement", group=front),
        make_unit("Draft only", group=front, risk_band="high"),
        make_unit("Signed not accepted", group=front),
        make_unit("Returned twice", group=front, risk_band="low"),
        make_unit("Returned, then signed late", group=front),
        make_unit("Merged in the change", group=ops, closed_on=date(2019, 5, 20)),
        make_unit("Merged in the half after", group=ops, closed_on=date(2020, 1, 15)),
        make_unit("Ended before the half after", group=ops, closed_on=date(2019, 9, 12)),
        make_unit("Opened in the change", group=ops, opened_on=date(2019, 5, 10)),
        make_unit("Opened too late for the change", group=services, opened_on=date(2019, 7, 2)),
        make_unit("Opened too late for the half after", group=services, opened_on=date(2020, 2, 3)),
        make_unit("Never there", group=services, opened_on=date(2019, 4, 2), closed_on=date(2019, 6, 3)),
        make_unit("Accepted, a later one signed", group=services),
        make_unit("Still on the old edition", group=services),
        make_unit("Carries everything", group=services, risk_band="high"),
        make_unit("No level in leadership", group=ops, risk_band="high"),
        make_unit("Moved", group=front),
        make_unit("Always at three", group=ops),
    ]
    moved = next(unit for unit in units if unit.name == "Moved")
    move_unit(moved, to=services, on=date(2019, 6, 1), last_day_before=date(2019, 5, 31))
    return {unit.name: unit for unit in units}


def _revisions(
    name: str,
    quarter: Quarter,
    scored: list[str],
    so_far: dict[Unit, dict[str, int | None]],
    unit: Unit,
    dice: Random,
) -> list[Said]:
    """The revisions of a unit's quarter."""
    before = so_far.get(unit, {})
    levels: dict[str, int | None] = {
        identity: min(5, max(1, (before.get(identity) or dice.choice((2, 3, 3, 4))) + dice.choice((0, 0, 0, 0, 1, -1))))
        for identity in scored
    }
    levels["communication"] = 3  # everybody on one level
    held = {identity for identity in scored if dice.random() < 0.93}
    carried = {identity for identity in scored if before.get(identity) == levels[identity] and dice.random() < 0.6}
    late = quarter.due_on + timedelta(days=1)
    on_time = quarter.first_day.replace(day=20)
    signed_on = late if dice.random() < 0.25 else on_time
    answers = (True, dice.random() < 0.8, dice.random() < 0.7)
    whole = Said(dice.choice(("accepted", "accepted", "signed")), levels, carried, held, signed_on, answers)
    in_view = quarter.half in (CHANGE, AFTER)
    so_far[unit] = levels
    match name:
        case "No statement":
            return []
        case "Draft only":
            return [Said(dice.choice(("open", "completed")), levels)]
        case "Signed not accepted":
            return [Said("signed", levels, signed_on=on_time)]
        case "Returned twice" if in_view:
            return [Said("returned", levels, signed_on=on_time), Said("returned", levels, signed_on=late)]
        case "Returned, then signed late" if in_view:
            return [Said("returned", levels, signed_on=on_time), Said("accepted", levels, carried, held, late, answers)]
        case "Accepted, a later one signed":
            state = "signed" if quarter.number % 2 == 0 else "accepted"
            return [Said(state, levels, carried, held, signed_on, answers), Said("open", levels)]
        case "Still on the old edition" if in_view:
            return []  # what it says of these halves is written by the test that looks at it
        case "Carries everything" if before:
            kept = {identity: before.get(identity) for identity in scored}
            so_far[unit] = kept
            return [Said("accepted", kept, scored, scored, on_time, answers)]
        case "No level in leadership":
            return [Said("accepted", levels | {"leadership": None}, carried, held, signed_on, answers)]
        case "Always at three":
            return [Said("accepted", dict.fromkeys(scored, 3), (), scored, on_time, answers)]
    return [whole] if dice.random() < 0.9 else []


# --- A second reckoning ---------------------------------------------------------------------------------------------


@dataclass
class Row:
    """A signed, unreturned revision as it lies in the tables."""

    unit: str
    quarter: str
    number: int
    state: str
    signed_on: date
    edition: str
    levels: dict[str, int | None] = field(default_factory=dict)
    carried: set[str] = field(default_factory=set)
    held: set[str] = field(default_factory=set)
    answers: tuple[bool, bool, bool] | None = None

    @property
    def rank(self) -> tuple[bool, str, int]:
        return self.state == "accepted", self.quarter, self.number


def raw_rows() -> list[Row]:
    london = ZoneInfo("Europe/London")
    rows = {
        one["id"]: Row(
            one["statement__unit__name"],
            str(one["statement__quarter"]),
            one["number"],
            one["state"],
            (one["signed_at"] or NEVER).astimezone(london).date(),
            one["statement__edition__code"],
        )
        for one in Revision.objects.filter(state__in=["signed", "accepted"]).values(
            "id",
            "number",
            "state",
            "signed_at",
            "statement__unit__name",
            "statement__quarter",
            "statement__edition__code",
        )
    }
    entries = Entry.objects.filter(revision__in=rows, theme__scored=True)
    columns = ("revision", "theme__identity", "level", "carried", "held_without_shrmt")
    for revision, theme, level, carried, held in entries.values_list(*columns):
        row = rows[revision]
        row.levels[theme] = level
        if carried == "confirmed":
            row.carried.add(theme)
        if held:
            row.held.add(theme)
    for review in Review.objects.filter(revision__in=rows):
        rows[review.revision_id].answers = (
            review.appropriately_completed,
            review.reflects_performance,
            review.identifies_improvement,
        )
    return list(rows.values())


def first_day(quarter: str) -> date:
    year, number = int(quarter[:4]), int(quarter[-1])
    return date(year + (number == 4), 4 + 3 * (number - 1) if number < 4 else 1, 1)


def due(quarter: str) -> date:
    """The last day of the quarter's second month: the day before its third begins."""
    third_month = first_day(quarter).replace(day=1, month=first_day(quarter).month + 2)
    return third_month - timedelta(days=1)


def existed(unit: Unit, day: date) -> bool:
    return unit.opened_on <= day and (unit.closed_on is None or day <= unit.closed_on)


def units_of(group: str | None, last_day: date, quarters: Iterable[str]) -> tuple[dict[str, Unit], list[str]]:
    """The units counted for the quarters, by name, and those of the group of which nothing was expected."""
    counted, excluded = {}, []
    days = [first_day(quarter) for quarter in quarters]
    for unit in Unit.objects.order_by("name").prefetch_related("memberships__group"):
        day = min(last_day, unit.closed_on or last_day)
        memberships = [
            one.group.name
            for one in unit.memberships.all()
            if one.starts_on <= day and (one.ends_on is None or day <= one.ends_on)
        ]
        if not memberships or (group is not None and memberships != [group]):
            continue
        if unit.closed_on is not None and unit.closed_on < days[0]:
            continue
        if any(existed(unit, one) for one in days):
            counted[unit.name] = unit
        else:
            excluded.append(unit.name)
    return counted, excluded


def best(rows: Iterable[Row]) -> Row | None:
    return max(rows, key=lambda row: row.rank, default=None)


def may_compare(one: str, other: str, identity: str) -> bool:
    return one == other or identity not in APART


def reckon(group: str | None, half: HalfYear) -> dict[str, Any]:
    """All figures of a group's half-year, or the force's, from the raw rows."""
    now, before = [str(one) for one in half.quarters], [str(one) for one in half.previous().quarters]
    units, excluded = units_of(group, half.last_day, now)
    units_before, _ = units_of(group, half.previous().last_day, before)
    by_unit: dict[str, list[Row]] = defaultdict(list)
    for one in raw_rows():
        by_unit[one.unit].append(one)

    def used(name: str, quarters: list[str]) -> Row | None:
        return best(row for row in by_unit[name] if row.quarter in quarters)

    themes = [one.identity for one in Edition.objects.get(code="2019").themes.all() if one.scored]
    counting = {name: used(name, now) for name in units}
    found: dict[str, Any] = {"units": list(units), "excluded": excluded, "coverage": [], "themes": {}, "moves": {}}
    for quarter in now:
        expected = [name for name, unit in units.items() if existed(unit, first_day(quarter))]
        signed = {name: rows for name in expected if (rows := [row for row in by_unit[name] if row.quarter == quarter])}
        found["coverage"].append(
            (
                len(expected),
                len(signed),
                sum(any(row.state == "accepted" for row in rows) for rows in signed.values()),
                sum(min(row.signed_on for row in rows) > due(quarter) for rows in signed.values()),
                len(expected) - len(signed),
            )
        )
    for theme in themes:
        levels, counts = {}, Counter[str]()
        for name, row in counting.items():
            if row is None:
                counts["nothing signed"] += 1
            elif not may_compare("2019", row.edition, theme):
                counts["other edition"] += 1
            else:
                counts["carried"] += theme in row.carried
                if (level := row.levels.get(theme)) is None:
                    counts["no level"] += 1
                else:
                    levels[name] = level
        values = sorted(levels.values())
        low, high = (statistics.median_low(values), statistics.median_high(values)) if values else (0, 0)
        found["themes"][theme] = {
            "counts": tuple(values.count(level) for level in range(1, 6)),
            "no level": counts["no level"],
            "nothing signed": counts["nothing signed"],
            "other edition": counts["other edition"],
            "carried": counts["carried"],
            "median": (str(low) if low == high else f"{low}–{high}") if values else "",
            "lowest": min(values, default=None),
            "lowest units": {name for name, level in levels.items() if level == min(values)},
            "at target": sum(level >= target_of(group) for level in values),
            "target": target_of(group),
        }
        moves = Counter[str]()
        ended = [name for name in units_before if name not in units and not counted(units_before[name], now)]
        at_before = at_now = 0
        for name in [*units, *ended]:
            later, earlier = counting.get(name), used(name, before)
            new = later.levels.get(theme) if later else None
            old = earlier.levels.get(theme) if earlier else None
            if later and earlier and not may_compare(later.edition, earlier.edition, theme):
                moves["not_comparable"] += 1
            elif new is None or old is None:
                moves["neither" if new == old else "new" if old is None else "gone"] += 1
            else:
                new = old if later and theme in later.carried else new
                moves["same" if new == old else "improved" if new > old else "worse"] += 1
                at_before += old >= target_of(group)
                at_now += new >= target_of(group)
        found["moves"][theme] = (dict(moves), at_before, at_now)
    found["ended"] = sorted(name for name in units_before if name not in units and not counted(units_before[name], now))
    found["late"] = sum(
        min(one.signed_on for one in by_unit[name] if one.quarter == row.quarter) > due(row.quarter)
        for name, row in counting.items()
        if row
    )
    rows_used = [row for row in counting.values() if row]
    answers = [row.answers for row in rows_used if row.answers is not None]
    yes_and_no = [(sum(one[n] for one in answers), sum(not one[n] for one in answers)) for n in range(3)]
    found["questions"] = (len(rows_used), len(rows_used) - len(answers), *yes_and_no)
    found["sustained"] = sustained(counting, by_unit, themes, 3)
    return found


def counted(unit: Unit, quarters: list[str]) -> bool:
    return any(existed(unit, first_day(quarter)) for quarter in quarters)


def target_of(group: str | None) -> int:
    """Operations have a target of their own, 4; for everybody it is 3, in leadership by a target for the theme."""
    return 4 if group == "Operations" else 3


def back_from(quarter: str, number: int) -> list[str]:
    return [str(Quarter.parse(quarter).plus(-n)) for n in range(number)]


def holds(row: Row | None, by_unit: Mapping[str, list[Row]], theme: str, least: int) -> bool:
    """Whether the unit has held the theme at the level for four quarters that end with the row's."""
    if row is None:
        return False
    run = [best(one for one in by_unit[row.unit] if one.quarter == quarter) for quarter in back_from(row.quarter, 4)]
    return all(
        one is not None
        and (one.levels.get(theme) or 0) >= least
        and theme in one.held
        and may_compare(row.edition, one.edition, theme)
        for one in run
    )


def sustained(
    counting: Mapping[str, Row | None], by_unit: Mapping[str, list[Row]], themes: list[str], least: int
) -> tuple[dict[str, int], list[str]]:
    by_theme = {theme: sum(holds(row, by_unit, theme, least) for row in counting.values()) for theme in themes}
    whole = [name for name, row in counting.items() if all(holds(row, by_unit, theme, least) for theme in themes)]
    return {theme: units for theme, units in by_theme.items() if units}, whole


def reckon_target(
    group: str | None, half: HalfYear, *, level: int, bands: set[str] | None = None, theme: str = "", own: bool = False
) -> list[tuple[str, int, int]]:
    """(quarter, units at target, units) at the end of the last five quarters, as far as they can be compared."""
    units, _ = units_of(group, half.last_day, [str(one) for one in half.quarters])
    by_unit: dict[str, list[Row]] = defaultdict(list)
    for one in raw_rows():
        by_unit[one.unit].append(one)
    themes = [one.identity for one in Edition.objects.get(code="2019").themes.all() if one.scored]
    found: list[tuple[str, int, int]] = []
    stood: dict[str, tuple[bool, bool]] = {}  # name: (at target, with a statement)
    for quarter in reversed(back_from(str(half.quarters[1]), 5)):
        stands: dict[str, tuple[bool, bool]] = {}
        editions = set()
        for name, unit in units.items():
            span = back_from(quarter, 2)
            if (bands and unit.risk_band not in bands) or not any(existed(unit, first_day(one)) for one in span):
                continue
            row = best(one for one in by_unit[name] if one.quarter in span)
            if row is None:
                stands[name] = (False, False)
                continue
            editions.add(row.edition)
            asked = [one for one in row.levels if theme in ("", one)]
            if name in stood and stood[name][1] and all(one in row.carried for one in asked):
                at_target = stood[name][0]
            elif own:
                at_target = all(holds(row, by_unit, one, level) for one in asked)
            else:
                at_target = all((row.levels[one] or 0) >= level for one in asked)
            stands[name] = (at_target, True)
        stood = stands
        broken = any(not may_compare("2019", code, one) for code in editions for one in ([theme] if theme else themes))
        if broken:
            found = []
        if found or quarter == str(half.quarters[1]) or not broken:
            found.append((quarter, sum(at for at, _ in stands.values()), len(stands)))
    return found


# --- The comparison -------------------------------------------------------------------------------------------------

MOVES = ("improved", "same", "worse", "new", "gone", "not_comparable", "neither")
SCOPES = ["Frontline", "Operations", "Services", "Split evenly", None]


def figures(force: Mapping[str, BusinessGroup], group: str | None, half: HalfYear) -> Figures:
    return figures_of(force[group] if group else None, half, as_at=NOW)


@pytest.fixture
def on_the_old_edition(force: dict[str, BusinessGroup]) -> dict[str, BusinessGroup]:
    """The one unit that still answers on the 2017 edition after the change, in both halves."""
    unit = Unit.objects.get(name="Still on the old edition")
    old = Edition.objects.get(code="2017")
    levels: dict[str, int | None] = {theme.identity: 4 for theme in old.themes.all()}
    pen = Pen()
    for quarter in (CHANGE.quarters[1], AFTER.quarters[0]):
        pen.write(old, quarter, {unit: [Said("accepted", levels, held=levels)]})
    return force


@pytest.mark.parametrize("half", [CHANGE, AFTER], ids=str)
def test_the_figures_are_those_of_a_second_reckoning(
    on_the_old_edition: dict[str, BusinessGroup], half: HalfYear
) -> None:
    for group in SCOPES:
        found, expected = figures(on_the_old_edition, group, half), reckon(group, half)
        assert found.unit_count == len(expected["units"])
        if group is not None:
            assert [unit.name for unit in found.units] == expected["units"]
        assert [one.name for one in found.excluded] == expected["excluded"]
        assert [
            (row.expected, row.signed, row.accepted, row.signed_late, row.nothing_signed) for row in found.coverage
        ] == expected["coverage"]
        assert found.used_late == expected["late"]
        for row in found.distribution:
            if not row.scored:
                assert row.identity == "wellbeing"
                continue
            theme = expected["themes"][row.identity]
            assert {
                "counts": row.counts,
                "no level": row.no_level,
                "nothing signed": row.nothing_signed,
                "other edition": row.other_edition,
                "carried": row.carried,
                "median": row.median,
                "lowest": row.lowest,
                "at target": row.at_target,
                "target": row.target,
            } == {name: value for name, value in theme.items() if name != "lowest units"}
            assert row.at_lowest == len(theme["lowest units"])
            assert group is None or set(row.lowest_units) == theme["lowest units"]
            assert (row.self_sustaining or 0) == expected["sustained"][0].get(row.identity, 0)
        assert found.questions is not None
        asked = found.questions
        three = (asked.appropriately_completed, asked.reflects_performance, asked.identifies_improvement)
        assert (asked.used, asked.not_reviewed, *((one.yes, one.no) for one in three)) == expected["questions"]
        assert found.self_sustaining is not None
        assert found.self_sustaining.in_every_theme == len(expected["sustained"][1])
        assert group is None or list(found.self_sustaining.names) == expected["sustained"][1]


@pytest.mark.parametrize("half", [CHANGE, AFTER], ids=str)
def test_the_movement_is_that_of_a_second_reckoning(
    on_the_old_edition: dict[str, BusinessGroup], half: HalfYear
) -> None:
    for group in SCOPES:
        moved, expected = figures(on_the_old_edition, group, half).movement, reckon(group, half)
        assert moved is not None
        assert list(moved.ended) == expected["ended"]
        for theme in moved.themes:
            counts, at_before, at_now = expected["moves"][theme.identity]
            assert {name: getattr(theme, name) for name in MOVES if getattr(theme, name)} == counts
            assert (theme.at_target_before, theme.at_target_now) == (at_before, at_now)


@pytest.mark.parametrize("half", [CHANGE, AFTER], ids=str)
@pytest.mark.parametrize("old_edition", [False, True])
def test_the_targets_are_those_of_a_second_reckoning(
    request: pytest.FixtureRequest, half: HalfYear, old_edition: bool
) -> None:
    force = request.getfixturevalue("on_the_old_edition" if old_edition else "force")
    for group in SCOPES:
        found = {
            (one.level, one.theme, one.self_sustaining, one.share, one.for_whom): [
                (point.quarter, point.at_target, point.units) for point in one.history
            ]
            for one in figures(force, group, half).targets
        }
        expected = {
            (3, "", False, None, "every unit"): reckon_target(group, half, level=3),
            (4, "", False, 80, "80% of medium- and high-risk units"): reckon_target(
                group, half, level=4, bands={"medium", "high"}
            ),
            (3, "Leadership", False, None, "every unit"): reckon_target(group, half, level=3, theme="leadership"),
            (3, "", True, None, "every unit"): reckon_target(group, half, level=3, own=True),
        }
        if group == "Operations":
            expected[4, "", False, None, "every unit of Operations"] = reckon_target(group, half, level=4)
        assert found == expected


def test_the_groups_add_up_to_the_force(on_the_old_edition: dict[str, BusinessGroup]) -> None:
    for half in (CHANGE, AFTER):
        force = figures(on_the_old_edition, None, half)
        groups = [figures(on_the_old_edition, group, half) for group in SCOPES if group]
        assert force.unit_count == sum(one.unit_count for one in groups)
        assert [row.units for row in force.groups] == [one.unit_count for one in groups]
        for position, row in enumerate(force.distribution):
            rows = [one.distribution[position] for one in groups]
            assert row.counts == tuple(map(sum, zip(*(one.counts for one in rows), strict=True)))
            assert (row.no_level, row.nothing_signed, row.other_edition) == (
                sum(one.no_level for one in rows),
                sum(one.nothing_signed for one in rows),
                sum(one.other_edition for one in rows),
            )
            of_groups = [one.themes[position] for one in force.groups]
            assert [one.counts for one in of_groups] == [one.counts for one in rows]
            assert [one.median for one in of_groups] == [one.median for one in rows]
        assert force.movement is not None
        for position, moved in enumerate(force.movement.themes):
            parts = [one.movement.themes[position] for one in groups if one.movement]
            for name in MOVES:
                assert getattr(moved, name) == sum(getattr(one, name) for one in parts)
        by_group = [row.improved for row in force.movement.units]
        assert by_group == [sum(row.improved for row in one.movement.themes) for one in groups if one.movement]


# --- The cases by name ----------------------------------------------------------------------------------------------


def test_each_awkward_unit_is_where_it_belongs(on_the_old_edition: dict[str, BusinessGroup]) -> None:
    change = {
        group: {row.name: row for row in figures(on_the_old_edition, group, CHANGE).units}
        for group in ("Frontline", "Operations", "Services")
    }
    front, ops, services = change.values()
    for name in ("No statement", "Draft only", "Returned twice"):
        assert front[name].status is None
    assert front["Signed not accepted"].status == "signed"
    assert (front["Returned, then signed late"].revision, front["Returned, then signed late"].late) == (2, True)
    assert {"Merged in the change", "Opened in the change"} <= set(ops)
    assert ops["No level in leadership"].levels["leadership"] is None
    assert services["Accepted, a later one signed"].later_awaits_acceptance
    assert services["Still on the old edition"].edition == "2017"
    assert "Moved" in services
    assert "Moved" not in front
    assert {unit.name for unit in figures(on_the_old_edition, "Services", CHANGE).excluded} == {
        "Never there",
        "Opened too late for the change",
    }


def test_all_units_on_one_level_and_an_even_split(force: dict[str, BusinessGroup]) -> None:
    split = figures(force, "Split evenly", AFTER)
    leadership = split.distribution[0]
    assert (leadership.counts, leadership.median, leadership.lowest) == ((0, 0, 2, 2, 0), "3–4", 3)
    assert leadership.lowest_units == ("Split evenly 0000", "Split evenly 0001")
    assert split.movement is not None
    assert split.movement.themes[0].same == 4
    assert split.most_improved == ()
    communication = next(
        row for row in figures(force, "Frontline", AFTER).distribution if row.identity == "communication"
    )
    assert communication.counts[2] == communication.with_level > 5
    assert communication.median == "3"


def test_a_change_of_edition_is_marked_and_the_themes_that_changed_are_not_compared(
    force: dict[str, BusinessGroup],
) -> None:
    for group in ("Frontline", None):
        moved = figures(force, group, CHANGE).movement
        assert moved is not None
        assert (moved.edition_before, moved.edition) == ("2017", "2019")
        assert set(moved.not_comparable) == {"Performance Benchmarking", "Assurance and Audit"}
        audit = next(row for row in moved.themes if row.identity == "audit")
        assert audit.compared == 0
        assert audit.not_comparable > 5
        after = figures(force, group, AFTER).movement
        assert after is not None
        assert (after.edition_before, after.edition, after.not_comparable) == ("2019", "2019", ())


# --- The size of it -------------------------------------------------------------------------------------------------


def test_the_number_of_queries_does_not_grow_from_ten_units_to_a_thousand() -> None:
    edition = maturity.shipped("2017", "2019")[-1]
    scored = [theme.identity for theme in edition.themes.all() if theme.scored]
    maturity.target(3)
    maturity.target(3, self_sustaining=True)
    group, pen = make_group("Large"), Pen()
    taken = []
    for number in (10, 990):
        units = make_units(group if number == 990 else make_group("Small"), number)
        if number == 10:
            UnitMembership.objects.filter(unit__in=units).update(group=group)
        pen.write(edition, AFTER.quarters[0], {unit: [Said("accepted", dict.fromkeys(scored, 3))] for unit in units})
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # as the database does by itself before long
        for scope in (group, None):
            with CaptureQueriesContext(connection) as queries:
                assert figures_of(scope, AFTER, as_at=NOW).unit_count == (10 if number == 10 else 1000)
            taken.append(len(queries))
    small_group, small_force, large_group, large_force = taken
    assert small_group == large_group == 12
    assert small_force == large_force == 18
