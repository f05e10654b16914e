from django.urls import path

from injuries.views import figures

app_name = "injuries"
FIGURES = "injury-figures/"
INDICATOR = f"{FIGURES}indicators/<slug:code>/"

urlpatterns = [
    path(FIGURES, figures.comparison, name="comparison"),
    path(f"{FIGURES}csv/", figures.comparison_csv, name="comparison_csv"),
    path(f"{FIGURES}xlsx/", figures.comparison_workbook, name="comparison_workbook"),
    path(INDICATOR, figures.indicator, name="indicator"),
    path(f"{INDICATOR}csv/", figures.indicator_csv, name="indicator_csv"),
    path(f"{INDICATOR}xlsx/", figures.indicator_workbook, name="indicator_workbook"),
]
