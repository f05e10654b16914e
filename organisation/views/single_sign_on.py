"""Signing in by the force's own provider: out to it, and back."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.core import ratelimit
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.openid_connect.views import callback
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe
from requests import RequestException

from organisation import second_factor
from organisation.provider_adapter import SEVERAL_FACTORS, failure

View = Callable[..., HttpResponseBase]


@login_not_required
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Lead to the provider. A link leads here, no form: the browser lets no form go on to another site."""
    if settings.SINGLE_SIGN_ON is None:
        raise Http404
    if request.user.is_authenticated:
        return redirect("home")
    too_often: HttpResponse | None = ratelimit.consume_or_429(request, action="login")
    if too_often:
        return too_often
    nonce = secrets.token_urlsafe(24)
    provider = get_adapter(request).get_provider(request, "openid_connect")
    try:
        answer: HttpResponse = provider.redirect(
            request,
            "login",
            next_url=get_next_redirect_url(request),
            auth_params={"nonce": nonce},
            nonce=nonce,  # kept with the state of this sign-in, which its answer is held against
            own_device=request.GET.get("own_device") == "yes",
        )
    except (RequestException, ValueError, KeyError):  # away, or not speaking OpenID Connect
        return failure(request, status=503)
    return answer


@login_not_required
@require_safe
def answer(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Take the provider's answer."""
    if settings.SINGLE_SIGN_ON is None:
        raise Http404
    try:
        found: HttpResponse = callback(request, provider_id)
    except (ValueError, KeyError):  # an answer with something missing
        found = failure(request)
    # Only of a sign-in that is complete: what waits for another factor must not lend this one to somebody else.
    if request.session.pop(SEVERAL_FACTORS, False) and request.user.is_authenticated:
        second_factor.remember(request)
    return found


@login_not_required
@require_safe
def cancelled(request: HttpRequest) -> HttpResponse:
    """Say that nothing happened to somebody who has turned back at the provider."""
    if settings.SINGLE_SIGN_ON is None:
        raise Http404
    return render(request, "account/single_sign_on_cancelled.html")


def needs_local_passwords(view: View, *, to_look: bool = False) -> View:
    """Let a view be there only while people have passwords here; with `to_look`, its page is there all the same."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.LOCAL_PASSWORDS and not (to_look and request.method in {"GET", "HEAD"}):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded
