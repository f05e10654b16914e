"""Appointing somebody, and ending, extending and handing over an appointment."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from organisation.models import Appointment, Unit, User
from organisation.people_forms import AppointmentForm, EndForm, ExtendForm, HandOverForm
from organisation.requests import SignedInRequest
from organisation.roles import Role
from organisation.rules import Refused
from organisation.services import accounts, appointments
from organisation.views.loading import managed_appointment_or_404, managed_person_or_404, posted
from rendering.formats import day

either = require_http_methods(["GET", "HEAD", "POST"])


@either
def appoint(request: SignedInRequest, pk: int) -> HttpResponse:
    """Appoint a person to a role."""
    person = managed_person_or_404(request, pk)
    today = timezone.localdate()
    units = Unit.objects.exclude(closed_on__lt=today)
    form = AppointmentForm(posted(request), units=units, initial={"starts_on": today})
    if form.is_valid():
        wanted = form.cleaned_data | {"role": Role(form.cleaned_data["role"])}
        try:
            made = appointments.make(person=person, by=request.user, at=timezone.now(), **wanted)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{person.name} is appointed: {made}, {_from_to(made)}.")
            return redirect("person", person.pk)
    context = {"form": form, "person": person, "is_oneself": person.pk == request.user.pk}
    return render(request, "organisation/appoint.html", context, status=422 if form.is_bound else 200)


@either
def end_appointment(request: SignedInRequest, pk: int) -> HttpResponse:
    """End an appointment at once or at the end of a day."""
    found = managed_appointment_or_404(request, pk)
    form = EndForm(posted(request))
    if form.is_valid():
        wanted, now = form.cleaned_data, timezone.now()
        try:
            if wanted["when"] == EndForm.AT_ONCE:
                appointments.end_at_once(appointment=found, because=wanted["because"], by=request.user, at=now)
                said = f"Ended at once: {found}. {found.person.name} has no rights by it any more."
            else:
                appointments.end(appointment=found, last_day=wanted["last_day"], by=request.user, at=now)
                said = f"{found} of {found.person.name} ends with {day(wanted['last_day'])}."
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, said)
            return redirect("person", found.person_id)
    return _show(request, "organisation/end_appointment.html", found, form)


@either
def extend_appointment(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let an appointment last longer."""
    found = managed_appointment_or_404(request, pk)
    form = ExtendForm(posted(request))
    if form.is_valid():
        ends_on = form.cleaned_data["ends_on"]
        try:
            appointments.extend(appointment=found, ends_on=ends_on, by=request.user, at=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            until = f"lasts to {day(ends_on)}" if ends_on else "has no end"
            messages.success(request, f"{found} of {found.person.name} now {until}.")
            return redirect("person", found.person_id)
    return _show(request, "organisation/extend_appointment.html", found, form)


@either
def hand_over_appointment(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let somebody else take an appointment over."""
    found = managed_appointment_or_404(request, pk)
    form = HandOverForm(posted(request), initial={"starts_on": timezone.localdate()})
    to = _taking_over(form) if form.is_valid() else None
    if to is not None:
        starts_on = form.cleaned_data["starts_on"]
        try:
            made = appointments.hand_over(
                appointment=found, to=to, starts_on=starts_on, by=request.user, at=timezone.now()
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{found} is handed over to {to.name}, {_from_to(made)}.")
            return redirect("person", to.pk)
    return _show(request, "organisation/hand_over_appointment.html", found, form)


def _taking_over(form: HandOverForm) -> User | None:
    """Return who takes over; where nobody has that address, say so at its box."""
    person = accounts.by_email(form.cleaned_data["email"])
    if person is None:
        form.add_error("email", "Nobody has an account with this address. Check it, or make the account first.")
    return person


def _show(request: SignedInRequest, template: str, found: Appointment, form: forms.Form) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "appointment": found,
        "person": found.person,
        "is_over": found.is_over(timezone.localdate()),
    }
    return render(request, template, context, status=422 if form.is_bound else 200)


def _from_to(appointment: Appointment) -> str:
    until = f" to {day(appointment.ends_on)}" if appointment.ends_on else ""
    return f"from {day(appointment.starts_on)}{until}"
