"""E-mails about an account: a link to choose a password, and word of what has changed in its security.

The worker writes and sends them. A page that asks for one does the same work whether or not there is an account, so
neither its answer nor the time it takes says which; and no link stands in the database.
"""

from __future__ import annotations

from datetime import datetime
from smtplib import SMTPException

from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from organisation.models import User
from records.models import Job
from records.services import jobs
from records.services.jobs import Claim, JobFailed
from rendering.plain import inert

SEND = "organisation.send_letter"
INVITATION, FORGOTTEN = "invitation", "forgotten"
PASSWORD_CHANGED, FACTOR_ADDED, FACTOR_REMOVED = "password-changed", "factor-added", "factor-removed"
ADDRESS_CHANGED = "address-changed"
SUBJECTS = {
    INVITATION: "Choose a password for Truelevel",
    FORGOTTEN: "Choose a new password for Truelevel",
    PASSWORD_CHANGED: "Your Truelevel password was changed",
    FACTOR_ADDED: "A second factor was added to your Truelevel account",
    FACTOR_REMOVED: "A second factor was removed from your Truelevel account",
    ADDRESS_CHANGED: "Your Truelevel account has another e-mail address",
}
NOT_TAKEN = "The mail server did not take the e-mail ({reason}). Ask for it again in a few minutes."


def request(*, kind: str, to: User | None, at: datetime, address: str = "") -> None:
    """Ask the worker to send a letter; to nobody, where no open account has the address that was typed.

    `address` is where it goes instead of to the account's own; it is kept with the job until it is sent.
    """
    person = to.pk if to is not None else 0
    instead = {"address": address} if address else {}
    key = f"letter:{kind}:{person}:{at:%Y%m%d%H%M}"
    jobs.request(task=SEND, key=key, by=None, at=at, kind=kind, person=person, **instead)


def send(claim: Claim) -> None:
    """Write and send one letter. Raises JobFailed where the mail server does not take it."""
    person = User.objects.filter(pk=claim.arguments["person"], is_active=True).first()
    if person is not None and settings.EMAIL_GOES_OUT:
        try:
            address = claim.arguments.get("address", "")
            letter(claim.arguments["kind"], person, at=claim.requested_at, address=address).send()
        except (OSError, SMTPException) as error:
            raise JobFailed(NOT_TAKEN.format(reason=type(error).__name__)) from error
    with jobs.finishing(claim):
        kept = {name: value for name, value in claim.arguments.items() if name != "address"}
        Job.objects.filter(pk=claim.job_id).update(arguments=kept)


def forget(person: User) -> None:
    """Drop letters to addresses that the person had, sent or not."""
    Job.objects.filter(task=SEND, arguments__person=person.pk, arguments__has_key="address").delete()


def letter(kind: str, person: User, *, at: datetime, address: str = "") -> EmailMessage:
    """Return the e-mail. Links in it are made now, so that what they rest on is what stands now."""
    values = {
        "name": inert(person.name),
        "at": at,
        "days": settings.PASSWORD_RESET_TIMEOUT // (24 * 60 * 60),
        "link": password_link(person) if kind in {INVITATION, FORGOTTEN} else "",
        "sign_in": f"{settings.SITE_URL}{reverse('account_login')}",
        "ask_again": f"{settings.SITE_URL}{reverse('account_reset_password')}",
    }
    return EmailMessage(
        subject=SUBJECTS[kind],
        body=render_to_string(f"emails/{kind}.txt", values).strip() + "\n",
        to=[address or person.email],
        headers={"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
    )


def password_link(person: User) -> str:
    """Return the address where the person, and whoever else has it, may choose a password: once, for some days."""
    arguments = [user_pk_to_url_str(person), default_token_generator.make_token(person)]
    return f"{settings.SITE_URL}{reverse('account_reset_password_from_key', args=arguments)}"
