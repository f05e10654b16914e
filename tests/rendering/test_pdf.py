"""PDFs judged by programs that are not ours: page-validation, qpdf, poppler, pikepdf."""

import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from rendering import conformance, pdf
from tests.factories.conformance import failures
from tests.rendering.conftest import document, everything_about

SECRET = "the-words-of-a-local-file"


def poppler(command: list[str], content: bytes, tmp_path: Path) -> str:
    path = tmp_path / "document.pdf"
    path.write_bytes(content)
    run = subprocess.run([*command[:1], *command[1:], str(path)], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout


def text_of(content: bytes, tmp_path: Path) -> str:
    path = tmp_path / "text.pdf"
    path.write_bytes(content)
    return subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True).stdout


def test_a_document_with_everything_keeps_to_both_standards(printed: bytes) -> None:
    assert failures(printed) == []


def test_the_checker_would_find_a_fault(printed: bytes) -> None:
    with pikepdf.open(BytesIO(printed)) as opened:
        del opened.Root.Lang
        del opened.Root.Metadata
        spoiled = BytesIO()
        opened.save(spoiled)
    found = failures(spoiled.getvalue())
    assert {failure.partition(":")[0] for failure in found} == {"ua1", "3a", "pdfua"}


def test_qpdf_finds_the_file_sound(printed: bytes, tmp_path: Path) -> None:
    assert "No syntax or stream encoding errors found" in poppler(["qpdf", "--check"], printed, tmp_path)


def test_it_carries_title_language_dates_and_bookmarks(printed: bytes) -> None:
    with pikepdf.open(BytesIO(printed)) as opened:
        assert str(opened.Root.Lang) == "en-GB"
        assert str(opened.docinfo["/Title"]) == "Health and safety maturity"
        assert str(opened.docinfo["/CreationDate"]) == "D:20260306141400Z"
        assert bool(opened.Root.ViewerPreferences.DisplayDocTitle)
        with opened.open_outline() as outline:
            (top,) = outline.root
            assert top.title == "Health and safety maturity"
            assert [entry.title for entry in top.children] == ["The position", "The data", "Notes", "Appendix"]
            assert [entry.title for entry in top.children[0].children] == ["Distribution"]
        with opened.open_metadata() as metadata:
            assert metadata["pdfaid:part"] == "3"
            assert metadata["pdfaid:conformance"] == "A"
            assert metadata["pdfuaid:part"] == "1"
        assert "/Filter" not in opened.Root.Metadata.stream_dict


def test_it_is_read_aloud_in_order_without_headers_and_footers(assets: Mapping[str, pdf.Asset], tmp_path: Path) -> None:
    # Few rows: poppler's time grows with the square of them.
    content = pdf.render(everything_about(units=2), assets=assets)
    tree = poppler(["pdfinfo", "-struct-text"], content, tmp_path)
    passages = [
        "For the audit panel.",
        "2.1",
        "First ",
        "Quoted words.",
        "Largest share",
        "Levels by unit",
        "Prepared for",
    ]
    positions = [tree.index(f'"{passage}') for passage in passages]
    assert positions == sorted(positions)
    assert "OFFICIAL" not in tree
    assert "Page 1 of" not in tree
    assert "Running title" not in tree


def test_running_text_is_marked_as_an_artifact_and_everything_else_has_a_tag(printed: bytes) -> None:
    with pikepdf.open(BytesIO(printed)) as opened:
        numbers = list(opened.Root.StructTreeRoot.ParentTree.Nums)
        owners = dict(zip(map(int, numbers[::2]), numbers[1::2], strict=True))
        for sheet in opened.pages:
            marks = [
                instruction.operands
                for instruction in pikepdf.parse_content_stream(sheet)
                if str(instruction.operator) == "BDC"
            ]
            running = [operands for operands in marks if "/MCID" not in operands[1]]
            assert {(str(tag), str(properties.Type)) for tag, properties in running} == {("/Artifact", "/Pagination")}
            # Title, marking, note and page number.
            assert len(running) >= 4
            of_page = owners[int(sheet.StructParents)]
            assert all(of_page[int(properties.MCID)] is not None for tag, properties in marks if "/MCID" in properties)


