"""Model fields that hold a quarter or a half-year. Stored as text (`2025/26-Q1`), which sorts by time."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from organisation.periods import HalfYear, NotAPeriod, Quarter


class _PeriodField(models.CharField[Any, Any]):
    """Text in the database, a period in Python. `period` names the class."""

    period: type[Quarter] | type[HalfYear]
    # What the types of Django take and give for the field: the period, where a CharField has text.
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 10
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return name, path, list(args), kwargs

    def from_db_value(self, value: str | None, *_: Any) -> Quarter | HalfYear | None:
        return None if value is None else self.period.parse(value)

    def to_python(self, value: Any) -> Quarter | HalfYear | None:
        if value is None or isinstance(value, self.period):
            return value
        try:
            return self.period.parse(value)
        except NotAPeriod as error:
            raise ValidationError(str(error)) from error

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else str(self.to_python(value))

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.value_from_object(obj))


class QuarterField(_PeriodField):
    period = Quarter


class FirstDay(models.Func):
    """The first day of the quarter that a QuarterField holds, worked out by the database: for comparing with days."""

    template = (
        "(make_date(left(%(expressions)s, 4)::int, 4, 1)"
        " + make_interval(months => 3 * (right(%(expressions)s, 1)::int - 1)))::date"
    )
    arity = 1
    output_field = models.DateField()


class HalfYearField(_PeriodField):
    period = HalfYear
