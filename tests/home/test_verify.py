"""Whether what somebody holds in their hand is on record: found by digest, for those who may read it only."""

from __future__ import annotations

import hashlib
import json
import re
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from assurance.models import BlankForm, Decision, EvidenceFile, EvidenceItem, Revision, Rollup, StatementDocument
from assurance.services import statements
from home.forms import VerifyForm
from home.hashing import MOST_BYTES, MOST_REQUEST
from organisation.models import User
from organisation.roles import Role
from papers.services import papers as paper_services
from records.services import blobs
from tests.factories import assurance, papers, rollups
from tests.factories import organisation as make

pytestmark = pytest.mark.django_db

QUARTER = assurance.this_quarter()
DIGEST = "ab" * 32


@pytest.fixture
def signed() -> Revision:
    return assurance.signed(make.make_unit("Harbour OCU"), QUARTER)


@pytest.fixture
def head() -> User:
    return make.make_person(Role.HEAD)


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def ask(person: User, digest: str) -> Any:
    return signed_in(person).get(reverse("verify_digest", args=[digest]))


def words(response: Any) -> str:
    """The text of the page's main part, its blanks drawn together."""
    content = response.content.decode()
    main = content[content.index("<main") : content.index("</main>")]
    return " ".join(unescape(strip_tags(main)).split())


def tamper(sql: str, *values: str | int) -> None:
    """Change what the database's triggers protect, as whoever owns the server can."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, values)
        cursor.execute("SET LOCAL session_replication_role = origin")


# --- Statements ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.SPOC, Role.SLT_LEAD, Role.COG_LEAD, Role.COG_SUPPORT, Role.SHRMT, Role.HEAD])
def test_whoever_reads_the_statement_is_told_that_the_digest_is_its_own(role: Role, signed: Revision) -> None:
    unit = signed.statement.unit
    group = unit.memberships.get().group
    scope: dict[str, Any] = {"unit": unit} if role in (Role.SPOC, Role.SLT_LEAD) else {}
    scope = {"group": group} if role in (Role.COG_LEAD, Role.COG_SUPPORT) else scope
    response = ask(make.make_person(role, **scope), signed.content_digest)
    assert response.status_code == 200
    said = words(response)
    assert f"The health and safety statement of Harbour OCU, {QUARTER}, revision 1" in said
    assert "The digest is its content digest" in said
    assert f"Signed by {signed.signer_name}, Chief superintendent" in said
    assert "Stands The digest is its content digest. It stands." in said
    assert "It is the newest revision of the statement." in said
    assert "worked out again from the stored text, is the one that was signed" in said
    assert "It is the first that the unit has signed" in said
    assert "Not as it should be" not in said


def without_the_digest(response: Any, digest: str) -> bytes:
    page = response.content.replace(digest.encode(), b"DIGEST")
    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]+"', b"", page)


@pytest.mark.parametrize("role", [Role.SPOC, Role.COG_LEAD, Role.PANEL_MEMBER, Role.BOARD_MEMBER, Role.ADMINISTRATOR])
def test_somebody_without_the_right_gets_the_answer_for_what_does_not_exist(role: Role, signed: Revision) -> None:
    elsewhere = make.make_unit()
    scope: dict[str, Any] = {"unit": elsewhere} if role is Role.SPOC else {}
    scope = {"group": elsewhere.memberships.get().group} if role is Role.COG_LEAD else scope
    client = signed_in(make.make_person(role, **scope))
    client.get("/")  # the force's name and the like are fetched once
    with CaptureQueriesContext(connection) as forbidden_queries:
        forbidden = client.get(reverse("verify_digest", args=[signed.content_digest]))
    with CaptureQueriesContext(connection) as unknown_queries:
        unknown = client.get(reverse("verify_digest", args=[DIGEST]))
    assert (forbidden.status_code, unknown.status_code) == (404, 404)
    assert without_the_digest(forbidden, signed.content_digest) == without_the_digest(unknown, DIGEST)
    assert "Nothing that you may see has this digest" in words(forbidden)
    # No further query for what is there and may not be seen: nor does the time it takes tell them apart.
    assert len(forbidden_queries) == len(unknown_queries)


def test_a_revision_that_was_returned_and_followed_says_so(signed: Revision, head: User) -> None:
    review = assurance.decide(signed, Decision.RETURNED)
    said = words(ask(head, signed.content_digest))
    assert "Does not stand The digest is its content digest." in said
    assert f"It does not stand: {review.decided_by} returned it" in said
    assert "Revision 2 has been begun and is not signed yet." in said
    following = assurance.sign(assurance.complete(assurance.fill(newest(signed))))
    assert "Revision 2 has been signed since" in words(ask(head, signed.content_digest))
    said = words(ask(head, following.content_digest))
    assert "Stands The digest is its content digest. It stands." in said
    assert "It names the digest of the unit’s signed revision before it." in said
    assert "The unit’s next signed revision names this digest." in words(ask(head, signed.content_digest))


def newest(revision: Revision) -> Revision:
    return revision.statement.revisions.latest("number")


def test_an_accepted_one_that_was_reopened_stands_until_the_next_is_signed(signed: Revision, head: User) -> None:
    review = assurance.decide(signed, Decision.ACCEPTED)
    signed.refresh_from_db()
    assert f"It stands. It is signed, and {review.decided_by} accepted it" in words(ask(head, signed.content_digest))
    slt = make.make_person(Role.SLT_LEAD, signed.statement.unit)
    statements.reopen(revision=signed, reason="Another incident.", by=slt, at=timezone.now())
    said = words(ask(head, signed.content_digest))
    assert "It stands." in said
    assert "Revision 2 has been begun and is not signed yet." in said


def test_text_that_was_changed_behind_the_signature_is_found_out(signed: Revision, head: User) -> None:
    content = {**signed.content, "completer_name": "Somebody else"}
    tamper(
        "UPDATE assurance_revision SET content = jsonb_set(content, '{completer_name}', %s) WHERE id = %s",
        '"Somebody else"',
        signed.pk,
    )
    found = hashlib.sha256(canonical(content)).hexdigest()
    said = words(ask(head, signed.content_digest))
    assert "Changed since" in said
    assert f"Not as it should be: The stored text is not the one that was signed: its digest is {found}." in said


def canonical(content: Any) -> bytes:
    """The form in which content is digested, written out here once more."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def test_a_signer_who_was_replaced_is_found_out(signed: Revision, head: User) -> None:
    tamper("UPDATE assurance_revision SET signer_name = 'A friend' WHERE id = %s", signed.pk)
    said = words(ask(head, signed.content_digest))
    assert "Changed since" in said
    assert "The signer’s name or position differs from the trail." in said


