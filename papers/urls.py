from django.urls import path

from papers.views import comments, outcomes, packs, papers, release, sections, writing

app_name = "papers"
urlpatterns = [
    path("", papers.papers, name="papers"),
    path("new/", writing.new, name="new"),
    path("<int:pk>/", papers.paper, name="paper"),
    path("<int:pk>/progress/", papers.progress, name="progress"),
    path("<int:pk>/pdf/", papers.pdf, name="pdf"),
    path("<int:pk>/details/", writing.details, name="details"),
    path("<int:pk>/history/", sections.history, name="history"),
    path("<int:pk>/comments/", comments.comments, name="comments"),
    path("<int:pk>/sections/<slug:key>/", sections.section, name="section"),
    path("<int:pk>/sections/<slug:key>/autosave/", sections.autosave, name="autosave_section"),
    path("<int:pk>/sections/<slug:key>/preview/", sections.preview, name="preview_section"),
    path("<int:pk>/sections/<slug:key>/comments/", comments.section, name="section_comments"),
    path("comments/<int:comment>/settle/", comments.settle, name="settle_comment"),
    path("<int:pk>/finalise/", release.finalise, name="finalise"),
    path("<int:pk>/document/", release.document, name="document"),
    path("<int:pk>/document/cancel/", release.cancel_document, name="cancel_document"),
    path("<int:pk>/reopen/", release.reopen, name="reopen"),
    path("<int:pk>/publish/", release.publish, name="publish"),
    path("<int:pk>/withdraw/", release.withdraw, name="withdraw"),
    path("<int:pk>/recommendations/<int:number>/outcome/", outcomes.outcome, name="outcome"),
    path("packs/meetings/<int:meeting>/", packs.packs, name="packs"),
    path("packs/meetings/<int:meeting>/make/", packs.make, name="make_pack"),
    path("packs/<int:pk>/progress/", packs.progress, name="pack_progress"),
    path("packs/<int:pk>/document/", packs.document, name="pack_document"),
    path("packs/<int:pk>/document/cancel/", packs.cancel_document, name="cancel_pack_document"),
    path("packs/<int:pk>/pdf/", packs.pdf, name="pack_pdf"),
]
