"""Pages for when something goes wrong. Each says what happened and what to do, and gives back what was typed."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from home.typed import typed_texts
from records.services.allowances import Exhausted

_TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: a request no page of ours would send; 413 where it is only too big."""
    if isinstance(exception, _TOO_MUCH):
        return _standalone(request, "errors/413.html", status=413)
    return _standalone(request, "errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: known to the reader, but not theirs to do. A reason given with PermissionDenied is shown."""
    reason = str(exception) if isinstance(exception, PermissionDenied) else ""
    return render(request, "errors/403.html", {"reason": reason, "texts": typed_texts(request)}, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  # Django's signature; it is for developers
    """403: the form was opened before signing in or out, or its cookie is gone."""
    return render(request, "errors/csrf.html", {"texts": typed_texts(request)}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  # what was looked for is nobody's business
    """404: no such page, or none that this reader may know of."""
    return render(request, "errors/404.html", {"texts": typed_texts(request)}, status=404)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """429: tried too often in a short time."""
    return render(request, "errors/429.html", {"texts": typed_texts(request)}, status=429)


def allowance_spent(request: HttpRequest, exhausted: Exhausted) -> HttpResponse:
    """429: as much heavy work as one person may ask for in an hour. The answer says when the next hour begins."""
    context = {
        "limit": exhausted.limit,
        "what": exhausted.kind.label,
        "until": exhausted.until,
        "texts": typed_texts(request),
    }
    response = render(request, "errors/429_work.html", context, status=429)
    response.headers["Retry-After"] = str(exhausted.seconds)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """500: ours to mend. Needs neither database nor session, which may be what is broken."""
    return _standalone(request, "errors/500.html", status=500)


def _standalone(request: HttpRequest, template: str, *, status: int) -> HttpResponse:
    """Render without the request, so that no context processor runs."""
    try:
        page = render_to_string(template, {"texts": typed_texts(request)})
    except Exception:  # the page that reports an error has nobody left to report to
        return HttpResponse(
            "Something went wrong on our side. What you sent has not been saved. Try again in a few minutes.\n",
            status=status,
            content_type="text/plain; charset=utf-8",
        )
    return HttpResponse(page, status=status)
