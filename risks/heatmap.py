"""The heat map: risks in a grid of likelihood and impact, and what each of its cells says. Plain values.

The grid is a table of words before it is a picture: colour says nothing that the words do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rendering import formats
from risks.trend import HIGHEST, POINTS, Place


@dataclass(frozen=True, slots=True)
class Band:
    """Scores from `from_score` on, up to the next band's: what they are called. `step` counts bands from 1."""

    name: str
    from_score: int
    step: int


@dataclass(frozen=True, slots=True)
class Scale:
    """What points and scores are called; points are named from 1 to 5, bands stand from the lowest on."""

    likelihood: tuple[str, ...]
    impact: tuple[str, ...]
    bands: tuple[Band, ...]

    def __post_init__(self) -> None:
        if len(self.likelihood) != HIGHEST or len(self.impact) != HIGHEST:
            raise ValueError(f"A scale names {HIGHEST} points each of likelihood and impact.")
        scores = [band.from_score for band in self.bands]
        if not scores or scores[0] != 1 or scores != sorted(set(scores)):
            raise ValueError("Bands begin with score 1 and follow one another.")

    def band(self, score: int) -> Band:
        """Return the band of a score from 1 to 25."""
        return next(band for band in reversed(self.bands) if band.from_score <= score)

    def in_words(self, place: Place) -> str:
        """Return a place as `Likely (4) and major (4): 16, very high`."""
        likelihood, impact = self.likelihood[place.likelihood - 1], self.impact[place.impact - 1]
        band = self.band(place.score).name.lower()
        return f"{likelihood} ({place.likelihood}) and {impact.lower()} ({place.impact}): {place.score}, {band}"


@dataclass(frozen=True, slots=True)
class OnTheMap:
    """A risk that is on the map: by its reference, where it lies and where it lay at the assessment before."""

    reference: str
    place: Place
    before: Place | None = None

    @property
    def has_moved(self) -> bool:
        return self.before is not None and self.before != self.place


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the grid: the risks in it, and those that were in it before they moved elsewhere."""

    place: Place
    band: Band
    risks: tuple[str, ...]
    left: tuple[str, ...]

    @property
    def words(self) -> str:
        """All that the cell says: `16, very high. Risks 2 and 17. Risk 32 was here before.`."""
        said = [f"{self.place.score}, {self.band.name.lower()}."]
        if self.risks:
            said.append(f"{_named(self.risks)}.")
        if self.left:
            said.append(f"{_named(self.left)} {'was' if len(self.left) == 1 else 'were'} here before.")
        return " ".join(said)


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one likelihood, from the lowest impact to the highest."""

    likelihood: int
    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class HeatMap:
    """The grid, the highest likelihood first, and the names of its columns."""

    scale: Scale
    rows: tuple[Row, ...]

    @property
    def columns(self) -> list[tuple[int, str]]:
        return list(enumerate(self.scale.impact, start=1))

    @property
    def sentence(self) -> str:
        """What the map shows, in words: the risks of each band, the highest first."""
        found: dict[Band, list[str]] = {}
        for row in self.rows:
            for cell in row.cells:
                found.setdefault(cell.band, []).extend(cell.risks)
        said = [
            f"{band.name}: {_named(sorted(risks, key=in_order)).lower()}"
            for band, risks in sorted(found.items(), key=lambda one: -one[0].from_score)
            if risks
        ]
        return f"{'; '.join(said)}." if said else "No risk is on the map."


def heat_map(risks: Sequence[OnTheMap], scale: Scale) -> HeatMap:
    """Place the risks; each cell names its own in the order of their references."""
    rows = []
    for likelihood in reversed(POINTS):
        cells = [_cell(Place(likelihood, impact), risks, scale) for impact in POINTS]
        rows.append(Row(likelihood, scale.likelihood[likelihood - 1], tuple(cells)))
    return HeatMap(scale, tuple(rows))


def in_order(reference: str) -> tuple[int, str]:
    """Return by what references are sorted: 2, 3a-d, 17."""
    digits = "".join(character for character in reference if character.isdigit())
    return int(digits or 0), reference


def _cell(place: Place, risks: Sequence[OnTheMap], scale: Scale) -> Cell:
    here = sorted((one.reference for one in risks if one.place == place), key=in_order)
    left = sorted((one.reference for one in risks if one.has_moved and one.before == place), key=in_order)
    return Cell(place, scale.band(place.score), tuple(here), tuple(left))


def _named(references: Sequence[str]) -> str:
    return f"{'Risk' if len(references) == 1 else 'Risks'} {formats.listed(references)}"
