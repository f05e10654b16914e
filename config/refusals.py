"""What production refuses to start with, each in one sentence that says which setting and what to write instead.

Pure: the environment's texts in, the first reason out. No text of a secret is repeated.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

SHORTEST_SECRET = 50
FEWEST_DIFFERENT = 12
# Texts that stand in guides and examples, Django's and ours: whoever copied them has no secret.
_EXAMPLES = re.compile(r"django-insecure|change[ _-]?me|a long random text|secret[ _-]?key|example|x{8}", re.IGNORECASE)
_HOST_NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*|\[[0-9a-f:.]+\]", re.IGNORECASE)
MAKE_YOUR_OWN = "Make one of your own: openssl rand -base64 48."
NAME_HOSTS = "Name each host that this installation answers for, such as truelevel.example.org."


def of_secret(secret: str) -> str:
    """Return why this SECRET_KEY will not do; "" where it will."""
    if _EXAMPLES.search(secret):
        return f"SECRET_KEY is the text of an example, which everybody can read. {MAKE_YOUR_OWN}"
    if len(secret) < SHORTEST_SECRET or len(set(secret)) < FEWEST_DIFFERENT:
        return (
            f"SECRET_KEY can be guessed: it needs {SHORTEST_SECRET} characters or more, {FEWEST_DIFFERENT} of them "
            f"different. {MAKE_YOUR_OWN}"
        )
    return ""


def of_debug(debug: bool) -> str:
    """Return why debugging is not switched on here; "" where it is off."""
    return (
        "TRUELEVEL_DEBUG is on, which shows every setting to whoever meets an error. Remove it, or start the demo."
        if debug
        else ""
    )


def of_hosts(hosts: Sequence[str]) -> str:
    """Return why these ALLOWED_HOSTS will not do; "" where they will.

    A name that begins with a dot stands for all names below it, and a lone dot or star for more: whoever owns one of
    those could have this installation send links to themselves.
    """
    for host in hosts:
        if "*" in host or host.startswith("."):
            return f"ALLOWED_HOSTS may not be {host}, which stands for other names too. {NAME_HOSTS}"
        if not _HOST_NAME.fullmatch(host):
            return f"ALLOWED_HOSTS has {host!r}, which is not the name of a host. {NAME_HOSTS}"
    return ""


def of_origins(origins: Sequence[str]) -> str:
    """Return why these CSRF_TRUSTED_ORIGINS will not do; "" where they will."""
    for origin in origins:
        parts = urlsplit(origin)
        if parts.scheme != "https" or "*" in origin or not _HOST_NAME.fullmatch(parts.hostname or ""):
            return f"CSRF_TRUSTED_ORIGINS has {origin!r}; write each like https://truelevel.example.org, without stars."
    return ""


def of_site(address: str) -> str:
    """Return why this SITE_URL will not do in production; "" where it will."""
    if urlsplit(address).scheme != "https":
        return f"SITE_URL is {address!r}; in production it begins with https://."
    return ""
