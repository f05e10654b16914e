"""One e-mail a person and London day, with everything they were told up to that day's hour (`DIGEST_AT`).

Beat asks for the letters whose time has come; each is a job whose key is the day and the person, so two beats make one
letter, and a job that follows one that is done sends nothing. What was read into a letter is marked as sent together
with the job's *done*: a worker killed before that, or a mail server that takes a letter and dies before it says so,
means that the same letter goes out once more, under the same Message-ID. Nothing is ever lost that way; see
docs/decisions for why it is not the other way round.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone

from assurance.models import MentoringRecord, Statement
from home import digests
from organisation.models import Appointment, User
from organisation.periods import LONDON, NotAPeriod, Quarter, london_day
from records.models import Job, JobState, Notice
from records.models.notice import NoticeQuerySet
from records.services import jobs
from records.services.jobs import Claim, JobFailed
from rendering.formats import clock
from rendering.plain import inert

SEND = "home.send_digest"
# Beyond this a line is no news any more: an e-mail that is set up after a year must not bring the year.
NEWS_FOR = timedelta(days=28)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=1)
# How many letters wait for the worker at a time: documents must not queue behind a whole force's letters.
MOST_AT_ONCE = 100
NOT_TAKEN = "The mail server did not take the e-mail ({reason}). It is tried again by itself."


def collected_until(day: date) -> datetime:
    """Return the moment up to which the letter of `day` collects: the hour of sending, on London's clock."""
    return datetime.combine(day, settings.DIGEST_AT, tzinfo=LONDON)


# --- Asking for the letters whose time has come -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Attempts:
    """How the jobs of one letter have gone today. `last_at` is when the newest of them ended."""

    failures: int = 0
    last_at: datetime | None = None
    is_live: bool = False
    is_done: bool = False

    def may_start(self, now: datetime) -> bool:
        """Whether it is time: never at the same time as another, never after one that is done."""
        if self.is_live or self.is_done:
            return False
        return self.last_at is None or now >= self.last_at + pause_after(self.failures)


def pause_after(failures: int) -> timedelta:
    """Return how long to wait after so many failures: 5 minutes, twice as long each time, an hour at most."""
    return min(FIRST_PAUSE * 2 ** min(failures - 1, 10), LONGEST_PAUSE) if failures else timedelta(0)


def ask_for_due(*, now: datetime) -> int:
    """Ask for the letters whose time has come; return for how many. Safe to run again, or twice at once.

    While the newest attempt of the day has failed, the mail server may be away: then one letter at a time is tried,
    so that the worker does not wait for each of them in turn.
    """
    day = london_day(now)
    if not settings.EMAIL_GOES_OUT or now < collected_until(day):
        return 0
    attempts = _attempts_of(day)
    ended = [one for one in attempts.values() if one.last_at is not None]
    newest = max(ended, key=lambda one: one.last_at or now, default=Attempts())
    under_way = sum(one.is_live for one in attempts.values())
    room = (1 if newest.failures and not newest.is_done else MOST_AT_ONCE) - under_way
    people = [
        person for person in _people_with_news(day) if attempts.get(key_of(person, day), Attempts()).may_start(now)
    ]
    # Who was never tried comes first, so that one address that is never taken does not stand in everybody's way.
    people.sort(key=lambda person: (attempts.get(key_of(person, day), Attempts()).failures, person))
    chosen = people[: max(0, room)]
    for person in chosen:
        jobs.request(task=SEND, key=key_of(person, day), by=None, at=now, person=person, day=day.isoformat())
    return len(chosen)


def key_of(person_id: int, day: date) -> str:
    """Return the key of the job that sends a person's letter of a day."""
    return f"digest:{day.isoformat()}:{person_id}"


def _attempts_of(day: date) -> dict[str, Attempts]:
    """Return {job key: how it has gone} of the letters of `day`: one query."""
    found: dict[str, Attempts] = {}
    of_the_day = Job.objects.filter(key__startswith=f"digest:{day.isoformat()}:").order_by("id")
    for key, state, finished_at in of_the_day.values_list("key", "state", "finished_at"):
        before = found.get(key, Attempts())
        found[key] = Attempts(
            before.failures + (state == JobState.FAILED),
            finished_at or before.last_at,
            state in (JobState.QUEUED, JobState.RUNNING),
            before.is_done or state == JobState.DONE,
        )
    return found


def people_to_write_to(day: date) -> QuerySet[User]:
    """Everybody whose account is open and who holds an appointment on `day`."""
    return User.objects.filter(is_active=True, pk__in=Appointment.objects.in_force(day).values("person"))


def _news(day: date) -> NoticeQuerySet:
    return Notice.objects.waiting(until=collected_until(day)).filter(at__gt=collected_until(day - NEWS_FOR))


def _people_with_news(day: date) -> Sequence[int]:
    people = people_to_write_to(day).filter(pk__in=_news(day).values("person"))
    return list(people.order_by("pk").values_list("pk", flat=True))


