"""Every address of the product × every role → what it answers: the domain page's table, asked of the running views.

A row says, for GET and for POST, who gets which answer; whoever is not named gets 404, and whoever is not signed in
is sent to the sign-in page. A new address without a row fails the last test.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.cookies import SimpleCookie

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from assurance.models import Audit, AuditState, BlankForm, IssuedRollup, Release, Rollup, Statement, StatementDocument
from organisation.models import User
from organisation.periods import Quarter
from organisation.roles import Role
from organisation.services import bulk, calendars
from records.models import TrailEntry
from tests.factories import (
    actions,
    audit_reports,
    audits,
    climate,
    evidence,
    holds,
    injuries,
    maturity,
    organisation,
    packs,
    papers,
    programmes,
    risks,
    rollups,
    verdicts,
)
from tests.factories import assurance as statements
from tests.factories import information_requests as requests

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough password"
SIGNED_IN = {role.value for role in Role} | {
    "stranger",
    "ended-spoc",
    "ended-today",
    "other-spoc",
    "other-slt-lead",
    "other-cog-lead",
    "other-cog-support",
}
APPOINTED = SIGNED_IN - {"stranger", "ended-spoc", "ended-today"}
INSIDE = APPOINTED - {"panel-member"}
UNIT = {"spoc", "slt-lead"}
GROUP = {"cog-lead", "cog-support"}
SAFETY = {"shrmt", "head"}
# Two appointments that the product itself never gives to one person; they may have come from somewhere else.
BOTH = "administrator-and-"
ADMINISTRATORS_TOO = [f"{BOTH}{role}" for role in ("slt-lead", "cog-lead", "shrmt", "head")]
OTHERS = {"other-spoc", "other-slt-lead", "other-cog-lead", "other-cog-support"}

OK, MOVED, FORBIDDEN = {200}, {301, 302, 303}, {403}
DONE_OR_REFUSED = {200, 302, 303, 409, 422}  # the act was open to them: done, or the empty form was answered


@dataclass(frozen=True)
class Row:
    """What one address answers. `get` and `post` map sets of people (joined by their names) to sets of statuses.

    `decides` names the methods that sign, accept, publish or the like: no administrator may, whatever else they are.
    """

    name: str
    arguments: tuple[str, ...] = ()
    get: Mapping[frozenset[str], set[int]] = field(default_factory=dict)
    post: Mapping[frozenset[str], set[int]] = field(default_factory=dict)
    open_to_all: bool = False
    query: str = ""
    decides: tuple[str, ...] = ()

    def expected(self, method: str, who: str) -> set[int]:
        if not who.startswith(BOTH):
            return self.granted(method, who)
        own, as_administrator = self.granted(method, who.removeprefix(BOTH)), self.granted(method, "administrator")
        if method in self.decides:
            return own if 404 in own else FORBIDDEN
        return max(own, as_administrator, key=lambda statuses: (404 not in statuses, statuses != FORBIDDEN))

    def granted(self, method: str, who: str) -> set[int]:
        if who == "nobody" and not self.open_to_all:
            return MOVED
        for people, statuses in (self.get if method == "GET" else self.post).items():
            if who in people:
                return statuses
        return {404, 405} if method == "POST" and not self.post else {404}


def who(*groups: set[str] | frozenset[str] | str) -> frozenset[str]:
    return frozenset().union(*({group} if isinstance(group, str) else group for group in groups))


ALL = who(SIGNED_IN)
NOBODY = who("nobody")
READS = who(UNIT, GROUP, SAFETY)
READS_REVIEWS = who(GROUP, SAFETY)
BOARD = who("board-member", "board-secretary")
RAISES = who(UNIT, "cog-lead", SAFETY, "other-spoc", "other-slt-lead", "other-cog-lead")
ADMINISTRATOR = who("administrator")
PROPOSES = who(SAFETY, "cog-lead", "other-cog-lead")  # and reads the Board's meetings
READS_PEOPLE = READS | ADMINISTRATOR
ANSWERS_REQUESTS = who("head", "administrator")
READS_GROUPS = READS_REVIEWS | ADMINISTRATOR
OTHER_GROUP = who("other-cog-lead", "other-cog-support")
REQUESTED = ("information request", "requested statement")
AUDITORS = who("shrmt", "external-auditor")
READS_AUDIT = who(SAFETY, "external-auditor")
READS_REPORT = READS | {"external-auditor"}  # once it is issued: this one does it
OPEN, COMPLETED, SIGNED = ("open", "quarter"), ("completed", "quarter"), ("signed", "quarter")

TABLE = [
    Row("home", get={ALL: OK}),
    Row("calendar", get={who(INSIDE): OK}, post={who(INSIDE): DONE_OR_REFUSED}),
    Row("calendar_feed", ("secret",), get={ALL | NOBODY: OK}, post={ALL | NOBODY: {405}}, open_to_all=True),
    Row("csp_report", get={ALL | NOBODY: {405}}, post={ALL | NOBODY: {415}}, open_to_all=True),
    Row("account_login", get={ALL: MOVED, NOBODY: OK}, post={ALL: MOVED, NOBODY: OK}, open_to_all=True),
    # Without a provider in the settings there is no single sign-on, for anybody
    Row("single_sign_on", open_to_all=True),
    Row("openid_connect_callback", open_to_all=True),
    Row("socialaccount_login_cancelled", open_to_all=True),
    Row("account_inactive", get={ALL | NOBODY: OK}, post={ALL | NOBODY: {405}}, open_to_all=True),
    Row("account_logout", get={ALL: OK}, post={ALL: MOVED}),
    Row("account_change_password", get={ALL: OK}, post={ALL: OK}),
    Row("account", get={ALL: OK}),
    Row("usersessions_list", get={ALL: OK}, post={ALL: MOVED}),
    Row("account_reauthenticate", get={ALL: OK}, post={ALL: OK}),
    Row("account_reset_password", get={ALL | NOBODY: OK}, post={ALL | NOBODY: OK}, open_to_all=True),
    Row("account_reset_password_done", get={ALL | NOBODY: OK}, post={ALL | NOBODY: {405}}, open_to_all=True),
    Row(
        "account_reset_password_from_key",
        ("1", "made-up"),
        get={ALL | NOBODY: OK},
        post={ALL | NOBODY: OK},
        open_to_all=True,
    ),
    Row("account_reset_password_from_key_done", get={ALL | NOBODY: OK}, post={ALL | NOBODY: {405}}, open_to_all=True),
    # The second factor: changing it asks everybody for their password again; nobody here has one to be shown
    Row("mfa_authenticate", get={ALL | NOBODY: MOVED}, post={ALL | NOBODY: MOVED}, open_to_all=True),
    Row("mfa_login_webauthn", get={ALL | NOBODY: MOVED}, post={ALL | NOBODY: MOVED}, open_to_all=True),
    Row("mfa_index", get={ALL: OK}),
    Row("mfa_reauthenticate", get={ALL: MOVED}, post={ALL: MOVED}),
    Row("mfa_reauthenticate_webauthn", get={ALL: MOVED}, post={ALL: MOVED}),
    Row("mfa_activate_totp", get={ALL: MOVED}, post={ALL: MOVED}),
    Row("mfa_deactivate_totp", get={}, post={ALL: {404}}),
    Row("mfa_view_recovery_codes", get={}),
    Row("mfa_download_recovery_codes", get={}),
    Row("mfa_generate_recovery_codes", get={ALL: MOVED}, post={ALL: MOVED}),
    Row("mfa_add_webauthn", get={ALL: MOVED}, post={ALL: MOVED}),
    Row("mfa_edit_webauthn", ("1",), get={ALL: MOVED}, post={ALL: MOVED}),
    Row("mfa_remove_webauthn", ("1",), get={ALL: MOVED}, post={ALL: MOVED}),
    Row("stay_signed_in", get={ALL: MOVED}, post={ALL: MOVED}),
    # Verification: what has a digest, for those who may read it
    Row("verify", get={ALL: OK}, post={ALL: DONE_OR_REFUSED}),
    Row("verify_digest", ("digest of the signed",), get={READS: OK}),
    Row("verify_digest", ("digest of the published",), get={who(APPOINTED): OK}),
    Row("verify_digest", ("f" * 64,), get={}),
    # The trail: an administrator reads the sign-ins in it
    Row("trail", get={who(SAFETY, "administrator"): OK}),
    Row("trail_csv", get={who(SAFETY, "administrator"): OK}),
    # A business group's half-year on one page
    Row("my_half", get={who(READS_REVIEWS, "other-cog-lead", "other-cog-support"): OK}),
    Row("group_half", ("group",), get={READS_REVIEWS: OK}),
    # Long work that failed, for whoever looks after the machine
    Row("failed_work", get={ADMINISTRATOR: OK}),
    # The model
    Row("maturity:matrix", get={who(INSIDE): OK}),
    Row("maturity:edition", ("edition",), get={who(INSIDE): OK}),
    Row("maturity:theme", ("edition", "theme"), get={who(INSIDE): OK}),
    Row("maturity:compare", ("theme",), get={who(INSIDE): OK}),
    Row("maturity:questions", ("edition",), query="?theme=leadership", get={who(INSIDE): OK}),
    Row("maturity:questions_workbook", ("edition",), query="?theme=leadership", get={who(INSIDE): OK}),
    Row("maturity:targets", get={who(INSIDE): OK}),
    Row(
        "maturity:new_target",
        get={who("head"): OK, who(INSIDE): FORBIDDEN},
        post={who("head"): DONE_OR_REFUSED, who(INSIDE): FORBIDDEN},
        decides=("GET", "POST"),
    ),
    Row(
        "maturity:supersede_target",
        ("target",),
        get={who("head"): OK, who(INSIDE): FORBIDDEN},
        post={who("head"): DONE_OR_REFUSED, who(INSIDE): FORBIDDEN},
        decides=("GET", "POST"),
    ),
    # Statements: drafts
    Row("assurance:timeline", OPEN, get={READS: OK}),
    Row("assurance:timeline", SIGNED, get={READS: OK}),
    Row("assurance:changes", OPEN, get={READS: OK}),
    Row("assurance:changes", SIGNED, get={READS: OK}),
    Row("assurance:statements", get={who(READS, OTHERS): OK}),
    Row("assurance:statement", OPEN, get={READS: OK}),
    Row(
        "assurance:theme",
        (*OPEN, "theme"),
        get={who(UNIT): OK | MOVED, who(GROUP, SAFETY): FORBIDDEN},
        post={who(UNIT): DONE_OR_REFUSED, who(GROUP, SAFETY): FORBIDDEN},
    ),
    Row(
        "assurance:autosave",
        (*OPEN, "theme"),
        get={who(UNIT): MOVED, who(GROUP, SAFETY): FORBIDDEN},
        post={who(UNIT): MOVED, who(GROUP, SAFETY): FORBIDDEN},
    ),
    Row(
        "assurance:confirm",
        (*OPEN, "theme"),
        get={who(UNIT): MOVED, who(GROUP, SAFETY): FORBIDDEN},
        post={who(UNIT): MOVED, who(GROUP, SAFETY): FORBIDDEN},
    ),
    Row(
        "assurance:carry",
        (*OPEN, "theme"),
        get={who(UNIT): MOVED, who(GROUP, SAFETY): FORBIDDEN},
        post={who(UNIT): MOVED, who(GROUP, SAFETY): FORBIDDEN},
    ),
    Row(
        "assurance:autosave_details",
        OPEN,
        get={who(UNIT): MOVED, who(GROUP, SAFETY): FORBIDDEN},
        post={who(UNIT): MOVED, who(GROUP, SAFETY): FORBIDDEN},
    ),
    Row(
        "assurance:presence",
        OPEN,
        get={who(UNIT): MOVED, who(GROUP, SAFETY): FORBIDDEN},
        post={who(UNIT): MOVED, who(GROUP, SAFETY): FORBIDDEN},
    ),
    Row(
        "assurance:evidence",
        (*OPEN, "theme"),
        get={who(UNIT): OK, who(GROUP, SAFETY): FORBIDDEN},
        post={who(UNIT): DONE_OR_REFUSED, who(GROUP, SAFETY): FORBIDDEN},
    ),
    Row(
        "assurance:remove_evidence",
        (*OPEN, "theme", "draft_file"),
        get={who(UNIT): OK, who(GROUP, SAFETY): FORBIDDEN},
        post={who(UNIT): DONE_OR_REFUSED, who(GROUP, SAFETY): FORBIDDEN},
    ),
    Row("assurance:evidence_file", ("draft_file",), get={READS: OK}),
    Row("assurance:evidence_file", ("signed_file",), get={READS | {"external-auditor"}: OK}),
    Row("assurance:statement_file", (*OPEN, "digest"), get={READS: OK}),
    Row("assurance:statement_file", (*SIGNED, "digest"), get={READS | {"external-auditor"}: OK}),
    Row(
        "assurance:details",
        OPEN,
        get={who(UNIT): OK, who(GROUP, SAFETY): FORBIDDEN},
        post={who(UNIT): DONE_OR_REFUSED, who(GROUP, SAFETY): FORBIDDEN},
    ),
    Row(
        "assurance:check",
        OPEN,
        get={who(UNIT): OK, who(GROUP, SAFETY): FORBIDDEN},
        post={who(UNIT): DONE_OR_REFUSED, who(GROUP, SAFETY): FORBIDDEN},
    ),
    Row(
        "assurance:reopen",
        COMPLETED,
        get={who(UNIT): OK, who(GROUP, SAFETY): FORBIDDEN},
        post={who(UNIT): DONE_OR_REFUSED, who(GROUP, SAFETY): FORBIDDEN},
    ),
    Row(
        "assurance:sign",
        COMPLETED,
        get={who("slt-lead"): OK, who("spoc", GROUP, SAFETY): FORBIDDEN},
        post={who("slt-lead"): DONE_OR_REFUSED, who("spoc", GROUP, SAFETY): FORBIDDEN},
        decides=("GET", "POST"),
    ),
    # Statements: signed
    Row("assurance:statement", SIGNED, get={READS: OK}),
    Row("assurance:revision", (*SIGNED, "1"), get={READS | {"external-auditor"}: OK}),
    Row(
        "assurance:reopen",
        SIGNED,
        get={who("slt-lead"): OK, who("spoc", GROUP, SAFETY): FORBIDDEN},
        post={who("slt-lead"): DONE_OR_REFUSED, who("spoc", GROUP, SAFETY): FORBIDDEN},
        decides=("GET", "POST"),
    ),
    # Redactions of what is signed
    Row("assurance:redactions", get={who(SAFETY): OK}),
    Row("assurance:redact", SIGNED, get={who(SAFETY): OK}),
    Row("assurance:redact", OPEN),
    Row(
        "assurance:new_redaction",
        SIGNED,
        query="?text=entries/leadership/evidence",
        get={who(SAFETY): OK},
        post={who(SAFETY): DONE_OR_REFUSED},
    ),
    Row(
        "assurance:redaction",
        ("redaction",),
        get={who(SAFETY): OK},
        post={who("head"): DONE_OR_REFUSED, who("shrmt"): FORBIDDEN},
        decides=("POST",),
    ),
    # Information requests
    Row("assurance:information_requests", get={who(SAFETY): OK}),
    Row("assurance:new_information_request", get={who(SAFETY): OK}, post={who(SAFETY): DONE_OR_REFUSED}),
    Row("assurance:information_request", ("information request",), get={who(SAFETY): OK}),
    Row(
        "assurance:choose_statements",
        ("information request",),
        get={who(SAFETY): OK},
        post={who(SAFETY): DONE_OR_REFUSED},
    ),
    Row("assurance:requested_statement", REQUESTED, get={who(SAFETY): OK}),
    Row("assurance:leave_out_statement", REQUESTED, get={ALL: {405}}, post={who(SAFETY): MOVED}),
    Row(
        "assurance:withhold",
        (*REQUESTED, "signer_name"),
        get={who(SAFETY): OK},
        post={who(SAFETY): DONE_OR_REFUSED},
    ),
    Row("assurance:withhold", (*REQUESTED, "entries/made/up")),
    Row("assurance:undo_withholding", (*REQUESTED, "1"), get={ALL: {405}}, post={who(SAFETY): MOVED}),
    Row(
        "assurance:check_release",
        ("information request",),
        get={who(SAFETY): OK},
        post={who(SAFETY): DONE_OR_REFUSED},
        decides=("POST",),
    ),
    Row(
        "assurance:make_release_pdf",
        ("information request", "1"),
        get={ALL: {405}},
        post={who(SAFETY): MOVED},
        decides=("POST",),
    ),
    Row("assurance:release_progress", ("information request", "1"), get={who(SAFETY): MOVED}),
    Row("assurance:release_pdf", ("information request", "1"), get={who(SAFETY): OK}),
    # Statements: on paper
    Row("assurance:print_statement", OPEN, get={READS: OK}),
    Row("assurance:print_statement", SIGNED, get={READS: OK}),
    Row("assurance:statement_pdf", OPEN, get={READS: OK}, post={READS: {422}}),
    Row("assurance:statement_pdf", SIGNED, get={READS: OK}, post={READS: MOVED}),
    Row("assurance:statement_pdf_progress", OPEN),
    Row("assurance:statement_pdf_progress", SIGNED, get={READS: MOVED}),
    Row("assurance:statement_pdf_download", OPEN),
    Row("assurance:statement_pdf_download", SIGNED, get={READS: OK}),
    Row("assurance:blank_pdf", OPEN, get={READS: OK}, post={READS: MOVED}),
    Row("assurance:blank_pdf_progress", OPEN, get={READS: MOVED}),
    Row("assurance:blank_pdf_download", OPEN, get={READS: OK}),
    # Statements: as workbooks
    Row("assurance:workbook", OPEN, get={READS: OK}),
    Row("assurance:workbook", SIGNED, get={READS: OK}),
    Row(
        "assurance:workbook_in",
        OPEN,
        get={who(UNIT): OK, who(GROUP, SAFETY): FORBIDDEN},
        post={who(UNIT): DONE_OR_REFUSED, who(GROUP, SAFETY): FORBIDDEN},
    ),
    # Mentoring
    Row(
        "assurance:ask_adviser",
        (*OPEN, "theme"),
        get={who(UNIT): OK, who(GROUP, SAFETY): FORBIDDEN},
        post={who(UNIT): DONE_OR_REFUSED, who(GROUP, SAFETY): FORBIDDEN},
    ),
    Row("assurance:mentoring", get={who(READS, OTHERS): OK}),
    Row(
        "assurance:new_mentoring",
        get={who("shrmt"): OK, who(READS, OTHERS): FORBIDDEN},
        post={who("shrmt"): DONE_OR_REFUSED, who(READS, OTHERS): FORBIDDEN},
    ),
    Row(
        "assurance:mentoring_record",
        ("question",),
        get={READS: OK},
        post={who("shrmt"): DONE_OR_REFUSED, READS: FORBIDDEN},
    ),
    Row(
        "assurance:advisers",
        get={who(SAFETY): OK, who(READS, OTHERS): FORBIDDEN},
        post={who(SAFETY): DONE_OR_REFUSED, who(READS, OTHERS): FORBIDDEN},
    ),
    Row(
        "assurance:end_adviser",
        ("adviser",),
        get={ALL: {405}},
        post={who(SAFETY): MOVED, who(READS, OTHERS): FORBIDDEN},
    ),
    # How claims agree with verdicts: those of one unit or group are led to its page at once
    Row("assurance:agreement", get={who(SAFETY, UNIT): OK, who(GROUP, OTHERS): MOVED}),
    Row("assurance:agreement_claims", get={who(SAFETY, UNIT, GROUP, OTHERS): OK}),
    Row("assurance:agreement_claims_csv", get={who(SAFETY): OK}),
    Row("assurance:agreement_claims_workbook", get={who(SAFETY): OK}),
    Row("assurance:agreement_of_group", ("group",), get={READS_REVIEWS: OK}),
    Row("assurance:agreement_of_unit", ("signed",), get={READS: OK}),
    Row("assurance:agreement_of_theme", ("theme",), get={who(SAFETY): OK}),
    Row("assurance:agreement_of_auditors", get={who(SAFETY): OK}),
    Row("assurance:agreement_of_auditor", ("auditor",), get={who(SAFETY): OK}),
    Row("assurance:agreement_over_time", get={who(SAFETY): OK}),
    # Reviews
    Row(
        "assurance:review",
        SIGNED,
        get={READS: OK},
        post={who("cog-lead"): DONE_OR_REFUSED, who("cog-support", SAFETY, UNIT): FORBIDDEN},
        decides=("POST",),
    ),
    Row(
        "assurance:note",
        SIGNED,
        get={who("cog-support"): MOVED, who("cog-lead", SAFETY): FORBIDDEN},
        post={who("cog-support"): DONE_OR_REFUSED, who("cog-lead", SAFETY): FORBIDDEN},
    ),
    Row("assurance:note", OPEN, get={who(GROUP, SAFETY): FORBIDDEN}, post={who(GROUP, SAFETY): FORBIDDEN}),
    Row("assurance:reviews", get={who(READS_REVIEWS, "other-cog-lead", "other-cog-support"): OK | MOVED}),
    Row("assurance:group_reviews", ("group", "quarter"), get={READS_REVIEWS: OK}),
    Row(
        "assurance:accept_together",
        ("group", "quarter"),
        get={who("cog-lead"): OK, who("cog-support", SAFETY): FORBIDDEN},
        post={who("cog-lead"): DONE_OR_REFUSED, who("cog-support", SAFETY): FORBIDDEN},
        decides=("GET", "POST"),
    ),
    # Actions: of the open statement's unit, raised by somebody who is not in the table
    Row("actions:actions", get={who(READS, OTHERS, BOARD, "risk-lead"): OK}),
    Row(
        "actions:new",
        get={RAISES: OK, who("cog-support", "other-cog-support", BOARD, "risk-lead"): FORBIDDEN},
        post={RAISES: DONE_OR_REFUSED, who("cog-support", "other-cog-support", BOARD, "risk-lead"): FORBIDDEN},
    ),
    Row("actions:action", ("action",), get={READS: OK}),
    # One that a risk raised is no unit's: the Board reads it, its secretary and the risk's lead write it
    Row("actions:action", ("action of the risk",), get={who(SAFETY, BOARD, "risk-lead"): OK}),
    Row(
        "actions:close",
        ("action of the risk",),
        get={who("board-secretary", "risk-lead"): OK, who(SAFETY, "board-member"): FORBIDDEN},
        post={who("board-secretary", "risk-lead"): DONE_OR_REFUSED, who(SAFETY, "board-member"): FORBIDDEN},
    ),
    Row("actions:history", ("action",), get={READS: OK}),
    *(
        Row(
            f"actions:{page}",
            arguments,
            get={who(UNIT): OK | MOVED, who(GROUP, SAFETY): FORBIDDEN},
            post={who(UNIT): DONE_OR_REFUSED, who(GROUP, SAFETY): FORBIDDEN},
        )
        for page, arguments in {
            "edit": ("action",),
            "related": ("action",),
            "close": ("action",),
            "reopen": ("action",),
            "withdraw": ("action",),
            "note": ("action",),
            "new_task": ("action",),
            "task": ("action", "task"),
            "remove_task": ("action", "task"),
        }.items()
    ),
    Row(
        "actions:done",
        ("action", "task"),
        get={who(UNIT): {405}, who(GROUP, SAFETY): FORBIDDEN},
        post={who(UNIT): MOVED, who(GROUP, SAFETY): FORBIDDEN},
    ),
    # Roll-ups
    Row(
        "assurance:rollups",
        get={who(READS, BOARD, "other-spoc", "other-slt-lead", "other-cog-lead", "other-cog-support"): OK},
    ),
    Row("assurance:rollup", ("group", "half"), get={READS_REVIEWS: OK}),
    Row(
        "assurance:build_rollup",
        ("group", "half"),
        get={READS_REVIEWS: {405}},
        post={who(GROUP): MOVED, who(SAFETY): FORBIDDEN},
    ),
    Row(
        "assurance:cancel_rollup",
        ("group", "half"),
        get={READS_REVIEWS: {405}},
        post={who(GROUP): MOVED, who(SAFETY): FORBIDDEN},
    ),
    Row("assurance:rollup_progress", ("group", "half"), get={READS_REVIEWS: MOVED}),
    Row("assurance:rollup_pdf", ("group", "half"), get={READS_REVIEWS: OK}),
    *(
        Row(
            f"assurance:{name}",
            arguments,
            get={who(GROUP): statuses, who(SAFETY): FORBIDDEN},
            post={who(GROUP): DONE_OR_REFUSED, who(SAFETY): FORBIDDEN},
        )
        for name, arguments, statuses in (
            ("rollup_words", ("group", "half"), OK),
            ("rollup_theme", ("group", "half", "theme"), OK),
            ("autosave_rollup_words", ("group", "half"), MOVED),
            ("autosave_rollup_theme", ("group", "half", "theme"), MOVED),
        )
    ),
    Row(
        "assurance:issue_rollup",
        ("group", "half"),
        get={who("cog-lead"): OK, READS_REVIEWS: FORBIDDEN},
        post={who("cog-lead"): {422}, READS_REVIEWS: FORBIDDEN},
        decides=("GET", "POST"),
    ),
    *(
        Row(f"assurance:{name}", ("group", "half", "1"), get={who(READS, BOARD): statuses})
        for name, statuses in (
            ("issued_rollup", OK),
            ("issued_rollup_progress", MOVED),
            ("issued_rollup_pdf", OK),
            ("issued_rollup_workbook", OK),
            ("issued_rollup_csv", OK),
        )
    ),
    Row(
        "assurance:print_issued_rollup",
        ("group", "half", "1"),
        get={who(READS, BOARD): {405}},
        post={who(READS, BOARD): MOVED},
    ),
    # The force summary
    Row("assurance:rollup", ("whole-force", "half"), get={who(SAFETY): OK}),
    Row(
        "assurance:build_rollup",
        ("whole-force", "half"),
        get={who(SAFETY): {405}},
        post={who("head"): MOVED, who("shrmt"): FORBIDDEN},
    ),
    *(
        Row(
            f"assurance:{name}",
            arguments,
            get={who("head"): statuses, who("shrmt"): FORBIDDEN},
            post={who("head"): DONE_OR_REFUSED, who("shrmt"): FORBIDDEN},
        )
        for name, arguments, statuses in (
            ("rollup_words", ("whole-force", "half"), OK),
            ("rollup_theme", ("whole-force", "half", "theme"), OK),
            ("autosave_rollup_words", ("whole-force", "half"), MOVED),
            ("autosave_rollup_theme", ("whole-force", "half", "theme"), MOVED),
        )
    ),
    Row(
        "assurance:issue_rollup",
        ("whole-force", "half"),
        get={who("head"): OK, who("shrmt"): FORBIDDEN},
        post={who("head"): {422}, who("shrmt"): FORBIDDEN},
        decides=("GET", "POST"),
    ),
    *(
        Row(
            f"assurance:{name}",
            ("whole-force", "half", "1"),
            get={who(SAFETY, BOARD, "cog-lead", "other-cog-lead"): OK},
        )
        for name in ("issued_rollup", "issued_rollup_pdf", "issued_rollup_workbook", "issued_rollup_csv")
    ),
    # Audit programmes: one that is proposed, and one that is adopted
    Row("assurance:programmes", get={who(SAFETY, BOARD): OK}),
    Row(
        "assurance:new_programme",
        get={who(SAFETY): OK, BOARD: FORBIDDEN},
        post={who(SAFETY): DONE_OR_REFUSED, BOARD: FORBIDDEN},
    ),
    *(
        Row(f"assurance:{name}", arguments, get={who(SAFETY, BOARD): OK})
        for half in ("coming half", "half")
        for name, arguments in (
            ("programme", (half,)),
            ("programme_csv", (half,)),
            ("programme_workbook", (half,)),
            ("programme_unit", (half, "open")),
        )
    ),
    *(
        Row(
            f"assurance:{name}",
            arguments,
            get={who(SAFETY): OK, BOARD: FORBIDDEN},
            post={who(SAFETY): DONE_OR_REFUSED, BOARD: FORBIDDEN},
        )
        for name, arguments in (
            ("propose_again", ("coming half",)),
            ("draw_again", ("coming half",)),
            ("audit_days", ("coming half", "open")),
        )
    ),
    *(
        Row(
            f"assurance:{name}",
            arguments,
            get={who("head"): OK, who("shrmt", BOARD): FORBIDDEN},
            post={who("head"): DONE_OR_REFUSED, who("shrmt", BOARD): FORBIDDEN},
            decides=("GET", "POST"),
        )
        for name, arguments in (
            ("adopt_programme", ("coming half",)),
            ("add_to_programme", ("half", "open")),
            ("remove_from_programme", ("half", "open")),
            ("move_in_programme", ("half", "open")),
        )
    ),
    # Papers
    Row("papers:papers", get={who(APPOINTED): OK}),
    Row(
        "papers:new",
        get={who(SAFETY): OK},
        post={who(SAFETY): DONE_OR_REFUSED},
    ),
    Row("papers:paper", ("draft",), get={who(SAFETY): OK}),
    Row("papers:paper", ("published",), get={who(APPOINTED): OK}),
    Row("papers:pdf", ("published",), get={who(APPOINTED): OK}),
    Row("papers:pdf", ("draft",), get={}),
    Row("papers:tables", ("published",), get={who(APPOINTED): OK}),
    Row("papers:tables", ("final",), get={who(SAFETY): OK}),
    Row("papers:tables", ("draft",), get={}),
    Row("papers:docx", ("draft",), get={who(SAFETY): OK}),
    Row("papers:docx", ("published",), get={who(SAFETY): OK, who(APPOINTED - SAFETY): FORBIDDEN}),
    Row(
        "papers:outcome",
        ("published", "first"),
        get={who("head"): OK, who(APPOINTED - {"head"}): FORBIDDEN},
        post={who("head"): DONE_OR_REFUSED, who(APPOINTED - {"head"}): FORBIDDEN},
        decides=("GET", "POST"),
    ),
    Row("papers:progress", ("draft",), get={who(SAFETY): OK}),
    Row("papers:details", ("draft",), get={who(SAFETY): OK}, post={who(SAFETY): DONE_OR_REFUSED}),
    Row("papers:section", ("draft", "purpose"), get={who(SAFETY): OK}, post={who(SAFETY): DONE_OR_REFUSED}),
    Row("papers:autosave_section", ("draft", "purpose"), get={who(SAFETY): {302}}, post={who(SAFETY): DONE_OR_REFUSED}),
    Row("papers:preview_section", ("draft", "purpose"), get={who(SAFETY): {405}}, post={who(SAFETY): DONE_OR_REFUSED}),
    Row("papers:section_comments", ("draft", "purpose"), get={who(SAFETY): OK}, post={who(SAFETY): DONE_OR_REFUSED}),
    Row("papers:settle_comment", ("paper comment",), get={who(SAFETY): {405}}, post={who(SAFETY): DONE_OR_REFUSED}),
    Row("papers:comments", ("draft",), get={who(SAFETY): OK}),
    Row("papers:history", ("draft",), get={who(SAFETY): OK}),
    Row("papers:public_versions", ("published",), get={who(SAFETY): OK, who(APPOINTED): FORBIDDEN}),
    Row(
        "papers:new_public_version",
        ("published",),
        get={who(SAFETY): OK, who(APPOINTED): FORBIDDEN},
        post={who(SAFETY): DONE_OR_REFUSED, who(APPOINTED): FORBIDDEN},
    ),
    Row("papers:public_progress", ("public version",), get={who(SAFETY): OK}),
    Row("papers:public_document", ("public version",), get={who(SAFETY): {405}}, post={who(SAFETY): DONE_OR_REFUSED}),
    Row(
        "papers:cancel_public_document",
        ("public version",),
        get={who(SAFETY): {405}},
        post={who(SAFETY): DONE_OR_REFUSED},
    ),
    Row(
        "papers:publish_public_version",
        ("public version",),
        get={who("head"): OK, who("shrmt"): FORBIDDEN},
        post={who("head"): DONE_OR_REFUSED, who("shrmt"): FORBIDDEN},
        decides=("GET", "POST"),
    ),
    Row("papers:public_pdf", ("public version",), get={who(SAFETY): OK}),
    Row("papers:block", ("draft", "maturity-position"), get={who(SAFETY): OK}, post={who(SAFETY): DONE_OR_REFUSED}),
    Row("papers:finalise", ("draft",), get={who(SAFETY): {405}}, post={who(SAFETY): DONE_OR_REFUSED}),
    Row("papers:document", ("final",), get={who(SAFETY): {405}}, post={who(SAFETY): DONE_OR_REFUSED}),
    Row("papers:cancel_document", ("final",), get={who(SAFETY): {405}}, post={who(SAFETY): DONE_OR_REFUSED}),
    Row("papers:reopen", ("final",), get={who(SAFETY): OK}, post={who(SAFETY): DONE_OR_REFUSED}),
    Row(
        "papers:publish",
        ("final",),
        get={who("head"): OK, who("shrmt"): FORBIDDEN},
        post={who("head"): DONE_OR_REFUSED, who("shrmt"): FORBIDDEN},
        decides=("GET", "POST"),
    ),
    Row(
        "papers:withdraw",
        ("published",),
        get={who("head"): OK, who(APPOINTED - {"head"}): FORBIDDEN},
        post={who("head"): DONE_OR_REFUSED, who(APPOINTED - {"head"}): FORBIDDEN},
        decides=("GET", "POST"),
    ),
    # Audits: in progress for SHRMT and the Head, and for the auditors of it to write; once issued for the audited too
    Row("assurance:audits", get={who(READS, OTHERS, "external-auditor"): OK}),
    Row(
        "assurance:plan_audit",
        get={who("shrmt"): OK, who(READS, OTHERS, "external-auditor"): FORBIDDEN},
        post={who("shrmt"): DONE_OR_REFUSED, who(READS, OTHERS, "external-auditor"): FORBIDDEN},
        decides=("GET", "POST"),
    ),
    Row("assurance:audit", ("audit",), get={READS_AUDIT: OK}),
    Row("assurance:audit", ("issued audit",), get={READS: OK}),
    *(
        Row(
            f"assurance:{name}",
            ("audit",),
            get={who("shrmt"): OK, READS_AUDIT: FORBIDDEN},
            post={who("shrmt"): DONE_OR_REFUSED, READS_AUDIT: FORBIDDEN},
            decides=("GET", "POST"),
        )
        for name in ("audit_auditors", "withdraw_audit")
    ),
    *(
        Row(
            f"assurance:{name}",
            ("audit", "assignment"),
            get={ALL: {405}},
            post={who("shrmt"): MOVED, READS_AUDIT: FORBIDDEN},
            decides=("POST",),
        )
        for name in ("end_audit_assignment", "lead_audit")
    ),
    Row(
        "assurance:allow_auditor",
        ("audit",),
        get={who("head"): OK, READS_AUDIT: FORBIDDEN},
        post={who("head"): DONE_OR_REFUSED, READS_AUDIT: FORBIDDEN},
        decides=("GET", "POST"),
    ),
    *(
        Row(
            f"assurance:{name}",
            arguments,
            get={AUDITORS: OK, who("head"): FORBIDDEN},
            post={AUDITORS: DONE_OR_REFUSED, who("head"): FORBIDDEN},
            decides=("GET", "POST"),
        )
        for name, arguments in (
            ("start_fieldwork", ("audit",)),
            ("draft_audit", ("audit",)),
            ("reopen_fieldwork", ("audit",)),
            ("audit_words", ("audit",)),
            ("new_finding", ("audit", "theme")),
            ("change_finding", ("audit", "theme", "audit finding")),
            ("new_sample", ("audit", "theme")),
            ("change_sample", ("audit", "theme", "audit sample")),
            ("audit_standards", ("audit", "theme")),
            ("audit_evidence", ("audit", "theme")),
            ("new_audit_recommendation", ("audit",)),
            ("change_audit_recommendation", ("audit", "audit recommendation")),
            ("remove_audit_piece", ("audit", "finding", "audit finding")),
        )
    ),
    *(
        Row(
            f"assurance:{name}",
            arguments,
            get={AUDITORS: MOVED, who("head"): FORBIDDEN},
            post={AUDITORS: MOVED, who("head"): FORBIDDEN},
            decides=("GET", "POST"),
        )
        for name, arguments in (
            ("autosave_audit_words", ("audit",)),
            ("autosave_audit_theme", ("audit", "theme")),
        )
    ),
    Row(
        "assurance:audit_theme",
        ("audit", "theme"),
        get={READS_AUDIT: OK},
        post={AUDITORS: DONE_OR_REFUSED, who("head"): FORBIDDEN},
        decides=("POST",),
    ),
    Row("assurance:audit_theme", ("issued audit", "theme"), get={READS: OK}, post={READS: FORBIDDEN}),
    Row("assurance:audit_file", ("audit file",), get={READS_AUDIT: OK}),
    # Audits: the report, what is answered to it, and what it recommends
    Row("assurance:audit_findings", get={who(SAFETY, BOARD): OK}),
    Row("assurance:audit_report", ("audit in draft",), get={who(SAFETY, "external-auditor"): OK}),
    Row("assurance:audit_report", ("audit sent",), get={who(UNIT, SAFETY, "external-auditor"): OK}),
    Row("assurance:audit_report", ("audit issued",), get={READS_REPORT: OK}),
    *(
        Row(
            f"assurance:{name}",
            (audit,),
            get={who("shrmt"): OK, readers: FORBIDDEN},
            post={who("shrmt"): DONE_OR_REFUSED, readers: FORBIDDEN},
            decides=("GET", "POST"),
        )
        for name, audit, readers in (
            ("send_audit_report", "audit in draft", who(SAFETY, "external-auditor")),
            ("take_back_audit_report", "audit sent", who(UNIT, SAFETY, "external-auditor")),
            ("issue_audit_report", "audit sent", who(UNIT, SAFETY, "external-auditor")),
            ("close_audit", "audit issued", READS_REPORT),
        )
    ),
    *(
        Row(
            "assurance:respond_to_audit",
            (audit,),
            get={who(UNIT): OK, readers: FORBIDDEN},
            post={who(UNIT): DONE_OR_REFUSED, readers: FORBIDDEN},
        )
        for audit, readers in (
            ("audit sent", who(SAFETY, "external-auditor")),
            ("audit issued", who(GROUP, SAFETY, "external-auditor")),
        )
    ),
    Row("assurance:print_audit_report", ("audit issued",), get={READS_REPORT: {405}}, post={READS_REPORT: MOVED}),
    Row("assurance:audit_report_progress", ("audit issued",), get={READS_REPORT: MOVED}),
    Row("assurance:audit_report_pdf", ("audit issued",), get={READS_REPORT: OK}),
    Row("assurance:audit_report_pdf", ("audit sent",)),
    Row("assurance:recommendations", get={who(READS_REPORT, OTHERS): OK}),
    Row("assurance:recommendation", ("issued recommendation",), get={READS_REPORT: OK}),
    Row(
        "assurance:recommendation_done",
        ("issued recommendation",),
        get={who(UNIT): OK, READS_REPORT: FORBIDDEN},
        post={who(UNIT): DONE_OR_REFUSED, READS_REPORT: FORBIDDEN},
    ),
    Row(
        "assurance:check_recommendation",
        ("issued recommendation", "1"),
        get={who("shrmt"): OK, READS_REPORT: FORBIDDEN},
        post={who("shrmt"): DONE_OR_REFUSED, READS_REPORT: FORBIDDEN},
        decides=("GET", "POST"),
    ),
    Row("assurance:closure_file", ("issued recommendation", "closure file"), get={READS_REPORT: OK}),
    # Climate surveys: SHRMT imports them; the Board reads them, too
    Row("assurance:climate_surveys", get={who(READS, OTHERS, BOARD): OK}),
    *(
        Row(name, arguments, get={who("shrmt"): statuses, who(READS, OTHERS, BOARD): FORBIDDEN}, decides=("GET",))
        for name, arguments, statuses in (
            ("assurance:climate_survey_file", ("csv",), OK),
            ("assurance:climate_survey_file", ("xlsx",), OK),
        )
    ),
    *(
        Row(
            name,
            arguments,
            get={who("shrmt"): statuses, who(READS, OTHERS, BOARD): FORBIDDEN},
            post={who("shrmt"): DONE_OR_REFUSED, who(READS, OTHERS, BOARD): FORBIDDEN},
            decides=("GET", "POST"),
        )
        for name, arguments, statuses in (
            ("assurance:new_climate_survey", (), OK),
            ("assurance:apply_climate_survey", ("climate upload",), OK),
            ("assurance:withdraw_climate_survey", ("climate survey",), OK),
        )
    ),
    Row("assurance:climate_survey", ("climate survey",), get={who(READS, OTHERS, BOARD): OK}),
    Row("assurance:climate_survey_csv", ("climate survey",), get={who(READS, OTHERS, BOARD): OK}),
    # Injury figures: SHRMT and the Head import them, everybody who reads them is told so
    *(
        Row(
            "injuries:empty_file",
            (kind, file_format),
            get={who(SAFETY): OK, who(UNIT, GROUP, OTHERS, BOARD, "risk-lead"): FORBIDDEN},
            decides=("GET",),
        )
        for kind in ("counts", "headcount")
        for file_format in ("csv", "xlsx")
    ),
    Row(
        "injuries:imports",
        get={who(SAFETY): OK, who(UNIT, GROUP, OTHERS, BOARD, "risk-lead"): FORBIDDEN},
        decides=("GET",),
    ),
    *(
        Row(
            name,
            arguments,
            get={who(who_may): OK, who(may_elsewhere): MOVED, who(UNIT, GROUP, OTHERS, BOARD, "risk-lead"): FORBIDDEN},
            post={who(SAFETY): DONE_OR_REFUSED, who(UNIT, GROUP, OTHERS, BOARD, "risk-lead"): FORBIDDEN},
            decides=("GET", "POST"),
        )
        for name, arguments, who_may, may_elsewhere in (
            ("injuries:new_import", (), SAFETY, set[str]()),
            ("injuries:apply_import", ("waiting figures",), {"shrmt"}, {"head"}),
            ("injuries:undo_import", ("last import",), SAFETY, set[str]()),
        )
    ),
    # Working time: SHRMT and the Head record it, the Head alone sets targets
    *(
        Row(
            name,
            arguments,
            get={who(may): OK, who(READS | OTHERS | BOARD | {"risk-lead"}) - may: FORBIDDEN},
            post={who(may): DONE_OR_REFUSED, who(READS | OTHERS | BOARD | {"risk-lead"}) - may: FORBIDDEN},
            decides=("GET", "POST"),
        )
        for name, arguments, may in (
            ("injuries:new_working_time", (), SAFETY),
            ("injuries:correct_working_time", ("working time",), SAFETY),
            ("injuries:withdraw_working_time", ("working time",), SAFETY),
            ("injuries:new_working_time_target", (), {"head"}),
            ("injuries:supersede_working_time_target", ("working time target",), {"head"}),
        )
    ),
    # Three readings side by side: for whoever reads statements, audits and climate surveys
    Row("insight:three_readings", get={who(READS, OTHERS): OK}),
    Row("insight:three_readings_of_unit", ("open",), get={READS: OK}),
    # Injury figures of the force: for whoever has a part in assurance, and for those who lead a risk
    *(
        Row(name, arguments, get={who(READS, OTHERS, BOARD, "risk-lead"): OK})
        for name, arguments in (
            ("injuries:comparison", ()),
            ("injuries:comparison_csv", ()),
            ("injuries:comparison_workbook", ()),
            ("injuries:indicator", ("indicator",)),
            ("injuries:indicator_csv", ("indicator",)),
            ("injuries:indicator_workbook", ("indicator",)),
            ("injuries:working_time", ()),
            ("injuries:working_time_csv", ()),
            ("injuries:working_time_workbook", ()),
            ("injuries:custody", ()),
            ("injuries:custody_csv", ()),
            ("injuries:custody_workbook", ()),
            ("injuries:custody_report", ("custody report",)),
        )
    ),
    *(
        Row(
            name,
            arguments,
            get={who(SAFETY): OK, who(UNIT, GROUP, OTHERS, BOARD, "risk-lead"): FORBIDDEN},
            post={who(SAFETY): DONE_OR_REFUSED, who(UNIT, GROUP, OTHERS, BOARD, "risk-lead"): FORBIDDEN},
            decides=("GET", "POST"),
        )
        for name, arguments in (
            ("injuries:record_custody", ()),
            ("injuries:correct_custody", ("custody report",)),
            ("injuries:withdraw_custody", ("custody report",)),
        )
    ),
    *(
        Row(f"injuries:indicator_units{kind}", ("indicator",), get={who(READS, OTHERS): OK})
        for kind in ("", "_csv", "_workbook")
    ),
    # The Board's risks: whoever leads one reads and writes that one; one that others lead stays closed to them
    *(
        Row(name, arguments, get={who(READS, OTHERS, BOARD, "risk-lead"): OK})
        for name, arguments in (
            ("risks:register", ()),
            ("risks:register_csv", ()),
            ("risks:register_workbook", ()),
            ("risks:heat_map", ()),
            ("risks:risk", ("risk",)),
            ("insight:risk_injuries", ("risk",)),
        )
    ),
    Row("risks:risk", ("somebody else's risk",), get={who(READS, OTHERS, BOARD): OK}),
    *(
        Row(
            name,
            arguments,
            get={who("head", "board-secretary", "risk-lead"): OK, who(READS, OTHERS, BOARD): FORBIDDEN},
            post={who("head", "board-secretary", "risk-lead"): DONE_OR_REFUSED, who(READS, OTHERS, BOARD): FORBIDDEN},
            decides=("GET", "POST"),
        )
        for name, arguments in (
            ("risks:assess", ("risk",)),
            ("risks:withdraw_assessment", ("risk", "assessment")),
            ("risks:tell", ("risk",)),
            ("risks:new_control", ("risk",)),
            ("risks:end_control", ("risk", "control")),
            ("risks:raise_action", ("risk",)),
            ("insight:choose_indicators", ("risk",)),
        )
    ),
    Row(
        "risks:assess",
        ("somebody else's risk",),
        get={who("head", "board-secretary"): OK, who(READS, OTHERS, BOARD): FORBIDDEN},
        post={who("head", "board-secretary"): DONE_OR_REFUSED, who(READS, OTHERS, BOARD): FORBIDDEN},
        decides=("GET", "POST"),
    ),
    *(
        Row(
            name,
            arguments,
            get={who("head", "board-secretary"): OK, who(READS, OTHERS, BOARD, "risk-lead"): FORBIDDEN},
            post={who("head", "board-secretary"): DONE_OR_REFUSED, who(READS, OTHERS, BOARD, "risk-lead"): FORBIDDEN},
            decides=("GET", "POST"),
        )
        for name, arguments in (
            ("risks:edit", ("risk",)),
            ("risks:new_lead", ("risk",)),
            ("risks:end_lead", ("risk", "lead of the risk")),
            ("risks:new_import", ()),
        )
    ),
    Row(
        "risks:apply_import",
        ("file of the register",),
        get={who("head"): OK, who("board-secretary"): MOVED, who(READS, OTHERS, BOARD, "risk-lead"): FORBIDDEN},
        post={
            who("head"): DONE_OR_REFUSED,
            who("board-secretary"): MOVED,
            who(READS, OTHERS, BOARD, "risk-lead"): FORBIDDEN,
        },
        decides=("GET", "POST"),
    ),
    Row(
        "risks:decide",
        ("risk",),
        get={who("board-secretary"): OK, who(READS, OTHERS, BOARD, "risk-lead"): FORBIDDEN},
        post={who("board-secretary"): DONE_OR_REFUSED, who(READS, OTHERS, BOARD, "risk-lead"): FORBIDDEN},
        decides=("GET", "POST"),
    ),
    # Proposed risks: of COG leads and SHRMT; a COG lead reads their own
    Row("risks:proposals", get={PROPOSES | BOARD: OK}),
    Row("risks:proposal", ("proposed risk",), get={who(SAFETY, BOARD, "cog-lead"): OK}),
    Row(
        "risks:propose",
        get={PROPOSES: OK, BOARD: FORBIDDEN},
        post={PROPOSES: DONE_OR_REFUSED, BOARD: FORBIDDEN},
        decides=("GET", "POST"),
    ),
    *(
        Row(
            name,
            ("proposed risk",),
            get={who("board-secretary"): OK, who(SAFETY, BOARD, "cog-lead"): FORBIDDEN},
            post={who("board-secretary"): DONE_OR_REFUSED, who(SAFETY, BOARD, "cog-lead"): FORBIDDEN},
            decides=("GET", "POST"),
        )
        for name in ("risks:accept", "risks:decline")
    ),
    # The Board's meetings, objectives and sub-groups: the Head and the secretary write, the secretary alone records
    *(
        Row(name, arguments, get={PROPOSES | BOARD: OK})
        for name, arguments in (
            ("risks:meetings", ()),
            ("risks:meeting", ("meeting",)),
            ("risks:objectives", ()),
            ("risks:sub_groups", ()),
            ("risks:file", ("file of the meeting",)),
        )
    ),
    *(
        Row(
            name,
            arguments,
            get={who("head", "board-secretary"): OK, PROPOSES | BOARD: FORBIDDEN},
            post={who("head", "board-secretary"): DONE_OR_REFUSED, PROPOSES | BOARD: FORBIDDEN},
            decides=("GET", "POST"),
        )
        for name, arguments in (
            ("risks:new_meeting", ()),
            ("risks:new_item", ("meeting",)),
            ("risks:remove_item", ("meeting", "item of the agenda")),
            ("risks:await_paper", ("meeting",)),
            ("risks:receive", ("meeting", "awaited paper")),
            ("risks:new_file", ("meeting",)),
            ("risks:new_objective", ()),
            ("risks:progress", ("objective",)),
            ("risks:new_sub_group", ()),
            ("risks:end_sub_group", ("sub-group",)),
            ("risks:report", ("sub-group",)),
        )
    ),
    *(
        Row(
            name,
            arguments,
            get={who("board-secretary"): OK, PROPOSES | BOARD: FORBIDDEN},
            post={who("board-secretary"): DONE_OR_REFUSED, PROPOSES | BOARD: FORBIDDEN},
            decides=("GET", "POST"),
        )
        for name, arguments in (
            ("risks:new_record", ("meeting",)),
            ("risks:correct_record", ("meeting", "record of the meeting")),
            ("risks:raise_action_at_meeting", ("meeting",)),
        )
    ),
    # Agenda packs: whoever reads the meetings reads them, the Head and the secretary have them made
    *(
        Row(name, arguments, get={PROPOSES | BOARD: OK})
        for name, arguments in (
            ("papers:packs", ("meeting",)),
            ("papers:pack_progress", ("agenda pack",)),
            ("papers:pack_pdf", ("agenda pack",)),
        )
    ),
    *(
        Row(
            name,
            arguments,
            get={ALL: {405}},
            post={who("head", "board-secretary"): DONE_OR_REFUSED, PROPOSES | BOARD: FORBIDDEN},
            decides=("POST",),
        )
        for name, arguments in (
            ("papers:make_pack", ("meeting",)),
            ("papers:pack_document", ("agenda pack",)),
            ("papers:cancel_pack_document", ("agenda pack",)),
        )
    ),
    # Business groups' own risks: their COG lead writes
    Row("risks:group_risks", get={who(SAFETY, BOARD, GROUP, OTHER_GROUP): OK}),
    Row(
        "risks:new_group_risk",
        ("group",),
        get={who("cog-lead"): OK, who(SAFETY, BOARD, "cog-support", OTHER_GROUP): FORBIDDEN},
        post={who("cog-lead"): DONE_OR_REFUSED, who(SAFETY, BOARD, "cog-support", OTHER_GROUP): FORBIDDEN},
        decides=("GET", "POST"),
    ),
    *(
        Row(
            name,
            ("group's own risk",),
            get={who("cog-lead"): OK, who(SAFETY, BOARD, "cog-support"): FORBIDDEN},
            post={who("cog-lead"): DONE_OR_REFUSED, who(SAFETY, BOARD, "cog-support"): FORBIDDEN},
            decides=("GET", "POST"),
        )
        for name in ("risks:edit_group_risk", "risks:close_group_risk", "risks:escalate")
    ),
    # The HSE: SHRMT and the Head write, the Head withdraws; a COG lead reads what is of their group, and no meeting
    Row("risks:hse", get={PROPOSES | BOARD: OK}),
    *(Row("risks:hse_list", (sort,), get={PROPOSES | BOARD: OK}) for sort in ("notices", "notifications")),
    Row("risks:hse_list", ("meetings",), get={who(SAFETY, BOARD): OK}),
    *(
        Row(name, arguments, get={who(SAFETY, BOARD, "cog-lead"): OK})
        for name, arguments in (
            ("risks:hse_entry", ("notices", "notice of the HSE")),
            ("risks:hse_entry", ("notifications", "notification")),
            ("risks:hse_file", ("file about the HSE",)),
        )
    ),
    Row("risks:hse_entry", ("meetings", "meeting with the HSE"), get={who(SAFETY, BOARD): OK}),
    *(
        Row(
            "risks:new_hse",
            (sort,),
            get={who(SAFETY): OK, readers: FORBIDDEN},
            post={who(SAFETY): DONE_OR_REFUSED, readers: FORBIDDEN},
            decides=("GET", "POST"),
        )
        for sort, readers in (
            ("notices", who(BOARD, "cog-lead", "other-cog-lead")),
            ("notifications", who(BOARD, "cog-lead", "other-cog-lead")),
            ("meetings", BOARD),
        )
    ),
    *(
        Row(
            name,
            arguments,
            get={who(SAFETY): OK, readers: FORBIDDEN},
            post={who(SAFETY): DONE_OR_REFUSED, readers: FORBIDDEN},
            decides=("GET", "POST"),
        )
        for name, arguments, readers in (
            ("risks:correct_hse", ("notices", "notice of the HSE"), who(BOARD, "cog-lead")),
            ("risks:correct_hse", ("meetings", "meeting with the HSE"), BOARD),
            ("risks:comply_hse", ("notice of the HSE",), who(BOARD, "cog-lead")),
            ("risks:report_hse", ("notification",), who(BOARD, "cog-lead")),
            ("risks:new_hse_file", ("notifications", "notification"), who(BOARD, "cog-lead")),
        )
    ),
    *(
        Row(
            "risks:withdraw_hse",
            (sort, entry),
            get={who("head"): OK, readers: FORBIDDEN},
            post={who("head"): DONE_OR_REFUSED, readers: FORBIDDEN},
            decides=("GET", "POST"),
        )
        for sort, entry, readers in (
            ("notifications", "notification", who(BOARD, "shrmt", "cog-lead")),
            ("meetings", "meeting with the HSE", who(BOARD, "shrmt")),
        )
    ),
    # Investigations: SHRMT and the Head write, the Head completes and shares; a COG lead reads their group's
    Row("risks:investigations", get={PROPOSES | BOARD: OK}),
    Row("risks:investigation", ("investigation",), get={who(SAFETY, BOARD, "cog-lead"): OK}),
    *(
        Row(
            name,
            arguments,
            get={who(SAFETY): OK, readers: FORBIDDEN},
            post={who(SAFETY): DONE_OR_REFUSED, readers: FORBIDDEN},
            decides=("GET", "POST"),
        )
        for name, arguments, readers in (
            ("risks:new_investigation", (), who(BOARD, "cog-lead", "other-cog-lead")),
            ("risks:edit_investigation", ("investigation",), who(BOARD, "cog-lead")),
            ("risks:raise_action_of_investigation", ("investigation",), who(BOARD, "cog-lead")),
        )
    ),
    *(
        Row(
            name,
            ("investigation",),
            get={who("head"): OK, who(BOARD, "shrmt", "cog-lead"): FORBIDDEN},
            post={who("head"): DONE_OR_REFUSED, who(BOARD, "shrmt", "cog-lead"): FORBIDDEN},
            decides=("GET", "POST"),
        )
        for name in ("risks:complete_investigation", "risks:reopen_investigation", "risks:share_learning")
    ),
    # Learning: the unit's own SLT lead acknowledges it
    *(
        Row(name, arguments, get={who(SAFETY, BOARD, GROUP, OTHER_GROUP, "slt-lead", "other-slt-lead"): OK})
        for name, arguments in (("risks:learning_list", ()), ("risks:learning", ("learning",)))
    ),
    Row(
        "risks:acknowledge",
        ("unit's learning",),
        get={who("slt-lead"): OK, who(SAFETY, BOARD, GROUP): FORBIDDEN},
        post={who("slt-lead"): DONE_OR_REFUSED, who(SAFETY, BOARD, GROUP): FORBIDDEN},
        decides=("GET", "POST"),
    ),
    # What is held about people, and how long: one's own for everybody, others' to answer a request
    Row("own_data", get={ALL: OK}, post={ALL: MOVED}),
    Row("own_data_progress", get={ALL: MOVED}),
    Row(
        "person_data",
        ("person",),
        get={who("spoc", "head", "administrator"): OK},
        post={who("spoc", "head", "administrator"): MOVED},
    ),
    Row("person_data_progress", ("person",), get={who("spoc", "head", "administrator"): MOVED}),
    Row("data_file", ("the stranger's own file",), get={who("stranger"): OK}),
    Row(
        "remove_person",
        ("person",),
        get={ADMINISTRATOR: OK, READS_PEOPLE: FORBIDDEN},
        post={ADMINISTRATOR: DONE_OR_REFUSED, READS_PEOPLE: FORBIDDEN},
    ),
    Row("retention", get={ANSWERS_REQUESTS: OK}),
    Row("holds", get={ANSWERS_REQUESTS: OK}),
    Row(
        "new_hold",
        get={who("head"): OK, ADMINISTRATOR: FORBIDDEN},
        post={who("head"): DONE_OR_REFUSED, ADMINISTRATOR: FORBIDDEN},
    ),
    Row("hold", ("hold",), get={who("head"): OK}),
    Row("hold", ("hold to be lifted",), get={ANSWERS_REQUESTS: OK}),
    Row("ask_to_lift_hold", ("hold",), get={who("head"): MOVED}, post={who("head"): DONE_OR_REFUSED}),
    Row(
        "ask_to_lift_hold",
        ("hold to be lifted",),
        get={who("head"): MOVED, ADMINISTRATOR: FORBIDDEN},
        post={who("head"): DONE_OR_REFUSED, ADMINISTRATOR: FORBIDDEN},
    ),
    Row("decide_on_hold", ("hold",), get={ALL: {405}}, post={who("head"): FORBIDDEN}),
    Row("decide_on_hold", ("hold to be lifted",), get={ALL: {405}}, post={ANSWERS_REQUESTS: MOVED}),
    # People and appointments
    Row("people", get={who(READS_PEOPLE, OTHERS): OK}),
    Row(
        "new_person",
        get={ADMINISTRATOR: OK, who(READS_PEOPLE, OTHERS): FORBIDDEN},
        post={ADMINISTRATOR: DONE_OR_REFUSED, who(READS_PEOPLE, OTHERS): FORBIDDEN},
    ),
    Row(
        "import_appointments",
        get={ADMINISTRATOR: OK, who(READS_PEOPLE, OTHERS): FORBIDDEN},
        post={ADMINISTRATOR: DONE_OR_REFUSED, who(READS_PEOPLE, OTHERS): FORBIDDEN},
    ),
    *(
        Row("import_appointments_file", (kind,), get={ADMINISTRATOR: OK, who(READS_PEOPLE, OTHERS): FORBIDDEN})
        for kind in ("csv", "xlsx")
    ),
    Row(
        "import_appointments_apply",
        ("appointment_file",),
        get={ADMINISTRATOR: OK, who(READS_PEOPLE, OTHERS): FORBIDDEN},
        post={ADMINISTRATOR: DONE_OR_REFUSED, who(READS_PEOPLE, OTHERS): FORBIDDEN},
    ),
    Row("person", ("person",), get={READS_PEOPLE: OK}),
    Row(
        "invite_person",
        ("person",),
        get={ALL: {405}},
        post={ADMINISTRATOR: MOVED, READS_PEOPLE: FORBIDDEN},
    ),
    *(
        Row(
            name,
            (thing,),
            get={ADMINISTRATOR: OK, READS_PEOPLE: FORBIDDEN},
            post={ADMINISTRATOR: DONE_OR_REFUSED, READS_PEOPLE: FORBIDDEN},
        )
        for name, thing in (
            ("edit_person", "person"),
            ("close_person", "person"),
            ("reopen_person", "person"),
            ("take_away_factors", "person"),
            ("record_qualification", "person"),
            ("appoint", "person"),
            ("end_appointment", "appointment"),
            ("extend_appointment", "appointment"),
            ("hand_over_appointment", "appointment"),
        )
    ),
    Row(
        "edit_held_qualification",
        ("person", "held_qualification"),
        get={ADMINISTRATOR: OK, READS_PEOPLE: FORBIDDEN},
        post={ADMINISTRATOR: DONE_OR_REFUSED, READS_PEOPLE: FORBIDDEN},
    ),
    Row(
        "remove_held_qualification",
        ("person", "held_qualification"),
        get={ALL: {405}},
        post={ADMINISTRATOR: MOVED, READS_PEOPLE: FORBIDDEN},
    ),
    Row("qualifications", get={who(SAFETY, "administrator"): OK}),
    *(
        Row(
            name,
            arguments,
            get={ADMINISTRATOR: OK, who(SAFETY): FORBIDDEN},
            post={ADMINISTRATOR: DONE_OR_REFUSED, who(SAFETY): FORBIDDEN},
        )
        for name, arguments in (("new_qualification", ()), ("edit_qualification", ("qualification",)))
    ),
    Row(
        "force_settings",
        get={who(SAFETY, "administrator"): OK},
        post={ADMINISTRATOR: DONE_OR_REFUSED, who(SAFETY): FORBIDDEN},
    ),
    # Units and business groups
    Row("units", get={who(READS_PEOPLE, OTHERS): OK}),
    Row("unit", ("open",), get={READS_PEOPLE: OK}),
    *(
        Row(
            name,
            ("open",),
            get={ADMINISTRATOR: OK, READS_PEOPLE: FORBIDDEN},
            post={ADMINISTRATOR: DONE_OR_REFUSED, READS_PEOPLE: FORBIDDEN},
        )
        for name in ("rename_unit", "merge_unit", "split_unit", "move_unit", "change_unit", "close_unit")
    ),
    Row(
        "new_unit",
        get={ADMINISTRATOR: OK, who(READS_PEOPLE, OTHERS): FORBIDDEN},
        post={ADMINISTRATOR: DONE_OR_REFUSED, who(READS_PEOPLE, OTHERS): FORBIDDEN},
    ),
    Row("groups", get={READS_GROUPS | OTHER_GROUP: OK}),
    Row(
        "rename_group",
        ("group",),
        get={ADMINISTRATOR: OK, READS_GROUPS: FORBIDDEN},
        post={ADMINISTRATOR: DONE_OR_REFUSED, READS_GROUPS: FORBIDDEN},
    ),
    Row(
        "new_group",
        get={ADMINISTRATOR: OK, READS_GROUPS | OTHER_GROUP: FORBIDDEN},
        post={ADMINISTRATOR: DONE_OR_REFUSED, READS_GROUPS | OTHER_GROUP: FORBIDDEN},
    ),
    Row("missing", get={who(SAFETY, ADMINISTRATOR): OK}),
]
PEOPLE = [*sorted(SIGNED_IN), *ADMINISTRATORS_TOO, "nobody"]


@dataclass(frozen=True)
class World:
    """A group with an open, a completed and a signed statement, a built roll-up and papers; and everybody around it."""

    people: dict[str, User]
    values: dict[str, object]

    def address(self, row: Row) -> str:
        arguments = [self.values.get(argument, argument) for argument in row.arguments]
        return f"{reverse(row.name, args=arguments)}{row.query}"

    def client(self, who: str) -> Client:
        client = Client(raise_request_exception=True)
        if who != "nobody":
            client.force_login(self.people[who])
        return client


@pytest.fixture
def world() -> World:
    statements.shipped_edition()
    group, other_group = organisation.make_group("Ours"), organisation.make_group("Theirs")
    units = {name: organisation.make_unit(name.title(), group=group) for name in ("open", "completed", "signed")}
    other_unit = organisation.make_unit("Elsewhere", group=other_group)
    people = {"stranger": organisation.make_user(name="Stranger", password=PASSWORD)}
    for role in Role:
        person = people[role.value] = organisation.make_user(name=role.label, password=PASSWORD)
        if role.value in UNIT:
            for unit in units.values():
                organisation.appoint(person, role, unit)
        else:
            organisation.appoint(person, role, group=group if role.value in GROUP else None)
    for role in (Role.SPOC, Role.SLT_LEAD):
        person = people[f"other-{role.value}"] = organisation.make_user(name=role.label, password=PASSWORD)
        organisation.appoint(person, role, other_unit)
    for role in (Role.COG_LEAD, Role.COG_SUPPORT):
        person = people[f"other-{role.value}"] = organisation.make_user(name=role.label, password=PASSWORD)
        organisation.appoint(person, role, group=other_group)
    for name in ADMINISTRATORS_TOO:
        role = Role(name.removeprefix(BOTH))
        person = people[name] = organisation.make_user(name=f"Administrator and {role.label}", password=PASSWORD)
        organisation.appoint(person, Role.ADMINISTRATOR)
        for own in units.values() if role.value in UNIT else [None]:
            organisation.appoint(person, role, own, group if role.value in GROUP else None)
    people["ended-spoc"] = organisation.make_user(name="Former SPOC", password=PASSWORD)
    yesterday = timezone.localdate() - timedelta(days=1)
    for unit in units.values():
        organisation.appoint(people["ended-spoc"], Role.SPOC, unit, starts_on=date(2019, 4, 1), ends_on=yesterday)
    ended = people["ended-today"] = organisation.make_user(name="Ended at once", password=PASSWORD)
    for role in (Role.SHRMT, Role.HEAD, Role.ADMINISTRATOR):
        organisation.end_at_once(organisation.appoint(ended, role), by=people["administrator"])
    draft_file = evidence.give_file(statements.make_statement(units["open"]), by=people["spoc"])
    statements.complete(statements.fill(statements.make_statement(units["completed"])))
    to_sign = statements.make_statement(units["signed"])
    signed_file = evidence.give_file(to_sign, by=people["spoc"])
    signed = statements.sign(statements.complete(statements.fill(to_sign)))
    asked = requests.choose(requests.make_request(), signed)
    requests.withhold(asked, "completer_name")
    released = requests.confirm(asked.request)
    Release.objects.filter(pk=released.pk).update(blob=papers.make_blob(), printed_at=timezone.now())
    verdicts.issued_audit(signed, {"leadership": 2}, lead=people["shrmt"])
    StatementDocument.objects.create(revision=signed, blob=papers.make_blob(), printed_at=timezone.now())
    blank = Statement.objects.get(unit=units["open"])
    BlankForm.objects.create(
        statement=blank, unit_name=blank.unit.name, blob=papers.make_blob(), printed_at=timezone.now()
    )
    risks.load_scale()
    risk, others_risk = risks.make_risk("40", by=people["board-secretary"]), risks.make_risk("41")
    led = risks.make_lead(risk, people["risk-lead"])
    meeting = risks.make_meeting(timezone.localdate())
    risks.load_kinds()
    notification = risks.make_notification(timezone.localdate(), unit=units["open"], by=people["shrmt"])
    investigation = risks.make_investigation(group=group, by=people["shrmt"])
    shared = risks.make_share(
        units["open"], investigation=risks.complete(risks.make_investigation(title="Another", by=people["shrmt"]))
    )
    injuries.load_indicators()
    injuries.bring({("handling", date(2025, month, 1), "", ""): 4 for month in range(1, 13)}, by=people["shrmt"])
    worked = injuries.working_time(date(2026, 1, 1), 1000, 40, 25, note="As recorded", by=people["shrmt"])
    share_aimed_for = injuries.working_time_target("98", date(2026, 1, 1), by=people["head"])
    surveyed = climate.make_survey({(unit, "leadership"): (2, 3, 5, 8, 4) for unit in (*units.values(), other_unit)})
    counted = {("handling", date(2026, 1, 1), "ddos", units["open"].slug): 3}
    action = actions.make_action(units["open"], by=people["stranger"])
    adviser = statements.make_adviser(units["open"])
    question = statements.ask(units["open"], "leadership")
    drafted, sent, reported = (audit_reports.drafted(by=people["shrmt"], revision=signed) for _ in range(3))
    for one in (drafted, sent, reported):
        audit_reports.assign(one, people["external-auditor"], leads=False)
    audit_reports.sent(sent)
    audit_reports.issued(audit_reports.answered(audit_reports.sent(reported)))
    Audit.objects.filter(pk=reported.pk).update(pdf=papers.make_blob())
    recommendation = reported.recommendations.get(number=1)
    closure_file = audit_reports.said_done(recommendation, files=(evidence.sent(),)).files.get()
    audit = audits.begun(signed, by=people["shrmt"], auditors=[people["external-auditor"]])
    pieces = audits.give_pieces(audit.verdicts.get(theme__identity="leadership"), by=people["shrmt"])
    audited = audits.make_audit(
        by=people["stranger"], state=AuditState.ISSUED, revision=signed, verdicts={"leadership": 3}
    )
    qualification = organisation.make_qualification(people["spoc"])
    published = papers.make_published()
    draft, final = papers.make_draft(), papers.make_final()
    quarter = Quarter.of(timezone.localdate())
    for of in (group, None):
        rollup = Rollup.objects.create(
            group=of,
            half=quarter.half,
            figures={**papers.north(), "units": []},
            figures_digest="0" * 64,
            built_at=timezone.now(),
            pdf=papers.make_blob(),
        )
        issued = rollups.issue(rollups.write(rollup))
        IssuedRollup.objects.filter(pk=issued.pk).update(pdf=papers.make_blob())
    programmes.propose(quarter.half.next(), by=people["shrmt"])
    programmes.adopt(programmes.propose(quarter.half, by=people["shrmt"]), by=people["head"])
    with connection.cursor() as cursor:  # what is recorded takes its place in the chain at once: there is no commit
        cursor.execute(f"SET CONSTRAINTS {extends_the_chain()} IMMEDIATE")
    return World(
        people,
        {
            "quarter": quarter,
            "half": quarter.half,
            "coming half": quarter.half.next(),
            "group": group.slug,
            "edition": "2019",
            "theme": "leadership",
            "person": str(people["spoc"].pk),
            "appointment_file": str(
                bulk.keep(lines=[], name="empty.csv", by=people["administrator"], at=timezone.now()).token
            ),
            "qualification": qualification.type.code,
            "held_qualification": str(qualification.pk),
            "hold": str(holds.make_hold().pk),
            "hold to be lifted": str(holds.to_be_lifted().pk),
            "the stranger's own file": str(holds.make_export(people["stranger"]).token),
            "appointment": str(people["spoc"].appointments.get(unit=units["open"]).pk),
            "action": str(action.pk),
            "task": str(action.tasks.get().pk),
            "target": str(maturity.target().pk),
            "question": str(question.pk),
            "information request": str(asked.request_id),
            "requested statement": str(asked.pk),
            "climate survey": str(surveyed.pk),
            "meeting": str(meeting.pk),
            "item of the agenda": str(risks.make_item(meeting).pk),
            "awaited paper": str(risks.make_paper(meeting).pk),
            "record of the meeting": str(risks.make_record(meeting).pk),
            "agenda pack": str(packs.make_pack_with_document(meeting).pk),
            "public version": str(papers.make_public_version(published).pk),
            "paper comment": str(papers.make_comment(draft).pk),
            "file of the meeting": str(risks.make_file(meeting).pk),
            "objective": str(risks.make_objective().pk),
            "sub-group": str(risks.make_sub_group().pk),
            "group's own risk": str(risks.make_group_risk(group, by=people["cog-lead"]).pk),
            "action of the risk": str(risks.make_action(risk).pk),
            "file of the register": str(risks.make_upload(risk, by=people["head"]).token),
            "notice of the HSE": str(
                risks.make_notice(timezone.localdate(), timezone.localdate(), group=group, by=people["shrmt"]).pk
            ),
            "notification": str(notification.pk),
            "meeting with the HSE": str(risks.make_liaison_meeting(by=people["shrmt"]).pk),
            "file about the HSE": str(risks.make_liaison_file(notification).pk),
            "investigation": str(investigation.pk),
            "learning": str(shared.pk),
            "unit's learning": str(shared.units.get().pk),
            "risk": risk.reference,
            "somebody else's risk": others_risk.reference,
            "assessment": str(risks.make_assessment(risk, 3, 3).pk),
            "control": str(risks.make_control(risk).pk),
            "lead of the risk": str(led.pk),
            "proposed risk": str(risks.make_proposal(by=people["cog-lead"], groups=[group]).pk),
            "indicator": "handling",
            "custody report": str(injuries.corrected_custody(by=people["shrmt"]).token),
            "waiting figures": str(injuries.keep(counted, by=people["shrmt"]).token),
            "working time": str(worked.pk),
            "working time target": str(share_aimed_for.pk),
            "last import": str(injuries.bring(counted, by=people["head"]).token),
            "climate upload": str(climate.keep_upload(by=people["shrmt"]).token),
            "audit in draft": str(drafted.pk),
            "audit sent": str(sent.pk),
            "audit issued": str(reported.pk),
            "issued recommendation": str(recommendation.pk),
            "closure file": str(closure_file.pk),
            "audit": str(audit.pk),
            "issued audit": str(audited.pk),
            "assignment": str(audit.assignments.get(auditor=people["external-auditor"]).pk),
            **{f"audit {sort}": str(pk) for sort, pk in pieces.items()},
            "redaction": str(statements.propose_redaction(signed).pk),
            "adviser": str(adviser.pk),
            "auditor": str(people["shrmt"].pk),
            "draft_file": str(draft_file.pk),
            "signed_file": str(signed_file.pk),
            "digest": signed_file.file.blob.sha256 if signed_file.file else "",
            "draft": str(draft.pk),
            "first": "1",
            "final": str(final.pk),
            "published": str(published.pk),
            "secret": calendars.make_link(person=people["spoc"], instead_of=None, at=timezone.now()),
            "digest of the signed": signed.content_digest,
            "digest of the published": published.content_digest,
        },
    )


def extends_the_chain() -> str:
    """The name that the database knows the trigger by which the trail's entries are chained."""
    triggers = vars(TrailEntry._meta)["triggers"]
    (name,) = [one.get_pgid(TrailEntry) for one in triggers if one.name == "extends_the_chain"]
    return str(name)


