"""Whole forces for tests, written into the tables many rows at a time: as they would stand after years of signing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from django.utils.text import slugify

from assurance.models import Entry, Review, Revision, Statement
from maturity.models import Edition, Theme
from organisation.models import BusinessGroup, RiskBand, Unit, UnitKind, UnitMembership, User
from organisation.periods import Quarter
from tests.factories.organisation import LONG_AGO, make_user

# What signing demands of a row that these tests never read.
DIGEST = "0" * 64


@dataclass(frozen=True)
class Said:
    """A revision. `levels` are by theme identity (None: no level given); themes it does not name have no entry."""

    state: str
    levels: Mapping[str, int | None] = field(default_factory=dict)
    carried: Iterable[str] = ()
    held: Iterable[str] = ()
    signed_on: date | None = None
    answers: tuple[bool, bool, bool] = (True, True, True)


def make_units(group: BusinessGroup, number: int, *, opened_on: date = LONG_AGO) -> list[Unit]:
    """So many units that have always belonged to the group, with each risk band in turn."""
    names = [f"{group.name} {position:04d}" for position in range(number)]
    bands = RiskBand.values
    units = Unit.objects.bulk_create(
        [
            Unit(
                name=name,
                slug=slugify(name),
                kind=UnitKind.OCU,
                risk_band=bands[position % len(bands)],
                opened_on=opened_on,
            )
            for position, name in enumerate(names)
        ]
    )
    UnitMembership.objects.bulk_create([UnitMembership(unit=unit, group=group, starts_on=opened_on) for unit in units])
    return units


class Pen:
    """Writes statements as if they had been filled in, signed and judged. Quarters are written in order."""

    def __init__(self) -> None:
        self.writer: User = make_user()
        self._entries: dict[tuple[int, str], Entry] = {}
        self._themes: dict[int, dict[str, Theme]] = {}

    def write(self, edition: Edition, quarter: Quarter, said: Mapping[Unit, Sequence[Said]]) -> None:
        """Write the revisions that each unit made of its statement of the quarter, in their order."""
        statements = Statement.objects.bulk_create(
            [
                Statement(unit=unit, quarter=quarter, edition=edition, opened_at=_moment(quarter.first_day))
                for unit in said
            ]
        )
        made = [
            (self._revision(statement, number, one), one)
            for statement in statements
            for number, one in enumerate(said[statement.unit], start=1)
        ]
        Revision.objects.bulk_create([revision for revision, _ in made])
        entries = Entry.objects.bulk_create(
            [entry for revision, one in made for entry in self._entries_of(revision, one)]
        )
        self._entries |= {(entry.revision.statement.unit_id, entry.theme.identity): entry for entry in entries}
        Review.objects.bulk_create(
            [self._review(revision, one) for revision, one in made if one.state in ("accepted", "returned")]
        )

    def _revision(self, statement: Statement, number: int, said: Said) -> Revision:
        at = _moment(said.signed_on or statement.quarter.first_day)
        revision = Revision(statement=statement, number=number, state=said.state)
        if said.state != "open":
            revision.completed_at, revision.completed_by = at, self.writer
        if said.state in ("signed", "accepted", "returned"):
            revision.signed_at, revision.signed_by = at, self.writer
            revision.signer_name, revision.signer_position = "A. Signer", "Superintendent"
            revision.content, revision.content_digest = {}, DIGEST
        return revision

    def _entries_of(self, revision: Revision, said: Said) -> Iterable[Entry]:
        edition = revision.statement.edition
        if edition.pk not in self._themes:
            self._themes[edition.pk] = {theme.identity: theme for theme in edition.themes.all()}
        for identity, level in said.levels.items():
            earlier = self._entries.get((revision.statement.unit_id, identity))
            entry = Entry(
                revision=revision,
                theme=self._themes[edition.pk][identity],
                level=level,
                held_without_shrmt=identity in said.held,
            )
            if identity in said.carried and earlier is not None:
                entry.carried, entry.carried_from = "confirmed", earlier
            yield entry

    def _review(self, revision: Revision, said: Said) -> Review:
        completed, reflects, improves = said.answers
        return Review(
            revision=revision,
            decision=said.state,
            appropriately_completed=completed,
            reflects_performance=reflects,
            identifies_improvement=improves,
            reasons="Give figures." if said.state == "returned" else "",
            decided_by=self.writer,
            decider_name="A. Lead",
            decided_at=revision.signed_at or _moment(revision.statement.quarter.last_day),
            content_digest=DIGEST,
        )


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=UTC)