# --- Sending one --------------------------------------------------------------------------------------------------


def send(claim: Claim) -> None:
    """Send the letter of one person and day, and mark its notices as sent. Raises JobFailed where it is not taken."""
    day = date.fromisoformat(claim.arguments["day"])
    person = people_to_write_to(london_day(timezone.now())).filter(pk=claim.arguments["person"]).first()
    # Jobs with one key follow each other, so what one of them has done is there to see for the next.
    is_sent = Job.objects.filter(key=key_of(claim.arguments["person"], day), state=JobState.DONE).exists()
    news = [] if person is None or is_sent else list(_news(day).filter(person=person).order_by("id"))
    theirs = _still_theirs(person, news) if person else []
    if person and theirs:
        message = letter(person, theirs, day=day)
        jobs.progress(claim, percent=50, step="Handing the e-mail to the mail server")
        try:
            message.send()
        except (OSError, ValueError) as error:  # what sockets, smtplib and the headers' own rules raise
            raise JobFailed(NOT_TAKEN.format(reason=_in_short(error))) from error
    with jobs.finishing(claim) as now:
        sent = {notice.pk for notice in theirs}
        Notice.objects.filter(pk__in=sent, withdrawn_at=None).update(sent_at=now)
        not_theirs = [notice.pk for notice in news if notice.pk not in sent]
        Notice.objects.filter(pk__in=not_theirs, sent_at=None, withdrawn_at=None).update(withdrawn_at=now)


def letter(person: User, news: Sequence[Notice], *, day: date) -> EmailMessage:
    """Return the e-mail. The same person and day give the same Message-ID: a second copy can be told from a new one."""
    lines = [digests.line(notice.line, link=f"{settings.SITE_URL}{notice.address}") for notice in news]
    shown, more = digests.shown(lines)
    values = {
        "name": inert(person.name),
        "things": len(lines),
        "lines": shown,
        "more": more,
        "home": f"{settings.SITE_URL}{reverse('home')}",
        "after": clock(settings.DIGEST_AT),
    }
    return EmailMessage(
        subject=digests.subject(len(lines)),
        body=render_to_string("emails/digest.txt", values).strip() + "\n",
        to=[person.email],
        headers={
            "Message-ID": f"<digest.{day:%Y%m%d}.{person.pk}@{urlsplit(settings.SITE_URL).hostname}>",
            "Auto-Submitted": "auto-generated",  # RFC 3834: no out-of-office answer comes back
            "X-Auto-Response-Suppress": "All",
        },
    )


def _still_theirs(person: User, news: Iterable[Notice]) -> list[Notice]:
    """Return the notices that lead where the person may still go: who has left a unit is told nothing more of it."""
    news = list(news)
    pages = {notice.pk: _statement_at(notice.address) for notice in news}
    records = {notice.pk: _advice_at(notice.address) for notice in news}
    wanted = {page for page in pages.values() if page is not None}
    readable = set(
        Statement.objects.visible_to(person)
        .filter(unit__slug__in={unit for unit, _ in wanted}, quarter__in={quarter for _, quarter in wanted})
        .values_list("unit__slug", "quarter")
        if wanted
        else ()
    )
    asked = {record for record in records.values() if record is not None}
    advice = MentoringRecord.objects.visible_to(person).filter(pk__in=asked).values_list("pk", flat=True)
    readable_advice = set(advice if asked else ())
    return [
        notice
        for notice in news
        if (pages[notice.pk] is None or pages[notice.pk] in readable)
        and (records[notice.pk] is None or records[notice.pk] in readable_advice)
    ]


def _advice_at(address: str) -> int | None:
    """Return the number of the mentoring record whose page is at `address`, None for other pages."""
    try:
        found = resolve(urlsplit(address).path)
    except Resolver404:
        return None
    return int(found.kwargs["pk"]) if found.view_name == "assurance:mentoring_record" else None


def _statement_at(address: str) -> tuple[str, Quarter] | None:
    """Return the unit's slug and the quarter of the statement whose page is at `address`, None for other pages."""
    try:
        found = resolve(urlsplit(address).path).kwargs
    except Resolver404:
        return None
    try:
        return str(found["unit"]), Quarter.parse(str(found["quarter"]))
    except (KeyError, NotAPeriod):
        return None


def _in_short(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return inert(lines[0]).rstrip(".")[:200] if lines else type(error).__name__


def letters_that_wait(*, now: datetime) -> Iterator[str]:
    """Yield, for every letter that was tried today and not taken, what the mail server said."""
    day = london_day(now)
    waiting = {key_of(person, day) for person in _people_with_news(day)}
    tried = Job.objects.filter(key__in=waiting, state=JobState.FAILED).order_by("key", "-id").distinct("key")
    yield from tried.values_list("error", flat=True)
