"""What people are told about audits and what they recommend, in words, and on which days. Pure: no Django.

Every line says what to do next. Days are written out, never counted: a letter may be read a day after it was written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from assurance.notices import cut
from rendering.formats import day

# What is late and stays so is told again after so many days: a quarter.
TOLD_AGAIN_AFTER = 91


class Rung(StrEnum):
    """Who is told that a recommendation is overdue: its unit first, then those further up."""

    UNIT = "unit"
    COG_LEAD = "cog-lead"
    SHRMT = "shrmt"


def overdue_rungs(due_on: date, today: date, *, step: int) -> Iterator[tuple[Rung, int]]:
    """Yield who is to have been told by `today`, and how often: 0 for the first time.

    The unit on the day after it was due, each rung above so many days later as the force sets with `step`.
    """
    for number, rung in enumerate(Rung):
        first = due_on + timedelta(days=1 + number * step)
        if today >= first:
            yield rung, (today - first).days // TOLD_AGAIN_AFTER


@dataclass(frozen=True, slots=True)
class AboutAudit:
    """The audit a line is about; `scope` is the unit or business group."""

    reference: str
    scope: str

    def __str__(self) -> str:
        return f"audit {self.reference} of {self.scope}"


@dataclass(frozen=True, slots=True)
class AboutRecommendation:
    """The recommendation a line is about."""

    number: int
    reference: str
    unit: str
    text: str
    due_on: date

    def __str__(self) -> str:
        return f"recommendation {self.number} of audit {self.reference}"

    @property
    def capitalised(self) -> str:
        return f"R{str(self)[1:]}"


# --- The report ---------------------------------------------------------------------------------------------------


def draft_to_read(about: AboutAudit, *, due_on: date) -> str:
    return f"The draft report of {about} is there. Read it and say by {day(due_on)} whether its facts are right."


def taken_back(about: AboutAudit, *, by: str) -> str:
    return (
        f"{by} has taken the draft report of {about} back to work on it. There is nothing to do now; you are asked "
        "again when it is ready."
    )


def facts_answered(about: AboutAudit, *, by: str, agrees: bool) -> str:
    if agrees:
        return f"{by} finds the facts in the draft report of {about} right. Issue it."
    return (
        f"{by} does not find all the facts in the draft report of {about} right. Read the answer, then take the report "
        "back and mend it, or issue it as it is: the answer is printed in it."
    )


def issued(about: AboutAudit, *, recommendations: int) -> str:
    asks = (
        "Its recommendations are actions of the unit now: read them and plan who does what."
        if recommendations
        else "It recommends nothing. Read it."
    )
    return f"The report of {about} is issued. {asks}"


def issued_in_the_group(about: AboutAudit) -> str:
    return f"The report of {about} is issued. Read it, and ask for its recommendations at your next meeting."


def answered(about: AboutAudit, *, by: str) -> str:
    return f"{by} has answered the issued report of {about}. Read the answer."


# --- Recommendations ----------------------------------------------------------------------------------------------


def done(about: AboutRecommendation, *, by: str) -> str:
    return f"{by} says for {about.unit} that {about} is done. Look at the evidence, then confirm it or reopen it."


def confirmed(about: AboutRecommendation, *, by: str) -> str:
    return f"{by} has confirmed that {about} is done. Its action is closed; there is nothing left to do."


def reopened(about: AboutRecommendation, *, by: str, reasons: str) -> str:
    return f"{by} has reopened {about}. Do what is still missing, then say again that it is done.\n{cut(reasons)}"


def repeat_proposed(about: AboutRecommendation) -> str:
    return (
        f"{about.capitalised} of {about.unit} was checked twice and not found done. Decide whether to audit "
        f"{about.unit} again."
    )


def overdue_for_the_unit(about: AboutRecommendation) -> str:
    return (
        f"{about.capitalised} was due on {day(about.due_on)} and is not done. Do it, or see that it is done, then say "
        f"so with the evidence.\n{cut(about.text)}"
    )


def overdue_for_the_cog_lead(about: AboutRecommendation) -> str:
    return (
        f"{about.capitalised}, for {about.unit}, was due on {day(about.due_on)} and is not done. Ask the unit’s Senior "
        f"Leadership Team (SLT) lead when it will be.\n{cut(about.text)}"
    )


def overdue_for_shrmt(about: AboutRecommendation) -> str:
    return (
        f"{about.capitalised}, for {about.unit}, was due on {day(about.due_on)} and is not done, although the unit and "
        f"its Chief Officer Group (COG) lead have been told. Take it up with them.\n{cut(about.text)}"
    )


def check_waits(about: AboutRecommendation, *, asked_on: date) -> str:
    return (
        f"{about.unit} said on {day(asked_on)} that {about} is done, and nobody has looked at it. Look at the "
        "evidence, then confirm it or reopen it."
    )
