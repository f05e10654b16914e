from __future__ import annotations

from django.db import models
from django.db.models import Q

from actions.models.action import Action


class Plan(models.Model):
    """A named plan: it gathers actions, of any unit, in an order of its own."""

    name = models.CharField(max_length=200, unique=True)
    actions = models.ManyToManyField(Action, through="PlanItem", related_name="plans")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class PlanItem(models.Model):
    """An action's place in a plan."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="items")
    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="plan_items")
    number = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="one_action_per_number_of_a_plan"),
            models.UniqueConstraint(fields=["plan", "action"], name="an_action_once_per_plan"),
            models.CheckConstraint(condition=Q(number__gte=1), name="plans_count_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.action}"
