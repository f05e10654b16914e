"""What browsers are told never to do with our pages, and what happens to whoever asks for too much."""

from __future__ import annotations

import logging

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from home.middleware import Next
from home.views import errors
from records.services import allowances

logger = logging.getLogger(__name__)


class BrowserLimits:
    """Adds to every answer, files included, what the browser is to keep from it.

    Devices and features that no page of ours uses are off, so that text that got into one could not use them either.
    Other sites may neither embed our pages' parts nor learn of them through their own windows.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        self.headers = {
            "Permissions-Policy": ", ".join(f"{name}=({who})" for name, who in settings.PERMISSIONS_POLICY.items()),
            "Cross-Origin-Resource-Policy": "same-origin",
        }

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in self.headers.items():
            response.headers.setdefault(name, value)
        return response


class WithinAllowance:
    """Answers 429 where somebody has asked for more heavy work than an hour's share, and gives back what was typed."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turn what `allowances.spend` raised into the page that says when to go on."""
        if not isinstance(exception, allowances.Exhausted):
            return None
        logger.warning("Account %s has had all of an hour's %s.", request.user.pk, exception.kind.value)
        return errors.allowance_spent(request, exception)
