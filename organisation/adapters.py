"""How the sign-in package does things here: who signs in and out is put on record, and secrets are kept encrypted."""

from __future__ import annotations

import base64
import hashlib
import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from organisation import second_factor, sessions
from organisation.models import User
from organisation.permissions import Person
from organisation.services import sign_ins

JUST_SIGNED_IN_SECONDS = 300
NOT_RIGHT = (
    "That code is not right, or it has run out. Type the code that your app shows now, or a recovery code that you "
    "have not used yet."
)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # the package ships no types
    """Sign-in as this service has it."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "The e-mail address or the password is not right. Check both and try again.",
        "too_many_login_attempts": "There were too many tries. Wait five minutes, then try once more.",
        "enter_current_password": "That is not your current password. Type it again.",
        "incorrect_password": "That is not your password. Type it again.",
        "rate_limited": "There were too many tries. Wait five minutes, then try once more.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002  # allauth's signature
        """Accounts are made by administrators, never by visitors."""
        return False

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign in, begin the session's time and put it on record: together or not at all."""
        how = [sign_ins.word_for(record) for record in get_authentication_records(request, user)]
        with transaction.atomic():
            super().login(request, user)
            sessions.begin(request)
            sign_ins.record(person=user, how=how, at=timezone.now())

    def logout(self, request: HttpRequest) -> None:
        """Sign out, and put it on record."""
        person = request.user
        with transaction.atomic():
            if person.is_authenticated:
                sign_ins.record_end(person=person, at=timezone.now())
            super().logout(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try; one too many is refused before any password is looked at, and put on record."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            sign_ins.record_failure(address=credentials.get("email", ""), why="limit", at=timezone.now())
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:  # noqa: ARG002  # allauth's signature
        """Put a wrong password on record: whose account it was tried on, never what was typed."""
        sign_ins.record_failure(address=credentials.get("email", ""), why="password", at=timezone.now())

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Turn away somebody whose account is closed, and put it on record."""
        sign_ins.record_failure(address=user.email, why="closed", at=timezone.now())
        response: HttpResponse = super().respond_user_inactive(request, user)
        return response

    def reauthenticate(self, user: User, password: str) -> bool:
        """Whether this is the password of somebody who is signed in already."""
        found = self.authenticate(self.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def get_reauthentication_methods(self, user: Person) -> list[dict[str, Any]]:
        """How somebody proves once more who they are: not by a password where none is right any more."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [one for one in methods if settings.LOCAL_PASSWORDS or one["id"] != "reauthenticate"]

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask for the password again before security is changed, but not of somebody who gave it a moment ago."""
        if not self.get_reauthentication_methods(self.request.user):
            return False  # the force's own provider asked, and there is nothing here to ask for
        began = self.request.session.get(sessions.BEGAN, 0)
        if time.time() - began < JUST_SIGNED_IN_SECONDS and get_authentication_records(self.request, self.request.user):
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # the package ships no types
    """Second factors as this service has them."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": NOT_RIGHT,
        "cannot_delete_authenticator": "Your role needs a second factor, and this is your only one. "
        "Add another one first, then remove this one.",
        "cannot_generate_recovery_codes": "Recovery codes come with a second factor. Set one up first.",
    }

    def encrypt(self, text: str) -> str:
        """Whoever reads the database alone learns no secret that codes are made of."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Read what was encrypted with the secret of today, or with an earlier one that is still listed."""
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Keep the last second factor of somebody whose role needs one."""
        person = authenticator.user
        others = second_factor.factors_of(person).exclude(pk=authenticator.pk)
        return others.exists() or not second_factor.is_required(person)

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        """What a passkey is called unless its owner calls it something else."""
        return f"Passkey {Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1}"

    def _get_site_name(self) -> str:
        return "Truelevel"


def _cipher() -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    keys = [hashlib.sha256(b"second factors:" + secret.encode()).digest() for secret in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])
