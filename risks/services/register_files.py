"""Taking the register away as a file, and bringing one back: seen first, then all of it, or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeGuard

from django.db import transaction
from django.db.models import Prefetch

from organisation.models import User
from organisation.periods import london_day
from records.canonical import content_digest, normal
from records.edits import Edit
from records.services import trail
from rendering import formats, tables
from risks.models import Assessment, Risk, RiskStatus
from risks.models.register_upload import RegisterUpload
from risks.reading import RiskLine
from risks.registerfile import Assessed, Filled, Line, as_table
from risks.rules import Refused
from risks.services import assessing, deciding, register
from risks.services.assessing import Judgement
from risks.services.deciding import Minute
from risks.trend import Place

KEPT_FOR = timedelta(days=1)
CALLED = {
    "title": "title",
    "description": "description",
    "theme": "theme",
    "target_score": "target score",
    "target_on": "day of the target",
    "review_on": "day of the review",
}


class Overtaken(Exception):
    """What the file comes to now is not what its author has seen."""


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of a risk, in words; `refusal` says why it cannot."""

    reference: str
    title: str
    is_new: bool
    what: tuple[str, ...]
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What becomes of a file if it is confirmed now; `digest` tells whether somebody has seen just this."""

    changes: tuple[Change, ...]
    unchanged: int
    digest: str

    @property
    def refusals(self) -> list[Change]:
        return [one for one in self.changes if one.refusal]

    @property
    def has_new(self) -> bool:
        return any(one.is_new for one in self.changes)


# --- Taking it away ---------------------------------------------------------------------------------------------------


@transaction.atomic
def download(
    *, lines: Sequence[RiskLine], themes: Mapping[str, str], file_format: str, by: User, at: datetime
) -> bytes:
    """Return the risks as CSV or XLSX, and keep who took them; `themes` are names by identity."""
    trail.record(act="risk-register.downloaded", thing=by, by=by, at=at, risks=len(lines), format=file_format)
    table = as_table([_cells(line, themes) for line in lines])
    return tables.table_csv(table) if file_format == "csv" else tables.xlsx([table], dated=london_day(at))


def _cells(line: RiskLine, themes: Mapping[str, str]) -> list[tables.Cell]:
    risk, last = line.risk, line.last
    assessed: list[tables.Cell] = [None] * 6
    if last is not None:
        assessed = [last.assessed_on, last.likelihood_before, last.impact_before]
        assessed += [last.likelihood, last.impact, last.because]
    return [
        risk.reference,
        risk.title,
        risk.description,
        themes.get(risk.theme, risk.theme),
        risk.get_status_display(),
        line.trend.words if line.trend else "",
        "; ".join(line.leads),
        *assessed,
        risk.target_score,
        risk.target_on,
        risk.review_on,
    ]


# --- Bringing one -----------------------------------------------------------------------------------------------------


@transaction.atomic
def keep(*, filled: Filled, name: str, by: User, at: datetime) -> RegisterUpload:
    """Keep what a file says until its author confirms it. Their earlier one, and others' old ones, are forgotten."""
    if filled.problems:
        raise ValueError("What has a fault is not kept: nothing of it may count.")
    RegisterUpload.objects.filter(uploaded_by=by).delete()
    RegisterUpload.objects.filter(uploaded_at__lt=at - KEPT_FOR).delete()
    lines = [_as_json(line) for line in filled.lines]
    return RegisterUpload.objects.create(name=str(normal(name))[:200], lines=lines, uploaded_by=by, uploaded_at=at)


def preview(upload: RegisterUpload, *, may_decide: bool) -> Preview:
    """Return what becomes of the file if it is confirmed now: nothing is written. Two queries, however long it is."""
    changes, unchanged = [], 0
    lines = _lines(upload)
    there = _there(lines)
    for line in lines:
        change = _change(line, there.get(line.reference), may_decide=may_decide)
        if change.what or change.refusal:
            changes.append(change)
        else:
            unchanged += 1
    return Preview(tuple(changes), unchanged, content_digest([str(upload.token), [asdict(one) for one in changes]]))


@transaction.atomic
def apply(
    *, upload: RegisterUpload, seen: str, minute: Minute | None, may_decide: bool, by: User, at: datetime
) -> Preview:
    """Write what the file says. `minute` is where the Board accepted its new risks; None where there is none.

    Raises Overtaken where it comes to something else now than `seen`, and Refused.
    """
    current = RegisterUpload.objects.select_for_update().filter(pk=upload.pk).first()
    if current is None:
        raise Refused("This file has been confirmed already, or another one came after it.")
    list(Risk.objects.select_for_update(no_key=True).order_by("pk"))
    found = preview(current, may_decide=may_decide)
    if found.digest != seen:
        raise Overtaken
    if found.refusals:
        raise Refused(f"Risk {found.refusals[0].reference}: {found.refusals[0].refusal}")
    if found.has_new and minute is None:
        raise Refused("The file has new risks: say at which meeting the Board accepted them.")
    lines = _lines(current)
    there = _there(lines)
    for line in lines:
        _write(line, there.get(line.reference), minute, by=by, at=at)
    current.delete()
    trail.record(act="risk-register.imported", thing=by, by=by, at=at, changed=len(found.changes))
    return found


def _there(lines: Sequence[Line]) -> dict[str, Risk]:
    """Return the risks of the lines that are on the register, by reference, with the assessments that stand."""
    standing = Prefetch("assessments", Assessment.objects.standing(), to_attr="standing")
    found = Risk.objects.filter(reference__in=[line.reference for line in lines]).prefetch_related(standing)
    return {risk.reference: risk for risk in found}


