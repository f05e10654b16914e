"""A unit with a draft of this quarter, and the people who fill it in and sign it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from assurance.models import Revision
from organisation.models import Unit, User
from organisation.roles import Role
from tests.assurance.pages import signed_in
from tests.factories import assurance as factories
from tests.factories.organisation import make_person, make_unit


@pytest.fixture
def unit() -> Unit:
    return make_unit("Harbour OCU")


@pytest.fixture
def draft(unit: Unit) -> Revision:
    return factories.make_statement(unit)


@pytest.fixture
def opened(draft: Revision) -> Revision:
    """The draft after somebody has been on each of its themes: a first visit carries forward and comes back."""
    draft.entries.update(first_opened_at=timezone.now())
    return draft


@pytest.fixture
def spoc(unit: Unit) -> User:
    return make_person(Role.SPOC, unit)


@pytest.fixture
def slt(unit: Unit) -> User:
    return make_person(Role.SLT_LEAD, unit)


@pytest.fixture
def browser(spoc: User) -> Client:
    return signed_in(spoc)
