"""What is known of units before it is proposed which to audit: the facts of their scores, read from the rows.

As many queries for a thousand units as for ten. Facts are those of the day of the proposal: the newest statement that
is signed and was not returned, beside the one of the quarter that was signed before it; and issued audits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, Exists, F, Max, OuterRef, Q, Subquery
from django.db.models.functions import Length, Trim

from assurance.comparing import Editions
from assurance.models import Audit, Entry, EvidenceItem, Revision, ThemeVerdict
from assurance.models.entry import Carried
from assurance.sampling import CLAIM_TO_CHECK, JUMP, QUARTERS_BACK, THIN_TEXT, AuditedBefore, Claims, UnitFacts
from assurance.services.figures import Model
from organisation.models import Unit
from organisation.models.unit import UnitQuerySet
from organisation.periods import HalfYear, Quarter, london_day


@dataclass(frozen=True)
class Effort:
    """Auditors' days: what every audit takes, what each scored theme adds, and what was set for single units."""

    per_audit: Decimal
    per_theme: Decimal
    of_units: Mapping[int, Decimal]

    def of(self, unit_id: int, themes: int) -> Decimal:
        """Return the days that an audit of the unit takes in so many themes."""
        return self.of_units.get(unit_id, self.per_audit + self.per_theme * themes)


class Signed(NamedTuple):
    """A signed revision whose levels are looked at."""

    id: int
    unit_id: int
    quarter: Quarter
    edition: str


class Row(NamedTuple):
    """A scored theme of a signed revision."""

    revision_id: int
    identity: str
    level: int | None
    carried: str
    length: int
    has_items: bool

    @property
    def rests_on_little(self) -> bool:
        return self.carried == Carried.CONFIRMED or (self.length < THIN_TEXT and not self.has_items)


def units_of(half: HalfYear, *, as_at: date) -> UnitQuerySet:
    """Return the units that could be audited in the half: there in it, and not ended before today."""
    return Unit.objects.filter(
        Q(closed_on=None) | Q(closed_on__gte=max(as_at, half.first_day)), opened_on__lte=half.last_day
    )


def facts_of(half: HalfYear, effort: Effort, *, as_at: date) -> list[UnitFacts]:
    """Return every unit that could be audited in the half, as its score sees it on the day."""
    model = Model(half)
    themes = len(model.scored)
    bands = dict(units_of(half, as_at=as_at).order_by().values_list("pk", "risk_band"))
    claims = _claims(bands, model.editions, as_at)
    audits = _audits(bands)
    return [UnitFacts(pk, band, effort.of(pk, themes), claims.get(pk), audits.get(pk)) for pk, band in bands.items()]


def _claims(units: Collection[int], editions: Editions, as_at: date) -> dict[int, Claims]:
    """What the units' newest signed statements claim: three queries."""
    signed = _signed(units, as_at)
    rows = _rows([one.id for both in signed.values() for one in both])
    return {unit: _claims_of(both, rows, editions) for unit, both in signed.items()}


def _signed(units: Collection[int], as_at: date) -> dict[int, list[Signed]]:
    """Return the standing revisions of the last two quarters in which each unit signed anything, the newest first."""
    newest = Quarter.of(as_at)
    standing = (
        Revision.objects.standing()
        .filter(
            statement__unit__in=units,
            statement__quarter__gt=newest.plus(-QUARTERS_BACK),
            statement__quarter__lte=newest,
        )
        .order_by("statement__unit_id", "-statement__quarter", "-number")
        .distinct("statement__unit_id", "statement__quarter")
    )
    found: dict[int, list[Signed]] = defaultdict(list)
    for row in standing.values_list("pk", "statement__unit_id", "statement__quarter", "statement__edition__code"):
        one = Signed(*row)
        if len(found[one.unit_id]) < 2:  # the newest and the one before
            found[one.unit_id].append(one)
    return found


def _rows(revisions: Collection[int]) -> dict[int, list[Row]]:
    """Return the scored themes of the revisions, each text by its length."""
    items = EvidenceItem.objects.filter(entry=OuterRef("pk"))
    rows = (
        Entry.objects.filter(revision__in=revisions, theme__scored=True)
        .order_by()
        .values_list("revision", "theme__identity", "level", "carried", Length(Trim("evidence")), Exists(items))
    )
    found: dict[int, list[Row]] = defaultdict(list)
    for row in map(Row._make, rows):
        found[row.revision_id].append(row)
    return found


def _claims_of(signed: list[Signed], rows: Mapping[int, list[Row]], editions: Editions) -> Claims:
    now, *before = signed
    themes = rows.get(now.id, [])
    jumped = 0
    for last in before:
        levels = {row.identity: row.level for row in rows.get(last.id, [])}
        jumped = sum(
            (row.level or 0) - (levels.get(row.identity) or row.level or 0) >= JUMP
            and editions.comparable(now.edition, last.edition, row.identity)
            for row in themes
        )
    return Claims(
        quarter=str(now.quarter),
        themes=len(themes),
        high=sum((row.level or 0) >= CLAIM_TO_CHECK for row in themes),
        jumped=jumped,
        thin_or_carried=sum(row.rests_on_little for row in themes),
    )


def _audits(units: Collection[int]) -> dict[int, AuditedBefore]:
    """What the units' issued audits found: when the last was issued, and how many claims were too high. Two queries.

    A claim is the level of the same theme in the revision that the audit validates. Verdicts without a level, and
    themes for which nothing was claimed, are no pair.
    """
    claimed = Entry.objects.filter(
        revision=OuterRef("audit__revision"), theme__identity=OuterRef("theme__identity")
    ).values("level")[:1]
    verdicts = (
        ThemeVerdict.objects.filter(audit__in=Audit.objects.out(), audit__unit__in=units, level__isnull=False)
        .annotate(claimed=Subquery(claimed))
        .filter(claimed__isnull=False)
        .order_by()
        .values("audit__unit")
        .annotate(compared=Count("pk"), too_high=Count("pk", filter=Q(claimed__gt=F("level"))))
        .values_list("audit__unit", "compared", "too_high")
    )
    pairs = {unit: (compared, too_high) for unit, compared, too_high in verdicts}
    issued = Audit.objects.out().filter(unit__in=units).order_by().values_list("unit").annotate(last=Max("issued_at"))
    return {unit: AuditedBefore(london_day(last), *pairs.get(unit, (0, 0))) for unit, last in issued}
