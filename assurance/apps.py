from django.apps import AppConfig

from actions import origins


class AssuranceConfig(AppConfig):
    name = "assurance"

    def ready(self) -> None:
        """Say where actions come from: the lower room asks, and never learns who answers."""
        from assurance.origins import EntryOrigins  # models can be imported only now

        origins.register(EntryOrigins())
