"""What pages on which one thing is decided have in common: who may not is told why, and so is who is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from assurance.rules import Refused
from organisation.permissions import DECIDES_NOTHING, administers
from organisation.requests import SignedInRequest

LARGEST_ID = 2**63 - 1


def refuse_unless(allowed: bool, request: SignedInRequest, usually: str) -> None:
    """Answer 403 to somebody who reads the page's thing and may not decide on it, with who does in words."""
    if not allowed:
        raise PermissionDenied(DECIDES_NOTHING if administers(request.user) else usually)


def is_done(form: forms.Form, act: Callable[..., object], *, request: SignedInRequest, **arguments: Any) -> bool:
    """Do the act as the person, now; where it is refused, say why on the form and return False."""
    try:
        act(**arguments, by=request.user, at=timezone.now())
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    return True
