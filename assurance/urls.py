"""Addresses of statements, reviews, roll-ups and audits."""

from django.urls import path

from assurance.views import (
    advisers,
    agreement,
    agreement_claims,
    audit_files,
    audit_findings,
    audit_pieces,
    audit_reports,
    auditors,
    audits,
    autosave,
    carrying,
    changes,
    climate,
    details,
    evidence,
    fieldwork,
    group_reviews,
    information_requests,
    issuing,
    mentoring,
    presence,
    printing,
    programmes,
    recommendations,
    redactions,
    reviews,
    rollup_words,
    rollups,
    signing,
    statements,
    theme,
    timeline,
    withholding,
    workbooks,
)
from organisation import converters  # noqa: F401  # registers <quarter:…> and <half:…>

app_name = "assurance"

STATEMENT = "statements/<slug:unit>/<quarter:quarter>/"
ROLLUP = "roll-ups/<slug:group>/<half:half>/"
ISSUED = f"{ROLLUP}issued/<int:number>/"

REQUEST = "information-requests/<int:pk>/"
PROGRAMME = "audit-programmes/<half:half>/"
IN_PROGRAMME = f"{PROGRAMME}units/<slug:unit>/"

urlpatterns = [
    path("statements/", statements.statements, name="statements"),
    path(STATEMENT, statements.statement, name="statement"),
    path(f"{STATEMENT}themes/<slug:theme>/", theme.theme, name="theme"),
    path(f"{STATEMENT}themes/<slug:theme>/evidence/", evidence.evidence, name="evidence"),
    path(
        f"{STATEMENT}themes/<slug:theme>/evidence/<int:item>/remove/", evidence.remove_evidence, name="remove_evidence"
    ),
    path(f"{STATEMENT}files/<slug:digest>/", evidence.statement_file, name="statement_file"),
    path("evidence/<int:item>/", evidence.evidence_file, name="evidence_file"),
    path(f"{STATEMENT}themes/<slug:theme>/autosave/", autosave.autosave, name="autosave"),
    path(f"{STATEMENT}themes/<slug:theme>/confirm/", carrying.confirm, name="confirm"),
    path(f"{STATEMENT}themes/<slug:theme>/carry/", carrying.carry, name="carry"),
    path(f"{STATEMENT}details/", details.details, name="details"),
    path(f"{STATEMENT}details/autosave/", autosave.autosave_details, name="autosave_details"),
    path(f"{STATEMENT}presence/", presence.presence, name="presence"),
    path(f"{STATEMENT}check/", signing.check, name="check"),
    path(f"{STATEMENT}reopen/", signing.reopen, name="reopen"),
    path(f"{STATEMENT}sign/", signing.sign, name="sign"),
    path(f"{STATEMENT}revisions/<int:number>/", statements.revision, name="revision"),
    path(f"{STATEMENT}review/", reviews.review, name="review"),
    path(f"{STATEMENT}review/notes/", reviews.note, name="note"),
    path(f"{STATEMENT}changes/", changes.changes, name="changes"),
    path(f"{STATEMENT}history/", timeline.timeline, name="timeline"),
    path(f"{STATEMENT}redactions/", redactions.redact, name="redact"),
    path(f"{STATEMENT}redactions/new/", redactions.new_redaction, name="new_redaction"),
    path("redactions/", redactions.redactions, name="redactions"),
    path("redactions/<int:pk>/", redactions.redaction, name="redaction"),
    path(f"{STATEMENT}print/", printing.print_statement, name="print_statement"),
    path(f"{STATEMENT}pdf/", printing.statement_pdf, name="statement_pdf"),
    path(f"{STATEMENT}pdf/progress/", printing.statement_pdf_progress, name="statement_pdf_progress"),
    path(f"{STATEMENT}pdf/download/", printing.statement_pdf_download, name="statement_pdf_download"),
    path(f"{STATEMENT}blank/", printing.blank_pdf, name="blank_pdf"),
    path(f"{STATEMENT}blank/progress/", printing.blank_pdf_progress, name="blank_pdf_progress"),
    path(f"{STATEMENT}blank/download/", printing.blank_pdf_download, name="blank_pdf_download"),
    path(f"{STATEMENT}themes/<slug:theme>/ask/", mentoring.ask_adviser, name="ask_adviser"),
    path("mentoring/", mentoring.mentoring, name="mentoring"),
    path("mentoring/new/", mentoring.new_mentoring, name="new_mentoring"),
    path("mentoring/<int:pk>/", mentoring.mentoring_record, name="mentoring_record"),
    path("mentoring/advisers/", advisers.advisers, name="advisers"),
    path("mentoring/advisers/<int:pk>/end/", advisers.end_adviser, name="end_adviser"),
    path(f"{STATEMENT}workbook/", workbooks.workbook, name="workbook"),
    path(f"{STATEMENT}workbook/in/", workbooks.workbook_in, name="workbook_in"),
    path("reviews/", group_reviews.reviews, name="reviews"),
    path("reviews/<slug:group>/<quarter:quarter>/", group_reviews.group_reviews, name="group_reviews"),
    path("reviews/<slug:group>/<quarter:quarter>/accept/", group_reviews.accept_together, name="accept_together"),
    path("roll-ups/", rollups.rollups, name="rollups"),
    path(ROLLUP, rollups.rollup, name="rollup"),
    path(f"{ROLLUP}build/", rollups.build_rollup, name="build_rollup"),
    path(f"{ROLLUP}cancel/", rollups.cancel_rollup, name="cancel_rollup"),
    path(f"{ROLLUP}progress/", rollups.rollup_progress, name="rollup_progress"),
    path(f"{ROLLUP}pdf/", rollups.rollup_pdf, name="rollup_pdf"),
    path(f"{ROLLUP}words/", rollup_words.words, name="rollup_words"),
    path(f"{ROLLUP}words/autosave/", rollup_words.autosave_words, name="autosave_rollup_words"),
    path(f"{ROLLUP}themes/<slug:theme>/", rollup_words.theme, name="rollup_theme"),
    path(f"{ROLLUP}themes/<slug:theme>/autosave/", rollup_words.autosave_theme, name="autosave_rollup_theme"),
    path(f"{ROLLUP}issue/", issuing.issue, name="issue_rollup"),
    path(ISSUED, issuing.issued, name="issued_rollup"),
    path(f"{ISSUED}print/", issuing.print_issued, name="print_issued_rollup"),
    path(f"{ISSUED}progress/", issuing.issued_progress, name="issued_rollup_progress"),
    path(f"{ISSUED}pdf/", issuing.issued_pdf, name="issued_rollup_pdf"),
    path(f"{ISSUED}xlsx/", issuing.issued_workbook, name="issued_rollup_workbook"),
    path(f"{ISSUED}csv/", issuing.issued_csv, name="issued_rollup_csv"),
    path("information-requests/", information_requests.information_requests, name="information_requests"),
    path("information-requests/new/", information_requests.new_information_request, name="new_information_request"),
    path(REQUEST, information_requests.information_request, name="information_request"),
    path(f"{REQUEST}choose/", information_requests.choose_statements, name="choose_statements"),
    path(f"{REQUEST}check/", information_requests.check_release, name="check_release"),
    path(f"{REQUEST}answers/<int:number>/make/", information_requests.make_release_pdf, name="make_release_pdf"),
    path(f"{REQUEST}answers/<int:number>/progress/", information_requests.release_progress, name="release_progress"),
    path(f"{REQUEST}answers/<int:number>/pdf/", information_requests.release_pdf, name="release_pdf"),
    path(f"{REQUEST}<int:item>/", withholding.requested_statement, name="requested_statement"),
    path(f"{REQUEST}<int:item>/leave-out/", information_requests.leave_out_statement, name="leave_out_statement"),
    path(f"{REQUEST}<int:item>/texts/<path:text>/", withholding.withhold, name="withhold"),
    path(f"{REQUEST}<int:item>/marks/<int:number>/undo/", withholding.undo_withholding, name="undo_withholding"),
]

