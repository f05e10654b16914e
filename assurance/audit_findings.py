"""What the audits that were issued in a half-year found, counted for the Board. Plain values in and out.

Counts alone: how far verdicts and claims agree beyond chance is another question, with statistics of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from assurance.audit_report import Outcome, outcome_of
from rendering.formats import so_many

PARTLY, NOT_MET = "partly", "not-met"


@dataclass
class ThemeCount:
    """A theme over all audits that tested it. `audits` is how many did; the outcomes and what was not compared sum up
    to it."""

    identity: str
    name: str
    number: int
    audits: int = 0
    confirmed: int = 0
    too_high: int = 0
    too_low: int = 0
    not_enough: int = 0
    no_claim: int = 0
    findings: int = 0
    not_met: int = 0  # standards and KPIs that were tested and met partly or not at all
    tested: int = 0


@dataclass
class Findings:
    """What was found over all audits, theme by theme in their order."""

    audits: int = 0
    themes: list[ThemeCount] = field(default_factory=list)

    @property
    def verdicts(self) -> int:
        return sum(theme.audits for theme in self.themes)

    @property
    def compared(self) -> int:
        return sum(theme.confirmed + theme.too_high + theme.too_low for theme in self.themes)

    @property
    def says(self) -> str:
        """All of it in a sentence."""
        if not self.audits:
            return "No audit was issued in this half-year."
        confirmed, high, low = (
            sum(getattr(theme, name) for theme in self.themes) for name in ("confirmed", "too_high", "too_low")
        )
        return (
            f"{so_many(self.audits, 'audit')} {'was' if self.audits == 1 else 'were'} issued. Of "
            f"{so_many(self.compared, 'audited claim')} {confirmed} {_was(confirmed)} confirmed, {high} {_was(high)} "
            f"too high and {low} {_was(low)} too low."
        )


def counted(audits: Iterable[Iterable[Mapping[str, Any]]]) -> Findings:
    """Return what was found; each audit is given as the themes of its frozen content (services/audit_content.py)."""
    found = Findings()
    themes: dict[str, ThemeCount] = {}
    for audit in audits:
        found.audits += 1
        for theme in audit:
            _count(themes.setdefault(theme["theme"], ThemeCount(theme["theme"], theme["name"], theme["number"])), theme)
    found.themes = sorted(themes.values(), key=lambda theme: (theme.number, theme.identity))
    return found


def _count(total: ThemeCount, theme: Mapping[str, Any]) -> None:
    total.audits += 1
    match outcome_of(theme["claimed"], theme["level"]):
        case Outcome.CONFIRMED:
            total.confirmed += 1
        case Outcome.TOO_HIGH:
            total.too_high += 1
        case Outcome.TOO_LOW:
            total.too_low += 1
        case Outcome.NOT_COMPARED if theme["level"] is None:
            total.not_enough += 1
        case Outcome.NOT_COMPARED:
            total.no_claim += 1
    total.findings += len(theme["findings"])
    results = [one["result"] for one in theme["standards"]]
    total.not_met += sum(result in (PARTLY, NOT_MET) for result in results)
    total.tested += sum(result != "not-tested" for result in results)


def _was(number: int) -> str:
    return "was" if number == 1 else "were"
