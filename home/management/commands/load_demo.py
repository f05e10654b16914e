from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from home.demo import loading
from home.demo.plan import DEFAULT_QUARTERS, DEFAULT_SEED, DEFAULT_UNITS, Size

MOST_UNITS = 20_000
MOST_QUARTERS = 40


class Command(BaseCommand):
    help = "Fill an empty database with a fictional force; the same seed gives the same force."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--units", type=int, default=DEFAULT_UNITS, help="how many units (default %(default)s)")
        parser.add_argument(
            "--quarters",
            type=int,
            default=DEFAULT_QUARTERS,
            help="how many quarters of history, up to and with the current one (default %(default)s)",
        )
        parser.add_argument(
            "--group-size", type=int, help="units in each business group (default: seven groups of unequal size)"
        )
        parser.add_argument(
            "--seed", default=DEFAULT_SEED, help="what the force is generated from (default %(default)s)"
        )

    def handle(self, *, units: int, quarters: int, group_size: int | None, seed: str, **options: Any) -> None:  # noqa: ARG002  # Django's signature
        size = _size(seed=seed, units=units, quarters=quarters, group_size=group_size)
        try:
            loaded = loading.load(size, at=timezone.now(), progress=self._say_progress)
        except loading.CannotLoad as reason:
            raise CommandError(str(reason)) from reason
        if loaded:
            self.stdout.write(f"Loaded the demo force “{size}”.")
        else:
            self.stdout.write(f"The demo force “{size}” is loaded already; nothing was changed.")

    def _say_progress(self, done: int, of: int) -> None:
        if done % 1000 == 0:
            self.stderr.write(f"{done:,} of {of:,} units")


def _size(*, seed: str, units: int, quarters: int, group_size: int | None) -> Size:
    if not 1 <= units <= MOST_UNITS:
        raise CommandError(f"--units is {units}; give a number from 1 to {MOST_UNITS:,}.")
    if not 1 <= quarters <= MOST_QUARTERS:
        raise CommandError(f"--quarters is {quarters}; give a number from 1 to {MOST_QUARTERS}.")
    if group_size is not None and group_size < 1:
        raise CommandError(f"--group-size is {group_size}; give a number of units, 1 or more.")
    if not seed.strip() or len(seed) > 40:
        raise CommandError("--seed is the word that the force is generated from: 1 to 40 characters.")
    return Size(seed=seed, units=units, quarters=quarters, group_size=group_size)
