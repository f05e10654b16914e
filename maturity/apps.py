from django.apps import AppConfig

from organisation import dependants


class MaturityConfig(AppConfig):
    name = "maturity"

    def ready(self) -> None:
        """Say what the end of a unit means to its targets: the lower room asks, and never learns who answers."""
        from maturity.closing import TargetsOfUnits  # models can be imported only now

        dependants.register(TargetsOfUnits())
