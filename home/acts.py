"""Every act that the trail may hold, in words. Each room says its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import QuerySet

from actions import acts as actions
from assurance import acts as assurance
from injuries import acts as injuries
from maturity import acts as maturity
from organisation import acts as organisation
from papers import acts as papers
from records import acts as records
from risks import acts as risks

ACTS: Mapping[str, str] = {
    **records.ACTS,
    **organisation.ACTS,
    **actions.ACTS,
    **maturity.ACTS,
    **assurance.ACTS,
    **injuries.ACTS,
    **risks.ACTS,
    **papers.ACTS,
    "account.data_asked_for": "asked for all that is held about {thing}",
    "account.data_taken": "took away what is held about {thing}",
    "account.removed": "removed the personal data of {thing}",
    "force.invented": "invented the force of the demonstration",
}
# What an act begins with, before its dot, and what a list calls all acts that begin so.
FAMILIES = {
    "account": "Accounts and signing in",
    "session": "Sessions",
    "appointment": "Appointments",
    "qualification": "Qualifications",
    "unit": "Units",
    "group": "Business groups",
    "missing": "Lists of who is missing",
    "statement": "Statements",
    "evidence": "Evidence",
    "climate-survey": "Climate surveys",
    "rollup": "Roll-ups",
    "action": "Actions",
    "actions": "Lists of actions",
    "plan": "Plans",
    "audit": "Audits",
    "recommendation": "Recommendations",
    "agreement": "Agreement of claims and verdicts",
    "programme": "Audit programmes",
    "redaction": "Redactions",
    "information-request": "Information requests",
    "mentoring": "Mentoring",
    "adviser": "Advisers",
    "paper": "Papers",
    "paper-template": "Templates of papers",
    "edition": "Editions of the model",
    "target": "Targets",
    "indicators": "What injury figures count",
    "injury-figures": "Injury figures",
    "working-time": "Working time",
    "risk": "Risks",
    "risk-register": "The risk register as a file",
    "risk-scale": "What risks are measured by",
    "proposal": "Proposed risks",
    "control": "Controls of risks",
    "board-meeting": "Meetings of the Board",
    "board-pack": "Agenda packs of the Board",
    "public-version": "Public versions of panel papers",
    "objective": "Objectives of the Board",
    "sub-group": "Sub-groups of the Board",
    "group-risk": "Business groups’ own risks",
    "hse": "The Health and Safety Executive (HSE)",
    "hse-kinds": "What is notified to the HSE",
    "investigation": "Investigations",
    "learning": "Learning of investigations",
    "file": "Files",
    "calendar-link": "Calendar links",
    "hold": "Legal holds",
    "trail": "The trail itself",
    "force": "The force",
}
SIGN_INS = ("account", "session")
NOTHING_KNOWN = "an address that has no account"


def in_words(act: str, thing: str) -> str:
    """Return what somebody did, to be read behind who it was; an act without words of its own reads as its name."""
    words = ACTS.get(act)
    if words is None:
        of, _, did = act.partition(".")
        words = f"{of.replace('-', ' ')}, {did.replace('_', ' ')}" + (": {thing}" if thing else "")
    return words.replace("{thing}", thing or NOTHING_KNOWN)


def family_of(act: str) -> str:
    """Return what an act begins with: the sort of thing that it is done to."""
    return act.partition(".")[0]


def choices(families: Collection[str] | None = None) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the acts as options to choose from, a group a family; `families` None: all.

    The first of each group stands for all of it; its value ends with the dot.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    for family in sorted({family_of(act) for act in ACTS}, key=lambda family: _label(family).lower()):
        if families is None or family in families:
            label = _label(family)
            of_it = sorted(act for act in ACTS if family_of(act) == family)
            found[label] = [
                (f"{family}.", f"{label}: anything"),
                *((act, in_words(act, "…").removesuffix(" …").capitalize()) for act in of_it),
            ]
    return list(found.items())


def _label(family: str) -> str:
    return FAMILIES.get(family, family.replace("-", " ").capitalize())


def things_of_unit(unit: int) -> Mapping[str, QuerySet[Any]]:
    """Return what concerns a unit in any room, by the name that the trail calls such things by."""
    return {
        **organisation.things_of_unit(unit),
        **actions.things_of_unit(unit),
        **assurance.things_of_unit(unit),
    }
