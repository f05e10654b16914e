from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from organisation.roles import Role


class QualificationType(models.Model):
    """A qualification that people may hold, such as a certificate of a given level. Types are data of the force."""

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200, help_text="As it is printed, with who awards it.")
    level = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="On the national scale, where it has one."
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ExpectedQualification(models.Model):
    """That whoever holds a role is to have, or to take, a qualification."""

    role = models.CharField(max_length=20, choices=[(role.value, role.label) for role in Role])
    type = models.ForeignKey(QualificationType, on_delete=models.PROTECT, related_name="expected_of")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["role", "type"], name="expected_once_of_a_role")]

    def __str__(self) -> str:
        return f"{Role(self.role).label}: {self.type}"


class QualificationStatus(models.TextChoices):
    STUDYING = "studying", "Studying for it"
    HELD = "held", "Held"
    WITHDRAWN = "withdrawn", "Given up or withdrawn"


class QualificationQuerySet(models.QuerySet["Qualification"]):
    def held_on(self, day: date) -> QualificationQuerySet:
        """Qualifications that are held on `day`: awarded by then and not run out."""
        return self.filter(Q(expires_on=None) | Q(expires_on__gte=day), status=QualificationStatus.HELD, on__lte=day)


class Qualification(models.Model):
    """What a person holds or is studying for."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="qualifications")
    type = models.ForeignKey(QualificationType, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=QualificationStatus.choices)
    on = models.DateField("date", help_text="The day it was awarded, begun or withdrawn.")
    expires_on = models.DateField(null=True, blank=True, help_text="Its last day, where it runs out.")

    objects = QualificationQuerySet.as_manager()

    class Meta:
        ordering = ["person", "type"]
        constraints = [
            models.UniqueConstraint(fields=["person", "type"], name="one_line_per_person_and_qualification"),
            models.CheckConstraint(
                condition=Q(expires_on=None) | Q(expires_on__gte=F("on")), name="qualification_expires_after_its_date"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} ({self.get_status_display()})"

    @property
    def name_in_trail(self) -> str:
        """What the trail calls it: without the person's name."""
        return f"qualification {self.pk}: {self}"[:300]
