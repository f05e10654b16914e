"""Signing in and out, one's own account; people, appointments and units. The names under account/ are allauth's."""

from allauth.account.views import AccountInactiveView, LoginView, PasswordChangeView
from django.urls import path

from organisation.views.signing_in import SignOutView, stay_signed_in

urlpatterns = [
    path("account/sign-in/", LoginView.as_view(), name="account_login"),
    path("account/sign-out/", SignOutView.as_view(), name="account_logout"),
    path("account/stay/", stay_signed_in, name="stay_signed_in"),
    path("account/closed/", AccountInactiveView.as_view(), name="account_inactive"),
    path("account/password/", PasswordChangeView.as_view(), name="account_change_password"),
]
