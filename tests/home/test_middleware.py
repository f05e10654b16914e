"""The demo answers its own machine only; what somebody signed in sees stays out of caches."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from home.middleware import LoopbackOnly, NothingCached


def answer(host: str, address: str) -> HttpResponse:
    request = RequestFactory().get("/", headers={"host": host}, REMOTE_ADDR=address)
    return LoopbackOnly(lambda _: HttpResponse("the page"))(request)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1:8000", "127.0.0.1"),
        ("localhost:8000", "127.0.0.1"),
        ("LOCALHOST", "127.8.9.10"),
        ("[::1]:8000", "::1"),
        ("127.0.0.1", "::ffff:127.0.0.1"),
    ],
)
def test_this_machine_by_its_own_names_is_served(host: str, address: str) -> None:
    assert answer(host, address).content == b"the page"


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1:8000", "10.0.0.7"),
        ("127.0.0.1:8000", "::ffff:10.0.0.7"),
        ("127.0.0.1:8000", "2001:db8::1"),
        ("127.0.0.1:8000", ""),
        ("127.0.0.1:8000", "unix:"),
        ("force.example", "127.0.0.1"),
        ("127.0.0.1.force.example", "127.0.0.1"),
        ("localhost.force.example:8000", "127.0.0.1"),
        ("", "127.0.0.1"),
        ("local host", "127.0.0.1"),
    ],
)
def test_everybody_else_is_told_where_it_answers(host: str, address: str) -> None:
    refused = answer(host, address)
    assert refused.status_code == 403
    assert refused["Content-Type"] == "text/plain; charset=utf-8"
    assert b"answers on its own machine only" in refused.content
    assert b"the page" not in refused.content


def passed_on(*, signed_in: bool | None, **answer: Any) -> HttpResponse:
    request = HttpRequest()
    if signed_in is not None:
        request.user = SimpleNamespace(is_authenticated=signed_in)  # type: ignore[assignment]
    return NothingCached(lambda _: HttpResponse("x", **answer))(request)


def test_a_page_for_somebody_signed_in_is_stored_nowhere() -> None:
    directives = {part.strip() for part in passed_on(signed_in=True)["Cache-Control"].split(",")}
    assert {"no-store", "private"} <= directives


@pytest.mark.parametrize("signed_in", [False, None])
def test_a_page_for_anybody_is_left_as_it_is(signed_in: bool | None) -> None:
    assert "Cache-Control" not in passed_on(signed_in=signed_in)


def test_what_is_not_a_page_is_left_as_it_is() -> None:
    assert "Cache-Control" not in passed_on(signed_in=True, content_type="application/pdf")
