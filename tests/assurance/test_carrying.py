"""A new quarter starts from the last, marked as carried until somebody confirms or changes it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from actions.models import Action, ActionStatus
from assurance.models import Carried, Decision, Entry, EntryAction, EvidenceFile, EvidenceItem, Revision
from assurance.rules import Blocked, Refused
from assurance.services import carrying, statements
from assurance.services.content import content_of
from maturity.models import Criterion
from organisation.models import Unit, User
from organisation.periods import Quarter
from records.edits import Edit
from records.models import Blob, Verdict
from records.services import blobs
from tests.factories import assurance as factories
from tests.factories import maturity
from tests.factories.organisation import make_unit

pytestmark = pytest.mark.django_db
Q1, Q2 = Quarter(2026, 1), Quarter(2026, 2)
AT = datetime(2026, 8, 3, 9, tzinfo=UTC)
LATER = AT + timedelta(hours=1)


@pytest.fixture
def draft(unit: Unit) -> Revision:
    """The second quarter's statement; the first one's is signed, with level 4 for leadership."""
    signed(unit, Q1, leadership=4)
    return factories.make_statement(unit, Q2)


def signed(unit: Unit, quarter: Quarter, **levels: int) -> Revision:
    return factories.sign(factories.complete(factories.fill(factories.make_statement(unit, quarter), levels=levels)))


def entry_of(revision: Revision, identity: str = "leadership") -> Entry:
    return revision.entries.select_related("revision__statement", "theme").get(theme__identity=identity)


def opened(revision: Revision, by: User, identity: str = "leadership") -> Entry:
    carrying.open_entry(entry=entry_of(revision, identity), by=by, at=AT)
    return entry_of(revision, identity)


# --- Opening ------------------------------------------------------------------------------------------------------


def test_a_theme_opened_for_the_first_time_starts_from_the_last_signed_text(draft: Revision, spoc: User) -> None:
    assert entry_of(draft).evidence == ""
    entry = opened(draft, spoc)
    assert (entry.level, entry.held_without_shrmt) == (4, True)
    assert entry.evidence == "Records of Leadership were checked."
    assert (entry.carried, entry.first_opened_at) == (Carried.UNCONFIRMED, AT)
    assert entry.carried_from == factories.entry_of_quarter(draft, Q1, "leadership")
    assert (entry.changed_at, entry.changed_by) == (None, None)
    assert entry_of(draft, "audit").carried == ""  # nobody has opened that one


def test_opening_again_writes_nothing(draft: Revision, spoc: User) -> None:
    entry = opened(draft, spoc)
    statements.save_entry(entry=entry, edits={"evidence": Edit(1, "Mine")}, by=spoc, at=AT)
    assert carrying.open_entry(entry=entry, by=spoc, at=LATER) is False
    assert (entry_of(draft).evidence, entry_of(draft).first_opened_at) == ("Mine", AT)


def test_what_somebody_has_written_already_is_left_alone(draft: Revision, spoc: User) -> None:
    statements.save_entry(entry=entry_of(draft), edits={"evidence": Edit(0, "Mine")}, by=spoc, at=AT)
    entry = opened(draft, spoc)
    assert (entry.evidence, entry.level, entry.carried) == ("Mine", None, "")


def test_without_a_signed_statement_a_theme_starts_blank(unit: Unit, spoc: User) -> None:
    factories.fill(factories.make_statement(unit, Q1))  # filled in, never signed
    entry = opened(factories.make_statement(unit, Q2), spoc)
    assert (entry.evidence, entry.level, entry.carried, entry.carried_from) == ("", None, "", None)
    assert entry.first_opened_at == AT


def test_the_newest_signed_revision_counts_also_where_a_quarter_was_left_out(unit: Unit, spoc: User) -> None:
    signed(unit, Q1.plus(-2), leadership=2)
    signed(unit, Q1.plus(-1), leadership=5)
    factories.make_statement(unit, Q1)
    assert opened(factories.make_statement(unit, Q2), spoc).level == 5


def test_of_a_returned_quarter_the_newest_signed_revision_is_taken(unit: Unit, spoc: User) -> None:
    first = signed(unit, Q1, leadership=4)
    factories.decide(first, Decision.RETURNED)
    assert opened(factories.make_statement(unit, Q2), spoc).level == 4


def test_nothing_is_carried_from_another_unit_or_a_later_quarter(unit: Unit, spoc: User) -> None:
    factories.signed(quarter=Q1)
    signed(unit, Q2, leadership=5)
    assert opened(factories.make_statement(unit, Q1), spoc).carried == ""


def test_between_themes_that_are_not_comparable_nothing_is_carried(unit: Unit, spoc: User) -> None:
    """*Assurance* moved from theme 11 to theme 12 between the two editions (domain page)."""
    edition_2017, edition_2019 = maturity.shipped("2017", "2019")
    factories.sign(factories.complete(factories.fill(factories.make_statement(unit, Q1, edition=edition_2017))))
    draft = factories.make_statement(unit, Q2, edition=edition_2019)
    assert opened(draft, spoc, "audit").carried == ""
    assert opened(draft, spoc, "leadership").carried == Carried.UNCONFIRMED


def test_ticks_are_carried_within_an_edition_and_not_across(unit: Unit, spoc: User) -> None:
    edition_2017, edition_2019 = maturity.shipped("2017", "2019")
    first = factories.make_statement(unit, Q1, edition=edition_2017)
    ticked = Criterion.objects.filter(theme__edition=edition_2017, theme__identity="leadership", level__number=3)
    ids = list(ticked.values_list("pk", flat=True))
    statements.save_entry(entry=entry_of(first), edits={"criteria_met": Edit(0, ids)}, by=spoc, at=AT)
    factories.sign(factories.complete(factories.fill(first)))
    same = factories.make_statement(unit, Q2, edition=edition_2017)
    assert opened(same, spoc).criteria_met == ids
    carrying.confirm(entry=entry_of(same), by=spoc, at=AT)
    factories.sign(factories.complete(factories.fill(same, by=spoc)))
    other = factories.make_statement(unit, Q2.next(), edition=edition_2019)
    assert opened(other, spoc).criteria_met == []


def test_a_theme_that_is_no_longer_scored_brings_its_evidence_and_no_level(unit: Unit, spoc: User) -> None:
    edition_2017, edition_2019 = maturity.shipped("2017", "2019")
    factories.sign(factories.complete(factories.fill(factories.make_statement(unit, Q1, edition=edition_2017))))
    entry = opened(factories.make_statement(unit, Q2, edition=edition_2019), spoc, "wellbeing")
    assert (entry.level, entry.held_without_shrmt) == (None, None)
    assert entry.evidence.startswith("Records of Well-Being")


def test_links_come_along_with_who_added_them_and_the_day_they_are_of(unit: Unit, spoc: User) -> None:
    first = factories.make_statement(unit, Q1)
    link = EvidenceItem.objects.create(
        entry=entry_of(first),
        url="https://example.org/plan",
        title="Plan",
        of_on=date(2026, 4, 2),
        added_at=AT,
        added_by=spoc,
    )
    factories.sign(factories.complete(factories.fill(first)))
    item = EvidenceItem.objects.get(entry=opened(factories.make_statement(unit, Q2), spoc))
    assert item.pk != link.pk
    assert (item.url, item.title, item.of_on, item.added_by) == (link.url, "Plan", date(2026, 4, 2), spoc)


def test_a_file_in_which_something_was_found_does_not_come_along(unit: Unit, spoc: User) -> None:
    first = factories.make_statement(unit, Q1)
    given = {"entry": entry_of(first), "added_at": AT, "added_by": spoc}
    for content in (b"good", b"bad"):
        blob = blobs.store(content=content, media_type="application/pdf", at=AT)
        file = EvidenceFile.objects.create(unit=unit, blob=blob, name="a.pdf", uploaded_at=AT, uploaded_by=spoc)
        EvidenceItem.objects.create(**given, file=file, title=content.decode())
    factories.sign(factories.complete(factories.fill(first)))
    Blob.objects.filter(pk=blob.pk).update(verdict=Verdict.INFECTED)
    items = EvidenceItem.objects.filter(entry=opened(factories.make_statement(unit, Q2), spoc))
    assert [item.title for item in items] == ["good"]


def test_open_actions_follow_and_closed_ones_do_not(unit: Unit, spoc: User) -> None:
    first = factories.make_statement(unit, Q1.plus(-1))
    still_open, done = (factories.raise_action(first, title=title) for title in ("Still open", "Done"))
    elsewhere = factories.raise_action(first, "audit", title="Of another theme")
    Action.objects.filter(pk=done.pk).update(status=ActionStatus.CLOSED, closed_at=AT, closed_by=spoc)
    draft = factories.make_statement(unit, Q2)  # with a quarter between that nobody filled in
    entry = opened(draft, spoc)
    assert list(entry.actions.all()) == [still_open]
    assert list(opened(draft, spoc, "audit").actions.all()) == [elsewhere]
    assert EntryAction.objects.filter(action=still_open).count() == 2


def test_nothing_is_carried_from_another_unit(unit: Unit, spoc: User) -> None:
    factories.signed(make_unit("Elsewhere"), Q1)
    draft = factories.make_statement(unit, Q2)
    entry = opened(draft, spoc)
    assert (entry.carried, entry.evidence, entry.carried_from) == ("", "", None)
    listed: Any = carrying.with_newest_signed(Entry.objects.filter(pk=entry.pk)).get()
    assert (carrying.newest_signed(entry), listed.newest) == (None, None)


def test_another_units_actions_do_not_follow(unit: Unit, spoc: User) -> None:
    factories.raise_action(factories.make_statement(make_unit("Elsewhere"), Q1), title="Theirs")
    assert list(opened(factories.make_statement(unit, Q2), spoc).actions.all()) == []


def test_an_action_raised_late_in_the_quarter_before_follows_when_the_next_statement_is_completed(
    unit: Unit, spoc: User
) -> None:
    """The earlier statement may be overdue while the next quarter's is being filled in already."""
    late, draft = factories.make_statement(unit, Q1), factories.make_statement(unit, Q2)
    factories.fill(draft, by=spoc)
    opened(draft, spoc)
    raised = factories.raise_action(late)
    unscored = factories.raise_action(late, "wellbeing", title="Under a theme whose page nobody opens")
    assert list(entry_of(draft).actions.all()) == []
    statements.complete(revision=draft, by=spoc, at=AT)
    assert list(entry_of(draft).actions.all()) == [raised]
    assert list(entry_of(draft, "wellbeing").actions.all()) == [unscored]


