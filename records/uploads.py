"""Receiving files from a browser: always onto the disk, never more of one than may be kept."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.utils.functional import cached_property

from records.filetypes import MOST_BYTES

MOST_FILES = 10
# So many files of the largest size, with the form around them. What is larger is refused before it is read.
MOST_REQUEST = MOST_FILES * MOST_BYTES + 10 * 1024 * 1024


class BoundedUploadHandler(TemporaryFileUploadHandler):
    """Writes a file to the disk up to one byte over the limit and counts the rest, so that a page can say its size.

    The rest is read and dropped: a browser that is hung up on while it sends shows its own error, not our page. A file
    whose `size` is over the limit is therefore not whole; `records.filetypes` refuses it by its size.
    """

    @cached_property
    def _is_from_somebody(self) -> bool:
        """Whether the sender is signed in. Of anybody else the form is read, so that its text can be given back, and
        no file is written: the disk is not theirs to fill."""
        sender = getattr(self.request, "user", None)
        return sender is not None and sender.is_authenticated

    def handle_raw_input(self, input_data: Any, meta: Any, content_length: int, *_: Any) -> None:  # noqa: ARG002  # Django's signature
        if content_length > MOST_REQUEST:
            raise RequestDataTooBig(f"The request has {content_length} bytes.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        if not self._is_from_somebody:
            return None
        room = MOST_BYTES + 1 - start
        if room > 0:
            super().receive_data_chunk(raw_data[:room], start)
        return None
