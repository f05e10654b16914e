"""Targets: the list for everybody inside the police service; entering and superseding them for the Head."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from maturity.forms import TargetForm
from maturity.models import Edition, Target, Theme
from maturity.permissions import can_read_model, can_set_targets
from maturity.services import targets as services
from organisation.models import Unit
from organisation.permissions import DECIDES_NOTHING, administers
from organisation.requests import SignedInRequest

A_PAGE = 20
ONLY_HEAD = "Only the Head of Safety, Health and Wellbeing sets targets. You can read them."


@require_safe
def targets(request: SignedInRequest) -> HttpResponse:
    """The targets that stand, the latest day first; then those that have been superseded, the last one first."""
    _readable_or_404(request)
    everything = Target.objects.select_related("group", "unit", "superseded_by__group", "superseded_by__unit")
    current = everything.current().order_by("-by_on", "pk")
    superseded = everything.exclude(superseded_by=None).order_by("-superseded_at", "-pk")
    names = _theme_names()
    context = {
        "current": _page(current, request.GET.get("page"), names),
        "superseded": _page(superseded, request.GET.get("superseded"), names),
        "today": timezone.localdate(),
        "may_set": can_set_targets(request.user),
        "crumbs": [{"label": "Maturity model", "url": reverse("maturity:matrix")}],
    }
    return render(request, "maturity/targets.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """Enter a target."""
    _settable_or_404(request)
    form = _form(request)
    if form.is_valid() and _entered(request, form):
        messages.success(request, "The target is entered.")
        return redirect("maturity:targets")
    return _show(request, form, {"heading": "Enter a target", "button": "Enter the target"})


@require_http_methods(["GET", "HEAD", "POST"])
def supersede(request: SignedInRequest, pk: int) -> HttpResponse:
    """Enter a target that takes the place of another."""
    _settable_or_404(request)
    target = Target.objects.select_related("group", "unit").filter(pk=pk).first()
    if target is None:
        raise Http404
    if request.method != "POST" and target.superseded_by_id is not None:
        messages.info(request, "Another target has taken that one’s place already. Supersede that one instead.")
        return redirect("maturity:targets")
    form = _form(request, like=target)
    if form.is_valid() and _entered(request, form, instead_of=target):
        messages.success(request, "The new target has taken the earlier one’s place.")
        return redirect("maturity:targets")
    words = {"heading": "Supersede a target", "button": "Put it in the earlier one’s place"}
    return _show(request, form, words | {"target": target, "theme_name": _theme_names().get(target.theme_identity, "")})


@dataclass(frozen=True, slots=True)
class ListedTarget:
    """A target with the name of its theme; empty where it is for all of them."""

    target: Target
    theme: str


def _page(found: QuerySet[Target], number: str | None, names: Mapping[str, str]) -> Page[Any]:
    page: Page[Any] = Paginator(found, A_PAGE).get_page(number)
    page.object_list = [ListedTarget(one, names.get(one.theme_identity, "")) for one in page.object_list]
    return page


def _readable_or_404(request: SignedInRequest) -> None:
    if not can_read_model(request.user):
        raise Http404


def _settable_or_404(request: SignedInRequest) -> None:
    _readable_or_404(request)
    if not can_set_targets(request.user):
        raise PermissionDenied(DECIDES_NOTHING if administers(request.user) else ONLY_HEAD)


def _theme_names() -> dict[str, str]:
    """The name of every theme by its identity, as the newest edition that has it calls it."""
    return dict(Theme.objects.order_by("edition__starts_on", "number").values_list("identity", "name"))


def _form(request: SignedInRequest, *, like: Target | None = None) -> TargetForm:
    edition = Edition.objects.in_force(timezone.localdate()) or Edition.objects.order_by("starts_on").first()
    return TargetForm(
        request.POST if request.method == "POST" else None,
        levels=list(edition.levels.order_by("number")) if edition else [],
        themes=_theme_names(),
        units=Unit.objects.open_on(timezone.localdate()),
        like=like,
    )


def _entered(request: SignedInRequest, form: TargetForm, *, instead_of: Target | None = None) -> bool:
    """Whether the service took it; what it refuses is said on the form."""
    try:
        if instead_of is None:
            services.add(terms=form.terms(), by=request.user, at=timezone.now())
        else:
            services.supersede(target=instead_of, terms=form.terms(), by=request.user, at=timezone.now())
    except services.Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def _show(request: SignedInRequest, form: TargetForm, context: dict[str, Any]) -> HttpResponse:
    return render(request, "maturity/target_form.html", context | {"form": form}, status=422 if form.is_bound else 200)
