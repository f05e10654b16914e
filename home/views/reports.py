"""Where browsers say that a page of ours tried what the content security policy forbids.

Anybody can send anything here, so nothing of it is believed or kept: a line in the log, short and on one line, and few
of them. Addresses lose their query, which may hold what somebody searched for.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from home.middleware import network_address
from home.throttle import Throttle
from rendering.plain import inert

logger = logging.getLogger(__name__)

MOST_BYTES = 16 * 1024
MOST_REPORTS = 10  # in one request: browsers send what they have gathered
LONGEST = 120
MEDIA_TYPES = {"application/csp-report", "application/reports+json", "application/json"}
# So few lines a minute and web process, whoever sends them, that the log stays readable; and no sender has them all.
throttle = Throttle(of_one=10, of_all=30)


@login_not_required
@csrf_exempt  # browsers send no token with a report, and it changes nothing
@require_POST
def csp_report(request: HttpRequest) -> HttpResponse:
    """Log what a browser reports. Always answered alike where it can be read: a sender learns nothing from it."""
    if request.content_type not in MEDIA_TYPES:
        return HttpResponse(status=415)
    size = request.headers.get("Content-Length", "")
    if not size.isdecimal() or int(size) > MOST_BYTES:
        return HttpResponse(status=413)
    try:
        reports = list(_reports(json.loads(request.body)))[:MOST_REPORTS]
    except (ValueError, RecursionError):
        return HttpResponse(status=400)
    _log(reports, sender=network_address(request), now=timezone.now())
    return HttpResponse(status=204)


def _reports(sent: Any) -> Iterator[dict[str, str]]:
    """Yield what is said in either form: one report of the older kind, or a list of the newer."""
    for one in sent if isinstance(sent, list) else [sent]:
        body = one.get("csp-report") or one.get("body") if isinstance(one, dict) else None
        if isinstance(body, dict):
            yield {
                "directive": _word(body, "effective-directive", "effectiveDirective", "violated-directive"),
                "blocked": _place(_word(body, "blocked-uri", "blockedURL")),
                "page": _place(_word(body, "document-uri", "documentURL")),
                "source": _place(_word(body, "source-file", "sourceFile")),
                "line": _word(body, "line-number", "lineNumber"),
            }


def _word(body: dict[str, Any], *names: str) -> str:
    """Return the first of the fields that is there, as a short text on one line."""
    found = next((body[name] for name in names if isinstance(body.get(name), str | int)), "")
    return inert(str(found)[: 10 * LONGEST])


def _place(address: str) -> str:
    """Return an address without its query and fragment; words such as “inline” are themselves."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "(unreadable)"
    if parts.scheme not in ("http", "https"):
        return parts.scheme or address  # data: and blob: addresses can be whole documents
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _log(reports: list[dict[str, str]], *, sender: str, now: datetime) -> None:
    for report in reports:
        if not throttle.lets_through(sender, now=now):
            return
        said = " ".join(f"{name}={text[:LONGEST]!r}" for name, text in report.items() if text)
        logger.warning("A browser at %s reports a violation of the content security policy: %s", sender, said)
