"""What waits for a person: a few lines for each role they hold today, each with where to go.

Every role costs a fixed number of queries, however many units, statements or papers there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.urls import reverse

from actions.models import Action
from assurance.audit_permissions import revisions_to_read_from_outside
from assurance.models import (
    AuditProgramme,
    IssuedRollup,
    MentoringRecord,
    ProgrammeState,
    Redaction,
    RedactionState,
    Revision,
    RevisionState,
    Rollup,
    UnitAdviser,
)
from assurance.models.statement import DRAFT
from assurance.worklist import ReviewState, WorkList, work_lists
from home.lines import LATE, NEEDS_YOU, SETTLED, WAITS, Line, Part
from home.services.failures import failed_lately
from home.waiting_audits import audits_waiting
from organisation.models import Appointment, BusinessGroup, Unit, UnitMembership, User
from organisation.models.unit import WHOLE_FORCE
from organisation.periods import LONDON, HalfYear, Quarter
from organisation.roles import GROUP_ROLES, INSIDE_THE_FORCE, UNIT_ROLES, Role
from papers.models import Paper, PaperState
from rendering.formats import count, day, so_many

MOST_STATEMENTS = 20
MOST_PAPERS = 3
MOST_REDACTIONS = 5
READS_THE_FORCE = frozenset({Role.SHRMT, Role.HEAD})
BOARD_ROLES = frozenset({Role.BOARD_MEMBER, Role.BOARD_SECRETARY})


def waiting_for(appointments: Sequence[Appointment], *, today: date) -> list[Part]:
    """Return what waits for somebody with these appointments, most pressing first; empty without any."""
    roles = {Role(held.role) for held in appointments}
    parts: list[Part] = []
    if roles & UNIT_ROLES:
        parts.append(_own_statements(appointments, today=today))
    if roles & GROUP_ROLES:
        parts += _own_groups(appointments, today=today)
    if roles & (UNIT_ROLES | GROUP_ROLES):
        parts.append(_own_actions(appointments, today=today))
    if roles & (UNIT_ROLES | READS_THE_FORCE):
        parts += _advice(appointments, roles, today=today)
    parts += audits_waiting(appointments, roles, today=today)
    if roles & READS_THE_FORCE:
        parts += [*_redactions(roles), *_programmes(roles, today)]
        parts += [_papers_in_preparation(roles), _whole_force(roles, today)]
    if Role.ADMINISTRATOR in roles:
        parts += _failed_work(today)
    if Role.EXTERNAL_AUDITOR in roles:
        parts.append(_statements_from_outside(appointments[0].person))
    if roles & BOARD_ROLES:
        parts.append(_issued_reports(today))
    if roles:
        parts.append(_published_papers())
    if roles & INSIDE_THE_FORCE:
        parts.append(_model())
    return parts


# --- The unit's statement -----------------------------------------------------------------------------------------


def _own_statements(appointments: Iterable[Appointment], *, today: date) -> Part:
    quarter = Quarter.of(today)
    roles_by_unit: dict[int, set[Role]] = {}
    units: dict[int, Unit] = {}
    for held in appointments:
        if held.unit is not None and Role(held.role) in UNIT_ROLES:
            units[held.unit.pk] = held.unit
            roles_by_unit.setdefault(held.unit.pk, set()).add(Role(held.role))
    newest = [one for one in _newest_revisions(roles_by_unit, quarter) if one.statement.is_expected]
    lines = [_statement_line(one, roles_by_unit[one.statement.unit_id], today=today) for one in newest]
    opened = {one.statement.unit_id for one in newest if one.statement.quarter == quarter}
    not_opened: list[str] = []
    ended: list[str] = []
    for unit in units.values():
        if unit.pk not in opened:
            (not_opened if unit.closed_on is None or unit.closed_on >= today else ended).append(unit.name)
    return Part(
        "Your statements" if len(units) > 1 else "Your statement",
        tuple(lines[:MOST_STATEMENTS]),
        empty=_why_none(not_opened, ended, quarter),
        more_url=reverse("assurance:statements"),
        more_text="All your statements",
    )


def _statements_from_outside(person: User) -> Part:
    """What an external auditor may read of the units that they audit: what was signed, the newest quarter first."""
    signed = revisions_to_read_from_outside(person).select_related("statement__unit").defer("content")
    lines = [
        Line(
            f"{one.statement.unit.name}, {one.statement.quarter.name}",
            reverse("assurance:revision", args=[one.statement.unit.slug, one.statement.quarter, one.number]),
            detail=f"Revision {one.number}, signed on {day(one.signed_at)}.",
        )
        for one in signed.order_by("-statement__quarter", "statement__unit__name", "-number")[:MOST_STATEMENTS]
        if one.signed_at
    ]
    return Part(
        "Signed statements of the units you audit",
        tuple(lines),
        empty=""
        if lines
        else "None now. They appear here while an audit of a unit is assigned to you, until it is closed.",
    )


def _why_none(not_opened: list[str], ended: list[str], quarter: Quarter) -> str:
    said = []
    if not_opened:
        said.append(
            f"No statement of {quarter.name} is open for {', '.join(sorted(not_opened))}. One opens by itself on the "
            "first day of each quarter for every unit that exists on that day."
        )
    if ended:
        have = "have" if len(ended) > 1 else "has"
        said.append(f"{', '.join(sorted(ended))} {have} ended. What was signed there can still be read.")
    return " ".join(said)


def _newest_revisions(units: Iterable[int], quarter: Quarter) -> list[Revision]:
    """The newest revision of each statement of this quarter, and of earlier ones that were never finished."""
    same = Revision.objects.filter(statement=OuterRef("statement"))
    newest = (
        Revision.objects.filter(statement__unit__in=list(units))
        .filter(Q(statement__quarter=quarter) | Q(state__in=DRAFT))
        .exclude(Exists(same.filter(number__gt=OuterRef("number"))))
        .annotate(
            stands=Exists(same.exclude(state=RevisionState.RETURNED).filter(signed_at__isnull=False)),
            was_returned=Exists(same.filter(state=RevisionState.RETURNED, number__lt=OuterRef("number"))),
        )
        .select_related("statement__unit")
        .defer("content")
    )
    return list(newest.order_by("-statement__quarter", "statement__unit__name"))


def _statement_line(revision: Revision, roles: set[Role], *, today: date) -> Line:
    statement = revision.statement
    is_overdue = not revision.stands and statement.is_overdue(today)  # type: ignore[attr-defined]  # annotated
    tag, colour, detail = _where_it_stands(revision, roles)
    if not revision.stands:  # type: ignore[attr-defined]  # annotated
        was_due = "It was due, signed, by" if is_overdue else "It is due, signed, by"
        detail = f"{detail} {was_due} {day(statement.quarter.due_on)}."
    return Line(
        f"{statement.unit.name}, {statement.quarter.name}",
        reverse("assurance:statement", args=[statement.unit.slug, statement.quarter]),
        tag,
        colour,
        detail,
        is_overdue,
    )


def _where_it_stands(revision: Revision, roles: set[Role]) -> tuple[str, str, str]:
    if revision.state == RevisionState.OPEN:
        if revision.was_returned:  # type: ignore[attr-defined]  # annotated
            return "Returned", LATE, "Read the reasons; it is to be put right and completed again."
        if revision.number > 1:
            return "Reopened", NEEDS_YOU, "Change what has to change and complete it again."
        if Role.SPOC not in roles:
            return "Open", WAITS, "The unit’s single point of contact (SPOC) is filling it in; you sign it after that."
        return "Open", NEEDS_YOU, "Fill in each theme, then complete it."
    if revision.state == RevisionState.COMPLETED:
        if Role.SLT_LEAD in roles:
            return "Completed", NEEDS_YOU, "It waits for your signature."
        return "Completed", WAITS, "It waits for the signature of the Senior Leadership Team (SLT) lead."
    if revision.state == RevisionState.SIGNED:
        return "Signed", WAITS, "It waits for the decision of the Chief Officer Group (COG) lead."
    return "Accepted", SETTLED, "There is nothing left to do this quarter."


# --- Actions ------------------------------------------------------------------------------------------------------


def _own_actions(appointments: Sequence[Appointment], *, today: date) -> Part:
    lines = [*_actions_of_own_units(appointments, today), *_actions_of_own_groups(appointments, today)]
    return Part(
        "Actions",
        tuple(lines[:MOST_STATEMENTS]),
        empty="" if lines else "No action is open. Actions are raised on the pages of a statement’s themes.",
        more_url=reverse("actions:actions"),
        more_text="All actions",
    )


def _actions_of_own_units(appointments: Iterable[Appointment], today: date) -> list[Line]:
    units = {held.unit.pk: held.unit for held in appointments if held.unit is not None}
    if not units:
        return []
    found = Action.objects.filter(unit__in=units).counted_by_unit(since=today, as_at=today)
    counted = {row["unit"]: row for row in found}
    return [
        _actions_line(unit.name, f"unit={unit.slug}", counted[pk]["open"], counted[pk]["overdue"])
        for pk, unit in units.items()
        if pk in counted and counted[pk]["open"]
    ]


def _actions_of_own_groups(appointments: Iterable[Appointment], today: date) -> list[Line]:
    groups = {held.group.pk: held.group for held in appointments if held.group is not None}
    if not groups:
        return []
    memberships = UnitMembership.objects.in_force_on_or_at_the_units_end(today).filter(group__in=groups)
    group_of = dict(memberships.values_list("unit", "group"))
    totals = {pk: [0, 0] for pk in groups}
    for row in Action.objects.filter(unit__in=memberships.values("unit")).counted_by_unit(since=today, as_at=today):
        if row["unit"] in group_of:  # else the unit has moved between the two questions
            totals[group_of[row["unit"]]][0] += row["open"]
            totals[group_of[row["unit"]]][1] += row["overdue"]
    return [_actions_line(group.name, "", *totals[pk]) for pk, group in groups.items() if totals[pk][0]]


def _actions_line(whose: str, narrowed: str, is_open: int, overdue: int) -> Line:
    address = "&".join(filter(None, [narrowed, "state=overdue" if overdue else "state=open"]))
    return Line(
        f"{whose}: {so_many(is_open, 'open action')}",
        f"{reverse('actions:actions')}?{address}",
        f"{count(overdue)} overdue" if overdue else "None overdue",
        LATE if overdue else SETTLED,
        "The day of one of its tasks has passed." if overdue == 1 else "",
    )


# --- The group's statements and roll-up ---------------------------------------------------------------------------


def _own_groups(appointments: Iterable[Appointment], *, today: date) -> list[Part]:
    groups: dict[int, BusinessGroup] = {}
    led: set[int] = set()
    for held in appointments:
        if held.group is not None:
            groups[held.group.pk] = held.group
            led |= {held.group.pk} if held.role == Role.COG_LEAD else set()
    quarter = Quarter.of(today)
    half = HalfYear.of(today).previous()
    reviews = [
        _review_line(found, decides=found.group.pk in led)
        for each in (quarter, quarter.previous())
        for found in work_lists(groups.values(), each, today=today)
        if found.rows and (each == quarter or found.awaiting_review)
    ]
    standing = _rollups_of(half)
    rollups = [
        _rollup_line(standing.get(pk), group.name, group.slug, half, issues=pk in led) for pk, group in groups.items()
    ]
    halves = [Line(f"{group.name} on one page", reverse("group_half", args=[group.slug])) for group in groups.values()]
    return [
        Part("Your half-year", tuple(halves)),
        Part(
            "Statements to review",
            tuple(reviews),
            empty="" if reviews else "No unit of your business group is expected to make a statement this quarter.",
        ),
        Part("Roll-ups", tuple(rollups), more_url=reverse("assurance:rollups"), more_text="All roll-ups"),
    ]


def _review_line(found: WorkList, *, decides: bool) -> Line:
    awaiting, expected = found.awaiting_review, len(found.rows)
    whose = "your decision" if decides else "the decision of the COG lead"
    accepted = sum(row.state == ReviewState.ACCEPTED for row in found.rows)
    return Line(
        f"{found.group.name}, {found.quarter.name}",
        reverse("assurance:group_reviews", args=[found.group.slug, found.quarter]),
        f"{count(awaiting)} to review" if awaiting else "None to review",
        NEEDS_YOU if awaiting and decides else WAITS if awaiting else SETTLED,
        f"{count(awaiting)} of {count(expected)} statements {'waits' if awaiting == 1 else 'wait'} for {whose}; "
        f"{count(accepted)} {'is' if accepted == 1 else 'are'} accepted.",
    )


def _rollups_of(half: HalfYear) -> dict[int | None, Any]:
    """Return {group (None: the force): its roll-up, with the newest version that was issued}: one query."""
    newest = IssuedRollup.objects.filter(rollup=OuterRef("pk")).newest_first()
    rows = Rollup.objects.filter(half=half).annotate(
        version=Subquery(newest.values("number")[:1]), version_at=Subquery(newest.values("issued_at")[:1])
    )
    return {row.group_id: row for row in rows.only("group_id", "built_at")}


def _rollup_line(found: Any, name: str, slug: str, half: HalfYear, *, issues: bool) -> Line:
    text = f"{name}, {half.name}"
    due = f"It is due by {day(half.due_on)}."
    if found is not None and found.version is not None:
        url = reverse("assurance:issued_rollup", args=[slug, half, found.version])
        return Line(text, url, "Issued", SETTLED, f"Version {found.version}, issued {day(found.version_at)}.")
    page = reverse("assurance:rollup", args=[slug, half])
    if found is not None and found.built_at is not None:
        return Line(text, page, "Not issued", NEEDS_YOU if issues else WAITS, f"The figures are built. {due}")
    return Line(text, page if found is not None else reverse("assurance:rollups"), "Not built", NEEDS_YOU, due)


def _issued_reports(today: date) -> Part:
    """What the Board has been given for the last half-year, the force summary first."""
    half = HalfYear.of(today).previous()
    issued = sorted(
        IssuedRollup.objects.filter(rollup__half=half).newest_of_each(),
        key=lambda one: (not one.rollup.is_of_the_force, one.rollup.name),
    )
    lines = [
        Line(
            f"{one.rollup.title}, {half.name}",
            reverse("assurance:issued_rollup", args=[one.rollup.slug, half, one.number]),
            f"Version {one.number}",
            SETTLED,
            f"Issued {day(one.issued_at)}.",
        )
        for one in issued
    ]
    return Part(
        "Issued reports",
        tuple(lines),
        empty="" if lines else f"Nothing is issued for {half.name} yet. Roll-ups are due by {day(half.due_on)}.",
        more_url=reverse("assurance:rollups"),
        more_text="All issued reports",
    )


# --- Questions and advice -----------------------------------------------------------------------------------------


def _advice(appointments: Sequence[Appointment], roles: set[Role], *, today: date) -> list[Part]:
    """Questions that wait for the adviser, or for anybody where none is named; what the own units asked."""
    mentoring = reverse("assurance:mentoring")
    if not roles & READS_THE_FORCE:
        units = [held.unit_id for held in appointments if held.unit_id is not None]
        asked = MentoringRecord.objects.filter(unit__in=units).aggregate(
            records=Count("pk"), waiting=Count("pk", filter=Q(advised_at=None))
        )
        if not asked["records"]:
            return []
        line = Line(
            "Your questions and what you were advised",
            mentoring,
            f"{count(asked['waiting'])} waiting" if asked["waiting"] else "All answered",
            WAITS if asked["waiting"] else SETTLED,
        )
        return [Part("Advice", (line,))]
    advised = UnitAdviser.objects.in_force(today).filter(adviser=appointments[0].person_id).values("unit")
    waiting = MentoringRecord.objects.unanswered().aggregate(
        every=Count("pk"),
        own=Count("pk", filter=Q(unit__in=advised)),
        without=Count("pk", filter=~Q(unit__in=UnitAdviser.objects.acting(today).values("unit"))),
    )
    answers = NEEDS_YOU if Role.SHRMT in roles else WAITS
    lines = [
        Line(text, f"{mentoring}?state=waiting{more}", f"{count(number)} waiting", colour)
        for text, more, number, colour in (
            ("Questions from units you advise", "&whose=mine", waiting["own"], NEEDS_YOU),
            ("Questions from units without an adviser", "", waiting["without"], answers),
            ("Questions from all units", "", waiting["every"], WAITS),
        )
        if number
    ]
    return [
        Part(
            "Advice",
            tuple(lines),
            empty="" if lines else "No question from a unit waits for an answer.",
            more_url=mentoring,
            more_text="All questions and advice",
        )
    ]


# --- The whole force ----------------------------------------------------------------------------------------------


def _whole_force(roles: set[Role], today: date) -> Part:
    quarter = Quarter.of(today)
    newer = Revision.objects.filter(statement=OuterRef("statement"), number__gt=OuterRef("number"))
    newest = Revision.objects.filter(~Exists(newer), statement__quarter=quarter).order_by()
    by_state = dict(newest.values_list("state").annotate(statements=Count("pk")))
    total = sum(by_state.values())
    half = HalfYear.of(today).previous()
    said = ", ".join(
        f"{count(by_state[state.value])} {state.label.lower()}" for state in RevisionState if by_state.get(state.value)
    )
    lines = [
        Line(
            f"{so_many(total, 'statement')} of {quarter.name}",
            f"{reverse('assurance:statements')}?quarter={quarter}",
            detail=f"{said}.",
        ),
        _rollup_line(_rollups_of(half).get(None), "Force summary", WHOLE_FORCE, half, issues=Role.HEAD in roles),
    ]
    return Part(
        "Statements and roll-ups of the force",
        tuple(lines) if total else (),
        empty=""
        if total
        else f"No statement of {quarter.name} is open yet. They open by themselves once the worker runs.",
        more_url=reverse("assurance:rollups"),
        more_text="All roll-ups",
    )


def _redactions(roles: set[Role]) -> Iterable[Part]:
    """Redactions of signed statements that wait for a Head; nothing where none does."""
    waiting = Redaction.objects.filter(state=RedactionState.PROPOSED).select_related("revision__statement__unit")
    lines = [
        Line(
            str(one),
            reverse("assurance:redaction", args=[one.pk]),
            "Waiting",
            NEEDS_YOU if Role.HEAD in roles else WAITS,
            f"Proposed on {day(one.proposed_at)}. A Head who did not propose it decides.",
        )
        for one in waiting.order_by("pk")[:MOST_REDACTIONS]
    ]
    if lines:
        yield Part(
            "Redactions that wait",
            tuple(lines),
            more_url=reverse("assurance:redactions"),
            more_text="All redactions",
        )


def _programmes(roles: set[Role], today: date) -> Iterable[Part]:
    """Audit programmes that wait to be adopted, as long as there is anything to plan; nothing where none does."""
    waiting = AuditProgramme.objects.filter(state=ProgrammeState.PROPOSED, half__gte=HalfYear.of(today))
    lines = [
        Line(
            f"Audit programme, {one.half.name}",
            reverse("assurance:programme", args=[one.half]),
            one.get_state_display(),
            NEEDS_YOU if Role.HEAD in roles else WAITS,
            f"Proposed on {day(one.proposed_at)}. The Head of Safety, Health and Wellbeing adopts it.",
        )
        for one in waiting.order_by("half")
    ]
    if lines:
        yield Part(
            "What to audit next",
            tuple(lines),
            more_url=reverse("assurance:programmes"),
            more_text="All audit programmes",
        )


def _papers_in_preparation(roles: set[Role]) -> Part:
    papers = Paper.objects.filter(state__in=[PaperState.DRAFT, PaperState.FINAL]).defer("content")
    lines = []
    for paper in papers.order_by("meeting_on", "pk")[:MOST_PAPERS]:
        publishes = paper.is_final and Role.HEAD in roles
        lines.append(
            Line(
                paper.title,
                reverse("papers:paper", args=[paper.pk]),
                paper.get_state_display(),
                NEEDS_YOU if publishes or paper.is_draft else WAITS,
                f"For the meeting on {day(paper.meeting_on)}."
                + (" It waits to be published by the Head of Safety, Health and Wellbeing." if paper.is_final else ""),
            )
        )
    return Part(
        "Papers in preparation",
        tuple(lines),
        empty="" if lines else "No paper is being prepared.",
        more_url=reverse("papers:papers"),
        more_text="All papers",
    )


def _failed_work(today: date) -> Iterable[Part]:
    """What failed in the last days, for whoever looks after the machine; nothing where nothing did."""
    number = failed_lately(now=datetime.combine(today, time(0), tzinfo=LONDON)).count()
    if number:
        line = Line("Failed work", reverse("failed_work"), count(number), LATE, "What happened, and what to do.")
        yield Part("The machine", (line,))


# --- For everybody ------------------------------------------------------------------------------------------------


def _published_papers() -> Part:
    papers = Paper.objects.published().defer("content").order_by("-meeting_on", "-pk")[:MOST_PAPERS]
    lines = tuple(
        Line(paper.title, reverse("papers:paper", args=[paper.pk]), detail=f"{paper.panel}, {day(paper.meeting_on)}.")
        for paper in papers
    )
    return Part(
        "Published papers",
        lines,
        empty=""
        if lines
        else "No paper is published yet. Papers appear here once the Head of Safety, Health and Wellbeing "
        "publishes them.",
        more_url=reverse("papers:papers") if lines else "",
        more_text="All published papers",
    )


def _model() -> Part:
    return Part(
        "The maturity model",
        (
            Line(
                "Themes and levels",
                reverse("maturity:matrix"),
                detail="What each level of each theme asks for, in both editions.",
            ),
        ),
    )
