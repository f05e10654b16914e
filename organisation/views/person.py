"""One person: their account, appointments and qualifications; making, changing, closing and reopening accounts."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organisation.models import Appointment, ExpectedQualification, Qualification, QualificationType, User
from organisation.models.appointment import AppointmentQuerySet
from organisation.people_forms import AccountForm, BecauseForm, NewAccountForm
from organisation.permissions import answers_requests, can_manage_people
from organisation.requests import SignedInRequest
from organisation.rules import Refused
from organisation.services import accounts
from organisation.views.loading import managed_person_or_404, person_or_404, posted, refuse_others

PER_PAGE = 25


@require_safe
def person(request: SignedInRequest, pk: int) -> HttpResponse:
    """What there is about a person: of their appointments, those that the reader may read."""
    found = person_or_404(request, pk)
    today = timezone.localdate()
    readable = Appointment.objects.visible_to(request.user).filter(person=found)
    rows = readable.select_related("unit", "group", "made_by", "ended_by", "follows__person")
    current = readable.ahead_or_in_force(today)
    context = {
        "person": found,
        "today": today,
        "current": Paginator(rows.filter(pk__in=current.values("pk")).order_by("starts_on", "pk"), PER_PAGE).get_page(
            request.GET.get("page")
        ),
        "past": Paginator(rows.exclude(pk__in=current.values("pk")).order_by("-starts_on", "-pk"), PER_PAGE).get_page(
            request.GET.get("past")
        ),
        "address": "?",
        "lines": found.qualifications.select_related("type"),
        "lacking": _lacking(found, readable, today),
        "manages": can_manage_people(request.user),
        "may_invite": accounts.can_invite() and found.is_active,
        "is_oneself": found.pk == request.user.pk,
        "answers_requests": answers_requests(request.user),
    }
    return render(request, "organisation/person.html", context)


def _lacking(person: User, readable: AppointmentQuerySet, today: date) -> QuerySet[QualificationType]:
    """What is expected of the person for what they are today, as far as the reader sees it, and is not held."""
    roles = readable.in_force(today).values("role")
    held = Qualification.objects.held_on(today).filter(person=person)
    expected = ExpectedQualification.objects.filter(role__in=roles).exclude(type__in=held.values("type"))
    return QualificationType.objects.filter(pk__in=expected.values("type"))


@require_http_methods(["GET", "HEAD", "POST"])
def new_person(request: SignedInRequest) -> HttpResponse:
    """Make an account, and invite its person if that is asked for."""
    refuse_others(request)
    form = NewAccountForm(posted(request), can_invite=accounts.can_invite())
    if form.is_valid():
        wanted, now = dict(form.cleaned_data), timezone.now()
        invited = wanted.pop("invite", False)
        try:
            made = accounts.make(by=request.user, at=now, **wanted)
        except Refused as refusal:
            form.add_error("email", str(refusal))
        else:
            if invited:
                accounts.invite(person=made, by=request.user, at=now)
            messages.success(request, f"The account of {made.name} is made. It gives no rights before an appointment.")
            return redirect("person", made.pk)
    return render(request, "organisation/new_person.html", {"form": form}, status=422 if form.is_bound else 200)


@require_POST
def invite_person(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send a person a link to choose a password with."""
    found = managed_person_or_404(request, pk)
    try:
        accounts.invite(person=found, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"A link to choose a password goes to {found.email}.")
    return redirect("person", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_person(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change a person's name or e-mail address."""
    found = managed_person_or_404(request, pk)
    form = AccountForm(posted(request), initial={"name": found.name, "email": found.email})
    if form.is_valid():
        try:
            accounts.change(person=found, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error("email", str(refusal))
        else:
            messages.success(request, "The account is changed.")
            return redirect("person", pk)
    context = {"form": form, "person": found}
    return render(request, "organisation/edit_person.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def close_person(request: SignedInRequest, pk: int) -> HttpResponse:
    """Close a person's account, and end what they are appointed to, after asking why."""
    found = managed_person_or_404(request, pk)
    form = BecauseForm(posted(request), label="Why is it closed?", missing="Say why the account is closed.")
    if form.is_valid():
        try:
            ended = accounts.close(person=found, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            with_it = f", and {ended} appointment{'' if ended == 1 else 's'} ended with it" if ended else ""
            messages.success(request, f"The account of {found.name} is closed{with_it}.")
            return redirect("person", pk)
    held = Appointment.objects.filter(person=found).ahead_or_in_force(timezone.localdate())
    context = {"form": form, "person": found, "held": held.count()}
    return render(request, "organisation/close_person.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def reopen_person(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let a closed account be used again."""
    found = managed_person_or_404(request, pk)
    problem = ""
    if request.method == "POST":
        try:
            accounts.reopen(person=found, by=request.user, at=timezone.now())
        except Refused as refusal:
            problem = str(refusal)
        else:
            messages.success(request, f"The account of {found.name} is open. It gives no rights before an appointment.")
            return redirect("person", pk)
    context = {"person": found, "problem": problem, "form_has_errors": bool(problem)}
    return render(request, "organisation/reopen_person.html", context, status=422 if problem else 200)
