"""Promises about every answer: the demo talks to this machine only, nobody's text is lost for having been signed out,
the trail knows where an act came from, and nothing private stays in a cache."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import AddressValueError, IPv6Address, ip_address
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from home.typed import typed_texts
from organisation import second_factor
from records.services import trail

Next = Callable[[HttpRequest], HttpResponse]

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})


class LoopbackOnly:
    """Refuses whoever does not come from this machine by one of its own names.

    The demo's passwords are printed and it speaks plain HTTP. The address keeps the network out; the name keeps out a
    web page elsewhere that points its own domain at 127.0.0.1, and a proxy that passes strangers on.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name, _ = split_domain_port(request.META.get("HTTP_HOST", "").lower())
        if name in LOOPBACK_NAMES and is_loopback(request.META.get("REMOTE_ADDR", "")):
            return self.get_response(request)
        return HttpResponse(
            "This is a demonstration and answers on its own machine only. "
            "Open http://127.0.0.1 with its port in a browser on the machine where it runs.\n",
            status=403,
            content_type="text/plain; charset=utf-8",
        )


def is_loopback(address: str) -> bool:
    """Say whether an IP address is this machine's own; a missing or broken one is not."""
    try:
        found = ip_address(address)
    except (AddressValueError, ValueError):
        return False
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        return found.ipv4_mapped.is_loopback
    return found.is_loopback


class SignInRequired(LoginRequiredMiddleware):
    """Sends whoever is not signed in to sign in; of a form sent too late, the text that was in it is given back."""

    def handle_no_permission(  # type: ignore[override]  # any answer will do, says Django; its stubs say a redirect
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        """Answer a request of somebody who has been signed out, or never was signed in."""
        texts = [] if request.headers.get("HX-Request") else typed_texts(request)
        if texts:
            return render(request, "errors/signed_out.html", {"texts": texts}, status=403)
        return super().handle_no_permission(request, view_func)


class SecondFactorRequired:
    """Leads whoever needs a second factor to give one, or to set one up, before anything else is shown or done.

    A form that they sent before is not served; what was typed into it is given back.
    """

    # How to give a factor that there is; nobody who has one adds another, or sees recovery codes, before they gave it.
    TO_GIVE = frozenset(
        {
            "account_logout",
            "account_reauthenticate",
            "mfa_reauthenticate",
            "mfa_reauthenticate_webauthn",
            "stay_signed_in",
        }
    )
    TO_SET_UP = TO_GIVE | {"mfa_activate_totp", "mfa_add_webauthn", "mfa_index"}

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], *_: object
    ) -> HttpResponse | None:
        """Answer in the view's place where the second factor is missing."""
        person = request.user
        if not person.is_authenticated or not getattr(view, "login_required", True):
            return None
        asked = request.resolver_match.url_name if request.resolver_match is not None else None
        if asked in self.TO_GIVE or second_factor.is_satisfied(request) or not second_factor.is_required(person):
            return None
        has_one = second_factor.factors_of(person).exists()
        if not has_one and asked in self.TO_SET_UP:
            return None
        way = reverse("mfa_reauthenticate" if has_one else "mfa_index")
        if request.method in {"GET", "HEAD"} and not request.headers.get("HX-Request"):
            return redirect(f"{way}?next={quote(request.get_full_path())}")
        context = {"texts": typed_texts(request), "way": f"{way}?next=/"}
        return render(request, "errors/second_factor.html", context, status=403)


class KnownAddress:
    """Lets the trail say from which network address an act came.

    Behind a proxy of ours the last address that it added counts: what stands before it is the visitor's own say.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with trail.from_address(network_address(request)):
            return self.get_response(request)


def network_address(request: HttpRequest) -> str:
    """Return the network address that a request came from; "" where it names none that is one."""
    said = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        said = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip() or said
    try:
        return str(ip_address(said))
    except ValueError:
        return ""


class NothingCached:
    """Keeps pages made for somebody signed in out of every cache, the browser's included.

    After signing out on a shared machine, the Back button shows nothing. Static files do not pass here.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        user = getattr(request, "user", None)
        if response.get("Content-Type", "").startswith("text/html") and user is not None and user.is_authenticated:
            add_never_cache_headers(response)
        return response
