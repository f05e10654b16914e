"""Who has a statement open, said before people get into each other's way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assurance.models import Presence, Revision
from assurance.services import forgetting, presence
from maturity.models import Theme
from organisation.models import User
from tests.factories import assurance as factories

pytestmark = pytest.mark.django_db


def theme(revision: Revision, identity: str) -> Theme:
    return revision.statement.edition.themes.get(identity=identity)


def test_others_see_who_has_it_open_and_in_which_theme(draft: Revision, spoc: User, slt: User) -> None:
    now = timezone.now()
    assert presence.seen(revision=draft, theme=theme(draft, "leadership"), by=spoc, at=now) == []
    (other,) = presence.seen(revision=draft, theme=theme(draft, "audit"), by=slt, at=now)
    assert (other.person, other.theme) == (spoc, theme(draft, "leadership"))


def test_who_moves_on_is_in_one_place_only(draft: Revision, spoc: User, slt: User) -> None:
    now = timezone.now()
    for identity in ("leadership", "audit"):
        presence.seen(revision=draft, theme=theme(draft, identity), by=spoc, at=now)
    presence.seen(revision=draft, theme=None, by=spoc, at=now)
    (other,) = presence.others(revision=draft, than=slt, at=now)
    assert other.theme is None


def test_a_page_that_fell_silent_is_closed(draft: Revision, spoc: User, slt: User) -> None:
    now = timezone.now()
    presence.seen(revision=draft, theme=None, by=spoc, at=now)
    assert presence.others(revision=draft, than=slt, at=now + timedelta(seconds=45))
    assert not presence.others(revision=draft, than=slt, at=now + timedelta(seconds=55))


def test_another_statement_is_another_matter(draft: Revision, spoc: User, slt: User) -> None:
    now = timezone.now()
    presence.seen(revision=factories.make_statement(), theme=None, by=spoc, at=now)
    assert presence.others(revision=draft, than=slt, at=now) == []


def test_it_costs_two_queries(draft: Revision, spoc: User) -> None:
    leadership, now = theme(draft, "leadership"), timezone.now()
    with CaptureQueriesContext(connection) as queries:
        presence.seen(revision=draft, theme=leadership, by=spoc, at=now)
    asked = [query["sql"] for query in queries if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(asked) == 2, asked


def test_yesterday_is_forgotten(draft: Revision, spoc: User, slt: User) -> None:
    now = timezone.now()
    presence.seen(revision=draft, theme=None, by=spoc, at=now - timedelta(hours=25))
    presence.seen(revision=draft, theme=None, by=slt, at=now - timedelta(hours=23))
    assert forgetting.old_presences(before=now - timedelta(days=1)) == 1
    assert Presence.objects.get().person == slt
