"""The three readings of each theme side by side: what a unit claims, what auditors validated, what staff answered.

Pure: plain values in, rows for a page and its chart out; no Django, no clock. Levels are ordinal: of several units the
median is shown, and how many units it is of. What staff answered is no level: it stands on a scale of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from assurance import climate
from assurance.climate import Result, Together
from assurance.comparing import Editions
from assurance.rollup import median_label
from insight.contradictions import Question, Readings, questions_of_several, questions_of_unit
from insight.outcomes import Indicator, Movement, bearing_on
from organisation.periods import Quarter
from rendering.charts.readings import Mark, ReadingsRow
from rendering.formats import count, day, decimal, signed_change, so_many

NOT_SCORED = "Not scored"
NOTHING_CLAIMED, NO_LEVEL = "Nothing signed", "No level given"
NOT_VALIDATED = "No verdict"
NOT_ASKED, FEW = "Not asked", "Fewer than ten respondents"
NOT_RECORDED = "not yet recorded"


@dataclass(frozen=True, slots=True)
class Claim:
    """What the newest standing statement says of a theme; its level is None where none could be given."""

    level: int | None
    edition: str
    quarter: Quarter
    accepted: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """The level that the last issued audit of a theme validated, if any did."""

    level: int
    edition: str
    issued_on: date
    audit: str


@dataclass(frozen=True, slots=True)
class Survey:
    """The climate survey whose results are shown, on a scale from 1 to `points`."""

    id: int
    name: str
    held_to: date
    points: int
    edition: str


@dataclass(frozen=True, slots=True)
class ThemeFacts:
    """A theme of the edition in force."""

    identity: str
    name: str
    scored: bool


@dataclass(slots=True)
class OfUnit:
    """What is known of one unit, by theme identity; how its indicators moved, by code."""

    claims: dict[str, Claim] = field(default_factory=dict)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    climate: dict[str, Result] = field(default_factory=dict)
    moved: Mapping[str, Movement] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """Everything that is known of some units, as far as it means the same as in the edition in force."""

    edition: str
    level_names: Sequence[str]
    themes: Sequence[ThemeFacts]
    survey: Survey | None
    units: Mapping[int, OfUnit]
    indicators: Sequence[Indicator] = ()
    moved_together: Mapping[str, Movement] = field(default_factory=dict)


def comparable(of: OfUnit, edition: str, editions: Editions, survey: Survey | None) -> OfUnit:
    """Return what means the same in the edition in force: a level or an answer on another theme is no reading of it."""
    return OfUnit(
        {one: claim for one, claim in of.claims.items() if editions.comparable(claim.edition, edition, one)},
        {one: verdict for one, verdict in of.verdicts.items() if editions.comparable(verdict.edition, edition, one)},
        {
            one: result
            for one, result in of.climate.items()
            if survey is None or not survey.edition or editions.comparable(survey.edition, edition, one)
        },
        of.moved,
    )


# --- Rows of the page -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LevelCell:
    """A level as a page shows it: `level` for its look (None: words alone), and since when or of how many it is."""

    level: int | None
    words: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class OutcomeLine:
    """An indicator that bears on the theme, and how it moved in words; not recorded where nobody counts it yet."""

    name: str
    words: str
    is_recorded: bool


@dataclass(frozen=True, slots=True)
class ThemeRow:
    """One theme: its readings in words, what bears on it, what the readings ask, and its marks in the chart."""

    identity: str
    name: str
    claimed: LevelCell
    validated: LevelCell
    climate: LevelCell
    outcomes: tuple[OutcomeLine, ...]
    questions: tuple[Question, ...]
    marks: ReadingsRow


def rows_of_unit(known: Known, unit: int) -> list[ThemeRow]:
    """Return the themes of one unit, in the edition's order."""
    of = known.units.get(unit, OfUnit())
    return [_row_of_unit(known, of, theme) for theme in known.themes]


def claimed_in(known: Known, unit: int) -> str:
    """Return which statement a unit's claims are from, in words; empty where it has none."""
    of = known.units.get(unit, OfUnit())
    found = {f"{one.quarter.name}, {'accepted' if one.accepted else 'not accepted yet'}" for one in of.claims.values()}
    return "; ".join(sorted(found))


def rows_of_several(known: Known) -> list[ThemeRow]:
    """Return the themes of all the units together, in the edition's order."""
    return [_row_of_several(known, theme) for theme in known.themes]