urlpatterns += [
    path("audit-programmes/", programmes.programmes, name="programmes"),
    path("audit-programmes/new/", programmes.new_programme, name="new_programme"),
    path(PROGRAMME, programmes.programme, name="programme"),
    path(f"{PROGRAMME}csv/", programmes.programme_csv, name="programme_csv"),
    path(f"{PROGRAMME}xlsx/", programmes.programme_workbook, name="programme_workbook"),
    path(f"{PROGRAMME}propose/", programmes.propose_again, name="propose_again"),
    path(f"{PROGRAMME}draw/", programmes.draw_again, name="draw_again"),
    path(f"{PROGRAMME}adopt/", programmes.adopt_programme, name="adopt_programme"),
    path(IN_PROGRAMME, programmes.programme_unit, name="programme_unit"),
    path(f"{IN_PROGRAMME}days/", programmes.audit_days, name="audit_days"),
    path(f"{IN_PROGRAMME}add/", programmes.add_to_programme, name="add_to_programme"),
    path(f"{IN_PROGRAMME}remove/", programmes.remove_from_programme, name="remove_from_programme"),
    path(f"{IN_PROGRAMME}move/", programmes.move_in_programme, name="move_in_programme"),
]

# How far what units claim agrees with what audits found
urlpatterns += [
    path("agreement/", agreement.agreement, name="agreement"),
    path("agreement/claims/", agreement_claims.agreement_claims, name="agreement_claims"),
    path("agreement/claims/csv/", agreement_claims.agreement_claims_csv, name="agreement_claims_csv"),
    path("agreement/claims/xlsx/", agreement_claims.agreement_claims_workbook, name="agreement_claims_workbook"),
    path("agreement/over-time/", agreement.agreement_over_time, name="agreement_over_time"),
    path("agreement/auditors/", agreement.agreement_of_auditors, name="agreement_of_auditors"),
    path("agreement/auditors/<int:pk>/", agreement.agreement_of_auditor, name="agreement_of_auditor"),
    path("agreement/groups/<slug:group>/", agreement.agreement_of_group, name="agreement_of_group"),
    path("agreement/themes/<slug:theme>/", agreement.agreement_of_theme, name="agreement_of_theme"),
    path("agreement/units/<slug:unit>/", agreement.agreement_of_unit, name="agreement_of_unit"),
]

