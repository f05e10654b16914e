"""One fault, one sentence."""

from xml.etree import ElementTree

import pytest

from rendering.htmlrules import faults

SOUND = (
    '<html lang="en-GB"><head><title>T</title></head><body><h1>One</h1><h2>Two</h2><h3>Three</h3><h2>Two</h2>'
    '<table><caption>C</caption><tr><th scope="col" rowspan="2">a</th><th scope="col" colspan="2">b</th></tr>'
    '<tr><td>1</td><td>2</td></tr><tr><th scope="row">r</th><td colspan="2">3</td></tr></table>'
    '<svg xmlns="http://www.w3.org/2000/svg"><title>S</title></svg><img alt="I" src="asset:i.png" />'
    '<p><a href="#a">a</a><a href="https://example.org/">b</a><a id="a">no link</a></p></body></html>'
)


def found(html: str) -> list[str]:
    return faults(ElementTree.fromstring(html))  # noqa: S314  # our own text


def with_body(body: str) -> str:
    return f'<html lang="en"><head><title>T</title></head><body><h1>One</h1>{body}</body></html>'


def test_a_sound_document_has_no_fault() -> None:
    assert found(SOUND) == []


@pytest.mark.parametrize(
    ("html", "sentence"),
    [
        (SOUND.replace(' lang="en-GB"', ""), "no lang attribute"),
        (SOUND.replace("<title>T</title>", ""), "has no title"),
        (SOUND.replace("<title>T</title>", "<title> </title>"), "has no title"),
        (SOUND.replace("<h1>One</h1>", ""), "it has to be h1"),
        (SOUND.replace("<h2>Two</h2>", ""), "jumps from h1 to h3"),
        (SOUND.replace("<h3>Three</h3>", "<h3></h3>"), "is empty"),
        ('<html lang="en"><head><title>T</title></head><body><p>x</p></body></html>', "has no heading"),
        (SOUND.replace("<title>S</title>", ""), "no <title> child"),
        (SOUND.replace(' alt="I"', ' alt=""'), "has no alternative text"),
        (SOUND.replace(' scope="row"', ""), "“r” has no scope"),
        (SOUND.replace("<td>2</td>", ""), "“C” are not equally long"),
        (SOUND.replace('rowspan="2"', 'rowspan="0"'), "spans more than"),
        (SOUND.replace('rowspan="2"', 'rowspan="99999999999"'), "spans more than"),
        (SOUND.replace('rowspan="2"', 'rowspan="²"'), "spans more than"),
        (with_body("<table><tr><td>x</td></tr></table>"), "has no heading cell"),
        (
            with_body('<table><tr><th scope="col"><table><tr><th scope="col">x</th></tr></table></th></tr></table>'),
            "holds another table",
        ),
        (with_body("<script>x</script>"), "<script> is not allowed"),
        (with_body('<base href="x" />'), "<base> is not allowed"),
        (with_body('<a rel="nofollow Attachment" href="https://example.org/">x</a>'), "rel=attachment"),
        (with_body('<a href="/people/">x</a>'), "neither #inside"),
        (with_body('<a href="JavaScript:x">x</a>'), "neither #inside"),
        (with_body('<a href="http://[x">x</a>'), "neither #inside"),
        (with_body('<a href="#x"><img alt="I" /></a>'), "holds a picture"),
        (with_body("<div>" * 200 + "</div>" * 200), "nested more than"),
    ],
)
def test_each_fault_is_named(html: str, sentence: str) -> None:
    (only,) = found(html)
    assert sentence in only
