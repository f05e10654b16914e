"""Tables of the room: what is counted, how often it was, over how many people, and the files that said so."""

from injuries.models.count import IndicatorMonth, MonthlyCount
from injuries.models.custody import (
    CUSTODY_LISTS,
    CustodyDenominator,
    CustodyExceptionKind,
    CustodyExceptions,
    CustodyReferral,
    CustodyReport,
    CustodyTerm,
    DetaineeInjuryType,
    EndedHow,
    InjuriesByType,
    InterventionCause,
    InterventionsByCause,
)
from injuries.models.headcount import Headcount, HeadcountMonth
from injuries.models.indicator import Better, Indicator, IndicatorStaffGroup, ReportingChange, StaffGroup
from injuries.models.upload import ColumnMapping, Upload, UploadKind, UploadState
from injuries.models.working_time import WorkingTimeReading, WorkingTimeTarget

__all__ = [
    "CUSTODY_LISTS",
    "Better",
    "ColumnMapping",
    "CustodyDenominator",
    "CustodyExceptionKind",
    "CustodyExceptions",
    "CustodyReferral",
    "CustodyReport",
    "CustodyTerm",
    "DetaineeInjuryType",
    "EndedHow",
    "Headcount",
    "HeadcountMonth",
    "Indicator",
    "IndicatorMonth",
    "IndicatorStaffGroup",
    "InjuriesByType",
    "InterventionCause",
    "InterventionsByCause",
    "MonthlyCount",
    "ReportingChange",
    "StaffGroup",
    "Upload",
    "UploadKind",
    "UploadState",
    "WorkingTimeReading",
    "WorkingTimeTarget",
]
