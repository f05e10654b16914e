from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from maturity.models import Theme
from organisation.models import Appointment, Unit, User
from organisation.permissions import Person, appointments_today, units_in_scope
from organisation.roles import Role


class UnitAdviserQuerySet(models.QuerySet["UnitAdviser"]):
    def in_force(self, day: date) -> UnitAdviserQuerySet:
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)

    def acting(self, day: date) -> UnitAdviserQuerySet:
        """Those in force whose person can give advice: their account is open, and they are in SHRMT on `day`."""
        in_shrmt = Appointment.objects.in_force(day).to({Role.SHRMT}).filter(person=OuterRef("adviser"))
        return self.in_force(day).filter(Exists(in_shrmt), adviser__is_active=True)


class UnitAdviser(models.Model):
    """The SHRMT adviser who mentors a unit, from `starts_on` to `ends_on`, both included."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="advisers")
    adviser = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = UnitAdviserQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="advising_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.adviser} for {self.unit}"

    @property
    def name_in_trail(self) -> str:
        """What the trail calls it: without the adviser's name."""
        return f"adviser for {self.unit}"


class MentoringQuerySet(models.QuerySet["MentoringRecord"]):
    def visible_to(self, user: Person) -> MentoringQuerySet:
        """Records that `can_read_mentoring` grants, as a filter."""
        if appointments_today(user).to(frozenset({Role.SHRMT, Role.HEAD})).exists():
            return self
        units = units_in_scope(
            user, unit_roles={Role.SPOC, Role.SLT_LEAD}, group_roles={Role.COG_LEAD, Role.COG_SUPPORT}
        )
        return self.filter(unit__in=Unit.objects.filter(units))

    def unanswered(self) -> MentoringQuerySet:
        return self.filter(advised_at=None)

    def of_units_advised_by(self, adviser: Person, *, day: date) -> MentoringQuerySet:
        """Records of the units whose adviser the person is on `day`."""
        return self.filter(unit__in=UnitAdviser.objects.in_force(day).filter(adviser=adviser.pk).values("unit"))

    def unanswered_first(self) -> MentoringQuerySet:
        """Open questions, the one that has waited longest first; then advice, the latest first."""
        return self.order_by(F("advised_at").desc(nulls_first=True), F("asked_at").asc(nulls_last=True), "-pk")

    def mentors_of(self, unit: Unit, *, since: date) -> QuerySet[User]:
        """People who mentored `unit` since that day: who were named its adviser, or gave it advice without being so."""
        named = UnitAdviser.objects.filter(Q(ends_on=None) | Q(ends_on__gte=since), unit=unit)
        advised = self.filter(unit=unit, advised_at__date__gte=since)
        return User.objects.filter(Q(pk__in=named.values("adviser")) | Q(pk__in=advised.values("advised_by")))

    def units_mentored_by(self, person: Person, *, since: date) -> QuerySet[Unit]:
        """Units of which the person is among the `mentors_of`."""
        named = UnitAdviser.objects.filter(Q(ends_on=None) | Q(ends_on__gte=since), adviser=person.pk)
        advised = self.filter(advised_by=person.pk, advised_at__date__gte=since)
        return Unit.objects.filter(Q(pk__in=named.values("unit")) | Q(pk__in=advised.values("unit")))


class MentoringRecord(models.Model):
    """Advice that a unit asked for or was given on a theme. Kept apart from the statement."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="mentoring")
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="+")
    question = models.TextField(blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    advice = models.TextField(blank=True)
    advised_at = models.DateTimeField(null=True, blank=True)
    advised_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = MentoringQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(asked_at=None, asked_by=None, question="")
                | (Q(asked_at__isnull=False, asked_by__isnull=False) & ~Q(question="")),
                name="question_with_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(advised_at=None, advised_by=None, advice="")
                | (Q(advised_at__isnull=False, advised_by__isnull=False) & ~Q(advice="")),
                name="advice_with_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(asked_at__isnull=False) | Q(advised_at__isnull=False), name="mentoring_says_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.theme} for {self.unit}"
