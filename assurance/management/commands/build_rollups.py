"""Queue the roll-ups of a half-year, and wait for them if asked to."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from assurance.services import rollups
from organisation.models import BusinessGroup
from organisation.models.unit import WHOLE_FORCE
from organisation.periods import HalfYear, NotAPeriod
from records.models import Job, JobState

THE_FORCE = "The whole force"
PATIENCE_SECONDS = 600.0
LOOK_EVERY_SECONDS = 0.5


class Command(BaseCommand):
    help = "Queues the roll-up of each business group, and the force summary, for a half-year. A worker builds them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--half", required=True, help="the half-year, for example 2025/26-H1")
        parser.add_argument(
            "--group", metavar="SLUG", help=f"only this business group, as its address names it, or {WHOLE_FORCE}"
        )
        parser.add_argument(
            "--wait",
            nargs="?",
            type=float,
            const=PATIENCE_SECONDS,
            metavar="SECONDS",
            help=f"follow them until they are built or have failed; give up after SECONDS ({PATIENCE_SECONDS:.0f})",
        )

    def handle(self, *, half: str, group: str | None, wait: float | None, **_: Any) -> None:
        wanted = _half(half)
        groups = _groups(wanted, group)
        if not groups:
            self.stdout.write(f"No business group had units in {wanted.name}: there is nothing to build.")
            return
        jobs = {}
        for each in groups:
            job = rollups.request_for(group=each, half=wanted, by=None, at=timezone.now())
            jobs[job.pk] = name = each.name if each else THE_FORCE
            self.stdout.write(f"{name}, {wanted}: queued (job {job.pk})")
        if wait is not None:
            self._follow(jobs, seconds=wait)

    def _follow(self, jobs: dict[int, str], *, seconds: float) -> None:
        """Print a line for each job that ends. Raises CommandError where one failed, or the time ran out."""
        waiting, failures = dict(jobs), []
        give_up_at = time.monotonic() + seconds
        while True:
            for job in Job.objects.filter(pk__in=waiting).exclude(state__in=[JobState.QUEUED, JobState.RUNNING]):
                name = waiting.pop(job.pk)
                self.stdout.write(f"{name}: {job.get_state_display().lower()}")
                if job.state == JobState.FAILED:
                    failures.append(f"{name}: {job.error}")
                elif job.state == JobState.CANCELLED:
                    failures.append(f"{name}: somebody cancelled it.")
            if not waiting or time.monotonic() >= give_up_at:
                break
            time.sleep(LOOK_EVERY_SECONDS)
        failures += [
            f"{name}: not built after {seconds:.0f} seconds. Is a worker running? `manage.py doctor` tells. It will be "
            "built as soon as one is."
            for name in waiting.values()
        ]
        if failures:
            raise CommandError("\n".join(failures))


def _half(text: str) -> HalfYear:
    try:
        half = HalfYear.parse(text)
    except NotAPeriod as error:
        raise CommandError(f"--half: {error}") from error
    if half.first_day > timezone.localdate():
        raise CommandError(f"--half: {half.name} has not begun yet, so there is nothing to sum up.")
    return half


def _groups(half: HalfYear, slug: str | None) -> Sequence[BusinessGroup | None]:
    """Return the groups to build for; None stands for the whole force."""
    if slug == WHOLE_FORCE:
        return [None]
    if slug is None:
        found = list(rollups.groups_with_units(half))
        return [*found, None] if found else []
    group = BusinessGroup.objects.filter(slug=slug).first()
    if group is None:
        known = ", ".join(BusinessGroup.objects.values_list("slug", flat=True)) or "none"
        raise CommandError(f"--group: there is no business group “{slug}”. There are: {known}.")
    return [group]
