"""Addresses of the model. An edition cannot have the code “themes” or “targets”: modelfile refuses it."""

from django.urls import path

from maturity.views import model, targets

app_name = "maturity"
urlpatterns = [
    path("", model.matrix, name="matrix"),
    path("themes/<slug:identity>/", model.compare, name="compare"),
    path("targets/", targets.targets, name="targets"),
    path("targets/new/", targets.new, name="new_target"),
    path("targets/<int:pk>/supersede/", targets.supersede, name="supersede_target"),
    path("<slug:code>/", model.edition, name="edition"),
    path("<slug:code>/<slug:identity>/", model.theme, name="theme"),
]
