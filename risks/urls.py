"""Addresses of the Board: its register of risks, heat map and meetings, the HSE, and investigations."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from risks.models.risk import REFERENCE
from risks.views import (
    deciding,
    group_risks,
    hse,
    investigations,
    learning,
    maintaining,
    meetings,
    objectives,
    register,
)

app_name = "risks"


class ReferenceConverter:
    """A risk's reference in an address."""

    regex = REFERENCE.strip("^$").replace("(", "(?:")

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class SortConverter(StringConverter):
    """A sort of entry about the Health and Safety Executive (HSE) in an address."""

    regex = "|".join(hse.SORTS)


register_converter(ReferenceConverter, "reference")
register_converter(SortConverter, "sort")
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
    path("meetings/<int:pk>/", meetings.meeting, name="meeting"),
    path("meetings/<int:pk>/agenda/new/", meetings.new_item, name="new_item"),
    path("meetings/<int:pk>/agenda/<int:item>/remove/", meetings.remove_item, name="remove_item"),
    path("meetings/<int:pk>/papers/new/", meetings.await_paper, name="await_paper"),
    path("meetings/<int:pk>/papers/<int:paper>/receive/", meetings.receive, name="receive"),
    path("meetings/<int:pk>/records/new/", meetings.new_record, name="new_record"),
    path("meetings/<int:pk>/records/<int:record>/correct/", meetings.correct_record, name="correct_record"),
    path("meetings/<int:pk>/files/new/", meetings.new_file, name="new_file"),
    path("files/<int:pk>/", meetings.file, name="file"),
    path("objectives/", objectives.objectives, name="objectives"),
    path("objectives/new/", objectives.new_objective, name="new_objective"),
    path("objectives/<int:pk>/progress/", objectives.progress, name="progress"),
    path("sub-groups/", objectives.sub_groups, name="sub_groups"),
    path("sub-groups/new/", objectives.new_sub_group, name="new_sub_group"),
    path("sub-groups/<int:pk>/end/", objectives.end_sub_group, name="end_sub_group"),
    path("sub-groups/<int:pk>/report/", objectives.report, name="report"),
    path("group-risks/", group_risks.group_risks, name="group_risks"),
    path("group-risks/<slug:group>/new/", group_risks.new_group_risk, name="new_group_risk"),
    path("group-risks/<int:pk>/edit/", group_risks.edit_group_risk, name="edit_group_risk"),
    path("group-risks/<int:pk>/close/", group_risks.close_group_risk, name="close_group_risk"),
    path("group-risks/<int:pk>/escalate/", group_risks.escalate, name="escalate"),
    path("hse/", hse.hse, name="hse"),
    path("hse/files/<int:pk>/", hse.hse_file, name="hse_file"),
    path("hse/notifications/<int:pk>/report/", hse.report_hse, name="report_hse"),
    path("hse/notices/<int:pk>/comply/", hse.comply_hse, name="comply_hse"),
    path("hse/<sort:sort>/", hse.hse_list, name="hse_list"),
    path("hse/<sort:sort>/new/", hse.new_hse, name="new_hse"),
    path("hse/<sort:sort>/<int:pk>/", hse.hse_entry, name="hse_entry"),
    path("hse/<sort:sort>/<int:pk>/correct/", hse.correct_hse, name="correct_hse"),
    path("hse/<sort:sort>/<int:pk>/withdraw/", hse.withdraw_hse, name="withdraw_hse"),
    path("hse/<sort:sort>/<int:pk>/files/new/", hse.new_hse_file, name="new_hse_file"),
    path("investigations/", investigations.investigations, name="investigations"),
    path("investigations/new/", investigations.new_investigation, name="new_investigation"),
    path("investigations/<int:pk>/", investigations.investigation, name="investigation"),
    path("investigations/<int:pk>/edit/", investigations.edit_investigation, name="edit_investigation"),
    path("investigations/<int:pk>/complete/", investigations.complete_investigation, name="complete_investigation"),
    path("investigations/<int:pk>/reopen/", investigations.reopen_investigation, name="reopen_investigation"),
    path("investigations/<int:pk>/share/", investigations.share_learning, name="share_learning"),
    path("learning/", learning.learning_list, name="learning_list"),
    path("learning/<int:pk>/", learning.learning, name="learning"),
    path("learning/answers/<int:pk>/acknowledge/", learning.acknowledge, name="acknowledge"),
]
