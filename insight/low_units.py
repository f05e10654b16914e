"""Units that claim less than level 3 in a theme, or nothing: with whom learning about it is best shared."""

from __future__ import annotations

from datetime import date

from insight.reading import add_claims
from insight.three_readings import OfUnit
from organisation.models import Unit

COMPLIANT = 3


class LowInTheme:
    """Goes by each unit's statement of the latest quarter that stands."""

    def low_in(self, theme: str, day: date) -> set[int]:
        """Return the units by their ids: three queries, however many there are."""
        found = {unit: OfUnit() for unit in Unit.objects.open_on(day).values_list("pk", flat=True)}
        add_claims(found)
        claims = {unit: of.claims.get(theme) for unit, of in found.items()}
        return {unit for unit, claim in claims.items() if claim is None or (claim.level or 0) < COMPLIANT}
