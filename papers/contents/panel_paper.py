"""What a panel paper holds: its parts in order, their headings, and which are prose and which are drawn from data.

Both papers the project started from (December 2017 and September 2019) share this skeleton. `gather` returns a paper's
whole content as plain JSON values; made final, exactly that is frozen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assurance.models import IssuedRollup, Rollup
from assurance.services.agreement import Scope, audited_claims
from assurance.services.rollups import groups_with_units
from injuries.reading import comparison, last_twelve
from injuries.two_periods import as_json
from organisation.models import Force
from organisation.periods import HalfYear, london_day
from papers.contents.maturity_position import GroupRollup, position
from papers.models import Paper

MARKING = "OFFICIAL"
PROSE, POSITION, UNIT_LEVELS, INJURIES = "prose", "maturity-position", "unit-levels", "injury-figures"


@dataclass(frozen=True)
class Section:
    """A piece of a paper: prose that somebody writes, or (`kind`) a block drawn from data.

    `chapter` 0 leaves its paragraphs unnumbered; sections of one chapter share one run of numbers. A section without a
    `heading` stands right under its part's. `starts_with` is what a new paper says; `needed` is what to tell whoever
    makes a paper final without it.
    """

    key: str
    heading: str = ""
    kind: str = PROSE
    chapter: int = 0
    hint: str = ""
    starts_with: str = ""
    needed: str = ""


@dataclass(frozen=True)
class Part:
    """A main heading and what stands under it."""

    heading: str
    sections: tuple[Section, ...]


SKELETON = (
    Part(
        "Report summary",
        (
            Section(
                "purpose",
                "Purpose",
                hint="Why the panel gets this paper. Its words also stand beside the paper in the list.",
                starts_with="This paper tells the panel where the force stands on the health and safety culture "
                "maturity model in {half}, going by its units’ quarterly statements and its business groups’ roll-ups.",
                needed="Write what the paper is for.",
            ),
            Section(
                "key-considerations",
                "Key considerations",
                hint="What the panel should look at first.",
                starts_with="The panel may wish to consider how complete the statements are, which themes lie lowest, "
                "and how far the levels have been tested independently.",
            ),
            Section(
                "recommendations",
                "Recommendations",
                hint="What the panel is asked to do, one recommendation a paragraph.",
                starts_with="The panel is asked to note the position this paper describes.",
                needed="Write what the panel is asked to do.",
            ),
        ),
    ),
    Part(
        "Supporting information",
        (
            Section(
                "background",
                "Background",
                chapter=1,
                hint="Each paragraph gets a number of its own.",
                starts_with="The force measures its health and safety culture against a maturity model of five levels. "
                "Every quarter each unit states the level it holds in each theme of the model, the evidence for it and "
                "the actions it plans.\n\nA senior leader of the unit signs the statement. The Chief Officer Group "
                "(COG) lead of its business group reviews it and accepts it, or returns it with reasons. Every six "
                "months the statements of a group are summed up in a roll-up.",
            ),
            Section("maturity-position", "Maturity position", kind=POSITION, chapter=1),
            Section("injury-figures", "Injury figures", kind=INJURIES, chapter=1),
        ),
    ),
    Part(
        "Implications",
        (
            Section(
                "equality-and-diversity",
                "Equality and diversity",
                chapter=2,
                starts_with="This paper reports a position and proposes no change of policy or practice, so it has no "
                "direct effect on equality and diversity.",
            ),
            Section(
                "financial",
                "Financial",
                chapter=3,
                starts_with="This paper asks for no decision on spending.",
            ),
            Section(
                "legal",
                "Legal",
                chapter=4,
                starts_with="This paper asks for no decision that needs legal advice.",
            ),
            Section(
                "risk",
                "Risk",
                chapter=5,
                starts_with="Where units report low levels, or give no statement, the force has less assurance that "
                "its health and safety risks are controlled. The tables of this paper show where that is so.",
            ),
        ),
    ),
    Part(
        "Contacts",
        (
            Section(
                "contacts",
                hint="Who answers questions about this paper: post, team and how to reach them.",
                needed="Write who answers questions about the paper.",
            ),
        ),
    ),
    Part("Appendix 1: levels by unit", (Section("unit-levels", kind=UNIT_LEVELS),)),
)
PROSE_SECTIONS = {section.key: section for part in SKELETON for section in part.sections if section.kind == PROSE}


def name_of(key: str) -> str:
    """Return what people call the section: its heading, or that of its part."""
    return next(section.heading or part.heading for part in SKELETON for section in part.sections if section.key == key)


def is_needed(key: str) -> bool:
    """Say whether a paper cannot be made final without this section; one that is no longer in use is not needed."""
    return key in PROSE_SECTIONS and bool(PROSE_SECTIONS[key].needed)


def first_texts(half: HalfYear) -> dict[str, str]:
    """Return the prose a new paper on `half` starts with, by section."""
    return {key: section.starts_with.format(half=half.name) for key, section in PROSE_SECTIONS.items()}


@dataclass(frozen=True)
class Missing:
    """What a paper lacks before it can be made final. `section` None: nothing in the paper itself mends it."""

    section: str | None
    message: str


def what_is_missing(content: Mapping[str, Any]) -> list[Missing]:
    """Return everything that stands in the way of making a paper with this content final."""
    missing = [
        Missing(section["key"], f"{name_of(section['key'])}: {PROSE_SECTIONS[section['key']].needed}")
        for part in content["parts"]
        for section in part["sections"]
        if section["kind"] == PROSE and is_needed(section["key"]) and not section["text"].strip()
    ]
    if not content["position"]["groups"]:
        half = HalfYear.parse(content["half"]).name
        missing.append(
            Missing(None, f"No roll-up of {half} has been built. Ask the COG leads to build theirs, then come back.")
        )
    return missing


def gather(paper: Paper) -> dict[str, Any]:
    """Return all the paper says, with figures as the roll-ups stand now: a fixed number of queries."""
    texts = dict(paper.sections.values_list("key", "text"))
    force = Force.objects.first()
    return {
        "force": force.name if force else "",
        "panel": paper.panel,
        "title": paper.title,
        "meeting_on": paper.meeting_on.isoformat(),
        "report_by": paper.report_by,
        "half": str(paper.half),
        "marking": MARKING,
        "parts": [
            {
                "heading": part.heading,
                "sections": [
                    {
                        "key": section.key,
                        "heading": section.heading,
                        "kind": section.kind,
                        "chapter": section.chapter,
                        "text": texts.get(section.key, ""),
                    }
                    for section in part.sections
                ],
            }
            for part in SKELETON
        ],
        "position": _position(paper.half),
        "injuries": _injuries(paper),
    }


def _position(half: HalfYear) -> dict[str, Any]:
    built = (
        Rollup.objects.of_groups()
        .filter(half=half, built_at__isnull=False)
        .select_related("group")
        .order_by("group__name")
    )
    versions = IssuedRollup.objects.filter(rollup__in=built).order_by("rollup_id", "-number").distinct("rollup_id")
    newest = {issued.rollup_id: issued for issued in versions}
    drawn_on = [_drawn_on(rollup, newest.get(rollup.pk)) for rollup in built]
    awaited = groups_with_units(half).exclude(rollups__in=built).values_list("name", flat=True)
    judged = audited_claims(Scope(half.last_day))
    return position(half=half, rollups=drawn_on, awaited=list(awaited), audited_claims=judged)


def _injuries(paper: Paper) -> dict[str, Any] | None:
    """Return the last twelve months that were counted before the meeting, beside the twelve before; None: no count."""
    later = last_twelve(paper.meeting_on)
    return as_json(comparison(later, later.before(), latest=later.last)) if later else None


def _drawn_on(rollup: Rollup, issued: IssuedRollup | None) -> GroupRollup:
    """Return the newest figures that were issued of a group, or else those of its draft."""
    if issued is not None:
        figures, day = issued.content["figures"], london_day(issued.issued_at)
        return GroupRollup(rollup.name, issued.as_at, figures, version=issued.number, issued_on=day)
    assert rollup.built_at is not None  # noqa: S101  # only built ones are asked for
    return GroupRollup(rollup.name, london_day(rollup.built_at), rollup.figures)