def test_marking_title_note_and_page_number_stand_on_every_page(printed: bytes, tmp_path: Path) -> None:
    pages = text_of(printed, tmp_path).split("\f")[:-1]
    assert len(pages) >= 4
    for number, words in enumerate(pages, start=1):
        assert "OFFICIAL" in words
        assert "Running title" in words
        assert "Digest of the content" in words
        assert f"Page {number} of {len(pages)}" in words


def test_headings_of_tables_have_the_scope_they_were_written_with(
    assets: Mapping[str, pdf.Asset],
) -> None:
    # In the second row the position would say column for both; the HTML says row for the second cell.
    table = (
        '<table><tr><th scope="col">Top left</th><th scope="col">Top right</th></tr>'
        '<tr><td>Plain</td><th scope="row">Row in second column</th></tr></table>'
    )
    content = pdf.render(document(f"<h1>Scopes</h1>{table}"), assets=assets)
    with pikepdf.open(BytesIO(content)) as opened:
        scopes = [
            str(item.A.Scope)
            for item in opened.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/TH"
        ]
    assert scopes == ["/Column", "/Column", "/Row"]


def test_a_table_over_pages_repeats_its_head(printed: bytes, tmp_path: Path) -> None:
    pages = text_of(printed, tmp_path).split("\f")
    with_rows = [words for words in pages if re.search(r"^ *Unit \d", words, re.MULTILINE)]
    assert len(with_rows) >= 3
    # This theme stands in the head of that table only.
    assert all("Assurance" in words for words in with_rows)


def test_an_attachment_can_be_taken_out_as_it_was(printed: bytes, figures: pdf.Attachment) -> None:
    with pikepdf.open(BytesIO(printed)) as opened:
        attached = opened.attachments["levels.csv"]
        assert attached.get_file().read_bytes() == b"Unit,Level\r\nUnit 1,3\r\n"
        assert attached.get_file().mime_type == "text/csv"
        assert attached.description == figures.description
        assert str(attached.obj.AFRelationship) == "/Data"


def test_the_same_document_gives_the_same_bytes(
    printed: bytes, everything: str, assets: Mapping[str, pdf.Asset], figures: pdf.Attachment
) -> None:
    moment = datetime(2026, 3, 6, 14, 14, tzinfo=UTC)
    assert pdf.render(everything, assets=assets, attachments=[figures], created_at=moment) == printed


def test_without_a_date_the_document_has_none(assets: Mapping[str, pdf.Asset]) -> None:
    content = pdf.render(document("<h1>Undated</h1>"), assets=assets)
    with pikepdf.open(BytesIO(content)) as opened:
        assert "/CreationDate" not in opened.docinfo
    assert failures(content) == []


def test_no_stream_ends_in_what_looks_like_a_longer_line_break(printed: bytes) -> None:
    # Hundreds of small streams, of which one in 256 packs to a carriage return at its end.
    assert printed.count(b"\nendstream") > 500
    assert b"\r\nendstream" not in printed


