"""Requests for information at each step, for tests."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count

from assurance import disclosure
from assurance.models import InformationRequest, Release, RequestedStatement, Revision, Withholding
from assurance.services import information_requests as services
from organisation.models import User
from organisation.roles import Role
from tests.factories.organisation import make_person

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
_numbers = count(1)


def make_request(*, by: User | None = None) -> InformationRequest:
    """A request without any statement."""
    return services.make(
        reference=f"FOI-{next(_numbers)}",
        law="foi",
        subject="Statements of the last year",
        received_on=date(2026, 11, 2),
        by=by or make_person(Role.SHRMT),
        at=NOW,
    )


def choose(request: InformationRequest, revision: Revision) -> RequestedStatement:
    """Choose one signed revision."""
    statement = revision.statement
    services.choose(
        request=request,
        units=[statement.unit],
        first=statement.quarter,
        last=statement.quarter,
        by=request.made_by,
        at=NOW,
    )
    return RequestedStatement.objects.select_related("request", "revision__statement__edition").get(
        request=request, revision=revision, removed_at=None
    )


def withhold(item: RequestedStatement, path: str, edited: str | None = None, *, at: datetime = NOW) -> Withholding:
    """Keep back all of a text, or what `edited` has put marks on."""
    text = disclosure.text_at(services.content_of(item.revision), path)
    assert text is not None
    return services.withhold(
        item=item,
        text=text,
        edited=edited,
        exemption="s40",
        reason="It is about somebody.",
        by=item.request.made_by,
        at=at,
    )


def confirm(request: InformationRequest) -> Release:
    """Confirm what there is to give out."""
    digest = services.outcome(request).digest
    return services.confirm(request=request, digest=digest, by=request.made_by, at=NOW)
