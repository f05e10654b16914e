"""allauth's forms with labels in sentence case."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm
from django import forms
from django.http import HttpRequest, HttpResponse

from organisation import sessions


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

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        """Sign in; the session remembers the device and when it ends."""
        response: HttpResponse = super().login(request, redirect_url)
        sessions.begin(request, own_device=self.cleaned_data["own_device"])
        return response


class PasswordForm(ChangePasswordForm):  # type: ignore[misc]  # the package ships no types
    """The password so far, and the new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = "Password so far"
        self.fields["password1"].label = "New password"
        self.fields["password2"].label = "New password, again"
