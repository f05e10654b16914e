"""What a reorganisation will do, in sentences, before anybody decides on it. Reads; changes nothing.

Each function raises Refused where the act would: what can be looked at can be done.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import date, timedelta

from organisation import dependants
from organisation.models import BusinessGroup, RiskBand, Unit, UnitKind, User
from organisation.periods import Quarter
from organisation.services import units as services
from organisation.services.units import NewUnit, Seating
from rendering.formats import day

ONE_DAY = timedelta(days=1)
STAYS = "Its statements, actions and other records stay with it, and the people appointed to it go on reading them."


@dataclass(frozen=True, slots=True)
class Outlook:
    """What happens, who is appointed and who is not, and what else to know."""

    happens: tuple[str, ...]
    appointed: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    tells: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """What stands for the whole text: another one means that something has changed since it was read."""
        return hashlib.sha256(repr(astuple(self)).encode()).hexdigest()


def of_opening(new: NewUnit, *, on: date, today: date) -> Outlook:
    services.check_open(new, on=on, today=today)
    return Outlook((_opens(new, on),), tells=(_nobody_yet(new.name),))


def of_renaming(unit: Unit, *, name: str, on: date, appoint_again: bool, by: User, today: date) -> Outlook:
    new = services.check_rename(unit, name=name, on=on, today=today)
    return _succession([unit], [new], on, appoint_again=appoint_again, by=by)


def of_merging(
    units: Sequence[Unit], *, into: Unit | NewUnit, on: date, appoint_again: bool, by: User, today: date
) -> Outlook:
    services.check_merge(units, into=into, on=on, today=today)
    return _succession(units, [into], on, appoint_again=appoint_again, by=by)


def of_splitting(unit: Unit, *, into: Sequence[NewUnit], on: date, by: User, today: date) -> Outlook:
    services.check_split(unit, into=into, on=on, today=today)
    return _succession([unit], into, on, appoint_again=False, by=by)


def of_closing(unit: Unit, *, last_day: date, today: date) -> Outlook:
    services.check_close([unit], last_day=last_day, today=today)
    tells = dependants.of_closing([unit], last_day).tells
    return Outlook((_ends(unit, last_day), "Nothing comes after it."), tells=tells)


def of_moving(unit: Unit, *, to: BusinessGroup, on: date, today: date) -> Outlook:
    so_far = services.check_move(unit, to=to, on=on, today=today)
    return Outlook(
        (
            f"{unit.name} is in {so_far.group.name} to {day(on - ONE_DAY)} and in {to.name} from {day(on)}.",
            f"From that day the COG lead and support of {to.name} read and review its statements, earlier ones too, "
            f"and those of {so_far.group.name} no longer do.",
            "A half-year’s roll-up counts it in the group that it is in on the half’s last day.",
        )
    )


def of_changing(unit: Unit, *, kind: str, risk_band: str, today: date) -> Outlook:
    services.check_change(unit, kind=kind, risk_band=risk_band, today=today)
    happens = []
    if kind != unit.kind:
        happens.append(f"{unit.name} is a {UnitKind(kind).label} from now on. It was a {UnitKind(unit.kind).label}.")
    if risk_band != unit.risk_band:
        before, after = _band(unit.risk_band), _band(risk_band)
        happens.append(f"{unit.name} is in the {after} risk band from now on. It was in the {before} one.")
        happens.append("Targets for a risk band are those of its new band from now on.")
    return Outlook(tuple(happens))


def _succession(
    units: Sequence[Unit], into: Sequence[Unit | NewUnit], on: date, *, appoint_again: bool, by: User
) -> Outlook:
    last_day = on - ONE_DAY
    happens = [_ends(unit, last_day) for unit in units]
    happens += [_goes_on(one, on) if isinstance(one, Unit) else _opens(one, on) for one in into]
    seating = Seating()
    if appoint_again:
        goes_on = into[0] if isinstance(into[0], Unit) else None
        seating = services.who_follows(units, goes_on, on=on, by=by)
    tells = dependants.of_closing(units, last_day).tells
    if not seating.seats:
        tells = (*(_nobody_yet(one.name) for one in into if isinstance(one, NewUnit)), *tells)
    return Outlook(
        tuple(happens),
        tuple(
            f"{seat.person.name}: {seat.role.label} of {into[0].name} from {day(seat.starts_on)}"
            f"{f' to {day(seat.ends_on)}' if seat.ends_on else ''}"
            for seat in seating.seats
        ),
        seating.left_out,
        tells,
    )


def _ends(unit: Unit, last_day: date) -> str:
    return f"{unit.name} has its last day on {day(last_day)}. {STAYS}"


def _opens(new: NewUnit, on: date) -> str:
    quarter = Quarter.of(on)
    first = quarter if quarter.first_day == on else quarter.next()
    return (
        f"{new.name} opens on {day(on)} in {new.group.name}: {UnitKind(new.kind).label}, {_band(new.risk_band)} risk. "
        f"Its first statement is that of {first.name}."
    )


def _goes_on(unit: Unit, on: date) -> str:
    return f"{unit.name} goes on, and is what came of them from {day(on)}."


def _nobody_yet(name: str) -> str:
    return f"Nobody is appointed to {name} by this. Appoint a SPOC and an SLT lead afterwards."


def _band(risk_band: str) -> str:
    return RiskBand(risk_band).label.lower()
