"""Taking the digest of a file as it comes in from the browser, without keeping the file anywhere."""

from __future__ import annotations

import hashlib
from io import BytesIO
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

MOST_BYTES = 25 * 1024 * 1024
# What is larger is refused before it is read. In between it is read and dropped: a browser that is hung up on while it
# sends shows an error of its own instead of our page.
MOST_REQUEST = 4 * MOST_BYTES


class HashedFile(UploadedFile):  # type: ignore[type-arg]  # generic to the type checker only
    """A file of which there is only the name, the size and the SHA-256."""

    def __init__(self, *, name: str, size: int, sha256: str) -> None:
        super().__init__(file=BytesIO(), name=name, size=size)
        self.sha256 = sha256


class HashingUploadHandler(FileUploadHandler):
    """Takes a file piece by piece into its digest; nothing of it is left."""

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *_: Any) -> None:  # noqa: ARG002, N803  # Django's signature
        """Refuse a request that is far too large while nothing of it has been read."""
        if content_length > MOST_REQUEST:
            raise RequestDataTooBig(f"The request has {content_length} bytes.")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._digest = hashlib.sha256()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002  # Django's signature
        self._digest.update(raw_data)

    def file_complete(self, file_size: int) -> HashedFile:
        return HashedFile(name=self.file_name or "", size=file_size, sha256=self._digest.hexdigest())
