"""Which themes mean the same in two editions of the model. Plain values: no database, no clock.

Rules: domain.md, *The maturity model*: themes keep one identity across editions, and for each pair of editions an
identity is comparable or not. A theme that one of the two does not score has nothing to compare.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Editions:
    """The editions that statements are on, by code.

    `scored` has the identities that an edition scores; `not_comparable` has each pair of codes, in either order, with
    the identities that do not mean the same in both. An edition that is not in `scored` is taken to score everything.
    """

    scored: Mapping[str, Collection[str]] = field(default_factory=dict)
    not_comparable: Mapping[frozenset[str], Collection[str]] = field(default_factory=dict)

    def comparable(self, one: str, other: str, identity: str) -> bool:
        """Whether a level of the theme in one edition may be set beside one in the other."""
        if one == other:
            return True
        return (
            identity not in self.not_comparable.get(frozenset({one, other}), ())
            and self._scores(one, identity)
            and self._scores(other, identity)
        )

    def _scores(self, code: str, identity: str) -> bool:
        return code not in self.scored or identity in self.scored[code]
