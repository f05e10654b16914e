"""What to audit in a half-year: proposing it, why each unit stands where it does, adopting it, and changing it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from assurance import programme_tables
from assurance.audit_permissions import (
    can_adopt_programme,
    can_list_programmes,
    can_plan_audits,
    can_propose_programme,
    can_read_programme,
)
from assurance.forms.programme import (
    AdoptForm,
    AuditDaysForm,
    DrawAgainForm,
    MoveForm,
    NewProgrammeForm,
    ReasonForm,
    WantedForm,
)
from assurance.models import AuditProgramme, ProgrammeItem
from assurance.programme_tables import Listed, Programme
from assurance.rules import Refused
from assurance.sampling import Ingredient
from assurance.services import programmes as services
from assurance.services import reading_programmes
from organisation.models import Unit
from organisation.periods import HalfYear
from organisation.permissions import DECIDES_NOTHING, administers
from organisation.requests import SignedInRequest
from rendering.tables import MEDIA_TYPES

ONLY_SHRMT = (
    "Only the Safety and Health Risk Management Team (SHRMT) and the Head of Safety, Health and Wellbeing propose what "
    "to audit. You can read it."
)
ONLY_THE_HEAD = "Only the Head of Safety, Health and Wellbeing adopts and changes audit programmes. You can read them."

Done = TypeVar("Done")


# --- Loading ------------------------------------------------------------------------------------------------------


def _programme_or_404(request: SignedInRequest, half: HalfYear) -> AuditProgramme:
    """Return the half-year's programme where the person may read it."""
    found = AuditProgramme.objects.select_related("proposed_by", "adopted_by").filter(half=half).first()
    if found is None or not can_read_programme(request.user, found):
        raise Http404
    return found


def _proposed_or_404(request: SignedInRequest, half: HalfYear) -> AuditProgramme:
    """Return the programme for somebody who proposes. Whether it is still a proposal is the service's question."""
    programme = _programme_or_404(request, half)
    if not can_propose_programme(request.user):
        raise PermissionDenied(ONLY_SHRMT)
    return programme


def _decided_or_404(request: SignedInRequest, half: HalfYear) -> AuditProgramme:
    """Return the programme for the Head, who adopts and changes it."""
    programme = _programme_or_404(request, half)
    if not can_adopt_programme(request.user):
        raise PermissionDenied(DECIDES_NOTHING if administers(request.user) else ONLY_THE_HEAD)
    return programme


def _item_or_404(programme: AuditProgramme, unit: str) -> ProgrammeItem:
    return get_object_or_404(programme.items.select_related("programme", "unit"), unit__slug=unit)


# --- The list, and one programme ----------------------------------------------------------------------------------


@require_safe
def programmes(request: SignedInRequest) -> HttpResponse:
    """Every programme the person may read, the newest half-year first."""
    if not can_list_programmes(request.user):
        raise Http404
    found = AuditProgramme.objects.visible_to(request.user).with_counts().select_related("adopted_by")
    may_propose = can_propose_programme(request.user)
    context = {
        "programmes": list(found),
        "may_propose": may_propose,
        "open_halves": _open_halves() if may_propose else [],
    }
    return render(request, "assurance/programmes.html", context)


@require_safe
def programme(request: SignedInRequest, half: HalfYear) -> HttpResponse:
    """What is to be audited and why: every unit's score with each ingredient, the draw, and the changes."""
    found = _programme_or_404(request, half)
    may_adopt = can_adopt_programme(request.user)
    context = {
        "programme": reading_programmes.read(found),
        "half": half,
        "is_over": half.last_day < timezone.localdate(),
        "ingredients": [(one, found.weights[one]) for one in Ingredient],
        "may_propose": can_propose_programme(request.user) and not found.is_adopted,
        "may_adopt": may_adopt and not found.is_adopted,
        "may_change": may_adopt and found.is_adopted,
        "may_plan": found.is_adopted and can_plan_audits(request.user),
        "since": reading_programmes.units_since(found) if may_adopt and found.is_adopted else [],
    }
    return render(request, "assurance/programme.html", context)


