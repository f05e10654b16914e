"""What a half-year's figures show beyond its levels, as the rows and sentences that page and document print.

`figures` is what `rollup.py` and its neighbours made, as it lies in the database. It holds counts: shares, intervals
and paces are worked out here, by the same functions for every page, document and file. Every denominator is printed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from assurance.agreement_findings import in_one_sentence
from assurance.rollup_units import about
from assurance.targets import Outlook, Point, outlook
from organisation.periods import HalfYear, Quarter
from records.proportions import wilson
from rendering.formats import count, day, decimal, listed, share, so_many

Figures = Mapping[str, Any]

QUESTIONS = (
    ("appropriately_completed", "Appropriately completed?"),
    ("reflects_performance", "Accurately reflects performance?"),
    ("identifies_improvement", "Identifies proposed improvement?"),
)


@dataclass(frozen=True)
class ShareRow:
    """A theme's units at or above the target: of those that gave a level, and of all that were expected to."""

    identity: str
    name: str
    target: str
    at_target: str
    interval: str
    of_all: str
    lowest: str
    lowest_level: str
    at_lowest: str
    lowest_units: str
    self_sustaining: str


@dataclass(frozen=True)
class MoveRow:
    """A theme, a unit or a group, and how many moved which way: `about` is how an address names it."""

    name: str
    about: Mapping[str, str]
    improved: str
    same: str
    worse: str
    new: str
    gone: str
    not_comparable: str


@dataclass(frozen=True)
class MovementTable:
    """What moved since the half-year before."""

    since: str
    notes: tuple[str, ...]
    themes: tuple[MoveRow, ...]
    units: tuple[MoveRow, ...]


@dataclass(frozen=True)
class QuestionRow:
    """A question and its answers, of the statements reviewed."""

    key: str
    question: str
    yes: str
    no: str


@dataclass(frozen=True)
class QuestionTable:
    """The three questions about the statements used."""

    says: str
    rows: tuple[QuestionRow, ...]
    reviewed: str
    not_reviewed: str


@dataclass(frozen=True)
class TargetRow:
    """A target: what was asked for, where the units are, and where the recent pace would lead."""

    asks: str
    endorsed: str
    at_target: str
    not_yet: str
    short: str
    short_units: str
    pace: str
    range: str
    history: str


@dataclass(frozen=True)
class GroupTheme:
    """A group's median level in a theme, and its units at the target of those that gave a level."""

    identity: str
    name: str
    target: str
    median: str
    at_target: str


@dataclass(frozen=True)
class GroupQuarter:
    """A group's statements signed of those expected in a quarter, which `key` names as the figures do."""

    key: str
    signed: str


@dataclass(frozen=True)
class GroupLine:
    """A business group in the force's figures. `themes` are the scored ones, in their order."""

    name: str
    slug: str
    about: Mapping[str, str]
    units: str
    coverage: tuple[GroupQuarter, ...]
    themes: tuple[GroupTheme, ...]


@dataclass(frozen=True)
class AuditedLevels:
    """How many of the levels that audits validated they judged one way, with the name and the words of it."""

    key: str
    number: str
    words: str


@dataclass(frozen=True)
class Findings:
    """Everything beside the levels that a roll-up shows. What older figures did not count is empty."""

    of_the_force: bool
    shares: tuple[ShareRow, ...]
    shares_say: str
    excluded: tuple[str, ...]
    late: str
    self_sustaining: str
    validated: str
    weakest: str
    most_improved: str
    movement: MovementTable | None
    questions: QuestionTable | None
    targets: tuple[TargetRow, ...]
    groups: tuple[GroupLine, ...]
    group_quarters: tuple[str, ...]
    used_late: str = ""
    sustained: str = ""
    not_expected: str = ""
    audited: tuple[AuditedLevels, ...] = ()
    audited_claims: str = ""


def findings_of(figures: Figures, *, comparison: bool = True) -> Findings | None:
    """Return what the figures show beside levels; None for figures of before any of it was counted."""
    if not figures.get("as_at"):
        return None
    names = {row["identity"]: row["name"] for row in figures["distribution"]}
    scored = [row for row in figures["distribution"] if row["scored"]]
    moved = figures["movement"] if comparison else None
    of_the_force = bool(figures["groups"])
    return Findings(
        of_the_force=of_the_force,
        shares=tuple(_share_row(row, figures["unit_count"]) for row in scored),
        shares_say=_shares_say(scored),
        excluded=tuple(_why_excluded(one) for one in figures["excluded"]),
        late=_late(figures),
        self_sustaining=_self_sustaining(figures),
        validated=_validated(figures["validated"]),
        weakest=listed([names[identity] for identity in figures["weakest"]]),
        most_improved=listed([names[identity] for identity in figures["most_improved"]]) if comparison else "",
        movement=_movement(moved, of_the_force=of_the_force) if moved else None,
        questions=_questions(figures["questions"]),
        targets=tuple(target_row(target) for target in figures["targets"]),
        groups=tuple(_group(group) for group in figures["groups"]),
        group_quarters=tuple(f"Q{Quarter.parse(row['quarter']).number}" for row in figures["coverage"]),
        used_late=_so_many(figures["used_late"], "statement"),
        sustained=_so_many(figures["self_sustaining"]["in_every_theme"], "unit"),
        not_expected=_so_many(len(figures["excluded"]), "unit"),
        audited=_audited(figures["validated"]),
        audited_claims=_audited_claims(figures.get("audited_claims")),
    )


