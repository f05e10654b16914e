"""Pages that read several rooms side by side."""

from django.urls import path

from insight.views import three_readings

app_name = "insight"

urlpatterns = [
    path("three-readings/", three_readings.three_readings, name="three_readings"),
    path("three-readings/<slug:slug>/", three_readings.three_readings_of_unit, name="three_readings_of_unit"),
]
