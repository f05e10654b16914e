"""Addresses of the front door."""

from django.urls import path

from home.views import calendar, failed_work, home, my_half, personal_data, removal, reports, retention, trail, verify

urlpatterns = [
    path("", home.home, name="home"),
    path("trail/", trail.trail, name="trail"),
    path("trail/csv/", trail.trail_csv, name="trail_csv"),
    path("my-half/", my_half.my_half, name="my_half"),
    path("my-half/<slug:group>/", my_half.group_half, name="group_half"),
    path("failed-work/", failed_work.failed_work, name="failed_work"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/<slug:secret>.ics", calendar.calendar_feed, name="calendar_feed"),
    path("csp-report/", reports.csp_report, name="csp_report"),
    path("account/data/", personal_data.own_data, name="own_data"),
    path("account/data/progress/", personal_data.own_data_progress, name="own_data_progress"),
    path("people/<int:pk>/data/", personal_data.person_data, name="person_data"),
    path("people/<int:pk>/data/progress/", personal_data.person_data_progress, name="person_data_progress"),
    path("people/<int:pk>/remove/", removal.remove_person, name="remove_person"),
    path("personal-data/<uuid:token>/", personal_data.data_file, name="data_file"),
    path("retention/", retention.retention, name="retention"),
    path("retention/holds/", retention.holds, name="holds"),
    path("retention/holds/new/", retention.new_hold, name="new_hold"),
    path("retention/holds/<int:pk>/", retention.hold, name="hold"),
    path("retention/holds/<int:pk>/lift/", retention.ask_to_lift_hold, name="ask_to_lift_hold"),
    path("retention/holds/<int:pk>/decide/", retention.decide_on_hold, name="decide_on_hold"),
    path("verify/", verify.verify, name="verify"),
    path("verify/<slug:digest>/", verify.verify_digest, name="verify_digest"),
]