CLIMATE = "climate-surveys/"

urlpatterns += [
    path(CLIMATE, climate.climate_surveys, name="climate_surveys"),
    path(f"{CLIMATE}new/", climate.new_climate_survey, name="new_climate_survey"),
    path(f"{CLIMATE}new/<uuid:token>/", climate.apply_climate_survey, name="apply_climate_survey"),
    path(f"{CLIMATE}empty/<slug:file_format>/", climate.climate_survey_file, name="climate_survey_file"),
    path(f"{CLIMATE}<int:pk>/", climate.climate_survey, name="climate_survey"),
    path(f"{CLIMATE}<int:pk>/csv/", climate.climate_survey_csv, name="climate_survey_csv"),
    path(f"{CLIMATE}<int:pk>/withdraw/", climate.withdraw_climate_survey, name="withdraw_climate_survey"),
]

AUDIT = "audits/<int:pk>/"
AUDIT_THEME = f"{AUDIT}themes/<slug:theme>/"

urlpatterns += [
    path("audits/", audits.audits, name="audits"),
    path("audits/plan/", audits.plan_audit, name="plan_audit"),
    path(AUDIT, audits.audit, name="audit"),
    path(f"{AUDIT}start/", audits.start_fieldwork, name="start_fieldwork"),
    path(f"{AUDIT}draft/", audits.draft_audit, name="draft_audit"),
    path(f"{AUDIT}fieldwork/", audits.reopen_fieldwork, name="reopen_fieldwork"),
    path(f"{AUDIT}withdraw/", audits.withdraw_audit, name="withdraw_audit"),
    path(f"{AUDIT}auditors/", auditors.audit_auditors, name="audit_auditors"),
    path(f"{AUDIT}auditors/allow/", auditors.allow_auditor, name="allow_auditor"),
    path(f"{AUDIT}auditors/<int:assignment>/end/", auditors.end_audit_assignment, name="end_audit_assignment"),
    path(f"{AUDIT}auditors/<int:assignment>/lead/", auditors.lead_audit, name="lead_audit"),
    path(f"{AUDIT}words/", fieldwork.audit_words, name="audit_words"),
    path(f"{AUDIT}words/autosave/", fieldwork.autosave_audit_words, name="autosave_audit_words"),
    path(AUDIT_THEME, fieldwork.audit_theme, name="audit_theme"),
    path(f"{AUDIT_THEME}autosave/", fieldwork.autosave_audit_theme, name="autosave_audit_theme"),
    path(f"{AUDIT_THEME}findings/new/", audit_pieces.new_finding, name="new_finding"),
    path(f"{AUDIT_THEME}findings/<int:finding>/", audit_pieces.change_finding, name="change_finding"),
    path(f"{AUDIT_THEME}samples/new/", audit_pieces.new_sample, name="new_sample"),
    path(f"{AUDIT_THEME}samples/<int:sample>/", audit_pieces.change_sample, name="change_sample"),
    path(f"{AUDIT_THEME}standards/", audit_pieces.audit_standards, name="audit_standards"),
    path(f"{AUDIT_THEME}files/", audit_files.audit_evidence, name="audit_evidence"),
    path(f"{AUDIT}recommendations/new/", audit_pieces.new_audit_recommendation, name="new_audit_recommendation"),
    path(
        f"{AUDIT}recommendations/<int:recommendation>/",
        audit_pieces.change_audit_recommendation,
        name="change_audit_recommendation",
    ),
    path(f"{AUDIT}remove/<slug:sort>/<int:piece>/", audit_pieces.remove_audit_piece, name="remove_audit_piece"),
    path("audit-files/<int:pk>/", audit_files.audit_file, name="audit_file"),
]

