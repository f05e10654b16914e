"""How long somebody stays signed in, and whether the device is their own. Both are kept in the session."""

from __future__ import annotations

import time

from django.conf import settings
from django.http import HttpRequest

OWN_DEVICE, ENDS = "own_device", "ends"


def begin(request: HttpRequest, *, own_device: bool) -> None:
    """Remember of a session that has just begun what its person said about the device."""
    request.session[OWN_DEVICE] = own_device
    prolong(request)


def prolong(request: HttpRequest) -> int:
    """Let the session last its whole time again; return how many seconds that is."""
    request.session[ENDS] = int(time.time()) + settings.SESSION_COOKIE_AGE  # saving it is what prolongs it
    return settings.SESSION_COOKIE_AGE


def seconds_left(request: HttpRequest) -> int | None:
    """How long the session lasts yet; None where that is not known."""
    session = getattr(request, "session", None)
    ends = None if session is None else session.get(ENDS)
    return None if ends is None else max(0, ends - int(time.time()))


def is_own_device(request: HttpRequest) -> bool:
    """Whether the person has called this device their own: nothing stays on another one."""
    return bool(request.session.get(OWN_DEVICE, False))
