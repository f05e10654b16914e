"""`{% audit_pages %}`: from each page about audits to the others that the person may open."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse

from assurance import audit_permissions
from organisation.permissions import Person, hold_appointments

register = template.Library()

PAGES = (
    ("assurance:audits", "Audits", audit_permissions.can_list_audits),
    ("assurance:recommendations", "Recommendations", audit_permissions.can_list_recommendations),
    ("assurance:programmes", "Audit programmes", audit_permissions.can_list_programmes),
    ("assurance:agreement", "Agreement of claims and verdicts", audit_permissions.can_read_agreement),
    ("assurance:audit_findings", "Findings for the Board", audit_permissions.can_read_findings),
)


@register.inclusion_tag("assurance/_audit_pages.html", takes_context=True)
def audit_pages(context: dict[str, Any]) -> dict[str, Any]:
    """The pages that the person may open, but for the one they are on."""
    request = context["request"]
    person: Person = request.user
    hold_appointments(person)
    links = [(reverse(name), label) for name, label, may_open in PAGES if may_open(person)]
    return {"links": [(address, label) for address, label in links if address != request.path]}
