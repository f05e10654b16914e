"""Business groups' own operational risks, which can be put before the Board."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from organisation.models import BusinessGroup
from organisation.permissions import Person, appointments_today, roles_anywhere
from organisation.roles import Role
from risks.models.proposal import RiskProposal

# Who reads every group's risks, and who their own group's.
READS_ALL_GROUP_RISKS = frozenset({Role.SHRMT, Role.HEAD, Role.BOARD_MEMBER, Role.BOARD_SECRETARY})
READS_OWN_GROUP_RISKS = frozenset({Role.COG_LEAD, Role.COG_SUPPORT})
GROUP_RISK_ANSWERS = ("title", "description", "owner", "likelihood", "impact", "controls")


class GroupRiskQuerySet(models.QuerySet["GroupRisk"]):
    def visible_to(self, user: Person) -> GroupRiskQuerySet:
        """Risks that `permissions.can_read_group_risk` grants, as a filter."""
        if roles_anywhere(user) & READS_ALL_GROUP_RISKS:
            return self
        return self.filter(group__in=appointments_today(user).to(READS_OWN_GROUP_RISKS).values("group"))


@pghistory.track(
    pghistory.UpdateEvent(
        label="overwritten", row="OLD", condition=pgtrigger.AnyChange(*GROUP_RISK_ANSWERS, "closed_at")
    ),
    fields=[*GROUP_RISK_ANSWERS, "field_versions", "closed_at", "changed_at", "changed_by"],
    obj_field=pghistory.ObjForeignKey(related_name="events"),
    model_name="GroupRiskEvent",
    meta={"indexes": [models.Index(fields=["pgh_obj", "-pgh_id"], name="group_risk_event_by_risk")]},
)
class GroupRisk(models.Model):
    """A risk that a business group watches by itself. `escalated_as` is what it was put before the Board as."""

    group = models.ForeignKey(BusinessGroup, on_delete=models.PROTECT, related_name="own_risks")
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    owner = models.CharField(max_length=120, help_text="The post that answers for it.")
    controls = models.TextField(blank=True)
    likelihood = models.PositiveSmallIntegerField(help_text="After controls, from 1 to 5.")
    impact = models.PositiveSmallIntegerField(help_text="After controls, from 1 to 5.")
    field_versions = models.JSONField(default=dict, help_text="How often each editable field has changed.")
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_because = models.TextField(blank=True)
    escalated_as = models.OneToOneField(
        RiskProposal, on_delete=models.PROTECT, null=True, blank=True, related_name="of_group"
    )

    objects = GroupRiskQuerySet.as_manager()

    class Meta:
        ordering = ["group__name", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(title="") & ~Q(owner=""), name="a_groups_risk_says_what_and_whose"),
            models.CheckConstraint(
                condition=Q(likelihood__range=(1, 5)) & Q(impact__range=(1, 5)), name="group_risks_lie_on_the_scale"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_because="") | (Q(closed_at__isnull=False) & ~Q(closed_because="")),
                name="a_groups_risk_closes_with_a_reason",
            ),
        ]
        triggers = [pgtrigger.Protect(name="group_risks_stay", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.title

    @property
    def name_in_trail(self) -> str:
        """What the trail calls it: its title may have to be forgotten."""
        return f"risk {self.pk} of {self.group}"
