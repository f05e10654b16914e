"""The list of actions as a table: which columns, how each is sorted, and what stands in its cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import django_tables2 as tables
from django.db.models import Case, F, QuerySet, Value, When
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from actions.models import Action, ActionStatus
from actions.origins import Origin
from actions.reading import due_in_words, leads_of
from rendering.formats import day

COLOURS = {ActionStatus.OPEN: "blue", ActionStatus.CLOSED: "green", ActionStatus.WITHDRAWN: "grey"}
STATUS_ORDER = Case(
    *(When(status=status, then=Value(place)) for place, status in enumerate(ActionStatus)), default=Value(9)
)


class ActionTable(tables.Table):  # type: ignore[misc]  # ships no types
    """One row an action; its tasks are prefetched, `overdue` and `next_due_on` annotated."""

    title = tables.Column(verbose_name="Action")
    unit = tables.Column(verbose_name="Unit", accessor="owner")
    origin = tables.Column(verbose_name="Raised under", empty_values=(), orderable=False)
    lead = tables.Column(verbose_name="Led by", empty_values=(), orderable=False)
    due = tables.Column(verbose_name="Next due", empty_values=())
    status = tables.Column(verbose_name="Status")
    raised = tables.Column(verbose_name="Raised", accessor="created_at")

    label = "Actions"

    class Meta:
        template_name = "components/table.html"

    def __init__(self, *args: Any, with_units: bool, **kwargs: Any) -> None:
        super().__init__(*args, exclude=() if with_units else ("unit",), **kwargs)
        self.origins: Mapping[int, Sequence[Origin]] = {}  # set once it is known which rows are on the page

    @property
    def order_in_words(self) -> str:
        """Say how the rows are sorted, for the line above the table."""
        if not self.order_by:
            return "open ones first, the next due at the top"
        column = self.columns[self.order_by[0].bare]
        return f"sorted by {column.verbose_name.lower()}{', last first' if self.order_by[0].is_descending else ''}"

    def render_title(self, record: Action) -> SafeString:
        return format_html(
            '<a class="govuk-link" href="{}">{}</a>', reverse("actions:action", args=[record.pk]), record
        )

    def render_origin(self, record: Action) -> SafeString | str:
        raised = self.origins.get(record.pk, ())
        return format_html_join(", ", "{}", ((origin.short,) for origin in raised)) or "–"

    def render_lead(self, record: Action) -> str:
        return ", ".join(leads_of(record.tasks.all())) or "–"

    def render_due(self, record: Any) -> str:
        if record.next_due_on is not None:
            return day(record.next_due_on)
        waiting = [task for task in record.tasks.all() if task.done_at is None]
        return ", ".join(filter(None, map(due_in_words, waiting))) or "–"

    def render_status(self, record: Any) -> SafeString:
        tag = format_html(
            '<strong class="govuk-tag govuk-tag--{}">{}</strong>',
            COLOURS[ActionStatus(record.status)],
            record.get_status_display(),
        )
        return tag + SafeString(' <strong class="govuk-tag govuk-tag--red">Overdue</strong>') if record.overdue else tag

    def render_raised(self, record: Action) -> str:
        return day(record.created_at)

    def order_due(self, found: QuerySet[Action], is_descending: bool) -> tuple[QuerySet[Action], bool]:
        due = F("next_due_on")
        by_day = due.desc(nulls_last=True) if is_descending else due.asc(nulls_last=True)
        return found.order_by(by_day, "pk"), True

    def order_status(self, found: QuerySet[Action], is_descending: bool) -> tuple[QuerySet[Action], bool]:
        return found.order_by(STATUS_ORDER.desc() if is_descending else STATUS_ORDER.asc(), "pk"), True

    def order_title(self, found: QuerySet[Action], is_descending: bool) -> tuple[QuerySet[Action], bool]:
        return found.order_by("-title" if is_descending else "title", "pk"), True

    def order_unit(self, found: QuerySet[Action], is_descending: bool) -> tuple[QuerySet[Action], bool]:
        return found.order_by("-unit__name" if is_descending else "unit__name", "pk"), True

    def order_raised(self, found: QuerySet[Action], is_descending: bool) -> tuple[QuerySet[Action], bool]:
        return found.order_by("-created_at" if is_descending else "created_at", "pk"), True
