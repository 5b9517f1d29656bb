from django.urls import path

from geogrid.desks.ground import kind_views, place_views, views

app_name = "ground"
PLACE = "<slug:area>/places/<slug:kind>/<int:number>/"
urlpatterns = [
    path("<slug:area>/", views.overview, name="overview"),
    path("<slug:area>/kinds/add/", kind_views.add_kind_page, name="add_kind"),
    path("<slug:area>/kinds/<slug:kind>/", kind_views.kind_page, name="kind"),
    path("<slug:area>/places/<slug:kind>/", views.places, name="places"),
    path("<slug:area>/places/<slug:kind>/add/", place_views.add_place, name="add_place"),
    path(PLACE, place_views.place_page, name="place"),
    path(f"{PLACE}step/", place_views.step, name="step"),
    path(f"{PLACE}photo/<uuid:picture>.jpg", place_views.photo, name="photo"),
]
