"""What reviewers are pointed to in a group's signed statements of a quarter: the rules' facts, read from the rows.

A fixed number of queries, however many units there are. Rows of signed revisions are frozen with the signature, so they
say what was signed; texts are compared in the database, which sends what stands for them and not the texts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import Case, F, Func, Min, Q, QuerySet, TextField, Value, When
from django.db.models.functions import MD5, Length, Lower, Trim

from actions.models import Action, ActionStatus
from assurance.models import Entry, EntryAction, EvidenceItem, Revision, RevisionState, Statement
from assurance.models.statement import FROZEN
from assurance.points import (
    LONG_ENOUGH_TO_COPY,
    Aim,
    Earlier,
    Evidence,
    LateAction,
    Point,
    StatementFacts,
    ThemeFacts,
    Twin,
    Validated,
    changed_in_words,
    points_to_look_at,
)
from assurance.validated import last_validated
from maturity import applying
from maturity.models import Criterion, NotComparable, Target
from organisation.models import BusinessGroup
from organisation.periods import Quarter
from organisation.permissions import Person
from rendering.formats import day as in_words


class SignedRow(NamedTuple):
    """A signed revision as it is judged here."""

    id: int
    number: int
    state: str
    digest: str
    completed_by: int | None
    signed_by: int | None
    edition_id: int
    quarter: Quarter
    unit_id: int
    unit: str
    slug: str
    risk_band: str


SIGNED_COLUMNS = (
    "pk",
    "number",
    "state",
    "content_digest",
    "completed_by",
    "signed_by",
    "statement__edition",
    "statement__quarter",
    "statement__unit",
    "statement__unit__name",
    "statement__unit__slug",
    "statement__unit__risk_band",
)


@dataclass(frozen=True, slots=True)
class Looked:
    """The newest signed revision of a unit's statement, with what there is to look at in it.

    `changed` is since `last`, the last quarter with something signed; None where nothing was signed before. `carried`
    of the `scored` themes were carried forward and confirmed unchanged. `validated` says by theme what was last found.
    """

    revision: SignedRow
    points: tuple[Point, ...]
    changed: tuple[str, ...]
    last: Quarter | None
    carried: int
    scored: int
    validated: Mapping[str, Validated]

    @property
    def awaits_review(self) -> bool:
        return self.revision.state == RevisionState.SIGNED

    @property
    def points_by_theme(self) -> Mapping[str, tuple[Point, ...]]:
        found: dict[str, tuple[Point, ...]] = {}
        for point in self.points:
            if point.theme is not None:
                found[point.theme] = (*found.get(point.theme, ()), point)
        return found


class EntryRow(NamedTuple):
    """A theme of a signed revision."""

    id: int
    revision_id: int
    theme_id: int
    identity: str
    name: str
    scored: bool
    level: int | None
    carried: str
    criteria_met: Sequence[int]
    wording: str
    length: int


def look_at(
    units: Collection[int], quarter: Quarter, *, group: BusinessGroup, reader: Person, today: date
) -> dict[int, Looked]:
    """Return what there is to look at in the signed statements of a group's units, by unit id.

    Units without anything signed are not in it, nor those whose statements the reader may not read: their texts are
    not compared with either. Targets are those that applied on the quarter's last day, or today; actions, and what
    audits last found, stand as they do today.
    """
    readable = Statement.objects.visible_to(reader).filter(quarter=quarter, unit__in=units)
    now = _signed(Revision.objects.filter(statement__in=readable), "-number", of_one="statement_id")
    before = {row.unit_id: row for row in _last_signed([row.unit_id for row in now], quarter)}
    entries = _entries([row.id for row in (*now, *before.values())])
    themes = _ThemesOf(now, before, entries, group, day=min(today, quarter.last_day), today=today)
    return {row.unit_id: themes.looked(row) for row in now}


def _signed(revisions: QuerySet[Revision], *order: str, of_one: str) -> list[SignedRow]:
    """Return the first of the signed revisions of each statement, or of each unit, in the order given."""
    found = revisions.filter(state__in=FROZEN).order_by(of_one, *order).distinct(of_one)
    return [SignedRow(*row) for row in found.values_list(*SIGNED_COLUMNS)]


def last_signed(unit: int, before: Quarter) -> int | None:
    """Return the id of what a unit signed in the last quarter before this in which it signed anything."""
    return next((row.id for row in _last_signed([unit], before)), None)


def _last_signed(units: Collection[int], quarter: Quarter) -> list[SignedRow]:
    """What was signed in each unit's last signed quarter: one that was returned only where no other was signed."""
    returned = Case(When(state=RevisionState.RETURNED, then=1), default=0)
    earlier = Revision.objects.filter(statement__unit__in=units, statement__quarter__lt=quarter)
    return _signed(
        earlier.alias(returned=returned), "-statement__quarter", "returned", "-number", of_one="statement__unit_id"
    )


