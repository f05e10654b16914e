"""Last touches that make WeasyPrint's PDF/A-3a pass PDF/UA-1 as well.

WeasyPrint writes one standard's identifier only, gives table headings no scope, leaves running headers
outside the tree of tags and knows no notes. This module mends the four on the PDF's objects, just before they are
written.

A fifth fault comes by chance: PDF/A wants a stream's length to be what lies before the line break in front of
`endstream`. Packed bytes that happen to end in a carriage return, one stream in 256, make that break look like
CR LF, and the length one too long. Such a stream is stored unpacked; for the two that are made while writing, the
file is written again with one object more.

All this knows the insides of WeasyPrint 70 and pydyf 0.13, which are therefore pinned; the tests check the
result with a conformance checker.
"""

import re
import zlib
from collections.abc import Iterator
from copy import copy
from io import BytesIO
from typing import Any

import pydyf

# PDF/A wants every property of the XMP metadata described; PDF/UA's own is not among those it knows.
_PDF_UA_IDENTIFIER = """
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
  <pdfuaid:part>1</pdfuaid:part>
</rdf:Description>
<rdf:Description rdf:about=""
    xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
    xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
    xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
  <pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
    <pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
    <pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
    <pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
    <pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
      <pdfaProperty:name>part</pdfaProperty:name>
      <pdfaProperty:valueType>Integer</pdfaProperty:valueType>
      <pdfaProperty:category>internal</pdfaProperty:category>
      <pdfaProperty:description>The part of ISO 14289 this file keeps to</pdfaProperty:description>
    </rdf:li></rdf:Seq></pdfaSchema:property>
  </rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
"""
_AMBIGUOUS_END = b"\r\nendstream"
_END_OF_RDF = b"</rdf:RDF>"
_HEADER_ID = re.compile(r"\d+-(?P<row>\d+)-(?P<column>\d+)")


class Finisher:
    """WeasyPrint's `finisher`, which makes a document's PDF keep to PDF/UA-1 and remembers it as it was
    then."""

    def __call__(self, document: Any, pdf: pydyf.PDF) -> None:
        _identify_as_pdf_ua(pdf)
        _scope_table_headings(document, pdf)
        _turn_running_text_into_artifacts(pdf)
        _turn_articles_into_notes(pdf)
        _pack_streams(pdf)
        self._finished = _with_own_list(pdf)

    def settled(self, content: bytes) -> bytes:
        """The bytes written of that PDF, or others of the same meaning in which no stream has an ambiguous
        end."""
        for _ in range(20):
            if _AMBIGUOUS_END not in content:
                return content
            self._finished.add_object(pydyf.Dictionary({}))
            buffer = BytesIO()
            _with_own_list(self._finished).write(buffer, version=b"1.7", identifier=True, compress=True)
            content = buffer.getvalue()
        raise ValueError("a stream of the PDF, perhaps an attachment, cannot be written so that its end is clear")


def _identify_as_pdf_ua(pdf: pydyf.PDF) -> None:
    metadata = _object(pdf, pdf.catalog["Metadata"])
    identifier = _PDF_UA_IDENTIFIER.strip().encode()
    metadata.stream = [part.replace(_END_OF_RDF, identifier + _END_OF_RDF) for part in metadata.stream]
    # Archives read the metadata without unpacking the file.
    metadata.compress = False


def _scope_table_headings(document: Any, pdf: pydyf.PDF) -> None:
    written = dict(_scopes_in_html(document))
    for element in _structure_elements(pdf):
        if element.get("S") != "/TH":
            continue
        scope = written.get(id(element)) or _scope_by_position(element)
        element.setdefault("A", pydyf.Dictionary({"O": "/Table"}))["Scope"] = scope


def _scopes_in_html(document: Any) -> Iterator[tuple[int, str]]:
    """The scope each th asked for, by the identity of its structure element, which WeasyPrint marks its
    box with."""
    for page in document.pages:
        for box in page._page_box.descendants():
            mark = getattr(box, "mark", None)
            if isinstance(mark, dict) and box.element is not None and box.element_tag == "th":
                yield id(mark), "/Row" if box.element.get("scope") == "row" else "/Column"


