from django.urls import URLPattern, path

from geogrid.desks.planner.from_file import views

BROUGHT = "<slug:area>/drafts/from-file/"
urlpatterns: list[URLPattern] = [
    path(BROUGHT, views.start, name="from_file"),
    path(f"{BROUGHT}<uuid:upload>/", views.review, name="from_file_review"),
    path(f"{BROUGHT}<uuid:upload>/choose/", views.choose, name="from_file_choose"),
    path(f"{BROUGHT}<uuid:upload>/accept/", views.accept, name="from_file_accept"),
    path(f"{BROUGHT}<uuid:upload>/discard/", views.discard, name="from_file_discard"),
]
