"""Writing an invented force into an empty database: all of it or, on any error, nothing. Set-based throughout."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, time, timedelta
from itertools import groupby, islice
from typing import Any, TypeVar

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection, models, transaction
from django.utils.text import slugify

from actions.models import Action, ProgressNote, Task
from assurance import circumstances
from assurance.models import Entry, EntryAction, EvidenceFile, EvidenceItem, Review, ReviewComment, Revision, Statement
from assurance.services.content import criteria_by_cell
from home.demo import audits, board, custody, doing, evidence, guidance, injuries, issued_audits, people, working_time
from home.demo.cast import OTHERS, OTHERS_A_ROLE, PASSWORD, SIGN_INS, Cast
from home.demo.history import EditionInForce, Rows, UnitHistory
from home.demo.names import DEMO_DOMAIN, FORCE_NAME, FORCE_SHORT_NAME
from home.demo.plan import DEMO_UNIT, FOUNDED_ON, Plan, PlannedUnit, Size, plan_force
from maturity.models import Edition, Theme
from maturity.services import editions
from organisation.models import Appointment, BusinessGroup, Force, Unit, UnitMembership, User
from organisation.periods import LONDON, Quarter, london_day
from organisation.roles import Role, Scope
from records.services import trail

# Bounds the memory of a load: some hundred units' histories at a time, a few thousand rows a statement.
UNITS_AT_A_TIME = 100
ROWS_AT_A_TIME = 2000

Row = TypeVar("Row", bound=models.Model)
Item = TypeVar("Item")


class CannotLoad(Exception):
    """The demo force cannot be loaded here; the text says why and what to do."""


@transaction.atomic
@pghistory.context(task="load_demo")  # histories tell it from what came to the database directly
def load(size: Size, *, at: datetime, progress: Callable[[int, int], None] | None = None) -> bool:
    """Write the force that `size` describes, with a history up to `at`; return False where it stands there already.

    `progress` is called with how many units are done, of how many. Raises CannotLoad where the database holds
    another force, or where no edition of the maturity model was in force in one of the quarters.
    """
    # Two loads at once: the second waits here, and then finds the first one's force.
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {connection.ops.quote_name(Force._meta.db_table)} IN SHARE ROW EXCLUSIVE MODE")
    if _already_loaded(size):
        return False
    plan = plan_force(size, today=london_day(at))
    in_force = _editions(plan.quarters)
    force = Force.objects.create(name=FORCE_NAME, short_name=FORCE_SHORT_NAME, demo_seed=str(size)[:100])
    groups = _create([BusinessGroup(name=name, slug=slugify(name)) for name in plan.groups])
    units = _create_units(plan, groups)
    cast = _create_people(plan, groups, units)
    for done in _write_histories(plan, units, cast, in_force, at):
        if progress is not None:
            progress(done, len(units))
    guidance.write(plan, groups=groups, units=units, cast=cast, themes=in_force[plan.quarters[-1]].themes, now=at)
    issued_audits.write(plan, units=units, cast=cast, now=at)
    audits.write(plan, units=units, cast=cast, now=at)
    injuries.write(plan, units=units, cast=cast, now=at)
    working_time.write(plan, units=units, cast=cast, now=at)
    custody.write(plan, cast=cast, now=at)
    board.write(groups=groups, cast=cast, now=at)
    doing.write_plan(by=cast.named["head"], at=at)
    people.write(cast=cast, at=at)
    trail.record(act="force.invented", thing=force, by=None, at=at, seed=force.demo_seed)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return True


def _already_loaded(size: Size) -> bool:
    """Whether this very force is here; raises CannotLoad where another one is."""
    force = Force.objects.first()
    if force is not None and force.demo_seed == str(size)[:100]:
        return True
    if force is not None:
        kind = f"a demo force built from “{force.demo_seed}”" if force.demo_seed else "not a demo force"
        raise CannotLoad(
            f"This database holds {force.name} already ({kind}), and nothing was changed. To load “{size}”, use an "
            "empty database: name another DATABASE_URL, or another data folder with DATA_DIR=…"
        )
    if Unit.objects.exists() or BusinessGroup.objects.exists():
        raise CannotLoad(
            "This database holds units or business groups that belong to no named force, and nothing was changed. "
            "Load the demo force into an empty database: name another DATABASE_URL or DATA_DIR."
        )
    return False


def _editions(quarters: Sequence[Quarter]) -> dict[Quarter, EditionInForce]:
    found: dict[Quarter, EditionInForce] = {}
    criteria: dict[int, Any] = {}
    for quarter in quarters:
        edition = Edition.objects.in_force(quarter.first_day)
        if edition is None:
            raise CannotLoad(
                f"No edition of the maturity model was in force in {quarter.name}. Load one first "
                "(manage.py load_model fixtures/maturity-2019.toml) or ask for fewer --quarters."
            )
        editions.mark_in_use(edition, at=edition.in_use_since or _opened(quarter))
        themes = tuple(Theme.objects.filter(edition=edition).order_by("number"))
        found[quarter] = EditionInForce(edition, themes, criteria.setdefault(edition.pk, criteria_by_cell(edition.pk)))
    return found


def _opened(quarter: Quarter) -> datetime:
    return datetime.combine(quarter.first_day, time(0, 5), tzinfo=LONDON)


def _create(rows: Iterable[Row]) -> list[Row]:
    listed = list(rows)
    if not listed:
        return []
    return type(listed[0])._default_manager.bulk_create(listed, batch_size=ROWS_AT_A_TIME)


def _create_units(plan: Plan, groups: Sequence[BusinessGroup]) -> list[Unit]:
    units = _create(
        Unit(
            name=planned.name,
            slug=slugify(planned.name),
            kind=planned.kind,
            risk_band=planned.risk_band,
            opened_on=planned.opened_on,
            closed_on=planned.closed_on,
        )
        for planned in plan.units
    )
    _create(membership for planned in plan.units for membership in _memberships(planned, units, groups))
    succession = Unit.successors.through
    succession.objects.bulk_create(
        [
            succession(from_unit_id=units[planned.number].pk, to_unit_id=units[planned.merged_into].pk)
            for planned in plan.units
            if planned.merged_into is not None
        ]
    )
    return units


def _memberships(planned: PlannedUnit, units: Sequence[Unit], groups: Sequence[BusinessGroup]) -> list[UnitMembership]:
    unit = units[planned.number]
    if planned.moved_from is None or planned.moved_on is None:
        group = groups[planned.group]
        return [UnitMembership(unit=unit, group=group, starts_on=planned.opened_on, ends_on=planned.closed_on)]
    before = UnitMembership(
        unit=unit,
        group=groups[planned.moved_from],
        starts_on=planned.opened_on,
        ends_on=planned.moved_on - timedelta(days=1),
    )
    return [before, UnitMembership(unit=unit, group=groups[planned.group], starts_on=planned.moved_on)]


# --- People -------------------------------------------------------------------------------------------------------


def _create_people(plan: Plan, groups: Sequence[BusinessGroup], units: Sequence[Unit]) -> Cast:
    # The password is public, so in production nobody can sign in with it.
    password = make_password(None if settings.PRODUCTION else PASSWORD)
    named = _create(User(email=one.email, name=one.name, password=password) for one in SIGN_INS)
    others = {
        role: _create(
            User(email=f"{local_part}-{number}@{DEMO_DOMAIN}", name=f"{name} ({number})", password=make_password(None))
            for number in range(1, OTHERS_A_ROLE + 1)
        )
        for role, (local_part, name) in OTHERS.items()
    }
    by_local_part = {one.local_part: user for one, user in zip(SIGN_INS, named, strict=True)}
    cast = Cast(by_local_part, others, demo_unit=DEMO_UNIT, demo_group=plan.units[DEMO_UNIT].group)
    _create(_appointments_of_sign_ins(cast, groups, units))
    _create(_appointments_of_others(plan, cast, groups, units))
    return cast


def _appointments_of_sign_ins(
    cast: Cast, groups: Sequence[BusinessGroup], units: Sequence[Unit]
) -> Iterable[Appointment]:
    for one in SIGN_INS:
        yield Appointment(
            person=cast.named[one.local_part],
            role=one.role,
            unit=units[cast.demo_unit] if one.role.scope is Scope.UNIT else None,
            group=groups[cast.demo_group] if one.role.scope is Scope.GROUP else None,
            starts_on=FOUNDED_ON,
        )


def _appointments_of_others(
    plan: Plan, cast: Cast, groups: Sequence[BusinessGroup], units: Sequence[Unit]
) -> Iterable[Appointment]:
    for planned in plan.units:
        if planned.number != cast.demo_unit:
            for role, person in (
                (Role.SPOC, cast.spoc(planned.number)),
                (Role.SLT_LEAD, cast.slt_lead(planned.number)),
            ):
                yield Appointment(
                    person=person,
                    role=role,
                    unit=units[planned.number],
                    starts_on=planned.opened_on,
                    ends_on=planned.closed_on,
                )
    for position, group in enumerate(groups):
        if position != cast.demo_group:
            yield Appointment(person=cast.cog_lead(position), role=Role.COG_LEAD, group=group, starts_on=FOUNDED_ON)


# --- Statements ---------------------------------------------------------------------------------------------------


def _write_histories(
    plan: Plan, units: Sequence[Unit], cast: Cast, in_force: dict[Quarter, EditionInForce], now: datetime
) -> Iterable[int]:
    """Write the units' statements, some units at a time; yield how many units are done."""
    done, samples = 0, evidence.store_samples(at=_opened(plan.quarters[0]))
    for batch in _in_batches(plan.units, UNITS_AT_A_TIME):
        rows = Rows()
        for planned in batch:
            history = UnitHistory(
                rows,
                plan=plan,
                planned=planned,
                unit=units[planned.number],
                cast=cast,
                editions=in_force,
                samples=samples,
                now=now,
            )
            history.write()
        _write(rows)
        # Foreign keys are checked now, so that the checks do not pile up in the server's memory until the end.
        connection.check_constraints()
        done += len(batch)
        yield done


