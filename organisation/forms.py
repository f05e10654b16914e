"""The sign-in package's forms with labels in sentence case, and what they do put on record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
)
from allauth.mfa.base.forms import AuthenticateForm as CodeFormOfPackage
from allauth.mfa.base.forms import ReauthenticateForm as CodeAgainFormOfPackage
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm, DeactivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from organisation import sessions
from organisation.models import User
from organisation.services import letters, passwords, sign_ins

ADVICE = "At least 12 characters. Three words that do not belong together are easy to remember and hard to guess."
NOT_A_PASSKEY = "That passkey did not work here. Try again, or use another way."
Checked = TypeVar("Checked")
CODE_ATTRIBUTES = {"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false"}


class SignInForm(LoginForm):  # type: ignore[misc]  # the package ships no types
    """E-mail and password, and whether the device is the person's own."""

    own_device = forms.BooleanField(
        label="This is my own device",
        help_text="Text that could not be saved yet is then kept in this browser until it is, or until you sign out. "
        "Leave it unticked where other people use the same account of the computer.",
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "E-mail address"
        self.fields["password"].label = "Password"
        self.fields["password"].help_text = ""

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        """Sign in, or go on to the second factor; the session remembers the device."""
        sessions.remember_device(request, own=self.cleaned_data["own_device"])
        response: HttpResponse = super().login(request, redirect_url)
        return response


class PasswordForm(ChangePasswordForm):  # type: ignore[misc]  # the package ships no types
    """The password so far, and the new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = "Password so far"
        self.fields["password1"].label = "New password"
        self.fields["password1"].help_text = ADVICE
        self.fields["password2"].label = "New password, again"

    def save(self) -> None:
        """Change the password."""
        passwords.change(person=self.user, password=self.cleaned_data["password1"], at=timezone.now())


class PasswordAgainForm(ReauthenticateForm):  # type: ignore[misc]  # the package ships no types
    """The password of somebody who is signed in, before their security is changed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = "Your password"
        self.fields["password"].help_text = ""


class ForgottenPasswordForm(ResetPasswordForm):  # type: ignore[misc]  # the package ships no types
    """The address to which a link is sent, if there is an account for it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "Your e-mail address"

    def clean_email(self) -> str:
        """Take any address: whether it is anybody's is not for this page to say."""
        return str(self.cleaned_data["email"])

    def save(self, request: HttpRequest, **_: Any) -> str:  # noqa: ARG002  # allauth's signature
        """Ask the worker for the e-mail: the same work whether or not there is an account."""
        address: str = self.cleaned_data["email"]
        letters.request(kind=letters.FORGOTTEN, to=passwords.whose(address), at=timezone.now())
        return address


class NewPasswordForm(ResetPasswordKeyForm):  # type: ignore[misc]  # the package ships no types
    """A password that somebody chooses who came by the link in an e-mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = "New password"
        self.fields["password1"].help_text = ADVICE
        self.fields["password2"].label = "New password, again"

    def save(self) -> None:
        """Set the password."""
        passwords.reset(person=self.user, password=self.cleaned_data["password1"], at=timezone.now())


def _name_the_code(field: forms.Field, label: str, help_text: str) -> None:
    field.label, field.help_text = label, help_text
    field.widget.attrs = dict(CODE_ATTRIBUTES)


class _OneCode:
    """A code of the app or a recovery code; a wrong one is put on record."""

    user: User
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_the_code(self.fields["code"], "Code", "Six digits from your authenticator app, or a recovery code.")

    def clean_code(self) -> str:
        try:
            return str(super().clean_code())  # type: ignore[misc]  # of the form it is mixed into
        except ValidationError as error:
            why = "limit" if error.code == "too_many_login_attempts" else "code"
            sign_ins.record_failure(address=self.user.email, why=why, at=timezone.now())
            raise


class CodeForm(_OneCode, CodeFormOfPackage):  # type: ignore[misc]  # the package ships no types
    """The second factor of somebody who is signing in."""


class CodeAgainForm(_OneCode, CodeAgainFormOfPackage):  # type: ignore[misc]  # the package ships no types
    """The same of somebody who is signed in, before their security is changed."""


class AppForm(ActivateTOTPForm):  # type: ignore[misc]  # the package ships no types
    """The first code of an authenticator app, which proves that it has the secret."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_the_code(self.fields["code"], "Code that the app shows", "Six digits. It changes every 30 seconds.")


class RemoveAppForm(DeactivateTOTPForm):  # type: ignore[misc]  # the package ships no types
    """Nothing to fill in: whether the app may go is all that is asked."""


def _refuse_what_is_none(check: Callable[[], Checked]) -> Checked:
    """Return what a check of a passkey's answer returns; whatever it stumbles over is an answer that is not right."""
    try:
        return check()
    except ValidationError:
        raise
    except Exception as error:  # bytes from anywhere, read by several parsers: none of them knows them all
        raise ValidationError(NOT_A_PASSKEY, code="incorrect_code") from error


class _PasskeyAnswer:
    """What a passkey answers; a wrong one is put on record."""

    user: User | None

    def clean_credential(self) -> Authenticator:
        try:
            return _refuse_what_is_none(super().clean_credential)  # type: ignore[misc]  # of the form it is mixed into
        except ValidationError as error:
            why = "limit" if error.code == "too_many_login_attempts" else "passkey"
            address = "" if self.user is None else self.user.email
            sign_ins.record_failure(address=address, why=why, at=timezone.now())
            raise


class WithPasskeyForm(_PasskeyAnswer, AuthenticateWebAuthnForm):  # type: ignore[misc]  # the package ships no types
    """A passkey as the second factor of somebody who is signing in."""


class PasskeyAgainForm(_PasskeyAnswer, ReauthenticateWebAuthnForm):  # type: ignore[misc]  # the package ships no types
    """A passkey of somebody who is signed in, before their security is changed."""


class PasskeySignInForm(_PasskeyAnswer, LoginWebAuthnForm):  # type: ignore[misc]  # the package ships no types
    """A passkey alone: it says whose it is."""


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]  # the package ships no types
    """A new passkey: its name, and what the device answers."""

    def clean(self) -> dict[str, Any]:
        """Check what the device answered."""
        return _refuse_what_is_none(super().clean)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = "What to call it"
        self.fields["name"].help_text = "Such as “Work laptop” or “Key on my key ring”."
        self.fields["name"].max_length = 60
        if "passwordless" in self.fields:  # not where people sign in by their force's own provider alone
            alone = self.fields["passwordless"]
            alone.label = "Sign in with it alone"
            alone.help_text = "No password is asked for then: your device asks for your finger, face or PIN instead."


class PasskeyNameForm(EditWebAuthnForm):  # type: ignore[misc]  # the package ships no types
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = "What to call it"
        self.fields["name"].max_length = 60
