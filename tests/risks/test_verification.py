"""Files of the Board and about the HSE are found by their digest, by whoever may download them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from home.verification import find_by_digest
from organisation.roles import Role
from tests.factories import risks
from tests.factories.organisation import make_group, make_person

pytestmark = pytest.mark.django_db


def test_minutes_are_found_by_whoever_reads_meetings() -> None:
    kept = risks.make_file(risks.make_meeting(timezone.localdate()))
    digest = kept.blob.sha256
    [match] = find_by_digest(digest, reader=make_person(Role.BOARD_MEMBER))
    assert (match.is_sound, match.stands) == (True, True)
    assert match.thing.startswith("The file “Minutes” of the ")
    assert find_by_digest(digest, reader=make_person(Role.SPOC)) == []
    client = Client()
    client.force_login(make_person(Role.COG_LEAD))
    assert "The file “Minutes”" in client.get(f"/verify/{digest}/").content.decode()


def test_a_file_about_the_hse_is_found_by_whoever_reads_what_it_is_of() -> None:
    risks.load_kinds()
    group = make_group("River Group")
    kept = risks.make_liaison_file(risks.make_notification(timezone.localdate(), group=group))
    digest = kept.blob.sha256
    assert len(find_by_digest(digest, reader=make_person(Role.SHRMT))) == 1
    assert len(find_by_digest(digest, reader=make_person(Role.COG_LEAD, group=group))) == 1
    assert find_by_digest(digest, reader=make_person(Role.COG_LEAD, group=make_group("Road Group"))) == []
    assert find_by_digest(digest, reader=make_person(Role.BOARD_MEMBER)) != []
