"""Error pages: the right status, what to do, and what was typed given back. None of them asks the database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar
from urllib.parse import urlencode

import pytest
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.core.handlers.wsgi import WSGIRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, path
from lxml import html  # type: ignore[import-untyped]  # ships no types
from pytest_django import Settings

from home.typed import TypedText, typed_texts
from home.views import errors

EVIDENCE = "We walked the yard & wrote <b>12</b> things down.\nAll are mended."
TYPED = {"evidence": EVIDENCE, "actions-0-title": "Mend the ramp", "level": "3", "csrfmiddlewaretoken": "x y"}


@login_not_required
def boom(request: HttpRequest) -> HttpResponse:
    raise RuntimeError(f"a mistake of ours in {request.path}")


@login_not_required
def not_yours(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied(f"Only the unit's SLT lead may {request.method}.")


@login_not_required
def gone(request: HttpRequest) -> HttpResponse:
    raise Http404(f"statement 12 of Harbour, {request.path}")


@login_not_required
def reads(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{len(request.POST)} fields")


class Pages:
    """Addresses that go wrong, with the handlers that the project's own addresses name."""

    urlpatterns: ClassVar[list[URLPattern]] = [
        path("boom/", boom),
        path("not-yours/", not_yours),
        path("gone/", gone),
        path("reads/", reads),
    ]
    handler400 = staticmethod(errors.bad_request)
    handler403 = staticmethod(errors.forbidden)
    handler404 = staticmethod(errors.not_found)
    handler500 = staticmethod(errors.server_error)


@pytest.fixture
def client(settings: Settings) -> Client:
    settings.ROOT_URLCONF = Pages
    settings.CSRF_FAILURE_VIEW = "home.views.errors.csrf_failure"
    # Who is signed in and what the force is called come from the database, which these pages must not need.
    settings.TEMPLATES = [
        settings.TEMPLATES[0] | {"OPTIONS": {"context_processors": ["django.template.context_processors.request"]}}
    ]
    settings.MIDDLEWARE = ["django.middleware.common.CommonMiddleware", "django.middleware.csrf.CsrfViewMiddleware"]
    return Client(raise_request_exception=False)


def given_back(response: Any) -> dict[str, str]:
    """Label and text of each box the page offers for copying."""
    page = html.fromstring(response.content.decode())
    return {
        page.xpath(f"string(//label[@for='{box.get('id')}'])"): box.text_content().removeprefix("\n")
        for box in page.xpath("//textarea")
    }


@pytest.mark.parametrize(
    ("address", "status", "heading"),
    [
        ("/boom/", 500, "Something went wrong on our side"),
        ("/not-yours/", 403, "You cannot do this"),
        ("/gone/", 404, "Page not found"),
        ("/nowhere/", 404, "Page not found"),
    ],
)
def test_each_error_has_a_page_that_gives_back_what_was_typed(
    client: Client, address: str, status: int, heading: str
) -> None:
    response = client.post(address, TYPED)
    assert response.status_code == status
    assert f">{heading}</h1>" in response.content.decode()
    assert given_back(response) == {"Evidence": EVIDENCE, "Actions 1 title": "Mend the ramp"}


@pytest.mark.parametrize("address", ["/boom/", "/not-yours/", "/gone/"])
def test_a_page_that_was_only_read_gives_nothing_back(client: Client, address: str) -> None:
    response = client.get(address + "?evidence=some+words+in+an+address")
    assert given_back(response) == {}
    assert "What you had typed" not in response.content.decode()


def test_the_reason_for_refusing_is_said(client: Client) -> None:
    assert "Only the unit&#x27;s SLT lead may GET." in client.get("/not-yours/").content.decode()


def test_what_was_looked_for_is_not_named(client: Client) -> None:
    assert "Harbour" not in client.get("/gone/").content.decode()


@pytest.mark.usefixtures("client")
def test_a_form_from_an_old_page_is_refused_with_what_to_do() -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/reads/", TYPED)
    assert response.status_code == 403
    assert "Go back to the form and reload it." in response.content.decode()
    assert given_back(response)["Evidence"] == EVIDENCE


def test_too_much_text_is_given_back_whole(client: Client, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    long = "one more word " * 200
    response = client.post("/reads/", urlencode({"evidence": long}), content_type="application/x-www-form-urlencoded")
    assert response.status_code == 413
    assert given_back(response) == {"Evidence": long.strip()}


def test_too_many_fields_are_given_back(client: Client, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 3
    body = urlencode({f"note_{number}": f"note number {number}" for number in range(5)})
    response = client.post("/reads/", body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 413
    assert len(given_back(response)) == 5


def test_a_host_that_is_not_ours_is_a_bad_request(client: Client) -> None:
    response = client.get("/reads/", headers={"host": "elsewhere.example"})
    assert response.status_code == 400
    assert "We could not read that request" in response.content.decode()


@pytest.mark.usefixtures("client")
def test_too_many_tries_say_how_long_to_wait() -> None:
    request = RequestFactory().post("/", TYPED)
    response = errors.too_many_requests(request)
    assert response.status_code == 429
    assert "Wait five minutes" in response.content.decode()
    assert given_back(response)["Evidence"] == EVIDENCE


def test_the_page_of_the_last_resort_is_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> str:
        raise ValueError("no such template")

    monkeypatch.setattr(errors, "render_to_string", broken)
    response = errors.server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert b"Try again in a few minutes." in response.content


def posted(**fields: str) -> WSGIRequest:
    request = RequestFactory().post("/", fields)
    request.user = AnonymousUser()
    return request


def test_passwords_tokens_and_ticked_boxes_are_not_given_back() -> None:
    request = posted(
        password="four words make one", password1="a b", otp_code="1 2", csrfmiddlewaretoken="a b", level="3", sure="on"
    )
    assert typed_texts(request) == []


def test_texts_come_in_the_order_they_were_sent() -> None:
    request = posted(evidence="first text", note="second text")
    assert typed_texts(request) == [TypedText("evidence", "first text"), TypedText("note", "second text")]


def test_a_request_that_cannot_be_read_gives_nothing_back() -> None:
    class Torn:
        def read(self, size: int = -1) -> bytes:
            raise OSError(f"the line went dead before {size} bytes")

        def __iter__(self) -> Iterator[bytes]:
            raise OSError("the line went dead")

    request = RequestFactory().post("/", "a=b+c", content_type="application/x-www-form-urlencoded")
    request._stream = Torn()  # type: ignore[assignment]  # a stream that breaks
    assert typed_texts(request) == []