def questions_by_unit(known: Known) -> dict[int, int]:
    """Return how many questions each unit's own page asks."""
    return {
        unit: sum(
            len(questions_of_unit(readings_of(known, of, theme), _moved(known, of.moved, theme)))
            for theme in known.themes
        )
        for unit, of in known.units.items()
    }


def readings_of(known: Known, of: OfUnit, theme: ThemeFacts) -> Readings:
    """Return what is known of a theme in one unit as the rules take it. A theme that is not scored has no level."""
    claim, verdict = of.claims.get(theme.identity), of.verdicts.get(theme.identity)
    result = of.climate.get(theme.identity, climate.SUPPRESSED)
    points = known.survey.points if known.survey else climate.MOST_POINTS
    return Readings(
        claimed=claim.level if claim and theme.scored else None,
        validated=verdict.level if verdict and theme.scored else None,
        agreement=climate.favour(result, points),
        agreement_in_words=_agreement(result, points),
    )


def _row_of_unit(known: Known, of: OfUnit, theme: ThemeFacts) -> ThemeRow:
    readings = readings_of(known, of, theme)
    claimed = _claimed(of.claims.get(theme.identity), theme, known.level_names)
    validated = _validated(of.verdicts.get(theme.identity), theme, known.level_names)
    answered = _answered(of.climate.get(theme.identity), known.survey)
    return ThemeRow(
        theme.identity,
        theme.name,
        claimed,
        validated,
        answered,
        _outcomes(known, of.moved, theme),
        tuple(questions_of_unit(readings, _moved(known, of.moved, theme))),
        ReadingsRow(
            theme.name,
            Mark(readings.claimed, str(readings.claimed or claimed.words)),
            Mark(readings.validated, str(readings.validated or validated.words)),
            Mark(readings.agreement, answered.words),
        ),
    )


def _row_of_several(known: Known, theme: ThemeFacts) -> ThemeRow:
    each = [readings_of(known, of, theme) for of in known.units.values()]
    claims = [one.claimed for one in each if one.claimed is not None]
    verdicts = [one.validated for one in each if one.validated is not None]
    both = climate.together(of.climate[theme.identity] for of in known.units.values() if theme.identity in of.climate)
    claimed = _median(claims, theme, NOTHING_CLAIMED, known.level_names)
    validated = _median(verdicts, theme, NOT_VALIDATED, known.level_names)
    answered = _answered_together(both, known.survey)
    points = known.survey.points if known.survey else climate.MOST_POINTS
    moved = _moved(known, known.moved_together, theme)
    return ThemeRow(
        theme.identity,
        theme.name,
        claimed,
        validated,
        answered,
        _outcomes(known, known.moved_together, theme),
        tuple(questions_of_several(each, moved, median_claim=_middle(claims))),
        ReadingsRow(
            theme.name,
            Mark(_middle(claims), median_label(claims) or claimed.words),
            Mark(_middle(verdicts), median_label(verdicts) or validated.words),
            Mark(climate.favour(both.result, points), answered.words),
        ),
    )


# --- Readings in words ----------------------------------------------------------------------------------------------


def _claimed(claim: Claim | None, theme: ThemeFacts, level_names: Sequence[str]) -> LevelCell:
    if not theme.scored:
        return LevelCell(None, NOT_SCORED)
    if claim is None:
        return LevelCell(None, NOTHING_CLAIMED)
    return _level(claim.level, NO_LEVEL, "", level_names)


def _validated(verdict: Verdict | None, theme: ThemeFacts, level_names: Sequence[str]) -> LevelCell:
    if not theme.scored:
        return LevelCell(None, NOT_SCORED)
    if verdict is None:
        return LevelCell(None, NOT_VALIDATED)
    note = f"Audit {verdict.audit}, issued {day(verdict.issued_on)}"
    return _level(verdict.level, NOT_VALIDATED, note, level_names)


def _level(level: int | None, without: str, note: str, level_names: Sequence[str]) -> LevelCell:
    return LevelCell(level, f"{level} {level_names[level - 1]}" if level else without, note)


def _answered(result: Result | None, survey: Survey | None) -> LevelCell:
    if result is None or survey is None:
        return LevelCell(None, NOT_ASKED)
    if result.respondents is None:
        return LevelCell(None, FEW)
    return LevelCell(None, _percent(result, survey.points), _of_respondents(result))


