"""What a list of actions may be narrowed to. Anything unreadable in the address is left out rather than refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q

from actions import origins
from actions.models import Action, ActionStatus, Plan, Task
from actions.models.action import ActionQuerySet
from organisation.models import Unit

OVERDUE = "overdue"
STATES = [
    (ActionStatus.OPEN.value, "Open"),
    (OVERDUE, "Overdue"),
    (ActionStatus.CLOSED.value, "Closed"),
    (ActionStatus.WITHDRAWN.value, "Withdrawn"),
]


class ActionFilters(django_filters.FilterSet):  # type: ignore[misc]  # ships no types
    """The filters above the list; `today` decides what is overdue."""

    text = django_filters.CharFilter(label="Text contains", method="containing")
    state = django_filters.ChoiceFilter(label="Status", choices=STATES, empty_label="Any", method="in_state")
    unit = django_filters.ModelChoiceFilter(
        label="Unit", queryset=Unit.objects.none(), to_field_name="slug", empty_label="Any"
    )
    origin = django_filters.ChoiceFilter(
        label="Raised under", choices=origins.choices, empty_label="Anything", method="raised_by"
    )
    plan = django_filters.ModelChoiceFilter(
        label="Plan", queryset=Plan.objects.none(), field_name="plans", empty_label="Any or none"
    )

    def __init__(self, data: Any, *, queryset: ActionQuerySet, today: date) -> None:
        super().__init__(data, queryset=queryset)
        self.today = today
        self.filters["unit"].queryset = Unit.objects.filter(pk__in=queryset.order_by().values("unit"))
        self.filters["plan"].queryset = Plan.objects.filter(actions__in=queryset.order_by()).distinct()

    def containing(self, found: ActionQuerySet, _name: str, text: str) -> ActionQuerySet:
        in_a_task = Q(title__icontains=text) | Q(lead__icontains=text) | Q(supporters__icontains=text)
        tasks = Task.objects.filter(in_a_task, action=OuterRef("pk"))
        in_itself = Q(title__icontains=text) | Q(measure__icontains=text) | Q(achieved__icontains=text)
        return found.filter(in_itself | Q(Exists(tasks)))

    def in_state(self, found: ActionQuerySet, _name: str, state: str) -> ActionQuerySet:
        return found.overdue(self.today) if state == OVERDUE else found.filter(status=state)

    def raised_by(self, found: ActionQuerySet, _name: str, key: str) -> ActionQuerySet:
        ids = origins.raised_by(key)
        return found.none() if ids is None else found.filter(pk__in=ids)

    def in_words(self) -> list[str]:
        """Say what is filtered, for the line above the list. To be called once the form has been read."""
        wanted = {name: value for name, value in self.form.cleaned_data.items() if value}
        said = []
        if "text" in wanted:
            said.append(f"text contains “{wanted['text']}”")
        if "state" in wanted:
            said.append(f"status is {dict(STATES)[wanted['state']].lower()}")
        if "unit" in wanted:
            said.append(f"unit is {wanted['unit']}")
        if "origin" in wanted:
            said.append(f"origin is {dict(self.form.fields['origin'].choices)[wanted['origin']]}")
        if "plan" in wanted:
            said.append(f"plan is {wanted['plan']}")
        return said

    class Meta:
        model = Action
        fields: list[str] = []
