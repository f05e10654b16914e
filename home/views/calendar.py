"""A person's dates as a calendar to subscribe to: the page for making and stopping the private link, and the feed."""

from __future__ import annotations

import hashlib
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_http_methods, require_safe

from home import feed
from home.dates import dates_of
from organisation.models import CalendarLink, User
from organisation.permissions import roles_anywhere
from organisation.roles import INSIDE_THE_FORCE
from organisation.services import calendars
from organisation.services.calendars import LinkChanged

# Calendar programs ask every few minutes at the most eager, and a person may have several.
FETCHES_AN_HOUR = 60
CHANGED_SINCE = "Your link has changed since you opened that page. What holds now is below."
STOPPED = "The link has been stopped. Nobody can see your dates with it any more."


@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """Show whether there is a link; make one, which is shown in the answer and never again, or stop it."""
    person = _person_or_404(request)
    if request.method != "POST":
        return _page(request, person)
    if request.POST.get("act") == "stop":
        if calendars.revoke_link(person=person, at=timezone.now()):
            messages.success(request, STOPPED)
        return redirect("calendar")
    seen = request.POST.get("instead_of", "")
    try:
        instead_of = int(seen) if seen.isascii() and seen.isdigit() else None
        secret = calendars.make_link(person=person, instead_of=instead_of, at=timezone.now())
    except LinkChanged:
        messages.warning(request, CHANGED_SINCE)
        return redirect("calendar")
    return _page(request, person, made=f"{settings.SITE_URL}{reverse('calendar_feed', args=[secret])}")


def _person_or_404(request: HttpRequest) -> User:
    if not isinstance(request.user, User) or not roles_anywhere(request.user) & INSIDE_THE_FORCE:
        raise Http404
    return request.user


def _page(request: HttpRequest, person: User, *, made: str = "") -> HttpResponse:
    link = CalendarLink.objects.filter(person=person, revoked_at=None).first()
    crumbs = [{"label": "Home", "url": reverse("home")}]
    return render(request, "home/calendar.html", {"link": link, "made": made, "crumbs": crumbs})


@login_not_required
@require_safe
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponseBase:
    """Give the dates of whoever the secret belongs to. Unknown, stopped, account closed: there is no such page.

    A secret cannot be guessed, so only fetches with a good one are counted: sixty an hour.
    """
    person = calendars.person_of(secret)
    if person is None:
        raise Http404
    if _asks_too_often(secret):
        return HttpResponse(
            "This calendar was asked for too often. Ask again in an hour.\n",
            status=429,
            content_type="text/plain; charset=utf-8",
            headers={"Retry-After": "3600"},
        )
    days = dates_of(person, today=timezone.localdate())
    body = feed.written(days, title="Truelevel", host=urlsplit(settings.SITE_URL).hostname or "truelevel")
    etag = quote_etag(hashlib.sha256(body).hexdigest())
    response = HttpResponse(
        body,
        content_type="text/calendar; charset=utf-8",
        headers={
            "ETag": etag,
            "Cache-Control": "private, no-cache",  # kept by nobody but the program that asked, and asked for again
            "Content-Disposition": 'attachment; filename="truelevel.ics"',
            "X-Robots-Tag": "noindex",
            "Referrer-Policy": "no-referrer",
        },
    )
    return get_conditional_response(request, etag=etag, response=response) or response


def _asks_too_often(secret: str) -> bool:
    """Count a fetch, and say whether the link has had its share of this hour. Two at once may count as one."""
    key = f"calendar-feed:{calendars.digest_of(secret)}:{timezone.now():%Y%m%d%H}"
    fetched = cache.get(key, 0) + 1
    cache.set(key, fetched, timeout=3600)
    return bool(fetched > FETCHES_AN_HOUR)
