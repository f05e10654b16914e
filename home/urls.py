"""Addresses of the front door."""

from django.urls import path

from home.views import calendar, home, reports, trail, verify

urlpatterns = [
    path("", home.home, name="home"),
    path("trail/", trail.trail, name="trail"),
    path("trail/csv/", trail.trail_csv, name="trail_csv"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/<slug:secret>.ics", calendar.calendar_feed, name="calendar_feed"),
    path("csp-report/", reports.csp_report, name="csp_report"),
    path("verify/", verify.verify, name="verify"),
    path("verify/<slug:digest>/", verify.verify_digest, name="verify_digest"),
]
