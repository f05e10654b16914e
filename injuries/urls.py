"""Addresses of injury figures."""

from django.urls import path

from injuries.views import custody, figures, imports, working_time

app_name = "injuries"
INDICATOR = "indicators/<slug:code>/"

urlpatterns = [
    path("", figures.comparison, name="comparison"),
    path("csv/", figures.comparison_csv, name="comparison_csv"),
    path("xlsx/", figures.comparison_workbook, name="comparison_workbook"),
    path(INDICATOR, figures.indicator, name="indicator"),
    path(f"{INDICATOR}csv/", figures.indicator_csv, name="indicator_csv"),
    path(f"{INDICATOR}xlsx/", figures.indicator_workbook, name="indicator_workbook"),
    path(f"{INDICATOR}units/", figures.indicator_units, name="indicator_units"),
    path(f"{INDICATOR}units/csv/", figures.indicator_units_csv, name="indicator_units_csv"),
    path(f"{INDICATOR}units/xlsx/", figures.indicator_units_workbook, name="indicator_units_workbook"),
    path("custody/", custody.custody, name="custody"),
    path("custody/csv/", custody.custody_csv, name="custody_csv"),
    path("custody/xlsx/", custody.custody_workbook, name="custody_workbook"),
    path("custody/new/", custody.record_custody, name="record_custody"),
    path("custody/<uuid:token>/", custody.custody_report, name="custody_report"),
    path("custody/<uuid:token>/correct/", custody.correct_custody, name="correct_custody"),
    path("custody/<uuid:token>/withdraw/", custody.withdraw_custody, name="withdraw_custody"),
    path("imports/", imports.imports, name="imports"),
    path("imports/new/", imports.new_import, name="new_import"),
    path("imports/new/<uuid:token>/", imports.apply_import, name="apply_import"),
    path("imports/empty/<slug:kind>/<slug:file_format>/", imports.empty_file, name="empty_file"),
    path("imports/<uuid:token>/undo/", imports.undo_import, name="undo_import"),
    path("working-time/", working_time.working_time, name="working_time"),
    path("working-time/csv/", working_time.working_time_csv, name="working_time_csv"),
    path("working-time/xlsx/", working_time.working_time_workbook, name="working_time_workbook"),
    path("working-time/new/", working_time.new_reading, name="new_working_time"),
    path("working-time/<int:pk>/correct/", working_time.correct_reading, name="correct_working_time"),
    path("working-time/<int:pk>/withdraw/", working_time.withdraw_reading, name="withdraw_working_time"),
    path("working-time/targets/new/", working_time.new_target, name="new_working_time_target"),
    path(
        "working-time/targets/<int:pk>/supersede/", working_time.supersede_target, name="supersede_working_time_target"
    ),
]