def test_no_offer_is_made_of_a_theme_that_does_not_compare(unit: Unit, spoc: User) -> None:
    edition_2017, edition_2019 = maturity.shipped("2017", "2019")
    late = factories.make_statement(unit, Q1, edition=edition_2017)
    draft = factories.make_statement(unit, Q2, edition=edition_2019)
    for identity in ("audit", "leadership"):
        opened(draft, spoc, identity)
    factories.sign(factories.complete(factories.fill(late)), at=LATER)
    offers = {
        entry.theme.identity: carrying.offered_quarter(entry)
        for entry in carrying.with_newest_signed(draft.entries.select_related("theme").all())
    }
    assert (offers["leadership"], offers["audit"]) == (Q1, None)


# --- Confirming and changing --------------------------------------------------------------------------------------


def test_completing_waits_for_what_was_carried_to_be_confirmed(draft: Revision, spoc: User) -> None:
    factories.fill(draft, by=spoc)
    Entry.objects.filter(pk=entry_of(draft).pk).update(
        carried=Carried.UNCONFIRMED, carried_from=factories.entry_of_quarter(draft, Q1, "leadership")
    )
    with pytest.raises(Blocked) as blocked:
        statements.complete(revision=draft, by=spoc, at=AT)
    assert [(blocker.theme, blocker.field) for blocker in blocked.value.blockers] == [("leadership", "carried")]
    carrying.confirm(entry=entry_of(draft), by=spoc, at=AT)
    assert statements.complete(revision=draft, by=spoc, at=AT).state == "completed"


