"""Doors for the worker and its beat."""

from celery import shared_task
from django.utils import timezone

from risks.services import liaison_notices, reminding


@shared_task(name="risks.remind")
def remind() -> None:
    """Tell of deadlines with the HSE, and of risks to be looked at: once for each stage, on its first day or whichever
    the worker is back on."""
    now = timezone.now()
    liaison_notices.remind(now=now)
    reminding.remind(now=now)
