"""What COG support notes for a review: who writes and reads it, that it stays, and that the unit never meets it."""

from __future__ import annotations

import pytest
from django.db import InternalError, transaction
from django.urls import reverse
from django.utils import timezone

from assurance.models import Decision, Review, ReviewNote, Revision
from assurance.rules import Refused
from assurance.services import review_notes
from organisation.models import BusinessGroup, User
from organisation.roles import Role
from records.models import TrailEntry
from tests.assurance.pages import signed_in
from tests.factories import assurance as statements
from tests.factories.organisation import appoint, make_group, make_person, make_unit

pytestmark = pytest.mark.django_db

TEXT = "Leadership rests on one briefing.\nAsk who was there."


@pytest.fixture
def group() -> BusinessGroup:
    return make_group("Frontline Policing")


@pytest.fixture
def revision(group: BusinessGroup) -> Revision:
    return statements.signed(make_unit("Kiln Hill", group=group))


@pytest.fixture
def support(group: BusinessGroup) -> User:
    return make_person(Role.COG_SUPPORT, group=group)


def note(revision: Revision, by: User, text: str = TEXT, digest: str | None = None) -> ReviewNote:
    return review_notes.note(
        revision=revision, text=text, seen_digest=digest or revision.content_digest, by=by, at=timezone.now()
    )


def page(revision: Revision, name: str = "note") -> str:
    return reverse(f"assurance:{name}", args=[revision.statement.unit.slug, revision.statement.quarter])


# --- The act --------------------------------------------------------------------------------------------------------


def test_a_note_is_kept_with_its_revision_and_the_trail_has_none_of_its_words(
    revision: Revision, support: User
) -> None:
    made = note(revision, support, f"  {TEXT}\r\n")
    assert (made.revision, made.text, made.by) == (revision, TEXT, support)
    entry = TrailEntry.objects.get(act="statement.noted")
    assert (entry.actor, entry.thing_type, entry.thing_id) == (support, "assurance.ReviewNote", made.pk)
    assert entry.detail == {"content_digest": revision.content_digest}
    assert "briefing" not in f"{entry.thing_name} {entry.detail}"


def test_the_same_note_sent_twice_is_one(revision: Revision, support: User) -> None:
    assert note(revision, support) == note(revision, support)
    assert note(revision, support, "Another") != note(revision, support)
    assert ReviewNote.objects.count() == 3
    assert TrailEntry.objects.filter(act="statement.noted").count() == 3


@pytest.mark.parametrize(
    ("text", "digest", "why"),
    [(" \n", None, "Write your note"), (TEXT, "0" * 64, "has changed since you opened this page")],
)
def test_an_empty_note_and_one_on_another_text_are_refused(
    revision: Revision, support: User, text: str, digest: str | None, why: str
) -> None:
    with pytest.raises(Refused, match=why):
        note(revision, support, text, digest)
    assert not ReviewNote.objects.exists()


def test_nobody_prepares_the_review_of_what_they_completed_or_signed(revision: Revision, group: BusinessGroup) -> None:
    for person in (revision.completed_by, revision.signed_by):
        assert person is not None
        appoint(person, Role.COG_SUPPORT, group=group)
        with pytest.raises(Refused, match="somebody else has to prepare its review"):
            note(revision, person)
        assert signed_in(person).post(page(revision), {"text": TEXT}).status_code == 403
    assert not ReviewNote.objects.exists()


def test_a_draft_takes_no_notes(support: User, group: BusinessGroup) -> None:
    draft = statements.make_statement(make_unit("Blank", group=group))
    with pytest.raises(Refused, match="open; notes are made on what is signed"):
        note(draft, support, digest="0" * 64)
    answer = signed_in(support).post(page(draft), {"text": TEXT})
    assert answer.status_code == 403
    assert "Nothing is signed yet" in answer.content.decode()


def test_a_note_can_neither_be_changed_nor_removed(revision: Revision, support: User) -> None:
    made = note(revision, support)
    with pytest.raises(InternalError, match="Cannot update or delete"), transaction.atomic():
        ReviewNote.objects.update(text="Nothing to see")
    with pytest.raises(InternalError, match="Cannot update or delete"), transaction.atomic():
        made.delete()
    made = ReviewNote.objects.get()
    assert made.text == TEXT


# --- The page -------------------------------------------------------------------------------------------------------


def test_support_adds_a_note_on_the_review_and_finds_it_there(revision: Revision, support: User) -> None:
    browser = signed_in(support)
    assert "Add a note for the review" in browser.get(page(revision, "review")).content.decode()
    answer = browser.post(page(revision), {"text": TEXT, "digest": revision.content_digest})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{page(revision, 'review')}#notes")
    html = browser.get(page(revision, "review")).content.decode()
    assert "1 note of the business group’s support staff" in html
    assert "Leadership rests on one briefing.<br>Ask who was there." in html