@require_safe
def programme_unit(request: SignedInRequest, half: HalfYear, unit: str) -> HttpResponse:
    """Why one unit stands where it does: each ingredient with the fact behind it."""
    found = _programme_or_404(request, half)
    whole = reading_programmes.read(found)
    listed = programme_tables.named(whole.units, unit)
    if listed is None:
        raise Http404
    may_change = can_adopt_programme(request.user) and found.is_adopted
    context = {
        "programme": whole,
        "half": half,
        "unit": listed,
        "draw_number": next((number for number, one in whole.drawn_from if one is listed), ""),
        "may_set_days": can_propose_programme(request.user) and not found.is_adopted,
        "may_change": may_change,
    }
    return render(request, "assurance/programme_unit.html", context)


@require_safe
def programme_csv(request: SignedInRequest, half: HalfYear) -> HttpResponse:
    """The programme as one list of values, for every program."""
    return _file(request, half, "csv")


@require_safe
def programme_workbook(request: SignedInRequest, half: HalfYear) -> HttpResponse:
    """The programme as a workbook: a sheet for each of its tables."""
    return _file(request, half, "xlsx")


def _file(request: SignedInRequest, half: HalfYear, form: str) -> HttpResponse:
    found = _programme_or_404(request, half)
    file = programme_tables.WRITERS[form](reading_programmes.read(found))
    if request.method == "GET":  # a look at the headers takes nothing away
        sha256 = hashlib.sha256(file).hexdigest()
        reading_programmes.record_download(
            programme=found, form=form, sha256=sha256, by=request.user, at=timezone.now()
        )
    disposition = f'attachment; filename="audit-programme-{half.slug}.{form}"'
    return HttpResponse(file, content_type=MEDIA_TYPES[form], headers={"Content-Disposition": disposition})


# --- Proposing ----------------------------------------------------------------------------------------------------


def _open_halves() -> list[HalfYear]:
    """This half-year and the coming one, where they have no programme yet; the coming one first."""
    current = HalfYear.of(timezone.localdate())
    both = [current.next(), current]
    taken = set(AuditProgramme.objects.filter(half__in=both).values_list("half", flat=True))
    return [half for half in both if half not in taken]


