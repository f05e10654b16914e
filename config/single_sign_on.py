"""Signing in by the force's own OpenID Connect provider: what the environment says of it, read or refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

PROVIDER = "sso"  # what accounts' links to the provider are filed under
NEEDED = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")
OPTIONAL = ("OIDC_NAME", "OIDC_TRUST_EMAIL", "OIDC_ALLOWED_DOMAINS", "OIDC_SECOND_FACTOR")
ANYBODYS_TENANT = frozenset({"common", "organizations", "consumers"})
YES, NO = frozenset({"true", "1", "yes", "on"}), frozenset({"", "false", "0", "no", "off"})
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class SingleSignOn:
    """A provider, and how far its word goes."""

    name: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    trusts_email: bool
    allowed_domains: frozenset[str]
    second_factor: bool

    @property
    def providers(self) -> dict[str, Any]:
        """The provider as the sign-in package wants it said."""
        app = {
            "provider_id": PROVIDER,
            "name": self.name,
            "client_id": self.client_id,
            "secret": self.client_secret,
            "settings": {"server_url": self.issuer, "oauth_pkce_enabled": True},
        }
        return {"openid_connect": {"APPS": [app]}}


def read(environment: Mapping[str, str], *, production: bool) -> SingleSignOn | None:
    """Return the provider that OIDC_… settings name; None without any. Raises on half a provider or an unsafe one."""
    said = {name: environment.get(name, "").strip() for name in NEEDED + OPTIONAL}
    missing = [name for name in NEEDED if not said[name]]
    if missing:
        if any(said.values()):
            given = ", ".join(name for name, value in said.items() if value)
            raise ImproperlyConfigured(
                f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} not set, but {given} "
                f"{'is' if ',' not in given else 'are'}. See docs/signing-in.md."
            )
        return None
    return SingleSignOn(
        name=said["OIDC_NAME"] or "your work account",
        issuer=_issuer(said["OIDC_ISSUER"], production=production),
        client_id=said["OIDC_CLIENT_ID"],
        client_secret=said["OIDC_CLIENT_SECRET"],
        trusts_email=yes_or_no("OIDC_TRUST_EMAIL", said["OIDC_TRUST_EMAIL"]),
        allowed_domains=frozenset(_domains(said["OIDC_ALLOWED_DOMAINS"])),
        second_factor=yes_or_no("OIDC_SECOND_FACTOR", said["OIDC_SECOND_FACTOR"]),
    )


def local_passwords(environment: Mapping[str, str], provider: SingleSignOn | None) -> bool:
    """Return whether people sign in with passwords of this service: unless LOCAL_PASSWORDS is false, they do."""
    said = environment.get("LOCAL_PASSWORDS", "").strip()
    if not said or yes_or_no("LOCAL_PASSWORDS", said):
        return True
    if provider is None:
        raise ImproperlyConfigured(
            "LOCAL_PASSWORDS is false and single sign-on is not set: nobody could sign in. "
            "Set OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET too. See docs/signing-in.md."
        )
    return False


def yes_or_no(name: str, value: str) -> bool:
    """Read a switch; what is neither yes nor no is refused, since a typing error must not open a door."""
    if value.lower() in YES:
        return True
    if value.lower() in NO:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}; write true or false.")


def _issuer(address: str, *, production: bool) -> str:
    parts = urlsplit(address)
    if parts.scheme != "https" and (production or parts.scheme != "http" or parts.hostname not in LOOPBACK):
        raise ImproperlyConfigured(f"OIDC_ISSUER is {address!r}; write an address that begins with https://.")
    if not parts.hostname or parts.query or parts.fragment or "/.well-known/" in address:
        raise ImproperlyConfigured(
            f"OIDC_ISSUER is {address!r}; write the issuer alone, as the provider's own configuration page has it."
        )
    if ANYBODYS_TENANT & set(parts.path.strip("/").split("/")):
        raise ImproperlyConfigured(
            f"OIDC_ISSUER is {address!r}, which lets in people of every organisation. Name your own tenant by its ID."
        )
    return address.rstrip("/")


def _domains(said: str) -> list[str]:
    domains = [domain.strip().lower() for domain in said.split(",") if domain.strip()]
    for domain in domains:
        if "@" in domain or "*" in domain or "." not in domain.strip("."):
            raise ImproperlyConfigured(
                f"OIDC_ALLOWED_DOMAINS has {domain!r}; write domains with commas between them, like police.example.org."
            )
    return domains