def _write(rows: Rows) -> None:
    Statement.objects.bulk_create(rows.statements, batch_size=ROWS_AT_A_TIME)
    Revision.objects.bulk_create(rows.revisions, batch_size=ROWS_AT_A_TIME)
    # Quarter by quarter: an entry that was carried forward names the one that it was carried from.
    by_quarter = sorted(rows.entries, key=lambda entry: entry.revision.statement.quarter)
    for _, entries in groupby(by_quarter, key=lambda entry: entry.revision.statement.quarter):
        Entry.objects.bulk_create(list(entries), batch_size=ROWS_AT_A_TIME)
    Action.objects.bulk_create(rows.actions, batch_size=ROWS_AT_A_TIME)
    Task.objects.bulk_create(rows.tasks, batch_size=ROWS_AT_A_TIME)
    ProgressNote.objects.bulk_create(rows.notes, batch_size=ROWS_AT_A_TIME)
    EntryAction.objects.bulk_create(rows.links, batch_size=ROWS_AT_A_TIME)
    EvidenceFile.objects.bulk_create(rows.files, batch_size=ROWS_AT_A_TIME)
    # They were given before the statements were signed, which are written as signed from the start.
    with pgtrigger.ignore("assurance.EvidenceItem:signed_evidence_is_frozen"):
        EvidenceItem.objects.bulk_create(rows.items, batch_size=ROWS_AT_A_TIME)
    Review.objects.bulk_create(rows.reviews, batch_size=ROWS_AT_A_TIME)
    ReviewComment.objects.bulk_create(rows.comments, batch_size=ROWS_AT_A_TIME)
    in_order = sorted(rows.acts, key=lambda act: act.at)
    beside = _beside_the_text(rows)
    trail.write(
        trail.prepare(
            act=act.act, thing=act.thing, by=act.actor, at=act.at, **act.detail, **beside.get((act.act, act.thing), {})
        )
        for act in in_order
    )


