"""What an invented force aims for and how its units are helped: targets, who advises which unit, questions and advice.

Targets are entered by the service, one after the other: there are few of them. The rest is set-based.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from assurance.models import MentoringRecord, UnitAdviser
from home.demo.cast import Cast
from home.demo.plan import DEMO_UNIT, Plan, PlannedUnit, dice
from maturity.models import Theme
from maturity.services import targets
from maturity.services.targets import Terms
from organisation.models import BusinessGroup, Unit, User
from organisation.periods import financial_year_of, london_day
from records.services import trail

ROWS_AT_A_TIME = 2000
# Every fifth unit has no adviser, every sixth has had an answer, every ninth waits for one.
WITHOUT_ADVISER, ANSWERED, WAITING = (4, 5), (1, 6), (2, 9)

MANAGEMENT_BOARD, BOARD = "the Management Board", "the Health, Safety and Wellbeing Board"
ENDORSED = date(2017, 9, 19)

# By theme: what a unit asked, and what it was told.
ADVICE = {
    "monitoring": (
        "We count near misses, but few come in. Is a low number a reason to claim a lower level?",
        "Not by itself. Show how people can report one and what came of the last few; then ask two teams why so little "
        "reaches you, and put that down as well.",
    ),
    "capability-competence": (
        "Two courses fell out this quarter. Do we still meet the level if everybody is booked on the next date?",
        "Say how many are out of date today and until when. Bookings are an action, not evidence.",
    ),
    "risk-management": (
        "Our assessments are in date, but nobody has checked whether they are followed. What would be enough?",
        "A handful of spot checks in different shifts, with a line on what was found and who put it right.",
    ),
    "partnerships-contracts": (
        "The building belongs to a partner. Who holds the evidence for the contractors on site?",
        "Ask the partner for the permit log and keep a copy with its date. What your own people see there counts too.",
    ),
}
VISIT = (
    "leadership",
    "On the visit the team could not say who leads on safety when the head of the unit is away. Name a deputy and tell "
    "everybody.",
)
STILL_OPEN = (
    "communication",
    "We talk safety through at every briefing but write nothing down. What can we show without making more paper?",
)


def write(
    plan: Plan,
    *,
    groups: Sequence[BusinessGroup],
    units: Sequence[Unit],
    cast: Cast,
    themes: Iterable[Theme],
    now: datetime,
) -> None:
    """Write the force's targets, its units' advisers and what was asked and advised up to `now`."""
    _enter_targets(groups[cast.demo_group], head=cast.named["head"], now=now)
    UnitAdviser.objects.bulk_create(
        [
            UnitAdviser(
                unit=units[planned.number],
                adviser=cast.adviser(planned.number),
                starts_on=planned.opened_on,
                ends_on=planned.closed_on,
            )
            for planned in plan.units
            if planned.number == DEMO_UNIT or not _falls_on(planned.number, WITHOUT_ADVISER)
        ],
        batch_size=ROWS_AT_A_TIME,
    )
    by_identity = {theme.identity: theme for theme in themes}
    records = [
        record
        for planned in plan.units
        if planned.opened_on <= london_day(now) - timedelta(days=100) and planned.closed_on is None
        for record in _records_of(plan, planned, units[planned.number], cast, by_identity, now)
    ]
    MentoringRecord.objects.bulk_create(records, batch_size=ROWS_AT_A_TIME)
    trail.write(sorted((act for record in records for act in _acts_of(record)), key=lambda act: act.entry.at))


def _falls_on(number: int, turn: tuple[int, int]) -> bool:
    first, every = turn
    return number % every == first


# --- Targets ------------------------------------------------------------------------------------------------------


def _enter_targets(group: BusinessGroup, *, head: User, now: datetime) -> None:
    """The published targets with the days that the papers give them, and those of this force that followed."""
    year = financial_year_of(london_day(now))
    for terms in (
        Terms(3, date(2018, 3, 31), MANAGEMENT_BOARD, ENDORSED, source="Panel paper of December 2017, section 11"),
        Terms(
            3,
            date(2019, 3, 31),
            MANAGEMENT_BOARD,
            ENDORSED,
            self_sustaining=True,
            source="Panel paper of December 2017, section 11",
            note="Aimed for in 2018/19. A year later the force was not there yet.",
        ),
    ):
        targets.add(terms=terms, by=head, at=now)
    first_aim = targets.add(
        terms=Terms(
            4,
            date(2021, 3, 31),
            MANAGEMENT_BOARD,
            ENDORSED,
            risk_bands=["medium", "high"],
            source="Panel paper of December 2017, section 03",
        ),
        by=head,
        at=now,
    )
    second_aim = targets.supersede(
        target=first_aim,
        terms=Terms(
            4,
            date(2022, 3, 31),
            MANAGEMENT_BOARD,
            ENDORSED,
            source="Panel paper of September 2019, paragraph 1.6",
            note="Confirmed once more in September 2018. The paper prints the same day of endorsement as for the aim "
            "before it, although that one ended a year earlier.",
        ),
        by=head,
        at=now,
    )
    targets.supersede(
        target=second_aim,
        terms=Terms(
            4,
            date(year + 1, 3, 31),
            BOARD,
            date(year - 1, 9, 18),
            risk_bands=["medium", "high"],
            share=80,
            note="Invented for this force.",
        ),
        by=head,
        at=now,
    )
    targets.add(
        terms=Terms(
            3,
            date(year + 1, 9, 30),
            BOARD,
            date(year - 1, 9, 18),
            group=group,
            theme_identity="partnerships-contracts",
            note="Invented for this force: the theme in which the group is weakest.",
        ),
        by=head,
        at=now,
    )


# --- Questions and advice -------------------------------------------------------------------------------------------


def _records_of(
    plan: Plan, planned: PlannedUnit, unit: Unit, cast: Cast, themes: Mapping[str, Theme], now: datetime
) -> Iterable[MentoringRecord]:
    random = dice(plan.size, planned.number, "mentoring")
    adviser, spoc = cast.adviser(planned.number), cast.spoc(planned.number)
    is_demo = planned.number == DEMO_UNIT
    if is_demo or _falls_on(planned.number, ANSWERED):
        identity = random.choice(sorted(ADVICE))
        asked_at = now - timedelta(days=random.randint(20, 80), minutes=random.randint(0, 400))
        question, advice = ADVICE[identity]
        yield MentoringRecord(
            unit=unit,
            theme=themes[identity],
            question=question,
            asked_at=asked_at,
            asked_by=spoc,
            advice=advice,
            advised_at=asked_at + timedelta(days=random.randint(1, 6), minutes=random.randint(0, 200)),
            advised_by=adviser,
        )
    if is_demo:
        identity, advice = VISIT
        advised_at = now - timedelta(days=45, minutes=90)
        yield MentoringRecord(
            unit=unit, theme=themes[identity], advice=advice, advised_at=advised_at, advised_by=adviser
        )
    if is_demo or _falls_on(planned.number, WAITING):
        identity, question = STILL_OPEN
        asked_at = now - timedelta(days=random.randint(1, 9), minutes=random.randint(0, 400))
        yield MentoringRecord(unit=unit, theme=themes[identity], question=question, asked_at=asked_at, asked_by=spoc)


def _acts_of(record: MentoringRecord) -> Iterable[trail.Prepared]:
    """The lines of the trail that assurance.services.mentoring would have written."""
    done = [
        ("mentoring.asked", record.asked_at, record.asked_by),
        ("mentoring.answered" if record.question else "mentoring.noted", record.advised_at, record.advised_by),
    ]
    for act, at, by in done:
        if at is not None and by is not None:
            about = {"unit": record.unit.slug, "theme": record.theme.identity}
            yield trail.prepare(act=act, thing=record, by=by, at=at, **about)
