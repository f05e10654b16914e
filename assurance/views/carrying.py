"""What was carried forward from an earlier quarter: confirming it, and taking over something newer."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from assurance.rules import Refused
from assurance.services import carrying
from assurance.views.loading import writable_entry_or_404
from assurance.views.moved_on import closed
from organisation.periods import Quarter
from organisation.requests import SignedInRequest


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: SignedInRequest, unit: str, quarter: Quarter, theme: str) -> HttpResponse:
    """Say that what was carried forward is still true this quarter."""
    entry = writable_entry_or_404(request, unit, quarter, theme)
    if request.method != "POST":  # somebody who had to sign in first
        return redirect("assurance:theme", unit, quarter, theme)
    try:
        carrying.confirm(entry=entry, by=request.user, at=timezone.now())
    except Refused:
        entry.revision.refresh_from_db(fields=["state"])
        return closed(request, entry.revision)
    messages.success(request, f"{entry.theme.name} confirmed.")
    return redirect("assurance:theme", unit, quarter, theme)


@require_http_methods(["GET", "HEAD", "POST"])
def carry(request: SignedInRequest, unit: str, quarter: Quarter, theme: str) -> HttpResponse:
    """Start the theme again from what has been signed since it was opened."""
    entry = writable_entry_or_404(request, unit, quarter, theme)
    if request.method != "POST":
        return redirect("assurance:theme", unit, quarter, theme)
    if not entry.revision.is_open:
        return closed(request, entry.revision)
    try:
        carrying.take(entry=entry, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{entry.theme.name} starts again from what was signed last.")
    return redirect("assurance:theme", unit, quarter, theme)
