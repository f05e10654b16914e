"""Checking the sections of a model's file and making a model of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from difflib import get_close_matches
from itertools import pairwise
from typing import Any, TypeVar

from maturity.modelfile.model import (
    FORMAT,
    Band,
    Level,
    ModelFile,
    ModelFileError,
    NotComparable,
    Theme,
)
from maturity.modelfile.values import Values, clipped, shown

MOST_LEVELS = 20
MOST_THEMES = 200
# How many characters the database keeps of each.
LONGEST = {"code": 40, "name": 200, "source": 400, "level": 100, "identity": 60, "band": 300}
THEME_FIELDS = ("number", "identity", "name", "scored", "note", "criteria", "evidence")
RESERVED_CODES = {"themes", "targets", "questions"}  # /model/themes/… and the like are pages of their own


T = TypeVar("T")


class Sections(Values):
    """Turns a TOML document into a model, noting every fault on the way."""

    def model(self, filename: str) -> ModelFile:
        """Return the model. Raises ModelFileError with all faults."""
        self._format()
        self.no_strangers(self.document, ("format", "edition", "levels", "bands", "themes", "not_comparable"))
        edition = self._edition()
        levels, levels_known = self._and_whether_fine(self._levels)
        bands = self._bands(levels, levels_known)
        themes, themes_known = self._and_whether_fine(lambda: self._themes(levels, levels_known))
        not_comparable = self._not_comparable(edition["code"], themes, themes_known)
        if self.faults:
            raise ModelFileError(filename, self.faults)
        return ModelFile(
            **edition,
            levels=tuple(levels),
            bands=tuple(bands),
            themes=tuple(themes),
            not_comparable=tuple(not_comparable),
            filename=filename,
            starts_on_line=self.lines.of("edition", "starts_on"),
            code_line=self.lines.of("edition", "code"),
        )

    def _and_whether_fine(self, section: Callable[[], T]) -> tuple[T, bool]:
        """Where a section has faults, what refers to it is not judged: it would only repeat them."""
        before = len(self.faults)
        found = section()
        return found, len(self.faults) == before

    def _format(self) -> None:
        value = self.document.get("format")
        if value is None:
            self.fault(f"The file does not say which format it is in. Add the line `format = {FORMAT}` on top.")
        elif value != FORMAT or type(value) is not int:
            self.fault(
                f"`format` is {shown(value)}. This version reads format {FORMAT}: write `format = {FORMAT}`.",
                "format",
            )

    def _edition(self) -> dict[str, Any]:
        table = self.document.get("edition")
        if not isinstance(table, dict):
            self.fault(
                "The section `[edition]` is missing. Add it, in single brackets, with code, name and starts_on.",
                "edition",
            )
            return {"code": None}
        self.no_strangers(table, ("code", "name", "source", "starts_on", "notes"), "edition")
        code = self.slug(table, "code", "edition", longest=LONGEST["code"])
        if code in RESERVED_CODES:
            self.fault(f"The code “{code}” is the address of another page. Choose another code.", "edition", "code")
        return {
            "code": code,
            "name": self.text(table, "name", "edition", longest=LONGEST["name"]),
            "source": self.text(table, "source", "edition", longest=LONGEST["source"]),
            "starts_on": self._day(table),
            "notes": self.paragraphs(table, "notes", "edition"),
        }

    def _day(self, table: dict[str, Any]) -> date | None:
        value = table.get("starts_on")
        if value is None:
            self.fault("`starts_on` is missing. Add a line such as `starts_on = 2027-04-01`.", "edition")
        elif isinstance(value, datetime):
            self.fault(
                f"`starts_on` has a time of day. Write the date alone: `starts_on = {value.date()}`.",
                "edition",
                "starts_on",
            )
        elif not isinstance(value, date):
            self.fault(
                f"`starts_on` must be a date, and is {shown(value)}. Write year, month and day without "
                "quotation marks, such as `starts_on = 2027-04-01`.",
                "edition",
                "starts_on",
            )
        else:
            return value
        return None

    def _numbered(self, key: str, most: int) -> list[tuple[int, int, dict[str, Any]]]:
        """Return (number, position, table) of each in rising order, checked to count 1, 2, 3 …"""
        tables = self.tables(key, required=True)
        first_with: dict[int, int] = {}
        found = []
        for position, table in tables:
            number = self.number(table, "number", key, position)
            if number is None:
                continue
            if number in first_with:
                line = self.lines.of(key, first_with[number], "number")
                self.fault(
                    f"Number {number} is taken already, in line {line}. Give each of the {key} a number of its own.",
                    key,
                    position,
                    "number",
                )
                continue
            if not 1 <= number <= most:
                self.fault(
                    f"`number` is {clipped(str(number))}. The {key} count from 1 to {most} at most.",
                    key,
                    position,
                    "number",
                )
                continue
            first_with[number] = position
            found.append((number, position, table))
        found.sort(key=lambda entry: entry[0])
        # Where a number could not be read, the gap is a consequence and would only confuse.
        if len(found) == len(tables):
            for expected, (number, position, _) in enumerate(found, start=1):
                if number != expected:
                    self.fault(
                        f"The {key} jump to number {number}; {expected} is missing. Count from 1 without gaps.",
                        key,
                        position,
                        "number",
                    )
                    break
        return found

    def _levels(self) -> list[Level]:
        levels: list[Level] = []
        lines: dict[str, int] = {}
        for number, position, table in self._numbered("levels", MOST_LEVELS):
            self.no_strangers(table, ("number", "name"), "levels", position)
            name = self.text(table, "name", "levels", position, longest=LONGEST["level"])
            if name is not None and name.casefold() in lines:
                self.fault(
                    f"Level {number} has the same name as the one in line {lines[name.casefold()]}. Give each its own.",
                    "levels",
                    position,
                    "name",
                )
            lines.setdefault((name or "").casefold(), self.lines.of("levels", position, "name"))
            levels.append(Level(number, name or ""))
        return levels

    def _bands(self, levels: list[Level], levels_known: bool) -> list[Band]:
        known = {level.number for level in levels} if levels_known else None
        taken: dict[int, int] = {}
        bands: list[tuple[int, Band]] = []
        for position, table in self.tables("bands", required=False):
            self.no_strangers(table, ("levels", "heading", "behaviour"), "bands", position)
            heading = self.text(table, "heading", "bands", position, longest=LONGEST["band"], required=False)
            behaviour = self.text(table, "behaviour", "bands", position, longest=LONGEST["band"], required=False)
            if heading == "" and behaviour == "":
                self.fault(
                    "This band says nothing. Give it a `heading` or a `behaviour`, or remove it.",
                    "bands",
                    position,
                )
            numbers = self._band_levels(table, position, known, taken)
            if numbers and heading is not None and behaviour is not None:
                bands.append((position, Band(numbers, heading, behaviour)))
        bands.sort(key=lambda entry: entry[1].levels)
        for (_, lower), (position, upper) in pairwise(bands):
            same = (lower.heading, lower.behaviour) == (upper.heading, upper.behaviour)
            if same and lower.levels[-1] + 1 == upper.levels[0]:
                self.fault(
                    "This band says the same as the one below it. Make them one, with the levels of both.",
                    "bands",
                    position,
                )
        return [band for _, band in bands]

    def _band_levels(
        self, table: dict[str, Any], position: int, known: set[int] | None, taken: dict[int, int]
    ) -> tuple[int, ...]:
        value = table.get("levels")
        where = ("bands", position, "levels")
        if not isinstance(value, list) or not value or any(type(number) is not int for number in value):
            self.fault("`levels` must list the numbers of the band's levels, such as `levels = [1, 2]`.", *where)
            return ()
        before = len(self.faults)
        for number in value:
            if known is not None and number not in known:
                self.fault(
                    f"The band names level {clipped(str(number))}, which the model does not have. Remove it.",
                    *where,
                )
            elif number in taken:
                line = self.lines.of("bands", taken[number], "levels")
                self.fault(
                    f"Level {number} stands in a band already, in line {line}. Name it in one of them.",
                    *where,
                )
            taken.setdefault(number, position)
        if len(self.faults) == before and value != list(range(value[0], value[0] + len(value))):
            self.fault(
                "A band holds neighbouring levels, lowest first, such as `levels = [1, 2]`. Put them so.",
                *where,
            )
        return tuple(value) if len(self.faults) == before else ()

    def _themes(self, levels: list[Level], levels_known: bool) -> list[Theme]:
        themes: list[Theme] = []
        numbers = [str(level.number) for level in levels] if levels_known else None
        lines: dict[str, int] = {}
        for number, position, table in self._numbered("themes", MOST_THEMES):
            where = ("themes", position)
            self.no_strangers(table, THEME_FIELDS, *where)
            identity = self.slug(table, "identity", *where, longest=LONGEST["identity"])
            if identity in lines:
                self.fault(
                    f"The identity “{identity}” is taken already, in line {lines[identity]}. Give each theme its own.",
                    *where,
                    "identity",
                )
            elif identity:
                lines[identity] = self.lines.of(*where, "identity")
            name = self.text(table, "name", *where, longest=LONGEST["name"])
            scored = self._scored(table, *where)
            note = self._note(table, scored, *where)
            cells = self._cells(number, scored, table, numbers, *where)
            evidence = self._evidence(number, scored, table, numbers, *where)
            themes.append(Theme(number, identity or "", name or "", bool(scored), note or "", cells, evidence))
        return themes

    def _scored(self, table: dict[str, Any], *where: str | int) -> bool | None:
        scored = table.get("scored")
        if isinstance(scored, bool):
            return scored
        if scored is None:
            self.fault(
                "`scored` is missing. Add `scored = true`, or `scored = false` while the theme has no levels.",
                *where,
            )
        else:
            self.fault(
                f"`scored` is {shown(scored)}. Write true or false, without quotation marks.",
                *where,
                "scored",
            )
        return None

    def _note(self, table: dict[str, Any], scored: bool | None, *where: str | int) -> str | None:
        note = self.paragraphs(table, "note", *where)
        if scored and note:
            self.fault("`note` says why a theme is not scored, and this one is. Remove it.", *where, "note")
        if scored is False and note == "":
            self.fault('The theme is not scored and does not say why. Add a line `note = "…"`.', *where)
        return note

    def _cells(
        self,
        number: int,
        scored: bool | None,
        table: dict[str, Any],
        levels: list[str] | None,
        *where: str | int,
    ) -> tuple[tuple[str, ...], ...]:
        criteria = table.get("criteria")
        where = (*where, "criteria")
        if scored is False and criteria is not None:
            self.fault(
                f"Theme {number} is not scored and yet has criteria. Remove [themes.criteria], or set scored = true.",
                *where,
            )
        if not scored:
            return ()
        if not isinstance(criteria, dict):
            self.fault(
                f"Theme {number} has no criteria. Add [themes.criteria] with a list for each level, or "
                "set scored = false.",
                *where,
            )
            return ()
        known = list(criteria) if levels is None else levels
        for key in criteria:
            if key not in known:
                self.fault(
                    f"Theme {number} has criteria for level “{clipped(key)}”, which the model does not "
                    "have. Remove the line, or add the level.",
                    *where,
                    key,
                )
        cells = tuple(self._cell(number, key, criteria, *where) for key in known)
        self._no_equal_cells(number, dict(zip(known, cells, strict=True)), *where)
        return cells

    def _cell(self, theme: int, level: str, criteria: dict[str, Any], *where: str | int) -> tuple[str, ...]:
        if level not in criteria:
            self.fault(
                f"Theme {theme} has no criteria for level {level}. Add a line `{level} = [...]` under "
                "[themes.criteria], or set scored = false.",
                *where,
            )
            return ()
        value = criteria[level]
        where = (*where, level)
        if not isinstance(value, list):
            self.fault(
                f"The criteria of theme {theme} at level {level} must be a list, and are {shown(value)}. "
                "Put the texts "
                f'between brackets: `{level} = ["…", "…"]`.',
                *where,
            )
            return ()
        if not value:
            self.fault(f"The list of theme {theme} at level {level} is empty. Write at least one criterion.", *where)
        first_at: dict[str, int] = {}
        texts = []
        for position, item in enumerate(value):
            text = self.clean(item, "A criterion", *where, position)
            if text == "":
                self.fault("This criterion is empty. Write its text, or remove the line.", *where, position)
            if not text:
                continue
            text = " ".join(text.split())
            if text.casefold() in first_at:
                line = self.lines.of(*where, first_at[text.casefold()])
                self.fault(
                    f"This criterion stands in the same cell already, in line {line}. Remove one.",
                    *where,
                    position,
                )
            first_at.setdefault(text.casefold(), position)
            texts.append(text)
        return tuple(texts)

    def _no_equal_cells(self, theme: int, cells: dict[str, tuple[str, ...]], *where: str | int) -> None:
        first_with: dict[frozenset[str], str] = {}
        for level, texts in cells.items():
            content = frozenset(text.casefold() for text in texts)
            if not content:
                continue
            if content in first_with:
                self.fault(
                    f"Theme {theme} says the same at level {level} as at level {first_with[content]}. "
                    "Write what tells them apart.",
                    *where,
                    level,
                )
            first_with.setdefault(content, level)

    def _evidence(
        self,
        number: int,
        scored: bool | None,
        table: dict[str, Any],
        levels: list[str] | None,
        *where: str | int,
    ) -> tuple[str, ...]:
        """What evidence usually looks like, level by level; () where the theme says it of no level."""
        said = table.get("evidence", {})
        where = (*where, "evidence")
        if scored is False and "evidence" in table:
            self.fault(
                f"Theme {number} is not scored and yet says what evidence at its levels looks like. Remove "
                "[themes.evidence], or set scored = true.",
                *where,
            )
        if not scored:
            return ()
        if not isinstance(said, dict):
            self.fault(
                f"`evidence` of theme {number} must be a section. Write [themes.evidence] and under it a line "
                '`1 = "…"` for each level.',
                *where,
            )
            return ()
        known = list(said) if levels is None else levels
        for key in said:
            if key not in known:
                self.fault(
                    f"Theme {number} says what evidence looks like at level “{clipped(key)}”, which the model does "
                    "not have. Remove the line, or add the level.",
                    *where,
                    key,
                )
        prompts = tuple(self._prompt(level, said, *where) for level in known)
        return prompts if any(prompts) else ()

    def _prompt(self, level: str, said: dict[str, Any], *where: str | int) -> str:
        if level not in said:
            return ""
        text = self.clean(said[level], f"What evidence at level {level} looks like", *where, level)
        if text == "":
            self.fault("This text is empty. Write it, or remove the line.", *where, level)
        return " ".join((text or "").split())

    def _not_comparable(self, code: str | None, themes: list[Theme], themes_known: bool) -> list[NotComparable]:
        order = {theme.identity: theme.number for theme in themes} if themes_known else None
        said: dict[tuple[str, str], int] = {}
        merged: dict[tuple[str, str], tuple[set[str], int]] = {}
        for position, table in self.tables("not_comparable", required=False):
            where = ("not_comparable", position)
            self.no_strangers(table, ("edition", "identities", "reason"), *where)
            edition = self.slug(table, "edition", *where, longest=LONGEST["code"])
            if edition is not None and edition == code:
                self.fault(
                    "An edition is compared with an earlier one, not with itself. Name the other one.",
                    *where,
                    "edition",
                )
            reason = self.paragraphs(table, "reason", *where, required=True)
            identities = self._identities(table, edition, order, said, *where)
            line = self.lines.of(*where, "edition")
            merged.setdefault((edition or "", reason or ""), (set(), line))[0].update(identities)
        if order is None:
            return []
        entries = [
            NotComparable(edition, tuple(sorted(identities, key=order.__getitem__)), reason, line)
            for (edition, reason), (identities, line) in merged.items()
            if identities
        ]
        return sorted(entries, key=lambda entry: (entry.edition, order[entry.identities[0]]))

    def _identities(
        self,
        table: dict[str, Any],
        edition: str | None,
        order: dict[str, int] | None,
        said: dict[tuple[str, str], int],
        *where: str | int,
    ) -> list[str]:
        value = table.get("identities")
        where = (*where, "identities")
        if not isinstance(value, list) or not value:
            self.fault('`identities` must list the themes, such as `identities = ["leadership"]`.', *where)
            return []
        fine = []
        for position, identity in enumerate(value):
            line = self.lines.of(*where, position)
            if not isinstance(identity, str) or (order is not None and identity not in order):
                close = get_close_matches(str(identity), order or (), n=1)
                hint = f"Did you mean “{close[0]}”?" if close else "Use the identity of one of this file's themes."
                self.fault(f"No theme has the identity {shown(identity)}. {hint}", *where, position)
            elif edition is not None and (edition, identity) in said:
                self.fault(
                    f"“{identity}” is named for edition {edition} already, in line "
                    f"{said[edition, identity]}. Name it once.",
                    *where,
                    position,
                )
            else:
                said[edition or "", identity] = line
                fine.append(identity)
        return fine
