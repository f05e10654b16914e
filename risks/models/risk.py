"""The register: what a risk is, who leads it, what keeps it down. Where it lies is in `assessment.py`."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from organisation.models import BusinessGroup
from organisation.permissions import Person, appointments_today, roles_anywhere
from organisation.roles import Role

# Who reads the whole register, and who what they lead.
READS_REGISTER = frozenset(
    {
        Role.SPOC,
        Role.SLT_LEAD,
        Role.COG_LEAD,
        Role.COG_SUPPORT,
        Role.SHRMT,
        Role.HEAD,
        Role.BOARD_MEMBER,
        Role.BOARD_SECRETARY,
    }
)
# `2`, `17`, and one with parts: `3a`, `3a-d`.
REFERENCE = r"^[1-9][0-9]{0,3}([a-z](-[a-z])?)?$"


class RiskStatus(models.TextChoices):
    EMERGING = "emerging", "Emerging"
    OPEN = "open", "Open"
    CONTROLLED = "controlled", "Controlled"
    CLOSED = "closed", "Closed"


ON_THE_MAP = frozenset({RiskStatus.EMERGING, RiskStatus.OPEN})


class RiskQuerySet(models.QuerySet["Risk"]):
    def visible_to(self, user: Person) -> RiskQuerySet:
        """Risks that `permissions.can_read_risk` grants, as a filter."""
        roles = roles_anywhere(user)
        if roles & READS_REGISTER:
            return self
        return self.led_by(user) if Role.RISK_LEAD in roles else self.none()

    def led_by(self, user: Person) -> RiskQuerySet:
        """Risks of which the person holds a lead today, being appointed a risk lead."""
        if not appointments_today(user).to({Role.RISK_LEAD}).exists():
            return self.none()
        leads = RiskLead.objects.in_force().filter(person=user.pk)
        return self.filter(pk__in=leads.values("risk"))

    def on_the_map(self) -> RiskQuerySet:
        return self.filter(status__in=ON_THE_MAP)


# What people write into a risk. Earlier texts are kept by the database's own triggers.
WRITTEN = ("title", "description", "theme", "target_score", "target_on", "review_on")


@pghistory.track(
    pghistory.UpdateEvent(label="overwritten", row="OLD", condition=pgtrigger.AnyChange(*WRITTEN, "status")),
    fields=[*WRITTEN, "status", "field_versions", "changed_at", "changed_by"],
    obj_field=pghistory.ObjForeignKey(related_name="events"),
    model_name="RiskEvent",
    meta={"indexes": [models.Index(fields=["pgh_obj", "-pgh_id"], name="risk_event_by_risk")]},
)
class Risk(models.Model):
    """A risk of the Board's register."""

    reference = models.CharField(max_length=10, unique=True, help_text="Such as “17”, or “3a-d” for one with parts.")
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    theme = models.SlugField(max_length=60, blank=True, help_text="Which theme of the model it bears on: its identity.")
    groups = models.ManyToManyField(BusinessGroup, blank=True, related_name="+", help_text="None: all of them.")
    status = models.CharField(max_length=10, choices=RiskStatus.choices)
    target_score = models.PositiveSmallIntegerField(null=True, blank=True)
    target_on = models.DateField(null=True, blank=True)
    review_on = models.DateField(null=True, blank=True, help_text="By when it is to be looked at again.")
    field_versions = models.JSONField(default=dict, help_text="How often each editable field has changed.")
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = RiskQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(reference__regex=REFERENCE), name="a_risks_reference_is_a_number"),
            models.CheckConstraint(condition=~Q(title=""), name="a_risk_has_a_title"),
            models.CheckConstraint(
                condition=Q(target_score=None, target_on=None)
                | Q(target_score__range=(1, 25), target_on__isnull=False),
                name="a_risks_target_has_a_score_and_a_day",
            ),
        ]
        triggers = [pgtrigger.Protect(name="risks_stay", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"Risk {self.reference}: {self.title}"

    @property
    def name_in_trail(self) -> str:
        """What the trail calls it: its title may have to be forgotten."""
        return f"risk {self.reference}"

    @property
    def is_on_the_map(self) -> bool:
        return self.status in ON_THE_MAP


class RiskLeadQuerySet(models.QuerySet["RiskLead"]):
    def in_force(self) -> RiskLeadQuerySet:
        today = timezone.localdate()
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=today), starts_on__lte=today)


class RiskLead(models.Model):
    """A named post that leads a risk; `person` is who holds it and works with this product, if anybody does."""

    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="leads")
    post = models.CharField(max_length=120, help_text="Such as “Director of Commercial Services”.")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = RiskLeadQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(post=""), name="a_risk_is_led_by_a_post"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="leading_a_risk_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post} for risk {self.risk.reference}"

    @property
    def name_in_trail(self) -> str:
        """What the trail calls it: the post, whoever holds it."""
        return f"lead of risk {self.risk.reference}"


class Control(models.Model):
    """Something that keeps a risk down. It is never edited: one that changes ends, and another takes its place."""

    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="controls")
    text = models.TextField(help_text="What is done.")
    owner = models.CharField(max_length=200, help_text="The post that answers for it.")
    assurance = models.TextField(blank=True, help_text="How it is known that it works.")
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_because = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(text="") & ~Q(owner=""), name="a_control_says_what_and_whose"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, ended_because="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_because="")),
                name="a_control_ends_with_a_reason",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="controls_stay",
                operation=pgtrigger.UpdateOf("risk_id", "text", "owner", "assurance", "added_at", "added_by_id")  # type: ignore[no-untyped-call]  # ships no types
                | pgtrigger.Delete,
            ),
        ]

    def __str__(self) -> str:
        return f"A control of risk {self.risk.reference}"

    @property
    def name_in_trail(self) -> str:
        return f"control {self.pk} of risk {self.risk.reference}"


class RiskIndicator(models.Model):
    """An injury indicator that bears on a risk, by its code: the room of injuries is beside this one."""

    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="indicators")
    code = models.SlugField(max_length=60)

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["risk", "code"], name="an_indicator_once_for_a_risk")]

    def __str__(self) -> str:
        return self.code
