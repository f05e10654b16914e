"""Doors for the worker and its beat."""

from celery import shared_task
from django.utils import timezone

from risks.services import liaison_notices


@shared_task(name="risks.remind")
def remind() -> None:
    """Tell of deadlines with the HSE: once for each stage, on its first day or whichever the worker is back on."""
    liaison_notices.remind(now=timezone.now())
