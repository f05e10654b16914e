"""Addresses of injury figures."""

from django.urls import path

from injuries.views import imports

app_name = "injuries"

urlpatterns = [
    path("imports/", imports.imports, name="imports"),
    path("imports/new/", imports.new_import, name="new_import"),
    path("imports/new/<uuid:token>/", imports.apply_import, name="apply_import"),
    path("imports/empty/<slug:kind>/<slug:file_format>/", imports.empty_file, name="empty_file"),
    path("imports/<uuid:token>/undo/", imports.undo_import, name="undo_import"),
]
