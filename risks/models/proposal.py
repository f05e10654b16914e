"""Risks that somebody proposes for the register, and what the Board made of them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from organisation.models import BusinessGroup
from organisation.permissions import Person, appointments_today, roles_anywhere
from organisation.roles import Role
from risks.models.meeting import BoardMeeting
from risks.models.risk import Risk

# Who reads every proposal; a COG lead reads those they made, and those that concern their group.
READS_PROPOSALS = frozenset({Role.SHRMT, Role.HEAD, Role.BOARD_MEMBER, Role.BOARD_SECRETARY})


class ProposalState(models.TextChoices):
    WAITING = "waiting", "Waiting for the Board"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"


class ProposalQuerySet(models.QuerySet["RiskProposal"]):
    def visible_to(self, user: Person) -> ProposalQuerySet:
        """Proposals that `permissions.can_read_proposal` grants, as a filter."""
        roles = roles_anywhere(user)
        if roles & READS_PROPOSALS:
            return self
        if Role.COG_LEAD not in roles:
            return self.none()
        concern = RiskProposal.groups.through.objects.filter(
            businessgroup__in=appointments_today(user).to({Role.COG_LEAD}).values("group")
        )
        return self.filter(Q(proposed_by=user.pk) | Q(pk__in=concern.values("riskproposal")))

    def waiting(self) -> ProposalQuerySet:
        return self.filter(state=ProposalState.WAITING)


class RiskProposal(models.Model):
    """A new or emerging risk that somebody puts before the Board."""

    title = models.CharField(max_length=200)
    description = models.TextField()
    theme = models.SlugField(max_length=60, blank=True)
    groups = models.ManyToManyField(BusinessGroup, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=ProposalState.choices, default=ProposalState.WAITING)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    meeting = models.ForeignKey(BoardMeeting, on_delete=models.PROTECT, null=True, blank=True, related_name="proposals")
    minute = models.CharField(max_length=40, blank=True)
    because = models.TextField(blank=True, help_text="Why the Board decided so.")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    risk = models.OneToOneField(Risk, on_delete=models.PROTECT, null=True, blank=True, related_name="proposal")

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(title="") & ~Q(description=""), name="a_proposal_says_what"),
            models.CheckConstraint(
                condition=Q(state=ProposalState.WAITING, meeting=None, minute="", because="", decided_by=None)
                & Q(decided_at=None)
                | ~Q(state=ProposalState.WAITING)
                & Q(meeting__isnull=False, decided_by__isnull=False, decided_at__isnull=False)
                & ~Q(minute="")
                & ~Q(because=""),
                name="a_proposal_is_decided_at_a_meeting",
            ),
            models.CheckConstraint(
                condition=Q(state=ProposalState.ACCEPTED, risk__isnull=False)
                | (~Q(state=ProposalState.ACCEPTED) & Q(risk=None)),
                name="an_accepted_proposal_is_a_risk",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def name_in_trail(self) -> str:
        """What the trail calls it: its title may have to be forgotten."""
        return f"proposed risk {self.pk}"
