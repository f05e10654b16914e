from django.apps import AppConfig

from assurance import injury_signals
from risks import links, theme_units


class InsightConfig(AppConfig):
    name = "insight"

    def ready(self) -> None:
        """Tell audit programmes what injuries say of claims, and lead from risks to injuries: lower rooms only ask."""
        from insight.injury_signals import InjurySignals  # models can be imported only now
        from insight.low_units import LowInTheme
        from insight.risk_links import RiskLinks

        injury_signals.register(InjurySignals())
        links.register(RiskLinks())
        theme_units.register(LowInTheme())
