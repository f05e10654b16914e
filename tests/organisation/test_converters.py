"""Quarters and half-years in addresses."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, URLResolver, path
from django.urls.resolvers import RegexPattern

from organisation import converters
from organisation.periods import HalfYear, Quarter


def page(request: HttpRequest, **_: object) -> HttpResponse:
    raise AssertionError(f"only resolved, never called: {request}")


RESOLVER = URLResolver(
    RegexPattern(r"^/"), [path("q/<quarter:quarter>/", page, name="q"), path("h/<half:half>/", page, name="h")]
)


def test_an_address_names_a_quarter_and_back() -> None:
    assert RESOLVER.resolve("/q/2025-26-q1/").kwargs == {"quarter": Quarter(2025, 1)}
    assert RESOLVER.reverse("q", quarter=Quarter(2099, 4)) == "q/2099-00-q4/"


def test_an_address_names_a_half_year_and_back() -> None:
    assert RESOLVER.resolve("/h/2025-26-h2/").kwargs == {"half": HalfYear(2025, 2)}
    assert RESOLVER.reverse("h", half=HalfYear(2019, 1)) == "h/2019-20-h1/"


@pytest.mark.parametrize(
    "address",
    [
        "/q/2025-26-q5/",
        "/q/2025-26-q0/",
        "/q/2025-27-q1/",  # no financial year
        "/q/0000-01-q1/",
        "/q/2025-26-h1/",
        "/q/2025-26-Q1/",  # one address a page
        "/q/2025/26-q1/",
        "/q/٢٠٢٥-26-q1/",
        "/h/2025-26-h3/",
        "/h/2025-26-q1/",
        "/h/2025-25-h1/",
    ],
)
def test_what_names_no_period_is_no_page(address: str) -> None:
    with pytest.raises(Resolver404):
        RESOLVER.resolve(address)


def test_both_converters_give_the_address_they_read() -> None:
    quarter, half = converters.QuarterConverter(), converters.HalfYearConverter()
    assert quarter.to_url(quarter.to_python("2019-20-q3")) == "2019-20-q3"
    assert half.to_url(half.to_python("2019-20-h2")) == "2019-20-h2"