def test_confirming_says_who_and_when_and_the_signed_text_says_that_it_was_carried(draft: Revision, spoc: User) -> None:
    entry = opened(draft, spoc)
    carrying.confirm(entry=entry, by=spoc, at=LATER)
    entry = entry_of(draft)
    assert (entry.carried, entry.changed_at, entry.changed_by) == (Carried.CONFIRMED, LATER, spoc)
    said = content_of(draft)["entries"][0]
    assert (said["carried"], said["carried_from"]) == ("confirmed", "2026/27-Q1")


def test_new_words_of_evidence_are_a_change(draft: Revision, spoc: User) -> None:
    entry = opened(draft, spoc)
    statements.save_entry(entry=entry, edits={"evidence": Edit(1, "Checked again in July")}, by=spoc, at=AT)
    assert entry_of(draft).carried == Carried.CHANGED


def test_another_level_alone_does_not_make_last_quarter_s_words_evidence_of_this_one(
    draft: Revision, spoc: User
) -> None:
    entry = opened(draft, spoc)
    statements.save_entry(entry=entry, edits={"level_answer": Edit(1, 5)}, by=spoc, at=AT)
    assert entry_of(draft).carried == Carried.UNCONFIRMED
    carrying.confirm(entry=entry, by=spoc, at=AT)
    assert entry_of(draft).carried == Carried.CHANGED  # it is not a mere copy


