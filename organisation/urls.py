"""Signing in and out, and one's own account. The names are allauth's."""

from allauth.account.views import AccountInactiveView, LoginView, PasswordChangeView
from django.urls import path

from organisation.views import SignOutView, stay_signed_in

urlpatterns = [
    path("sign-in/", LoginView.as_view(), name="account_login"),
    path("sign-out/", SignOutView.as_view(), name="account_logout"),
    path("stay/", stay_signed_in, name="stay_signed_in"),
    path("closed/", AccountInactiveView.as_view(), name="account_inactive"),
    path("password/", PasswordChangeView.as_view(), name="account_change_password"),
]
