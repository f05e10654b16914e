from django.apps import AppConfig

from actions import keeping, origins
from organisation import dependants


class AssuranceConfig(AppConfig):
    name = "assurance"

    def ready(self) -> None:
        """Say where actions come from and what a unit's end means: lower rooms ask, and never learn who answers."""
        from assurance.closing import StatementsOfUnits  # models can be imported only now
        from assurance.origins import EntryOrigins, RecommendationOrigins

        origins.register(EntryOrigins())
        recommended = RecommendationOrigins()
        origins.register(recommended)
        keeping.register(recommended)
        dependants.register(StatementsOfUnits())
