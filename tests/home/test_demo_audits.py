"""The invented force's audits: how far each is, what it found beside what was claimed, and who did it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from pytest_django import DjangoDbBlocker

from assurance.audit_permissions import bars_to_doing, leads_audit
from assurance.models import Audit, AuditState, Recommendation, ResponseKind, RevisionState
from assurance.services import auditing
from home.demo import loading
from home.demo.plan import Size
from maturity import modelfile
from maturity.services import editions
from organisation.models import User
from organisation.periods import LONDON, london_day
from records.canonical import content_digest
from records.models import TrailEntry

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=LONDON)
FIXTURES = Path(settings.BASE_DIR) / "fixtures"

pytestmark = [pytest.mark.usefixtures("force"), pytest.mark.django_db]


@pytest.fixture(scope="module")
def force(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:  # noqa: ARG001  # sets up first
    """A small demo force, loaded once for these tests."""
    with django_db_blocker.unblock(), transaction.atomic():
        editions.load_all([modelfile.read(FIXTURES / f"maturity-{code}.toml") for code in ("2017", "2019")], at=NOW)
        assert loading.load(Size(seed="audits", units=20, quarters=3), at=NOW)
        yield
        transaction.set_rollback(True)


def of_the_demo_unit() -> Audit:
    return Audit.objects.get(unit__appointments__person__email="spoc@demo.example", issued_at=None)


def test_audits_stand_at_every_step_before_the_unit_is_asked() -> None:
    states = Audit.objects.filter(issued_at=None).order_by("pk").values_list("state", flat=True)
    assert list(states) == [AuditState.DRAFT, AuditState.FIELDWORK, AuditState.DRAFT, AuditState.PLANNED]


def test_audits_of_units_that_had_something_accepted_have_been_issued_and_answered() -> None:
    issued = Audit.objects.exclude(issued_at=None).select_related("revision__statement")
    assert len(issued) >= 2
    for audit in issued:
        assert audit.state == AuditState.ISSUED
        assert audit.revision is not None
        assert audit.revision.state == RevisionState.ACCEPTED
        assert audit.issued_at is not None
        assert audit.issued_at < NOW
        assert audit.content_digest == content_digest(audit.content)
        assert audit.responses.get().kind == ResponseKind.ACCURACY
        actions = [one.action for one in audit.recommendations.all()]
        assert all(action is not None and action.unit_id == audit.unit_id for action in actions)


def test_whoever_does_them_is_independent_and_the_demo_s_auditor_leads_the_demo_unit_s() -> None:
    for audit in Audit.objects.filter(issued_at=None).select_related("unit", "group"):
        auditors = User.objects.filter(audit_assignments__audit=audit)
        assert {person.email.partition("@")[0] for person in auditors} == {"auditor", "external-auditor"}
        assert [bars_to_doing(person, audit, london_day(NOW)) for person in auditors] == [frozenset()] * 2
    assert leads_audit(User.objects.get(email="auditor@demo.example"), of_the_demo_unit())


def test_the_demo_unit_s_report_says_what_was_confirmed_too_high_and_left_open() -> None:
    audit = of_the_demo_unit()
    assert audit.revision is not None
    claimed = dict(audit.revision.entries.values_list("theme__identity", "level"))
    found = {one.theme.identity: one for one in audit.verdicts.select_related("theme")}
    assert found["leadership"].level == claimed["leadership"]
    assert found["monitoring"].not_enough_evidence
    assert found["risk-management"].level == max(1, (claimed["risk-management"] or 0) - 1)
    assert Recommendation.objects.filter(verdict=found["risk-management"], unit=audit.unit).count() == 1
    assert auditing.missing(audit) == []


def test_what_is_validated_was_signed_before_fieldwork_and_nothing_lies_ahead() -> None:
    for audit in Audit.objects.exclude(state=AuditState.PLANNED).select_related("revision"):
        assert audit.revision is not None
        assert audit.revision.signed_at is not None
        assert audit.started_on is not None
        assert london_day(audit.revision.signed_at) <= audit.started_on <= london_day(NOW)
    assert not TrailEntry.objects.filter(at__gt=NOW, act__startswith="audit.").exists()
