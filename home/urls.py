"""Addresses of the front door."""

from django.urls import path

from home.views import home, verify

urlpatterns = [
    path("", home.home, name="home"),
    path("verify/", verify.verify, name="verify"),
    path("verify/<slug:digest>/", verify.verify_digest, name="verify_digest"),
]
