"""Addresses of the Board: its register of risks, its heat map and its meetings."""

from django.urls import path, register_converter

from risks.models.risk import REFERENCE
from risks.views import deciding, maintaining, meetings, register

app_name = "risks"


class ReferenceConverter:
    """A risk's reference in an address."""

    regex = REFERENCE.strip("^$").replace("(", "(?:")

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(ReferenceConverter, "reference")
RISK = "risks/<reference:reference>/"

urlpatterns = [
    path("risks/", register.register, name="register"),
    path("risks/heat-map/", register.heat_map, name="heat_map"),
    path("risks/proposed/", deciding.proposals, name="proposals"),
    path("risks/proposed/new/", deciding.propose, name="propose"),
    path("risks/proposed/<int:pk>/", deciding.proposal, name="proposal"),
    path("risks/proposed/<int:pk>/accept/", deciding.accept, name="accept"),
    path("risks/proposed/<int:pk>/decline/", deciding.decline, name="decline"),
    path(RISK, register.risk, name="risk"),
    path(f"{RISK}edit/", maintaining.edit, name="edit"),
    path(f"{RISK}decide/", deciding.decide, name="decide"),
    path(f"{RISK}assess/", maintaining.assess, name="assess"),
    path(f"{RISK}assessments/<int:pk>/withdraw/", maintaining.withdraw_assessment, name="withdraw_assessment"),
    path(f"{RISK}updates/new/", maintaining.tell, name="tell"),
    path(f"{RISK}leads/new/", maintaining.new_lead, name="new_lead"),
    path(f"{RISK}leads/<int:pk>/end/", maintaining.end_lead, name="end_lead"),
    path(f"{RISK}controls/new/", maintaining.new_control, name="new_control"),
    path(f"{RISK}controls/<int:pk>/end/", maintaining.end_control, name="end_control"),
    path("meetings/", meetings.meetings, name="meetings"),
    path("meetings/new/", meetings.new_meeting, name="new_meeting"),
]
