from django.urls import URLPattern, path

from geogrid.desks.patrol import views
from geogrid.desks.patrol.case_urls import case_urls

app_name = "patrol"
urlpatterns: list[URLPattern] = [
    path("", views.today, name="today"),
    path("nearby/", views.nearby, name="nearby"),
    path("map/", views.on_the_map, name="map"),
    path("me/", views.more, name="more"),
    path("hazard/<int:number>/", views.hazard, name="hazard"),
    path("hazard/<int:number>/visit/", views.visit, name="visit"),
    path("visit/<int:number>/photo/", views.photo, name="photo"),
    *case_urls,
]
