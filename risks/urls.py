"""Addresses of the Board: its register of risks, its heat map and its meetings."""

from django.urls import path

from risks import converters  # noqa: F401  # addresses use it
from risks.views import deciding, group_risks, maintaining, meetings, objectives, register, register_files

app_name = "risks"


RISK = "risks/<reference:reference>/"

urlpatterns = [
    path("risks/", register.register, name="register"),
    path("risks/csv/", register_files.register_csv, name="register_csv"),
    path("risks/xlsx/", register_files.register_workbook, name="register_workbook"),
    path("risks/import/", register_files.new_import, name="new_import"),
    path("risks/import/<uuid:token>/", register_files.apply_import, name="apply_import"),
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
    path(f"{RISK}actions/new/", maintaining.raise_action, name="raise_action"),
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
    path("meetings/<int:pk>/actions/new/", meetings.raise_action, name="raise_action_at_meeting"),
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
]