def _so_many(number: int, what: str) -> str:
    """`3 units`; nothing where there are none to show."""
    return so_many(number, what) if number else ""


def part_of(part: int, whole: int) -> str:
    """`9 of 12 (75%)`, or `0 of 0`: a share of nothing is none."""
    return f"{count(part)} of {count(whole)} ({share(part, whole)})" if whole else "0 of 0"


def interval(part: int, whole: int) -> str:
    """The 95 % interval of a share as `47% to 91%`; a dash where there is no share."""
    if not whole:
        return "–"
    low, high = wilson(part, whole)
    return f"{decimal(low * 100, 0)}% to {decimal(high * 100, 0)}%"


# --- Shares -----------------------------------------------------------------------------------------------------------


def _share_row(row: Mapping[str, Any], counted: int) -> ShareRow:
    with_level = sum(row["counts"])
    in_all = with_level + row["no_level"] + row["nothing_signed"]
    return ShareRow(
        identity=row["identity"],
        name=row["name"],
        target=str(row["target"]),
        at_target=part_of(row["at_target"], with_level),
        interval=interval(row["at_target"], with_level),
        of_all=part_of(row["at_target"], in_all),
        lowest="–" if row["lowest"] is None else f"{row['lowest']}, {so_many(row['at_lowest'], 'unit')}",
        lowest_level="" if row["lowest"] is None else str(row["lowest"]),
        at_lowest="" if row["lowest"] is None else so_many(row["at_lowest"], "unit"),
        lowest_units=listed(row["lowest_units"]),
        self_sustaining=part_of(row["self_sustaining"], counted),
    )


def _shares_say(rows: Sequence[Mapping[str, Any]]) -> str:
    levels = sorted({row["target"] for row in rows})
    if not levels:
        return ""
    asked = (
        f"The target is level {levels[0]} in every theme."
        if len(levels) == 1
        else f"The target is level {listed([str(level) for level in levels])}, by theme."
    )
    return (
        f"{asked} The first share is of the units that gave a level; its 95% interval (Wilson) says how far chance "
        "alone could move it. The second is harsher: units with no level and units that signed nothing are in it, as "
        "not at the target."
    )


def _why_excluded(one: Mapping[str, Any]) -> str:
    opened = f"opened on {day(date.fromisoformat(one['opened_on']))}"
    closed = f", ended on {day(date.fromisoformat(one['closed_on']))}" if one["closed_on"] else ""
    return f"{one['name']} ({opened}{closed})"


def _late(figures: Figures) -> str:
    used = figures["questions"]["used"]
    if not used:
        return ""
    return (
        f"Of the {so_many(used, 'statement')} used, {count(figures['used_late'])} had been signed after the day they "
        "were due."
    )


# --- What lasts, and what audits found --------------------------------------------------------------------------------


def _self_sustaining(figures: Figures) -> str:
    found = figures["self_sustaining"]
    counted = part_of(found["in_every_theme"], figures["unit_count"])
    named = f": {listed(found['names'])}" if found["names"] else ""
    return f"{counted} units sustain themselves in every theme{named}."


def _validated(found: Mapping[str, Any]) -> str:
    if not found["cells"]:
        return "No level has been validated by an audit yet."
    agree = part_of(found["agree"], found["cells"])
    return (
        f"Of the levels that audits last found, {agree} are what the units report now; "
        f"{count(found['reported_higher'])} are reported higher and {count(found['reported_lower'])} lower."
    )


def _audited_claims(found: Mapping[str, Any] | None) -> str:
    """How claims agreed with verdicts; nothing where no claim has been judged, or older figures did not count it."""
    if not found or not found["claims"]:
        return ""
    return in_one_sentence(**{name: found[name] for name in ("claims", "confirmed", "too_high", "too_low")})


def _audited(found: Mapping[str, Any]) -> tuple[AuditedLevels, ...]:
    words = (
        ("agree", "on which they agree"),
        ("reported_higher", "reported too high"),
        ("reported_lower", "reported too low"),
    )
    return tuple(AuditedLevels(key, so_many(found[key], "level"), says) for key, says in words if found[key])


# --- What moved -------------------------------------------------------------------------------------------------------


def _movement(found: Mapping[str, Any], *, of_the_force: bool) -> MovementTable:
    since = HalfYear.parse(found["since"])
    return MovementTable(
        since=since.name,
        notes=tuple(_movement_notes(found)),
        themes=tuple(move_row(row, {"theme": row["identity"]}) for row in found["themes"]),
        units=tuple(move_row(row, about("group" if of_the_force else "unit", row["slug"])) for row in found["units"]),
    )


