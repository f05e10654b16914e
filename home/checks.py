"""Checks of our own for `manage.py check --deploy`: what the framework's do not look at."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning

UNSAFE = ("'unsafe-inline'", "'unsafe-eval'", "'unsafe-hashes'", "*", "data:", "http:", "https:")
NOT_ANY = ("default-src", "base-uri", "frame-ancestors", "object-src")


def check_content_policy(**_: Any) -> list[CheckMessage]:
    """Warn where a page could run what is written into it, load from anywhere, or be framed."""
    directives = settings.CONTENT_SECURITY_POLICY.get("DIRECTIVES", {})
    loose = sorted(name for name, sources in directives.items() if any(one in UNSAFE for one in sources))
    open_ = [name for name in NOT_ANY if list(directives.get(name, [])) != ["'none'"]]
    found: list[CheckMessage] = []
    if loose:
        found.append(
            Warning(
                f"The content security policy lets anything in by {', '.join(loose)}.",
                hint="Name the sources in CONTENT_SECURITY_POLICY; scripts and styles are files of ours.",
                id="truelevel.W001",
            )
        )
    if open_:
        found.append(
            Warning(
                f"The content security policy does not shut {', '.join(open_)}.",
                hint="Set each of them to 'none' in CONTENT_SECURITY_POLICY.",
                id="truelevel.W002",
            )
        )
    return found


def check_cookies(**_: Any) -> list[CheckMessage]:
    """Warn where a neighbouring site could plant a cookie of ours: its name does not bind it to this host."""
    names = [settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME]
    if all(name.startswith("__Host-") for name in names):
        return []
    return [
        Warning(
            f"Cookies called {' and '.join(names)} are taken from neighbouring hosts too.",
            hint="Begin both names with __Host-.",
            id="truelevel.W003",
        )
    ]
