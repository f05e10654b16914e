"""Office files, which are ZIP archives: the same parts give the same bytes. Pure."""

from __future__ import annotations

import re
import zipfile
from datetime import date
from io import BytesIO

_FIRST_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a ZIP file can say
_PROPERTIES = "docProps/core.xml"
_MOMENT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def without_the_clock(file: bytes, dated: date) -> bytes:
    """Return the workbook or document with the same parts, none of which says when it was written."""
    moment = f"{dated.isoformat()}T00:00:00Z".encode()
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(file)) as written, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as kept:
        for part in written.infolist():
            content = written.read(part)
            if part.filename == _PROPERTIES:
                content = _MOMENT.sub(rb"\g<1>" + moment, content)
            kept.writestr(zipfile.ZipInfo(part.filename, _FIRST_TIME), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
