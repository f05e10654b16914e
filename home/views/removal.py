"""Removing a person: what is in the way, what goes and what stays, and the act."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from home.permissions import can_remove_people
from home.privacy_forms import RemoveForm
from home.services import removal
from home.services.removal import Because
from organisation.requests import SignedInRequest
from organisation.views.loading import person_or_404, posted

ONLY_ADMINISTRATORS = "Only an administrator removes people."


@require_http_methods(["GET", "HEAD", "POST"])
def remove_person(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what will go and what will stay, ask why, and remove."""
    person = person_or_404(request, pk)
    if not can_remove_people(request.user):
        raise PermissionDenied(ONLY_ADMINISTRATORS)
    now = timezone.now()
    form, status = RemoveForm(posted(request)), 200
    if form.is_valid():
        try:
            removed = removal.remove(
                person=person,
                because=Because(form.cleaned_data["because"]),
                reference=form.cleaned_data["reference"],
                by=request.user,
                at=now,
            )
        except removal.Refused:
            status = 409  # the page says what is in the way
        else:
            messages.success(request, f"The personal data of account {removed.pk} has been removed.")
            return redirect("person", pk)
    elif form.is_bound:
        status = 422
    in_the_way = removal.in_the_way(person=person, by=request.user, at=now)
    context = {"person": person, "form": form, "in_the_way": in_the_way}
    return render(request, "home/remove_person.html", context, status=status)