def _scope_by_position(heading: pydyf.Dictionary) -> str:
    """For a heading whose box was not found: its ID is “table-row-column”, and row headings stand in
    front."""
    identifier = heading.get("ID")
    match = _HEADER_ID.fullmatch(identifier.string) if identifier is not None else None
    if match and int(match["column"]) == 0 and int(match["row"]) > 0:
        return "/Row"
    return "/Column"


def _turn_running_text_into_artifacts(pdf: pydyf.PDF) -> None:
    """Headers and footers have tags that hang on no tree; as artifacts a screen reader passes over them."""
    root = _object(pdf, pdf.catalog["StructTreeRoot"])
    read = {element.number for element in _descendants(pdf, root)}
    numbers = _object(pdf, root["ParentTree"])["Nums"]
    owners = dict(zip(numbers[::2], numbers[1::2], strict=True))
    for page in _dictionaries(pdf, "/Page"):
        content = _object(pdf, page["Contents"]).stream
        beginnings = {
            item["MCID"]: index for index, item in enumerate(content) if isinstance(item, dict) and "MCID" in item
        }
        owner_of = owners[page["StructParents"]]
        for mark, reference in enumerate(owner_of):
            if _number(reference) in read:
                continue
            owner_of[mark] = "null"
            index = beginnings[mark]
            content[index - 1 : index + 1] = ["/Artifact", pydyf.Dictionary({"Type": "/Pagination"})]


def _turn_articles_into_notes(pdf: pydyf.PDF) -> None:
    """A document prints each of its notes as an `article`, for want of a tag; a note has an identifier of its own,
    and one that runs over to the next page has two elements."""
    articles = (element for element in _structure_elements(pdf) if element.get("S") == "/Art")
    for number, element in enumerate(articles, start=1):
        element["S"] = "/Note"
        element["ID"] = pydyf.String(f"note-{number}")


def _pack_streams(pdf: pydyf.PDF) -> None:
    """Pack the streams as pydyf does while writing, but for those whose end would be ambiguous: to know which they are
    they have to be packed, and once is enough."""
    for item in pdf.objects:
        if isinstance(item, pydyf.Stream) and item.compress:
            packing = zlib.compressobj(level=9)
            packed = packing.compress(b"\n".join(pydyf._to_bytes(part) for part in item.stream)) + packing.flush()
            item.compress = False
            if not packed.endswith(b"\r"):
                item.stream = [packed]
                item.extra["Filter"] = "/FlateDecode"


def _with_own_list(pdf: pydyf.PDF) -> pydyf.PDF:
    """The same objects on a list of their own: writing appends to the list."""
    other = copy(pdf)
    other.objects = list(pdf.objects)
    return other


def _descendants(pdf: pydyf.PDF, root: pydyf.Dictionary) -> Iterator[pydyf.Dictionary]:
    waiting = [root]
    while waiting:
        element = waiting.pop()
        yield element
        # Kids are references to elements, or numbers of marked content.
        kids = (_object(pdf, kid) for kid in element.get("K", []) if isinstance(kid, bytes))
        waiting += [kid for kid in kids if isinstance(kid, dict) and kid.get("Type") == "/StructElem"]


def _structure_elements(pdf: pydyf.PDF) -> Iterator[pydyf.Dictionary]:
    return _dictionaries(pdf, "/StructElem")


def _dictionaries(pdf: pydyf.PDF, kind: str) -> Iterator[pydyf.Dictionary]:
    return (item for item in pdf.objects if isinstance(item, dict) and item.get("Type") == kind)


def _object(pdf: pydyf.PDF, reference: bytes) -> Any:
    return pdf.objects[_number(reference)]


def _number(reference: bytes) -> int:
    return int(reference.split()[0])