# --- Files --------------------------------------------------------------------------------------------------------


def printed(revision: Revision) -> StatementDocument:
    blob = blobs.store(content=b"%PDF-1.7 the statement", media_type="application/pdf", at=timezone.now())
    return StatementDocument.objects.create(revision=revision, blob=blob, printed_at=timezone.now())


def blank(revision: Revision) -> BlankForm:
    statement = revision.statement
    blob = blobs.store(content=b"%PDF-1.7 blank", media_type="application/pdf", at=timezone.now())
    return BlankForm.objects.create(
        statement=statement, unit_name=statement.unit.name, blob=blob, printed_at=timezone.now()
    )


def test_the_pdf_of_a_statement_is_known_by_its_bytes(signed: Revision, head: User) -> None:
    document = printed(signed)
    digest = hashlib.sha256(b"%PDF-1.7 the statement").hexdigest()
    said = words(ask(head, digest))
    assert f"The PDF of the health and safety statement of Harbour OCU, {QUARTER}, revision 1" in said
    assert "The digest is its file digest" in said
    assert signed.content_digest in said
    assert "The stored file, read again just now, has this digest." in said
    document.blob.path.write_bytes(b"%PDF-1.7 another text..")
    said = words(ask(head, digest))
    assert "Changed since" in said
    assert "its bytes have the digest" in said
    document.blob.path.unlink()
    assert "the file is missing" in words(ask(head, digest))


def test_a_blank_form_is_known_by_its_bytes_and_counts_for_nothing(signed: Revision, head: User) -> None:
    blank(signed)
    said = words(ask(head, hashlib.sha256(b"%PDF-1.7 blank").hexdigest()))
    assert f"A blank form of Harbour OCU, {QUARTER}, to be filled in by hand" in said
    assert "Nobody has signed anything in it" in said


@pytest.mark.parametrize("role", [Role.SPOC, Role.PANEL_MEMBER, Role.BOARD_MEMBER])
def test_what_is_printed_of_a_statement_is_nothing_to_those_who_may_not_read_it(role: Role, signed: Revision) -> None:
    stranger = make.make_person(role, make.make_unit() if role is Role.SPOC else None)
    for blob in (printed(signed).blob, blank(signed).blob):
        assert ask(stranger, blob.sha256).status_code == 404


