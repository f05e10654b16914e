from django.apps import AppConfig

from actions import bodies, origins


class RisksConfig(AppConfig):
    name = "risks"

    def ready(self) -> None:
        """Say where the Board's actions come from and whose they are: the lower room never learns who answers."""
        from risks.origins import BoardActions  # models can be imported only now

        of_the_board = BoardActions()
        origins.register(of_the_board)
        bodies.register(of_the_board)
