from django.urls import URLPattern, path

from geogrid.desks.planner.dossier import beside, meeting, pages

DRAFT = "<slug:area>/drafts/<int:number>/"
urlpatterns: list[URLPattern] = [
    path(f"{DRAFT}dossier/", pages.dossier, name="draft_dossier"),
    path(f"{DRAFT}dossier/state.json", pages.state, name="draft_dossier_state"),
    path(
        f"{DRAFT}dossier/<int:dossier>.<slug:file_format>",
        pages.dossier_file,
        name="draft_dossier_file",
    ),
    path(f"{DRAFT}meeting/", meeting.meeting, name="meeting"),
    path(f"{DRAFT}meeting/map.json", meeting.meeting_map, name="meeting_map"),
    path("<slug:area>/alternatives/", beside.alternatives, name="alternatives"),
]
