"""Handing out tables of injury figures as files, the same way from every page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from injuries.services import exports
from organisation.requests import SignedInRequest
from records.models import HeavyWork
from records.services import allowances
from rendering.tables import MEDIA_TYPES, Table


def as_file(
    request: SignedInRequest,
    made: Callable[[], Sequence[Table]],
    name: str,
    file_format: str,
    *,
    as_list: bool = False,
) -> HttpResponse:
    """Hand out tables as a file; a look at the headers takes nothing away."""
    now, content = timezone.now(), b""
    if request.method == "GET":
        allowances.spend(person=request.user, kind=HeavyWork.EXPORTS, at=now)
        detail: dict[str, Any] = {"what": name, "file_format": file_format, "as_list": as_list}
        content = exports.download(figures=made(), by=request.user, at=now, **detail)
    return HttpResponse(
        content,
        content_type=MEDIA_TYPES[file_format],
        headers={"Content-Disposition": f'attachment; filename="{name}.{file_format}"'},
    )
