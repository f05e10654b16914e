"""The pages on which a request is answered, as people go through them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from lxml import html  # type: ignore[import-untyped]  # ships no types

from assurance.models import InformationRequest, Release, RequestedStatement, Revision, Withholding
from assurance.services import information_requests as services
from organisation.models import Unit
from organisation.periods import Quarter
from organisation.roles import Role
from records.models import Job, TrailEntry
from records.services import jobs
from tests.assurance.pages import form_on, html_of, signed_in
from tests.factories import assurance as factories
from tests.factories import information_requests as make
from tests.factories.organisation import appoint, make_person, make_user

pytestmark = pytest.mark.django_db

QUARTER = Quarter(2025, 1)
LIST = "/information-requests/"


@pytest.fixture
def adviser() -> Client:
    return signed_in(make_person(Role.SHRMT))


@pytest.fixture
def signed(unit: Unit) -> Revision:
    return factories.signed(unit, QUARTER)


@pytest.fixture
def item(signed: Revision) -> RequestedStatement:
    return make.choose(make.make_request(), signed)


@pytest.fixture
def at(item: RequestedStatement) -> str:
    return f"{LIST}{item.request_id}/"


def words(response: object) -> str:
    text: str = html.document_fromstring(html_of(response)).xpath("string(//main)")
    return " ".join(text.split())


def problems(response: object) -> list[tuple[str, str]]:
    links = html.document_fromstring(html_of(response)).xpath("//*[@data-module='govuk-error-summary']//a")
    return [(link.get("href"), link.text_content()) for link in links]


def test_a_request_is_entered_and_its_statements_chosen(adviser: Client, signed: Revision) -> None:
    entered = adviser.post(
        f"{LIST}new/",
        {"reference": "FOI-2026-0117", "law": "foi", "subject": "All of spring", "received_on": "2 11 2026"},
    )
    asked = InformationRequest.objects.get(reference="FOI-2026-0117")
    assert entered["Location"] == f"{LIST}{asked.pk}/choose/"
    chosen = adviser.post(
        entered["Location"], {"units": [signed.statement.unit_id], "first": str(QUARTER), "last": str(QUARTER)}
    )
    assert chosen["Location"] == f"{LIST}{asked.pk}/"
    said = words(adviser.get(chosen["Location"]))
    assert "1 signed statement added." in said
    assert "Harbour OCU, 2025/26-Q1, revision 1 Nothing kept back" in said
    assert "FOI-2026-0117" in words(adviser.get(LIST))


def test_a_request_that_is_not_whole_keeps_what_was_typed(adviser: Client) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    typed = {"reference": "FOI-1", "law": "", "subject": "", "received_on": tomorrow.isoformat()}
    answer = adviser.post(f"{LIST}new/", typed)
    assert answer.status_code == 422
    assert [href for href, _ in problems(answer)] == ["#id_law_0", "#id_subject", "#id_received_on"]
    assert form_on(answer)["reference"] == "FOI-1"


def test_a_reference_that_is_taken_is_said_beside_it(adviser: Client, item: RequestedStatement) -> None:
    typed = {"reference": item.request.reference, "law": "foi", "subject": "More", "received_on": "2 11 2026"}
    answer = adviser.post(f"{LIST}new/", typed)
    assert answer.status_code == 422
    ((href, text),) = problems(answer)
    assert href == "#id_reference"
    assert "already" in text


def test_choosing_nothing_new_or_the_wrong_way_round_is_said(
    adviser: Client, at: str, item: RequestedStatement
) -> None:
    factories.make_statement(item.revision.statement.unit, QUARTER.next())
    unit = [item.revision.statement.unit_id]
    again = adviser.post(f"{at}choose/", {"units": unit, "first": str(QUARTER), "last": str(QUARTER)})
    assert again.status_code == 422
    assert "no signed statement of those quarters" in words(again)
    back = adviser.post(f"{at}choose/", {"units": unit, "first": str(QUARTER.next()), "last": str(QUARTER)})
    assert [href for href, _ in problems(back)] == ["#id_last"]


def test_every_text_is_shown_with_a_way_to_keep_it_back(adviser: Client, at: str, item: RequestedStatement) -> None:
    found = html.document_fromstring(html_of(adviser.get(f"{at}{item.pk}/")))
    links = found.xpath("//main//dd/a/@href")
    assert f"{at}{item.pk}/texts/signer_name/" in links
    assert f"{at}{item.pk}/texts/entries/leadership/evidence/" in links
    assert all(adviser.get(link).status_code == 200 for link in links)


def test_a_passage_is_kept_back_and_given_out_again(adviser: Client, at: str, item: RequestedStatement) -> None:
    page = f"{at}{item.pk}/texts/entries/leadership/evidence/"
    assert form_on(adviser.get(page))["edited"] == "Records of Leadership were checked."
    typed = {
        "how": "passages",
        "edited": "Records of [withheld] were checked.",
        "exemption": "s31",
        "reason": "It would help offenders.",
    }
    assert adviser.post(page, typed)["Location"] == f"{at}{item.pk}/"
    said = words(adviser.get(f"{at}{item.pk}/"))
    assert "Records of Withheld 1 were checked." in said
    assert "1 mark keeps something back" in said
    assert form_on(adviser.get(page))["edited"] == "Records of [withheld 1] were checked."
    assert adviser.post(f"{at}{item.pk}/marks/1/undo/")["Location"] == f"{at}{item.pk}/"
    assert "Records of Leadership were checked." in words(adviser.get(f"{at}{item.pk}/"))
    assert adviser.post(f"{at}{item.pk}/marks/1/undo/").status_code == 404


def test_a_text_that_was_changed_otherwise_comes_back_as_it_was_typed(
    adviser: Client, at: str, item: RequestedStatement
) -> None:
    typed = {"how": "passages", "edited": "Other words.", "exemption": "", "reason": "Because."}
    answer = adviser.post(f"{at}{item.pk}/texts/entries/leadership/evidence/", typed)
    assert [href for href, _ in problems(answer)] == ["#id_exemption"]
    answer = adviser.post(f"{at}{item.pk}/texts/entries/leadership/evidence/", typed | {"exemption": "s40"})
    assert answer.status_code == 422
    ((href, text),) = problems(answer)
    assert href == "#id_edited"
    assert "leave every other letter as it is" in text
    assert (form_on(answer)["edited"], form_on(answer)["reason"]) == ("Other words.", "Because.")
    assert not Withholding.objects.exists()


def test_all_of_a_text_is_kept_back_whatever_stands_in_the_box(
    adviser: Client, at: str, item: RequestedStatement
) -> None:
    typed = {"how": "whole", "edited": "", "exemption": "s40", "reason": "A name."}
    adviser.post(f"{at}{item.pk}/texts/signer_name/", typed)
    assert Withholding.objects.get().is_whole


def test_the_second_look_shows_what_leaves_and_nothing_is_made_unless_it_is_confirmed(
    adviser: Client, at: str, item: RequestedStatement
) -> None:
    make.withhold(item, "signer_name")
    look = adviser.get(f"{at}check/")
    assert "[withheld 1], Chief superintendent" in words(look)
    assert "It is about somebody." in words(look)
    refused = adviser.post(f"{at}check/", form_on(look))
    assert [href for href, _ in problems(refused)] == ["#id_looked"]
    assert not Release.objects.exists()
    assert adviser.post(f"{at}check/", form_on(look) | {"looked": "on"})["Location"] == at
    release = Release.objects.get()
    jobs.perform(Job.objects.get(key=services.key_of(release)).pk, services.build)
    assert "Download answer 1" in words(adviser.get(at))
    file = adviser.get(f"{at}answers/1/pdf/")
    assert b"".join(file.streaming_content)[:5] == b"%PDF-"  # type: ignore[attr-defined]  # it is a download
    assert file["Content-Disposition"].startswith("attachment;")
    assert TrailEntry.objects.filter(act="information-request.downloaded").count() == 1


def test_what_was_decided_during_the_second_look_is_looked_at_again(
    adviser: Client, at: str, item: RequestedStatement
) -> None:
    look = form_on(adviser.get(f"{at}check/")) | {"looked": "on"}
    make.withhold(item, "signer_name")
    answer = adviser.post(f"{at}check/", look)
    assert answer.status_code == 422
    assert "Something was decided while you were looking" in words(answer)
    assert form_on(answer)["digest"] == services.outcome(item.request).digest


def test_whoever_administers_accounts_gives_nothing_out(at: str, item: RequestedStatement) -> None:
    both = make_person(Role.SHRMT)
    appoint(both, Role.ADMINISTRATOR)
    client = signed_in(both)
    digest = services.outcome(item.request).digest
    assert client.post(f"{at}check/", {"digest": digest, "looked": "on"}).status_code == 403
    assert not Release.objects.exists()


def test_a_statement_is_left_out_again(adviser: Client, at: str, item: RequestedStatement) -> None:
    assert adviser.post(f"{at}{item.pk}/leave-out/")["Location"] == at
    assert "None is chosen yet" in words(adviser.get(at))
    assert adviser.get(f"{at}{item.pk}/").status_code == 404


def test_a_statement_of_another_request_is_not_reached_by_this_one(adviser: Client, item: RequestedStatement) -> None:
    other = make.make_request()
    assert adviser.get(f"{LIST}{other.pk}/{item.pk}/").status_code == 404


def test_without_any_request_the_list_says_who_enters_them(adviser: Client) -> None:
    assert "Nobody has entered one yet" in words(adviser.get(LIST))
    assert signed_in(make_user()).get(LIST).status_code == 404
