"""What people are told about a statement, in words, and on which days they are reminded of it. Pure: no Django.

Every line says what to do next. Days are written out, never counted: a letter may be read a day after it was written.
Source of the days: the statement is due, signed, on `Quarter.due_on`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from organisation.periods import Quarter
from rendering.formats import day

# Reasons longer than this are read on the page itself.
MOST_OF_A_REASON = 1500


class Stage(StrEnum):
    """How near the day is on which a statement is due, signed."""

    DUE_IN_14_DAYS = "due-in-14-days"
    DUE_IN_3_DAYS = "due-in-3-days"
    OVERDUE = "overdue"

    def begins_on(self, quarter: Quarter) -> date:
        """The first day of the stage; it lasts until the next one begins, the last until the quarter ends."""
        return (
            quarter.due_on
            + {
                Stage.DUE_IN_14_DAYS: timedelta(days=-14),
                Stage.DUE_IN_3_DAYS: timedelta(days=-3),
                Stage.OVERDUE: timedelta(days=1),
            }[self]
        )


def stage_of(quarter: Quarter, today: date) -> Stage | None:
    """Return the stage `quarter` is in, None before the first and when the quarter is over.

    Whoever was away on a stage's first day catches up on any other of its days.
    """
    if today > quarter.last_day:
        return None
    return max((stage for stage in Stage if stage.begins_on(quarter) <= today), key=list(Stage).index, default=None)


@dataclass(frozen=True, slots=True)
class Escalation:
    """After how many days somebody further up is told: first the SLT lead, then the COG lead. The force sets them."""

    slt_lead_after: int
    cog_lead_after: int
    review_within: int

    def slt_lead_told_on(self, quarter: Quarter) -> date:
        """The first day on which the SLT lead is told of a statement that is not completed."""
        return quarter.due_on + timedelta(days=self.slt_lead_after)

    def cog_lead_told_on(self, quarter: Quarter) -> date:
        """The first day on which the COG lead is told of a statement that is not signed."""
        return quarter.due_on + timedelta(days=self.cog_lead_after)

    def signed_until(self, today: date) -> date:
        """The last day on which a statement was signed whose time for review has passed `today`."""
        return today - timedelta(days=self.review_within)


@dataclass(frozen=True, slots=True)
class About:
    """The statement a line is about."""

    unit: str
    quarter: Quarter

    def __str__(self) -> str:
        return f"the statement of {self.unit} for {self.quarter.name}"

    @property
    def capitalised(self) -> str:
        return f"The{str(self).removeprefix('the')}"

    @property
    def due(self) -> str:
        return day(self.quarter.due_on)


# --- Opened, due, overdue -----------------------------------------------------------------------------------------


def opened_for_spoc(about: About) -> str:
    return f"{about.capitalised} is open. Fill in each theme and complete it; it is due, signed, by {about.due}."


def opened_for_slt_lead(about: About) -> str:
    return (
        f"{about.capitalised} is open. The single point of contact (SPOC) fills it in; "
        f"then read it and sign it. It is due, signed, by {about.due}."
    )


def to_complete(about: About, stage: Stage) -> str:
    return (
        f"{about.capitalised} {_is_due(about, stage)} and is not complete yet. Fill in what is missing and complete it."
    )


def to_complete_without_spoc(about: About, stage: Stage) -> str:
    """For the SLT lead of a unit whose SPOC has gone."""
    return (
        f"{about.capitalised} {_is_due(about, stage)} and is not complete yet. Nobody is the unit’s single point of "
        "contact (SPOC) today: complete it yourself, or ask an administrator to appoint somebody."
    )


def to_sign(about: About, stage: Stage) -> str:
    return f"{about.capitalised} {_is_due(about, stage)} and waits for your signature. Read it and sign it."


def to_sign_without_slt_lead(about: About, stage: Stage) -> str:
    """For the SPOC of a unit whose SLT lead has gone."""
    return (
        f"{about.capitalised} {_is_due(about, stage)}. It is complete, and nobody is there to sign it: ask an "
        "administrator to appoint a Senior Leadership Team (SLT) lead for the unit."
    )


def _is_due(about: About, stage: Stage) -> str:
    return f"was due, signed, by {about.due}" if stage is Stage.OVERDUE else f"is due, signed, by {about.due}"


# --- Further up ---------------------------------------------------------------------------------------------------


def not_completed(about: About) -> str:
    """For the SLT lead, when the SPOC has let the day pass by some way."""
    return (
        f"{about.capitalised} was due, signed, by {about.due}, and the unit’s single point of contact (SPOC) has not "
        "completed it. Find out what holds it up and see that it is completed; then it waits for your signature."
    )


def not_signed(about: About) -> str:
    """For the COG lead, when the unit has let the day pass by more."""
    return (
        f"{about.capitalised} was due, signed, by {about.due} and is not signed. Ask the unit’s Senior Leadership Team "
        "(SLT) lead when it will be."
    )


def not_signed_without_slt_lead(about: About) -> str:
    """For the COG lead, where nobody is there to be asked."""
    return (
        f"{about.capitalised} was due, signed, by {about.due} and is not signed. Nobody is the unit’s Senior "
        "Leadership Team (SLT) lead today: ask an administrator to appoint somebody."
    )


def not_reviewed(about: About, *, signed_on: date) -> str:
    return (
        f"{about.capitalised} was signed on {day(signed_on)} and still waits for your review. Read it, then accept it "
        "or return it with reasons."
    )


# --- What others have done ----------------------------------------------------------------------------------------


def completed(about: About, *, by: str, today: date) -> str:
    is_late = today > about.quarter.due_on
    return f"{by} has completed {about}. Read it and sign it{_by_when(about, is_late=is_late)}."


def reopened(about: About, *, by: str, reason: str) -> str:
    return f"{by} has reopened {about}. Read why, change what has to change, and complete it again.\n{cut(reason)}"


def returned(about: About, *, by: str, reasons: str) -> str:
    return (
        f"{by} has returned {about}. Read the reasons, put right what they name, then complete it and have it signed "
        f"again.\n{cut(reasons)}"
    )


def accepted(about: About, *, by: str) -> str:
    return f"{by} has accepted {about}. There is nothing left to do; read what they noted."


def _by_when(about: About, *, is_late: bool) -> str:
    return f": it was due, signed, by {about.due}" if is_late else f" by {about.due}"


def cut(text: str) -> str:
    whole = text.strip()
    return whole if len(whole) <= MOST_OF_A_REASON else f"{whole[:MOST_OF_A_REASON].rstrip()} … (the rest is there)"


def infected(about: About, *, file: str, theme: str) -> str:
    return (
        f"The antivirus has found something in a file given for {theme} in {about}, and nobody can open it any more. "
        f"Remove it from the theme, and give the evidence in a clean file.\n{cut(file)}"
    )


def infected_and_signed(about: About, *, file: str, theme: str) -> str:
    return (
        f"The antivirus has found something in a file given for {theme} in {about}, which is signed. Nobody can open "
        "the file any more; it stays on record. If the level rests on it, the SLT lead can reopen the statement, and "
        f"the evidence can be given in a clean file.\n{cut(file)}"
    )
