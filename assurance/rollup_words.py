"""The words of a roll-up as page, document and tables show them. Plain values in and out: nothing is decided here.

They come as `services/rollup_words.py` gathers them, and lie so in the frozen content of an issued version: the draft's
page, the issued page, the PDF and the tables read both through this one module, so that they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from organisation.periods import HalfYear, london_day
from rendering.formats import day

NOT_GIVEN = "Not given"


@dataclass(frozen=True)
class ThemeWords:
    """What is stated about a scored theme. `level_name` is the edition's."""

    identity: str
    number: int
    name: str
    level: int | None
    level_name: str
    evidence: str
    actions: str
    narrative: str

    @property
    def level_said(self) -> str:
        """The level as text: number and name."""
        return f"Level {self.level}: {self.level_name}" if self.level else "No level given"

    @property
    def texts(self) -> tuple[tuple[str, str], ...]:
        """The texts that are there, each under its heading."""
        found = (("Evidence", self.evidence), ("Actions", self.actions), ("What the figures mean", self.narrative))
        return tuple((heading, text) for heading, text in found if text)

    @property
    def is_blank(self) -> bool:
        return self.level is None and not self.texts


@dataclass(frozen=True)
class MeetingWords:
    """The fourth question of the paper's §1.11, answered once a half for the business group."""

    on: date | None
    reported: bool | None
    note: str

    @property
    def said(self) -> str:
        return {True: "Yes", False: "No", None: NOT_GIVEN}[self.reported]


@dataclass(frozen=True)
class OpinionWords:
    """The Head's opinion of the level of the force."""

    level: int | None
    level_name: str
    text: str

    @property
    def level_said(self) -> str:
        return f"Level {self.level}: {self.level_name}" if self.level else NOT_GIVEN


@dataclass(frozen=True)
class RollupWords:
    """Everything that is written on a roll-up. A business group's has a meeting, the force's an opinion."""

    board_meeting_on: date | None
    meeting: MeetingWords | None
    opinion: OpinionWords | None
    narrative: str
    shows_comparison: bool
    themes: tuple[ThemeWords, ...]

    @property
    def stated(self) -> tuple[ThemeWords, ...]:
        """The themes on which something is stated."""
        return tuple(theme for theme in self.themes if not theme.is_blank)

    @property
    def blank(self) -> tuple[ThemeWords, ...]:
        """The themes on which nothing is stated yet."""
        return tuple(theme for theme in self.themes if theme.is_blank)

    @property
    def is_begun(self) -> bool:
        """Whether any text is written, or anything is stated on a theme or as an opinion."""
        opinion = self.opinion is not None and (self.opinion.level is not None or self.opinion.text)
        return bool(self.narrative or self.stated or opinion)

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """The short answers, each under its heading."""
        found = [("For the Board meeting on", _day(self.board_meeting_on))]
        if self.meeting is not None:
            found += [
                ("The business group’s six-monthly health and safety meeting", _day(self.meeting.on)),
                ("Were the units’ statements reported there?", self.meeting.said),
            ]
            if self.meeting.note:
                found.append(("Note on that", self.meeting.note))
        if self.opinion is not None:
            found.append(("Level of the force in the Head’s opinion", self.opinion.level_said))
        return tuple(found)


@dataclass(frozen=True)
class Report:
    """A business group, and the newest version of its roll-up that the Board has been given; none is awaited."""

    group: str
    slug: str
    number: int | None
    issued_on: date | None
    digest: str

    @property
    def is_received(self) -> bool:
        return self.number is not None


def words_in(found: Mapping[str, Any], level_names: Sequence[str]) -> RollupWords:
    """Return the words of a roll-up, gathered or frozen; `level_names` are the edition's, from level 1."""
    meeting, opinion = found["meeting"], found["opinion"]
    return RollupWords(
        board_meeting_on=_read(found["board_meeting_on"]),
        meeting=meeting and MeetingWords(_read(meeting["on"]), meeting["reported"], meeting["note"]),
        opinion=opinion and OpinionWords(opinion["level"], _name(opinion["level"], level_names), opinion["text"]),
        narrative=found["narrative"],
        shows_comparison=found["shows_comparison"],
        themes=tuple(
            ThemeWords(**{**theme, "level_name": _name(theme["level"], level_names)}) for theme in found["themes"]
        ),
    )


def reports_in(found: Sequence[Mapping[str, Any]]) -> tuple[Report, ...]:
    """Return the list of reports received and awaited, gathered or frozen."""
    return tuple(Report(**{**one, "issued_on": _read(one["issued_on"])}) for one in found)


def received(reports: Sequence[Report]) -> str:
    """Return in a sentence how many of the business groups' roll-ups are there."""
    if not reports:
        return "No business group had units in this half-year, so no report is awaited."
    there = sum(report.is_received for report in reports)
    return f"{there} of {len(reports)} business groups {'has' if there == 1 else 'have'} issued a roll-up."


def sums_statements(half: HalfYear, as_at: date) -> str:
    """Return in words what a force summary's figures sum up, and where the leads' own assessments stand."""
    return (
        f"These figures sum up the units’ statements of {half.name}, as they stood on {day(as_at)}. They do not sum up "
        "the business groups’ roll-ups: each Chief Officer Group (COG) lead’s own assessment stands in the reports "
        "received."
    )


@dataclass(frozen=True)
class IssuedContent:
    """What an issued version froze, in the shapes that are shown. `revisions` name the statements that it counts."""

    name: str
    group: str
    half: HalfYear
    number: int
    because: str
    as_at: date
    issued_at: datetime
    issuer: str
    figures: Mapping[str, Any]
    figures_digest: str
    words: RollupWords
    reports: tuple[Report, ...]
    revisions: Sequence[Mapping[str, Any]]
    previous: str | None

    @property
    def is_of_the_force(self) -> bool:
        return self.words.opinion is not None

    @property
    def issued_on(self) -> date:
        return london_day(self.issued_at)


def issued_content(content: Mapping[str, Any]) -> IssuedContent:
    """Return frozen content (services/issuing.py) as it is shown."""
    same = ("name", "group", "number", "because", "figures", "figures_digest", "revisions", "previous")
    return IssuedContent(
        **{name: content[name] for name in same},
        half=HalfYear.parse(content["half"]),
        as_at=date.fromisoformat(content["as_at"]),
        issued_at=datetime.fromisoformat(content["issued_at"]),
        issuer=content["issuer_name"],
        words=words_in(content["words"], content["figures"]["level_names"]),
        reports=reports_in(content["reports"]),
    )


def _name(level: int | None, level_names: Sequence[str]) -> str:
    return level_names[level - 1] if level and level <= len(level_names) else ""


def _read(iso: str | None) -> date | None:
    return date.fromisoformat(iso) if iso else None


def _day(on: date | None) -> str:
    return day(on) if on else NOT_GIVEN
