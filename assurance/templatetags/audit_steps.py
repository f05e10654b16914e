"""The steps of an audit's report, where a page includes `assurance/_audit_report_steps.html`."""

from __future__ import annotations

from typing import Any

from django import template

from assurance import audit_steps
from assurance.models import Audit, Recommendation
from organisation.permissions import Person

register = template.Library()


@register.simple_tag(takes_context=True)
def report_steps(context: dict[str, Any], user: Person, audit: Audit) -> list[audit_steps.Step]:
    """Return what the person may do next with the audit's report, but for the page that they are on."""
    return [step for step in audit_steps.steps_of(user, audit) if step.url != context["request"].path]


@register.simple_tag
def repeats_proposed(user: Person, audit: Audit) -> list[Recommendation]:
    """Return the recommendations that propose to repeat the audit, for those who plan or watch over audits."""
    return audit_steps.repeats_proposed(user, audit)