def test_evidence_is_known_to_those_who_read_a_statement_that_names_it(head: User) -> None:
    draft = assurance.make_statement(make.make_unit("Harbour OCU"), QUARTER)
    spoc = make.make_person(Role.SPOC, draft.statement.unit)
    blob = blobs.store(content=b"%PDF-1.7 minutes", media_type="application/pdf", at=timezone.now())
    file = EvidenceFile.objects.create(
        unit=draft.statement.unit, blob=blob, name="minutes.pdf", uploaded_at=timezone.now(), uploaded_by=spoc
    )
    for identity in ("leadership", "communication"):
        EvidenceItem.objects.create(
            entry=draft.entries.get(theme__identity=identity),
            file=file,
            title="Minutes",
            added_at=timezone.now(),
            added_by=spoc,
        )
    digest = hashlib.sha256(b"%PDF-1.7 minutes").hexdigest()
    said = words(ask(spoc, digest))
    assert "The file “minutes.pdf”, given as evidence by Harbour OCU" in said
    assert f"Harbour OCU, {QUARTER}, revision 1, Leadership; Harbour OCU, {QUARTER}, revision 1, Communication" in said
    assert "No statement that names it has been signed yet." in said
    assert ask(make.make_person(Role.SPOC, make.make_unit()), digest).status_code == 404
    assurance.sign(assurance.complete(assurance.fill(draft)))
    assert "It belongs to a signed statement" in words(ask(head, digest))


def test_a_rollup_is_known_by_its_figures_and_by_its_pdf(head: User) -> None:
    group = make.make_group("Harbours")
    figures = papers.north()
    digest = hashlib.sha256(canonical(figures)).hexdigest()
    pdf = papers.make_blob()
    Rollup.objects.create(
        group=group, half=papers.HALF, figures=figures, figures_digest=digest, built_at=timezone.now(), pdf=pdf
    )
    said = words(ask(head, digest))
    assert "The figures of the roll-up of Harbours, 2025/26-H1" in said
    assert "The digest, worked out again from the stored figures, is the one on record." in said
    assert "The PDF of the roll-up of Harbours, 2025/26-H1" in words(ask(head, pdf.sha256))
    assert ask(make.make_person(Role.COG_LEAD, group=make.make_group()), digest).status_code == 404


def test_an_issued_roll_up_is_known_by_its_content_and_by_its_pdf_to_those_who_read_it() -> None:
    assurance.shipped_edition()
    group = make.make_group("Harbours")
    unit = make.make_unit(group=group)
    first = rollups.printed(rollups.issued(group))
    spoc = make.make_person(Role.SPOC, unit)
    said = words(ask(spoc, first.content_digest))
    assert f"What was issued as the roll-up Harbours, {first.rollup.half}, version 1" in said
    assert "It stands: it is the newest version." in said
    assert "its rows and the trail agree with it" in said
    assert first.pdf is not None
    assert "The PDF of the roll-up Harbours" in words(ask(spoc, first.pdf.sha256))
    assert ask(make.make_person(Role.SPOC), first.content_digest).status_code == 404
    assert ask(make.make_person(Role.PANEL_MEMBER), first.content_digest).status_code == 404
    rollups.issue(first.rollup, because="A word was wrong.")
    said = words(ask(spoc, first.content_digest))
    assert "It does not stand any more: version 2 was issued on" in said


# --- Papers -------------------------------------------------------------------------------------------------------


def test_a_published_paper_is_known_to_the_panel_and_no_longer_once_withdrawn(head: User) -> None:
    paper = papers.make_published()
    member = make.make_person(Role.PANEL_MEMBER)
    assert paper.pdf is not None
    for digest, kind in ((paper.content_digest, "content digest"), (paper.pdf.sha256, "file digest")):
        said = words(ask(member, digest))
        assert paper.title in said
        assert f"The digest is its {kind}. It is published: this is what the panel reads." in said
    paper_services.withdraw(paper=paper, reason="Figures were wrong.", by=head, at=timezone.now())
    assert ask(member, paper.content_digest).status_code == 404
    assert "It was published and has been withdrawn since." in words(ask(head, paper.content_digest))


def test_a_final_paper_is_nothing_the_panel_knows_of(head: User) -> None:
    paper = papers.make_final()
    assert ask(make.make_person(Role.PANEL_MEMBER), paper.content_digest).status_code == 404
    assert "has not been published" in words(ask(head, paper.content_digest))


# --- Asking -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        DIGEST,
        DIGEST.upper(),
        " ".join(DIGEST[place : place + 8] for place in range(0, 64, 8)),
        "\n".join(DIGEST[place : place + 32] for place in range(0, 64, 32)),
        "-".join(DIGEST[place : place + 4] for place in range(0, 64, 4)),
        f"SHA-256: {DIGEST}",
        f"  sha256={DIGEST}  ",
        f"https://truelevel.example.org/verify/{DIGEST}/",
    ],
    ids=["plain", "capitals", "groups", "two lines", "dashes", "named", "as a program prints it", "its address"],
)
def test_a_digest_may_be_typed_and_pasted_in_many_ways(typed: str, head: User) -> None:
    response = signed_in(head).post(reverse("verify"), {"digest": typed})
    assert response.status_code == 302
    assert response.headers["Location"] == f"/verify/{DIGEST}/"


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("", "Enter a digest, or choose a file."),
        (" - ", "Enter a digest, or choose a file."),
        (DIGEST[1:], "This has 63, so 1 is missing"),
        (f"{DIGEST}a", "This has 65, so 1 is too many"),
        (f"{DIGEST[1:]}o", "there is “o” in it"),
        ("0" * 500, "This has 500, so 436 are too many"),
    ],
)
def test_what_is_no_digest_is_sent_back_with_the_reason(typed: str, error: str, head: User) -> None:
    response = signed_in(head).post(reverse("verify"), {"digest": typed})
    assert response.status_code == 422
    assert error in words(response)


