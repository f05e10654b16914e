"""Telling panel members that a paper has been published for them."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from organisation.models import Appointment
from organisation.periods import london_day
from organisation.roles import Role
from papers.models import Paper
from records.services import notices
from records.services.notices import News
from rendering.formats import day

PUBLISHED = "paper.published"
PANEL = frozenset({Role.PANEL_MEMBER})
BOARD = frozenset({Role.BOARD_MEMBER, Role.BOARD_SECRETARY})


def published(paper: Paper, *, at: datetime) -> None:
    """Tell every panel member, or whoever sits on the Board of a paper for the Board; the day's e-mail carries it."""
    readers = BOARD if paper.is_for_the_board else PANEL
    held = Appointment.objects.in_force(london_day(at)).to(readers).filter(person__is_active=True)
    line = f"The paper “{paper.title}” for the meeting of {day(paper.meeting_on)} has been published."
    if paper.replaces is not None:
        line += f" It takes the place of “{paper.replaces.title}” ({day(paper.replaces.meeting_on)})."
    page = reverse("papers:paper", args=[paper.pk])
    people = sorted(set(held.values_list("person_id", flat=True)))
    notices.tell_all([News(person, PUBLISHED, line, page, f"{_all_about(paper)}published") for person in people], at=at)


def withdrawn(paper: Paper, *, at: datetime) -> None:
    """Take back what no e-mail has carried yet."""
    notices.withdraw(prefix=_all_about(paper), at=at)


def _all_about(paper: Paper) -> str:
    return f"paper:{paper.pk}:"
