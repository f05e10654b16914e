"""Loading people and appointments for whoever may see them. A stranger gets 404, a reader who may not write 403."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, QueryDict

from organisation.models import Appointment, User
from organisation.permissions import can_list_people, can_manage_people, can_read_appointment, can_read_person
from organisation.requests import SignedInRequest

ONLY_ADMINISTRATORS = "Only an administrator makes and changes accounts and appointments. You can read them."
LARGEST_ID = 2**63 - 1


def person_or_404(request: SignedInRequest, pk: int) -> User:
    """Return the person where the reader may see them."""
    person = User.objects.filter(pk=pk).first() if pk <= LARGEST_ID else None
    if person is None or not can_read_person(request.user, person):
        raise Http404
    return person


def managed_person_or_404(request: SignedInRequest, pk: int) -> User:
    """Return the person for somebody who manages people."""
    person = person_or_404(request, pk)
    refuse_others(request)
    return person


def managed_appointment_or_404(request: SignedInRequest, pk: int) -> Appointment:
    """Return the appointment for somebody who manages people."""
    rows = Appointment.objects.select_related("person", "unit", "group", "ended_by")
    found = rows.filter(pk=pk).first() if pk <= LARGEST_ID else None
    if found is None or not can_read_appointment(request.user, found):
        raise Http404
    refuse_others(request)
    return found


def refuse_others(request: SignedInRequest) -> None:
    """Let only those pass who manage people; who reads none of them is not told that there is such a page."""
    if not can_list_people(request.user):
        raise Http404
    if not can_manage_people(request.user):
        raise PermissionDenied(ONLY_ADMINISTRATORS)


def posted(request: SignedInRequest) -> QueryDict | None:
    """What the page's form was sent with; None where it is only to be shown."""
    return request.POST if request.method == "POST" else None
