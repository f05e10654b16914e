"""Two people who ask for the pack of a meeting at the same moment: each request on a connection of its own."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from organisation.roles import Role
from papers.models import BoardPack
from papers.services import packs as services
from records.models import Job, TrailEntry
from tests.assurance.at_once import Post, send_each_at_once
from tests.factories import risks
from tests.factories.organisation import make_person

pytestmark = pytest.mark.django_db(transaction=True)


def signed_in(role: Role) -> Client:
    client = Client()
    client.force_login(make_person(role))
    return client


def test_two_who_ask_at_once_get_one_version_and_one_document() -> None:
    meeting = risks.make_meeting(timezone.localdate())
    address = reverse("papers:make_pack", args=[meeting.pk])
    posts: list[Post] = [(signed_in(role), address, {}) for role in (Role.HEAD, Role.BOARD_SECRETARY)]
    assert send_each_at_once([meeting], posts) == [302, 302]
    pack = BoardPack.objects.get()
    assert Job.objects.filter(task=services.BUILD, key=pack.job_key).count() == 1
    assert TrailEntry.objects.filter(act__startswith="board-pack.").count() == 1
