"""What an audit needs before its draft report goes to the unit, and before it can be issued. Plain values in and out.

Each rule is a small function that yields blockers; a blocker says what to do next. Sources: the September 2019 paper,
§1.13, and domain.md, *Audits* and the rule on independent auditors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from assurance.rules import Blocker
from rendering.formats import day

NO_LEAD = "Nobody leads this audit. The Safety and Health Risk Management Team (SHRMT) names its lead auditor."


@dataclass(frozen=True)
class VerdictFacts:
    """What an audit says of one of its themes."""

    identity: str
    name: str
    is_decided: bool
    reasons: str = ""


@dataclass(frozen=True)
class AuditorFacts:
    """Somebody who does the audit. `bars` say in words what they were to what they audit.

    `was_allowed`: they mentored it, and the Head has allowed them; that is no bar then.
    """

    name: str
    audits: bool = True
    bars: tuple[str, ...] = ()
    was_allowed: bool = False


@dataclass(frozen=True)
class AuditFacts:
    """An audit as the rules see it; `today` is the London date on which it is judged."""

    today: date
    has_lead: bool
    ended_on: date | None
    summary: str
    verdicts: tuple[VerdictFacts, ...]
    due_on: tuple[tuple[int, date], ...] = ()  # of each recommendation, by its number
    auditors: tuple[AuditorFacts, ...] = ()
    response_due_on: date | None = None
    has_answered: bool = False


def somebody_leads_it(facts: AuditFacts) -> Iterator[Blocker]:
    """The lead auditor answers for the report."""
    if not facts.has_lead:
        yield Blocker(None, "lead", NO_LEAD)


def fieldwork_has_ended(facts: AuditFacts) -> Iterator[Blocker]:
    """The report says when it looked."""
    if facts.ended_on is None:
        yield Blocker(None, "ended_on", "Enter the last day of fieldwork.")


def it_is_summed_up(facts: AuditFacts) -> Iterator[Blocker]:
    """The Board reads the summary first."""
    if not facts.summary.strip():
        yield Blocker(None, "summary", "Write the summary of the report.")


def every_theme_has_its_verdict(facts: AuditFacts) -> Iterator[Blocker]:
    """§1.13: a validated level for each theme of the audit, or that there was not enough evidence, and why."""
    if not facts.verdicts:
        yield Blocker(None, "themes", "The audit has no theme yet. Add at least one.")
    for verdict in facts.verdicts:
        if not verdict.is_decided:
            yield Blocker(
                verdict.identity,
                "level_answer",
                f"{verdict.name}: choose the level you found, or that there was not enough evidence for one.",
            )
        elif not verdict.reasons.strip():
            yield Blocker(verdict.identity, "reasons", f"{verdict.name}: say what your verdict rests on.")


def recommendations_can_be_met(facts: AuditFacts) -> Iterator[Blocker]:
    """Nobody is asked to have done something before they were asked."""
    first = max(facts.today, facts.response_due_on or facts.today)
    for number, due_on in facts.due_on:
        if due_on < first:
            yield Blocker(
                None,
                f"recommendation-{number}",
                f"Recommendation {number} is due on {day(due_on)}, before the report can be out. Give it a later day.",
            )


def the_facts_have_been_answered(facts: AuditFacts) -> Iterator[Blocker]:
    """The unit reads the draft and answers on its facts, or has let its time pass."""
    if facts.has_answered:
        return
    if facts.response_due_on is not None and facts.today <= facts.response_due_on:
        yield Blocker(
            None,
            "response",
            "There is no answer on the facts of the draft yet. Without one the report can be issued after "
            f"{day(facts.response_due_on)}.",
        )


def every_auditor_is_independent(facts: AuditFacts) -> Iterator[Blocker]:
    """domain.md: nothing to the unit for twelve months; one who mentored it only where allowed, and never alone."""
    for auditor in facts.auditors:
        if not auditor.audits:
            yield Blocker(None, "auditors", f"{auditor.name} does not audit any more. Name somebody else.")
        for bar in auditor.bars:
            yield Blocker(None, "auditors", f"{auditor.name} is not independent. {bar}")
    if any(one.was_allowed for one in facts.auditors) and all(one.was_allowed or one.bars for one in facts.auditors):
        yield Blocker(
            None,
            "auditors",
            "Everybody who does this audit mentored what is audited. Name a second auditor who did not.",
        )


WRITTEN: tuple[Callable[[AuditFacts], Iterator[Blocker]], ...] = (
    somebody_leads_it,
    fieldwork_has_ended,
    it_is_summed_up,
    every_theme_has_its_verdict,
    recommendations_can_be_met,
)
ISSUED = (*WRITTEN, the_facts_have_been_answered, every_auditor_is_independent)


def blocks_sending(facts: AuditFacts) -> list[Blocker]:
    """Return what still keeps the draft report from going to the unit."""
    return [blocker for rule in WRITTEN for blocker in rule(facts)]


def blocks_issuing(facts: AuditFacts) -> list[Blocker]:
    """Return what still keeps the report from being issued."""
    return [blocker for rule in ISSUED for blocker in rule(facts)]
