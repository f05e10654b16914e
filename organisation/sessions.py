"""How long somebody stays signed in, and whether the device is their own. Both are kept in the session.

A session ends some hours after signing in, whatever happens, and earlier where nobody has used it for a while
(SESSION_HOURS, SESSION_IDLE_MINUTES). What a page asks for by itself is no use of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest

OWN_DEVICE, BEGAN, SEEN = "own_device", "began", "seen"
# Writing down each use would cost every page a write: one a minute is near enough to a limit in minutes.
SECONDS_BETWEEN_NOTES = 60
AnyView = TypeVar("AnyView", bound=Callable[..., Any])


def called_by_itself(view: AnyView) -> AnyView:
    """Mark a view that open pages ask again and again on their own: that keeps nobody signed in."""
    view.called_by_itself = True  # type: ignore[attr-defined]  # functions take any attribute
    return view


def remember_device(request: HttpRequest, *, own: bool) -> None:
    """Keep what somebody says about the device while they sign in."""
    request.session[OWN_DEVICE] = own


def begin(request: HttpRequest) -> None:
    """Let the session of somebody who has just signed in last its whole time."""
    request.session[BEGAN] = request.session[SEEN] = int(time.time())


def note_use(request: HttpRequest) -> None:
    """Remember that the person has used the session just now. One that nobody signed in to ends by its row's age."""
    if BEGAN not in request.session:
        return
    if time.time() - request.session[SEEN] >= min(SECONDS_BETWEEN_NOTES, settings.SESSION_IDLE_SECONDS / 10):
        prolong(request)


def prolong(request: HttpRequest) -> int:
    """Count the idle time from now on; return how many seconds the session lasts."""
    request.session[SEEN] = int(time.time())
    return seconds_left(request) or 0


def ends_at(session: Mapping[str, Any]) -> int | None:
    """When a session ends if nobody uses it any more, in seconds since 1970; None where it has not begun."""
    if BEGAN not in session:
        return None
    return int(min(session[BEGAN] + settings.SESSION_COOKIE_AGE, session[SEEN] + settings.SESSION_IDLE_SECONDS))


def seen_at(session: Mapping[str, Any]) -> datetime | None:
    """When the session was last used, to the minute or so; None where it has not begun."""
    return datetime.fromtimestamp(session[SEEN], UTC) if SEEN in session else None


def has_ended(session: Mapping[str, Any]) -> bool:
    """Whether its time is over, though its row and cookie are still there."""
    ends = ends_at(session)
    return ends is not None and ends <= time.time()


def seconds_left(request: HttpRequest) -> int | None:
    """How long the session lasts if nobody uses it any more; None where that is not known."""
    session = getattr(request, "session", None)
    ends = None if session is None else ends_at(session)
    return None if ends is None else max(0, int(ends - time.time()))


def may_stay(request: HttpRequest) -> bool:
    """Whether using the session puts off its end: not where the hours since signing in run out first."""
    session = request.session
    return bool(session[BEGAN] + settings.SESSION_COOKIE_AGE > session[SEEN] + settings.SESSION_IDLE_SECONDS)


def is_own_device(request: HttpRequest) -> bool:
    """Whether the person has called this device their own: nothing stays on another one."""
    return bool(request.session.get(OWN_DEVICE, False))
