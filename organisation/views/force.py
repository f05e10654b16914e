"""The settings of the force that runs the installation."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import model_to_dict
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from organisation.models import Force
from organisation.people_forms import ForceForm
from organisation.permissions import can_manage_people, can_read_everybody
from organisation.requests import SignedInRequest
from organisation.services import forces
from organisation.views.loading import posted

ONLY_ADMINISTRATORS = "Only an administrator changes the settings of the force. You can read them."


@require_http_methods(["GET", "HEAD", "POST"])
def force_settings(request: SignedInRequest) -> HttpResponse:
    """What the force is called and what it has decided; administrators change it."""
    if not can_read_everybody(request.user):
        raise Http404
    manages = can_manage_people(request.user)
    if request.method == "POST" and not manages:
        raise PermissionDenied(ONLY_ADMINISTRATORS)
    force = Force.objects.first() or Force()
    form = ForceForm(posted(request), initial=model_to_dict(force, fields=ForceForm.base_fields))
    if form.is_valid():
        changed = forces.change(by=request.user, at=timezone.now(), **form.cleaned_data)
        messages.success(request, "The settings are changed." if changed else "Nothing was changed.")
        return redirect("force_settings")
    context = {"form": form, "force": force, "manages": manages}
    return render(request, "organisation/force_settings.html", context, status=422 if form.is_bound else 200)
