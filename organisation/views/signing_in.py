"""Staying signed in, and leaving nothing behind when signing out."""

from __future__ import annotations

from typing import Any

from allauth.account.views import LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from organisation import sessions


@require_http_methods(["GET", "HEAD", "POST"])
def stay_signed_in(request: HttpRequest) -> HttpResponse:
    """Prolong the session of somebody who has been told that it is about to end."""
    if request.method != "POST":
        return redirect("home")
    seconds = sessions.prolong(request)
    if not request.headers.get("HX-Request"):
        return redirect("home")
    return HttpResponse(status=204, headers={"Session-Lasts": str(seconds)})


class SignOutView(LogoutView):  # type: ignore[misc]  # the package ships no types
    """Signs out, and lets the browser forget the texts it has kept."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post(*args, **kwargs)
        response["Clear-Site-Data"] = '"storage"'
        return response
