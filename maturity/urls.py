"""Addresses of the model. An edition cannot have the code “themes”: modelfile refuses it."""

from django.urls import path

from maturity.views import model

app_name = "maturity"
urlpatterns = [
    path("", model.matrix, name="matrix"),
    path("themes/<slug:identity>/", model.compare, name="compare"),
    path("<slug:code>/", model.edition, name="edition"),
    path("<slug:code>/<slug:identity>/", model.theme, name="theme"),
]
