"""Starting from nothing: a new area, its outline and levels, a division from the ground."""

from django.urls import URLPattern, path

from geogrid.desks.planner.starting import generate, homes, new_area, outline_version

urlpatterns: list[URLPattern] = [
    path("new-area/", new_area.new_area, name="new_area"),
    path("new-area/<uuid:upload>/", new_area.new_area_file, name="new_area_file"),
    path("<slug:area>/drafts/generate/", generate.generate, name="generate"),
    path("<slug:area>/drafts/generate/<uuid:upload>/", generate.generated, name="generated"),
    path(
        "<slug:area>/drafts/generate/<uuid:upload>/map.json",
        generate.generated_map,
        name="generated_map",
    ),
    path("<slug:area>/ground/homes/", homes.homes, name="homes"),
    path("<slug:area>/ground/homes/<slug:key>/", homes.home, name="home"),
    path("<slug:area>/ground/homes/<slug:key>/delete/", homes.home_delete, name="home_delete"),
    path("<slug:area>/outline/", outline_version.outline_version, name="outline_version"),
    path(
        "<slug:area>/outline/<uuid:upload>/",
        outline_version.outline_from_file,
        name="outline_from_file",
    ),
]