def test_an_address_with_capitals_leads_to_the_digest(head: User) -> None:
    response = signed_in(head).get(f"/verify/{DIGEST.upper()}/")
    assert (response.status_code, response.headers["Location"]) == (302, f"/verify/{DIGEST}/")


@pytest.mark.parametrize("address", ["abc", "g" * 64, "0" * 63, "0" * 65])
def test_an_address_that_is_no_digest_finds_nothing(address: str, head: User) -> None:
    response = ask(head, address)
    assert response.status_code == 404
    assert "a digest has 64 characters" in words(response)


def test_a_file_is_digested_and_not_kept(head: User) -> None:
    content = b"%PDF-1.7 " + b"x" * (3 << 20)  # more than is ever held in memory
    client = signed_in(head)
    response = client.post(reverse("verify"), {"file": SimpleUploadedFile("sent.pdf", content)})
    digest = hashlib.sha256(content).hexdigest()
    assert (response.status_code, response.headers["Location"]) == (302, f"/verify/{digest}/")
    said = words(client.get(response.headers["Location"]))
    assert "This is the digest of the file “sent.pdf”. The file has not been kept." in said
    assert "Nothing that you may see has this digest" in said


def test_an_empty_file_is_refused(head: User) -> None:
    response = signed_in(head).post(reverse("verify"), {"file": SimpleUploadedFile("empty.pdf", b"")})
    assert response.status_code == 422
    assert "The file is empty" in words(response)


def test_a_file_and_a_digest_at_once_are_refused(head: User) -> None:
    sent = {"digest": DIGEST, "file": SimpleUploadedFile("sent.pdf", b"bytes")}
    response = signed_in(head).post(reverse("verify"), sent)
    assert response.status_code == 422
    assert "not both" in words(response)


def test_a_file_that_is_too_large_is_refused_with_its_size(head: User) -> None:
    content = b"x" * (MOST_BYTES + 1)
    response = signed_in(head).post(reverse("verify"), {"file": SimpleUploadedFile("film.mp4", content)})
    assert response.status_code == 422
    assert "“film.mp4” has 25.0 MB, and at most 25 MB are taken." in words(response)


def test_a_request_that_is_far_too_large_is_refused_unread(head: User) -> None:
    sent = {"file": SimpleUploadedFile("film.mp4", b"few bytes")}
    response = signed_in(head).post(reverse("verify"), sent, headers={"content-length": str(MOST_REQUEST + 1)})
    assert response.status_code == 413


def test_the_form_is_protected_against_other_sites(head: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(head)
    assert client.post(reverse("verify"), {"digest": DIGEST}).status_code == 403
    page = client.get(reverse("verify"))
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())
    assert token is not None
    sent: dict[str, Any] = {"csrfmiddlewaretoken": token[1], "digest": DIGEST}
    assert client.post(reverse("verify"), sent).status_code == 302
    sent["file"] = SimpleUploadedFile("sent.pdf", b"bytes")
    sent["digest"] = ""
    assert client.post(reverse("verify"), sent).status_code == 302


def test_a_stranger_may_ask_and_learns_nothing(signed: Revision) -> None:
    stranger = make.make_user()
    assert signed_in(stranger).get(reverse("verify")).status_code == 200
    assert ask(stranger, signed.content_digest).status_code == 404


def test_an_answer_takes_a_fixed_number_of_queries(signed: Revision, head: User) -> None:
    client = signed_in(head)
    address = reverse("verify_digest", args=[signed.content_digest])
    client.get(address)
    with CaptureQueriesContext(connection) as with_one:
        client.get(address)
    following = signed
    for _ in range(2):
        assurance.decide(following, Decision.RETURNED)
        following = assurance.sign(assurance.complete(assurance.fill(newest(following))))
    with CaptureQueriesContext(connection) as with_three:
        client.get(address)
    assert len(with_one) == len(with_three) <= 34


def test_the_form_itself_says_what_is_needed() -> None:
    form = VerifyForm({})
    assert not form.is_valid()
    assert form.errors == {"digest": ["Enter a digest, or choose a file."]}