@pytest.mark.parametrize("who", PEOPLE)
def test_everybody_gets_what_the_table_grants(who: str, world: World) -> None:
    """Every address, first read by everybody, then posted to: an act that succeeds must not change the next row's."""
    wrong = []
    with undone():
        session = world.client(who).cookies
        for method in ("GET", "POST"):
            for row in TABLE:
                status = answered(world, method, row, who, session)
                expected = row.expected(method, who)
                if status not in expected:
                    wrong.append(f"{method} {world.address(row)}: {status}, expected {sorted(expected)}")
    assert not wrong, f"{who}\n" + "\n".join(wrong)


def answered(world: World, method: str, row: Row, who: str, session: SimpleCookie) -> int:
    """What the address answers to somebody in their session, as a status; nothing that they did there stays done."""
    address = world.address(row)
    with undone():
        client = Client(raise_request_exception=True)
        client.cookies.load({name: morsel.value for name, morsel in session.items()})
        response = client.get(address) if method == "GET" else client.post(address)
    response.getvalue()  # reads a download to its end, which closes its file
    if who == "nobody" and response.status_code in MOVED and not row.open_to_all:
        assert response.headers["Location"].startswith(reverse("account_login")), address
    return response.status_code


# A check where it is asked, and somebody at an address who would get past the table without it.
CHECKS = [
    ("assurance.views.loading.can_read_statement", "GET", "assurance:statement", "other-spoc"),
    ("assurance.views.audit_loading.can_read_audit", "GET", "assurance:audit", "other-spoc"),
    ("assurance.views.audit_loading.can_do_audit", "POST", "assurance:audit_theme", "head"),
    ("assurance.views.audit_files.can_read_audit", "GET", "assurance:audit_file", "spoc"),
    ("assurance.views.agreement.can_read_agreement_of_unit", "GET", "assurance:agreement_of_unit", "other-spoc"),
    ("assurance.views.evidence.can_read_revision", "GET", "assurance:evidence_file", "other-slt-lead"),
    ("assurance.views.signing.can_sign", "POST", "assurance:sign", "administrator-and-slt-lead"),
    ("papers.views.loading.can_read_paper", "GET", "papers:paper", "panel-member"),
    ("papers.views.packs.can_read_packs", "GET", "papers:packs", "spoc"),
    ("papers.views.packs.can_make_packs", "POST", "papers:make_pack", "board-member"),
    ("organisation.views.loading.can_manage_people", "POST", "end_appointment", "shrmt"),
    ("injuries.views.custody.can_bring_figures", "POST", "injuries:record_custody", "spoc"),
    ("home.views.trail.can_list_trail", "GET", "trail", "slt-lead"),
]


def test_the_table_fails_where_a_check_is_taken_away(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(method: str, name: str, who: str) -> bool:
        rows = [row for row in TABLE if row.name == name]
        with undone():
            session = world.client(who).cookies
            return any(answered(world, method, row, who, session) not in row.expected(method, who) for row in rows)

    for check, method, name, who in CHECKS:
        assert not fails(method, name, who), check
        with monkeypatch.context() as patched:
            patched.setattr(check, lambda *_: True)
            assert fails(method, name, who), check


@contextmanager
def undone() -> Iterator[None]:
    """Undo whatever a request writes, so that every row meets the same world."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_every_address_has_a_row() -> None:
    assert names_in(get_resolver()) - {row.name for row in TABLE} == set()


def names_in(resolver: URLResolver, namespace: str = "") -> set[str]:
    """Return the names of all addresses below `resolver`; an address without a name is a fault of its own."""
    found = set()
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            found |= names_in(pattern, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace)
        elif isinstance(pattern, URLPattern):
            assert pattern.name, f"{pattern.pattern} has no name"
            found.add(f"{namespace}{pattern.name}")
    return found
