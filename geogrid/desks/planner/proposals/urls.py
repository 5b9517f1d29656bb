from django.urls import URLPattern, path

from geogrid.desks.planner.proposals import cells, proposals

DRAFT = "<slug:area>/drafts/<int:number>/"
urlpatterns: list[URLPattern] = [
    path(f"{DRAFT}proposals.json", proposals.proposals, name="draft_proposals"),
    path(f"{DRAFT}proposals/composed.json", proposals.composed, name="draft_proposals_composed"),
    path(f"{DRAFT}cells.json", cells.cells, name="draft_cells"),
    path(f"{DRAFT}cells/at.json", cells.cell_at_address, name="draft_cell_at"),
]
