from django.apps import AppConfig

from organisation import dependants


class ActionsConfig(AppConfig):
    name = "actions"

    def ready(self) -> None:
        """Say what the end of a unit means to its actions: the lower room asks, and never learns who answers."""
        from actions.closing import ActionsOfUnits  # models can be imported only now

        dependants.register(ActionsOfUnits())
