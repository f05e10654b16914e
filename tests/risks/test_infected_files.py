"""An infected file is refused and kept in the trail, with no transaction around the request: as in production."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from organisation.roles import Role
from records.models import TrailEntry
from risks.models import BoardMeeting, LiaisonFile, LiaisonMeeting, MeetingFile
from risks.rules import Refused
from risks.services import board, hse
from tests.factories import clamd, evidence, files, risks
from tests.factories.organisation import make_person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("act", ["board-meeting.file-infected", "hse.file_infected"])
def test_an_infected_file_is_refused_and_kept_in_the_trail(act: str, settings: Settings) -> None:
    by, now = make_person(Role.HEAD), timezone.now()
    infected = evidence.sent(files.pdf(objects=[f"({clamd.EICAR.decode()})"]), "letter.pdf")
    of: LiaisonMeeting | BoardMeeting
    add: Callable[..., Any]
    if act.startswith("hse"):
        of = entry = risks.make_liaison_meeting()
        add = partial(hse.add_file, entry=entry)
    else:
        of = meeting = risks.make_meeting(timezone.localdate())
        add = partial(board.add_file, meeting=meeting)
    with clamd.on_tcp() as (settings.CLAMD_ADDRESS, _), pytest.raises(Refused, match="found something in it"):
        add(file=infected, title="", by=by, at=now)
    line = TrailEntry.objects.get(act=act)
    assert (line.thing_id, line.actor_id, line.detail["finding"]) == (of.pk, by.pk, clamd.FINDING)
    assert not MeetingFile.objects.exists()
    assert not LiaisonFile.objects.exists()
