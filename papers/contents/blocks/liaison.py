"""Dealings with the Health and Safety Executive, and the investigations of SHRMT."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from papers.contents.block import Asked, Block, Source
from papers.contents.pieces import Pieces, bullets, paragraph
from rendering.formats import day, so_many
from risks.models import EnforcementNotice, Investigation, LiaisonMeeting, Notification

# A paper tells of the year before its meeting.
LOOKS_BACK = timedelta(days=365)


def _year(asked: Asked) -> tuple[date, date]:
    return asked.meeting_on - LOOKS_BACK, asked.meeting_on - timedelta(days=1)


def gather_liaison(asked: Asked) -> dict[str, Any]:
    """Return what stands of the year before the meeting: meetings with the HSE, its notices, what was notified."""
    met = LiaisonMeeting.objects.standing().filter(held_on__range=_year(asked)).order_by("held_on", "pk")
    notices = EnforcementNotice.objects.standing().filter(served_on__range=_year(asked)).select_related("kind")
    notified = Notification.objects.standing().filter(event_on__range=_year(asked)).select_related("kind")
    kinds: dict[str, int] = {}
    for one in notified.order_by("kind__position"):
        kinds[one.kind.name] = kinds.get(one.kind.name, 0) + 1
    return {
        "meetings": [{"on": day(one.held_on), "office": one.office, "about": one.about} for one in met],
        "notices": [
            {
                "on": day(one.served_on),
                "kind": one.kind.name,
                "asks": one.asks,
                "comply_by": day(one.comply_by),
                "complied": f"complied with on {day(one.complied_on)}" if one.complied_on else "not yet complied with",
            }
            for one in notices.order_by("served_on", "pk")
        ],
        "notified": kinds,
    }


def lay_liaison(data: Mapping[str, Any], options: Mapping[str, Any]) -> Pieces:  # noqa: ARG001  # has none
    """Tell of each meeting, then of notices and of what was notified; say where there was none."""
    for meeting in data["meetings"]:
        yield paragraph(f"On {meeting['on']}, the force met the HSE ({meeting['office']}). What it was about:")
        yield bullets(filter(None, (line.strip(" -*\t") for line in meeting["about"].splitlines())))
    if not data["meetings"]:
        yield paragraph("No liaison meeting with the HSE was held in the year before this paper.")
    if data["notices"]:
        yield paragraph("Notices that the HSE served:")
        yield bullets(
            f"{one['kind']}, {one['on']}: {one['asks']} To be complied with by {one['comply_by']}; {one['complied']}."
            for one in data["notices"]
        )
    else:
        yield paragraph("The HSE served no notice in that year.")
    if data["notified"]:
        yield paragraph("What was notified to the HSE, by the day of the event:")
        yield bullets(f"{kind}: {number}" for kind, number in data["notified"].items())


def gather_investigations(asked: Asked) -> dict[str, Any] | None:
    """Return the investigations of the year before the meeting: those completed, and those under way."""
    begun = Investigation.objects.filter(commissioned_on__lt=asked.meeting_on)
    done = begun.filter(completed_on__range=_year(asked)).order_by("completed_on", "pk")
    open_still = begun.filter(completed_on=None).order_by("commissioned_on", "pk")
    if not done and not open_still:
        return None
    return {"completed": [one.title for one in done], "under_way": [one.title for one in open_still]}


def lay_investigations(data: Mapping[str, Any], options: Mapping[str, Any]) -> Pieces:  # noqa: ARG001  # has none
    """List the investigations that were completed, and count those under way."""
    if data["completed"]:
        yield paragraph("SHRMT completed these investigations in the year before this paper:")
        yield bullets(data["completed"])
    if data["under_way"]:
        number = len(data["under_way"])
        what = "more investigation" if data["completed"] else "investigation"
        yield paragraph(f"{so_many(number, what)} {'is' if number == 1 else 'are'} under way.")


BLOCKS = (
    Block("hse-liaison", "Dealings with the HSE", Source("liaison", gather_liaison), lay_liaison),
    Block(
        "investigations",
        "Investigations completed and under way",
        Source("investigations", gather_investigations),
        lay_investigations,
        "No investigation was completed in the year before the paper’s meeting, and none is under way.",
    ),
)