AUDIT_REPORT = "audits/<int:pk>/report/"
RECOMMENDATION = "recommendations/<int:pk>/"

urlpatterns += [
    path("audits/findings/", audit_findings.findings, name="audit_findings"),
    path(AUDIT_REPORT, audit_reports.report, name="audit_report"),
    path(f"{AUDIT_REPORT}send/", audit_reports.send, name="send_audit_report"),
    path(f"{AUDIT_REPORT}take-back/", audit_reports.take_back, name="take_back_audit_report"),
    path(f"{AUDIT_REPORT}respond/", audit_reports.respond, name="respond_to_audit"),
    path(f"{AUDIT_REPORT}issue/", audit_reports.issue, name="issue_audit_report"),
    path(f"{AUDIT_REPORT}close/", audit_reports.close, name="close_audit"),
    path(f"{AUDIT_REPORT}print/", audit_reports.print_report, name="print_audit_report"),
    path(f"{AUDIT_REPORT}progress/", audit_reports.report_progress, name="audit_report_progress"),
    path(f"{AUDIT_REPORT}pdf/", audit_reports.report_pdf, name="audit_report_pdf"),
    path("recommendations/", recommendations.recommendations, name="recommendations"),
    path(RECOMMENDATION, recommendations.recommendation, name="recommendation"),
    path(f"{RECOMMENDATION}done/", recommendations.done, name="recommendation_done"),
    path(f"{RECOMMENDATION}checks/<int:number>/", recommendations.check, name="check_recommendation"),
    path(f"{RECOMMENDATION}files/<int:file>/", recommendations.closure_file, name="closure_file"),
]
