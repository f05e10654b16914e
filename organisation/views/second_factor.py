"""Second factors: an authenticator app, passkeys and recovery codes, set up, shown, used and removed.

The pages are the sign-in package's; what is done on them is put on record in the same transaction.
"""

from __future__ import annotations

from typing import Any

from allauth.account.internal.decorators import login_not_required
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.base.views import IndexView, ReauthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    EditWebAuthnView,
    LoginWebAuthnView,
    ReauthenticateWebAuthnView,
    RemoveWebAuthnView,
)
from csp.decorators import csp_update
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods

from organisation import second_factor, sessions
from organisation.adapters import SecondFactorAdapter
from organisation.forms import NOT_A_PASSKEY
from organisation.requests import SignedInRequest
from organisation.services import second_factors
from organisation.views.loading import managed_person_or_404

GO_ON = "second_factor_go_on"


class SecondFactorView(IndexView):  # type: ignore[misc]  # the package ships no types
    """What the person has, and what they can add. Whoever needs one to go on comes here and is told so."""

    template_name = "mfa/index.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        address = get_next_redirect_url(request)
        if address:
            request.session[GO_ON] = address
        response: HttpResponse = super().get(request, *args, **kwargs)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        required = second_factor.is_required(self.request.user)
        context: dict[str, Any] = super().get_context_data(**kwargs) | {
            "is_required": required,
            "is_missing": required and not second_factor.is_satisfied(self.request),
            "codes_left": _codes_left(self.request),
        }
        return context


def _codes_left(request: HttpRequest) -> int | None:
    codes = Authenticator.objects.filter(user_id=request.user.pk, type=Authenticator.Type.RECOVERY_CODES).first()
    return None if codes is None else len(codes.wrap().get_unused_codes())


class _Adding:
    """Setting up a second factor proves it: whoever had to can go on."""

    request: HttpRequest
    kind: str

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)  # type: ignore[misc]  # of the view it is mixed into
            second_factors.record_added(person=self.request.user, kind=self.kind, at=timezone.now())  # type: ignore[arg-type]
        second_factor.remember(self.request)
        return response


# The picture of the secret stands in the page itself.
@method_decorator(csp_update({"img-src": ["data:"]}), name="dispatch")
class AddAppView(_Adding, ActivateTOTPView):  # type: ignore[misc]  # the package ships no types
    """Shows the secret for an authenticator app, as a picture and to type, and asks for its first code."""

    kind = "app"


class AddPasskeyView(_Adding, AddWebAuthnView):  # type: ignore[misc]  # the package ships no types
    """Asks the browser for a new passkey."""

    kind = "passkey"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # The package drops what it is given, and with it the form that has errors.
        context: dict[str, Any] = super().get_context_data() | kwargs
        return context


class RemoveAppView(DeactivateTOTPView):  # type: ignore[misc]  # the package ships no types
    """Removes the authenticator app, unless it is the last factor of somebody who needs one."""

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            _removed(self.request, kind="app")
        return response


class RemovePasskeyView(RemoveWebAuthnView):  # type: ignore[misc]  # the package ships no types
    """Removes one passkey, unless it is the last factor of somebody who needs one."""

    def form_valid(self, form: Any) -> HttpResponse:
        adapter = SecondFactorAdapter()
        if not adapter.can_delete_authenticator(self.object):
            messages.error(self.request, adapter.error_messages["cannot_delete_authenticator"])
            return redirect("mfa_index")
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            _removed(self.request, kind="passkey")
        return response

    def get_success_url(self) -> str:
        return reverse("mfa_index")


def _removed(request: HttpRequest, *, kind: str) -> None:
    second_factors.record_removed(person=request.user, kind=kind, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    if not second_factor.factors_of(request.user).exists():  # type: ignore[arg-type]
        second_factor.forget(request)


class RenamePasskeyView(EditWebAuthnView):  # type: ignore[misc]  # the package ships no types
    """Another name for a passkey."""

    def get_success_url(self) -> str:
        return reverse("mfa_index")


class CodesView(ViewRecoveryCodesView):  # type: ignore[misc]  # the package ships no types
    """The recovery codes that are left, and the way on for whoever has just set up the factor they had to have."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        go_on = self.request.session.pop(GO_ON, reverse("mfa_index"))
        context: dict[str, Any] = super().get_context_data(**kwargs) | {"go_on": go_on}
        return context


class NewCodesView(GenerateRecoveryCodesView):  # type: ignore[misc]  # the package ships no types
    """Makes new recovery codes; the ones so far open nothing any more."""

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            second_factors.record_added(person=self.request.user, kind="recovery-codes", at=timezone.now())
        return response


class CodeAgainView(ReauthenticateView):  # type: ignore[misc]  # the package ships no types
    """Asks somebody who is signed in for a code, before their security is changed or they go on."""

    def form_valid(self, form: Any) -> HttpResponse:
        second_factor.remember(self.request)
        response: HttpResponse = super().form_valid(form)
        return response


class PasskeyAgainView(ReauthenticateWebAuthnView):  # type: ignore[misc]  # the package ships no types
    """Asks somebody who is signed in for their passkey."""

    def form_valid(self, form: Any) -> HttpResponse:
        second_factor.remember(self.request)
        response: HttpResponse = super().form_valid(form)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:  # noqa: ARG002  # the package's signature
        messages.error(self.request, NOT_A_PASSKEY)
        return redirect(self.request.get_full_path())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # The package leaves out the other ways there are.
        others = {"reauthentication_alternatives": self.get_reauthentication_alternatives()}
        context: dict[str, Any] = super().get_context_data() | others | kwargs
        return context


@method_decorator(login_not_required, name="dispatch")
class PasskeySignInView(LoginWebAuthnView):  # type: ignore[misc]  # the package ships no types
    """Signs in by a passkey alone; the browser has seen to the finger, the face or the PIN."""

    def form_valid(self, form: Any) -> HttpResponse:
        sessions.remember_device(self.request, own=bool(self.request.POST.get("own_device")))
        response: HttpResponse = super().form_valid(form)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:  # noqa: ARG002  # the package's signature
        messages.error(self.request, "No account here knows that passkey. Sign in with your password instead.")
        return redirect("account_login")


@require_http_methods(["GET", "HEAD", "POST"])
def take_away_factors(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let an administrator take every second factor from somebody who has lost theirs; nobody from themselves."""
    found = managed_person_or_404(request, pk)
    if found.pk == request.user.pk:
        return redirect("mfa_index")
    if request.method == "POST":
        if second_factors.take_away(person=found, by=request.user, at=timezone.now()):
            messages.success(request, f"{found.name} has no second factor any more and is signed out everywhere.")
        else:
            messages.info(request, f"{found.name} had no second factor.")
        return redirect("person", pk)
    context = {"person": found, "factors": second_factor.factors_of(found).count()}
    return render(request, "organisation/take_away_factors.html", context)
