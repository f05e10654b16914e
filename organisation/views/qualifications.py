"""Which qualifications there are and who is expected to have them; what one person holds or studies for."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organisation.models import ExpectedQualification, Qualification, QualificationStatus, QualificationType, User
from organisation.people_forms import QualificationForm, QualificationTypeForm
from organisation.permissions import can_manage_people, can_read_everybody
from organisation.requests import SignedInRequest
from organisation.roles import Role
from organisation.rules import Refused
from organisation.services import qualifications as services
from organisation.views.loading import LARGEST_ID, managed_person_or_404, posted, refuse_others

either = require_http_methods(["GET", "HEAD", "POST"])


# --- Which there are ----------------------------------------------------------------------------------------------


@require_safe
def qualifications(request: SignedInRequest) -> HttpResponse:
    """Every qualification, with the roles that expect it and how many people hold it today."""
    _refuse_who_reads_not_everybody(request)
    held = Qualification.objects.held_on(timezone.localdate()).filter(person__is_active=True)
    holders = dict(held.order_by().values_list("type").annotate(Count("pk")))
    types = QualificationType.objects.prefetch_related(
        Prefetch("expected_of", ExpectedQualification.objects.order_by("role"))
    )
    rows = [
        (one, [Role(expected.role).label for expected in one.expected_of.all()], holders.get(one.pk, 0))
        for one in types
    ]
    context = {"rows": rows, "manages": can_manage_people(request.user)}
    return render(request, "organisation/qualifications.html", context)


def _refuse_who_reads_not_everybody(request: SignedInRequest) -> None:
    """What all the force has to have is for those who read everybody."""
    if not can_read_everybody(request.user):
        raise Http404


@either
def new_qualification(request: SignedInRequest) -> HttpResponse:
    """Add a qualification."""
    _refuse_who_reads_not_everybody(request)
    refuse_others(request)
    form = QualificationTypeForm(posted(request))
    if form.is_valid():
        try:
            made = services.make_type(by=request.user, at=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, f"{made} is added.")
            return redirect("qualifications")
    return _type_page(request, form)


@either
def edit_qualification(request: SignedInRequest, code: str) -> HttpResponse:
    """Change a qualification, or which roles expect it."""
    _refuse_who_reads_not_everybody(request)
    refuse_others(request)
    found = get_object_or_404(QualificationType, code=code)
    expected = list(found.expected_of.values_list("role", flat=True))
    form = QualificationTypeForm(
        posted(request), initial={"name": found.name, "level": found.level, "expected_of": expected}
    )
    if form.is_valid():
        try:
            services.change_type(type=found, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, "The qualification is changed.")
            return redirect("qualifications")
    return _type_page(request, form, found)


def _type_page(
    request: SignedInRequest, form: QualificationTypeForm, found: QualificationType | None = None
) -> HttpResponse:
    context = {"form": form, "type": found}
    return render(request, "organisation/qualification_type.html", context, status=422 if form.is_bound else 200)


# --- What a person holds ------------------------------------------------------------------------------------------


@either
def record_qualification(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put on record what a person holds or studies for."""
    person = managed_person_or_404(request, pk)
    types = QualificationType.objects.exclude(pk__in=person.qualifications.values("type"))
    form = QualificationForm(posted(request), types=types, initial={"type": request.GET.get("type")})
    if form.is_valid():
        wanted = form.cleaned_data | {"status": QualificationStatus(form.cleaned_data["status"])}
        try:
            made = services.record(person=person, by=request.user, at=timezone.now(), **wanted)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"On record: {made}.")
            return redirect("person", pk)
    return _line_page(request, person, form, None)


@either
def edit_held_qualification(request: SignedInRequest, pk: int, line: int) -> HttpResponse:
    """Change how a qualification of a person's stands."""
    person = managed_person_or_404(request, pk)
    found = _line_or_404(person, line)
    initial = {"status": found.status, "on": found.on, "expires_on": found.expires_on}
    form = QualificationForm(posted(request), initial=initial)
    if form.is_valid():
        wanted = form.cleaned_data | {"status": QualificationStatus(form.cleaned_data["status"])}
        try:
            services.change(qualification=found, by=request.user, at=timezone.now(), **wanted)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "The qualification is changed.")
            return redirect("person", pk)
    return _line_page(request, person, form, found)


@require_POST
def remove_held_qualification(request: SignedInRequest, pk: int, line: int) -> HttpResponse:
    """Take away a line that was entered by mistake."""
    person = managed_person_or_404(request, pk)
    found = _line_or_404(person, line)
    try:
        services.remove(qualification=found, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Removed: {found}.")
    return redirect("person", pk)


def _line_or_404(person: User, line: int) -> Qualification:
    found = person.qualifications.select_related("type").filter(pk=line).first() if line <= LARGEST_ID else None
    if found is None:
        raise Http404
    return found


def _line_page(
    request: SignedInRequest, person: User, form: QualificationForm, found: Qualification | None
) -> HttpResponse:
    context = {"form": form, "person": person, "line": found}
    return render(request, "organisation/qualification.html", context, status=422 if form.is_bound else 200)
