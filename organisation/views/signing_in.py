"""Staying signed in, leaving nothing behind when signing out, and one's own account with its sessions."""

from __future__ import annotations

from typing import Any

from allauth.account.views import LogoutView
from allauth.account.views import PasswordChangeView as PackagePasswordChangeView
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from organisation import second_factor, sessions
from organisation.devices import device
from organisation.permissions import hold_appointments
from organisation.requests import SignedInRequest
from organisation.services import sign_ins


@require_http_methods(["GET", "HEAD", "POST"])
def stay_signed_in(request: HttpRequest) -> HttpResponse:
    """Prolong the session of somebody who has been told that it is about to end."""
    if request.method != "POST":
        return redirect("home")
    sessions.prolong(request)
    if not request.headers.get("HX-Request"):
        return redirect("home")
    return HttpResponse(status=204)  # how long the session lasts now stands in the headers of every fragment


class SignOutView(LogoutView):  # type: ignore[misc]  # the package ships no types
    """Signs out, and lets the browser forget the texts it has kept."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post(*args, **kwargs)
        response["Clear-Site-Data"] = '"storage"'
        return response


class PasswordChangeView(PackagePasswordChangeView):  # type: ignore[misc]  # the package ships no types
    """Changes the password of whoever has one; anybody else is shown how they sign in."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and not request.user.has_usable_password():
            return redirect("account")
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response

    def get_default_success_url(self) -> str:
        return reverse("account")

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        messages.success(self.request, "Your password is changed. Everywhere else you have been signed out.")
        return response


@require_safe
def account(request: SignedInRequest) -> HttpResponse:
    """One's own account: who one is here, and how one signs in."""
    return render(
        request,
        "account/account.html",
        {
            "appointments": hold_appointments(request.user),
            "factors": second_factor.factors_of(request.user),
            "is_required": second_factor.is_required(request.user),
            "sessions": len(sign_ins.sessions_of(request.user)),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def own_sessions(request: SignedInRequest) -> HttpResponse:
    """Where one is signed in; any session but this one can be ended at once."""
    rows = sign_ins.sessions_of(request.user)
    if request.method == "POST":
        return _end(request, [row for row, _ in rows if row.session_key != request.session.session_key])
    listed = [
        {
            "pk": row.pk,
            "device": device(row.user_agent),
            "address": row.ip,
            "began": row.created_at,
            "seen": sessions.seen_at(kept),
            "is_this": row.session_key == request.session.session_key,
        }
        for row, kept in rows
        if not sessions.has_ended(kept)
    ]
    return render(request, "usersessions/sessions.html", {"sessions": listed, "others": len(listed) > 1})


def _end(request: SignedInRequest, others: list[Any]) -> HttpResponse:
    wanted = request.POST.get("session", "")
    chosen = [row for row in others if wanted == "others" or wanted == str(row.pk)]
    ended = sign_ins.revoke(sessions=chosen, by=request.user, at=timezone.now())
    if ended:
        what = "That session is" if ended == 1 else f"{ended} sessions are"
        messages.success(request, f"{what} ended: whatever is still open there asks to sign in.")
    else:
        messages.info(request, "That session had ended already.")
    return redirect("usersessions_list")