def _movement_notes(found: Mapping[str, Any]) -> list[str]:
    notes = []
    if found["edition"] != found["edition_before"]:
        before = found["edition_before"] or "none"
        notes.append(f"The edition of the model changed in between, from {before} to {found['edition']}.")
    if found["not_comparable"]:
        notes.append(
            f"Not compared, because they do not ask the same in both editions: {listed(found['not_comparable'])}."
        )
    for key, words in (
        ("ended", "Ended since: {}. What they had is counted as gone."),
        ("came", "Came from another business group, and compared with what they stated there: {}."),
        ("went", "Went to another business group, and not counted here: {}."),
    ):
        if found[key]:
            notes.append(words.format(listed(found[key])))
    return notes


def move_row(row: Mapping[str, Any], about: Mapping[str, str]) -> MoveRow:
    """Return the row of a theme, a unit or a group: shares are of the levels that can be compared."""
    compared = row["improved"] + row["same"] + row["worse"]
    return MoveRow(
        name=row["name"],
        about=about,
        improved=part_of(row["improved"], compared),
        same=part_of(row["same"], compared),
        worse=part_of(row["worse"], compared),
        new=count(row["new"]),
        gone=count(row["gone"]),
        not_comparable=count(row["not_comparable"]),
    )


# --- What reviewers said ----------------------------------------------------------------------------------------------


def _questions(found: Mapping[str, Any]) -> QuestionTable:
    reviewed = found["used"] - found["not_reviewed"]
    return QuestionTable(
        says=f"{count(reviewed)} of the {so_many(found['used'], 'statement')} used "
        f"{'has' if reviewed == 1 else 'have'} been reviewed; {count(found['not_reviewed'])} not yet.",
        rows=tuple(
            QuestionRow(key, words, part_of(found[key]["yes"], reviewed), part_of(found[key]["no"], reviewed))
            for key, words in QUESTIONS
        ),
        reviewed=part_of(reviewed, found["used"]),
        not_reviewed=part_of(found["not_reviewed"], found["used"]),
    )


# --- Targets ----------------------------------------------------------------------------------------------------------


def target_row(target: Mapping[str, Any]) -> TargetRow:
    """Return the row of a target, as `targets.kept` has it."""
    by_on = date.fromisoformat(target["by_on"])
    history = [Point(**point) for point in target["history"]]
    found = outlook(history, by_on=by_on, share=target["share"])
    sustained = ", self-sustaining," if target["self_sustaining"] else ""
    theme = f" in {target['theme']}" if target["theme"] else ""
    endorsed_on = f" on {day(date.fromisoformat(target['endorsed_on']))}" if target["endorsed_on"] else ""
    return TargetRow(
        asks=f"Level {target['level']}{sustained}{theme} for {target['for_whom']} by {day(by_on)}",
        endorsed=f"Endorsed by {target['endorsed_by']}{endorsed_on}",
        at_target=part_of(found.at_target, found.units),
        not_yet=so_many(found.units - found.at_target, "unit"),
        short=_short(found),
        short_units=listed(target["short"]) if found.short else "",
        pace=_pace(found),
        range=_range(found),
        history="; ".join(
            f"{_short_name(Quarter.parse(point.quarter))}: {count(point.at_target)} of {count(point.units)}"
            for point in history
        ),
    )


def _short_name(quarter: Quarter) -> str:
    return quarter.name.partition(" (")[0]


def _short(found: Outlook) -> str:
    if not found.units:
        return "No unit to count"
    return f"{count(found.short)} more of {count(found.needed)} needed" if found.short else "Reached"


def _pace(found: Outlook) -> str:
    if found.quarters_left <= 0:
        required = "The day has passed." if found.short else ""
    else:
        quarters = f"{so_many(found.quarters_left, 'quarter')} left"
        required = f"Required: {_a_quarter(found.required_pace or Fraction(0))}, {quarters}."
    if found.observed_pace is None:
        return f"{required} Observed: too early to say, with fewer than five quarters that can be compared.".strip()
    return f"{required} Observed over four quarters: {_a_quarter(found.observed_pace)}.".strip()


def _a_quarter(pace: Fraction) -> str:
    """A pace as `1.5 units a quarter`."""
    return f"{decimal(pace, 1)} units a quarter"


def _range(found: Outlook) -> str:
    if found.slowest is None or found.fastest is None:
        return "Too early to say" if found.quarters_left > 0 else "–"
    low, high = (decimal(one * 100, 0) for one in (found.slowest, found.fastest))
    return f"{low}% to {high}% of units"


# --- The force --------------------------------------------------------------------------------------------------------


def _group(group: Mapping[str, Any]) -> GroupLine:
    scored = [row for row in group["themes"] if row["scored"]]
    return GroupLine(
        group["name"],
        group["slug"],
        about("group", group["slug"]),
        count(group["units"]),
        coverage=tuple(
            GroupQuarter(row["quarter"], part_of(row["signed"], row["expected"])) for row in group["coverage"]
        ),
        themes=tuple(
            GroupTheme(
                row["identity"],
                row["name"],
                str(row["target"]),
                row["median"] or "–",
                part_of(row["at_target"], sum(row["counts"])),
            )
            for row in scored
        ),
    )