def _beside_the_text(rows: Rows) -> dict[tuple[str, models.Model], dict[str, str]]:
    """What the trail keeps of signatures and reviews beside the text's digest, by act and revision."""
    entries: dict[Revision, dict[str, dict[str, Any]]] = defaultdict(dict)
    items: dict[Revision, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for entry in rows.entries:
        entries[entry.revision][entry.theme.identity] = _values(entry, circumstances.OF_AN_ENTRY)
    for item in rows.items:
        given = _values(item, circumstances.OF_AN_ITEM)
        items[item.entry.revision][item.entry.theme.identity].append(given)
    kept: dict[tuple[str, models.Model], dict[str, str]] = {}
    for revision in rows.revisions:
        if revision.signed_at is not None:
            values = _values(revision, circumstances.OF_THE_REVISION)
            digest = circumstances.of_a_signature(values, entries[revision], items[revision])
            kept["statement.signed", revision] = {"circumstances_digest": digest}
    said: dict[Review, list[dict[str, Any]]] = defaultdict(list)
    for comment in rows.comments:
        said[comment.review].append(_values(comment, circumstances.OF_A_COMMENT))
    for review in rows.reviews:
        digest = circumstances.of_a_review(_values(review, circumstances.OF_A_REVIEW), said[review])
        kept[f"statement.{review.decision}", review.revision] = {"review_digest": digest}
    return kept


def _values(row: models.Model, names: Sequence[str]) -> dict[str, Any]:
    """Return a row's values as the database has them: of another row, its id."""
    return {field.name: getattr(row, field.attname) for field in row._meta.concrete_fields if field.name in names}


def _in_batches(items: Iterable[Item], size: int) -> Iterable[list[Item]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