def test_a_confirmed_copy_that_is_changed_afterwards_is_changed(draft: Revision, spoc: User) -> None:
    entry = opened(draft, spoc)
    carrying.confirm(entry=entry, by=spoc, at=AT)
    statements.save_entry(entry=entry, edits={"level_answer": Edit(1, 3)}, by=spoc, at=AT)
    assert entry_of(draft).carried == Carried.CHANGED


def test_the_next_revision_keeps_what_was_carried_and_is_not_carried_into_again(draft: Revision, spoc: User) -> None:
    entry = opened(draft, spoc)
    carrying.confirm(entry=entry, by=spoc, at=AT)
    factories.fill(draft, by=spoc)
    first = factories.sign(factories.complete(draft, by=spoc))
    factories.decide(first, Decision.RETURNED)
    following = draft.statement.revisions.latest("number")
    assert entry_of(following).carried == entry_of(draft).carried
    assert carrying.open_entry(entry=entry_of(following, "wellbeing"), by=spoc, at=LATER) is False


def test_nothing_is_confirmed_once_the_statement_is_completed(draft: Revision, spoc: User) -> None:
    factories.complete(factories.fill(draft, by=spoc), by=spoc)
    with pytest.raises(Refused, match="completed now"):
        carrying.confirm(entry=entry_of(draft), by=spoc, at=AT)
    assert carrying.open_entry(entry=entry_of(draft, "wellbeing"), by=spoc, at=AT) is False


# --- A newer one --------------------------------------------------------------------------------------------------


def test_a_statement_signed_later_is_offered_and_not_applied(unit: Unit, spoc: User) -> None:
    late = factories.make_statement(unit, Q1)
    draft = factories.make_statement(unit, Q2)
    entry = opened(draft, spoc)
    assert carrying.offer(entry, newest=carrying.newest_signed(entry)) is None
    factories.complete(factories.fill(late, level=2))
    factories.sign(late, at=LATER)
    newest = carrying.newest_signed(entry)
    assert carrying.offer(entry_of(draft), newest=newest) == newest
    assert entry_of(draft).evidence == ""


def test_taking_it_over_keeps_the_text_it_replaces_in_the_history(unit: Unit, spoc: User) -> None:
    late = factories.make_statement(unit, Q1)
    draft = factories.make_statement(unit, Q2)
    entry = opened(draft, spoc)
    statements.save_entry(entry=entry, edits={"evidence": Edit(0, "Mine")}, by=spoc, at=AT)
    factories.sign(factories.complete(factories.fill(late, level=2)), at=LATER)
    carrying.take(entry=entry, by=spoc, at=LATER + timedelta(minutes=1))
    taken = entry_of(draft)
    assert (taken.level, taken.carried, taken.changed_by) == (2, Carried.UNCONFIRMED, spoc)
    assert entry.history.filter(evidence="Mine").exists()
    with pytest.raises(Refused, match="nothing newer"):
        carrying.take(entry=entry, by=spoc, at=LATER + timedelta(minutes=2))
