"""What is believed of a provider's claims. The claims' meanings are those of OpenID Connect Core 1.0 and RFC 8176."""

from __future__ import annotations

from typing import Any

import pytest

from organisation.identity import Identity, Untrustworthy, read

ISSUER, NONCE = "https://login.example.org/tenant/v2.0", "the nonce of this sign-in"
TOKEN = {"iss": ISSUER, "sub": "8f14e45f", "nonce": NONCE}


def found(
    token: dict[str, Any] | None = None, info: dict[str, Any] | None = None, *, trusts_email: bool = False
) -> Identity:
    answer = {"id_token": TOKEN | (token or {})} | ({"userinfo": info} if info else {})
    return read(answer, issuer=ISSUER, nonce=NONCE, trusts_email=trusts_email)


def test_a_person_is_read_from_the_token_and_the_user_info() -> None:
    info = {"sub": "8f14e45f", "email": "ann@example.org", "email_verified": True, "name": "Ann Other"}
    assert found({"amr": ["pwd"]}, info) == Identity("8f14e45f", "ann@example.org", True, "Ann Other", False)


@pytest.mark.parametrize(
    ("claims", "verified"),
    [
        ({"email_verified": True}, True),
        ({"email_verified": "true"}, True),
        ({"xms_edov": 1}, True),
        ({"xms_edov": "1"}, True),
        ({"email_verified": False}, False),
        ({"email_verified": "False"}, False),
        ({"email_verified": None}, False),
        ({"xms_edov": 0}, False),
        ({}, False),
    ],
)
def test_an_address_is_verified_only_where_the_provider_says_so(claims: dict[str, Any], verified: bool) -> None:
    assert found({"email": "ann@example.org"} | claims).email_is_verified is verified
    assert found({"email": "ann@example.org"} | claims, trusts_email=True).email_is_verified


@pytest.mark.parametrize(
    ("address", "verified"), [("ann@example.org", True), ("Ann@example.org", True), ("bo@example.org", False)]
)
def test_an_address_is_not_verified_by_what_is_said_of_another(address: str, verified: bool) -> None:
    token = {"email": "ann@example.org", "email_verified": True}
    assert found(token, {"sub": "8f14e45f", "email": address}).email_is_verified is verified


def test_no_address_is_not_a_verified_one() -> None:
    assert not found({"email_verified": True}, trusts_email=True).email_is_verified


@pytest.mark.parametrize(
    ("methods", "several"),
    [(["pwd", "mfa"], True), (["ngcmfa"], True), (["pwd"], False), (["otp"], False), ([], False), ("mfa", False)],
)
def test_several_factors_are_believed_where_the_token_says_so(methods: Any, several: bool) -> None:
    assert found({"amr": methods}).several_factors is several


def test_the_user_info_does_not_say_how_somebody_signed_in() -> None:
    assert not found(info={"sub": "8f14e45f", "amr": ["mfa"]}).several_factors


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"given_name": "Ann", "family_name": "Other"}, "Ann Other"),
        ({"name": "  Ann\n\u202eOther\x00 "}, "Ann Other"),
        ({"name": "A" * 201, "given_name": "Ann"}, "Ann"),
        ({"name": ["Ann"]}, "ann"),
        ({}, "ann"),
    ],
)
def test_a_name_is_one_line_of_a_bearable_length(claims: dict[str, Any], name: str) -> None:
    assert found({"email": "ann@example.org"} | claims).name == name


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({"userinfo": {"sub": "8f14e45f"}}, "no ID token"),
        ({"id_token": TOKEN | {"iss": "https://login.example.org/other/v2.0"}}, "not from"),
        ({"id_token": TOKEN | {"nonce": "of another sign-in"}}, "nonce"),
        ({"id_token": {"iss": ISSUER, "sub": "8f14e45f"}}, "nonce"),
        ({"id_token": TOKEN | {"sub": ""}}, "subject"),
        ({"id_token": TOKEN | {"sub": "9" * 192}}, "subject"),
        ({"id_token": TOKEN, "userinfo": {"sub": "somebody else"}}, "another subject"),
        ({"id_token": TOKEN, "userinfo": {"email": "ann@example.org"}}, "another subject"),
    ],
)
def test_an_answer_to_another_question_is_not_believed(answer: dict[str, Any], why: str) -> None:
    with pytest.raises(Untrustworthy, match=why):
        read(answer, issuer=ISSUER, nonce=NONCE, trusts_email=True)


def test_a_sign_in_without_a_nonce_of_ours_is_not_believed() -> None:
    with pytest.raises(Untrustworthy, match="nonce"):
        read({"id_token": TOKEN | {"nonce": ""}}, issuer=ISSUER, nonce="", trusts_email=True)
