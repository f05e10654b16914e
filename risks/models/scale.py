"""What likelihood, impact and scores are called: data, so that another force's words and thresholds need no code."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Axis(models.TextChoices):
    LIKELIHOOD = "likelihood", "Likelihood"
    IMPACT = "impact", "Impact"


class ScalePoint(models.Model):
    """A point of likelihood or of impact, from 1 to 5."""

    axis = models.CharField(max_length=10, choices=Axis.choices)
    points = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=40, help_text="Such as “Likely”.")
    meaning = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["axis", "points"]
        constraints = [
            models.UniqueConstraint(fields=["axis", "points"], name="a_point_of_a_risk_scale_once"),
            models.CheckConstraint(condition=Q(points__range=(1, 5)), name="risk_scales_have_five_points"),
        ]

    def __str__(self) -> str:
        return f"{self.points} {self.name}"


class ScoreBand(models.Model):
    """Scores from `from_score` on, up to where the next band begins."""

    name = models.CharField(max_length=40, unique=True, help_text="Such as “High”.")
    from_score = models.PositiveSmallIntegerField(unique=True)
    meaning = models.CharField(max_length=300, blank=True, help_text="What such a score asks for.")

    class Meta:
        ordering = ["from_score"]
        constraints = [
            models.CheckConstraint(condition=Q(from_score__range=(1, 25)), name="score_bands_lie_on_the_scale"),
        ]

    def __str__(self) -> str:
        return self.name
