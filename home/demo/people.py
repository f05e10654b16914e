"""What people of an invented force hold or study for, and what is missing of it: something for its lists to say."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password

from home.demo.cast import Cast
from home.demo.names import DEMO_DOMAIN
from organisation.models import Appointment, Unit, User
from organisation.models.qualification import QualificationStatus
from organisation.periods import london_day
from organisation.roles import Role
from organisation.services import appointments, qualifications

# The level-3 certificate that the 2017 paper, section 6, expects of SPOCs and SLT leads.
CERTIFICATE = "NEBOSH National General Certificate in Occupational Health and Safety"
ENDS_IN = timedelta(days=45)


def write(*, cast: Cast, at: datetime) -> None:
    """Write the qualifications, an appointment that has ended, one that ends soon, and an account that has none."""
    administrator = cast.named["administrator"]
    certificate = qualifications.make_type(
        name=CERTIFICATE, level=3, expected_of=[Role.SPOC, Role.SLT_LEAD], by=administrator, at=at
    )
    held, studying, given_up = QualificationStatus.HELD, QualificationStatus.STUDYING, QualificationStatus.WITHDRAWN
    for person, status, on in (
        (cast.named["spoc"], held, date(2021, 6, 18)),
        (cast.named["slt-lead"], held, date(2018, 11, 9)),
        (cast.named["spoc-2"], studying, date(2026, 1, 12)),
        (cast.others[Role.SPOC][0], held, date(2019, 3, 29)),
        (cast.others[Role.SPOC][1], given_up, date(2024, 7, 5)),
        (cast.others[Role.SLT_LEAD][0], held, date(2017, 12, 1)),
    ):
        qualifications.record(
            person=person, type=certificate, status=status, on=on, expires_on=None, by=administrator, at=at
        )
    _let_appointments_end(cast, by=administrator, at=at)
    User.objects.create(email=f"newcomer@{DEMO_DOMAIN}", name="Newcomer", password=make_password(None))


def _let_appointments_end(cast: Cast, *, by: User, at: datetime) -> None:
    """Of the last two units by name: one has lost its SPOC, the other is about to."""
    today = london_day(at)
    held = Appointment.objects.in_force(today).filter(
        person__in=cast.others[Role.SPOC], unit__in=Unit.objects.open_on(today).filter(closed_on=None)
    )
    for place, appointment in enumerate(held.select_related("person").order_by("-unit__name")[:2]):
        if place == 0:
            because = "Has left the police service."
            appointments.end_at_once(appointment=appointment, because=because, by=by, at=at)
        else:
            appointments.end(appointment=appointment, last_day=today + ENDS_IN, by=by, at=at)
