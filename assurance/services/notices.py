"""Telling people about a statement: the acts' own news, and the reminders of the days before and after it is due.

Each act first takes back what still waits about the statement, since it is settled, then tells whoever is next. All of
it is written in the act's transaction. `remind` is for the worker: once, twice or two at a time, the result is one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse

from assurance import notices as words
from assurance.models import Decision, EvidenceItem, Revision, RevisionState, Statement
from assurance.models.statement import DRAFT
from assurance.notices import About, Escalation, Stage
from assurance.services import addressees
from organisation.models import Force, User
from organisation.periods import LONDON, Quarter, london_day
from organisation.roles import Role
from records.models import Notice, Verdict
from records.services import notices
from records.services.notices import News

# Kinds of news that ask for the same thing as a reminder would, so that nobody is told both within a stage.
OPENED, COMPLETED, REOPENED, RETURNED, REMINDER = (
    "statement.opened",
    "statement.completed",
    "statement.reopened",
    "statement.returned",
    "statement.reminder",
)
ACCEPTED = "statement.accepted"
# Kinds of news that tell somebody further up of what others have left undone.
ESCALATED, REVIEW_WAITS = "statement.escalated", "statement.review_waits"
ASKS_FOR_SOMETHING = (OPENED, COMPLETED, REOPENED, RETURNED, REMINDER)
TOLD_OF_INFECTED_FILES_FOR = timedelta(days=7)
# So long a review that waits can become news: less than the 100 days that notices are kept for at least, since what is
# known to have been said is not said again.
TOLD_OF_REVIEWS_FOR = timedelta(days=92)


def all_about(statement_id: int) -> str:
    """Return the beginning of the keys of everything told about a statement."""
    return f"statement:{statement_id}:"


def _page(name: str, unit: str, quarter: Quarter) -> str:
    return reverse(f"assurance:{name}", args=[unit, quarter])


# --- Opened -------------------------------------------------------------------------------------------------------


def opened(statements: Iterable[Statement], *, at: datetime) -> None:
    """Tell the SPOC and the SLT lead of each unit that its statement is open: a fixed number of queries for all.

    Of the quarter that runs: a statement entered for one that is over is history.
    """
    today = london_day(at)
    listed = list(
        Statement.objects.filter(pk__in=[one.pk for one in statements], quarter=Quarter.of(today)).values_list(
            "pk", "unit_id", "unit__name", "unit__slug", "quarter"
        )
    )
    holders = addressees.holders({unit for _, unit, *_ in listed}, today)
    news = []
    for statement, unit, name, slug, quarter in listed:
        about, address = About(name, quarter), _page("statement", slug, quarter)
        key = f"{all_about(statement)}opened"
        for role, line in (
            (Role.SPOC, words.opened_for_spoc(about)),
            (Role.SLT_LEAD, words.opened_for_slt_lead(about)),
        ):
            news += [News(person, OPENED, line, address, key) for person in holders[unit][role]]
    notices.tell_all(news, at=at)


# --- What somebody has done ---------------------------------------------------------------------------------------


def completed(revision: Revision, *, by: User, at: datetime) -> None:
    """Tell the SLT lead that there is something to sign; whoever completed it cannot sign it and is not asked to."""
    line = words.completed(_about(revision), by=by.name, today=london_day(at))
    _settle_and_tell(revision, COMPLETED, "sign", line, {Role.SLT_LEAD}, by=by, at=at)


def reopened(revision: Revision, *, reason: str, by: User, at: datetime) -> None:
    """Tell the unit why a statement that was completed or signed is open again."""
    line = words.reopened(_about(revision), by=by.name, reason=reason)
    _settle_and_tell(revision, REOPENED, "statement", line, {Role.SPOC, Role.SLT_LEAD}, by=by, at=at)


def signed(revision: Revision, *, at: datetime) -> None:
    """Take back what still asks the unit for something: it is done. The COG lead's list shows what to review."""
    notices.withdraw(prefix=all_about(revision.statement_id), at=at)


def decided(revision: Revision, *, decision: str, reasons: str, by: User, at: datetime) -> None:
    """Tell the unit, and whoever completed the statement, that it was accepted, or returned and why."""
    about, roles = _about(revision), {Role.SPOC, Role.SLT_LEAD}
    if decision == Decision.RETURNED:
        line, kind = words.returned(about, by=by.name, reasons=reasons), RETURNED
    else:
        line, kind = words.accepted(about, by=by.name), ACCEPTED
    _settle_and_tell(revision, kind, "statement", line, roles, by=by, at=at, also=revision.completed_by_id)


