from __future__ import annotations

from django.db import models


class ForceQuerySet(models.QuerySet["Force"]):
    def lets_one_person_complete_and_sign(self) -> bool:
        """Whether the force has switched on that one person both completes and signs a statement."""
        return self.filter(completer_may_sign=True).exists()

    def lets_one_person_release_papers(self) -> bool:
        """Whether the force has switched on that one person both makes a paper final and publishes it."""
        return self.filter(finaliser_may_publish=True).exists()


class Force(models.Model):
    """The police service that runs this installation: one row."""

    name = models.CharField(max_length=200)
    short_name = models.CharField(max_length=50)
    demo_seed = models.CharField(
        max_length=100, blank=True, help_text="Set where the force is fictional: what it was generated from."
    )
    completer_may_sign = models.BooleanField(
        default=False, help_text="Whether one person may both complete and sign a statement."
    )
    finaliser_may_publish = models.BooleanField(
        default=False, help_text="Whether one person may both make a panel paper final and publish it."
    )

    # Days, counted from the day a statement is due, on which somebody further up is told that it is not signed.
    slt_lead_told_after_days = models.PositiveSmallIntegerField(default=7)
    cog_lead_told_after_days = models.PositiveSmallIntegerField(default=14)
    # Days from a signature on which the COG lead is told that it still awaits their review.
    review_within_days = models.PositiveSmallIntegerField(default=14)

    objects = ForceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(models.Value(1), name="one_force"),
            models.CheckConstraint(
                condition=models.Q(cog_lead_told_after_days__gte=models.F("slt_lead_told_after_days")),
                name="slt_lead_told_before_the_cog_lead",
            ),
        ]

    def __str__(self) -> str:
        return self.name
