"""Reading how audits judged what units claimed: counted in the database, by a query for each table that is shown.

A pair is what an issued audit of a unit says of a theme, and what the very revision it validates claims of the same
theme. Claims of business groups (their leads' own assessments) are no pairs here. A unit counts for the group it was in
on the day the report was issued: whoever led the group then answers for its claims (docs/decisions/0020).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, NamedTuple

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncDate, TruncQuarter

from assurance.agreement import Pair
from assurance.agreement_findings import Audited, Outcome, together
from assurance.models import Audit, AuditorAssignment, Entry, ThemeVerdict
from assurance.rollup import AuditedClaims
from assurance.validated import issued_verdicts
from maturity.models import Theme
from organisation.models import BusinessGroup, Unit, UnitMembership, User
from organisation.periods import HalfYear, Quarter, london_day
from organisation.permissions import Person
from rendering.formats import LONDON


class By(Enum):
    """What pairs are counted by: the columns that tell the parts apart."""

    THEME = "theme__identity"
    GROUP = "group"
    UNIT = "audit__unit_id"
    AUDITOR = "lead"
    QUARTER = "quarter_of_issue"


@dataclass(frozen=True, slots=True)
class Scope:
    """Which claims are meant: all judged in reports issued until a day, or of them one group's, theme's, auditor's …"""

    until: date
    group: BusinessGroup | None = None
    theme: str = ""
    auditor: User | None = None
    unit: Unit | None = None
    half: HalfYear | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of a scope's claims are listed: with such a claim, such a level found, and come out like this."""

    claim: int | None = None
    found: int | None = None
    outcome: Outcome | None = None


def audited_by(by: By, scope: Scope) -> dict[Any, Audited]:
    """Return what was audited by part: one query. Keys are ids, identities, or the first days of quarters.

    None stands for what has no part: reports whose lead auditor is not on record, units that were in no group.
    """
    rows = (
        _verdicts(scope)
        .order_by()
        .values_list(by.value, "claim", "level", "theme__scored", "not_enough_evidence")
        .annotate(number=Count("pk"))
    )
    pairs: dict[Hashable, Counter[Pair]] = defaultdict(Counter)
    rest: dict[Hashable, Counter[str]] = defaultdict(Counter)
    for key, claim, level, scored, not_enough_evidence, number in rows:
        why_none = _why_no_pair(claim, level, scored=scored, not_enough_evidence=not_enough_evidence)
        if why_none:
            rest[key][why_none] += number
        else:
            pairs[key][claim, level] += number
    return {key: Audited(pairs[key], **rest[key]) for key in {*pairs, *rest}}


def audited_claims(scope: Scope) -> AuditedClaims:
    """Return how many claims of the scope were confirmed, as roll-ups and papers say it: one query."""
    audited = together(audited_by(By.THEME, scope).values())
    counts = audited.counts
    return AuditedClaims(counts.pairs, counts.confirmed, counts.too_high, counts.too_low, audited.not_enough_evidence)


def by_half(scope: Scope) -> dict[HalfYear, Audited]:
    """Return what was audited by the half-year in which the report was issued, the earliest first: one query."""
    from_quarters: dict[HalfYear, list[Audited]] = defaultdict(list)
    for first_day, audited in audited_by(By.QUARTER, scope).items():
        from_quarters[Quarter.of(first_day).half].append(audited)
    return {half: together(parts) for half, parts in sorted(from_quarters.items(), key=lambda one: one[0].first_day)}


def theme_names() -> Mapping[str, str]:
    """Return what each theme is called in the newest edition that has it, in the order of the model: one query."""
    newest = Theme.objects.order_by("identity", "-edition__starts_on").distinct("identity")
    rows = sorted(newest.values_list("number", "identity", "name"))
    return {identity: name for _, identity, name in rows}


class JudgedClaim(NamedTuple):
    """What an issued report and the statement it validates say of a theme. Levels are None where there is none."""

    audit: int
    reference: str
    issued_at: datetime
    unit: str
    unit_slug: str
    quarter: Quarter
    revision: int
    theme: str
    scored: bool
    claim: int | None
    level: int | None
    not_enough_evidence: bool

    @property
    def issued_on(self) -> date:
        return london_day(self.issued_at)

    @property
    def in_words(self) -> str:
        """How the verdict stands to the claim."""
        if not self.scored:
            return "Not scored"
        if self.not_enough_evidence:
            return "Not enough evidence to judge"
        if self.claim is None or self.level is None:
            return "No level claimed" if self.claim is None else "No level in the report"
        steps = abs(self.claim - self.level)
        if not steps:
            return "Confirmed"
        levels = "one level" if steps == 1 else f"{steps} levels"
        return f"Too {'high' if self.claim > self.level else 'low'} by {levels}"


