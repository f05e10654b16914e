"""The model laid out for reading: for each theme a row of cells, for each level a cell of criteria."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from maturity.models import Criterion, Edition, Level, Theme

# What the criteria abbreviate, as the source documents use the letters.
SHORT_FORMS = {
    "COG": "Chief Officer Group",
    "HR": "Human Resources",
    "OCU": "Operational Command Unit",
    "PSD": "Property Services Department",
    "SHRMT": "Safety and Health Risk Management Team",
    "SLT": "Senior Leadership Team",
    "SMT": "Senior Management Team",
    "SPOC": "single point of contact for health and safety",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """What is asked for where a theme meets a level, and, where one theme is read alone, what evidence looks like."""

    level: Level
    criteria: tuple[str, ...]
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A theme with a cell for each level, lowest first; no cells where the theme is not scored."""

    theme: Theme
    cells: tuple[Cell, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """Every criterion of the row, lowest level first."""
        return tuple(text for cell in self.cells for text in cell.criteria)


@dataclass(frozen=True, slots=True)
class Matrix:
    """An edition's levels, lowest first, and its themes in order."""

    levels: tuple[Level, ...]
    rows: tuple[Row, ...]


def matrix_of(edition: Edition) -> Matrix:
    """Return the whole edition. Three queries, however large it is."""
    levels = tuple(edition.levels.order_by("number"))
    return Matrix(levels, _rows(list(edition.themes.order_by("number")), levels))


def row_of(theme: Theme) -> Row:
    """Return one theme with its cells. Two queries."""
    levels: list[Any] = list(Level.objects.filter(edition=theme.edition_id).with_prompts_for(theme).order_by("number"))
    (row,) = _rows([theme], levels)
    prompts = {level.pk: level.prompt for level in levels}
    return replace(row, cells=tuple(replace(cell, evidence=prompts[cell.level.pk]) for cell in row.cells))


def rows_across_editions(identity: str) -> tuple[Row, ...]:
    """Return the theme of that identity in each edition that has it, earliest first. Three queries."""
    themes = list(Theme.objects.filter(identity=identity).select_related("edition").order_by("edition__starts_on"))
    levels = list(Level.objects.filter(edition__in=[theme.edition_id for theme in themes]).order_by("number"))
    return _rows(themes, levels)


def short_forms_in(texts: Iterable[str]) -> list[tuple[str, str]]:
    """Return the abbreviations that the texts use, with what they stand for, in alphabetical order."""
    used = {word for text in texts for word in re.findall(r"\b[A-Z]{2,}\b", text)}
    return sorted((short, meaning) for short, meaning in SHORT_FORMS.items() if short in used)


def _rows(themes: Sequence[Theme], levels: Sequence[Level]) -> tuple[Row, ...]:
    texts: dict[tuple[int, int], list[str]] = {}
    criteria = Criterion.objects.filter(theme__in=themes).order_by("number")
    for theme_id, level_id, text in criteria.values_list("theme_id", "level_id", "text"):
        texts.setdefault((theme_id, level_id), []).append(text)
    return tuple(
        Row(
            theme,
            tuple(
                Cell(level, tuple(texts.get((theme.pk, level.pk), ())))
                for level in levels
                if theme.scored and level.edition_id == theme.edition_id
            ),
        )
        for theme in themes
    )