def test_a_file_written_again_is_as_good(assets: Mapping[str, pdf.Asset], monkeypatch: pytest.MonkeyPatch) -> None:
    finishers: list[conformance.Finisher] = []
    settle = conformance.Finisher.settled

    def settled_after_a_bad_start(finisher: conformance.Finisher, content: bytes) -> bytes:
        finishers.append(finisher)
        return settle(finisher, content.replace(b"\nendstream", b"\r\nendstream"))

    monkeypatch.setattr(conformance.Finisher, "settled", settled_after_a_bad_start)
    content = pdf.render(document("<h1>Written twice</h1>"), assets=assets)
    assert len(finishers) == 1
    assert failures(content) == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("face \U0001f600 end", "face □ end"),
        ("bell \x07 end", "bell □ end"),
        ("private \ue123 end", "private □ end"),
        ("hanzi 安 end", "hanzi □ end"),
        ("family \U0001f468\u200d\U0001f469 end", "family □□ end"),
        ("turned \u202eround end", "turned round end"),
    ],
)
def test_no_character_a_user_types_stops_a_document(
    text: str, shown: str, assets: Mapping[str, pdf.Asset], tmp_path: Path
) -> None:
    content = pdf.render(
        document(f"<h1>{text}</h1><p>{text} <b>{text}</b> <i>{text}</i></p>", title=text), assets=assets
    )
    assert failures(content) == []
    assert shown in text_of(content, tmp_path)
    with pikepdf.open(BytesIO(content)) as opened:
        assert str(opened.docinfo["/Title"]) == shown


@pytest.fixture
def requests() -> Iterator[tuple[int, list[bytes]]]:
    """The port of a web server on this machine, and what it was asked."""
    asked: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))
    stopped = threading.Event()

    def answer() -> None:
        while not stopped.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            asked.append(connection.recv(200))
            connection.close()

    thread = threading.Thread(target=answer)
    thread.start()
    yield listener.getsockname()[1], asked
    stopped.set()
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


HOSTILE = [
    '<img src="{http}/image.png" alt="Picture">',
    '<img src="{file}" alt="Picture">',
    '<img srcset="{http}/a.png 1x" src="{http}/b.png" alt="Picture">',
    '<img src="//{host}/image.png" alt="Picture">',
    '<img src="attachment:0" alt="Picture">',
    '<img src="data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22/%3E" alt="Picture">',
    '<link rel="stylesheet" href="{http}/style.css">',
    '<link rel="stylesheet" href="{file}">',
    '<link rel="attachment" href="{file}">',
    '<a rel="attachment" href="{file}">file</a>',
    '<a rel="attachment" href="{http}/file">file</a>',
    '<base href="{http}/"><img src="relative.png" alt="Picture">',
    '<object data="{file}"></object>',
    '<embed src="{http}/file">',
    '<iframe src="{file}"></iframe>',
    "<style>@import url({http}/import.css);</style>",
    "<style>@font-face {{ font-family: X; src: url({http}/font.woff2) }} p {{ font-family: X }}</style>",
    "<style>p {{ background: url({file}) }}</style>",
    "<style>p::before {{ content: url({http}/content.png) }}</style>",
    "<style>li {{ list-style-image: url({http}/bullet.png) }}</style><ul><li>x</li></ul>",
    "<style>@color-profile --x {{ src: url({http}/profile.icc) }}</style>",
    '<p style="background-image: url({http}/style.png)">styled</p>',
    '<svg xmlns="http://www.w3.org/2000/svg"><title>Drawing</title>'
    '<image href="{http}/in.svg" width="9" height="9"/></svg>',
    '<svg xmlns="http://www.w3.org/2000/svg"><title>Drawing</title><use href="{file}#part"/></svg>',
    '<svg xmlns="http://www.w3.org/2000/svg"><title>Drawing</title><style>@import url({http}/svg.css);</style></svg>',
    '<svg xmlns="http://www.w3.org/2000/svg"><title>Drawing</title>'
    '<rect width="9" height="9" fill="url({http}/p.svg#x)"/></svg>',
    "<script>fetch('{http}/script')</script>",
    '<a href="{file}">link</a>',
    '<a href="javascript:alert(1)">link</a>',
]


