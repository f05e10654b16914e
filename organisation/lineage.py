"""Which units came of which. Numbers in, numbers out: no database, no clock.

History stays with the unit that made it, so a trend that goes on after a renaming, a merger or a split has to follow
the units from one to the next. `Unit.objects.lineage()` reads the links that this needs in one query.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

Link = tuple[int, int]  # (a unit that ended, a unit that came of it)


@dataclass(frozen=True)
class Lineage:
    """Units by what they came of and what came of them. Each list is in the order of the units' numbers."""

    _before: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    _after: Mapping[int, tuple[int, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, links: Iterable[Link]) -> Lineage:
        """Return the lineage that the links make; the same link twice counts once."""
        before: dict[int, set[int]] = defaultdict(set)
        after: dict[int, set[int]] = defaultdict(set)
        for ended, came_of_it in links:
            after[ended].add(came_of_it)
            before[came_of_it].add(ended)
        return cls(_sorted(before), _sorted(after))

    def predecessors(self, unit: int) -> tuple[int, ...]:
        """Return the units that `unit` itself came of."""
        return self._before.get(unit, ())

    def successors(self, unit: int) -> tuple[int, ...]:
        """Return the units that came of `unit` itself."""
        return self._after.get(unit, ())

    def all_predecessors(self, unit: int) -> tuple[int, ...]:
        """Return every unit whose history leads to `unit`, the nearest first, each once, without `unit`."""
        return _reached(unit, self._before)

    def all_successors(self, unit: int) -> tuple[int, ...]:
        """Return every unit to which the history of `unit` leads, the nearest first, each once, without `unit`."""
        return _reached(unit, self._after)

    def heirs(self, unit: int) -> tuple[int, ...]:
        """Return the units in which the line of `unit` ends; itself where nothing came of it."""
        ends = tuple(one for one in self.all_successors(unit) if not self.successors(one))
        return ends or (unit,)

    def shared_predecessors(self, unit: int) -> tuple[int, ...]:
        """Return those of `all_predecessors` from which other lines came as well, by a split.

        A trend may follow a renaming or a merger without more ado. What a shared predecessor did led to several units,
        and whoever shows it as the history of one of them says so.
        """
        before = self.all_predecessors(unit)
        own = {unit, *before, *self.all_successors(unit)}
        return tuple(one for one in before if not set(self.all_successors(one)) <= own)


def _sorted(links: Mapping[int, set[int]]) -> dict[int, tuple[int, ...]]:
    return {unit: tuple(sorted(others)) for unit, others in links.items()}


def _reached(start: int, links: Mapping[int, tuple[int, ...]]) -> tuple[int, ...]:
    """Go from `start` along the links, breadth first. Data that goes in a circle, which no service writes, ends too."""
    found: dict[int, None] = {}
    nearest = [start]
    while nearest:
        nearest = [one for unit in nearest for one in links.get(unit, ()) if one != start and one not in found]
        nearest = list(dict.fromkeys(nearest))
        found.update(dict.fromkeys(nearest))
    return tuple(found)
