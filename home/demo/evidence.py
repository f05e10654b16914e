"""A little evidence for an invented force: small files made here, and links that lead nowhere."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from PIL import Image, ImageDraw

from assurance.models import Entry, EvidenceFile, EvidenceItem
from organisation.models import Unit, User
from records.models import Blob
from records.services import blobs

EVERY = 6  # so many units give evidence as files, the first one among them
LINKS = {"communication": ("Notes of the safety meetings", "https://intranet.demo.example/safety/meetings")}
WALK_ROUNDS = (
    "Walk-rounds of the quarter",
    "Front office: clear. Fire door wedged open, closed and reported.",
    "Garage: two pits without covers. Covers fitted the same week.",
    "Property store: shelves over their load. Moved, load now marked.",
    "Night duty: lighting in the rear yard out. Repaired within three days.",
)
PERMITS = (
    "Permits to work: what was checked",
    "Roof works: permit on site, edge protection in place.",
    "Boiler room: permit ended at noon, work went on. Stopped and renewed.",
    "Lift: permit and isolation as they should be.",
)
NEAR_MISSES = (4, 6, 5, 9, 11, 12)  # a month each


@dataclass(frozen=True)
class Sample:
    """A file that is the same for every unit that gives it: its bytes are stored once."""

    name: str
    title: str
    blob: Blob


@dataclass(frozen=True)
class Given:
    """A link or file as a unit gives it for a theme."""

    title: str
    of_on: date
    added_at: datetime
    added_by: User
    url: str = ""
    file: EvidenceFile | None = None

    def content(self) -> dict[str, Any]:
        """The shape in which `assurance.services.content` freezes it."""
        said = {"title": self.title, "of_on": self.of_on.isoformat()}
        if self.file is None:
            return said | {"url": self.url}
        blob = self.file.blob
        return said | {
            "name": self.file.name,
            "size": blob.size,
            "sha256": blob.sha256,
            "media_type": blob.media_type,
        }

    def named(self) -> dict[str, Any]:
        """How the trail names it."""
        if self.file is None:
            return {"words": {"title": self.title, "url": self.url}}
        return {"words": {"title": self.title, "name": self.file.name}, "sha256": self.file.blob.sha256}

    def row(self, entry: Entry) -> EvidenceItem:
        return EvidenceItem(
            entry=entry,
            file=self.file,
            url=self.url,
            title=self.title,
            of_on=self.of_on,
            added_at=self.added_at,
            added_by=self.added_by,
        )


def store_samples(*, at: datetime) -> dict[str, Sample]:
    """Keep the files and return them by the theme that they are evidence for."""
    made = {
        "leadership": ("walk-rounds.pdf", "Record of walk-rounds", "application/pdf", page_of(WALK_ROUNDS)),
        "partnerships-contracts": ("permits.pdf", "Checks of permits to work", "application/pdf", page_of(PERMITS)),
        "monitoring": ("near-misses.png", "Near misses reported, month by month", "image/png", bars(NEAR_MISSES)),
    }
    return {
        theme: Sample(name, title, blobs.store(content=content, media_type=media_type, at=at))
        for theme, (name, title, media_type, content) in made.items()
    }


class Folder:
    """The files of one unit: each is the unit's from when it was first given."""

    def __init__(self, unit: Unit, samples: Mapping[str, Sample]) -> None:
        self.unit = unit
        self.samples = samples
        self.files: dict[str, EvidenceFile] = {}

    def given_for(self, theme: str, *, of_on: date, by: User, at: datetime) -> Sequence[Given]:
        """What the unit gives for a theme."""
        if theme in LINKS:
            title, url = LINKS[theme]
            return [Given(title, of_on, at, by, url=url)]
        sample = self.samples.get(theme)
        if sample is None:
            return []
        file = self.files.setdefault(
            theme,
            EvidenceFile(unit=self.unit, blob=sample.blob, name=sample.name, uploaded_at=at, uploaded_by=by),
        )
        return [Given(sample.title, of_on, at, by, file=file)]


# --- The files ----------------------------------------------------------------------------------------------------


def page_of(lines: Sequence[str]) -> bytes:
    """A PDF of one page with these lines, the first as its heading."""
    sizes = [20, *(12 for _ in lines[1:])]
    shown = [f"/F1 {size} Tf ({line}) Tj 0 -28 Td" for size, line in zip(sizes, lines, strict=True)]
    content = f"BT 60 760 Td {' '.join(shown)} ET"
    bodies = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        "/Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    written, table = b"%PDF-1.4\n", "0000000000 65535 f \n"
    for number, body in enumerate(bodies, start=1):
        table += f"{len(written):010} 00000 n \n"
        written += f"{number} 0 obj\n{body}\nendobj\n".encode("ascii")
    size = len(bodies) + 1
    end = f"xref\n0 {size}\n{table}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{len(written)}\n%%EOF\n"
    return written + end.encode("ascii")


def bars(values: Sequence[int]) -> bytes:
    """A picture of a bar for each value, with its number above it."""
    picture = Image.new("RGB", (60 * len(values) + 40, 280), "white")
    pen = ImageDraw.Draw(picture)
    for position, value in enumerate(values):
        left, top = 30 + 60 * position, 250 - 16 * value
        pen.rectangle((left, top, left + 40, 250), fill="#0f4c5c")
        pen.text((left + 14, top - 16), str(value), fill="#0b0c0c")
    pen.line((20, 250, picture.width - 20, 250), fill="#0b0c0c", width=2)
    written = io.BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()
