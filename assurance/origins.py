"""Which theme of which statement, or which audit, raised an action: what this room knows of where actions come from."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from actions.origins import Origin
from assurance.models import EntryAction, Recommendation
from maturity.models import Theme
from organisation.periods import Quarter

THEME = "theme:"
RECOMMENDED = "recommended"


class EntryOrigins:
    """Actions raised under a theme of a statement. One follows its unit: the statement that had it first raised it."""

    def of_actions(self, action_ids: Collection[int]) -> Mapping[int, Sequence[Origin]]:
        """Return the themes under which each action was raised, with the first statement that has it: one query."""
        links = (
            EntryAction.objects.filter(action__in=action_ids)
            .order_by("entry__revision__statement__quarter", "entry__revision__number", "entry__theme__number")
            .values_list(
                "action_id",
                "entry__theme__identity",
                "entry__theme__name",
                "entry__revision__statement__unit__slug",
                "entry__revision__statement__quarter",
            )
        )
        first: dict[tuple[int, str], tuple[str, str, Quarter]] = {}
        for action_id, identity, name, unit, quarter in links:
            first.setdefault((action_id, identity), (name, unit, quarter))
        found: dict[int, list[Origin]] = {}
        for (action_id, _), (name, unit, quarter) in first.items():
            address = reverse("assurance:statement", args=[unit, quarter])
            found.setdefault(action_id, []).append(Origin(f"{name}, statement of {quarter.name}", name, address))
        return found

    def choices(self) -> Sequence[tuple[str, str]]:
        """Return the themes of all editions, each once, under its newest name."""
        names = dict(Theme.objects.order_by("edition__starts_on", "number").values_list("identity", "name"))
        return [(f"{THEME}{identity}", name) for identity, name in names.items()]

    def raised_by(self, key: str) -> QuerySet[Any] | None:
        """Return the ids of the actions raised under the theme of that key, in any statement."""
        if not key.startswith(THEME):
            return None
        links = EntryAction.objects.filter(entry__theme__identity=key.removeprefix(THEME))
        return links.order_by().values("action_id")


class RecommendationOrigins:
    """Actions that recommendations of audits became. This room keeps them: an auditor says when they are done."""

    def of_actions(self, action_ids: Collection[int]) -> Mapping[int, Sequence[Origin]]:
        """Return the recommendation that each action was: one query."""
        found = Recommendation.objects.filter(action__in=action_ids)
        return {
            action: [
                Origin(
                    f"Recommendation {number} of audit {reference}",
                    f"Audit {reference}",
                    reverse("assurance:recommendation", args=[pk]),
                )
            ]
            for action, pk, number, reference in found.values_list("action_id", "pk", "number", "audit__reference")
            if action is not None
        }

    def choices(self) -> Sequence[tuple[str, str]]:
        """Return the one choice that there is."""
        return [(RECOMMENDED, "Recommended by an audit")]

    def raised_by(self, key: str) -> QuerySet[Any] | None:
        """Return the ids of all actions that an audit recommended."""
        if key != RECOMMENDED:
            return None
        return Recommendation.objects.filter(action__isnull=False).order_by().values("action_id")

    def why_kept(self, action_id: int) -> str:
        """Return who says that the action is done, and where."""
        found = Recommendation.objects.filter(action=action_id).values_list("number", "audit__reference").first()
        if found is None:
            return ""
        number, reference = found
        return (
            f"This action is recommendation {number} of audit {reference}. Its unit says on the recommendation’s page "
            "that it is done, and an auditor confirms it: then the action is closed. It is not closed, withdrawn or "
            "reopened here."
        )
