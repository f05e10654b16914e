from organisation.models.appointment import Appointment
from organisation.models.appointment_file import AppointmentFile
from organisation.models.calendar import CalendarLink
from organisation.models.force import Force
from organisation.models.qualification import (
    ExpectedQualification,
    Qualification,
    QualificationStatus,
    QualificationType,
)
from organisation.models.unit import BusinessGroup, RiskBand, Unit, UnitKind, UnitMembership
from organisation.models.user import User

__all__ = [
    "Appointment",
    "AppointmentFile",
    "BusinessGroup",
    "CalendarLink",
    "ExpectedQualification",
    "Force",
    "Qualification",
    "QualificationStatus",
    "QualificationType",
    "RiskBand",
    "Unit",
    "UnitKind",
    "UnitMembership",
    "User",
]
