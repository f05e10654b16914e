"""Addresses of the front door."""

from django.urls import path

from home.views import home

urlpatterns = [
    path("", home.home, name="home"),
]
