"""Addresses of statements, reviews and roll-ups."""

from django.urls import path

from assurance.views import filling, signing, statements
from organisation import converters  # noqa: F401  # registers <quarter:…> and <half:…>

app_name = "assurance"

STATEMENT = "statements/<slug:unit>/<quarter:quarter>/"

urlpatterns = [
    path("statements/", statements.statements, name="statements"),
    path(STATEMENT, statements.statement, name="statement"),
    path(f"{STATEMENT}themes/<slug:theme>/", filling.theme, name="theme"),
    path(f"{STATEMENT}details/", filling.details, name="details"),
    path(f"{STATEMENT}check/", signing.check, name="check"),
    path(f"{STATEMENT}reopen/", signing.reopen, name="reopen"),
    path(f"{STATEMENT}sign/", signing.sign, name="sign"),
    path(f"{STATEMENT}revisions/<int:number>/", statements.revision, name="revision"),
]
