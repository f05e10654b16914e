"""What the sign-in package does with somebody whom the force's own provider has let in."""

from __future__ import annotations

import logging
from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from organisation import sessions
from organisation.identity import Identity, Untrustworthy, read
from organisation.services import single_sign_on
from organisation.services.single_sign_on import Refusal, Refused

logger = logging.getLogger(__name__)

SEVERAL_FACTORS = "provider_asked_for_several_factors"


class ProviderAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # the package ships no types
    """One provider, named by settings; accounts are met or made by our own service, before the package looks."""

    def list_apps(
        self,
        request: HttpRequest,  # noqa: ARG002  # the package's signature
        provider: str | None = None,
        client_id: str | None = None,
    ) -> list[SocialApp]:
        """Providers come from settings alone: a row in a table must not open another door."""
        if settings.SINGLE_SIGN_ON is None:
            return []
        found = [SocialApp(provider=kind, **app) for kind, app in _apps()]
        return [
            app
            for app in found
            if (provider is None or provider in (app.provider, app.provider_id))
            and (client_id is None or client_id == app.client_id)
        ]

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:  # noqa: ARG002  # its signature
        """No account is made but by our own service."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find or make the account, and begin its session; or end here with a page that says why not."""
        if request.user.is_authenticated:  # somebody else at the same browser: nothing of theirs stays in the session
            get_account_adapter(request).logout(request)
        identity = self._identity(request, sociallogin)
        try:
            link = single_sign_on.meet(
                identity=identity,
                provider=sociallogin.account.provider,
                domains=settings.SINGLE_SIGN_ON.allowed_domains if settings.SINGLE_SIGN_ON else (),
                at=timezone.now(),
            )
        except Refused as refused:
            raise ImmediateHttpResponse(_refusal(request, refused.why)) from refused
        if link.extra_data:  # the package keeps every claim; we need none of them
            link.extra_data = {}
            link.save(update_fields=["extra_data"])
        sociallogin.account, sociallogin.user = link, link.user
        sessions.remember_device(request, own=bool(sociallogin.state.get("own_device")))
        if settings.SINGLE_SIGN_ON and (settings.SINGLE_SIGN_ON.second_factor or identity.several_factors):
            request.session[SEVERAL_FACTORS] = True

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,  # noqa: ARG002  # the package's signature
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Answer a sign-in that the provider, or the way there, has ended."""
        if error == AuthError.CANCELLED:
            return
        reason = f"{exception!r} because of {exception.__cause__!r}" if exception else "not an answer to our question"
        logger.warning("Single sign-on failed (%s): %s", error, reason)
        if (extra_context or {}).get("state"):  # an answer to a question of ours; anything else is not a sign-in
            single_sign_on.record_refusal(why="provider", thing=None, at=timezone.now())
        raise ImmediateHttpResponse(failure(request))

    def _identity(self, request: HttpRequest, sociallogin: SocialLogin) -> Identity:
        try:
            return read(
                sociallogin.account.extra_data,
                issuer=settings.SINGLE_SIGN_ON.issuer if settings.SINGLE_SIGN_ON else "",
                nonce=str(sociallogin.state.get("nonce") or ""),
                trusts_email=bool(settings.SINGLE_SIGN_ON and settings.SINGLE_SIGN_ON.trusts_email),
            )
        except Untrustworthy as found:
            logger.warning("Single sign-on failed: %s", found)
            single_sign_on.record_refusal(why="untrustworthy", thing=None, at=timezone.now())
            raise ImmediateHttpResponse(failure(request)) from found


def failure(request: HttpRequest, *, status: int = 401) -> HttpResponse:
    """The page for a sign-in through the provider that did not come to an end."""
    return render(request, "account/single_sign_on_failed.html", status=status)


def _refusal(request: HttpRequest, why: Refusal) -> HttpResponse:
    if why is Refusal.CLOSED:
        return redirect("account_inactive")
    return render(request, "account/single_sign_on_refused.html", {"why": why.value}, status=403)


def _apps() -> list[tuple[str, dict[str, Any]]]:
    return [(kind, app) for kind, said in settings.SOCIALACCOUNT_PROVIDERS.items() for app in said.get("APPS", [])]
