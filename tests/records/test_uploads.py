"""What is written to the disk while a form comes in, and of whom."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.test import RequestFactory

from organisation.models import User
from records.filetypes import MOST_BYTES
from records.uploads import BoundedUploadHandler


def written(sender: Any, *pieces: bytes) -> int:
    """Send a file in pieces; return how many bytes of it reach the disk."""
    request = RequestFactory().post("/")
    request.user = sender
    handler = BoundedUploadHandler(request)
    handler.new_file("uploads", "minutes.pdf", "application/pdf", None)
    start = 0
    for piece in pieces:
        handler.receive_data_chunk(piece, start)
        start += len(piece)
    file = handler.file_complete(start)
    assert isinstance(file, TemporaryUploadedFile)
    assert file.size == start
    return len(file.read())


def test_the_file_of_somebody_signed_in_is_written() -> None:
    assert written(User(), b"one ", b"two") == 7


@pytest.mark.parametrize("sender", [AnonymousUser(), None])
def test_the_file_of_a_stranger_is_read_and_dropped(sender: Any) -> None:
    assert written(sender, b"one ", b"two") == 0


def test_no_more_than_one_byte_over_the_limit_is_written() -> None:
    assert written(User(), b"x" * MOST_BYTES, b"y" * 10, b"z" * 10) == MOST_BYTES + 1
