"""Signing in and out, one's own account; people, appointments and units. The names under account/ are allauth's."""

from allauth.account.views import (
    AccountInactiveView,
    LoginView,
    PasswordResetDoneView,
    PasswordResetFromKeyDoneView,
    PasswordResetFromKeyView,
    PasswordResetView,
    ReauthenticateView,
)
from allauth.mfa.base.views import authenticate
from allauth.mfa.recovery_codes.views import download_recovery_codes
from django.urls import path, re_path

from organisation.views import (
    appointments,
    force,
    groups,
    imports,
    people,
    person,
    qualifications,
    reorganising,
    second_factor,
    single_sign_on,
    units,
)
from organisation.views.missing import who_is_missing
from organisation.views.signing_in import PasswordChangeView, SignOutView, account, own_sessions, stay_signed_in
from organisation.views.single_sign_on import needs_local_passwords

urlpatterns = [
    path("account/sign-in/", needs_local_passwords(LoginView.as_view(), to_look=True), name="account_login"),
    path("account/sso/", single_sign_on.start, name="single_sign_on"),
    path("account/sso/answer/", single_sign_on.answer, {"provider_id": "sso"}, name="openid_connect_callback"),
    path("account/sso/cancelled/", single_sign_on.cancelled, name="socialaccount_login_cancelled"),
    path("account/sign-out/", SignOutView.as_view(), name="account_logout"),
    path("account/stay/", stay_signed_in, name="stay_signed_in"),
    path("account/closed/", AccountInactiveView.as_view(), name="account_inactive"),
    path("account/", account, name="account"),
    path("account/sessions/", own_sessions, name="usersessions_list"),
    path("account/password/", needs_local_passwords(PasswordChangeView.as_view()), name="account_change_password"),
    path("account/password/again/", ReauthenticateView.as_view(), name="account_reauthenticate"),
    path(
        "account/password/forgotten/", needs_local_passwords(PasswordResetView.as_view()), name="account_reset_password"
    ),
    path(
        "account/password/forgotten/sent/",
        needs_local_passwords(PasswordResetDoneView.as_view()),
        name="account_reset_password_done",
    ),
    path(
        "account/password/new/done/",
        needs_local_passwords(PasswordResetFromKeyDoneView.as_view()),
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^account/password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[-\w]+)/$",
        needs_local_passwords(PasswordResetFromKeyView.as_view()),
        name="account_reset_password_from_key",
    ),
    path("account/second-factor/", second_factor.SecondFactorView.as_view(), name="mfa_index"),
    path("account/second-factor/give/", authenticate, name="mfa_authenticate"),
    path("account/second-factor/again/", second_factor.CodeAgainView.as_view(), name="mfa_reauthenticate"),
    path("account/second-factor/app/", second_factor.AddAppView.as_view(), name="mfa_activate_totp"),
    path("account/second-factor/app/remove/", second_factor.RemoveAppView.as_view(), name="mfa_deactivate_totp"),
    path("account/second-factor/codes/", second_factor.CodesView.as_view(), name="mfa_view_recovery_codes"),
    path("account/second-factor/codes/new/", second_factor.NewCodesView.as_view(), name="mfa_generate_recovery_codes"),
    path("account/second-factor/codes/file/", download_recovery_codes, name="mfa_download_recovery_codes"),
    path("account/second-factor/passkeys/", second_factor.AddPasskeyView.as_view(), name="mfa_add_webauthn"),
    path(
        "account/second-factor/passkeys/sign-in/",
        needs_local_passwords(second_factor.PasskeySignInView.as_view()),
        name="mfa_login_webauthn",
    ),
    path(
        "account/second-factor/passkeys/again/",
        second_factor.PasskeyAgainView.as_view(),
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "account/second-factor/passkeys/<int:pk>/", second_factor.RenamePasskeyView.as_view(), name="mfa_edit_webauthn"
    ),
    path(
        "account/second-factor/passkeys/<int:pk>/remove/",
        second_factor.RemovePasskeyView.as_view(),
        name="mfa_remove_webauthn",
    ),
    path("people/", people.people, name="people"),
    path("people/new/", person.new_person, name="new_person"),
    path("people/import/", imports.import_appointments, name="import_appointments"),
    path("people/import/file/<slug:file_format>/", imports.import_appointments_file, name="import_appointments_file"),
    path("people/import/<uuid:token>/", imports.import_appointments_apply, name="import_appointments_apply"),
    path("people/<int:pk>/", person.person, name="person"),
    path("people/<int:pk>/change/", person.edit_person, name="edit_person"),
    path("people/<int:pk>/close/", person.close_person, name="close_person"),
    path("people/<int:pk>/reopen/", person.reopen_person, name="reopen_person"),
    path("people/<int:pk>/invite/", person.invite_person, name="invite_person"),
    path("people/<int:pk>/second-factor/", second_factor.take_away_factors, name="take_away_factors"),
    path("people/<int:pk>/appoint/", appointments.appoint, name="appoint"),
    path("people/<int:pk>/qualifications/new/", qualifications.record_qualification, name="record_qualification"),
    path(
        "people/<int:pk>/qualifications/<int:line>/",
        qualifications.edit_held_qualification,
        name="edit_held_qualification",
    ),
    path(
        "people/<int:pk>/qualifications/<int:line>/remove/",
        qualifications.remove_held_qualification,
        name="remove_held_qualification",
    ),
    path("qualifications/", qualifications.qualifications, name="qualifications"),
    path("qualifications/new/", qualifications.new_qualification, name="new_qualification"),
    path("qualifications/<slug:code>/change/", qualifications.edit_qualification, name="edit_qualification"),
    path("force/", force.force_settings, name="force_settings"),
    path("appointments/<int:pk>/end/", appointments.end_appointment, name="end_appointment"),
    path("appointments/<int:pk>/extend/", appointments.extend_appointment, name="extend_appointment"),
    path("appointments/<int:pk>/hand-over/", appointments.hand_over_appointment, name="hand_over_appointment"),
    path("units/", units.units, name="units"),
    path("units/<slug:slug>/", units.unit, name="unit"),
    path("units/<slug:slug>/rename/", reorganising.rename_unit, name="rename_unit"),
    path("units/<slug:slug>/merge/", reorganising.merge_unit, name="merge_unit"),
    path("units/<slug:slug>/split/", reorganising.split_unit, name="split_unit"),
    path("units/<slug:slug>/move/", reorganising.move_unit, name="move_unit"),
    path("units/<slug:slug>/change/", reorganising.change_unit, name="change_unit"),
    path("units/<slug:slug>/close/", reorganising.close_unit, name="close_unit"),
    path("new-unit/", reorganising.new_unit, name="new_unit"),
    path("groups/", groups.groups, name="groups"),
    path("groups/<slug:slug>/rename/", groups.rename_group, name="rename_group"),
    path("new-group/", groups.new_group, name="new_group"),
    path("missing/", who_is_missing, name="missing"),
]