def _about(revision: Revision) -> About:
    return About(revision.statement.unit.name, revision.statement.quarter)


def _settle_and_tell(
    revision: Revision,
    kind: str,
    page: str,
    line: str,
    roles: Collection[Role],
    *,
    by: User,
    at: datetime,
    also: int | None = None,
) -> None:
    statement = revision.statement
    notices.withdraw(prefix=all_about(statement.pk), at=at)
    holders = addressees.holders([statement.unit_id], london_day(at))[statement.unit_id]
    people = {person for role in roles for person in holders[role]} | ({also} if also else set())
    address = _page(page, statement.unit.slug, statement.quarter)
    # The moment is part of the key: what is completed again after it was reopened is news again.
    key = f"{all_about(statement.pk)}{kind.rpartition('.')[2]}:{revision.number}:{at.isoformat()}"
    notices.tell_all([News(person, kind, line, address, key) for person in people - {by.pk}], at=at)


# --- Reminders ----------------------------------------------------------------------------------------------------


@transaction.atomic
def remind(*, now: datetime) -> int:
    """Remind whoever's turn it is of statements that are due in 14 or 3 days, or overdue; return how many lines.

    Only of the quarter that runs: what was never signed in an earlier one stands on the home page. A fixed number of
    queries, however many units there are.
    """
    today = london_day(now)
    quarter = Quarter.of(today)
    stage = words.stage_of(quarter, today)
    if stage is None:
        return 0
    drafts = _unsigned(quarter)
    holders = addressees.holders({unit for _, _, unit, *_ in drafts}, today)
    told = set(_told_since(datetime.combine(stage.begins_on(quarter), time(0), tzinfo=LONDON)))
    news = [
        one
        for state, statement, unit, name, slug in drafts
        for one in _reminders(state, statement, About(name, quarter), slug, holders[unit], stage)
        if (one.person_id, statement) not in told
    ]
    return notices.tell_all(news, at=now)


def _unsigned(quarter: Quarter) -> list[tuple[str, int, int, str, str]]:
    """Return (state, statement, unit, its name, its slug) of each draft that has no signed revision before it."""
    standing = Revision.objects.standing().filter(statement=OuterRef("statement"))
    expected = Statement.objects.expected().filter(quarter=quarter)
    drafts = Revision.objects.filter(~Exists(standing), statement__in=expected, state__in=DRAFT)
    return list(
        drafts.order_by("statement").values_list(
            "state", "statement_id", "statement__unit_id", "statement__unit__name", "statement__unit__slug"
        )
    )


def _told_since(moment: datetime) -> Iterator[tuple[int, int]]:
    """Yield (person, statement) of what asked somebody for something since then, and is not withdrawn."""
    told = Notice.objects.filter(kind__in=ASKS_FOR_SOMETHING, at__gte=moment, withdrawn_at=None)
    for person, key in told.values_list("person_id", "key"):
        yield person, int(key.split(":")[1])


def _reminders(
    state: str, statement: int, about: About, slug: str, holders: Mapping[Role, Collection[int]], stage: Stage
) -> Iterator[News]:
    """Yield the reminder for each of those whose turn it is; where nobody holds the role, for the unit's others."""
    if state == RevisionState.COMPLETED:
        role, other, page = Role.SLT_LEAD, Role.SPOC, "sign"
        line, line_for_other = words.to_sign(about, stage), words.to_sign_without_slt_lead(about, stage)
    else:
        role, other, page = Role.SPOC, Role.SLT_LEAD, "statement"
        line, line_for_other = words.to_complete(about, stage), words.to_complete_without_spoc(about, stage)
    if not holders[role]:
        role, line, page = other, line_for_other, "statement"
    for person in holders[role]:
        key = f"{all_about(statement)}{stage}:{page}"
        yield News(person, REMINDER, line, _page(page, slug, about.quarter), key)


# --- Further up ---------------------------------------------------------------------------------------------------