def _entries(revisions: Collection[int]) -> dict[int, list[EntryRow]]:
    """Return the themes of revisions in their order, each text by what stands for its words."""
    blanks = Func(
        F("evidence"), Value(r"\s+"), Value(" "), Value("g"), function="regexp_replace", output_field=TextField()
    )
    rows = (
        Entry.objects.filter(revision__in=revisions)
        .alias(words=Lower(Trim(blanks)))
        .annotate(wording=MD5("words"), length=Length("words"))
        .order_by("theme__number")
        .values_list(
            "pk",
            "revision",
            "theme",
            "theme__identity",
            "theme__name",
            "theme__scored",
            "level",
            "carried",
            "criteria_met",
            "wording",
            "length",
        )
    )
    found: dict[int, list[EntryRow]] = defaultdict(list)
    for row in map(EntryRow._make, rows):
        found[row.revision_id].append(row if row.length else row._replace(wording=""))
    return found


class _ThemesOf:
    """The facts of a group's signed statements, put together theme by theme. Reads the rest of the rows once."""

    def __init__(
        self,
        now: Sequence[SignedRow],
        before: Mapping[int, SignedRow],
        entries: Mapping[int, Sequence[EntryRow]],
        group: BusinessGroup,
        *,
        day: date,
        today: date,
    ) -> None:
        self._before, self._entries, self._group, self._day = before, entries, group, day
        units = [row.unit_id for row in now]
        self._items = _items(entries)
        self._criteria = _criteria({entry.theme_id for row in now for entry in entries[row.id] if entry.criteria_met})
        self._found = last_validated(units, until=today)
        self._not_comparable = _not_comparable(
            {(row.edition_id, last.edition_id) for row, last in self._pairs(now)}
            | {
                both
                for row in now
                for one in self._found.get(row.unit_id, {}).values()
                # An audit may be on a later edition than the statement that is looked at.
                for both in ((row.edition_id, one.edition_id), (one.edition_id, row.edition_id))
            }
        )
        self._targets, self._endorsed = _targets(group, units, day)
        self._raised, self._late = _open_actions(units, [row.id for row in now], today)
        self._twins: dict[str, list[tuple[int, Twin]]] = defaultdict(list)
        for row in now:
            for entry in entries[row.id]:
                if entry.length >= LONG_ENOUGH_TO_COPY:
                    self._twins[entry.wording].append((row.unit_id, Twin(row.unit, row.slug, entry.name)))

    def _pairs(self, now: Iterable[SignedRow]) -> list[tuple[SignedRow, SignedRow]]:
        return [(row, self._before[row.unit_id]) for row in now if row.unit_id in self._before]

    def looked(self, row: SignedRow) -> Looked:
        """Return one signed statement with its points."""
        last = self._before.get(row.unit_id)
        late = self._late.get(row.unit_id, {})
        under_a_theme = {action for entry in self._entries[row.id] for action in self._raised.get(entry.id, ())}
        facts = StatementFacts(
            str(row.quarter),
            tuple(self._theme(row, entry, last) for entry in self._entries[row.id]),
            late=tuple(action for pk, action in late.items() if pk not in under_a_theme),
        )
        return Looked(
            revision=row,
            points=points_to_look_at(facts),
            changed=changed_in_words(facts),
            last=last.quarter if last else None,
            carried=facts.merely_carried,
            scored=len(facts.scored),
            validated={theme.identity: theme.validated for theme in facts.scored if theme.validated is not None},
        )

    def _theme(self, row: SignedRow, entry: EntryRow, last: SignedRow | None) -> ThemeFacts:
        claimed = self._criteria.get((entry.theme_id, entry.level or 0), frozenset())
        raised = self._raised.get(entry.id, ())
        late = self._late.get(row.unit_id, {})
        return ThemeFacts(
            entry.identity,
            entry.name,
            scored=entry.scored,
            level=entry.level,
            evidence=self._evidence(entry),
            criteria=len(claimed),
            criteria_met=len(claimed & set(entry.criteria_met)),
            carried=entry.carried,
            open_actions=len(raised),
            late=tuple(late[action] for action in raised if action in late),
            last=self._earlier(row, entry, last),
            validated=self._validated(row, entry),
            target=self._target(row, entry),
            twins=tuple(twin for unit, twin in self._twins.get(entry.wording, ()) if unit != row.unit_id),
        )

    def _evidence(self, entry: EntryRow) -> Evidence:
        return Evidence(entry.wording, entry.length, frozenset(self._items.get(entry.id, ())))

    def _earlier(self, row: SignedRow, entry: EntryRow, last: SignedRow | None) -> Earlier | None:
        """What the last signed quarter says about the theme, if it was scored as this one is."""
        then = next((one for one in self._entries[last.id] if one.identity == entry.identity), None) if last else None
        if last is None or then is None or then.scored != entry.scored:
            return None
        why_not = self._not_comparable.get((row.edition_id, last.edition_id, entry.identity), "")
        return Earlier(str(last.quarter), then.level, self._evidence(then), why_not)

    def _validated(self, row: SignedRow, entry: EntryRow) -> Validated | None:
        """What an audit last found of the theme, whichever of the unit's statements it validated."""
        found = self._found.get(row.unit_id, {}).get(entry.identity)
        if found is None:
            return None
        either = ((row.edition_id, found.edition_id), (found.edition_id, row.edition_id))
        why_not = next((why for both in either if (why := self._not_comparable.get((*both, entry.identity)))), "")
        return Validated(found.level, found.on, f"Audit {found.reference}", why_not)

    def _target(self, row: SignedRow, entry: EntryRow) -> Aim | None:
        target = applying.choose(
            self._targets,
            unit_id=row.unit_id,
            group_id=self._group.pk,
            risk_band=row.risk_band,
            theme=entry.identity,
            day=self._day,
        )
        return Aim(target.level, target.by_on, self._endorsed[target.id]) if target else None


