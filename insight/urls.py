"""Pages that read several rooms side by side."""

from django.urls import path

from insight.views import risk_injuries, three_readings
from risks import converters  # noqa: F401  # addresses use it

app_name = "insight"

urlpatterns = [
    path("three-readings/", three_readings.three_readings, name="three_readings"),
    path("board/risks/<reference:reference>/injuries/", risk_injuries.risk_injuries, name="risk_injuries"),
    path(
        "board/risks/<reference:reference>/injuries/choose/",
        risk_injuries.choose_indicators,
        name="choose_indicators",
    ),
    path("three-readings/<slug:slug>/", three_readings.three_readings_of_unit, name="three_readings_of_unit"),
]
