"""What the Board decides: of a risk, and of risks that are proposed."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from organisation.requests import SignedInRequest, address_without_page
from risks.forms.risks import AcceptForm, DecisionForm, MinutedForm, ProposalForm
from risks.models import OF_THE_TREND, DecisionKind, ProposalState, RiskProposal, RiskStatus
from risks.permissions import can_decide, can_list_proposals, can_propose
from risks.rules import Refused, decisions_on
from risks.services import deciding as services
from risks.services.deciding import Entry
from risks.views.asking import POST_OR_LOOK, ask_of_risk
from risks.views.loading import ONLY_SECRETARY, posted, proposal_or_404, risk_to_decide_or_404, themes

PER_PAGE = 50
IN_WORDS = {
    "opened": "It is a risk, and open",
    "controlled": "It is controlled: it leaves the heat map and stays on the register",
    "reopened": "It is open again",
    "closed": "It is closed",
}
ONLY_PROPOSERS = (
    "Only Chief Officer Group (COG) leads, the Safety and Health Risk Management Team (SHRMT) and the Head of Safety, "
    "Health and Wellbeing propose risks. You can read them."
)


@require_http_methods(POST_OR_LOOK)
def decide(request: SignedInRequest, reference: str) -> HttpResponse:
    """Record what the Board decided of a risk: of its status, or of how it moves."""
    risk = risk_to_decide_or_404(request, reference)
    last = risk.decisions.filter(kind__in=OF_THE_TREND).last()
    form = DecisionForm(
        posted(request),
        decisions=[(one, IN_WORDS[one]) for one in decisions_on(risk.status)],
        has_own_trend=bool(last and last.kind == DecisionKind.TREND),
    )

    def act() -> None:
        minute, by, at = form.minute_said, request.user, timezone.now()
        if form.is_of_the_trend:
            services.say_trend(risk=risk, direction=form.direction, minute=minute, by=by, at=at)
        else:
            kind = DecisionKind(form.cleaned_data["decision"])
            services.decide(risk=risk, kind=kind, minute=minute, by=by, at=at)

    return ask_of_risk(
        request,
        risk,
        form,
        act,
        title="Record a decision of the Board",
        button="Record the decision",
        done="The decision stands on the register.",
    )


# --- Proposed risks ---------------------------------------------------------------------------------------------------


@require_safe
def proposals(request: SignedInRequest) -> HttpResponse:
    """Proposed risks that the person reads, those that wait first."""
    if not can_list_proposals(request.user):
        raise Http404
    found = RiskProposal.objects.visible_to(request.user).select_related("proposed_by", "meeting", "risk")
    context = {
        "waiting": found.waiting(),
        "page": Paginator(found.exclude(state=ProposalState.WAITING), PER_PAGE).get_page(request.GET.get("page")),
        "address": address_without_page(request),
        "may_propose": can_propose(request.user),
    }
    return render(request, "risks/proposals.html", context)


@require_http_methods(POST_OR_LOOK)
def propose(request: SignedInRequest) -> HttpResponse:
    """Put a new or emerging risk before the Board."""
    if not can_list_proposals(request.user):
        raise Http404
    if not can_propose(request.user):
        raise PermissionDenied(ONLY_PROPOSERS)
    form = ProposalForm(posted(request), themes=themes())
    if form.is_valid():
        try:
            proposal = services.propose(by=request.user, at=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Proposed. The Board decides at one of its meetings.")
            return redirect("risks:proposal", proposal.pk)
    return render(request, "risks/propose.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
def proposal(request: SignedInRequest, pk: int) -> HttpResponse:
    """A proposed risk, and what the Board made of it."""
    found = proposal_or_404(request, pk)
    context = {
        "proposal": found,
        "theme": dict(themes()).get(found.theme, ""),
        "groups": found.groups.order_by("name"),
        "may_decide": can_decide(request.user) and found.state == ProposalState.WAITING,
    }
    return render(request, "risks/proposal.html", context)


@require_http_methods(POST_OR_LOOK)
def accept(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record that the Board took a proposed risk onto its register."""
    found = _to_decide_or_404(request, pk)
    form = AcceptForm(posted(request))
    if form.is_valid():
        said = form.cleaned_data
        entry = Entry(said["reference"], RiskStatus(said["status"]), said["lead"])
        try:
            risk = services.accept(
                proposal=found, entry=entry, minute=form.minute_said, by=request.user, at=timezone.now()
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "The risk is on the register. Assess it next.")
            return redirect("risks:risk", risk.reference)
    return _ask(request, found, form, title="Accept the risk onto the register", button="Record the decision")


@require_http_methods(POST_OR_LOOK)
def decline(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record that the Board did not take a proposed risk onto its register."""
    found = _to_decide_or_404(request, pk)
    form = MinutedForm(posted(request))
    if form.is_valid():
        try:
            services.decline(proposal=found, minute=form.minute_said, by=request.user, at=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "The decision is recorded.")
            return redirect("risks:proposal", found.pk)
    return _ask(request, found, form, title="Decline the risk", button="Record the decision")


def _to_decide_or_404(request: SignedInRequest, pk: int) -> RiskProposal:
    found = proposal_or_404(request, pk)
    if not can_decide(request.user):
        raise PermissionDenied(ONLY_SECRETARY)
    return found


def _ask(request: SignedInRequest, found: RiskProposal, form: MinutedForm, *, title: str, button: str) -> HttpResponse:
    context = {"proposal": found, "form": form, "title": title, "button": button}
    return render(request, "risks/decide_proposal.html", context, status=422 if form.is_bound else 200)