def _items(revisions: Iterable[int]) -> Mapping[int, list[str]]:
    """Return what stands for the links and files of each entry: an address, or the bytes, whatever they are called."""
    found: dict[int, list[str]] = defaultdict(list)
    items = EvidenceItem.objects.filter(entry__revision__in=list(revisions)).order_by()
    for entry, url, blob in items.values_list("entry", "url", "file__blob"):
        found[entry].append(url or f"blob {blob}")
    return found


def _criteria(themes: Collection[int]) -> Mapping[tuple[int, int], frozenset[int]]:
    """Return the ids of the criteria of each theme and level."""
    found: dict[tuple[int, int], set[int]] = defaultdict(set)
    criteria = Criterion.objects.filter(theme__in=themes).order_by()
    for theme, level, pk in criteria.values_list("theme", "level__number", "pk"):
        found[theme, level].add(pk)
    return {cell: frozenset(ids) for cell, ids in found.items()}


def _not_comparable(editions: Collection[tuple[int, int]]) -> Mapping[tuple[int, int, str], str]:
    """Return why themes do not compare, by (edition, earlier one, identity). One query, or none within one edition."""
    asked = Q(pk__in=[])
    for edition, earlier in editions:
        if edition != earlier:
            asked |= Q(edition=edition, earlier=earlier)
    rows = NotComparable.objects.filter(asked).values_list("edition", "earlier", "identity", "reason")
    return {(edition, earlier, identity): reason for edition, earlier, identity, reason in rows}


def _targets(
    group: BusinessGroup, units: Collection[int], day: date
) -> tuple[list[applying.TargetFacts], dict[int, str]]:
    """Return the targets that may apply to units of the group, and by whom each was endorsed and when."""
    targets = Target.objects.on(day).filter(Q(group=None) | Q(group=group), Q(unit=None) | Q(unit__in=units))
    facts, endorsed = [], {}
    for one in targets:
        facts.append(
            applying.TargetFacts(
                one.pk, one.level, one.by_on, one.group_id, one.unit_id, tuple(one.risk_bands), one.theme_identity
            )
        )
        endorsed[one.pk] = f"endorsed by {one.endorsed_by} on {in_words(one.endorsed_on)}"
    return facts, endorsed


def _open_actions(
    units: Collection[int], revisions: Collection[int], today: date
) -> tuple[Mapping[int, list[int]], Mapping[int, dict[int, LateAction]]]:
    """Return the ids of the open actions under each entry, and by unit those that are overdue. Two queries."""
    raised: dict[int, list[int]] = defaultdict(list)
    links = EntryAction.objects.filter(entry__revision__in=revisions, action__status=ActionStatus.OPEN)
    for entry, action in links.order_by("action").values_list("entry", "action"):
        raised[entry].append(action)
    late: dict[int, dict[int, LateAction]] = defaultdict(dict)
    waiting = Q(tasks__done_at=None, tasks__due_on__lt=today)
    overdue = Action.objects.filter(unit__in=units).overdue(today).annotate(since=Min("tasks__due_on", filter=waiting))
    for pk, unit, title, since in overdue.order_by("pk").values_list("pk", "unit", "title", "since"):
        late[unit][pk] = LateAction(title, since)
    return raised, late
