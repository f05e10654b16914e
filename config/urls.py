"""Addresses: one include a room."""

from django.urls import include, path

urlpatterns = [
    path("", include("home.urls")),
    path("", include("organisation.urls")),
    path("model/", include("maturity.urls")),
    path("", include("assurance.urls")),
    path("injury-figures/", include("injuries.urls")),
    path("board/", include("risks.urls")),
    path("", include("insight.urls")),
    path("actions/", include("actions.urls")),
    path("papers/", include("papers.urls")),
]

handler400 = "home.views.errors.bad_request"
handler403 = "home.views.errors.forbidden"
handler404 = "home.views.errors.not_found"
handler500 = "home.views.errors.server_error"
handler429 = "home.views.errors.too_many_requests"  # allauth asks for it when somebody tries too often
