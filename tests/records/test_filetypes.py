"""Files as they come: every kind that is taken is known by its content; hostile ones are refused with the reason."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest

from records import filetypes
from records.filetypes import NotTaken, recognise, safe_name
from tests.factories import files

MB = 1024 * 1024


def given(folder: Path, content: bytes, name: str) -> filetypes.Recognised:
    path = folder / "received"
    path.write_bytes(content)
    return recognise(path, name)


def real_workbook() -> bytes:
    """A workbook as a program writes it, with something in it."""
    book, written = openpyxl.Workbook(), io.BytesIO()
    sheet = book.create_sheet("Walk-rounds")
    for row in range(2000):
        sheet.append([row, "Walk-round done", row * 1.5])
    book.save(written)
    return written.getvalue()


# --- What is taken ------------------------------------------------------------------------------------------------

OFFICE = "application/vnd.openxmlformats-officedocument"
HONEST: Mapping[str, tuple[bytes, str]] = {
    "minutes.pdf": (files.pdf(), "application/pdf"),
    "minutes.docx": (files.office("docx"), f"{OFFICE}.wordprocessingml.document"),
    "figures.xlsx": (real_workbook(), f"{OFFICE}.spreadsheetml.sheet"),
    "slides.pptx": (files.office("pptx"), f"{OFFICE}.presentationml.presentation"),
    "minutes.doc": (files.doc(), "application/msword"),
    "figures.xls": (files.xls((0x0085, b"\0\0\0\0\0\0\1\0A")), "application/vnd.ms-excel"),
    "slides.ppt": (files.ppt(), "application/vnd.ms-powerpoint"),
    "minutes.odt": (files.opendocument("odt"), "application/vnd.oasis.opendocument.text"),
    "figures.ods": (files.opendocument("ods"), "application/vnd.oasis.opendocument.spreadsheet"),
    "slides.odp": (files.opendocument("odp"), "application/vnd.oasis.opendocument.presentation"),
    "store.png": (files.picture("PNG"), "image/png"),
    "store.JPG": (files.picture("JPEG"), "image/jpeg"),
    "store.gif": (files.picture("GIF"), "image/gif"),
    "store.webp": (files.picture("WEBP"), "image/webp"),
    "store.tif": (files.picture("TIFF"), "image/tiff"),
    "store.heic": (files.heic(), "image/heic"),
    "walk-round.eml": (files.eml(), "message/rfc822"),
    "with a plan.eml": (files.eml("plan.pdf"), "message/rfc822"),
    "walk-round.msg": (files.msg(), "application/vnd.ms-outlook"),
    "a table in slides.pptx": (
        files.office("pptx", {"ppt/embeddings/table.xlsx": files.office("xlsx")}),
        f"{OFFICE}.presentationml.presentation",
    ),
    "two pictures in one photograph.jpg": (files.picture("JPEG") + files.picture("JPEG"), "image/jpeg"),
    "padded.jpg": (files.picture("JPEG") + b"\0" * 300, "image/jpeg"),
    "with a link outside.docx": (
        files.office(
            "docx",
            {"word/_rels/document.xml.rels": '<Relationships><Relationship Type="http://x/relationships/hyperlink" '
             'Target="https://example.org" TargetMode="External"/></Relationships>'},
        ),
        f"{OFFICE}.wordprocessingml.document",
    ),
    "example.com visit 3.11.2026.pdf": (files.pdf(), "application/pdf"),
}  # fmt: skip


@pytest.mark.parametrize("name", HONEST)
def test_a_file_is_known_by_its_content(name: str, tmp_path: Path) -> None:
    content, media_type = HONEST[name]
    found = given(tmp_path, content, name)
    assert (found.kind.media_type, found.name) == (media_type, name)


def test_a_file_of_exactly_the_limit_is_taken_and_one_byte_more_is_not(tmp_path: Path) -> None:
    def of_about(size: int) -> bytes:
        return files.pdf(objects=[f"<< /Length {size} >>\nstream\n{'x' * size}\nendstream"])

    full = of_about(20 * MB - (len(of_about(19 * MB)) - 19 * MB))
    assert len(full) == 20 * MB
    assert given(tmp_path, full, "full.pdf").kind.media_type == "application/pdf"
    with pytest.raises(NotTaken, match=r"It has 20\.1 MB, and the limit is 20 MB"):
        given(tmp_path, full + b"\n", "over.pdf")


def test_a_name_without_an_ending_gets_that_of_its_kind(tmp_path: Path) -> None:
    assert given(tmp_path, files.pdf(), "minutes of 3.11.2026").name == "minutes of 3.11.2026.pdf"


# --- What is refused ----------------------------------------------------------------------------------------------


def bomb_of_zeros() -> bytes:
    return files.office("docx", {"word/media/picture.bmp": b"\0" * (60 * MB)})


def bomb_that_lies() -> bytes:
    """An entry that says it unpacks to a hundred bytes, and unpacks to megabytes."""
    honest = files.office("docx", {"word/big.xml": b"<a/>" + b" " * (5 * MB)})
    size = struct.pack("<I", 4 + 5 * MB)
    assert honest.count(size) == 2
    return honest.replace(size, struct.pack("<I", 100))


def bomb_of_parts() -> bytes:
    return files.office("docx", {f"word/{number}.xml": "" for number in range(10_001)})


def bomb_of_bombs() -> bytes:
    inside = files.office("docx")
    for _ in range(4):
        inside = files.office("docx", {"word/embeddings/one.docx": inside})
    return inside


def overlapping() -> bytes:
    """Two entries of the directory that unpack the same bytes."""
    honest = files.zipped({"[Content_Types].xml": "<Types/>", "a.xml": "<a/>"})
    at = honest.index(b"PK\x01\x02")
    first = honest[at : honest.index(b"PK\x01\x02", at + 4)]
    twin = bytearray(first.replace(b"[Content_Types].xml", b"[Content_Types].xmm"))
    end = bytearray(honest[-22:])
    struct.pack_into("<HHI", end, 8, 3, 3, struct.unpack_from("<I", end, 12)[0] + len(twin))
    return honest[:-22] + bytes(twin) + bytes(end)


def with_a_wandering_part() -> bytes:
    return files.office("docx", {"../../../../etc/cron.d/job": "* * * * * root true"})


def encrypted_zip() -> bytes:
    """A packed file whose entries say that they are encrypted (APPNOTE 4.4.4, bit 0)."""
    content = bytearray(files.office("docx"))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        while at >= 0:
            content[at + offset] |= 1
            at = content.find(mark, at + 4)
    return bytes(content)


def gif_as_script() -> bytes:
    """A picture whose remark ends the comment that a program sees in it."""
    picture = files.picture("GIF")
    remark = b"*/=1;alert(1);//"
    at = picture.index(b"\x2c")
    return picture[:at] + b"\x21\xfe" + bytes([len(remark)]) + remark + b"\0" + picture[at:]


def pdf_in_a_zip_remark() -> bytes:
    """A PDF whose last lines are the remark of an archive: both programs find what they look for."""
    document = files.pdf()
    archive = io.BytesIO(document)
    with zipfile.ZipFile(archive, "a") as opened:
        opened.writestr("run.bat", "echo")
        opened.comment = b"\n%%EOF\n"
    return archive.getvalue()


def pdf_with_a_start_of(action: str) -> bytes:
    return files.pdf(catalog=f"/OpenAction << /Type /Action {action} >>")


ENCRYPT = (
    "/Encrypt << /Filter /Standard /V 1 /R 2 /O (" + "o" * 32 + ") /U (" + "u" * 32 + ") /P -44 >> "
    "/ID [(0123456789abcdef) (0123456789abcdef)]"
)
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PROGRAM = b"MZ\x90\x00" + b"\0" * 200
HTML = b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>"

HOSTILE: Mapping[str, tuple[str, bytes, str]] = {
    # Of the wrong type, or not what its name says
    "a program": ("setup.exe", PROGRAM, "It is a Windows program"),
    "a program named as a PDF": ("minutes.pdf", PROGRAM, "It is a Windows program"),
    "a script": ("run.sh", b"#!/bin/sh\nrm -rf /\n", "It is a script"),
    "a web page": ("page.html", HTML, "It is a web page"),
    "a web page named as a document": ("minutes.doc", HTML, "It is a web page"),
    "a web page named as a picture": ("store.png", HTML, "It is a web page"),
    "a script in a drawing": ("plan.svg", SVG, "It is an SVG drawing"),
    "a script in a drawing named as a picture": ("plan.png", SVG, "It is an SVG drawing"),
    "a drawing with a byte order mark": ("plan.jpg", b"\xef\xbb\xbf \n" + SVG, "It is an SVG drawing"),
    "plain text": ("notes.txt", b"Walk-round on Monday.\n", "It is plain text"),
    "rich text": ("minutes.doc", b"{\\rtf1 minutes}", "It is rich text"),
    "a packed archive": ("files.zip", files.zipped({"minutes.pdf": files.pdf()}), "It is a ZIP archive"),
    "a packed archive of another kind": ("files.rar", b"Rar!\x1a\x07\x01\x00" + b"\0" * 40, "It is a packed archive"),
    "a film": ("visit.mp4", b"\0\0\0\x20ftypisom" + b"\0" * 60, "It is a film"),
    "a picture named as a PDF": ("minutes.pdf", files.picture("PNG"), r"It is a PNG picture .* ends in \.pdf"),
    "a PDF named as a program": ("minutes.exe", files.pdf(), r"It is a PDF document .* ends in \.exe"),
    "a workbook named as a document": (
        "minutes.docx",
        files.office("xlsx"),
        r"It is an Excel workbook .* ends in \.docx",
    ),
    "two endings": ("minutes.php.pdf", files.pdf(), r"two endings in its name, \.php and \.pdf"),
    "two endings, the last a program’s": ("minutes.pdf.exe", PROGRAM, "It is a Windows program"),
    "a name that reads backwards": ("minutes\u202efdp.exe", files.pdf(), r"ends in \.exe"),
    "a name cut by a zero": ("minutes.pdf\0.html", files.pdf(), r"two endings|ends in \.html"),
    # Of no size, or too much of it
    "nothing": ("minutes.pdf", b"", r"It is empty \(0 bytes\)"),
    "21 MB": ("minutes.pdf", files.pdf() + b" " * 21 * MB, r"It has 21\.0 MB, and the limit is 20 MB"),
    "a bomb of zeros": ("minutes.docx", bomb_of_zeros(), "unpacks to far more"),
    "a bomb that lies about its size": ("minutes.docx", bomb_that_lies(), "broken or incomplete"),
    "a bomb of ten thousand parts": ("minutes.docx", bomb_of_parts(), "over 10,000 parts"),
    "documents in documents": ("minutes.docx", bomb_of_bombs(), "documents in documents in documents"),
    "parts that overlap": ("minutes.docx", overlapping(), "something else in one file|broken"),
    "entities in entities": (
        "minutes.docx",
        files.office(
            "docx", {"word/lol.xml": '<!DOCTYPE a [<!ENTITY lol "lol"><!ENTITY l2 "&lol;&lol;">]><a>&l2;</a>'}
        ),
        "by way of XML entities",
    ),
    "a picture of ten billion pixels": ("store.png", files.png_of(100_000, 100_000), "hundreds of millions of pixels"),
    "a picture of too many pixels": ("store.png", files.png_of(10_000, 9_000), "10,000 by 9,000 pixels"),
    # Locked
    "a PDF with a password": ("minutes.pdf", files.pdf(encrypt=ENCRYPT), "protected with a password"),
    "a packed file with a password": ("minutes.docx", encrypted_zip(), "protected with a password"),
    "an Office file with a password": (
        "minutes.docx",
        files.compound({"EncryptedPackage": b"\1" * 100, "EncryptionInfo": b"\4"}),
        "protected with a password",
    ),
    "an older document with a password": ("minutes.doc", files.doc(encrypted=True), "protected with a password"),
    "an older workbook with a password": ("a.xls", files.xls((0x002F, b"\1\0" * 10)), "protected with a password"),
    "older slides with a password": (
        "a.ppt",
        files.ppt(current_user=b"\0\0\xf6\x0f\x14\0\0\0\x14\0\0\0\xdf\xc4\xd1\xf3"),
        "protected with a password",
    ),
    "an OpenDocument text with a password": (
        "minutes.odt",
        files.opendocument("odt", {"META-INF/manifest.xml": "<manifest:encryption-data/>"}),
        "protected with a password",
    ),
    # With a program inside
    "a document with macros": ("minutes.docm", files.office("docm"), "It carries macros"),
    "macros named as none": (
        "minutes.docx",
        files.office("docx", {"word/vbaProject.bin": b"vba"}),
        "It carries macros",
    ),
    "macros of an older kind": (
        "a.xlsx",
        files.office("xlsx", {"xl/macrosheets/sheet1.xml": "<a/>"}),
        "It carries macros",
    ),
    "macros in an older document": ("a.doc", files.doc(more={"Macros/dir": b"vba"}), "It carries macros"),
    "macros in an older workbook": ("a.xls", files.xls((0x0085, b"\0\0\0\0\0\1\1\0A")), "It carries macros"),
    "macros in older slides": (
        "a.ppt",
        files.ppt(document=b"\x02\0\0\x04\x0c\0\0\0\x05\0\0\0\x01\0\0\0\x02\0\0\0"),
        "It carries macros",
    ),
    "macros in OpenDocument": (
        "a.odt",
        files.opendocument("odt", {"Basic/Standard/Module1.xml": "<a/>"}),
        "It carries macros",
    ),
    "a template that is fetched": (
        "minutes.docx",
        files.office(
            "docx",
            {
                "word/_rels/settings.xml.rels": '<Relationship Type="http://x/relationships/attachedTemplate" '
                'Target="https://example.org/t.dotm" TargetMode="External"/>'
            },
        ),
        "fetches a part of itself",
    ),
    "a program in a document": (
        "minutes.docx",
        files.office("docx", {"word/embeddings/run.exe": PROGRAM}),
        "a program inside",
    ),
    "an archive in a document": (
        "minutes.docx",
        files.office("docx", {"word/embeddings/more.zip": files.zipped({"a": "b"})}),
        "a packed archive inside",
    ),
    "a program attached in a document": (
        "minutes.docx",
        files.office(
            "docx",
            {"word/embeddings/oleObject1.bin": files.compound({"\1Ole10Native": b"\0\0\0\0\2\0invoice.exe\0C:\\\0"})},
        ),
        r"double click would start \(invoice\.exe\)",
    ),
    "a part outside the file": ("minutes.docx", with_a_wandering_part(), "points outside of it"),
    "a PDF with a script": ("a.pdf", pdf_with_a_start_of("/S /JavaScript /JS (app.alert(1))"), r"\(JavaScript\)"),
    "a PDF with a script under another spelling": (
        "a.pdf",
        pdf_with_a_start_of("/S /J#61vaScript /JS (app.alert(1))"),
        r"\(JavaScript\)",
    ),
    "a PDF with a script in a packed list": (
        "a.pdf",
        files.pdf(objects=[files.object_list("<< /S /JavaScript /JS (app.alert(1)) >>")]),
        r"\(JavaScript\)",
    ),
    "a PDF that starts a program": ("a.pdf", pdf_with_a_start_of("/S /Launch /F (cmd.exe)"), "to start a program"),
    "a PDF with a program attached": (
        "a.pdf",
        files.pdf(
            objects=[
                "<< /Type /Filespec /F (run.exe) /UF (run.exe) /EF << /F 6 0 R >> >>",
                "<< /Type /EmbeddedFile /Length 2 >>\nstream\nMZ\nendstream",
            ]
        ),
        r"double click would start \(run\.exe\)",
    ),
    "an e-mail with a program": (
        "mail.eml",
        files.eml("invoice.pdf.exe"),
        r"double click would start \(invoice\.pdf\.exe\)",
    ),
    "an Outlook e-mail with a script": (
        "mail.msg",
        files.msg("invoice.js"),
        r"double click would start \(invoice\.js\)",
    ),
    # Two in one
    "a PDF that is an archive": (
        "minutes.pdf",
        files.pdf() + files.zipped({"run.bat": "echo"}),
        "something else in one file",
    ),
    "an archive with a PDF’s last line": ("minutes.pdf", pdf_in_a_zip_remark(), "something else in one file"),
    "a PDF that does not begin as one": (
        "minutes.pdf",
        b"<script>alert(1)</script>\n" + files.pdf(),
        "before its beginning",
    ),
    "a PDF that is a web page": (
        "minutes.pdf",
        files.pdf(start=b"%PDF-1.7\n%<html><script>alert(1)</script></html>\n"),
        "something else in one file",
    ),
    "a picture that is a script": ("store.gif", gif_as_script(), "something else in one file"),
    "a picture with a script after it": (
        "store.gif",
        files.picture("GIF") + b"<script>alert(1)</script>",
        "bytes after its end",
    ),
    "a picture that is an archive": (
        "store.png",
        files.picture("PNG") + files.zipped({"a": "b"}),
        "bytes after its end",
    ),
    "a photograph that is an archive": (
        "a.jpg",
        files.picture("JPEG") + files.zipped({"a": "b"}),
        "bytes after its end",
    ),
    "a picture with a program in its remarks": (
        "store.jpg",
        files.picture("JPEG").replace(b"\xff\xd8", b"\xff\xd8\xff\xfe\x00\x14<?php system(1);?>", 1),
        "something else in one file",
    ),
    "a document with bytes after it": ("minutes.docx", files.office("docx") + b"MZ\x90\0", "bytes after its end"),
    "a document with bytes before it": ("minutes.docx", b"MZ" + files.office("docx"), "It is a Windows program"),
    "an older document with bytes after it": ("a.doc", files.doc() + b"MZ\x90\0" * 200, "bytes after its end"),
    # Broken
    "half a PDF": ("minutes.pdf", files.pdf()[:300], "broken or incomplete"),
    "half a picture": ("store.png", files.picture("PNG", (400, 400))[:150], "broken or incomplete"),
    "half a photograph": ("store.jpg", files.picture("JPEG", (400, 400))[:400], "broken or incomplete"),
    "half a document": ("minutes.docx", files.office("docx")[:200], "broken or incomplete"),
    "half an older document": ("minutes.doc", files.doc()[:1500], "broken or incomplete"),
    "the first bytes of a PDF": ("minutes.pdf", b"%PDF-1.7\n", "broken or incomplete"),
    "noise": ("minutes.pdf", bytes(range(128, 256)) * 20, "cannot be told|of another kind"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_with_its_reason(what: str, tmp_path: Path) -> None:
    name, content, reason = HOSTILE[what]
    with pytest.raises(NotTaken, match=reason) as refusal:
        given(tmp_path, content, name)
    said = str(refusal.value)
    assert said.startswith("It ")
    assert said.endswith(".")
    assert "Traceback" not in said


# --- Names --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        (r"C:\Users\unit\Desktop\minutes.pdf", "minutes.pdf"),
        ("minutes\r\nSet-Cookie: a=b.pdf", "minutesSet-Cookie_ a=b.pdf"),
        ("minutes\u202egpj.pdf", "minutesgpj.pdf"),
        ("zero\u200bwidth\ufeff.pdf", "zerowidth.pdf"),
        (' "quoted" <b>.pdf', "_quoted_ _b_.pdf"),
        ("...hidden.pdf", "hidden.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("..", "file"),
        ("", "file"),
        ("\ud800.pdf", "pdf"),
        ("Cafe\u0301 visit.pdf", "Café visit.pdf"),
        ("two\u3000blanks  here.pdf", "two blanks here.pdf"),
    ],
)
def test_a_name_is_made_safe(given_name: str, kept: str) -> None:
    assert safe_name(given_name) == kept


@pytest.mark.parametrize("stem", ["a", "é", "漢", "😀"])
def test_a_long_name_keeps_its_ending_and_fits_every_disk(stem: str) -> None:
    kept = safe_name(f"{stem * 400}.docx")
    assert kept.endswith(".docx")
    assert 170 < len(kept.encode()) <= 180
    assert set(kept.removesuffix(".docx")) == {stem}