# What a list reads of each claim, in the order of `JudgedClaim`.
JUDGED = (
    "audit",
    "audit__reference",
    "audit__issued_at",
    "audit__unit__name",
    "audit__unit__slug",
    "audit__revision__statement__quarter",
    "audit__revision__number",
    "theme__name",
    "theme__scored",
    "claim",
    "level",
    "not_enough_evidence",
)
CLAIMED = Q(theme__scored=True, claim__isnull=False)
COMPARED = CLAIMED & Q(level__isnull=False)
CAME_OUT = {
    Outcome.COMPARED: COMPARED,
    Outcome.CONFIRMED: COMPARED & Q(level=F("claim")),
    Outcome.TOO_HIGH: COMPARED & Q(level__lt=F("claim")),
    Outcome.TOO_LOW: COMPARED & Q(level__gt=F("claim")),
    Outcome.NOT_ENOUGH_EVIDENCE: CLAIMED & Q(not_enough_evidence=True),
    Outcome.NO_CLAIM: Q(theme__scored=True, claim=None),
    Outcome.NOT_SCORED: Q(theme__scored=False),
    Outcome.NO_VERDICT: CLAIMED & Q(level=None, not_enough_evidence=False),
}


def judged_claims(scope: Scope, wanted: Wanted = Wanted(), *, reader: Person) -> QuerySet[Any, Any]:
    """Return the scope's claims that the reader may read with their verdicts, as rows of `JUDGED`, the newest first.

    One query, made when the rows are asked for.
    """
    found = _verdicts(scope).filter(audit__in=Audit.objects.visible_to(reader))
    if wanted.claim is not None:
        found = found.filter(Q(claim=wanted.claim))
    if wanted.found is not None:
        found = found.filter(level=wanted.found)
    if wanted.outcome is not None:
        found = found.filter(CAME_OUT[wanted.outcome])
    return found.order_by("-audit__issued_at", "-audit_id", "theme__number").values_list(*JUDGED)


def _why_no_pair(claim: int | None, level: int | None, *, scored: bool, not_enough_evidence: bool) -> str:
    """Return the name by which `Audited` counts a theme that makes no pair; "" for a pair."""
    if not scored:
        return "not_scored"
    if claim is None:
        return "no_claim"
    if not_enough_evidence:
        return "not_enough_evidence"
    return "no_verdict" if level is None else ""


def _verdicts(scope: Scope) -> QuerySet[ThemeVerdict]:
    """The verdicts of the scope, each with the level claimed, the lead auditor and the group and quarter of issue."""
    claims = Entry.objects.filter(revision=OuterRef("audit__revision"), theme=OuterRef("theme"))
    lead = AuditorAssignment.objects.standing().filter(audit=OuterRef("audit"), leads=True)
    # The latest membership that had begun: that of the day or, of a unit that had ended by then, its last.
    in_group = UnitMembership.objects.filter(
        unit=OuterRef("audit__unit"), starts_on__lte=OuterRef("issued_on")
    ).order_by("-starts_on")
    found = (
        issued_verdicts(until=scope.until)
        .annotate(issued_on=TruncDate("audit__issued_at", tzinfo=LONDON))
        .annotate(
            claim=Subquery(claims.values("level")[:1]),
            lead=Subquery(lead.values("auditor")[:1]),
            group=Subquery(in_group.values("group")[:1]),
            quarter_of_issue=TruncQuarter("issued_on"),
        )
    )
    if scope.group is not None:
        found = found.filter(group=scope.group.pk)
    if scope.theme:
        found = found.filter(theme__identity=scope.theme)
    if scope.auditor is not None:
        found = found.filter(lead=scope.auditor.pk)
    if scope.half is not None:
        found = found.filter(issued_on__gte=scope.half.first_day, issued_on__lte=scope.half.last_day)
    return found if scope.unit is None else found.filter(audit__unit=scope.unit)