@pytest.mark.parametrize("markup", HOSTILE)
def test_hostile_markup_reaches_neither_network_nor_disk(
    markup: str, few_assets: Mapping[str, pdf.Asset], requests: tuple[int, list[bytes]], tmp_path: Path
) -> None:
    port, asked = requests
    secret = tmp_path / "secret.css"
    secret.write_text(f"p {{ color: red }} /* {SECRET} */ p::before {{ content: '{SECRET}' }}", encoding="utf-8")
    host = f"127.0.0.1:{port}"
    body = markup.format(http=f"http://{host}", host=host, file=secret.as_uri())
    try:
        content = pdf.render(document(f"<h1>Hostile</h1><p>text</p>{body}"), assets=few_assets)
    except (pdf.RefusedDocument, pdf.RenderingFailed):
        content = b""
    assert asked == []
    assert SECRET.encode() not in content
    if content:
        assert SECRET not in text_of(content, tmp_path)
        with pikepdf.open(BytesIO(content)) as opened:
            assert len(opened.attachments) == 0


def test_the_server_of_these_tests_would_notice(requests: tuple[int, list[bytes]]) -> None:
    port, asked = requests
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
        connection.recv(1)
    assert asked == [b"GET / HTTP/1.0\r\n\r\n"]


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 300 + "deep" + "</div>" * 300,
        '<table><tr><th scope="col" colspan="1000000">wide</th></tr></table>',
        '<table><tr><th scope="col" rowspan="-1">odd</th></tr></table>',
        '<p style="font-size: 1e7px">large</p>',
    ],
)
def test_absurd_markup_ends_in_a_named_error_soon(markup: str, few_assets: Mapping[str, pdf.Asset]) -> None:
    with pytest.raises(pdf.PrintingError):
        pdf.render(document(f"<h1>Absurd</h1>{markup}"), assets=few_assets)


def test_what_is_not_an_asset_is_named(few_assets: Mapping[str, pdf.Asset]) -> None:
    with pytest.raises(pdf.RenderingFailed, match=r"asset:missing\.png is not a registered asset"):
        pdf.render(document('<h1>Asset</h1><img src="asset:missing.png" alt="Missing">'), assets=few_assets)


def test_a_link_to_nowhere_is_named(few_assets: Mapping[str, pdf.Asset]) -> None:
    with pytest.raises(pdf.RenderingFailed, match="No anchor #nowhere"):
        pdf.render(document('<h1>Links</h1><p><a href="#nowhere">There</a></p>'), assets=few_assets)


def test_a_font_of_the_machine_is_not_taken(few_assets: Mapping[str, pdf.Asset]) -> None:
    with pytest.raises(pdf.RenderingFailed, match="is not an asset"):
        pdf.render(document('<h1>Fonts</h1><p style="font-family: Liberation Serif">Other</p>'), assets=few_assets)


def test_without_fonts_nothing_is_printed() -> None:
    with pytest.raises(pdf.RefusedDocument, match="No font is registered"):
        pdf.render(document("<h1>Fonts</h1>"), assets={})


def test_a_document_that_breaks_rules_is_refused_with_all_its_faults(few_assets: Mapping[str, pdf.Asset]) -> None:
    with pytest.raises(pdf.RefusedDocument) as refused:
        pdf.render("<html><body><h2>Second</h2></body></html>", assets=few_assets)
    assert len(refused.value.faults) == 3
    assert "lang attribute" in str(refused.value)


def test_a_missing_library_is_named_by_its_package(
    few_assets: Mapping[str, pdf.Asset], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(pdf._LIBRARIES, "libsurely-absent.so.9", "libsurely-absent9")
    assert pdf.missing_packages() == ["libsurely-absent9"]
    with pytest.raises(pdf.MissingLibrary, match="apt-get install libsurely-absent9"):
        pdf.render(document("<h1>Library</h1>"), assets=few_assets)


def test_this_machine_has_every_library() -> None:
    assert pdf.missing_packages() == []


def test_importing_the_room_does_not_load_the_renderer() -> None:
    program = "import sys, rendering.pdf, rendering.stylesheet; print('weasyprint' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
