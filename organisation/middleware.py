"""The time of a session, held to on the server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from organisation import sessions

Next = Callable[[HttpRequest], HttpResponse]


class SessionsEnd:
    """Signs out whoever has been signed in, or away, for too long; tells open pages how long they have."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if sessions.has_ended(request.session):
            logout(request)
        response = self.get_response(request)
        left = sessions.seconds_left(request) if request.headers.get("HX-Request") else None
        if left is not None:
            response["Session-Lasts"] = str(left)
            response["Session-May-Stay"] = "yes" if sessions.may_stay(request) else "no"
        return response

    def process_view(self, request: HttpRequest, view: Callable[..., Any], *_: Any) -> None:
        """Count a request as use of the session, unless the page sent it by itself."""
        by_itself = getattr(view, "called_by_itself", False) and request.headers.get("HX-Request")
        if request.user.is_authenticated and not by_itself:
            sessions.note_use(request)
