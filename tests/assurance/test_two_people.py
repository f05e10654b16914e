"""Two people at one theme at the same moment: real browsers' requests, each on a connection of its own."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from django.test import Client

from actions.models import Action
from assurance.models import Entry, Revision
from organisation.roles import Role
from tests.assurance.at_once import send_each_at_once
from tests.assurance.pages import address, form_on, signed_in
from tests.factories import assurance as factories
from tests.factories.organisation import make_person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("opened")]


@pytest.fixture
def draft() -> Revision:
    return factories.make_statement()


@pytest.fixture
def two(draft: Revision) -> list[Client]:
    return [signed_in(make_person(role, draft.statement.unit)) for role in (Role.SPOC, Role.SLT_LEAD)]


def send_at_once(
    revision: Revision, browsers: Sequence[Client], where: str, forms: Sequence[dict[str, str]]
) -> list[int]:
    """Send the forms at the same moment; return the statuses, lowest first."""
    return send_each_at_once(
        [revision], [(browser, where, form) for browser, form in zip(browsers, forms, strict=True)]
    )


def leadership(revision: Revision) -> Entry:
    return revision.entries.get(theme__identity="leadership")


def test_answers_to_different_questions_are_both_saved(draft: Revision, two: list[Client]) -> None:
    where = address("theme", draft, "leadership")
    pages = [form_on(browser.get(where)) for browser in two]
    forms = [pages[0] | {"level_answer": "4"}, pages[1] | {"evidence": "Walks by the SLT lead"}]
    assert send_at_once(draft, two, where, forms) == [302, 302]
    assert (leadership(draft).level, leadership(draft).evidence) == (4, "Walks by the SLT lead")


def test_of_two_answers_to_one_question_one_is_saved_and_the_other_is_shown_both(
    draft: Revision, two: list[Client]
) -> None:
    where = address("theme", draft, "leadership")
    pages = [form_on(browser.get(where)) for browser in two]
    forms = [pages[0] | {"evidence": "One", "level_answer": "2"}, pages[1] | {"evidence": "Other"}]
    assert send_at_once(draft, two, where, forms) == [302, 409]
    assert leadership(draft).evidence in {"One", "Other"}
    assert leadership(draft).field_versions["evidence"] == 1
    assert leadership(draft).level == 2


def test_a_new_action_sent_twice_at_once_is_raised_once(draft: Revision, two: list[Client]) -> None:
    where = address("theme", draft, "leadership")
    form = form_on(two[0].get(where)) | {"actions-0-title": "Brief every supervisor"}
    assert send_at_once(draft, [two[0], two[0]], where, [form, form]) == [302, 302]
    assert Action.objects.count() == 1


def test_two_people_s_new_actions_are_both_raised(draft: Revision, two: list[Client]) -> None:
    where = address("theme", draft, "leadership")
    forms = [
        form_on(browser.get(where)) | {"actions-0-title": title}
        for browser, title in zip(two, ["From one", "From the other"], strict=True)
    ]
    assert send_at_once(draft, two, where, forms) == [302, 302]
    assert sorted(Action.objects.values_list("title", flat=True)) == ["From one", "From the other"]


def test_two_signatures_at_once_give_one(draft: Revision) -> None:
    factories.complete(factories.fill(draft))
    leads = [make_person(Role.SLT_LEAD, draft.statement.unit) for _ in range(2)]
    browsers, where = [signed_in(lead) for lead in leads], address("sign", draft)
    forms = [
        form_on(browser.get(where)) | {"signer_position": "Head of unit", "confirmed": "on"} for browser in browsers
    ]
    assert send_at_once(draft, browsers, where, forms) == [302, 422]
    draft.refresh_from_db()
    assert draft.signed_by in leads


def test_signatures_under_two_quarters_at_once_do_not_both_follow_the_same_one(draft: Revision) -> None:
    """Each signature freezes the digest of the unit's last one: two that follow the same would fork the chain."""
    unit, quarter = draft.statement.unit, draft.statement.quarter
    earlier = factories.make_statement(unit, quarter.previous())
    lead = make_person(Role.SLT_LEAD, unit)
    posts = []
    for revision in (earlier, draft):
        factories.complete(factories.fill(revision))
        browser, where = signed_in(lead), address("sign", revision)
        form = form_on(browser.get(where)) | {"signer_position": "Head of unit", "confirmed": "on"}
        posts.append((browser, where, form))
    assert send_each_at_once([earlier, draft], posts) == [302, 422]


def test_a_new_action_and_a_late_signature_do_not_wait_for_each_other(draft: Revision, two: list[Client]) -> None:
    """The signature comes from a page that was opened before the statement was reopened."""
    where = address("theme", draft, "leadership")
    action = form_on(two[0].get(where)) | {"actions-0-title": "Brief every supervisor"}
    signature = {"signer_name": "Lead", "signer_position": "Head of unit", "confirmed": "on"}
    posts = [(two[0], where, action), (two[1], address("sign", draft), signature)]
    assert send_each_at_once([draft], posts) == [302, 422]
    assert Action.objects.get().title == "Brief every supervisor"
