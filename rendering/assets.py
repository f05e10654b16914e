"""What a document may load, and what it may carry inside."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Asset:
    """Bytes a document reaches as `asset:<name>`: a stylesheet, a font or an image."""

    name: str
    media_type: str
    content: bytes = field(repr=False)

    @property
    def is_font(self) -> bool:
        return self.media_type.startswith("font/")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file embedded in the PDF, for instance the figures of a chart as CSV.

    `relationship` is the word of ISO 32000-2, 7.11.3 for what the file is to the document: "Data" for the
    figures behind it, "Source" for what it was made from, "Supplement" for an annex.
    """

    name: str
    media_type: str
    content: bytes = field(repr=False)
    description: str
    modified_at: datetime
    relationship: str = "Data"
