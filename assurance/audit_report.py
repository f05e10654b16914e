"""The report of an audit as page and document show it: the claim beside the verdict. Plain values in and out.

It comes as `services/audit_content.py` gathers it, and lies so in the frozen content of an issued audit: the draft's
page, the issued page and the PDF read both through this one module, so that they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from organisation.periods import HalfYear, Quarter, london_day
from rendering.formats import day, so_many

NO_LEVEL = "No level claimed"
NOT_ENOUGH = "Not enough evidence"
OPEN = "No verdict yet"
RESULTS = {"met": "Met", "partly": "Partly met", "not-met": "Not met", "not-tested": "Not tested"}
STANDARDS = {"behaviour": "Behavioural standard", "kpi": "Key performance indicator (KPI)"}
SAMPLES = {"documents": "Documents", "interviews": "Interviews", "observations": "Observations"}
PRIORITIES = {"high": "High", "medium": "Medium", "low": "Low"}
KINDS = {
    "shrmt": "By the Safety and Health Risk Management Team (SHRMT)",
    "external": "By an independent external auditor",
}


class Outcome(StrEnum):
    """How a verdict stands to its claim."""

    CONFIRMED = "Confirmed"
    TOO_HIGH = "The claim was too high"
    TOO_LOW = "The claim was too low"
    NOT_COMPARED = "Not compared"


def outcome_of(claimed: int | None, level: int | None) -> Outcome:
    """Return how the level that was found stands to the one that was claimed; without one of them it cannot be said."""
    if claimed is None or level is None:
        return Outcome.NOT_COMPARED
    if claimed == level:
        return Outcome.CONFIRMED
    return Outcome.TOO_HIGH if claimed > level else Outcome.TOO_LOW


@dataclass(frozen=True, slots=True)
class Level:
    """A level, or why there is none."""

    number: int | None
    name: str

    def __str__(self) -> str:
        return f"Level {self.number}: {self.name}" if self.number else self.name


@dataclass(frozen=True, slots=True)
class Tested:
    """A standard or KPI and what came of testing it."""

    reference: str
    kind: str
    text: str
    level: int
    result: str
    note: str


@dataclass(frozen=True, slots=True)
class Found:
    """A finding, with the words of the criteria that it bears on."""

    number: int
    text: str
    criteria: tuple[str, ...]


@dataclass(frozen=True)
class ThemeOfReport:
    """What the audit says of one theme."""

    identity: str
    number: int
    name: str
    claimed: Level
    verdict: Level
    outcome: Outcome
    reasons: str
    good_practice: str
    tests: tuple[Tested, ...]
    findings: tuple[Found, ...]
    samples: tuple[str, ...]
    files: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Recommended:
    """A recommendation; `theme` is the name of the one that it follows from, if it follows from one."""

    number: int
    text: str
    priority: str
    unit: str
    due_on: date
    theme: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered on the facts of the draft."""

    agrees: bool
    text: str
    name: str
    on: date


@dataclass(frozen=True)
class Report:
    """The whole report. A draft has no day of issue and nobody who issued it."""

    reference: str
    kind: str
    scope: str
    is_of_a_unit: bool
    edition: str
    validates: str
    validated_digest: str
    repeat_of: str | None
    purpose: str
    started_on: date | None
    ended_on: date | None
    auditors: Sequence[Mapping[str, str]]
    summary: str
    good_practice: str
    themes: tuple[ThemeOfReport, ...]
    recommendations: tuple[Recommended, ...]
    answers: tuple[Answer, ...]
    issued_at: datetime | None
    issuer: str

    @property
    def issued_on(self) -> date | None:
        return london_day(self.issued_at) if self.issued_at else None

    @property
    def fieldwork(self) -> str:
        """When fieldwork was, in words."""
        if self.started_on is None:
            return "Not begun"
        return f"{day(self.started_on)} to {day(self.ended_on) if self.ended_on else 'a day not given yet'}"

    @property
    def says(self) -> str:
        """The outcome in one sentence."""
        outcomes = [theme.outcome for theme in self.themes]
        compared = len(outcomes) - outcomes.count(Outcome.NOT_COMPARED)
        if not compared:
            return "No claim could be compared with a verdict."
        confirmed, high, low = (outcomes.count(one) for one in (Outcome.CONFIRMED, Outcome.TOO_HIGH, Outcome.TOO_LOW))
        return (
            f"Of {so_many(compared, 'claim')} that could be compared {confirmed} {_was(confirmed)} confirmed, {high} "
            f"{_was(high)} too high and {low} {_was(low)} too low."
        )


