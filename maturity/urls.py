"""Addresses of the model. An edition cannot have the code “themes”, “targets” or “questions”: modelfile refuses it."""

from django.urls import path

from maturity.views import model, questions, targets

app_name = "maturity"
urlpatterns = [
    path("", model.matrix, name="matrix"),
    path("themes/<slug:identity>/", model.compare, name="compare"),
    path("targets/", targets.targets, name="targets"),
    path("targets/new/", targets.new, name="new_target"),
    path("targets/<int:pk>/supersede/", targets.supersede, name="supersede_target"),
    path("questions/<slug:code>/", questions.questions, name="questions"),
    path("questions/<slug:code>/xlsx/", questions.questions_workbook, name="questions_workbook"),
    path("<slug:code>/", model.edition, name="edition"),
    path("<slug:code>/<slug:identity>/", model.theme, name="theme"),
]
