"""What the blocks of papers draw on, written by hand: movement, targets, audits, actions, plans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

from actions.models import Action, ActionStatus, Plan, Task
from actions.services import plans
from assurance.models import Revision, Rollup
from assurance.rollup_movement import Movement, ThemeMovement, UnitMovement
from assurance.targets import Point, TargetProgress
from maturity.models import Edition
from organisation.models import BusinessGroup, Unit
from organisation.periods import Quarter
from organisation.roles import Role
from tests.factories import maturity
from tests.factories.actions import make_action
from tests.factories.forces import Pen, Said
from tests.factories.organisation import make_person
from tests.factories.papers import BUILT_AT, HALF, as_stored, make_blob, north, south
from tests.factories.verdicts import issued_audits

FIRST, SECOND = HALF.quarters
AUDITED_ON = date(2025, 8, 20)
EARLY, LATE = datetime(2025, 6, 2, 9, tzinfo=UTC), datetime(2025, 9, 3, 9, tzinfo=UTC)


def moved(leadership: Mapping[str, int], audit: Mapping[str, int], **more: Any) -> dict[str, Any]:
    """What a roll-up counted as moved, in the two themes that are scored. Its units have names that nobody prints."""
    themes = (
        ThemeMovement(**leadership, identity="leadership", name="Leadership", at_target_now=1),
        ThemeMovement(**audit, identity="audit", name="Assurance and Audit"),
    )
    units = (UnitMovement(worse=1, name="A unit that fell", slug="a-unit-that-fell"),)
    stored: dict[str, Any] = as_stored(
        asdict(Movement("2024/25-H2", "2019", "2019", not_comparable=(), themes=themes, units=units, **more))
    )
    return stored


def north_moved() -> dict[str, Any]:
    """Of North's levels one rose, two stayed and one fell; one is new and one gone."""
    return north() | {"movement": moved({"improved": 1, "same": 1, "new": 1}, {"same": 1, "worse": 1, "gone": 1})}


def south_moved() -> dict[str, Any]:
    """Of South's levels one rose and one stayed; a unit ended."""
    return south() | {"movement": moved({"same": 1}, {"improved": 1}, ended=("Elder Unit",))}


def make_force_summary(*, with_targets: bool = True) -> Rollup:
    """A force summary of the half with one target: 1, 2, 3, 4 and 5 of 10 units were at it, quarter by quarter."""
    points = tuple(Point(str(SECOND.plus(back)), number, 10) for number, back in enumerate(range(-4, 1), start=1))
    target = TargetProgress(3, False, "every unit", "", None, "2026-03-31", "Board", "2025-01-07", points, ("Alder",))
    figures = north() | {"targets": as_stored([asdict(target)]) if with_targets else []}
    return Rollup.objects.create(
        group=None, half=HALF, figures=figures, figures_digest="0" * 64, built_at=BUILT_AT, pdf=make_blob()
    )


def make_statements(units: list[Unit], quarter: Quarter, *said: Said, edition: Edition | None = None) -> list[Revision]:
    """A statement of each unit, in their order; as many as there is something said."""
    edition = edition or Edition.objects.order_by("-starts_on").first() or maturity.shipped("2019")[0]
    Pen().write(edition, quarter, {unit: [one] for unit, one in zip(units, said, strict=False)})
    found = Revision.objects.filter(statement__quarter=quarter, statement__unit__in=units)
    return list(found.order_by("statement__unit__name"))


def make_audited(units: list[Unit]) -> None:
    """An audit of each unit, whose leadership was claimed to be at 4: the first found 3, all others 4."""
    said = [Said("accepted", {"leadership": 4, "audit": 3}) for _ in units]
    revisions = make_statements(units, FIRST, *said)
    found = {one: {"leadership": 3 if number == 0 else 4} for number, one in enumerate(revisions)}
    issued_audits(found, on=AUDITED_ON)


def make_plan(name: str, unit: Unit) -> Plan:
    """A plan of two services: one with a milestone reached and one to come, the other completed."""
    one = make_action(unit, "A health hub", due=date(2025, 9, 1), at=EARLY)
    Task.objects.filter(action=one).update(title="Open the doors", done_at=LATE, done_by=make_person(Role.SHRMT))
    Task.objects.create(action=one, number=2, title="See every officer", due_words="Spring 2026")
    other = make_action(unit, "A help line", due=date(2025, 8, 1), at=EARLY)
    close(other)
    return plans.gather(name=name, actions=[one, other], by=make_person(Role.SHRMT), at=EARLY)


def close(action: Action, at: datetime = LATE) -> None:
    """Close an action as the service does, on another day than today."""
    closed = {"status": ActionStatus.CLOSED, "closed_at": at, "closed_by": action.raised_by, "achieved": "Done."}
    Action.objects.filter(pk=action.pk).update(**closed)


def units_of(group: BusinessGroup) -> list[Unit]:
    return list(Unit.objects.in_group_on(group, HALF.last_day).order_by("name"))
