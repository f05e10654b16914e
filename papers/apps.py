from django.apps import AppConfig

from risks import links


class PapersConfig(AppConfig):
    name = "papers"

    def ready(self) -> None:
        """Lead from a meeting's page to its agenda pack: the room of meetings asks, and never learns who answers."""
        from papers.pack_links import PackLinks  # models can be imported only now

        links.register(PackLinks())
