from django.urls import path

from geogrid.desks.planner import (
    compare,
    draft_commands,
    draft_data,
    draft_moments,
    drafts,
    receipt,
    views,
    workflow,
    workflow_steps,
)
from geogrid.desks.planner.backgrounds.urls import urlpatterns as backgrounds
from geogrid.desks.planner.dossier.urls import urlpatterns as dossier
from geogrid.desks.planner.from_file.urls import urlpatterns as from_file
from geogrid.desks.planner.from_list.urls import urlpatterns as from_list
from geogrid.desks.planner.proposals.urls import urlpatterns as proposals
from geogrid.desks.planner.roster.urls import urlpatterns as roster
from geogrid.desks.planner.starting.urls import urlpatterns as starting

app_name = "planner"
DRAFT = "<slug:area>/drafts/<int:number>/"
urlpatterns = [
    path("", views.choose, name="choose"),
    # before `<area>/`: a page that founds an area has none yet
    *starting,
    path("<slug:area>/", views.plan, name="plan"),
    path("<slug:area>/plans/", views.plans, name="plans"),
    path("<slug:area>/export/<slug:part>.<slug:file_format>", views.export, name="export"),
    # drafts: pages
    path("<slug:area>/drafts/", drafts.drafts, name="drafts"),
    path(DRAFT, drafts.draft, name="draft"),
    path(f"{DRAFT}withdraw/", drafts.withdraw_draft, name="draft_withdraw"),
    # drafts: JSON for the editor
    path(f"{DRAFT}grids.json", draft_data.grids, name="draft_grids"),
    path(f"{DRAFT}ground.json", draft_data.ground, name="draft_ground"),
    path(f"{DRAFT}land.json", draft_data.land, name="draft_land"),
    path(f"{DRAFT}moments.json", draft_moments.moments, name="draft_moments"),
    path(f"{DRAFT}moment.json", draft_moments.moment, name="draft_moment"),
    path(f"{DRAFT}commands.json", draft_commands.commands, name="draft_commands"),
    path(f"{DRAFT}undo.json", draft_commands.undo, name="draft_undo"),
    path(f"{DRAFT}redo.json", draft_commands.redo, name="draft_redo"),
    path(f"{DRAFT}changes.json", draft_commands.changes, name="draft_changes"),
    path(f"{DRAFT}history.json", draft_commands.history, name="draft_history"),
    path(f"{DRAFT}findings.json", draft_commands.findings, name="draft_findings"),
    # from draft to force
    path(f"{DRAFT}check/", workflow.check, name="draft_check"),
    path(f"{DRAFT}check/vacant/", workflow.vacant, name="draft_vacant"),
    path(f"{DRAFT}check/settle/", workflow.settle, name="draft_settle"),
    path(f"{DRAFT}compare/", compare.compare_page, name="draft_compare"),
    path(f"{DRAFT}compare/map.json", compare.compare_map, name="draft_compare_map"),
    path(
        f"{DRAFT}compare/hand-overs.<slug:file_format>",
        compare.compare_file,
        name="draft_compare_file",
    ),
    path(f"{DRAFT}propose/", workflow_steps.propose_plan, name="draft_propose"),
    path(f"{DRAFT}send-back/", workflow_steps.send_back_plan, name="draft_send_back"),
    path(f"{DRAFT}approve/", workflow_steps.approve_plan, name="draft_approve"),
    path(f"{DRAFT}publish/", workflow_steps.publish_plan, name="draft_publish"),
    path(f"{DRAFT}schedule/", workflow_steps.schedule_plan, name="draft_schedule"),
    path(f"{DRAFT}unschedule/", workflow_steps.unschedule_plan, name="draft_unschedule"),
    path(f"{DRAFT}roll-back/", workflow_steps.roll_back_to, name="draft_roll_back"),
    path(f"{DRAFT}scan/<uuid:picture>.jpg", workflow.scan, name="draft_scan"),
    path("<slug:area>/receipts/<int:term>/", receipt.receipt, name="receipt"),
    # each from its own folder
    *from_file,
    *from_list,
    *proposals,
    *backgrounds,
    *dossier,
    *roster,
]
