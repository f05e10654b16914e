"""Who a name and a password belong to."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.http import HttpRequest

from organisation.models import User


class PasswordBackend(AuthenticationBackend):  # type: ignore[misc]  # the package ships no types
    """The sign-in package's own, unless passwords are switched off: then no password is right, wherever it is asked."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        """Return whose password it is; None where it is nobody's."""
        if not settings.LOCAL_PASSWORDS:
            return None
        found: User | None = super().authenticate(request, **credentials)
        return found
