"""Whether a printed or stored document is what it says it is: by its digest."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from home.forms import VerifyForm
from home.hashing import HashingUploadHandler
from home.verification import find_by_digest
from organisation.requests import SignedInRequest
from records.models import HeavyWork
from records.services import allowances
from records.verification import is_digest


@csrf_exempt  # the check reads the form, and a file must go into its digest from the first byte: `_verify` checks
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: SignedInRequest) -> HttpResponse:
    """Ask for a digest, or for a file to take it of, and lead to what is known of it."""
    request.upload_handlers = [HashingUploadHandler(request)]
    return _verify(request)


@csrf_protect
def _verify(request: SignedInRequest) -> HttpResponse:
    if request.method == "POST":
        allowances.spend(person=request.user, kind=HeavyWork.CHECKS, at=timezone.now())
    form = VerifyForm(request.POST, request.FILES) if request.method == "POST" else VerifyForm()
    if not form.is_valid():
        return render(request, "home/verify.html", {"form": form}, status=422 if form.is_bound else 200)
    if file := form.cleaned_data["file"]:
        messages.info(request, f"This is the digest of the file “{file.name}”. The file has not been kept.")
    return redirect("verify_digest", form.found)


@require_safe
def verify_digest(request: SignedInRequest, digest: str) -> HttpResponse:
    """Say what has the digest. What the reader may not see is answered like what does not exist."""
    if digest != digest.lower():
        return redirect("verify_digest", digest.lower())
    matches = find_by_digest(digest, reader=request.user)
    context = {"digest": digest, "matches": matches, "is_digest": is_digest(digest)}
    return render(request, "home/verify_digest.html", context, status=200 if matches else 404)
