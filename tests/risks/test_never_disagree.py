"""Whatever happens to a risk, in whatever order: trend, map and register never disagree, and nothing is lost.

What should be is worked out a second time here, in plain Python, from what was done.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from organisation.models import User
from organisation.roles import Role
from risks import reading
from risks.models import Assessment, BoardDecision, DecisionKind, Risk, RiskStatus
from risks.rules import Refused
from risks.services import assessing, deciding
from risks.services.assessing import Judgement
from risks.trend import Direction, Place
from tests.factories import risks
from tests.factories.organisation import make_person

pytestmark = pytest.mark.django_db

TODAY = date(2026, 6, 30)
BECOMES = {
    "opened": {"emerging": "open"},
    "controlled": {"emerging": "controlled", "open": "controlled"},
    "reopened": {"controlled": "open", "closed": "open"},
    "closed": {"emerging": "closed", "open": "closed", "controlled": "closed"},
}
points = st.integers(1, 5)
steps = st.one_of(
    st.tuples(st.just("assess"), points, points, st.integers(0, 40)),
    st.tuples(st.just("take back"), st.integers(0, 5)),
    st.tuples(st.just("say"), st.sampled_from(["improved", "worsened", "unchanged", None])),
    st.tuples(st.just("decide"), st.sampled_from(sorted(BECOMES))),
)


@dataclass
class Expected:
    """The risk as it should be: assessments (day, order, place, whether taken back), what the Board said, status."""

    status: str
    assessments: list[list[Any]] = field(default_factory=list)
    said: list[tuple[int, str | None]] = field(default_factory=list)
    decisions: int = 1  # that it was accepted

    @property
    def standing(self) -> list[tuple[date, int, tuple[int, int]]]:
        found = [(day, order, place) for day, order, place, gone in self.assessments if not gone]
        return sorted(found, reverse=True)

    @property
    def trend(self) -> str | None:
        standing = self.standing
        last_recorded = max((order for _, order, _ in standing), default=-1)
        if self.said and self.said[-1][1] and self.said[-1][0] > last_recorded:
            return self.said[-1][1]
        if not standing:
            return None
        if len(standing) == 1:
            return "unchanged"
        (_, _, (a, b)), (_, _, (c, d)) = standing[:2]
        return "improved" if a * b < c * d else "worsened" if a * b > c * d else "unchanged"


def take(step: tuple[object, ...], order: int, risk: Risk, expected: Expected, by: User) -> None:
    """Do one step to the risk and to what is expected of it; where it is refused, neither changes."""
    now = timezone.now()
    act: Callable[[], object]
    match step:
        case ("assess", int(likelihood), int(impact), int(back)):
            day = TODAY - timedelta(days=back)
            latest = expected.standing[0][0] if expected.standing else date.min
            refused = expected.status == "closed" or day < latest
            said = Judgement(Place(5, 5), Place(likelihood, impact), f"Step {order}.")
            act = lambda: assessing.assess(risk=risk, assessed_on=day, said=said, by=by, at=now)  # noqa: E731
            change: Callable[[], object] = lambda: expected.assessments.append(  # noqa: E731
                [day, order, (likelihood, impact), False]
            )
        case ("take back", int(which)):
            if which >= len(expected.assessments):
                return
            refused = bool(expected.assessments[which][3])
            row = risk.assessments.order_by("pk")[which]
            act = lambda: assessing.withdraw(assessment=row, because="Wrong.", by=by, at=now)  # noqa: E731
            change = lambda: expected.assessments[which].__setitem__(3, True)  # noqa: E731
        case ("say", direction):
            refused = direction is None and not (expected.said and expected.said[-1][1])
            refused |= bool(expected.said) and expected.said[-1][1] == direction
            own = None if direction is None else Direction(str(direction))
            minute = risks.make_minute(TODAY)
            act = lambda: deciding.say_trend(risk=risk, direction=own, minute=minute, by=by, at=now)  # noqa: E731
            change = lambda: expected.said.append((order, own))  # noqa: E731
        case (_, decision):
            becomes = BECOMES[str(decision)].get(expected.status)
            refused = becomes is None
            kind, minute = DecisionKind(str(decision)), risks.make_minute(TODAY)
            act = lambda: deciding.decide(risk=risk, kind=kind, minute=minute, by=by, at=now)  # noqa: E731

            def change() -> None:
                expected.status = str(becomes)
                expected.decisions += 1

    if refused:
        with pytest.raises(Refused):
            act()
    else:
        act()
        change()


@settings(deadline=None, max_examples=60)
@given(st.lists(steps, max_size=14))
def test_trend_map_and_register_never_disagree_and_history_is_complete(todo: list[tuple[object, ...]]) -> None:
    by = make_person(Role.BOARD_SECRETARY)
    risks.load_scale()
    number = Risk.objects.count() + 1
    risk = risks.make_risk(str(number), status=RiskStatus.EMERGING, by=by, title=f"Risk of example {number}")
    expected = Expected("emerging")
    for order, step in enumerate(todo):
        take(step, order, risk, expected, by)

    line = next(one for one in reading.lines(Risk.objects.filter(pk=risk.pk), today=timezone.localdate()))
    assert line.risk.status == expected.status
    assert (line.trend.direction if line.trend else None) == expected.trend
    standing = expected.standing
    assert (line.place, line.before) == tuple(
        Place(*standing[index][2]) if index < len(standing) else None for index in (0, 1)
    )
    whole = reading.map_of([line])
    assert whole is not None
    placed = [cell.place for row in whole.rows for cell in row.cells if cell.risks]
    on_the_map = expected.status in {"emerging", "open"} and standing
    assert placed == ([Place(*standing[0][2])] if on_the_map else [])
    # Nothing is lost: each assessment is there, taken back or not, and each decision with what it made of the risk.
    kept = Assessment.objects.filter(risk=risk).order_by("pk")
    assert [(one.assessed_on, one.likelihood, one.impact, one.withdrawn_at is not None) for one in kept] == [
        (day, *place, gone) for day, _, place, gone in expected.assessments
    ]
    decisions = BoardDecision.objects.filter(risk=risk)
    assert decisions.exclude(status="").count() == expected.decisions
    assert decisions.exclude(status="").latest("pk").status == expected.status
    assert decisions.filter(status="").count() == len(expected.said)
