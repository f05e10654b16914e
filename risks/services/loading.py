"""Loading what points and scores are called, and risks of a register, from their file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from organisation.models import User
from records.services import trail
from risks.models import (
    Axis,
    BoardDecision,
    BoardMeeting,
    DecisionKind,
    Risk,
    RiskLead,
    RiskUpdate,
    ScalePoint,
    ScoreBand,
    StandingItem,
)
from risks.risksfile import RiskEntry, RisksFile
from risks.rules import Refused

AS_ON_THE_MAP = "As the Board’s own list has it."


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many risks were loaded, and which were there already and stay as they are."""

    risks: int
    there: tuple[str, ...]


@transaction.atomic
def load(said: RisksFile, *, by: User | None, at: datetime) -> Loaded:
    """Bring scale and standing items up to date, and enter the risks that the register does not have. Raises Refused.

    A risk that is there already stays as it is: what has become of it since is not the file's to change.
    """
    if said.scale is not None:
        _load_scale(said, at=at)
    if said.agenda:
        StandingItem.objects.all().delete()
        StandingItem.objects.bulk_create(
            StandingItem(position=position, title=title) for position, title in enumerate(said.agenda, start=1)
        )
    if not said.risks or said.held_on is None:
        return Loaded(0, ())
    if by is None:
        raise Refused("The register says who entered a risk: say who does, with --by E-MAIL.")
    meeting, _ = BoardMeeting.objects.get_or_create(
        held_on=said.held_on, defaults={"name": said.meeting, "made_by": by, "made_at": at}
    )
    there = set(Risk.objects.values_list("reference", flat=True))
    entered = [entry for entry in said.risks if entry.reference not in there]
    for entry in entered:
        _enter(entry, meeting, by=by, at=at)
    return Loaded(len(entered), tuple(entry.reference for entry in said.risks if entry.reference in there))


def _load_scale(said: RisksFile, *, at: datetime) -> None:
    assert said.scale is not None  # noqa: S101  # asked by the caller
    names = {Axis.LIKELIHOOD: said.scale.likelihood, Axis.IMPACT: said.scale.impact}
    for axis, points in names.items():
        for point, name in enumerate(points, start=1):
            ScalePoint.objects.update_or_create(axis=axis, points=point, defaults={"name": name})
    ScoreBand.objects.all().delete()
    ScoreBand.objects.bulk_create(
        ScoreBand(name=band.name, from_score=band.from_score, meaning=meaning)
        for band, meaning in zip(said.scale.bands, said.meanings, strict=True)
    )
    trail.record(act="risk-scale.loaded", thing=None, by=None, at=at, bands=[band.name for band in said.scale.bands])


def _enter(entry: RiskEntry, meeting: BoardMeeting, *, by: User, at: datetime) -> None:
    risk = Risk.objects.create(
        reference=entry.reference,
        title=entry.title,
        description=entry.description,
        theme=entry.theme,
        status=entry.status,
        entered_at=at,
        entered_by=by,
        changed_at=at,
        changed_by=by,
    )
    RiskLead.objects.bulk_create(RiskLead(risk=risk, post=post, starts_on=meeting.held_on) for post in entry.leads)
    minuted = {"risk": risk, "meeting": meeting, "minute": "–", "because": AS_ON_THE_MAP, "by": by, "at": at}
    BoardDecision.objects.create(kind=DecisionKind.ACCEPTED, status=entry.status, **minuted)
    if entry.trend:
        BoardDecision.objects.create(kind=DecisionKind.TREND, trend=entry.trend, **minuted)
    if entry.update:
        RiskUpdate.objects.create(risk=risk, meeting=meeting, text=entry.update, by=by, at=at)
    trail.record(act="risk.loaded", thing=risk, by=by, at=at, meeting=meeting.held_on.isoformat())