@transaction.atomic
def escalate(*, now: datetime) -> int:
    """Tell SLT leads of what is not completed, COG leads of what is not signed or not reviewed; return how many lines.

    Each once, from the day that the force has set until it is done, however late the worker comes. Where a unit has no
    COG lead nobody is told: it stands on the page of who is missing. A fixed number of queries.
    """
    today = london_day(now)
    quarter, steps = Quarter.of(today), _escalation()
    unsigned = _unsigned(quarter) if today >= steps.slt_lead_told_on(quarter) else []
    waiting = _waiting_for_review(steps, today)
    units = {unit for _, _, unit, *_ in unsigned}
    holders = addressees.holders(units, today)
    cog_leads = addressees.cog_leads(units | {revision.statement.unit_id for revision in waiting}, today)
    news: list[News] = []
    for state, statement, unit, name, slug in unsigned:
        about, page = About(name, quarter), _page("statement", slug, quarter)
        slt_leads = holders[unit][Role.SLT_LEAD]
        if state == RevisionState.OPEN:
            key, line = f"{all_about(statement)}not-completed", words.not_completed(about)
            if not holders[unit][Role.SPOC]:
                line = words.to_complete_without_spoc(about, Stage.OVERDUE)
            news += [News(person, ESCALATED, line, page, key) for person in slt_leads]
        if today >= steps.cog_lead_told_on(quarter):
            key = f"{all_about(statement)}not-signed"
            line = words.not_signed(about) if slt_leads else words.not_signed_without_slt_lead(about)
            news += [News(person, ESCALATED, line, page, key) for person in cog_leads[unit]]
    for revision in waiting:
        news += _review_waits(revision, cog_leads[revision.statement.unit_id])
    return notices.tell_all(news, at=now)


def _escalation() -> Escalation:
    force = Force.objects.first() or Force()
    return Escalation(force.slt_lead_told_after_days, force.cog_lead_told_after_days, force.review_within_days)


def _waiting_for_review(steps: Escalation, today: date) -> list[Revision]:
    """Return the signed revisions whose time for review has passed, within the last three months.

    Not those that the unit is changing: what it signs next is to be reviewed.
    """
    newer = Revision.objects.filter(statement=OuterRef("statement"), number__gt=OuterRef("number"))
    signed_before = datetime.combine(steps.signed_until(today) + timedelta(days=1), time(0), tzinfo=LONDON)
    waiting = Revision.objects.filter(
        ~Exists(newer),
        statement__in=Statement.objects.expected(),
        state=RevisionState.SIGNED,
        signed_at__lt=signed_before,
        signed_at__gte=signed_before - TOLD_OF_REVIEWS_FOR,
    )
    return list(waiting.select_related("statement__unit").defer("content").order_by("statement"))


def _review_waits(revision: Revision, cog_leads: Collection[int]) -> Iterator[News]:
    """Yield the line for each COG lead who may decide: nobody reviews what they completed or signed."""
    if revision.signed_at is None:
        return  # none such: the database holds what is signed to having a moment
    statement = revision.statement
    line = words.not_reviewed(_about(revision), signed_on=london_day(revision.signed_at))
    page = _page("review", statement.unit.slug, statement.quarter)
    key = f"{all_about(statement.pk)}not-reviewed:{revision.number}"
    for person in cog_leads:
        if person not in (revision.completed_by_id, revision.signed_by_id):
            yield News(person, REVIEW_WAITS, line, page, key)


# --- Files --------------------------------------------------------------------------------------------------------


@transaction.atomic
def tell_of_infected_files(*, now: datetime) -> int:
    """Tell that a file was found infected after it was taken; return how many lines.

    Who gave it, where the statement can still be mended; the unit’s SPOCs and SLT leads where it is signed, since only
    they can reopen it. A fixed number of queries.
    """
    infected = list(
        EvidenceItem.objects.filter(
            file__blob__verdict=Verdict.INFECTED, file__blob__scanned_at__gt=now - TOLD_OF_INFECTED_FILES_FOR
        )
        .select_related("file", "entry__theme", "entry__revision__statement__unit")
        .order_by("pk")
    )
    units = {item.entry.revision.statement.unit_id for item in infected if not item.entry.revision.is_draft}
    holders = addressees.holders(units, london_day(now)) if units else {}
    return notices.tell_all([news for item in infected for news in _news_of_infection(item, holders)], at=now)


def _news_of_infection(item: EvidenceItem, holders: addressees.Holders) -> Iterator[News]:
    revision, theme = item.entry.revision, item.entry.theme
    statement = revision.statement
    place = [statement.unit.slug, statement.quarter]
    about = About(statement.unit.name, statement.quarter)
    key = f"evidence:{item.file_id}:infected:{statement.pk}"
    if revision.is_draft:
        address = reverse("assurance:evidence", args=[*place, theme.identity])
        line = words.infected(about, file=item.title, theme=theme.name)
        yield News(item.added_by_id, "evidence.infected", line, address, key)
        return
    address = reverse("assurance:revision", args=[*place, revision.number])
    line = words.infected_and_signed(about, file=item.title, theme=theme.name)
    for person in set().union(*holders[statement.unit_id].values()):
        yield News(person, "evidence.infected", line, address, f"{key}:signed")