def report_in(content: Mapping[str, Any]) -> Report:
    """Return the content of a report (services/audit_content.py), gathered or frozen, as it is shown."""
    names: Sequence[str] = content["level_names"]
    themes = tuple(_theme(theme, names) for theme in content["themes"])
    theme_names = {theme.identity: theme.name for theme in themes}
    validates = content["validates"]
    return Report(
        reference=content["reference"],
        kind=KINDS[content["kind"]],
        scope=content["scope"]["name"],
        is_of_a_unit=content["scope"]["kind"] == "unit",
        edition=content["edition"],
        validates=_validates(validates),
        validated_digest=validates["digest"] if validates else "",
        repeat_of=content["repeat_of"],
        purpose=content["purpose"],
        started_on=_day(content["started_on"]),
        ended_on=_day(content["ended_on"]),
        auditors=content["auditors"],
        summary=content["summary"],
        good_practice=content["good_practice"],
        themes=themes,
        recommendations=tuple(
            Recommended(
                one["number"],
                one["text"],
                PRIORITIES[one["priority"]],
                one["unit"],
                date.fromisoformat(one["due_on"]),
                theme_names.get(one["theme"], ""),
            )
            for one in content["recommendations"]
        ),
        answers=tuple(
            Answer(one["agrees"], one["text"], one["name"], date.fromisoformat(one["on"]))
            for one in content["responses"]
        ),
        issued_at=datetime.fromisoformat(content["issued_at"]) if content["issued_at"] else None,
        issuer=content["issuer_name"],
    )


def _theme(theme: Mapping[str, Any], names: Sequence[str]) -> ThemeOfReport:
    without = NOT_ENOUGH if theme["not_enough_evidence"] else OPEN
    return ThemeOfReport(
        identity=theme["theme"],
        number=theme["number"],
        name=theme["name"],
        claimed=_level(theme["claimed"], names, NO_LEVEL),
        verdict=_level(theme["level"], names, without),
        outcome=outcome_of(theme["claimed"], theme["level"]),
        reasons=theme["reasons"],
        good_practice=theme["good_practice"],
        tests=tuple(
            Tested(
                one["reference"],
                STANDARDS[one["kind"]],
                one["text"],
                one["level"],
                RESULTS[one["result"]],
                one["note"],
            )
            for one in theme["standards"]
        ),
        findings=tuple(
            Found(one["number"], one["text"], tuple(criterion["text"] for criterion in one["criteria"]))
            for one in theme["findings"]
        ),
        samples=tuple(f"{SAMPLES[one['kind']]}: {one['of']} ({one['number']})" for one in theme["samples"]),
        files=theme["files"],
    )


def _level(number: int | None, names: Sequence[str], without: str) -> Level:
    return Level(number, names[number - 1]) if number else Level(None, without)


def _validates(validates: Mapping[str, Any] | None) -> str:
    if validates is None:
        return "Not named yet"
    if validates["what"] == "statement":
        return f"Statement of {Quarter.parse(validates['period']).name}, revision {validates['number']}"
    return f"Roll-up of {HalfYear.parse(validates['period']).name}, version {validates['number']}"


def _day(iso: str | None) -> date | None:
    return date.fromisoformat(iso) if iso else None


def _was(number: int) -> str:
    return "was" if number == 1 else "were"
