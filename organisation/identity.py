"""Who a provider of single sign-on says that somebody is: its claims, read. Pure: no Django, no network.

The claims are those of OpenID Connect Core 1.0 (section 5.1), of RFC 8176 (`amr`) and, for Microsoft Entra ID,
`xms_edov`: whether the e-mail address's domain belongs to the tenant.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SEVERAL_FACTORS = frozenset({"mfa", "ngcmfa"})  # RFC 8176's word, and what Entra says of its own authenticator
LONGEST_NAME, LONGEST_EMAIL, LONGEST_SUBJECT = 200, 254, 191


class Untrustworthy(Exception):
    """The provider's answer cannot be believed. The text is for the log."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody as the provider knows them. `subject` stays theirs for good; an address can pass to somebody else."""

    subject: str
    email: str
    email_is_verified: bool
    name: str
    several_factors: bool

    @property
    def domain(self) -> str:
        return self.email.rpartition("@")[2].lower()


def read(answer: Mapping[str, Any], *, issuer: str, nonce: str, trusts_email: bool) -> Identity:
    """Return who signed in. `answer` holds the claims of the ID token and, where they were fetched, the user info.

    Raises Untrustworthy where the answer is not the one to our question: another issuer, another nonce (OpenID Connect
    Core 3.1.3.7), or user info about somebody else than the token (5.3.2).
    """
    token = answer.get("id_token")
    if not isinstance(token, Mapping):
        raise Untrustworthy("there is no ID token: the provider must be asked for the scope openid")
    info = answer.get("userinfo") or {}
    if str(token.get("iss", "")).rstrip("/") != issuer.rstrip("/"):
        raise Untrustworthy(f"the ID token is from {token.get('iss')!r}, not from {issuer!r}")
    if not nonce or token.get("nonce") != nonce:
        raise Untrustworthy("the ID token does not carry the nonce of this sign-in")
    subject = str(token.get("sub") or "")
    if not subject or len(subject) > LONGEST_SUBJECT:
        raise Untrustworthy("the ID token names no subject of a usable length")
    if info and str(info.get("sub") or "") != subject:
        raise Untrustworthy("the user info is about another subject than the ID token")
    claims = {**token, **info}
    email = _text(claims.get("email"), LONGEST_EMAIL)
    return Identity(
        subject=subject,
        email=email,
        email_is_verified=bool(email) and (trusts_email or any(_verifies(email, said) for said in (token, info))),
        name=_name(claims) or email.partition("@")[0] or "Somebody without a name",
        several_factors=_several_factors(token.get("amr")),
    )


def _verifies(email: str, said: Mapping[str, Any]) -> bool:
    """Whether these claims name the address and say that it is verified: what they say of another is not about it."""
    # Some providers write truth as a text, Entra as a number; "False" is a text too, and means no.
    yes = any(str(said.get(name, "")).strip().lower() in {"true", "1"} for name in ("email_verified", "xms_edov"))
    return yes and _text(said.get("email"), LONGEST_EMAIL).lower() == email.lower()


def _several_factors(methods: Any) -> bool:
    return isinstance(methods, list) and any(method in SEVERAL_FACTORS for method in methods if isinstance(method, str))


def _name(claims: Mapping[str, Any]) -> str:
    parts = " ".join(_text(claims.get(part), LONGEST_NAME) for part in ("given_name", "family_name")).strip()
    return _text(claims.get("name"), LONGEST_NAME) or parts[:LONGEST_NAME]


def _text(value: Any, longest: int) -> str:
    """A text in one line; "" where it is none, or longer than any that is meant."""
    if not isinstance(value, str):
        return ""
    text = " ".join("".join(char if char.isprintable() else " " for char in value).split())
    return text if len(text) <= longest else ""
