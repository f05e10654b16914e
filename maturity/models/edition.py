"""Editions of levels, themes and criteria. An edition is immutable once a statement uses it."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce


class EditionQuerySet(models.QuerySet["Edition"]):
    def in_force(self, day: date) -> Edition | None:
        """The edition that a new statement of `day` uses: the one that started last."""
        return self.filter(starts_on__lte=day).order_by("-starts_on").first()


class Edition(models.Model):
    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    source = models.CharField(max_length=400, blank=True)
    notes = models.TextField(blank=True)
    starts_on = models.DateField(unique=True, help_text="New statements use it from this day.")
    in_use_since = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When the first statement was opened on it; from then on it cannot change.",
    )

    objects = EditionQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on"]

    def __str__(self) -> str:
        return self.name


class LevelQuerySet(models.QuerySet["Level"]):
    def with_prompts_for(self, theme: Theme) -> LevelQuerySet:
        """Add as `prompt` what evidence at each level usually looks like for `theme`; "" where nothing is said."""
        said = EvidencePrompt.objects.filter(theme=theme, level=OuterRef("pk")).values("text")
        return self.annotate(prompt=Coalesce(Subquery(said[:1]), models.Value("", output_field=models.TextField())))


class Level(models.Model):
    """A step of the scale, lowest first, under a band heading where the edition prints one."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="levels")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=100)
    band_heading = models.CharField(max_length=300, blank=True)
    band_behaviour = models.CharField(max_length=300, blank=True)

    objects = LevelQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "number"], name="one_level_per_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="levels_count_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def band(self) -> tuple[str, str]:
        """The heading and the behaviour it stands under, either of which may be empty."""
        return self.band_heading, self.band_behaviour


class Theme(models.Model):
    """A theme of an edition. `identity` is the same across editions."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="themes")
    number = models.PositiveSmallIntegerField()
    identity = models.SlugField(max_length=60)
    name = models.CharField(max_length=200)
    scored = models.BooleanField(default=True, help_text="Off while the theme's levels have not been released.")
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "number"], name="one_theme_per_number"),
            models.UniqueConstraint(fields=["edition", "identity"], name="one_theme_per_identity"),
        ]

    def __str__(self) -> str:
        return self.name


class Criterion(models.Model):
    """One line of the cell where a theme meets a level."""

    theme = models.ForeignKey(Theme, on_delete=models.CASCADE, related_name="criteria")
    level = models.ForeignKey(Level, on_delete=models.CASCADE, related_name="criteria")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()

    class Meta:
        ordering = ["theme__number", "level__number", "number"]
        constraints = [
            models.UniqueConstraint(fields=["theme", "level", "number"], name="one_criterion_per_number"),
        ]
        verbose_name_plural = "criteria"

    def __str__(self) -> str:
        return self.text


class EvidencePrompt(models.Model):
    """What evidence for a theme at a level usually looks like. Guidance: unlike a criterion, it may be reworded."""

    theme = models.ForeignKey(Theme, on_delete=models.CASCADE, related_name="prompts")
    level = models.ForeignKey(Level, on_delete=models.CASCADE, related_name="prompts")
    text = models.TextField()

    class Meta:
        ordering = ["theme__number", "level__number"]
        constraints = [
            models.UniqueConstraint(fields=["theme", "level"], name="one_prompt_per_theme_and_level"),
            models.CheckConstraint(condition=~Q(text=""), name="prompt_says_something"),
        ]

    def __str__(self) -> str:
        return self.text


class StandardKind(models.TextChoices):
    BEHAVIOUR = "behaviour", "Behavioural standard"
    KPI = "kpi", "Key performance indicator (KPI)"


class Standard(models.Model):
    """What an audit tests where a theme meets a level: a behavioural standard or a KPI, from the operator's file."""

    theme = models.ForeignKey(Theme, on_delete=models.CASCADE, related_name="standards")
    level = models.ForeignKey(Level, on_delete=models.CASCADE, related_name="standards")
    kind = models.CharField(max_length=10, choices=StandardKind.choices)
    number = models.PositiveSmallIntegerField()
    reference = models.CharField(max_length=40, help_text="What the publisher calls it.")
    text = models.TextField()
    how_tested = models.TextField(blank=True)

    class Meta:
        ordering = ["theme__number", "level__number", "kind", "number"]
        constraints = [
            models.UniqueConstraint(fields=["theme", "level", "kind", "number"], name="one_standard_per_number"),
            models.UniqueConstraint(fields=["theme", "reference"], name="a_reference_once_per_theme"),
            models.CheckConstraint(condition=~Q(text="") & ~Q(reference=""), name="standard_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.text}"


class NotComparable(models.Model):
    """A theme identity whose meaning changed between two editions: no trend runs across."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="not_comparable")
    earlier = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="+")
    identity = models.SlugField(max_length=60)
    reason = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "earlier", "identity"], name="said_once_per_pair"),
        ]

    def __str__(self) -> str:
        return f"{self.identity} between {self.earlier} and {self.edition}"