def _last(risk: Any) -> Assessment | None:
    """Return the last assessment that stands of a risk that `_there` returned."""
    return risk.standing[0] if risk.standing else None


def _is_new(assessed: Assessed | None, last: Assessment | None) -> TypeGuard[Assessed]:
    """Whether a line says another assessment than the last."""
    return assessed is not None and (last is None or _said_by(last) != assessed)


def _change(line: Line, risk: Risk | None, *, may_decide: bool) -> Change:
    if risk is None:
        refusal = ""
        if not may_decide:
            refusal = "It is new: the Board’s secretary records what the Board accepts, and brings such a file."
        elif line.status not in ("", RiskStatus.EMERGING, RiskStatus.OPEN):
            refusal = "A new risk is emerging or open. What the Board decides next is recorded at its meeting."
        elif not line.leads:
            refusal = "A new risk needs a post that leads it, in the column Leads."
        return Change(line.reference, line.said["title"], True, tuple(_told_of_new(line)), refusal)
    what = [f"{CALLED[name]} becomes {_in_words(value)}" for name, value in _differing(line, risk)]
    refusal = ""
    if line.status and line.status != risk.status:
        refusal = (
            f"It is {risk.get_status_display().lower()}, and {line.status} in the file. The Board decides of a risk’s "
            "status at a meeting, which a file does not record."
        )
    last = _last(risk)
    if _is_new(line.assessed, last):
        if last and line.assessed.on < last.assessed_on:
            refusal = refusal or f"It was assessed on {formats.day(last.assessed_on)}, later than in the file."
        elif risk.status == RiskStatus.CLOSED:
            refusal = refusal or "It is closed, so it is not assessed."
        what.append(_told_of_assessment(line.assessed))
    return Change(line.reference, risk.title, False, tuple(what), refusal)


def _write(line: Line, risk: Risk | None, minute: Minute | None, *, by: User, at: datetime) -> None:
    last = None if risk is None else _last(risk)
    if risk is None:
        assert minute is not None  # noqa: S101  # asked above
        status = RiskStatus(line.status or RiskStatus.EMERGING)
        risk = Risk.objects.create(
            reference=line.reference,
            status=status,
            entered_at=at,
            entered_by=by,
            changed_at=at,
            changed_by=by,
            **dict(_stored(line)),
        )
        for post in line.leads:
            register.name_lead(risk=risk, post=post, person=None, starts_on=london_day(at), by=by, at=at)
        deciding.record_acceptance(risk, minute, by=by, at=at)
    else:
        versions = risk.field_versions
        edits = {name: Edit(versions.get(name, 0), value) for name, value in _differing(line, risk)}
        register.change(risk=risk, edits=edits, by=by, at=at)
    if _is_new(line.assessed, last):
        said = Judgement(Place(*line.assessed.before), Place(*line.assessed.after), line.assessed.because)
        assessing.assess(risk=risk, assessed_on=line.assessed.on, said=said, by=by, at=at)


def _stored(line: Line) -> Iterator[tuple[str, Any]]:
    """Return what the line says of the risk in the form in which it is stored."""
    for name, value in line.said.items():
        yield name, str(normal(value)) if isinstance(value, str) else value


def _differing(line: Line, risk: Risk) -> Iterator[tuple[str, Any]]:
    return ((name, value) for name, value in _stored(line) if value != getattr(risk, name))


def _said_by(assessment: Assessment) -> Assessed:
    before = (assessment.likelihood_before, assessment.impact_before)
    return Assessed(assessment.assessed_on, before, (assessment.likelihood, assessment.impact), assessment.because)


def _told_of_new(line: Line) -> Iterator[str]:
    yield f"new, {line.status or RiskStatus.EMERGING}, led by {formats.listed(line.leads)}" if line.leads else "new"
    if line.assessed:
        yield _told_of_assessment(line.assessed)


def _told_of_assessment(assessed: Assessed) -> str:
    (likelihood, impact) = assessed.after
    return f"assessed as at {formats.day(assessed.on)}: {likelihood} × {impact} after controls"


def _in_words(value: Any) -> str:
    if isinstance(value, date):
        return formats.day(value)
    return f"“{value}”" if value not in (None, "") else "blank"


def _as_json(line: Line) -> dict[str, Any]:
    return {
        "number": line.number,
        "reference": line.reference,
        "said": {name: str(value) if isinstance(value, date) else value for name, value in line.said.items()},
        "status": line.status,
        "leads": list(line.leads),
        "assessed": None
        if line.assessed is None
        else {**asdict(line.assessed), "on": str(line.assessed.on), "because": str(normal(line.assessed.because))},
    }


def _lines(upload: RegisterUpload) -> list[Line]:
    kept: Any = upload.lines
    return [_of_json(one) for one in kept]


def _of_json(kept: Mapping[str, Any]) -> Line:
    said = dict(kept["said"])
    for name in ("target_on", "review_on"):
        said[name] = date.fromisoformat(said[name]) if said[name] else None
    assessed = kept["assessed"]
    return Line(
        kept["number"],
        kept["reference"],
        said,
        kept["status"],
        tuple(kept["leads"]),
        None
        if assessed is None
        else Assessed(
            date.fromisoformat(assessed["on"]),
            tuple(assessed["before"]),
            tuple(assessed["after"]),
            assessed["because"],
        ),
    )
