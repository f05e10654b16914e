"""Signing in and out, and one's own account. The names are allauth's."""

from allauth.account.views import AccountInactiveView, LoginView, LogoutView, PasswordChangeView
from django.urls import path

urlpatterns = [
    path("sign-in/", LoginView.as_view(), name="account_login"),
    path("sign-out/", LogoutView.as_view(), name="account_logout"),
    path("closed/", AccountInactiveView.as_view(), name="account_inactive"),
    path("password/", PasswordChangeView.as_view(), name="account_change_password"),
]
