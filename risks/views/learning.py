"""The learning of investigations: what units were told, and that they acknowledge it."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from organisation.permissions import hold_appointments
from organisation.requests import SignedInRequest, address_without_page
from risks.forms.investigations import AcknowledgeForm
from risks.models import LearningShare, UnitLearning
from risks.permissions import can_acknowledge, can_read_answer, can_read_investigation, can_read_learning
from risks.services import investigations as services
from risks.views.asking import POST_OR_LOOK, Asked, ask
from risks.views.loading import LARGEST_ID, posted, themes

PER_PAGE = 50
ONLY_SLT_LEADS = (
    "Only the unit’s own Senior Leadership Team (SLT) lead acknowledges what is shared with it. You can read it."
)


@require_safe
def learning_list(request: SignedInRequest) -> HttpResponse:
    """What is shared, the latest first, of one theme where that is asked for; above it what is to be acknowledged."""
    if not can_read_learning(request.user):
        raise Http404
    names, found = dict(themes()), LearningShare.objects.visible_to(request.user)
    used = set(found.order_by().values_list("theme", flat=True).distinct())
    asked = request.GET.get("theme", "")
    theme = asked if asked in used else ""
    page = Paginator(found.filter(theme=theme) if theme else found, PER_PAGE).get_page(request.GET.get("page"))
    waiting = UnitLearning.objects.visible_to(request.user).waiting().select_related("share", "unit")
    context = {
        "waiting": waiting.order_by("share__at", "unit__name")[:PER_PAGE],
        "waiting_number": waiting.count(),
        "page": page,
        "lines": [(share, names.get(share.theme, "")) for share in page],
        "themes": [(identity, name) for identity, name in names.items() if identity in used],
        "theme": theme,
        "address": address_without_page(request),
    }
    return render(request, "risks/learning_list.html", context)


@require_safe
def learning(request: SignedInRequest, pk: int) -> HttpResponse:
    """What units were told, and which of those that the person reads of have acknowledged it."""
    hold_appointments(request.user)  # asked for each unit
    rows = LearningShare.objects.select_related("investigation__group", "by")
    found = rows.filter(pk=pk).first() if pk <= LARGEST_ID else None
    if found is None or not can_read_learning(request.user):
        raise Http404
    answers = (
        UnitLearning.objects.visible_to(request.user).filter(share=found).select_related("unit", "acknowledged_by")
    )
    listed = [(answer, not answer.acknowledged_at and can_acknowledge(request.user, answer)) for answer in answers]
    context = {
        "share": found,
        "theme": dict(themes()).get(found.theme, ""),
        "answers": listed,
        "missing": sum(answer.acknowledged_at is None for answer, _ in listed),
        "reads_investigation": can_read_investigation(request.user, found.investigation),
    }
    return render(request, "risks/learning.html", context)


@require_http_methods(POST_OR_LOOK)
def acknowledge(request: SignedInRequest, pk: int) -> HttpResponse:
    """Acknowledge learning for the unit that it was shared with."""
    rows = UnitLearning.objects.select_related("unit", "share")
    found = rows.filter(pk=pk).first() if pk <= LARGEST_ID else None
    if found is None or not can_read_answer(request.user, found):
        raise Http404
    if not can_acknowledge(request.user, found):
        raise PermissionDenied(ONLY_SLT_LEADS)
    form = AcknowledgeForm(posted(request))
    asked = Asked(
        title=f"Acknowledge for {found.unit}",
        button="Acknowledge it",
        done=f"{found.unit} has acknowledged it.",
        caption=found.share.title,
        back=reverse("risks:learning", args=[found.share_id]),
        back_label=found.share.title,
    )
    return ask(
        request,
        form,
        lambda: services.acknowledge(answer=found, by=request.user, at=timezone.now(), **form.cleaned_data),
        asked,
    )
