"""Starting from a list: what each grid answers for, matched, corrected, accepted."""

from django.urls import path

from geogrid.desks.planner.from_list import views

ONE = "<slug:area>/drafts/from-list/<uuid:upload>/"
urlpatterns = [
    path("<slug:area>/drafts/from-list/", views.bring, name="from_list"),
    path(ONE, views.review, name="from_list_review"),
    path(f"{ONE}map.json", views.map_json, name="from_list_map"),
    path(f"{ONE}accept/", views.accept, name="from_list_accept"),
    path(f"{ONE}discard/", views.discard, name="from_list_discard"),
]