def _answered_together(both: Together, survey: Survey | None) -> LevelCell:
    if survey is None or not both.units + both.suppressed:
        return LevelCell(None, NOT_ASKED)
    few = f"{so_many(both.suppressed, 'unit')} with fewer than ten left out" if both.suppressed else ""
    if not both.units:
        return LevelCell(None, FEW, "in each unit")
    notes = [_of_respondents(both.result), f"in {so_many(both.units, 'unit')}", few]
    return LevelCell(None, _percent(both.result, survey.points), ", ".join(filter(None, notes)))


def _percent(result: Result, points: int) -> str:
    share = climate.favour(result, points)
    return "" if share is None else f"{decimal(share * 100, 0)}%"


def _of_respondents(result: Result) -> str:
    number = so_many(result.respondents or 0, "respondent")
    return f"of {number} agree" if result.answers else f"mean {decimal(result.mean or 0, 2)} of {number}"


def _agreement(result: Result, points: int) -> str:
    """How far staff agree, as a sentence goes on; empty where nothing is to be said."""
    if result.respondents is None or result.mean is None:
        return ""
    if result.answers:
        return f"{_percent(result, points)} of {count(result.respondents)} respondents agree"
    return f"{count(result.respondents)} respondents agree at {decimal(result.mean, 2)} on a scale from 1 to {points}"


def _median(levels: Sequence[int], theme: ThemeFacts, without: str, level_names: Sequence[str]) -> LevelCell:
    """The median as a level, or in words where the middle lies between two."""
    if not theme.scored:
        return LevelCell(None, NOT_SCORED)
    if not levels:
        return LevelCell(None, without)
    note, median = f"median of {so_many(len(levels), 'unit')}", median_label(levels)
    if median.isdecimal():
        return _level(int(median), without, note, level_names)
    return LevelCell(None, median, note)


def _middle(levels: Sequence[int]) -> Fraction | None:
    """Return where the median stands on the scale: between two levels, halfway."""
    if not levels:
        return None
    ordered = sorted(levels)
    return Fraction(ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2], 2)


def _moved(known: Known, moved: Mapping[str, Movement], theme: ThemeFacts) -> list[tuple[Indicator, Movement]]:
    return [(one, moved[one.code]) for one in bearing_on(theme.identity, known.indicators) if one.code in moved]


def _outcomes(known: Known, moved: Mapping[str, Movement], theme: ThemeFacts) -> tuple[OutcomeLine, ...]:
    return tuple(
        OutcomeLine(_capitalised(one.name), _movement(moved.get(one.code)), one.code in moved)
        for one in bearing_on(theme.identity, known.indicators)
    )


def _movement(movement: Movement | None) -> str:
    if movement is None:
        return NOT_RECORDED
    compared = f"in {movement.period}, compared with {movement.period_before}"
    if movement.change is None:
        return f"none in {movement.period_before}, so no change can be given for {movement.period}"
    chance = ", which could be chance" if movement.could_be_chance else ""
    return f"{signed_change(movement.change, 0)} {compared}{chance}"


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


# --- What the chart shows, in a sentence ----------------------------------------------------------------------------


def sentence(known: Known) -> str:
    """Return what the picture shows: how claims compare with verdicts, and of how many themes staff were asked."""
    each = [readings_of(known, of, theme) for of in known.units.values() for theme in known.themes]
    pairs = [(one.claimed, one.validated) for one in each if one.claimed is not None and one.validated is not None]
    asked = sum(one.agreement is not None for one in each)
    return f"{_pairs_in_words(pairs)} {_asked_in_words(asked)}"


def _pairs_in_words(pairs: Sequence[tuple[int, int]]) -> str:
    if not pairs:
        return "No claim has been validated by an audit yet."
    above = sum(claimed > validated for claimed, validated in pairs)
    below = sum(claimed < validated for claimed, validated in pairs)
    same = len(pairs) - above - below
    return (
        f"Of {so_many(len(pairs), 'claim')} that auditors validated, {count(same)} {_are(same)} the same as the "
        f"verdict, {count(above)} {_are(above)} above it and {count(below)} {_are(below)} below it."
    )


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _asked_in_words(number: int) -> str:
    if not number:
        return "There is no climate result to show beside them."
    return f"Beside them {'stands' if number == 1 else 'stand'} {so_many(number, 'climate result')}."