def test_a_refused_note_comes_back_as_it_was_typed(revision: Revision, support: User) -> None:
    answer = signed_in(support).post(page(revision), {"text": TEXT, "digest": "0" * 64})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Error: Review of Kiln Hill" in html
    assert "Read it again, then add your note" in html
    assert "Leadership rests on one briefing.\nAsk who was there.</textarea>" in html
    assert "Your review" not in html
    empty = signed_in(support).post(page(revision), {"text": " ", "digest": revision.content_digest})
    assert '<a href="#id_text">Write your note.</a>' in empty.content.decode()


def readers_of(group: BusinessGroup) -> list[User]:
    own = [make_person(role, group=group) for role in (Role.COG_LEAD, Role.COG_SUPPORT)]
    return [*own, make_person(Role.SHRMT), make_person(Role.HEAD)]


def test_lead_support_shrmt_and_head_read_the_notes_and_only_support_adds_to_them(
    revision: Revision, support: User, group: BusinessGroup
) -> None:
    note(revision, support)
    for person in readers_of(group):
        html = signed_in(person).get(page(revision, "review")).content.decode()
        assert "Leadership rests on one briefing" in html
        adds = person.appointments.get().role == Role.COG_SUPPORT
        assert ("Add a note for the review" in html) is adds
        asked = {"text": "Mine", "digest": revision.content_digest}
        assert signed_in(person).post(page(revision), asked).status_code == (302 if adds else 403)


@pytest.mark.parametrize("role", [Role.SPOC, Role.SLT_LEAD])
def test_the_unit_meets_the_notes_nowhere(revision: Revision, support: User, role: Role) -> None:
    note(revision, support)
    browser = signed_in(make_person(role, revision.statement.unit))
    for name in ("review", "statement", "print_statement", "changes"):
        html = browser.get(page(revision, name)).content.decode()
        assert "one briefing" not in html
        assert "Notes for the review" not in html
    assert browser.get(page(revision)).status_code == 404
    assert browser.post(page(revision), {"text": "Mine"}).status_code == 404


def test_other_groups_people_know_of_no_notes(revision: Revision, support: User) -> None:
    made = note(revision, support)
    for role in (Role.COG_LEAD, Role.COG_SUPPORT, Role.BOARD_MEMBER, Role.PANEL_MEMBER, Role.ADMINISTRATOR):
        person = make_person(role)
        assert signed_in(person).post(page(revision), {"text": "Mine"}).status_code == 404
        assert not ReviewNote.objects.visible_to(person).exists()
    assert list(ReviewNote.objects.visible_to(support)) == [made]


def test_what_was_noted_on_an_earlier_revision_says_so(revision: Revision, support: User, group: BusinessGroup) -> None:
    note(revision, support)
    statements.decide(revision, Decision.RETURNED, by=make_person(Role.COG_LEAD, group=group))
    following = statements.sign(statements.complete(revision.statement.revisions.get(number=2)))
    note(following, support, "Better now.")
    html = signed_in(support).get(page(revision, "review")).content.decode()
    assert html.count("on revision 1</p>") == 1
    assert "2 notes of the business group" in html
    assert Review.objects.count() == 1


# --- On a theme -----------------------------------------------------------------------------------------------------


def test_a_note_may_be_on_one_theme_and_stands_there(revision: Revision, support: User) -> None:
    client = signed_in(support)
    answers = {"text": "One briefing only.", "theme": "leadership", "digest": revision.content_digest}
    assert client.post(page(revision), answers).status_code == 302
    assert ReviewNote.objects.get().theme == revision.entries.get(theme__identity="leadership").theme
    html = client.get(page(revision, "review")).content.decode()
    at_the_theme = html.partition('<section aria-labelledby="theme-leadership">')[2].partition("</section>")[0]
    assert "One briefing only." in at_the_theme
    assert html.count("One briefing only.") == 1
    assert '<a class="govuk-link" href="#theme-leadership">Leadership</a>' in html.partition('id="levels"')[0]


def test_the_same_words_on_another_theme_are_another_note(revision: Revision, support: User) -> None:
    digest, now = revision.content_digest, timezone.now()
    for theme in ("leadership", "audit", "audit", ""):
        review_notes.note(revision=revision, text=TEXT, on_theme=theme, seen_digest=digest, by=support, at=now)
    themes = [note.theme and note.theme.identity for note in ReviewNote.objects.all()]
    assert themes == ["leadership", "audit", None]


def test_a_note_on_a_theme_the_statement_has_not_is_refused(revision: Revision, support: User) -> None:
    with pytest.raises(Refused, match="no such theme"):
        review_notes.note(
            revision=revision,
            text=TEXT,
            on_theme="drills",
            seen_digest=revision.content_digest,
            by=support,
            at=timezone.now(),
        )
    answers = {"text": TEXT, "theme": "drills", "digest": revision.content_digest}
    refused = signed_in(support).post(page(revision), answers)
    assert refused.status_code == 422
    assert "Ask who was there." in refused.content.decode()
    assert not ReviewNote.objects.exists()
