"""Starting from nothing: a new area, its outline and levels, a division from the ground."""

from django.urls import URLPattern, path

from geogrid.desks.planner.starting import new_area

urlpatterns: list[URLPattern] = [
    path("new-area/", new_area.new_area, name="new_area"),
    path("new-area/<uuid:upload>/", new_area.new_area_file, name="new_area_file"),
]
