"""Whatever is done to an issued audit, and in whatever order: its verdicts and the revision they validate stay.

People use the services; somebody else reaches into the rows behind their back. That these reaches do change an audit
that is not issued is shown as well, so that none of them is harmless by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actions.services.actions import Refused as ActionRefused
from assurance.models import (
    Audit,
    AuditState,
    Entry,
    Finding,
    FindingCriterion,
    Recommendation,
    Revision,
    Sample,
    StandardTest,
    ThemeVerdict,
)
from assurance.rules import Refused
from assurance.services import audit_reports, recommendations
from assurance.services.audit_content import content_of
from organisation.models import Unit, User
from organisation.roles import Role
from records.canonical import content_digest
from tests.factories import assurance as statements
from tests.factories import audit_reports as factory
from tests.factories import audits
from tests.factories.organisation import make_group, make_person, make_unit

pytestmark = pytest.mark.django_db

Reach = Callable[[Audit, User, "Revision"], object]


def _rows(audit: Audit) -> Any:
    return Audit.objects.filter(pk=audit.pk)


def _first(audit: Audit) -> ThemeVerdict:
    return audit.verdicts.order_by("pk")[0]


def _saved(audit: Audit, **values: object) -> None:
    """Change an object and save all of it, as code does that does not think of it."""
    fresh = Audit.objects.get(pk=audit.pk)
    for name, value in values.items():
        setattr(fresh, name, value)
    fresh.save()


# Behind everybody's back, in the rows.
REACHES: dict[str, Reach] = {
    "another level": lambda audit, *_: audit.verdicts.update(level=5),
    "no level": lambda audit, *_: audit.verdicts.update(level=None, not_enough_evidence=True),
    "other reasons": lambda audit, *_: audit.verdicts.update(reasons="Because."),
    "a verdict saved": lambda audit, *_: ThemeVerdict(
        pk=_first(audit).pk, audit=audit, theme=_first(audit).theme, level=5
    ).save(),
    "a verdict moved away": lambda audit, by, _: (
        _first(audit)
        .__class__.objects.filter(pk=_first(audit).pk)
        .update(audit=audits.make_audit(by=by, revision=audit.revision))
    ),
    "a verdict removed": lambda audit, *_: (
        Recommendation.objects.filter(audit=audit).update(verdict=None),
        StandardTest.objects.filter(verdict__audit=audit).delete(),
        Finding.objects.filter(verdict__audit=audit).delete(),
        Sample.objects.filter(verdict__audit=audit).delete(),
        audit.verdicts.all().delete(),
    ),
    "a verdict more": lambda audit, *_: ThemeVerdict.objects.create(
        audit=audit, theme=audit.edition.themes.get(identity="audit"), level=5
    ),
    "another revision": lambda audit, _, other: _rows(audit).update(revision=other),
    "another revision saved": lambda audit, _, other: _saved(audit, revision=other),
    "another unit": lambda audit, _, other: _rows(audit).update(unit=other.statement.unit),
    "no issue": lambda audit, *_: _rows(audit).update(
        state=AuditState.DRAFT, content=None, content_digest="", issued_at=None, issued_by=None, issuer_name=""
    ),
    "another state": lambda audit, *_: _rows(audit).update(state=AuditState.FIELDWORK),
    "withdrawn": lambda audit, *_: _rows(audit).update(state=AuditState.WITHDRAWN, withdrawn_because="Never mind."),
    "other content": lambda audit, *_: _rows(audit).update(content={"format": 1}, content_digest="a" * 64),
    "another summary": lambda audit, *_: _rows(audit).update(summary="All is well."),
    "another result": lambda audit, *_: StandardTest.objects.filter(verdict__audit=audit).update(result="met"),
    "another finding": lambda audit, *_: Finding.objects.filter(verdict__audit=audit).update(text="All is well."),
    "no criteria": lambda audit, *_: FindingCriterion.objects.filter(finding__verdict__audit=audit).delete(),
    "other samples": lambda audit, *_: Sample.objects.filter(verdict__audit=audit).update(number=400),
    "other recommendations": lambda audit, *_: audit.recommendations.update(text="Carry on."),
    "the audit removed": lambda audit, *_: _rows(audit).delete(),
    "another claim": lambda audit, *_: Entry.objects.filter(revision=audit.revision_id).update(level=1),
    "another signature": lambda audit, *_: Revision.objects.filter(audits=audit.pk).update(
        content={"format": 1}, content_digest="b" * 64
    ),
}


def _checked(act: Callable[..., object], audit: Audit, by: User) -> object:
    one = audit.recommendations.open().first()
    if one is None:
        return None
    check = one.checks.filter(checked_at=None).first() or factory.said_done(one)
    return act(check=check, reasons="Looked at.", by=by, at=timezone.now())


# As people do, on the pages.
ACTS: dict[str, Reach] = {
    "sent": lambda audit, by, _: audit_reports.send_for_accuracy(
        audit=audit, response_due_on=timezone.localdate() + timedelta(days=9), by=by, at=timezone.now()
    ),
    "taken back": lambda audit, by, _: audit_reports.take_back(audit=audit, by=by, at=timezone.now()),
    "answered": lambda audit, by, _: audit_reports.respond(
        audit=audit, agrees=False, text="It is level 4.", by=by, at=timezone.now()
    ),
    "issued again": lambda audit, by, _: audit_reports.issue(
        audit=audit, seen_digest=content_digest(content_of(audit)), by=by, at=timezone.now()
    ),
    "confirmed": lambda audit, by, _: _checked(recommendations.confirm, audit, by),
    "reopened": lambda audit, by, _: _checked(recommendations.reopen, audit, by),
    "closed": lambda audit, by, _: audit_reports.close(audit=audit, by=by, at=timezone.now()),
    "printed": lambda audit, *_: audit_reports.request_document(audit=audit, by=None, at=timezone.now()),
}
EVERYTHING = {**REACHES, **ACTS}


def frozen(audit: Audit) -> Any:
    """All that must stay: of the audit, of its verdicts and what stands under them, and of what it validates."""
    row = Audit.objects.filter(pk=audit.pk).values(
        "unit", "revision", "summary", "content", "content_digest", "issued_at", "issued_by"
    )
    assert audit.revision is not None
    return (
        list(row),
        Audit.objects.get(pk=audit.pk).is_out,
        list(audit.verdicts.order_by("pk").values("pk", "theme", "level", "not_enough_evidence", "reasons")),
        list(StandardTest.objects.filter(verdict__audit=audit).order_by("pk").values("pk", "result", "note")),
        list(Finding.objects.filter(verdict__audit=audit).order_by("pk").values("pk", "text", "criteria")),
        list(Sample.objects.filter(verdict__audit=audit).order_by("pk").values("pk", "of", "number")),
        list(audit.recommendations.order_by("pk").values("pk", "text", "verdict", "action")),
        list(Revision.objects.filter(pk=audit.revision.pk).values("content", "content_digest")),
        list(Entry.objects.filter(revision=audit.revision_id).order_by("pk").values("pk", "level")),
    )


def attempt(act: Reach, audit: Audit, by: User, other: Revision) -> None:
    """Do it, whether it is refused or not."""
    try:
        with transaction.atomic():
            act(Audit.objects.get(pk=audit.pk), by, other)
    except (DatabaseError, Refused, ActionRefused):
        pass


@pytest.fixture
def unit() -> Unit:
    return make_unit(group=make_group())


@pytest.fixture
def auditor() -> User:
    return make_person(Role.SHRMT)


@pytest.fixture
def draft(unit: Unit, auditor: User) -> Audit:
    return factory.drafted(by=auditor, revision=statements.signed(unit))


@pytest.fixture
def other() -> Revision:
    return statements.signed()


def test_no_sequence_of_edits_changes_an_issued_verdict_or_the_revision_it_names(
    draft: Audit, auditor: User, other: Revision
) -> None:
    audit = factory.issued(factory.answered(factory.sent(draft)))
    before = frozen(audit)

    @given(st.lists(st.sampled_from(sorted(EVERYTHING)), min_size=1, max_size=8))
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    def stays(names: list[str]) -> None:
        with transaction.atomic():
            for name in names:
                attempt(EVERYTHING[name], audit, auditor, other)
                assert frozen(audit) == before, name
            transaction.set_rollback(True)

    stays()
    for name in EVERYTHING:  # and each by itself, whatever was drawn
        attempt(EVERYTHING[name], audit, auditor, other)
        assert frozen(audit) == before, name


def test_the_same_reaches_do_change_what_is_not_issued(draft: Audit, auditor: User, other: Revision) -> None:
    """But for those into what was signed, which nobody changes, and those that undo an issue."""
    harmless = {"another claim", "another signature", "no issue", "other content", "the audit removed"}
    before = frozen(draft)
    for name, reach in REACHES.items():
        with transaction.atomic():
            attempt(reach, draft, auditor, other)
            changed = frozen(draft) != before or Audit.objects.get(pk=draft.pk).state != AuditState.DRAFT
            assert changed is (name not in harmless), name
            transaction.set_rollback(True)
