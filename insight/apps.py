from django.apps import AppConfig

from assurance import injury_signals


class InsightConfig(AppConfig):
    name = "insight"

    def ready(self) -> None:
        """Tell audit programmes what injuries say of claims: their room asks, and never learns who answers."""
        from insight.injury_signals import InjurySignals  # models can be imported only now

        injury_signals.register(InjurySignals())
