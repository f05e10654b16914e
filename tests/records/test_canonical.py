"""The canonical form of signed content. Expected bytes and digests are written out or made by other tools."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.canonical import canonical_bytes, content_digest, normal

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
CONTENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


def test_keys_are_sorted_and_nothing_is_padded() -> None:
    content = {"unit": "Harbour OCU", "edition": "2019", "entries": [1, None, True]}
    assert canonical_bytes(content) == b'{"edition":"2019","entries":[1,null,true],"unit":"Harbour OCU"}'


def test_text_is_utf_8_and_not_escaped() -> None:
    assert canonical_bytes({"a": "Café – £5"}) == '{"a":"Café – £5"}'.encode()


def test_the_same_letters_written_differently_are_the_same_content() -> None:
    composed, decomposed = "Caf\u00e9", "Cafe\u0301"
    assert canonical_bytes([composed]) == canonical_bytes([decomposed]) == b'["Caf\xc3\xa9"]'


@pytest.mark.parametrize("ends", ["one\r\ntwo", "one\rtwo", "one\ntwo"])
def test_line_ends_do_not_depend_on_the_browser(ends: str) -> None:
    assert canonical_bytes(ends) == b'"one\\ntwo"'


def test_the_digest_is_the_sha_256_of_the_canonical_bytes() -> None:
    # printf '{"a":1}' | sha256sum
    assert content_digest({"a": 1}) == "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"


@pytest.mark.parametrize("value", [1.5, b"bytes", {1, 2}, object()])
def test_what_json_would_not_keep_exactly_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="Signed content holds"):
        canonical_bytes({"a": [value]})


def test_keys_that_are_not_texts_are_refused() -> None:
    with pytest.raises(TypeError, match="Keys of signed content"):
        canonical_bytes({1: "one"})


@given(CONTENTS)
def test_normal_content_stays_as_it_is(content: object) -> None:
    once = normal(content)
    assert normal(once) == once
    assert canonical_bytes(once) == canonical_bytes(content)


@given(TEXTS, TEXTS)
def test_a_changed_text_changes_the_digest(one: str, other: str) -> None:
    same = normal(one) == normal(other)
    assert (content_digest({"evidence": one}) == content_digest({"evidence": other})) is same
