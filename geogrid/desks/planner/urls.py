from django.urls import path

from geogrid.desks.planner import draft_commands, draft_data, drafts, views

app_name = "planner"
DRAFT = "<slug:area>/drafts/<int:number>/"
urlpatterns = [
    path("", views.choose, name="choose"),
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
    path(f"{DRAFT}commands.json", draft_commands.commands, name="draft_commands"),
    path(f"{DRAFT}undo.json", draft_commands.undo, name="draft_undo"),
    path(f"{DRAFT}redo.json", draft_commands.redo, name="draft_redo"),
    path(f"{DRAFT}changes.json", draft_commands.changes, name="draft_changes"),
    path(f"{DRAFT}history.json", draft_commands.history, name="draft_history"),
    path(f"{DRAFT}findings.json", draft_commands.findings, name="draft_findings"),
]
