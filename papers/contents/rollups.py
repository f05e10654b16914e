"""The roll-ups that a paper draws on: the newest version issued of each, or else its draft."""

from __future__ import annotations

from assurance.models import IssuedRollup, Rollup
from organisation.periods import HalfYear, london_day
from papers.contents.maturity_position import GroupRollup


def of_groups(half: HalfYear) -> list[GroupRollup]:
    """Return those of the business groups that have been built, by name: two queries."""
    built = (
        Rollup.objects.of_groups()
        .filter(half=half, built_at__isnull=False)
        .select_related("group")
        .order_by("group__name")
    )
    versions = IssuedRollup.objects.filter(rollup__in=built).order_by("rollup_id", "-number").distinct("rollup_id")
    newest = {issued.rollup_id: issued for issued in versions}
    return [_drawn_on(rollup, newest.get(rollup.pk)) for rollup in built]


def of_force(half: HalfYear) -> GroupRollup | None:
    """Return the force summary, where it has been built: at most two queries."""
    built = Rollup.objects.filter(half=half, group=None, built_at__isnull=False).first()
    if built is None:
        return None
    return _drawn_on(built, IssuedRollup.objects.filter(rollup=built).order_by("-number").first())


def _drawn_on(rollup: Rollup, issued: IssuedRollup | None) -> GroupRollup:
    """Return the newest figures that were issued, or else those of the draft."""
    if issued is not None:
        figures, day = issued.content["figures"], london_day(issued.issued_at)
        return GroupRollup(rollup.name, issued.as_at, figures, issued.number, day, rollup.slug)
    assert rollup.built_at is not None  # noqa: S101  # only built ones are asked for
    return GroupRollup(rollup.name, london_day(rollup.built_at), rollup.figures, slug=rollup.slug)