@require_http_methods(["GET", "HEAD", "POST"])
def new_programme(request: SignedInRequest) -> HttpResponse:
    """Propose what to audit in a half-year that has no programme yet."""
    if not can_list_programmes(request.user):
        raise Http404
    if not can_propose_programme(request.user):
        raise PermissionDenied(ONLY_SHRMT)
    halves = _open_halves()
    form = NewProgrammeForm(request.POST if request.method == "POST" else None, halves=halves)

    def propose() -> HalfYear:
        half: HalfYear = form.cleaned_data["half"]
        services.propose(half=half, wanted=form.wanted, by=request.user, at=timezone.now())
        return half

    half = _done(form, propose)
    if half is not None:
        messages.success(request, "The programme is proposed. Nobody has been told of it.")
        return redirect("assurance:programme", half)
    context = {"form": form, "halves": halves}
    return render(request, "assurance/programme_new.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def propose_again(request: SignedInRequest, half: HalfYear) -> HttpResponse:
    """Propose the half-year's programme anew, from today's facts, with other weights, share or days."""
    found = _proposed_or_404(request, half)
    form = WantedForm(request.POST if request.method == "POST" else None, wanted=services.wanted_of(found))

    def propose() -> AuditProgramme:
        return services.propose(half=half, wanted=form.wanted, by=request.user, at=timezone.now())

    if _done(form, propose):
        messages.success(request, "The programme is proposed anew, with the same seed.")
        return redirect("assurance:programme", half)
    context = {"form": form, "half": half}
    return render(request, "assurance/programme_propose.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def draw_again(request: SignedInRequest, half: HalfYear) -> HttpResponse:
    """Draw another seed, with a reason that stays."""
    found = _proposed_or_404(request, half)
    form = DrawAgainForm(request.POST if request.method == "POST" else None)

    def draw() -> AuditProgramme:
        return services.draw_again(programme=found, by=request.user, at=timezone.now(), **form.cleaned_data)

    if _done(form, draw):
        messages.success(request, "Another seed is drawn. The earlier one stays on the page, with your reason.")
        return redirect("assurance:programme", half)
    context = {"form": form, "half": half, "seeds": list(found.draws.select_related("drawn_by"))}
    return render(request, "assurance/programme_draw.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def audit_days(request: SignedInRequest, half: HalfYear, unit: str) -> HttpResponse:
    """Set how long the audit of one unit takes, and propose the programme anew with it."""
    item = _item_or_404(_proposed_or_404(request, half), unit)
    initial = {"days": item.days if item.own_days else None}
    form = AuditDaysForm(request.POST if request.method == "POST" else None, initial=initial)

    def set_days() -> AuditProgramme:
        return services.set_days(item=item, by=request.user, at=timezone.now(), **form.cleaned_data)

    if _done(form, set_days):
        messages.success(request, "The days are set, and the programme is proposed anew with them.")
        return redirect("assurance:programme_unit", half, unit)
    context = {"form": form, "half": half, "unit": item.unit, "item": item}
    return render(request, "assurance/programme_days.html", context, status=422 if form.is_bound else 200)


def _done(form: forms.Form, act: Callable[[], Done]) -> Done | None:
    """Do it where the form is valid, and return what came of it; a refusal becomes the form's error."""
    if not form.is_valid():
        return None
    try:
        return act()
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None


# --- Adopting and changing ----------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def adopt_programme(request: SignedInRequest, half: HalfYear) -> HttpResponse:
    """What the Head adopts, and the button: exactly the proposal that is on this page."""
    found = _decided_or_404(request, half)
    form = AdoptForm(request.POST if request.method == "POST" else None)

    def adopt() -> AuditProgramme:
        seen = form.cleaned_data["version"]
        return services.adopt(programme=found, seen_version=seen, by=request.user, at=timezone.now())

    if _done(form, adopt):
        messages.success(request, "The programme is adopted. From now on each change to it needs a reason.")
        return redirect("assurance:programme", half)
    shown = reading_programmes.read(_programme_or_404(request, half))
    if form.is_bound and form.data.get("version") != str(shown.version):
        # It was proposed anew since: whoever adopts reads it first and ticks the box for what is on the page now.
        posted: Any = request.POST.copy()
        posted.pop("confirmed", None)
        form.data = posted
    context = {"form": form, "half": half, "programme": shown}
    return render(request, "assurance/programme_adopt.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def add_to_programme(request: SignedInRequest, half: HalfYear, unit: str) -> HttpResponse:
    """Add a unit at the end of the adopted programme; also one that opened since it was proposed."""
    found = _decided_or_404(request, half)
    added = get_object_or_404(Unit, slug=unit)
    form = ReasonForm(request.POST if request.method == "POST" else None)

    def add() -> object:
        return services.add(programme=found, unit=added, by=request.user, at=timezone.now(), **form.cleaned_data)

    return _changed(request, found, added, form, add, "programme_add.html", f"{added.name} is added.")


@require_http_methods(["GET", "HEAD", "POST"])
def remove_from_programme(request: SignedInRequest, half: HalfYear, unit: str) -> HttpResponse:
    """Take a unit out of the adopted programme; those behind it move up."""
    found = _decided_or_404(request, half)
    item = _item_or_404(found, unit)
    form = ReasonForm(request.POST if request.method == "POST" else None)

    def remove() -> object:
        return services.remove(item=item, by=request.user, at=timezone.now(), **form.cleaned_data)

    return _changed(request, found, item.unit, form, remove, "programme_remove.html", f"{item.unit.name} is removed.")


@require_http_methods(["GET", "HEAD", "POST"])
def move_in_programme(request: SignedInRequest, half: HalfYear, unit: str) -> HttpResponse:
    """Give a unit another place in the adopted programme."""
    found = _decided_or_404(request, half)
    item = _item_or_404(found, unit)
    places = found.items.exclude(place=None).count()
    form = MoveForm(request.POST if request.method == "POST" else None, places=places)

    def move() -> object:
        return services.move(item=item, by=request.user, at=timezone.now(), **form.cleaned_data)

    return _changed(request, found, item.unit, form, move, "programme_move.html", f"{item.unit.name} is moved.")


def _changed(
    request: SignedInRequest,
    programme: AuditProgramme,
    unit: Unit,
    form: forms.Form,
    change: Callable[[], object],
    template: str,
    said: str,
) -> HttpResponse:
    """Make one change to the programme, or show the page that asks for it with the days there are."""
    if _done(form, change):
        messages.success(request, f"{said} The reason is on the programme’s page.")
        return redirect("assurance:programme", programme.half)
    shown = reading_programmes.read(programme)
    context = {
        "form": form,
        "half": programme.half,
        "programme": shown,
        "unit": unit,
        "listed": _listed(shown, unit),
    }
    return render(request, f"assurance/{template}", context, status=422 if form.is_bound else 200)


def _listed(programme: Programme, unit: Unit) -> Listed | None:
    return programme_tables.named(programme.units, unit.slug)
