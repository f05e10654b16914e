"""Passwords: what a sign-in costs, and that those of the demo are worth nothing elsewhere."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import check_password, make_password

EVERYWHERE, DEMO = ["organisation.hashers.Argon2"], ["organisation.hashers.DemoArgon2"]


def test_a_password_is_kept_as_argon2id_with_owasps_second_parameter_set(settings: Any) -> None:
    settings.PASSWORD_HASHERS = EVERYWHERE
    stored = make_password("a long enough one")
    assert stored.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert check_password("a long enough one", stored)
    assert not check_password("another one", stored)


def test_a_password_of_the_demo_works_in_the_demo_and_nowhere_else(settings: Any) -> None:
    settings.PASSWORD_HASHERS = DEMO
    stored = make_password("truelevel-demo")
    assert check_password("truelevel-demo", stored)
    settings.PASSWORD_HASHERS = EVERYWHERE
    assert not check_password("truelevel-demo", stored)
